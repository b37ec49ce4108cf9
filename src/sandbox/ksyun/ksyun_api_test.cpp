#include "sandbox/ksyun/ksyun_api.h"

#include <gtest/gtest.h>

#include "base/text.h"
#include "crypto/digest.h"
#include "sandbox/test_support.h"

namespace certferry::sandbox {
namespace {

using Json = nlohmann::json;

struct KsyunApiTest : testing::Test {
  KsyunApiTest() {
    world.ensure_domain("cdn.example.com");
    world.ensure_domain("other.example.com");
    world.ensure_domain("elsewhere.example.com", "live");
    // The moment of the worked example.
    clock.elapsed = parse_time("2024-01-02T03:04:05Z").value() - clock.now();
  }

  static std::string path_of(const std::string& action) {
    return action == "GetCdnDomains" ? "/2019-06-01/domain/" + action
                                     : "/2016-09-01/cert/" + action;
  }
  static Request signed_call(const std::string& action, const std::string& text) {
    const bool reads = action == "GetCdnDomains";
    const std::string date = "20240102T030405Z";
    const std::string version = reads ? "2019-06-01" : "2016-09-01";
    const std::string names = "host;x-action;x-amz-date;x-version";
    Request request{.method = reads ? "GET" : "POST",
                    .target = path_of(action) + (reads && !text.empty() ? "?" + text : ""),
                    .content_type = reads ? "" : "application/json",
                    .body = reads ? "" : text};
    const std::string canonical =
        request.method + "\n" + path_of(action) + "\n" + (reads ? text : "") +
        "\nhost:cdn.api.ksyun.com\nx-action:" + action + "\nx-amz-date:" + date +
        "\nx-version:" + version + "\n\n" + names + "\n" + sha256_hex(request.body);
    const std::string scope = "20240102/cn-shanghai-2/cdn/aws4_request";
    const std::string to_sign =
        "AWS4-HMAC-SHA256\n" + date + "\n" + scope + "\n" + sha256_hex(canonical);
    std::string key = "AWS4SKEXAMPLE";
    for (const std::string& part : split(scope, '/')) key = hmac_sha256(Secret(key), part);
    const std::string mac = hmac_sha256(Secret(key), to_sign);
    request.headers = {{"host", "cdn.api.ksyun.com"},
                       {"x-action", action},
                       {"x-amz-date", date},
                       {"x-version", version},
                       {"accept", "application/json"}};
    request.authorization =
        "AWS4-HMAC-SHA256 Credential=AKEXAMPLE/" + scope + ", SignedHeaders=" + names +
        ", Signature=" +
        to_hex(std::span(reinterpret_cast<const unsigned char*>(mac.data()), mac.size()));
    return request;
  }
  Json answer(const Request& request) { return Json::parse(api.handle(request).body); }
  Json call(const std::string& action, const Json& body) {
    return answer(signed_call(action, body.dump()));
  }
  std::string code(const Request& request) {
    const Json body = answer(request);
    EXPECT_TRUE(body.contains("RequestId"));
    return body.contains("Error") ? body.at("Error").at("Code").get<std::string>() : "none";
  }
  std::string code(const std::string& action, const Json& body) {
    return code(signed_call(action, body.dump()));
  }
  std::string id(const std::string& name) const {
    return "2D" + std::to_string(world.find_domain(name)->id);
  }
  Json pair_of(const IssuedLeaf& leaf) const {
    return {{"ServerCertificate", leaf.chain_pem}, {"PrivateKey", leaf.key_pem.reveal()}};
  }
  Json order_for(const std::string& ids, const std::string& name, const IssuedLeaf& leaf) const {
    Json order = pair_of(leaf);
    order["Enable"] = "on";
    order["DomainIds"] = ids;
    order["CertificateName"] = name;
    return order;
  }

