#include "sim/products/drawn.h"

#include <algorithm>
#include <array>
#include <set>
#include <stdexcept>

#include "base/text.h"
#include "sim/trace.h"

namespace certferry::sim {

namespace {

using sandbox::Fault;
using sandbox::FaultKind;
using std::chrono::days;

/// What may become of a call, and how the fault matrix names it.
struct CallHazard {
  FaultKind kind;
  Hazard hazard;
  bool changes_only = false;
};

constexpr std::array kCallHazards{
    CallHazard{FaultKind::kLostRequest, Hazard::kLostRequest},
    CallHazard{FaultKind::kLostReply, Hazard::kLostReply},
    CallHazard{FaultKind::kCutReply, Hazard::kCutReply},
    CallHazard{FaultKind::kSlow, Hazard::kSlowReply},
    CallHazard{FaultKind::kThrottle, Hazard::kThrottle},
    CallHazard{FaultKind::kThrottleWait, Hazard::kThrottle},
    CallHazard{FaultKind::kServerError, Hazard::kServerError},
    CallHazard{FaultKind::kHtml, Hazard::kHtml},
    CallHazard{FaultKind::kEmptyBody, Hazard::kEmptyBody},
    CallHazard{FaultKind::kAuthRefused, Hazard::kAuthRefused},
    CallHazard{FaultKind::kApplyLate, Hazard::kApplyLate, true},
    CallHazard{FaultKind::kErrorYetDone, Hazard::kErrorYetDone, true},
    CallHazard{FaultKind::kNothingChanged, Hazard::kNothingChanged, true},
    CallHazard{FaultKind::kBindWithoutCode, Hazard::kBindWithoutCode, true},
};

/// A bundle that lives this long is renewed long before its end.
constexpr milliseconds kRenewedAtMost = days(50);
/// Until a surplus copy has gone, and the grace period of what was superseded is over.
constexpr milliseconds kUntilAllIsGone = days(8);
/// More than any run of four names needs.
constexpr std::size_t kTimersMax = 200'000;

class DrawnWorld {
 public:
  DrawnWorld(std::uint64_t seed, const Product& product, std::function<void(const std::string&)> to)
      : root_(seed),
        product_(product),
        authority_(ThrowawayCa::from_seed(
            std::to_string(seed), kVirtualStart - days(400), kVirtualStart + days(4000), "drawn")),
        rig_(product, {}, &authority_),
        faults_(root_.fork("faults")),
        runs_(root_.fork("runs")),
        jobs_(root_.fork("jobs")) {
    trace_.sink = std::move(to);
    rig_.time.livelock_after = kTimersMax;
    result_.seed = seed;
    rig_.draw_fault = [this](const std::string& call, bool changes) {
      return draw_fault(call, changes);
    };
    rig_.answered = [this](const std::string& call, const sandbox::Reply& reply) {
      note(call + " -> " + std::to_string(reply.status) + (reply.dropped ? " dropped" : "") +
           (reply.cut_after ? " cut" : ""));
      look();
    };
  }

  SeedResult result() {
    furnish();
    while_things_go_wrong();
    when_all_is_healed();
    result_.hash = trace_.hash();
    result_.events = trace_.lines();
    result_.passed = rig_.time.passed();
    return result_;
  }

 private:
  void note(std::string_view what) { trace_.add(rig_.time.passed(), result_.runs, what); }
  /// The first rule that was seen broken is the world's; what follows from it says nothing.
  void require(const std::string& rule, bool holds, const std::string& sentence) {
    ++result_.asked[rule];
    if (holds || result_.violation) return;
    note("BROKEN " + rule + ": " + sentence);
    result_.violation = Violation{.rule = rule, .sentence = product_.name() + ": " + sentence};
  }

  void furnish();
  void issue();
  std::optional<Fault> draw_fault(const std::string& call, bool changes);
  Step step_of(const std::string& call) const;
  void draw_jobs();
  void draw_offline();
  std::optional<Report> run(const RigProcess& process);
  void check_report(const Report& report);
  /// Holds the rules against what the vendor has now.
  void look();
  void look_at(const std::string& name);
  void while_things_go_wrong();
  void when_all_is_healed();
  void require_all_confirmed();
  void require_nothing_left();
  void check_store();
  sandbox::World& world() { return rig_.emulated->world; }

