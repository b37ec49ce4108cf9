#include "engine/deploy.h"

#include <algorithm>

#include "base/planted.h"
#include "base/text.h"
#include "engine/bind.h"
#include "engine/keep.h"
#include "engine/put_back.h"
#include "engine/upload.h"
#include "model/label.h"
#include "policy/edge.h"
#include "policy/gate.h"
#include "policy/rollback.h"
#include "policy/senseless.h"
#include "policy/settings.h"

namespace certferry {

namespace {

std::string changed_more(const std::vector<std::string>& settings) {
  return "changed more than the certificate: " + join(settings, "; ") +
         ". Set that back at the vendor";
}

std::string unread_settings(const std::string& name) {
  return "whether that changed more than the certificate could not be read. Look at the settings "
         "of " +
         name + " at the vendor";
}

/// By the vendor's word, as it is compared with later: not what the edge has told beside that.
std::optional<std::string> set_to_before(const TargetFacts& facts, const std::string& stored_id) {
  if (!stored_id.empty()) return facts.binding->stored_id;
  return facts.bound ? fingerprint_in_label(facts.bound->label) : std::nullopt;
}

std::string not_bound(const TargetReport& target) {
  const std::string nothing = "nothing was bound";
  return target.facts.product->in_place() ? nothing : "stored at the vendor, but " + nothing;
}

}  // namespace

Deployer::Deployer(const EngineSettings& settings,
                   EnginePorts ports,
                   Journal& journal,
                   Edge& edge,
                   AccountWork& work)
    : settings_(settings), ports_(ports), journal_(journal), edge_(edge), work_(work) {}

void Deployer::event(Stage stage, Status status, const TargetReport& target, std::string text) {
  const bool failed = status == Status::kFailed;
  const BundlePtr& bundle = target.facts.bundle;
  ports_.events.on_event({.at = ports_.clock.now(),
                          .stage = stage,
                          .status = status,
                          .account = work_.account.name,
                          .certificate = target.facts.certificate,
                          .target = target.facts.id,
                          .text = std::move(text),
                          .fingerprint = bundle ? bundle->fingerprint() : "",
                          .error = failed ? target.error : std::nullopt});
}

void Deployer::finish(TargetReport* target, Outcome outcome, std::string message) {
  target->outcome = outcome;
  target->message = std::move(message);
  const Status status = outcome == Outcome::kConfirmed ? Status::kDone : Status::kFailed;
  event(Stage::kEnd, status, *target, target->message);
}

void Deployer::hold_all(const std::vector<TargetReport*>& targets,
                        const std::string& state,
                        const std::string& why) {
  const std::string message = std::string(state).append(": ").append(why);
  for (TargetReport* target : targets) finish(target, Outcome::kHeld, message);
}

Task<void> Deployer::deploy(std::vector<TargetReport*> targets) {
  std::vector<TargetReport*> to_bind;
  std::vector<Task<void>> work;
  for (TargetReport* target : targets) {
    if (target->plan.has(StepKind::kBind)) {
      to_bind.push_back(target);
    } else {
      work.push_back(confirm_bound(target));
    }
  }
  if (!to_bind.empty()) work.push_back(deploy_new(to_bind));
  co_await run_all(std::move(work));
}

Result<std::vector<JournalEntry>> Deployer::intend(const std::string& action,
                                                   const std::vector<TargetReport*>& targets,
                                                   const std::string& stored_id,
                                                   const std::string& fingerprint) {
  StateChange intents;
  Keeper keeper(ports_);
  for (TargetReport* target : targets) {
    TargetFacts& facts = target->facts;
    JournalEntry entry =
        journal_.entry(action, facts.id, facts.certificate, facts.bundle->fingerprint());
    if (action == "bind") {
      TRY(std::optional<KeptBundle> kept, keeper.keep(facts));
      if (kept) intents.kept.push_back(*std::move(kept));
      const bool later = facts.memory && !target->put_back;
      if (later) facts.memory->looks_before_bind = looks_to_remember(facts);
    }
    if (!facts.product->in_place()) entry.stored_id = stored_id;
    if (!fingerprint.empty()) entry.fingerprint = fingerprint;
    if (target->put_back) {
      entry.action = "rollback";
      entry.detail = put_back_words(*target);
      intents.targets.push_back(record_before_put_back(*target, ports_.clock.now()));
    } else if (action == "bind" && facts.memory) {
      intents.targets.push_back(*facts.memory);
    }
    intents.journal.push_back(std::move(entry));
  }
  TRY_VOID(journal_.intend(intents));
  return std::move(intents.journal);
}

void Deployer::fail(TargetReport* target, const std::string& step, Error error) {
  target->failed_step = step;
  if (makes_no_sense(error)) {
    target->senseless = std::max(target->senseless, senseless_before(target->facts, step) + 1);
  }
  target->error = error;
  if (put_off(error)) return finish(target, Outcome::kHeld, error.text());
  if (target->senseless < kSenselessMost) return finish(target, Outcome::kFailed, error.text());
  finish(target,
         Outcome::kParked,
         "the vendor's answer to the " + step + " made no sense " +
             count_of(target->senseless, "time") +
             " in a row, so nothing more is sent: " + error.text() +
             ". Look there, then 'certferry apply --now " + target->facts.id.name + "'");
}

Task<Result<std::string>> Deployer::store(TargetReport* target) {
  const TargetFacts* facts = &target->facts;
  if (planted("label_is_ownership") && facts->stored_id) {
    const std::shared_ptr<const AccountView> view = co_await work_.readback.since({});
    const StoredCertificate* listed = view->stored_by_id(*facts->stored_id);
    journal_.note(UploadRecord{.account = facts->id.account,
                               .fingerprint = facts->bundle->fingerprint(),
                               .certificate = facts->certificate,
                               .stored_id = *facts->stored_id,
                               .label = listed == nullptr ? "" : listed->label,
                               .state = UploadRecord::State::kStored});
  }
  if (facts->product->in_place()) co_return std::string();
  if (facts->stored_id) co_return *facts->stored_id;
  Uploader uploader(settings_, ports_, journal_, work_);
  Result<Uploader::Intent> intent = uploader.intend(*facts);
  if (!intent) co_return std::unexpected(std::move(intent).error());
  intent->senseless = senseless_before(*facts, "upload");
  Result<std::string> stored = co_await uploader.store(facts->bundle, *std::move(intent));
  if (!stored) target->senseless = uploader.senseless();
  if (stored && uploader.answered()) unproved_.insert(*stored);
  co_return stored;
}

Task<void> Deployer::deploy_new(std::vector<TargetReport*> targets) {
  // An account may have both: products that its store serves, and some that take bundles in place.
  const auto needs_store = [](const TargetReport* one) { return !one->facts.product->in_place(); };
  const auto first = std::ranges::find_if(targets, needs_store);
  TargetReport* storing = first == targets.end() ? targets.front() : *first;
  const Result<std::string> stored = co_await store(storing);
  if (stored) {
    for (TargetReport* target : targets) {
      if (needs_store(target)) target->facts.stored_id = *stored;
    }
    co_return co_await bind_in_order(std::move(targets), *stored);
  }
  const Error& error = stored.error();
  if (error.code.starts_with("state."))
    co_return hold_all(targets, "nothing was sent", error.text());
  for (TargetReport* target : targets) {
    if (!needs_store(target)) continue;
    target->senseless = storing->senseless;
    fail(target, "upload", error);
  }
  std::erase_if(targets, needs_store);
  co_await bind_in_order(std::move(targets), "");
}

namespace {

/// Those that may wait for a canary, one of which goes first; all others are in front of it.
std::size_t first_canary(const std::vector<TargetReport*>& targets) {
  const auto canary = [](const TargetReport* one) { return one->facts.canary; };
  const auto count = std::ranges::count_if(targets, canary);
  if (count < 2 || planted("canary_ignored")) return targets.size();
  return static_cast<std::size_t>(std::ranges::find_if(targets, canary) - targets.begin());
}

}  // namespace

Task<void> Deployer::bind_in_order(std::vector<TargetReport*> targets, std::string stored_id) {
  // A canary that cannot be bound or looked at says nothing of the others, so another goes. After
  // so many the rest goes at once: what one target suffers from must not hold up a thousand.
  constexpr unsigned kCanariesMost = 2;
  std::vector<std::unique_ptr<Confirmation>> shown;
  std::vector<Task<void>> work;
  for (unsigned sent = 0; sent < kCanariesMost && shown.empty(); ++sent) {
    const std::size_t first = first_canary(targets);
    if (first == targets.size()) break;
    TargetReport* canary = targets[first];
    targets.erase(targets.begin() + static_cast<std::ptrdiff_t>(first));
    Result<std::vector<JournalEntry>> intent = intend("bind", {canary}, stored_id);
    if (!intent) {
      targets.push_back(canary);
      co_return hold_all(targets, not_bound(*canary), intent.error().text());
    }
    std::unique_ptr<Confirmation> confirmation = co_await start(canary, stored_id, intent->front());
    bool ended = false;
    if (confirmation) {
      event(Stage::kConfirm,
            Status::kProgress,
            *canary,
            "bound first; " + count_of(targets.size(), "other target") +
                " of this bundle wait until it is served here");
      const milliseconds patience = confirmation->how().deadline / 3;
      ended = co_await confirmation->until(1, patience) == Confirmation::Progress::kEnded;
      if (ended) {
        co_await end(canary, confirmation.get());
      } else if (canary->settings_before) {
        co_await settings_are_other(canary, confirmation->before());
      }
    }
    const std::string went_first = to_string(canary->facts.id) + " went first and ";
    if (canary->harmed || canary->settings_before) {
      std::string why = went_first + "may have done harm: ";
      why +=
          canary->harmed ? "the vendor's bind changed more than its certificate" : canary->message;
      co_return hold_all(targets, "not bound", why);
    }
    if (!confirmation) continue;
    if (ended) {
      const Verdict& verdict = *confirmation->verdict();
      if (verdict.kind != Verdict::Kind::kWorse) continue;
      co_return hold_all(targets, "not bound", went_first + "got worse: " + verdict.text);
    }
    work.push_back(confirm(canary, confirmation.get()));
    shown.push_back(std::move(confirmation));
  }
  work.push_back(bind_all(std::move(targets), std::move(stored_id)));
  co_await run_all(std::move(work));
}

Task<void> Deployer::bind_all(std::vector<TargetReport*> targets, std::string stored_id) {
  if (targets.empty()) co_return;
  Result<std::vector<JournalEntry>> intents = intend("bind", targets, stored_id);
  if (!intents) {
    co_return hold_all(targets, not_bound(*targets.front()), intents.error().text());
  }
  std::vector<Task<void>> work;
  for (std::size_t i = 0; i < targets.size(); ++i) {
    work.push_back(start_and_confirm(targets[i], stored_id, (*intents)[i]));
  }
  co_await run_all(std::move(work));
}

Task<bool> Deployer::is_stored_nowhere(std::string stored_id, Error refusal) {
  if (!unproved_.contains(stored_id) || refusal.kind != ErrorKind::kNotFound) co_return false;
  const std::shared_ptr<const AccountView> view =
      co_await work_.readback.since(work_.readback.consistent_from_now());
  co_return !view->error && view->stored_by_id(stored_id) == nullptr;
}

Task<std::unique_ptr<Confirmation>> Deployer::start(TargetReport* target,
                                                    std::string stored_id,
                                                    JournalEntry entry) {
  if (target->facts.product->in_place()) stored_id.clear();  // others of the account may have one
  event(Stage::kBind, Status::kStarted, *target, "binding certificate " + stored_id);
  Binder binder(settings_, ports_, journal_, work_);
  BindOrder order{.target = target,
                  .stored_id = stored_id,
                  .instead_of = set_to_before(target->facts, stored_id),
                  .back_to = target->put_back ? target->facts.way_back : std::nullopt,
                  .entry = std::move(entry)};
  if (order.back_to && stored_id.empty()) order.kept = target->facts.bundle;
  Result<void> bound = co_await binder.bind(std::move(order));
  if (!bound && co_await is_stored_nowhere(stored_id, bound.error())) {
    fail(target,
         "upload",
         Error(ErrorKind::kRejected,
               "the vendor answered yes and named certificate " + stored_id +
                   ", but neither its list nor a bind knows that")
             .with_code(std::string(kNothingStored))
             .while_doing("uploading to account " + work_.account.name));
    co_return nullptr;
  }
  const std::vector<std::string>& changed = binder.settings_changed();
  if (!bound) {
    target->senseless = binder.senseless();
    Error error = std::move(bound).error().while_doing("binding " + to_string(target->facts.id));
    if (!changed.empty()) {
      mark_harmed(target);
      error.message += "; that " + changed_more(changed);
    } else if (target->settings_before) {
      error.message += "; " + unread_settings(target->facts.id.name);
    }
    fail(target, "bind", std::move(error));
    co_return nullptr;
  }
  event(Stage::kBind, Status::kDone, *target, "bound to certificate " + stored_id);
  if (!changed.empty()) {
    co_await undo_changed_settings(target, changed, target->facts.probes);
    co_return nullptr;
  }
  if (planted("yes_is_done")) {
    finish(target, Outcome::kConfirmed, "planted");
    co_return nullptr;
  }
  Promise promise{.stored_id = stored_id, .visible_from = work_.readback.consistent_from_now()};
  co_return std::make_unique<Confirmation>(
      settings_, ports_, edge_, work_.readback, *target, std::move(promise));
}

Task<void> Deployer::start_and_confirm(TargetReport* target,
                                       std::string stored_id,
                                       JournalEntry entry) {
  const std::unique_ptr<Confirmation> confirmation =
      co_await start(target, std::move(stored_id), std::move(entry));
  if (confirmation) co_await confirm(target, confirmation.get());
}

Task<void> Deployer::confirm_bound(TargetReport* target) {
  Confirmation confirmation(settings_, ports_, edge_, work_.readback, *target, std::nullopt);
  co_await confirm(target, &confirmation);
}

Task<void> Deployer::confirm(TargetReport* target, Confirmation* confirmation) {
  co_await confirmation->to_the_end();
  co_await end(target, confirmation);
}

Task<void> Deployer::end(TargetReport* target, const Confirmation* confirmation) {
  const Verdict& verdict = *confirmation->verdict();
  if (verdict.kind == Verdict::Kind::kWorse) {
    co_await roll_back(target, verdict.text, *confirmation->fallback());
    co_return;
  }
  if (target->settings_before && co_await settings_are_other(target, confirmation->before())) {
    co_return;
  }
  const TargetFacts& facts = target->facts;
  const bool confirmed = verdict.kind == Verdict::Kind::kConfirmed;
  const auto outcome =
      confirmed ? JournalEntry::Outcome::kApplied : JournalEntry::Outcome::kNotApplied;
  JournalEntry entry =
      journal_.entry("confirm", facts.id, facts.certificate, facts.bundle->fingerprint());
  entry.at = confirmation->began_at();
  journal_.settle(std::move(entry), outcome, verdict.text);
  if (confirmed) {
    std::string text = target->put_back ? put_back_result(*target, verdict.text) : verdict.text;
    co_return finish(target, Outcome::kConfirmed, std::move(text));
  }
  const std::string advice =
      "look with 'certferry probe " + facts.id.name + "'; 'certferry apply' tries again";
  if (verdict.kind == Verdict::Kind::kBroken) {
    co_return fail(target,
                   "bind",
                   Error(ErrorKind::kRejected, verdict.text)
                       .with_code(std::string(kNothingChanged))
                       .with_hint(advice));
  }
  finish(target, Outcome::kUnconfirmed, verdict.text + ". Look" + advice.substr(4));
}

Task<bool> Deployer::settings_are_other(TargetReport* target, std::vector<JudgedProbe> before) {
  const TargetId& id = target->facts.id;
  const std::shared_ptr<const AccountView> view =
      co_await work_.readback.since(work_.readback.consistent_from_now());
  const Binding* binding = view->error ? nullptr : view->binding(id.product, id.name);
  if (binding == nullptr) {
    const std::string why = view->error ? " (" + view->error->text() + ")" : "";
    finish(target, Outcome::kUnconfirmed, "bound, but " + unread_settings(id.name) + why);
    co_return true;
  }
  std::vector<std::string> changed = changed_settings(*target->settings_before, binding->settings);
  target->settings_before.reset();
  if (changed.empty()) co_return false;
  co_await undo_changed_settings(target, std::move(changed), std::move(before));
  co_return true;
}

void Deployer::mark_harmed(TargetReport* target) {
  const TargetFacts& facts = target->facts;
  const std::string& fingerprint = facts.bundle->fingerprint();
  target->harmed = true;
  work_.harmful.insert(fingerprint);
  TargetRecord record =
      target->put_back
          ? record_before_put_back(*target, ports_.clock.now())
          : facts.memory.value_or(TargetRecord{.id = facts.id, .certificate = facts.certificate});
  record.harmed_fingerprint = fingerprint;
  static_cast<void>(journal_.intend({.targets = {std::move(record)}}));
}

Task<void> Deployer::undo_changed_settings(TargetReport* target,
                                           std::vector<std::string> changed,
                                           std::vector<JudgedProbe> before) {
  const TargetFacts& facts = target->facts;
  mark_harmed(target);
  const std::string worse = "the vendor's bind " + changed_more(changed);
  const std::optional<StoredCertificate> back = fallback_of(facts, before);
  const bool was_there = back && facts.bound && back->id == facts.bound->id;
  if (was_there && back->id != facts.stored_id) co_return co_await roll_back(target, worse, *back);
  target->error = Error(ErrorKind::kConflict, worse).with_code("bind.settings_changed");
  finish(target,
         Outcome::kFailed,
         worse + "; there is no certificate to go back to that clients were seen to take");
}

Task<void> Deployer::roll_back(TargetReport* target, std::string worse, StoredCertificate back) {
  const TargetFacts& facts = target->facts;
  const bool in_place = facts.product->in_place();
  target->put_back.reset();  // what a person asked for turned out worse than what was there
  event(Stage::kBind, Status::kFailed, *target, worse + "; going back to certificate " + back.id);
  const auto failed = [&](const Error& error) {
    target->error = error;
    finish(target,
           Outcome::kUnconfirmed,
           worse + "; going back to certificate " + back.id + " failed: " + error.text());
  };
  BundlePtr kept;
  if (in_place) {
    Keeper keeper(ports_);
    Result<BundlePtr> opened = keeper.open(facts.id, fingerprint_in_label(back.label).value_or(""));
    if (!opened) co_return failed(opened.error());
    kept = *std::move(opened);
  }
  Result<std::vector<JournalEntry>> intent =
      intend("rollback", {target}, in_place ? "" : back.id, in_place ? kept->fingerprint() : "");
  if (!intent)
    co_return finish(target, Outcome::kUnconfirmed, worse + "; " + intent.error().text());
  Binder binder(settings_, ports_, journal_, work_);
  BindOrder order{.target = target,
                  .stored_id = intent->front().stored_id,
                  .instead_of = in_place ? facts.bundle->fingerprint() : facts.stored_id,
                  .back_to = back,
                  .kept = kept,
                  .entry = intent->front()};
  Result<void> bound = co_await binder.bind(std::move(order));
  if (!bound) co_return failed(bound.error());
  target->rolled_back = true;
  target->went_back_to = fingerprint_in_label(back.label).value_or("");
  // What the bind took with it the way back may take as well, or may be the first to take.
  if (!target->harmed && !binder.settings_changed().empty()) {
    mark_harmed(target);
    worse += "; and going back " + changed_more(binder.settings_changed());
  } else if (target->settings_before) {
    worse += "; and " + unread_settings(facts.id.name);
  }
  finish(target,
         Outcome::kFailed,
         "rolled back to certificate " + back.id + ", which ends " + format_date(back.not_after) +
             ": " + worse + ". Look with 'certferry probe " + facts.id.name + "'");
}

}  // namespace certferry
