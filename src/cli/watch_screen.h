// A terminal's second screen, drawn again and again.
#pragma once

#include <termios.h>

#include <optional>
#include <string>

namespace certferry::cli {

/// While it lives the terminal shows what was shown last and no cursor; what is typed is not shown.
/// Afterwards the terminal is as it was before, also what stood on it.
class WatchScreen {
 public:
  explicit WatchScreen(int descriptor);
  WatchScreen(const WatchScreen&) = delete;
  WatchScreen& operator=(const WatchScreen&) = delete;
  ~WatchScreen();

  /// Lines, each no wider than the screen; in place of what is there, without a flicker.
  void show(const std::string& text);
  /// Stops the process as Ctrl-Z asks, with the terminal given back for that long.
  void stop_here();

 private:
  void enter();
  void leave();
  void write(const std::string& text) const;

  int descriptor_;
  std::optional<termios> before_;
};

}  // namespace certferry::cli
