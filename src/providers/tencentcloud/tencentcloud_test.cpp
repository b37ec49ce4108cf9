#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

#include "model/label.h"
#include "providers/tencentcloud/metadata.h"
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
using testing::TencentCloudTest;
using Json = nlohmann::json;

Json cdn_domain(const std::string& name, const Json& https, const std::string& status = "online") {
  return {{"Domain", name},
          {"Cname", name + ".cdn.dnsv1.com"},
          {"Status", status},
          {"Disable", "normal"},
          {"Origin", {{"Origins", Json::array({"o.example.com"})}}},
          {"Https", https}};
}

Json block(const std::string& id, const std::string& job = "deployed") {
  return {
      {"Switch", "on"},
      {"Http2", "on"},
      {"OcspStapling", "off"},
      {"Hsts", {{"Switch", "on"}, {"MaxAge", 600}, {"IncludeSubDomains", nullptr}}},
      {"TlsVersion", {"TLSv1.2", "TLSv1.3"}},
      {"ClientCertInfo", nullptr},
      {"SslStatus", job},
      {"CertInfo", {{"CertId", id}, {"CertName", "n"}, {"ExpireTime", "x"}, {"DeployTime", "y"}}}};
}

Json eo_domain(const std::string& name,
               const std::vector<Json>& list,
               const std::string& mode = "sslcert") {
  return {{"DomainName", name},
          {"DomainStatus", "online"},
          {"Cname", name + ".eo.dnse1.com"},
          {"OriginProtocol", "FOLLOW"},
          {"Certificate", {{"Mode", mode}, {"List", list}}}};
}

Json eo_entry(const std::string& id,
              const std::string& alias,
              const std::string& algorithm,
              const std::string& status = "deployed",
              const std::string& ends = "2026-06-01T00:00:00Z") {
  return {{"CertId", id},
          {"Alias", alias},
          {"SignAlgo", algorithm},
          {"Status", status},
          {"ExpireTime", ends},
          {"DeployTime", "2025-12-01T00:00:00Z"}};
}

TEST_F(TencentCloudTest, SignsEachCallForTheServiceItGoesTo) {
  will_list_zones({});
  ASSERT_TRUE(finish(account.list_bindings("eo")).has_value());
  const auto& sent = http.sent.at(0);
  EXPECT_EQ(sent.method, "POST");
  EXPECT_EQ(sent.url, "https://teo.tencentcloudapi.com/");
  EXPECT_EQ(body(0), (Json{{"Limit", 100}, {"Offset", 0}}));
  EXPECT_FALSE(sent.changes_state);
  EXPECT_EQ(sent.headers.at("X-TC-Action"), "DescribeZones");
  EXPECT_EQ(sent.headers.at("X-TC-Version"), "2022-09-01");
  EXPECT_EQ(sent.headers.at("X-TC-Timestamp"), "1767323040");
  EXPECT_EQ(sent.headers.at("Content-Type"), "application/json");
  EXPECT_THAT(sent.headers.at("Authorization"),
              HasSubstr("TC3-HMAC-SHA256 Credential=AKIDEXAMPLE/2026-01-02/teo/tc3_request, "
                        "SignedHeaders=content-type;host, Signature="));
  EXPECT_FALSE(sent.headers.contains("X-TC-Region"));
}

TEST_F(TencentCloudTest, CallsTheSiteOfTheAccount) {
  TencentCloud abroad = make({.site = "intl"});
  will_list_cdn({});
  ASSERT_TRUE(finish(abroad.list_bindings("cdn")).has_value());
  EXPECT_EQ(http.sent.at(0).url, "https://cdn.intl.tencentcloudapi.com/");
  EXPECT_THAT(http.sent.at(0).headers.at("Authorization"), HasSubstr("/cdn/tc3_request"));
  for (const TencentConfig& wrong : {TencentConfig{.site = "mars"},
                                     TencentConfig{.site = "", .waf_region = "mars"},
                                     TencentConfig{.clb_region = "a/b"},
                                     TencentConfig{.sub_app = "12x"},
                                     TencentConfig{.sub_app = "0123"}}) {
    try {
      make(wrong);
      ADD_FAILURE() << "taken";
    } catch (const Error& error) {
      EXPECT_EQ(error.code, "provider.field");
      EXPECT_THAT(error.text(),
                  HasSubstr(wrong.site + wrong.sub_app + wrong.waf_region + wrong.clb_region));
    }
  }
}

TEST_F(TencentCloudTest, StoresACopyOfItsOwnUnderItsLabel) {
  will_answer({{"CertificateId", "abCD1234"}, {"RepeatCertId", ""}});
  const std::string label = label_for(kFingerprint, 7);
  EXPECT_EQ(finish(account.upload(bundle_of(KeyType::Algorithm::kRsa), label)).value(), "abCD1234");
  EXPECT_EQ(http.sent.at(0).url, "https://ssl.tencentcloudapi.com/");
  EXPECT_TRUE(http.sent.at(0).changes_state);
  EXPECT_EQ(
      http.sent.at(0).body,
      R"({"CertificatePublicKey":"C\n","CertificatePrivateKey":"K\"","CertificateType":"SVR",)"
      R"("Alias":")" +
          label + "\"}");
}

TEST_F(TencentCloudTest, AnUploadWithoutAnIdMayHaveBeenStored) {
  for (const Json& members :
       {Json::object(), Json{{"CertificateId", nullptr}}, Json{{"CertificateId", 1.5}}}) {
    will_answer(members);
    const auto id = finish(account.upload(bundle_of(KeyType::Algorithm::kRsa), "a label"));
    EXPECT_EQ(id.error().code, "reply.no_id");
    EXPECT_EQ(id.error().kind, ErrorKind::kMaybeApplied);
  }
}

