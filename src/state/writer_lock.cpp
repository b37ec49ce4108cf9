#include "state/writer_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <string_view>
#include <thread>

#include "base/planted.h"
#include "base/text.h"
#include "state/private_file.h"

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

std::string this_process() {
  return "process " + std::to_string(::getpid()) + " on " + printable(host_name(), 100);
}

std::string words_of(const LockHolder& holder) {
  return (holder.process.empty() ? this_process() : holder.process) + " (" +
         printable(holder.command) + "), since " + format_time(holder.since) + "\n";
}

/// A real one, under flock(2).
class FlockFile final : public LockFile {
 public:
  explicit FlockFile(std::string path)
      : path_(std::move(path)),
        file_(::open(path_.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)) {
    if (!file_.is_open()) throw io_error(path_, errno);
  }

  const std::string& path() const override { return path_; }

  bool try_lock() override {
    if (::flock(file_.get(), LOCK_EX | LOCK_NB) == 0) return true;
    if (errno != EWOULDBLOCK) throw io_error(path_, errno);
    return false;
  }

  std::string words() override {
    std::array<char, kWordsLimit> buffer{};
    ssize_t size = ::pread(file_.get(), buffer.data(), buffer.size(), 0);
    return {buffer.data(), size > 0 ? static_cast<std::size_t>(size) : 0};
  }

  void set_words(const std::string& words) override {
    if (::ftruncate(file_.get(), 0) != 0) throw io_error(path_, errno);
    if (words.empty()) return;
    ssize_t written = ::pwrite(file_.get(), words.data(), words.size(), 0);
    if (written < 0) throw io_error(path_, errno);
    if (static_cast<std::size_t>(written) != words.size()) throw io_error(path_, ENOSPC);
  }

  void wait() override { std::this_thread::sleep_for(kWordsWait); }

 private:
  std::string path_;
  Descriptor file_;
};

Error locked(const std::string& path, const std::string& who, const std::string& what) {
  return Error(ErrorKind::kConflict, what + " is in use by " + who)
      .with_code("state.locked")
      .with_hint("wait for it to end, or stop it; the lock on " + path + " goes with it");
}

/// Takes the lock, or throws `state.locked` with the holder's words. Just after it took the lock
/// and just before it lets go a holder has none, so that moment is waited out; a holder whose words
/// never come (its disk may be full) is "another certferry".
void lock_or_say_who(LockFile& file, const std::string& what) {
  for (int tries = 0; !file.try_lock() && !planted("no_lock"); ++tries) {
    std::string who = printable(trim(file.words()), kWordsLimit);
    if (!who.empty()) throw locked(file.path(), who, what);
    if (tries == kWordsTries) throw locked(file.path(), "another certferry", what);
    file.wait();
  }
}

}  // namespace

WriterLock WriterLock::acquire(const std::string& state_path, const LockHolder& holder) {
  std::string path = state_path + ".lock";
  ensure_private_file(path);
  return acquire(std::make_unique<FlockFile>(std::move(path)), holder);
}

WriterLock WriterLock::acquire(std::unique_ptr<LockFile> file, const LockHolder& holder) {
  lock_or_say_who(*file, holder.what);
  file->set_words(words_of(holder));
  return WriterLock(std::move(file));
}

WriterLock::~WriterLock() {
  if (!file_) return;
  // Nobody is to be named as the holder once nobody is; failing to do so harms nothing.
  try {
    file_->set_words("");
  } catch (const Error&) {
    return;
  }
}

}  // namespace certferry::state
