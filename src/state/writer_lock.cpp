#include "state/writer_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <string_view>
#include <thread>

#include "base/text.h"

namespace certferry::state {

namespace {

constexpr std::size_t kWordsLimit = 1024;
constexpr int kWordsTries = 40;
constexpr std::chrono::milliseconds kWordsWait{50};

std::string host_name() {
  std::array<char, 256> name{};
  if (::gethostname(name.data(), name.size() - 1) != 0) return "unknown host";
  return name.data();
}

std::string words_of(const LockHolder& holder) {
  return "process " + std::to_string(::getpid()) + " on " + printable(host_name(), 100) + " (" +
         printable(holder.command) + "), since " + format_time(holder.since) + "\n";
}

/// The holder's own words; empty while there are none.
std::string read_words(int fd) {
  std::array<char, kWordsLimit> buffer{};
  ssize_t size = ::pread(fd, buffer.data(), buffer.size(), 0);
  std::string_view words(buffer.data(), size > 0 ? static_cast<std::size_t>(size) : 0);
  return printable(trim(words), kWordsLimit);
}

void write_words(const std::string& path, int fd, const std::string& words) {
  if (::ftruncate(fd, 0) != 0) throw io_error(path, errno);
  ssize_t written = ::pwrite(fd, words.data(), words.size(), 0);
  if (written < 0) throw io_error(path, errno);
  if (static_cast<std::size_t>(written) != words.size()) throw io_error(path, ENOSPC);
}

Error locked(const std::string& path, const std::string& who, const std::string& what) {
  return Error(ErrorKind::kConflict, what + " is in use by " + who)
      .with_code("state.locked")
      .with_hint("wait for it to end, or stop it; the lock on " + path + " goes with it");
}

/// Takes the lock, or throws `state.locked` with the holder's words. Just after it took the lock
/// and just before it lets go a holder has none, so that moment is waited out; a holder whose words
/// never come (its disk may be full) is "another certferry".
void lock_or_say_who(const std::string& path, int fd, const std::string& what) {
  for (int tries = 0; ::flock(fd, LOCK_EX | LOCK_NB) != 0; ++tries) {
    if (errno != EWOULDBLOCK) throw io_error(path, errno);
    std::string who = read_words(fd);
    if (!who.empty()) throw locked(path, who, what);
    if (tries == kWordsTries) throw locked(path, "another certferry", what);
    std::this_thread::sleep_for(kWordsWait);
  }
}

}  // namespace

WriterLock WriterLock::acquire(const std::string& state_path, const LockHolder& holder) {
  std::string path = state_path + ".lock";
  ensure_private_file(path);
  Descriptor file(::open(path.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  if (!file.is_open()) throw io_error(path, errno);
  lock_or_say_who(path, file.get(), holder.what);
  write_words(path, file.get(), words_of(holder));
  return WriterLock(std::move(file));
}

WriterLock::~WriterLock() {
  // Nobody is to be named as the holder once nobody is; failing to do so harms nothing.
  if (file_.is_open() && ::ftruncate(file_.get(), 0) != 0) return;
}

}  // namespace certferry::state
