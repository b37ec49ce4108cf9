#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "providers/aliyun/test_support.h"

namespace certferry {
namespace {

using Json = nlohmann::json;
using ::testing::Contains;
using ::testing::ElementsAre;
using testing::finish;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

Json row(const std::string& name, int status = 1, const Json& https = {443}) {
  return {{"Domain", name},
          {"Cname", name + ".yundunwaf.test"},
          {"Status", status},
          {"ListenPorts", {{"Http", {80}}, {"Https", https}}}};
}

/// What a call for one domain answers.
Json detail(const std::string& name, const std::string& certificate, Json listen = Json::object()) {
  listen.update(
      {{"HttpsPorts", {443}}, {"TLSVersion", "tlsv1.2"}, {"CipherSuite", 2}, {"CertId", "77"}});
  Json out = {{"Domain", name},
              {"Listen", listen},
              {"Redirect", {{"BackendList", {"192.0.2.1"}}, {"Loadbalance", "iphash"}}}};
  if (!certificate.empty()) out["CertDetail"] = {{"Id", certificate}, {"Name", "bought"}};
  return out;
}

struct AliyunWafTest : testing::AliyunAccountTest {
  void will_have_instance() { will_say({{"InstanceId", "waf_1"}, {"Status", 1}}); }
  void will_list(const std::vector<Json>& rows) {
    will_say({{"TotalCount", rows.size()}, {"Domains", rows}});
  }
  /// Nothing but domains.
  void will_have_no_more() {
    will_say(Json::object());
    will_say({{"TotalCount", 0}, {"CloudResources", Json::array()}});
  }
  std::map<std::string, Binding> listed() {
    std::map<std::string, Binding> out;
    const auto bindings = finish(account.list_bindings("waf"));
    EXPECT_TRUE(bindings.has_value()) << bindings.error().text();
    for (const Binding& one : bindings.value_or(std::vector<Binding>())) {
      out[one.vendor_name] = one;
    }
    return out;
  }
};

TEST_F(AliyunWafTest, ReadsDomainsWithTheirCertificates) {
  will_have_instance();
  will_list({row("a.example.com"),
             row("*.b.example.com", 3),
             row("c.example.com", 1, Json::array()),
             row("d.example.com", 5),
             row("e.example.com", 9),
             row("f.example.com")});
  will_say(detail("a.example.com", "11-cn-hangzhou"));
  will_say(detail("*.b.example.com", "12-ap-southeast-1"));
  will_say(detail("d.example.com", "13-cn-hangzhou"));
  will_say(detail("e.example.com", "14-cn-hangzhou"));
  will_say(detail("f.example.com", ""));
  will_have_no_more();
  auto seen = listed();
  ASSERT_EQ(seen.size(), 6U);
  EXPECT_EQ(seen["a.example.com"].stored_id, "11");
  EXPECT_EQ(seen["a.example.com"].edge_name, "a.example.com.yundunwaf.test");
  EXPECT_EQ(seen["a.example.com"].settings.at("Listen.TLSVersion"), "\"tlsv1.2\"");
  EXPECT_EQ(seen["a.example.com"].settings.at("Redirect.BackendList"), R"(["192.0.2.1"])");
  EXPECT_FALSE(seen["a.example.com"].settings.contains("Listen.CertId"));
  // Another store's is no id of ours; and one that only Listen names is nobody knows which.
  EXPECT_EQ(seen["*.b.example.com"].stored_id, "12-ap-southeast-1");
  EXPECT_EQ(seen["f.example.com"].stored_id, "unknown in CAS:77");
  for (const char* name : {"a.example.com", "*.b.example.com", "f.example.com"}) {
    EXPECT_TRUE(seen[name].online) << name;
  }
  for (const auto& [name, status] : {std::pair("c.example.com", "offline"),
                                     std::pair("d.example.com", "no longer forwarded by WAF"),
                                     std::pair("e.example.com", "of status 9")}) {
    EXPECT_FALSE(seen[name].online) << name;
    EXPECT_EQ(seen[name].status, status);
  }
  EXPECT_EQ(seen["e.example.com"].stored_id, "14");
  EXPECT_THAT(http.sent.at(0).url, HasSubstr("https://wafopenapi.cn-hangzhou.aliyuncs.com/"));
  EXPECT_EQ(query(1), "InstanceId=waf_1&PageNumber=1&PageSize=50&RegionId=cn-hangzhou");
  EXPECT_EQ(query(2), "Domain=a.example.com&InstanceId=waf_1&RegionId=cn-hangzhou");
}

TEST_F(AliyunWafTest, KeepsNoValueOfTheHeadersThatWafAdds) {
  std::vector<std::string> kept;
  for (const char* value : {"hunter-1", "hunter-1", "hunter-2"}) {
    Json answer = detail("a.example.com", "11-cn-hangzhou");
    answer["Redirect"]["RequestHeaders"] = {{{"Key", "x-from-waf"}, {"Value", value}}};
    will_have_instance();
    will_list({row("a.example.com")});
    will_say(answer);
    will_have_no_more();
    const Binding binding = listed()["a.example.com"];
    for (const auto& [key, setting] : binding.settings) {
      EXPECT_THAT(setting, Not(HasSubstr("hunter"))) << key;
      if (key == "Redirect.RequestHeaders") kept.push_back(setting);
    }
  }
  ASSERT_EQ(kept.size(), 3U);
  EXPECT_EQ(kept[0], kept[1]);
  EXPECT_NE(kept[0], kept[2]);  // a bind that changes them is seen to
}

TEST_F(AliyunWafTest, HasNoDomainsWithoutAnInstance) {
  will_say(Json::object());
  EXPECT_THAT(listed(), IsEmpty());
  will_say({{"InstanceId", "waf_1"}, {"Status", 3}});  // released
  EXPECT_THAT(listed(), IsEmpty());
  will_refuse(400, "ServiceNotOpen");
  EXPECT_THAT(listed(), IsEmpty());
  EXPECT_EQ(http.sent.size(), 3U);
  will_refuse(403, "Forbidden.RAM");
  const auto denied = finish(account.list_bindings("waf"));
  EXPECT_THAT(denied.error().text(), HasSubstr("yundun-waf:DescribeInstance"));
  will_say(Json::object());
  EXPECT_EQ(bind("waf", "a.example.com", "7").error().kind, ErrorKind::kNotFound);
}

TEST_F(AliyunWafTest, ListsWhatHasNoNameUnderItsId) {
  will_have_instance();
  will_list({});
  will_say({{"DefaultHttps", {{"CertId", "21-cn-hangzhou"}}}});
  will_say({{"TotalCount", 3},
            {"CloudResources",
             {{{"ResourceInstanceId", "alb-1"}, {"ResourceProduct", "alb"}},
              {{"ResourceInstanceId", "lb-1"}, {"ResourceProduct", "clb7"}},
              {{"ResourceInstanceId", "lb-1"}, {"ResourceProduct", "clb7"}}}}});
  will_say({{"TotalCount", 1},
            {"AccessPortDetails",
             {{{"CloudResourceId", "lb-1-443-clb7"},
               {"Certificates",
                {{{"CertificateId", "22-cn-hangzhou"}, {"AppliedType", "default"}},
                 {{"CertificateId", "23-cn-hangzhou"}, {"AppliedType", "extension"}}}}}}}});
  const auto bindings = finish(account.list_bindings("waf")).value();
  ASSERT_EQ(bindings.size(), 3U);
  EXPECT_EQ(bindings[0].vendor_name, "waf_1/default");
  EXPECT_EQ(bindings[0].stored_id, "21");
  EXPECT_EQ(bindings[1].vendor_name, "waf_1/lb-1-443-clb7");
  EXPECT_EQ(bindings[1].stored_id, "22");
  EXPECT_EQ(bindings[2].stored_id, "23");
  for (const Binding& one : bindings) EXPECT_FALSE(one.online);
  EXPECT_EQ(query(4),
            "InstanceId=waf_1&PageNumber=1&PageSize=10&RegionId=cn-hangzhou&ResourceInstanceId=lb-1"
            "&ResourceProduct=clb7");
}

TEST_F(AliyunWafTest, BelievesNoBareNumberToBeAnIdInCas) {
  will_have_instance();
  will_list({});
  will_say({{"DefaultHttps", {{"CertId", "21"}}}});
  will_say({{"TotalCount", 1},
            {"CloudResources", {{{"ResourceInstanceId", "lb-1"}, {"ResourceProduct", "clb7"}}}}});
  will_say({{"TotalCount", 1},
            {"AccessPortDetails",
             {{{"CloudResourceId", "lb-1-443-clb7"},
               {"Certificates",
                {{{"CertificateId", "22"}, {"AppliedType", "default"}},
                 {{"CertificateId", "0"}, {"AppliedType", "extension"}}}}}}}});
  const auto bindings = finish(account.list_bindings("waf")).value();
  ASSERT_EQ(bindings.size(), 2U);
  EXPECT_EQ(bindings[0].stored_id, "unknown in CAS:21");
  EXPECT_EQ(bindings[1].stored_id, "unknown in CAS:22");
}

TEST_F(AliyunWafTest, LeavesOutADomainThatIsGoneAndServesNoneThatIsThereTwice) {
  will_have_instance();
  will_list({row("a.example.com"), row("b.example.com"), row("b.example.com")});
  will_refuse(400, "Waf.Pullin.DomainNotExist");
  will_say(detail("b.example.com", "11-cn-hangzhou"));
  will_say(detail("b.example.com", "11-cn-hangzhou"));
  will_have_no_more();
  auto seen = listed();
  ASSERT_EQ(seen.size(), 1U);
  EXPECT_FALSE(seen["b.example.com"].online);
  EXPECT_THAT(seen["b.example.com"].status, HasSubstr("twice"));
  EXPECT_EQ(seen["b.example.com"].stored_id, "11");
}

TEST_F(AliyunWafTest, TakesNoAnswerAboutSomethingElse) {
  for (const Json& answer : {detail("b.example.com", "11-cn-hangzhou"),
                             Json{{"Domain", "a.example.com"}},
                             Json{{"Domain", "a.example.com"}, {"Listen", "x"}}}) {
    will_have_instance();
    will_list({row("a.example.com")});
    will_say(answer);
    EXPECT_EQ(finish(account.list_bindings("waf")).error().code, "reply.shape");
  }
}

TEST_F(AliyunWafTest, TakesHowTlsIsSpokenAlongWithTheCertificate) {
  will_have_instance();
  will_say(detail("*.b.example.com",
                  "11-cn-hangzhou",
                  {{"EnableTLSv3", true}, {"CustomCiphers", {"not", "these"}}}));
  will_answer("");
  const auto done = bind("waf", "*.b.example.com", "7");
  ASSERT_TRUE(done.has_value()) << done.error().text();
  EXPECT_TRUE(done->wrote_settings);
  EXPECT_THAT(actions(),
              ElementsAre("DescribeInstance", "DescribeDomainDetail", "ModifyDomainCert"));
  EXPECT_EQ(query(2),
            "CertId=7-cn-hangzhou&CipherSuite=2&Domain=%2A.b.example.com&EnableTLSv3=true&"
            "InstanceId=waf_1&RegionId=cn-hangzhou&TLSVersion=tlsv1.2");
  EXPECT_TRUE(http.sent.at(2).changes_state);
}

TEST_F(AliyunWafTest, TakesACustomListOfCiphersAlong) {
  will_have_instance();
  Json answer = detail("a.example.com", "11-cn-hangzhou", {{"CustomCiphers", {"ONE", "TWO"}}});
  answer["Listen"]["CipherSuite"] = 99;
  will_say(answer);
  will_answer("");
  ASSERT_TRUE(bind("waf", "a.example.com", "7").has_value());
  EXPECT_THAT(query(2), HasSubstr("CipherSuite=99&CustomCiphers.1=ONE&CustomCiphers.2=TWO&"));
}

TEST_F(AliyunWafTest, BindsNoDomainWithoutAPortOfHttps) {
  will_have_instance();
  Json answer = detail("a.example.com", "");
  answer["Listen"]["HttpsPorts"] = Json::array();
  will_say(answer);
  const Error error = bind("waf", "a.example.com", "7").error();
  EXPECT_EQ(error.kind, ErrorKind::kRejected);
  EXPECT_THAT(error.text(), HasSubstr("a.example.com of WAF"));
  EXPECT_THAT(actions(), Not(Contains("ModifyDomainCert")));
}

}  // namespace
}  // namespace certferry
