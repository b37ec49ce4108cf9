#include "sandbox/ctyun/eop_check.h"

#include <openssl/crypto.h>

#include "base/text.h"
#include "crypto/digest.h"

namespace certferry::sandbox {

namespace {

constexpr minutes kTolerance(15);
constexpr std::string_view kSignedHeaders = "ctyun-eop-request-id;eop-date";

const CtyunRefusal kBadSignature{
    .code = "CTAPI_10009", .error = "10009", .message = "ctyun-EOP: signature verification failed"};

/// 20260102T110405Z, by the clock on the wall.
bool is_dated_well(const std::string& date, CtyunWall wall, Time now) {
  if (date.size() != 16) return false;
  const auto part = [&](std::size_t from, std::size_t count) { return date.substr(from, count); };
  const Result<Time> time = parse_time(part(0, 4) + "-" + part(4, 2) + "-" + part(6, 5) + ":" +
                                       part(11, 2) + ":" + part(13, 3));
  const Time there = wall == CtyunWall::kBeijing ? now + hours(8) : now;
  return time && *time > there - kTolerance && *time < there + kTolerance;
}

/// The query must come sorted, for as it comes it is signed.
bool is_sorted(const std::string& query) {
  std::string before;
  for (const std::string& pair : split(query, '&')) {
    std::string name = pair.substr(0, pair.find('='));
    if (name < before) return false;
    before = std::move(name);
  }
  return true;
}

std::string signature_of(const Request& request, const CtyunCredentials& credentials) {
  const std::string date = request.header("eop-date");
  const auto mark = request.target.find('?');
  const std::string query = mark == std::string::npos ? "" : request.target.substr(mark + 1);
  const std::string text = "ctyun-eop-request-id:" + request.header("ctyun-eop-request-id") +
                           "\neop-date:" + date + "\n\n" + query + "\n" + sha256_hex(request.body);
  const Secret of_time(hmac_sha256(credentials.security_key, date));
  const Secret of_key(hmac_sha256(of_time, credentials.access_key));
  const Secret of_day(hmac_sha256(of_key, date.substr(0, 8)));
  return base64_encode(hmac_sha256(of_day, text));
}

}  // namespace

std::optional<CtyunRefusal> refuse_signature(const Request& request,
                                             const CtyunCredentials& credentials,
                                             CtyunWall wall,
                                             Time now) {
  const std::string given = request.header("eop-authorization");
  if (!given.starts_with(credentials.access_key + " ")) {
    return CtyunRefusal{
        .code = "CTAPI_10002", .error = "10002", .message = "ctyun-EOP: invalid access key"};
  }
  const auto mark = request.target.find('?');
  const bool sorted = mark == std::string::npos || is_sorted(request.target.substr(mark + 1));
  const std::string expected = credentials.access_key + " Headers=" + std::string(kSignedHeaders) +
                               " Signature=" + signature_of(request, credentials);
  const bool same = expected.size() == given.size() &&
                    CRYPTO_memcmp(expected.data(), given.data(), expected.size()) == 0;
  const bool whole = sorted && !request.header("ctyun-eop-request-id").empty();
  if (!same || !whole || !is_dated_well(request.header("eop-date"), wall, now)) {
    return kBadSignature;
  }
  return std::nullopt;
}

}  // namespace certferry::sandbox
