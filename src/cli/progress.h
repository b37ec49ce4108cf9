// Showing what the engine does while it does it.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "cli/log.h"
#include "cli/options.h"
#include "cli/terminal.h"
#include "engine/events.h"

namespace certferry::cli {

/// Progress on standard error: a line per target that changes in place on a terminal, plain lines
/// otherwise (and with JSON output or a JSON log).
std::unique_ptr<EventSink> make_progress(const GlobalOptions& options);

/// Finished things scroll by, what is under way stays at the bottom and changes in place.
class LiveProgress final : public EventSink {
 public:
  explicit LiveProgress(int descriptor);
  ~LiveProgress() override;
  void on_event(const Event& event) override;

 private:
  void erase();
  void draw();

  int descriptor_;
  Style style_;
  std::map<std::string, std::string> under_way_;  ///< by target
  std::size_t drawn_ = 0;                         ///< lines of the moving part on the screen
  Time last_event_{};
};

/// One line an event, as docs/LOGS.md says.
class PlainProgress final : public EventSink {
 public:
  enum class Talk {
    kAll,
    kNews,  ///< what is read and looked at again and again is told at level debug alone
  };
  explicit PlainProgress(const std::string& level, LogForm form = {}, Talk talk = Talk::kAll);
  void on_event(const Event& event) override;

 private:
  LogForm form_;
  Talk talk_;
  LogLines lines_;
};

/// "doge/cdn/cdn.example.com", "account doge", "certificate example.com".
std::string place_of(const Event& event);

}  // namespace certferry::cli
