#include "providers/volcengine/vod.h"

#include "providers/volcengine/test_account.h"

namespace certferry {
namespace {

using ::testing::ElementsAre;
using testing::finish;
using ::testing::HasSubstr;
using Json = nlohmann::json;

struct VolcengineVodTest : testing::VolcengineAccountTest {
  void will_list_spaces() { will_answer(R"([{"SpaceName":"s","Type":"space"}])"); }
  /// `listed` and `rows`: of VOD's list and of CDN's.
  void will_list(int total, const std::string& listed, const std::string& rows) {
    will_answer(R"({"VodInfo":{"Total":)" + std::to_string(total) + R"(,"Domains":[)" + listed +
                R"(]},"DomainInfo":{"Data":[)" + rows + "]}}");
  }
  void will_list_no_more() {
    will_answer(R"({"VodInfo":{"Total":0,"Domains":null}})");
    will_answer("{}");
  }
  void will_say_config(const std::string& https, const std::string& more = "") {
    will_answer(R"({"DomainInfo":{"DomainConfig":{"HTTPS":)" + https + more + "}}}");
  }
  BindRequest request() const {
    BindRequest request = bind_request("vod", "a.example.com");
    request.binding.settings = {{"SpaceName", "s"}, {"DomainType", "vod_image"}};
    return request;
  }
};

std::string row(const std::string& name, const std::string& https, int updated = 1) {
  return R"({"Domain":")" + name + R"(","Cname":"c.volcgslb.com","Status":"online","HTTPS":)" +
         https + R"(,"UpdateTime":)" + std::to_string(updated) + "}";
}

TEST_F(VolcengineVodTest, ListsEachTypeOfEachSpaceAndAsksWhoHasHttps) {
  will_list_spaces();
  will_list(2,
            R"({"Domain":"a.example.com","DomainType":"play"},{"Domain":"b.example.com"})",
            row("a.example.com", "true") + "," + row("b.example.com", "false"));
  will_say_config(R"({"Switch":true,"HTTP2":true,"CertInfo":{"CertId":"cert-1"},
                      "CertCheck":{"Switch":false},"Hsts":null})");
  will_list_no_more();
  const auto bindings = finish(account.list_bindings("vod")).value();
  EXPECT_THAT(ids_of(bindings), ElementsAre("cert-1", "none"));
  EXPECT_EQ(bindings[0].edge_name, "c.volcgslb.com");
  EXPECT_TRUE(bindings[0].online);
  EXPECT_EQ(bindings[0].settings.at("SpaceName"), "s");
  EXPECT_EQ(bindings[0].settings.at("DomainType"), "vod_play");
  EXPECT_EQ(bindings[0].settings.at("HTTPS.HTTP2"), "true");
  EXPECT_EQ(bindings[0].settings.at("HTTPS.CertCheck").size(), 16U);
  EXPECT_FALSE(bindings[0].settings.contains("HTTPS.Hsts"));
  EXPECT_THAT(called(),
              ElementsAre("ListSpace ",
                          R"(ListVodDomains {"DomainType":"vod_play","ListCdnDomainsParam":)"
                          R"({"PageNum":1,"PageSize":100},"SpaceName":"s"})",
                          R"(DescribeVodDomainConfig {"SpaceName":"s","DomainType":"vod_play",)"
                          R"("DescribeCdnDomainParam":{"Domain":"a.example.com"}})",
                          R"(ListVodDomains {"DomainType":"vod_image","ListCdnDomainsParam":)"
                          R"({"PageNum":1,"PageSize":100},"SpaceName":"s"})",
                          R"(ListVodDomains {"DomainType":"third","ListCdnDomainsParam":)"
                          R"({"PageNum":1,"PageSize":100},"SpaceName":"s"})"));
  EXPECT_EQ(http.sent.at(0).method, "GET");
  EXPECT_EQ(http.sent.at(0).url,
            "https://vod.volcengineapi.com/?Action=ListSpace&Version=2021-01-01");
  EXPECT_EQ(http.sent.at(1).method, "POST");
  EXPECT_THAT(http.sent.at(1).headers.at("Authorization"),
              HasSubstr("/20260102/cn-north-1/vod/request"));
}

TEST_F(VolcengineVodTest, AsksAgainOnlyWhenTheRowHasChanged) {
  for (const int updated : {1, 1, 2}) {
    will_list_spaces();
    will_list(1, R"({"Domain":"a.example.com"})", row("a.example.com", "true", updated));
    if (http.sent.size() != 5) {
      will_say_config(R"({"Switch":true,"CertInfo":{"CertId":"cert-1"}})");
    }
    will_list_no_more();
    EXPECT_THAT(ids_of(finish(account.list_bindings("vod")).value()), ElementsAre("cert-1"));
  }
  EXPECT_EQ(http.sent.size(), 14U);
}

TEST_F(VolcengineVodTest, KnowsADomainThatCdnsListLacksByItsConfiguration) {
  will_list_spaces();
  will_list(1, R"({"Domain":"a.example.com"})", row("b.example.com", "false"));
  will_say_config(R"({"Switch":true,"CertInfo":null,"CertInfoList":[{"CertId":"cert-1"}]})",
                  R"(,"Domain":"a.example.com","Cname":"d.volcgslb.com","Status":"offline")");
  will_list_no_more();
  const auto bindings = finish(account.list_bindings("vod")).value();
  EXPECT_THAT(ids_of(bindings), ElementsAre("cert-1"));
  EXPECT_EQ(bindings[0].edge_name, "d.volcgslb.com");
  EXPECT_EQ(bindings[0].status, "offline");
  EXPECT_FALSE(bindings[0].online);
}

TEST_F(VolcengineVodTest, TakesNothingOddForNoCertificate) {
  for (const char* spaces :
       {R"({"Spaces":[]})", R"([{"SpaceName":""}])", R"([7])", R"("none")", "0"}) {
    will_answer(spaces);
    EXPECT_EQ(finish(account.list_bindings("vod")).error().kind, ErrorKind::kUnavailable) << spaces;
  }
  for (const char* list : {R"({"VodInfo":{"Total":1,"Domains":null}})",
                           R"({"VodInfo":{"Domains":[]}})",
                           R"({"VodInfo":{"Total":1,"Domains":[{}]}})",
                           R"({"VodInfo":{"Total":1,"Domains":{"Domain":"a.example.com"}}})",
                           R"({"VodInfo":[]})",
                           R"({"VodInfo":{"Total":0,"Domains":[]},"DomainInfo":{"Data":{}}})"}) {
    will_list_spaces();
    will_answer(list);
    const auto listed = finish(account.list_bindings("vod"));
    ASSERT_FALSE(listed.has_value()) << list;
    EXPECT_EQ(listed.error().kind, ErrorKind::kUnavailable) << list;
    EXPECT_THAT(listed.error().activity, HasSubstr("the domains of space s")) << list;
  }
  for (const char* info : {"{}",
                           R"({"DomainInfo":[]})",
                           R"({"DomainInfo":{"DomainConfig":null}})",
                           R"({"DomainInfo":{"DomainConfig":{"HTTPS":[]}}})",
                           R"({"DomainInfo":{"DomainConfig":{"HTTPS":{"Switch":"on"}}}})",
                           R"({"DomainInfo":{"DomainConfig":{"HTTPS":{"Switch":true,
                               "CertInfo":{"CertId":"\u001b"}}}}})",
                           R"({"DomainInfo":{"DomainConfig":{"HTTPS":{"Switch":true,
                               "CertInfoList":{}}}}})"}) {
    will_list_spaces();
    // What is neither true nor false is asked.
    will_list(1, R"({"Domain":"a.example.com"})", row("a.example.com", "7"));
    will_answer(info);
    const auto listed = finish(account.list_bindings("vod"));
    ASSERT_FALSE(listed.has_value()) << info;
    EXPECT_EQ(listed.error().kind, ErrorKind::kUnavailable) << info;
    EXPECT_THAT(listed.error().activity, HasSubstr("the certificate of a.example.com")) << info;
  }
}

