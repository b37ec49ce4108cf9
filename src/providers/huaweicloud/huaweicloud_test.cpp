#include "providers/huaweicloud/huaweicloud.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "crypto/pem.h"
#include "crypto/throwaway_ca.h"
#include "model/label.h"
#include "providers/common/store_name.h"
#include "providers/huaweicloud/metadata.h"
#include "providers/testing/recording_http.h"
#include "providers/testing/still_clock.h"

namespace certferry {
namespace {

using Json = nlohmann::json;
using ::testing::ElementsAre;
using testing::finish;
using ::testing::HasSubstr;
using ::testing::Not;

const std::string kFingerprint(64, 'a');
const std::string kConfigs = "https://cdn.myhuaweicloud.com/v1.1/cdn/configuration/domains/";

const std::string& some_pem() {
  static const std::string kPem = [] {
    const Time now = parse_time("2026-01-02T03:04:05Z").value();
    const ThrowawayCa authority(now - hours(24), now + hours(24 * 365));
    return authority
        .issue({.names = {"a.example.com"}, .not_before = now, .not_after = now + hours(24)})
        .chain_pem;
  }();
  return kPem;
}

std::string some_fingerprint() {
  return read_certificates(some_pem(), "the test's")->front().fingerprint;
}

struct HuaweiCloudTest : ::testing::Test {
  testing::RecordingHttp http;
  testing::StillClock clock;
  HuaweiCloud account{config(), http, clock};

  static HuaweiCloudConfig config() {
    return {.endpoint = "https://{service}.myhuaweicloud.com",
            .region = "",
            .key = {.id = "AKIDEXAMPLE", .secret = Secret("SKEXAMPLE"), .session_token = {}},
            .domain_id = "D1",
            .project_id = "P1",
            .enterprise_project_id = ""};
  }

