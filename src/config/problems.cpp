#include "config/problems.h"

#include <algorithm>
#include <map>
#include <utility>

#include "base/text.h"

namespace certferry {

namespace {

/// Names here are short; comparing a megabyte with each of them would take minutes.
constexpr std::size_t kLongestWordWithSuggestion = 64;

}  // namespace

PlacedError problem_at(const std::string& file_name, Position at, ProblemText text) {
  std::string place = file_name + ":" + std::to_string(at.line) + ":" + std::to_string(at.column);
  return {at,
          Error(ErrorKind::kInvalidInput, std::move(text.message))
              .with_code(std::move(text.code))
              .with_hint(std::move(text.hint))
              .while_doing(std::move(place))};
}

void Problems::add(Position at, ProblemText text) {
  add(problem_at(file_name_, at, std::move(text)));
}

void Problems::add(PlacedError problem) {
  if (!full()) found_.push_back(std::move(problem));
}

std::vector<Error> Problems::take() && {
  const bool more = full();
  if (more) found_.pop_back();
  // A multimap keeps equal keys as they came; std::stable_sort of libstdc++ 12 does not compile
  // without warnings here.
  std::multimap<std::pair<int, int>, Error> in_order;
  for (PlacedError& problem : found_) {
    in_order.emplace(std::pair(problem.at.line, problem.at.column), std::move(problem.error));
  }
  std::vector<Error> out;
  out.reserve(in_order.size() + 1);
  for (auto& [place, error] : in_order) out.push_back(std::move(error));
  if (more) {
    out.push_back(Error(ErrorKind::kInvalidInput, "there are more problems than these")
                      .with_code("config.parse")
                      .with_hint("mend these and check again")
                      .while_doing(file_name_));
  }
  return out;
}

std::string in_quotes(std::string_view text) {
  return "'" + printable(text, 80) + "'";
}

std::string nearest_known(std::string_view word, std::span<const std::string> candidates) {
  if (word.size() > kLongestWordWithSuggestion) return {};
  return nearest(word, candidates);
}

std::string suggestion(std::string_view word,
                       std::span<const std::string> candidates,
                       std::string_view what_they_are) {
  if (const std::string near = nearest_known(word, candidates); !near.empty()) {
    return "did you mean '" + near + "'?";
  }
  if (candidates.empty()) return "there are no " + std::string(what_they_are);
  constexpr std::size_t kShown = 20;
  const auto shown = candidates.first(std::min(candidates.size(), kShown));
  std::string out = "known " + std::string(what_they_are) + ": " + join(shown, ", ");
  if (shown.size() < candidates.size()) out += ", …";
  return out;
}

}  // namespace certferry
