// US3 and ULB, which are asked region by region.

#include <gtest/gtest.h>

#include <cctype>

#include "crypto/digest.h"
#include "crypto/keys.h"
#include "sandbox/test_support.h"
#include "sandbox/ucloud/ucloud_api.h"

namespace certferry::sandbox {
namespace {

using Json = nlohmann::json;
using Parameters = std::map<std::string, std::string>;

std::string encoded(const std::string& text) {
  std::string out;
  for (const char c : text) {
    char escape[4];
    std::snprintf(escape, sizeof escape, "%%%02X", static_cast<unsigned char>(c));
    out += std::isalnum(static_cast<unsigned char>(c)) != 0 ? std::string(1, c) : escape;
  }
  return out;
}

struct UcloudRegionalTest : testing::Test {
  UcloudRegionalTest() {
    world.ensure_domain("a.example.com", "us3");
    world.ensure_domain("lb.example.com", "ulb");
    world.ensure_domain("clb.example.com", "ulb");
    api.seat_of("clb.example.com") = {.classic = true};
  }

  Json call(const std::string& action, Parameters parameters, std::string region = "cn-bj2") {
    parameters["Action"] = action;
    parameters["PublicKey"] = "PUB";
    if (!region.empty()) parameters["Region"] = region;
    std::string text;
    for (const auto& [name, value] : parameters) text += name + value;
    parameters["Signature"] = sha1_hex(text + "PRIV");
    Request request{.method = "POST", .target = "/"};
    request.content_type = "application/x-www-form-urlencoded";
    for (const auto& [name, value] : parameters) {
      request.body += (request.body.empty() ? "" : "&") + name + "=" + encoded(value);
    }
    return Json::parse(api.handle(request).body);
  }
  int code(const std::string& action, Parameters parameters, std::string region = "cn-bj2") {
    return call(action, std::move(parameters), std::move(region)).at("RetCode");
  }
  static Parameters with(Parameters all, const Parameters& more) {
    for (const auto& [name, value] : more) all[name] = value;
    return all;
  }
  static std::string written(const Secret& key) {
    return std::string(write_key(key, KeyForm::kTraditional)->reveal());
  }
  /// Stores it in USSL, and as a copy in ULB.
  std::string kept(const IssuedLeaf& leaf) {
    last = world.upload("c-" + leaf.leaf.fingerprint.substr(0, 4),
                        *read_pair(leaf.chain_pem, leaf.key_pem));
    return call("CreateSSL", copy_of(leaf)).at("SSLId");
  }
  static Parameters copy_of(const IssuedLeaf& leaf) {
    return {{"SSLName", "copy"},
            {"SSLType", "Pem"},
            {"UserCert", leaf.leaf_pem},
            {"CaCert", leaf.chain_pem.substr(leaf.leaf_pem.size())},
            {"PrivateKey", written(leaf.key_pem)}};
  }
  Parameters at(const std::string& name, bool classic = false) const {
    const std::string id = std::to_string(world.find_domain(name)->id);
    return {{"LoadBalancerId", classic ? "ulb-0" : "alb-0"},
            {"ListenerId", (classic ? "vserver-" : "als-") + id}};
  }
  std::string served(const std::string& name) const {
    const EntryPtr bound = world.find_domain(name)->bound();
    return bound ? bound->pair.leaf.fingerprint : "";
  }

