#include "engine/upload.h"

#include <algorithm>
#include <utility>

#include "base/planted.h"
#include "engine/attempt.h"
#include "engine/pace.h"
#include "model/label.h"
#include "policy/senseless.h"

namespace certferry {

Uploader::Uploader(const EngineSettings& settings,
                   EnginePorts ports,
                   Journal& journal,
                   AccountWork& work)
    : settings_(settings), ports_(ports), journal_(journal), work_(work) {}

Result<Uploader::Intent> Uploader::new_intent(const TargetFacts& facts) {
  const std::string& fingerprint = facts.bundle->fingerprint();
  UploadRecord record{.account = work_.account.name,
                      .fingerprint = fingerprint,
                      .certificate = facts.certificate,
                      .label = label_for(fingerprint, ports_.random.next()),
                      .state = UploadRecord::State::kIntended,
                      .not_after = facts.bundle->leaf.not_after,
                      .created_at = ports_.clock.now()};
  // The row may have changed in this run; what is gathered goes to the disk before it is read.
  TRY_VOID(journal_.flush());
  TRY(const std::vector<UploadRecord> ledger, journal_.uploads(record.account));
  const auto known = std::ranges::find_if(ledger, [&](const UploadRecord& one) {
    return one.account == record.account && one.fingerprint == fingerprint;
  });
  const TargetId account_wide{record.account, "", ""};
  Intent intent{.record = std::move(record),
                .before = std::nullopt,
                .entry = journal_.entry("upload", account_wide, facts.certificate, fingerprint),
                .lost = facts.upload_unanswered};
  if (known != ledger.end()) {
    // An earlier upload may arrive late still, and is to be known by its label then.
    intent.record.label = known->label;
    // What the list does not show though the vendor has stored it may show later, and is surplus
    // then.
    intent.record.lost = known->lost + (known->state == UploadRecord::State::kStored ? 1U : 0U);
    intent.before = *known;
  }
  return intent;
}

Result<Uploader::Intent> Uploader::intend(const TargetFacts& facts) {
  TRY(Intent intent, new_intent(facts));
  if (planted("upload_unnoted")) return intent;
  TRY_VOID(journal_.intend({.uploads = {intent.record}, .journal = {intent.entry}}));
  return intent;
}

void Uploader::say(Status status,
                   const UploadRecord& record,
                   std::string text,
                   std::optional<Error> error) {
  ports_.events.on_event({.at = ports_.clock.now(),
                          .stage = Stage::kUpload,
                          .status = status,
                          .account = work_.account.name,
                          .certificate = record.certificate,
                          .text = std::move(text),
                          .fingerprint = record.fingerprint,
                          .error = std::move(error)});
}

Task<Result<std::string>> Uploader::store(BundlePtr bundle, Intent intent) {
  const UploadRecord record = intent.record;
  senseless_ = intent.senseless;
  say(Status::kStarted, record, "uploading " + short_fingerprint(record.fingerprint));
  Result<std::string> stored = co_await upload(std::move(bundle), std::move(intent));
  if (stored) {
    say(Status::kDone, record, "stored as certificate " + *stored);
    co_return stored;
  }
  Error error = std::move(stored).error().while_doing("uploading to account " + work_.account.name);
  say(Status::kFailed, record, error.text(), error);
  co_return std::unexpected(std::move(error));
}

Task<Result<std::string>> Uploader::send(BundlePtr bundle, const Intent* intent) {
  const Turnstile::Place place = co_await work_.sending.enter();
  // A list that is being read for somebody else may show it.
  if (intent->lost) co_await work_.readback.settled();
  if (std::optional<Error> clock = work_.clock.problem()) co_return std::unexpected(*clock);
  // Since it was looked for, it may have shown in what was read for others.
  if (const std::optional<std::string> id = keep_arrived(*intent)) co_return *id;
  co_return co_await attempt(
      work_.account.provider->upload(std::move(bundle), intent->record.label));
}

void Uploader::give_up(Intent intent, const Error& error) {
  // One reading does not prove that a lost upload never arrives: the next run looks again.
  if (intent.lost) {
    journal_.note(std::move(intent.record));
    return journal_.settle(std::move(intent.entry), JournalEntry::Outcome::kUnknown, error.text());
  }
  const bool was_stored = intent.before && intent.before->state == UploadRecord::State::kStored;
  if (was_stored) {
    // What it was to stand in for may only be missing in a list that is late, and stays known.
    intent.record = *std::move(intent.before);
  } else {
    // A copy that somebody else stores under our label must not become ours by this intent.
    intent.record.state = UploadRecord::State::kRefused;
  }
  journal_.note(std::move(intent.record));
  journal_.settle(std::move(intent.entry), JournalEntry::Outcome::kNotApplied, error.text());
  // Kept for the next write if it fails.
  static_cast<void>(journal_.flush());
}

Task<bool> Uploader::make_room() {
  if (!work_.make_room) co_return false;
  const SteadyTime refused = ports_.clock.steady_now();
  const Turnstile::Place place = co_await work_.making_room.enter();
  // Who was refused meanwhile has as much of that room as who asked for it.
  if (work_.room_made_at && *work_.room_made_at >= refused) co_return true;
  const bool made = co_await work_.make_room();
  if (made) work_.room_made_at = ports_.clock.steady_now();
  co_return made;
}

void Uploader::keep(Intent intent, const Copy& copy, std::string how) {
  kept_ = true;
  intent.entry.stored_id = copy.id;
  // What somebody else stored is used and not claimed; ours may still arrive.
  const auto outcome =
      copy.ours ? JournalEntry::Outcome::kApplied : JournalEntry::Outcome::kUnknown;
  if (copy.ours) {
    intent.record.state = UploadRecord::State::kStored;
    intent.record.stored_id = copy.id;
  }
  journal_.note(std::move(intent.record));
  journal_.settle(std::move(intent.entry), outcome, std::move(how));
}

std::optional<std::string> Uploader::keep_arrived(const Intent& intent) {
  const std::shared_ptr<const AccountView> view = work_.readback.latest();
  // Of a reading that failed its list of the store may have come; without it nothing is indexed.
  if (!intent.lost) return std::nullopt;
  if (std::optional<std::string> id = view->id_by_label(intent.record.label)) {
    keep(intent, {.id = *id, .ours = true}, "its answer was lost; found in the store by its label");
    return id;
  }
  const auto found = view->id_by_fingerprint.find(intent.record.fingerprint);
  if (found == view->id_by_fingerprint.end()) return std::nullopt;
  keep(intent,
       {.id = found->second, .ours = false},
       "its answer was lost; somebody else stored the same bundle, which is used");
  return found->second;
}

Task<Result<std::string>> Uploader::upload(BundlePtr bundle, Intent intent) {
  bool asked_for_room = false;
  for (unsigned failures = 1;; ++failures) {
    Result<std::string> sent = co_await send(bundle, &intent);
    if (sent && kept_) co_return sent;
    if (sent) {
      answered_ = true;
      keep(std::move(intent), {.id = *sent, .ours = true}, "the vendor answered with its id");
      co_return sent;
    }
    bool known_not_applied = true;
    if (remedy(sent.error().kind) == Remedy::kReadFirst && !planted("blind_repeat")) {
      intent.lost = true;
      ++intent.record.lost;
      const std::shared_ptr<const AccountView> view =
          co_await work_.readback.since(work_.readback.consistent_from_now());
      if (const std::optional<std::string> id = keep_arrived(intent)) co_return *id;
      // What is sent again is counted first: of copies beyond the count none could be claimed
      // later.
      const bool counted = journal_.intend({.uploads = {intent.record}}).has_value();
      known_not_applied = !view->error && counted;
    }
    if (sent.error().kind == ErrorKind::kQuota && !std::exchange(asked_for_room, true)) {
      const bool room = co_await make_room();
      if (room) continue;
    }
    if (makes_no_sense(sent.error())) ++senseless_;
    std::optional<milliseconds> wait;
    if (known_not_applied && senseless_ < kSenselessMost) {
      wait = wait_before_retry(sent.error(), failures, settings_.retry, ports_.random);
    }
    if (!wait) {
      give_up(std::move(intent), sent.error());
      co_return sent;
    }
    slow_down(work_.account, sent.error(), *wait);
    co_await ports_.sleeper.sleep(*wait);
  }
}

}  // namespace certferry
