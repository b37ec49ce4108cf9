#include "providers/ucloud/ulb.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "providers/ucloud/test_support.h"

namespace certferry {
namespace {

using ::testing::ElementsAre;
using testing::escaped;
using testing::finish;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

/// A listener of ALB with a default certificate and others, and hosts of rules as "NAME" or
/// "NAME Wildcard".
std::string listener(const std::string& id,
                     const std::string& fallback,
                     const std::vector<std::string>& others,
                     const std::vector<std::string>& hosts,
                     int port = 443) {
  std::string certificates = R"({"SSLId":")" + fallback + R"(","IsDefault":true})";
  for (const std::string& one : others) {
    certificates += R"(,{"SSLId":")" + one + R"(","IsDefault":false})";
  }
  std::string rules = R"({"IsDefault":true,"RuleConditions":[{"Type":"Path"}]})";
  for (const std::string& one : hosts) {
    const auto blank = one.find(' ');
    const std::string mode = blank == std::string::npos ? "Regular" : one.substr(blank + 1);
    rules += R"(,{"RuleConditions":[{"Type":"Host","HostConfig":{"Values":[")" +
             one.substr(0, blank) + R"("],"MatchMode":")" + mode + R"("}}]})";
  }
  return R"({"ListenerId":")" + id + R"(","ListenerProtocol":"HTTPS","ListenerPort":)" +
         std::to_string(port) + R"(,"Certificates":[)" + certificates + R"(],"Rules":[)" + rules +
         "]}";
}

std::string vserver(const std::string& id,
                    const std::string& ssl,
                    const std::string& host,
                    int port = 443) {
  return R"({"VServerId":")" + id + R"(","Protocol":"HTTPS","FrontendPort":)" +
         std::to_string(port) + R"(,"SSLSet":[)" +
         (ssl.empty() ? "" : R"({"SSLId":")" + ssl + R"("})") +
         R"(],"PolicySet":[{"Type":"","Match":""},{"Type":"Domain","Match":")" + host + R"("}]})";
}

std::string kept(const std::string& ssl_id,
                 const std::string& name,
                 const std::string& pem,
                 const std::string& more = "") {
  return R"({"SSLId":")" + ssl_id + R"(","SSLName":")" + name + R"(","SSLContent":")" +
         escaped(pem) + "\"" + more + "}";
}

struct UcloudUlbTest : ::testing::Test {
  testing::RecordingHttp http;
  Ucloud account{testing::ucloud_config(), http};
  BundlePtr bundle = testing::ucloud_bundle({"a.example.com", "*.example.com"});
  BundlePtr narrow = testing::ucloud_bundle({"a.example.com"});
  BundlePtr wide = testing::ucloud_bundle({"a.example.com", "other.example.net"});

  void will_list(const std::string& key, const std::vector<std::string>& items) {
    std::string joined;
    for (const std::string& one : items) joined += (joined.empty() ? "" : ",") + one;
    http.will_answer(200,
                     R"({"RetCode":0,"TotalCount":)" + std::to_string(items.size()) + ",\"" + key +
                         "\":[" + joined + "]}");
  }
  /// What is bound under the number 7 is called so in USSL; nothing else is there.
  void will_keep(const std::vector<std::string>& items) {
    will_list("CertificateList",
              {R"({"CertificateID":7,"Name":")" + testing::ucloud_name(bundle) + R"("})"});
    will_list("DataSet", items);
  }
  void will_show(const std::vector<std::string>& listeners,
                 const std::vector<std::string>& vservers = {},
                 const std::string& status = "Normal") {
    will_list("LoadBalancers", {R"({"LoadBalancerId":"alb-1","Status":")" + status + R"("})"});
    will_list("Listeners", listeners);
    if (vservers.empty()) return will_list("DataSet", {});
    will_list("DataSet", {R"({"ULBId":"ulb-1"})"});
    will_list("DataSet", vservers);
  }
  std::vector<std::string> asked() const {
    std::vector<std::string> out;
    for (const auto& one : http.sent) out.push_back(testing::asked(one));
    return out;
  }
  std::vector<std::string> changes() const {
    std::vector<std::string> out;
    for (const auto& one : http.sent) {
      if (one.changes_state) out.push_back(testing::asked(one));
    }
    return out;
  }
  std::string copy_name(const BundlePtr& of, const std::string& number = "7") const {
    return "certferry-" + of->fingerprint().substr(0, 16) + "-" + number;
  }
  std::string copy() const { return kept("ssl-new", copy_name(bundle), bundle->chain_pem); }
  BindRequest request() const {
    return {.product = "ulb",
            .binding = {.name = "a.example.com", .vendor_name = "a.example.com"},
            .stored_id = "7",
            .bundle = bundle};
  }
  /// Binds where all of ULB looks like that, to a copy that is there.
  Result<BindDone> bind(const std::vector<std::string>& listeners,
                        const std::vector<std::string>& vservers,
                        std::vector<std::string> certificates) {
    certificates.push_back(copy());
    will_show(listeners, vservers);
    will_keep(certificates);
    will_keep(certificates);
    if (!listeners.empty()) {
      will_list("Listeners", listeners);
      http.will_answer(200, R"({"RetCode":0})");
      if (vservers.empty()) http.will_answer(200, R"({"RetCode":0})");
    }
    if (!vservers.empty()) {
      will_list("DataSet", vservers);
      http.will_answer(200, R"({"RetCode":0})");
    }
    Ucloud fresh{testing::ucloud_config(), http};
    return finish(fresh.bind(request()));
  }
};

