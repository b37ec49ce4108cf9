// The playback domains of JD Cloud's Live Video, and which certificate each holds.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "ports/provider.h"
#include "providers/jdcloud/account.h"

namespace certferry {

/// Lifetime: the account outlives it and its tasks.
class JdcloudLive {
 public:
  explicit JdcloudLive(JdcloudAccount& account) : account_(account) {}

  Task<std::vector<Binding>> list();
  /// Throws also: not_found when the bundle is not here; rejected when it is too long for Live.
  Task<void> bind(BindRequest request);

 private:
  /// Push domains, each with the domains that play what it takes.
  Task<std::vector<nlohmann::json>> list_groups(std::string doing);
  Task<std::optional<std::string>> ask(std::string vendor_name);

  JdcloudAccount& account_;
};

}  // namespace certferry
