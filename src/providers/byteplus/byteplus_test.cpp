#include "providers/byteplus/byteplus.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "model/label.h"
#include "providers/byteplus/metadata.h"
#include "providers/testing/recording_http.h"
#include "providers/testing/still_clock.h"

namespace certferry {
namespace {

using ::testing::ElementsAre;
using testing::finish;
using ::testing::HasSubstr;
using Json = nlohmann::json;

struct BytePlusTest : ::testing::Test {
  testing::RecordingHttp http;
  testing::StillClock clock;
  BytePlus account{
      {.endpoint = "https://{service}.byteplusapi.com",
       .key = {.id = "AKLTEXAMPLE", .secret = Secret("SKEXAMPLE"), .session_token = {}}},
      http,
      clock};

  void will_answer(const std::string& result) {
    http.will_answer(200,
                     R"({"ResponseMetadata":{"RequestId":"R-1"})" +
                         (result.empty() ? "" : ",\"Result\":" + result) + "}");
  }
};

TEST_F(BytePlusTest, CallsCdnAbroad) {
  will_answer(R"({"Total":1,"Data":[{"Domain":"a.example.com","Status":"online","HTTPS":true}]})");
  will_answer(R"({"Total":1,"CertInfo":[{"CertId":"cert-1","ConfiguredDomain":"a.example.com"}]})");
  EXPECT_EQ(finish(account.list_bindings("cdn")).value().at(0).stored_id, "cert-1");
  EXPECT_EQ(http.sent.at(0).url,
            "https://cdn.byteplusapi.com/?Action=ListCdnDomains&Version=2021-03-01");
  EXPECT_THAT(http.sent.at(0).headers.at("Authorization"),
              HasSubstr("/20260102/ap-singapore-1/cdn/request"));
  EXPECT_EQ(http.sent.at(1).body, R"({"PageNum":1,"PageSize":100,"Source":"cert_center"})");
}

TEST_F(BytePlusTest, ListsWhatLiesInTheCentreByWhatItIs) {
  const std::string ours = label_for(std::string(64, 'a'), 7);
  will_answer(R"({"Total":4,"CertInfo":[
      {"CertId":"cert-1","Desc":")" +
              ours + R"(","DnsName":"a.example.com, *.EXAMPLE.com","EffectiveTime":1768465859,
       "ExpireTime":1776241859,"ConfiguredDomain":"a.example.com,b.example.com",
       "CertFingerprint":{"Sha256":")" +
              std::string(64, 'C') + R"("}},
      {"CertId":"cert-2","Desc":"bought","CertFingerprint":{"Sha256":")" +
              std::string(64, 'B') + R"("}},
      {"CertId":"cert-3","Desc":"odd","CertFingerprint":{"Sha256":"odd"},"ExpireTime":-1},
      {"CertId":"cert-4","ExpireTime":"9999999999999"}]})");
  const auto stored = finish(account.list_stored()).value();
  ASSERT_EQ(stored.size(), 4U);
  EXPECT_EQ(stored[0].label, ours);
  EXPECT_THAT(stored[0].names, ElementsAre("a.example.com", "*.example.com"));
  EXPECT_EQ(stored[0].not_before, parse_time("2026-01-15T08:30:59Z").value());
  EXPECT_EQ(stored[0].not_after, parse_time("2026-04-15T08:30:59Z").value());
  EXPECT_EQ(stored[0].in_use, 2U);
  EXPECT_EQ(stored[1].label, "certferry-" + std::string(64, 'b'));
  EXPECT_EQ(stored[1].in_use, 0U);
  EXPECT_EQ(stored[2].label, "odd");
  EXPECT_EQ(stored[2].not_after, Time{});
  EXPECT_EQ(stored[3].not_after, Time{});
}

TEST_F(BytePlusTest, UploadsThroughCdnEvenWhatIsThereAlready) {
  will_answer(R"({"CertId":"cert-9f"})");
  auto bundle = std::make_shared<Bundle>();
  bundle->chain_pem = "C\n";
  bundle->key_pem = Secret("K");
  EXPECT_EQ(finish(account.upload(bundle, "a label")).value(), "cert-9f");
  EXPECT_EQ(http.sent.at(0).url,
            "https://cdn.byteplusapi.com/?Action=AddCertificate&Version=2021-03-01");
  EXPECT_EQ(http.sent.at(0).body,
            R"({"Source":"cert_center","Desc":"a label","Repeatable":true,)"
            R"("Certificate":"C\n","PrivateKey":"K"})");
  EXPECT_TRUE(http.sent.at(0).changes_state);
  will_answer("{}");
  EXPECT_EQ(finish(account.upload(bundle, "a label")).error().kind, ErrorKind::kMaybeApplied);
}

TEST_F(BytePlusTest, BindsByTheIdOfTheCentre) {
  will_answer(R"({"DomainConfig":{"HTTPS":null}})");
  will_answer(R"({"DeployResult":[{"Domain":"a.example.com","Status":"success"}]})");
  BindRequest request{.product = "cdn", .stored_id = "cert-9f"};
  request.binding.vendor_name = "a.example.com";
  ASSERT_TRUE(finish(account.bind(request)).has_value());
  EXPECT_EQ(http.sent.at(1).body, R"({"CertId":"cert-9f","Domain":"a.example.com"})");
}

TEST_F(BytePlusTest, DeletesByTheIdInTheQuery) {
  will_answer(R"({"Total":0,"Data":[]})");
  will_answer("");
  ASSERT_TRUE(finish(account.remove("cert-7")).has_value());
  const auto& sent = http.sent.at(1);
  EXPECT_EQ(sent.url,
            "https://open.byteplusapi.com/"
            "?Action=CertificateDeleteInstance&Version=2021-06-01&instance_id=cert-7");
  EXPECT_EQ(sent.body, "");
  EXPECT_FALSE(sent.headers.contains("Content-Type"));
  EXPECT_TRUE(sent.changes_state);
}

TEST_F(BytePlusTest, DeletesNothingThatCdnUses) {
  will_answer(R"({"Total":1,"Data":[{"Domain":"a.example.com","Status":"online","HTTPS":true}]})");
  will_answer(R"({"Total":1,"CertInfo":[{"CertId":"cert-7","ConfiguredDomain":"a.example.com"}]})");
  const auto removed = finish(account.remove("cert-7"));
  EXPECT_EQ(removed.error().kind, ErrorKind::kInUse);
  EXPECT_THAT(removed.error().text(), HasSubstr("a.example.com of BytePlus CDN"));
  EXPECT_EQ(http.sent.size(), 2U);
}

TEST_F(BytePlusTest, HasNoOtherProduct) {
  EXPECT_EQ(finish(account.list_bindings("dcdn")).error().kind, ErrorKind::kUnsupported);
}

TEST(BytePlusMetadataTest, SaysThatItsPolicyWasNotTried) {
  EXPECT_TRUE(std::ranges::any_of(byteplus_metadata().oddities, [](const Oddity& one) {
    return !one.confirmed && one.what.contains("policy takes the service");
  }));
}

TEST(BytePlusMetadataTest, AllowsWhatIsCalledAndNothingElse) {
  const Json policy = Json::parse(byteplus_metadata().policy);
  EXPECT_THAT(policy.at("Statement").at(0).at("Action").get<std::vector<std::string>>(),
              ElementsAre("cdn:ListCdnDomains",
                          "cdn:ListCertInfo",
                          "cdn:DescribeCdnConfig",
                          "cdn:AddCertificate",
                          "cdn:BatchDeployCert",
                          "certificate_service:CertificateDeleteInstance"));
}

}  // namespace
}  // namespace certferry