TEST_F(UcloudUlbTest, ListsNamesByTheCertificateThatIsForThem) {
  will_show({listener("als-1",
                      "ssl-new",
                      {"ssl-narrow", "ssl-foreign"},
                      {"a.example.com", "b.example.com", "c.example.net", ".example.com Wildcard"}),
             R"({"ListenerId":"als-2","ListenerProtocol":"HTTP"})"},
            {vserver("vserver-1", "ssl-narrow", "a.example.com"),
             vserver("vserver-2", "", "d.example.com")});
  will_keep(
      {copy(),
       kept("ssl-narrow", "by hand", narrow->chain_pem),
       kept("ssl-foreign", "x", "", R"(,"Domains":"f.example.net","DNSNames":"g.example.net")")});
  const auto bindings = finish(account.list_bindings("ulb")).value();
  EXPECT_THAT(asked(),
              ElementsAre("DescribeLoadBalancers Type=Application&Region=cn-bj2&Offset=0&Limit=100",
                          "DescribeListeners LoadBalancerId=alb-1&Region=cn-bj2&Offset=0&Limit=100",
                          "DescribeULBSimple Region=cn-bj2&Offset=0&Limit=100",
                          "DescribeVServer ULBId=ulb-1&Region=cn-bj2&Offset=0&Limit=100",
                          "GetCertificateList Mode=trust&Page=1&PageSize=100",
                          "DescribeSSLV2 Region=cn-bj2&Offset=0&Limit=50"));
  ASSERT_EQ(bindings.size(), 5U);
  EXPECT_EQ(bindings[0].name, "a.example.com");
  EXPECT_EQ(bindings[0].stored_id, "ulb:ssl-narrow");
  EXPECT_TRUE(bindings[0].online);
  EXPECT_EQ(bindings[1].stored_id, "7");  // the default one is for it
  EXPECT_EQ(bindings[2].stored_id, std::nullopt);
  EXPECT_EQ(bindings[3].name, "*.example.com");
  EXPECT_EQ(bindings[3].stored_id, "7");
  EXPECT_EQ(bindings[4].name, "d.example.com");
  EXPECT_EQ(bindings[4].stored_id, std::nullopt);
}

TEST_F(UcloudUlbTest, AListenerWithoutRulesHasTheNamesOfItsCertificates) {
  will_show({listener("als-1", "ssl-wide", {}, {}),
             listener("als-2", "ssl-gone", {}, {}),
             listener("als-3", "ssl-gone", {}, {"www.[12].example.com"})});
  will_keep({kept("ssl-wide", "x", wide->chain_pem)});
  const auto bindings = finish(account.list_bindings("ulb")).value();
  ASSERT_EQ(bindings.size(), 4U);
  EXPECT_EQ(bindings[0].name, "a.example.com");
  EXPECT_EQ(bindings[1].name, "other.example.net");
  EXPECT_EQ(bindings[1].stored_id, "ulb:ssl-wide");
  // What has no name, or none that a certificate can be held to, is left alone.
  EXPECT_EQ(bindings[2].vendor_name, "alb-1/als-2");
  EXPECT_FALSE(bindings[2].online);
  EXPECT_EQ(bindings[3].vendor_name, "www.[12].example.com");
  EXPECT_FALSE(bindings[3].online);
}

