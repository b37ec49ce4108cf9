#include "sandbox/ucloud/ucloud_api.h"

#include <gtest/gtest.h>

#include <cctype>

#include "crypto/digest.h"
#include "sandbox/test_support.h"

namespace certferry::sandbox {
namespace {

using Json = nlohmann::json;

std::string encoded(const std::string& text) {
  std::string out;
  for (const char c : text) {
    const bool kept = std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '.';
    char escape[4];
    std::snprintf(escape, sizeof escape, "%%%02X", static_cast<unsigned char>(c));
    out += kept ? std::string(1, c) : escape;
  }
  return out;
}

struct UcloudApiTest : testing::Test {
  UcloudApiTest() {
    world.ensure_domain("cdn.example.com", "ucdn");
    world.ensure_domain("all.example.com", "ucdn");
    world.ensure_domain("elsewhere.example.com", "us3");
    api.serve_in("all.example.com", "all");
  }

  Request signed_call(std::map<std::string, std::string> parameters) const {
    parameters["PublicKey"] = "PUB";
    std::string text;
    for (const auto& [name, value] : parameters) text += name + value;
    parameters["Signature"] = sha1_hex(text + "PRIV");
    Request request{.method = "POST", .target = "/"};
    request.content_type = "application/x-www-form-urlencoded";
    for (const auto& [name, value] : parameters) {
      request.body += (request.body.empty() ? "" : "&") + name + "=" + encoded(value);
    }
    return request;
  }
  Json answer(const Request& request) { return Json::parse(api.handle(request).body); }
  Json call(const std::string& action, std::map<std::string, std::string> parameters = {}) {
    parameters["Action"] = action;
    return answer(signed_call(std::move(parameters)));
  }
  int code(const std::string& action, std::map<std::string, std::string> parameters = {}) {
    return call(action, std::move(parameters)).at("RetCode");
  }
  static std::map<std::string, std::string> upload_of(const IssuedLeaf& leaf) {
    const std::string chain = base64_encode(leaf.chain_pem);
    const std::string key = base64_encode(leaf.key_pem.reveal());
    return {{"CertificateName", "c-1"},
            {"SslPublicKey", chain},
            {"SslPrivateKey", key},
            {"SslMD5", md5_hex(chain + key)}};
  }
  std::string number(const std::string& name) const {
    return "ucdn-" + std::to_string(world.find_domain(name)->id);
  }
  std::map<std::string, std::string> bind_of(const std::string& name, std::int64_t id) const {
    return {{"DomainId", number(name)},
            {"CertId", std::to_string(id)},
            {"CertName", "c-1"},
            {"CertType", "ussl"},
            {"HttpsStatusCn", "enable"}};
  }

