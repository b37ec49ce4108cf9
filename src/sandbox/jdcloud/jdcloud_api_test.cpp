#include "sandbox/jdcloud/jdcloud_api.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>

#include "base/text.h"
#include "crypto/digest.h"
#include "sandbox/test_support.h"

namespace certferry::sandbox {
namespace {

using Json = nlohmann::json;

struct JdcloudApiTest : testing::Test {
  JdcloudApiTest() {
    world.ensure_domain("cdn.example.com");
    world.ensure_domain("elsewhere.example.com", "other");
    // The moment of the worked example.
    clock.elapsed = parse_time("2024-01-02T03:04:05Z").value() - clock.now();
  }

  static std::string hex(const std::string& mac) {
    const auto* bytes = reinterpret_cast<const unsigned char*>(mac.data());
    return to_hex(std::span(bytes, mac.size()));
  }

  /// The query in canonical form, which is how it is sent.
  Request signed_call(const std::string& method,
                      const std::string& path,
                      const std::string& query = {},
                      const std::string& body = {}) {
    const std::string service = !video.empty()                ? video
                                : path.starts_with("/v1/ssl") ? "ssl"
                                                              : "cdn";
    std::string date = format_time(clock.now());
    std::erase(date, '-');
    std::erase(date, ':');
    char nonce[40];
    std::snprintf(nonce, sizeof nonce, "00000000-0000-4000-8000-%012d", next_nonce++);
    const std::string names = "content-type;host;x-jdcloud-date;x-jdcloud-nonce";
    const std::string host = service + ".sandbox.test";
    const std::string canonical = method + "\n" + path + "\n" + query +
                                  "\ncontent-type:application/json\nhost:" + host +
                                  "\nx-jdcloud-date:" + date + "\nx-jdcloud-nonce:" + nonce +
                                  "\n\n" + names + "\n" + sha256_hex(body);
    const std::string day = date.substr(0, 8);
    Secret key("JDCLOUD2SKEXAMPLE");
    for (const std::string& link :
         {day, std::string("jdcloud-api"), service, std::string("jdcloud2_request")}) {
      key = Secret(hmac_sha256(key, link));
    }
    const std::string scope = day + "/jdcloud-api/" + service + "/jdcloud2_request";
    const std::string mac = hex(hmac_sha256(
        key, "JDCLOUD2-HMAC-SHA256\n" + date + "\n" + scope + "\n" + sha256_hex(canonical)));
    return {.method = method,
            .target = path + (query.empty() ? "" : "?" + query),
            .authorization = "JDCLOUD2-HMAC-SHA256 Credential=AKIDEXAMPLE/" + scope +
                             ", SignedHeaders=" + names + ", Signature=" + mac,
            .content_type = "application/json",
            .body = body,
            .headers = {{"content-type", "application/json"},
                        {"host", host},
                        {"x-jdcloud-date", date},
                        {"x-jdcloud-nonce", nonce}}};
  }

  Json answer(const Request& request) { return Json::parse(api.handle(request).body); }
  Json result(const std::string& method,
              const std::string& path,
              const std::string& query = {},
              const Json& body = {}) {
    return answer(signed_call(method, path, query, body.is_null() ? "" : body.dump()))
        .value("result", Json::object());
  }
  std::string status(const Request& request) {
    const Json said = answer(request);
    return said.contains("error") ? said["error"].value("status", "none") : "none";
  }
  std::string status(const std::string& method,
                     const std::string& path,
                     const std::string& query = {},
                     const Json& body = {}) {
    return status(signed_call(method, path, query, body.is_null() ? "" : body.dump()));
  }

  static Json upload_of(const IssuedLeaf& leaf, const std::string& name) {
    return {{"certName", name},
            {"certFile", leaf.chain_pem},
            {"keyFile", std::string(leaf.key_pem.reveal())}};
  }
  std::string store(std::vector<std::string> names, const std::string& name = "cert") {
    return result("POST", "/v1/sslCert%3Aupload", "", upload_of(issue(std::move(names)), name))
        .value("certId", "");
  }
  std::string bind(const std::string& id, Json more = Json::object()) {
    more.update({{"httpType", "https"}, {"certFrom", "ssl"}, {"sslCertId", id}});
    return status("POST", "/v1/domain/cdn.example.com/httpType", "", more);
  }
  Json domain() { return result("GET", "/v1/domain/cdn.example.com"); }

