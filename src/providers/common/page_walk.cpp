#include "providers/common/page_walk.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "crypto/digest.h"
#include "providers/common/json_api.h"

namespace certferry {

Error bad_paging(std::string what) {
  return Error(ErrorKind::kUnavailable, std::move(what))
      .with_code("reply.paging")
      .with_hint(
          "the list is read again; if this stays, tell the vendor, or look what stands "
          "between: `endpoint:` and `proxy:` of the account");
}

namespace {

std::unexpected<Error> broken(std::string what) {
  return std::unexpected(bad_paging(std::move(what)));
}

}  // namespace

Result<bool> PageWalk::take(const nlohmann::json& items, std::optional<std::int64_t> count) {
  if (!count || *count < 0) {
    return std::unexpected(bad_shape("the list does not say how long it is", Effect::kReads));
  }
  if (count_ && *count_ != *count) return broken("the list changed while its pages were read");
  count_ = count;
  std::string digest = sha256_hex(json_text(items));
  if (!items.empty() && digest == before_) {
    return broken("page " + std::to_string(page_) + " of the list is the one before once more");
  }
  before_ = std::move(digest);
  seen_ += static_cast<std::int64_t>(items.size());
  if (seen_ == *count) return false;
  if (seen_ > *count || items.empty()) {
    return broken("the list has " + std::to_string(seen_) + " entries and says that it has " +
                  std::to_string(*count));
  }
  if (++page_ > kPagesMost) {
    return broken("the list does not end within " + std::to_string(kPagesMost) + " pages");
  }
  return true;
}

Result<bool> MarkerWalk::take(std::string next) {
  if (next.empty()) return false;
  if (next.size() > kMarkerBytesMost) {
    return broken("the list says in " + std::to_string(next.size()) +
                  " bytes where its next page begins");
  }
  // Whoever comes by a place again would go round for ever.
  if (!markers_.insert(next).second || markers_.size() >= PageWalk::kPagesMost) {
    return broken("the list does not end");
  }
  marker_ = std::move(next);
  return true;
}

}  // namespace certferry
