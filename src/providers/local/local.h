// A server on this machine: files that it reads, and the commands that check and reload it.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "ports/command_runner.h"
#include "ports/provider.h"
#include "providers/local/generations.h"

namespace certferry {

struct LocalConfig {
  std::vector<std::string> names;  ///< canonical; what the server serves with these files
  ServedPaths paths;               ///< "{name}" in one stands for the name, "*." as "_."
  FileAccess access;
  std::vector<std::string> check;   ///< argument vector; empty: nothing is asked
  std::vector<std::string> reload;  ///< the same; empty: the server looks by itself
};

/// Reads the account's fields. Throws invalid_input `provider.field`: a name that is none, no path,
/// a chain without a key or the other way round, an unknown server, owner, group or mode.
LocalConfig read_local_config(const std::map<std::string, Secret>& texts,
                              const std::map<std::string, std::vector<std::string>>& lists);

/// Throws, beside what generations.h names: rejected `local.check` and `local.reload` (the command
/// refused; what was there before is there again), `local.shared` (one file for several names, and
/// the certificate is not for all of them); unsupported for a product that it does not have, and
/// for what takes a store. Nothing here is ever maybe_applied: a disk can be read again.
/// Lifetime: the runner outlives the account.
class Local : public Provider {
 public:
  Local(LocalConfig config, CommandRunner& commands)
      : config_(std::move(config)), commands_(commands) {}

  const ProviderMetadata& metadata() const override;
  Task<std::vector<Binding>> list_bindings(std::string product) override;
  /// Of each name whose files are there. While the server has not been told of a new pair it is the
  /// one before that counts.
  Task<std::vector<StoredCertificate>> list_stored() override;
  Task<std::string> upload(BundlePtr bundle, std::string label) override;
  Task<BindDone> bind(BindRequest request) override;
  Task<void> remove(std::string stored_id) override;

 private:
  Generations place_of(const std::string& name) const;
  void require_for_all(const BindRequest& request) const;
  Task<std::optional<Error>> refusal(std::vector<std::string> arguments, std::string code);
  Task<void> load(Generations* place);

  LocalConfig config_;
  CommandRunner& commands_;
};

}  // namespace certferry