TEST_F(TencentCloudTest, ReadsTheStoreWithTimesOfChina) {
  const std::string label = label_for(kFingerprint, 7);
  will_answer({{"TotalCount", 3},
               {"Certificates",
                {{{"CertificateId", "abCD1234"},
                  {"Alias", label},
                  {"Status", 1},
                  {"SubjectAltName", {"cdn.example.com", "*.EXAMPLE.com"}},
                  {"CertBeginTime", "2026-01-15 08:00:00"},
                  {"CertEndTime", "2026-04-15 16:30:59"}},
                 {{"CertificateId", "efGH5678"}, {"Domain", "Other.example.com"}},
                 {{"CertificateId", ""}, {"Status", 0}}}}});
  const auto stored = finish(account.list_stored()).value();
  ASSERT_EQ(stored.size(), 2U);  // what is ordered and not issued is no certificate
  EXPECT_EQ(stored[0].id, "abCD1234");
  EXPECT_EQ(stored[0].label, label);
  EXPECT_THAT(stored[0].names, ElementsAre("cdn.example.com", "*.example.com"));
  EXPECT_EQ(stored[0].not_before, parse_time("2026-01-15T00:00:00Z").value());
  EXPECT_EQ(stored[0].not_after, parse_time("2026-04-15T08:30:59Z").value());
  EXPECT_THAT(stored[1].names, ElementsAre("other.example.com"));
  EXPECT_EQ(stored[1].not_after, Time{});
  EXPECT_EQ(body(0), (Json{{"CertificateType", "SVR"}, {"Limit", 200}, {"Offset", 0}}));
}

TEST_F(TencentCloudTest, WalksEveryPageAndTakesNoneForAnother) {
  Json first = Json::array();
  for (int i = 0; i < 100; ++i) {
    first.push_back(cdn_domain("d" + std::to_string(i) + ".example.com", nullptr));
  }
  will_answer({{"TotalNumber", 101}, {"Domains", first}});
  will_answer(
      {{"TotalNumber", 101}, {"Domains", Json::array({cdn_domain("last.example.com", nullptr)})}});
  EXPECT_EQ(finish(account.list_bindings("cdn")).value().size(), 101U);
  EXPECT_EQ(body(1), (Json{{"Limit", 100}, {"Offset", 100}}));
  will_answer({{"TotalNumber", 101}, {"Domains", first}});
  will_answer({{"TotalNumber", 101}, {"Domains", first}});
  EXPECT_EQ(finish(account.list_bindings("cdn")).error().code, "reply.paging");
}

TEST_F(TencentCloudTest, GoesOnBehindAPageThatHadLessRoomThanItWasAskedFor) {
  will_answer({{"TotalNumber", 2}, {"Domains", Json::array({cdn_domain("a.example.com", {})})}});
  will_answer({{"TotalNumber", 2}, {"Domains", Json::array({cdn_domain("b.example.com", {})})}});
  EXPECT_EQ(finish(account.list_bindings("cdn")).value().size(), 2U);
  EXPECT_EQ(body(1), (Json{{"Limit", 100}, {"Offset", 1}}));
}

TEST_F(TencentCloudTest, ReadsWhatCdnDomainsAreSetTo) {
  Json own = block("");
  own["CertInfo"] = {{"CertName", "mine\x1b[2J"}};
  will_list_cdn({cdn_domain("a.example.com", block("abCD1234")),
                 cdn_domain("*.Example.com", block("abCD1234", "deploying"), "processing"),
                 cdn_domain("off.example.com", {{"Switch", "off"}, {"SslStatus", "closed"}}),
                 cdn_domain("never.example.com", nullptr, "offline"),
                 cdn_domain("own.example.com", own)});
  const auto bindings = finish(account.list_bindings("cdn")).value();
  ASSERT_EQ(bindings.size(), 5U);
  EXPECT_EQ(bindings[0].stored_id, "abCD1234");
  EXPECT_EQ(bindings[0].edge_name, "a.example.com.cdn.dnsv1.com");
  EXPECT_EQ(bindings[0].status, "online");
  EXPECT_TRUE(bindings[0].online);
  EXPECT_EQ(bindings[0].settings.at("https.TlsVersion"), R"(["TLSv1.2","TLSv1.3"])");
  EXPECT_EQ(bindings[0].settings.at("https.Http2"), R"("on")");
  EXPECT_FALSE(bindings[0].settings.contains("https.OcspStapling"));
  EXPECT_FALSE(bindings[0].settings.contains("https.SslStatus"));
  EXPECT_TRUE(bindings[0].settings.contains("Origin"));
  EXPECT_FALSE(bindings[0].settings.contains("https"));
  for (const std::size_t i : {std::size_t{2}, std::size_t{3}}) {
    EXPECT_EQ(bindings[i].settings.at("https"), "off") << i;
  }
  // Under way: set to it, and served as before meanwhile.
  EXPECT_EQ(bindings[1].name, "*.example.com");
  EXPECT_EQ(bindings[1].vendor_name, "*.Example.com");
  EXPECT_EQ(bindings[1].stored_id, "abCD1234");
  EXPECT_TRUE(bindings[1].online);
  EXPECT_EQ(bindings[1].status, "processing, certificate deploying");
  EXPECT_EQ(bindings[2].stored_id, std::nullopt);
  EXPECT_EQ(bindings[3].stored_id, std::nullopt);
  EXPECT_FALSE(bindings[3].online);
  EXPECT_EQ(bindings[4].stored_id, "own:mine?[2J");
}

TEST_F(TencentCloudTest, DoesNotTakeAFailedDeploymentForABinding) {
  will_list_cdn({cdn_domain("a.example.com", block("abCD1234", "failed"))});
  const Binding binding = only("cdn");
  EXPECT_EQ(binding.stored_id, "abCD1234 (its deployment failed)");
  EXPECT_EQ(binding.status, "online, certificate failed");
}

TEST_F(TencentCloudTest, TakesABlockedCdnDomainForOneThatIsNotServed) {
  Json domain = cdn_domain("a.example.com", nullptr);
  domain["Disable"] = "overdue";
  will_list_cdn({domain});
  const Binding binding = only("cdn");
  EXPECT_FALSE(binding.online);
  EXPECT_EQ(binding.status, "overdue");
}

