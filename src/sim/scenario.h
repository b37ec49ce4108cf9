// One simulated world as it is drawn from a seed: who is there, and what may go wrong.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "model/probe.h"
#include "model/target.h"
#include "sim/files.h"
#include "sim/hazards.h"

namespace certferry::sim {

struct AddressPlan {
  Address address;
  milliseconds propagation{};
};

struct AccountPlan {
  std::string name;
  std::vector<AddressPlan> addresses;
  milliseconds latency_low{};
  milliseconds latency_high{};
  double calls_per_second = 0;  ///< the vendor's limit; 0: none
  milliseconds list_lag{};
  std::size_t quota = 0;
  std::int64_t first_id = 10001;
};

struct DomainPlan {
  std::string account;
  std::string name;
  /// Who issued what it serves at the beginning.
  enum class Start { kNothing, kOld, kForeign } start = Start::kNothing;
};

struct CertificatePlan {
  std::string name;
  std::vector<std::string> names;  ///< in the certificate
  std::vector<TargetSelector> to;
  bool from_panel = false;
  Writing writing = Writing::kBothAtOnce;
  milliseconds lifetime{};
  milliseconds renewed_every{};
};

/// What keeps the program's state.
enum class StoreKind {
  kMemory,  ///< a stand-in: quick, and loses just what was not flushed
  kSqlite,  ///< the program's own store, on a simulated disk
};
std::string_view to_string(StoreKind kind);

/// What stays broken when everything else has healed.
enum class Lasting { kNothing, kAccountRefused, kAddressUnreachable };

struct Scenario {
  std::uint64_t seed = 0;
  HazardRates rates;
  std::vector<AccountPlan> accounts;
  std::vector<CertificatePlan> certificates;
  std::vector<DomainPlan> domains;
  unsigned runs = 10;  ///< of the tool, while things go wrong
  /// When they begin, all plain ones; empty: as is drawn.
  std::vector<milliseconds> run_times{};
  milliseconds duration{};   ///< of that time
  ConfirmOverrides confirm;  ///< as configured
  milliseconds retire_after = hours(24);
  Lasting lasting = Lasting::kNothing;
  StoreKind store = StoreKind::kMemory;
};

/// What to leave out of what a seed draws; a failure is shrunk by leaving out ever more.
struct Without {
  std::vector<Hazard> hazards;
  unsigned targets_max = 40;
  unsigned accounts_max = 3;
  unsigned certificates_max = 4;
  unsigned runs_max = 60;

  /// As options of the command line, each after a blank; empty when nothing is left out.
  std::string options() const;
};

Scenario draw_scenario(std::uint64_t seed, const Without& without = {});

/// For people: what was drawn, in a few lines.
std::string describe(const Scenario& scenario);

}  // namespace certferry::sim
