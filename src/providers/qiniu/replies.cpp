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
#include "providers/qiniu/metadata.h"

namespace certferry {

namespace {

constexpr std::string_view kUnchanged = "vendor.unchanged";

enum class Meaning {
  kThrottled,
  kWrongKey,
  kNoPermission,
  kNotFound,
  kFull,
  kInUse,
  kSentBefore,
  kBusy,
  kUnchanged,
  kNoEcdsa,
  kTooShort,
  kFailed,
  kRefused,
};

struct Rule {
  std::int64_t code;
  Meaning meaning;
};

/// 404 alone is what any gateway says of an address that it does not know.
constexpr std::array kRules{
    Rule{401, Meaning::kWrongKey},      Rule{403, Meaning::kNoPermission},
    Rule{404, Meaning::kFailed},        Rule{429, Meaning::kThrottled},
    Rule{573, Meaning::kThrottled},     Rule{579, Meaning::kFailed},
    Rule{599, Meaning::kFailed},        Rule{612, Meaning::kNotFound},
    Rule{400013, Meaning::kBusy},       // the same operation twice
    Rule{400030, Meaning::kBusy},       // the domain's last change is still under way
    Rule{400039, Meaning::kThrottled},  // too many requests
    Rule{400064, Meaning::kNotFound},   // somebody else's domain
    Rule{400084, Meaning::kBusy},       // a task is under way
    Rule{400201, Meaning::kTooShort},   // less than 30 days are left
    Rule{400319, Meaning::kNoEcdsa},    Rule{400322, Meaning::kTooShort},
    Rule{400329, Meaning::kTooShort},    // ended
    Rule{400400, Meaning::kSentBefore},  // the certificate is there already
    Rule{400401, Meaning::kNotFound},    // no such certificate
    Rule{400514, Meaning::kNoEcdsa},    Rule{400611, Meaning::kInUse},
    Rule{400910, Meaning::kUnchanged},  Rule{403023, Meaning::kNotFound},
    Rule{404001, Meaning::kNotFound},  // no such domain
    Rule{404908, Meaning::kNotFound},  // somebody else's certificate
    Rule{500233, Meaning::kTooShort},   Rule{500923, Meaning::kRefused},  // frozen
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

std::optional<Meaning> meaning_of_number(std::int64_t number) {
  const auto rule = std::ranges::find(kRules, number, &Rule::code);
  if (rule != kRules.end()) return rule->meaning;
  const bool fault = (number >= 500 && number <= 599) || (number >= 500'000 && number <= 599'999);
  return fault ? std::optional(Meaning::kFailed) : std::nullopt;
}

Meaning meaning_of(const Refusal& refusal, const QiniuAction& action) {
  if (about_full_store(refusal, action)) return Meaning::kFull;
  // The code is nearer to what went wrong than the status that carried it; one of six digits
  // decides alone, for the status says as little as its first three do.
  constexpr std::int64_t kOfTheirOwn = 1000;
  if (refusal.code) {
    const auto meaning = meaning_of_number(*refusal.code);
    if (meaning || *refusal.code >= kOfTheirOwn) return meaning.value_or(Meaning::kRefused);
  }
  return meaning_of_number(refusal.status).value_or(Meaning::kRefused);
}

ErrorKind kind_of(Meaning meaning, Effect effect) {
  switch (meaning) {
    case Meaning::kThrottled:
      return ErrorKind::kThrottled;
    case Meaning::kWrongKey:
    case Meaning::kNoPermission:
      return ErrorKind::kUnauthorized;
    case Meaning::kNotFound:
      return ErrorKind::kNotFound;
    case Meaning::kFull:
      return ErrorKind::kQuota;
    case Meaning::kInUse:
      return ErrorKind::kInUse;
    case Meaning::kBusy:
      return ErrorKind::kUnavailable;
    case Meaning::kUnchanged:
      return ErrorKind::kConflict;
    // What we store is named by chance: whoever sent the same before was we.
    case Meaning::kSentBefore:
    case Meaning::kFailed:
      return unusable(effect);
    case Meaning::kNoEcdsa:
    case Meaning::kTooShort:
    case Meaning::kRefused:
      return ErrorKind::kRejected;
  }
  return ErrorKind::kRejected;
}

std::string sentence(Meaning meaning, const QiniuAction& action) {
  switch (meaning) {
    case Meaning::kThrottled:
      return "Qiniu asks for fewer calls";
    case Meaning::kWrongKey:
      return "Qiniu refused the account's keys";
    case Meaning::kNoPermission:
      return "the account's keys are right, but may not do this: " + std::string(action.name);
    case Meaning::kNotFound:
      return "Qiniu knows no such domain or certificate in this account";
    case Meaning::kFull:
      return "the account holds as many certificates as it may";
    case Meaning::kInUse:
      return "the certificate is still bound to a domain";
    case Meaning::kSentBefore:
      return "Qiniu says that it has this certificate, by an upload whose answer was lost";
    case Meaning::kBusy:
      return "Qiniu is still at work on an earlier change of the domain";
    case Meaning::kUnchanged:
      return "the domain is set so already";
    case Meaning::kNoEcdsa:
      return "Qiniu takes no ECDSA certificate for this domain";
    case Meaning::kTooShort:
      return "Qiniu takes no certificate that ends as soon as this one";
    case Meaning::kFailed:
      return "Qiniu failed to answer";
    case Meaning::kRefused:
      return "Qiniu refused the call";
  }
  return {};
}

std::string hint(Meaning meaning, const QiniuAction& action) {
  switch (meaning) {
    case Meaning::kThrottled:
      return "run 'certferry apply' again later; a smaller `pace:` of the account avoids this";
    case Meaning::kWrongKey:
      return "take a key pair from " + std::string(qiniu_metadata().keys_url) +
             " and give both halves to the account; a disabled one is refused in the same way, and "
             "so may be a call from a machine whose clock is wrong";
    case Meaning::kNoPermission:
      return "give the keys' user full access to Fusion CDN and SSL certificates in the console";
    case Meaning::kFull:
      return "delete certificates that are no longer used in the console";
    case Meaning::kBusy:
      return "such work takes 5 to 15 minutes, at times hours; it is tried again in the next run";
    case Meaning::kNoEcdsa:
      return "renew with an RSA key for the domains here";
    case Meaning::kTooShort:
      return "renew it first: at least 30 days must be left";
    case Meaning::kSentBefore:
    case Meaning::kFailed:
      return action.effect == Effect::kChanges ? "the account is read before anything is sent again"
                                               : "nothing was changed; try again later";
    case Meaning::kNotFound:
    case Meaning::kInUse:
    case Meaning::kUnchanged:
    case Meaning::kRefused:
      return {};
  }
  return {};
}

std::string code_of(Meaning meaning, ErrorKind kind) {
  if (meaning == Meaning::kNoPermission) return "vendor.permission";
  if (meaning == Meaning::kBusy) return "vendor.busy";
  if (meaning == Meaning::kUnchanged) return std::string(kUnchanged);
  return "vendor." + std::string(to_string(kind));
}

Error error_of(const HttpResponse& response, const Refusal& refusal, const QiniuAction& action) {
  const Quoting quoting = action.carried_key ? Quoting::kNever : Quoting::kAllowed;
  const Meaning meaning = meaning_of(refusal, action);
  ErrorKind kind = kind_of(meaning, action.effect);
  // Whatever answered without a word of the vendor's has decided nothing.
  if (meaning == Meaning::kRefused && !refusal.decided()) kind = unusable(action.effect);
  const std::string came =
      refusal.decided() ? "HTTP " + std::to_string(response.status) : describe(response, quoting);
  Error error =
      Error(kind, sentence(meaning, action) + " (" + came + ")")
          .with_code(code_of(meaning, kind))
          .with_hint(hint(meaning, action))
          .with_vendor(refusal.code ? std::to_string(*refusal.code) : "", quotable(refusal.message))
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
  if (!reply->is_object() && !reply->is_array()) {
    return std::unexpected(bad_shape("the answer is neither an object nor a list", action.effect));
  }
  return reply;
}

bool is_unchanged(const Error& error) {
  return error.code == kUnchanged;
}

bool is_no_domain(const Error& error) {
  constexpr std::array<std::string_view, 3> kCodes{"404001", "612", "400064"};
  return std::ranges::find(kCodes, error.vendor_code) != kCodes.end();
}

}  // namespace certferry
