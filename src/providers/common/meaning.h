// What a vendor's refusal comes down to, whatever words and numbers it has for that, and the error
// that says so.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "providers/common/reply.h"

namespace certferry {

/// A kind of refusal. The usual ones stand below; a vendor has others of its own beside them, or
/// the usual ones with another hint. In its texts {vendor}, {id}, {keys_url}, {call} and
/// {permission} stand for those of RefusedCall.
struct Meaning {
  std::optional<ErrorKind> kind;  ///< none: nothing is decided, as `unusable(effect)` has it
  std::string_view code;          ///< "vendor.busy"; empty: "vendor." and the kind
  std::string_view sentence;
  std::string_view hint = {};  ///< empty where nothing is decided: what is done about that

  constexpr Meaning saying(std::string_view other) const { return {kind, code, other, hint}; }
  constexpr Meaning advising(std::string_view other) const { return {kind, code, sentence, other}; }
};

namespace meaning {

inline constexpr Meaning kThrottled{
    ErrorKind::kThrottled,
    "",
    "{vendor} asks for fewer calls",
    "run 'certferry apply' again later; a smaller `pace:` of the account avoids this"};
inline constexpr Meaning kWrongKey{ErrorKind::kUnauthorized,
                                   "",
                                   "{vendor} refused the account's keys",
                                   "make an access key at {keys_url} and give both halves to the "
                                   "account"};
inline constexpr Meaning kWrongClock{ErrorKind::kUnauthorized,
                                     "vendor.clock",
                                     "{vendor} refused the time at which the call was signed",
                                     "set this machine's clock"};
inline constexpr Meaning kNoPermission{
    ErrorKind::kUnauthorized,
    "vendor.permission",
    "the account's keys are right, but may not do this: {permission}",
    "allow {permission} to the keys' user; 'certferry providers {id}' prints the whole policy to "
    "paste"};
inline constexpr Meaning kNotFound{
    ErrorKind::kNotFound, "", "{vendor} knows no such domain or certificate in this account"};
inline constexpr Meaning kFull{ErrorKind::kQuota,
                               "",
                               "the account holds as many certificates as it may",
                               "delete certificates that are no longer used in the console"};
inline constexpr Meaning kInUse{ErrorKind::kInUse, "", "the certificate is still in use"};
/// Refused because of another change that is under way: nothing was begun, and it passes.
inline constexpr Meaning kBusy{ErrorKind::kUnavailable,
                               "vendor.busy",
                               "{vendor} is still at work on an earlier change of the domain",
                               "such work takes some minutes; when it has ended, 'certferry apply' "
                               "goes on"};
inline constexpr Meaning kFailed{std::nullopt, "", "{vendor} failed to answer"};
inline constexpr Meaning kRefused{ErrorKind::kRejected, "", "{vendor} refused the call"};

}  // namespace meaning

/// The call, for the words of its refusal.
struct RefusedCall {
  std::string_view vendor;    ///< "Tencent Cloud", for people
  std::string_view id;        ///< "tencentcloud", as the configuration has it
  std::string_view keys_url;  ///< where a person makes keys
  std::string permission;     ///< what a policy allows it by, or else the call's name
  std::string call = {};      ///< its name, where a text has it beside the permission
  Effect effect = Effect::kReads;
};

/// The refusal in our words; `came` says how it came, in brackets, "" for nothing. `kind` is for an
/// answer without a word of the vendor's: then the status alone says what was decided.
Error refusal(const Meaning& meaning,
              const RefusedCall& call,
              const std::string& came = {},
              std::optional<ErrorKind> kind = std::nullopt);

}  // namespace certferry