  void will_list_domains(const std::vector<Json>& items) {
    http.will_answer(200, Json{{"total", items.size()}, {"domains", items}}.dump());
  }
  void will_list_https(const std::vector<Json>& items) {
    http.will_answer(200, Json{{"total", items.size()}, {"https", items}}.dump());
  }
  void will_say_config(const Json& https) {
    http.will_answer(200, Json{{"configs", {{"https", https}}}}.dump());
  }
  /// OBS is asked before a delete, as CDN is.
  void will_list_no_buckets() {
    http.will_answer({.status = 200,
                      .headers = {{"x-obs-request-id", "R-1"}},
                      .body = "<ListAllMyBucketsResult/>"});
  }
  /// Method and URL of each call, without query.
  std::vector<std::string> asked() const {
    std::vector<std::string> out;
    for (const auto& one : http.sent) {
      out.push_back(one.method + " " + one.url.substr(0, one.url.find('?')));
    }
    return out;
  }
};

Json domain(const std::string& name, int https = 2) {
  return {{"domain_name", name},
          {"cname", name + ".c.cdnhwc1.com"},
          {"domain_status", "online"},
          {"https_status", https},
          {"disabled", 0},
          {"modify_time", 1},
          {"sources", {{{"ip_or_domain", "origin.example.com"}}}}};
}

Json row(const std::string& name, const std::string& certificate, int kind = 2) {
  return {{"domain_name", name},
          {"cert_name", certificate},
          {"certificate", some_pem()},
          {"certificate_type", kind},
          {"http2", 1}};
}

std::string our_name() {
  return store_name(label_for(kFingerprint, 7), parse_time("2026-04-15T08:30:59Z").value());
}

Binding binding(const std::string& name, std::optional<std::string> id = {}) {
  return {.name = name, .vendor_name = name, .stored_id = std::move(id)};
}

std::vector<std::string> ids_of(const std::vector<Binding>& bindings) {
  std::vector<std::string> ids;
  for (const Binding& one : bindings) ids.push_back(one.stored_id.value_or("none"));
  return ids;
}

TEST_F(HuaweiCloudTest, SignsACallToCdnInTheNameOfTheAccount) {
  will_list_domains({});
  ASSERT_TRUE(finish(account.list_bindings("cdn")).has_value());
  ASSERT_EQ(http.sent.size(), 1U);
  const auto& sent = http.sent.front();
  EXPECT_EQ(sent.method, "GET");
  EXPECT_EQ(sent.url,
            "https://cdn.myhuaweicloud.com/v1.0/cdn/domains?enterprise_project_id=all&page_number=1"
            "&page_size=500");
  EXPECT_EQ(sent.body, "");
  EXPECT_FALSE(sent.changes_state);
  EXPECT_EQ(sent.headers.at("X-Domain-Id"), "D1");
  EXPECT_FALSE(sent.headers.contains("X-Project-Id"));
  EXPECT_EQ(sent.headers.at("X-Sdk-Date"), "20260102T030400Z");
  EXPECT_THAT(sent.headers.at("Authorization"),
              HasSubstr("SDK-HMAC-SHA256 Access=AKIDEXAMPLE, SignedHeaders=content-type;host;"
                        "x-domain-id;x-sdk-date, Signature="));
}

TEST_F(HuaweiCloudTest, SignsACallToTheStoreInTheNameOfTheProjectAndCallsItsRegion) {
  for (const std::string region : {"", "ap-southeast-1"}) {
    testing::RecordingHttp there;
    there.will_answer(200, R"({"total_count":0})");
    HuaweiCloudConfig wanted = config();
    wanted.region = region;
    wanted.key.session_token = Secret("TOKEN");
    wanted.enterprise_project_id = "E1";
    HuaweiCloud other{wanted, there, clock};
    ASSERT_TRUE(finish(other.list_stored()).has_value());
    const auto& sent = there.sent.at(0);
    EXPECT_EQ(sent.url,
              "https://scm." + (region.empty() ? std::string("cn-north-4") : region) +
                  ".myhuaweicloud.com/v3/scm/certificates?enterprise_project_id=E1&limit=50"
                  "&offset=0&status=ALL");
    EXPECT_EQ(sent.headers.at("X-Project-Id"), "P1");
    EXPECT_EQ(sent.headers.at("X-Security-Token"), "TOKEN");
    EXPECT_THAT(sent.headers.at("Authorization"),
                HasSubstr("content-type;host;x-project-id;x-sdk-date;x-security-token"));
  }
}

TEST_F(HuaweiCloudTest, RefusesARegionWithoutAStore) {
  HuaweiCloudConfig wanted = config();
  wanted.region = "cn-east-3";
  try {
    const HuaweiCloud other{wanted, http, clock};
    ADD_FAILURE() << "taken: " << other.metadata().id;
  } catch (const Error& error) {
    EXPECT_EQ(error.code, "provider.field");
    EXPECT_THAT(error.text(), HasSubstr("cn-east-3"));
  }
}

TEST_F(HuaweiCloudTest, RefusesAnotherProduct) {
  EXPECT_EQ(finish(account.list_bindings("vod")).error().kind, ErrorKind::kUnsupported);
  EXPECT_EQ(finish(account.bind({.product = "vod", .stored_id = "scs1"})).error().kind,
            ErrorKind::kUnsupported);
}

TEST_F(HuaweiCloudTest, SendsLeafAndChainApartAndTheKeyInTheBodyAlone) {
  http.will_answer(200, R"({"certificate_id":"scs1600313391074"})");
  auto bundle = std::make_shared<Bundle>();
  bundle->chain_pem =
      "-----BEGIN CERTIFICATE-----\nL\n-----END CERTIFICATE-----\n"
      "-----BEGIN CERTIFICATE-----\nC\n-----END CERTIFICATE-----\n"
      "-----BEGIN CERTIFICATE-----\nD\n-----END CERTIFICATE-----\n";
  bundle->key_pem = Secret("K\n");
  bundle->leaf.not_after = parse_time("2026-04-15T08:30:59Z").value();
  EXPECT_EQ(finish(account.upload(bundle, label_for(kFingerprint, 7))).value(), "scs1600313391074");
  const auto& sent = http.sent.at(0);
  EXPECT_EQ(sent.method, "POST");
  EXPECT_EQ(sent.url, "https://scm.cn-north-4.myhuaweicloud.com/v3/scm/certificates/import");
  EXPECT_EQ(
      sent.body,
      R"({"name":")" + our_name() +
          R"(","certificate":"-----BEGIN CERTIFICATE-----\nL\n-----END CERTIFICATE-----\n",)"
          R"("certificate_chain":"-----BEGIN CERTIFICATE-----\nC\n-----END CERTIFICATE-----\n)"
          R"(-----BEGIN CERTIFICATE-----\nD\n-----END CERTIFICATE-----\n",)"
          R"("private_key":"K\n","duplicate_check":true})");
  EXPECT_TRUE(sent.changes_state);
}

