#include "providers/volcengine/balancers.h"

#include "base/text.h"
#include "model/label.h"
#include "providers/common/store_name.h"
#include "providers/volcengine/test_account.h"

namespace certferry {
namespace {

using ::testing::ElementsAre;
using testing::finish;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using Json = nlohmann::json;

/// What stands for a certificate: one of the centre's, or of another store, by its source.
Json certificate(const std::string& id, const std::string& source = "cert_center") {
  const char* key = source == "cert_center" ? "CertCenterCertificateId"
                    : source == "pca_leaf"  ? "PcaLeafCertificateId"
                                            : "CertificateId";
  Json out = {{"CertificateSource", source},
              {"CertificateId", ""},
              {"CertCenterCertificateId", ""},
              {"PcaLeafCertificateId", ""}};
  out[key] = id;
  return out;
}

Json extension(const std::string& domain, const Json& held) {
  Json out = held;
  out["DomainExtensionId"] = "de-" + domain;
  out["Domain"] = domain;
  return out;
}

Json listener(const std::string& id, const Json& held, const std::vector<Json>& extensions = {}) {
  Json out = held;
  out.update({{"ListenerId", id},
              {"Protocol", "HTTPS"},
              {"Port", 443},
              {"Status", "Active"},
              {"Enabled", "on"},
              {"DomainExtensions", extensions}});
  return out;
}

struct VolcengineBalancersTest : testing::VolcengineAccountTest {
  void will_say(const Json& result) { will_answer(result.dump()); }
  void will_list_balancers(const std::vector<Json>& balancers) {
    will_say({{"TotalCount", balancers.size()}, {"LoadBalancers", balancers}});
  }
  void will_have_balancer(const std::string& status = "Active") {
    will_list_balancers({{{"LoadBalancerId", "lb-1"}, {"Status", status}}});
  }
  void will_list(const std::vector<Json>& listeners) {
    will_say({{"TotalCount", listeners.size()}, {"Listeners", listeners}});
  }
  void will_rule(const std::vector<std::string>& domains) {
    Json rules = Json::array();
    for (const std::string& one : domains) rules.push_back({{"RuleId", "r"}, {"Domain", one}});
    will_say({{"Rules", rules}});
  }
  /// The centre, with one certificate.
  void will_store(const std::vector<std::string>& names = {"a.example.com"},
                  const std::string& id = "cert-1",
                  const std::string& remark = "") {
    const Json one = {{"InstanceId", id}, {"Tag", remark}, {"San", names}};
    will_say({{"TotalCount", 1}, {"Instances", {one}}});
  }
  /// One load balancer with one listener, listed before a bind.
  void lists(const Json& one, const std::vector<std::string>& domains = {}) {
    will_have_balancer();
    will_list({one});
    will_rule(domains);
  }
  std::vector<Binding> list(const std::string& product = "alb") {
    return finish(account.list_bindings(product)).value();
  }
  Binding only(const std::string& product = "alb") {
    const std::vector<Binding> all = list(product);
    EXPECT_EQ(all.size(), 1U);
    return all.at(0);
  }
  Result<BindDone> bind(const std::string& product = "alb",
                        const std::string& name = "a.example.com") {
    BindRequest request = bind_request(product, name);
    auto bundle = std::make_shared<Bundle>();
    bundle->leaf.dns_names = {"a.example.com", "b.example.com"};
    request.bundle = bundle;
    return finish(account.bind(request));
  }
  /// The action and what it was given, without what every call has.
  std::string asked(std::size_t call) const {
    const std::string& url = http.sent.at(call).url;
    std::string action;
    std::string others;
    for (const std::string& part : split(url.substr(url.find('?') + 1), '&')) {
      if (part.starts_with("Action=")) {
        action = part.substr(7);
      } else if (part != "Version=2020-04-01") {
        others += "&" + part;
      }
    }
    return action + others;
  }
  std::vector<std::string> all_asked(std::size_t from = 0) const {
    std::vector<std::string> out;
    for (std::size_t i = from; i < http.sent.size(); ++i) out.push_back(asked(i));
    return out;
  }
};

TEST_F(VolcengineBalancersTest, ReadsTheDomainsOfExtensionsAndOfRules) {
  will_list_balancers(
      {{{"LoadBalancerId", "lb-1"}, {"Status", "Active"}},
       {{"LoadBalancerId", "lb-2"}, {"Status", "Inactive"}},
       {{"LoadBalancerId", "lb-3"}, {"Status", "Active"}, {"BusinessStatus", "FinancialLocked"}}});
  Json odd = extension("~^x", certificate("cert-5"));
  Json nameless = extension("", certificate("cert-6"));
  nameless["DomainExtensionId"] = "de-9";
  Json first = listener("lsn-1",
                        certificate("cert-1"),
                        {extension("A.example.com", certificate("cert-2")),
                         extension("*.b.example.com", certificate("cert-3", "alb")),
                         odd,
                         nameless});
  first["EnableHttp2"] = "on";
  Json changing = listener("lsn-2", certificate("cert-7"));
  changing["Status"] = "Configuring";
  Json off = listener("lsn-3", certificate("cert-8"));
  off["Enabled"] = "off";
  will_list({first,
             changing,
             off,
             {{"ListenerId", "lsn-4"}, {"Protocol", "HTTP"}, {"Status", "Active"}}});
  will_rule({"a.example.com", "c.example.com", "c.example.com", "", "x.b.example.com"});
  will_rule({"d.example.com", "~^d"});
  will_rule({"e.example.com"});
  will_list({listener("lsn-5", certificate("cert-9"))});
  will_rule({"f.example.com"});
  will_list({listener("lsn-6", certificate("cert-10"))});
  will_rule({});
  std::map<std::string, Binding> by_name;
  for (const Binding& one : list()) by_name[one.vendor_name] = one;
  EXPECT_EQ(by_name.size(), 11U);
  for (const auto& [name, id, status] :
       {std::tuple("A.example.com", "cert-2", "online"),
        std::tuple("*.b.example.com", "cert-3-alb", "online"),
        std::tuple("x.b.example.com", "cert-3-alb", "online"),
        std::tuple("c.example.com", "cert-1", "online"),
        std::tuple("d.example.com", "cert-7", "online, Configuring")}) {
    EXPECT_EQ(by_name[name].stored_id, id) << name;
    EXPECT_TRUE(by_name[name].online) << name;
    EXPECT_EQ(by_name[name].status, status) << name;
  }
  EXPECT_EQ(by_name["A.example.com"].name, "a.example.com");
  EXPECT_EQ(by_name["A.example.com"].settings.at("lsn-1.EnableHttp2"), "\"on\"");
  for (const auto& [name, why] : {std::pair("~^x", "no name"),
                                  std::pair("lb-1/lsn-1/de-9", "no name"),
                                  std::pair("~^d", "no name"),
                                  std::pair("e.example.com", "offline"),
                                  std::pair("f.example.com", "offline"),
                                  std::pair("lb-3/lsn-6", "FinancialLocked")}) {
    EXPECT_FALSE(by_name[name].online) << name;
    EXPECT_THAT(by_name[name].status, HasSubstr(why)) << name;
  }
  EXPECT_EQ(asked(0), "DescribeLoadBalancers&PageNumber=1&PageSize=100");
  EXPECT_EQ(asked(1), "DescribeListeners&LoadBalancerId=lb-1&PageNumber=1&PageSize=100");
  EXPECT_EQ(asked(2), "DescribeRules&ListenerId=lsn-1");
  for (const auto& sent : http.sent) {
    EXPECT_EQ(sent.method + sent.body, "GET");
    EXPECT_FALSE(sent.changes_state);
    EXPECT_THAT(sent.headers.at("Authorization"), HasSubstr("/20260102/cn-beijing/alb/request"));
  }
}

TEST_F(VolcengineBalancersTest, BindsNothingAtAPortWhereNobodyLooks) {
  const auto at_port = [](const char* id, const Json& port) {
    Json one = listener(id, certificate("cert-" + std::string(id)));
    one["Port"] = port;
    return one;
  };
  lists(at_port("lsn-1", 8443), {"a.example.com"});
  const Binding there = only();
  EXPECT_FALSE(there.online);
  EXPECT_EQ(there.status, "at port 8443, where nobody looks");
  EXPECT_EQ(bind().error().kind, ErrorKind::kNotFound);
  // Nor does it count where the domain is at the right one as well.
  will_have_balancer();
  will_list({at_port("lsn-1", 8443), at_port("lsn-2", "443")});
  will_rule({"a.example.com"});
  will_rule({"a.example.com"});
  const Binding both = only();
  EXPECT_TRUE(both.online);
  EXPECT_EQ(both.stored_id, "cert-lsn-2");
  EXPECT_THAT(all_asked(), Not(::testing::Contains(HasSubstr("Modify"))));
}

TEST_F(VolcengineBalancersTest, ReadsTheHostsAmongTheConditionsOfARule) {
  const auto listed_by = [&](const Json& conditions) {
    will_have_balancer();
    will_list({listener("lsn-1", certificate("cert-1"))});
    will_say({{"Rules",
               {{{"RuleId", "r-1"}, {"Domain", "a.example.com"}},
                {{"RuleId", "r-2"}, {"Domain", ""}, {"RuleConditions", conditions}}}}});
    return finish(account.list_bindings("alb"));
  };
  const auto bindings =
      listed_by({{{"Type", "Host"},
                  {"HostConfig", {{"Values", {"a.example.com", "*.b.example.com", "~^c"}}}}},
                 {{"Type", "host"}, {"HostConfig", {{"Values", {"D.example.com", ""}}}}},
                 {{"Type", "Path"}, {"PathConfig", {{"Values", {"/e"}}}}}});
  ASSERT_TRUE(bindings.has_value()) << bindings.error().text();
  std::vector<std::string> online;
  std::vector<std::string> others;
  for (const Binding& one : *bindings) (one.online ? online : others).push_back(one.name);
  EXPECT_THAT(online, ElementsAre("a.example.com", "*.b.example.com", "d.example.com"));
  EXPECT_THAT(others, ElementsAre("~^c"));
  for (const char* odd : {R"("none")",
                          R"([{"Type":"Host","HostConfig":{"Values":"a.example.com"}}])",
                          R"([{"Type":"Host","HostConfig":{"Values":[7]}}])"}) {
    EXPECT_EQ(listed_by(Json::parse(odd)).error().code, "reply.shape") << odd;
  }
}

TEST_F(VolcengineBalancersTest, AsksTheRegionOfTheAccount) {
  const std::string endpoint = "https://{service}.volcengineapi.com";
  Volcengine there = make("", endpoint, "cn-shanghai");
  will_list_balancers({});
  EXPECT_THAT(finish(there.list_bindings("clb")).value(), IsEmpty());
  EXPECT_THAT(http.sent.at(0).headers.at("Authorization"), HasSubstr("/cn-shanghai/clb/request"));
  try {
    (void)make("", endpoint, "cn/x");
    FAIL() << "it is no region";
  } catch (const Error& error) {
    EXPECT_EQ(error.code, "provider.field");
    EXPECT_THAT(error.text(), HasSubstr("cn/x"));
  }
}

TEST_F(VolcengineBalancersTest, TakesNoIdOfAnotherStoreForOneOfTheCentres) {
  Json stale = certificate("cert-1", "alb");
  stale["CertCenterCertificateId"] = "cert-2";
  Json silent = certificate("cert-1");
  silent.erase("CertificateSource");
  for (const auto& [held, id] : {std::pair(certificate("cert-1"), "cert-1"),
                                 std::pair(silent, "cert-1"),
                                 std::pair(certificate("cert-1", "alb"), "cert-1-alb"),
                                 std::pair(certificate("cert-1", "pca_leaf"), "cert-1-pca_leaf"),
                                 std::pair(stale, "cert-1-alb"),
                                 std::pair(certificate("", "kms"), "unknown-kms")}) {
    lists(listener("lsn-1", held), {"a.example.com"});
    EXPECT_EQ(only().stored_id, id);
  }
  Json bare = {{"CertificateId", "cert-1"}};
  lists(listener("lsn-1", bare), {"a.example.com"});
  EXPECT_EQ(only("clb").stored_id, "cert-1-clb");
}

TEST_F(VolcengineBalancersTest, AsksAListenerForWhatItsRowLeavesOut) {
  Json row = listener("lsn-1", certificate("cert-1"));
  row.erase("DomainExtensions");
  will_have_balancer();
  will_list({row});
  will_say(listener(
      "lsn-1", certificate("cert-1"), {extension("a.example.com", certificate("cert-2"))}));
  will_rule({});
  const std::vector<Binding> bindings = list("clb");
  EXPECT_THAT(ids_of(bindings), ElementsAre("cert-2", "cert-1"));
  EXPECT_EQ(bindings.at(1).vendor_name, "lb-1/lsn-1");
  EXPECT_EQ(asked(2), "DescribeListenerAttributes&ListenerId=lsn-1");
}

TEST_F(VolcengineBalancersTest, TakesNothingOddForNoCertificate) {
  for (const char* balancers : {"", "[]", R"({"TotalCount":1,"LoadBalancers":[{}]})"}) {
    will_answer(balancers);
    EXPECT_EQ(finish(account.list_bindings("alb")).error().kind, ErrorKind::kUnavailable)
        << balancers;
  }
  Json list_for_id = listener("lsn-1", certificate("c"), {extension("a.b", certificate("c"))});
  list_for_id["DomainExtensions"][0]["CertCenterCertificateId"] = Json::array({"c"});
  Json no_list = listener("lsn-1", certificate("c"));
  no_list["DomainExtensions"] = "none";
  Json without_id = listener("lsn-1", certificate("c"), {extension("a.b", certificate("c"))});
  without_id["DomainExtensions"][0].erase("DomainExtensionId");
  for (const Json& odd : {list_for_id, no_list, without_id}) {
    lists(odd, {"a.b"});
    const Error error = finish(account.list_bindings("alb")).error();
    EXPECT_EQ(error.kind, ErrorKind::kUnavailable);
    EXPECT_THAT(error.activity, HasSubstr("the listeners of Volcengine ALB"));
  }
  will_have_balancer();
  will_list({listener("lsn-1", certificate("c"))});
  will_answer(R"({"Rules":{}})");
  EXPECT_EQ(finish(account.list_bindings("alb")).error().code, "reply.shape");
  // One that is deleted while it is listed has nothing.
  will_have_balancer();
  will_list({listener("lsn-1", certificate("c"))});
  will_refuse("InvalidListener.NotFound");
  EXPECT_THAT(list(), IsEmpty());
  will_have_balancer();
  will_refuse("InvalidLoadBalancer.NotFound");
  EXPECT_THAT(list(), IsEmpty());
}

TEST_F(VolcengineBalancersTest, BindsAnExtensionOfClbByACallOfItsOwn) {
  const auto with = [](const std::string& id) {
    return listener("lsn-1",
                    certificate("cert-1"),
                    {extension("b.example.com", certificate("cert-1")),
                     extension("a.example.com", certificate(id))});
  };
  lists(with("cert-1"));
  ASSERT_EQ(list("clb").size(), 3U);
  will_say(with("cert-1"));
  will_have_balancer();
  will_say({{"RequestId", "R"}});
  Json busy = with("cert-9f");
  busy["Status"] = "Configuring";
  will_say(busy);
  will_refuse("InternalError");  // that it could not be asked for says nothing of it
  will_say(with("cert-9f"));
  will_have_balancer("Configuring");
  will_say(with("cert-9f"));
  will_have_balancer();
  const auto done = bind("clb");
  ASSERT_TRUE(done.has_value()) << done.error().text();
  EXPECT_TRUE(done->wrote_settings);
  EXPECT_EQ(sleeper.slept, 3 * seconds(3));
  EXPECT_EQ(asked(4), "DescribeLoadBalancers&LoadBalancerIds.1=lb-1&PageNumber=1&PageSize=100");
  EXPECT_EQ(asked(5),
            "ModifyListenerDomainExtensions&ListenerId=lsn-1"
            "&ModifyDomainExtensions.1.CertCenterCertificateId=cert-9f"
            "&ModifyDomainExtensions.1.CertificateSource=cert_center"
            "&ModifyDomainExtensions.1.DomainExtensionId=de-a.example.com");
  EXPECT_EQ(http.sent.at(5).method + http.sent.at(5).body, "GET");
  EXPECT_TRUE(http.sent.at(5).changes_state);
  // Once more: it has it, and nothing is sent.
  will_say(with("cert-9f"));
  const auto again = bind("clb");
  ASSERT_TRUE(again.has_value());
  EXPECT_FALSE(again->wrote_settings);
}

TEST_F(VolcengineBalancersTest, BindsAnExtensionOfAlbByTheCallForAllOfIt) {
  const Json one = listener(
      "lsn-1", certificate("cert-1", "alb"), {extension("a.example.com", certificate("cert-1"))});
  lists(one);
  ASSERT_EQ(list().size(), 2U);
  will_say(one);
  will_have_balancer();
  will_say({{"RequestId", "R"}});
  will_say(listener(
      "lsn-1", certificate("cert-1", "alb"), {extension("a.example.com", certificate("cert-9f"))}));
  will_have_balancer();
  ASSERT_TRUE(bind().has_value());
  EXPECT_EQ(asked(5),
            "ModifyListenerAttributes&DomainExtensions.1.Action=modify"
            "&DomainExtensions.1.CertCenterCertificateId=cert-9f"
            "&DomainExtensions.1.CertificateSource=cert_center"
            "&DomainExtensions.1.Domain=a.example.com"
            "&DomainExtensions.1.DomainExtensionId=de-a.example.com&ListenerId=lsn-1");
}

TEST_F(VolcengineBalancersTest, SendsAlongWhatAlbMightSetBack) {
  Json one = listener("lsn-1", certificate("cert-1"));
  one.update({{"EnableHttp2", "on"},
              {"EnableQuic", "off"},
              {"CACertificateSource", "alb"},
              {"CACertificateId", "ca-1"},
              {"CustomizedCfgId", " "},
              {"AclStatus", "on"},
              {"AclType", "white"},
              {"AclIds", {"acl-1", "acl-2"}}});
  const auto order = [&](const Json& now) {
    lists(now, {"a.example.com"});
    (void)list();
    will_say(now);
    will_rule({"a.example.com"});
    will_store();
    will_have_balancer();
    const std::size_t at = http.sent.size();
    will_say({{"RequestId", "R"}});
    will_say(listener("lsn-1", certificate("cert-9f")));
    will_have_balancer();
    EXPECT_TRUE(bind().has_value());
    return asked(at + 4);
  };
  EXPECT_EQ(order(one),
            "ModifyListenerAttributes&AclIds.1=acl-1&AclIds.2=acl-2&AclStatus=on&AclType=white"
            "&CACertificateId=ca-1&CACertificateSource=alb&CertCenterCertificateId=cert-9f"
            "&CertificateSource=cert_center&EnableHttp2=on&ListenerId=lsn-1");
  EXPECT_EQ(order(listener("lsn-1", certificate("cert-1"))),
            "ModifyListenerAttributes&CertCenterCertificateId=cert-9f"
            "&CertificateSource=cert_center&ListenerId=lsn-1");
}

TEST_F(VolcengineBalancersTest, BindsAListenersOwnCertificateForAllDomainsOfItsRules) {
  const Json before =
      listener("lsn-1", certificate("cert-1"), {extension("c.example.com", certificate("cert-3"))});
  const std::vector<std::string> rules = {"a.example.com", "B.example.com", "c.example.com"};
  lists(before, rules);
  ASSERT_EQ(list("clb").size(), 3U);
  will_say(before);
  will_rule(rules);
  will_store({"A.example.com", "b.example.com"});
  will_have_balancer();
  will_say({{"RequestId", "R"}});
  will_say(listener("lsn-1", certificate("cert-9f")));
  will_have_balancer();
  ASSERT_TRUE(bind("clb").has_value());
  EXPECT_EQ(asked(7),
            "ModifyListenerAttributes&CertCenterCertificateId=cert-9f"
            "&CertificateSource=cert_center&ListenerId=lsn-1");
  // The other one has it by now.
  will_say(listener("lsn-1", certificate("cert-9f")));
  const auto other = bind("clb", "B.example.com");
  ASSERT_TRUE(other.has_value());
  EXPECT_FALSE(other->wrote_settings);
}

TEST_F(VolcengineBalancersTest, BindsNoListenerWhoseOtherDomainsItWouldCutOff) {
  const Json one = listener("lsn-1", certificate("cert-1"));
  lists(one, {"a.example.com"});
  (void)list();
  for (const char* other : {"c.example.com", "~^c"}) {
    will_say(one);
    will_rule({"a.example.com", other});
    const Error error = bind().error();
    EXPECT_EQ(error.kind, ErrorKind::kRejected);
    EXPECT_THAT(error.text(), HasSubstr(other));
  }
  EXPECT_THAT(all_asked(), Not(::testing::Contains(HasSubstr("Modify"))));
}

TEST_F(VolcengineBalancersTest, CutsOffNoNameThatOnlyTheCertificateThereSpeaksOf) {
  const auto refused = [&](const std::string& id, const std::string& source) {
    const Json now = listener("lsn-1", certificate(id, source));
    lists(now, {"a.example.com"});
    (void)list();
    will_say(now);
    will_rule({"a.example.com"});
    will_store({"a.example.com", ".example.com"});
    const Error error = bind().error();
    EXPECT_EQ(error.kind, ErrorKind::kRejected);
    EXPECT_THAT(error.hint, HasSubstr("an extension of its own"));
    return error.text();
  };
  EXPECT_THAT(refused("cert-1", "cert_center"), HasSubstr("not cover *.example.com"));
  // Of another store, with the same id, and of nobody's list.
  EXPECT_THAT(refused("cert-1", "alb"), HasSubstr("(cert-1-alb) is for cannot be read"));
  EXPECT_THAT(refused("cert-1", "pca_leaf"), HasSubstr("cannot be read"));
  EXPECT_THAT(refused("cert-2", "cert_center"), HasSubstr("cannot be read"));
  EXPECT_THAT(all_asked(), Not(::testing::Contains(HasSubstr("Modify"))));
}

TEST_F(VolcengineBalancersTest, LetsARenewalOfItsOwnDropANameThatNoRuleHas) {
  const std::string label = label_for(std::string(64, 'a'), 7);
  const auto bound = [&](const Json& now, bool stores) {
    lists(now, {"a.example.com"});
    (void)list();
    will_say(now);
    will_rule({"a.example.com"});
    if (stores) will_store({"a.example.com", "old.example.com"}, "cert-1", store_name(label, {}));
    will_have_balancer();
    will_say({{"RequestId", "R"}});
    will_say(listener("lsn-1", certificate("cert-9f")));
    will_have_balancer();
    return bind().has_value();
  };
  EXPECT_TRUE(bound(listener("lsn-1", certificate("cert-1")), true));
  // Nor is anybody asked where there is no certificate yet.
  EXPECT_TRUE(bound(listener("lsn-1", certificate("", "")), false));
}

TEST_F(VolcengineBalancersTest, BindsAWildcardsExtensionForTheDomainsItServes) {
  const auto with = [](const std::string& id) {
    return listener("lsn-1",
                    certificate("cert-1"),
                    {extension("c.example.com", certificate("cert-3")),
                     extension("*.example.com", certificate(id))});
  };
  const std::vector<std::string> rules = {"a.example.com", "c.example.com"};
  lists(with("cert-2"), rules);
  ASSERT_EQ(list("clb").size(), 4U);
  will_say(with("cert-2"));
  will_rule(rules);
  const Error error = bind("clb").error();
  EXPECT_EQ(error.kind, ErrorKind::kRejected);
  EXPECT_THAT(error.text(), HasSubstr("does not cover *.example.com"));
  BindRequest request = bind_request("clb", "a.example.com");
  auto bundle = std::make_shared<Bundle>();
  bundle->leaf.dns_names = {"a.example.com", "*.example.com"};
  request.bundle = bundle;
  will_say(with("cert-2"));
  will_rule(rules);
  will_have_balancer();
  will_say({{"RequestId", "R"}});
  will_say(with("cert-9f"));
  will_have_balancer();
  ASSERT_TRUE(finish(account.bind(request)).has_value());
  EXPECT_THAT(asked(8), HasSubstr("ModifyDomainExtensions.1.DomainExtensionId=de-%2A.example.com"));
}

TEST_F(VolcengineBalancersTest, SendsNothingToWhatHasChangedOrIsChanging) {
  const Json one =
      listener("lsn-1", certificate("cert-1"), {extension("a.example.com", certificate("cert-1"))});
  lists(one);
  (void)list();
  Json other_name = one;
  other_name["DomainExtensions"][0]["Domain"] = "b.example.com";
  for (const Json& now : {other_name, listener("lsn-1", certificate("cert-1"))}) {
    will_say(now);
    EXPECT_EQ(bind().error().kind, ErrorKind::kNotFound);
  }
  will_say(listener("lsn-2", certificate("cert-1")));
  EXPECT_EQ(bind().error().code, "reply.shape");
  will_refuse("InvalidListener.NotFound");
  EXPECT_EQ(bind().error().kind, ErrorKind::kNotFound);
  Json busy = one;
  busy["Status"] = "Configuring";
  will_say(busy);
  EXPECT_EQ(bind().error().code, "vendor.busy");
  will_say(one);
  will_have_balancer("Configuring");
  const Error error = bind().error();
  EXPECT_EQ(error.kind, ErrorKind::kUnavailable);
  EXPECT_EQ(error.code, "vendor.busy");
  EXPECT_THAT(all_asked(), Not(::testing::Contains(HasSubstr("Modify"))));
  // Nor where no rule has the domain any more.
  lists(listener("lsn-1", certificate("cert-1")), {"a.example.com"});
  (void)list();
  will_say(listener("lsn-1", certificate("cert-1")));
  will_rule({"b.example.com"});
  EXPECT_EQ(bind().error().kind, ErrorKind::kNotFound);
  EXPECT_THAT(all_asked(), Not(::testing::Contains(HasSubstr("Modify"))));
}

TEST_F(VolcengineBalancersTest, BringsADomainThatIsAtSeveralListenersToEachOfThem) {
  const auto listed = [&](const std::string& first, const std::string& second) {
    will_list_balancers({{{"LoadBalancerId", "lb-1"}, {"Status", "Active"}},
                         {{"LoadBalancerId", "lb-2"}, {"Status", "Active"}}});
    will_list({listener("lsn-1", certificate(first))});
    will_rule({"a.example.com"});
    will_list({listener("lsn-2", certificate(second))});
    will_rule({"A.example.com"});
  };
  listed("cert-1", "cert-9f");
  EXPECT_EQ(only().stored_id, "cert-1 and cert-9f");  // and so is bound to neither
  will_say(listener("lsn-1", certificate("cert-1")));
  will_rule({"a.example.com"});
  will_store();
  will_have_balancer();
  will_say({{"RequestId", "R"}});
  will_say(listener("lsn-1", certificate("cert-9f")));
  will_have_balancer();
  will_say(listener("lsn-2", certificate("cert-9f")));
  const auto done = bind();
  ASSERT_TRUE(done.has_value()) << done.error().text();
  EXPECT_TRUE(done->wrote_settings);
}

TEST_F(VolcengineBalancersTest, WhatWasRefusedAtTheSecondListenerHasToBeReadFirst) {
  will_list_balancers({{{"LoadBalancerId", "lb-1"}, {"Status", "Active"}},
                       {{"LoadBalancerId", "lb-2"}, {"Status", "Active"}}});
  for (const char* id : {"lsn-1", "lsn-2"}) {
    will_list({listener(id, certificate("cert-1"))});
    will_rule({"a.example.com"});
  }
  list();
  will_say(listener("lsn-1", certificate("cert-1")));
  will_rule({"a.example.com"});
  will_store();
  will_have_balancer();
  will_say({{"RequestId", "R"}});
  will_say(listener("lsn-1", certificate("cert-9f")));
  will_have_balancer();
  Json busy = listener("lsn-2", certificate("cert-1"));
  busy["Status"] = "Configuring";
  will_say(busy);
  will_rule({"a.example.com"});
  will_store();
  const Error error = bind().error();
  EXPECT_EQ(error.kind, ErrorKind::kMaybeApplied) << error.text();
  EXPECT_THAT(error.text(), HasSubstr("1 of its 2 places was changed before this"));
  EXPECT_EQ(error.code, "vendor.busy");
}

TEST_F(VolcengineBalancersTest, LeavesToTheEdgeWhatIsNotDoneInAMinute) {
  const Json one = listener("lsn-1", certificate("cert-1"));
  lists(one, {"a.example.com"});
  (void)list();
  will_say(one);
  will_rule({"a.example.com"});
  will_store();
  will_have_balancer();
  will_say({{"RequestId", "R"}});
  for (int i = 0; i < 24; ++i) will_say(one);
  EXPECT_TRUE(bind().has_value());
  EXPECT_EQ(sleeper.slept, 23 * seconds(3));
}

TEST_F(VolcengineBalancersTest, KeepsACertificateThatAnyListenerNames) {
  const auto nothing_before = [&] {
    will_answer(R"({"Total":0,"Data":[]})");
    will_answer(R"({"Total":0,"DomainList":[]})");
    will_answer(R"({"Total":0,"DomainList":[]})");
    will_answer("[]");
    will_answer("{}");
    http.will_answer(
        {.status = 200, .headers = {{"x-tos-request-id", "R-1"}}, .body = R"({"Buckets":[]})"});
  };
  // Without a name, one of two that a name has, and left over from an earlier source.
  Json stale = certificate("cert-1", "clb");
  stale["CertCenterCertificateId"] = "cert-7";
  for (const Json& held : {certificate("cert-7"), stale}) {
    nothing_before();
    lists(listener("lsn-1", held));
    const Error error = finish(account.remove("cert-7")).error();
    EXPECT_EQ(error.kind, ErrorKind::kInUse);
    EXPECT_THAT(error.text(), HasSubstr("lb-1/lsn-1 of Volcengine CLB"));
  }
  nothing_before();
  will_have_balancer();
  will_list({listener("lsn-1", certificate("cert-1")), listener("lsn-2", certificate("cert-7"))});
  will_rule({"a.example.com"});
  will_rule({"a.example.com"});
  EXPECT_EQ(finish(account.remove("cert-7")).error().kind, ErrorKind::kInUse);
  // A refusal after CLB has once been listed is no sign that it was never opened.
  nothing_before();
  will_refuse("OperationDenied");
  EXPECT_EQ(finish(account.remove("cert-7")).error().kind, ErrorKind::kRejected);
  for (const auto& sent : http.sent) EXPECT_THAT(sent.url, Not(HasSubstr("Delete")));
}

}  // namespace
}  // namespace certferry