TEST_F(TencentCloudTest, SendsCdnsBlockBackWithAnotherCertificateAndNothingElse) {
  will_list_cdn(
      {cdn_domain("a.example.com", block("old")), cdn_domain("b.a.example.com", nullptr)});
  will_answer({});
  const auto done = finish(account.bind(request_for("cdn", "a.example.com", "new")));
  ASSERT_TRUE(done.has_value()) << done.error().text();
  EXPECT_TRUE(done->wrote_settings);
  EXPECT_EQ(body(0).at("Filters"),
            (Json::array({{{"Name", "domain"}, {"Value", Json::array({"a.example.com"})}}})));
  EXPECT_EQ(body(1),
            (Json{{"Domain", "a.example.com"},
                  {"Https",
                   {{"Switch", "on"},
                    {"Http2", "on"},
                    {"OcspStapling", "off"},
                    {"Hsts", {{"Switch", "on"}, {"MaxAge", 600}}},
                    {"TlsVersion", {"TLSv1.2", "TLSv1.3"}},
                    {"CertInfo", {{"CertId", "new"}}}}}}));
  EXPECT_FALSE(http.sent.at(0).changes_state);
  EXPECT_TRUE(http.sent.at(1).changes_state);
}

TEST_F(TencentCloudTest, KeepsTheClientCertificatesOfACdnDomain) {
  Json https = block("old");
  https["VerifyClient"] = "on";
  https["ClientCertInfo"] = {
      {"Certificate", "PEM"}, {"CertName", "n"}, {"ExpireTime", "x"}, {"DeployTime", "y"}};
  will_list_cdn({cdn_domain("a.example.com", https)});
  will_answer({});
  ASSERT_TRUE(finish(account.bind(request_for("cdn", "a.example.com", "new"))).has_value());
  EXPECT_EQ(body(1).at("Https").at("ClientCertInfo"),
            (Json{{"Certificate", "PEM"}, {"CertName", "n"}}));
}

TEST_F(TencentCloudTest, SendsCdnNoBlockThatLacksTheClientCertificatesItVerifiesBy) {
  for (const Json& info : {Json(), Json{{"CertName", "n"}}, Json{{"Certificate", nullptr}}}) {
    http.sent.clear();
    Json https = block("old");
    https["VerifyClient"] = "on";
    https["ClientCertInfo"] = info;
    will_list_cdn({cdn_domain("a.example.com", https)});
    const auto done = finish(account.bind(request_for("cdn", "a.example.com", "new")));
    ASSERT_FALSE(done.has_value()) << info;
    EXPECT_EQ(done.error().code, "vendor.client_certificate");
    EXPECT_EQ(done.error().kind, ErrorKind::kRejected);
    EXPECT_THAT(done.error().activity, HasSubstr("a.example.com of CDN"));
    EXPECT_EQ(http.sent.size(), 1U);
  }
}

TEST_F(TencentCloudTest, ComparesNoDatesOfCdnsClientCertificates) {
  std::vector<std::map<std::string, std::string>> settings;
  for (const char* deployed : {"2026-01-01 00:00:00", "2026-01-02 00:00:00"}) {
    Json https = block("old");
    https["ClientCertInfo"] = {
        {"Certificate", "PEM"}, {"ExpireTime", deployed}, {"DeployTime", deployed}};
    will_list_cdn({cdn_domain("a.example.com", https)});
    settings.push_back(only("cdn").settings);
  }
  EXPECT_EQ(settings[0], settings[1]);
  EXPECT_EQ(settings[0].at("https.ClientCertInfo"), R"({"Certificate":"PEM"})");
}

TEST_F(TencentCloudTest, KeepsAndQuotesNoKeyThatAListGivesAway) {
  Json origin = cdn_domain("a.example.com", nullptr);
  origin["Origin"]["AdvanceHttps"] = {{"CertInfo", {{"CertId", "o"}, {"PrivateKey", "canary"}}},
                                      {"CustomTlsStatus", "on"}};
  will_list_cdn({origin});
  EXPECT_EQ(only("cdn").settings.at("Origin"),
            R"({"AdvanceHttps":{"CertInfo":{"CertId":"o"},"CustomTlsStatus":"on"},)"
            R"("Origins":["o.example.com"]})");
  Json bucket = eo_domain("a.example.com", {});
  const Json access = {{"Name", "SecretAccessKey"}, {"Value", "canary"}};
  bucket["OriginDetail"] = {{"Origin", "o"}, {"PrivateParameters", Json::array({access})}};
  will_list_zones({"zone-1"});
  will_list_eo({bucket});
  EXPECT_EQ(only("eo").settings.at("OriginDetail"), R"({"Origin":"o"})");
  for (const char* product : {"cdn", "eo"}) {
    if (product == std::string("eo")) will_list_zones({"zone-1"});
    http.will_answer(502, R"({"PrivateKey":"canary"})");
    const Error error = finish(account.list_bindings(product)).error();
    EXPECT_THAT(error.text(), Not(HasSubstr("canary"))) << product;
  }
}

TEST_F(TencentCloudTest, SwitchesHttpsOnWhereCdnHasNone) {
  will_list_cdn({cdn_domain("a.example.com", nullptr)});
  will_answer({});
  ASSERT_TRUE(finish(account.bind(request_for("cdn", "a.example.com", "new"))).has_value());
  EXPECT_EQ(body(1).at("Https"), (Json{{"Switch", "on"}, {"CertInfo", {{"CertId", "new"}}}}));
}

TEST_F(TencentCloudTest, SendsCdnNothingForADomainThatIsGone) {
  will_list_cdn({});
  const auto done = finish(account.bind(request_for("cdn", "a.example.com", "new")));
  EXPECT_EQ(done.error().kind, ErrorKind::kNotFound);
  EXPECT_THAT(done.error().activity, HasSubstr("a.example.com of CDN"));
  EXPECT_EQ(http.sent.size(), 1U);
}

