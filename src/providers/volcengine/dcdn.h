// The domains of Volcengine's DCDN, and which certificate each is set to.
#pragma once

#include <string>
#include <vector>

#include "ports/provider.h"
#include "providers/volcengine/account.h"

namespace certferry {

/// Lifetime: the account outlives it and its tasks.
class VolcengineDcdn {
 public:
  explicit VolcengineDcdn(VolcengineAccount& account) : account_(account) {}

  Task<std::vector<Binding>> list();
  Task<void> bind(Binding binding, std::string stored_id);

 private:
  VolcengineAccount& account_;
};

}  // namespace certferry