TEST_F(HuaweiCloudTest, SendsNoChainWhenThereIsNone) {
  http.will_answer(200, R"({"certificate_id":"scs1"})");
  auto bundle = std::make_shared<Bundle>();
  bundle->chain_pem = "-----BEGIN CERTIFICATE-----\nL\n-----END CERTIFICATE-----\n";
  ASSERT_TRUE(finish(account.upload(bundle, "a label")).has_value());
  EXPECT_THAT(http.sent.at(0).body, Not(HasSubstr("certificate_chain")));
}

TEST_F(HuaweiCloudTest, AnUploadWithoutAnIdMayHaveBeenStored) {
  for (const char* body : {"{}", R"({"certificate_id":null})", R"({"certificate_id":""})"}) {
    http.will_answer(200, body);
    const auto id = finish(account.upload(std::make_shared<Bundle>(), "a label"));
    EXPECT_EQ(id.error().code, "reply.no_id");
    EXPECT_EQ(id.error().kind, ErrorKind::kMaybeApplied);
  }
}

TEST_F(HuaweiCloudTest, ReadsTheStoreByOffsetsAndEndsInChinasTime) {
  Json first = Json::array();
  for (int i = 0; i < 50; ++i) first.push_back({{"id", "scs" + std::to_string(i)}, {"name", "x"}});
  http.will_answer(200, Json{{"total_count", 52}, {"certificates", first}}.dump());
  http.will_answer(200,
                   Json{{"total_count", 52},
                        {"certificates",
                         {{{"id", "scs1600313391074"},
                           {"name", our_name()},
                           {"domain", "cdn.example.com"},
                           {"sans", "cdn.example.com;*.EXAMPLE.com"},
                           {"expire_time", "2026-04-15 16:30:00.0"}},
                          {{"id", "scs1600313391075"},
                           {"name", "bought"},
                           {"domain", "other.example.com"},
                           {"sans", nullptr},
                           {"expire_time", "2026-04-15 16:30:00.0"}}}}}
                       .dump());
  const auto stored = finish(account.list_stored()).value();
  ASSERT_EQ(stored.size(), 52U);
  EXPECT_EQ(stored[50].label, label_for(kFingerprint, 7));
  EXPECT_THAT(stored[50].names, ElementsAre("cdn.example.com", "*.example.com"));
  EXPECT_EQ(stored[50].not_after, parse_time("2026-04-15T08:30:59Z").value());
  EXPECT_EQ(stored[51].label, "bought");
  EXPECT_EQ(stored[51].not_after, parse_time("2026-04-15T08:30:00Z").value());
  EXPECT_EQ(stored[0].not_after, Time{});
  EXPECT_THAT(http.sent.at(0).url, HasSubstr("&limit=50&offset=0&"));
  EXPECT_THAT(http.sent.at(1).url, HasSubstr("&limit=50&offset=50&"));
}

TEST_F(HuaweiCloudTest, AListThatEndsTooEarlyIsAnError) {
  http.will_answer(200, R"({"total_count":2,"certificates":[{"id":"scs1"}]})");
  http.will_answer(200, R"({"total_count":2,"certificates":[]})");
  EXPECT_EQ(finish(account.list_stored()).error().code, "reply.paging");
  http.will_answer(200, R"({"total_count":1})");
  EXPECT_EQ(finish(account.list_stored()).error().code, "reply.shape");
  http.will_answer(200, R"({"certificates":[]})");
  EXPECT_EQ(finish(account.list_stored()).error().code, "reply.shape");
  http.will_answer(200, R"({"total_count":1,"certificates":[{"name":"x"}]})");
  EXPECT_EQ(finish(account.list_stored()).error().code, "reply.no_id");
}

