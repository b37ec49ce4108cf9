#include "sources/name_choice.h"

#include <algorithm>
#include <span>

#include "base/text.h"

namespace certferry {

namespace {

// A person reads ten; a fleet has thousands, and each is compared with what was asked for.
constexpr std::size_t kNamesShown = 10;
constexpr std::size_t kNamesCompared = 2000;

std::string name_list(std::vector<std::string> names, const std::string& near) {
  if (const auto at = std::ranges::find(names, near); at != names.end()) {
    std::rotate(names.begin(), at, at + 1);
  }
  const std::size_t shown = std::min(names.size(), kNamesShown);
  const std::string out = printable(join(std::span(names).first(shown), ", "), 1000);
  const std::size_t rest = names.size() - shown;
  return rest == 0 ? out : out + " and " + std::to_string(rest) + " more";
}

}  // namespace

Error missing_name(NameChoice choice) {
  std::vector<std::string>& names = choice.names;
  std::ranges::sort(names);
  names.erase(std::unique(names.begin(), names.end()), names.end());
  if (names.empty()) {
    return Error(ErrorKind::kNotFound, std::move(choice.when_none))
        .with_code("source.missing")
        .with_hint(std::move(choice.hint_when_none));
  }
  const std::string near =
      nearest(choice.name, std::span(names).first(std::min(names.size(), kNamesCompared)));
  return Error(ErrorKind::kNotFound,
               "there is no " + choice.what + " '" + printable(choice.name, 100) + "'" +
                   choice.where + "; there are " + name_list(names, near))
      .with_code("source.missing")
      .with_hint(near.empty() ? "take one of them"
                              : "did you mean '" + printable(near, 100) + "'?");
}

}  // namespace certferry