TEST_F(TencentCloudTest, ReadsEdgeOneZoneByZone) {
  const std::string ours = label_for(kFingerprint, 7);
  will_list_zones({"zone-1", "zone-2"});
  will_list_eo(
      {eo_domain("a.example.com",
                 {eo_entry("rsa", "bought", "RSA 2048"), eo_entry("ecc", ours, "ECC 256")}),
       eo_domain("b.example.com", {}, "disable")});
  will_list_eo(
      {eo_domain(
           "c.example.net",
           {eo_entry("new", ours, "ECC 256", "processing"), eo_entry("old", ours, "ECC 256")}),
       eo_domain("d.example.net", {eo_entry("new", ours, "RSA 2048", "issued")}),
       eo_domain("e.example.net",
                 {eo_entry("new", ours, "RSA 2048", "failed"), eo_entry("old", ours, "RSA 2048")}),
       eo_domain("f.example.net", {}, "eofreecert")});
  const auto bindings = finish(account.list_bindings("eo")).value();
  ASSERT_EQ(bindings.size(), 6U);
  EXPECT_EQ(bindings[0].stored_id, "ecc");  // of two, ours
  EXPECT_EQ(bindings[1].stored_id, std::nullopt);
  EXPECT_EQ(bindings[2].stored_id, "new");  // on its way
  EXPECT_EQ(bindings[2].status, "online, certificate processing");
  EXPECT_EQ(bindings[3].stored_id, "new (its deployment failed)");
  EXPECT_EQ(bindings[4].stored_id, "old");  // the one that is served
  EXPECT_EQ(bindings[5].stored_id, std::nullopt);
  EXPECT_EQ(body(2), (Json{{"Limit", 200}, {"Offset", 0}, {"ZoneId", "zone-2"}}));
}

TEST_F(TencentCloudTest, KeepsTheOtherAlgorithmsCertificateOfSomebodyElse) {
  const std::string ours = label_for(kFingerprint, 7);
  struct Case {
    std::vector<Json> list;
    std::vector<std::string> kept;
  };
  const Case cases[] = {
      {{}, {}},
      {{eo_entry("old", "bought", "ECC 256")}, {}},  // of the same key: replaced
      {{eo_entry("rsa", "bought", "RSA 2048")}, {"rsa"}},
      {{eo_entry("ecc", ours, "ECC 256"), eo_entry("rsa", "bought", "RSA 2048")}, {"rsa"}},
      {{eo_entry("rsa", ours, "RSA 2048")}, {}},  // ours of before: superseded
      {{eo_entry("rsa", "bought", "RSA 2048", "failed")}, {}},
      {{eo_entry("rsa", "bought", "RSA 2048", "deployed", "2025-12-31T00:00:00Z")}, {}},
      {{eo_entry("rsa", "bought", "something")}, {}},
      {{eo_entry("", "bought", "RSA 2048")}, {}},
      {{eo_entry("new", "bought", "RSA 2048")}, {}},  // the one that is bound
  };
  for (const Case& one : cases) {
    http.sent.clear();
    will_list_zones({"zone-1"});
    will_list_eo({eo_domain("a.example.com", one.list)});
    ASSERT_TRUE(finish(account.list_bindings("eo")).has_value());
    will_list_eo({eo_domain("a.example.com", one.list)});
    will_answer({});
    BindRequest request = request_for("eo", "a.example.com", "new");
    request.bundle = bundle_of(KeyType::Algorithm::kEcdsa);
    const auto done = finish(account.bind(request));
    ASSERT_TRUE(done.has_value()) << done.error().text();
    EXPECT_FALSE(done->wrote_settings);
    Json set = Json::array({{{"CertId", "new"}}});
    for (const std::string& id : one.kept) set.push_back({{"CertId", id}});
    EXPECT_EQ(body(3),
              (Json{{"ZoneId", "zone-1"},
                    {"Hosts", Json::array({"a.example.com"})},
                    {"Mode", "sslcert"},
                    {"ServerCertInfo", set}}))
        << Json(one.list);
    EXPECT_TRUE(http.sent.at(3).changes_state);
  }
}

TEST_F(TencentCloudTest, AsksTheStoreForTheKeyOnTheWayBack) {
  will_list_zones({"zone-1"});
  will_list_eo({eo_domain("a.example.com", {})});
  will_list_eo({eo_domain("a.example.com", {eo_entry("rsa", "bought", "RSA 2048")})});
  will_answer({{"TotalCount", 1},
               {"Certificates",
                Json::array({{{"CertificateId", "back"}, {"EncryptAlgorithm", "ECC 256"}}})}});
  will_answer({});
  // Nothing was listed before: the zone is looked for.
  ASSERT_TRUE(finish(account.bind(request_for("eo", "a.example.com", "back"))).has_value());
  EXPECT_EQ(body(3).at("CertIds"), Json::array({"back"}));
  EXPECT_EQ(body(4).at("ServerCertInfo"),
            (Json::array({{{"CertId", "back"}}, {{"CertId", "rsa"}}})));
}

TEST_F(TencentCloudTest, SendsEdgeOneNothingForADomainThatIsInNoZone) {
  will_list_zones({});
  const auto done = finish(account.bind(request_for("eo", "a.example.com", "new")));
  EXPECT_EQ(done.error().kind, ErrorKind::kNotFound);
}

TEST_F(TencentCloudTest, SendsEdgeOneNothingWhenItsListLacksTheDomainForAMoment) {
  const Json entry = eo_entry("rsa", "bought", "RSA 2048");
  will_list_zones({"zone-1"});
  will_list_eo({eo_domain("a.example.com", {entry})});
  ASSERT_TRUE(finish(account.list_bindings("eo")).has_value());
  http.sent.clear();
  will_list_eo({});
  BindRequest request = request_for("eo", "a.example.com", "new");
  request.bundle = bundle_of(KeyType::Algorithm::kEcdsa);
  const auto done = finish(account.bind(request));
  ASSERT_FALSE(done.has_value());
  EXPECT_EQ(done.error().kind, ErrorKind::kUnavailable);
  EXPECT_THAT(done.error().activity, HasSubstr("a.example.com of EdgeOne"));
  EXPECT_EQ(http.sent.size(), 1U);
}