TEST_F(HuaweiCloudTest, AsksNothingMoreWhenNoDomainHasHttps) {
  Json second = domain("*.example.com", 0);
  second["domain_status"] = "configuring";
  Json third = domain("b.example.com", 0);
  third["disabled"] = 1;
  Json fourth = domain("c.example.com", 0);
  fourth["domain_status"] = "offline";
  will_list_domains({domain("a.example.com", 0), second, third, fourth});
  const auto bindings = finish(account.list_bindings("cdn")).value();
  ASSERT_EQ(bindings.size(), 4U);
  EXPECT_EQ(bindings[0].edge_name, "a.example.com.c.cdnhwc1.com");
  EXPECT_TRUE(bindings[0].online);
  EXPECT_TRUE(bindings[0].settings.empty());
  EXPECT_EQ(bindings[1].name, "*.example.com");
  EXPECT_EQ(bindings[1].status, "configuring");
  EXPECT_TRUE(bindings[1].online);  // it serves while it is
  EXPECT_FALSE(bindings[2].online);
  EXPECT_EQ(bindings[2].status, "banned");
  EXPECT_FALSE(bindings[3].online);
  EXPECT_EQ(http.sent.size(), 1U);
}

TEST_F(HuaweiCloudTest, ReadsTheIdOfOurBindsInTheNameOnceADomainHasSaidThatItIsRight) {
  const std::vector<Json> domains{domain("a.example.com"), domain("b.example.com")};
  const auto lists = [&](const std::string& second) {
    will_list_domains(domains);
    will_list_https({row("a.example.com", "certferry-scs1"), row("b.example.com", second)});
  };
  lists("certferry-scs1");
  will_say_config({{"https_status", "on"}, {"scm_certificate_id", "scs1"}});
  const auto bindings = finish(account.list_bindings("cdn")).value();
  EXPECT_THAT(ids_of(bindings), ElementsAre("scs1", "scs1"));
  EXPECT_EQ(bindings[0].settings.at("http2"), "1");
  EXPECT_THAT(asked(),
              ElementsAre("GET https://cdn.myhuaweicloud.com/v1.0/cdn/domains",
                          "GET https://cdn.myhuaweicloud.com/v1.0/cdn/domains/"
                          "https-certificate-info",
                          "GET " + kConfigs + "a.example.com/configs"));
  // A name that tells another id than the domain was given by hand.
  lists("certferry-scs7");
  will_say_config({{"https_status", "on"}, {"scm_certificate_id", "scs8"}});
  EXPECT_THAT(ids_of(finish(account.list_bindings("cdn")).value()), ElementsAre("scs1", "scs8"));
  EXPECT_EQ(asked().back(), "GET " + kConfigs + "b.example.com/configs");
}

TEST_F(HuaweiCloudTest, KnowsACertificateOfTheDomainsOwnByItsFingerprint) {
  will_list_domains({domain("b.example.com")});
  will_list_https({row("b.example.com", "my own", 0)});
  EXPECT_THAT(ids_of(finish(account.list_bindings("cdn")).value()),
              ElementsAre("own:" + some_fingerprint()));
}

TEST_F(HuaweiCloudTest, AsksAgainForADomainThatWasStillChanging) {
  const auto asks = [&](const Json& changing) {
    const std::size_t before = http.sent.size();
    for (int i = 0; i < 2; ++i) {
      will_list_domains({changing});
      will_list_https({row("a.example.com", "bought")});
      will_say_config({{"https_status", "on"}, {"scm_certificate_id", "scs7"}});
      EXPECT_THAT(ids_of(finish(account.list_bindings("cdn")).value()), ElementsAre("scs7"));
    }
    return http.sent.size() - before;
  };
  Json changing = domain("a.example.com");
  changing["modify_time"] = (clock.at.time_since_epoch() - seconds(59)) / milliseconds(1);
  EXPECT_EQ(asks(changing), 6U);
  changing["modify_time"] = 1;
  changing["domain_status"] = "configuring";
  EXPECT_EQ(asks(changing), 6U);
  changing["domain_status"] = "online";
  changing.erase("modify_time");
  EXPECT_EQ(asks(changing), 6U);
}

TEST_F(HuaweiCloudTest, QuotesNothingOfWhatMayHoldAPrivateKey) {
  will_list_domains({domain("a.example.com")});
  http.will_answer(502, "<html>a key</html>");
  EXPECT_THAT(finish(account.list_bindings("cdn")).error().text(), Not(HasSubstr("a key")));
  http.will_answer(502, "<html>a key</html>");
  const auto done = finish(
      account.bind({.product = "cdn", .binding = binding("a.example.com"), .stored_id = "scs1"}));
  EXPECT_THAT(done.error().text(), Not(HasSubstr("a key")));
}