TEST_F(UcloudUlbTest, KnowsACopyByLeafAndName) {
  // A leaf that only the name in USSL tells, a name alone, and a name that has another leaf.
  const BundlePtr other = testing::ucloud_bundle({"c.example.com"});
  will_show({listener("als-1", "ssl-1", {}, {}),
             listener("als-2", "ssl-2", {}, {"b.example.com"}),
             listener("als-3", "ssl-3", {}, {})});
  will_keep({kept("ssl-1", "imported", bundle->chain_pem),
             kept("ssl-2", copy_name(bundle), "", R"(,"DNSNames":"b.example.com")"),
             kept("ssl-3", copy_name(bundle), other->chain_pem)});
  const auto bindings = finish(account.list_bindings("ulb")).value();
  ASSERT_EQ(bindings.size(), 4U);
  EXPECT_EQ(bindings[0].stored_id, "7");
  EXPECT_EQ(bindings[2].name, "b.example.com");
  EXPECT_EQ(bindings[2].stored_id, "7");
  EXPECT_EQ(bindings[3].name, "c.example.com");
  EXPECT_EQ(bindings[3].stored_id, "ulb:ssl-3");
}

TEST_F(UcloudUlbTest, OneThatIsInArrearsIsOffline) {
  will_show({listener("als-1", "ssl-new", {}, {"a.example.com"})}, {}, "Arrears");
  will_keep({copy()});
  const auto bindings = finish(account.list_bindings("ulb")).value();
  ASSERT_EQ(bindings.size(), 1U);
  EXPECT_FALSE(bindings[0].online);
  EXPECT_EQ(bindings[0].status, "offline");
  EXPECT_EQ(bindings[0].stored_id, "7");
}

TEST_F(UcloudUlbTest, NobodyLooksAtAnotherPort) {
  const std::vector<std::string> listeners = {
      listener("als-1", "ssl-new", {}, {"a.example.com"}, 8443),
      listener("als-2", "ssl-foreign", {}, {"a.example.com"}),
      listener("als-3", "ssl-new", {}, {"b.example.com"}, 8443)};
  const std::vector<std::string> vservers = {vserver("vserver-1", "", "a.example.com", 444),
                                             vserver("vserver-2", "", "c.example.com", 444)};
  will_show(listeners, vservers);
  will_keep({copy()});
  const auto bindings = finish(account.list_bindings("ulb")).value();
  ASSERT_EQ(bindings.size(), 3U);
  // What is at 443 as well counts there alone.
  EXPECT_TRUE(bindings[0].online);
  EXPECT_EQ(bindings[0].stored_id, std::nullopt);
  EXPECT_FALSE(bindings[1].online);
  EXPECT_EQ(bindings[1].status, "at port 8443, where nobody looks");
  EXPECT_FALSE(bindings[2].online);
  EXPECT_EQ(bindings[2].status, "at port 444, where nobody looks");

  will_keep({copy()});
  will_list("Listeners", {listeners[1]});
  http.will_answer(200, R"({"RetCode":0})");
  ASSERT_TRUE(finish(account.bind(request())).has_value());
  EXPECT_THAT(
      changes(),
      ElementsAre(
          "AddSSLBinding LoadBalancerId=alb-1&ListenerId=als-2&SSLIds.0=ssl-new&Region=cn-bj2"));
  BindRequest away = request();
  away.binding = {.name = "b.example.com", .vendor_name = "b.example.com"};
  will_show(listeners, vservers);
  will_keep({copy()});
  EXPECT_EQ(finish(account.bind(away)).error().kind, ErrorKind::kNotFound);
  EXPECT_EQ(changes().size(), 1U);
}

TEST_F(UcloudUlbTest, QuotesNoAnswerThatMayHaveKeys) {
  will_show({listener("als-1", "ssl-1", {}, {"a.example.com"})});
  will_list("CertificateList", {});
  http.will_answer(200, "{canary");
  EXPECT_THAT(finish(account.list_bindings("ulb")).error().text(), Not(HasSubstr("canary")));
  will_list("LoadBalancers", {});
  will_list("DataSet", {R"({"ULBId":"ulb-1"})"});
  http.will_answer(200, "{canary");
  EXPECT_THAT(finish(account.list_bindings("ulb")).error().text(), Not(HasSubstr("canary")));
}