  ManualClock clock;
  World world{{.guards_use = false}, clock};
  Faults faults;
  UcloudApi api{
      {.credentials = {.public_key = "PUB", .private_key = Secret("PRIV")}}, world, faults};
};

constexpr const char* kBind = "UpdateUcdnDomainHttpsConfigV2";

TEST_F(UcloudApiTest, TakesTheVendorsExampleOfASignature) {
  UcloudApi other{
      {.credentials = {.public_key = "ucloudsomeone@example.com1296235120854146120",
                       .private_key = Secret("46f09bb9fab4f12dfc160dae12273d5332b5debe")}},
      world,
      faults};
  Request request{.method = "POST", .target = "/"};
  request.content_type = "application/x-www-form-urlencoded";
  request.body =
      "Action=DescribeUHostInstance&Limit=10&Region=cn-bj2&"
      "PublicKey=ucloudsomeone%40example.com1296235120854146120&"
      "Signature=cba5cf5ec4d4233d206b1b54951e3787350a642f";
  EXPECT_EQ(Json::parse(other.handle(request).body).at("RetCode"), 161);  // signed, and not here
  request.body += "&X=1";
  EXPECT_EQ(Json::parse(other.handle(request).body).at("RetCode"), 171);
  EXPECT_EQ(answer(request).at("RetCode"), 172);
  request.method = "GET";
  EXPECT_EQ(answer(request).at("RetCode"), 230);
}

TEST_F(UcloudApiTest, StoresACertificateOnce) {
  const IssuedLeaf leaf = issue({"cdn.example.com"});
  auto upload = upload_of(leaf);
  const Json stored = call("UploadNormalCertificate", upload);
  EXPECT_EQ(stored.at("RetCode"), 0);
  upload["CertificateName"] = "c-2";
  EXPECT_EQ(code("UploadNormalCertificate", upload), 80035);
  upload["SslMD5"] = md5_hex("x");
  EXPECT_EQ(code("UploadNormalCertificate", upload), 80033);
  upload.erase("SslMD5");
  EXPECT_EQ(code("UploadNormalCertificate", upload), 220);
  const Json listed = call("GetCertificateList", {{"Mode", "trust"}});
  EXPECT_EQ(listed.at("TotalCount"), 1);
  EXPECT_EQ(listed.at("CertificateList")[0].at("Name"), "c-1");
  EXPECT_EQ(call("GetCertificateList", {{"Mode", "free"}}).at("TotalCount"), 0);
  EXPECT_EQ(code("GetCertificateList", {{"Mode", "mine"}}), 230);
  EXPECT_EQ(code("GetCertificateList", {{"Mode", "trust"}, {"PageSize", "101"}}), 230);
  const std::string id = std::to_string(stored.at("CertificateID").get<std::int64_t>());
  EXPECT_EQ(code("DeleteSSLCertificate", {{"CertificateID", id}}), 230);
  EXPECT_EQ(code("DeleteSSLCertificate", {{"CertificateMode", "trust"}, {"CertificateID", id}}), 0);
  EXPECT_EQ(code("DeleteSSLCertificate", {{"CertificateMode", "trust"}, {"CertificateID", id}}),
            80010);
}

TEST_F(UcloudApiTest, WantsNumberNameAndTheAreasOfTheDomain) {
  const std::int64_t id = world.upload("c-1", pair_for({"cdn.example.com", "all.example.com"}));
  auto bind = bind_of("cdn.example.com", id);
  bind["CertName"] = "c-2";
  EXPECT_EQ(code(kBind, bind), 230);
  bind = bind_of("cdn.example.com", id);
  bind["HttpsStatusAbroad"] = "enable";
  EXPECT_EQ(code(kBind, bind), 230);
  EXPECT_EQ(code(kBind, bind_of("all.example.com", id)), 230);
  EXPECT_EQ(code(kBind, bind_of("elsewhere.example.com", id)), 44020);
  EXPECT_EQ(code(kBind, bind_of("cdn.example.com", id + 1)), 80010);
  EXPECT_EQ(world.find_domain("cdn.example.com")->bound(), nullptr);
  EXPECT_EQ(code(kBind, bind_of("cdn.example.com", id)), 0);
  bind = bind_of("all.example.com", id);
  bind["HttpsStatusAbroad"] = "enable";
  EXPECT_EQ(code(kBind, bind), 0);
  const Json domains =
      call("GetUcdnDomainConfig",
           {{"DomainId.0", number("cdn.example.com")}, {"DomainId.1", number("all.example.com")}})
          .at("DomainList");
  ASSERT_EQ(domains.size(), 2U);
  EXPECT_EQ(domains[0].at("CertNameCn"), "c-1");
  EXPECT_EQ(domains[0].at("HttpsStatusAbroad"), "disable");
  EXPECT_EQ(domains[1].at("CertNameAbroad"), "c-1");
  EXPECT_EQ(call("GetUcdnDomainInfoList", {{"PageSize", "1"}}).at("TotalCount"), 2);
  world.set_online("cdn.example.com", false);
  EXPECT_EQ(code(kBind, bind_of("cdn.example.com", id)), 44021);
}

TEST_F(UcloudApiTest, BreaksAsTold) {
  const std::int64_t id = world.upload("c-1", pair_for({"cdn.example.com"}));
  const auto broken = [&](FaultKind kind) {
    faults.add({.kind = kind, .endpoint = kBind, .domain = "cdn.example.com", .count = 1});
    return call(kBind, bind_of("cdn.example.com", id)).value("RetCode", -1);
  };
  EXPECT_EQ(broken(FaultKind::kThrottle), 153);
  EXPECT_EQ(broken(FaultKind::kAuthRefused), 172);
  EXPECT_EQ(world.find_domain("cdn.example.com")->bound(), nullptr);
  EXPECT_EQ(broken(FaultKind::kBindWithoutCode), -1);
  EXPECT_NE(world.find_domain("cdn.example.com")->bound(), nullptr);
}

}  // namespace
}  // namespace certferry::sandbox