TEST_F(TencentCloudTest, ReadsLivesTwoLists) {
  will_answer({{"AllCount", 3},
               {"DomainList",
                {{{"Name", "a.example.com"}, {"Status", 1}, {"TargetDomain", "a.edge.net"}},
                 {{"Name", "b.example.com"}, {"Status", 0}},
                 {{"Name", "c.example.com"}, {"Status", 1}}}}});
  will_answer({{"TotalNum", 3},
               {"LiveDomainCertBindings",
                {{{"DomainName", "a.example.com"}, {"CloudCertId", "abCD1234"}, {"Status", 1}},
                 {{"DomainName", "b.example.com"}, {"CloudCertId", "abCD1234"}, {"Status", 0}},
                 {{"DomainName", "c.example.com"},
                  {"CertType", 0},
                  {"CertificateAlias", "mine"},
                  {"Status", 1}}}}});
  const auto bindings = finish(account.list_bindings("css")).value();
  ASSERT_EQ(bindings.size(), 3U);
  EXPECT_EQ(bindings[0].stored_id, "abCD1234");
  EXPECT_EQ(bindings[0].edge_name, "a.edge.net");
  EXPECT_TRUE(bindings[0].online);
  EXPECT_FALSE(bindings[1].online);
  EXPECT_EQ(bindings[1].stored_id, std::nullopt);  // switched off
  EXPECT_EQ(bindings[2].stored_id, "own:mine");
  EXPECT_EQ(body(0), (Json{{"DomainType", 1}, {"PageNum", 1}, {"PageSize", 100}}));
  EXPECT_EQ(body(1), (Json{{"Length", 50}, {"Offset", 0}}));
}

TEST_F(TencentCloudTest, BelievesLiveOnlyWhatItSaysOfTheDomain) {
  struct Case {
    Json answer;
    std::optional<ErrorKind> kind;
  };
  const Json error = {{"DomainName", "a.example.com"}, {"Code", "ResourceNotFound.DomainNotExist"}};
  const Json throttled = {{"DomainName", "a.example.com"}, {"Code", "RequestLimitExceeded"}};
  const Case cases[] = {
      {{{"Errors", nullptr}, {"MismatchedDomainNames", nullptr}}, std::nullopt},
      {{{"Errors", Json::array()}, {"MismatchedDomainNames", Json::array({"b.example.com"})}},
       std::nullopt},
      {{{"Errors", Json::array({error})}}, ErrorKind::kNotFound},
      {{{"Errors", Json::array({throttled})}}, ErrorKind::kThrottled},
      {{{"MismatchedDomainNames", Json::array({"a.example.com"})}}, ErrorKind::kRejected},
  };
  for (const Case& one : cases) {
    http.sent.clear();
    will_answer(one.answer);
    const auto done = finish(account.bind(request_for("css", "a.example.com", "new")));
    EXPECT_EQ(done ? std::nullopt : std::optional(done.error().kind), one.kind) << one.answer;
    EXPECT_EQ(
        body(0),
        (Json{{"DomainInfos", Json::array({{{"DomainName", "a.example.com"}, {"Status", 1}}})},
              {"CloudCertId", "new"}}));
  }
}

TEST_F(TencentCloudTest, ReadsAndBindsVodOfOneApplication) {
  TencentCloud application = make({.sub_app = "1500012345"});
  const Json area = {{"Area", "x"}, {"TencentEdgeDomain", "a.example.com.dnsv1.com"}};
  will_answer(
      {{"TotalCount", 3},
       {"DomainSet",
        {{{"Domain", "a.example.com"},
          {"AccelerateAreaInfos", Json::array({area})},
          {"DeployStatus", "Deploying"},
          {"HTTPSConfig", {{"CloudCertId", "abCD1234"}}}},
         {{"Domain", "b.example.com"}, {"DeployStatus", "Locked"}, {"HTTPSConfig", nullptr}},
         {{"Domain", "c.example.com"},
          {"DeployStatus", "Online"},
          {"HTTPSConfig", {{"CertExpireTime", "2026-01-01T00:00:00+08:00"}}}}}}});
  const auto bindings = finish(application.list_bindings("vod")).value();
  ASSERT_EQ(bindings.size(), 3U);
  EXPECT_EQ(bindings[0].stored_id, "abCD1234");
  EXPECT_TRUE(bindings[0].online);
  EXPECT_EQ(bindings[0].edge_name, "a.example.com.dnsv1.com");
  EXPECT_FALSE(bindings[1].online);
  EXPECT_EQ(bindings[1].stored_id, std::nullopt);
  EXPECT_THAT(bindings[2].stored_id.value(), HasSubstr("own:"));
  EXPECT_EQ(body(0), (Json{{"Limit", 20}, {"Offset", 0}, {"SubAppId", 1500012345}}));
  will_answer({});
  ASSERT_TRUE(finish(application.bind(request_for("vod", "a.example.com", "new"))).has_value());
  EXPECT_EQ(body(1),
            (Json{{"Domain", "a.example.com"},
                  {"Operation", "Set"},
                  {"CertID", "new"},
                  {"SubAppId", 1500012345}}));
}

TEST_F(TencentCloudTest, TakesAVodDomainThatIsDisabledEverywhereForOneThatIsNotServed) {
  const Json served = {{"Area", "x"}, {"TencentDisableReason", ""}};
  const Json disabled = {{"Area", "y"}, {"TencentDisableReason", "ForOverdueBills"}};
  for (const bool everywhere : {false, true}) {
    Json domain = {{"Domain", "a.example.com"}, {"DeployStatus", "Online"}};
    domain["AccelerateAreaInfos"] = Json::array({everywhere ? disabled : served, disabled});
    will_answer({{"TotalCount", 1}, {"DomainSet", Json::array({domain})}});
    const Binding binding = only("vod");
    EXPECT_EQ(binding.online, !everywhere);
    EXPECT_EQ(binding.status, everywhere ? "disabled, ForOverdueBills" : "Online");
  }
}