TEST_F(HuaweiCloudTest, TellsTheSettingsOfADomainThatHasHttps) {
  const auto lists = [&](bool with_row) {
    will_list_domains({domain("a.example.com")});
    will_list_https(with_row ? std::vector<Json>{row("a.example.com", "certferry-scs1")}
                             : std::vector<Json>());
  };
  lists(true);
  will_say_config({{"https_status", "on"}, {"scm_certificate_id", "scs1"}});
  const Binding first = finish(account.list_bindings("cdn")).value().front();
  EXPECT_EQ(first.settings.at("sources"), R"([{"ip_or_domain":"origin.example.com"}])");
  EXPECT_EQ(first.settings.at("http2"), "1");
  // The list of certificates lags behind: nothing was changed by that.
  lists(false);
  will_say_config({{"https_status", "on"}, {"scm_certificate_id", "scs2"}});
  const Binding second = finish(account.list_bindings("cdn")).value().front();
  EXPECT_EQ(second.stored_id, "scs2");
  EXPECT_EQ(second.settings, first.settings);
}

TEST_F(HuaweiCloudTest, AsksOnceForEachNameAndCertificateThatSomebodyElseBound) {
  const auto lists = [&](int modified) {
    Json last = domain("c.example.com");
    last["modify_time"] = modified;
    will_list_domains({domain("a.example.com"), domain("b.example.com"), last});
    will_list_https({row("a.example.com", "bought"),
                     row("b.example.com", "bought"),
                     row("c.example.com", "certferry-scs")});
  };
  lists(1);
  will_say_config({{"https_status", "on"}, {"scm_certificate_id", "scs7"}});
  will_say_config({{"https_status", "on"}, {"scm_certificate_id", "scs8"}});
  EXPECT_THAT(ids_of(finish(account.list_bindings("cdn")).value()),
              ElementsAre("scs7", "scs7", "scs8"));
  EXPECT_EQ(asked().at(2), "GET " + kConfigs + "a.example.com/configs");
  // As long as neither row nor domain has changed nobody is asked again.
  lists(1);
  EXPECT_THAT(ids_of(finish(account.list_bindings("cdn")).value()),
              ElementsAre("scs7", "scs7", "scs8"));
  lists(2);
  will_say_config({{"https_status", "off"}});
  EXPECT_THAT(ids_of(finish(account.list_bindings("cdn")).value()),
              ElementsAre("scs7", "scs7", "none"));
}

TEST_F(HuaweiCloudTest, ADomainThatIsNotInTheListOfCertificatesIsAsked) {
  will_list_domains({domain("a.example.com"), domain("b.example.com")});
  will_list_https({});
  will_say_config({{"https_status", "on"},
                   {"certificate_source", 0},
                   {"certificate_name", "mine"},
                   {"certificate_value", "no PEM"}});
  will_say_config({{"https_status", "on"}, {"scm_certificate_id", "scs8"}});
  EXPECT_THAT(ids_of(finish(account.list_bindings("cdn")).value()),
              ElementsAre("own:mine", "scs8"));
}

TEST_F(HuaweiCloudTest, WalksTheDomainsByNumberOfPage) {
  Json first = Json::array();
  for (int i = 0; i < 500; ++i)
    first.push_back(domain("d" + std::to_string(i) + ".example.com", 0));
  http.will_answer(200, Json{{"total", 501}, {"domains", first}}.dump());
  http.will_answer(200, Json{{"total", 501}, {"domains", {domain("last.example.com", 0)}}}.dump());
  EXPECT_EQ(finish(account.list_bindings("cdn")).value().size(), 501U);
  EXPECT_THAT(http.sent.at(1).url, HasSubstr("&page_number=2&page_size=500"));
}

