// Failures come with a status of HTTP's or of the vendor's own (612: no such domain) and
// {code, error}; some with HTTP 200. A code of six digits begins with the HTTP status that it is
// filed under, but that says little: 404906 is a certificate that cannot be parsed. What the codes
// mean is read off the vendor's own console, whose source is public, and the documents' tables.

#include "providers/qiniu/replies.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "base/quotable.h"
#include "providers/common/json_api.h"
#include "providers/common/meaning.h"
#include "providers/qiniu/metadata.h"

namespace certferry {

namespace {

constexpr Meaning kWrongKey = meaning::kWrongKey.advising(
    "take a key pair from {keys_url} and give both halves to the account; a disabled one is "
    "refused in the same way, and so may be a call from a machine whose clock is wrong");
constexpr Meaning kNoPermission = meaning::kNoPermission.advising(
    "give the keys' user full access to Fusion CDN and SSL certificates in the console, and to "
    "object storage (Kodo) where its domains are served");
constexpr Meaning kNotOfABucket{
    ErrorKind::kRejected,
    "",
    "{vendor} gives this way certificates to source domains of buckets alone, and this is none",
    "a domain of Fusion CDN belongs to `product: cdn`"};
constexpr Meaning kInUse = meaning::kInUse.saying("the certificate is still bound to a domain");
/// What we store is named by chance: whoever sent the same before was we.
constexpr Meaning kSentBefore{
    std::nullopt,
    "",
    "{vendor} says that it has this certificate, by an upload whose answer was lost"};
constexpr Meaning kBusy = meaning::kBusy.advising(
    "such work takes 5 to 15 minutes, at times hours; it is tried again in the next run");
constexpr Meaning kUnchanged{
    ErrorKind::kConflict, "vendor.unchanged", "the domain is set so already"};
constexpr Meaning kNoEcdsa{ErrorKind::kRejected,
                           "",
                           "{vendor} takes no ECDSA certificate for this domain",
                           "renew with an RSA key for the domains here"};
constexpr Meaning kTooShort{ErrorKind::kRejected,
                            "",
                            "{vendor} takes no certificate that ends as soon as this one",
                            "renew it first: at least 30 days must be left"};

struct Rule {
  std::int64_t code;
  const Meaning& meaning;
};

/// 404 alone is what any gateway says of an address that it does not know.
constexpr std::array kRules{
    Rule{401, kWrongKey},
    Rule{403, kNoPermission},
    Rule{404, meaning::kFailed},
    Rule{429, meaning::kThrottled},
    Rule{573, meaning::kThrottled},
    Rule{579, meaning::kFailed},
    Rule{599, meaning::kFailed},
    Rule{612, meaning::kNotFound},
    Rule{631, meaning::kNotFound},      // no such bucket
    Rule{400013, kBusy},                // the same operation twice
    Rule{400030, kBusy},                // the domain's last change is still under way
    Rule{400039, meaning::kThrottled},  // too many requests
    Rule{400064, meaning::kNotFound},   // somebody else's domain
    Rule{400084, kBusy},                // a task is under way
    Rule{400201, kTooShort},            // less than 30 days are left
    Rule{400319, kNoEcdsa},
    Rule{400322, kTooShort},
    Rule{400329, kTooShort},           // ended
    Rule{400400, kSentBefore},         // the certificate is there already
    Rule{400401, meaning::kNotFound},  // no such certificate
    Rule{400514, kNoEcdsa},
    Rule{400611, kInUse},
    Rule{400910, kUnchanged},
    Rule{403023, meaning::kNotFound},
    Rule{404001, meaning::kNotFound},  // no such domain
    Rule{404908, meaning::kNotFound},  // somebody else's certificate
    Rule{500233, kTooShort},
    Rule{500923, meaning::kRefused},  // frozen
};

/// What an answer that is no success says of itself.
struct Refusal {
  int status = 0;
  std::optional<std::int64_t> code;  ///< as in the body
  std::string message;

