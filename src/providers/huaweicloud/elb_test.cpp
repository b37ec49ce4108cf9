#include "providers/huaweicloud/elb.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "crypto/pem.h"
#include "crypto/throwaway_ca.h"
#include "providers/huaweicloud/huaweicloud.h"
#include "providers/testing/recording_http.h"
#include "providers/testing/still_clock.h"

namespace certferry {
namespace {

using Json = nlohmann::json;
using ::testing::ElementsAre;
using testing::finish;
using ::testing::HasSubstr;
using ::testing::UnorderedElementsAre;

const std::string kId = "scs1600313391074";

BundlePtr bundle_for(std::vector<std::string> names,
                     LeafRequest::KeyKind key = LeafRequest::KeyKind::kEcdsaP256) {
  static const Time kNow = parse_time("2026-01-02T03:04:05Z").value();
  static const ThrowawayCa kAuthority(kNow - hours(24), kNow + hours(24 * 365));
  const IssuedLeaf leaf = kAuthority.issue({.names = std::move(names),
                                            .not_before = kNow,
                                            .not_after = kNow + hours(24 * 90),
                                            .key = key});
  return read_bundle({.chain = Secret(leaf.chain_pem), .key = leaf.key_pem}).value();
}

std::string copy_name(const BundlePtr& bundle, const std::string& id = kId) {
  return "certferry-" + id + "-" + bundle->fingerprint();
}

Json own(const std::string& id,
         const std::string& name,
         const BundlePtr& bundle,
         const std::string& domain = "") {
  return {{"id", id},
          {"name", name},
          {"type", "server"},
          {"domain", domain},
          {"certificate", bundle->chain_pem}};
}

Json listener(const std::string& id,
              const std::string& fallback,
              const std::vector<std::string>& sni = {},
              const std::string& balancer = "b1") {
  return {{"id", id},
          {"protocol", "HTTPS"},
          {"protocol_port", 443},
          {"loadbalancers", {{{"id", balancer}}}},
          {"default_tls_container_ref", fallback},
          {"sni_container_refs", sni},
          {"http2_enable", true}};
}

Json balancer(const std::string& id, const std::string& address = "") {
  Json out = {{"id", id}, {"admin_state_up", true}, {"operating_status", "ONLINE"}};
  out["eips"] = Json::array();
  if (!address.empty()) out["eips"].push_back({{"eip_address", address}});
  return out;
}

struct HuaweiCloudElbTest : ::testing::Test {
  testing::RecordingHttp http;
  testing::StillClock clock;
  HuaweiCloud account{config(), http, clock};
  BundlePtr bundle = bundle_for({"a.example.com", "b.example.com"});

