// One account at CTYun: its keys, and one signed call or one list.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "ports/http_client.h"
#include "providers/ctyun/replies.h"
#include "signing/ctyun.h"

namespace certferry {

struct CtyunConfig {
  /// Without a slash at the end; `{service}` in it stands for the service called.
  std::string endpoint;
  AccessKey key;
};

struct CtyunCall {
  CtyunAction action;
  std::string doing;         ///< becomes the errors' activity
  std::string_view service;  ///< the first label of its host: "ctcdn-global"
  QueryParameters query = {};
  std::optional<Secret> body = {};  ///< JSON, which makes the call a POST
};

/// A list in pages, as one call spells it.
struct CtyunList {
  CtyunCall call;
  std::string size;  ///< the parameter that says how long a page is
  unsigned items_a_page;
  std::string_view count;  ///< the member that says how long the list is
};

/// Throws, beside what HttpClient throws: the kinds named in replies.h and page_walk.h,
/// invalid_input for keys that cannot go into a header.
class CtyunAccount {
 public:
  CtyunAccount(CtyunConfig config, HttpClient& http, const Clock& clock, Random& random)
      : config_(std::move(config)), http_(http), clock_(clock), random_(random) {}

  /// The answer's `returnObj`, which may be null.
  Task<nlohmann::json> call(CtyunCall call);
  /// Every item of every page.
  Task<std::vector<nlohmann::json>> list(CtyunList list);

 private:
  Result<HttpRequest> signed_request(const CtyunCall& call);
  Task<Result<nlohmann::json>> send(CtyunCall call);

  CtyunConfig config_;
  HttpClient& http_;
  const Clock& clock_;
  Random& random_;
  CtyunClock clock_there_ = CtyunClock::kBeijing;
  bool clock_is_known_ = false;  ///< a call signed by it was taken
};

}  // namespace certferry
