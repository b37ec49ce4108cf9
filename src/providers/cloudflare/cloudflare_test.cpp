#include "providers/cloudflare/cloudflare.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "crypto/pem.h"
#include "crypto/throwaway_ca.h"
#include "providers/testing/recording_http.h"
#include "providers/testing/still_clock.h"

namespace certferry {
namespace {

using ::testing::ElementsAre;
using testing::finish;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::Pair;

const std::string kFingerprint(64, 'a');

struct CloudflareTest : ::testing::Test {
  testing::RecordingHttp http;
  testing::StillClock clock;
  Cloudflare account{{.endpoint = "https://api.cloudflare.com",
                      .zone_id = "023e",
                      .cname_target = "customers.saas.example",
                      .api_token = Secret("the token")},
                     http,
                     clock,
                     nullptr};

  std::vector<StoredCertificate> stored(const std::string& hostnames) {
    will_say("[]", 0);  // what the zone has itself
    will_say(hostnames);
    return finish(account.list_stored()).value();
  }
  void will_say(const std::string& result, int total = 1) {
    http.will_answer(200,
                     R"({"success":true,"errors":[],"result":)" + result +
                         R"(,"result_info":{"total_count":)" + std::to_string(total) + "}}");
  }
  std::vector<Binding> bindings(const std::string& hostname) {
    will_say("[" + hostname + "]");
    return finish(account.list_bindings("saas")).value();
  }
  static BindRequest bind() {
    auto bundle = std::make_shared<Bundle>();
    bundle->chain_pem = "CHAIN\n";
    bundle->key_pem = Secret("KEY\n");
    BindRequest request{.product = "saas", .binding = {}, .bundle = bundle};
    request.binding.vendor_name = "App.example.com";
    return request;
  }
};

std::string hostname(const std::string& ssl, const std::string& status = "active") {
  return R"({"id":"0d89c70d","hostname":"App.example.com","status":")" + status +
         R"(","custom_origin_server":"origin.example","ssl":)" + ssl + "}";
}

std::string uploaded(const std::string& certificates) {
  return R"({"type":"dv","method":"txt","bundle_method":"optimal","wildcard":false,"status":"active",
      "settings":{"min_tls_version":"1.2","ciphers":["A","B"]},"hosts":["App.example.com"],
      "certificates":[)" +
         certificates + "]}";
}

const std::string kCertificate = R"({"id":"c1","issued_on":"2026-01-15T00:30:00.123456Z",
    "expires_on":"2026-04-15T00:30:00Z","fingerprint_sha256":")" +
                                 std::string(64, 'A') + "\"}";

TEST_F(CloudflareTest, ReadsWhatAHostnameIsSetTo) {
  const auto all = bindings(hostname(uploaded(kCertificate)));
  ASSERT_EQ(http.sent.size(), 1U);
  EXPECT_EQ(http.sent[0].method, "GET");
  EXPECT_EQ(http.sent[0].url,
            "https://api.cloudflare.com/client/v4/zones/023e/custom_hostnames?per_page=50&page=1");
  EXPECT_EQ(http.sent[0].headers.at("Authorization"), "Bearer the token");
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].name, "app.example.com");
  EXPECT_EQ(all[0].vendor_name, "App.example.com");
  EXPECT_EQ(all[0].edge_name, "customers.saas.example");
  EXPECT_TRUE(all[0].online);
  EXPECT_EQ(all[0].stored_id, "0d89c70d");
  EXPECT_THAT(all[0].settings,
              ElementsAre(Pair("custom_origin_server", "origin.example"),
                          Pair("ssl.bundle_method", "optimal"),
                          Pair("ssl.method", "txt"),
                          Pair("ssl.settings.ciphers", R"(["A","B"])"),
                          Pair("ssl.settings.min_tls_version", "1.2"),
                          Pair("ssl.type", "dv"),
                          Pair("ssl.wildcard", "false")));

  will_say("[" + hostname(uploaded(kCertificate)) + "]");
  const auto stored = finish(account.list_stored()).value();
  ASSERT_EQ(stored.size(), 1U);
  EXPECT_EQ(stored[0].id, "0d89c70d");
  EXPECT_EQ(stored[0].label, "certferry-" + kFingerprint);
  EXPECT_THAT(stored[0].names, ElementsAre("app.example.com"));
  EXPECT_EQ(stored[0].not_before, parse_time("2026-01-15T00:30:00Z").value());
  EXPECT_EQ(stored[0].not_after, parse_time("2026-04-15T00:30:00Z").value());
}