  static HuaweiCloudConfig config() {
    return {.endpoint = "https://{service}.myhuaweicloud.com",
            .region = "",
            .key = {.id = "AKIDEXAMPLE", .secret = Secret("SKEXAMPLE"), .session_token = {}},
            .domain_id = "D1",
            .project_id = "P1",
            .enterprise_project_id = "",
            .elb_region = "cn-south-1",
            .elb_project_id = "P3"};
  }
  void will_list(const std::string& array, const std::vector<Json>& items) {
    http.will_answer(200,
                     Json{{array, items}, {"page_info", {{"current_count", items.size()}}}}.dump());
  }
  void will_list_all(const std::vector<Json>& listeners,
                     const std::vector<Json>& certificates,
                     const std::vector<Json>& balancers = {balancer("b1")}) {
    will_list("loadbalancers", balancers);
    will_list("listeners", listeners);
    will_list("certificates", certificates);
  }
  void will_show(const Json& listener) {
    http.will_answer(200, Json{{"listener", listener}}.dump());
  }
  std::vector<Binding> list() { return finish(account.list_bindings("elb")).value(); }
  Result<BindDone> bind(const std::string& name,
                        const std::string& listeners,
                        BundlePtr with,
                        const std::string& id = kId) {
    return finish(account.bind(
        {.product = "elb",
         .binding = {.name = name, .vendor_name = name, .settings = {{"listeners", listeners}}},
         .stored_id = id,
         .bundle = std::move(with)}));
  }
  /// What was sent to change something, by the end of its path.
  std::vector<std::pair<std::string, Json>> changes() const {
    std::vector<std::pair<std::string, Json>> out;
    for (const auto& one : http.sent) {
      if (!one.changes_state) continue;
      out.emplace_back(one.method + one.url.substr(one.url.find("/elb/") + 4),
                       one.body.empty() ? Json() : Json::parse(one.body));
    }
    return out;
  }
};

const Binding& named(const std::vector<Binding>& all, const std::string& name) {
  static const Binding kNone;
  const auto found = std::ranges::find(all, name, &Binding::name);
  EXPECT_NE(found, all.end()) << name;
  return found == all.end() ? kNone : *found;
}

TEST_F(HuaweiCloudElbTest, ListsTheNamesThatCertificatesOfListenersAreFor) {
  const BundlePtr wild = bundle_for({"*.example.net", "x.example.org"});
  will_list_all({listener("l1", "c1", {"c2"})},
                {own("c1", copy_name(bundle), bundle),
                 own("c2", "by hand", wild, "*.example.net, b.example.com"),
                 own("c3", "unused", wild)},
                {balancer("b1", "192.0.2.5")});
  const auto all = list();
  ASSERT_EQ(all.size(), 3U);
  const Binding& first = named(all, "a.example.com");
  EXPECT_TRUE(first.online);
  EXPECT_EQ(first.stored_id, kId);
  EXPECT_EQ(first.edge_name, "192.0.2.5");
  EXPECT_EQ(first.settings.at("listeners"), "l1");
  EXPECT_EQ(first.settings.at("l1.http2_enable"), "true");
  // What stands beside a certificate counts, and not what is in it.
  EXPECT_EQ(named(all, "b.example.com").stored_id, "elb:c2");
  EXPECT_EQ(named(all, "*.example.net").stored_id, "elb:c2");
  const std::string host = "https://elb.cn-south-1.myhuaweicloud.com/v3/P3/elb/";
  EXPECT_EQ(http.sent[0].url,
            host + "loadbalancers?enterprise_project_id=all_granted_eps&limit=500");
  EXPECT_EQ(http.sent[1].url, host + "listeners?enterprise_project_id=all_granted_eps&limit=500");
  EXPECT_EQ(http.sent[2].url,
            host + "certificates?enterprise_project_id=all_granted_eps&limit=100&type=server");
  EXPECT_EQ(http.sent[0].headers.at("X-Project-Id"), "P3");
}

TEST_F(HuaweiCloudElbTest, AWildcardOfTheOthersTakesANameFromTheFirst) {
  const BundlePtr deep = bundle_for({"a.example.com", "x.y.example.com"});
  const BundlePtr wild = bundle_for({"*.example.com"});
  for (const bool longest : {false, true}) {
    Json one = listener("l1", "c1", {"c2"});
    one["sni_match_algo"] = longest ? "longest_suffix" : "wildcard";
    will_list_all({one}, {own("c1", "x", deep), own("c2", "y", wild, "*.example.com")});
    std::vector<std::string> names;
    for (const Binding& binding : list()) names.push_back(binding.name);
    if (longest) {
      EXPECT_THAT(names, ElementsAre("*.example.com"));
    } else {
      EXPECT_THAT(names, UnorderedElementsAre("*.example.com", "x.y.example.com"));
    }
  }
}

TEST_F(HuaweiCloudElbTest, LeavesAloneWhatNobodyCanLookAtOrName) {
  Json quic = listener("l2", "c1");
  quic["protocol"] = "QUIC";
  Json elsewhere = listener("l3", "c2");
  elsewhere["protocol_port"] = 8443;
  Json plain = listener("l4", "");
  plain["protocol"] = "HTTP";
  Json nameless = listener("l5", "gone");
  const BundlePtr other = bundle_for({"c.example.com"});
  will_list_all({quic, elsewhere, plain, nameless, listener("l6", "c3", {}, "b2")},
                {own("c1", copy_name(bundle), bundle),
                 own("c2", copy_name(bundle), bundle),
                 own("c3", "by hand", other)},
                {balancer("b1"), {{"id", "b2"}, {"admin_state_up", false}}});
  const auto all = list();
  for (const Binding& one : all) EXPECT_FALSE(one.online) << one.name;
  EXPECT_EQ(named(all, "b1/l2").stored_id, kId);
  EXPECT_EQ(named(all, "b1/l2").status, "a listener of QUIC");
  EXPECT_EQ(named(all, "a.example.com").status, "at no listener with port 443");
  EXPECT_EQ(named(all, "b1/l5").stored_id, "elb:gone");
  EXPECT_EQ(named(all, "c.example.com").status, "offline");
  EXPECT_EQ(all.size(), 5U);
}

TEST_F(HuaweiCloudElbTest, TakesListenersOfOneNameTogether) {
  const BundlePtr other = bundle_for({"a.example.com"});
  Json second = listener("l2", "c2", {}, "b2");
  second["protocol_port"] = 8443;
  will_list_all({listener("l1", "c1"), second},
                {own("c1", copy_name(bundle), bundle), own("c2", "by hand", other)},
                {balancer("b1", "192.0.2.5"), balancer("b2", "192.0.2.6")});
  const Binding one = named(list(), "a.example.com");
  EXPECT_TRUE(one.online);
  EXPECT_EQ(one.stored_id, "elb:c2 and " + kId);
  EXPECT_EQ(one.settings.at("listeners"), "l1,l2");
  EXPECT_EQ(one.edge_name, "");
}

TEST_F(HuaweiCloudElbTest, BelievesANameOnlyWithWhatItTells) {
  const BundlePtr other = bundle_for({"a.example.com"});
  will_list_all({listener("l1", "c1")}, {own("c1", copy_name(bundle), other)});
  EXPECT_EQ(named(list(), "a.example.com").stored_id, "elb:c1");
}

TEST_F(HuaweiCloudElbTest, ListsPagesByTheirMarker) {
  http.will_answer(200, R"({"loadbalancers":[{"id":"b1"}],"page_info":{"next_marker":"b1"}})");
  http.will_answer(200, R"({"loadbalancers":[],"page_info":{"next_marker":"b1"}})");
  will_list("listeners", {});
  will_list("certificates", {});
  EXPECT_TRUE(list().empty());
  EXPECT_THAT(http.sent[1].url, HasSubstr("&limit=500&marker=b1"));
  for (const std::string& odd : {std::string(R"({"loadbalancers":[]})"),
                                 std::string(R"({"page_info":{}})"),
                                 std::string(R"({"loadbalancers":7,"page_info":{}})")}) {
    http.will_answer(200, odd);
    EXPECT_EQ(finish(account.list_bindings("elb")).error().code, "reply.shape") << odd;
  }
}

TEST_F(HuaweiCloudElbTest, CopiesForTheSameNamesAndChangesNothingElse) {
  const BundlePtr before = bundle_for({"a.example.com", "b.example.com"});
  const BundlePtr other = bundle_for({"c.example.com"});
  const std::vector<Json> certificates = {own("c1", "by hand", other),
                                          own("c2", "by hand", before, "b.example.com"),
                                          own("c3", "by hand", other, "c.example.com")};
  will_list("certificates", certificates);
  Json shown = listener("l1", "c1", {"c3", "c2"});
  shown["sni_match_algo"] = "longest_suffix";
  will_show(shown);
  will_list("certificates", certificates);
  http.will_answer(201, R"({"certificate":{"id":"c9","private_key":"K"}})");
  will_show(listener("l1", "c1", {"c3", "c9"}));
  const auto done = bind("b.example.com", "l1", bundle);
  ASSERT_TRUE(done.has_value()) << done.error().text();
  EXPECT_TRUE(done->wrote_settings);
  const auto sent = changes();
  ASSERT_EQ(sent.size(), 2U);
  EXPECT_EQ(sent[0].first, "POST/certificates");
  const Json& made = sent[0].second["certificate"];
  EXPECT_EQ(made["name"], copy_name(bundle));
  EXPECT_EQ(made["type"], "server");
  EXPECT_EQ(made["domain"], "b.example.com");
  EXPECT_EQ(made["certificate"], bundle->chain_pem);
  EXPECT_EQ(made["private_key"], bundle->key_pem.reveal());
  EXPECT_EQ(made.size(), 5U);
  EXPECT_EQ(sent[1].first, "PUT/listeners/l1");
  EXPECT_EQ(sent[1].second,
            (Json{{"listener",
                   {{"default_tls_container_ref", "c1"},
                    {"sni_container_refs", {"c3", "c9"}},
                    {"sni_match_algo", "longest_suffix"}}}}));
}

TEST_F(HuaweiCloudElbTest, ReplacesACertificateWhereverAListenerHasIt) {
  const BundlePtr before = bundle_for({"a.example.com"});
  will_list("certificates",
            {own("c1", "by hand", before), own("c9", copy_name(bundle), bundle, "a.example.com")});
  will_show(listener("l1", "c1", {"c1"}));
  will_show(listener("l1", "c9", {"c9"}));
  ASSERT_TRUE(bind("a.example.com", "l1", nullptr).has_value());
  EXPECT_EQ(changes().at(0).second["listener"],
            (Json{{"default_tls_container_ref", "c9"}, {"sni_container_refs", {"c9"}}}));
}

TEST_F(HuaweiCloudElbTest, SendsNothingWhereItIsAlready) {
  will_list("certificates", {own("c9", copy_name(bundle), bundle, "a.example.com")});
  will_show(listener("l1", "c9"));
  const auto done = bind("a.example.com", "l1", bundle);
  ASSERT_TRUE(done.has_value());
  EXPECT_FALSE(done->wrote_settings);
  EXPECT_TRUE(changes().empty());
}

TEST_F(HuaweiCloudElbTest, TakesNoCertificateFromAnotherName) {
  const BundlePtr before = bundle_for({"a.example.com", "z.example.com"});
  const std::vector<Json> certificates = {own("c1", "by hand", before)};
  will_list("certificates", certificates);
  will_show(listener("l1", "c1"));
  will_list("certificates", certificates);
  const auto refused = bind("a.example.com", "l1", bundle);
  EXPECT_EQ(refused.error().kind, ErrorKind::kRejected);
  EXPECT_THAT(refused.error().text(), HasSubstr("z.example.com"));
  EXPECT_TRUE(changes().empty());
}

TEST_F(HuaweiCloudElbTest, TakesNoCertificateFromANameThatOnlyTheDefaultOneHasInIt) {
  const BundlePtr both = bundle_for({"www.example.com", "shop.example.com", "a.shop.example.com"});
  const BundlePtr narrow = bundle_for({"www.example.com"});
  const BundlePtr shop = bundle_for({"shop.example.com", "*.shop.example.com"});
  const std::vector<Json> certificates = {own("c1", "by hand", both, "www.example.com"),
                                          own("c2", "by hand", shop, "shop.example.com"),
                                          own("c3", "by hand", shop, "*.shop.example.com"),
                                          own("c4", "by hand", narrow, "www.example.com")};
  will_list("certificates", certificates);
  will_show(listener("l1", "c1"));
  will_list("certificates", certificates);
  const auto refused = bind("www.example.com", "l1", narrow);
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().kind, ErrorKind::kRejected);
  EXPECT_THAT(refused.error().text(), HasSubstr("shop.example.com"));
  will_show(listener("l1", "c1"));
  EXPECT_EQ(bind("www.example.com", "l1", nullptr, "elb:c4").error().kind, ErrorKind::kRejected);
  EXPECT_TRUE(changes().empty());
  // One that is chosen by name is got for its names alone.
  will_show(listener("l1", "c2", {"c1"}));
  http.will_answer(201, R"({"certificate":{"id":"c9"}})");
  will_show(listener("l1", "c2", {"c9"}));
  EXPECT_TRUE(bind("www.example.com", "l1", narrow).has_value());
  // By now there is a copy, which has no more in it.
  will_show(listener("l1", "c1"));
  EXPECT_EQ(bind("www.example.com", "l1", nullptr).error().kind, ErrorKind::kRejected);
  // Others take what is in it.
  will_show(listener("l1", "c1", {"c2"}));
  EXPECT_THAT(bind("www.example.com", "l1", narrow).error().text(), HasSubstr("a.shop.example"));
  will_show(listener("l1", "c1", {"c2", "c3"}));
  will_show(listener("l1", "c9", {"c2", "c3"}));
  EXPECT_TRUE(bind("www.example.com", "l1", narrow).has_value());
}

TEST_F(HuaweiCloudElbTest, ARenewalOfOurOwnMayLeaveOutANameThatItWasNotMadeFor) {
  const BundlePtr both = bundle_for({"www.example.com", "shop.example.com"});
  const BundlePtr narrow = bundle_for({"www.example.com"});
  const std::vector<Json> certificates = {
      own("c1", copy_name(both, "scs1"), both, "www.example.com")};
  will_list("certificates", certificates);
  will_show(listener("l1", "c1"));
  will_list("certificates", certificates);
  http.will_answer(201, R"({"certificate":{"id":"c9"}})");
  will_show(listener("l1", "c9"));
  EXPECT_TRUE(bind("www.example.com", "l1", narrow).has_value());
}

TEST_F(HuaweiCloudElbTest, ChangesNoListenerBeforeAllOfThemCanBe) {
  const BundlePtr narrow = bundle_for({"a.example.com"});
  const BundlePtr wide = bundle_for({"a.example.com", "z.example.com"});
  will_list("certificates",
            {own("c1", "by hand", narrow),
             own("c2", "by hand", wide),
             own("c9", copy_name(bundle), bundle, "a.example.com")});
  will_show(listener("l1", "c1"));
  will_show(listener("l2", "c2"));
  will_list("certificates", {own("c2", "by hand", wide)});
  EXPECT_EQ(bind("a.example.com", "l1,l2", bundle).error().kind, ErrorKind::kRejected);
  EXPECT_TRUE(changes().empty());
}

TEST_F(HuaweiCloudElbTest, WhatWasRefusedAtTheSecondListenerHasToBeReadFirst) {
  const BundlePtr narrow = bundle_for({"a.example.com"});
  will_list("certificates",
            {own("c1", "by hand", narrow), own("c9", copy_name(bundle), bundle, "a.example.com")});
  will_show(listener("l1", "c1"));
  will_show(listener("l2", "c1"));
  will_show(listener("l1", "c9"));
  http.will_answer(409, R"({"error_code":"ELB.8907","error_msg":"no"})");
  const Error error = bind("a.example.com", "l1,l2", bundle).error();
  EXPECT_EQ(error.kind, ErrorKind::kMaybeApplied) << error.text();
  EXPECT_THAT(error.text(), HasSubstr("1 of its 2 places was changed before this"));
  EXPECT_EQ(changes().size(), 2U);
}

TEST_F(HuaweiCloudElbTest, OfTwoKindsOfKeyReplacesTheSame) {
  const BundlePtr rsa = bundle_for({"a.example.com"}, LeafRequest::KeyKind::kRsa2048);
  const BundlePtr ecdsa = bundle_for({"a.example.com"});
  const BundlePtr fresh = bundle_for({"a.example.com"});
  const std::vector<Json> certificates = {own("c1", "by hand", rsa, "a.example.com"),
                                          own("c2", "by hand", ecdsa, "a.example.com")};
  will_list("certificates", certificates);
  will_show(listener("l1", "c1", {"c1", "c2"}));
  will_list("certificates", certificates);
  http.will_answer(201, R"({"certificate":{"id":"c9"}})");
  will_show(listener("l1", "c1", {"c1", "c9"}));
  ASSERT_TRUE(bind("a.example.com", "l1", fresh).has_value());
  EXPECT_EQ(changes().at(1).second["listener"]["sni_container_refs"], (Json{"c1", "c9"}));

  will_show(listener("l1", "c1", {"c1", "c2"}));
  EXPECT_EQ(bind("a.example.com", "l1", nullptr, "scs77").error().code, "vendor.two_certificates");
}

TEST_F(HuaweiCloudElbTest, GoesBackToSomebodysOwnForItsNames) {
  const BundlePtr before = bundle_for({"a.example.com"});
  const std::vector<Json> certificates = {own("c1", "by hand", before),
                                          own("c2", "by hand", bundle_for({"q.example.com"})),
                                          own("c9", copy_name(bundle), bundle, "a.example.com")};
  will_list("certificates", certificates);
  will_show(listener("l1", "c9"));
  will_show(listener("l1", "c1"));
  EXPECT_TRUE(bind("a.example.com", "l1", nullptr, "elb:c1").has_value());
  EXPECT_EQ(changes().at(0).second["listener"], (Json{{"default_tls_container_ref", "c1"}}));
  will_show(listener("l1", "c9"));
  will_list("certificates", certificates);
  EXPECT_EQ(bind("a.example.com", "l1", nullptr, "elb:c2").error().kind, ErrorKind::kRejected);
  will_show(listener("l1", "c9"));
  will_list("certificates", certificates);
  EXPECT_EQ(bind("a.example.com", "l1", nullptr, "elb:c7").error().kind, ErrorKind::kNotFound);
}

TEST_F(HuaweiCloudElbTest, LooksForACopyWhoseAnswerWasLost) {
  const BundlePtr before = bundle_for({"a.example.com"});
  const std::vector<Json> certificates = {own("c1", "by hand", before)};
  will_list("certificates", certificates);
  will_show(listener("l1", "c1"));
  will_list("certificates", certificates);
  http.will_answer(200, "{}");
  EXPECT_EQ(bind("a.example.com", "l1", bundle).error().kind, ErrorKind::kMaybeApplied);
  will_show(listener("l1", "c1"));
  will_list("certificates",
            {own("c1", "by hand", before), own("c9", copy_name(bundle), bundle, "a.example.com")});
  will_show(listener("l1", "c9"));
  EXPECT_TRUE(bind("a.example.com", "l1", bundle).has_value());
  EXPECT_EQ(changes().size(), 2U);
}

TEST_F(HuaweiCloudElbTest, AnAnswerAboutSomethingElseDecidesNothing) {
  will_list("certificates",
            {own("c1", "by hand", bundle_for({"a.example.com"})),
             own("c9", copy_name(bundle), bundle, "a.example.com")});
  will_show(listener("l7", "c1"));
  EXPECT_EQ(bind("a.example.com", "l1", bundle).error().kind, ErrorKind::kUnavailable);
  will_show(listener("l1", "c1"));
  will_show(listener("l7", "c9"));
  EXPECT_EQ(bind("a.example.com", "l1", bundle).error().kind, ErrorKind::kMaybeApplied);
  // It is somebody else's by now, and none of the name's.
  will_show(listener("l1", "c7"));
  will_list("certificates", {own("c7", "by hand", bundle_for({"q.example.com"}))});
  EXPECT_EQ(bind("a.example.com", "l1", bundle).error().kind, ErrorKind::kNotFound);
  const auto nowhere = finish(account.bind(
      {.product = "elb", .binding = {.name = "a", .vendor_name = "a"}, .stored_id = kId}));
  EXPECT_EQ(nowhere.error().kind, ErrorKind::kNotFound);
}

TEST_F(HuaweiCloudElbTest, DeletesEveryCopyBeforeTheCertificateInScm) {
  const auto begin = [&](const std::vector<Json>& listeners) {
    http.will_answer(200, R"({"total":0,"domains":[]})");
    http.will_answer({.status = 200,
                      .headers = {{"x-obs-request-id", "R-1"}},
                      .body = "<ListAllMyBucketsResult/>"});
    const std::vector<Json> certificates = {own("c1", copy_name(bundle), bundle, "a.example.com"),
                                            own("c2", copy_name(bundle), bundle, "b.example.com"),
                                            own("c3", copy_name(bundle, "scs2"), bundle)};
    will_list_all(listeners, certificates);
    will_list("listeners", listeners);
    will_list("certificates", certificates);
  };
  begin({listener("l1", "c3")});
  http.will_answer(204, "");
  http.will_answer(204, "");
  http.will_answer(
      200,
      R"({"results":[{"certificate_id":")" + kId + R"(","total_num":0,"deployed_resources":[]}]})");
  http.will_answer(204, "");
  ASSERT_TRUE(finish(account.remove(kId)).has_value());
  std::vector<std::string> deleted;
  for (const auto& one : http.sent) {
    if (one.method == "DELETE") deleted.push_back(one.url);
  }
  EXPECT_THAT(deleted,
              ElementsAre(HasSubstr("/elb/certificates/c1"),
                          HasSubstr("/elb/certificates/c2"),
                          HasSubstr("/scm/")));
  // By what is no target, one is used all the same.
  Json quic = listener("l1", "c3", {"c2"});
  quic["protocol"] = "QUIC";
  begin({quic});
  const std::size_t before = changes().size();
  const auto used = finish(account.remove(kId));
  EXPECT_EQ(used.error().kind, ErrorKind::kInUse);
  EXPECT_THAT(used.error().text(), HasSubstr("listener l1"));
  EXPECT_EQ(changes().size(), before);
}

}  // namespace
}  // namespace certferry
