// Any reply to any of Alibaba Cloud's calls, through the adapter as it is used; and a vendor that
// sends our own secrets back in every spelling does not get them into an error. What an input looks
// like stands in echoing_http.h.

#include <algorithm>
#include <array>

#include "base/fixed_random.h"
#include "echoing_http.h"
#include "properties.h"
#include "providers/aliyun/aliyun.h"
#include "providers/common/store_name.h"
#include "providers/testing/recording_http.h"
#include "providers/testing/still_clock.h"
#include "target.h"

namespace certferry::fuzz {

namespace {

// Those that json_api.h, page_walk.h and replies.h promise.
constexpr std::array<std::string_view, 17> kCodes = {"reply.not_json",
                                                     "reply.malformed",
                                                     "reply.shape",
                                                     "reply.no_id",
                                                     "reply.too_large",
                                                     "reply.paging",
                                                     "vendor.unauthorized",
                                                     "vendor.permission",
                                                     "vendor.clock",
                                                     "vendor.not_found",
                                                     "vendor.conflict",
                                                     "vendor.in_use",
                                                     "vendor.quota",
                                                     "vendor.throttled",
                                                     "vendor.unavailable",
                                                     "vendor.maybe_applied",
                                                     "vendor.rejected"};

void require_refused(const Error& error, const EchoingHttp& http) {
  require_sound(error, kCodes);
  const std::string text =
      error.text() + error.vendor_message + error.vendor_code + error.request_id;
  const std::string_view authorization = http.authorization;
  const std::string_view signature = authorization.substr(authorization.rfind('=') + 1);
  for (const std::string_view how : {"", "hex", "base64", "url", "json"}) {
    require_hidden(text, spelled(key_line(), how), "a private key");
    require_hidden(text, spelled(kSecretKey, how), "the account's secret");
    require_hidden(text, spelled(signature, how), "a signature");
  }
}

void try_bindings(Aliyun& aliyun, const std::string& product, const EchoingHttp& http) {
  const auto all = testing::finish(aliyun.list_bindings(product));
  if (!all) {
    require(all.error().kind != ErrorKind::kMaybeApplied, "a read changes nothing");
    return require_refused(all.error(), http);
  }
  for (const Binding& binding : *all) {
    require(!binding.vendor_name.empty(), "a domain has a name");
    require(binding.online == (binding.status == "online"), "online is what the vendor calls so");
    require(!binding.vendor_name.starts_with("*."), "a wildcard is spelled as the vendor does");
    if (!binding.stored_id) continue;
    require_one_line(*binding.stored_id, "an id");
    require(!binding.stored_id->empty() && *binding.stored_id != "0", "an id stands for something");
  }
}

void try_stored(Aliyun& aliyun, const EchoingHttp& http) {
  const auto all = testing::finish(aliyun.list_stored());
  if (!all) {
    require(all.error().kind != ErrorKind::kMaybeApplied, "a read changes nothing");
    return require_refused(all.error(), http);
  }
  for (const StoredCertificate& stored : *all) {
    require_one_line(stored.id, "an id");
    for (const Time time : {stored.not_before, stored.not_after}) {
      require(format_time(time).size() == 20 && time >= Time{}, "dates are of our era");
    }
  }
}

template <typename T>
void try_change(const Result<T>& result, const EchoingHttp& http) {
  if (result) return;
  const ErrorKind kind = result.error().kind;
  require(kind != ErrorKind::kUnavailable && kind != ErrorKind::kTimedOut,
          "an unusable answer to a change decides nothing",
          result.error().text());
  require_refused(result.error(), http);
}

void require_name(std::string_view name) {
  const std::optional<StoreName> read = read_store_name(name);
  if (!read) return;
  const std::string again = store_name(read->label, read->end_since(Time{}));
  require(read_store_name(again)->label == read->label, "a name comes back as it was", again);
}

}  // namespace

void try_input(std::string_view bytes) {
  ReplyInput input = read_input(bytes);
  require_name(input.response.body);
  EchoingHttp http(input.response, BodyForm::kForm);
  const testing::StillClock clock;
  testing::FixedRandom random(7);
  Aliyun aliyun(
      {.endpoint = "https://{service}.example",
       .region = "",
       .key = {.id = "AKEXAMPLE", .secret = Secret(std::string(kSecretKey)), .session_token = {}}},
      http,
      clock,
      random);
  if (input.call == "list_stored") {
    try_stored(aliyun, http);
  } else if (input.call == "upload") {
    try_change(testing::finish(aliyun.upload(bundle(), "certferry-aa")), http);
  } else if (input.call == "bind") {
    BindRequest request{.product = "cdn",
                        .binding = {.name = "cdn.example.com", .vendor_name = "cdn.example.com"},
                        .stored_id = "10001",
                        .bundle = bundle()};
    try_change(testing::finish(aliyun.bind(std::move(request))), http);
  } else if (input.call == "remove") {
    const auto removed = testing::finish(aliyun.remove("10001"));
    if (!removed) require_refused(removed.error(), http);
  } else {
    try_bindings(aliyun, input.call == "list_dcdn" ? "dcdn" : "cdn", http);
  }
}

}  // namespace certferry::fuzz
