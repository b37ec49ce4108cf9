#include "sim/scene.h"

#include <utility>

namespace certferry::sim {

Chance& Scene::chance(Hazard hazard) {
  const auto found = chances_.find(hazard);
  if (found != chances_.end()) return found->second;
  const std::string name = "strikes of " + std::string(to_string(hazard));
  return chances_.emplace(hazard, root.fork(name)).first->second;
}

void Scene::require(const std::string& rule, Finding finding) {
  ++asked[rule];
  if (!finding || violation) return;
  note("BROKEN " + rule + ": " + *finding);
  violation = Violation{.rule = rule, .sentence = *std::move(finding)};
  time.after(milliseconds(0), [found = *violation] { throw ViolationFound(found); });
}

void Scene::pass_between_processes() {
  for (const auto& happening : std::exchange(between_processes, {})) happening();
}

bool Scene::scripted(Hazard hazard) {
  if (!script || script->hazard != hazard) return false;
  if (script->process > 0 && script->process != process) return false;
  if (script->nth-- > 0) return false;
  script.reset();
  script_struck = true;
  return true;
}

bool Scene::strikes(Hazard hazard) {
  if (scripted(hazard)) return true;
  return rates.has(hazard) && chance(hazard).happens(rates[hazard]);
}

}  // namespace certferry::sim
