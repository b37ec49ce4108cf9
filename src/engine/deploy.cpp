#include "engine/deploy.h"

#include <algorithm>

#include "base/planted.h"
#include "base/text.h"
#include "engine/attempt.h"
#include "engine/pace.h"
#include "model/label.h"

namespace certferry {

ConfirmSettings confirm_settings(const ProductMetadata& product,
                                 const ConfirmOverrides& overrides) {
  ConfirmSettings settings = product.confirm;
  settings.rounds = overrides.rounds.value_or(settings.rounds);
  settings.spread = overrides.spread.value_or(settings.spread);
  settings.deadline = overrides.deadline.value_or(settings.deadline);
  return settings;
}

Deployer::Deployer(const EngineSettings& settings,
                   EnginePorts ports,
                   Journal& journal,
                   Edge& edge,
                   Readback& readback,
                   Account account)
    : settings_(settings),
      ports_(ports),
      journal_(journal),
      edge_(edge),
      readback_(readback),
      account_(std::move(account)) {}

void Deployer::event(Stage stage, Status status, const TargetReport& target, std::string text) {
  ports_.events.on_event({.at = ports_.clock.now(),
                          .stage = stage,
                          .status = status,
                          .account = account_.name,
                          .certificate = target.facts.certificate,
                          .target = target.facts.id,
                          .text = std::move(text)});
}

void Deployer::finish(TargetReport* target, Outcome outcome, std::string message) {
  target->outcome = outcome;
  target->message = std::move(message);
  const Status status = outcome == Outcome::kConfirmed ? Status::kDone : Status::kFailed;
  event(Stage::kEnd, status, *target, target->message);
}

Task<void> Deployer::deploy(std::vector<TargetReport*> targets) {
  std::vector<TargetReport*> to_bind;
  std::vector<Task<void>> work;
  for (TargetReport* target : targets) {
    if (target->plan.has(StepKind::kBind)) {
      to_bind.push_back(target);
    } else {
      work.push_back(confirm(target, std::nullopt));
    }
  }
  if (!to_bind.empty()) work.push_back(deploy_new(to_bind));
  co_await run_all(std::move(work));
}

Task<void> Deployer::deploy_new(std::vector<TargetReport*> targets) {
  const TargetFacts& any = targets.front()->facts;
  std::string stored_id = any.stored_id.value_or("");
  if (planted("label_is_ownership") && any.stored_id) {
    journal_.note(UploadRecord{.account = account_.name,
                               .fingerprint = any.bundle->fingerprint(),
                               .certificate = any.certificate,
                               .stored_id = stored_id,
                               .label = label_for(any.bundle->fingerprint()),
                               .state = UploadRecord::State::kStored});
  }
  if (!any.stored_id) {
    Result<UploadIntent> intent = intend_upload(any);
    if (!intent) {
      hold_all(targets, "nothing was sent", intent.error());
      co_return;
    }
    const Result<std::string> stored = co_await store(targets.front(), *std::move(intent));
    if (!stored) {
      for (TargetReport* target : targets) finish(target, Outcome::kFailed, stored.error().text());
      co_return;
    }
    stored_id = *stored;
  }
  Result<std::vector<JournalEntry>> intents = intend_binds(targets, stored_id);
  if (!intents) {
    hold_all(targets, "stored at the vendor, but nothing was bound", intents.error());
    co_return;
  }
  std::vector<Task<void>> work;
  for (std::size_t i = 0; i < targets.size(); ++i) {
    work.push_back(bind_and_confirm(targets[i], stored_id, (*intents)[i]));
  }
  co_await run_all(std::move(work));
}

void Deployer::hold_all(const std::vector<TargetReport*>& targets,
                        const std::string& state,
                        const Error& why) {
  for (TargetReport* target : targets) {
    finish(target, Outcome::kHeld, state + ": " + why.text());
  }
}

Result<Deployer::UploadIntent> Deployer::intend_upload(const TargetFacts& facts) {
  const std::string& fingerprint = facts.bundle->fingerprint();
  const TargetId account_wide{account_.name, "", ""};
  UploadIntent intent{
      .record = {.account = account_.name,
                 .fingerprint = fingerprint,
                 .certificate = facts.certificate,
                 .label = label_for(fingerprint),
                 .state = UploadRecord::State::kIntended,
                 .not_after = facts.bundle->leaf.not_after,
                 .created_at = ports_.clock.now()},
      .entry = journal_.entry("upload", account_wide, facts.certificate, fingerprint)};
  if (planted("upload_unnoted")) return intent;
  TRY_VOID(journal_.intend({.uploads = {intent.record}, .journal = {intent.entry}}));
  return intent;
}

Task<Result<std::string>> Deployer::store(const TargetReport* any, UploadIntent intent) {
  const TargetFacts& facts = any->facts;
  const auto say = [&](Status status, std::string text) {
    ports_.events.on_event({.at = ports_.clock.now(),
                            .stage = Stage::kUpload,
                            .status = status,
                            .account = account_.name,
                            .certificate = facts.certificate,
                            .text = std::move(text)});
  };
  say(Status::kStarted, "uploading " + short_fingerprint(facts.bundle->fingerprint()));
  Result<std::string> stored =
      co_await upload(facts.bundle, std::move(intent.record), std::move(intent.entry));
  if (stored) {
    say(Status::kDone, "stored as certificate " + *stored);
  } else {
    Error error = std::move(stored).error().while_doing("uploading to account " + account_.name);
    say(Status::kFailed, error.text());
    co_return std::unexpected(std::move(error));
  }
  co_return stored;
}

Task<Result<std::string>> Deployer::upload(BundlePtr bundle,
                                           UploadRecord record,
                                           JournalEntry entry) {
  bool lost = false;  // an answer, once
  for (unsigned failures = 1;; ++failures) {
    Result<std::string> sent = co_await attempt(account_.provider->upload(bundle, record.label));
    std::string how = "the vendor answered with its id";
    bool known_not_applied = true;
    if (!sent && remedy(sent.error().kind) == Remedy::kReadFirst && !planted("blind_repeat")) {
      lost = true;
      Result<std::optional<std::string>> found = co_await find_stored(bundle->fingerprint());
      known_not_applied = found.has_value();
      if (found && *found) {
        sent = **found;
        how = "its answer was lost; found in the store by its label";
      }
    }
    if (sent) {
      record.state = UploadRecord::State::kStored;
      record.stored_id = *sent;
      entry.stored_id = *sent;
      journal_.note(record);
      journal_.settle(std::move(entry), JournalEntry::Outcome::kApplied, std::move(how));
      co_return sent;
    }
    std::optional<milliseconds> wait;
    if (known_not_applied) {
      wait = wait_before_retry(sent.error(), failures, settings_.retry, ports_.random);
    }
    if (!wait) {
      // One reading does not prove that a lost upload never arrives: the next run looks again.
      const auto outcome =
          lost ? JournalEntry::Outcome::kUnknown : JournalEntry::Outcome::kNotApplied;
      journal_.settle(std::move(entry), outcome, sent.error().text());
      co_return sent;
    }
    slow_down(sent.error(), *wait);
    co_await ports_.sleeper.sleep(*wait);
  }
}

Task<Result<std::optional<std::string>>> Deployer::find_stored(std::string fingerprint) {
  const std::shared_ptr<const AccountView> view =
      co_await readback_.since(readback_.consistent_from_now());
  if (view->error) co_return std::unexpected(*view->error);
  const auto found = view->id_by_fingerprint.find(fingerprint);
  if (found == view->id_by_fingerprint.end()) co_return std::optional<std::string>();
  co_return std::optional<std::string>(found->second);
}

Result<std::vector<JournalEntry>> Deployer::intend_binds(const std::vector<TargetReport*>& targets,
                                                         const std::string& stored_id) {
  StateChange intents;
  for (const TargetReport* target : targets) {
    const TargetFacts& facts = target->facts;
    JournalEntry entry =
        journal_.entry("bind", facts.id, facts.certificate, facts.bundle->fingerprint());
    entry.stored_id = stored_id;
    intents.journal.push_back(std::move(entry));
  }
  TRY_VOID(journal_.intend(intents));
  return std::move(intents.journal);
}

Task<void> Deployer::bind_and_confirm(TargetReport* target,
                                      std::string stored_id,
                                      JournalEntry entry) {
  event(Stage::kBind, Status::kStarted, *target, "binding certificate " + stored_id);
  Result<void> bound = co_await bind(target, stored_id, std::move(entry));
  if (!bound) {
    Error error = std::move(bound).error().while_doing("binding " + to_string(target->facts.id));
    finish(target, Outcome::kFailed, error.text());
    co_return;
  }
  event(Stage::kBind, Status::kDone, *target, "bound to certificate " + stored_id);
  if (planted("yes_is_done")) co_return finish(target, Outcome::kConfirmed, "planted");
  Promise promise{.stored_id = stored_id, .visible_from = readback_.consistent_from_now()};
  co_await confirm(target, std::move(promise));
}

Task<Result<void>> Deployer::bind(TargetReport* target, std::string stored_id, JournalEntry entry) {
  TargetFacts& facts = target->facts;
  for (unsigned failures = 1;; ++failures) {
    // Its turn may have come minutes after the plan: the gate is asked at the moment of sending.
    facts.now = ports_.clock.now();
    const std::vector<Check> checks = gate_checks(facts);
    if (const Check* closed = first_failed(checks)) {
      Error error = Error(ErrorKind::kRejected, closed->reason.text).with_code(closed->reason.code);
      journal_.settle(std::move(entry), JournalEntry::Outcome::kNotApplied, error.text());
      co_return std::unexpected(std::move(error));
    }
    BindRequest request{.product = facts.id.product,
                        .binding = *facts.binding,
                        .stored_id = stored_id,
                        .bundle = facts.bundle};
    Result<void> sent = co_await attempt(account_.provider->bind(std::move(request)));
    std::string how = "the vendor answered yes";
    bool known_not_applied = true;
    if (!sent && remedy(sent.error().kind) == Remedy::kReadFirst) {
      const std::shared_ptr<const AccountView> view =
          co_await readback_.since(readback_.consistent_from_now());
      const Binding* binding = view->binding(facts.id.product, facts.id.name);
      known_not_applied = !view->error;
      if (!view->error && binding != nullptr && binding->stored_id == stored_id) {
        sent = {};
        how = "its answer was lost or said nothing; the vendor's list shows it";
      }
    }
    if (sent) {
      journal_.settle(std::move(entry), JournalEntry::Outcome::kApplied, std::move(how));
      co_return sent;
    }
    std::optional<milliseconds> wait;
    if (known_not_applied) {
      wait = wait_before_retry(sent.error(), failures, settings_.retry, ports_.random);
    }
    if (!wait) {
      const auto outcome =
          known_not_applied ? JournalEntry::Outcome::kNotApplied : JournalEntry::Outcome::kUnknown;
      journal_.settle(std::move(entry), outcome, sent.error().text());
      co_return sent;
    }
    event(Stage::kBind,
          Status::kProgress,
          *target,
          "again in " + format_duration(*wait) + ": " + sent.error().text());
    slow_down(sent.error(), *wait);
    co_await ports_.sleeper.sleep(*wait);
  }
}

Task<bool> Deployer::broken(const TargetReport* target, Promise promise) {
  const std::shared_ptr<const AccountView> view = co_await readback_.since(promise.visible_from);
  if (view->error) co_return false;  // the edge is the judge in any case
  const TargetId& id = target->facts.id;
  const Binding* binding = view->binding(id.product, id.name);
  co_return binding == nullptr || binding->stored_id != promise.stored_id;
}

namespace {

std::string served_on(const TargetFacts& facts) {
  const std::string& wanted = facts.bundle->fingerprint();
  const auto count = std::ranges::count_if(
      facts.probes, [&](const JudgedProbe& one) { return one.serves(wanted); });
  return "served on " + std::to_string(count) + (count == 1 ? " address" : " addresses");
}

}  // namespace

Task<void> Deployer::look(TargetReport* target) {
  TargetFacts& facts = target->facts;
  Look seen = co_await edge_.look(facts.id.name, facts.binding->edge_name);
  facts.probed = true;
  facts.probes = std::move(seen.probes);
  facts.probe_problem = std::move(seen.problem);
}

void Deployer::slow_down(const Error& error, milliseconds wait) {
  // A vendor may say "too many" inside a 200, where the pace cannot see it.
  if (error.kind == ErrorKind::kThrottled && account_.pace != nullptr) account_.pace->pause(wait);
}

void Deployer::give_up(TargetReport* target,
                       const JournalEntry& entry,
                       Outcome outcome,
                       const std::string& verdict) {
  journal_.settle(entry, JournalEntry::Outcome::kNotApplied, verdict);
  const std::string name = target->facts.id.name;
  finish(target,
         outcome,
         verdict + ". Look with 'certferry probe " + name + "'; 'certferry apply' tries again");
}

Task<void> Deployer::confirm(TargetReport* target, std::optional<Promise> promise) {
  const TargetFacts& facts = target->facts;
  const ConfirmSettings how = confirm_settings(*facts.product, settings_.confirm);
  const JournalEntry entry =
      journal_.entry("confirm", facts.id, facts.certificate, facts.bundle->fingerprint());
  const milliseconds gap = how.rounds > 1 ? how.spread / (how.rounds - 1) : milliseconds(0);
  const SteadyTime began = ports_.clock.steady_now();
  milliseconds wait = milliseconds(500);
  std::string last_said;
  for (unsigned good = 0; good < how.rounds;) {
    co_await look(target);
    // Waiting does not make a route: what can be looked at is confirmed, and the rest is told.
    if (served_everywhere(facts) || served_wherever_routed(facts)) {
      if (++good == how.rounds || planted("one_look")) break;
      const std::string looks = std::to_string(good) + " of " + std::to_string(how.rounds);
      const std::string text = served_on(facts) + " (look " + looks + ")";
      event(Stage::kConfirm, Status::kProgress, *target, text);
      co_await ports_.sleeper.sleep(gap);
      continue;
    }
    good = 0;
    const SteadyTime now = ports_.clock.steady_now();
    const std::string seen = describe_edge(facts);
    const milliseconds left = how.deadline - (now - began);
    if (promise && (now >= promise->visible_from || left <= milliseconds(0))) {
      const bool lied = co_await broken(target, *std::exchange(promise, std::nullopt));
      const std::string words = "the vendor answered yes, but its list shows another certificate; ";
      if (lied) co_return give_up(target, entry, Outcome::kFailed, words + seen);
    }
    if (left <= milliseconds(0)) {
      std::string words = "not served everywhere after " + format_duration(now - began);
      words.append(": ").append(seen);
      co_return give_up(target, entry, Outcome::kUnconfirmed, words);
    }
    if (seen != last_said) event(Stage::kConfirm, Status::kProgress, *target, "waiting: " + seen);
    last_said = seen;
    co_await ports_.sleeper.sleep(std::min(wait, left));
    wait = std::min(wait * 3 / 2, how.retry_interval);
  }
  if (!served_everywhere(facts) && !planted("partly_is_whole")) {
    const std::string words = "partly confirmed, " + served_on(facts) + ", but ";
    co_return give_up(target, entry, Outcome::kUnconfirmed, words + describe_edge(facts));
  }
  const std::string looks =
      how.rounds == 1 ? "once"
                      : count_of(how.rounds, "time") + " over " + format_duration(how.spread);
  const std::string text = served_on(facts) + ", seen " + looks;
  journal_.settle(entry, JournalEntry::Outcome::kApplied, text);
  finish(target, Outcome::kConfirmed, text);
}

}  // namespace certferry
