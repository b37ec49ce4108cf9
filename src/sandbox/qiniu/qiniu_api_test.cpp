#include "sandbox/qiniu/qiniu_api.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "crypto/digest.h"
#include "sandbox/test_support.h"

namespace certferry::sandbox {
namespace {

using Json = nlohmann::json;
using testing::ElementsAre;

constexpr const char* kForm = "application/x-www-form-urlencoded";

std::string safe(std::string text) {
  std::ranges::replace(text, '+', '-');
  std::ranges::replace(text, '/', '_');
  return text;
}

struct QiniuApiTest : testing::Test {
  QiniuApiTest() {
    world.ensure_domain("cdn.example.com");
    world.ensure_domain("*.example.net");
    world.ensure_domain("elsewhere.example.com", "kodo");
  }

  /// Signed in the newer way.
  Request signed_call(const std::string& method,
                      const std::string& target,
                      const std::string& body = {}) const {
    Request request{.method = method, .target = target, .body = body};
    request.content_type = body.empty() ? kForm : "application/json";
    std::string date = format_time(clock.now());
    std::erase_if(date, [](char c) { return c == '-' || c == ':'; });
    request.headers = {
        {"host", "api.qiniu.test"}, {"content-type", request.content_type}, {"x-qiniu-date", date}};
    const std::string text = method + " " + target +
                             "\nHost: api.qiniu.test\nContent-Type: " + request.content_type +
                             "\nX-Qiniu-Date: " + date + "\n\n" + body;
    request.authorization = "Qiniu AK:" + safe(base64_encode(hmac_sha1(Secret("SK"), text)));
    return request;
  }
  Json answer(const Request& request) {
    const Reply reply = api.handle(request);
    status = reply.status;
    return Json::parse(reply.body);
  }
  Json call(const std::string& method, const std::string& target, const Json& body = {}) {
    return answer(signed_call(method, target, body.is_null() ? "" : body.dump()));
  }
  int code(const std::string& method, const std::string& target, const Json& body = {}) {
    return call(method, target, body).value("code", 0);
  }

  std::string store(std::vector<std::string> names, const std::string& name = "cert-1") {
    const std::int64_t id = world.upload(name, pair_for(std::move(names)));
    char text[25];
    std::snprintf(text, sizeof text, "%024llx", static_cast<unsigned long long>(id));
    return text;
  }
  static Json https(const std::string& id, bool force = false, bool http2 = false) {
    return {{"certId", id}, {"forceHttps", force}, {"http2Enable", http2}};
  }
  static Json upload_of(const IssuedLeaf& leaf, const std::string& name) {
    return {{"name", name},
            {"common_name", "cdn.example.com"},
            {"ca", leaf.chain_pem},
            {"pri", std::string(leaf.key_pem.reveal())}};
  }

  ManualClock clock;
  World world{{}, clock};
  Faults faults;
  QiniuApi api{
      {.credentials = {.access_key = "AK", .secret_key = Secret("SK")}, .work = minutes(5)},
      world,
      faults};
  int status = 0;
};

/// Computed with the vendor's SDK and once more by hand.
struct WorkedQiniuTest : testing::Test {
  ManualClock clock;
  QiniuCredentials credentials{.access_key = "AKEXAMPLE", .secret_key = Secret("SKEXAMPLE")};

