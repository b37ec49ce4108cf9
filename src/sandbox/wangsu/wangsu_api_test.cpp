#include "sandbox/wangsu/wangsu_api.h"

#include <gtest/gtest.h>

#include <functional>

#include "base/text.h"
#include "crypto/cipher.h"
#include "crypto/digest.h"
#include "sandbox/test_support.h"
#include "sandbox/wangsu/cdnpro_key.h"

namespace certferry::sandbox {
namespace {

using Json = nlohmann::json;

struct WangsuApiTest : testing::Test {
  WangsuApiTest() {
    world.ensure_domain("cdn.example.com");
    world.ensure_domain("*.example.net");
    world.ensure_domain("elsewhere.example.com", "cdnpro");
  }

  Request signed_call(const std::string& method,
                      const std::string& target,
                      const std::string& body = {}) const {
    const auto count = std::chrono::floor<seconds>(clock.now().time_since_epoch()).count();
    const auto mark = target.find('?');
    const std::string query = mark == std::string::npos ? "" : target.substr(mark + 1);
    const std::string canonical = method + "\n" + target.substr(0, mark) + "\n" + query +
                                  "\ncontent-type:application/json\nhost:open.test\n\n"
                                  "content-type;host\n" +
                                  sha256_hex(body);
    const std::string raw = hmac_sha256(
        Secret("SK"), "CNC-HMAC-SHA256\n" + std::to_string(count) + "\n" + sha256_hex(canonical));
    const auto* first = reinterpret_cast<const unsigned char*>(raw.data());
    Request request{.method = method, .target = target, .body = body};
    request.content_type = "application/json";
    request.authorization =
        "CNC-HMAC-SHA256 Credential=AK, SignedHeaders=content-type;host, Signature=" +
        to_hex(std::span(first, raw.size()));
    request.headers = {{"host", "open.test"},
                       {"content-type", "application/json"},
                       {"x-cnc-auth-method", "AKSK"},
                       {"x-cnc-accesskey", "AK"},
                       {"x-cnc-timestamp", std::to_string(count)},
                       {"date", format_http_date(clock.now())}};
    return request;
  }
  Json answer(const Request& request) {
    const Reply reply = api.handle(request);
    status = reply.status;
    location = reply.headers.empty() ? "" : reply.headers.front().second;
    return reply.body.empty() ? Json::object() : Json::parse(reply.body);
  }
  Json call(const std::string& method, const std::string& target, const Json& body = {}) {
    return answer(signed_call(method, target, body.is_null() ? "" : body.dump()));
  }
  std::string code(const std::string& method, const std::string& target, const Json& body = {}) {
    return call(method, target, body).value("code", "");
  }
  std::string bind(const Json& id, const Json& names) {
    return code(
        "PUT", "/api/config/certificate/batch", {{"certificateId", id}, {"domainNames", names}});
  }
  static Json upload_of(const IssuedLeaf& leaf, const std::string& name) {
    return {{"name", name},
            {"certificate", leaf.chain_pem},
            {"privateKey", std::string(leaf.key_pem.reveal())}};
  }

