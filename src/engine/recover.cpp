#include "engine/recover.h"

#include <algorithm>

#include "base/planted.h"

namespace certferry {

namespace {

struct Verdict {
  JournalEntry::Outcome outcome;
  std::string detail;
};

Verdict applied(std::string detail) {
  return {JournalEntry::Outcome::kApplied, std::move(detail)};
}

Verdict not_applied(std::string detail) {
  return {JournalEntry::Outcome::kNotApplied, std::move(detail)};
}

class Recovery {
 public:
  Recovery(std::vector<UploadRecord> uploads, Journal& journal, Time now)
      : uploads_(std::move(uploads)), journal_(journal), now_(now) {}

  Verdict settle_upload(JournalEntry& entry, const AccountView& view) {
    const auto found = view.id_by_fingerprint.find(entry.fingerprint);
    // The row stays intended when it is not there: what arrives late is claimed when it is seen.
    if (found == view.id_by_fingerprint.end()) {
      return not_applied("interrupted; the store does not have it");
    }
    entry.stored_id = found->second;
    return applied("interrupted; found in the store by its label");
  }

  Verdict settle_bind(const JournalEntry& entry, const AccountView& view) {
    const Binding* binding = view.binding(entry.product, entry.name);
    if (binding != nullptr && binding->stored_id == entry.stored_id) {
      return applied("interrupted; the vendor's list shows it");
    }
    return not_applied("interrupted; the vendor's list does not show it");
  }

  Verdict settle_retire(const JournalEntry& entry, const AccountView& view) {
    if (view.stored_by_id(entry.stored_id) != nullptr) {
      return not_applied("interrupted; the store still has it");
    }
    if (UploadRecord* record = find(entry)) {
      record->state = UploadRecord::State::kRetired;
      record->retired_at = now_;
      journal_.note(*record);
    }
    return applied("interrupted; the store no longer has it");
  }

  Verdict settle(JournalEntry& entry, const AccountView& view) {
    if (entry.action == "upload") return settle_upload(entry, view);
    if (entry.action == "bind" || entry.action == "rollback") return settle_bind(entry, view);
    if (entry.action == "retire") return settle_retire(entry, view);
    return not_applied("interrupted");
  }

  /// An upload that we intended and whose answer never came is ours once the store shows it,
  /// whenever that is: our intent stands in the ledger, and the label names the same bundle.
  void claim(const std::map<std::string, AccountView>& accounts) {
    if (planted("no_claim")) return;
    for (UploadRecord& record : uploads_) {
      const auto view = accounts.find(record.account);
      if (record.state != UploadRecord::State::kIntended || view == accounts.end()) continue;
      const auto found = view->second.id_by_fingerprint.find(record.fingerprint);
      if (found == view->second.id_by_fingerprint.end()) continue;
      record.state = UploadRecord::State::kStored;
      record.stored_id = found->second;
      journal_.note(record);
    }
  }

 private:
  UploadRecord* find(const JournalEntry& entry) {
    const auto found = std::ranges::find_if(uploads_, [&](const UploadRecord& one) {
      return one.account == entry.account && one.fingerprint == entry.fingerprint &&
             one.stored_id == entry.stored_id;
    });
    return found == uploads_.end() ? nullptr : &*found;
  }

  std::vector<UploadRecord> uploads_;
  Journal& journal_;
  Time now_;
};

}  // namespace

std::vector<JournalEntry> open_entries(StateStore& store) {
  // More than this means that runs died by the thousand; the rest is settled by the next run.
  constexpr std::size_t kMost = 100'000;
  std::vector<JournalEntry> open =
      store.journal({.outcome = JournalEntry::Outcome::kPending, .limit = kMost});
  const std::vector<JournalEntry> unknown =
      store.journal({.outcome = JournalEntry::Outcome::kUnknown, .limit = kMost});
  open.insert(open.end(), unknown.begin(), unknown.end());
  return open;
}

milliseconds wait_before_observing(const std::vector<JournalEntry>& open,
                                   const Fleet& fleet,
                                   Time now) {
  milliseconds longest{0};
  if (planted("no_wait_after_death")) return longest;
  for (const JournalEntry& entry : open) {
    const auto account = std::ranges::find(fleet.accounts, entry.account, &Account::name);
    if (account == fleet.accounts.end()) continue;
    const milliseconds lag = account->provider->metadata().limits.list_consistency;
    // When a pending call left nobody knows: long after its intent, if it was queued or repeated.
    const bool pending = entry.outcome == JournalEntry::Outcome::kPending;
    const Time sent = pending ? now : entry.ended_at.value_or(now);
    // A clock that was set back must not make this wait for hours: the lag itself is the most.
    longest = std::max(longest, std::min(sent + lag - now, lag));
  }
  return longest;
}

void recover(const std::vector<JournalEntry>& open,
             std::vector<UploadRecord> uploads,
             const Observation& seen,
             Journal& journal,
             Time now) {
  Recovery recovery(std::move(uploads), journal, now);
  recovery.claim(seen.accounts);
  for (JournalEntry entry : open) {
    const auto view = seen.accounts.find(entry.account);
    if (view == seen.accounts.end() || view->second.error) continue;
    const bool listed = entry.product.empty() || view->second.bindings.contains(entry.product);
    if (!listed) continue;
    Verdict verdict = recovery.settle(entry, view->second);
    journal.settle(std::move(entry), verdict.outcome, std::move(verdict.detail));
  }
}

}  // namespace certferry
