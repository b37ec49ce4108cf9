#include "providers/volcengine/imagex.h"

#include "providers/volcengine/test_account.h"

namespace certferry {
namespace {

using ::testing::ElementsAre;
using testing::finish;
using ::testing::HasSubstr;

struct VolcengineImagexTest : testing::VolcengineAccountTest {
  void will_list_services() {
    will_answer(R"({"Services":[{"ServiceId":"zh1q","DomainInfos":[{"DomainName":"a"}]}]})");
  }
  BindRequest request() const {
    BindRequest request = bind_request("imagex", "a.example.com");
    request.binding.settings = {{"ServiceId", "zh1q"}};
    return request;
  }
};

TEST_F(VolcengineImagexTest, ListsTheDomainsOfEachService) {
  will_answer(R"({"Services":[{"ServiceId":"zh1q"},{"ServiceId":"89 0j","DomainInfos":[]}]})");
  will_answer(R"([
      {"domain":"*.example.com","cname":"c.imagex.example.com","status":"正常","region":"中国大陆",
       "https_config":{"cert_id":"cert-1","enable_http2":true}},
      {"domain":"b.example.com","status":"配置中","https_config":{"cert_id":""},
       "lock_status":{"domain_locked":true}},
      {"domain":"c.example.com","status":"已停用","https_config":null},
      {"domain":"d.example.com","status":"未审核",
       "https_config":{"cert_id":"cert-1","enable_https":false}}])");
  will_answer("");
  const auto bindings = finish(account.list_bindings("imagex")).value();
  EXPECT_THAT(ids_of(bindings), ElementsAre("cert-1", "none", "none", "none"));
  EXPECT_EQ(bindings[0].name, "*.example.com");
  EXPECT_EQ(bindings[0].edge_name, "c.imagex.example.com");
  EXPECT_EQ(bindings[0].status, "online");
  EXPECT_TRUE(bindings[0].online);
  EXPECT_EQ(bindings[0].settings.at("ServiceId"), "zh1q");
  EXPECT_EQ(bindings[0].settings.at("https_config.enable_http2"), "true");
  EXPECT_EQ(bindings[1].status, "configuring, locked");
  EXPECT_TRUE(bindings[1].online);
  EXPECT_EQ(bindings[2].status, "offline");  // which `covered` leaves out
  EXPECT_FALSE(bindings[2].online);
  EXPECT_EQ(bindings[3].status, "未审核");
  EXPECT_FALSE(bindings[3].online);
  ASSERT_EQ(http.sent.size(), 3U);
  for (const auto& sent : http.sent) EXPECT_EQ(sent.method + sent.body, "GET");
  EXPECT_EQ(http.sent.at(0).url,
            "https://imagex.volcengineapi.com/?Action=GetAllImageServices&Version=2018-08-01");
  EXPECT_EQ(http.sent.at(2).url,
            "https://imagex.volcengineapi.com/?Action=GetServiceDomains&ServiceId=89%200j"
            "&Version=2018-08-01");
  EXPECT_THAT(http.sent.at(2).headers.at("Authorization"),
              HasSubstr("/20260102/cn-north-1/imagex/request"));
}

TEST_F(VolcengineImagexTest, TakesNothingOddForNoCertificate) {
  for (const char* services : {"",
                               "[]",
                               R"({"Services":{}})",
                               R"({"Services":[{}]})",
                               R"({"Services":[{"ServiceId":"\u001b"}]})"}) {
    will_answer(services);
    EXPECT_EQ(finish(account.list_bindings("imagex")).error().kind, ErrorKind::kUnavailable)
        << services;
  }
  for (const char* domains : {"",
                              "{}",
                              R"([{"cname":"c"}])",
                              R"([{"domain":"a","https_config":[]}])",
                              R"([{"domain":"a","https_config":{"enable_https":"no"}}])",
                              R"([{"domain":"a","https_config":{"cert_id":["c"]}}])"}) {
    will_list_services();
    will_answer(domains);
    const auto listed = finish(account.list_bindings("imagex"));
    ASSERT_FALSE(listed.has_value()) << domains;
    EXPECT_EQ(listed.error().kind, ErrorKind::kUnavailable) << domains;
    EXPECT_THAT(listed.error().activity, HasSubstr("veImageX's service zh1q")) << domains;
  }
}

TEST_F(VolcengineImagexTest, WritesBackTheHttpsSettingsThatThereAre) {
  will_answer(R"({"domain":"a.example.com","https_config":{"enable_https":true,"cert_id":"cert-1",
      "cert":{"id":"cert-1"},"enable_http2":true,"enable_ocsp":null,"force_https":false,
      "enable_force_redirect":true,"force_redirect_type":"http2https","force_redirect_code":"",
      "hsts":{"enabled":true,"subdomain":"include","ttl":3600},"tls_versions":["tlsv1.3"]}})");
  will_answer("\"ok\"");
  const auto done = finish(account.bind(request()));
  ASSERT_TRUE(done.has_value()) << done.error().text();
  EXPECT_TRUE(done->wrote_settings);
  ASSERT_EQ(http.sent.size(), 2U);
  EXPECT_EQ(http.sent.at(0).method, "GET");
  EXPECT_EQ(http.sent.at(0).url,
            "https://imagex.volcengineapi.com/?Action=GetDomainConfig&DomainName=a.example.com"
            "&ServiceId=zh1q&Version=2018-08-01");
  EXPECT_FALSE(http.sent.at(0).changes_state);
  EXPECT_EQ(http.sent.at(1).method, "POST");
  EXPECT_EQ(http.sent.at(1).url,
            "https://imagex.volcengineapi.com/?Action=UpdateHttps&ServiceId=zh1q"
            "&Version=2018-08-01");
  EXPECT_TRUE(http.sent.at(1).changes_state);
  EXPECT_EQ(http.sent.at(1).body,
            R"({"domain":"a.example.com","https":{"cert_id":"cert-9f",)"
            R"("enable_force_redirect":true,"enable_http2":true,"enable_https":true,)"
            R"("force_redirect_type":"http2https",)"
            R"("hsts":{"enable":true,"enabled":true,"subdomain":"include","ttl":3600},)"
            R"("tls_versions":["tlsv1.3"]}})");
  // Versions of TLS must not be left out, and a domain without HTTPS may have none.
  will_answer(R"({"domain":"a.example.com","https_config":null})");
  will_answer("\"ok\"");
  ASSERT_TRUE(finish(account.bind(request())).has_value());
  EXPECT_EQ(http.sent.back().body,
            R"({"domain":"a.example.com","https":{"cert_id":"cert-9f","enable_https":true,)"
            R"("tls_versions":["tlsv1.2","tlsv1.3"]}})");
}

TEST_F(VolcengineImagexTest, WritesNothingWhileTheSettingsAreNotKnown) {
  for (const char* config : {"", "{}", "[]", R"({"domain":"a.example.com","https_config":[]})"}) {
    will_answer(config);
    EXPECT_EQ(finish(account.bind(request())).error().code, "reply.shape") << config;
  }
  EXPECT_EQ(finish(account.bind(bind_request("imagex", "a.example.com"))).error().kind,
            ErrorKind::kNotFound);
  EXPECT_EQ(http.sent.size(), 4U);
}

}  // namespace
}  // namespace certferry