TEST_F(HuaweiCloudTest, BindsByIdAndSendsBackTheSettingsThatItRead) {
  will_say_config({{"https_status", "on"},
                   {"certificate_name", "before"},
                   {"certificate_value", "PEM"},
                   {"certificate_source", 0},
                   {"http2_status", "on"},
                   {"tls_version", "TLSv1.2,TLSv1.3"},
                   {"ocsp_stapling_status", "on"},
                   {"certificates", Json::array()}});
  http.will_answer(204, "");
  const auto done = finish(account.bind({.product = "cdn",
                                         .binding = binding("*.example.com", "own:x"),
                                         .stored_id = "scs1600313391074"}));
  ASSERT_TRUE(done.has_value());
  EXPECT_TRUE(done->wrote_settings);
  const auto& read = http.sent.at(0);
  const auto& sent = http.sent.at(1);
  EXPECT_EQ(read.method, "GET");
  EXPECT_FALSE(read.changes_state);
  EXPECT_EQ(sent.method, "PUT");
  EXPECT_EQ(sent.url,
            "https://cdn.myhuaweicloud.com/v1.1/cdn/configuration/domains/%2A.example.com/configs"
            "?enterprise_project_id=all");
  EXPECT_EQ(read.url, sent.url);
  EXPECT_TRUE(sent.changes_state);
  EXPECT_EQ(Json::parse(sent.body),
            (Json{{"configs",
                   {{"https",
                     {{"https_status", "on"},
                      {"certificate_type", "server"},
                      {"certificate_source", 2},
                      {"scm_certificate_id", "scs1600313391074"},
                      {"certificate_name", "certferry-scs1600313391074"},
                      {"http2_status", "on"},
                      {"tls_version", "TLSv1.2,TLSv1.3"},
                      {"ocsp_stapling_status", "on"}}}}}}));
}

TEST_F(HuaweiCloudTest, BindsADomainThatHadNoHttps) {
  http.will_answer(200, R"({"configs":{}})");
  http.will_answer(204, "");
  const auto done = finish(
      account.bind({.product = "cdn", .binding = binding("a.example.com"), .stored_id = "scs1"}));
  ASSERT_TRUE(done.has_value());
  EXPECT_FALSE(done->wrote_settings);  // there is no row to compare with
  EXPECT_THAT(http.sent.at(1).body, Not(HasSubstr("http2_status")));
}

TEST_F(HuaweiCloudTest, WritesNothingWhenTheSettingsCannotBeRead) {
  for (const char* body : {"", "{}", R"({"configs":[]})", R"({"configs":{"https":[]}})"}) {
    http.will_answer(200, body);
    const auto done = finish(
        account.bind({.product = "cdn", .binding = binding("a.example.com"), .stored_id = "scs1"}));
    EXPECT_EQ(done.error().kind, ErrorKind::kUnavailable) << body;
  }
  EXPECT_EQ(http.sent.size(), 4U);
}

TEST_F(HuaweiCloudTest, TakesNoCertificateForSm2Away) {
  const Json second = {{{"certificate_name", "sm"}, {"certificate_type", "server_sm"}}};
  for (const Json& https : {Json{{"https_status", "on"}, {"certificates", second}},
                            Json{{"https_status", "on"}, {"certificate_type", "server_sm"}},
                            Json{{"certificates", {{{"a", 1}}, {{"b", 2}}}}}}) {
    will_say_config(https);
    const auto done = finish(
        account.bind({.product = "cdn", .binding = binding("a.example.com"), .stored_id = "scs1"}));
    EXPECT_EQ(done.error().code, "vendor.two_certificates") << https;
  }
  EXPECT_EQ(http.sent.size(), 3U);
}

TEST_F(HuaweiCloudTest, ADomainThatIsBeingConfiguredIsToBeBoundLater) {
  will_say_config({{"https_status", "on"}});
  http.will_answer(200, R"({"error":{"error_code":"CDN.0106","error_msg":"not now"}})");
  const auto done = finish(
      account.bind({.product = "cdn", .binding = binding("a.example.com"), .stored_id = "scs1"}));
  EXPECT_EQ(done.error().kind, ErrorKind::kUnavailable);
  EXPECT_EQ(done.error().code, "vendor.busy");
}

TEST_F(HuaweiCloudTest, AsksEachProductAndTheStoreBeforeItDeletes) {
  will_list_domains({domain("a.example.com", 0)});
  will_list_no_buckets();
  http.will_answer(200, R"({"results":[{"certificate_id":"scs1","total_num":0}]})");
  http.will_answer(204, "");
  ASSERT_TRUE(finish(account.remove("scs1")).has_value());
  EXPECT_THAT(asked(),
              ElementsAre("GET https://cdn.myhuaweicloud.com/v1.0/cdn/domains",
                          "GET https://obs.cn-north-4.myhuaweicloud.com/",
                          "POST https://scm.cn-north-4.myhuaweicloud.com/v3/scm/deployed-resources",
                          "DELETE https://scm.cn-north-4.myhuaweicloud.com/v3/scm/certificates/"
                          "scs1"));
  EXPECT_EQ(http.sent[2].body, R"({"certificate_ids":["scs1"],"service_names":["ALL"]})");
  EXPECT_FALSE(http.sent[2].changes_state);
  EXPECT_TRUE(http.sent[3].changes_state);
}

