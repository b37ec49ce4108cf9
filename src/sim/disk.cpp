#include "sim/disk.h"

#include <algorithm>
#include <set>
#include <utility>

#include "engine/testing/memory_store.h"

namespace certferry::sim {

namespace {

constexpr std::size_t kEverything = 1'000'000;

/// Hands on to a store that outlives the process.
class Borrowed final : public StateStore {
 public:
  explicit Borrowed(StateStore& store) : store_(store) {}
  std::vector<UploadRecord> uploads(const std::string& account) override {
    return store_.uploads(account);
  }
  std::vector<TargetRecord> targets(const std::string& account) override {
    return store_.targets(account);
  }
  std::vector<AccountRecord> accounts() override { return store_.accounts(); }
  std::vector<OrphanRecord> orphans() override { return store_.orphans(); }
  std::vector<KeptBundle> kept() override { return store_.kept(); }
  std::vector<AlertRecord> alerts() override { return store_.alerts(); }
  std::vector<NoticeRecord> notices() override { return store_.notices(); }
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
  std::unique_ptr<StateStore> open_beside() override { return open(); }
  void process_dies(bool power_is_lost) override {
    if (power_is_lost) store_.lose_power();
  }
  bool die_in_call(std::size_t /*nth*/) override { return false; }
  bool died_in_call() const override { return false; }

 protected:
  void strike(Hazard /*trouble*/) override {
    store_.refuses = [](const StateChange&) { return true; };
  }
  void mend() override { store_.refuses = nullptr; }

 private:
  testing::MemoryStore store_;
};

/// A disk that is full for as long as this lives.
class FullForNow {
 public:
  explicit FullForNow(Disk& disk) : disk_(disk) { disk_.begin(Hazard::kDiskFull); }
  FullForNow(const FullForNow&) = delete;
  FullForNow& operator=(const FullForNow&) = delete;
  ~FullForNow() { disk_.end(Hazard::kDiskFull); }

