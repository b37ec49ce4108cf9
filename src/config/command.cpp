#include "config/command.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "base/text.h"
#include "config/descriptor.h"

namespace certferry {

namespace {

Error failed(std::string message) {
  return Error(ErrorKind::kInvalidInput, std::move(message))
      .with_code("config.reference")
      .with_hint("run it by hand as the user that certferry runs as");
}

Error failed_here(const std::string& doing) {
  return failed(doing + " failed: " + std::strerror(errno));
}

/// A running program and whatever it started; ended and reaped on every way out.
class Child {
 public:
  explicit Child(pid_t id) : id_(id) {}
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child() { end(); }

  /// Kills the process group and returns the program's wait status; if it had ended, that stays.
  /// The kill comes before the reaping: afterwards the number may belong to somebody else.
  int end() {
    if (id_ != 0) ::kill(-id_, SIGKILL);
    return reap();
  }
  /// The same without the kill, of a program that has ended.
  int reap() {
    if (id_ == 0) return 0;
    int status = 0;
    while (::waitpid(id_, &status, 0) < 0 && errno == EINTR) {
    }
    id_ = 0;
    return status;
  }

 private:
  pid_t id_;
};

/// posix_spawn's attributes and file actions, freed on every way out.
struct SpawnSettings {
  SpawnSettings() {
    ::posix_spawnattr_init(&attributes);
    ::posix_spawn_file_actions_init(&actions);
  }
  SpawnSettings(const SpawnSettings&) = delete;
  SpawnSettings& operator=(const SpawnSettings&) = delete;
  ~SpawnSettings() {
    ::posix_spawn_file_actions_destroy(&actions);
    ::posix_spawnattr_destroy(&attributes);
  }

