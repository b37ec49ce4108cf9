// An emulated vendor's API, as whatever stands around it sees it.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
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

 private:
  struct Tally {
    CallCounters counters;
    std::uint64_t replies = 0;  ///< that were given a number
  };
  std::shared_ptr<Tally> tally_;

 protected:
  /// With a `front`, it is another service at the address of that one: all is counted there.
  explicit Api(Api* front = nullptr)
      : tally_(front == nullptr ? std::make_shared<Tally>() : front->tally_) {}

  /// For the id of a reply: most vendors give each of theirs one.
  std::uint64_t next_number() { return ++tally_->replies; }

  CallCounters& counters_ = tally_->counters;
};

}  // namespace certferry::sandbox