TEST_F(UcloudUlbTest, CopiesOnceAndAddsWhereNothingIsForTheName) {
  const std::string foreign = kept("ssl-foreign", "x", "", R"(,"Domains":"f.example.net")");
  const std::string at = listener("als-1", "ssl-foreign", {}, {"a.example.com"});
  will_show({at});
  will_keep({foreign});
  will_keep({foreign});
  http.will_answer(200, R"({"RetCode":0,"SSLId":"ssl-new"})");
  will_list("Listeners", {at});
  http.will_answer(200, R"({"RetCode":0})");
  ASSERT_TRUE(finish(account.bind(request())).has_value());
  const std::vector<std::string> sent = changes();
  ASSERT_EQ(sent.size(), 2U);
  EXPECT_THAT(sent[0], StartsWith("CreateSSL SSLName=" + copy_name(bundle) + "&SSLType=Pem&"));
  EXPECT_THAT(sent[0], HasSubstr("&PrivateKey=-----BEGIN EC PRIVATE KEY-----"));
  EXPECT_THAT(sent[0], HasSubstr("&CaCert=-----BEGIN CERTIFICATE-----"));
  EXPECT_EQ(sent[1],
            "AddSSLBinding LoadBalancerId=alb-1&ListenerId=als-1&SSLIds.0=ssl-new&Region=cn-bj2");

  // The next one finds it, though the list does not show it yet.
  will_keep({foreign});
  will_list("Listeners", {at});
  http.will_answer(200, R"({"RetCode":0})");
  ASSERT_TRUE(finish(account.bind(request())).has_value());
  EXPECT_EQ(changes().size(), 3U);
}

TEST_F(UcloudUlbTest, ReplacesInOneCallWhatItIsForAllNamesOf) {
  const std::string narrow_one = kept("ssl-old", "x", narrow->chain_pem);
  ASSERT_TRUE(
      bind({listener("als-1", "ssl-foreign", {"ssl-old"}, {"a.example.com"})}, {}, {narrow_one})
          .has_value());
  EXPECT_THAT(changes(),
              ElementsAre("UpdateSSLBinding LoadBalancerId=alb-1&ListenerId=als-1&OldSSLId=ssl-old&"
                          "NewSSLId=ssl-new&Region=cn-bj2"));
  http = {};
  ASSERT_TRUE(bind({listener("als-1", "ssl-old", {}, {})}, {}, {narrow_one}).has_value());
  EXPECT_THAT(changes(), ElementsAre(HasSubstr("UpdateSSLBinding")));
}

TEST_F(UcloudUlbTest, LeavesADefaultOneWhereItIsForMore) {
  ASSERT_TRUE(bind({listener("als-1", "ssl-wide", {}, {"a.example.com"})},
                   {},
                   {kept("ssl-wide", "x", wide->chain_pem)})
                  .has_value());
  EXPECT_THAT(changes(), ElementsAre(StartsWith("AddSSLBinding ")));
}

TEST_F(UcloudUlbTest, TakesNothingAwayThatOtherNamesNeed) {
  const std::string wide_one = kept("ssl-wide", "x", wide->chain_pem);
  const auto added =
      bind({listener("als-1", "ssl-foreign", {"ssl-wide"}, {"a.example.com"})}, {}, {wide_one});
  EXPECT_EQ(added.error().code, "vendor.rejected");
  EXPECT_THAT(changes(), ElementsAre());
  http = {};
  const auto classic = bind({}, {vserver("vserver-1", "ssl-wide", "a.example.com")}, {wide_one});
  EXPECT_EQ(classic.error().code, "vendor.rejected");
  // Nor what nobody can tell the names of.
  http = {};
  const auto unknown = bind({}, {vserver("vserver-1", "ssl-gone", "a.example.com")}, {});
  EXPECT_EQ(unknown.error().code, "vendor.rejected");
  EXPECT_THAT(changes(), ElementsAre());
}