 private:
  Disk& disk_;
};

void append(StateChange& into, const StateChange& change) {
  into.uploads.insert(into.uploads.end(), change.uploads.begin(), change.uploads.end());
  into.journal.insert(into.journal.end(), change.journal.begin(), change.journal.end());
}

}  // namespace

std::unique_ptr<Disk> make_memory_disk() {
  return std::make_unique<MemoryDisk>();
}

void Disk::begin(Hazard trouble) {
  troubles_.push_back(trouble);
  strike(trouble);
}

void Disk::end(Hazard trouble) {
  const auto found = std::ranges::find(troubles_, trouble);
  ASSERT(found != troubles_.end());
  troubles_.erase(found);
  mend();
  for (const Hazard one : troubles_) strike(one);
}

std::optional<Hazard> Disk::trouble() const {
  if (troubles_.empty()) return std::nullopt;
  return troubles_.back();
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

template <typename Work>
auto WatchedStore::attempt(const char* what, Work work) {
  try {
    return work();
  } catch (const Error& error) {
    if (disk_.died_in_call()) {
      scene_.step = Step::kPersist;
      if (scene_.time.is_running() && !scene_.time.is_killed()) scene_.time.kill();
      throw;
    }
    scene_.note(std::string(what) + " failed");
    const bool persisting = std::string_view(what) == "commit";
    const Step step = persisting ? Step::kPersist : Step::kObserve;
    if (const auto trouble = disk_.trouble()) scene_.hit(*trouble, step);
    scene_.require("S12 storage", check_failure(error, disk_.trouble()));
    throw;
  }
}

WatchedStore::WatchedStore(Scene& scene, Disk& disk, Promises& promises)
    : scene_(scene), disk_(disk), promises_(promises) {
  attempt("open", [&] {
    inner_ = disk_.open();
    check_opened();
    return 0;
  });
}

/// What the store says now is what counts: a commit that failed while it was flushed may be there,
/// and so may outcomes that nobody had promised to keep.
void WatchedStore::check_opened() {
  scene_.require("S12 storage", check_nothing_forgotten(promises_, inner_->uploads()));
  std::map<Promises::EntryKey, JournalEntry> found = pending_in(*inner_);
  scene_.require("S12 storage", check_intents_kept(promises_, found, *inner_));
  promises_.pending = std::move(found);
}

std::vector<UploadRecord> WatchedStore::uploads(const std::string& account) {
  return attempt("read", [&] { return inner_->uploads(account); });
}

std::vector<TargetRecord> WatchedStore::targets(const std::string& account) {
  return attempt("read", [&] { return inner_->targets(account); });
}

std::vector<AccountRecord> WatchedStore::accounts() {
  return attempt("read", [&] { return inner_->accounts(); });
}

std::vector<OrphanRecord> WatchedStore::orphans() {
  return attempt("read", [&] { return inner_->orphans(); });
}

std::vector<KeptBundle> WatchedStore::kept() {
  return attempt("read", [&] { return inner_->kept(); });
}

std::vector<AlertRecord> WatchedStore::alerts() {
  return attempt("read", [&] { return inner_->alerts(); });
}

std::vector<NoticeRecord> WatchedStore::notices() {
  return attempt("read", [&] { return inner_->notices(); });
}

std::vector<JournalEntry> WatchedStore::journal(const JournalQuery& query) {
  return attempt("read", [&] { return inner_->journal(query); });
}

void WatchedStore::commit(const StateChange& change, Durability durability) {
  scene_.require("S16 purity", check_pure(scene_.planning, "write to the store"));
  std::optional<FullForNow> full;
  if (scene_.scripted(Hazard::kDiskFull)) full.emplace(disk_);
  try {
    attempt("commit", [&] {
      inner_->commit(change, durability);
      return 0;
    });
  } catch (const Error&) {
    promises_.may_be(change);
    throw;
  }
  append(unflushed_, change);
  if (durability == Durability::kOrdered) return;
  keep(std::exchange(unflushed_, {}));
}

void WatchedStore::Promises::may_be(const StateChange& change) {
  for (const UploadRecord& one : change.uploads) {
    const auto known = uploads.find({one.account, one.fingerprint});
    if (known == uploads.end()) continue;
    known->second.state = std::min(known->second.state, one.state);
  }
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

Finding check_failure(const Error& error, std::optional<Hazard> trouble) {
  if (!trouble) return "the store fails though its disk is sound: " + error.text();
  if (error.kind == ErrorKind::kUnavailable && error.code == "state.io") return std::nullopt;
  return "the store takes its disk's failure for something else: " + error.text();
}

std::map<WatchedStore::Promises::EntryKey, JournalEntry> pending_in(StateStore& store) {
  std::map<WatchedStore::Promises::EntryKey, JournalEntry> found;
  const auto pending = JournalEntry::Outcome::kPending;
  for (JournalEntry& one : store.journal({.outcome = pending, .limit = kEverything})) {
    found.emplace(WatchedStore::Promises::EntryKey{one.run, one.number}, std::move(one));
  }
  return found;
}

Finding check_intents_kept(const WatchedStore::Promises& promises,
                           const std::map<WatchedStore::Promises::EntryKey, JournalEntry>& pending,
                           StateStore& store) {
  const auto is_pending = [&](const auto& one) { return pending.contains(one.first); };
  // To read the whole journal takes long.
  if (std::ranges::all_of(promises.pending, is_pending)) return std::nullopt;
  std::set<WatchedStore::Promises::EntryKey> all;
  for (const JournalEntry& one : store.journal({.limit = kEverything})) {
    all.emplace(one.run, one.number);
  }
  for (const auto& [key, entry] : promises.pending) {
    if (all.contains(key)) continue;
    return "the journal has forgotten the intent of " + entry.action + " at " + entry.account +
           " that was flushed";
  }
  return std::nullopt;
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