  posix_spawnattr_t attributes{};
  posix_spawn_file_actions_t actions{};
};

/// What we ignore or block must not be inherited: programs rely on SIGPIPE to end.
void set_up(SpawnSettings& spawn, int output, int errors) {
  sigset_t all;
  sigset_t none;
  ::sigfillset(&all);
  ::sigemptyset(&none);
  ::posix_spawnattr_setsigdefault(&spawn.attributes, &all);
  ::posix_spawnattr_setsigmask(&spawn.attributes, &none);
  ::posix_spawnattr_setpgroup(&spawn.attributes, 0);
  ::posix_spawnattr_setflags(
      &spawn.attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
  ::posix_spawn_file_actions_addopen(&spawn.actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_adddup2(&spawn.actions, output, STDOUT_FILENO);
  if (errors < 0) {
    ::posix_spawn_file_actions_addopen(&spawn.actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  } else {
    ::posix_spawn_file_actions_adddup2(&spawn.actions, errors, STDERR_FILENO);
  }
}

/// Our environment without those variables; the texts stay where they are.
std::vector<char*> environment_without(const std::vector<std::string>& hidden) {
  std::vector<char*> kept;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view text(*entry);
    const std::string_view name = text.substr(0, text.find('='));
    if (std::ranges::find(hidden, name) == hidden.end()) kept.push_back(*entry);
  }
  kept.push_back(nullptr);
  return kept;
}

Result<pid_t> spawn_program(const std::vector<std::string>& arguments,
                            const std::vector<std::string>& hidden_variables,
                            int output,
                            int errors) {
  SpawnSettings spawn;
  set_up(spawn, output, errors);
  std::vector<std::string> copies = arguments;
  std::vector<char*> argv;
  for (std::string& argument : copies) argv.push_back(argument.data());
  argv.push_back(nullptr);
  const std::vector<char*> environment = environment_without(hidden_variables);
  pid_t id = 0;
  const int status = ::posix_spawnp(
      &id, argv[0], &spawn.actions, &spawn.attributes, argv.data(), environment.data());
  if (status == 0) return id;
  const std::string program = printable(arguments[0], 120);
  if (status == ENOENT) {
    return std::unexpected(Error(ErrorKind::kInvalidInput, "program " + program + " was not found")
                               .with_code("config.missing")
                               .with_hint("install it, or write its whole path"));
  }
  return std::unexpected(
      failed("program " + program + " could not be started: " + std::strerror(status)));
}

/// A timer of the kernel's, so that nothing here has to read a clock.
Descriptor timer_for(milliseconds deadline) {
  Descriptor timer(::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC));
  const auto whole = std::chrono::duration_cast<seconds>(deadline);
  const std::chrono::nanoseconds rest = deadline - whole;
  const itimerspec once{.it_interval = {}, .it_value = {whole.count(), rest.count()}};
  if (timer && ::timerfd_settime(timer.get(), 0, &once, nullptr) != 0) timer.reset();
  return timer;
}

enum class Drained { kMore, kEnd, kTooMuch };

/// Takes what is in the pipe now; the buffer is larger than what may come by one byte.
Drained drain(int output, std::string& buffer, std::size_t& used) {
  while (true) {
    if (used == buffer.size()) return Drained::kTooMuch;
    const ssize_t count = ::read(output, buffer.data() + used, buffer.size() - used);
    if (count == 0) return Drained::kEnd;
    if (count < 0) return errno == EINTR || errno == EAGAIN ? Drained::kMore : Drained::kEnd;
    used += static_cast<std::size_t>(count);
  }
}

/// The last words of error output, where most programs say why they end; what came before is read
/// and dropped, so that the program need not wait for room.
class Quote {
 public:
  /// False at the end.
  bool take(int errors) {
    std::array<char, 4096> bytes{};
    while (true) {
      const ssize_t count = ::read(errors, bytes.data(), bytes.size());
      if (count < 0) return errno == EINTR || errno == EAGAIN;
      if (count == 0) return false;
      text_.append(bytes.data(), static_cast<std::size_t>(count));
      if (text_.size() <= kMost) continue;
      text_.erase(0, text_.size() - kMost);
      cut_ = true;
    }
  }
  /// In one line.
  std::string text() const {
    std::string line = text_;
    std::ranges::replace_if(line, [](char c) { return c == '\n' || c == '\r' || c == '\t'; }, ' ');
    while (line.ends_with(' ')) line.pop_back();
    return (cut_ ? "..." : "") + printable(line, kMost);
  }

 private:
  static constexpr std::size_t kMost = 400;
  std::string text_;
  bool cut_ = false;
};

struct Waits {
  Descriptor output;  ///< the reading end
  Descriptor errors;  ///< the same; none: they are dropped
  Descriptor exit;    ///< of the program
  Descriptor timer;
};

/// Reads until the program has ended. A background process that keeps the pipe open is not waited
/// for.
Result<void> read_output(const Waits& waits,
                         CommandLimits limits,
                         std::string& buffer,
                         std::size_t& used,
                         Quote& quote) {
  std::array<pollfd, 4> ready = {pollfd{waits.output.get(), POLLIN, 0},
                                 pollfd{waits.exit.get(), POLLIN, 0},
                                 pollfd{waits.timer.get(), POLLIN, 0},
                                 pollfd{waits.errors.get(), POLLIN, 0}};
  while (true) {
    if (::poll(ready.data(), ready.size(), -1) < 0) {
      if (errno == EINTR) continue;
      return std::unexpected(failed_here("waiting for the command"));
    }
    if (ready[3].fd >= 0 && !quote.take(ready[3].fd)) ready[3].fd = -1;
    const Drained drained = ready[0].fd < 0 ? Drained::kEnd : drain(ready[0].fd, buffer, used);
    if (drained == Drained::kTooMuch) {
      return std::unexpected(failed("the command printed more than " +
                                    std::to_string(limits.output_bytes / 1024) + " KiB")
                                 .with_code("config.range"));
    }
    if (ready[1].revents != 0) return {};
    if (ready[2].revents != 0) {
      Error late = failed("the command did not end within " + format_duration(limits.deadline));
      late.kind = ErrorKind::kTimedOut;
      return std::unexpected(std::move(late));
    }
    if (drained == Drained::kEnd) ready[0].fd = -1;
  }
}

Result<void> judge(int status, const std::string& said) {
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return {};
  const std::string how =
      WIFEXITED(status)
          ? "the command ended with exit status " + std::to_string(WEXITSTATUS(status))
          : "the command was ended by signal " + std::to_string(WTERMSIG(status));
  return std::unexpected(failed(said.empty() ? how : how + ": " + said));
}

/// Only our end is not to wait: an open file description is shared with whoever inherits it.
bool open_pipe(Descriptor& reading, Descriptor& writing) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return false;
  reading = Descriptor(ends[0]);
  writing = Descriptor(ends[1]);
  return ::fcntl(reading.get(), F_SETFL, O_NONBLOCK) == 0;
}

}  // namespace

Result<Secret> run_command(const std::vector<std::string>& arguments, CommandLimits limits) {
  Waits waits;
  Descriptor output_end;
  Descriptor errors_end;
  if (!open_pipe(waits.output, output_end) ||
      (limits.quotes_errors && !open_pipe(waits.errors, errors_end))) {
    return std::unexpected(failed_here("opening a pipe"));
  }
  waits.timer = timer_for(limits.deadline);
  if (!waits.timer) return std::unexpected(failed_here("setting up the command"));

  TRY(const pid_t id,
      spawn_program(arguments, limits.hidden_variables, output_end.get(), errors_end.get()));
  Child child(id);
  output_end.reset();
  errors_end.reset();
  waits.exit = Descriptor(static_cast<int>(::syscall(SYS_pidfd_open, id, 0)));
  if (!waits.exit) return std::unexpected(failed_here("watching the command"));

  std::string buffer(limits.output_bytes + 1, '\0');
  std::size_t used = 0;
  Quote quote;
  Result<void> read = read_output(waits, limits, buffer, used, quote);
  Secret output(std::string(buffer, 0, used));
  wipe(buffer);
  TRY_VOID(std::move(read));
  TRY_VOID(judge(limits.may_leave_programs ? child.reap() : child.end(), quote.text()));
  return output;
}

}  // namespace certferry