Json waf_domain(const std::string& name,
                const std::string& protocol = "https",
                const std::string& edition = "sparta-waf") {
  const Json port = {{"Port", "443"}, {"Protocol", protocol}};
  return {{"Domain", name},
          {"DomainId", "id of " + name},
          {"InstanceId", "waf_1"},
          {"Edition", edition},
          {"Cname", name + ".qcloudwaf.com"},
          {"Ports", Json::array({port})}};
}

Json waf_details(const std::string& name, const std::string& id, int state = 0) {
  return {{"DomainsPartInfo",
           {{"Domain", name},
            {"CertType", id.empty() ? 1 : 2},
            {"SSLId", id},
            {"PrivateKey", "canary"},
            {"IsHttp2", 1},
            {"ModifyTime", "2026-01-01 00:00:00"},
            {"State", state}}}};
}

TEST_F(TencentCloudTest, AsksWafForTheCertificateOfEachDomain) {
  will_answer({{"Total", 6},
               {"Domains",
                {waf_domain("a.example.com"),
                 waf_domain("b.example.com", "http"),
                 waf_domain("c.example.com", "https", "clb-waf"),
                 waf_domain("d.example.com"),
                 waf_domain("e.example.com"),
                 waf_domain("f.example.com")}}});
  will_answer(waf_details("a.example.com", "abCD1234"));
  will_answer(waf_details("d.example.com", ""));
  will_answer(waf_details("e.example.com", "new", -1));
  will_answer(waf_details("f.example.com", "new", -2));
  const auto bindings = finish(account.list_bindings("waf")).value();
  ASSERT_EQ(bindings.size(), 5U);
  EXPECT_EQ(bindings[0].stored_id, "abCD1234");
  EXPECT_TRUE(bindings[0].online);
  EXPECT_EQ(bindings[0].edge_name, "a.example.com.qcloudwaf.com");
  const std::map<std::string, std::string> settings = {{"IsHttp2", "1"}};
  EXPECT_EQ(bindings[0].settings, settings);
  EXPECT_FALSE(bindings[1].online);  // and nothing to ask of it
  EXPECT_EQ(bindings[1].status, "offline");
  EXPECT_THAT(bindings[2].stored_id.value(), HasSubstr("own:"));
  EXPECT_EQ(bindings[3].stored_id, "new");
  EXPECT_EQ(bindings[3].status, "deploying");
  EXPECT_EQ(bindings[4].stored_id, "new (its deployment failed)");
  EXPECT_EQ(body(0), (Json{{"Limit", 100}, {"Offset", 0}}));
  EXPECT_EQ(body(1),
            (Json{{"Domain", "a.example.com"},
                  {"DomainId", "id of a.example.com"},
                  {"InstanceId", "waf_1"}}));
  EXPECT_EQ(http.sent.at(1).headers.at("X-TC-Region"), "ap-guangzhou");
  EXPECT_FALSE(http.sent.at(1).changes_state);
}

TEST_F(TencentCloudTest, BindsAWafDomainInItsRegionAndSendsNothingElse) {
  TencentCloud abroad = make({.waf_region = "ap-seoul"});
  will_answer({{"Total", 1}, {"Domains", Json::array({waf_domain("a.example.com")})}});
  will_answer(waf_details("a.example.com", "old"));
  will_answer({});
  const auto done = finish(abroad.bind(request_for("waf", "a.example.com", "new")));
  ASSERT_TRUE(done.has_value()) << done.error().text();
  EXPECT_TRUE(done->wrote_settings);
  EXPECT_EQ(body(2),
            (Json{{"Domain", "a.example.com"},
                  {"DomainId", "id of a.example.com"},
                  {"InstanceID", "waf_1"},
                  {"CertType", 2},
                  {"SSLId", "new"}}));
  EXPECT_TRUE(http.sent.at(2).changes_state);
  for (const auto& sent : http.sent) EXPECT_EQ(sent.headers.at("X-TC-Region"), "ap-seoul");
  will_list_nothing(false);
  will_answer({{"Total", 1}, {"Domains", Json::array({waf_domain("a.example.com")})}});
  will_answer(waf_details("a.example.com", "new"));
  EXPECT_EQ(finish(abroad.remove("new")).error().kind, ErrorKind::kInUse);
  // It has answered before, so that a refusal is none of an account that never opened it.
  will_list_nothing(false);
  will_refuse("OperationDenied");
  EXPECT_EQ(finish(abroad.remove("new")).error().kind, ErrorKind::kRejected);
}

TEST_F(TencentCloudTest, AWafThatHasListedItsDomainsIsOneThatIsOpened) {
  will_list_nothing(false);
  will_answer({{"Total", 1}, {"Domains", Json::array({waf_domain("a.example.com")})}});
  will_refuse("OperationDenied");
  EXPECT_EQ(finish(account.remove("abCD1234")).error().kind, ErrorKind::kRejected);
  EXPECT_THAT(asked(), Not(Contains("DeleteCertificate")));
}

