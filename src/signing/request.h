// What a signing scheme gets to see of a request, and what it gives back.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/secret.h"

namespace certferry {

/// Names and values as they are meant, not encoded in any way, in any order.
using QueryParameters = std::vector<std::pair<std::string, std::string>>;
/// As an HttpRequest holds them; the case of a name does not matter.
using RequestHeaders = std::vector<std::pair<std::string, Secret>>;

/// What signatures cover. On the wire the query goes as `canonical_query` spells it, which every
/// vendor here takes, or in another spelling of the same.
struct UnsignedRequest {
  std::string method = "POST";
  std::string host;  ///< as the Host header says it: IPv6 in brackets, a port unless it is 443
  std::string path = "/";  ///< as the request line has it, percent-encoded
  QueryParameters query;
  RequestHeaders
      headers;  ///< to be signed besides those that the scheme adds; the caller sends them
  std::string_view body;  ///< the exact bytes sent; borrowed for the call
};

/// One set of credentials of a vendor.
struct AccessKey {
  std::string id;
  Secret secret;
  Secret session_token;  ///< of temporary credentials; otherwise empty
};

struct Signature {
  RequestHeaders headers;  ///< to be sent besides those of the request; Authorization is the last
  Secret canonical;  ///< the text that stands for the request; of some schemes it has the body
};

/// Error: invalid_input `signing.key` when a value is empty or holds CR, LF or NUL, which would
/// break a header. The value is not shown.
Result<void> check_key(std::string_view field, std::string_view value);

/// As `check_key`, of both halves; and of the session token and the headers, which may be empty.
Result<void> check_signable(const UnsignedRequest& request, const AccessKey& key);

}  // namespace certferry