  ManualClock clock;
  World world{{}, clock};
  Faults faults;
  KsyunApi api{{.credentials = {.access_key = "AKEXAMPLE", .secret_key = Secret("SKEXAMPLE")}},
               world,
               faults};
};

TEST_F(KsyunApiTest, TakesTheWorkedExampleOfASignatureAndNoOther) {
  const Request good = signed_call("GetCdnDomains", "PageNumber=1&PageSize=100");
  EXPECT_TRUE(good.authorization.ends_with(
      "=aa16df4c4632682fb1fa4cf6c110918bda93c7b25efc98c587cf6a2c1e0e809e"));
  EXPECT_EQ(answer(good).at("TotalCount"), 2);
  Request request = good;
  request.target = "/2019-06-01/domain/GetCdnDomains?PageNumber=2&PageSize=100";
  EXPECT_EQ(code(request), "SignatureDoesNotMatch");
  request = good;
  request.headers[1].second = "GetCertificates";
  EXPECT_EQ(code(request), "SignatureDoesNotMatch");
  request = good;
  request.authorization.replace(request.authorization.find("AKEX"), 4, "XXXX");
  EXPECT_EQ(code(request), "InvalidClientTokenId");
  request.authorization.clear();
  EXPECT_EQ(code(request), "IncompleteSignature");
  EXPECT_EQ(code(signed_call("GetNothing", "")), "InvalidAction");
  EXPECT_EQ(code(signed_call("GetCdnDomains", "PageSize=501")), "PageSizeOutOfRange");
  EXPECT_EQ(code("GetCertificates", {{"PageNum", 0}}), "PageSizeOutOfRange");
  EXPECT_EQ(code(signed_call("GetCertificates", "[]")), "InvalidParameter");
  clock.elapsed += minutes(16);
  EXPECT_EQ(code(good), "RequestExpired");
}

TEST_F(KsyunApiTest, StoresWhatDomainsGetAndNothingElse) {
  const IssuedLeaf leaf = issue({"cdn.example.com", "other.example.com"});
  const std::string both = id("cdn.example.com") + "," + id("other.example.com");
  EXPECT_EQ(code("ConfigCertificate", order_for("", "c-1", leaf)), "DomainIds.MissingParameter");
  EXPECT_EQ(code("ConfigCertificate", order_for("2D9", "c-1", leaf)), "DomainNotFound");
  EXPECT_EQ(code("ConfigCertificate", order_for(id("elsewhere.example.com"), "c-1", leaf)),
            "DomainNotFound");
  Json odd = order_for(both, "c-1", leaf);
  odd["Enable"] = "yes";
  EXPECT_EQ(code("ConfigCertificate", odd), "InvalidEnable.ValueNotSupported");
  odd = order_for(both, "c-1", leaf);
  odd["PrivateKey"] = "x";
  EXPECT_EQ(code("ConfigCertificate", odd), "Certificate.FormatError");
  odd.erase("PrivateKey");
  EXPECT_EQ(code("ConfigCertificate", odd), "PrivateKey.MissingParameter");
  EXPECT_EQ(code("ConfigCertificate", order_for(both, "c-1", issue({"cdn.example.com"}))),
            "CertificateDomainNotMatch");
  EXPECT_TRUE(world.entries().empty());

  const Json done = call("ConfigCertificate", order_for(both, "c-1", leaf));
  const Json listed = call("GetCertificates", {{"PageNum", 1}, {"PageSize", 50}});
  EXPECT_EQ(listed.at("TotalCount"), 1);
  const Json& entry = listed.at("Certificates")[0];
  EXPECT_EQ(entry.at("CertificateId"), done.at("CertificateId"));
  EXPECT_EQ(entry.at("ConfigDomainNames"), "cdn.example.com,other.example.com");
  EXPECT_EQ(entry.at("CertificateContent"), leaf.chain_pem);
  EXPECT_EQ(entry.at("Enable"), "on");
  EXPECT_EQ(code("ConfigCertificate", order_for(both, "c-1", leaf)),
            "ServerCertificateName.Existed");
  world.set_online("cdn.example.com", false);
  EXPECT_EQ(code("ConfigCertificate", order_for(both, "c-2", leaf)), "notRunningDomain");
}

TEST_F(KsyunApiTest, ReplacesForEveryDomainUnderTheSameNumber) {
  const std::string both = id("cdn.example.com") + "," + id("other.example.com");
  const IssuedLeaf first = issue({"*.example.com"});
  const Json number = call("ConfigCertificate", order_for(both, "c-1", first)).at("CertificateId");
  Json order = pair_of(issue({"cdn.example.com"}));
  order["CertificateId"] = number;
  EXPECT_EQ(code("SetCertificate", order), "CertificateDomainNotMatch");
  const IssuedLeaf second = issue({"*.example.com"});
  order = pair_of(second);
  EXPECT_EQ(code("SetCertificate", order), "CertificateId.MissingParameter");
  order["CertificateId"] = "1";
  EXPECT_EQ(code("SetCertificate", order), "CertificateNotFound");
  order["CertificateId"] = number;
  order["CertificateName"] = "c-2";
  EXPECT_EQ(code("SetCertificate", order), "InvalidCertificateName");
  order["CertificateName"] = "c-1";
  for (int time = 0; time < 2; ++time) {
    EXPECT_EQ(call("SetCertificate", order).at("CertificateId"), number);
    const Json entries = call("GetCertificates", Json::object()).at("Certificates");
    ASSERT_EQ(entries.size(), 1U);
    EXPECT_EQ(entries[0].at("CertificateId"), number);
    EXPECT_EQ(entries[0].at("CertificateContent"), second.chain_pem);
  }
  EXPECT_EQ(world.find_domain("other.example.com")->bound()->pair.chain_pem, second.chain_pem);

  EXPECT_EQ(code("RemoveCertificates", {{"CertificateIds", number}}), "CertificateInUse");
  EXPECT_EQ(code("ConfigCertificate", {{"Enable", "off"}, {"DomainIds", both}}), "none");
  const Json again = {
      {"Enable", "on"}, {"DomainIds", id("cdn.example.com")}, {"CertificateId", number}};
  EXPECT_EQ(code("ConfigCertificate", again), "none");
  EXPECT_NE(world.find_domain("cdn.example.com")->bound(), nullptr);
  EXPECT_EQ(world.find_domain("other.example.com")->bound(), nullptr);
  EXPECT_EQ(code("ConfigCertificate", {{"Enable", "off"}, {"DomainIds", both}}), "none");
  EXPECT_EQ(code("RemoveCertificates", {{"CertificateIds", number}}), "none");
  EXPECT_TRUE(world.entries().empty());
}

TEST_F(KsyunApiTest, BreaksAsTold) {
  const IssuedLeaf leaf = issue({"cdn.example.com"});
  const Json order = order_for(id("cdn.example.com"), "c-1", leaf);
  const auto broken = [&](FaultKind kind) {
    faults.add(
        {.kind = kind, .endpoint = "ConfigCertificate", .domain = "cdn.example.com", .count = 1});
    return call("ConfigCertificate", order);
  };
  EXPECT_EQ(broken(FaultKind::kThrottle).at("Error").at("Code"), "Throttling");
  EXPECT_EQ(broken(FaultKind::kNothingChanged).count("CertificateId"), 1U);
  EXPECT_EQ(world.find_domain("cdn.example.com")->bound(), nullptr);
  EXPECT_EQ(broken(FaultKind::kBindWithoutCode), Json::object());
  EXPECT_NE(world.find_domain("cdn.example.com")->bound(), nullptr);
  api.deny("cdn:SetCertificate");
  EXPECT_EQ(code("SetCertificate", order), "AccessDenied");
}

}  // namespace
}  // namespace certferry::sandbox