  Chance root_;
  const Product& product_;
  ThrowawayCa authority_;
  Rig rig_;
  Chance faults_;
  Chance runs_;
  Chance jobs_;
  Trace trace_;
  SeedResult result_;
  std::vector<CallHazard> hazards_;  ///< of this world, while things go wrong
  Step step_ = Step::kObserve;       ///< the last call's
  unsigned rate_ = 0;                ///< of a thousand calls so many meet one
  std::vector<std::string> names_;
  std::set<std::string> ours_;           ///< fingerprints of all that was issued for the names
  std::map<std::string, Time> ends_;     ///< and when that ended
  std::set<sandbox::EntryPtr> stored_;   ///< what was in the store while a name had it
  std::vector<std::int64_t> strangers_;  ///< what somebody else has in the store
  std::map<std::string, std::string> before_;  ///< by name: what it was set to when last looked at
};

void DrawnWorld::furnish() {
  Chance size = root_.fork("size");
  for (const CallHazard& one : kCallHazards) {
    if (size.happens(400)) hazards_.push_back(one);
  }
  rate_ = size.pick(std::vector<unsigned>{10, 50, 150, 300});
  const std::uint64_t count = size.between(1, 4);
  for (std::uint64_t i = 0; i < count; ++i) {
    names_.push_back("d" + std::to_string(i) + ".example.com");
    rig_.add_domain(names_.back());
  }
  if (!product_.product->in_place() && size.happens(500)) {
    rig_.issue({"stranger.example.com"});
    strangers_.push_back(rig_.store_by_hand("somebody's own"));
  }
  const bool covered = size.happens(500);
  std::vector<std::string> in_it = names_;
  if (covered) in_it = {"*.example.com"};
  ours_.insert(rig_.issue(in_it));
  if (covered) rig_.deploy_covered();
  if (!covered) rig_.deploy_exactly(names_);
  note(product_.name() + ", " + count_of(count, "name") + (covered ? ", covered" : ""));
}

std::optional<Fault> DrawnWorld::draw_fault(const std::string& call, bool changes) {
  step_ = step_of(call);
  if (hazards_.empty() || !faults_.happens(rate_)) return std::nullopt;
  const CallHazard& one = faults_.pick(hazards_);
  const milliseconds delay = faults_.scaled(seconds(1), seconds(60));
  if (one.changes_only && !changes) return std::nullopt;
  const CallNames calls = rig_.calls();
  // A product that copies out of the store would keep a copy of what the store has never had.
  if (one.kind == FaultKind::kNothingChanged && call == calls.upload) return std::nullopt;
  result_.coverage.hit(one.hazard, step_);
  note("hazard " + std::string(to_string(one.hazard)));
  return Fault{.kind = one.kind, .delay = delay};
}

Step DrawnWorld::step_of(const std::string& call) const {
  const CallNames calls = rig_.calls();
  return call == calls.upload   ? Step::kUpload
         : call == calls.bind   ? Step::kBind
         : call == calls.remove ? Step::kCleanUp
                                : Step::kObserve;
}

void DrawnWorld::draw_jobs() {
  for (const std::string& name : names_) {
    if (!jobs_.happens(300)) continue;
    const bool never = jobs_.happens(200);
    const milliseconds takes = jobs_.scaled(seconds(1), minutes(4));
    note("jobs of " + name + (never ? " never end" : " take " + format_duration(takes)));
    rig_.set_fate(name,
                  {.takes = takes,
                   .end = never ? sandbox::JobFate::End::kNever : sandbox::JobFate::End::kDone});
  }
}

void DrawnWorld::draw_offline() {
  for (const std::string& name : names_) {
    const bool online = !runs_.happens(60);
    if (online == world().find_domain(name)->online) continue;
    note(name + (online ? " is on" : " is off"));
    world().set_online(name, online);
    result_.coverage.hit(Hazard::kDomainOffline, Step::kObserve);
  }
}

std::optional<Report> DrawnWorld::run(const RigProcess& process) {
  ++result_.runs;
  note(process.plans ? "plan" : "apply");
  const std::size_t changes = rig_.changes();
  std::optional<Report> report;
  try {
    report = rig_.run(process);
  } catch (const std::logic_error& error) {
    require("S14 bounded", false, std::string("a run does not end: ") + error.what());
  }
  if (!report && !result_.violation) {
    note("killed");
    result_.coverage.hit(Hazard::kCrash, step_);
  }
  require("S16 purity", !process.plans || rig_.changes() == changes, "a plan changed something");
  look();
  if (report && !process.plans) check_report(*report);
  return report;
}

void DrawnWorld::check_report(const Report& report) {
  for (const TargetReport& one : report.targets) {
    note(one.facts.id.name + " is " + std::string(to_string(one.outcome)) + " " + one.message);
    if (one.outcome != Outcome::kConfirmed) continue;
    for (std::size_t edge = 0; edge < world().edges().size(); ++edge) {
      const sandbox::Served served = world().serve(edge, one.facts.id.name);
      require("S8 truth",
              served.entry != nullptr &&
                  served.entry->pair.leaf.fingerprint == one.facts.bundle->fingerprint(),
              one.facts.id.name + " is confirmed, and an address serves something else");
    }
  }
  for (const RetireReport& one : report.retirements) {
    note(one.plan.stored_id + (one.done ? " is deleted" : " stays: ") + one.plan.reason.text);
  }
  const std::string words = rig_.all_words();
  require("S4 secrets",
          !words.contains(kSecretKey) && !words.contains("PRIVATE KEY"),
          "a key is in what was said");
}

void DrawnWorld::look() {
  world().advance();
  for (const std::string& name : names_) look_at(name);
  for (const std::int64_t id : strangers_) {
    require("S3 ownership",
            world().entries().contains(id),
            "somebody else's certificate " + std::to_string(id) + " is gone");
  }
}

void DrawnWorld::look_at(const std::string& name) {
  const sandbox::EntryPtr entry = world().find_domain(name)->bound();
  std::string& before = before_[name];
  if (entry == nullptr) {
    require("S0 nothing lost", before.empty(), name + " has no certificate any more");
    return;
  }
  const Certificate& leaf = entry->pair.leaf;
  // A name that has a copy of its own never has what the store has.
  const bool stored = world().entries().contains(entry->id);
  if (stored) stored_.insert(entry);
  require("S2 in use",
          stored || !stored_.contains(entry) || product_.product->in_place(),
          "what " + name + " is set to was deleted: " + std::to_string(entry->id));
  if (leaf.fingerprint == before) return;
  note(name + " is set to " + leaf.fingerprint.substr(0, 12));
  before = leaf.fingerprint;
  const bool covers = std::ranges::any_of(
      leaf.dns_names, [&](const std::string& one) { return stands_for(one, name); });
  require("S1 gate",
          ours_.contains(leaf.fingerprint) && covers && leaf.not_after > rig_.time.now(),
          name + " is set to what nobody wanted for it, or to what has ended");
  Time& ends = ends_[name];
  require("S7 no way back", leaf.not_after >= ends, name + " is set to what ends earlier");
  ends = leaf.not_after;
}

void DrawnWorld::while_things_go_wrong() {
  const std::uint64_t renewals = runs_.between(1, 3);
  for (std::uint64_t renewal = 0; renewal < renewals; ++renewal) {
    if (renewal > 0) {
      rig_.pass(runs_.between(milliseconds(days(10)), kRenewedAtMost));
      ours_.insert(rig_.issue_again());
      note("renewed");
    }
    const std::uint64_t runs = runs_.between(1, 5);
    for (std::uint64_t i = 0; i < runs; ++i) {
      rig_.pass(runs_.scaled(minutes(1), hours(30)));
      draw_jobs();
      draw_offline();
      RigProcess process{.plans = runs_.happens(100)};
      const std::size_t timer =
          static_cast<std::size_t>(runs_.scaled(milliseconds(1), milliseconds(256)).count());
      if (runs_.happens(250)) process.dies_after = timer;
      run(process);
      if (result_.violation) return;
    }
    // When what was superseded is due to go, things still go wrong.
    if (!runs_.happens(600)) continue;
    rig_.pass(runs_.between(milliseconds(hours(26)), milliseconds(hours(60))));
    run({});
    rig_.pass(runs_.scaled(minutes(10), hours(4)));
    run({});
    if (result_.violation) return;
  }
}

void DrawnWorld::when_all_is_healed() {
  if (result_.violation) return;
  note("healed");
  hazards_.clear();
  for (const std::string& name : names_) {
    rig_.set_fate(name, {.takes = seconds(8)});
    world().set_online(name, true);
  }
  rig_.pass(hours(4));  // what was to be applied late has been
  rig_.pass(hours(1));
  ours_.insert(rig_.issue_again());
  require_all_confirmed();
  require_nothing_left();
}

void DrawnWorld::require_all_confirmed() {
  std::optional<Report> report;
  // What was left to a person a person has tried in the end.
  for (int i = 0; i < 4; ++i) {
    report = run({.insist = i >= 2});
    if (report && report->succeeded()) break;
    rig_.pass(minutes(70));
  }
  if (!report) return;  // that it does not end is told
  const std::string newest = rig_.bundle()->fingerprint();
  for (const std::string& name : names_) {
    const auto at = std::ranges::find_if(
        report->targets, [&](const TargetReport& one) { return one.facts.id.name == name; });
    require("L1 all confirmed",
            at != report->targets.end() && at->outcome == Outcome::kConfirmed &&
                rig_.bound(name) == newest,
            name + " is " +
                (at == report->targets.end()
                     ? "in no report"
                     : std::string(to_string(at->outcome)) + ": " + at->message));
  }
}

void DrawnWorld::require_nothing_left() {
  if (result_.violation) return;
  for (int i = 0; i < 3; ++i) {
    rig_.pass(kUntilAllIsGone / 2);
    run({});
  }
  check_store();
  const std::size_t changes = rig_.changes();
  run({});
  require("nothing to do", rig_.changes() == changes, "a run with nothing to do changed something");
}

/// One copy of the newest, and what others have; names that take it in place have one each, or
/// share.
void DrawnWorld::check_store() {
  const auto never_deletes = [](const Exemption& one) {
    return one.which == "OnlyTheSupersededOneIsRetired";
  };
  const bool in_place = product_.product->in_place();
  if (!in_place && std::ranges::any_of(product_.product->exempt, never_deletes)) return;
  std::vector<std::string> expected = {rig_.bundle()->fingerprint()};
  for (const std::int64_t id : strangers_) {
    expected.push_back(world().entries().at(id)->pair.leaf.fingerprint);
  }
  std::vector<std::string> stored = rig_.stored();
  std::ranges::sort(expected);
  std::ranges::sort(stored);
  if (in_place) stored.erase(std::ranges::unique(stored).begin(), stored.end());
  require("L9 nothing left over",
          stored == expected,
          "the store holds " + count_of(stored.size(), "certificate") + " instead of " +
              std::to_string(expected.size()));
}

}  // namespace

const std::vector<Product>& all_products() {
  static const std::vector<Product> kAll = [] {
    std::vector<Product> all;
    for (const ProviderMetadata& vendor : provider_metadata()) {
      if (!vendor.has_api()) continue;  // its cases are others: src/providers/local, tests/e2e
      for (const ProductMetadata& product : vendor.products) {
        all.push_back({.vendor = &vendor, .product = &product});
      }
      for (const Variation& variation : variations_of(vendor.id)) {
        const ProviderMetadata& varied = variation.metadata();
        for (const ProductMetadata& product : varied.products) {
          all.push_back({.vendor = &varied, .product = &product, .variation = &variation});
        }
      }
    }
    return all;
  }();
  return kAll;
}

std::vector<Product> products_named(const std::string& name) {
  std::vector<Product> out;
  std::vector<std::string> names;
  for (const Product& one : all_products()) {
    names.push_back(one.name());
    if (name.empty() || one.name() == name || one.vendor->id == name) out.push_back(one);
  }
  if (!out.empty()) return out;
  const std::string near = nearest(name, names);
  throw Error(ErrorKind::kInvalidInput, "there is no product '" + printable(name, 60) + "'")
      .with_hint(near.empty() ? "they are listed by: certferry providers"
                              : "did you mean '" + near + "'?");
}

const Product& product_of(std::uint64_t seed, const std::vector<Product>& products) {
  return products[seed % products.size()];
}

SeedResult simulate_product(std::uint64_t seed,
                            const std::vector<Product>& products,
                            std::function<void(const std::string&)> trace) {
  return DrawnWorld(seed, product_of(seed, products), std::move(trace)).result();
}

}  // namespace certferry::sim
