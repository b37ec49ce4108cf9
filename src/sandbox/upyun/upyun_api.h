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
#include "sandbox/upyun/upyun_calls.h"
#include "sandbox/vendor_api.h"
#include "sandbox/world.h"

namespace certferry::sandbox {

struct UpyunOptions {
  std::string username;
  Secret password;
  milliseconds list_lag{};             ///< lists show the account as it was so long ago
  milliseconds session = minutes(30);  ///< how long one lasts
};

extern template class VendorApi<UpyunRequest, UpyunAnswer, UpyunRefusal>;

/// Lifetime: world and faults outlive it. A fault's endpoint is "login", "upload", "bind",
/// "delete", "buckets", "certificates", "domains" or "domain".
class UpyunApi final : public VendorApi<UpyunRequest, UpyunAnswer, UpyunRefusal> {
 public:
  UpyunApi(UpyunOptions options, World& world, Faults& faults);

 private:
  UpyunRequest read(const Request& request) override;
  std::optional<UpyunRefusal> refuse(const Request& request, const UpyunRequest& call) override;
  UpyunAnswer run(const UpyunRequest& call, milliseconds view_age) override;
  UpyunAnswer pretend(const UpyunRequest& call) override;
  void forget_settings(const UpyunRequest& call) override;
  Reply reply_to(const UpyunRequest& call, const UpyunAnswer& answer) override;
  std::optional<UpyunAnswer> say_instead(const UpyunRequest& call, const Fault& fault) override;

  bool is_logged_in(const Request& request) const;
  UpyunAnswer check_password(const UpyunRequest& call);
  /// The cookies of a new one.
  std::vector<std::pair<std::string, std::string>> begin_session();

  UpyunOptions options_;
  UpyunState state_;
  std::map<std::string, SteadyTime> sessions_;  ///< when each ends
  std::uint64_t next_session_ = 1;
};

}  // namespace certferry::sandbox
