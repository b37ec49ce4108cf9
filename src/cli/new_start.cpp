#include "cli/new_start.h"

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include "cli/interrupt.h"

namespace certferry::cli {

namespace {

/// What the process says to itself over a new start: when the last one for new pairs was, or 0.
constexpr const char* kStartedAnew = "CERTFERRY_STARTED_ANEW";

void leave(const Before& before) {
  const SteadyTime last = before.last_start_for_pairs.value_or(SteadyTime());
  ::setenv(kStartedAnew, std::to_string(last.time_since_epoch().count()).c_str(), 1);
}

void set_mask(int how) {
  sigset_t signals;
  ::sigemptyset(&signals);
  for (const int signal : kServiceSignals) ::sigaddset(&signals, signal);
  ::pthread_sigmask(how, &signals, nullptr);
}

}  // namespace

Before Before::take() {
  const char* text = std::getenv(kStartedAnew);
  if (text == nullptr) return {};
  const milliseconds last(std::strtoll(text, nullptr, 10));
  ::unsetenv(kStartedAnew);
  if (last == milliseconds(0)) return {.anew = true};
  return {.anew = true, .last_start_for_pairs = SteadyTime(last)};
}

HeldSignals::HeldSignals() {
  set_mask(SIG_BLOCK);
}

HeldSignals::~HeldSignals() {
  release();
}

void HeldSignals::release() {
  set_mask(SIG_UNBLOCK);
}

void start_anew(const Before& before) {
  leave(before);
  std::vector<std::string> words;
  std::FILE* file = std::fopen("/proc/self/cmdline", "re");
  if (file == nullptr) return;
  std::string word;
  for (int c = std::fgetc(file); c != EOF; c = std::fgetc(file)) {
    if (c != 0) {
      word.push_back(static_cast<char>(c));
    } else {
      words.push_back(std::exchange(word, {}));
    }
  }
  std::fclose(file);
  std::vector<char*> arguments;
  for (std::string& one : words) arguments.push_back(one.data());
  arguments.push_back(nullptr);
  ::execv("/proc/self/exe", arguments.data());
}

bool is_told_to_end() {
  sigset_t signals;
  ::sigemptyset(&signals);
  for (const int signal : kServiceSignals) {
    if (!is_ignored(signal)) ::sigaddset(&signals, signal);
  }
  const timespec second{.tv_sec = 1, .tv_nsec = 0};
  const int signal = ::sigtimedwait(&signals, nullptr, &second);
  return signal == SIGTERM || signal == SIGINT;
}

}  // namespace certferry::cli
