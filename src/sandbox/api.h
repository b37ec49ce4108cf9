// An emulated vendor's API, as whatever stands around it sees it.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "sandbox/message.h"

namespace certferry::sandbox {

struct CallCounters {
  std::map<std::string, std::uint64_t> by_endpoint;  ///< known endpoints only
  std::uint64_t unknown = 0;
  std::uint64_t unauthorized = 0;
  std::uint64_t changing = 0;  ///< calls of endpoints that change something, whatever came of them
  std::uint64_t applied = 0;   ///< changes that were really made
};

class Api {
 public:
  virtual ~Api() = default;
  virtual Reply handle(const Request& request) = 0;
  const CallCounters& counters() const { return counters_; }
  void reset_counters() { counters_ = {}; }

 protected:
  CallCounters counters_;
};

}  // namespace certferry::sandbox
