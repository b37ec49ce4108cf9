#include "net/service_manager.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <charconv>
#include <cstdlib>
#include <cstring>

namespace certferry {

namespace {

std::string variable(const char* name) {
  const char* value = ::getenv(name);
  return value == nullptr ? "" : value;
}

}  // namespace

ServiceManager ServiceManager::from_environment() {
  std::string socket = variable("NOTIFY_SOCKET");
  const std::string text = variable("WATCHDOG_USEC");
  std::int64_t microseconds = 0;
  const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), microseconds);
  std::optional<milliseconds> watchdog;
  if (status == std::errc() && end == text.data() + text.size() && microseconds >= 2000) {
    watchdog = milliseconds(microseconds / 2000);
  }
  return ServiceManager(std::move(socket), watchdog);
}

bool ServiceManager::tell(const std::string& state) const {
  sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
  const bool usable = !socket_.empty() && (socket_[0] == '/' || socket_[0] == '@') &&
                      socket_.size() < sizeof(address.sun_path);
  if (!usable) return false;
  std::memcpy(address.sun_path, socket_.data(), socket_.size());
  if (socket_[0] == '@') address.sun_path[0] = '\0';
  const int fd = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return false;
  const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + socket_.size());
  const ssize_t sent = ::sendto(fd,
                                state.data(),
                                state.size(),
                                MSG_NOSIGNAL | MSG_DONTWAIT,
                                reinterpret_cast<const sockaddr*>(&address),
                                length);
  ::close(fd);
  return sent == static_cast<ssize_t>(state.size());
}

}  // namespace certferry
