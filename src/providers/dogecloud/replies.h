// DogeCloud's answers: which are successes, and what kind of error the others are.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "providers/common/reply.h"

namespace certferry {

/// The calls, as far as reading their answers differs.
enum class DogeCloudCall { kList, kUpload, kBind, kDelete };

Effect effect_of(DogeCloudCall call);

/// The `data` of a success; null when it has none.
///
/// Success is HTTP 2xx and JSON and code 200. Without a code (or with 0, which one client takes for
/// success) nothing is decided: `reply.shape`. Other errors: `reply.*` of json_api.h, and
/// `vendor.<kind>` for what the vendor refused or failed at, with its words made fit to be shown.
Result<nlohmann::json> read_dogecloud_reply(const HttpResponse& response, DogeCloudCall call);

/// Whether the answer says that the endpoint does not know the call at all: 404, and not about a
/// domain or a certificate. Error code `vendor.no_such_call`.
bool is_no_such_call(const Error& error);

}  // namespace certferry
