// Everything wrong with one configuration file, gathered so that a person mends it in one go.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "config/settings.h"

namespace certferry {

/// One thing wrong at one place: "certferry.yaml:12:5: unknown key 'acess_key' in account 'doge'".
///
/// The place is the error's activity, so the text of the error begins with it.
struct PlacedError {
  Position at;
  Error error;
};

/// What an error is made of beside its place; `hint` may be empty.
struct ProblemText {
  std::string code;
  std::string message;
  std::string hint = {};
};

/// Collects problems of one file; a thousand help nobody, so it stops at `kLimit`.
class Problems {
 public:
  static constexpr std::size_t kLimit = 100;

  explicit Problems(std::string file_name) : file_name_(std::move(file_name)) {}

  void add(Position at, ProblemText text);
  void add(PlacedError problem);
  /// One more than is shown has been found: looking further is a waste.
  bool full() const { return found_.size() > kLimit; }

  /// In the file's order; past the limit a last one says that there are more.
  std::vector<Error> take() &&;

 private:
  std::string file_name_;
  std::vector<PlacedError> found_;
};

/// A problem that knows its file.
PlacedError problem_at(const std::string& file_name, Position at, ProblemText text);

/// Text of the file as it may stand in a message: quoted, printable, at most 80 bytes.
std::string in_quotes(std::string_view text);

/// "did you mean 'x'?", or all there is to choose from when nothing is near: "known keys: a, b".
std::string suggestion(std::string_view word,
                       std::span<const std::string> candidates,
                       std::string_view what_they_are);

/// The near candidate of `suggestion`; empty when none is near or the word is absurdly long.
std::string nearest_known(std::string_view word, std::span<const std::string> candidates);

}  // namespace certferry
