#include "net/tls_prober.h"

#include <openssl/ssl.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <thread>
#include <unordered_map>

#include "base/text.h"
#include "crypto/presented.h"
#include "model/name.h"

namespace certferry {

namespace asio = boost::asio;
namespace ssl = asio::ssl;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

constexpr auto kNoThrow = asio::as_tuple(asio::use_awaitable);
constexpr long kPresentedBytesMax = long{100} * 1024;

// Reasons from 1000 on are alerts that the peer sent: 1000 + AlertDescription (openssl/sslerr.h).
constexpr int kAlertReasonBase = SSL_AD_REASON_OFFSET;

ssl::context make_context() {
  ssl::context context(ssl::context::tls_client);
  SSL_CTX* raw = context.native_handle();
  SSL_CTX_set_min_proto_version(raw, TLS1_VERSION);
  SSL_CTX_set_security_level(raw, 0);
  SSL_CTX_set_session_cache_mode(raw, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_options(raw, SSL_OP_NO_TICKET);
  SSL_CTX_set_max_cert_list(raw, kPresentedBytesMax);
  // Without this OpenSSL builds and checks the chain of every handshake, only to ignore the answer.
  SSL_CTX_set_cert_verify_callback(raw, [](X509_STORE_CTX*, void*) { return 1; }, nullptr);
  return context;
}

void become(Probe& probe, Probe::Outcome outcome, std::string detail) {
  probe.outcome = outcome;
  probe.detail = printable(detail);
}

/// What it means that the handshake ended with this error.
void judge_handshake(Probe& probe, error_code error) {
  using Outcome = Probe::Outcome;
  if (error.category() != asio::error::get_ssl_category()) {
    bool closed = error == asio::error::eof || error == ssl::error::stream_truncated;
    return become(probe,
                  Outcome::kUnreachable,
                  closed ? "the connection was closed during the handshake" : error.message());
  }
  auto code = static_cast<unsigned long>(error.value());
  int reason = ERR_GET_REASON(code);
  if (reason > kAlertReasonBase) {
    int alert = reason - kAlertReasonBase;
    return become(probe,
                  Outcome::kAlert,
                  "it answered with the TLS alert " +
                      std::string(SSL_alert_desc_string_long(alert)) + " (" +
                      std::to_string(alert) + ")");
  }
  const char* text = ERR_reason_error_string(code);
  become(probe,
         Outcome::kNotTls,
         "its answer is not proper TLS: " + std::string(text != nullptr ? text : error.message()));
}

std::string der_of(const X509* certificate) {
  unsigned char* bytes = nullptr;
  int size = i2d_X509(certificate, &bytes);
  if (size <= 0) return {};
  std::string der(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size));
  OPENSSL_free(bytes);
  return der;
}

/// Certificates read before, by their bytes: a fleet's edges present the same few over and over,
/// and reading one costs as much as the handshake that brought it. Forgets all when it is full.
class KnownCertificates {
 public:
  Result<Certificate> read(X509& x509) {
    std::string der = der_of(&x509);
    if (const auto known = by_der_.find(der); known != by_der_.end()) return known->second;
    Result<Certificate> certificate = certificate_of(x509);
    if (!certificate) return certificate;
    if (by_der_.size() == kMost) by_der_.clear();
    by_der_.emplace(std::move(der), *certificate);
    return certificate;
  }

 private:
  static constexpr std::size_t kMost = 64;

  std::unordered_map<std::string, Certificate> by_der_;
};

/// Reads the chain as presented. An unreadable leaf is no answer to what is served; an unreadable
/// certificate after it is left out and mentioned, and the chain then fails to verify.
void read_chain(Probe& probe, SSL* connection, KnownCertificates& known) {
  probe.tls_version = SSL_get_version(connection);
  probe.outcome = Probe::Outcome::kServed;
  STACK_OF(X509)* presented = SSL_get_peer_cert_chain(connection);  // not ours; leaf first
  if (sk_X509_num(presented) <= 0) {
    return become(probe, Probe::Outcome::kNotTls, "it presented no certificate");
  }
  for (int i = 0; i < sk_X509_num(presented); ++i) {
    Result<Certificate> certificate = known.read(*sk_X509_value(presented, i));
    if (certificate) {
      probe.chain.push_back(*std::move(certificate));
    } else if (i == 0) {
      return become(probe,
                    Probe::Outcome::kNotTls,
                    "its certificate is unreadable: " + certificate.error().message);
    } else {
      probe.detail = printable("certificate " + std::to_string(i + 1) +
                               " of its chain is unreadable: " + certificate.error().message);
    }
  }
}

}  // namespace