TEST_F(VolcengineVodTest, WritesBackTheHttpsSettingsThatThereAre) {
  will_say_config(
      R"({"Switch":false,"HTTP2":true,"OCSP":null,"TlsVersion":["tlsv1.3"],
          "CertInfo":{"CertId":"cert-1","CertName":"x"},"CertInfoList":[{"CertId":"cert-1"}],
          "Hsts":{"Switch":true,"Ttl":9007199254740993}})");
  will_answer("");
  const auto done = finish(account.bind(request()));
  ASSERT_TRUE(done.has_value()) << done.error().text();
  EXPECT_TRUE(done->wrote_settings);
  EXPECT_THAT(called(),
              ElementsAre(R"(DescribeVodDomainConfig {"SpaceName":"s","DomainType":"vod_image",)"
                          R"("DescribeCdnDomainParam":{"Domain":"a.example.com"}})",
                          R"(UpdateVodDomainConfig {"SpaceName":"s","DomainType":"vod_image",)"
                          R"("UpdateCdnConfigParam":{"Domain":"a.example.com","HTTPS":)"
                          R"({"CertInfo":{"CertId":"cert-9f"},"HTTP2":true,)"
                          R"("Hsts":{"Switch":true,"Ttl":9007199254740993},)"
                          R"("Switch":true,"TlsVersion":["tlsv1.3"]}}})"));
  EXPECT_FALSE(http.sent.at(0).changes_state);
  EXPECT_TRUE(http.sent.at(1).changes_state);
  // Where there are none yet.
  will_say_config("null");
  will_answer("");
  ASSERT_TRUE(finish(account.bind(request())).has_value());
  EXPECT_THAT(called().back(),
              HasSubstr(R"("HTTPS":{"CertInfo":{"CertId":"cert-9f"},"Switch":true})"));
}

