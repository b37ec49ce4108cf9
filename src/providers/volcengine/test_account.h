// What the tests of the account and of its products share.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "providers/testing/no_sleep.h"
#include "providers/testing/recording_http.h"
#include "providers/testing/still_clock.h"
#include "providers/volcengine/volcengine.h"

namespace certferry::testing {

struct VolcengineAccountTest : ::testing::Test {
  RecordingHttp http;
  StillClock clock;
  NoSleep sleeper;
  Volcengine account = make();

  Volcengine make(std::string project = "",
                  std::string endpoint = "https://{service}.volcengineapi.com",
                  std::string load_balancer_region = "") {
    return {{.endpoint = std::move(endpoint),
             .load_balancer_region = std::move(load_balancer_region),
             .key = {.id = "AKLTEXAMPLE", .secret = Secret("SKEXAMPLE"), .session_token = {}}},
            std::move(project),
            http,
            clock,
            &sleeper};
  }

  void will_answer(const std::string& result) {
    http.will_answer(200,
                     R"({"ResponseMetadata":{"RequestId":"R-1"})" +
                         (result.empty() ? "" : ",\"Result\":" + result) + "}");
  }
  void will_refuse(const std::string& code) {
    http.will_answer(400,
                     R"({"ResponseMetadata":{"RequestId":"R-1","Error":{"Code":")" + code +
                         R"(","Message":"no"}}})");
  }

  /// What was called, with its body.
  std::vector<std::string> called() const {
    std::vector<std::string> out;
    for (const auto& one : http.sent) {
      const auto action = one.url.find("Action=") + 7;
      out.push_back(one.url.substr(action, one.url.find('&', action) - action) + " " + one.body);
    }
    return out;
  }
  std::vector<std::string> ids_of(const std::vector<Binding>& bindings) const {
    std::vector<std::string> ids;
    for (const Binding& one : bindings) ids.push_back(one.stored_id.value_or("none"));
    return ids;
  }

  static BindRequest bind_request(const std::string& product, const std::string& name) {
    BindRequest request{.product = product, .stored_id = "cert-9f"};
    request.binding.vendor_name = name;
    return request;
  }
};

}  // namespace certferry::testing
