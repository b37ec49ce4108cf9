// What tests of an account at Alibaba Cloud share: the account, and answers that it will be given.
#pragma once

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/fixed_random.h"
#include "providers/aliyun/aliyun.h"
#include "providers/testing/recording_http.h"
#include "providers/testing/still_clock.h"

namespace certferry::testing {

struct AliyunAccountTest : ::testing::Test {
  RecordingHttp http;
  StillClock clock;
  FixedRandom random{7};
  Aliyun account = make();

  Aliyun make(std::string region = "", std::string clb_region = "", Sleeper* sleeper = nullptr) {
    return {{.endpoint = "https://{service}.aliyuncs.com",
             .region = std::move(region),
             .clb_region = std::move(clb_region),
             .key = {.id = "AKIDEXAMPLE", .secret = Secret("SKEXAMPLE"), .session_token = {}}},
            http,
            clock,
            random,
            sleeper};
  }

  void will_answer(const std::string& members) {
    http.will_answer(200, R"({"RequestId":"R-1")" + (members.empty() ? "" : "," + members) + "}");
  }
  void will_say(nlohmann::json members) {
    members["RequestId"] = "R-1";
    http.will_answer(200, members.dump());
  }
  void will_refuse(int status, const std::string& code) {
    http.will_answer(status, R"({"RequestId":"R-1","Code":")" + code + R"(","Message":"no"})");
  }

  /// The actions that were asked for.
  std::vector<std::string> actions() const {
    std::vector<std::string> out;
    for (const auto& one : http.sent) {
      const auto action = one.headers.find("x-acs-action");
      out.push_back(action == one.headers.end() ? one.url : action->second);
    }
    return out;
  }
  /// The query of a call, still encoded.
  std::string query(std::size_t call) const {
    const std::string& url = http.sent.at(call).url;
    const auto mark = url.find('?');
    return mark == std::string::npos ? "" : url.substr(mark + 1);
  }
  Result<BindDone> bind(const std::string& product,
                        const std::string& name,
                        const std::string& id) {
    BindRequest request{.product = product, .stored_id = id};
    request.binding.vendor_name = name;
    return finish(account.bind(request));
  }
};

}  // namespace certferry::testing
