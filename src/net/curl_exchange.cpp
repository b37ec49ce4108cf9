#include "net/curl_exchange.h"

#include <string.h>  // explicit_bzero

#include <limits>

#include "base/text.h"
#include "model/name.h"

namespace certferry {

namespace {

// No vendor sends a tenth of it; curl 7.88 itself may take any number of headers.
constexpr std::size_t kHeaderBytesMax = std::size_t{128} * 1024;

template <typename T>
void set(CURL* easy, CURLoption option, T value) {
  // Every option used here is in Debian 12's curl: a refusal is our bug.
  ASSERT((curl_easy_setopt)(easy, option, value) == CURLE_OK);
}

std::string url_part(CURLU* url, CURLUPart part) {
  char* text = nullptr;
  if (curl_url_get(url, part, &text, 0) != CURLUE_OK) return {};
  std::string copy = text;
  curl_free(text);
  return copy;
}

bool is_loopback(const std::string& host) {
  if (host == "localhost" || host == "[::1]") return true;
  return host.starts_with("127.") && canonical_ip(host).has_value();
}

bool is_token(std::string_view text) {
  constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";  // RFC 9110 section 5.6.2
  return !text.empty() && std::ranges::all_of(text, [&](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           kMarks.contains(c);
  });
}

long as_curl_milliseconds(milliseconds duration) {
  // Nought would mean "no limit" to curl.
  return static_cast<long>(
      std::clamp<milliseconds::rep>(duration.count(), 1, std::numeric_limits<int>::max()));
}

}  // namespace

CurlExchange::CurlExchange(std::shared_ptr<const CurlClientOptions> options, HttpRequest request)
    : options_(std::move(options)),
      request_(std::move(request)),
      url_(curl_url(), &curl_url_cleanup),
      easy_(curl_easy_init(), &curl_easy_cleanup) {
  ASSERT(url_ && easy_);
  read_url();
  set_connection();
  set_request();
  set_callbacks();
}

void CurlExchange::WipeHeaders::operator()(curl_slist* lines) const {
  for (curl_slist* line = lines; line != nullptr; line = line->next) {
    explicit_bzero(line->data, strlen(line->data));
  }
  curl_slist_free_all(lines);
}

void CurlExchange::read_url() {
  if (curl_url_set(url_.get(), CURLUPART_URL, request_.url.c_str(), CURLU_DISALLOW_USER) !=
      CURLUE_OK) {
    throw Error(ErrorKind::kInvalidInput, "the URL is malformed or carries a user name")
        .with_code("http.malformed")
        .with_hint("Write it as https://host/path");
  }
  std::string scheme = url_part(url_.get(), CURLUPART_SCHEME);
  std::string host = url_part(url_.get(), CURLUPART_HOST);
  std::string path = url_part(url_.get(), CURLUPART_PATH);
  activity_ = printable("calling " + request_.method + " " + host + path);
  loopback_ = is_loopback(host);
  if (scheme == "https" || (scheme == "http" && loopback_)) return;
  throw Error(ErrorKind::kInvalidInput, "only https is allowed here, not " + scheme)
      .with_code("http.insecure")
      .with_hint("Use https; http goes to loopback addresses only")
      .while_doing(activity_);
}

void CurlExchange::set_connection() {
  CURL* easy = easy_.get();
  set(easy, CURLOPT_CURLU, url_.get());
  set(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  set(easy, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_2TLS));
  set(easy, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  // The bundle file that curl would take by itself costs 35 ms to load, once for each connection;
  // of the hashed directory OpenSSL reads only what the chain asks for. The two sources add up.
  set(easy, CURLOPT_CAINFO, static_cast<const char*>(nullptr));
  const std::string& roots = options_->roots_directory;
  set(easy, CURLOPT_CAPATH, roots.empty() ? nullptr : roots.c_str());
  if (!options_->extra_roots.empty()) {
    auto* pem = const_cast<char*>(options_->extra_roots.data());  // curl only reads it
    curl_blob blob{pem, options_->extra_roots.size(), CURL_BLOB_NOCOPY};
    set(easy, CURLOPT_CAINFO_BLOB, &blob);
  }
  // To loopback nothing stands in between; an empty proxy also hides that of the environment.
  if (loopback_) {
    set(easy, CURLOPT_PROXY, "");
  } else if (!options_->proxy.empty()) {
    set(easy, CURLOPT_PROXY, options_->proxy.c_str());
  }
  set(easy, CURLOPT_TIMEOUT_MS, as_curl_milliseconds(request_.timeout));
  set(easy, CURLOPT_NOSIGNAL, 1L);
  // A name lookup that hangs must not hold up the loop when its request is given up.
  set(easy, CURLOPT_QUICK_EXIT, 1L);
}

void CurlExchange::set_request() {
  CURL* easy = easy_.get();
  const std::string& method = request_.method;
  if (!is_token(method)) {
    throw Error(ErrorKind::kInvalidInput, "the method is not a word").with_code("http.malformed");
  }
  bool body = !request_.body.empty() || method == "POST" || method == "PUT" || method == "PATCH";
  if (body) {
    std::string_view bytes = request_.body.reveal();
    set(easy, CURLOPT_POST, 1L);
    set(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(bytes.size()));
    // Not copied: the bytes stay in their Secret. A null pointer would mean standard input.
    set(easy, CURLOPT_POSTFIELDS, bytes.empty() ? "" : bytes.data());
  }
  if (method == "HEAD") set(easy, CURLOPT_NOBODY, 1L);
  set(easy, CURLOPT_CUSTOMREQUEST, method.c_str());
  set(easy, CURLOPT_USERAGENT, options_->user_agent.c_str());
  set(easy, CURLOPT_ACCEPT_ENCODING, "gzip, deflate");

  if (!request_.secret_query.empty()) append_to_query(request_.secret_query.reveal());
  bool typed = false;
  for (const auto& [name, value] : request_.headers) {
    typed = typed || to_lower(name) == "content-type";
    add_header(name, value.reveal());
  }
  // What curl would add by itself: a form's content type, and a wait of one second before large
  // bodies.
  if (body && !typed) append_line("Content-Type:");
  if (body) append_line("Expect:");
  set(easy, CURLOPT_HTTPHEADER, headers_.get());
}

void CurlExchange::append_to_query(std::string_view parameters) {
  const bool plain = std::ranges::all_of(parameters, [](char c) { return c > ' ' && c < 0x7f; });
  std::string text(parameters);
  const bool added =
      plain && !text.contains('#') &&
      curl_url_set(url_.get(), CURLUPART_QUERY, text.c_str(), CURLU_APPENDQUERY) == CURLUE_OK;
  wipe(text);
  if (added) return;
  throw Error(ErrorKind::kInvalidInput, "a query has characters that no query may have")
      .with_code("http.malformed")
      .while_doing(activity_);
}

void CurlExchange::add_header(std::string_view name, std::string_view value) {
  // A line end in a value would let it write headers of its own.
  if (!is_token(name) || value.find_first_of(std::string_view("\r\n\0", 3)) != value.npos) {
    throw Error(ErrorKind::kInvalidInput, "a header has characters that no header may have")
        .with_code("http.malformed")
        .while_doing(activity_);
  }
  // curl's way to write a header without a value ends in a semicolon.
  std::string line(name);
  line.reserve(name.size() + value.size() + 2);
  line.append(value.empty() ? ";" : ": ").append(value);
  append_line(line.c_str());
  wipe(line);
}

void CurlExchange::append_line(const char* line) {
  curl_slist* longer = curl_slist_append(headers_.get(), line);
  ASSERT(longer != nullptr);
  (void)headers_.release();  // still owned: it is the head of, or nothing before, the longer list
  headers_.reset(longer);
}

void CurlExchange::set_callbacks() {
  CURL* easy = easy_.get();
  set(easy, CURLOPT_ERRORBUFFER, error_text_.data());
  set(easy, CURLOPT_WRITEFUNCTION, &CurlExchange::on_body);
  set(easy, CURLOPT_WRITEDATA, this);
  set(easy, CURLOPT_HEADERFUNCTION, &CurlExchange::on_header);
  set(easy, CURLOPT_HEADERDATA, this);
  set(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  set(easy, CURLOPT_PREREQFUNCTION, &CurlExchange::on_request);
  set(easy, CURLOPT_PREREQDATA, this);
}

std::size_t CurlExchange::on_body(char* data, std::size_t, std::size_t size, void* self) noexcept {
  auto* exchange = static_cast<CurlExchange*>(self);
  // Counted after decoding, in pieces of 16 KiB at most: a gzip bomb ends here too.
  if (size > exchange->request_.max_response_bytes - exchange->body_.size()) {
    exchange->exceeded_limit_ = exchange->request_.max_response_bytes;
    return CURL_WRITEFUNC_ERROR;
  }
  exchange->body_.append(data, size);
  return size;
}

std::size_t CurlExchange::on_header(char* data,
                                    std::size_t,
                                    std::size_t size,
                                    void* self) noexcept {
  auto* exchange = static_cast<CurlExchange*>(self);
  std::string_view line(data, size);
  exchange->headers_complete_ = line == "\r\n" || line == "\n";
  exchange->header_bytes_ += size;
  if (exchange->header_bytes_ <= kHeaderBytesMax) return size;
  exchange->exceeded_limit_ = kHeaderBytesMax;
  return CURL_WRITEFUNC_ERROR;
}

/// Called when the connection stands, its TLS verified, and the request is about to be written.
///
/// Called again when a kept connection died without a byte of reply: curl then sends the request
/// once more over a fresh one, and has no option against it (Curl_retry_request). The peer may have
/// acted on the first, so for a changing call this is where it ends.
int CurlExchange::on_request(void* self, char*, char*, int, int) noexcept {
  auto* exchange = static_cast<CurlExchange*>(self);
  bool again = std::exchange(exchange->may_have_left_, true);
  return again && exchange->request_.changes_state ? CURL_PREREQFUNC_ABORT : CURL_PREREQFUNC_OK;
}

HttpResponse CurlExchange::finish(CURLcode result) {
  // curl 7.88 takes headers cut off in the middle for a whole reply without a body.
  if (result == CURLE_OK && !headers_complete_) result = CURLE_RECV_ERROR;
  if (result != CURLE_OK) throw failure(result);
  HttpResponse response;
  long status = 0;
  curl_easy_getinfo(easy_.get(), CURLINFO_RESPONSE_CODE, &status);
  response.status = static_cast<int>(status);
  // Of the last reply only, and no trailers: what came after the body must not pose as a header.
  curl_header* header = nullptr;
  while ((header = curl_easy_nextheader(easy_.get(), CURLH_HEADER, -1, header)) != nullptr) {
    response.headers.emplace_back(to_lower(header->name), header->value);
  }
  response.body = std::move(body_);
  return response;
}

Error CurlExchange::failure(CURLcode result) const {
  Error error = describe(result);
  if (request_.changes_state && may_have_left_) {
    error.kind = ErrorKind::kMaybeApplied;
    error.hint = "the account is read before anything is sent again";
  } else if (error.hint.empty()) {
    error.hint =
        "try again later; if this stays, check the network, and `endpoint:` and `proxy:` of the "
        "account";
  }
  return std::move(error).while_doing(activity_);
}

Error CurlExchange::describe(CURLcode result) const {
  if (exceeded_limit_ > 0) {
    return Error(
               ErrorKind::kRejected,
               "the reply is larger than the " + std::to_string(exceeded_limit_) + " bytes allowed")
        .with_code("reply.too_large");
  }
  switch (result) {
    case CURLE_OPERATION_TIMEDOUT:
      return Error(ErrorKind::kTimedOut,
                   "no complete reply within " + format_duration(request_.timeout))
          .with_code("http.timed_out");
    case CURLE_ABORTED_BY_CALLBACK:
    case CURLE_RECV_ERROR:
    case CURLE_SEND_ERROR:
    case CURLE_GOT_NOTHING:
    case CURLE_PARTIAL_FILE:
      return Error(ErrorKind::kUnavailable,
                   "the connection was lost before the whole reply had come")
          .with_code("http.cut");
    case CURLE_COULDNT_RESOLVE_PROXY:
      return Error(ErrorKind::kUnavailable, "the proxy's name was not found")
          .with_code("http.unreachable")
          .with_hint("Check the proxy setting, or http_proxy and https_proxy in the environment");
    case CURLE_PEER_FAILED_VERIFICATION:
      return Error(ErrorKind::kUnavailable, printable(error_text_.data()))
          .with_code("tls.untrusted")
          .with_hint(
              "If the endpoint's certificate comes from a private CA, name its root under "
              "settings: trust");
    case CURLE_SSL_CACERT_BADFILE:
      return Error(ErrorKind::kInvalidInput, "the extra roots cannot be read as PEM certificates")
          .with_code("pem.not_pem")
          .with_hint("Check the file named under settings: trust");
    default:
      break;
  }
  std::string text = error_text_.front() == '\0' ? curl_easy_strerror(result) : error_text_.data();
  // curl's own text repeats the whole setting, which may hold a password.
  if (text.starts_with("Unsupported proxy")) text = "the proxy setting is not understood";
  const bool unreached = result == CURLE_COULDNT_RESOLVE_HOST || result == CURLE_COULDNT_CONNECT;
  return Error(ErrorKind::kUnavailable, printable(text))
      .with_code(unreached ? "http.unreachable" : "http.failed");
}

}  // namespace certferry
