// One account at Volcengine or BytePlus: its keys, and one signed call or one list.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "ports/http_client.h"
#include "providers/volcengine/replies.h"
#include "signing/request.h"

namespace certferry {

struct VolcengineConfig {
  /// Without a slash at the end; `{service}` in it stands for the host of the service called.
  std::string endpoint;
  std::string load_balancer_region = {};  ///< empty: cn-beijing
  AccessKey key;
};

struct VolcengineCall {
  VolcengineAction action;
  std::string doing;           ///< becomes the errors' activity
  QueryParameters query = {};  ///< besides action and version
  Secret body = {};            ///< a JSON object, or nothing
};

/// A list in pages, as one service spells it. A GET has its parameters, texts and whole numbers, in
/// the query.
struct VolcengineList {
  VolcengineAction action;
  std::string doing;
  nlohmann::json parameters = nlohmann::json::object();  ///< besides page and size
  std::string_view page;
  std::string_view size;
  unsigned items_a_page = 100;  ///< the most that is known to be let
  std::string_view items;       ///< of Result
  std::string_view count;       ///< of Result
};

/// The array of that name; null stands for none where the list says that it is empty. Error:
/// `reply.shape`.
Result<nlohmann::json> items_of_page(const nlohmann::json& result,
                                     std::string_view name,
                                     std::optional<std::int64_t> count);

/// Throws, beside what HttpClient throws: the kinds named in replies.h and page_walk.h,
/// invalid_input for keys that cannot go into a header.
class VolcengineAccount {
 public:
  VolcengineAccount(VolcengineConfig config, HttpClient& http, const Clock& clock)
      : config_(std::move(config)), http_(http), clock_(clock) {}

  /// The answer's Result.
  Task<nlohmann::json> call(VolcengineCall call);
  /// Every item of every page.
  Task<std::vector<nlohmann::json>> list(VolcengineList list);
  Time now() const { return clock_.now(); }

 private:
  Result<HttpRequest> signed_request(const VolcengineCall& call);
  std::string endpoint_of(const VolcengineService& service) const;

  VolcengineConfig config_;
  HttpClient& http_;
  const Clock& clock_;
};

}  // namespace certferry