TEST_F(CloudflareTest, ReadsTheFingerprintOffTheCertificateWhenItIsNotSaid) {
  const ThrowawayCa authority(Time(hours(24 * 10000)), Time(hours(24 * 40000)));
  const IssuedLeaf leaf = authority.issue({.names = {"app.example.com"},
                                           .not_before = Time(hours(24 * 20000)),
                                           .not_after = Time(hours(24 * 20090))});
  nlohmann::json ssl = {{"custom_certificate", leaf.chain_pem}, {"serial_number", "17"}};
  const auto all = stored("[" + hostname(ssl.dump()) + "]");
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].label,
            "certferry-" + read_certificates(leaf.chain_pem, "it").value().front().fingerprint);
  EXPECT_EQ(all[0].not_after, Time(hours(24 * 20090)));
}

TEST_F(CloudflareTest, LeavesAloneWhatIsNotTold) {
  const Binding untold = bindings(hostname(R"({"serial_number":"17"})")).at(0);
  EXPECT_FALSE(untold.online);
  EXPECT_THAT(untold.status, HasSubstr("not told"));
  EXPECT_EQ(untold.stored_id, "0d89c70d");
  const Binding none = bindings(hostname(R"({"status":"pending_validation"})")).at(0);
  EXPECT_TRUE(none.online);
  EXPECT_EQ(none.stored_id, std::nullopt);
}

TEST_F(CloudflareTest, ServesWhatIsActive) {
  for (const auto& [status, online] : {std::pair("active", true),
                                       std::pair("active_redeploying", true),
                                       std::pair("pending", false),
                                       std::pair("moved", false)}) {
    EXPECT_EQ(bindings(hostname("{}", status)).at(0).online, online) << status;
    const std::string said = bindings(hostname("{}", status)).at(0).status;
    EXPECT_EQ(said, std::string_view(status) == "moved" ? "offline" : status);
  }
}

TEST_F(CloudflareTest, SendsTheBlockBackWithAnotherCertificate) {
  will_say("[" + hostname(uploaded(kCertificate)) + "]");
  will_say("{}");
  const auto done = finish(account.bind(bind()));
  ASSERT_TRUE(done.has_value()) << done.error().text();
  EXPECT_TRUE(done->wrote_settings);
  ASSERT_EQ(http.sent.size(), 2U);
  EXPECT_EQ(http.sent[0].url,
            "https://api.cloudflare.com/client/v4/zones/023e/custom_hostnames?hostname="
            "App.example.com");
  EXPECT_FALSE(http.sent[0].changes_state);
  EXPECT_EQ(http.sent[1].method, "PATCH");
  EXPECT_EQ(http.sent[1].url,
            "https://api.cloudflare.com/client/v4/zones/023e/custom_hostnames/0d89c70d");
  EXPECT_EQ(http.sent[1].headers.at("Content-Type"), "application/json");
  EXPECT_TRUE(http.sent[1].changes_state);
  EXPECT_EQ(http.sent[1].body,
            R"({"ssl":{"type":"dv","method":"txt","bundle_method":"optimal","wildcard":false,)"
            R"("settings":{"ciphers":["A","B"],"min_tls_version":"1.2"},)"
            R"("custom_certificate":"CHAIN\n","custom_key":"KEY\n"}})");
}

TEST_F(CloudflareTest, GivesWhatIsNotThereTheLeastThatIsTaken) {
  will_say("[" + hostname("{}") + "]");
  will_say("{}");
  ASSERT_TRUE(finish(account.bind(bind())).has_value());
  EXPECT_EQ(http.sent[1].body,
            R"({"ssl":{"type":"dv","method":"http","bundle_method":"force",)"
            R"("custom_certificate":"CHAIN\n","custom_key":"KEY\n"}})");
}

