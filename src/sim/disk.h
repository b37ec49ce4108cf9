// Where the state of the simulated machine is kept, and what becomes of it when it dies.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "ports/state_store.h"
#include "sim/scene.h"

namespace certferry::sim {

/// The disk under the state store. Each process opens the store anew, and has closed it before the
/// next one begins.
class Disk {
 public:
  virtual ~Disk() = default;
  /// Throws Error as the store does.
  virtual std::unique_ptr<StateStore> open() = 0;
  /// For reading, while another process may have it open to write.
  virtual std::unique_ptr<StateStore> open_beside() = 0;

  /// The process dies; its store is still to be closed. With the power goes an arbitrary part of
  /// what was not flushed.
  virtual void process_dies(bool power_is_lost) = 0;
  /// The process is to die in the n-th call to the disk from now on that may change something.
  /// False: there are no such calls to die in.
  virtual bool die_in_call(std::size_t nth) = 0;
  /// Whether that call has come: whoever goes on is dead.
  virtual bool died_in_call() const = 0;

  /// A hazard of disks holds from now on, until it ends.
  void begin(Hazard trouble);
  void end(Hazard trouble);
  std::optional<Hazard> trouble() const;

 protected:
  virtual void strike(Hazard trouble) = 0;
  virtual void mend() = 0;

 private:
  std::vector<Hazard> troubles_;
};

std::unique_ptr<Disk> make_memory_disk();
/// What a loss of power leaves is drawn by the scene's seed and `drawn_by`: who dies at one point
/// after another loses something else each time.
std::unique_ptr<Disk> make_sqlite_disk(Scene& scene, std::size_t drawn_by = 0);

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
    /// A commit that failed may be on the disk all the same, or come to be.
    void may_be(const StateChange& change);
    bool uploaded(const std::string& account, const std::string& fingerprint) const {
      return uploads.contains({account, fingerprint});
    }
    /// Noted as confirmed on a later one everywhere.
    bool superseded(const std::string& account, const std::string& fingerprint) const {
      const auto found = uploads.find({account, fingerprint});
      return found != uploads.end() && found->second.superseded_at;
    }
  };

  /// Opens the disk's store: what was promised is still there. Throws Error as the store does.
  WatchedStore(Scene& scene, Disk& disk, Promises& promises);

  using StateStore::targets;
  using StateStore::uploads;
  std::vector<UploadRecord> uploads(const std::string& account) override;
  std::vector<TargetRecord> targets(const std::string& account) override;
  std::vector<AccountRecord> accounts() override;
  std::vector<OrphanRecord> orphans() override;
  std::vector<KeptBundle> kept() override;
  std::vector<AlertRecord> alerts() override;
  std::vector<NoticeRecord> notices() override;
  std::vector<JournalEntry> journal(const JournalQuery& query) override;
  void commit(const StateChange& change, Durability durability) override;

 private:
  template <typename Work>
  auto attempt(const char* what, Work work);
  void keep(const StateChange& change);
  void check_opened();

  Scene& scene_;
  Disk& disk_;
  std::unique_ptr<StateStore> inner_;
  Promises& promises_;
  StateChange unflushed_;
};

/// S12: a store fails only when its disk does, and then says so.
Finding check_failure(const Error& error, std::optional<Hazard> trouble);
std::map<WatchedStore::Promises::EntryKey, JournalEntry> pending_in(StateStore& store);
/// S12: an intent that was flushed is there when the store is opened again: `pending` as was found,
/// or settled.
Finding check_intents_kept(const WatchedStore::Promises& promises,
                           const std::map<WatchedStore::Promises::EntryKey, JournalEntry>& pending,
                           StateStore& store);
/// S12: what was flushed is there when the store is opened again.
Finding check_nothing_forgotten(const WatchedStore::Promises& promises,
                                const std::vector<UploadRecord>& found);

}  // namespace certferry::sim
