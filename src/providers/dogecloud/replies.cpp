// The vendor's table of codes could not be read, only that it has classes for bad signature, no
// permission, too frequent, bad parameter and missing resource. So each class is recognised by the
// HTTP status, by the code in the body and by the words of the message, whichever comes.

#include "providers/dogecloud/replies.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/quotable.h"
#include "base/text.h"
#include "providers/common/json_api.h"
#include "providers/common/meaning.h"
#include "providers/dogecloud/metadata.h"

namespace certferry {

namespace {

constexpr Meaning kWrongKey = meaning::kWrongKey.advising(
    "make a key pair at {keys_url} and give both halves to the account; a disabled account is "
    "refused in the same way");
constexpr Meaning kNoSuchCall{ErrorKind::kNotFound,
                              "vendor.no_such_call",
                              "the endpoint does not know this call",
                              "check `endpoint:` of the account, or leave it out"};
constexpr Meaning kInUse = meaning::kInUse.saying("the certificate is still bound to a domain");
constexpr Meaning kUnknown = meaning::kFailed.saying(
    "{vendor} failed to answer, so whether the call took effect is unknown");

/// The answer to an upload may hold the private key that was sent.
Quoting quoting_of(DogeCloudCall call) {
  return call == DogeCloudCall::kUpload ? Quoting::kNever : Quoting::kAllowed;
}

/// What an answer that is no success says of itself.
struct Refusal {
  int status = 0;
  std::optional<std::int64_t> code;  ///< as in the body
  std::string symbol;                ///< err_code, where there is one
  std::string message;

  bool mentions(std::initializer_list<std::string_view> words) const {
    const std::string text = to_lower(message);
    return std::ranges::any_of(words, [&](std::string_view word) { return text.contains(word); });
  }

  /// A code that decides something: neither absent nor one that also stands for success.
  bool decided() const { return code && *code != 0 && *code != 200; }
};

bool about_keys(const Refusal& refusal) {
  if (refusal.mentions({"accesskey"})) return true;
  // 自签名 (self-signed) and 证书签名算法 (signature algorithm) are about a certificate.
  return !refusal.mentions({"证书"}) && refusal.mentions({"签名", "授权", "权限"});
}

std::optional<ErrorKind> kind_of_words(const Refusal& refusal, DogeCloudCall call) {
  if (refusal.mentions({"频繁", "频率"})) return ErrorKind::kThrottled;
  if (about_keys(refusal)) return ErrorKind::kUnauthorized;
  if (call == DogeCloudCall::kDelete &&
      refusal.mentions({"绑定", "使用中", "正在使用", "被使用", "占用", "关联"})) {
    return ErrorKind::kInUse;
  }
  if (call == DogeCloudCall::kUpload && refusal.mentions({"上限", "配额"})) {
    return ErrorKind::kQuota;
  }
  if (refusal.mentions({"不存在"})) return ErrorKind::kNotFound;
  return std::nullopt;
}

/// The code in the body is of the same numbers as HTTP's, and nearer to what went wrong.
std::optional<ErrorKind> kind_of_numbers(const Refusal& refusal, DogeCloudCall call) {
  std::optional<ErrorKind> kind;
  if (refusal.code) kind = kind_of_status(*refusal.code, effect_of(call));
  if (!kind) kind = kind_of_status(refusal.status, effect_of(call));
  const bool deleting = call == DogeCloudCall::kDelete;
  return deleting && kind == ErrorKind::kConflict ? ErrorKind::kInUse : kind;
}

/// The words say most, then the numbers; a failure that says nothing at all decides nothing.
ErrorKind classify(const Refusal& refusal, DogeCloudCall call) {
  if (const auto kind = kind_of_words(refusal, call)) return *kind;
  if (const auto kind = kind_of_numbers(refusal, call)) return *kind;
  return refusal.decided() ? ErrorKind::kRejected : unusable(effect_of(call));
}

const Meaning& meaning_of(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::kThrottled:
      return meaning::kThrottled;
    case ErrorKind::kUnauthorized:
      return kWrongKey;
    case ErrorKind::kInUse:
      return kInUse;
    case ErrorKind::kNotFound:
      return meaning::kNotFound;
    case ErrorKind::kQuota:
      return meaning::kFull;
    case ErrorKind::kUnavailable:
      return meaning::kFailed;
    case ErrorKind::kMaybeApplied:
      return kUnknown;
    default:
      return meaning::kRefused;
  }
}

Error error_of(const HttpResponse& response, const Refusal& said, DogeCloudCall call) {
  const ErrorKind kind = classify(said, call);
  const bool no_such_call = kind == ErrorKind::kNotFound && !said.mentions({"域名", "证书"});
  const bool unspoken = !said.code && said.message.empty();
  const std::string came =
      unspoken ? describe(response, quoting_of(call)) : "HTTP " + std::to_string(said.status);
  std::string code = said.code ? std::to_string(*said.code) : std::string();
  if (!said.symbol.empty()) code += (code.empty() ? "" : " ") + quotable(said.symbol, 60);
  const ProviderMetadata& vendor = dogecloud_metadata();
  return refusal(no_such_call ? kNoSuchCall : meaning_of(kind),
                 {.vendor = vendor.name,
                  .id = vendor.id,
                  .keys_url = vendor.keys_url,
                  .effect = effect_of(call)},
                 came,
                 kind)
      .with_vendor(std::move(code), quotable(said.message))
      .with_retry_after(retry_after(response));
}

}  // namespace

Effect effect_of(DogeCloudCall call) {
  return call == DogeCloudCall::kList ? Effect::kReads : Effect::kChanges;
}

Result<nlohmann::json> read_dogecloud_reply(const HttpResponse& response, DogeCloudCall call) {
  const Effect effect = effect_of(call);
  Result<nlohmann::json> reply = read_json(response, effect, quoting_of(call));
  const bool success = is_success(response.status);
  if (!reply && success) return reply;

  Refusal refusal{.status = response.status};
  if (reply) {
    refusal.code = integer_of(*reply, "code");
    refusal.symbol = text_of(*reply, "err_code");
    refusal.message = text_of(*reply, "msg");
  }
  if (!success || refusal.decided()) {
    return std::unexpected(error_of(response, refusal, call));
  }
  if (refusal.code != 200) {
    return std::unexpected(bad_shape("the answer has no code", effect)
                               .with_vendor(refusal.symbol.empty() ? "" : quotable(refusal.symbol),
                                            quotable(refusal.message)));
  }
  const auto data = reply->find("data");
  return data == reply->end() ? nlohmann::json() : std::move(*data);
}

bool is_no_such_call(const Error& error) {
  return error.code == kNoSuchCall.code;
}

}  // namespace certferry
