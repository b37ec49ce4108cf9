#include "engine/confirm.h"

#include <algorithm>

#include "base/planted.h"
#include "base/text.h"
#include "policy/edge.h"
#include "policy/rollback.h"

namespace certferry {

ConfirmSettings confirm_settings(const ProductMetadata& product,
                                 const ConfirmOverrides& overrides) {
  ConfirmSettings settings = product.confirm;
  settings.rounds = overrides.rounds.value_or(settings.rounds);
  settings.spread = overrides.spread.value_or(settings.spread);
  settings.deadline = overrides.deadline.value_or(settings.deadline);
  return settings;
}

namespace {

std::string served_on(const TargetFacts& facts) {
  const std::string& wanted = facts.bundle->fingerprint();
  const auto count = std::ranges::count_if(
      facts.probes, [&](const JudgedProbe& one) { return one.serves(wanted); });
  return "served on " + std::to_string(count) + (count == 1 ? " address" : " addresses");
}

}  // namespace

Confirmation::Confirmation(const EngineSettings& settings,
                           EnginePorts ports,
                           Edge& edge,
                           Readback& readback,
                           TargetReport& target,
                           std::optional<Promise> promise)
    : ports_(ports),
      edge_(edge),
      readback_(readback),
      target_(target),
      promise_(std::move(promise)),
      how_(confirm_settings(*target.facts.product, settings.confirm)),
      before_(target.facts.probes),
      began_(ports.clock.steady_now()),
      began_at_(ports.clock.now()) {}

void Confirmation::say(std::string text) {
  ports_.events.on_event({.at = ports_.clock.now(),
                          .stage = Stage::kConfirm,
                          .status = Status::kProgress,
                          .account = target_.facts.id.account,
                          .certificate = target_.facts.certificate,
                          .target = target_.facts.id,
                          .text = std::move(text),
                          .fingerprint = target_.facts.bundle->fingerprint()});
}

Task<void> Confirmation::look() {
  TargetFacts& facts = target_.facts;
  facts.looked_at = ports_.clock.now();
  Look seen = co_await edge_.look(facts.id.name, facts.binding->edge_name);
  facts.probed = true;
  facts.probes = std::move(seen.probes);
  facts.probe_problem = std::move(seen.problem);
}

void Confirmation::end(Verdict::Kind kind, std::string text) {
  verdict_ = Verdict{.kind = kind, .text = std::move(text)};
}

Task<bool> Confirmation::broken(Promise promise) {
  const std::shared_ptr<const AccountView> view = co_await readback_.since(promise.visible_from);
  if (view->error) co_return false;  // the edge is the judge in any case
  const TargetFacts& facts = target_.facts;
  co_return !view->is_set_to(facts.id, promise.stored_id, facts.bundle->fingerprint());
}

std::optional<std::string> Confirmation::worse_for_long() {
  const std::optional<Reason> worse = worse_than_before(target_.facts, before_);
  const SteadyTime now = ports_.clock.steady_now();
  fallback_ = fallback_of(target_.facts, before_);
  if (!worse || !fallback_) {
    worse_since_.reset();
    return std::nullopt;
  }
  // An edge that is switching may show its default certificate for a moment.
  const milliseconds patience = planted("rollback_at_once")
                                    ? milliseconds(0)
                                    : std::min<milliseconds>(seconds(30), how_.deadline / 4);
  if (!worse_since_) worse_since_ = now;
  if (now - *worse_since_ < patience) return std::nullopt;
  return worse->text;
}

Task<void> Confirmation::judge() {
  const std::string seen = describe_edge(target_.facts);
  const SteadyTime now = ports_.clock.steady_now();
  const bool late = now - began_ >= how_.deadline;
  if (promise_ && (now >= promise_->visible_from || late)) {
    const bool lied = co_await broken(*std::exchange(promise_, std::nullopt));
    const std::string words = "the vendor answered yes, but its list shows another certificate; ";
    if (lied) co_return end(Verdict::Kind::kBroken, words + seen);
  }
  if (const auto worse = worse_for_long()) co_return end(Verdict::Kind::kWorse, *worse);
  if (late) {
    const std::string after = format_duration(now - began_);
    end(Verdict::Kind::kUnconfirmed, "not served everywhere after " + after + ": " + seen);
  }
}

void Confirmation::conclude() {
  const TargetFacts& facts = target_.facts;
  if (!served_everywhere(facts)) {
    const std::string words = "partly confirmed, " + served_on(facts) + ", but ";
    return end(Verdict::Kind::kPartly, words + describe_edge(facts));
  }
  if (partly_) {
    return end(Verdict::Kind::kPartly,
               "partly confirmed, " + served_on(facts) +
                   ", but this machine had no way to some of them before");
  }
  const std::string looks =
      how_.rounds == 1 ? "once"
                       : count_of(how_.rounds, "time") + " over " + format_duration(how_.spread);
  end(Verdict::Kind::kConfirmed, served_on(facts) + ", seen " + looks);
}

Task<Confirmation::Progress> Confirmation::until(unsigned rounds, milliseconds patience) {
  const milliseconds gap = how_.rounds > 1 ? how_.spread / (how_.rounds - 1) : milliseconds(0);
  while (!verdict_ && good_ < rounds) {
    if (good_ > 0) co_await ports_.sleeper.sleep(gap);
    co_await look();
    const TargetFacts& facts = target_.facts;
    // Waiting does not make a route: what can be looked at is confirmed, and the rest is told.
    if (served_everywhere(facts) || served_wherever_routed(facts)) {
      if (planted("one_look")) good_ = how_.rounds - 1;
      worse_since_.reset();
      // A route that comes back makes the looks without it none, while there is time for others.
      const bool everywhere = served_everywhere(facts);
      const bool in_time = ports_.clock.steady_now() - began_ < how_.deadline;
      if (everywhere && partly_ && in_time) good_ = 0;
      if (good_ == 0) partly_ = false;
      partly_ = partly_ || !everywhere;
      ++good_;
      if (good_ == how_.rounds) break;
      const std::string looks = std::to_string(good_) + " of " + std::to_string(how_.rounds);
      say(served_on(facts) + " (look " + looks + ")");
      continue;
    }
    good_ = 0;
    co_await judge();
    const milliseconds passed = ports_.clock.steady_now() - began_;
    if (verdict_ || passed >= patience) break;
    const std::string seen = describe_edge(facts);
    if (seen != last_said_) say("waiting: " + seen);
    last_said_ = seen;
    co_await ports_.sleeper.sleep(std::min(wait_, how_.deadline - passed));
    wait_ = std::min(wait_ * 3 / 2, how_.retry_interval);
  }
  if (!verdict_ && good_ == how_.rounds) conclude();
  if (verdict_) co_return Progress::kEnded;
  co_return good_ >= rounds ? Progress::kShown : Progress::kPending;
}

Task<Verdict> Confirmation::to_the_end() {
  while (!verdict_) co_await until(how_.rounds, milliseconds::max());
  co_return *verdict_;
}

}  // namespace certferry