  ManualClock clock;
  World world{{}, clock};
  Faults faults;
  WangsuApi api{{.credentials = {.access_key = "AK", .secret_key = Secret("SK")},
                 .api_key = Secret("APIKEY")},
                world,
                faults};
  int status = 0;
  std::string location;
};

TEST_F(WangsuApiTest, TakesTheWorkedSignature) {
  const WangsuCredentials keys{.access_key = "AKEXAMPLE", .secret_key = Secret("SKEXAMPLE")};
  const Time now = parse_time("2024-01-02T03:04:05Z").value();
  Request request{.method = "PUT",
                  .target = "/api/config/certificate/batch",
                  .body = R"({"certificateId":100001,"domainNames":["www.example.com"]})"};
  request.authorization =
      "CNC-HMAC-SHA256 Credential=AKEXAMPLE, SignedHeaders=content-type;host, "
      "Signature=b81d83fca55ddb8590f30c23c8c06bb155413c66c5f2c4ec5d0fcad9c2055662";
  request.headers = {{"host", "open.chinanetcenter.com"},
                     {"content-type", "application/json"},
                     {"x-cnc-auth-method", "AKSK"},
                     {"x-cnc-accesskey", "AKEXAMPLE"},
                     {"x-cnc-timestamp", "1704164645"},
                     {"date", "Tue, 02 Jan 2024 03:04:05 GMT"}};
  EXPECT_TRUE(is_signed_for_wangsu(request, keys, now));
  EXPECT_FALSE(is_signed_for_wangsu(request, keys, now + minutes(16)));
  EXPECT_FALSE(is_signed_for_wangsu(request, keys, now - minutes(16)));
  for (const auto& change : std::vector<std::function<void(Request&)>>{
           [](Request& one) { one.method = "POST"; },
           [](Request& one) { one.target += "?a=b"; },
           [](Request& one) { one.body += " "; },
           [](Request& one) { one.headers[0].second = "other.test"; },
           [](Request& one) { one.headers[1].second = "text/plain"; },
           [](Request& one) { one.headers[2].second = "BASIC"; },
           [](Request& one) { one.headers[3].second = "OTHER"; },
           [](Request& one) { one.headers[4].second = "1704164646"; },
           [](Request& one) { one.headers[5].second = "Tue, 02 Jan 2024 03:04:06 GMT"; },
           [](Request& one) { one.authorization.back() = '0'; }}) {
    Request changed = request;
    change(changed);
    EXPECT_FALSE(is_signed_for_wangsu(changed, keys, now));
  }
}

TEST_F(WangsuApiTest, RefusesWhatIsNotSignedOrNoCall) {
  Request request = signed_call("POST", "/api/terraform/certificates", "{}");
  request.body = "{ }";
  EXPECT_EQ(answer(request).at("code"), "InvalidSignature");
  EXPECT_EQ(status, 401);
  EXPECT_EQ(code("GET", "/api/terraform/certificates"), "NoSuchApi");
  EXPECT_EQ(code("POST", "/api/terraform/certificates", Json::array()), "InvalidParameter");
}

TEST_F(WangsuApiTest, StoresListsAndDeletes) {
  const IssuedLeaf leaf = issue({"cdn.example.com"});
  const Json stored = call("POST", "/api/terraform/certificate", upload_of(leaf, "c-1"));
  EXPECT_EQ(stored.at("code"), "0");
  const std::int64_t id = stored.at("data").at("certificateId");
  EXPECT_EQ(code("POST", "/api/terraform/certificate", upload_of(leaf, "c-1")),
            "CertificateNameDuplicate");
  Json broken = upload_of(leaf, "c-2");
  broken["privateKey"] = std::string(issue({"cdn.example.com"}).key_pem.reveal());
  EXPECT_EQ(code("POST", "/api/terraform/certificate", broken), "InvalidCertificate");
  EXPECT_EQ(code("POST", "/api/terraform/certificate", upload_of(leaf, "")), "InvalidParameter");
  EXPECT_EQ(bind(id, {"cdn.example.com"}), "0");
  const Json listed = call("POST", "/api/terraform/certificates", Json::object()).at("data");
  ASSERT_EQ(listed.size(), 1U);
  EXPECT_EQ(listed[0].at("certificateId"), id);
  EXPECT_EQ(listed[0].at("relatedDomains")[0].at("domainName"), "cdn.example.com");
  EXPECT_EQ(listed[0].at("certificateValidityTo").get<std::string>().size(), 19U);
  EXPECT_FALSE(listed[0].contains("privateKey"));
  const std::string path = "/api/terraform/certificate/" + std::to_string(id);
  EXPECT_EQ(code("DELETE", path), "CertificateInUse");
  world.unbind("cdn.example.com");
  EXPECT_EQ(code("DELETE", path), "0");
  EXPECT_EQ(code("DELETE", path), "CertificateNotFound");
  EXPECT_EQ(code("DELETE", "/api/terraform/certificate/x"), "InvalidParameter");
}

TEST_F(WangsuApiTest, ListsItsOwnDomainsInPages) {
  const auto list = [&](const Json& body) { return call("POST", "/api/domain/domainList", body); };
  const Json listed = list({{"pageNumber", 2}, {"pageSize", 1}});
  EXPECT_EQ(listed.at("totalCount"), 2);
  ASSERT_EQ(listed.at("resultList").size(), 1U);
  EXPECT_EQ(listed.at("resultList")[0].at("domainName"), ".example.net");
  EXPECT_EQ(list({{"pageNumber", 1}}).at("code"), "InvalidParameter");
  EXPECT_EQ(list({{"pageNumber", 0}, {"pageSize", 1}}).at("code"), "InvalidParameter");
  EXPECT_EQ(list({{"pageNumber", "1"}, {"pageSize", 1}}).at("code"), "InvalidParameter");
  EXPECT_EQ(list({{"pageNumber", 1}, {"pageSize", 501}}).at("code"), "InvalidParameter");
}

TEST_F(WangsuApiTest, BindsAllDomainsOrNone) {
  const std::int64_t id = world.upload("c-1", pair_for({"cdn.example.com", "*.example.net"}));
  EXPECT_EQ(bind(std::to_string(id), {"cdn.example.com"}), "InvalidParameter");
  EXPECT_EQ(bind(id, "cdn.example.com"), "InvalidParameter");
  EXPECT_EQ(bind(id, {"cdn.example.com", "*.example.net"}), "DomainNotFound");
  EXPECT_EQ(bind(id, {"elsewhere.example.com"}), "DomainNotFound");
  EXPECT_EQ(bind(id + 1, {"cdn.example.com"}), "CertificateNotFound");
  EXPECT_EQ(world.find_domain("cdn.example.com")->bound(), nullptr);
  EXPECT_EQ(bind(id, {"cdn.example.com", ".example.net"}), "0");
  EXPECT_EQ(world.find_domain("*.example.net")->bound()->id, id);
  const std::int64_t other = world.upload("c-2", pair_for({"other.example.com"}));
  EXPECT_EQ(bind(other, {"cdn.example.com"}), "CertificateMismatch");
  world.set_online("cdn.example.com", false);
  EXPECT_EQ(bind(id, {"cdn.example.com"}), "DomainDisabled");
}

TEST_F(WangsuApiTest, BreaksAsTold) {
  const std::int64_t id = world.upload("c-1", pair_for({"cdn.example.com"}));
  const auto broken = [&](FaultKind kind) {
    faults.add({.kind = kind, .endpoint = "bind", .count = 1});
    return bind(id, {"cdn.example.com"});
  };
  EXPECT_EQ(broken(FaultKind::kThrottle), "TooManyRequests");
  EXPECT_EQ(status, 429);
  EXPECT_EQ(broken(FaultKind::kThrottleBody), "RequestLimit");
  EXPECT_EQ(broken(FaultKind::kAuthRefused), "AccessKeyDisabled");
  EXPECT_EQ(world.find_domain("cdn.example.com")->bound(), nullptr);
  EXPECT_EQ(broken(FaultKind::kBindWithoutCode), "");
  EXPECT_NE(world.find_domain("cdn.example.com")->bound(), nullptr);
  EXPECT_EQ(api.counters().applied, 1U);
}

/// Its hostnames, certificates, versions and tasks.
struct CdnProApiTest : WangsuApiTest {
  CdnProApiTest() {
    world.ensure_domain("a.example.com", "cdnpro");
    world.ensure_domain("b.example.com", "cdnpro");
    api.cdnpro().share({"a.example.com", "b.example.com"});
  }
  std::string id() { return api.cdnpro().certificate_id("a.example.com"); }
  std::string certificate() { return "/cdn/certificates/" + id(); }
  Json version_of(const IssuedLeaf& leaf, const std::string& api_key = "APIKEY") {
    const std::string material = hmac_sha256(Secret(api_key), format_http_date(clock.now()));
    const std::string encrypted =
        aes_128_cbc(Secret(material.substr(16)), material.substr(0, 16), leaf.key_pem);
    return {{"newVersion",
             {{"comments", "ours"},
              {"certificate", leaf.chain_pem},
              {"privateKey", base64_encode(encrypted)}}}};
  }
  Json task_of(const Json& version, const std::string& target = "production") {
    return {{"target", target},
            {"actions",
             Json::array(
                 {{{"action", "deploy_cert"}, {"certificateId", id()}, {"version", version}}})}};
  }
};

TEST_F(CdnProApiTest, DecryptsTheWorkedKey) {
  const std::string date = "Tue, 02 Jan 2024 03:04:05 GMT";
  const std::string text =
      "JaiEvY/ed1TeYQYDUh+63QHWlXfsijL4hSP98b7wt1e3r+Df73CpPtpeRrT+eUA52NYVwN9LxTsfQgBagVcVvA==";
  const auto plain = [&](const std::string& api_key, const std::string& when) {
    return std::string(decrypt_cdnpro_key(text, Secret(api_key), when).reveal());
  };
  EXPECT_EQ(plain("APIKEYEXAMPLE", date),
            "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n");
  EXPECT_EQ(plain("APIKEYEXAMPLE", "Tue, 02 Jan 2024 03:04:06 GMT"), "");
  EXPECT_EQ(plain("ANOTHER", date), "");
  EXPECT_EQ(decrypt_cdnpro_key("not base64", Secret("APIKEYEXAMPLE"), date).size(), 0U);
}

TEST_F(CdnProApiTest, MakesVersionsOfWhatIsEncrypted) {
  const auto pair = issue({"a.example.com", "b.example.com"});
  EXPECT_EQ(code("PATCH", certificate(), version_of(pair, "another key")), "InvalidKey");
  Request late = signed_call("PATCH", certificate(), version_of(pair).dump());
  for (auto& [name, value] : late.headers) {
    if (name == "date") value = format_http_date(clock.now() + seconds(1));
  }
  EXPECT_EQ(answer(late).value("code", ""), "InvalidSignature") << "it is another second";
  call("PATCH", certificate(), version_of(pair));
  EXPECT_EQ(status, 201);
  EXPECT_EQ(location, "http://open.chinanetcenter.com" + certificate() + "/versions/1");
  const Json told = call("GET", certificate() + "/versions/1");
  EXPECT_EQ(told.at("comments"), "ours");
  EXPECT_EQ(told.at("fingerprint").get<std::string>().size(), 40U);
  EXPECT_FALSE(told.at("inProduction"));
  EXPECT_EQ(code("GET", certificate() + "/versions/2"), "InvalidCertVersion");
  EXPECT_EQ(status, 404);
  EXPECT_EQ(code("PATCH", certificate(), {{"name", "x"}}), "InvalidParameter");
  EXPECT_EQ(code("PATCH", "/cdn/certificates/x", version_of(pair)), "InvalidCertId");
  api.cdnpro().set_versions_most(1);
  EXPECT_EQ(code("PATCH", certificate(), version_of(pair)), "TooManyVersions");
}

TEST_F(CdnProApiTest, DeploysAVersionToAllThatHaveTheCertificate) {
  const auto first = issue({"a.example.com", "b.example.com"});
  call("PATCH", certificate(), version_of(first));
  call("PATCH", certificate(), version_of(issue({"a.example.com"})));
  EXPECT_EQ(code("POST", "/cdn/deploymentTasks", task_of(2)), "HostnameNotCovered");
  EXPECT_EQ(code("POST", "/cdn/deploymentTasks", task_of(3)), "InvalidCertVersion");
  EXPECT_EQ(code("POST", "/cdn/deploymentTasks", task_of("1")), "InvalidCertVersion");
  EXPECT_EQ(code("POST", "/cdn/deploymentTasks", task_of(1, "stage")), "InvalidTarget");
  world.set_fate("a.example.com", {.takes = seconds(30)});
  call("POST", "/cdn/deploymentTasks", task_of(1));
  ASSERT_EQ(status, 201);
  const std::string task = location.substr(location.find("/cdn/"));
  EXPECT_EQ(call("GET", task).at("status"), "in progress");
  const std::string under_way = "/cdn/deploymentTasks?status=inprogress&target=production";
  EXPECT_EQ(call("GET", under_way).at("count"), 1);
  clock.elapsed += seconds(31);
  EXPECT_EQ(call("GET", task).at("status"), "succeeded");
  EXPECT_EQ(call("GET", under_way).at("count"), 0);
  for (const char* name : {"a.example.com", "b.example.com"}) {
    ASSERT_TRUE(world.find_domain(name)->bound()) << name;
    EXPECT_EQ(world.find_domain(name)->bound()->pair.chain_pem, first.chain_pem);
  }
  const Json listed = call("GET", "/cdn/certificates?sortBy=creationTime&sortOrder=asc");
  EXPECT_EQ(listed.at("count"), 2);
  EXPECT_EQ(call("GET", certificate()).at("versionInProduction"), 1);
  EXPECT_EQ(call("GET", certificate()).at("usageInProduction").size(), 2U);
  // It is nothing of the other store's.
  EXPECT_TRUE(call("POST", "/api/terraform/certificates", Json::object()).at("data").empty());
}

TEST_F(CdnProApiTest, ListsHostnamesInPages) {
  world.set_online("b.example.com", false);
  api.cdnpro().take_certificate_from("elsewhere.example.com");
  const Json listed = call("GET", "/cdn/hostnames?offset=1&limit=2");
  EXPECT_EQ(listed.at("count"), 3);
  ASSERT_EQ(listed.at("hostnames").size(), 2U);
  EXPECT_EQ(listed["hostnames"][0]["propertyInProduction"]["certificateId"], id());
  EXPECT_TRUE(listed["hostnames"][1]["propertyInProduction"].is_null());
  const Json other = call("GET", "/cdn/hostnames/elsewhere.example.com");
  EXPECT_FALSE(other.at("propertyInProduction").contains("certificateId"));
  EXPECT_EQ(code("GET", "/cdn/hostnames?limit=201"), "InvalidListLimit");
  EXPECT_EQ(code("GET", "/cdn/hostnames?target=stage"), "InvalidTarget");
  EXPECT_EQ(code("GET", "/cdn/hostnames/cdn.example.com"), "InvalidHostname");
}

}  // namespace
}  // namespace certferry::sandbox
