#include "sandbox/baiducloud/baiducloud_api.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text.h"
#include "crypto/digest.h"
#include "sandbox/test_support.h"

namespace certferry::sandbox {
namespace {

using Json = nlohmann::json;

struct BaiduCloudApiTest : testing::Test {
  BaiduCloudApiTest() {
    world.ensure_domain("cdn.example.com");
    world.ensure_domain("elsewhere.example.com", "other");
    // The moment of the worked examples.
    clock.elapsed = parse_time("2024-01-02T03:04:05Z").value() - clock.now();
  }

  static std::string hex(const Secret& key, const std::string& text) {
    const std::string mac = hmac_sha256(key, text);
    const auto* bytes = reinterpret_cast<const unsigned char*>(mac.data());
    return to_hex(std::span(bytes, mac.size()));
  }

  /// Path and query in canonical form, which is how they are sent.
  Request signed_call(const std::string& method,
                      const std::string& path,
                      const std::string& query = {},
                      const std::string& body = {}) {
    const std::string host =
        path.starts_with("/v1") ? "certificate.sandbox.test" : "cdn.sandbox.test";
    const std::string date = format_time(clock.now());
    std::string encoded_date = date;
    for (auto at = encoded_date.find(':'); at != std::string::npos; at = encoded_date.find(':')) {
      encoded_date.replace(at, 1, "%3A");
    }
    const std::string prefix = "bce-auth-v1/AKIDEXAMPLE/" + date + "/1800";
    const Secret key(hex(Secret("SKEXAMPLE"), prefix));
    const std::string mac = hex(
        key,
        method + "\n" + path + "\n" + query + "\nhost:" + host + "\nx-bce-date:" + encoded_date);
    return {.method = method,
            .target = path + (query.empty() ? "" : "?" + query),
            .authorization = prefix + "/host;x-bce-date/" + mac,
            .content_type = "application/json",
            .body = body,
            .headers = {{"host", host}, {"x-bce-date", date}}};
  }

  Json answer(const Request& request) {
    const Reply reply = api.handle(request);
    status = reply.status;
    return reply.body.empty() ? Json::object() : Json::parse(reply.body);
  }
  Json get(const std::string& path, const std::string& query = {}) {
    return answer(signed_call("GET", path, query));
  }
  std::string code(const Request& request) { return answer(request).value("code", "none"); }
  std::string code(const std::string& method,
                   const std::string& path,
                   const std::string& query = {},
                   const Json& body = {}) {
    return code(signed_call(method, path, query, body.is_null() ? "" : body.dump()));
  }

  static Json upload_of(const IssuedLeaf& leaf, const std::string& name) {
    return {{"certName", name},
            {"certServerData", leaf.chain_pem},
            {"certPrivateData", std::string(leaf.key_pem.reveal())},
            {"certType", 1}};
  }
  std::string store(std::vector<std::string> names, const std::string& name = "cert-1") {
    const Json body = upload_of(issue(std::move(names)), name);
    return answer(signed_call("POST", "/v1/certificate", "", body.dump())).value("certId", "");
  }
  std::string bind(const std::string& id, Json https = Json::object()) {
    https.update({{"enabled", true}, {"certId", id}});
    return code("PUT", "/v2/domain/cdn.example.com/config", "https=", {{"https", https}});
  }
  Json https() { return get("/v2/domain/cdn.example.com/config")["https"]; }

