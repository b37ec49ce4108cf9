#include "sim/renewals.h"

#include <algorithm>

#include "sim/machine.h"

namespace certferry::sim {

using std::chrono::days;

Renewals::Renewals(Scene& scene, Files& files) : scene_(scene) {
  for (const CertificatePlan& plan : scene.scenario.certificates) {
    writers_.emplace_back(files, scene.time, folder_of(plan), plan.writing);
    sound_.emplace_back();
  }
}

const Generation& Renewals::issue(std::size_t certificate, Time until) {
  const CertificatePlan& plan = scene_.scenario.certificates[certificate];
  // The issuer's clock is right, whatever ours does.
  const Time right_now = scene_.time.now() - scene_.time.wall_jump();
  const Generation& made = scene_.authority.issue({.certificate = plan.name,
                                                   .names = plan.names,
                                                   .not_before = right_now - hours(1),
                                                   .not_after = until});
  sound_[certificate].push_back(&made);
  note_end(made.not_after);
  scene_.note("renewed " + plan.name + " " + made.fingerprint.substr(0, 12));
  return made;
}

milliseconds Renewals::gap() {
  if (!scene_.strikes(Hazard::kTornPair)) return milliseconds(0);
  scene_.hit(Hazard::kTornPair);
  return scene_.chance(Hazard::kTornPair).scaled(seconds(1), minutes(10));
}

void Renewals::begin(milliseconds end, std::vector<milliseconds> run_times) {
  run_times_ = std::move(run_times);
  for (std::size_t i = 0; i < writers_.size(); ++i) {
    const milliseconds lifetime = scene_.scenario.certificates[i].lifetime;
    writers_[i].put(issue(i, scene_.time.now() + lifetime), milliseconds(0));
    plan_next(i, end);
  }
}

void Renewals::plan_next(std::size_t certificate, milliseconds end) {
  const milliseconds every = scene_.scenario.certificates[certificate].renewed_every;
  if (scene_.time.passed() + every > end) return;
  scene_.time.after(every, [this, certificate, end, every] {
    if (over_) return;
    const milliseconds now = scene_.time.passed();
    // A run may come late, and last for hours.
    if (anybody_sees(now - hours(12), now + every + hours(12))) renew(certificate);
    plan_next(certificate, end);
  });
}

bool Renewals::anybody_sees(milliseconds from, milliseconds until) const {
  const auto next = std::ranges::lower_bound(run_times_, from);
  return next != run_times_.end() && *next <= until;
}

void Renewals::renew(std::size_t certificate) {
  const milliseconds lifetime = scene_.scenario.certificates[certificate].lifetime;
  writers_[certificate].put(issue(certificate, scene_.time.now() + lifetime), gap());
}

void Renewals::spoil(
    std::size_t certificate, Flaw flaw, std::vector<std::string> names, Time from, Time to) {
  const CertificatePlan& plan = scene_.scenario.certificates[certificate];
  if (names.empty()) names = plan.names;
  const Generation& made = scene_.authority.issue({.certificate = plan.name,
                                                   .names = std::move(names),
                                                   .not_before = from,
                                                   .not_after = to,
                                                   .flaw = flaw});
  note_end(made.not_after);  // one that was only too early is bound in time
  scene_.note("spoilt " + plan.name + " " + made.fingerprint.substr(0, 12));
  writers_[certificate].put(made, milliseconds(0));
}

void Renewals::put_older(std::size_t certificate, Chance& chance) {
  const std::vector<const Generation*>& all = sound_[certificate];
  const Generation* older = all[chance.below(all.size())];
  scene_.note("older " + older->certificate + " " + older->fingerprint.substr(0, 12));
  writers_[certificate].put(*older, milliseconds(0));
}

void Renewals::truncate(std::size_t certificate) {
  writers_[certificate].put_half(newest(certificate));
}

void Renewals::mend(std::size_t certificate) {
  writers_[certificate].put(newest(certificate), gap());
}

void Renewals::settle() {
  for (std::size_t i = 0; i < writers_.size(); ++i) writers_[i].put(newest(i), milliseconds(0));
}

void Renewals::renew_all_well() {
  over_ = true;
  for (std::size_t i = 0; i < writers_.size(); ++i) {
    const Time until = std::max(latest_end_, scene_.time.now() + days(30)) + days(1);
    writers_[i].put(issue(i, until), milliseconds(0));
  }
}

}  // namespace certferry::sim
