#include "policy/settings.h"

#include <set>

#include "base/planted.h"
#include "base/text.h"

namespace certferry {

namespace {

std::string value_in(const std::map<std::string, std::string>& settings, const std::string& path) {
  const auto found = settings.find(path);
  return found == settings.end() ? "nothing" : printable(found->second, 60);
}

bool is_of_https(const std::string& path) {
  return path == kHttpsOff.first || path.starts_with(std::string(kHttpsOff.first) + ".");
}

}  // namespace

std::vector<std::string> changed_settings(const std::map<std::string, std::string>& before,
                                          const std::map<std::string, std::string>& after) {
  constexpr std::size_t kMost = 10;
  if (planted("harm_untold")) return {};
  std::set<std::string> paths;
  for (const auto& [path, value] : before) paths.insert(path);
  for (const auto& [path, value] : after) paths.insert(path);
  const auto https = before.find(kHttpsOff.first);
  const bool had_no_https = https != before.end() && https->second == kHttpsOff.second;
  std::vector<std::string> changed;
  std::size_t more = 0;
  for (const std::string& path : paths) {
    const auto then = before.find(path);
    const auto now = after.find(path);
    const bool same = then != before.end() && now != after.end() && then->second == now->second;
    if (same || (had_no_https && is_of_https(path))) continue;
    if (changed.size() == kMost) {
      ++more;
      continue;
    }
    changed.push_back(printable(path, 60) + ": " + value_in(before, path) + " became " +
                      value_in(after, path));
  }
  if (more > 0) changed.push_back("and " + std::to_string(more) + " more");
  return changed;
}

std::optional<Step> after_changed_settings(const TargetFacts& facts) {
  if (!facts.bundle || facts.insist || planted("harm_forgotten")) return std::nullopt;
  const bool here = facts.memory && facts.memory->harmed_fingerprint == facts.bundle->fingerprint();
  if (!here && facts.harmed_elsewhere.empty()) return std::nullopt;
  const std::string where = here ? "here" : "at " + facts.harmed_elsewhere;
  return Step{StepKind::kPark,
              {"settings.changed",
               "a bind of this bundle " + where +
                   " changed more than the certificate; look there with the vendor's console, then "
                   "'certferry apply --now " +
                   facts.id.name + "'"}};
}

}  // namespace certferry
