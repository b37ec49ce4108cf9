#include "cli/init/signals.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <ranges>

#include "cli/interrupt.h"

namespace certferry::cli {

Signals::Signals(const GlobalOptions& global) : global_(global) {
  sigemptyset(&caught_);
  for (const int number : {SIGINT, SIGTERM, SIGHUP}) {
    if (!is_ignored(number)) sigaddset(&caught_, number);
  }
  ASSERT(sigprocmask(SIG_BLOCK, &caught_, &before_us_) == 0);
  waiting_ = Descriptor(signalfd(-1, &caught_, SFD_CLOEXEC | SFD_NONBLOCK));
  ASSERT(waiting_);
}

Signals::~Signals() {
  sigprocmask(SIG_SETMASK, &before_us_, nullptr);
}

int Signals::another_descriptor() const {
  const int copy = fcntl(waiting_.get(), F_DUPFD_CLOEXEC, 0);
  ASSERT(copy >= 0);
  return copy;
}

void Signals::look() {
  pollfd one{.fd = waiting_.get(), .events = POLLIN, .revents = 0};
  if (poll(&one, 1, 0) == 1) die();
}

void Signals::die() {
  signalfd_siginfo about{};
  const ssize_t got = read(waiting_.get(), &about, sizeof about);
  const int number = got == sizeof about ? static_cast<int>(about.ssi_signo) : SIGTERM;
  for (const auto& put_right : std::views::reverse(before_)) put_right();
  sigprocmask(SIG_SETMASK, &before_us_, nullptr);
  die_interrupted(number, global_, interrupted_looking());
}

}  // namespace certferry::cli