TEST_F(TencentCloudTest, ListsWafWholeWhateverItsOffsetCounts) {
  static constexpr std::int64_t kTotal = 250;
  const auto from_row = [](std::int64_t first) {
    Json rows = Json::array();
    for (std::int64_t i = std::max<std::int64_t>(first, 0); i < std::min(first + 100, kTotal);
         ++i) {
      rows.push_back(waf_domain("d" + std::to_string(i) + ".example.com", "http"));
    }
    return Json{{"Total", kTotal}, {"Domains", rows}};
  };
  const auto from_0 = [](std::int64_t at) { return at * 100; };
  const auto from_1 = [](std::int64_t at) { return std::max<std::int64_t>(at - 1, 0) * 100; };
  const auto from_1_or_none = [](std::int64_t at) { return (at - 1) * 100; };
  const auto rows = [](std::int64_t at) { return at; };
  const auto stuck = [](std::int64_t) { return std::int64_t{0}; };
  struct Case {
    std::function<std::int64_t(std::int64_t)> first;
    std::vector<std::int64_t> asked;
    bool whole = true;
  };
  for (const Case& one : {Case{from_0, {0, 1, 2}},
                          Case{from_1, {0, 1, 2, 3}},
                          Case{from_1_or_none, {0, 1, 2, 3}},
                          Case{rows, {0, 1, 2, 3, 100, 200}},
                          Case{stuck, {0, 1, 2, 3, 100, 200}, false}}) {
    http.sent.clear();
    for (const std::int64_t at : one.asked) will_answer(from_row(one.first(at)));
    const auto bindings = finish(account.list_bindings("waf"));
    std::vector<std::int64_t> offsets;
    for (std::size_t i = 0; i < http.sent.size(); ++i) offsets.push_back(body(i).at("Offset"));
    EXPECT_EQ(offsets, one.asked);
    ASSERT_EQ(bindings.has_value(), one.whole);
    if (one.whole) EXPECT_EQ(bindings->size(), kTotal);
    if (!one.whole) EXPECT_EQ(bindings.error().code, "reply.paging");
  }
}

TEST_F(TencentCloudTest, BelievesNoAnswerOfWafsThatIsNotAboutTheDomain) {
  will_answer(
      {{"Total", 2}, {"Domains", {waf_domain("a.example.com"), waf_domain("a.example.com")}}});
  EXPECT_EQ(finish(account.list_bindings("waf")).error().code, "reply.paging");
  for (const Json& other : {waf_details("b.example.com", "x"), Json::object()}) {
    TencentCloud fresh = make({});
    will_answer({{"Total", 1}, {"Domains", Json::array({waf_domain("a.example.com")})}});
    will_answer(other);
    EXPECT_EQ(finish(fresh.list_bindings("waf")).error().code, "reply.shape");
  }
  TencentCloud quoted = make({});
  will_answer({{"Total", 1}, {"Domains", Json::array({waf_domain("a.example.com")})}});
  http.will_answer(502, "canary");
  EXPECT_THAT(finish(quoted.list_bindings("waf")).error().text(), Not(HasSubstr("canary")));
}

TEST_F(TencentCloudTest, SaysOfADomainThatIsOffNoMoreThanThat) {
  will_list_cdn({cdn_domain("a.example.com", block("abCD1234", "deploying"), "offline")});
  EXPECT_EQ(only("cdn").status, "offline");
}

TEST_F(TencentCloudTest, TakesAServiceThatWasNeverOpenedForOneWithoutDomains) {
  for (const auto& [product, code] : {std::pair("cdn", "ResourceNotFound.CdnUserNotExists"),
                                      std::pair("css", "ResourceNotFound.UserNotExist"),
                                      std::pair("vod", "FailedOperation.InvalidVodUser")}) {
    will_refuse(code);
    EXPECT_THAT(finish(account.list_bindings(product)).value(), IsEmpty()) << product;
    will_refuse("InternalError");
    EXPECT_EQ(finish(account.list_bindings(product)).error().kind, ErrorKind::kUnavailable);
  }
}

TEST_F(TencentCloudTest, TakesNoDomainWithoutAName) {
  will_list_cdn({{{"Status", "online"}}});
  const auto listed = finish(account.list_bindings("cdn"));
  EXPECT_EQ(listed.error().code, "reply.shape");
  EXPECT_EQ(listed.error().activity, "listing the domains of CDN at Tencent Cloud");
}

TEST_F(TencentCloudTest, HasTheVendorLookBeforeItDeletes) {
  will_list_nothing();
  will_answer({{"DeleteResult", true}, {"TaskId", "T"}});
  will_answer({{"DeleteTaskResult", Json::array({{{"TaskId", "T"}, {"Status", 0}}})}});
  will_answer({{"DeleteTaskResult", Json::array({{{"TaskId", "T"}, {"Status", 1}}})}});
  const auto removed = finish(account.remove("abCD1234"));
  ASSERT_TRUE(removed.has_value()) << removed.error().text();
  EXPECT_EQ(body(11), (Json{{"CertificateId", "abCD1234"}, {"IsCheckResource", true}}));
  EXPECT_TRUE(http.sent.at(11).changes_state);
  EXPECT_EQ(body(12), (Json{{"TaskIds", Json::array({"T"})}}));
  EXPECT_FALSE(http.sent.at(12).changes_state);
  EXPECT_EQ(sleeper.slept, seconds(6));
}

TEST_F(TencentCloudTest, TellsWhatCameOfADelete) {
  struct Case {
    int status;
    ErrorKind kind;
    std::string code;
  };
  const Case cases[] = {
      {2, ErrorKind::kRejected, "vendor.rejected"},
      {3, ErrorKind::kUnauthorized, "vendor.role"},
      {4, ErrorKind::kInUse, "vendor.in_use"},
      {5, ErrorKind::kUnavailable, "vendor.busy"},
      {99, ErrorKind::kRejected, "vendor.rejected"},
  };
  for (const Case& one : cases) {
    will_list_nothing();
    will_answer({{"DeleteResult", true}, {"TaskId", "T"}});
    will_answer({{"DeleteTaskResult",
                  Json::array({{{"TaskId", "T"}, {"Status", one.status}, {"Error", "said so"}}})}});
    const Error error = finish(account.remove("abCD1234")).error();
    EXPECT_EQ(error.kind, one.kind) << one.status;
    EXPECT_EQ(error.code, one.code) << one.status;
    EXPECT_EQ(error.vendor_code, "Status " + std::to_string(one.status));
    EXPECT_EQ(error.vendor_message, "said so");
    EXPECT_THAT(error.activity, HasSubstr("deleting certificate abCD1234"));
  }
}

