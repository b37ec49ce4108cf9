// Whether a request is signed as Volcengine and BytePlus want it, or as Volcengine's object storage
// does, checked by code that shares nothing with the client's.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/secret.h"
#include "base/time.h"
#include "sandbox/message.h"

namespace certferry::sandbox {

struct VolcengineCredentials {
  std::string access_key_id;
  Secret secret_access_key;
  std::string session_token;  ///< empty: the pair is a permanent one
};

/// How the vendor says no.
struct VolcengineRefusal {
  int status = 400;
  std::string code;
  std::string message;
};

/// Names and values of a query, decoded, in their order.
using VolcengineQuery = std::vector<std::pair<std::string, std::string>>;

/// Nothing when a % is not followed by two digits.
std::optional<VolcengineQuery> read_volcengine_query(const Request& request);

/// What the scope of a signature says: who is to answer.
struct VolcengineScope {
  std::string region;
  std::string service;
};

/// Nothing when the request has no signature of the right form.
std::optional<VolcengineScope> scope_of(const Request& request);

/// Nothing when the request is signed with these keys, and not long ago.
std::optional<VolcengineRefusal> refuse_signature(const Request& request,
                                                  const VolcengineCredentials& credentials,
                                                  Time now);

}  // namespace certferry::sandbox