TEST_F(VolcengineVodTest, TakesSettingsThatCameWithHttpsForNoChange) {
  const auto now = static_cast<int>(clock.at.time_since_epoch() / seconds(1));
  const auto lists_http2 = [&](int updated) {
    will_list_spaces();
    will_list(1, R"({"Domain":"a.example.com"})", row("a.example.com", "true", updated));
    will_say_config(R"({"Switch":true,"HTTP2":false,"CertInfo":{"CertId":"cert-9f"}})");
    will_list_no_more();
    return finish(account.list_bindings("vod")).value().at(0).settings.contains("HTTPS.HTTP2");
  };
  EXPECT_TRUE(lists_http2(now));
  will_say_config(R"({"Switch":false})");
  will_answer("");
  ASSERT_TRUE(finish(account.bind(request())).has_value());
  EXPECT_FALSE(lists_http2(now));
  EXPECT_TRUE(lists_http2(now - 61));  // the row says that all this is over
  EXPECT_TRUE(lists_http2(now));
}

TEST_F(VolcengineVodTest, WritesNothingThatWouldLoseASecondCertificate) {
  will_say_config(R"({"Switch":true,"CertInfoList":[{"CertId":"x"},{"CertId":"y"}]})");
  EXPECT_EQ(finish(account.bind(request())).error().code, "vendor.two_certificates");
  // Nor while it cannot be known whether there is one.
  will_answer("{}");
  EXPECT_EQ(finish(account.bind(request())).error().kind, ErrorKind::kUnavailable);
  // Nor to a domain of no known space.
  EXPECT_EQ(finish(account.bind(bind_request("vod", "a.example.com"))).error().kind,
            ErrorKind::kNotFound);
  EXPECT_EQ(http.sent.size(), 2U);
}

}  // namespace
}  // namespace certferry
