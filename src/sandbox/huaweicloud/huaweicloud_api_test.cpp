#include "sandbox/huaweicloud/huaweicloud_api.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/text.h"
#include "crypto/digest.h"
#include "sandbox/test_support.h"

namespace certferry::sandbox {
namespace {

using Json = nlohmann::json;
using testing::ElementsAre;

const std::string kDomains = "/v1.0/cdn/domains";
const std::string kHttps = "/v1.0/cdn/domains/https-certificate-info";
const std::string kStored = "/v3/scm/certificates";

const std::string kWaf = "/v1/P1/waf/certificate";
const std::string kElb = "/v3/P1/elb/";

std::string config_of(const std::string& domain) {
  return "/v1.1/cdn/configuration/domains/" + domain + "/configs";
}

struct HuaweiCloudApiTest : testing::Test {
  HuaweiCloudApiTest() {
    world.ensure_domain("cdn.example.com");
    world.ensure_domain("*.example.net");
    world.ensure_domain("elsewhere.example.com", "other");
    // The moment of the worked examples.
    clock.elapsed = parse_time("2026-01-02T03:04:05Z").value() - clock.now();
  }

  /// The time of the clock as the header has it.
  std::string date() const {
    std::string text = format_time(clock.now());
    std::erase(text, '-');
    std::erase(text, ':');
    return text;
  }

  Request signed_call(const std::string& method,
                      const std::string& path,
                      const std::string& query = {},
                      const std::string& body = {}) {
    const bool waf = path.starts_with("/v1/");
    const bool elb = path.starts_with(kElb);
    const bool scm = path.starts_with("/v3/scm") || waf || elb;
    const std::string service = waf ? "waf" : elb ? "elb" : scm ? "scm" : "cdn";
    Request request{.method = method,
                    .target = path + (query.empty() ? "" : "?" + query),
                    .content_type = "application/json",
                    .body = body};
    const std::map<std::string, std::string> headers = {
        {"content-type", "application/json"},
        {"host", service + ".sandbox.test"},
        {scm ? "x-project-id" : "x-domain-id", scm ? "P1" : "D1"},
        {"x-sdk-date", date()}};
    sign(request, headers, path + "/", query);
    return request;
  }

  void sign(Request& request,
            const std::map<std::string, std::string>& headers,
            const std::string& path,
            const std::string& query) const {
    std::string lines;
    std::string names;
    for (const auto& [name, value] : headers) {
      lines.append(name).append(":").append(value).append("\n");
      names.append(names.empty() ? "" : ";").append(name);
      request.headers.emplace_back(name, value);
    }
    const std::string canonical = request.method + "\n" + path + "\n" + query + "\n" + lines +
                                  "\n" + names + "\n" + sha256_hex(request.body);
    const std::string mac =
        hmac_sha256(Secret("SKEXAMPLE"),
                    "SDK-HMAC-SHA256\n" + headers.at("x-sdk-date") + "\n" + sha256_hex(canonical));
    const auto* bytes = reinterpret_cast<const unsigned char*>(mac.data());
    request.authorization = "SDK-HMAC-SHA256 Access=AKIDEXAMPLE, SignedHeaders=" + names +
                            ", Signature=" + to_hex(std::span(bytes, mac.size()));
  }

  Json answer(const Request& request) {
    const Reply reply = api.handle(request);
    status = reply.status;
    return reply.body.empty() ? Json::object() : Json::parse(reply.body);
  }
  Json get(const std::string& path, const std::string& query = {}) {
    return answer(signed_call("GET", path, query));
  }
  std::string code(const Request& request) {
    const Json said = answer(request);
    return said.contains("error") ? said["error"].value("code", "none")
                                  : said.value("error_code", "none");
  }
  std::string code(const std::string& method,
                   const std::string& path,
                   const std::string& query = {},
                   const Json& body = {}) {
    return code(signed_call(method, path, query, body.is_null() ? "" : body.dump()));
  }

