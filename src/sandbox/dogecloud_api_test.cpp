#include "sandbox/dogecloud_api.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sandbox/test_support.h"

namespace certferry::sandbox {
namespace {

using Json = nlohmann::json;
using testing::HasSubstr;

struct DogeCloudApiTest : testing::Test {
  Json call(const std::string& target, const std::string& body = {}) {
    return Json::parse(api.handle(signed_request("POST", target, body)).body);
  }
  Json get(const std::string& target) {
    return Json::parse(api.handle(signed_request("GET", target)).body);
  }
  std::int64_t upload(std::vector<std::string> names = {"*.example.com"}) {
    const Json answer = call("/cdn/cert/upload.json", upload_body(issue(std::move(names)), "n1"));
    EXPECT_EQ(answer.at("code"), 200) << answer;
    return answer.at("data").at("id").get<std::int64_t>();
  }
  Json bind(std::int64_t id, const std::string& domain = "cdn.example.com") {
    return call("/cdn/cert/bind.json", Json{{"id", id}, {"domain", domain}}.dump());
  }
  std::int64_t bound(const std::string& domain = "cdn.example.com") {
    const EntryPtr entry = world.find_domain(domain)->bound();
    return entry ? entry->id : 0;
  }

  ManualClock clock;
  World world{{.domains = {"cdn.example.com", "img.example.com"}}, clock};
  Faults faults;
  DogeCloudApi api{{.credentials = test_credentials()}, world, faults};
};

// Worked by hand with another language's HMAC; see the vendor's page on access
// tokens.
struct WorkedCase {
  std::string method, target, content_type, body, token;
};
const WorkedCase kWorked[] = {
    {"GET", "/cdn/domain/list.json", "", "", "7e7fe7a1a6f4144c23154fbd09fcb4e6caf7c84c"},
    {"GET", "/cdn/cert/list.json", "", "", "9b24903d88eb6bf55b58b5ca3912996536a67fb3"},
    {"POST",
     "/cdn/cert/list.json",
     "application/json",
     "{}",
     "07304bdbe0c218276baf6ff4ec5120bccad2b8ad"},
    {"POST",
     "/cdn/cert/upload.json",
     "application/json",
     R"({"note":"n1","cert":"C","private":"K"})",
     "6c9e6f297978e21733dde605ecd6fd0bfced9523"},
    {"POST",
     "/cdn/cert/upload.json",
     "application/x-www-form-urlencoded",
     "note=n1&cert=-----BEGIN+CERTIFICATE-----%0AAA%3D%3D%0A&private=K",
     "04e0aa64574a0d4bb657024e4ba53947380d5082"},
    {"POST",
     "/cdn/domain/config.json?domain=cdn.example.com",
     "application/json",
     R"({"cert_id":12345})",
     "665d3b0f21a578959c88d963eacdebfa6091544e"},
    {"POST",
     "/cdn/cert/bind.json",
     "application/json",
     R"({"id":12345,"domain":"cdn.example.com"})",
     "aa153d42eb9bb4aa15149be527dbe8f303473502"},
    {"POST",
     "/cdn/cert/delete.json",
     "application/json",
     R"({"id":12345})",
     "47e10319894393f87e1e5d6199e6d50dab9a3a59"},
};

TEST_F(DogeCloudApiTest, TakesTheWorkedSignatures) {
  for (const WorkedCase& each : kWorked) {
    const Reply reply = api.handle({.method = each.method,
                                    .target = each.target,
                                    .authorization = "TOKEN AKEXAMPLE:" + each.token,
                                    .content_type = each.content_type,
                                    .body = each.body});
    EXPECT_NE(Json::parse(reply.body).at("code"), 401) << each.target;
  }
  EXPECT_EQ(api.counters().unauthorized, 0);
}

TEST_F(DogeCloudApiTest, RefusesEverySignatureThatIsNotExact) {
  const Request good = signed_request("POST", "/cdn/cert/list.json", "{}");
  const std::string hex = good.authorization.substr(good.authorization.find(':') + 1);
  std::vector<Request> altered(9, good);
  altered[0].authorization = {};
  altered[1].authorization = "Token AKEXAMPLE:" + hex;
  altered[2].authorization = "TOKEN  AKEXAMPLE:" + hex;
  altered[3].authorization = "TOKEN OTHER:" + hex;
  altered[4].authorization.back() ^= 1;
  altered[5].authorization += " ";
  altered[6].body = "{ }";
  altered[7].target += "?a=1";
  altered[8].authorization.pop_back();
  for (const Request& each : altered) {
    EXPECT_EQ(Json::parse(api.handle(each).body).at("code"), 401) << each.authorization;
  }
  EXPECT_EQ(api.counters().unauthorized, altered.size());
}

TEST_F(DogeCloudApiTest, ListsDomainsByGetAndPost) {
  for (const Json& answer : {get("/cdn/domain/list.json"), call("/cdn/domain/list.json", "{}")}) {
    ASSERT_EQ(answer.at("code"), 200);
    const Json& domain = answer.at("data").at("domains").at(0);
    EXPECT_EQ(domain.at("name"), "cdn.example.com");
    EXPECT_EQ(domain.at("cname"), "cdn.example.com.sandbox-edge.test");
    EXPECT_EQ(domain.at("status"), "online");
    EXPECT_EQ(domain.at("cert_id"), 0);
    for (const char* key : {"id", "service_type", "source", "ctime"}) {
      EXPECT_TRUE(domain.contains(key)) << key;
    }
  }
}

TEST_F(DogeCloudApiTest, ListsCertificatesWithWhatTheVendorReadsOutOfThem) {
  const std::int64_t id = upload({"cdn.example.com", "img.example.com"});
  bind(id);
  const Json certificate = get("/cdn/cert/list.json").at("data").at("certs").at(0);
  EXPECT_EQ(certificate.at("id"), id);
  EXPECT_EQ(certificate.at("note"), "n1");
  EXPECT_EQ(certificate.at("name"), "cdn.example.com");
  EXPECT_EQ(certificate.at("issue"), 19990LL * 86400);
  EXPECT_EQ(certificate.at("expire"), 30000LL * 86400);
  EXPECT_EQ(certificate.at("domainCount"), 1);
  EXPECT_EQ(certificate.at("info").at("SAN"), (Json{"cdn.example.com", "img.example.com"}));
}

TEST_F(DogeCloudApiTest, TakesUploadsAsJsonAndAsForm) {
  const IssuedLeaf leaf = issue({"cdn.example.com"});
  const auto escaped = [](std::string_view text) {
    std::string out;
    for (const char c : text) {
      char hex[4];
      std::snprintf(hex, sizeof hex, "%%%02X", static_cast<unsigned>(c));
      out += hex;
    }
    return out;
  };
  const std::string form = "note=n%20%C2%B7&cert=" + escaped(leaf.chain_pem) +
                           "&private=" + escaped(leaf.key_pem.reveal());
  const Reply reply = api.handle(
      signed_request("POST", "/cdn/cert/upload.json", form, "application/x-www-form-urlencoded"));
  EXPECT_EQ(Json::parse(reply.body).at("code"), 200) << reply.body;
  EXPECT_EQ(call("/cdn/cert/upload.json", upload_body(leaf, "n1")).at("code"), 200);
  EXPECT_EQ(world.entries().size(), 2);
  EXPECT_EQ(world.entries().begin()->second->note, "n ·");
}

TEST_F(DogeCloudApiTest, RefusesUploadsThatCannotBeRight) {
  const IssuedLeaf leaf = issue({"cdn.example.com"});
  const Json good = Json::parse(upload_body(leaf, "n1"));
  const auto changed = [&good](const char* key, Json value) {
    Json body = good;
    body[key] = std::move(value);
    return body.dump();
  };
  Json misnamed = good;
  misnamed["private_key"] = misnamed["private"];
  misnamed.erase("private");
  const std::string bodies[] = {
      changed("note", ""),
      changed("note", std::string(81, 'n')),
      changed("note", "two\nlines"),
      changed("cert", "C"),
      changed("private", std::string(issue({"cdn.example.com"}).key_pem.reveal())),
      changed("cert", test_ca().intermediate_pem() + leaf.leaf_pem),
      misnamed.dump(),
      "{",
      "",
  };
  for (const std::string& body : bodies) {
    EXPECT_EQ(call("/cdn/cert/upload.json", body).at("code"), 400);
  }
  EXPECT_TRUE(world.entries().empty());
  EXPECT_EQ(api.counters().changing, std::size(bodies));
  EXPECT_EQ(api.counters().applied, 0);
}

TEST_F(DogeCloudApiTest, BindsByEitherCall) {
  const std::int64_t id = upload();
  EXPECT_EQ(bind(id).at("code"), 200);
  EXPECT_EQ(bound("cdn.example.com"), id);
  const std::string config = "/cdn/domain/config.json?domain=img.example.com";
  EXPECT_EQ(call(config, Json{{"cert_id", std::to_string(id)}}.dump()).at("code"), 200);
  EXPECT_EQ(bound("img.example.com"), id);
  EXPECT_EQ(api.counters().applied, 3);
}

TEST_F(DogeCloudApiTest, RefusesBindsThatDoNotFit) {
  const std::int64_t id = upload({"cdn.example.com"});
  EXPECT_EQ(bind(id + 1).at("code"), 404);
  EXPECT_EQ(bind(id, "unknown.example.com").at("code"), 404);
  EXPECT_EQ(bind(id, "img.example.com").at("code"), 400);
  EXPECT_EQ(call("/cdn/cert/bind.json", R"({"id":1.5,"domain":"cdn.example.com"})").at("code"),
            400);
  EXPECT_EQ(call("/cdn/cert/bind.json", Json{{"id", id}}.dump()).at("code"), 400);
  const std::string config = "/cdn/domain/config.json";
  EXPECT_EQ(call(config, Json{{"cert_id", id}}.dump()).at("code"), 400);
  EXPECT_EQ(call(config + "?domain=unknown.example.com", R"({"cert_id":1})").at("code"), 404);
  const Request form = signed_request("POST",
                                      config + "?domain=cdn.example.com",
                                      "cert_id=" + std::to_string(id),
                                      "application/x-www-form-urlencoded");
  EXPECT_EQ(Json::parse(api.handle(form).body).at("code"), 400);
  EXPECT_EQ(bound(), 0);
}

TEST_F(DogeCloudApiTest, RefusesToDeleteWhatIsBound) {
  const std::int64_t id = upload();
  bind(id);
  const std::string body = Json{{"id", id}}.dump();
  const Json refused = call("/cdn/cert/delete.json", body);
  EXPECT_NE(refused.at("code"), 200);
  EXPECT_THAT(refused.at("msg").get<std::string>(), HasSubstr("使用"));
  bind(upload());
  EXPECT_EQ(call("/cdn/cert/delete.json", body).at("code"), 200);
  EXPECT_EQ(call("/cdn/cert/delete.json", body).at("code"), 404);
}

TEST_F(DogeCloudApiTest, AnswersUnknownEndpointsAndWrongMethods) {
  EXPECT_EQ(api.handle(signed_request("GET", "/cdn/domain/info.json")).status, 404);
  EXPECT_EQ(get("/cdn/cert/delete.json").at("code"), 405);
  EXPECT_EQ(api.counters().unknown, 1);
}

TEST_F(DogeCloudApiTest, MirrorsTheCodeInTheStatusWhenAsked) {
  EXPECT_EQ(api.handle({.target = "/cdn/cert/list.json"}).status, 200);
  DogeCloudApi mirroring{{.credentials = test_credentials(), .mirror_status = true}, world, faults};
  EXPECT_EQ(mirroring.handle({.target = "/cdn/cert/list.json"}).status, 401);
}

// Each fault strikes one bind: what the caller sees, and what really became of
// the change.
struct FaultCase {
  FaultKind kind;
  int status;
  std::string_view in_body;
  bool bound;
};

struct DogeCloudFaultTest : DogeCloudApiTest, testing::WithParamInterface<FaultCase> {};

TEST_P(DogeCloudFaultTest, StrikesOneBindAndThenPasses) {
  const std::int64_t id = upload();
  faults.add({.kind = GetParam().kind, .endpoint = "/cdn/cert/bind.json", .count = 1});
  const Request request = signed_request(
      "POST", "/cdn/cert/bind.json", Json{{"id", id}, {"domain", "cdn.example.com"}}.dump());
  const Reply reply = api.handle(request);
  EXPECT_EQ(reply.status, GetParam().status);
  EXPECT_THAT(reply.body, HasSubstr(std::string(GetParam().in_body)));
  EXPECT_EQ(bound(), GetParam().bound ? id : 0);
  EXPECT_EQ(bind(id, "img.example.com").at("code"), 200);
}

INSTANTIATE_TEST_SUITE_P(
    Kinds,
    DogeCloudFaultTest,
    testing::Values(FaultCase{FaultKind::kThrottle, 429, "频繁", false},
                    FaultCase{FaultKind::kThrottleBody, 200, R"("code":429)", false},
                    FaultCase{FaultKind::kThrottleWait, 429, "频繁", false},
                    FaultCase{FaultKind::kServerError, 500, "<html>", false},
                    FaultCase{FaultKind::kHtml, 200, "<!DOCTYPE html>", false},
                    FaultCase{FaultKind::kEmptyBody, 200, "", false},
                    FaultCase{FaultKind::kCutReply, 200, R"("code":200)", true},
                    FaultCase{FaultKind::kCutBefore, 200, R"("code":200)", false},
                    FaultCase{FaultKind::kLostReply, 200, "", true},
                    FaultCase{FaultKind::kLostRequest, 200, "", false},
                    FaultCase{FaultKind::kApplyLate, 504, "<html>", false},
                    FaultCase{FaultKind::kSlow, 200, R"("code":200)", true},
                    FaultCase{FaultKind::kErrorYetDone, 200, R"("code":500)", true},
                    FaultCase{FaultKind::kNothingChanged, 200, R"("code":200)", false},
                    FaultCase{FaultKind::kErrorCode, 200, R"("code":500)", false},
                    FaultCase{FaultKind::kHugeReply, 200, "padding", true},
                    FaultCase{FaultKind::kAuthRefused, 200, R"("code":401)", false},
                    FaultCase{FaultKind::kBindWithoutCode, 200, R"({"msg":"")", true},
                    FaultCase{FaultKind::kBindResetsSettings, 200, R"("code":200)", true}),
    [](const auto& each) { return std::string(traits(each.param.kind).name); });

TEST_F(DogeCloudApiTest, ShapesTheRepliesThatAreMoreThanABody) {
  const Request list = signed_request("GET", "/cdn/cert/list.json");
  faults.add({.kind = FaultKind::kEmptyBody, .count = 1});
  EXPECT_EQ(api.handle(list).body, "");
  faults.add({.kind = FaultKind::kCutReply, .count = 1});
  const Reply cut = api.handle(list);
  EXPECT_EQ(cut.cut_after, cut.body.size() / 2);
  faults.add({.kind = FaultKind::kLostReply, .count = 1});
  EXPECT_TRUE(api.handle(list).dropped);
  faults.add({.kind = FaultKind::kSlow, .count = 1, .delay = seconds(7)});
  EXPECT_EQ(api.handle(list).delay, seconds(7));
  faults.add({.kind = FaultKind::kThrottleWait, .count = 1, .delay = milliseconds(6'001)});
  EXPECT_EQ(api.handle(list).retry_after, seconds(7));
  faults.add({.kind = FaultKind::kHugeReply, .count = 1});
  const Reply huge = api.handle(list);
  EXPECT_GT(huge.body.size(), std::size_t{5} * 1024 * 1024);
  EXPECT_TRUE(Json::accept(huge.body));
}

TEST_F(DogeCloudApiTest, AppliesLate) {
  faults.add({.kind = FaultKind::kApplyLate, .count = 1, .delay = seconds(5)});
  api.handle(signed_request("POST", "/cdn/cert/upload.json", upload_body(issue({"a.test"}), "n1")));
  EXPECT_TRUE(get("/cdn/cert/list.json").at("data").at("certs").empty());
  clock.elapsed += seconds(5);
  EXPECT_EQ(get("/cdn/cert/list.json").at("data").at("certs").size(), 1);
  EXPECT_EQ(api.counters().applied, 1);
}

TEST_F(DogeCloudApiTest, ShowsNewEntriesLateInStaleLists) {
  faults.add({.kind = FaultKind::kStaleList, .delay = seconds(3)});
  clock.elapsed += seconds(10);
  const std::int64_t id = upload();
  bind(id);
  clock.elapsed += milliseconds(2999);
  EXPECT_TRUE(get("/cdn/cert/list.json").at("data").at("certs").empty());
  EXPECT_EQ(get("/cdn/domain/list.json").at("data").at("domains").at(0).at("cert_id"), 0);
  clock.elapsed += milliseconds(1);
  EXPECT_EQ(get("/cdn/cert/list.json").at("data").at("certs").size(), 1);
  EXPECT_EQ(get("/cdn/domain/list.json").at("data").at("domains").at(0).at("cert_id"), id);
}

TEST_F(DogeCloudApiTest, ListsLagWhereTheVendorsDo) {
  DogeCloudApi lagging{{.credentials = test_credentials(), .list_lag = seconds(3)}, world, faults};
  const auto listed = [&] {
    const Request request = signed_request("GET", "/cdn/cert/list.json");
    return Json::parse(lagging.handle(request).body).at("data").at("certs").size();
  };
  const std::int64_t id = upload();
  EXPECT_EQ(listed(), 0U);
  clock.elapsed += seconds(3);
  EXPECT_EQ(listed(), 1U);
  ASSERT_EQ(world.remove(id), Outcome::kDone);
  EXPECT_EQ(listed(), 1U) << "what was deleted is still in the list";
  clock.elapsed += seconds(3);
  EXPECT_EQ(listed(), 0U);
}

TEST_F(DogeCloudApiTest, RefusesAnUploadToAFullStore) {
  world.set_quota(1);
  upload();
  const Json answer = call("/cdn/cert/upload.json", upload_body(issue({"a.example.com"}), "n2"));
  EXPECT_EQ(answer.at("code"), 400);
  EXPECT_THAT(answer.at("msg").get<std::string>(), HasSubstr("上限"));
  EXPECT_EQ(world.entries().size(), 1U);
}

TEST_F(DogeCloudApiTest, AsksForFewerCallsWhenTheyComeTooFast) {
  DogeCloudApi limited{
      {.credentials = test_credentials(), .calls_per_second = 2, .burst = 2}, world, faults};
  const auto status = [&] {
    return limited.handle(signed_request("GET", "/cdn/cert/list.json")).status;
  };
  EXPECT_EQ(status(), 200);
  EXPECT_EQ(status(), 200);
  const Reply refused = limited.handle(signed_request("GET", "/cdn/cert/list.json"));
  EXPECT_EQ(refused.status, 429);
  EXPECT_EQ(refused.retry_after, seconds(1));
  clock.elapsed += milliseconds(500);
  EXPECT_EQ(status(), 200);
  EXPECT_EQ(status(), 429);
}

TEST_F(DogeCloudApiTest, AnUploadThatChangedNothingGivesAnIdThatIsNowhere) {
  faults.add({.kind = FaultKind::kNothingChanged, .count = 1});
  const std::int64_t id = upload();
  EXPECT_GT(id, 0);
  EXPECT_EQ(bind(id).at("code"), 404);
}

TEST_F(DogeCloudApiTest, AnswersBindsOfAChosenDomainWithoutACode) {
  const std::int64_t id = upload();
  faults.add({.kind = FaultKind::kBindWithoutCode, .domain = "img.example.com"});
  EXPECT_TRUE(bind(id, "cdn.example.com").contains("code"));
  EXPECT_FALSE(bind(id, "img.example.com").contains("code"));
  const std::string config = "/cdn/domain/config.json?domain=img.example.com";
  EXPECT_FALSE(call(config, Json{{"cert_id", id}}.dump()).contains("code"));
  EXPECT_EQ(bound("img.example.com"), id);
}

TEST_F(DogeCloudApiTest, CountsCallsByEndpoint) {
  get("/cdn/domain/list.json");
  get("/cdn/domain/list.json");
  const std::int64_t id = upload();
  bind(id);
  bind(id + 1);
  const CallCounters& counters = api.counters();
  EXPECT_EQ(counters.by_endpoint.at("/cdn/domain/list.json"), 2);
  EXPECT_EQ(counters.by_endpoint.at("/cdn/cert/bind.json"), 2);
  EXPECT_EQ(counters.changing, 3);
  EXPECT_EQ(counters.applied, 2);
}

}  // namespace
}  // namespace certferry::sandbox