TEST_F(UcloudUlbTest, WhatWasPutThereFromHereIsNeededForTheNamesOfRules) {
  const std::string ours = kept("ssl-ours", copy_name(wide, "5"), wide->chain_pem);
  // Its other name is in no rule, in a rule, or in nothing but a pattern's reach.
  const std::vector<std::vector<std::string>> rules = {{"a.example.com"},
                                                       {"a.example.com", "other.example.net"},
                                                       {"a.example.com", ".*.example.net"},
                                                       {"a.example.com", ".example.net Wildcard"}};
  for (std::size_t i = 0; i < rules.size(); ++i) {
    http = {};
    const auto done = bind({listener("als-1", "ssl-foreign", {"ssl-ours"}, rules[i])}, {}, {ours});
    EXPECT_EQ(done.has_value(), i == 0) << i;
    EXPECT_EQ(changes().size(), i == 0 ? 1U : 0U) << i;
  }
}

TEST_F(UcloudUlbTest, WhatIsServedToWhoeverAsksIsNeededForAllOfItsNames) {
  // Ours took the place of the owner's own, by which the last rule serves the other name as well.
  const std::string ours = kept("ssl-ours", copy_name(wide, "5"), wide->chain_pem);
  ASSERT_TRUE(bind({listener("als-1", "ssl-ours", {}, {"a.example.com"})}, {}, {ours}).has_value());
  EXPECT_THAT(
      changes(),
      ElementsAre(
          "AddSSLBinding LoadBalancerId=alb-1&ListenerId=als-1&SSLIds.0=ssl-new&Region=cn-bj2"));
  http = {};
  const auto classic = bind({}, {vserver("vserver-1", "ssl-ours", "a.example.com")}, {ours});
  EXPECT_EQ(classic.error().code, "vendor.rejected");
  EXPECT_THAT(changes(), ElementsAre());
}

TEST_F(UcloudUlbTest, LeavesOneOfSeveral) {
  const std::string narrow_one = kept("ssl-old", "x", narrow->chain_pem);
  const std::string again =
      kept("ssl-older", "y", testing::ucloud_bundle({"a.example.com"})->chain_pem);
  // One is there already: those beside it go.
  ASSERT_TRUE(bind({listener("als-1", "ssl-foreign", {"ssl-old", "ssl-new"}, {"a.example.com"})},
                   {},
                   {narrow_one})
                  .has_value());
  EXPECT_THAT(changes(),
              ElementsAre("DeleteSSLBinding LoadBalancerId=alb-1&ListenerId=als-1&SSLIds.0=ssl-old&"
                          "Region=cn-bj2"));
  http = {};
  ASSERT_TRUE(bind({listener("als-1", "ssl-foreign", {"ssl-old", "ssl-older"}, {"a.example.com"})},
                   {},
                   {narrow_one, again})
                  .has_value());
  EXPECT_THAT(
      changes(),
      ElementsAre(HasSubstr("OldSSLId=ssl-old&NewSSLId=ssl-new"), HasSubstr("SSLIds.0=ssl-older")));
}

TEST_F(UcloudUlbTest, NobodyCanTellWhichOfSeveralIsServed) {
  will_show({listener("als-1", "ssl-foreign", {"ssl-old", "ssl-new"}, {"a.example.com"})});
  will_keep({copy(), kept("ssl-old", "x", narrow->chain_pem)});
  const auto bindings = finish(account.list_bindings("ulb")).value();
  EXPECT_EQ(bindings.at(0).stored_id, "7 and ulb:ssl-old");
}

TEST_F(UcloudUlbTest, BindsAVServerWithoutAGap) {
  ASSERT_TRUE(bind({}, {vserver("vserver-1", "", "a.example.com")}, {}).has_value());
  EXPECT_THAT(changes(),
              ElementsAre("BindSSL ULBId=ulb-1&VServerId=vserver-1&SSLId=ssl-new&Region=cn-bj2"));
  http = {};
  ASSERT_TRUE(bind({},
                   {vserver("vserver-1", "ssl-old", "a.example.com")},
                   {kept("ssl-old", "x", narrow->chain_pem)})
                  .has_value());
  EXPECT_THAT(changes(),
              ElementsAre("UpdateSSLBinding LoadBalancerId=ulb-1&ListenerId=vserver-1&"
                          "OldSSLId=ssl-old&NewSSLId=ssl-new&Region=cn-bj2"));
}

TEST_F(UcloudUlbTest, BindsANameAtEachOfItsListeners) {
  ASSERT_TRUE(bind({listener("als-1", "ssl-foreign", {}, {"a.example.com"})},
                   {vserver("vserver-1", "ssl-new", "a.example.com")},
                   {})
                  .has_value());
  EXPECT_THAT(changes(), ElementsAre(StartsWith("AddSSLBinding")));
}

