// UPYUN's console, over a World.
//
// An independent witness for the adapter: the two share no code. It is strict about sessions,
// pages, keys, and which call binds which domain; codes are those that clients look for where they
// are known. Sources: the documents that providers/upyun/metadata.cpp names, clients' samples.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "base/secret.h"
#include "sandbox/api.h"
#include "sandbox/faults.h"
#include "sandbox/upyun/upyun_calls.h"
#include "sandbox/world.h"

namespace certferry::sandbox {

struct UpyunOptions {
  std::string username;
  Secret password;
  milliseconds list_lag{};             ///< lists show the account as it was so long ago
  milliseconds session = minutes(30);  ///< how long one lasts
};

/// Lifetime: world and faults outlive it. A fault's endpoint is "login", "upload", "bind",
/// "delete", "buckets", "certificates", "domains" or "domain".
class UpyunApi final : public Api {
 public:
  UpyunApi(UpyunOptions options, World& world, Faults& faults);

  Reply handle(const Request& request) override;

 private:
  void count(const UpyunRequest& call);
  Reply log_in(const UpyunRequest& call);
  bool is_logged_in(const Request& request) const;
  UpyunAnswer run(const UpyunRequest& call, milliseconds view_age);
  UpyunAnswer apply(const UpyunRequest& call, const Fault& fault);

  UpyunOptions options_;
  World& world_;
  Faults& faults_;
  UpyunState state_;
  std::map<std::string, SteadyTime> sessions_;  ///< when each ends
  std::uint64_t next_session_ = 1;
};

}  // namespace certferry::sandbox