TEST_F(CloudflareTest, WhatABindGivesIsNoChangeOfASetting) {
  const auto before = bindings(hostname("{}")).at(0).settings;
  const auto after =
      bindings(hostname(R"({"type":"dv","method":"http","bundle_method":"force"})")).at(0).settings;
  EXPECT_EQ(before, after);
}

TEST_F(CloudflareTest, SendsNothingThatLeavesTheNamesBelowUncovered) {
  const std::string wild = hostname(R"({"wildcard":true})");
  will_say("[" + wild + "]");
  const Error error = finish(account.bind(bind())).error();
  EXPECT_EQ(error.kind, ErrorKind::kRejected);
  EXPECT_THAT(error.text(), HasSubstr("*.app.example.com"));
  EXPECT_EQ(http.sent.size(), 1U);
  BindRequest request = bind();
  auto bundle = std::make_shared<Bundle>(*request.bundle);
  bundle->leaf.dns_names = {"app.example.com", "*.app.example.com"};
  request.bundle = bundle;
  will_say("[" + wild + "]");
  will_say("{}");
  EXPECT_TRUE(finish(account.bind(request)).has_value());
}

TEST_F(CloudflareTest, QuotesNoAnswerThatMayHoldAKey) {
  const std::string page = "<html>canary</html>";
  http.will_answer(502, page);
  EXPECT_THAT(finish(account.list_bindings("saas")).error().text(), Not(HasSubstr("canary")));
  http.will_answer(502, page);
  EXPECT_THAT(finish(account.bind(bind())).error().text(), Not(HasSubstr("canary")));
}

TEST_F(CloudflareTest, TakesTheOtherOfTwoUploadedCertificatesFromNobody) {
  const std::string two = uploaded(kCertificate + "," + kCertificate);
  will_say("[" + hostname(two) + "]");
  EXPECT_EQ(finish(account.bind(bind())).error().kind, ErrorKind::kRejected);
  std::string issued = two;
  issued.insert(1, R"("certificate_authority":"google",)");
  // The authority stays when certificates are uploaded after it has issued some.
  for (const char* of_an_upload : {"uploaded_on", "custom_certificate", "custom_csr_id"}) {
    std::string replaced = issued;
    replaced.insert(1, "\"" + std::string(of_an_upload) + R"(":"x",)");
    will_say("[" + hostname(replaced) + "]");
    EXPECT_EQ(finish(account.bind(bind())).error().kind, ErrorKind::kRejected) << of_an_upload;
  }
  for (const auto& sent : http.sent) EXPECT_FALSE(sent.changes_state);
  // Of its own Cloudflare keeps two as well.
  will_say("[" + hostname(issued) + "]");
  will_say("{}");
  EXPECT_TRUE(finish(account.bind(bind())).has_value());
}

TEST_F(CloudflareTest, SendsNothingToAHostnameThatIsGone) {
  will_say("[]", 0);
  EXPECT_EQ(finish(account.bind(bind())).error().kind, ErrorKind::kNotFound);
  EXPECT_EQ(http.sent.size(), 1U);
}

TEST_F(CloudflareTest, TakesNoListForWholeThatIsNot) {
  will_say("[" + hostname("{}") + "]", 2);
  will_say("[]", 2);
  EXPECT_EQ(finish(account.list_bindings("saas")).error().code, "reply.paging");
  http.will_answer(200, R"({"success":true,"result":[]})");
  EXPECT_EQ(finish(account.list_stored()).error().code, "reply.shape");
  will_say("{}");
  EXPECT_EQ(finish(account.list_stored()).error().code, "reply.shape");
  will_say(R"([{"id":"0d89"}])");
  EXPECT_EQ(finish(account.list_bindings("saas")).error().code, "reply.shape");
}

TEST_F(CloudflareTest, HasNoStoreAndNoOtherProduct) {
  EXPECT_EQ(finish(account.list_bindings("cdn")).error().kind, ErrorKind::kUnsupported);
  EXPECT_EQ(finish(account.upload(bind().bundle, "label")).error().kind, ErrorKind::kUnsupported);
  EXPECT_EQ(finish(account.remove("0d89c70d")).error().kind, ErrorKind::kUnsupported);
  EXPECT_TRUE(http.sent.empty());
}

}  // namespace
}  // namespace certferry