  static Json upload_of(const IssuedLeaf& leaf, const std::string& name) {
    const auto second = leaf.chain_pem.find("-----BEGIN", 1);
    Json body = {{"name", name},
                 {"certificate", leaf.chain_pem.substr(0, second)},
                 {"private_key", std::string(leaf.key_pem.reveal())},
                 {"duplicate_check", true}};
    if (second != std::string::npos) body["certificate_chain"] = leaf.chain_pem.substr(second);
    return body;
  }
  std::string store(std::vector<std::string> names, const std::string& note = "cert-1") {
    const Json body = upload_of(issue(std::move(names)), note);
    return answer(signed_call("POST", kStored + "/import", "", body.dump()))
        .value("certificate_id", "");
  }
  static Json bind_to(const std::string& id) {
    return {{"configs",
             {{"https",
               {{"https_status", "on"},
                {"certificate_type", "server"},
                {"certificate_source", 2},
                {"scm_certificate_id", id},
                {"certificate_name", "cert-at-domain"},
                {"http2_status", "on"}}}}}};
  }

  ManualClock clock;
  World world{{.guards_use = false}, clock};
  Faults faults;
  HuaweiCloudApi api{{.credentials = {.access_key_id = "AKIDEXAMPLE",
                                      .secret_access_key = Secret("SKEXAMPLE"),
                                      .security_token = {},
                                      .domain_id = "D1",
                                      .project_id = "P1"}},
                     world,
                     faults};
  int status = 0;
};

/// Produced by the vendor's own signer, with keys of its own.
TEST_F(HuaweiCloudApiTest, TakesTheWorkedSignatures) {
  const HuaweiCloudCredentials keys{
      .access_key_id = "AKEXAMPLE0000000000",
      .secret_access_key = Secret("SKEXAMPLE000000000000000000000000000000"),
      .security_token = {},
      .domain_id = {},
      .project_id = {}};
  const auto refused = [&](Request request, const std::string& names, const std::string& mac) {
    request.headers.emplace_back("content-type", "application/json");
    request.headers.emplace_back("x-sdk-date", "20260102T030405Z");
    request.authorization =
        "SDK-HMAC-SHA256 Access=AKEXAMPLE0000000000, SignedHeaders=" + names + ", Signature=" + mac;
    return refuse_signature(request, keys, clock.now());
  };
  const Request list{.method = "GET",
                     .target = "/v1.0/cdn/domains?page_number=1&page_size=100",
                     .headers = {{"host", "cdn.myhuaweicloud.com"}}};
  const std::string three = "content-type;host;x-sdk-date";
  EXPECT_FALSE(
      refused(list, three, "fa28079fa967d7440c89661268c7117b7c8ae674eb44fb353c0f0d2dd805fec8"));
  EXPECT_TRUE(
      refused(list, three, "fa28079fa967d7440c89661268c7117b7c8ae674eb44fb353c0f0d2dd805fec9"));
  EXPECT_FALSE(refused({.method = "POST",
                        .target = "/v3/scm/certificates/import",
                        .body = R"({"name":"cert-1","certificate":"C","private_key":"K"})",
                        .headers = {{"host", "scm.cn-north-4.myhuaweicloud.com"}}},
                       three,
                       "dbeaca2c530f55659e110abb15acd38953224569047e19dc0e307cc43b2900bf"));
  EXPECT_FALSE(refused(
      {.method = "GET",
       .target = "/v3/0123456789abcdef0123456789abcdef/elb/certificates?limit=2000&type=server",
       .headers = {{"host", "elb.cn-north-4.myhuaweicloud.com"},
                   {"x-project-id", "0123456789abcdef0123456789abcdef"}}},
      "content-type;host;x-project-id;x-sdk-date",
      "b34e14e0835895f208e4c498fb440e6440ed0ed694e61651a5cd19d2379e7334"));
}

TEST_F(HuaweiCloudApiTest, RefusesWhatIsNotSignedAsItMustBe) {
  EXPECT_EQ(code("GET", kDomains), "none");
  const auto changed = [&](auto change) {
    Request request = signed_call("GET", kDomains, "page_size=5");
    change(request);
    return code(request);
  };
  const std::string refused = "APIGW.0301";
  EXPECT_EQ(changed([](Request& one) { one.target += "x"; }), refused);
  EXPECT_EQ(changed([](Request& one) { one.method = "POST"; }), refused);
  EXPECT_EQ(changed([](Request& one) { one.body = "{}"; }), refused);
  EXPECT_EQ(changed([](Request& one) { one.authorization.back() = '?'; }), refused);
  EXPECT_EQ(changed([](Request& one) { one.authorization = "SDK-HMAC-SHA256 x"; }), refused);
  EXPECT_EQ(changed([](Request& one) { one.headers[2].second = "D2"; }), refused);
  EXPECT_EQ(changed([](Request& one) { one.headers.pop_back(); }), refused);
  EXPECT_EQ(changed([](Request& one) { one.headers.emplace_back("x-project-id", "P1"); }), refused);
  EXPECT_EQ(changed([](Request& one) { one.headers.emplace_back("x-security-token", "T"); }),
            refused);
  EXPECT_EQ(changed([](Request& one) {
              one.authorization.replace(one.authorization.find("AKID"), 4, "AKIE");
            }),
            refused);
  EXPECT_EQ(changed([](Request& one) {
              one.authorization.replace(one.authorization.find(", S"), 2, ",");
            }),
            refused);
  EXPECT_EQ(status, 401);
  EXPECT_EQ(api.counters().unauthorized, 11U);
}

TEST_F(HuaweiCloudApiTest, WantsTheAccountAtCdnAndTheProjectAtTheStore) {
  Request request{.method = "GET", .target = kDomains, .content_type = "application/json"};
  sign(request, {{"host", "cdn.sandbox.test"}, {"x-sdk-date", date()}}, kDomains + "/", "");
  EXPECT_EQ(code(request), "APIGW.0301");
  Request other{.method = "GET", .target = kStored};
  sign(other,
       {{"host", "scm.sandbox.test"}, {"x-project-id", "P2"}, {"x-sdk-date", date()}},
       kStored + "/",
       "");
  EXPECT_EQ(code(other), "APIGW.0301");
}

TEST_F(HuaweiCloudApiTest, TakesADateWithinFifteenMinutesAsOftenAsItComes) {
  const Request request = signed_call("GET", kDomains);
  EXPECT_EQ(code(request), "none");
  EXPECT_EQ(code(request), "none");
  clock.elapsed += minutes(15) + seconds(1);
  EXPECT_EQ(code(request), "APIGW.0301");
  clock.elapsed -= minutes(30) + seconds(2);
  EXPECT_EQ(code(request), "APIGW.0301");
}

TEST_F(HuaweiCloudApiTest, KnowsACallByMethodAndPathAtItsOwnHost) {
  EXPECT_EQ(code("POST", kDomains), "APIGW.0101");
  EXPECT_EQ(status, 404);
  EXPECT_EQ(code("GET", kDomains + "/x"), "APIGW.0101");
  EXPECT_EQ(code("GET", config_of("a/b")), "APIGW.0101");
  EXPECT_EQ(code("GET", "/v3/scm/certificates/scs0000000000001"), "APIGW.0101");
  Request request{.method = "GET", .target = kDomains};
  sign(request,
       {{"host", "scm.sandbox.test"}, {"x-domain-id", "D1"}, {"x-sdk-date", date()}},
       kDomains + "/",
       "");
  EXPECT_EQ(code(request), "APIGW.0101");
  EXPECT_EQ(code("GET", kDomains, "page=1"), "CDN.0001");
  EXPECT_EQ(code("GET", kStored, "page=1"), "SCM.0001");
}

TEST_F(HuaweiCloudApiTest, ListsDomainsInPages) {
  const Json whole = get(kDomains);
  EXPECT_EQ(whole["total"], 2);
  const Json& first = whole["domains"][0];
  EXPECT_EQ(first["domain_name"], "cdn.example.com");
  EXPECT_EQ(first["cname"], "cdn.example.com.sandbox-edge.test");
  EXPECT_EQ(first["domain_status"], "online");
  EXPECT_EQ(first["https_status"], 0);
  EXPECT_EQ(first["sources"][0]["ip_or_domain"], "origin.cdn.example.com");
  EXPECT_EQ(get(kDomains, "page_number=2&page_size=1")["domains"][0]["domain_name"],
            "*.example.net");
  EXPECT_EQ(get(kDomains, "page_number=3&page_size=1")["domains"].size(), 0U);
  EXPECT_EQ(code("GET", kDomains, "page_number=0"), "CDN.0001");
  EXPECT_EQ(code("GET", kDomains, "page_size=10001"), "CDN.0001");
}

TEST_F(HuaweiCloudApiTest, StoresWhatItIsGivenAndListsTheLatestFirst) {
  const std::string first = store({"cdn.example.com", "*.example.com"});
  EXPECT_EQ(first, "scs0000000010001");
  const std::string second = store({"b.example.com"}, "cert-2");
  const Json listed = get(kStored, "limit=10&offset=0&status=ALL");
  EXPECT_EQ(listed["total_count"], 2);
  EXPECT_EQ(listed["certificates"][0]["id"], second);
  const Json& one = listed["certificates"][1];
  EXPECT_EQ(one["name"], "cert-1");
  EXPECT_EQ(one["sans"], "cdn.example.com;*.example.com");
  EXPECT_EQ(one["expire_time"], "2052-02-20 08:00:00.0");  // day 30,000 in China
  EXPECT_EQ(get(kStored, "limit=10&offset=1")["certificates"][0]["id"], first);
  EXPECT_EQ(get(kStored, "limit=10&offset=2")["certificates"].size(), 0U);
  EXPECT_EQ(get(kStored, "status=EXPIRED")["total_count"], 0);
  for (const char* query : {"limit=30", "limit=x", "offset=-1", "status=NEW"}) {
    EXPECT_EQ(code("GET", kStored, query), "SCM.0001") << query;
  }
}

TEST_F(HuaweiCloudApiTest, RefusesWhatItCannotStore) {
  const IssuedLeaf leaf = issue({"cdn.example.com"});
  const auto with = [&](const char* key, const Json& value) {
    Json body = upload_of(leaf, "cert-1");
    body[key] = value;
    return code("POST", kStored + "/import", "", body);
  };
  EXPECT_EQ(with("name", "ab"), "SCM.0001");
  EXPECT_EQ(with("name", std::string(64, 'a')), "SCM.0001");
  EXPECT_EQ(with("name", "cert*1"), "SCM.0001");
  EXPECT_EQ(with("certificate", std::string(4097, 'C')), "SCM.0001");
  EXPECT_EQ(with("certificate_chain", std::string(8193, 'C')), "SCM.0001");
  EXPECT_EQ(with("private_key", ""), "SCM.0001");
  EXPECT_EQ(with("duplicate_check", "true"), "SCM.0001");
  EXPECT_EQ(with("certificate", "no PEM"), "SCM.0006");
  EXPECT_EQ(with("private_key", std::string(issue({"x.example.com"}).key_pem.reveal())),
            "SCM.0006");
  EXPECT_EQ(with("name", std::string(63, 'a')), "none");
  EXPECT_EQ(with("duplicate_check", true), "none");
  EXPECT_EQ(with("duplicate_check", false), "SCM.0122");
  world.set_quota(2);
  EXPECT_EQ(with("name", "cert-3"), "SCM.0011");
  EXPECT_EQ(world.entries().size(), 2U);
}

TEST_F(HuaweiCloudApiTest, BindsAndShowsWhatIsBound) {
  const std::string id = store({"cdn.example.com"});
  EXPECT_EQ(code("PUT", config_of("cdn.example.com"), "", bind_to(id)), "none");
  EXPECT_EQ(status, 204);
  EXPECT_EQ(get(kDomains)["domains"][0]["https_status"], 2);
  const Json listed = get(kHttps);
  EXPECT_EQ(listed["total"], 1);
  const Json& row = listed["https"][0];
  EXPECT_EQ(row["domain_name"], "cdn.example.com");
  EXPECT_EQ(row["cert_name"], "cert-at-domain");
  EXPECT_EQ(row["certificate_type"], 2);
  EXPECT_EQ(row["http2"], 1);
  EXPECT_EQ(row["certificate"], world.find_domain("cdn.example.com")->bound()->pair.chain_pem);
  const Json https = get(config_of("cdn.example.com"))["configs"]["https"];
  EXPECT_EQ(https["https_status"], "on");
  EXPECT_EQ(https["scm_certificate_id"], id);
  EXPECT_EQ(https["http2_status"], "on");
  EXPECT_EQ(get(config_of("%2A.example.net"))["configs"]["https"]["https_status"], "off");
}

TEST_F(HuaweiCloudApiTest, SetsBackWhatABindLeavesOut) {
  api.https("cdn.example.com") = {.http2 = "on", .tls_version = "TLSv1.3", .ocsp_stapling = "on"};
  const std::string id = store({"cdn.example.com"});
  Json body = bind_to(id);
  body["configs"]["https"].erase("http2_status");
  EXPECT_EQ(code("PUT", config_of("cdn.example.com"), "", body), "none");
  EXPECT_EQ(api.https("cdn.example.com"), HuaweiCloudHttps());
}

TEST_F(HuaweiCloudApiTest, RefusesABindThatIsNotWhole) {
  const std::string id = store({"cdn.example.com"});
  const auto with = [&](const char* key, const Json& value) {
    Json body = bind_to(id);
    body["configs"]["https"][key] = value;
    return code("PUT", config_of("cdn.example.com"), "", body);
  };
  EXPECT_EQ(with("https_status", "yes"), "CDN.0001");
  EXPECT_EQ(with("certificate_name", "ab"), "CDN.0001");
  EXPECT_EQ(with("certificate_name", std::string(65, 'a')), "CDN.0001");
  EXPECT_EQ(with("certificate_source", 0), "CDN.0001");
  EXPECT_EQ(with("certificate_source", "2"), "CDN.0001");
  EXPECT_EQ(with("certificate_type", "server_sm"), "CDN.0001");
  EXPECT_EQ(with("http2_status", "1"), "CDN.0001");
  EXPECT_EQ(with("scm_certificate_id", "10001"), "CDN.0001");
  EXPECT_EQ(with("unheard_of", "x"), "CDN.0001");
  EXPECT_EQ(with("scm_certificate_id", "scs0000000000007"), "SCM.0020");
  EXPECT_EQ(code("PUT", config_of("cdn.example.com"), "", Json{{"configs", {{"ipv6", 1}}}}),
            "CDN.0001");
  EXPECT_EQ(code("PUT", config_of("%2A.example.net"), "", bind_to(id)), "CDN.0117");
  EXPECT_EQ(code("PUT", config_of("gone.example.com"), "", bind_to(id)), "CDN.0105");
  EXPECT_EQ(status, 200);  // as the documents have it
  EXPECT_EQ(code("GET", config_of("elsewhere.example.com")), "CDN.0105");
  world.set_online("cdn.example.com", false);
  EXPECT_EQ(code("PUT", config_of("cdn.example.com"), "", bind_to(id)), "CDN.0106");
  EXPECT_EQ(get(kDomains)["domains"][0]["domain_status"], "offline");
  EXPECT_EQ(world.find_domain("cdn.example.com")->changes.size(), 0U);
}

TEST_F(HuaweiCloudApiTest, ADomainTakesNoChangeWhileItIsConfigured) {
  HuaweiCloudApi slow{{.credentials = {.access_key_id = "AKIDEXAMPLE",
                                       .secret_access_key = Secret("SKEXAMPLE"),
                                       .security_token = {},
                                       .domain_id = "D1",
                                       .project_id = "P1"},
                       .configuring = seconds(60)},
                      world,
                      faults};
  const std::string id = store({"cdn.example.com"});
  const auto bound = [&] {
    return slow.handle(signed_call("PUT", config_of("cdn.example.com"), "", bind_to(id).dump()));
  };
  EXPECT_EQ(bound().status, 204);
  EXPECT_EQ(
      Json::parse(slow.handle(signed_call("GET", kDomains)).body)["domains"][0]["domain_status"],
      "configuring");
  EXPECT_EQ(Json::parse(bound().body)["error"]["code"], "CDN.0106");
  clock.elapsed += seconds(60);
  EXPECT_EQ(bound().status, 204);
}

TEST_F(HuaweiCloudApiTest, DeletesAndSaysWhereACertificateIs) {
  const std::string id = store({"cdn.example.com"});
  const auto deployed = [&] {
    const Json body = {{"certificate_ids", Json::array({id})},
                       {"service_names", Json::array({"ALL"})}};
    return answer(signed_call(
        "POST", "/v3/scm/deployed-resources", "", body.dump()))["results"][0]["total_num"];
  };
  EXPECT_EQ(deployed(), 0);
  EXPECT_EQ(code("PUT", config_of("cdn.example.com"), "", bind_to(id)), "none");
  EXPECT_EQ(deployed(), 1);
  // Nothing keeps what is in use: the edge goes on serving its copy.
  EXPECT_EQ(code("DELETE", kStored + "/" + id), "none");
  EXPECT_EQ(status, 204);
  EXPECT_EQ(code("DELETE", kStored + "/" + id), "SCM.0020");
  EXPECT_EQ(status, 404);
  EXPECT_EQ(code("DELETE", kStored + "/7"), "SCM.0001");
  EXPECT_EQ(code("POST", "/v3/scm/deployed-resources", "", Json{{"certificate_ids", 7}}),
            "SCM.0001");
}

TEST_F(HuaweiCloudApiTest, WafListsHostsOfBothKindsAndWhatEachHas) {
  world.ensure_domain("a.example.com", "waf");
  world.ensure_domain("*.example.org", "waf");
  const Json hosts = get("/v1/P1/composite-waf/host", "page=1&pagesize=100");
  EXPECT_EQ(hosts["total"], 2);
  EXPECT_EQ(hosts["premium_total"], 1);
  EXPECT_EQ(hosts["items"][0]["waf_type"], "cloud");
  EXPECT_EQ(hosts["items"][1]["waf_type"], "premium");
  EXPECT_EQ(hosts["items"][1]["hostname"], ".example.org");
  EXPECT_EQ(hosts["items"][0]["protect_status"], 1);
  // Both have their owner's certificate as yet.
  const Json used = get(kWaf, "host=true");
  ASSERT_EQ(used["total"], 1);
  EXPECT_EQ(used["items"][0]["bind_host"].size(), 2U);
  EXPECT_EQ(get(kWaf, "host=false")["total"], 0);
  EXPECT_EQ(get(kWaf, "host=maybe")["error_code"], "WAF.00011001");
  EXPECT_EQ(get(kWaf, "pagesize=101")["error_code"], "WAF.00011001");
  EXPECT_EQ(get("/v1/P1/composite-waf/host", "hostname=a")["error_code"], "WAF.00011001");
  EXPECT_EQ(get("/v1/P2/composite-waf/host")["error_code"], "APIGW.0301");
  world.set_online("a.example.com", false);
  EXPECT_EQ(get("/v1/P1/composite-waf/host")["items"][0]["protect_status"], -1);
}

TEST_F(HuaweiCloudApiTest, WafTakesACopyAndGivesItToHosts) {
  world.ensure_domain("a.example.com", "waf");
  const IssuedLeaf leaf = issue({"*.example.com"});
  Json body = {{"name", "certferry-x"},
               {"content", leaf.chain_pem},
               {"key", std::string(leaf.key_pem.reveal())}};
  const auto copy = [&](const std::string& query = {}) {
    return answer(signed_call("POST", kWaf, query, body.dump()));
  };
  EXPECT_EQ(copy("enterprise_project_id=all_granted_eps")["error_code"], "WAF.00011001");
  const std::string id = copy().value("id", "");
  EXPECT_EQ(id.size(), 32U);
  EXPECT_EQ(copy()["error_code"], "WAF.00011016");
  body["name"] = "no blanks";
  EXPECT_EQ(copy()["error_code"], "WAF.00011001");
  body["name"] = "other";
  body["key"] = "none";
  EXPECT_EQ(copy()["error_code"], "WAF.00011019");
  EXPECT_EQ(get(kWaf, "host=false")["items"][0]["name"], "certferry-x");

  const std::string host = get("/v1/P1/composite-waf/host")["items"][0].value("id", "");
  const auto apply = [&](const std::string& to, const Json& hosts) {
    return code("POST", kWaf + "/" + to + "/apply-to-hosts", "", hosts);
  };
  const Json cloud = {{"cloud_host_ids", Json::array({host})}};
  EXPECT_EQ(apply("gone", cloud), "WAF.00014002");
  EXPECT_EQ(apply(id, {{"premium_host_ids", Json::array({host})}}), "WAF.00014002");
  EXPECT_EQ(apply(id, Json::object()), "WAF.00014002");
  EXPECT_EQ(apply(id, cloud), "none");
  EXPECT_EQ(world.find_domain("a.example.com")->bound()->pair.leaf.dns_names,
            std::vector<std::string>{"*.example.com"});
  EXPECT_EQ(get(kWaf, "host=true")["items"][0]["id"], id);
  EXPECT_EQ(code("DELETE", kWaf + "/" + id), "WAF.00014003");

  world.unbind("a.example.com");
  EXPECT_EQ(get(kWaf, "host=true")["total"], 0);
  EXPECT_EQ(apply(id, cloud), "WAF.00011004");  // it has no HTTPS now
  EXPECT_EQ(code("DELETE", kWaf + "/" + id), "none");
  EXPECT_EQ(code("DELETE", kWaf + "/" + id), "WAF.00014002");
}

TEST_F(HuaweiCloudApiTest, ElbListsThreeNamesAListener) {
  for (const char* name : {"a", "b", "c", "d"}) {
    world.ensure_domain(std::string(name) + ".example.com", "elb");
  }
  const Json listeners = get(kElb + "listeners", "limit=1");
  ASSERT_EQ(listeners["listeners"].size(), 1U);
  EXPECT_EQ(listeners["listeners"][0]["sni_container_refs"].size(), 2U);
  const std::string marker = listeners["page_info"].value("next_marker", "");
  EXPECT_EQ(Json(marker), listeners["listeners"][0]["id"]);
  const Json rest = get(kElb + "listeners", "limit=1&marker=" + marker);
  EXPECT_EQ(rest["listeners"][0]["sni_container_refs"].size(), 0U);
  EXPECT_FALSE(rest["page_info"].contains("next_marker"));
  EXPECT_EQ(get(kElb + "listeners", "marker=gone")["error_code"], "ELB.8902");
  EXPECT_EQ(get(kElb + "listeners", "limit=2001")["error_code"], "ELB.8902");
  EXPECT_EQ(get(kElb + "certificates", "type=client")["error_code"], "ELB.8902");
  const Json certificates = get(kElb + "certificates")["certificates"];
  ASSERT_EQ(certificates.size(), 4U);
  EXPECT_EQ(certificates[0]["domain"], "a.example.com");
  world.set_online("a.example.com", false);
  EXPECT_EQ(get(kElb + "loadbalancers")["loadbalancers"][0]["admin_state_up"], false);
  EXPECT_EQ(get(kElb + "listeners/gone")["error_code"], "ELB.8904");
}

TEST_F(HuaweiCloudApiTest, ElbTakesAnUpdateThatLeavesEveryNameOneCertificate) {
  world.ensure_domain("a.example.com", "elb");
  world.ensure_domain("b.example.com", "elb");
  const Json before = get(kElb + "listeners")["listeners"][0];
  const std::string id = before["id"];
  const std::string first = before["default_tls_container_ref"];
  const IssuedLeaf leaf = issue({"*.example.com"});
  const auto copy = [&](const std::string& domain) {
    const Json body = {{"certificate",
                        {{"name", "copy"},
                         {"type", "server"},
                         {"domain", domain},
                         {"certificate", leaf.chain_pem},
                         {"private_key", std::string(leaf.key_pem.reveal())}}}};
    return answer(signed_call("POST", kElb + "certificates", "", body.dump()));
  };
  EXPECT_EQ(copy("no blanks")["error_code"], "ELB.8902");
  const std::string of_b = copy("b.example.com")["certificate"]["id"];
  const std::string of_a = copy("a.example.com")["certificate"]["id"];
  const auto update = [&](const Json& wanted) {
    return code("PUT", kElb + "listeners/" + id, "", {{"listener", wanted}});
  };
  EXPECT_EQ(update({{"sni_container_refs", {of_b}}}), "ELB.8902");  // the first one is missing
  EXPECT_EQ(update({{"default_tls_container_ref", "gone"}}), "ELB.8902");
  EXPECT_EQ(update({{"default_tls_container_ref", first}, {"name", "x"}}), "ELB.8902");
  EXPECT_EQ(update({{"default_tls_container_ref", first}, {"sni_container_refs", {of_b, of_b}}}),
            "ELB.8902");
  EXPECT_EQ(update({{"default_tls_container_ref", first}, {"sni_container_refs", {of_b}}}), "none");
  EXPECT_NE(world.find_domain("b.example.com")->bound(), nullptr);
  EXPECT_EQ(world.find_domain("a.example.com")->bound(), nullptr);
  EXPECT_EQ(update({{"default_tls_container_ref", of_a}}), "none");
  EXPECT_EQ(get(kElb + "listeners/" + id)["listener"]["sni_container_refs"], (Json{of_b}));
  EXPECT_EQ(code("DELETE", kElb + "certificates/" + of_a), "ELB.8905");
  world.unbind("a.example.com");
  EXPECT_EQ(code("DELETE", kElb + "certificates/" + of_a), "none");
  EXPECT_EQ(code("DELETE", kElb + "certificates/" + of_a), "ELB.8904");
}

TEST_F(HuaweiCloudApiTest, ScmSaysWhichHostsItPushedACertificateTo) {
  world.ensure_domain("a.example.com", "waf");
  const std::int64_t id = world.upload("pushed", pair_for({"a.example.com"}));
  ASSERT_EQ(world.bind(id, "a.example.com"), Outcome::kDone);
  const Json body = {{"certificate_ids", Json::array({huaweicloud_certificate_id(id)})},
                     {"service_names", Json::array({"ALL"})}};
  const Json said =
      answer(signed_call("POST", "/v3/scm/deployed-resources", "", body.dump()))["results"][0];
  EXPECT_EQ(said["total_num"], 1);
  EXPECT_EQ(said["deployed_resources"][0]["region_resources"][0]["resources"][0]["resource_name"],
            "a.example.com");
}

TEST_F(HuaweiCloudApiTest, DeniesWhatAPolicyDoesNotAllow) {
  api.deny("cdn:configuration:queryHttpsConf");
  EXPECT_EQ(code("GET", kHttps), "CDN.0021");
  EXPECT_EQ(status, 403);
  EXPECT_EQ(code("GET", kDomains), "none");
}

TEST_F(HuaweiCloudApiTest, SaysInItsOwnWordsWhatAFaultWants) {
  const auto fault = [&](Fault one) {
    faults.clear();
    faults.add(std::move(one));
    return code("GET", kDomains);
  };
  EXPECT_EQ(fault({.kind = FaultKind::kThrottle}), "APIGW.0308");
  EXPECT_EQ(status, 429);
  EXPECT_EQ(fault({.kind = FaultKind::kThrottleBody}), "APIGW.0308");
  EXPECT_EQ(status, 200);
  EXPECT_EQ(fault({.kind = FaultKind::kAuthRefused}), "APIGW.0301");
  EXPECT_EQ(fault({.kind = FaultKind::kErrorCode, .code = 400, .message = "CDN.0116"}), "CDN.0116");
  EXPECT_EQ(status, 400);
  faults.clear();
  faults.add({.kind = FaultKind::kThrottleWait, .delay = milliseconds(2500)});
  EXPECT_EQ(api.handle(signed_call("GET", kDomains)).retry_after, seconds(3));
}

TEST_F(HuaweiCloudApiTest, FaultsStrikeTheCallTheyName) {
  const std::string id = store({"cdn.example.com"});
  const auto bound = [&] { return code("PUT", config_of("cdn.example.com"), "", bind_to(id)); };
  faults.add(
      {.kind = FaultKind::kNothingChanged, .endpoint = "UpdateDomainFullConfig", .count = 1});
  EXPECT_EQ(code("GET", config_of("cdn.example.com")), "none");
  EXPECT_EQ(bound(), "none");
  EXPECT_EQ(world.find_domain("cdn.example.com")->bound(), nullptr);
  faults.add({.kind = FaultKind::kBindWithoutCode, .count = 1});
  const Reply silent =
      api.handle(signed_call("PUT", config_of("cdn.example.com"), "", bind_to(id).dump()));
  EXPECT_EQ(silent.status, 200);
  EXPECT_EQ(silent.body, "");
  EXPECT_NE(world.find_domain("cdn.example.com")->bound(), nullptr);
  faults.add({.kind = FaultKind::kStaleList, .count = 1, .delay = hours(1)});
  EXPECT_EQ(get(kHttps)["total"], 0);
  EXPECT_EQ(get(kHttps)["total"], 1);
  faults.add({.kind = FaultKind::kBindResetsSettings, .count = 1});
  EXPECT_EQ(bound(), "none");
  EXPECT_EQ(world.find_domain("cdn.example.com")->origin, "");
}

}  // namespace
}  // namespace certferry::sandbox
