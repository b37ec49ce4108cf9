#include "sandbox/edge_server.h"

#include <openssl/ssl.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <map>

#include "base/text.h"
#include "sandbox/pair.h"

namespace certferry::sandbox {

namespace asio = boost::asio;
namespace beast = boost::beast;
using asio::ip::tcp;

namespace {

constexpr seconds kConnectionMax{30};
/// Contexts kept ready; past it all are forgotten and made again when asked
/// for.
constexpr std::size_t kContextsMax = 256;
constexpr std::string_view kGreeting =
    "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: "
    "23\r\nConnection: close\r\n\r\n"
    "certferry sandbox edge\n";
constexpr std::string_view kPlainRefusal =
    "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: "
    "close\r\n\r\n";

}  // namespace

struct EdgeServer::State {
  World& world;
  const Clock& clock;
  std::size_t edge;
  TlsContext listening = make_tls_context();
  std::map<std::int64_t, TlsContext> by_entry;
  std::map<std::string, TlsContext> made_up;  ///< expired and self-signed ones
  bool stopped = false;

  State(World& shared_world, const Clock& machine_clock, std::size_t edge_index)
      : world(shared_world), clock(machine_clock), edge(edge_index) {
    SSL_CTX_set_tlsext_servername_callback(listening.get(), &State::choose);
    SSL_CTX_set_tlsext_servername_arg(listening.get(), this);
  }

  TlsContext context_of(const Entry& entry) {
    TlsContext& context = by_entry[entry.id];
    if (!context) context = load(entry.pair);
    TlsContext chosen = context;
    if (by_entry.size() > kContextsMax) by_entry.clear();
    return chosen;
  }

  /// For the name itself but long expired, or of another name altogether.
  TlsContext made_up_for(const std::string& name, Served::Kind kind) {
    const bool expired = kind == Served::Kind::kExpired;
    const std::string wanted = expired && !name.empty() ? name : "default.sandbox-edge.test";
    TlsContext& context = made_up[(expired ? "expired/" : "fresh/") + wanted];
    if (!context) {
      const Time end = clock.now() + (expired ? -hours(24) : hours(24 * 30));
      context = load(make_self_signed(wanted, end - hours(24 * 90), end));
    }
    TlsContext chosen = context;
    if (made_up.size() > kContextsMax) made_up.clear();
    return chosen;
  }

  static TlsContext load(const UploadedPair& pair) {
    Result<TlsContext> context = make_tls_context(pair.chain_pem, pair.key_pem);
    ASSERT(context);  // The world takes in only pairs that can be served.
    return *std::move(context);
  }

  TlsContext context_for(const std::string& name) {
    const Served served = world.serve(edge, name);
    switch (served.kind) {
      case Served::Kind::kCertificate:
        return context_of(*served.entry);
      case Served::Kind::kExpired:
      case Served::Kind::kSelfSigned:
        return made_up_for(name, served.kind);
      case Served::Kind::kUnrecognizedName:
      case Served::Kind::kSilent:
      case Served::Kind::kNotTls:
        return nullptr;
    }
    return nullptr;
  }

  /// OpenSSL calls it for each ClientHello, with and without SNI.
  static int choose(SSL* ssl, int* alert, void* self) {
    const char* name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
    auto* state = static_cast<State*>(self);
    if (state->stopped) return SSL_TLSEXT_ERR_ALERT_FATAL;
    const TlsContext context = state->context_for(to_lower(name == nullptr ? "" : name));
    *alert = SSL_AD_UNRECOGNIZED_NAME;
    if (!context) return SSL_TLSEXT_ERR_ALERT_FATAL;
    SSL_set_SSL_CTX(ssl, context.get());
    return SSL_TLSEXT_ERR_OK;
  }

  /// The fault, if it shows before a handshake could begin; counted as used.
  std::optional<EdgeFaultKind> fault_before_handshake() {
    const std::optional<EdgeFault>& fault = world.edges()[edge].fault;
    if (!fault) return std::nullopt;
    const EdgeFaultKind kind = fault->kind;
    if (kind != EdgeFaultKind::kSilent && kind != EdgeFaultKind::kNotTls) return std::nullopt;
    world.serve(edge, {});
    return kind;
  }
};

EdgeServer::EdgeServer(asio::io_context& loop, World& world, std::size_t edge, const Clock& clock)
    : state_(std::make_shared<State>(world, clock, edge)),
      listener_(loop,
                [state = state_](tcp::socket socket) { return serve(state, std::move(socket)); }) {}

EdgeServer::~EdgeServer() {
  stop();
}

void EdgeServer::start() {
  Edge& edge = state_->world.edges()[state_->edge];
  listener_.start(edge.address, edge.port);
  edge.port = listener_.port();
}

void EdgeServer::stop() {
  state_->stopped = true;
  listener_.stop();
}

void EdgeServer::follow_fault() {
  const std::optional<EdgeFault>& fault = state_->world.edges()[state_->edge].fault;
  listener_.set_refusing(fault && fault->kind == EdgeFaultKind::kRefuse);
}

namespace {

Task<void> stay_silent(tcp::socket socket) {
  beast::tcp_stream stream(std::move(socket));
  stream.expires_after(kConnectionMax);
  std::array<char, 1024> unread{};
  boost::system::error_code failure;
  while (!failure) {
    const auto [error, size] =
        co_await stream.async_read_some(asio::buffer(unread), asio::as_tuple(asio::use_awaitable));
    failure = error;
  }
}

Task<void> speak_plain(tcp::socket socket) {
  co_await asio::async_write(socket, asio::buffer(kPlainRefusal), asio::use_awaitable);
}

/// A stream on the listener's context; the context lives as long as its owner
/// says.
asio::ssl::context borrow(const TlsContext& context) {
  SSL_CTX_up_ref(context.get());
  return asio::ssl::context(context.get());
}

Task<void> speak_tls(tcp::socket socket, TlsContext listening) {
  asio::ssl::context context = borrow(listening);
  asio::ssl::stream<beast::tcp_stream> stream(beast::tcp_stream(std::move(socket)), context);
  stream.next_layer().expires_after(kConnectionMax);
  co_await stream.async_handshake(asio::ssl::stream_base::server, asio::use_awaitable);
  // A browser or curl sends a request and is greeted; a prober closes and sends
  // none.
  std::array<char, 4096> request{};
  co_await stream.async_read_some(asio::buffer(request), asio::use_awaitable);
  co_await asio::async_write(stream, asio::buffer(kGreeting), asio::use_awaitable);
  co_await stream.async_shutdown(asio::use_awaitable);
}

}  // namespace

Task<void> EdgeServer::serve(std::shared_ptr<State> state, tcp::socket socket) {
  if (state->stopped) co_return;
  const std::optional<EdgeFaultKind> fault = state->fault_before_handshake();
  if (fault == EdgeFaultKind::kSilent) {
    co_await stay_silent(std::move(socket));
  } else if (fault == EdgeFaultKind::kNotTls) {
    co_await speak_plain(std::move(socket));
  } else {
    co_await speak_tls(std::move(socket), state->listening);
  }
}

}  // namespace certferry::sandbox
