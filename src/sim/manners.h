// How a process treats the vendors: whether it is patient, and whether it tries one before all.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>

#include "engine/events.h"
#include "sim/checks.h"
#include "sim/scene.h"

namespace certferry::sim {

/// What one process did so far, as far as the next call hangs on it.
class Manners {
 public:
  explicit Manners(const Scene& scene) : scene_(scene) {}

  void process_begins();
  /// An answer in the hands of the process carried a Retry-After.
  void asked_to_wait(const std::string& account, milliseconds wait);
  void on_event(const Event& event);
  /// An address of the place was seen serving the bundle well.
  void seen_served(const std::string& place, const std::string& fingerprint);

  PatienceFacts patience(const std::string& account) const;
  /// Of a bind of the bundle to the place, which was started, but for how long the others wait.
  /// `may_wait`: whether a place is one of those that may wait for another.
  CanaryFacts canary(const std::string& place,
                     const std::function<bool(const std::string& place)>& may_wait) const;

 private:
  struct Bind {
    std::string account;
    std::string fingerprint;
    SteadyTime started_at{};
    std::optional<SteadyTime> done_at;  ///< none: the vendor has not said yes yet
    bool over = false;                  ///< seen served, or come to an end
  };
  struct Pause {
    SteadyTime since{};
    SteadyTime until{};
  };

  const Scene& scene_;
  std::map<std::string, Pause> pauses_;  ///< by account
  std::map<std::string, Bind> binds_;    ///< by place, the last one
};

}  // namespace certferry::sim
