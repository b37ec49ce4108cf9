// One HTTP request and what becomes of its reply, without sockets.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/time.h"
#include "web/http_session.h"

namespace certferry::sandbox {

using web::Request;

struct Reply {
  int status = 200;
  std::string content_type = "application/json";
  std::string date;  ///< as HTTP spells it; empty: the reply names none
  std::string body;
  std::optional<seconds> retry_after;                             ///< sent as a header
  std::vector<std::pair<std::string, std::string>> headers = {};  ///< what else is sent
  milliseconds delay{};  ///< waited before the first byte, beside the server's
                         ///< own latency
  /// How many bytes of the body are sent before the connection is cut; none:
  /// all, and no cut.
  std::optional<std::size_t> cut_after;
  bool dropped = false;  ///< the connection is closed without one byte of a reply
};

}  // namespace certferry::sandbox
