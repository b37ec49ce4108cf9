#include "web/listener.h"

#include <fcntl.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/error.h"
#include "base/time.h"

namespace certferry::web {

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

/// How long accepting pauses when the process is out of descriptors.
constexpr milliseconds kAcceptPause{50};

/// A daemon that starts anew in its process needs the port again, and no command it runs needs it.
/// Asio does not ask for it (Boost 1.81).
void close_on_exec(int descriptor) {
  ::fcntl(descriptor, F_SETFD, FD_CLOEXEC);
}

tcp::endpoint endpoint_of(const std::string& address, std::uint16_t port) {
  boost::system::error_code failure;
  const asio::ip::address ip = asio::ip::make_address(address, failure);
  if (failure) {
    throw Error(ErrorKind::kInvalidInput, "'" + address + "' is not an IP address")
        .with_code("web.address");
  }
  return {ip, port};
}

}  // namespace

struct Listener::State {
  State(asio::io_context& loop, Session make_session)
      : acceptor(loop), session(std::move(make_session)), tasks(loop) {}

  void bind(const tcp::endpoint& endpoint) {
    acceptor.open(endpoint.protocol());
    close_on_exec(acceptor.native_handle());
    acceptor.set_option(tcp::acceptor::reuse_address(true));
    acceptor.bind(endpoint);
  }

  tcp::acceptor acceptor;
  Session session;
  TaskScope tasks;
  tcp::endpoint local;
  std::uint64_t accepted = 0;
  std::size_t accepting = 0;  ///< tasks that accept, to be told from sessions
  bool refusing = false;
};

Listener::Listener(asio::io_context& loop, Session session)
    : state_(std::make_shared<State>(loop, std::move(session))) {}

Listener::~Listener() {
  stop();
}

void Listener::start(const std::string& address, std::uint16_t port) {
  const tcp::endpoint wanted = endpoint_of(address, port);
  try {
    state_->bind(wanted);
    state_->acceptor.listen();
    state_->local = state_->acceptor.local_endpoint();
  } catch (const boost::system::system_error& failure) {
    throw Error(ErrorKind::kUnavailable, failure.code().message())
        .with_code("web.listen")
        .while_doing("listening on " + address + " port " + std::to_string(port))
        .with_hint("choose an address of this machine and a port that nothing else uses");
  }
  state_->tasks.spawn(accept(state_));
}

void Listener::stop() {
  boost::system::error_code ignored;
  state_->acceptor.close(ignored);
  state_->tasks.cancel();
}

void Listener::set_refusing(bool refusing) {
  if (refusing == state_->refusing) return;
  state_->refusing = refusing;
  if (refusing) {
    // Bound but not listening: the kernel refuses for us, and nobody else can
    // take the port.
    state_->acceptor.close();
    state_->bind(state_->local);
  } else {
    state_->acceptor.listen();
    state_->tasks.spawn(accept(state_));
  }
}

std::uint16_t Listener::port() const {
  return state_->local.port();
}
std::uint64_t Listener::accepted() const {
  return state_->accepted;
}
std::size_t Listener::open() const {
  return state_->tasks.size() - state_->accepting;
}

Task<void> Listener::accept(std::shared_ptr<State> state) {
  ++state->accepting;
  const std::shared_ptr<State> counted(state.get(), [state](State* it) { --it->accepting; });
  const auto executor = state->acceptor.get_executor();
  asio::steady_timer pause(executor);
  while (state->acceptor.is_open()) {
    tcp::socket socket(executor);
    const auto [failure] =
        co_await state->acceptor.async_accept(socket, asio::as_tuple(asio::use_awaitable));
    if (failure == asio::error::operation_aborted) co_return;
    if (failure) {
      pause.expires_after(kAcceptPause);
      co_await pause.async_wait(asio::use_awaitable);
      continue;
    }
    ++state->accepted;
    close_on_exec(socket.native_handle());
    boost::system::error_code ignored;
    socket.set_option(tcp::no_delay(true), ignored);
    state->tasks.spawn(state->session(std::move(socket)));
  }
}

}  // namespace certferry::web
