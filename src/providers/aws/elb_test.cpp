#include "providers/aws/elb.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "model/label.h"
#include "providers/aws/aws.h"
#include "providers/testing/recording_http.h"
#include "providers/testing/still_clock.h"

namespace certferry {
namespace {

using ::testing::ElementsAre;
using testing::finish;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using Json = nlohmann::json;

std::string arn(const std::string& id) {
  return "arn:aws:acm:eu-west-1:123456789012:certificate/" + id;
}

std::string listener_arn(const std::string& id) {
  return "arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener/app/lb/50dc/" + id;
}

std::string members(const std::vector<std::string>& all) {
  std::string out;
  for (const std::string& one : all) out += "<member>" + one + "</member>";
  return out;
}

std::string balancer(const std::string& id,
                     const std::string& state = "active",
                     const std::string& type = "application") {
  return "<LoadBalancerArn>arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/" + id +
         "</LoadBalancerArn><DNSName>" + id + ".eu-west-1.elb.amazonaws.com</DNSName><Type>" +
         type + "</Type><State><Code>" + state + "</Code></State>";
}

std::string listener(const std::string& id,
                     const std::string& protocol = "HTTPS",
                     const std::string& port = "443") {
  return "<ListenerArn>" + listener_arn(id) + "</ListenerArn><Protocol>" + protocol +
         "</Protocol><Port>" + port + "</Port><SslPolicy>ELBSecurityPolicy-2016-08</SslPolicy>" +
         "<MutualAuthentication><Mode>off</Mode></MutualAuthentication>";
}

std::string attached(const std::string& its_arn, bool is_default = false) {
  return "<CertificateArn>" + its_arn + "</CertificateArn><IsDefault>" +
         (is_default ? "true" : "false") + "</IsDefault>";
}

std::string rule(const std::vector<std::string>& hosts) {
  return "<Conditions>" +
         members({"<Field>path-pattern</Field><Values><member>/x.y</member></Values>",
                  "<Field>host-header</Field><HostHeaderConfig><Values>" + members(hosts) +
                      "</Values></HostHeaderConfig>"}) +
         "</Conditions>";
}

Json certificate(const std::string& id,
                 const std::vector<std::string>& names,
                 const std::string& key = "EC_prime256v1") {
  return {{"CertificateArn", arn(id)},
          {"SubjectAlternativeNameSummaries", names},
          {"HasAdditionalSubjectAlternativeNames", false},
          {"KeyAlgorithm", key},
          {"NotAfter", 4e9}};
}

struct AwsElbTest : ::testing::Test {
  testing::RecordingHttp http;
  testing::StillClock clock;
  Aws account = in_region("eu-west-1");

