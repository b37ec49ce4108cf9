// The configuration as typed settings. parse.h makes it from YAML, the command line wires it up.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/time.h"
#include "model/notice.h"
#include "model/probe.h"
#include "model/target.h"

namespace certferry {

/// Where in the configuration file something stands; both count from 1.
struct Position {
  int line = 0;
  int column = 0;
};

/// Where a secret is to be fetched; the secret itself is never in the file.
struct SecretReference {
  enum class Kind {
    kEnvironment,  ///< { env: NAME }
    kFile,         ///< { file: /path }: owner only, mode 0600 or 0400
    kCredential,   ///< { credential: name }: $CREDENTIALS_DIRECTORY/name (systemd)
    kCommand,      ///< { command: [argv...] }: its standard output without the last line end
  };
  Kind kind = Kind::kEnvironment;
  std::vector<std::string> value;  ///< one element, or the argument vector
  Position at;
};

/// Unset members leave the vendor's default in force.
struct PaceSettings {
  std::optional<double> calls_per_second;
  std::optional<unsigned> burst;
  std::optional<unsigned> max_in_flight;
};

struct AccountSettings {
  std::string name;
  std::string provider;
  std::map<std::string, std::string> fields;       ///< the provider's fields that are not secret
  std::map<std::string, SecretReference> secrets;  ///< the provider's fields, by reference
  std::map<std::string, std::vector<std::string>> lists = {};  ///< those that are several texts
  std::string endpoint;                                        ///< empty: the provider's own
  std::string proxy;                                           ///< empty: from the environment
  PaceSettings pace;
  Position at;
};

struct SourceSettings {
  std::string kind;                                ///< "files", "1panel"
  std::map<std::string, std::string> fields;       ///< those that are not secret
  std::map<std::string, SecretReference> secrets;  ///< by reference
  std::map<std::string, std::vector<std::string>> lists = {};
  Position at;
};

struct CertificateSettings {
  std::string name;
  SourceSettings from;
  std::vector<TargetSelector> to;
  std::vector<Position> to_at;  ///< of each element of `to`
  Position at;
};

/// One way to send notices.
struct ChannelSettings {
  std::string kind;                                ///< "telegram"
  std::string name;                                ///< the kind, unless it says another
  std::map<std::string, std::string> fields;       ///< those that are not secret
  std::map<std::string, SecretReference> secrets;  ///< by reference
  std::set<NoticeLevel> levels;                    ///< empty: all
  std::set<NoticeTopic> topics;                    ///< empty: all
  std::optional<bool> fallback;                    ///< only what no other channel took
  milliseconds timeout = seconds(10);              ///< of one try
  std::string proxy;                               ///< empty: from the environment
  Position at;
};

/// How a process that stays tells others how it does; nothing unless asked for.
struct HealthSettings {
  std::optional<Address> listen;              ///< where figures are served
  std::optional<SecretReference> heartbeat;   ///< an address that is called after healthy rounds
  milliseconds heartbeat_every = minutes(5);  ///< at most
};

struct Settings {
  std::string state_path = "/var/lib/certferry/state.db";
  std::string trust_path;  ///< PEM file of roots beside the system's; empty: none
  ConfirmOverrides confirm;
  milliseconds retire_after = hours(24);
  /// Addresses to probe instead of what DNS says; by canonical name, of a target or of an edge.
  std::map<std::string, std::vector<Address>> resolve;
  HealthSettings health;
  std::vector<AccountSettings> accounts;          ///< in the file's order
  std::vector<CertificateSettings> certificates;  ///< in the file's order
  std::vector<ChannelSettings> channels;          ///< of `notify:`, in the file's order
};

}  // namespace certferry