  ManualClock clock;
  World world{{.guards_use = false}, clock};
  Faults faults;
  BaiduCloudApi api{{.credentials = {.access_key_id = "AKIDEXAMPLE",
                                     .secret_access_key = Secret("SKEXAMPLE"),
                                     .session_token = {}}},
                    world,
                    faults};
  int status = 0;
};

/// Computed by the vendor's own signer, with keys of its own.
TEST_F(BaiduCloudApiTest, TakesTheWorkedSignatures) {
  const BaiduCloudCredentials keys{
      .access_key_id = "AKEXAMPLE", .secret_access_key = Secret("SKEXAMPLE"), .session_token = {}};
  const auto refused = [&](const std::string& method, const std::string& target, std::string mac) {
    const Request request{
        .method = method,
        .target = target,
        .authorization =
            "bce-auth-v1/AKEXAMPLE/2024-01-02T03:04:05Z/1800/"
            "host;x-bce-date/" +
            mac,
        .headers = {{"host", "cdn.baidubce.com"}, {"x-bce-date", "2024-01-02T03:04:05Z"}}};
    return refuse_signature(request, keys, clock.now()).has_value();
  };
  const std::string first = "379db3a09919ed108981dd2c03e996318f65669db81979d729de3b0d0fd522cb";
  EXPECT_FALSE(refused("PUT", "/v2/www.example.com/certificates", first));
  EXPECT_TRUE(refused("PUT", "/v2/www.example.com/certificate", first));
  const std::string second = "7a76827cb54975a66622b5bb3ad9932ee86627cd3a59d8716f3dd4d61a7b1de6";
  EXPECT_FALSE(refused("GET", "/v2/domain?marker=a%20b", second));
  EXPECT_TRUE(refused("GET", "/v2/domain?marker=a+b", second));
}

TEST_F(BaiduCloudApiTest, RefusesWhatIsNotSignedAsItMustBe) {
  EXPECT_EQ(code("GET", "/v2/domain"), "none");
  const auto changed = [&](auto change) {
    Request request = signed_call("GET", "/v2/domain/cdn.example.com/config", "https=");
    change(request);
    return code(request);
  };
  const std::string mismatch = "SignatureDoesNotMatch";
  EXPECT_EQ(changed([](Request& one) { one.target.pop_back(); }), "none");  // `https` is the same
  EXPECT_EQ(changed([](Request& one) { one.target += "x"; }), mismatch);
  EXPECT_EQ(changed([](Request& one) { one.method = "PUT"; }), mismatch);
  EXPECT_EQ(changed([](Request& one) { one.authorization.back() = '?'; }), mismatch);
  EXPECT_EQ(changed([](Request& one) { one.headers[0].second = "cdn.elsewhere"; }), mismatch);
  EXPECT_EQ(changed([](Request& one) { one.headers[1].second = "2024-01-02T03:04:06Z"; }),
            mismatch);
  EXPECT_EQ(changed([](Request& one) { one.headers.emplace_back("x-bce-project", "P"); }),
            mismatch);
  EXPECT_EQ(changed([](Request& one) { one.headers.emplace_back("x-bce-security-token", "T"); }),
            mismatch);
  EXPECT_EQ(changed([](Request& one) { one.authorization = "bce-auth-v1/x"; }),
            "InvalidHTTPAuthHeader");
  EXPECT_EQ(changed([](Request& one) {
              one.authorization.replace(one.authorization.find("AKID"), 4, "AKIE");
            }),
            "InvalidAccessKeyId");
  EXPECT_EQ(changed([&](Request&) { clock.elapsed += minutes(31); }), "RequestExpired");
  EXPECT_EQ(api.counters().unauthorized, 10U);
}

TEST_F(BaiduCloudApiTest, StoresListsAndDeletes) {
  const std::string id = store({"*.example.com"});
  EXPECT_EQ(id, baiducloud_certificate_id(10001));
  const Json one = get("/v1/certificate/detail")["certs"].at(0);
  EXPECT_EQ(one["certId"], id);
  EXPECT_EQ(one["certDNSNames"], "*.example.com");
  EXPECT_EQ(one["status"], "UNUSED");
  EXPECT_EQ(bind(id), "none");
  const Json used = get("/v1/certificate/detail")["certs"].at(0);
  EXPECT_EQ(used["status"], "IN_USE");
  EXPECT_EQ(used["resources"][0]["resourceId"], "cdn.example.com");
  EXPECT_EQ(code("DELETE", "/v1/certificate/" + id), "none");
  EXPECT_EQ(code("DELETE", "/v1/certificate/" + id), "ResourceNotFoundException");
  EXPECT_EQ(status, 404);
}

TEST_F(BaiduCloudApiTest, RefusesUploadsThatAreWrong) {
  const auto refused = [&](auto change) {
    Json body = upload_of(issue({"a.example.com"}), "cert-1");
    change(body);
    return code("POST", "/v1/certificate", "", body);
  };
  EXPECT_EQ(refused([](Json& one) { one["certName"] = "1-is-no-letter"; }), "InappropriateJSON");
  EXPECT_EQ(refused([](Json& one) { one["certName"] = std::string(66, 'a'); }),
            "InappropriateJSON");
  EXPECT_EQ(refused([](Json& one) { one["certName"] = "no blanks"; }), "InappropriateJSON");
  EXPECT_EQ(refused([](Json& one) { one["certType"] = 2; }), "InappropriateJSON");
  EXPECT_EQ(refused([](Json& one) { one.erase("certServerData"); }), "InappropriateJSON");
  EXPECT_EQ(refused([](Json& one) {
              one["certPrivateData"] = std::string(issue({"b.example.com"}).key_pem.reveal());
            }),
            "UnmatchedPairParameterInvalidException");
  world.set_quota(1);
  EXPECT_EQ(refused([](Json&) {}), "none");
  EXPECT_EQ(refused([](Json&) {}), "CertExceedLimitException");
  EXPECT_EQ(code(signed_call("POST", "/v1/certificate", "", "{")), "MalformedJSON");
}

TEST_F(BaiduCloudApiTest, ABindSetsBackWhatItDoesNotSend) {
  const std::string id = store({"*.example.com"});
  EXPECT_EQ(https(), Json({{"enabled", false}, {"certId", ""}}));
  EXPECT_EQ(bind(id, {{"http2Enabled", false}, {"httpRedirect", true}, {"unheard", 1}}), "none");
  EXPECT_EQ(https()["http2Enabled"], false);
  EXPECT_EQ(https()["certId"], id);
  EXPECT_EQ(bind(id), "none");
  EXPECT_EQ(https()["http2Enabled"], true);
  EXPECT_EQ(https()["httpRedirect"], false);
  EXPECT_EQ(bind(id, {{"httpRedirect", true}, {"httpsRedirect", true}}), "InappropriateJSON");
  EXPECT_EQ(bind(id, {{"sslProtocols", Json::array()}}), "InappropriateJSON");
  EXPECT_EQ(bind(id, {{"httpRedirectCode", 307}}), "InappropriateJSON");
  EXPECT_EQ(bind(baiducloud_certificate_id(7)), "ResourceNotFoundException");
  EXPECT_EQ(bind(store({"*.example.net"})), "CertDomainMismatch");
  EXPECT_EQ(code("PUT",
                 "/v2/domain/elsewhere.example.com/config",
                 "https=",
                 {{"https", {{"enabled", true}, {"certId", id}}}}),
            "NoSuchDomain");
  EXPECT_EQ(code("PUT",
                 "/v2/domain/cdn.example.com/config",
                 "https=",
                 {{"https", {{"enabled", false}, {"certId", ""}}}}),
            "none");
  EXPECT_EQ(https()["enabled"], false);
}

TEST_F(BaiduCloudApiTest, ListsAHundredNamesAPage) {
  for (int i = 0; i < 150; ++i) world.ensure_domain("d" + std::to_string(i) + ".example.com");
  const Json first = get("/v2/domain");
  EXPECT_EQ(first["domains"].size(), 100U);
  EXPECT_EQ(first["isTruncated"], true);
  const Json second = get("/v2/domain", "marker=" + first["nextMarker"].get<std::string>());
  EXPECT_EQ(second["domains"].size(), 51U);
  EXPECT_EQ(second["nextMarker"], "");
  EXPECT_EQ(code("GET", "/v2/domain", "marker=nowhere"), "InappropriateJSON");
}

TEST_F(BaiduCloudApiTest, KnowsWhichHostHasWhich) {
  Request request = signed_call("GET", "/v2/domain");
  EXPECT_EQ(code(request), "none");
  EXPECT_EQ(code("GET", "/v2/user"), "InvalidURI");
  EXPECT_EQ(code("GET", "/v2/domain/a/b/config"), "InvalidURI");
}

}  // namespace
}  // namespace certferry::sandbox
