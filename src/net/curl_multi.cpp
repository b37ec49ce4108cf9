// How it works: curl says which sockets to watch and when to be woken (socket and timer functions);
// we call curl_multi_socket_action when that happens. Finished transfers wake their coroutine
// through the loop, so that nobody's code ever runs inside one of curl's callbacks.
// Source: https://curl.se/libcurl/c/curl_multi_socket_action.html

#include "net/curl_multi.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <optional>

#include "base/error.h"

namespace certferry {

namespace asio = boost::asio;

namespace {

// Connections that are kept, busy and idle together: with more in flight than this, each would be
// closed after one request. curl's own choice follows the number of transfers under way and would
// close them whenever a batch runs out.
constexpr long kConnectionsMax = 512;

CURLM* make_multi() {
  static const CURLcode kInitialised = curl_global_init(CURL_GLOBAL_DEFAULT);
  ASSERT(kInitialised == CURLE_OK);
  CURLM* multi = curl_multi_init();
  ASSERT(multi != nullptr);
  return multi;
}

}  // namespace

/// One transfer under way; lives in the frame of `perform` and is out of curl when that ends,
/// however it ends.
struct CurlMulti::Transfer {
  Transfer(std::shared_ptr<CurlMulti> owner, CURL* handle)
      : multi(std::move(owner)),
        easy(handle),
        finished(multi->io_, asio::steady_timer::time_point::max()) {
    ASSERT(curl_easy_setopt(easy, CURLOPT_PRIVATE, this) == CURLE_OK);
    ASSERT(curl_multi_add_handle(multi->multi_, easy) == CURLM_OK);
  }
  ~Transfer() { curl_multi_remove_handle(multi->multi_, easy); }
  Transfer(const Transfer&) = delete;
  Transfer& operator=(const Transfer&) = delete;

  std::shared_ptr<CurlMulti> multi;
  CURL* easy;
  asio::steady_timer finished;  ///< never expires; cancelled to wake the coroutine
  std::optional<CURLcode> result;
};

CurlMulti::CurlMulti(asio::io_context& io)
    : io_(io),
      watch_(io.get_executor(),
             [this](int socket, bool readable, bool writable) {
               drive(socket, (readable ? CURL_CSELECT_IN : 0) | (writable ? CURL_CSELECT_OUT : 0));
             }),
      timer_(io),
      multi_(make_multi()) {
  curl_multi_setopt(multi_, CURLMOPT_SOCKETFUNCTION, &CurlMulti::on_socket);
  curl_multi_setopt(multi_, CURLMOPT_SOCKETDATA, this);
  curl_multi_setopt(multi_, CURLMOPT_TIMERFUNCTION, &CurlMulti::on_timer);
  curl_multi_setopt(multi_, CURLMOPT_TIMERDATA, this);
  curl_multi_setopt(multi_, CURLMOPT_MAXCONNECTS, kConnectionsMax);
}

CurlMulti::~CurlMulti() {
  curl_multi_cleanup(multi_);
}

Task<CURLcode> CurlMulti::perform(std::shared_ptr<CurlMulti> multi, CURL* easy) {
  Transfer transfer(std::move(multi), easy);
  co_await transfer.finished.async_wait(asio::as_tuple(asio::use_awaitable));
  if (!transfer.result) throw Error(ErrorKind::kCancelled, "the request was cancelled");
  co_return *transfer.result;
}

int CurlMulti::on_socket(CURL*, curl_socket_t socket, int what, void* self, void*) noexcept {
  bool read = what == CURL_POLL_IN || what == CURL_POLL_INOUT;
  bool write = what == CURL_POLL_OUT || what == CURL_POLL_INOUT;
  static_cast<CurlMulti*>(self)->watch_.want(socket, read, write);
  return 0;
}

int CurlMulti::on_timer(CURLM*, long timeout_ms, void* self) noexcept {
  auto* multi = static_cast<CurlMulti*>(self);
  if (timeout_ms < 0) {
    multi->timer_.cancel();
    return 0;
  }
  multi->timer_.expires_after(std::chrono::milliseconds(timeout_ms));
  multi->timer_.async_wait([weak = multi->weak_from_this()](boost::system::error_code error) {
    if (error) return;
    if (auto alive = weak.lock()) alive->drive(CURL_SOCKET_TIMEOUT, 0);
  });
  return 0;
}

void CurlMulti::drive(curl_socket_t socket, int events) {
  int running = 0;
  ASSERT(curl_multi_socket_action(multi_, socket, events, &running) == CURLM_OK);
  collect_finished();
}

void CurlMulti::collect_finished() {
  int left = 0;
  while (CURLMsg* message = curl_multi_info_read(multi_, &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    CURL* easy = message->easy_handle;
    CURLcode result = message->data.result;  // gone once the handle is removed
    void* transfer = nullptr;
    curl_easy_getinfo(easy, CURLINFO_PRIVATE, &transfer);
    curl_multi_remove_handle(multi_, easy);
    static_cast<Transfer*>(transfer)->result = result;
    static_cast<Transfer*>(transfer)->finished.cancel();
  }
}

}  // namespace certferry
