// What every command is told on the command line.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"

namespace certferry::cli {

/// Exit statuses; the same for every command.
inline constexpr int kAllWell = 0;      ///< all confirmed, or nothing to do
inline constexpr int kNotAll = 1;       ///< something failed or is unconfirmed
inline constexpr int kUsage = 2;        ///< usage or configuration; nothing was sent
inline constexpr int kThereIsWork = 3;  ///< plan --exit-code, when apply would do something

enum class LogFormat { kText, kJson };

struct GlobalOptions {
  std::string config = "/etc/certferry/certferry.yaml";
  bool config_given = false;
  bool json = false;
  std::string log_level = "info";
  LogFormat log_format = LogFormat::kText;
};

struct PlanOptions {
  std::vector<std::string> only;
  bool exit_code = false;
};

struct ApplyOptions {
  std::vector<std::string> only;
  bool wait = false;
  bool due = false;
  bool now = false;
};

struct RollbackOptions {
  std::string target;
  bool dry_run = false;
};

struct StatusOptions {
  std::vector<std::string> only;
  bool trouble = false;  ///< only what needs a look
  bool watch = false;
};

struct HistoryOptions {
  std::string target;
  std::size_t limit = 50;
};

struct InitOptions {
  std::string root;                       ///< look below it; empty: this machine's own
  std::vector<std::string> folders;       ///< to look in as well
  std::vector<std::string> certificates;  ///< of those that were found
  std::string provider;
  std::string account;
  std::string endpoint;
  std::vector<std::string> fields;        ///< KEY=VALUE
  std::vector<std::string> secret_files;  ///< KEY=PATH
  std::vector<std::string> domains;       ///< "covered", or exact ones
  std::string state;
  std::string trust;
  bool yes = false;
  bool print = false;
  bool enable = false;
};

struct ProbeOptions {
  std::string host;
  std::string connect;  ///< "address:port"; empty: as DNS or `resolve:` says
  std::uint16_t port = 443;
};

struct SandboxOptions {
  std::string directory;
  std::string product = "dogecloud/cdn";
  std::vector<std::string> domains;
  std::string site = "example.com";
  unsigned edges = 2;
  std::string latency = "20ms";
  std::string propagation = "1s";
  std::uint16_t api_port = 0;
  std::uint16_t control_port = 0;
  std::uint16_t edge_port = 0;
  std::string lifetime = "90d";
  std::int64_t first_id = 10001;
};

struct SimulateOptions {
  std::optional<std::uint64_t> seed;  ///< this one alone
  std::uint64_t from = 1;
  std::uint64_t seeds = 100;
  unsigned jobs = 0;  ///< 0: one a core
  unsigned time_limit = 0;
  bool trace = false;
  bool shrink = false;
  /// Worlds of vendors' products instead: "aliyun/cdn", "aliyun", or "all"; empty: none.
  std::string product;
  std::string plant;    ///< a planted bug to switch on; only in builds that have them
  bool plants = false;  ///< each of them, to see that it is found
  std::vector<std::string> without;
  unsigned targets_max = 40;
  unsigned accounts_max = 3;
  unsigned certificates_max = 4;
  unsigned runs_max = 60;
};

}  // namespace certferry::cli
