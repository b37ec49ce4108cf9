#include "sim/simulation.h"

#include <algorithm>
#include <ranges>

#include "base/text.h"
#include "sim/machine.h"
#include "sim/troubles.h"

namespace certferry::sim {

using std::chrono::days;

namespace {

std::unique_ptr<Disk> make_disk(Scene& scene) {
  return scene.scenario.store == StoreKind::kSqlite ? make_sqlite_disk(scene) : make_memory_disk();
}

class Simulation {
 public:
  Simulation(const Scenario& scenario, const SimulationOptions& options)
      : scene_(scenario),
        vendors_(make_vendors()),
        edges_(scene_, vendors_),
        machine_(scene_,
                 vendors_,
                 edges_,
                 options.make_disk ? options.make_disk(scene_) : make_disk(scene_)),
        renewals_(scene_, machine_.files),
        troubles_(scene_, vendors_, edges_, machine_, renewals_),
        runs_(scene_.root.fork("runs")),
        deaths_(scene_.root.fork("deaths in calls to the disk")) {
    scene_.trace.sink = options.trace;
    scene_.script = options.strike;
    death_ = options.death;
  }

  SeedResult result() {
    SeedResult result{.seed = scene_.scenario.seed};
    try {
      furnish();
      while_things_go_wrong();
      when_all_is_healed();
    } catch (const ViolationFound& found) {
      result.violation = found.violation();
    }
    result.hash = scene_.trace.hash();
    result.events = scene_.trace.lines();
    result.runs = scene_.process;
    result.passed = scene_.time.passed();
    result.coverage = scene_.coverage;
    result.asked = scene_.asked;
    result.died_as_asked = died_;
    result.struck_as_asked = scene_.script_struck;
    return result;
  }

 private:
  std::vector<std::unique_ptr<Vendor>> make_vendors() {
    std::vector<std::unique_ptr<Vendor>> vendors;
    for (const AccountPlan& plan : scene_.scenario.accounts) {
      vendors.push_back(std::make_unique<Vendor>(plan, scene_.time, scene_.authority));
    }
    return vendors;
  }
  Vendor& vendor(const std::string& account) {
    return **std::ranges::find_if(vendors_,
                                  [&](const auto& one) { return one->plan.name == account; });
  }

  void furnish();
  void start_with(const DomainPlan& domain);
  std::vector<milliseconds> draw_run_times();
  ProcessPlan draw_process();
  std::string draw_name();
  void while_things_go_wrong();
  void while_the_last_are_renewed();
  void heal();
  void when_all_is_healed();
  void break_for_good();
  bool broken_for_good(const std::string& account) const;
  bool has_target(const Vendor& at, const std::string& certificate) const;
  bool room_can_be_made(const Vendor& at) const;
  /// Targets that the program leaves to a person because of what truly happened.
  std::vector<std::string> parked_with_reason(const std::optional<Report>& report) const;
  /// Every target that can be well is. A full store has room once the grace period is over.
  enum class Room { kIsThere, kMayBeMissing };
  void require_all_confirmed(const std::optional<Report>& report, Room room);
  void require_nothing_left();

