#include "sandbox/qiniu/qiniu_token.h"

#include <openssl/crypto.h>

#include <map>

#include "base/text.h"
#include "crypto/digest.h"

namespace certferry::sandbox {

namespace {

constexpr std::string_view kForm = "application/x-www-form-urlencoded";
constexpr minutes kTolerance(15);

/// x-qiniu-date as X-Qiniu-Date.
std::string spelled(std::string name) {
  bool first = true;
  for (char& c : name) {
    if (first && c >= 'a' && c <= 'z') c = static_cast<char>(c - 32);
    first = c == '-';
  }
  return name;
}

std::string url_safe(std::string text) {
  for (char& c : text) {
    if (c == '+') c = '-';
    if (c == '/') c = '_';
  }
  return text;
}

std::string newer_text(const Request& request) {
  const std::string type = request.header("content-type");
  std::string text = request.method + " " + request.target + "\nHost: " + request.header("host") +
                     "\nContent-Type: " + (type.empty() ? std::string(kForm) : type);
  std::map<std::string, std::string> own;
  for (const auto& [name, value] : request.headers) {
    if (name.starts_with("x-qiniu-")) own[spelled(name)] = value;
  }
  for (const auto& [name, value] : own) text.append("\n").append(name).append(": ").append(value);
  text += "\n\n";
  if (type != "application/octet-stream") text += request.body;
  return text;
}

std::string older_text(const Request& request) {
  std::string text = request.target + "\n";
  if (request.header("content-type") == kForm) text += request.body;
  return text;
}

/// 20260102T030405Z, which need not be there.
bool is_dated_well(const Request& request, Time now) {
  const std::string date = request.header("x-qiniu-date");
  if (date.empty()) return true;
  if (date.size() != 16) return false;
  const auto part = [&](std::size_t from, std::size_t count) { return date.substr(from, count); };
  const Result<Time> time = parse_time(part(0, 4) + "-" + part(4, 2) + "-" + part(6, 5) + ":" +
                                       part(11, 2) + ":" + part(13, 3));
  return time && *time > now - kTolerance && *time < now + kTolerance;
}

}  // namespace

bool is_signed_for_qiniu(const Request& request, const QiniuCredentials& credentials, Time now) {
  const auto blank = request.authorization.find(' ');
  const std::string scheme = request.authorization.substr(0, blank);
  if (scheme != "Qiniu" && scheme != "QBox") return false;
  const std::string text = scheme == "Qiniu" ? newer_text(request) : older_text(request);
  const std::string expected = scheme + " " + credentials.access_key + ":" +
                               url_safe(base64_encode(hmac_sha1(credentials.secret_key, text)));
  const bool same =
      expected.size() == request.authorization.size() &&
      CRYPTO_memcmp(expected.data(), request.authorization.data(), expected.size()) == 0;
  return same && is_dated_well(request, now);
}

}  // namespace certferry::sandbox
