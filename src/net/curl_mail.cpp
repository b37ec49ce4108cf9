#include "net/curl_mail.h"

#include <curl/curl.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "base/text.h"
#include "model/name.h"
#include "net/curl_multi.h"

namespace certferry {

namespace {

template <typename T>
void set(CURL* easy, CURLoption option, T value) {
  // Every option used here is in Debian 12's curl: a refusal is our bug.
  ASSERT((curl_easy_setopt)(easy, option, value) == CURLE_OK);
}

bool is_loopback(const std::string& host) {
  if (host == "localhost" || host == "[::1]") return true;
  return host.starts_with("127.") && canonical_ip(host).has_value();
}

std::string url_of(const MailServer& server) {
  const bool tls = server.security == MailServer::Security::kTls;
  return (tls ? "smtps://" : "smtp://") + server.host + ":" + std::to_string(server.port);
}

/// One message on its way: what curl points into while it goes; neither copied nor moved.
class MailTransfer {
 public:
  MailTransfer(std::shared_ptr<const CurlMailOptions> options, Mail mail)
      : options_(std::move(options)),
        mail_(std::move(mail)),
        receivers_(nullptr, &curl_slist_free_all),
        easy_(curl_easy_init(), &curl_easy_cleanup) {
    ASSERT(easy_);
    refuse_plain();
    set_connection();
    set_message();
  }
  MailTransfer(const MailTransfer&) = delete;
  MailTransfer& operator=(const MailTransfer&) = delete;

  CURL* easy() const { return easy_.get(); }

  /// The error that the result means; none when the server has taken the message.
  std::optional<Error> failure(CURLcode result) const {
    if (result == CURLE_OK) return std::nullopt;
    long code = 0;
    curl_easy_getinfo(easy_.get(), CURLINFO_RESPONSE_CODE, &code);
    Error error = describe(result, code);
    if (!refusal_.empty()) error = std::move(error).with_vendor("", refusal_);
    return std::move(error).while_doing("handing a message to the mail server " +
                                        printable(mail_.server.host, 100));
  }

 private:
  void refuse_plain() const {
    const bool plain = mail_.server.security == MailServer::Security::kNone;
    if (!plain || is_loopback(mail_.server.host)) return;
    throw Error(ErrorKind::kInvalidInput, "mail without TLS goes to this machine only")
        .with_code("mail.insecure")
        .with_hint("write 'security: tls' or 'security: starttls'");
  }

