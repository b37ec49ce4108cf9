// UPYUN's answers: which are successes, and what kind of error the others are.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string_view>

#include "providers/common/reply.h"

namespace certferry {

/// What reading an answer needs to know of its call. The text outlives it.
struct UpyunAction {
  std::string_view name;  ///< "POST /api/https/migrate/domain", for people
  Effect effect = Effect::kReads;
  bool carried_secret = false;  ///< the request had a key or a password: its answer is not quoted
};

/// The `data` of a success, an object.
///
/// Success is HTTP 2xx and JSON whose data names no error; of a change it also says so, by `status`
/// or `result`: without that it is undecided, `reply.shape`. Other errors: `reply.*` of json_api.h,
/// `vendor.<kind>` for what the vendor refused or failed at, and four with a reason of their own:
/// `vendor.session` (unavailable: nothing was done, for nobody is logged in), `vendor.permission`
/// (unauthorized), `vendor.unchanged` (conflict: the domain has this certificate already) and
/// `vendor.changed` (conflict: it has another one, though it was seen without).
Result<nlohmann::json> read_upyun_reply(const HttpResponse& response, const UpyunAction& action);

/// The `data` of a login that was taken. Errors: unauthorized, and as above.
Result<nlohmann::json> read_upyun_login(const HttpResponse& response);

/// Whether the call was not looked at because the session had ended.
bool is_logged_out(const Error& error);
/// Whether a bind was refused because the domain has the certificate already.
bool has_it_already(const Error& error);

}  // namespace certferry
