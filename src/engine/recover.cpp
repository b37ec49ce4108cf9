#include "engine/recover.h"

#include <algorithm>
#include <utility>

#include "base/planted.h"
#include "model/label.h"

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
  Recovery(std::vector<UploadRecord> uploads,
           std::vector<OrphanRecord> orphans,
           Journal& journal,
           Time now)
      : uploads_(std::move(uploads)), orphans_(std::move(orphans)), journal_(journal), now_(now) {}

  Verdict settle_upload(JournalEntry& entry, const AccountView& view) {
    UploadRecord* record = find_upload(entry);
    if (record != nullptr && entry.outcome == JournalEntry::Outcome::kPending) {
      ++record->lost;  // its answer, with the process that waited for it
      journal_.note(*record);
    }
    const auto id = record == nullptr ? std::nullopt : view.id_by_label(record->label);
    // The row stays intended when it is not there: what arrives late is claimed when it is seen.
    if (!id) return not_applied("interrupted; the store does not have it");
    entry.stored_id = *id;
    return applied("interrupted; found in the store by its label");
  }

  Verdict settle_bind(const JournalEntry& entry, const AccountView& view) {
    const TargetId id{entry.account, entry.product, entry.name};
    if (view.is_set_to(id, entry.stored_id, entry.fingerprint)) {
      return applied("interrupted; the vendor's list shows it");
    }
    return not_applied("interrupted; the vendor's list does not show it");
  }

  Verdict settle_retire(const JournalEntry& entry, const AccountView& view) {
    if (view.stored_by_id(entry.stored_id) != nullptr) {
      return not_applied("interrupted; the store still has it");
    }
    if (OrphanRecord* orphan = find_orphan(entry.account, entry.stored_id)) {
      orphan->removed_at = now_;
      journal_.note(*orphan);
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
  /// whenever that is: our intent stands in the ledger, and the whole label is that of the intent.
  void claim(const std::map<std::string, AccountView>& accounts) {
    if (planted("no_claim")) return;
    for (UploadRecord& record : uploads_) {
      const auto view = accounts.find(record.account);
      if (record.state != UploadRecord::State::kIntended || view == accounts.end()) continue;
      const std::optional<std::string> id = view->second.id_by_label(record.label);
      if (!id) continue;
      record.state = UploadRecord::State::kStored;
      record.stored_id = *id;
      journal_.note(record);
    }
  }

  /// Notes surplus copies: of an upload whose answer was lost and that was sent again, the first
  /// may have been done after all, hours later.
  ///
  /// A label alone gives no right to delete. What makes a copy surely ours is all of this:
  ///  - the ledger has our intent for this bundle at this account, and its label ends in characters
  ///    drawn by chance that were on our disk before anything was sent. Nobody else had them, so
  ///    what carries them came after our intent and from it; another certferry, with a state of its
  ///    own, has other ones. A label without them, of an earlier version, proves nothing.
  ///  - it ends when our bundle ends, as far as the vendor says.
  ///  - an answer of ours was lost for it: there are never more orphans than lost answers. A person
  ///    who stores the same pair again and copies the remark makes one too many, which stays.
  void note_surplus(const std::map<std::string, AccountView>& accounts) {
    for (UploadRecord& record : uploads_) {
      const auto view = accounts.find(record.account);
      const bool taken = record.state == UploadRecord::State::kStored ||
                         record.state == UploadRecord::State::kRetired;
      const bool proves = record.lost > 0 && is_tagged(record.label) && taken;
      if (!proves || view == accounts.end() || view->second.error) continue;
      const auto listed = view->second.ids_by_label.find(record.label);
      if (listed == view->second.ids_by_label.end()) continue;
      if (record.state == UploadRecord::State::kStored) count_another(record, view->second);
      for (const std::string& id : listed->second) {
        if (id != record.stored_id) note_orphan(record, *view->second.stored_by_id(id));
      }
    }
  }

 private:
  /// When the copy that counts is gone, another of ours takes its place, and its rights: one that
  /// is in use if there is one, for an orphan would go before its successor is confirmed.
  void count_another(UploadRecord& record, const AccountView& view) {
    if (view.stored_by_id(record.stored_id) != nullptr) return;
    const std::vector<std::string>& copies = view.ids_by_label.at(record.label);
    const std::vector<Binding> bindings = view.all_bindings();
    const auto used = std::ranges::find_if(copies, [&](const std::string& id) {
      return std::ranges::find(bindings, id, &Binding::stored_id) != bindings.end();
    });
    record.stored_id = used == copies.end() ? copies.front() : *used;
    journal_.note(record);
    if (OrphanRecord* orphan = find_orphan(record.account, record.stored_id)) {
      orphan->removed_at = now_;
      journal_.note(*orphan);
    }
  }

  void note_orphan(const UploadRecord& record, const StoredCertificate& entry) {
    if (find_orphan(record.account, entry.id) != nullptr) return;
    const auto known = std::ranges::count_if(orphans_, [&](const OrphanRecord& one) {
      return one.account == record.account && one.fingerprint == record.fingerprint;
    });
    const bool same_end =
        entry.not_after == Time{} || std::chrono::floor<seconds>(entry.not_after) ==
                                         std::chrono::floor<seconds>(record.not_after);
    if (std::cmp_greater_equal(known, record.lost) || !same_end) return;
    orphans_.push_back({.account = record.account,
                        .stored_id = entry.id,
                        .fingerprint = record.fingerprint,
                        .found_at = now_});
    journal_.note(orphans_.back());
  }

  OrphanRecord* find_orphan(const std::string& account, const std::string& id) {
    const auto found = std::ranges::find_if(orphans_, [&](const OrphanRecord& one) {
      return one.account == account && one.stored_id == id;
    });
    return found == orphans_.end() ? nullptr : &*found;
  }

  UploadRecord* find_upload(const JournalEntry& entry) {
    const auto found = std::ranges::find_if(uploads_, [&](const UploadRecord& one) {
      return one.account == entry.account && one.fingerprint == entry.fingerprint;
    });
    return found == uploads_.end() ? nullptr : &*found;
  }

  UploadRecord* find(const JournalEntry& entry) {
    const auto found = std::ranges::find_if(uploads_, [&](const UploadRecord& one) {
      return one.account == entry.account && one.fingerprint == entry.fingerprint &&
             one.stored_id == entry.stored_id;
    });
    return found == uploads_.end() ? nullptr : &*found;
  }

  std::vector<UploadRecord> uploads_;
  std::vector<OrphanRecord> orphans_;
  Journal& journal_;
  Time now_;
};

}  // namespace

std::vector<JournalEntry> open_entries(StateStore& store, std::size_t most) {
  std::vector<JournalEntry> open =
      store.journal({.outcome = JournalEntry::Outcome::kPending, .limit = most});
  const std::vector<JournalEntry> unknown =
      store.journal({.outcome = JournalEntry::Outcome::kUnknown, .limit = most});
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
             std::vector<OrphanRecord> orphans,
             const Observation& seen,
             Journal& journal,
             Time now) {
  Recovery recovery(std::move(uploads), std::move(orphans), journal, now);
  recovery.claim(seen.accounts);
  for (JournalEntry entry : open) {
    const auto view = seen.accounts.find(entry.account);
    if (view == seen.accounts.end() || view->second.error) continue;
    const bool listed = entry.product.empty() || view->second.bindings.contains(entry.product);
    if (!listed) continue;
    if (entry.action == "bind" && planted("left_open")) continue;
    Verdict verdict = recovery.settle(entry, view->second);
    journal.settle(std::move(entry), verdict.outcome, std::move(verdict.detail));
  }
  recovery.note_surplus(seen.accounts);
}

}  // namespace certferry