TEST_F(HuaweiCloudTest, DeletesNothingThatIsBound) {
  will_list_domains({domain("a.example.com")});
  will_list_https({row("a.example.com", "certferry-scs1")});
  will_say_config({{"https_status", "on"}, {"scm_certificate_id", "scs1"}});
  const auto removed = finish(account.remove("scs1"));
  EXPECT_EQ(removed.error().kind, ErrorKind::kInUse);
  EXPECT_THAT(removed.error().text(), HasSubstr("a.example.com"));
  EXPECT_EQ(http.sent.size(), 3U);
}

TEST_F(HuaweiCloudTest, DeletesNothingThatTheStoreKnowsAnotherUserOf) {
  will_list_domains({});
  will_list_no_buckets();
  http.will_answer(200, R"({"results":[{"certificate_id":"scs1","total_num":2,
      "deployed_resources":[{"service":"ELB","resource_num":2}]}]})");
  const auto removed = finish(account.remove("scs1"));
  EXPECT_EQ(removed.error().kind, ErrorKind::kInUse);
  EXPECT_THAT(removed.error().text(), HasSubstr("ELB"));
}

TEST_F(HuaweiCloudTest, DeletesNothingThatTheStoreDoesNotClearlyCallUnused) {
  for (const char* body :
       {"{}",
        R"({"results":[]})",
        R"({"results":[{"certificate_id":"scs2","total_num":0}]})",
        R"({"results":[{"certificate_id":"scs1"}]})",
        R"({"results":[{"certificate_id":"scs1","total_num":null}]})",
        R"({"results":[{"certificate_id":"scs1","total_num":0},{"certificate_id":"scs1"}]})"}) {
    will_list_domains({});
    will_list_no_buckets();
    http.will_answer(200, body);
    EXPECT_EQ(finish(account.remove("scs1")).error().code, "reply.shape") << body;
  }
  will_list_domains({});
  will_list_no_buckets();
  http.will_answer(200, R"({"results":[{"certificate_id":"scs1","total_num":0,
      "deployed_resources":[{"service":"ELB","resource_num":0,"region_resources":[
        {"region_id":"cn-east-3","is_error":false},{"region_id":"cn-south-1","is_error":true}]}]}]})");
  const auto removed = finish(account.remove("scs1"));
  EXPECT_EQ(removed.error().kind, ErrorKind::kUnavailable);
  EXPECT_THAT(removed.error().text(), HasSubstr("could not ask cn-south-1"));
  EXPECT_EQ(http.sent.size(), 21U);
}

TEST_F(HuaweiCloudTest, SaysWhatItWasDoing) {
  http.will_answer(403, R"({"error":{"error_code":"CDN.0021","error_msg":"denied"}})");
  const auto bindings = finish(account.list_bindings("cdn"));
  EXPECT_THAT(bindings.error().text(), HasSubstr("listing the domains of CDN at Huawei Cloud"));
  EXPECT_THAT(bindings.error().text(), HasSubstr("cdn:configuration:queryDomains"));
}

TEST_F(HuaweiCloudTest, AllowsInItsPolicyWhateverAnErrorNames) {
  for (const char* permission : {"scm:cert:list",
                                 "scm:cert:import",
                                 "scm:cert:listDeployedResources",
                                 "scm:cert:delete",
                                 "cdn:configuration:queryDomains",
                                 "cdn:configuration:queryHttpsConf",
                                 "cdn:configuration:modifyHttpsConf",
                                 "obs:bucket:listAllMyBuckets",
                                 "obs:bucket:getBucketCustomDomainConfiguration",
                                 "obs:bucket:putBucketCustomDomainConfiguration"}) {
    EXPECT_THAT(huaweicloud_metadata().policy, HasSubstr(permission));
  }
}

}  // namespace
}  // namespace certferry