  ManualClock clock;
  World world{{.guards_use = false}, clock};
  Faults faults;
  JdcloudApi api{
      {.credentials = {.access_key_id = "AKIDEXAMPLE", .access_key_secret = Secret("SKEXAMPLE")},
       .configuring = seconds(5)},
      world,
      faults};
  int next_nonce = 1;
  std::string video;  ///< the service that is called, where it is one of these
};

/// Recomputed from the recipe of the vendor's Go signer.
TEST_F(JdcloudApiTest, TakesTheWorkedSignatureOnce) {
  JdcloudSignatures signatures;
  const JdcloudCredentials keys{.access_key_id = "AKEXAMPLE",
                                .access_key_secret = Secret("SKEXAMPLE")};
  const auto refused = [&](const std::string& body) {
    const Request request{
        .method = "POST",
        .target = "/v1/domain/www.example.com/httpType",
        .authorization =
            "JDCLOUD2-HMAC-SHA256 Credential=AKEXAMPLE/20240102/jdcloud-api/cdn/jdcloud2_request, "
            "SignedHeaders=content-type;host;x-jdcloud-date;x-jdcloud-nonce, Signature="
            "55083a73bee442af267fba32bb1d27e116c7cb75e99ff45563c2a6fa9ee5d678",
        .body = body,
        .headers = {{"content-type", "application/json"},
                    {"host", "cdn.jdcloud-api.com"},
                    {"x-jdcloud-date", "20240102T030405Z"},
                    {"x-jdcloud-nonce", "00000000-0000-4000-8000-000000000000"}}};
    return signatures.refuse(request, keys, "cdn", clock.now()).has_value();
  };
  const std::string body =
      R"({"httpType":"https","certFrom":"ssl","sslCertId":"cert-abc","jumpType":"default"})";
  EXPECT_TRUE(refused(body + " "));
  EXPECT_FALSE(refused(body));
  EXPECT_TRUE(refused(body));  // the nonce was used
}

TEST_F(JdcloudApiTest, RefusesWhatIsNotSignedAsItMustBe) {
  EXPECT_EQ(status("GET", "/v1/domain"), "none");
  const auto changed = [&](auto change) {
    Request request = signed_call("GET", "/v1/domain", "pageNumber=1&pageSize=50");
    change(request);
    return status(request);
  };
  const std::string refused = "UNAUTHENTICATED";
  EXPECT_EQ(changed([](Request&) {}), "none");
  EXPECT_EQ(changed([](Request& one) { one.target.back() = '1'; }), refused);
  EXPECT_EQ(changed([](Request& one) { one.body = "{}"; }), refused);
  EXPECT_EQ(changed([](Request& one) { one.authorization.back() = '?'; }), refused);
  EXPECT_EQ(changed([](Request& one) { one.authorization = "JDCLOUD2-HMAC-SHA256 x"; }), refused);
  for (const std::size_t header : {0U, 1U, 2U, 3U}) {
    EXPECT_EQ(changed([&](Request& one) { one.headers[header].second += "1"; }), refused) << header;
  }
  for (const char* part : {"AKIDEXAMPLE", "20240102", "jdcloud-api", "/cdn/", "2_request"}) {
    EXPECT_EQ(changed([&](Request& one) {
                one.authorization.replace(one.authorization.find(part) + 1, 1, "x");
              }),
              refused)
        << part;
  }
  EXPECT_EQ(changed([](Request& one) {
              one.authorization.erase(one.authorization.find("content-type;"), 13);
            }),
            refused);
  EXPECT_EQ(changed([&](Request&) { clock.elapsed += minutes(16); }), refused);
}

TEST_F(JdcloudApiTest, StoresListsAndDeletes) {
  const std::string id = store({"*.example.com"});
  EXPECT_EQ(id, jdcloud_certificate_id(10001));
  EXPECT_EQ(bind(id), "none");
  const Json listed = result("GET", "/v1/sslCert");
  EXPECT_EQ(listed["totalCount"], 1);
  EXPECT_EQ(listed["certListDetails"][0]["deletable"], 0);
  const Json detail = result("GET", "/v1/sslCert/" + id)["certDescDetail"];
  EXPECT_EQ(detail["usedBy"][0]["bindId"], "cdn.example.com");
  EXPECT_FALSE(detail.contains("deletable"));
  EXPECT_EQ(status("DELETE", "/v1/sslCert/" + id), "none");
  EXPECT_EQ(status("DELETE", "/v1/sslCert/" + id), "NOT_FOUND");
  EXPECT_EQ(status("GET", "/v1/sslCert/" + id), "NOT_FOUND");
}

TEST_F(JdcloudApiTest, RefusesUploadsThatAreWrong) {
  const auto refused = [&](auto change) {
    Json body = upload_of(issue({"a.example.com"}), "cert");
    change(body);
    return status("POST", "/v1/sslCert%3Aupload", "", body);
  };
  EXPECT_EQ(refused([](Json& one) { one.erase("certName"); }), "INVALID_ARGUMENT");
  EXPECT_EQ(refused([](Json& one) { one["certName"] = std::string(65, 'a'); }), "INVALID_ARGUMENT");
  EXPECT_EQ(refused([](Json& one) {
              one["keyFile"] = std::string(issue({"b.example.com"}).key_pem.reveal());
            }),
            "INVALID_ARGUMENT");
  world.set_quota(1);
  EXPECT_EQ(refused([](Json&) {}), "none");
  EXPECT_EQ(refused([](Json&) {}), "QUOTA_EXCEEDED");
}

TEST_F(JdcloudApiTest, ABindSetsTheRedirectAndTakesTime) {
  const std::string id = store({"*.example.com"});
  EXPECT_EQ(domain()["httpType"], "http");
  EXPECT_EQ(bind(id, {{"jumpType", "https"}}), "none");
  EXPECT_EQ(domain()["sslCertId"], id);
  EXPECT_EQ(domain()["jumpType"], "https");
  EXPECT_EQ(result("GET", "/v1/domain/cdn.example.com/config")["httpsJumpType"], "https");
  EXPECT_EQ(domain()["status"], "configuring");
  EXPECT_EQ(bind(id), "FAILED_PRECONDITION");
  clock.elapsed += seconds(6);
  EXPECT_EQ(bind(id, {{"jumpType", "sideways"}}), "INVALID_ARGUMENT");
  EXPECT_EQ(bind(id), "none");
  EXPECT_EQ(domain()["jumpType"], "default");  // it was not sent
  clock.elapsed += seconds(6);
  EXPECT_EQ(bind(jdcloud_certificate_id(7)), "NOT_FOUND");
  EXPECT_EQ(bind(store({"*.example.net"})), "INVALID_ARGUMENT");
  EXPECT_EQ(status("GET", "/v1/domain/elsewhere.example.com"), "NOT_FOUND");
  EXPECT_EQ(status("POST", "/v1/domain/cdn.example.com/httpType", "", {{"httpType", "http"}}),
            "none");
  EXPECT_EQ(domain()["httpType"], "http");
}

TEST_F(JdcloudApiTest, ADomainOfLiveHoldsItsBundleAndNoStoreDoes) {
  world.ensure_domain("live.example.com", "live");
  video = "live";
  const Json listed = result("GET", "/v1/domains");
  EXPECT_EQ(listed["totalCount"], 1);
  EXPECT_EQ(listed["domainDetails"][0]["playDomains"][0]["playDomain"], "live.example.com");
  EXPECT_EQ(status("GET", "/v1/domains", "pageSize=9"), "INVALID_ARGUMENT");
  EXPECT_EQ(status("GET", "/v1/domains/1%3AgetHttpSsl"), "NOT_FOUND");  // VOD's

  const IssuedLeaf leaf = issue({"*.example.com"});
  const auto set = [&](const Json& change) {
    Json body = {{"playDomain", "live.example.com"},
                 {"certStatus", "on"},
                 {"cert", leaf.chain_pem},
                 {"key", std::string(leaf.key_pem.reveal())},
                 {"title", "a1"}};
    body.update(change);
    return status("POST", "/v1/liveDomainCertificate", "", body);
  };
  const auto get = [&] {
    return result("GET", "/v1/liveDomainCertificate", "playDomain=live.example.com");
  };
  EXPECT_EQ(get()["certStatus"], "off");
  EXPECT_EQ(set({{"title", "my cert"}}), "INVALID_ARGUMENT");
  EXPECT_EQ(set({{"title", std::string(257, 'a')}}), "INVALID_ARGUMENT");
  EXPECT_EQ(set({{"cert", leaf.chain_pem + std::string(4098, '\n')}}), "INVALID_ARGUMENT");
  EXPECT_EQ(set({{"key", std::string(2049, 'a')}}), "INVALID_ARGUMENT");
  EXPECT_EQ(set({{"certStatus", "ON"}}), "INVALID_ARGUMENT");
  EXPECT_EQ(set({{"playDomain", "cdn.example.com"}}), "NOT_FOUND");
  EXPECT_EQ(set({{"cert", issue({"*.example.net"}).chain_pem}}), "INVALID_ARGUMENT");
  EXPECT_EQ(get()["certStatus"], "off");
  EXPECT_EQ(set(Json::object()), "none");
  EXPECT_EQ(get()["certStatus"], "on");
  EXPECT_EQ(get()["cert"], leaf.chain_pem);
  EXPECT_EQ(get()["title"], "a1");
  EXPECT_TRUE(world.entries().empty());
  EXPECT_EQ(set({{"certStatus", "off"}}), "none");
  EXPECT_EQ(get()["certStatus"], "off");
}

TEST_F(JdcloudApiTest, ADomainOfVodGoesByNumberAndTakesTheRedirectWithItsBundle) {
  const std::string number = std::to_string(world.ensure_domain("vod.example.com", "vod").id);
  video = "vod";
  const Json listed = result("GET", "/v1/domains");
  EXPECT_EQ(listed["totalElements"], 1);
  EXPECT_EQ(listed["content"][0]["id"].dump(), number);
  const std::string path = "/v1/domains/" + number;
  const IssuedLeaf leaf = issue({"*.example.com"});
  const auto set = [&](const Json& change) {
    Json body = {{"source", "default"},
                 {"title", "my cert"},
                 {"sslCert", leaf.chain_pem},
                 {"sslKey", std::string(leaf.key_pem.reveal())},
                 {"jumpType", "https"},
                 {"enabled", true}};
    body.update(change);
    return status("POST", path + "%3AsetHttpSsl", "", body);
  };
  EXPECT_EQ(set({{"source", "ssl"}}), "INVALID_ARGUMENT");
  EXPECT_EQ(set({{"enabled", "true"}}), "INVALID_ARGUMENT");
  EXPECT_EQ(set({{"jumpType", "sideways"}}), "INVALID_ARGUMENT");
  EXPECT_EQ(set({{"sslKey", ""}}), "INVALID_ARGUMENT");
  EXPECT_EQ(set(Json::object()), "none");
  EXPECT_EQ(set(Json::object()), "FAILED_PRECONDITION");  // it is being configured
  const Json got = result("GET", path + "%3AgetHttpSsl");
  EXPECT_EQ(got["enabled"], true);
  EXPECT_EQ(got["jumpType"], "https");
  EXPECT_EQ(got["sslCert"], leaf.chain_pem);
  EXPECT_TRUE(world.entries().empty());
  EXPECT_EQ(result("GET", "/v1/domains")["content"][0]["status"], "configuring");
  EXPECT_EQ(status("GET", "/v1/domains/7%3AgetHttpSsl"), "NOT_FOUND");
}

TEST_F(JdcloudApiTest, WhereTheHostDoesNotSayItTheSignatureSaysWhichService) {
  world.ensure_domain("vod.example.com", "vod");
  video = "vod";
  Request request = signed_call("GET", "/v1/domains");
  for (auto& [name, value] : request.headers) {
    if (name == "host") value = "127.0.0.1:8080";
  }
  EXPECT_EQ(read_jdcloud_request(request).operation->name, "listDomains");
}

TEST_F(JdcloudApiTest, ListsFiftyDomainsAPageAtMost) {
  for (int i = 0; i < 60; ++i) world.ensure_domain("d" + std::to_string(i) + ".example.com");
  EXPECT_EQ(result("GET", "/v1/domain")["domains"].size(), 20U);
  const Json second = result("GET", "/v1/domain", "pageNumber=2&pageSize=50");
  EXPECT_EQ(second["domains"].size(), 11U);
  EXPECT_EQ(second["totalCount"], 61);
  EXPECT_EQ(status("GET", "/v1/domain", "pageSize=51"), "INVALID_ARGUMENT");
  EXPECT_EQ(status("GET", "/v1/domain", "pageNumber=0"), "INVALID_ARGUMENT");
}

}  // namespace
}  // namespace certferry::sandbox