  bool taken(const Request& request) const {
    return is_signed_for_qiniu(request, credentials, clock.now());
  }
  static Request put(const std::string& authorization) {
    return {.method = "PUT",
            .target = "/domain/www.example.com/httpsconf",
            .authorization = authorization,
            .content_type = "application/json",
            .body = R"({"certId":"65a1","forceHttps":false,"http2Enable":true})",
            .headers = {{"host", "api.qiniu.com"}, {"content-type", "application/json"}}};
  }
};

TEST_F(WorkedQiniuTest, TakesTheWorkedSignaturesOfBothKinds) {
  EXPECT_TRUE(taken(put("Qiniu AKEXAMPLE:59f7CQQEMGS3okutVSkv6-IPPIw=")));
  EXPECT_TRUE(taken(put("QBox AKEXAMPLE:KUMhlJrNy740UfNj3_kyccVTDf4=")));
  const Request list{.method = "GET",
                     .target = "/sslcert?marker=&limit=100",
                     .authorization = "Qiniu AKEXAMPLE:ikloC7IHoZ89vmTzUxuv2Z1ZnFU=",
                     .content_type = kForm,
                     .headers = {{"host", "api.qiniu.com"}, {"content-type", kForm}}};
  EXPECT_TRUE(taken(list));
}

TEST_F(WorkedQiniuTest, RefusesWhatIsNotSignedAsItMustBe) {
  const auto changed = [&](auto change) {
    Request request = put("Qiniu AKEXAMPLE:59f7CQQEMGS3okutVSkv6-IPPIw=");
    change(request);
    return taken(request);
  };
  EXPECT_FALSE(changed([](Request& one) { one.target += "?x"; }));
  EXPECT_FALSE(changed([](Request& one) { one.method = "POST"; }));
  EXPECT_FALSE(changed([](Request& one) { one.body += " "; }));
  EXPECT_FALSE(changed([](Request& one) { one.headers[0].second = "other.test"; }));
  EXPECT_FALSE(changed([](Request& one) { one.headers[1].second = kForm; }));
  EXPECT_FALSE(changed([](Request& one) { one.headers.emplace_back("x-qiniu-date", "x"); }));
  EXPECT_FALSE(changed([](Request& one) { one.authorization.back() = '-'; }));
  EXPECT_FALSE(changed([](Request& one) { one.authorization = "Qiniu AKOTHER:x"; }));
  EXPECT_FALSE(changed([](Request& one) { one.authorization = ""; }));
  // The older kind does not look at a body of JSON, and is none of the newer one.
  EXPECT_FALSE(taken(put("QBox AKEXAMPLE:59f7CQQEMGS3okutVSkv6-IPPIw=")));
}

TEST_F(QiniuApiTest, RefusesADateThatIsFarOff) {
  Request request = signed_call("GET", "/sslcert");
  clock.elapsed += minutes(14);
  EXPECT_EQ(answer(request).at("code"), 200);
  clock.elapsed += minutes(2);
  const Json refused = answer(request);
  EXPECT_EQ(status, 401);
  EXPECT_EQ(refused.at("error"), "bad token");
  EXPECT_EQ(api.counters().unauthorized, 1U);
}

TEST_F(QiniuApiTest, StoresListsAndDeletes) {
  const IssuedLeaf leaf = issue({"cdn.example.com"});
  const Json stored = call("POST", "/sslcert", upload_of(leaf, "cert-1"));
  EXPECT_EQ(status, 200);
  const std::string id = stored.at("certID");
  EXPECT_EQ(id.size(), 24U);
  // The same pair again is another one.
  EXPECT_NE(call("POST", "/sslcert", upload_of(leaf, "cert-1")).at("certID"), id);
  const Json listed = call("GET", "/sslcert?marker=&limit=1");
  EXPECT_EQ(listed.at("certs").size(), 1U);
  EXPECT_EQ(listed.at("certs")[0].at("certid"), id);
  EXPECT_EQ(listed.at("certs")[0].at("name"), "cert-1");
  EXPECT_EQ(listed.at("certs")[0].at("dnsnames"), Json({"cdn.example.com"}));
  EXPECT_FALSE(listed.at("certs")[0].contains("pri"));
  const std::string marker = listed.at("marker");
  EXPECT_EQ(call("GET", "/sslcert?limit=1&marker=" + marker).at("marker"), "");
  EXPECT_EQ(call("GET", "/sslcert/" + id).at("cert").at("ca"), leaf.chain_pem);
  EXPECT_EQ(code("DELETE", "/sslcert/" + id), 200);
  EXPECT_EQ(code("DELETE", "/sslcert/" + id), 400401);
  EXPECT_EQ(code("GET", "/sslcert/" + id), 400401);
  EXPECT_EQ(world.entries().size(), 1U);
}

TEST_F(QiniuApiTest, IsStrictAboutPages) {
  EXPECT_EQ(code("GET", "/sslcert?limit=501"), 400000);
  EXPECT_EQ(code("GET", "/sslcert?limit=0"), 400000);
  EXPECT_EQ(code("GET", "/domain?limit=1001"), 400000);
  EXPECT_EQ(code("GET", "/domain?marker=x"), 400021);
  EXPECT_EQ(code("GET", "/domain?marker=next-9"), 400021);
  for (int i = 0; i < 12; ++i) world.ensure_domain("d" + std::to_string(i) + ".example.com");
  EXPECT_EQ(call("GET", "/domain").at("domains").size(), 10U);  // unless told otherwise
  EXPECT_TRUE(call("GET", "/domain?certId=65a1").at("domains").is_null());
}

TEST_F(QiniuApiTest, RefusesUploadsThatAreNone) {
  const IssuedLeaf leaf = issue({"cdn.example.com"});
  Json other = upload_of(leaf, "cert-1");
  other["common_name"] = "certd";
  EXPECT_EQ(code("POST", "/sslcert", other), 400326);
  other = upload_of(leaf, "cert-1");
  other["pri"] = std::string(issue({"cdn.example.com"}).key_pem.reveal());
  EXPECT_EQ(code("POST", "/sslcert", other), 404907);
  EXPECT_EQ(code("POST", "/sslcert", upload_of(leaf, "")), 400000);
  EXPECT_EQ(code("POST", "/sslcert", upload_of(leaf, std::string(201, 'x'))), 400000);
  world.set_quota(1);
  EXPECT_TRUE(call("POST", "/sslcert", upload_of(leaf, "cert-1")).contains("certID"));
  EXPECT_EQ(call("POST", "/sslcert", upload_of(leaf, "cert-2")).at("error"), "证书数量已达上限");
}

TEST_F(QiniuApiTest, ShowsDomainsAsTheyAre) {
  const std::string id = store({"cdn.example.com"});
  Json listed = call("GET", "/domain?limit=1000");
  ASSERT_EQ(listed.at("domains").size(), 2U);
  EXPECT_EQ(listed.at("domains")[0].at("protocol"), "http");
  EXPECT_FALSE(listed.at("domains")[0].contains("https"));
  EXPECT_EQ(listed.at("domains")[1].at("name"), ".example.net");
  EXPECT_EQ(listed.at("domains")[1].at("type"), "wildcard");
  const std::string before = listed.at("domains")[0].at("modifyAt");

  clock.elapsed += minutes(1);
  EXPECT_EQ(code("PUT", "/domain/cdn.example.com/sslize", https(id, true, true)), 200);
  listed = call("GET", "/domain?limit=1000");
  EXPECT_EQ(listed.at("domains")[0].at("protocol"), "https");
  EXPECT_EQ(listed.at("domains")[0].at("operationType"), "sslize");
  EXPECT_EQ(listed.at("domains")[0].at("operatingState"), "processing");
  EXPECT_NE(listed.at("domains")[0].at("modifyAt"), before);
  EXPECT_EQ(call("GET", "/domain?certId=" + id).at("domains").size(), 1U);
  const Json one = call("GET", "/domain/cdn.example.com");
  EXPECT_EQ(
      one.at("https"),
      Json({{"certId", id}, {"forceHttps", true}, {"http2Enable", true}, {"freeCert", false}}));
  clock.elapsed += minutes(5);
  EXPECT_EQ(call("GET", "/domain/cdn.example.com").at("operatingState"), "success");
  world.set_online("cdn.example.com", false);
  EXPECT_EQ(call("GET", "/domain/cdn.example.com").at("operatingState"), "offlined");
}

TEST_F(QiniuApiTest, IsStrictAboutHttps) {
  const std::string id = store({"cdn.example.com"});
  const std::string second = store({"cdn.example.com"});
  const std::string other = store({"other.example.com"});
  const std::string change = "/domain/cdn.example.com/httpsconf";
  EXPECT_EQ(code("PUT", change, https(id)), 400005);  // it is on plain HTTP
  EXPECT_EQ(code("PUT", "/domain/cdn.example.com/sslize", https(other)), 400326);
  EXPECT_EQ(code("PUT", "/domain/cdn.example.com/sslize", https("65a1")), 400000);
  EXPECT_EQ(code("PUT", "/domain/cdn.example.com/sslize", https(std::string(24, '0'))), 400401);
  EXPECT_EQ(code("PUT", "/domain/cdn.example.com/sslize", {{"certId", id}}), 400000);
  EXPECT_EQ(code("PUT", "/domain/cdn.example.com/sslize", https(id, true)), 200);
  EXPECT_EQ(code("PUT", change, https(second, true)), 400030);  // it is still at work
  clock.elapsed += minutes(5);
  EXPECT_EQ(code("PUT", "/domain/cdn.example.com/sslize", https(second)), 400005);
  EXPECT_EQ(code("PUT", change, https(id, true)), 400910);
  EXPECT_EQ(code("PUT", change, https(second, true)), 200);
  EXPECT_EQ(code("DELETE", "/sslcert/" + second), 400611);
  EXPECT_EQ(code("DELETE", "/sslcert/" + id), 200);
  clock.elapsed += minutes(5);
  EXPECT_EQ(code("PUT", "/domain/cdn.example.com/unsslize"), 200);
  EXPECT_EQ(world.find_domain("cdn.example.com")->bound(), nullptr);
  world.set_online("cdn.example.com", false);
  EXPECT_EQ(code("PUT", "/domain/cdn.example.com/sslize", https(second)), 400320);
}

TEST_F(QiniuApiTest, KnowsDomainsOfTheProductByOneSpelling) {
  const std::string id = store({"*.example.net"});
  EXPECT_EQ(code("PUT", "/domain/*.example.net/sslize", https(id)), 612);
  EXPECT_EQ(status, 612);
  EXPECT_EQ(code("PUT", "/domain/elsewhere.example.com/sslize", https(id)), 612);
  EXPECT_EQ(code("GET", "/domain/gone.example.com"), 404001);
  EXPECT_EQ(status, 404);
  EXPECT_EQ(code("PUT", "/domain/.example.net/sslize", https(id)), 200);
  EXPECT_EQ(code("GET", "/nothing"), 404);
  EXPECT_EQ(api.counters().unknown, 1U);
}

TEST_F(QiniuApiTest, BindsSourceDomainsOfBuckets) {
  const std::string id = store({"elsewhere.example.com"});
  EXPECT_EQ(call("GET", "/buckets"), Json({"bucket-0", "bucket-1"}));
  const Json domains = call("GET", "/domain?bucket=bucket-0");
  ASSERT_EQ(domains.size(), 1U);
  EXPECT_EQ(domains[0].at("domain"), "elsewhere.example.com");
  EXPECT_FALSE(domains[0].contains("freeze_types"));
  EXPECT_EQ(call("GET", "/domain?bucket=bucket-1"), Json::array());
  EXPECT_EQ(code("GET", "/domain?bucket=gone"), 631);
  EXPECT_TRUE(call("GET", "/cert/bindings").is_null());

  const auto bind = [&](const std::string& domain, const Json& certificate) {
    return code("POST", "/cert/bind", {{"certid", certificate}, {"domain", domain}});
  };
  EXPECT_EQ(bind("gone.example.com", id), 400);
  EXPECT_EQ(bind("cdn.example.com", id), 403);
  EXPECT_EQ(bind("elsewhere.example.com", 65), 400);
  EXPECT_EQ(bind("elsewhere.example.com", std::string(24, '0')), 400401);
  EXPECT_EQ(bind("elsewhere.example.com", store({"other.example.com"})), 400326);
  EXPECT_EQ(bind("elsewhere.example.com", id), 0);
  EXPECT_EQ(status, 200);
  EXPECT_EQ(call("GET", "/cert/bindings")[0].at("certid"), id);
  EXPECT_EQ(code("DELETE", "/sslcert/" + id), 400611);
  world.set_online("elsewhere.example.com", false);
  EXPECT_TRUE(call("GET", "/domain?bucket=bucket-0")[0].contains("freeze_types"));
  EXPECT_EQ(bind("elsewhere.example.com", id), 400);
}

TEST_F(QiniuApiTest, BreaksAsToldAndOnlyThere) {
  const std::string id = store({"cdn.example.com"});
  const auto broken = [&](FaultKind kind) {
    faults.add({.kind = kind, .endpoint = "bind", .count = 1});
    return call("PUT", "/domain/cdn.example.com/sslize", https(id));
  };
  EXPECT_EQ(broken(FaultKind::kThrottle).at("code"), 429);
  EXPECT_EQ(status, 429);
  EXPECT_EQ(broken(FaultKind::kThrottleBody).at("code"), 400039);
  EXPECT_EQ(status, 200);
  EXPECT_EQ(broken(FaultKind::kAuthRefused).at("code"), 401);
  EXPECT_EQ(world.find_domain("cdn.example.com")->bound(), nullptr);
  EXPECT_EQ(broken(FaultKind::kBindWithoutCode), Json::object());
  EXPECT_NE(world.find_domain("cdn.example.com")->bound(), nullptr);
  faults.add({.kind = FaultKind::kErrorCode, .endpoint = "delete", .code = 400611, .message = "x"});
  EXPECT_EQ(code("DELETE", "/sslcert/" + id), 400611);
  EXPECT_EQ(api.counters().applied, 1U);
}

}  // namespace
}  // namespace certferry::sandbox
