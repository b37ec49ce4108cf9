// What the providers make of an HTTP reply before they look at the vendor's own words.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "ports/http_client.h"

namespace certferry {

/// Whether a call only reads or changes something: it decides what an unusable answer means.
enum class Effect { kReads, kChanges };

/// Whether a reply may be quoted in an error. Never that of a call whose request carried a private
/// key: the vendor may have sent the request back.
enum class Quoting { kAllowed, kNever };

/// The kind of an answer that cannot be used: unavailable after a read, maybe_applied after a
/// change.
ErrorKind unusable(Effect effect);

bool is_success(int status);

/// What the HTTP status alone says; nothing when it says nothing definite (2xx, 3xx, other 4xx).
/// 401 and 403 unauthorized, 404 not_found, 409 conflict, 429 throttled, 5xx unusable.
std::optional<ErrorKind> kind_of_status(std::int64_t status, Effect effect);

/// How long the peer asks us to wait, between 1 s and 6 h; nothing when it does not say or cannot
/// be understood.
///
/// Seconds, or an HTTP date, which is counted from the reply's own Date header: no clock of ours
/// has a part in it. Source: RFC 9110 sections 5.6.7 and 10.2.3.
std::optional<milliseconds> retry_after(const HttpResponse& response);

/// "HTTP 502 with 153 bytes of text/html, beginning with '<html>…'", for errors.
std::string describe(const HttpResponse& response, Quoting quoting);

/// Percent-encodes everything but RFC 3986's unreserved characters.
std::string url_encode(std::string_view text);

}  // namespace certferry