  bool decided() const { return (code && *code != 0 && *code != 200) || !message.empty(); }
};

/// No code is known for a full store, nor whether there is such a thing.
bool about_full_store(const Refusal& refusal, const QiniuAction& action) {
  return action.carried_key && refusal.message.contains("上限");
}

const Meaning* meaning_of_number(std::int64_t number) {
  const auto rule = std::ranges::find(kRules, number, &Rule::code);
  if (rule != kRules.end()) return &rule->meaning;
  const bool fault = (number >= 500 && number <= 599) || (number >= 500'000 && number <= 599'999);
  return fault ? &meaning::kFailed : nullptr;
}

const Meaning* meaning_of(const Refusal& refusal, const QiniuAction& action) {
  if (about_full_store(refusal, action)) return &meaning::kFull;
  // It comes with HTTP 403 and no code.
  if (refusal.message.contains("domaintype is not allowed")) return &kNotOfABucket;
  // The code is nearer to what went wrong than the status that carried it; one of six digits
  // decides alone, for the status says as little as its first three do.
  constexpr std::int64_t kOfTheirOwn = 1000;
  if (refusal.code) {
    const Meaning* known = meaning_of_number(*refusal.code);
    if (known != nullptr || *refusal.code >= kOfTheirOwn) return known;
  }
  return meaning_of_number(refusal.status);
}

RefusedCall refused_call(const QiniuAction& action) {
  const ProviderMetadata& vendor = qiniu_metadata();
  return {.vendor = "Qiniu",
          .id = vendor.id,
          .keys_url = vendor.keys_url,
          .permission = std::string(action.name),
          .effect = action.effect};
}

Error error_of(const HttpResponse& response, const Refusal& said, const QiniuAction& action) {
  const Quoting quoting = action.carried_key ? Quoting::kNever : Quoting::kAllowed;
  const Meaning* known = meaning_of(said, action);
  std::optional<ErrorKind> kind;
  // Whatever answered without a word of the vendor's has decided nothing.
  if (known == nullptr && !said.decided()) kind = unusable(action.effect);
  const std::string came =
      said.decided() ? "HTTP " + std::to_string(response.status) : describe(response, quoting);
  Error error =
      refusal(known == nullptr ? meaning::kRefused : *known, refused_call(action), came, kind)
          .with_vendor(said.code ? std::to_string(*said.code) : "", quotable(said.message))
          .with_retry_after(retry_after(response));
  error.request_id = quotable(response.header("x-reqid"), 80);
  return error;
}

}  // namespace

Result<nlohmann::json> read_qiniu_reply(const HttpResponse& response, const QiniuAction& action) {
  const Quoting quoting = action.carried_key ? Quoting::kNever : Quoting::kAllowed;
  Result<nlohmann::json> reply = read_json(response, action.effect, quoting);
  const bool success = is_success(response.status);
  if (!reply && success) return reply;

  Refusal refusal{.status = response.status};
  if (reply) {
    refusal.code = integer_of(*reply, "code");
    refusal.message = text_of(*reply, "error");
  }
  if (!success || refusal.decided()) return std::unexpected(error_of(response, refusal, action));
  if (action.bare_list && reply->is_null()) return nlohmann::json::array();
  if (action.bare_list && !reply->is_array()) {
    return std::unexpected(bad_shape("the answer is no list", action.effect));
  }
  if (!reply->is_object() && !reply->is_array()) {
    return std::unexpected(bad_shape("the answer is neither an object nor a list", action.effect));
  }
  return reply;
}

bool is_unchanged(const Error& error) {
  return error.code == kUnchanged.code;
}

bool is_no_domain(const Error& error) {
  constexpr std::array<std::string_view, 3> kCodes{"404001", "612", "400064"};
  return std::ranges::find(kCodes, error.vendor_code) != kCodes.end();
}

}  // namespace certferry