  Aws in_region(const std::string& region) {
    return Aws({.endpoint = "https://{service}.amazonaws.com",
                .key = {.id = "AKEXAMPLE", .secret = Secret("SKEXAMPLE"), .session_token = {}},
                .region = region},
               http,
               clock);
  }
  void will_say(const std::string& action, const std::string& inside) {
    http.will_answer(200,
                     "<" + action +
                         "Response xmlns=\"http://elasticloadbalancing.amazonaws.com/"
                         "doc/2015-12-01/\"><" +
                         action + "Result>" + inside + "</" + action + "Result></" + action +
                         "Response>");
  }
  void will_list_balancers(const std::vector<std::string>& all, const std::string& next = "") {
    will_say("DescribeLoadBalancers",
             "<LoadBalancers>" + members(all) + "</LoadBalancers>" +
                 (next.empty() ? "" : "<NextMarker>" + next + "</NextMarker>"));
  }
  void will_list(const std::vector<std::string>& listeners) {
    will_say("DescribeListeners", "<Listeners>" + members(listeners) + "</Listeners>");
  }
  void will_have(const std::vector<std::string>& certificates) {
    will_say("DescribeListenerCertificates",
             "<Certificates>" + members(certificates) + "</Certificates>");
  }
  void will_route(const std::vector<std::string>& rules) {
    will_say("DescribeRules", "<Rules>" + members(rules) + "</Rules>");
  }
  void will_know(const std::vector<Json>& certificates,
                 const std::map<std::string, std::string>& labels = {}) {
    http.will_answer(200, Json{{"CertificateSummaryList", certificates}}.dump());
    will_label(labels);
  }
  void will_label(const std::map<std::string, std::string>& labels) {
    Json tagged = Json::array();
    for (const auto& [id, label] : labels) {
      tagged.push_back(
          {{"ResourceARN", arn(id)}, {"Tags", {{{"Key", "certferry"}, {"Value", label}}}}});
    }
    http.will_answer(200, Json{{"ResourceTagMappingList", tagged}, {"PaginationToken", ""}}.dump());
  }
  std::map<std::string, Binding> list() {
    std::map<std::string, Binding> by_name;
    for (Binding& one : finish(account.list_bindings("elb")).value()) {
      EXPECT_FALSE(by_name.contains(one.vendor_name)) << one.vendor_name;
      by_name[one.vendor_name] = std::move(one);
    }
    return by_name;
  }
  Result<BindDone> bind(const std::string& name, const std::vector<std::string>& covers) {
    auto bundle = std::make_shared<Bundle>();
    bundle->leaf.dns_names = covers;
    bundle->leaf.key.algorithm = KeyType::Algorithm::kEcdsa;
    bundle->leaf.not_after = Time(seconds(4'000'000'000));
    return finish(account.bind({.product = "elb",
                                .binding = {.name = name, .vendor_name = name},
                                .stored_id = arn("new"),
                                .bundle = bundle,
                                .label = label_for(std::string(64, 'b'), 7)}));
  }
  /// The actions sent since, in their order.
  std::vector<std::string> sent_since(std::size_t from) const {
    std::vector<std::string> actions;
    for (std::size_t i = from; i < http.sent.size(); ++i) {
      const std::string& body = http.sent[i].body;
      actions.push_back(body.substr(7, body.find('&') - 7));
    }
    return actions;
  }
};

TEST_F(AwsElbTest, SignsFormsForTheRegionOfTheAccount) {
  will_list_balancers({balancer("lb")});
  will_list({listener("1")});
  will_have({attached(arn("one"), true)});
  will_route({});
  will_know({certificate("one", {"a.example.com"})});
  list();
  EXPECT_EQ(http.sent[0].method, "POST");
  EXPECT_EQ(http.sent[0].url, "https://elasticloadbalancing.eu-west-1.amazonaws.com/");
  EXPECT_EQ(http.sent[0].headers.at("Content-Type"),
            "application/x-www-form-urlencoded; charset=utf-8");
  EXPECT_EQ(http.sent[0].body, "Action=DescribeLoadBalancers&Version=2015-12-01&PageSize=100");
  EXPECT_THAT(http.sent[0].headers.at("Authorization"),
              HasSubstr("/20260102/eu-west-1/elasticloadbalancing/aws4_request, SignedHeaders="
                        "content-type;host;x-amz-date, "));
  EXPECT_EQ(http.sent[1].body,
            "Action=DescribeListeners&Version=2015-12-01&PageSize=100&LoadBalancerArn=arn%3Aaws%3A"
            "elasticloadbalancing%3Aeu-west-1%3A123456789012%3Aloadbalancer%2Flb");
  EXPECT_EQ(http.sent[4].url, "https://acm.eu-west-1.amazonaws.com/");
  EXPECT_EQ(http.sent[5].url, "https://tagging.eu-west-1.amazonaws.com/");
  for (const auto& one : http.sent) EXPECT_FALSE(one.changes_state);
}

TEST_F(AwsElbTest, HasOneRegionAndCloudFrontItsOwn) {
  const auto refused = finish(account.list_bindings("cloudfront"));
  EXPECT_EQ(refused.error().kind, ErrorKind::kUnsupported);
  EXPECT_THAT(refused.error().text(), HasSubstr("us-east-1 alone"));
  Aws odd = in_region("eu-west-1.example.com/");
  EXPECT_EQ(finish(odd.list_bindings("elb")).error().kind, ErrorKind::kInvalidInput);
  EXPECT_THAT(http.sent, IsEmpty());
  EXPECT_THAT(finish(account.list_bindings("clb")).error().text(), HasSubstr("cloudfront, elb"));
}

TEST_F(AwsElbTest, NamesWhatRulesRouteByAndWhatCertificatesAreFor) {
  will_list_balancers({balancer("gone"), balancer("gwy", "active", "gateway")}, "m1");
  will_list_balancers(
      {balancer("lb"), balancer("net", "active_impaired", "network"), balancer("off", "failed")});
  http.will_answer(400,
                   "<ErrorResponse><Error><Code>LoadBalancerNotFound</Code></Error>"
                   "</ErrorResponse>");
  will_list({listener("0", "HTTP", "80"), listener("1"), listener("2", "HTTPS", "8443")});
  will_have({attached(arn("first"), true), attached(arn("pattern"))});
  will_route({rule({"API.example.com", "*.shop.example.com", "w?w.example.com", "*example.org"}),
              rule({"api.example.com"})});
  will_have({attached("arn:aws:iam::123456789012:server-certificate/Legacy", true)});
  will_route({rule({"admin.example.com"})});
  will_list({listener("3", "TLS")});
  will_have({attached(arn("second"), true)});
  will_list({listener("4")});
  will_have({attached(arn("first"), true)});
  will_route({});
  will_know({certificate("first", {"www.example.com", "example.com"}),
             certificate("pattern", {"*.example.com", "*.example.net"}),
             certificate("second", {"tls.example.com", "*.example.com"}, "RSA_2048")});
  const auto bindings = list();
  std::vector<std::string> names;
  for (const auto& [name, one] : bindings) names.push_back(name);
  EXPECT_THAT(names,
              ElementsAre("*.shop.example.com",
                          "admin.example.com",
                          "api.example.com",
                          "app/lb/50dc/2 Legacy",
                          "example.com",
                          "tls.example.com",
                          "www.example.com"));
  for (const auto& [name, id] : {std::pair("api.example.com", "pattern"),
                                 std::pair("example.com", "first"),
                                 std::pair("tls.example.com", "second")}) {
    EXPECT_TRUE(bindings.at(name).online) << name;
    EXPECT_EQ(bindings.at(name).stored_id, arn(id)) << name;
  }
  // The default has it, and the pattern in the list is presented.
  EXPECT_EQ(bindings.at("www.example.com").stored_id, arn("pattern"));
  EXPECT_EQ(bindings.at("*.shop.example.com").stored_id, std::nullopt);
  EXPECT_TRUE(bindings.at("*.shop.example.com").online);
  EXPECT_EQ(bindings.at("api.example.com").edge_name, "lb.eu-west-1.elb.amazonaws.com");
  EXPECT_EQ(bindings.at("api.example.com").status, "active");
  EXPECT_EQ(bindings.at("api.example.com").settings.at("app/lb/50dc/1.SslPolicy"),
            "ELBSecurityPolicy-2016-08");
  EXPECT_FALSE(bindings.at("admin.example.com").online);
  EXPECT_EQ(bindings.at("admin.example.com").status, "at port 8443");
  const Binding& of_iam = bindings.at("app/lb/50dc/2 Legacy");
  EXPECT_FALSE(of_iam.online);
  EXPECT_EQ(of_iam.stored_id, "arn:aws:iam::123456789012:server-certificate/Legacy");
  EXPECT_THAT(http.sent[1].body, HasSubstr("&Marker=m1"));
  // It is called only where there are rules.
  EXPECT_THAT(sent_since(8), Not(::testing::Contains("DescribeRules").Times(2)));
}

TEST_F(AwsElbTest, TakesANameOfSeveralBalancersForOneTarget) {
  will_list_balancers({balancer("one"), balancer("two"), balancer("off", "provisioning")});
  for (const char* id : {"1", "2"}) {
    will_list({listener(id)});
    will_have({attached(arn(id), true)});
    will_route({});
  }
  will_list({listener("3")});
  will_have({attached(arn("3"), true)});
  will_route({rule({"new.example.com"})});
  will_know({certificate("1", {"www.example.com"}),
             certificate("2", {"www.example.com"}),
             certificate("3", {"www.example.com"})});
  const auto bindings = list();
  EXPECT_EQ(bindings.at("www.example.com").stored_id, arn("1") + " and " + arn("2"));
  EXPECT_EQ(bindings.at("www.example.com").edge_name, "");
  EXPECT_TRUE(bindings.at("www.example.com").online);
  EXPECT_FALSE(bindings.at("new.example.com").online);
  EXPECT_EQ(bindings.at("new.example.com").status, "provisioning");

  const std::size_t before = http.sent.size();
  will_have({attached(arn("1"), true)});
  will_have({attached(arn("new"), true)});
  will_say("ModifyListener",
           "<Listeners>" +
               members({"<Certificates>" + members({attached(arn("new"))}) + "</Certificates>"}) +
               "</Listeners>");
  EXPECT_TRUE(bind("www.example.com", {"www.example.com"}).value().wrote_settings);
  EXPECT_THAT(
      sent_since(before),
      ElementsAre(
          "DescribeListenerCertificates", "DescribeListenerCertificates", "ModifyListener"));
  EXPECT_EQ(http.sent.back().body,
            "Action=ModifyListener&Version=2015-12-01&ListenerArn=arn%3Aaws%3Aelasticloadbalancing"
            "%3Aeu-west-1%3A123456789012%3Alistener%2Fapp%2Flb%2F50dc%2F1&Certificates.member.1."
            "CertificateArn=arn%3Aaws%3Aacm%3Aeu-west-1%3A123456789012%3Acertificate%2Fnew");
  EXPECT_TRUE(http.sent.back().changes_state);
}

TEST_F(AwsElbTest, WhatWasRefusedAtTheSecondListenerHasToBeReadFirst) {
  will_list_balancers({balancer("one"), balancer("two")});
  for (const char* id : {"1", "2"}) {
    will_list({listener(id)});
    will_have({attached(arn(id), true)});
    will_route({});
  }
  will_know({certificate("1", {"www.example.com"}), certificate("2", {"www.example.com"})});
  list();
  will_have({attached(arn("1"), true)});
  will_have({attached(arn("2"), true)});
  will_say("ModifyListener",
           "<Listeners>" +
               members({"<Certificates>" + members({attached(arn("new"))}) + "</Certificates>"}) +
               "</Listeners>");
  http.will_answer(403, "<ErrorResponse><Error><Code>AccessDenied</Code></Error></ErrorResponse>");
  const Error error = bind("www.example.com", {"www.example.com"}).error();
  EXPECT_EQ(error.kind, ErrorKind::kMaybeApplied) << error.text();
  EXPECT_THAT(error.text(), HasSubstr("1 of its 2 places was changed before this"));
}

TEST_F(AwsElbTest, AsksForCertificatesWhoseNamesAreNotAllListed) {
  will_list_balancers({balancer("lb")});
  will_list({listener("1")});
  will_have({attached(arn("long"), true), attached(arn("private")), attached(arn("gone"))});
  will_route({});
  Json many = certificate("long", {"a.example.com"});
  many["HasAdditionalSubjectAlternativeNames"] = true;
  http.will_answer(200, Json{{"CertificateSummaryList", {many}}}.dump());
  http.will_answer(400, R"({"__type":"ResourceNotFoundException"})");
  const auto will_describe = [&](const std::vector<std::string>& names) {
    http.will_answer(
        200,
        Json{{"Certificate", {{"SubjectAlternativeNames", names}, {"KeyAlgorithm", "RSA-2048"}}}}
            .dump());
  };
  will_describe({"a.example.com", "z.example.com"});
  will_describe({"p.example.com"});
  will_label({});
  const auto bindings = list();
  EXPECT_EQ(bindings.at("z.example.com").stored_id, arn("long"));
  EXPECT_EQ(bindings.at("p.example.com").stored_id, arn("private"));
  EXPECT_EQ(bindings.at("app/lb/50dc/1 gone").stored_id, arn("gone"));
}

TEST_F(AwsElbTest, LeavesOutWhatNeverServesUnlessAnotherWill) {
  will_list_balancers({balancer("off", "failed"), balancer("soon", "provisioning")});
  const std::vector<std::string> both = {"a.example.com", "b.example.com"};
  for (const std::vector<std::string>& names : {both, {"b.example.com"}}) {
    will_list({listener("1")});
    will_have({});
    will_route({rule(names)});
  }
  const auto bindings = list();
  EXPECT_FALSE(bindings.at("a.example.com").online);
  EXPECT_EQ(bindings.at("a.example.com").status, "offline");
  EXPECT_FALSE(bindings.at("b.example.com").online);
  EXPECT_EQ(bindings.at("b.example.com").status, "provisioning");
}

/// One listener, whose certificates are read once more right before a bind.
struct AwsElbBindTest : AwsElbTest {
  void with(const std::vector<std::string>& certificates, const std::vector<Json>& known) {
    will_list_balancers({balancer("lb")});
    will_list({listener("1")});
    will_have(certificates);
    will_route({rule({"www.example.com"})});
    will_know(known);
    list();
    before = http.sent.size();
    will_have(certificates);
  }
  void will_take(const std::string& id) {
    will_say("AddListenerCertificates",
             "<Certificates>" + members({attached(arn(id))}) + "</Certificates>");
  }
  std::size_t before = 0;
};

TEST_F(AwsElbBindTest, AddsTheNewOneBeforeItTakesTheOldOneOff) {
  with({attached(arn("other"), true), attached(arn("old")), attached(arn("older"))},
       {certificate("other", {"other.example.org"}),
        certificate("old", {"www.example.com"}),
        certificate("older", {"*.example.com"})});
  will_take("new");
  will_have({attached(arn("old")), attached(arn("new"))});
  will_say("RemoveListenerCertificates", "");
  will_say("RemoveListenerCertificates", "");
  EXPECT_FALSE(
      bind("www.example.com", {"www.example.com", "*.example.com"}).value().wrote_settings);
  EXPECT_THAT(sent_since(before),
              ElementsAre("DescribeListenerCertificates",
                          "AddListenerCertificates",
                          "DescribeListenerCertificates",
                          "RemoveListenerCertificates",
                          "RemoveListenerCertificates"));
  EXPECT_THAT(http.sent[before + 3].body, HasSubstr("certificate%2Fold"));
  EXPECT_TRUE(http.sent[before + 1].changes_state);
}

TEST_F(AwsElbBindTest, TakesNothingOffBeforeTheListenerListsTheNewOne) {
  with({attached(arn("other"), true), attached(arn("old"))},
       {certificate("other", {"other.example.org"}), certificate("old", {"www.example.com"})});
  will_take("new");
  will_have({attached(arn("other"), true), attached(arn("old"))});
  const auto lost = bind("www.example.com", {"www.example.com"});
  EXPECT_EQ(lost.error().kind, ErrorKind::kMaybeApplied);
  EXPECT_THAT(sent_since(before),
              ElementsAre("DescribeListenerCertificates",
                          "AddListenerCertificates",
                          "DescribeListenerCertificates"));
}

TEST_F(AwsElbBindTest, WhatWasRefusedAfterTheNewOneWasAddedHasToBeReadFirst) {
  with({attached(arn("other"), true), attached(arn("old"))},
       {certificate("other", {"other.example.org"}), certificate("old", {"www.example.com"})});
  will_take("new");
  will_have({attached(arn("old")), attached(arn("new"))});
  http.will_answer(403, "<ErrorResponse><Error><Code>AccessDenied</Code></Error></ErrorResponse>");
  const Error error = bind("www.example.com", {"www.example.com"}).error();
  EXPECT_EQ(error.kind, ErrorKind::kMaybeApplied) << error.text();
  EXPECT_THAT(error.text(), HasSubstr("a part of a listener's change was made before this"));
}

TEST_F(AwsElbBindTest, SendsNothingTwiceAndNothingThatIsRefused) {
  with({attached(arn("other"), true), attached(arn("new"))},
       {certificate("other", {"other.example.org"}), certificate("new", {"www.example.com"})});
  EXPECT_TRUE(bind("www.example.com", {"www.example.com"}));
  EXPECT_THAT(sent_since(before), ElementsAre("DescribeListenerCertificates"));

  with({attached(arn("other"), true), attached(arn("wide"))},
       {certificate("other", {"other.example.org"}),
        certificate("wide", {"www.example.com", "api.example.com"})});
  const auto refused = bind("www.example.com", {"www.example.com"});
  EXPECT_EQ(refused.error().kind, ErrorKind::kRejected);
  EXPECT_THAT(refused.error().text(), HasSubstr("api.example.com"));
  EXPECT_THAT(sent_since(before), ElementsAre("DescribeListenerCertificates"));
}

TEST_F(AwsElbBindTest, TrustsNoAnswerWithoutTheCertificate) {
  with({attached(arn("other"), true)}, {certificate("other", {"other.example.org"})});
  will_take("another");
  const auto lost = bind("www.example.com", {"www.example.com"});
  EXPECT_EQ(lost.error().kind, ErrorKind::kMaybeApplied);
  EXPECT_EQ(lost.error().code, "reply.shape");
}

TEST_F(AwsElbBindTest, GoesBackToWhatTheStoreKnows) {
  with({attached(arn("other"), true), attached(arn("new"))},
       {certificate("other", {"other.example.org"}), certificate("new", {"www.example.com"})});
  will_know({certificate("old", {"www.example.com"})});
  will_take("old");
  will_have({attached(arn("new")), attached(arn("old"))});
  will_say("RemoveListenerCertificates", "");
  BindRequest back{.product = "elb",
                   .binding = {.name = "www.example.com", .vendor_name = "www.example.com"},
                   .stored_id = arn("old"),
                   .bundle = nullptr,
                   .label = {}};
  EXPECT_TRUE(finish(account.bind(back)));
  EXPECT_THAT(http.sent.back().body, HasSubstr("certificate%2Fnew"));

  will_have({attached(arn("other"), true)});
  back.stored_id = "arn:aws:iam::1:server-certificate/x";
  EXPECT_EQ(finish(account.bind(back)).error().kind, ErrorKind::kNotFound);
  back.binding.name = "nowhere.example.com";
  will_list_balancers({});
  EXPECT_EQ(finish(account.bind(back)).error().kind, ErrorKind::kNotFound);
}

TEST_F(AwsElbBindTest, TriesAgainWhatAListenerDoesNotKnowYet) {
  with({attached(arn("other"), true)}, {certificate("other", {"other.example.org"})});
  http.will_answer(
      400, "<ErrorResponse><Error><Code>CertificateNotFound</Code></Error></ErrorResponse>");
  const auto unknown = bind("www.example.com", {"www.example.com"});
  EXPECT_EQ(unknown.error().kind, ErrorKind::kUnavailable);
  EXPECT_EQ(unknown.error().code, "vendor.busy");
}

TEST_F(AwsElbBindTest, SaysWhenAListenerIsFull) {
  with({attached(arn("other"), true)}, {certificate("other", {"other.example.org"})});
  http.will_answer(
      400, "<ErrorResponse><Error><Code>TooManyCertificates</Code></Error></ErrorResponse>");
  const auto full = bind("www.example.com", {"www.example.com"});
  EXPECT_EQ(full.error().kind, ErrorKind::kQuota);
  EXPECT_THAT(full.error().text(), HasSubstr("the listener has as many certificates as it may"));
}

TEST_F(AwsElbTest, TakesNoListForWholeThatIsNot) {
  const auto told = [&] { return finish(account.list_bindings("elb")).error().code; };
  http.will_answer(200, "<DescribeLoadBalancersResponse/>");
  EXPECT_EQ(told(), "reply.shape");
  http.will_answer(200, "<DescribeListenersResponse/>");
  EXPECT_EQ(told(), "reply.shape");
  will_list_balancers({}, "m1");
  will_list_balancers({}, "m1");
  EXPECT_EQ(told(), "reply.paging");
  will_list_balancers({"<LoadBalancerArn>a b</LoadBalancerArn>"});
  EXPECT_EQ(told(), "reply.no_id");
  will_list_balancers({balancer("lb")});
  will_list({"<Protocol>TLS</Protocol>"});
  EXPECT_EQ(told(), "reply.no_id");
  will_list_balancers({balancer("lb")});
  will_list({listener("1")});
  will_have({attached("")});
  EXPECT_EQ(told(), "reply.no_id");
}

}  // namespace
}  // namespace certferry
