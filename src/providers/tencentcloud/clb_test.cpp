#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

#include "model/label.h"
#include "providers/tencentcloud/test_support.h"

namespace certferry {
namespace {

using testing::bundle_of;
using ::testing::Contains;
using ::testing::ElementsAre;
using testing::finish;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::kFingerprint;
using ::testing::Not;
using testing::request_for;
using Json = nlohmann::json;

constexpr auto kRsa = KeyType::Algorithm::kRsa;
constexpr auto kEcdsa = KeyType::Algorithm::kEcdsa;

Json certificate(const std::string& id, const std::vector<std::string>& more = {}) {
  return {{"SSLMode", "UNIDIRECTIONAL"},
          {"SSLVerifyClient", ""},
          {"CertId", id},
          {"CertCaId", ""},
          {"ExtCertIds", more}};
}

Json mutual(const std::string& id, const std::string& client_ca = "ca") {
  Json out = certificate(id);
  out["SSLMode"] = "MUTUAL";
  out["SSLVerifyClient"] = "OPTIONAL";
  out["CertCaId"] = client_ca;
  return out;
}

Json rule(const std::string& domain, const Json& block = nullptr) {
  return {{"LocationId", "loc-1"}, {"Domain", domain}, {"Url", "/"}, {"Certificate", block}};
}

Json listener(const std::string& id, const std::vector<Json>& rules, const Json& block = nullptr) {
  return {{"ListenerId", id},
          {"Protocol", "HTTPS"},
          {"SniSwitch", block.is_null() ? 1 : 0},
          {"Certificate", block},
          {"Rules", rules}};
}

struct TencentClbTest : testing::TencentCloudTest {
  void will_list_balancers(const std::vector<Json>& balancers) {
    will_answer({{"TotalCount", balancers.size()}, {"LoadBalancerSet", balancers}});
  }
  void will_list(const std::vector<Json>& listeners) {
    will_answer({{"TotalCount", listeners.size()}, {"Listeners", listeners}});
  }
  /// Of certificates with their labels and keys.
  void will_know(const std::vector<std::array<std::string, 3>>& stored) {
    Json all = Json::array();
    for (const auto& [id, label, key] : stored) {
      all.push_back({{"CertificateId", id}, {"Alias", label}, {"EncryptAlgorithm", key}});
    }
    will_answer({{"TotalCount", all.size()}, {"Certificates", all}});
  }
  /// That the account has one listener, and that it is the same right before a bind.
  void will_have(const Json& one) {
    will_list_balancers({{{"LoadBalancerId", "lb-1"}}});
    will_list({one});
    will_list({one});
  }
  void will_say_of_task(int status) { will_answer({{"Status", status}, {"Message", "no way"}}); }
  Result<BindDone> bind(KeyType::Algorithm key = kEcdsa) {
    BindRequest request = request_for("clb", "a.example.com", "new");
    auto bundle = std::make_shared<Bundle>(*bundle_of(key));
    bundle->leaf.dns_names = {"a.example.com", "b.example.com"};
    request.bundle = bundle;
    return finish(account.bind(request));
  }
};

TEST_F(TencentClbTest, ReadsDomainsOfListenersWithSniAndWithout) {
  Json classes = listener("lbl-3", {}, certificate("four"));
  classes["Protocol"] = "TCP_SSL";
  Json plain = listener("lbl-0", {rule("http.example.com")});
  plain["Protocol"] = "HTTP";
  Json several = rule("e.example.com", certificate("five"));
  several["Domains"] = {"e.example.com", "F.example.com"};
  will_list_balancers({{{"LoadBalancerId", "lb-1"}, {"Status", 1}},
                       {{"LoadBalancerId", "lb-2"}, {"Isolation", 1}},
                       {{"LoadBalancerId", "lb-3"}, {"AttributeFlags", {"WafFlag", "Stop"}}}});
  will_list({plain,
             listener("lbl-1",
                      {rule("a.example.com", certificate("one")),
                       rule("a.example.com", certificate("one")),  // of another path
                       rule("*.b.example.com", certificate("two")),
                       rule("~^c", certificate("three")),
                       several}),
             listener("lbl-2", {rule("x.example.com"), rule("y.example.com")}, certificate("all")),
             classes});
  will_list({listener("lbl-9", {rule("gone.example.com", certificate("nine"))})});
  will_list({listener("lbl-9", {rule("off.example.com", certificate("nine"))})});
  const auto bindings = finish(account.list_bindings("clb")).value();
  std::map<std::string, Binding> by_name;
  for (const Binding& one : bindings) by_name[one.vendor_name] = one;
  ASSERT_EQ(bindings.size(), 10U);
  ASSERT_EQ(by_name.size(), 10U);
  for (const auto& [name, id] : {std::pair("a.example.com", "one"),
                                 std::pair("*.b.example.com", "two"),
                                 std::pair("e.example.com", "five"),
                                 std::pair("F.example.com", "five"),
                                 std::pair("x.example.com", "all"),
                                 std::pair("y.example.com", "all")}) {
    EXPECT_EQ(by_name[name].stored_id, id) << name;
    EXPECT_TRUE(by_name[name].online) << name;
    EXPECT_EQ(by_name[name].status, "online") << name;
  }
  EXPECT_EQ(by_name["F.example.com"].name, "f.example.com");
  for (const auto& [name, id, why] : {std::tuple("~^c", "three", "a pattern"),
                                      std::tuple("gone.example.com", "nine", "isolated"),
                                      std::tuple("off.example.com", "nine", "offline"),
                                      std::tuple("lb-1/lbl-3", "four", "of TCP_SSL")}) {
    EXPECT_FALSE(by_name[name].online) << name;
    EXPECT_EQ(by_name[name].stored_id, id) << name;
    EXPECT_THAT(by_name[name].status, HasSubstr(why));
  }
  EXPECT_EQ(by_name["a.example.com"].settings.at("https.lbl-1.SSLMode"), "UNIDIRECTIONAL");
  EXPECT_EQ(by_name["a.example.com"].settings.at("lbl-1.SniSwitch"), "1");
  EXPECT_EQ(body(0), (Json{{"Forward", 1}, {"Limit", 100}, {"Offset", 0}}));
  EXPECT_EQ(body(1), (Json{{"LoadBalancerId", "lb-1"}}));
  for (const auto& sent : http.sent) EXPECT_EQ(sent.headers.at("X-TC-Region"), "ap-guangzhou");
  EXPECT_EQ(http.sent.at(0).headers.at("X-TC-Version"), "2018-03-17");
}

TEST_F(TencentClbTest, AsksTheRegionOfTheAccount) {
  TencentCloud there = make({.clb_region = "na-siliconvalley"});
  will_list_balancers({});
  EXPECT_THAT(finish(there.list_bindings("clb")).value(), IsEmpty());
  EXPECT_EQ(http.sent.at(0).headers.at("X-TC-Region"), "na-siliconvalley");
}

TEST_F(TencentClbTest, TakesNoListOfListenersThatIsNotWhole) {
  for (const Json& answer : {Json{{"TotalCount", 2}, {"Listeners", Json::array()}},
                             Json{{"TotalCount", 1}, {"Listeners", nullptr}},
                             Json::object()}) {
    will_list_balancers({{{"LoadBalancerId", "lb-1"}}});
    will_answer(answer);
    EXPECT_EQ(finish(account.list_bindings("clb")).error().kind, ErrorKind::kUnavailable);
  }
  // One that was deleted meanwhile, and one that never had any.
  will_list_balancers({{{"LoadBalancerId", "lb-1"}}, {{"LoadBalancerId", "lb-2"}}});
  will_refuse("InvalidParameter.LBIdNotFound");
  will_answer({{"TotalCount", 0}, {"Listeners", nullptr}});
  EXPECT_THAT(finish(account.list_bindings("clb")).value(), IsEmpty());
}

TEST_F(TencentClbTest, BindsADomainOfAListenerWithSni) {
  will_have(listener(
      "lbl-1",
      {rule("b.example.com", certificate("other")), rule("a.example.com", mutual("old"))}));
  will_answer({});
  will_say_of_task(2);
  will_say_of_task(0);
  const auto done = bind();
  ASSERT_TRUE(done.has_value()) << done.error().text();
  EXPECT_TRUE(done->wrote_settings);
  EXPECT_EQ(body(2), (Json{{"LoadBalancerId", "lb-1"}, {"ListenerIds", Json::array({"lbl-1"})}}));
  EXPECT_EQ(asked().at(3), "ModifyDomainAttributes");
  EXPECT_EQ(body(3),
            (Json{{"LoadBalancerId", "lb-1"},
                  {"ListenerId", "lbl-1"},
                  {"Domain", "a.example.com"},
                  {"Certificate",
                   {{"SSLMode", "MUTUAL"},
                    {"SSLVerifyClient", "OPTIONAL"},
                    {"CertId", "new"},
                    {"CertCaId", "ca"}}}}));
  EXPECT_TRUE(http.sent.at(3).changes_state);
  EXPECT_EQ(body(4), (Json{{"TaskId", "R-1"}}));
  EXPECT_FALSE(http.sent.at(4).changes_state);
  EXPECT_EQ(sleeper.slept, seconds(3));
}

TEST_F(TencentClbTest, BindsAListenerWithoutSniForAllOfItsDomains) {
  will_have(listener("lbl-1", {rule("a.example.com"), rule("b.example.com")}, certificate("old")));
  will_answer({});
  will_say_of_task(0);
  const auto done = bind();
  ASSERT_TRUE(done.has_value()) << done.error().text();
  EXPECT_EQ(asked().at(3), "ModifyListener");
  EXPECT_EQ(body(3),
            (Json{{"LoadBalancerId", "lb-1"},
                  {"ListenerId", "lbl-1"},
                  {"Certificate", {{"SSLMode", "UNIDIRECTIONAL"}, {"CertId", "new"}}}}));
  // The other domain has it by now: nothing is sent for it.
  will_list(
      {listener("lbl-1", {rule("a.example.com"), rule("b.example.com")}, certificate("new"))});
  const auto again = bind();
  ASSERT_TRUE(again.has_value());
  EXPECT_FALSE(again->wrote_settings);
  EXPECT_EQ(asked().back(), "DescribeListeners");
}

TEST_F(TencentClbTest, BindsNoListenerWhoseOtherDomainsItWouldCutOff) {
  will_list_balancers({{{"LoadBalancerId", "lb-1"}}});
  will_list({listener("lbl-1", {rule("a.example.com")}, certificate("old"))});
  ASSERT_TRUE(finish(account.list_bindings("clb")).has_value());
  for (const char* other : {"c.example.com", "~^c"}) {
    will_list({listener("lbl-1", {rule("a.example.com"), rule(other)}, certificate("old"))});
    const Error error = bind().error();
    EXPECT_EQ(error.kind, ErrorKind::kRejected);
    EXPECT_THAT(error.text(), HasSubstr(other));
    EXPECT_THAT(error.activity, HasSubstr("a.example.com of CLB"));
  }
  EXPECT_THAT(asked(), Not(Contains("ModifyListener")));
}

TEST_F(TencentClbTest, ReplacesTheCertificateOfTheSameKeyAndNeverTheOther) {
  for (const bool sni : {true, false}) {
    const Json both = certificate("rsa", {"ecc"});
    will_list_balancers({{{"LoadBalancerId", "lb-1"}}});
    const Json one = sni ? listener("lbl-1", {rule("a.example.com", both)})
                         : listener("lbl-1", {rule("a.example.com")}, both);
    will_list({one});
    will_know({{"rsa", "bought", "RSA 2048"}, {"ecc", "bought", "ECC 256"}});
    ASSERT_TRUE(finish(account.list_bindings("clb")).has_value());
    for (const auto& [key, kept] : {std::pair(kEcdsa, "rsa"), std::pair(kRsa, "ecc")}) {
      http.sent.clear();
      will_list({one});
      will_know({{"rsa", "bought", "RSA 2048"}, {"ecc", "bought", "ECC 256"}});
      will_answer({});
      will_say_of_task(0);
      ASSERT_TRUE(bind(key).has_value());
      EXPECT_EQ(body(1).at("CertIds"), (Json{"rsa", "ecc", "new"}));
      Json order = {{"LoadBalancerId", "lb-1"},
                    {"ListenerId", "lbl-1"},
                    {"MultiCertInfo",
                     {{"SSLMode", "UNIDIRECTIONAL"},
                      {"CertList", {{{"CertId", "new"}}, {{"CertId", kept}}}}}}};
      if (sni) order["Domain"] = "a.example.com";
      EXPECT_EQ(body(2), order);
    }
  }
}

TEST_F(TencentClbTest, KeepsTheClientsCertificateOfAPair) {
  Json both = mutual("rsa");
  both["ExtCertIds"] = {"ecc"};
  const Json one = listener("lbl-1", {rule("a.example.com", both)});
  will_list_balancers({{{"LoadBalancerId", "lb-1"}}});
  will_list({one});
  will_know({{"rsa", "bought", "RSA 2048"}, {"ecc", "bought", "ECC 256"}});
  will_list({one});
  will_know({{"rsa", "bought", "RSA 2048"}, {"ecc", "bought", "ECC 256"}});
  will_answer({});
  will_say_of_task(0);
  ASSERT_TRUE(bind().has_value());
  EXPECT_EQ(body(5).at("MultiCertInfo"),
            (Json{{"SSLMode", "MUTUAL"},
                  {"SSLVerifyClient", "OPTIONAL"},
                  {"CertList", {{{"CertId", "new"}}, {{"CertId", "rsa"}}, {{"CertId", "ca"}}}}}));
}

TEST_F(TencentClbTest, SendsNothingThatMightDropOneOfSeveral) {
  const Json one = listener("lbl-1", {rule("a.example.com", certificate("x", {"y"}))});
  will_list_balancers({{{"LoadBalancerId", "lb-1"}}});
  will_list({one});
  will_know({});
  ASSERT_TRUE(finish(account.list_bindings("clb")).has_value());
  for (const auto& [first, second] :
       {std::pair("RSA 2048", "SM2"), std::pair("ECC 256", "ECC 384"), std::pair("", "")}) {
    will_list({one});
    will_know({{"x", "bought", first}, {"y", "bought", second}});
    EXPECT_EQ(bind().error().code, "vendor.two_certificates") << first;
  }
  EXPECT_THAT(asked(), Not(Contains("ModifyDomainAttributes")));
}

TEST_F(TencentClbTest, OfTwoCertificatesOursIsTheOneThatCounts) {
  const std::string ours = label_for(kFingerprint, 7);
  will_list_balancers({{{"LoadBalancerId", "lb-1"}}});
  will_list({listener("lbl-1",
                      {rule("a.example.com", certificate("bought", {"ours"})),
                       rule("b.example.com", certificate("bought", {"other"}))})});
  will_know({{"bought", "b", "RSA 2048"}, {"ours", ours, "ECC 256"}});
  const auto bindings = finish(account.list_bindings("clb")).value();
  EXPECT_EQ(bindings.at(0).stored_id, "ours");
  EXPECT_EQ(bindings.at(1).stored_id, "bought");
}

TEST_F(TencentClbTest, BringsADomainThatIsAtSeveralListenersToEachOfThem) {
  const auto lists = [&](const std::string& first, const std::string& second) {
    will_list_balancers({{{"LoadBalancerId", "lb-1"}}, {{"LoadBalancerId", "lb-2"}}});
    will_list({listener("lbl-1", {rule("a.example.com", certificate(first))})});
    will_list({listener("lbl-2", {rule("A.example.com")}, certificate(second))});
  };
  lists("old", "older");
  EXPECT_EQ(only("clb").stored_id, "old and older");
  lists("old", "new");
  EXPECT_EQ(only("clb").stored_id, "new and old");  // and so is bound to neither
  will_list({listener("lbl-1", {rule("a.example.com", certificate("old"))})});
  will_answer({});
  will_say_of_task(0);
  will_list({listener("lbl-2", {rule("A.example.com")}, certificate("new"))});
  ASSERT_TRUE(bind().has_value());
  EXPECT_THAT(asked(), Not(Contains("ModifyListener")));
  lists("new", "new");
  EXPECT_EQ(only("clb").stored_id, "new");
}

TEST_F(TencentClbTest, SaysThatItStoppedHalfwayWhereThePlaceBeforeWasChanged) {
  const Json first = listener("lbl-1", {rule("a.example.com", certificate("old"))});
  const Json second = listener("lbl-2", {rule("a.example.com", certificate("old"))});
  will_list_balancers({{{"LoadBalancerId", "lb-1"}}, {{"LoadBalancerId", "lb-2"}}});
  will_list({first});
  will_list({second});
  ASSERT_TRUE(finish(account.list_bindings("clb")).has_value());
  for (const bool refused : {true, false}) {
    will_list({first});
    will_answer({});
    will_say_of_task(0);
    will_list({second});
    if (refused) {
      will_refuse("FailedOperation.InvalidLBStatus");
    } else {
      will_answer({});
      will_say_of_task(1);
    }
    const Error error = bind().error();
    EXPECT_EQ(error.kind, ErrorKind::kMaybeApplied);
    EXPECT_EQ(error.code, "vendor.halfway");
    EXPECT_THAT(error.text(), Not(HasSubstr("nothing was changed")));
  }
  // Where nothing was sent before, the refusal is what it is: a person may have to act on it.
  will_list({listener("lbl-1", {rule("a.example.com", certificate("new"))})});
  will_list({second});
  will_refuse("FailedOperation.InvalidLBStatus");
  EXPECT_EQ(bind().error().kind, ErrorKind::kUnavailable);
}

TEST_F(TencentClbTest, SaysWhyATaskFailed) {
  will_have(listener("lbl-1", {rule("a.example.com", certificate("old"))}));
  will_answer({});
  will_refuse("InternalError");  // that it could not be asked for says nothing of it
  will_say_of_task(1);
  const Error error = bind().error();
  EXPECT_EQ(error.kind, ErrorKind::kRejected);
  EXPECT_EQ(error.vendor_message, "no way");
}

TEST_F(TencentClbTest, SendsNothingWhereTheVerificationOfClientsWouldBeLost) {
  will_have(listener("lbl-1", {rule("a.example.com", mutual("old", ""))}));
  EXPECT_EQ(bind().error().code, "vendor.client_certificate");
  // Nor where the domain, the listener or its SNI is no longer what was listed.
  for (const Json& now : {listener("lbl-1", {rule("b.example.com", certificate("old"))}),
                          listener("lbl-2", {rule("a.example.com", certificate("old"))}),
                          listener("lbl-1", {rule("a.example.com")}, certificate("old"))}) {
    will_list({now});
    EXPECT_EQ(bind().error().kind, ErrorKind::kNotFound);
  }
  EXPECT_THAT(asked(), Not(Contains("ModifyDomainAttributes")));
}

TEST_F(TencentClbTest, KeepsACertificateThatAListenerHas) {
  Json nameless = listener("lbl-1", {}, certificate("other", {"abCD1234"}));
  nameless["Protocol"] = "QUIC";
  will_list_nothing(true, false);
  will_list_balancers({{{"LoadBalancerId", "lb-1"}}});
  will_list({nameless});
  will_know({});
  const Error error = finish(account.remove("abCD1234")).error();
  EXPECT_EQ(error.kind, ErrorKind::kInUse);
  EXPECT_THAT(error.text(), HasSubstr("lb-1/lbl-1 of CLB"));
}

}  // namespace
}  // namespace certferry
