// The domains of the services of Volcengine's veImageX, and which certificate each is set to.
#pragma once

#include <string>
#include <vector>

#include "ports/provider.h"
#include "providers/volcengine/account.h"

namespace certferry {

/// Lifetime: the account outlives it and its tasks.
class VolcengineImagex {
 public:
  explicit VolcengineImagex(VolcengineAccount& account) : account_(account) {}

  Task<std::vector<Binding>> list();
  /// Reads the domain's HTTPS settings before, and sends all of them along.
  Task<void> bind(Binding binding, std::string stored_id);

 private:
  Task<std::vector<nlohmann::json>> list_services();
  Task<std::vector<Binding>> list_service(nlohmann::json service);

  VolcengineAccount& account_;
};

}  // namespace certferry
