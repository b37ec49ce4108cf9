// BaishanCloud's answers: which are successes, and what kind of error the others are.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string_view>

#include "providers/common/reply.h"

namespace certferry {

/// What reading an answer needs to know of its call. The text outlives it.
struct BaishanAction {
  enum class What { kAny, kUpload, kDelete };

  std::string_view name;  ///< "POST /v2/domain/config", for people
  Effect effect = Effect::kReads;
  What what = What::kAny;  ///< the same words mean another thing of another call
};

/// The `data` of an answer with code 0; null when it has none.
///
/// Other errors: `reply.*` of json_api.h, `vendor.<kind>` for what the vendor refused or failed at,
/// also where the status says success, and `vendor.permission` (unauthorized). None of them quotes
/// the answer, for each request has the token in its URL, which answers may repeat.
Result<nlohmann::json> read_baishan_reply(const HttpResponse& response,
                                          const BaishanAction& action);

}  // namespace certferry
