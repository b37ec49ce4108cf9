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

  std::string balancers = "blb.bj.sandbox.test";

  /// Path and query in canonical form, which is how they are sent.
  Request signed_call(const std::string& method,
                      const std::string& path,
                      const std::string& query = {},
                      const std::string& body = {}) {
    const std::string host = path.starts_with("/v1/certificate") ? "certificate.sandbox.test"
                             : path.starts_with("/v1/")          ? balancers
                                                                 : "cdn.sandbox.test";
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

struct BlbApiTest : BaiduCloudApiTest {
  BlbApiTest() {
    world.ensure_domain("a.example.com", "blb");
    world.ensure_domain("b.example.com", "blb");
    world.ensure_domain("app.example.com", "blb");
    api.state().apart.insert("app.example.com");
    api.state().operating = seconds(5);
  }
  Json listener(const std::string& path = "/v1/blb/lb-7000/HTTPSlistener") {
    return get(path, "maxKeys=1000").at("listenerList").at(0);
  }
  std::string update(const Json& body, const std::string& path = "/v1/blb/lb-7000/HTTPSlistener") {
    return code("PUT", path, "listenerPort=443", body);
  }
  std::string stored(std::vector<std::string> names) {
    return baiducloud_certificate_id(world.upload("x", pair_for(std::move(names))));
  }
};

TEST_F(BlbApiTest, ListsBothKindsOfLoadBalancersInTheRegionThatTheyAreIn) {
  world.ensure_domain("off.example.com", "blb");
  world.set_online("off.example.com", false);
  const Json ordinary = get("/v1/blb", "maxKeys=1");
  EXPECT_EQ(ordinary.at("blbList")[0].at("blbId"), "lb-7000");
  EXPECT_TRUE(ordinary.at("isTruncated"));
  const Json rest = get("/v1/blb", "marker=1&maxKeys=1");
  EXPECT_EQ(rest.at("blbList")[0].at("status"), "paused");
  EXPECT_FALSE(rest.at("isTruncated"));
  EXPECT_EQ(get("/v1/appblb").at("blbList")[0].at("blbId"), "lb-apart");
  EXPECT_EQ(code("GET", "/v1/blb/lb-apart/HTTPSlistener"), "LoadBalancerNotFound");
  EXPECT_EQ(code("GET", "/v1/blb", "maxKeys=1001"), "InappropriateJSON");
  balancers = "blb.gz.sandbox.test";
  EXPECT_TRUE(get("/v1/blb").at("blbList").empty());
  balancers = "blb.mars.sandbox.test";
  EXPECT_EQ(code("GET", "/v1/blb"), "InvalidURI");
}

TEST_F(BlbApiTest, WritesTheListOfHostsAsAWhole) {
  const std::string id = stored({"*.example.com"});
  const Json before = listener();
  ASSERT_EQ(before.at("additionalCertDomains").size(), 2U);
  Json hosts = before.at("additionalCertDomains");
  hosts[0]["certId"] = id;
  EXPECT_EQ(update({{"additionalCertDomains", hosts}}), "none");
  EXPECT_EQ(listener().at("additionalCertDomains"), hosts);
  EXPECT_EQ(listener().at("scheduler"), before.at("scheduler")) << "what is not sent stays";
  ASSERT_TRUE(world.find_domain("a.example.com")->bound());
  EXPECT_FALSE(world.find_domain("b.example.com")->bound());
  EXPECT_EQ(update({{"additionalCertDomains", hosts}}), "LastOperationNotFinished");
  EXPECT_EQ(get("/v1/blb/lb-7000").at("status"), "updating");
  clock.elapsed += seconds(6);
  EXPECT_EQ(get("/v1/blb/lb-7000").at("status"), "available");
  EXPECT_EQ(update({{"additionalCertDomains", Json::array({hosts[0]})}}), "none");
  EXPECT_EQ(listener().at("additionalCertDomains").size(), 1U) << "the other one is forgotten";
  const Json uses = get("/v1/certificate/detail").at("certs");
  EXPECT_EQ(uses[0].at("resources")[0].at("resourceId"), "lb-7000");
}

TEST_F(BlbApiTest, RefusesWhatCannotBe) {
  const std::string other = stored({"b.example.com"});
  const auto with = [](const std::string& host, const std::string& id) {
    return Json{{"additionalCertDomains", Json::array({{{"host", host}, {"certId", id}}})}};
  };
  EXPECT_EQ(update(with("a.example.com", other)), "InappropriateJSON") << "it is not for it";
  EXPECT_EQ(update(with("a.example.com", "cert-000000000zzz")), "CertificateNotFound");
  EXPECT_EQ(update(with("gone.example.com", other)), "InappropriateJSON");
  EXPECT_EQ(update({{"certIds", Json::array()}}), "InappropriateJSON");
  EXPECT_EQ(code("PUT", "/v1/blb/lb-7000/HTTPSlistener", "listenerPort=80", Json::object()),
            "ListenerNotFound");
  const std::string app = "/v1/appblb/lb-apart/HTTPSlistener";
  const std::string whole = stored({"app.example.com"});
  Json body = with("app.example.com", whole);
  EXPECT_EQ(update(body, app), "InappropriateJSON") << "the scheduler is missing";
  body["scheduler"] = "RoundRobin";
  EXPECT_EQ(update(body, app), "none");
}

}  // namespace
}  // namespace certferry::sandbox
