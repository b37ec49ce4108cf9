// What the tests of this folder share. Included by tests only.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "base/clock.h"
#include "crypto/throwaway_ca.h"
#include "sandbox/dogecloud_api.h"
#include "sandbox/message.h"
#include "sandbox/pair.h"

namespace certferry::sandbox {

/// Stands still until told to go on, or goes on with every look, as a real one may.
class ManualClock : public Clock {
 public:
  Time now() const override { return Time(hours(24 * 20000)) + look(); }
  SteadyTime steady_now() const override { return SteadyTime(hours(1000)) + look(); }
  mutable milliseconds elapsed{};
  milliseconds a_look{};  ///< what passes with each

 private:
  milliseconds look() const { return elapsed += a_look; }
};

/// The machine's clock, for tests over sockets where handshakes take real time.
class RealClock : public Clock {
 public:
  Time now() const override {
    return std::chrono::floor<milliseconds>(std::chrono::system_clock::now());
  }
  SteadyTime steady_now() const override {
    return std::chrono::floor<milliseconds>(std::chrono::steady_clock::now());
  }
};

inline const ThrowawayCa& test_ca() {
  static const ThrowawayCa kCa(Time(hours(24 * 10000)), Time(hours(24 * 40000)));
  return kCa;
}

inline IssuedLeaf issue(std::vector<std::string> names,
                        LeafRequest::KeyKind key = LeafRequest::KeyKind::kEcdsaP256) {
  return test_ca().issue({.names = std::move(names),
                          .not_before = Time(hours(24 * 19990)),
                          .not_after = Time(hours(24 * 30000)),
                          .key = key});
}

inline UploadedPair pair_for(std::vector<std::string> names) {
  const IssuedLeaf leaf = issue(std::move(names));
  return *read_pair(leaf.chain_pem, leaf.key_pem);
}

inline Credentials test_credentials() {
  return {.access_key = "AKEXAMPLE", .secret_key = Secret("SKEXAMPLE")};
}

/// A signed request with a JSON body.
inline Request signed_request(const std::string& method,
                              const std::string& target,
                              const std::string& body = {},
                              const std::string& content_type = "application/json") {
  return {.method = method,
          .target = target,
          .authorization = token_for(test_credentials(), target, body),
          .content_type = content_type,
          .body = body};
}

inline std::string upload_body(const IssuedLeaf& leaf, const std::string& note) {
  return nlohmann::json{
      {"note", note}, {"cert", leaf.chain_pem}, {"private", std::string(leaf.key_pem.reveal())}}
      .dump();
}

}  // namespace certferry::sandbox