/// The loop and thread of its own: handshakes are arithmetic, and a thousand of them in a row would
/// keep the calls to vendors waiting.
class AsioTlsProber::Thread {
 public:
  ~Thread() {
    io_.stop();
    thread_.join();
  }

  asio::any_io_executor executor() { return io_.get_executor(); }

  /// Connects, shakes hands and reports; ends early when it is cancelled or the time is over.
  Task<Probe> look_in_time(ProbeRequest request);

 private:
  Task<Probe> look(ProbeRequest request);

  ssl::context tls_ = make_context();
  KnownCertificates known_;
  asio::io_context io_{1};
  asio::executor_work_guard<asio::io_context::executor_type> work_ = asio::make_work_guard(io_);
  std::thread thread_{[this] { io_.run(); }};
};

Task<Probe> AsioTlsProber::Thread::look(ProbeRequest request) {
  Probe probe{.address = request.address};
  error_code error;
  tcp::endpoint endpoint(asio::ip::make_address(request.address.ip, error), request.address.port);
  if (error) {
    become(probe, Probe::Outcome::kUnreachable, "not an IP address: " + request.address.ip);
    co_return probe;
  }

  ssl::stream<tcp::socket> stream(io_, tls_);
  std::tie(error) = co_await stream.next_layer().async_connect(endpoint, kNoThrow);
  if (error) {
    become(probe, Probe::Outcome::kUnreachable, error.message());
    // Said by this machine's own routing table before anything left it.
    probe.no_route = error == asio::error::network_unreachable;
    co_return probe;
  }
  if (!canonical_ip(request.server_name)) {
    SSL_set_tlsext_host_name(stream.native_handle(), request.server_name.c_str());
  }
  std::tie(error) = co_await stream.async_handshake(ssl::stream_base::client, kNoThrow);
  if (error) {
    judge_handshake(probe, error);
  } else {
    read_chain(probe, stream.native_handle(), known_);
  }
  co_return probe;
}

Task<Probe> AsioTlsProber::Thread::look_in_time(ProbeRequest request) {
  using asio::experimental::awaitable_operators::operator||;
  const auto start = std::chrono::steady_clock::now();
  asio::steady_timer deadline(io_, request.timeout);
  Probe probe{.address = request.address};
  const milliseconds timeout = request.timeout;
  auto first = co_await (look(std::move(request)) || deadline.async_wait(kNoThrow));
  if (first.index() == 0) {
    probe = std::get<0>(std::move(first));
  } else {
    become(probe, Probe::Outcome::kUnreachable, "no handshake within " + format_duration(timeout));
  }
  probe.elapsed = std::chrono::round<milliseconds>(std::chrono::steady_clock::now() - start);
  co_return probe;
}

AsioTlsProber::AsioTlsProber() : thread_(std::make_unique<Thread>()) {}

AsioTlsProber::~AsioTlsProber() = default;

Task<Probe> AsioTlsProber::probe(ProbeRequest request) {
  Probe probe = co_await asio::async_initiate<const asio::use_awaitable_t<>, void(Probe)>(
      [this, &request](auto handler) {
        // A signal may only be given on the thread of those who listen to it.
        auto stop = std::make_shared<asio::cancellation_signal>();
        const asio::any_io_executor there = thread_->executor();
        asio::any_io_executor here = asio::get_associated_executor(handler);
        auto slot = asio::get_associated_cancellation_slot(handler);
        if (slot.is_connected()) {
          slot.assign([stop, there](asio::cancellation_type type) {
            asio::post(there, [stop, type] { stop->emit(type); });
          });
        }
        auto answer = [handler = std::move(handler), stop, guard = asio::make_work_guard(here)](
                          std::exception_ptr, Probe found) mutable {
          asio::post(guard.get_executor(),
                     [handler = std::move(handler), found = std::move(found)]() mutable {
                       std::move(handler)(std::move(found));
                     });
        };
        asio::co_spawn(there,
                       thread_->look_in_time(std::move(request)),
                       asio::bind_cancellation_slot(stop->slot(), std::move(answer)));
      },
      asio::use_awaitable);
  const asio::cancellation_state state = co_await asio::this_coro::cancellation_state;
  if (state.cancelled() != asio::cancellation_type::none) {
    throw Error(ErrorKind::kCancelled, "the probe was cancelled");
  }
  co_return probe;
}

}  // namespace certferry
