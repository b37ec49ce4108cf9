// Whether a request is signed as Alibaba Cloud wants it, checked by code that shares nothing with
// the client's.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/secret.h"
#include "base/time.h"
#include "sandbox/message.h"

namespace certferry::sandbox {

struct AliyunCredentials {
  std::string access_key_id;
  Secret access_key_secret;
  std::string security_token;  ///< empty: the pair is a permanent one
};

/// How the vendor says no.
struct AliyunRefusal {
  int status = 400;
  std::string code;
  std::string message;
};

/// Names and values of a query or a form, decoded, in their order.
using AliyunParameters = std::vector<std::pair<std::string, std::string>>;

/// Nothing when a % is not followed by two digits or a part has no '='.
std::optional<AliyunParameters> read_parameters(std::string_view text);

/// Remembers each nonce as long as a date with it could be taken.
class Acs3Check {
 public:
  explicit Acs3Check(AliyunCredentials credentials) : credentials_(std::move(credentials)) {}

  /// Nothing when the request is signed and comes for the first time.
  std::optional<AliyunRefusal> refuse(const Request& request, Time now);

 private:
  std::optional<AliyunRefusal> refuse_headers(const Request& request, Time now) const;
  std::optional<AliyunRefusal> refuse_signature(const Request& request) const;

  AliyunCredentials credentials_;
  std::map<std::string, Time> nonces_;
};

}  // namespace certferry::sandbox
