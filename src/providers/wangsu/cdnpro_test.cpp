#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "crypto/digest.h"
#include "crypto/pem.h"
#include "crypto/throwaway_ca.h"
#include "model/label.h"
#include "providers/testing/no_sleep.h"
#include "providers/testing/recording_http.h"
#include "providers/testing/still_clock.h"
#include "providers/wangsu/wangsu.h"
#include "signing/wangsu.h"

namespace certferry {
namespace {

using ::testing::ElementsAre;
using testing::finish;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

using Json = nlohmann::json;

constexpr const char* kCertificate = "5dca2205f9e9cc0001df7b33";
constexpr const char* kTask = "ac8e3085-ef92-4c12-ab1b-19b18ac9383c";
const std::string kHost = "http://open.chinanetcenter.com";

BundlePtr bundle_for(std::vector<std::string> names) {
  static const ThrowawayCa kAuthority(Time(hours(24 * 10000)), Time(hours(24 * 40000)));
  const IssuedLeaf leaf = kAuthority.issue({.names = std::move(names),
                                            .not_before = Time(hours(24 * 20000)),
                                            .not_after = Time(hours(24 * 20090))});
  return read_bundle({.chain = Secret(leaf.chain_pem), .key = leaf.key_pem}).value();
}

Json hostname(const std::string& name, const Json& certificate = kCertificate) {
  Json property = {{"propertyId", "bf0ee1af092bf98f3e"}, {"version", 2}};
  if (!certificate.is_null()) property["certificateId"] = certificate;
  return {{"hostname", name}, {"propertyInProduction", property}};
}

Json row(int deployed, const std::string& auto_renew = "Off") {
  Json out = {{"certificateId", kCertificate}, {"name", "x"}, {"autoRenew", auto_renew}};
  if (deployed > 0) out["versionInProduction"] = deployed;
  return out;
}

Json version(int number, const std::string& fingerprint, const std::string& comments = "") {
  return {{"version", number},
          {"fingerprint", fingerprint},
          {"comments", comments},
          {"expirationTime", "2026-04-15T08:30:59Z"},
          {"subjectAlternativeNames", {"a.example.com", "*.example.net"}}};
}

Json certificate(const std::vector<Json>& versions, int deployed, std::vector<std::string> names) {
  Json usage = Json::array();
  for (const std::string& name : names) {
    usage.push_back({{"propertyId", "p"}, {"hostnames", {name}}, {"origins", Json::array()}});
  }
  Json out = {{"certificateId", kCertificate},
              {"autoRenew", "Off"},
              {"versions", versions},
              {"usageInProduction", usage}};
  if (deployed > 0) out["versionInProduction"] = deployed;
  return out;
}

Json deploy_of(int version) {
  return {{"action", "deploy_cert"}, {"certificateId", kCertificate}, {"version", version}};
}

struct WangsuCdnProTest : ::testing::Test {
  testing::RecordingHttp http;
  testing::StillClock clock;
  testing::NoSleep sleeper;
  Wangsu account = make("APIKEYEXAMPLE");
  BundlePtr bundle = bundle_for({"a.example.com", "b.example.com"});

