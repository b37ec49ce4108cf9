// Looking at the edge: what every address of a name really serves.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "engine/fleet.h"
#include "engine/parallel.h"
#include "policy/plan.h"

namespace certferry {

struct Look {
  std::vector<JudgedProbe> probes;
  Reason problem;  ///< code empty: addresses were found; else why there is nothing to look at
};

/// Probes all addresses of a target, under one limit for the whole run.
class Edge {
 public:
  Edge(const EngineSettings& settings, EnginePorts ports, boost::asio::any_io_executor executor);

  /// Addresses come from the configuration's `resolve:` for the name, else from the vendor's edge
  /// name, else from the name itself in DNS. Never throws but for a bug.
  Task<Look> look(std::string name, std::string edge_name);

 private:
  Task<Result<std::vector<Address>>> addresses(std::string name, std::string edge_name);
  Task<void> probe_one(std::string name, JudgedProbe* into);
  ChainVerdict judge(const std::vector<Certificate>& chain);

  const EngineSettings& settings_;
  EnginePorts ports_;
  Turnstile turnstile_;
  /// A verdict, and when a certificate of its chain begins or ends and it has to be asked again.
  struct Judged {
    ChainVerdict verdict;
    Time until{};
  };

  /// A thousand targets present one chain; verifying costs as much as the handshake.
  std::map<std::string, Judged> verdicts_;
};

}  // namespace certferry
