#include "sim/disk.h"

#include <algorithm>

#include "engine/testing/memory_store.h"

namespace certferry::sim {

namespace {

/// Hands on to a store that outlives the process.
class Borrowed final : public StateStore {
 public:
  explicit Borrowed(StateStore& store) : store_(store) {}
  std::vector<UploadRecord> uploads() override { return store_.uploads(); }
  std::vector<TargetRecord> targets() override { return store_.targets(); }
  std::vector<AccountRecord> accounts() override { return store_.accounts(); }
  std::vector<OrphanRecord> orphans() override { return store_.orphans(); }
  std::vector<KeptBundle> kept() override { return store_.kept(); }
  std::vector<JournalEntry> journal(const JournalQuery& query) override {
    return store_.journal(query);
  }
  void commit(const StateChange& change, Durability durability) override {
    store_.commit(change, durability);
  }

 private:
  StateStore& store_;
};

class MemoryDisk final : public Disk {
 public:
  std::unique_ptr<StateStore> open() override { return std::make_unique<Borrowed>(store_); }
  void lose_power() override { store_.lose_power(); }
  void set_full(bool full) override {
    store_.refuses = [full](const StateChange&) { return full; };
  }

 private:
  testing::MemoryStore store_;
};

void append(StateChange& into, const StateChange& change) {
  into.uploads.insert(into.uploads.end(), change.uploads.begin(), change.uploads.end());
  into.journal.insert(into.journal.end(), change.journal.begin(), change.journal.end());
}

}  // namespace

std::unique_ptr<Disk> make_memory_disk() {
  return std::make_unique<MemoryDisk>();
}

bool WatchedStore::Promises::intends(const JournalEntry& call) const {
  return std::ranges::any_of(pending, [&](const auto& row) {
    const JournalEntry& entry = row.second;
    return entry.action == call.action && entry.account == call.account &&
           entry.product == call.product && entry.name == call.name &&
           entry.fingerprint == call.fingerprint && entry.stored_id == call.stored_id;
  });
}

bool WatchedStore::Promises::goes_back(const JournalEntry& call) const {
  return std::ranges::any_of(pending, [&](const auto& row) {
    const JournalEntry& entry = row.second;
    return entry.action == "rollback" && entry.account == call.account && entry.name == call.name &&
           entry.stored_id == call.stored_id;
  });
}

WatchedStore::WatchedStore(Scene& scene, std::unique_ptr<StateStore> inner, Promises& promises)
    : scene_(scene), inner_(std::move(inner)), promises_(promises) {}

std::vector<UploadRecord> WatchedStore::uploads() {
  return inner_->uploads();
}

std::vector<TargetRecord> WatchedStore::targets() {
  return inner_->targets();
}

std::vector<AccountRecord> WatchedStore::accounts() {
  return inner_->accounts();
}

std::vector<OrphanRecord> WatchedStore::orphans() {
  return inner_->orphans();
}

std::vector<KeptBundle> WatchedStore::kept() {
  return inner_->kept();
}

std::vector<JournalEntry> WatchedStore::journal(const JournalQuery& query) {
  return inner_->journal(query);
}

void WatchedStore::commit(const StateChange& change, Durability durability) {
  scene_.require("S16 purity", check_pure(scene_.planning, "write to the store"));
  try {
    inner_->commit(change, durability);
  } catch (const Error&) {
    scene_.hit(Hazard::kDiskFull);
    scene_.note("commit failed");
    throw;
  }
  append(unflushed_, change);
  if (durability == Durability::kOrdered) return;
  keep(std::exchange(unflushed_, {}));
}

void WatchedStore::keep(const StateChange& change) {
  for (const UploadRecord& one : change.uploads) {
    promises_.uploads.insert_or_assign({one.account, one.fingerprint}, one);
  }
  for (const JournalEntry& one : change.journal) {
    const Promises::EntryKey key{one.run, one.number};
    if (one.outcome == JournalEntry::Outcome::kPending) {
      promises_.pending.insert_or_assign(key, one);
    } else {
      promises_.pending.erase(key);
    }
  }
}

Finding check_nothing_forgotten(const WatchedStore::Promises& promises,
                                const std::vector<UploadRecord>& found) {
  for (const auto& [key, promised] : promises.uploads) {
    const auto row = std::ranges::find_if(found, [&](const UploadRecord& one) {
      return one.account == promised.account && one.fingerprint == promised.fingerprint;
    });
    if (row == found.end()) {
      return "the ledger has forgotten an upload to " + promised.account + " that was flushed";
    }
    if (row->state < promised.state) {
      return "the ledger went back to '" + std::string(to_string(row->state)) + "' for " +
             promised.stored_id + " of " + promised.account;
    }
  }
  return std::nullopt;
}

}  // namespace certferry::sim