  ManualClock clock;
  World world{{.guards_use = false}, clock};
  Faults faults;
  UcloudApi api{
      {.credentials = {.public_key = "PUB", .private_key = Secret("PRIV")}}, world, faults};
  std::int64_t last = 0;
  const IssuedLeaf first = issue({"a.example.com", "lb.example.com", "clb.example.com"});
  const IssuedLeaf second = issue({"a.example.com", "lb.example.com", "clb.example.com"});
};

TEST_F(UcloudRegionalTest, WantsARegion) {
  for (const char* action : {"DescribeBucket", "DescribeSSLV2", "DescribeULBSimple"}) {
    EXPECT_EQ(code(action, {}, ""), 220) << action;
    EXPECT_EQ(code(action, {}, "hk"), 230) << action;
    EXPECT_EQ(code(action, {}), 0) << action;
  }
  EXPECT_EQ(code("DescribeBucket", {{"Limit", "101"}}), 230);
}

TEST_F(UcloudRegionalTest, AddsToADomainOfABucketOnceAndThenUpdates) {
  const Json buckets = call("DescribeBucket", {}).at("DataSet");
  ASSERT_EQ(buckets.size(), 2U);
  EXPECT_EQ(buckets[0].at("Domain").at("CustomSrc"), Json::array({"a.example.com"}));
  EXPECT_FALSE(call("DescribeBucket", {}).contains("TotalCount"));
  const Parameters place = {
      {"BucketName", "bucket-0"}, {"Domain", "a.example.com"}, {"CertificateName", "one"}};
  EXPECT_FALSE(call("DescribeUFileSSLCert", {{"BucketName", "bucket-0"}}).contains("DataSet"));
  EXPECT_EQ(code("DescribeUFileSSLCert", {{"BucketName", "bucket-7"}}), 15010);

  kept(first);
  const Parameters by_number = with(place, {{"USSLId", std::to_string(last)}});
  kept(second);
  Parameters by_files = with(place,
                             {{"Certificate", second.chain_pem},
                              {"CertificateKey", written(second.key_pem)},
                              {"CertificateName", "two"}});
  EXPECT_EQ(code("UpdateUFileSSLCert", by_files), 15082);
  EXPECT_EQ(code("AddUFileSSLCert", with(by_number, {{"Domain", "b.example.com"}})), 15024);
  EXPECT_EQ(code("AddUFileSSLCert", with(by_number, {{"USSLId", "7"}})), 230);
  EXPECT_EQ(code("AddUFileSSLCert", with(by_number, {{"CertificateName", ""}})), 220);
  EXPECT_EQ(code("AddUFileSSLCert", by_number), 0);
  EXPECT_EQ(code("AddUFileSSLCert", by_number), 15081);
  EXPECT_EQ(served("a.example.com"), first.leaf.fingerprint);
  EXPECT_EQ(code("UpdateUFileSSLCert", with(by_files, {{"USSLId", "7"}})), 230);
  EXPECT_EQ(code("UpdateUFileSSLCert",
                 with(by_files, {{"CertificateKey", std::string(second.key_pem.reveal())}})),
            15084);
  EXPECT_EQ(code("UpdateUFileSSLCert", by_files), 0);
  const Json shown = call("DescribeUFileSSLCert", {{"BucketName", "bucket-0"}}).at("DataSet").at(0);
  EXPECT_EQ(shown.at("CertificateName"), "two");
  EXPECT_EQ(shown.at("Certificate"), second.chain_pem);
  EXPECT_FALSE(shown.at("CertificateKey").get<std::string>().empty());
}

TEST_F(UcloudRegionalTest, AListenerPresentsWhatWasBoundLastForTheName) {
  const std::string one = kept(first);
  const std::string two = kept(second);
  const Parameters place = at("lb.example.com");
  EXPECT_EQ(code("AddSSLBinding", with(place, {{"SSLIds.0", "ssl-9"}})), 230);
  EXPECT_EQ(code("AddSSLBinding", with(place, {{"SSLIds.0", one}, {"LoadBalancerId", "alb-1"}})),
            4088);
  EXPECT_EQ(code("AddSSLBinding", with(place, {{"SSLIds.0", one}})), 0);
  EXPECT_EQ(code("AddSSLBinding", with(place, {{"SSLIds.0", one}})), 4105);
  EXPECT_EQ(served("lb.example.com"), first.leaf.fingerprint);
  EXPECT_EQ(code("AddSSLBinding", with(place, {{"SSLIds.0", two}})), 0);
  EXPECT_EQ(served("lb.example.com"), second.leaf.fingerprint);
  EXPECT_EQ(code("DeleteSSLBinding", with(place, {{"SSLIds.0", "ssl-foreign"}})), 4106);
  EXPECT_EQ(code("DeleteSSLBinding", with(place, {{"SSLIds.0", two}})), 0);
  EXPECT_EQ(served("lb.example.com"), first.leaf.fingerprint);
  EXPECT_EQ(code("UpdateSSLBinding", with(place, {{"OldSSLId", two}, {"NewSSLId", one}})), 4106);
  EXPECT_EQ(code("UpdateSSLBinding", {{"OldSSLId", one}, {"NewSSLId", two}}), 220);
  EXPECT_EQ(code("UpdateSSLBinding", with(place, {{"OldSSLId", one}, {"NewSSLId", two}})), 0);
  EXPECT_EQ(served("lb.example.com"), second.leaf.fingerprint);
  EXPECT_EQ(code("DeleteSSL", {{"SSLId", two}}), 4108);
  EXPECT_EQ(code("DeleteSSL", {{"SSLId", one}}), 0);
  EXPECT_EQ(code("DeleteSSL", {{"SSLId", one}}), 4079);
  const Json listed = call("DescribeListeners", {{"LoadBalancerId", "alb-0"}}).at("Listeners");
  ASSERT_EQ(listed.size(), 2U);  // with one for HTTP
  EXPECT_EQ(
      listed[0].at("Certificates").dump(),
      R"([{"IsDefault":true,"SSLId":"ssl-foreign"},{"IsDefault":false,"SSLId":")" + two + R"("}])");
}

TEST_F(UcloudRegionalTest, AVServerHasOneCertificate) {
  const std::string one = kept(first);
  const std::string two = kept(second);
  const std::string vserver = at("clb.example.com", true).at("ListenerId");
  const Parameters bind = {{"ULBId", "ulb-0"}, {"VServerId", vserver}, {"SSLId", one}};
  EXPECT_EQ(code("AddSSLBinding", with(at("clb.example.com", true), {{"SSLIds.0", one}})), 4088);
  EXPECT_EQ(code("BindSSL", bind), 0);
  EXPECT_EQ(code("BindSSL", with(bind, {{"SSLId", two}})), 4105);
  EXPECT_EQ(served("clb.example.com"), first.leaf.fingerprint);
  EXPECT_EQ(code("UpdateSSLBinding",
                 with(at("clb.example.com", true), {{"OldSSLId", one}, {"NewSSLId", two}})),
            0);
  EXPECT_EQ(served("clb.example.com"), second.leaf.fingerprint);
  const Json listed = call("DescribeVServer", {{"ULBId", "ulb-0"}}).at("DataSet");
  ASSERT_EQ(listed.size(), 1U);
  EXPECT_EQ(listed[0].at("SSLSet").at(0).at("SSLId"), two);
}

TEST_F(UcloudRegionalTest, ShowsWhatWasBroughtFromUsslByHand) {
  const std::int64_t id = world.upload("by hand", pair_for({"lb.example.com"}));
  ASSERT_EQ(world.bind(id, "lb.example.com"), Outcome::kDone);
  const Json all = call("DescribeSSLV2", {}).at("DataSet");
  const std::string ssl_id = "ssl-ussl-" + std::to_string(id);
  const auto found =
      std::ranges::find_if(all, [&](const Json& one) { return one.at("SSLId") == ssl_id; });
  ASSERT_NE(found, all.end());
  EXPECT_EQ(found->at("SSLSource"), 1);
  EXPECT_EQ(found->at("Relations").size(), 1U);
}

TEST_F(UcloudRegionalTest, ReadsWhatIsToBeKept) {
  Parameters copy = copy_of(first);
  EXPECT_EQ(code("CreateSSL", with(copy, {{"SSLName", std::string(51, 'x')}})), 4114);
  EXPECT_EQ(code("CreateSSL", with(copy, {{"UserCert", first.chain_pem}})), 230);
  EXPECT_EQ(code("CreateSSL", with(copy, {{"PrivateKey", written(second.key_pem)}})), 4111);
  EXPECT_EQ(code("CreateSSL", with(copy, {{"PrivateKey", std::string(first.key_pem.reveal())}})),
            4111);
  EXPECT_EQ(code("CreateSSL", copy), 0);
}

}  // namespace
}  // namespace certferry::sandbox
