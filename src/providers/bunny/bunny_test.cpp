#include "providers/bunny/bunny.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "crypto/digest.h"
#include "crypto/pem.h"
#include "crypto/throwaway_ca.h"
#include "providers/testing/recording_http.h"

namespace certferry {
namespace {

using ::testing::ElementsAre;
using testing::finish;
using ::testing::HasSubstr;
using ::testing::Pair;

using Json = nlohmann::json;

const std::string& chain_pem() {
  static const ThrowawayCa kAuthority(Time(hours(24 * 10000)), Time(hours(24 * 40000)));
  static const std::string kChain = kAuthority
                                        .issue({.names = {"a.example.com"},
                                                .not_before = Time(hours(24 * 20000)),
                                                .not_after = Time(hours(24 * 20090))})
                                        .chain_pem;
  return kChain;
}

Json hostname(int id, const std::string& name, const Json& certificate = nullptr) {
  return {{"Id", id},
          {"Value", name},
          {"ForceSSL", true},
          {"IsSystemHostname", name.ends_with("b-cdn.net")},
          {"HasCertificate", !certificate.is_null()},
          {"Certificate", certificate}};
}

Json zone(int id, const std::vector<Json>& hostnames, bool enabled = true, bool suspended = false) {
  return {{"Id", id}, {"Enabled", enabled}, {"Suspended", suspended}, {"Hostnames", hostnames}};
}

struct BunnyTest : ::testing::Test {
  testing::RecordingHttp http;
  Bunny account{{.endpoint = "https://api.bunny.net", .access_key = Secret("the key")}, http};

  void will_list(std::vector<Json> zones, int total) {
    http.will_answer(200, Json{{"Items", zones}, {"TotalItems", total}}.dump());
  }
  Binding only(const Json& of, bool enabled = true, bool suspended = false) {
    will_list({zone(7, {of}, enabled, suspended)}, 1);
    return finish(account.list_bindings("cdn")).value().at(0);
  }
};

TEST_F(BunnyTest, ReadsTheHostnamesOfEachZone) {
  const Json first = zone(7,
                          {hostname(1, "seven.b-cdn.net", "system"),
                           hostname(2, "A.example.com", base64_encode(chain_pem())),
                           hostname(3, "*.example.com")});
  will_list({first}, 2);
  will_list({zone(8, {hostname(4, "b.example.com")})}, 2);
  const auto all = finish(account.list_bindings("cdn")).value();
  ASSERT_EQ(http.sent.size(), 2U);
  EXPECT_EQ(http.sent[0].method, "GET");
  EXPECT_EQ(http.sent[0].url,
            "https://api.bunny.net/pullzone?includeCertificate=true&perPage=20&page=1");
  EXPECT_EQ(http.sent[1].url,
            "https://api.bunny.net/pullzone?includeCertificate=true&perPage=20&page=2");
  EXPECT_EQ(http.sent[0].headers.at("AccessKey"), "the key");
  EXPECT_EQ(http.sent[0].headers.at("Accept"), "application/json");
  ASSERT_EQ(all.size(), 3U);
  EXPECT_EQ(all[0].name, "a.example.com");
  EXPECT_EQ(all[0].vendor_name, "A.example.com");
  EXPECT_EQ(all[0].edge_name, "seven.b-cdn.net");
  EXPECT_TRUE(all[0].online);
  EXPECT_EQ(all[0].stored_id, "2");
  EXPECT_THAT(all[0].settings, ElementsAre(Pair("ForceSSL", "true"), Pair("pull_zone", "7")));
  EXPECT_EQ(all[1].name, "*.example.com");
  EXPECT_EQ(all[1].stored_id, std::nullopt);
  EXPECT_TRUE(all[1].online);
  EXPECT_EQ(all[2].settings.at("pull_zone"), "8");
}

TEST_F(BunnyTest, KnowsACertificateInEitherForm) {
  for (const std::string& form : {chain_pem(), base64_encode(chain_pem())}) {
    will_list({zone(7, {hostname(2, "a.example.com", form), hostname(3, "b.example.com")})}, 1);
    const auto stored = finish(account.list_stored()).value();
    ASSERT_EQ(stored.size(), 1U);
    EXPECT_EQ(stored[0].id, "2");
    EXPECT_EQ(stored[0].label,
              "certferry-" + read_certificates(chain_pem(), "it").value().front().fingerprint);
    EXPECT_THAT(stored[0].names, ElementsAre("a.example.com"));
    EXPECT_EQ(stored[0].not_before, Time(hours(24 * 20000)));
    EXPECT_EQ(stored[0].not_after, Time(hours(24 * 20090)));
  }
}

TEST_F(BunnyTest, LeavesAloneWhatIsNotServedOrNotTold) {
  EXPECT_FALSE(only(hostname(2, "a.example.com"), false).online);
  EXPECT_FALSE(only(hostname(2, "a.example.com"), true, true).online);
  const Binding untold = only(hostname(2, "a.example.com", "?"));
  EXPECT_FALSE(untold.online);
  EXPECT_THAT(untold.status, HasSubstr("not told"));
}

TEST_F(BunnyTest, SendsPemInBase64ToTheHostnamesZone) {
  auto bundle = std::make_shared<Bundle>();
  bundle->chain_pem = "CHAIN\n";
  bundle->key_pem = Secret("KEY\n");
  BindRequest request{.product = "cdn", .binding = {}, .bundle = bundle};
  request.binding.vendor_name = "A.example.com";
  const Error unknown = finish(account.bind(request)).error();
  EXPECT_EQ(unknown.kind, ErrorKind::kNotFound);
  EXPECT_TRUE(http.sent.empty());

  request.binding.settings = {{"pull_zone", "7"}};
  http.will_answer(204, "");
  ASSERT_TRUE(finish(account.bind(request)).has_value());
  EXPECT_EQ(http.sent[0].method, "POST");
  EXPECT_EQ(http.sent[0].url, "https://api.bunny.net/pullzone/7/addCertificate");
  EXPECT_EQ(http.sent[0].body,
            R"({"Hostname":"A.example.com","Certificate":"Q0hBSU4K","CertificateKey":"S0VZCg=="})");
  EXPECT_EQ(http.sent[0].headers.at("Content-Type"), "application/json");
  EXPECT_TRUE(http.sent[0].changes_state);
}

TEST_F(BunnyTest, TakesNoListForWholeThatIsNot) {
  will_list({zone(7, {hostname(2, "a.example.com")})}, 2);
  will_list({}, 2);
  EXPECT_EQ(finish(account.list_bindings("cdn")).error().code, "reply.paging");
  http.will_answer(200, "[]");
  EXPECT_EQ(finish(account.list_bindings("cdn")).error().code, "reply.shape");
  will_list({zone(7, {Json{{"Id", 2}}})}, 1);
  EXPECT_EQ(finish(account.list_stored()).error().code, "reply.shape");
}

TEST_F(BunnyTest, HasNoStoreAndNoOtherProduct) {
  EXPECT_EQ(finish(account.list_bindings("storage")).error().kind, ErrorKind::kUnsupported);
  EXPECT_EQ(finish(account.upload(nullptr, "label")).error().kind, ErrorKind::kUnsupported);
  EXPECT_EQ(finish(account.remove("2")).error().kind, ErrorKind::kUnsupported);
  EXPECT_TRUE(http.sent.empty());
}

}  // namespace
}  // namespace certferry
