#include "net/socket_watch.h"

#include <boost/asio/posix/stream_descriptor.hpp>
#include <utility>

namespace certferry {

namespace asio = boost::asio;

struct SocketWatch::Watch {
  asio::posix::stream_descriptor descriptor;
  SocketWatch* owner;  ///< none once the library has let go of the socket
  int socket;
  bool want_read = false;
  bool want_write = false;
  bool reading = false;  ///< a wait for it is under way
  bool writing = false;
};

SocketWatch::SocketWatch(asio::any_io_executor executor, Ready ready)
    : executor_(std::move(executor)), ready_(std::move(ready)) {}

SocketWatch::~SocketWatch() {
  for (auto& [socket, watch] : watches_) forget(*watch);
}

void SocketWatch::forget(Watch& watch) {
  watch.owner = nullptr;
  // Not close(): the descriptor is the library's. Waits under way end as aborted.
  watch.descriptor.release();
}

void SocketWatch::want(int socket, bool read, bool write) {
  auto found = watches_.find(socket);
  if (!read && !write) {
    if (found == watches_.end()) return;
    forget(*found->second);
    watches_.erase(found);
    return;
  }
  if (found == watches_.end()) {
    auto watch = std::make_shared<Watch>(
        Watch{asio::posix::stream_descriptor(executor_, socket), this, socket});
    found = watches_.emplace(socket, std::move(watch)).first;
  }
  found->second->want_read = read;
  found->second->want_write = write;
  arm(found->second);
}

void SocketWatch::arm(const std::shared_ptr<Watch>& watch) {
  using Descriptor = asio::posix::stream_descriptor;
  // A wait that is no longer wanted is left to end by itself: that is cheaper than cancelling it.
  if (watch->want_read && !std::exchange(watch->reading, true)) {
    watch->descriptor.async_wait(Descriptor::wait_read, [watch](boost::system::error_code error) {
      watch->reading = false;
      if (error || watch->owner == nullptr) return;
      if (watch->want_read) watch->owner->ready_(watch->socket, true, false);
      if (watch->owner != nullptr) arm(watch);
    });
  }
  if (watch->want_write && !std::exchange(watch->writing, true)) {
    watch->descriptor.async_wait(Descriptor::wait_write, [watch](boost::system::error_code error) {
      watch->writing = false;
      if (error || watch->owner == nullptr) return;
      if (watch->want_write) watch->owner->ready_(watch->socket, false, true);
      if (watch->owner != nullptr) arm(watch);
    });
  }
}

}  // namespace certferry