  void set_connection() {
    CURL* easy = easy_.get();
    set(easy, CURLOPT_URL, url_of(mail_.server).c_str());
    set(easy, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    set(easy, CURLOPT_PROXY, "");
    set(easy, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    set(easy, CURLOPT_CAINFO, static_cast<const char*>(nullptr));
    set(easy, CURLOPT_CAPATH, options_->roots_directory.c_str());
    if (!options_->extra_roots.empty()) {
      auto* pem = const_cast<char*>(options_->extra_roots.data());  // curl only reads it
      curl_blob blob{pem, options_->extra_roots.size(), CURL_BLOB_NOCOPY};
      set(easy, CURLOPT_CAINFO_BLOB, &blob);
    }
    // ALL: a server without STARTTLS is left before anything of the message was said.
    const bool plain = mail_.server.security == MailServer::Security::kNone;
    set(easy, CURLOPT_USE_SSL, static_cast<long>(plain ? CURLUSESSL_NONE : CURLUSESSL_ALL));
    if (!mail_.server.user.empty()) {
      set(easy, CURLOPT_USERNAME, mail_.server.user.c_str());
      std::string password(mail_.server.password.reveal());
      set(easy, CURLOPT_PASSWORD, password.c_str());  // which curl copies
      wipe(password);
    }
    set(easy, CURLOPT_TIMEOUT_MS, std::max(1L, static_cast<long>(mail_.timeout.count())));
    set(easy, CURLOPT_NOSIGNAL, 1L);
    set(easy, CURLOPT_QUICK_EXIT, 1L);
    set(easy, CURLOPT_ERRORBUFFER, error_text_.data());
  }

  void set_message() {
    CURL* easy = easy_.get();
    set(easy, CURLOPT_MAIL_FROM, ("<" + mail_.from + ">").c_str());
    for (const std::string& one : mail_.to) {
      curl_slist* longer = curl_slist_append(receivers_.get(), ("<" + one + ">").c_str());
      ASSERT(longer != nullptr);
      (void)receivers_.release();  // still owned: it is the head of the longer list
      receivers_.reset(longer);
    }
    set(easy, CURLOPT_MAIL_RCPT, receivers_.get());
    set(easy, CURLOPT_UPLOAD, 1L);
    set(easy, CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(mail_.message.size()));
    set(easy, CURLOPT_READFUNCTION, &MailTransfer::on_read);
    set(easy, CURLOPT_READDATA, this);
    set(easy, CURLOPT_HEADERFUNCTION, &MailTransfer::on_reply);
    set(easy, CURLOPT_HEADERDATA, this);
    set(easy, CURLOPT_WRITEFUNCTION, &MailTransfer::on_body);
  }

  static std::size_t on_read(char* into, std::size_t, std::size_t room, void* self) noexcept {
    auto* transfer = static_cast<MailTransfer*>(self);
    const std::string_view left = std::string_view(transfer->mail_.message).substr(transfer->read_);
    const std::size_t size = std::min(room, left.size());
    std::memcpy(into, left.data(), size);
    transfer->read_ += size;
    return size;
  }

  /// Each line that the server says.
  static std::size_t on_reply(char* line, std::size_t, std::size_t size, void* self) noexcept {
    constexpr std::size_t kLongest = 500;
    auto* transfer = static_cast<MailTransfer*>(self);
    const std::string_view text = trim(std::string_view(line, std::min(size, kLongest)));
    // Behind a refusal comes the server's farewell.
    if (text.starts_with('4') || text.starts_with('5')) transfer->refusal_.assign(text);
    return size;
  }

  static std::size_t on_body(char*, std::size_t, std::size_t size, void*) noexcept { return size; }

  Error describe(CURLcode result, long code) const {
    const std::string text(error_text_.front() != '\0' ? error_text_.data()
                                                       : curl_easy_strerror(result));
    if (result == CURLE_OPERATION_TIMEDOUT) {
      return Error(ErrorKind::kTimedOut, "no answer within " + format_duration(mail_.timeout))
          .with_code("mail.timed_out");
    }
    if (result == CURLE_LOGIN_DENIED) {
      return Error(ErrorKind::kUnauthorized, "the login was refused")
          .with_code("mail.login")
          .with_hint("check user and password; some servers want a password made for programs");
    }
    if (result == CURLE_USE_SSL_FAILED) {
      return Error(ErrorKind::kRejected, "the server offers no STARTTLS")
          .with_code("mail.insecure")
          .with_hint("try 'security: tls'; nothing was sent");
    }
    if (result == CURLE_PEER_FAILED_VERIFICATION) {
      return Error(ErrorKind::kUnavailable, printable(text))
          .with_code("mail.tls")
          .with_hint(
              "the server's certificate must be for its name; 'settings: trust:' adds roots");
    }
    if (code >= 500 && code <= 599) {
      return Error(ErrorKind::kRejected, "the server refused the message")
          .with_code("mail.refused")
          .with_hint("check 'from' and 'to' and what the server lets you send");
    }
    return Error(ErrorKind::kUnavailable, printable(text)).with_code("mail.unavailable");
  }

  std::shared_ptr<const CurlMailOptions> options_;
  Mail mail_;
  std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)> receivers_;
  std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> easy_;
  std::array<char, CURL_ERROR_SIZE> error_text_{};
  std::string refusal_;   ///< the server's last one: "550 5.1.1 no such mailbox"
  std::size_t read_ = 0;  ///< of the message
};

}  // namespace

CurlMailClient::CurlMailClient(boost::asio::io_context& io, CurlMailOptions options)
    : multi_(std::make_shared<CurlMulti>(io)),
      options_(std::make_shared<const CurlMailOptions>(std::move(options))) {}

CurlMailClient::~CurlMailClient() = default;

Task<void> CurlMailClient::send(Mail mail) {
  MailTransfer transfer(options_, std::move(mail));
  const CURLcode result = co_await CurlMulti::perform(multi_, transfer.easy());
  std::optional<Error> failed = transfer.failure(result);
  if (failed) throw *std::move(failed);
}

}  // namespace certferry
