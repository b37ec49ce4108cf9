// The machine that the program runs on: its disk, its files, its wires, and the processes on it.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "crypto/pem.h"
#include "engine/engine.h"
#include "sim/disk.h"
#include "sim/edge.h"
#include "sim/files.h"
#include "sim/lock.h"
#include "sim/witness.h"
#include "state/writer_lock.h"

namespace certferry::sim {

/// Judges chains by what is true of them, as OpenSSL would; that it does is for crypto's tests.
class KnowingVerifier final : public ChainVerifier {
 public:
  explicit KnowingVerifier(const Authority& authority) : authority_(authority) {}
  ChainVerdict verify(const std::vector<Certificate>& chain, Time at) const override;

 private:
  const Authority& authority_;
};

/// Reads what was issued here, unchanged, by knowing it, and all else as the program does: parsing
/// keys is what a simulated run would spend most of its time on. If it is to compare, the first
/// that it knows is parsed as well and must be the same; that sound pairs are read so is for
/// crypto's tests.
class KnowingReader {
 public:
  KnowingReader(const Authority& authority, bool compares)
      : authority_(authority), compared_(!compares) {}
  Result<BundlePtr> read(const PemInput& input);

 private:
  const Authority& authority_;
  std::map<const Generation*, BundlePtr> known_;
  bool compared_;
};

/// One call of the program.
struct ProcessPlan {
  enum class Kind { kApply, kPlan, kPutBack } kind = Kind::kApply;
  std::set<std::string> only;  ///< for kPutBack the one target
  bool wait_for_retire = false;
  bool due_only = false;  ///< a timer's run: what failed is left alone until its time comes
  bool insist = false;    ///< a person's: what was parked or put off is tried now
  std::size_t dies_after = VirtualTime::kNever;  ///< so many timers
  /// Dies in this call to the disk instead, if there are such; 0: in none.
  std::size_t dies_in_call = 0;
  bool loses_power = false;  ///< when it dies
};

class Machine {
 public:
  Machine(Scene& scene,
          std::vector<std::unique_ptr<Vendor>>& vendors,
          Edges& edges,
          std::unique_ptr<Disk> disk);

  Files files;
  WatchedStore::Promises promises;
  Witness witness;

  /// Runs the program once; nothing when it died or could not begin.
  std::optional<Report> run(const ProcessPlan& plan);
  Disk& disk() { return *disk_; }
  /// Entries of the journal whose outcome is not known; the program's own words.
  std::vector<JournalEntry> open_journal();

 private:
  struct Parts;
  Task<Report> work(ProcessPlan plan, StateStore* store);
  void die(const ProcessPlan& plan);
  /// Draws what befalls the process that begins.
  void plan_company();
  using Befalling = void (Machine::*)(Chance&);
  void befalls(Hazard hazard, Befalling befalling);
  /// The process is stopped for a while, and the world goes on.
  void pause(Chance& chance);
  /// Somebody starts the program once more.
  void start_second(Chance& chance);
  std::optional<Report> run_with(const ProcessPlan& plan);
  /// Takes the program's lock as the program does; nothing when it is told that somebody has it.
  std::optional<state::WriterLock> take_lock(const std::string& process);

  Scene& scene_;
  std::vector<std::unique_ptr<Vendor>>& vendors_;
  Edges& edges_;
  std::unique_ptr<Disk> disk_;
  std::vector<std::unique_ptr<Wire>> wires_;
  KnowingVerifier verifier_;
  KnowingReader reader_;
  SimulatedLock lock_file_;
  std::optional<state::WriterLock> lock_;  ///< of the process that runs
  bool well_ = false;                      ///< the last run that applied ended, and without trouble
  bool at_work_ = false;                   ///< a process runs, whoever has the lock
  milliseconds paused_{};                  ///< of the process that runs
  Chance random_;
};

/// Where a certificate's pair lies.
std::string folder_of(const CertificatePlan& certificate);

}  // namespace certferry::sim
