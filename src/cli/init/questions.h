// Plain questions on a terminal, one at a time.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/secret.h"
#include "cli/init/signals.h"
#include "cli/terminal.h"

namespace certferry::cli {

/// What is wrong with an answer, as a sentence; nothing when it will do.
using AnswerCheck = std::function<std::optional<std::string>(const std::string&)>;

/// Asks on standard error and reads standard input, so that standard output is for the result
/// alone.
///
/// An answer is judged at once and asked for again when it is wrong, twenty times at most.
/// Throws: cancelled `init.ended` when the input ends, invalid_input `init.answers` past the bound.
class Questions {
 public:
  explicit Questions(Signals& signals) : signals_(signals), style_(2) {}

  /// Whether there is somebody to ask.
  static bool can_ask();

  void say(std::string_view text) const;
  /// An empty answer is the default; where that is empty too, the check has to take it.
  std::string ask(const std::string& question,
                  const std::string& by_default,
                  const AnswerCheck& check);
  bool yes(const std::string& question, bool by_default);
  /// Not shown while it is typed.
  Secret secret(const std::string& question);
  /// Some of so many things, counted from 0.
  std::vector<std::size_t> choose(const std::string& question, std::size_t count);

  const Style& style() const { return style_; }

 private:
  std::string read_line();
  [[noreturn]] static void too_many();

  Signals& signals_;
  Style style_;
  std::string ahead_;  ///< read already, beyond the last answer
};

/// "2", "1, 3" or "all" of `count` things, from 0, each once; or what is wrong with it.
Result<std::vector<std::size_t>> read_choice(const std::string& answer, std::size_t count);

}  // namespace certferry::cli
