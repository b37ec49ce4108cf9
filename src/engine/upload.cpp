#include "engine/upload.h"

#include "base/planted.h"
#include "engine/attempt.h"
#include "engine/pace.h"
#include "model/label.h"

namespace certferry {

Uploader::Uploader(const EngineSettings& settings,
                   EnginePorts ports,
                   Journal& journal,
                   AccountWork& work)
    : settings_(settings), ports_(ports), journal_(journal), work_(work) {}

Result<Uploader::Intent> Uploader::intend(const TargetFacts& facts) {
  const std::string& fingerprint = facts.bundle->fingerprint();
  const TargetId account_wide{work_.account.name, "", ""};
  Intent intent{.record = {.account = work_.account.name,
                           .fingerprint = fingerprint,
                           .certificate = facts.certificate,
                           .label = label_for(fingerprint),
                           .state = UploadRecord::State::kIntended,
                           .not_after = facts.bundle->leaf.not_after,
                           .created_at = ports_.clock.now()},
                .entry = journal_.entry("upload", account_wide, facts.certificate, fingerprint),
                .lost = facts.upload_unanswered};
  if (planted("upload_unnoted")) return intent;
  TRY_VOID(journal_.intend({.uploads = {intent.record}, .journal = {intent.entry}}));
  return intent;
}

void Uploader::say(Status status, const UploadRecord& record, std::string text) {
  ports_.events.on_event({.at = ports_.clock.now(),
                          .stage = Stage::kUpload,
                          .status = status,
                          .account = work_.account.name,
                          .certificate = record.certificate,
                          .text = std::move(text)});
}

Task<Result<std::string>> Uploader::store(BundlePtr bundle, Intent intent) {
  const UploadRecord record = intent.record;
  say(Status::kStarted, record, "uploading " + short_fingerprint(record.fingerprint));
  Result<std::string> stored = co_await upload(std::move(bundle), std::move(intent));
  if (stored) {
    say(Status::kDone, record, "stored as certificate " + *stored);
    co_return stored;
  }
  Error error = std::move(stored).error().while_doing("uploading to account " + work_.account.name);
  say(Status::kFailed, record, error.text());
  co_return std::unexpected(std::move(error));
}

Task<Result<std::string>> Uploader::send(BundlePtr bundle, std::string label) {
  const Turnstile::Place place = co_await work_.sending.enter();
  if (std::optional<Error> clock = work_.clock.problem()) co_return std::unexpected(*clock);
  co_return co_await attempt(work_.account.provider->upload(std::move(bundle), std::move(label)));
}

void Uploader::give_up(Intent intent, const Error& error) {
  // One reading does not prove that a lost upload never arrives: the next run looks again.
  if (intent.lost) {
    return journal_.settle(std::move(intent.entry), JournalEntry::Outcome::kUnknown, error.text());
  }
  // A copy that somebody else stores under our label must not become ours by this intent.
  intent.record.state = UploadRecord::State::kRefused;
  journal_.note(std::move(intent.record));
  journal_.settle(std::move(intent.entry), JournalEntry::Outcome::kNotApplied, error.text());
  // Kept for the next write if it fails.
  static_cast<void>(journal_.flush());
}

Task<Result<std::string>> Uploader::upload(BundlePtr bundle, Intent intent) {
  for (unsigned failures = 1;; ++failures) {
    Result<std::string> sent = co_await send(bundle, intent.record.label);
    std::string how = "the vendor answered with its id";
    bool known_not_applied = true;
    if (!sent && remedy(sent.error().kind) == Remedy::kReadFirst && !planted("blind_repeat")) {
      intent.lost = true;
      Result<std::optional<std::string>> found = co_await find_stored(bundle->fingerprint());
      known_not_applied = found.has_value();
      if (found && *found) {
        sent = **found;
        how = "its answer was lost; found in the store by its label";
      }
    }
    if (sent) {
      intent.record.state = UploadRecord::State::kStored;
      intent.record.stored_id = *sent;
      intent.entry.stored_id = *sent;
      journal_.note(std::move(intent.record));
      journal_.settle(std::move(intent.entry), JournalEntry::Outcome::kApplied, std::move(how));
      co_return sent;
    }
    std::optional<milliseconds> wait;
    if (known_not_applied) {
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

Task<Result<std::optional<std::string>>> Uploader::find_stored(std::string fingerprint) {
  const std::shared_ptr<const AccountView> view =
      co_await work_.readback.since(work_.readback.consistent_from_now());
  if (view->error) co_return std::unexpected(*view->error);
  const auto found = view->id_by_fingerprint.find(fingerprint);
  if (found == view->id_by_fingerprint.end()) co_return std::optional<std::string>();
  co_return std::optional<std::string>(found->second);
}

}  // namespace certferry
