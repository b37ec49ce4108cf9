// The pieces that vendors' canonical forms are put together from.
#pragma once

#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

#include "base/secret.h"
#include "base/time.h"
#include "signing/request.h"

namespace certferry {

/// Every byte but A-Z a-z 0-9 - . _ ~ becomes %XX, RFC 3986; with `kept`, those bytes stay as well.
std::string percent_encode(std::string_view text, std::string_view kept = "");
/// The inverse; a % that is not followed by two digits stays as it is.
std::string percent_decode(std::string_view text);

/// By what several parameters stand in order; it shows where `x-` meets `x/`, which becomes `x%2F`.
enum class QueryOrder { kAsMeant, kAsEncoded };

/// name=value of each, encoded, by name and then by value, joined by '&'.
std::string canonical_query(const QueryParameters& query, QueryOrder order = QueryOrder::kAsMeant);

/// The request's own headers, its host, and those that the scheme adds.
RequestHeaders headers_with(const UnsignedRequest& request, const RequestHeaders& added);

/// Headers as those that sign some of them write them down.
struct CanonicalHeaders {
  Secret lines;  ///< `name:value` and LF for each, by name; names in lower case, values trimmed
  std::string names;  ///< joined by ';'
};
/// What becomes of several blanks within a value.
enum class InnerBlanks { kKept, kOneEach };
CanonicalHeaders canonical_headers(const RequestHeaders& headers,
                                   InnerBlanks blanks = InnerBlanks::kKept);

/// One after another; parts may be secrets, of which no copies are left behind.
Secret joined(std::span<const std::string_view> texts);
Secret joined(std::initializer_list<std::string_view> texts);
/// The same with an LF between each two.
Secret text_of_lines(std::initializer_list<std::string_view> lines);

/// method, path, query, header lines, an empty line, header names and hash of the body: as AWS
/// began it and most others took it over.
Secret canonical_request(const UnsignedRequest& request,
                         std::string_view path,
                         std::string_view query,
                         const CanonicalHeaders& headers,
                         std::string_view body_hash);

/// `[::1]` of `[::1]:8443`.
std::string_view host_without_port(std::string_view host);

/// 20260102T030405Z.
std::string format_basic_time(Time time);
/// Seconds since 1970, as text.
std::string format_unix_time(Time time);

std::string hmac_sha256_hex(const Secret& key, std::string_view text);

/// What the family of AWS's fourth version does alike: a key for this day and service alone, made
/// by a chain of HMACs, signs the hash of the canonical request.
struct ScopedScheme {
  std::string_view algorithm;   ///< begins the text that is signed, and Authorization
  std::string_view key_prefix;  ///< stands before the secret as the chain begins
};

/// Where and when a scoped signature holds: day, region, service and a word of the vendor's own,
/// each a link of the chain.
std::string scoped_signature(const ScopedScheme& scheme,
                             const Secret& secret,
                             std::string_view time,
                             std::span<const std::string> scope,
                             const Secret& canonical);

/// The same, as the value of Authorization that names what was signed.
Secret scoped_authorization(const ScopedScheme& scheme,
                            const AccessKey& key,
                            std::string_view time,
                            std::span<const std::string> scope,
                            const CanonicalHeaders& headers,
                            const Secret& canonical);

}  // namespace certferry
