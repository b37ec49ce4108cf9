// The log: one line an event, for people, for journald and for programs (docs/LOGS.md).
#pragma once

#include <map>
#include <optional>
#include <string>

#include "base/error.h"
#include "base/time.h"
#include "cli/options.h"
#include "engine/events.h"

namespace certferry::cli {

enum class LogLevel { kDebug, kInfo, kWarning, kError };

std::string_view to_string(LogLevel level);
/// A failure is an error; what failed and is tried again, a warning; what begins, debug.
LogLevel level_of(const Event& event);

/// What a line says. Texts may come from outside: they are made printable as they are written.
struct LogLine {
  Time at{};
  LogLevel level = LogLevel::kInfo;
  std::string event;    ///< a stable name, for programs: "bind.done"
  std::string subject;  ///< for people, in front of the text: "bind doge/cdn/cdn.example.com"
  std::string text;
  std::string account;
  std::string certificate;
  std::string target;
  std::string fingerprint;
  std::optional<Error> error = {};
  std::optional<milliseconds> duration = {};
};

/// How lines are written.
struct LogForm {
  LogFormat format = LogFormat::kText;
  /// Read by journald, which knows the time, and takes the level from "<3>" in front of the line
  /// (sd-daemon(3)).
  bool journal = false;
};

/// Whether the descriptor is the stream that $JOURNAL_STREAM names (systemd.exec(5)): what inherits
/// the variable may have its output elsewhere.
bool is_journal(int descriptor);
/// As the options say, for standard error.
LogForm log_form(const GlobalOptions& options);
/// One line, with its end.
std::string log_text(const LogLine& line, const LogForm& form);

/// Makes lines of events, and tells what ends how long it took.
class LogLines {
 public:
  LogLine line_of(const Event& event);

 private:
  /// When a step of a target, an account or a certificate began; a target's is forgotten with its
  /// end.
  std::map<std::pair<std::string, Stage>, Time> begun_;
};

/// What a command has to say beside its result, on standard error: "error: WHERE: TEXT", or a line
/// of the log where that is read by a program or by journald.
void print_finding(const GlobalOptions& options,
                   LogLevel level,
                   const std::string& where,
                   const Error& error);

}  // namespace certferry::cli
