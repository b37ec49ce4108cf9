// Qiniu's answers: which are successes, and what kind of error the others are.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string_view>

#include "providers/common/reply.h"

namespace certferry {

/// What reading an answer needs to know of its call. The text outlives it.
struct QiniuAction {
  std::string_view name;  ///< "PUT /domain/NAME/httpsconf", for people
  Effect effect = Effect::kReads;
  bool carried_key = false;  ///< the request had a private key, so its answer is not quoted
  bool bare_list = false;    ///< the answer is a list and nothing around it, null for an empty one
};

/// The whole answer of a success: an object, or the list of a call that answers with one.
///
/// Success is HTTP 2xx and JSON without an error, whose code is 0 or 200 where it has one: the
/// answer to an upload is its id alone. Errors: `reply.*` of json_api.h, `vendor.<kind>` for what
/// the vendor refused or failed at, and three with a reason of their own: `vendor.permission`
/// (unauthorized), `vendor.busy` (unavailable: nothing was changed), `vendor.unchanged` (conflict:
/// the domain is set so already).
Result<nlohmann::json> read_qiniu_reply(const HttpResponse& response, const QiniuAction& action);

/// Whether a bind was refused because the domain has these very settings.
bool is_unchanged(const Error& error);

/// Whether the vendor says by a code of its own that the account has no such domain.
bool is_no_domain(const Error& error);

}  // namespace certferry