  Wangsu make(const std::string& api_key) {
    return {{.endpoint = "https://open.chinanetcenter.com",
             .key = {.id = "AKEXAMPLE", .secret = Secret("SKEXAMPLE"), .session_token = {}},
             .api_key = Secret(api_key)},
            http,
            clock,
            &sleeper};
  }
  void will_say(const Json& answer) { http.will_answer(200, answer.dump()); }
  void will_have_made(const std::string& path) {
    http.will_answer({.status = 201, .headers = {{"location", kHost + path}}, .body = ""});
  }
  /// One task that is listed as under way, or none.
  void will_be_deploying(const Json& actions, const std::string& status = "in progress") {
    const Json task = {{"id", kTask}, {"status", "inprogress"}};
    will_say({{"count", 0}, {"deploy", Json::array()}});
    if (actions.is_null()) return will_say({{"count", 0}, {"deploy", Json::array()}});
    will_say({{"count", 1}, {"deploy", {task}}});
    will_say({{"status", status}, {"actions", actions}});
  }
  void will_list(const std::vector<Json>& hostnames,
                 const std::vector<Json>& rows,
                 const Json& deploying = nullptr,
                 const std::string& status = "in progress") {
    will_say({{"count", hostnames.size()}, {"hostnames", hostnames}});
    will_be_deploying(deploying, status);
    will_say({{"count", rows.size()}, {"certificates", rows}});
  }
  /// What a bind reads before it sends anything.
  void will_find(const Json& certificate, const Json& deploying = nullptr) {
    will_say(hostname("a.example.com"));
    will_be_deploying(deploying);
    will_say(certificate);
  }
  Result<BindDone> bind() { return bind_by(account); }
  Result<BindDone> bind_by(Wangsu& one) {
    return finish(one.bind({.product = "cdnpro",
                            .binding = {.name = "a.example.com", .vendor_name = "a.example.com"},
                            .stored_id = {},
                            .bundle = bundle,
                            .label = label_for(bundle->fingerprint(), 7)}));
  }
  /// Method and path of each call.
  std::vector<std::string> asked() const {
    std::vector<std::string> out;
    for (const auto& one : http.sent) {
      out.push_back(one.method + " " + one.url.substr(one.url.find('/', 8)));
    }
    return out;
  }
  std::vector<std::string> changes() const {
    std::vector<std::string> out;
    for (const auto& one : http.sent) {
      if (one.changes_state) out.push_back(one.method + " " + one.url.substr(one.url.find('/', 8)));
    }
    return out;
  }
};

TEST_F(WangsuCdnProTest, ListsHostnamesWithTheCertificatesOfTheirProperties) {
  Json staged = hostname("s.example.com");
  staged["propertyInProduction"] = nullptr;
  will_list({hostname("a.example.com"),
             hostname("*.example.com"),
             hostname("n.example.com", nullptr),
             hostname("o.example.com", "329f12c1fe6708c23c31e91f"),
             staged},
            {row(3)});
  const auto bindings = finish(account.list_bindings("cdnpro")).value();
  EXPECT_THAT(
      asked(),
      ElementsAre("GET /cdn/hostnames?limit=200&offset=0",
                  "GET /cdn/deploymentTasks?limit=200&offset=0&sortBy=submissionTime&"
                  "sortOrder=asc&status=waiting&target=production",
                  "GET /cdn/deploymentTasks?limit=200&offset=0&sortBy=submissionTime&"
                  "sortOrder=asc&status=inprogress&target=production",
                  "GET /cdn/certificates?limit=200&offset=0&sortBy=creationTime&sortOrder=asc"));
  ASSERT_EQ(bindings.size(), 5U);
  EXPECT_TRUE(bindings[0].online);
  EXPECT_EQ(bindings[0].stored_id, "cdnpro/a.example.com");
  EXPECT_EQ(bindings[0].edge_name, "");
  EXPECT_EQ(bindings[1].name, "*.example.com");
  EXPECT_EQ(bindings[1].stored_id, "cdnpro/*.example.com");
  for (const std::size_t at : {2U, 3U, 4U}) EXPECT_FALSE(bindings[at].online) << bindings[at].name;
  EXPECT_THAT(bindings[2].status, HasSubstr("without a certificate"));
  EXPECT_THAT(bindings[3].status, HasSubstr("not told"));
  EXPECT_EQ(bindings[4].status, "offline");
}

TEST_F(WangsuCdnProTest, LeavesAloneWhatCdnProRenews) {
  will_list({hostname("a.example.com")}, {row(3, "LE")});
  const auto bindings = finish(account.list_bindings("cdnpro")).value();
  EXPECT_FALSE(bindings.front().online);
  EXPECT_THAT(bindings.front().status, HasSubstr("CDN Pro renews"));
}

/// The entries of CDN Pro in the account's list of what is stored.
struct WangsuCdnProStoredTest : WangsuCdnProTest {
  std::vector<StoredCertificate> stored(const Json& told, Wangsu& asked_of) {
    will_say({{"count", 0}, {"hostnames", Json::array()}});
    EXPECT_TRUE(finish(asked_of.list_bindings("cdnpro")).has_value());
    will_say({{"code", "0"}, {"data", Json::array()}});
    will_list({hostname("a.example.com"), hostname("b.example.com")}, {row(3)});
    will_say(told);
    return finish(asked_of.list_stored()).value();
  }
};

TEST_F(WangsuCdnProStoredTest, KnowsAVersionByItsFingerprintOrItsLabel) {
  struct Case {
    std::string told;
    std::string comments;
    std::string label;
  };
  const std::string ours = bundle->fingerprint();
  const Case cases[] = {
      {ours, "", "certferry-" + ours},
      {ours, label_for(std::string(64, 'b'), 7), "certferry-" + ours},
      {ours.substr(0, 2) + ":" + ours.substr(2), "", "certferry-" + ours},
      {sha1_hex(bundle->leaf.der), label_for(ours, 7), "certferry-" + ours},
      {sha1_hex(bundle->leaf.der), "by hand", ""},
      {"", label_for(ours, 7), "certferry-" + ours},
  };
  for (const Case& one : cases) {
    Wangsu fresh = make("APIKEYEXAMPLE");
    const auto all = stored(version(3, one.told, one.comments), fresh);
    ASSERT_EQ(all.size(), 2U);
    for (const StoredCertificate& entry : all) {
      EXPECT_EQ(entry.label, one.label) << one.told << one.comments;
      EXPECT_THAT(entry.names, ElementsAre("a.example.com", "*.example.net"));
      EXPECT_EQ(entry.not_after, parse_time("2026-04-15T08:30:59Z").value());
    }
    EXPECT_EQ(all[0].id, "cdnpro/a.example.com");
    EXPECT_EQ(all[1].id, "cdnpro/b.example.com");
  }
  // A version never changes: it is asked for once.
  Wangsu fresh = make("APIKEYEXAMPLE");
  (void)stored(version(3, ours), fresh);
  will_say({{"code", "0"}, {"data", Json::array()}});
  will_list({hostname("a.example.com")}, {row(3)});
  EXPECT_EQ(finish(fresh.list_stored()).value().size(), 1U);
}

TEST_F(WangsuCdnProStoredTest, TakesWhatADeploymentUnderWayBringsForWhatIsSet) {
  will_say({{"count", 0}, {"hostnames", Json::array()}});
  EXPECT_TRUE(finish(account.list_bindings("cdnpro")).has_value());
  will_say({{"code", "0"}, {"data", Json::array()}});
  will_list({hostname("a.example.com")},
            {row(3)},
            {{{"action", "deploy_property"}, {"propertyId", "p"}, {"version", 9}}, deploy_of(4)});
  will_say(version(4, bundle->fingerprint()));
  const auto all = finish(account.list_stored()).value();
  EXPECT_EQ(http.sent.back().url,
            "https://open.chinanetcenter.com/cdn/certificates/" + std::string(kCertificate) +
                "/versions/4");
  EXPECT_EQ(all.front().label, "certferry-" + bundle->fingerprint());
}

TEST_F(WangsuCdnProStoredTest, KnowsWhatItMadeThoughNothingTellsWhatThatIs) {
  will_find(certificate({version(1, "AB")}, 1, {"a.example.com", "b.example.com"}));
  will_have_made("/cdn/certificates/" + std::string(kCertificate) + "/versions/3");
  will_have_made("/cdn/deploymentTasks/" + std::string(kTask));
  will_say({{"status", "succeeded"}});
  ASSERT_TRUE(bind().has_value());
  for (const StoredCertificate& entry : stored(version(3, "EF", "by hand"), account)) {
    EXPECT_EQ(entry.label, "certferry-" + bundle->fingerprint());
  }
}

// How it ended stands in the list of certificates, which is asked for after it.
TEST_F(WangsuCdnProTest, TakesNothingFromATaskThatEndedSinceItWasListed) {
  for (const char* status : {"failed", "succeeded"}) {
    will_list({hostname("a.example.com")}, {row(0)}, Json::array({deploy_of(4)}), status);
    const auto bindings = finish(account.list_bindings("cdnpro")).value();
    EXPECT_EQ(bindings.front().stored_id, std::nullopt) << status;
  }
}

TEST_F(WangsuCdnProStoredTest, NeedsTheOtherStoreOnlyWhereItIsUsed) {
  const auto refuse = [&] { http.will_answer(403, R"({"code":"AccessDenied","message":"x"})"); };
  refuse();
  EXPECT_EQ(finish(account.list_stored()).error().kind, ErrorKind::kUnauthorized);
  will_say({{"count", 0}, {"hostnames", Json::array()}});
  EXPECT_TRUE(finish(account.list_bindings("cdnpro")).has_value());
  refuse();
  will_say({{"count", 0}, {"hostnames", Json::array()}});
  EXPECT_THAT(finish(account.list_stored()).value(), IsEmpty());
  http.will_answer(200, R"({"code":"0","totalCount":0,"resultList":[]})");
  EXPECT_TRUE(finish(account.list_bindings("cdn")).has_value());
  refuse();
  EXPECT_EQ(finish(account.list_stored()).error().kind, ErrorKind::kUnauthorized);
}

TEST_F(WangsuCdnProTest, MakesAVersionAndDeploysIt) {
  will_find(certificate({version(1, "AB")}, 1, {"a.example.com", "b.example.com"}));
  will_have_made("/cdn/certificates/" + std::string(kCertificate) + "/versions/2");
  will_have_made("/cdn/deploymentTasks/" + std::string(kTask));
  will_say({{"status", "waiting"}});
  will_say({{"status", "in progress"}});
  will_say({{"status", "succeeded"}});
  ASSERT_TRUE(bind().has_value());
  const std::string task = "GET /cdn/deploymentTasks/" + std::string(kTask);
  const std::string tasks = "GET /cdn/deploymentTasks?certificateId=" + std::string(kCertificate) +
                            "&limit=200&offset=0&sortBy=submissionTime&sortOrder=asc&status=";
  EXPECT_THAT(asked(),
              ElementsAre("GET /cdn/hostnames/a.example.com",
                          tasks + "waiting&target=production",
                          tasks + "inprogress&target=production",
                          "GET /cdn/certificates/" + std::string(kCertificate),
                          "PATCH /cdn/certificates/" + std::string(kCertificate),
                          "POST /cdn/deploymentTasks",
                          task,
                          task,
                          task));
  EXPECT_EQ(sleeper.slept, seconds(6));
  const Json made = Json::parse(http.sent[4].body);
  EXPECT_EQ(made.size(), 1U) << "nothing else of the certificate is touched";
  const Json& version = made.at("newVersion");
  EXPECT_EQ(version.at("comments"), label_for(bundle->fingerprint(), 7));
  EXPECT_EQ(version.at("certificate").get<std::string>() + version.value("chainCert", ""),
            bundle->chain_pem);
  EXPECT_EQ(version.at("privateKey"),
            encrypt_for_cdn_pro(bundle->key_pem, Secret("APIKEYEXAMPLE"), clock.now()));
  EXPECT_EQ(http.sent[4].headers.at("Date"), format_http_date(clock.now()));
  EXPECT_EQ(
      Json::parse(http.sent[5].body),
      Json({{"name", "certferry " + short_fingerprint(bundle->fingerprint())},
            {"target", "production"},
            {"actions",
             {{{"action", "deploy_cert"}, {"certificateId", kCertificate}, {"version", 2}}}}}));
}

TEST_F(WangsuCdnProTest, RefusesABundleThatDoesNotCoverAllThatHaveTheCertificate) {
  will_find(certificate({version(1, "AB")}, 1, {"a.example.com", "shop.example.net"}));
  const Error error = bind().error();
  EXPECT_EQ(error.kind, ErrorKind::kRejected);
  EXPECT_THAT(error.text(), HasSubstr("shop.example.net"));
  EXPECT_THAT(changes(), IsEmpty());
}

TEST_F(WangsuCdnProTest, SendsNothingWhereItCannotTellWhoHasIt) {
  Json silent = certificate({}, 0, {"a.example.com"});
  silent.erase("usageInProduction");
  Json others = certificate({}, 0, {"b.example.com"});
  Json half = certificate({}, 0, {"a.example.com"});
  half["usageInProduction"].push_back({{"propertyId", "q"}});
  for (const Json& one : {silent, others, half}) {
    will_find(one);
    EXPECT_EQ(bind().error().code, "reply.shape") << one;
  }
  Json origin = certificate({}, 0, {"a.example.com"});
  origin["usageInProduction"][0]["origins"] = {"main"};
  will_find(origin);
  EXPECT_EQ(bind().error().code, "vendor.client_certificate");
  Json renewed = certificate({}, 0, {"a.example.com"});
  renewed["autoRenew"] = "LE";
  will_find(renewed);
  EXPECT_EQ(bind().error().kind, ErrorKind::kRejected);
  will_say(hostname("a.example.com", nullptr));
  EXPECT_THAT(bind().error().text(), HasSubstr("names no certificate"));
  EXPECT_THAT(changes(), IsEmpty());
}

TEST_F(WangsuCdnProTest, DeploysAgainAVersionThatIsThere) {
  for (const std::string& told : {bundle->fingerprint(), sha1_hex(bundle->leaf.der)}) {
    http.sent.clear();
    will_find(
        certificate({version(1, "AB"), version(2, told), version(3, "CD")}, 3, {"a.example.com"}));
    will_have_made("/cdn/deploymentTasks/" + std::string(kTask));
    will_say({{"status", "succeeded"}});
    ASSERT_TRUE(bind().has_value());
    EXPECT_THAT(changes(), ElementsAre("POST /cdn/deploymentTasks"));
    EXPECT_EQ(Json::parse(http.sent[4].body)["actions"][0]["version"], 2);
  }
}

TEST_F(WangsuCdnProTest, SendsNothingWhenAnotherHostnameBroughtIt) {
  const Json found =
      certificate({version(1, "AB"), version(2, bundle->fingerprint())}, 2, {"a.example.com"});
  will_find(found);
  ASSERT_TRUE(bind().has_value());
  EXPECT_THAT(changes(), IsEmpty());
  // Something else is on its way there, and would come after it.
  will_find(found, Json::array({deploy_of(1)}));
  will_have_made("/cdn/deploymentTasks/" + std::string(kTask));
  will_say({{"status", "succeeded"}});
  ASSERT_TRUE(bind().has_value());
  EXPECT_THAT(changes(), ElementsAre("POST /cdn/deploymentTasks"));
}

TEST_F(WangsuCdnProTest, SaysWhyADeploymentFailed) {
  will_find(certificate({version(2, bundle->fingerprint())}, 0, {"a.example.com"}));
  will_have_made("/cdn/deploymentTasks/" + std::string(kTask));
  will_say({{"status", "failed"}, {"statusDetails", "the reason"}});
  const Error error = bind().error();
  EXPECT_EQ(error.kind, ErrorKind::kRejected);
  EXPECT_EQ(error.vendor_message, "the reason");
  // The next one is another task.
  will_find(certificate({version(2, bundle->fingerprint())}, 0, {"a.example.com"}));
  will_have_made("/cdn/deploymentTasks/" + std::string(kTask));
  will_say({{"status", "succeeded"}});
  EXPECT_TRUE(bind().has_value());
  EXPECT_EQ(changes().size(), 2U);
}

TEST_F(WangsuCdnProTest, WaitsForTheTaskThatIsUnderWayAlready) {
  const Json found = certificate({version(2, bundle->fingerprint())}, 1, {"a.example.com"});
  will_find(found);
  will_have_made("/cdn/deploymentTasks/" + std::string(kTask));
  for (int look = 0; look < 24; ++look) will_say({{"status", "waiting"}});
  EXPECT_TRUE(bind().has_value()) << "the list tells how far it is";
  will_find(found, Json::array({deploy_of(2)}));
  http.will_answer(500, "");
  will_say({{"status", "succeeded"}});
  EXPECT_TRUE(bind().has_value());
  EXPECT_THAT(changes(), ElementsAre("POST /cdn/deploymentTasks"));
}

TEST_F(WangsuCdnProTest, TakesNoAnswerForAYesThatDoesNotSayWhatWasMade) {
  const Json found = certificate({}, 0, {"a.example.com"});
  const HttpResponse answers[] = {
      {.status = 201, .headers = {}, .body = ""},
      {.status = 200, .headers = {{"location", kHost + "/x/versions/2"}}, .body = "<html>canary"},
      {.status = 201, .headers = {{"location", kHost + "/cdn/certificates/x"}}, .body = ""},
      {.status = 201, .headers = {{"location", kHost + "/x/versions/zwei"}}, .body = ""},
      {.status = 502, .headers = {}, .body = "<html>canary"},
  };
  for (const HttpResponse& one : answers) {
    will_find(found);
    http.will_answer(one);
    const Error error = bind().error();
    EXPECT_EQ(error.kind, ErrorKind::kMaybeApplied) << one.status << one.body;
    EXPECT_THAT(error.text(), Not(HasSubstr("canary")));
  }
  will_find(certificate({version(2, bundle->fingerprint())}, 1, {"a.example.com"}));
  http.will_answer(200, R"({"code":"RequestLimit","message":"x"})");
  EXPECT_EQ(bind().error().kind, ErrorKind::kThrottled);
}

TEST_F(WangsuCdnProTest, SaysWhatIsWrongWithTheApiKeyOrTheVersions) {
  Wangsu keyless = make("");
  const Error without = bind_by(keyless).error();
  EXPECT_EQ(without.kind, ErrorKind::kInvalidInput);
  EXPECT_THAT(without.text(), HasSubstr("api_key"));
  EXPECT_TRUE(http.sent.empty());

  const auto refuse = [&](const std::string& code, const std::string& message) {
    will_find(certificate({}, 0, {"a.example.com"}));
    http.will_answer(400, Json({{"code", code}, {"message", message}}).dump());
    return bind().error();
  };
  const Error wrong = refuse("InvalidKey",
                             "Invalid private key cipher. The private key must be encrypted with "
                             "your API key and the timestamp.");
  EXPECT_EQ(wrong.kind, ErrorKind::kUnauthorized);
  EXPECT_THAT(wrong.text() + wrong.hint, HasSubstr("api_key"));
  const Error full = refuse("TooManyVersions", "x");
  EXPECT_EQ(full.kind, ErrorKind::kQuota);
  EXPECT_THAT(full.text(), HasSubstr("versions"));
}

TEST_F(WangsuCdnProTest, TakesNoListForWholeThatIsNot) {
  for (const char* body : {"{}", R"({"count":1})", R"({"count":1,"hostnames":{}})", "[]"}) {
    http.will_answer(200, body);
    EXPECT_EQ(finish(account.list_bindings("cdnpro")).error().code, "reply.shape") << body;
  }
  will_say({{"count", 2}, {"hostnames", Json::array({hostname("a.example.com")})}});
  will_say({{"count", 2}, {"hostnames", Json::array()}});
  EXPECT_EQ(finish(account.list_bindings("cdnpro")).error().code, "reply.paging");
  will_list({{{"hostname", "a.example.com"}, {"propertyInProduction", "p"}}}, {});
  EXPECT_EQ(finish(account.list_bindings("cdnpro")).error().code, "reply.shape");
}

}  // namespace
}  // namespace certferry
