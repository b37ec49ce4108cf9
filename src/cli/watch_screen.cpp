#include "cli/watch_screen.h"

#include <unistd.h>

#include <cerrno>
#include <csignal>

#include "base/text.h"

namespace certferry::cli {

WatchScreen::WatchScreen(int descriptor) : descriptor_(descriptor) {
  enter();
}

WatchScreen::~WatchScreen() {
  leave();
}

void WatchScreen::enter() {
  termios now{};
  if (tcgetattr(descriptor_, &now) == 0) {
    before_ = now;
    now.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    tcsetattr(descriptor_, TCSANOW, &now);
  }
  write("\033[?1049h\033[?25l");
}

void WatchScreen::leave() {
  write("\033[0m\033[?25h\033[?1049l");
  // What was typed meanwhile was not meant for the shell.
  if (before_) tcsetattr(descriptor_, TCSAFLUSH, &*before_);
}

void WatchScreen::write(const std::string& text) const {
  std::size_t done = 0;
  while (done < text.size()) {
    const ssize_t written = ::write(descriptor_, text.data() + done, text.size() - done);
    // Of a terminal that is gone the signal tells.
    if (written < 0 && errno != EINTR) return;
    if (written > 0) done += static_cast<std::size_t>(written);
  }
}

void WatchScreen::show(const std::string& text) {
  std::vector<std::string> lines = split(text, '\n');
  while (!lines.empty() && lines.back().empty()) lines.pop_back();
  // Each line is written over the one that is there, and what is left of that is cleared.
  std::string out = "\033[H";
  for (std::size_t i = 0; i < lines.size(); ++i) {
    out += (i > 0 ? "\n" : "") + lines[i] + "\033[0m\033[K";
  }
  write(out + "\033[J");
}

void WatchScreen::stop_here() {
  leave();
  std::raise(SIGSTOP);
  enter();
}

}  // namespace certferry::cli
