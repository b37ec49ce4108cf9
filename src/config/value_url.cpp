// Addresses of services. They are taken apart by libcurl, which also sends to them: two parsers
// that disagree about where a host name ends would make this check worth nothing.

#include <curl/curl.h>

#include <memory>

#include "base/text.h"
#include "config/value.h"
#include "model/name.h"

namespace certferry {

namespace {

struct Url {
  std::string scheme;
  std::string host;
  bool has_user = false;
  bool has_query = false;  ///< or a fragment
};

std::string part(CURLU* url, CURLUPart which) {
  char* text = nullptr;
  if (curl_url_get(url, which, &text, 0) != CURLUE_OK) return {};
  const std::unique_ptr<char, decltype(&curl_free)> owned(text, &curl_free);
  return text;
}

std::optional<Url> parse_url(const std::string& text) {
  const std::unique_ptr<CURLU, decltype(&curl_url_cleanup)> url(curl_url(), &curl_url_cleanup);
  const unsigned flags = CURLU_NON_SUPPORT_SCHEME;
  if (!url || curl_url_set(url.get(), CURLUPART_URL, text.c_str(), flags) != CURLUE_OK) return {};
  return Url{
      .scheme = to_lower(part(url.get(), CURLUPART_SCHEME)),
      .host = to_lower(part(url.get(), CURLUPART_HOST)),
      .has_user =
          !part(url.get(), CURLUPART_USER).empty() || !part(url.get(), CURLUPART_PASSWORD).empty(),
      .has_query = text.find_first_of("?#") != std::string::npos,
  };
}

bool is_loopback(std::string_view host) {
  if (host == "localhost" || host == "[::1]") return true;
  const auto ip = canonical_ip(host);
  return ip && ip->starts_with("127.") && ip->find(':') == std::string::npos;
}

}  // namespace

bool Value::endpoint(std::string& out) const {
  std::string written;
  if (!text(written)) return false;
  const auto url = parse_url(written);
  if (url && url->has_user) {
    return fail("config.insecure",
                "carries a user name or a password",
                "credentials go into the account's own keys");
  }
  if (!url || url->host.empty() || (url->scheme != "https" && url->scheme != "http")) {
    return fail("config.range", "is not an https address", "write it like https://api.example.com");
  }
  if (url->scheme == "http" && !is_loopback(url->host)) {
    return fail("config.insecure",
                "is " + in_quotes(written) + ", which would send credentials unencrypted",
                "use https; http is allowed only to 127.0.0.0/8, [::1] and localhost");
  }
  if (url->has_query) return fail("config.range", "has a '?' or '#' part", "remove it");
  out = std::move(written);
  return true;
}

bool Value::proxy(std::string& out) const {
  std::string written;
  if (!text(written)) return false;
  const auto url = parse_url(written);
  if (url && url->has_user) {
    return fail("config.insecure",
                "carries a user name or a password",
                "put those into the environment variable https_proxy and remove this key");
  }
  const bool known = url && (url->scheme == "http" || url->scheme == "https" ||
                             url->scheme == "socks5" || url->scheme == "socks5h");
  if (!known || url->host.empty()) {
    return fail("config.range",
                "is not the address of a proxy",
                "write it like http://proxy.example.com:3128 or socks5h://127.0.0.1:1080");
  }
  out = std::move(written);
  return true;
}

}  // namespace certferry
