// One account at Tencent Cloud: its keys, and one signed call or one list.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "ports/http_client.h"
#include "providers/tencentcloud/replies.h"
#include "signing/request.h"

namespace certferry {

struct TencentConfig {
  /// Without a slash at the end; `{service}` in it stands for the service called.
  std::string endpoint;
  std::string site;             ///< "intl" for an international account; empty: mainland China's
  std::string sub_app;          ///< of VOD: which of the account's applications; may be empty
  std::string waf_region = {};  ///< which of the two that WAF has; empty: mainland China's
  std::string clb_region = {};  ///< of load balancers; empty: ap-guangzhou
  AccessKey key;
};

struct TencentCall {
  TencentAction action;
  std::string doing;           ///< becomes the errors' activity
  Secret body = Secret("{}");  ///< one JSON object
  std::string region = {};     ///< for a service that has some
};

/// A list in pages, as one service spells it.
struct TencentList {
  TencentAction action;
  std::string doing;
  nlohmann::json parameters = nlohmann::json::object();
  /// Where its pages begin: at an item, counted from 0; or, without that, at a page, from 1.
  std::string offset = "Offset";
  std::string page = {};
  std::string size = "Limit";
  unsigned items_a_page = 100;
  std::string count = "TotalCount";
  std::string items;  ///< "Domains"
  std::string region = {};
};

/// Throws, beside what HttpClient throws: the kinds named in replies.h and page_walk.h,
/// invalid_input for keys that cannot go into a header.
class TencentAccount {
 public:
  TencentAccount(TencentConfig config, HttpClient& http, const Clock& clock)
      : config_(std::move(config)), http_(http), clock_(clock) {}

  const TencentConfig& config() const { return config_; }
  Time now() const { return clock_.now(); }
  Task<nlohmann::json> call(TencentCall call);
  /// Every item of every page.
  Task<std::vector<nlohmann::json>> list(TencentList list);

 private:
  Result<HttpRequest> signed_request(const TencentCall& call) const;
  std::string endpoint_of(const TencentService& service) const;

  TencentConfig config_;
  HttpClient& http_;
  const Clock& clock_;
};

/// A request's parameters as the exact bytes to send.
Secret tencent_body(const nlohmann::json& parameters);

}  // namespace certferry
