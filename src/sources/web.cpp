#include "sources/web.h"

#include "base/quotable.h"
#include "crypto/pem.h"
#include "sources/fields.h"

namespace certferry {

namespace {

constexpr std::size_t kRootsBytesMax = std::size_t{4} * 1024 * 1024;

bool is_loopback(std::string_view rest) {
  const std::string_view host = rest.substr(0, rest.find_first_of("/?#"));
  return host.starts_with("127.") || host.starts_with("[::1]") || host == "localhost" ||
         host.starts_with("localhost:");
}

Error refused(ErrorKind kind, std::string code, std::string message, std::string hint) {
  return Error(kind, std::move(message)).with_code(std::move(code)).with_hint(std::move(hint));
}

}  // namespace

std::string url_field(const SourceInputs& inputs, const std::string& key) {
  std::string url = text_field(inputs, key);
  if (url.empty()) return url;
  constexpr std::string_view kSecure = "https://";
  constexpr std::string_view kPlain = "http://";
  const bool secure = url.starts_with(kSecure) && url.size() > kSecure.size();
  const bool local = url.starts_with(kPlain) && is_loopback(url.substr(kPlain.size()));
  if (!secure && !local) {
    throw bad_setting("'" + key + "' is no https address",
                      "a private key goes over it: write https://…, or http:// to this machine");
  }
  const auto host = url.find("//") + 2;
  if (url.substr(host, url.find('/', host) - host).find('@') != std::string::npos) {
    throw bad_setting("'" + key + "' has a user or a password in it",
                      "give it as 'credential: { file: … }', which is sent as a header");
  }
  return url;
}

std::unique_ptr<HttpClient> make_client(const SourceInputs& inputs, const SourcePorts& ports) {
  ASSERT(ports.http != nullptr);
  const std::string path = path_field(inputs, "trust");
  if (path.empty()) return ports.http("");
  const FileContents roots = ports.files.read(path, kRootsBytesMax);
  Result<std::vector<Certificate>> read = read_certificates(roots.bytes.reveal(), "'" + path + "'");
  if (!read) throw std::move(read).error().while_doing("reading 'trust'");
  return ports.http(std::string(roots.bytes.reveal()));
}

Error error_of_status(const HttpResponse& response, const std::string& what) {
  const std::string answered = what + " answered with status " + std::to_string(response.status);
  if (response.status >= 300 && response.status < 400) {
    return refused(ErrorKind::kRejected,
                   "source.redirect",
                   answered + ", to " + quotable(response.header("location")),
                   "a redirect is not followed, for it would take the credential along; write the "
                   "address where it leads");
  }
  switch (response.status) {
    case 401:
    case 403:
      return refused(ErrorKind::kUnauthorized,
                     "source.permission",
                     answered,
                     "check the credential, and whether this machine's address is let in");
    case 404:
    case 410:
      return refused(ErrorKind::kNotFound, "source.missing", answered, "check the address");
    case 408:
    case 429:
      return refused(ErrorKind::kThrottled, "source.status", answered, "it is asked again later");
    default:
      break;
  }
  if (response.status >= 500) {
    return refused(ErrorKind::kUnavailable, "source.status", answered, "look at that server's log");
  }
  return refused(ErrorKind::kRejected, "source.status", answered, "check the address");
}

}  // namespace certferry
