// Where the state of the simulated machine is kept, and what becomes of it when it dies.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "ports/state_store.h"
#include "sim/scene.h"

namespace certferry::sim {

/// The disk under the state store. Each process opens the store anew.
class Disk {
 public:
  virtual ~Disk() = default;
  /// Throws Error as the store does.
  virtual std::unique_ptr<StateStore> open() = 0;
  /// Of what was not flushed an arbitrary part is gone. No store is open.
  virtual void lose_power() = 0;
  /// Writes fail from now on, or work again.
  virtual void set_full(bool full) = 0;
};

std::unique_ptr<Disk> make_memory_disk();

/// A store that a process uses, watched: what it was promised to be on the disk is known.
class WatchedStore final : public StateStore {
 public:
  /// What has been promised so far, by all processes.
  struct Promises {
    using UploadKey = std::pair<std::string, std::string>;
    using EntryKey = std::pair<std::string, std::int64_t>;
    std::map<UploadKey, UploadRecord> uploads;
    std::map<EntryKey, JournalEntry> pending;  ///< intents that are on the disk, not yet settled

    /// An intent for just this call.
    bool intends(const JournalEntry& call) const;
    /// An intent to go back; it names the bundle that made the edge worse.
    bool goes_back(const JournalEntry& call) const;
    bool uploaded(const std::string& account, const std::string& fingerprint) const {
      return uploads.contains({account, fingerprint});
    }
  };

  WatchedStore(Scene& scene, std::unique_ptr<StateStore> inner, Promises& promises);

  std::vector<UploadRecord> uploads() override;
  std::vector<TargetRecord> targets() override;
  std::vector<AccountRecord> accounts() override;
  std::vector<OrphanRecord> orphans() override;
  std::vector<KeptBundle> kept() override;
  std::vector<JournalEntry> journal(const JournalQuery& query) override;
  void commit(const StateChange& change, Durability durability) override;

 private:
  void keep(const StateChange& change);

  Scene& scene_;
  std::unique_ptr<StateStore> inner_;
  Promises& promises_;
  StateChange unflushed_;
};

/// S12: what was flushed is there when the store is opened again.
Finding check_nothing_forgotten(const WatchedStore::Promises& promises,
                                const std::vector<UploadRecord>& found);

}  // namespace certferry::sim
