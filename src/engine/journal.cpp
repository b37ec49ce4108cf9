#include "engine/journal.h"

#include "base/planted.h"

namespace certferry {

Journal::Journal(StateStore& store, Clock& clock, std::string run)
    : store_(store), clock_(clock), run_(std::move(run)) {}

JournalEntry Journal::entry(std::string action,
                            const TargetId& id,
                            std::string certificate,
                            std::string fingerprint) {
  return {.run = run_,
          .number = next_number_++,
          .at = clock_.now(),
          .account = id.account,
          .product = id.product,
          .name = id.name,
          .action = std::move(action),
          .certificate = std::move(certificate),
          .fingerprint = std::move(fingerprint)};
}

Result<std::vector<UploadRecord>> Journal::uploads(const std::string& account) {
  try {
    return store_.uploads(account);
  } catch (Error& error) {
    return std::unexpected(std::move(error).while_doing("reading the state file"));
  }
}

Result<void> Journal::write(const StateChange& change, Durability durability) {
  try {
    store_.commit(change, durability);
    return {};
  } catch (Error& error) {
    return std::unexpected(std::move(error).while_doing("writing the state file"));
  }
}

Result<void> Journal::intend(StateChange intents) {
  // What was gathered goes first, so that an upload's new row is not overwritten by its older one.
  StateChange all = gathered_;
  all.uploads.insert(all.uploads.end(), intents.uploads.begin(), intents.uploads.end());
  all.targets.insert(all.targets.end(), intents.targets.begin(), intents.targets.end());
  all.journal.insert(all.journal.end(), intents.journal.begin(), intents.journal.end());
  all.orphans.insert(all.orphans.end(), intents.orphans.begin(), intents.orphans.end());
  all.kept.insert(all.kept.end(), intents.kept.begin(), intents.kept.end());
  TRY_VOID(write(all, planted("intent_unflushed") ? Durability::kOrdered : Durability::kFlushed));
  gathered_ = {};
  return {};
}

void Journal::settle(JournalEntry entry, JournalEntry::Outcome outcome, std::string detail) {
  entry.outcome = outcome;
  entry.ended_at = clock_.now();
  // What the intent says already, of who asked for it, stays.
  entry.detail = entry.detail.empty() ? std::move(detail) : entry.detail + "; " + detail;
  gathered_.journal.push_back(std::move(entry));
  flush_when_many();
}

void Journal::note(UploadRecord record) {
  gathered_.uploads.push_back(std::move(record));
}

void Journal::note(TargetRecord record) {
  gathered_.targets.push_back(std::move(record));
}

void Journal::note(AccountRecord record) {
  gathered_.accounts.push_back(std::move(record));
}

void Journal::note(OrphanRecord record) {
  gathered_.orphans.push_back(std::move(record));
}

void Journal::flush_when_many() {
  constexpr std::size_t kMany = 100;
  if (gathered_.journal.size() < kMany) return;
  // A failure keeps the rows; the flush that ends the run reports it.
  (void)flush();
}

Result<void> Journal::flush(Durability durability) {
  if (gathered_.empty()) return {};
  TRY_VOID(write(gathered_, durability));
  gathered_ = {};
  return {};
}

}  // namespace certferry