TEST_F(UcloudUlbTest, WhatWasRefusedAfterAChangeHasToBeReadFirst) {
  const std::string mine = kept("ssl-old", "x", narrow->chain_pem);
  const std::string other = kept("ssl-wide", "y", wide->chain_pem);
  // At the second listener, whose certificate other names need.
  const Error error = bind({listener("als-1", "ssl-old", {}, {"a.example.com"})},
                           {vserver("vserver-1", "ssl-wide", "a.example.com")},
                           {mine, other})
                          .error();
  EXPECT_EQ(error.kind, ErrorKind::kMaybeApplied) << error.text();
  EXPECT_THAT(error.text(), HasSubstr("1 of its 2 places was changed before this"));
  EXPECT_EQ(changes().size(), 1U);

  // And at one, of whose certificates the first was replaced already.
  http = {};
  const std::vector<std::string> all = {
      mine, kept("ssl-older", "y", testing::ucloud_bundle({"a.example.com"})->chain_pem), copy()};
  const std::string one =
      listener("als-1", "ssl-foreign", {"ssl-old", "ssl-older"}, {"a.example.com"});
  will_show({one});
  will_keep(all);
  will_keep(all);
  will_list("Listeners", {one});
  http.will_answer(200, R"({"RetCode":0})");
  http.will_answer(200, R"({"RetCode":230,"Message":"no"})");
  Ucloud fresh{testing::ucloud_config(), http};
  const Error half = finish(fresh.bind(request())).error();
  EXPECT_EQ(half.kind, ErrorKind::kMaybeApplied) << half.text();
  EXPECT_EQ(changes().size(), 2U);
}

TEST_F(UcloudUlbTest, BindsBackToWhatOnlyUlbHas) {
  BindRequest back = request();
  back.stored_id = "ulb:ssl-old";
  back.bundle = nullptr;
  const std::string at = listener("als-1", "ssl-foreign", {"ssl-new"}, {"a.example.com"});
  for (const bool there : {true, false}) {
    http = {};
    const std::vector<std::string> all =
        there ? std::vector{kept("ssl-old", "x", narrow->chain_pem), copy()} : std::vector{copy()};
    will_show({at});
    will_keep(all);
    will_keep(all);
    will_list("Listeners", {at});
    http.will_answer(200, R"({"RetCode":0})");
    Ucloud fresh{testing::ucloud_config(), http};
    const auto done = finish(fresh.bind(back));
    if (there) {
      ASSERT_TRUE(done.has_value()) << done.error().text();
      EXPECT_THAT(changes(), ElementsAre(HasSubstr("OldSSLId=ssl-new&NewSSLId=ssl-old")));
    } else {
      EXPECT_EQ(done.error().kind, ErrorKind::kNotFound);
      EXPECT_THAT(changes(), ElementsAre());
    }
  }
}

TEST_F(UcloudUlbTest, DeletesItsCopiesAndNothingElse) {
  const auto will_ask = [&](const std::string& users) {
    will_list("DomainInfoList", {});
    will_list("DataSet", {});  // buckets
    will_list("LoadBalancers", {});
    will_list("DataSet", {});
    will_keep({kept("ssl-new", copy_name(bundle), bundle->chain_pem, users),
               kept("ssl-imported", "imported", bundle->chain_pem)});
  };
  will_ask(R"(,"Relations":[{"LoadBalancerId":"alb-9","ListenerId":"als-9"}])");
  const Error error = finish(account.remove("7")).error();
  EXPECT_EQ(error.kind, ErrorKind::kInUse);
  EXPECT_THAT(error.text(), HasSubstr("alb-9/als-9 of ULB"));
  EXPECT_THAT(changes(), ElementsAre());
  will_ask("");
  http.will_answer(200, R"({"RetCode":0})");
  http.will_answer(200, R"({"RetCode":0})");
  ASSERT_TRUE(finish(account.remove("7")).has_value());
  EXPECT_THAT(changes(),
              ElementsAre("DeleteSSL SSLId=ssl-new&Region=cn-bj2",
                          "DeleteSSLCertificate CertificateMode=trust&CertificateID=7"));
}

}  // namespace
}  // namespace certferry