  Scene scene_;
  std::vector<std::unique_ptr<Vendor>> vendors_;
  Edges edges_;
  Machine machine_;
  Renewals renewals_;
  Troubles troubles_;
  Chance runs_;
  Chance deaths_;
  std::vector<milliseconds> run_times_;
  std::string lasting_account_;
  std::optional<ScriptedDeath> death_;
  bool died_ = false;
  bool made_room_ = false;  ///< or has yet to be
};

void Simulation::furnish() {
  scene_.note("state in " + std::string(to_string(scene_.scenario.store)));
  run_times_ = draw_run_times();
  renewals_.begin(scene_.scenario.duration, run_times_);
  for (const DomainPlan& domain : scene_.scenario.domains) start_with(domain);
}

void Simulation::start_with(const DomainPlan& domain) {
  Vendor& at = vendor(domain.account);
  at.world.ensure_domain(domain.name);
  if (domain.start == DomainPlan::Start::kNothing) return;
  Chance chance = scene_.root.fork("start of " + domain.account + domain.name);
  const Time now = scene_.time.now();
  const bool old = domain.start == DomainPlan::Start::kOld;
  const Generation& made =
      scene_.authority.issue({.certificate = "before",
                              .names = {domain.name},
                              .not_before = now - days(60),
                              .not_after = now + (old ? chance.between(-days(3), days(5))
                                                      : chance.between(days(5), days(250)))});
  const std::int64_t id = at.world.upload("before", pair_of(made));
  machine_.witness.stored_by_others(at, id);
  renewals_.note_end(made.not_after);
  at.world.bind(id, domain.name);
}

std::vector<milliseconds> Simulation::draw_run_times() {
  const Scenario& scenario = scene_.scenario;
  std::vector<milliseconds> times = scenario.run_times;
  if (!times.empty()) return times;
  for (unsigned i = 0; i < scenario.runs; ++i) {
    // Half of the runs come soon after another, as when a person or a timer tries again.
    const bool soon = !times.empty() && runs_.happens(500);
    times.push_back(soon ? times.back() + runs_.scaled(minutes(1), hours(30))
                         : runs_.between(milliseconds(0), scenario.duration));
  }
  std::ranges::sort(times);
  return times;
}

std::string Simulation::draw_name() {
  if (runs_.happens(500)) return runs_.pick(scene_.scenario.certificates).name;
  const DomainPlan& domain = runs_.pick(scene_.scenario.domains);
  return runs_.happens(500) ? domain.name : domain.account + "/cdn/" + domain.name;
}

ProcessPlan Simulation::draw_process() {
  ProcessPlan plan;
  if (runs_.happens(100)) plan.kind = ProcessPlan::Kind::kPlan;
  if (runs_.happens(120)) plan.only = {draw_name()};
  plan.wait_for_retire = runs_.happens(50);
  plan.due_only = runs_.happens(250);
  plan.insist = !plan.due_only && runs_.happens(100);
  const auto timer =
      static_cast<std::size_t>(runs_.scaled(milliseconds(1), milliseconds(2048)).count());
  if (scene_.strikes(Hazard::kTakenBack)) {
    scene_.hit(Hazard::kTakenBack);
    const DomainPlan& domain = scene_.chance(Hazard::kTakenBack).pick(scene_.scenario.domains);
    plan = {.kind = ProcessPlan::Kind::kPutBack, .only = {domain.account + "/cdn/" + domain.name}};
  }
  const bool killed = scene_.strikes(Hazard::kCrash);
  plan.loses_power = scene_.strikes(Hazard::kPowerLoss);
  if (!killed && !plan.loses_power) return plan;
  plan.dies_after = timer;
  // A chance of its own: without such calls nothing else changes.
  if (deaths_.happens(500)) {
    plan.dies_in_call =
        static_cast<std::size_t>(deaths_.scaled(milliseconds(1), milliseconds(512)).count());
  }
  return plan;
}

void Simulation::while_things_go_wrong() {
  troubles_.begin(run_times_, scene_.scenario.duration);
  unsigned runs = 0;
  for (const milliseconds time : run_times_) {
    const milliseconds pause = runs_.scaled(seconds(1), minutes(2));
    scene_.time.pass(std::max(time - scene_.time.passed(), pause));
    ProcessPlan plan = draw_process();
    if (!scene_.scenario.run_times.empty()) plan = {};
    if (death_ && ++runs == death_->run) {
      plan = {.dies_after = death_->timer,
              .dies_in_call = death_->call,
              .loses_power = death_->loses_power};
      death_.reset();
      died_ = !machine_.run(plan);
    } else {
      const bool died = !machine_.run(plan);
      // Whatever watches over it may start it again at once.
      if (!died || !runs_.happens(500)) continue;
      scene_.time.pass(runs_.scaled(milliseconds(100), seconds(12)));
      machine_.run({});
    }
  }
}

void Simulation::break_for_good() {
  Chance chance = scene_.root.fork("what lasts");
  Vendor& victim = *vendors_[chance.below(vendors_.size())];
  if (scene_.scenario.lasting == Lasting::kNothing) return;
  lasting_account_ = victim.plan.name;
  if (scene_.scenario.lasting == Lasting::kAccountRefused) victim.refuses = true;
  if (scene_.scenario.lasting == Lasting::kAddressUnreachable) {
    edges_.unreachable.insert(victim.plan.addresses.front().address);
  }
}

bool Simulation::broken_for_good(const std::string& account) const {
  return account == lasting_account_;
}

bool Simulation::has_target(const Vendor& at, const std::string& certificate) const {
  return std::ranges::any_of(at.world.domains(), [&](const sandbox::Domain& domain) {
    return machine_.witness.wanted_by(at.plan.name, domain.name) == std::vector{certificate};
  });
}

/// The last bundles come while things still go wrong, so that what fails of them is put off.
void Simulation::while_the_last_are_renewed() {
  scene_.time.pass(minutes(10));  // what holds still holds
  troubles_.begin_no_more();      // or somebody's certificate would end after the last of ours
  renewals_.renew_all_well();
  machine_.witness.grounds.last_renewal();
  for (int i = 0; i < 2; ++i) {
    scene_.time.pass(minutes(3));
    machine_.run({.due_only = true});
  }
}

/// Whether what has to be in the store has room there beside what may not go.
bool Simulation::room_can_be_made(const Vendor& at) const {
  std::size_t needed = 0;
  std::set<const Generation*> stored;
  const auto used = at.world.use_counts();
  for (const auto& [id, entry] : at.world.entries()) {
    const Generation* generation = scene_.authority.find(entry->pair.leaf.fingerprint);
    stored.insert(generation);
    // What a domain is set to goes only when the newest, which has no room, has taken its place.
    const bool may_go = !used.contains(id) && machine_.witness.ours(at.plan.name, id) &&
                        entry->note.starts_with("certferry-") &&
                        has_target(at, generation->certificate) &&
                        !machine_.witness.has_to_stay(at, *generation);
    if (!may_go) ++needed;
  }
  for (std::size_t i = 0; i < renewals_.count(); ++i) {
    const bool here = has_target(at, scene_.scenario.certificates[i].name);
    if (here && !stored.contains(&renewals_.newest(i))) ++needed;
  }
  return needed <= at.plan.quota;
}

void Simulation::heal() {
  scene_.note("healed");
  scene_.script.reset();  // a call that fails from here on would be trouble after all trouble
  troubles_.heal();
  scene_.time.pass(hours(4));  // what was to be applied late has been applied
  renewals_.settle();
  break_for_good();
  for (const auto& at : vendors_) {
    machine_.witness.look_at_store(*at);
    if (!room_can_be_made(*at)) at->world.set_quota(0);
  }
}

void Simulation::when_all_is_healed() {
  while_the_last_are_renewed();
  heal();
  // Nobody is there: what was put off comes due by itself, in little more than an hour each time.
  std::optional<Report> report;
  for (int i = 0; i < 3; ++i) {
    scene_.time.pass(minutes(i == 0 ? 5 : 70));
    report = machine_.run({.due_only = true});
  }
  // What others kept changing, and the like, was left to a person, who has looked and says go on.
  for (const std::string& target : parked_with_reason(report)) {
    scene_.time.pass(minutes(5));
    machine_.run({.only = {target}, .insist = true});
    report = machine_.run({.due_only = true});
  }
  require_all_confirmed(report, Room::kMayBeMissing);
  // Past the grace period what has been superseded goes. In a full store that makes room for some
  // bundles, whose predecessors make room for others when theirs is over.
  const std::size_t graces = made_room_ ? renewals_.count() + 1 : 1;
  for (std::size_t grace = 1; grace <= graces; ++grace) {
    scene_.time.pass(std::max<milliseconds>(scene_.scenario.retire_after, hours(3)) + hours(1));
    for (int i = 0; i < 3; ++i) {
      report = machine_.run({.due_only = true});
      scene_.time.pass(minutes(70));
    }
    require_all_confirmed(report, grace < graces ? Room::kMayBeMissing : Room::kIsThere);
  }
  if (made_room_) {  // what was superseded only now is still in its grace period
    scene_.time.pass(std::max<milliseconds>(scene_.scenario.retire_after, hours(3)) + hours(1));
    machine_.run({.due_only = true});
  }
  require_nothing_left();
  if (scene_.violation) throw ViolationFound(*scene_.violation);
}

std::vector<std::string> Simulation::parked_with_reason(const std::optional<Report>& report) const {
  std::vector<std::string> parked;
  if (!report) return parked;
  for (const TargetReport& one : report->targets) {
    const TargetId& id = one.facts.id;
    const bool with_reason = one.outcome == Outcome::kParked && one.facts.bundle != nullptr &&
                             machine_.witness.grounds.justify(id.account,
                                                              id.name,
                                                              one.facts.bundle->fingerprint(),
                                                              one.plan.summary.code,
                                                              scene_.time.steady_now());
    if (with_reason) parked.push_back(to_string(id));
  }
  return parked;
}

void Simulation::require_all_confirmed(const std::optional<Report>& report, Room room) {
  const auto fail = [&](const std::string& sentence) {
    scene_.require("L1 all confirmed", sentence);
    throw ViolationFound(*scene_.violation);
  };
  if (!report) fail("a run without any trouble ended without a report");
  for (std::size_t i = 0; i < renewals_.count(); ++i) {
    const CertificatePlan& plan = scene_.scenario.certificates[i];
    for (const auto& at : vendors_) {
      if (broken_for_good(at->plan.name)) continue;
      for (const sandbox::Domain& domain : at->world.domains()) {
        const std::vector<std::string> wanted =
            machine_.witness.wanted_by(at->plan.name, domain.name);
        if (wanted != std::vector{plan.name}) continue;
        const TargetId id{at->plan.name, "cdn", domain.name};
        const auto target = std::ranges::find_if(
            report->targets, [&](const TargetReport& one) { return one.facts.id == id; });
        if (target == report->targets.end()) fail(to_string(id) + " is in no report");
        if (target->outcome == Outcome::kConfirmed &&
            target->facts.bundle->fingerprint() == renewals_.newest(i).fingerprint) {
          scene_.require("L1 all confirmed", std::nullopt);
          continue;
        }
        if (room == Room::kMayBeMissing && at->world.is_full()) {
          made_room_ = true;
          continue;
        }
        fail(to_string(id) + " is " + std::string(to_string(target->outcome)) + ": " +
             target->message);
      }
    }
  }
}

void Simulation::require_nothing_left() {
  for (const JournalEntry& entry : machine_.open_journal()) {
    if (broken_for_good(entry.account)) continue;
    scene_.require("L9 nothing left open",
                   "the journal still has an open " + entry.action + " of " + entry.account);
  }
  for (const auto& at : vendors_) {
    if (broken_for_good(at->plan.name)) continue;
    machine_.witness.look_at_store(*at);
    std::map<std::string, std::size_t> surplus;  // by fingerprint
    std::set<std::string> used_ones;
    for (const auto& [id, entry] : at->world.entries()) {
      const Generation* generation = scene_.authority.find(entry->pair.leaf.fingerprint);
      const bool relabelled = !entry->note.starts_with("certferry-");
      const bool used = at->world.use_counts().contains(id);
      if (used) used_ones.insert(entry->pair.leaf.fingerprint);
      if (!machine_.witness.ours(at->plan.name, id) || relabelled || used) continue;
      // Without a target here nothing ever takes its place.
      if (has_target(*at, generation->certificate)) ++surplus[generation->fingerprint];
    }
    // One of the newest has its use, though another copy of it may have that.
    for (std::size_t i = 0; i < renewals_.count(); ++i) {
      const std::string& newest = renewals_.newest(i).fingerprint;
      const auto found = surplus.find(newest);
      if (found != surplus.end() && !used_ones.contains(newest)) --found->second;
    }
    Finding left_over;
    for (const auto& [fingerprint, copies] : surplus) {
      if (copies <= machine_.witness.doubled(at->plan.name, fingerprint)) continue;
      left_over = count_of(copies, "upload") + " of " + fingerprint.substr(0, 12) +
                  " is left over in the store of " + at->plan.name;
    }
    scene_.require("L9 nothing left over", std::move(left_over));
  }
}

}  // namespace

SeedResult simulate(const Scenario& scenario, const SimulationOptions& options) {
  return Simulation(scenario, options).result();
}

}  // namespace certferry::sim
