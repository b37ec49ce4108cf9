// What tests of an account at Tencent Cloud share: the account, and answers that it will be given.
#pragma once

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "providers/tencentcloud/tencentcloud.h"
#include "providers/testing/no_sleep.h"
#include "providers/testing/recording_http.h"
#include "providers/testing/still_clock.h"

namespace certferry::testing {

using Json = nlohmann::json;

inline const std::string kFingerprint(64, 'a');

inline BundlePtr bundle_of(KeyType::Algorithm algorithm) {
  auto bundle = std::make_shared<Bundle>();
  bundle->chain_pem = "C\n";
  bundle->key_pem = Secret("K\"");
  bundle->leaf.key.algorithm = algorithm;
  return bundle;
}

struct TencentCloudTest : ::testing::Test {
  RecordingHttp http;
  StillClock clock;
  NoSleep sleeper;
  TencentCloud account = make({});

  TencentCloud make(TencentConfig config) {
    if (config.endpoint.empty()) config.endpoint = "https://{service}.tencentcloudapi.com";
    config.key = {.id = "AKIDEXAMPLE", .secret = Secret("SKEXAMPLE"), .session_token = {}};
    return {std::move(config), http, clock, &sleeper};
  }

  void will_answer(Json members) {
    members["RequestId"] = "R-1";
    http.will_answer(200, Json{{"Response", members}}.dump());
  }
  void will_refuse(const std::string& code) {
    will_answer({{"Error", {{"Code", code}, {"Message", "said so"}}}});
  }
  void will_list_cdn(const std::vector<Json>& domains) {
    will_answer({{"TotalNumber", domains.size()}, {"Domains", domains}});
  }
  void will_list_eo(const std::vector<Json>& domains) {
    will_answer({{"TotalCount", domains.size()}, {"AccelerationDomains", domains}});
  }
  void will_list_zones(const std::vector<std::string>& ids) {
    Json zones = Json::array();
    for (const std::string& id : ids) zones.push_back({{"ZoneId", id}});
    will_answer({{"TotalCount", ids.size()}, {"Zones", zones}});
  }
  /// No product has any domain; or none of those that are asked before WAF, CLB or ssl-deploy.
  void will_list_nothing(bool waf_too = true, bool clb_too = true, bool deploy_too = true) {
    will_list_cdn({});
    will_list_zones({});
    will_answer({{"AllCount", 0}, {"DomainList", nullptr}});
    will_answer({{"TotalCount", 0}, {"DomainSet", Json::array()}});
    if (!waf_too) return;
    will_answer({{"Total", 0}, {"Domains", Json::array()}});
    will_answer({{"TotalCount", 0}, {"InstanceList", nullptr}});
    if (!clb_too) return;
    will_answer({{"TotalCount", 0}, {"LoadBalancerSet", Json::array()}});
    if (!deploy_too) return;
    will_answer({{"TotalCount", 0}, {"InstanceList", Json::array()}});
    for (int region = 0; region < 3; ++region) will_list_environments({});
  }
  /// Of CloudBase, in one region.
  void will_list_environments(const std::vector<std::pair<std::string, std::string>>& all) {
    Json rows = Json::array();
    for (const auto& [id, region] : all) rows.push_back({{"EnvId", id}, {"Region", region}});
    will_answer({{"Total", rows.size()}, {"EnvList", rows}});
  }

  Json body(std::size_t call) const { return Json::parse(http.sent.at(call).body); }
  std::vector<std::string> asked() const {
    std::vector<std::string> out;
    for (const auto& one : http.sent) out.push_back(one.headers.at("X-TC-Action"));
    return out;
  }
  Binding only(const std::string& product) {
    const auto bindings = finish(account.list_bindings(product));
    EXPECT_TRUE(bindings.has_value() && bindings->size() == 1)
        << (bindings ? "" : bindings.error().text());
    return bindings && bindings->size() == 1 ? bindings->front() : Binding();
  }
};

inline BindRequest request_for(const std::string& product,
                               const std::string& name,
                               const std::string& id) {
  BindRequest request{.product = product, .stored_id = id};
  request.binding.vendor_name = name;
  return request;
}

}  // namespace certferry::testing
