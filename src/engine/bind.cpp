#include "engine/bind.h"

#include "base/planted.h"
#include "base/text.h"
#include "engine/attempt.h"
#include "engine/pace.h"
#include "engine/patience.h"
#include "model/label.h"
#include "policy/gate.h"
#include "policy/plan.h"
#include "policy/senseless.h"
#include "policy/settings.h"

namespace certferry {

namespace {

constexpr std::string_view kChanged = "plan.changed";

Error changed(std::string what) {
  return Error(ErrorKind::kConflict, std::move(what))
      .with_code(std::string(kChanged))
      .with_hint("nothing was sent; the next run looks at it anew");
}

std::optional<Error> closed_gate(const TargetFacts& facts) {
  const std::vector<Check> checks = gate_checks(facts);
  const Check* closed = first_failed(checks);
  if (closed == nullptr) return std::nullopt;
  return Error(ErrorKind::kRejected, closed->reason.text).with_code(closed->reason.code);
}

/// All that can be asked of an entry that only the vendor has.
std::optional<Error> no_longer_good(const StoredCertificate& entry, const TargetFacts& facts) {
  if (would_do(entry, facts.id.name, facts.now)) return std::nullopt;
  return Error(ErrorKind::kRejected, "certificate " + entry.id + " would no longer do for the name")
      .with_code("gate.fallback");
}

}  // namespace

bool put_off(const Error& error) {
  return error.code == kChanged || error.code == kAccountPaused || error.code.starts_with("clock.");
}

Binder::Binder(const EngineSettings& settings,
               EnginePorts ports,
               Journal& journal,
               AccountWork& work)
    : settings_(settings), ports_(ports), journal_(journal), work_(work) {}

Task<std::optional<Error>> Binder::changed_meanwhile(const BindOrder* order) {
  // Going back comes after a bind of this run, which an earlier reading does not show.
  const SteadyTime now = ports_.clock.steady_now();
  const SteadyTime since = order->back_to ? now : now - kFactsAgeMost;
  const std::shared_ptr<const AccountView> view = co_await work_.readback.since(since);
  if (view->error) co_return *view->error;
  const TargetId& id = order->target->facts.id;
  const Binding* binding = view->binding(id.product, id.name);
  if (binding == nullptr) co_return changed("the account no longer has " + id.name);
  if (!binding->online && !planted("offline_bound")) {
    co_return changed("the vendor says now that the domain is '" + printable(binding->status, 40) +
                      "'");
  }
  binding_ = *binding;
  // What an earlier bind may have changed is no longer what was there before.
  if (!settings_before_) {
    settings_before_ = order->target->settings_before.value_or(binding->settings);
  }
  const bool in_place = order->stored_id.empty();
  const std::optional<std::string> is = in_place ? view->fingerprint_at(id) : binding->stored_id;
  const std::string& wanted = in_place ? order->entry.fingerprint : order->stored_id;
  if (is == order->instead_of || is == wanted) co_return std::nullopt;
  co_return changed("somebody set it to certificate " + binding->stored_id.value_or("none") +
                    " while this run was at work");
}

Task<std::optional<Error>> Binder::refusal(const BindOrder* order) {
  if (std::optional<Error> meanwhile = co_await changed_meanwhile(order)) co_return meanwhile;
  if (std::optional<Error> clock = work_.clock.problem()) co_return clock;
  TargetFacts& facts = order->target->facts;
  if (!order->back_to && !facts.insist && work_.harmful.contains(facts.bundle->fingerprint())) {
    co_return changed("a bind of this bundle changed more than the certificate at another name");
  }
  facts.now = ports_.clock.now();
  if (order->kept) {
    // Its chain and key are here, so all is asked of it that is asked of a new one.
    TargetFacts back = facts;
    back.bundle = order->kept;
    std::vector<Certificate> chain = {order->kept->leaf};
    chain.insert(chain.end(), order->kept->chain.begin(), order->kept->chain.end());
    back.chain = ports_.verifier.verify(chain, facts.now);
    co_return closed_gate(back);
  }
  co_return order->back_to ? no_longer_good(*order->back_to, facts) : closed_gate(facts);
}

Task<Result<BindDone>> Binder::send(const BindOrder* order) {
  const Turnstile::Place place = co_await work_.sending.enter();
  // A process that stood still between looking and sending looks once more.
  for (int looks = 0; looks < 2; ++looks) {
    const SteadyTime began = ports_.clock.steady_now();
    if (std::optional<Error> error = co_await refusal(order)) {
      co_return std::unexpected(*std::move(error));
    }
    if (ports_.clock.steady_now() - began < minutes(1)) break;
  }
  const TargetFacts& facts = order->target->facts;
  BindRequest request{.product = facts.id.product,
                      .binding = binding_,
                      .stored_id = order->stored_id,
                      .bundle = order->back_to ? order->kept : facts.bundle};
  if (order->stored_id.empty()) {
    request.label = label_for(request.bundle->fingerprint(), ports_.random.next());
  }
  co_return co_await attempt(work_.account.provider->bind(std::move(request)));
}

Task<Result<bool>> Binder::shown(const BindOrder* order) {
  const std::shared_ptr<const AccountView> view =
      co_await work_.readback.since(work_.readback.consistent_from_now());
  const TargetId& id = order->target->facts.id;
  compare(*order->target, view->error ? nullptr : view->binding(id.product, id.name));
  if (view->error) co_return std::unexpected(*view->error);
  co_return view->is_set_to(id, order->stored_id, order->entry.fingerprint);
}

void Binder::compare(TargetReport& target, const Binding* now) {
  if (!settings_before_ || settings_before_->empty()) return;
  target.settings_before = settings_before_;
  if (now == nullptr) return;
  settings_changed_ = changed_settings(*settings_before_, now->settings);
  target.settings_before.reset();
}

Task<Result<void>> Binder::bind(BindOrder order) {
  senseless_ = senseless_before(order.target->facts, "bind");
  for (unsigned failures = 1;; ++failures) {
    Result<BindDone> sent = co_await send(&order);
    std::string how = "the vendor answered yes";
    bool known_not_applied = true;
    if (!sent && remedy(sent.error().kind) == Remedy::kReadFirst) {
      const Result<bool> seen = co_await shown(&order);
      known_not_applied = seen.has_value();
      if (seen && *seen) {
        sent = BindDone{};
        how = "its answer was lost or said nothing; the vendor's list shows it";
      }
    }
    if (sent) {
      journal_.settle(order.entry, JournalEntry::Outcome::kApplied, std::move(how));
      // What the list shows is the word of the vendor; whether it has the bind is asked elsewhere.
      if (sent->wrote_settings) (void)co_await shown(&order);
      co_return Result<void>();
    }
    if (makes_no_sense(sent.error())) ++senseless_;
    std::optional<milliseconds> wait;
    if (known_not_applied && senseless_ < kSenselessMost) {
      wait = wait_before_retry(sent.error(), failures, settings_.retry, ports_.random);
    }
    if (!wait) {
      const auto outcome =
          known_not_applied ? JournalEntry::Outcome::kNotApplied : JournalEntry::Outcome::kUnknown;
      journal_.settle(std::move(order.entry), outcome, sent.error().text());
      co_return std::unexpected(std::move(sent).error());
    }
    ports_.events.on_event(
        {.at = ports_.clock.now(),
         .stage = Stage::kBind,
         .status = Status::kProgress,
         .account = work_.account.name,
         .certificate = order.target->facts.certificate,
         .target = order.target->facts.id,
         .text = "again in " + format_duration(*wait) + ": " + sent.error().text(),
         .fingerprint = order.target->facts.bundle->fingerprint(),
         .error = sent.error()});
    slow_down(work_.account, sent.error(), *wait);
    co_await ports_.sleeper.sleep(*wait);
  }
}

}  // namespace certferry
