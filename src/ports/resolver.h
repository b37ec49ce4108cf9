#pragma once

#include <string>
#include <vector>

#include "model/probe.h"
#include "ports/task.h"

namespace certferry {

/// All addresses, A and AAAA, that a name has now; sorted, without duplicates, port 443 unless the
/// configuration's `resolve:` gives addresses for the name, which then stand alone.
/// Throws: not_found (`dns.no_address`), unavailable (no server answered), timed_out, cancelled.
class Resolver {
 public:
  virtual ~Resolver() = default;
  virtual Task<std::vector<Address>> resolve(std::string name, milliseconds timeout) = 0;
  /// Whether `resolve:` of the configuration names this name.
  virtual bool overridden(const std::string& name) const = 0;
};

}  // namespace certferry
