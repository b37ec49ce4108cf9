// DogeCloud's API as other people's clients have shown it, over a World.
//
// An independent witness for the DogeCloud adapter: the two share no code.
// Where a fact of the vendor is known the sandbox is strict about it; what is
// not known (literal error codes, the HTTP status of failures) is answered in a
// plausible way that no client may rely on. Sources:
// docs.dogecloud.com/cdn/api-access-token, api-cert-*, api-domain-list; the
// clients of certimate, certd and allinssl.
#pragma once

#include <string>
#include <string_view>

#include "base/secret.h"
#include "sandbox/api.h"
#include "sandbox/faults.h"
#include "sandbox/message.h"
#include "sandbox/world.h"

namespace certferry::sandbox {

struct Answer;
struct Call;

struct Credentials {
  std::string access_key;
  Secret secret_key;
};

/// "TOKEN <access key>:<hex HMAC-SHA1 of target, LF, body>".
std::string token_for(const Credentials& credentials,
                      std::string_view target,
                      std::string_view body);

struct ApiOptions {
  Credentials credentials;
  /// Whether a failure's HTTP status repeats the code of its body; else it is
  /// 200.
  bool mirror_status = false;
  /// Lists show the account as it was so long ago.
  milliseconds list_lag{};
  /// So many calls a second, after a burst; what is beyond is answered 429. 0: any number.
  double calls_per_second = 0;
  unsigned burst = 1;
};

/// It is no VendorApi: faults strike what it refuses as well, and it has a limit of calls.
///
/// Lifetime: world and faults outlive it.
class DogeCloudApi final : public Api {
 public:
  DogeCloudApi(ApiOptions options, World& world, Faults& faults);

  Reply handle(const Request& request) override;

 private:
  void count(const Call& call);
  Answer check(const Request& request, const Call& call);
  Answer apply(const Call& call, milliseconds view_age);
  /// Takes a token; how long to wait for one when there is none.
  std::optional<seconds> throttled();
  Answer apply_struck(const Call& call, const Fault& fault);
  Reply reply_to(const Answer& answer) const;
  Reply spoil(const Fault& fault, Reply reply) const;

  ApiOptions options_;
  World& world_;
  Faults& faults_;
  SteadyTime full_at_{};  ///< when the bucket of tokens is full again
};

}  // namespace certferry::sandbox