TEST_F(TencentCloudTest, DoesNotKnowWhatCameOfADeleteThatTakesLong) {
  will_list_nothing();
  will_answer({{"DeleteResult", true}, {"TaskId", "T"}});
  for (int i = 0; i < 8; ++i) {
    will_answer({{"DeleteTaskResult", Json::array({{{"TaskId", "T"}, {"Status", 0}}})}});
  }
  will_answer({{"DeleteTaskResult", nullptr}});
  will_refuse("InternalError");  // that it could not be asked for says nothing of it
  const Error error = finish(account.remove("abCD1234")).error();
  EXPECT_EQ(error.kind, ErrorKind::kMaybeApplied);
  EXPECT_EQ(error.code, "vendor.task");
  EXPECT_EQ(http.sent.size(), 22U);
  EXPECT_EQ(sleeper.slept, seconds(30));
}

TEST_F(TencentCloudTest, AsksOnceWithoutAnybodyToWait) {
  TencentCloud hasty({.endpoint = "https://{service}.tencentcloudapi.com",
                      .key = {.id = "A", .secret = Secret("S"), .session_token = {}}},
                     http,
                     clock,
                     nullptr);
  will_list_nothing();
  will_answer({{"DeleteResult", true}, {"TaskId", "T"}});
  will_answer({{"DeleteTaskResult", Json::array({{{"TaskId", "T"}, {"Status", 0}}})}});
  EXPECT_EQ(finish(hasty.remove("abCD1234")).error().kind, ErrorKind::kMaybeApplied);
  will_list_nothing();
  will_answer({{"DeleteResult", true}});
  EXPECT_EQ(finish(hasty.remove("abCD1234")).error().kind, ErrorKind::kMaybeApplied);
}

TEST_F(TencentCloudTest, DeletesNothingThatAnyProductRefersTo) {
  const std::string ours = label_for(kFingerprint, 7);
  // One that failed is referred to as well, and one beside the one that counts.
  will_list_cdn({cdn_domain("a.example.com", block("abCD1234", "failed"))});
  const Error cdn = finish(account.remove("abCD1234")).error();
  EXPECT_EQ(cdn.kind, ErrorKind::kInUse);
  EXPECT_THAT(cdn.text(), HasSubstr("a.example.com of CDN"));
  will_list_cdn({});
  will_list_zones({"zone-1"});
  will_list_eo({eo_domain(
      "b.example.com",
      {eo_entry("other", ours, "RSA 2048"), eo_entry("abCD1234", "bought", "ECC 256")})});
  const Error eo = finish(account.remove("abCD1234")).error();
  EXPECT_EQ(eo.kind, ErrorKind::kInUse);
  EXPECT_THAT(eo.text(), HasSubstr("b.example.com of EdgeOne"));
  EXPECT_THAT(asked(), Not(Contains("DeleteCertificate")));
}

TEST_F(TencentCloudTest, LeavesToTheVendorWhatWillNotBeAsked) {
  will_list_cdn({});
  will_refuse("AuthFailure.UnauthorizedOperation");
  will_refuse("UnauthorizedOperation");
  will_refuse("InvalidParameterValue.SubAppId");
  will_refuse("OperationDenied");  // of WAF, whose word for an unopened service is not known
  will_refuse("FailedOperation.RoleNotFoundAuthorization");  // of COS
  will_refuse("UnauthorizedOperation");                      // of CLB
  will_refuse("UnauthorizedOperation");                      // of Anti-DDoS
  will_refuse("OperationDenied");                            // of CloudBase, as of WAF
  will_answer({{"DeleteResult", true}, {"TaskId", "T"}});
  will_answer({{"DeleteTaskResult", Json::array({{{"TaskId", "T"}, {"Status", 1}}})}});
  EXPECT_TRUE(finish(account.remove("abCD1234")).has_value());
  // What failed for another reason may be in use.
  for (const auto& [code, kind] :
       {std::pair("InternalError", ErrorKind::kUnavailable),
        std::pair("InvalidParameterValue.Filters", ErrorKind::kRejected),
        std::pair("OperationDenied.UserMigrating", ErrorKind::kRejected),
        std::pair("ResourceNotFound.SomethingElse", ErrorKind::kNotFound)}) {
    will_refuse(code);
    const auto removed = finish(account.remove("abCD1234"));
    ASSERT_FALSE(removed.has_value()) << code;
    EXPECT_EQ(removed.error().vendor_code, code);
    // Of what is being deleted it must not be said that it is gone.
    const bool gone = kind == ErrorKind::kNotFound;
    EXPECT_EQ(removed.error().kind, gone ? ErrorKind::kUnavailable : kind) << code;
  }
}

TEST_F(TencentCloudTest, HasNoOtherProduct) {
  const Error error = finish(account.list_bindings("gaap")).error();
  EXPECT_EQ(error.kind, ErrorKind::kUnsupported);
  EXPECT_THAT(error.hint, HasSubstr("cdn, eo, css, vod, waf, cos, clb, ssl-deploy"));
}

TEST_F(TencentCloudTest, ItsPolicyNamesWhatItCallsAndNoMore) {
  // Every action that the tests above have seen it send stands there, and each service by its name.
  const Json policy = Json::parse(tencentcloud_metadata().policy);
  const Json& actions = policy.at("statement").at(0).at("action");
  EXPECT_EQ(actions.size(), 29U);
  for (const char* action : {"ssl:UploadCertificate",
                             "ssl:DescribeDeleteCertificatesTaskResult",
                             "cdn:UpdateDomainConfig",
                             "teo:ModifyHostsCertificate",
                             "live:ModifyLiveDomainCertBindings",
                             "vod:SetVodDomainCertificate",
                             "waf:ModifySpartaProtection",
                             "ssl:DeployCertificateInstance",
                             "clb:ModifyDomainAttributes",
                             "tcb:DescribeHTTPServiceRoute"}) {
    EXPECT_NE(std::find(actions.begin(), actions.end(), action), actions.end()) << action;
  }
}

}  // namespace
}  // namespace certferry
