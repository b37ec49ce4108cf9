#include "sandbox/volcengine/volcengine_api.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text.h"
#include "crypto/digest.h"
#include "sandbox/test_support.h"

namespace certferry::sandbox {
namespace {

using Json = nlohmann::json;
using testing::ElementsAre;

constexpr const char* kCdn = "cdn 2021-03-01";
constexpr const char* kDcdn = "dcdn 2021-04-01";
constexpr const char* kLive = "live 2023-01-01";
constexpr const char* kVod = "vod 2026-01-01";
constexpr const char* kImagex = "imagex 2018-08-01";
constexpr const char* kClb = "clb 2020-04-01";
constexpr const char* kAlb = "alb 2020-04-01";
constexpr const char* kCenter = "certificate_service 2024-10-01";

/// Signs as the documents say, with what they call the least: host, hash and date.
std::string signature_of(const Request& request,
                         const std::string& host,
                         const std::string& date,
                         const std::vector<std::string>& scope) {
  const std::string hash = sha256_hex(request.body);
  const std::string canonical = request.method + "\n/\n" + request.target.substr(2) +
                                "\nhost:" + host + "\nx-content-sha256:" + hash +
                                "\nx-date:" + date + "\n\nhost;x-content-sha256;x-date\n" + hash;
  const std::string text =
      "HMAC-SHA256\n" + date + "\n" + join(scope, "/") + "\n" + sha256_hex(canonical);
  std::string key = "SKEXAMPLE";
  for (const std::string& part : scope) key = hmac_sha256(Secret(key), part);
  const std::string mac = hmac_sha256(Secret(key), text);
  return to_hex(std::span(reinterpret_cast<const unsigned char*>(mac.data()), mac.size()));
}

struct VolcengineApiTest : testing::Test {
  VolcengineApiTest() {
    world.ensure_domain("cdn.example.com");
    world.ensure_domain("*.example.net");
    world.ensure_domain("dcdn.example.com", "dcdn");
    world.ensure_domain("live.example.com", "live");
    // The moment of the worked example.
    clock.elapsed = parse_time("2024-01-02T03:04:05Z").value() - clock.now();
  }

  static std::string region_of(const std::string& service) {
    const bool here = service == "dcdn" || service == "certificate_service" || service == "clb" ||
                      service == "alb";
    return here ? "cn-beijing" : "cn-north-1";
  }

  /// `of`: service and version.
  Request signed_call(const std::string& of,
                      const std::string& action,
                      const std::string& body,
                      const std::string& more = "",
                      const std::string& method = "POST") {
    const auto blank = of.find(' ');
    const std::string service = of.substr(0, blank);
    std::vector<std::string> query =
        split("Action=" + action + "&Version=" + of.substr(blank + 1) + more, '&');
    std::ranges::sort(query);
    Request request{.method = method,
                    .target = "/?" + join(query, "&"),
                    .content_type = body.empty() ? "" : "application/json",
                    .body = body};
    std::string date = format_time(clock.now());
    std::erase(date, '-');
    std::erase(date, ':');
    const std::vector<std::string> scope = {
        date.substr(0, 8), region.empty() ? region_of(service) : region, service, "request"};
    request.headers = {
        {"host", "api.test"}, {"x-content-sha256", sha256_hex(body)}, {"x-date", date}};
    request.authorization = "HMAC-SHA256 Credential=AKLTEXAMPLE/" + join(scope, "/") +
                            ", SignedHeaders=host;x-content-sha256;x-date, Signature=" +
                            signature_of(request, "api.test", date, scope);
    return request;
  }

  Json answer(const Request& request) {
    const Reply reply = api.handle(request);
    status = reply.status;
    return Json::parse(reply.body);
  }
  Json call(const std::string& of, const std::string& action, const Json& body) {
    return answer(signed_call(of, action, body.dump())).value("Result", Json());
  }
  std::string code(const Request& request) {
    const Json metadata = answer(request).at("ResponseMetadata");
    EXPECT_TRUE(metadata.contains("RequestId"));
    return metadata.contains("Error") ? metadata.at("Error").at("Code").get<std::string>() : "none";
  }
  std::string code(const std::string& of, const std::string& action, const Json& body) {
    return code(signed_call(of, action, body.dump()));
  }

  static Json import_of(const IssuedLeaf& leaf, const std::string& tag, bool repeatable = true) {
    return {{"Tag", tag},
            {"Repeatable", repeatable},
            {"CertificateInfo",
             {{"CertificateChain", leaf.chain_pem},
              {"PrivateKey", std::string(leaf.key_pem.reveal())}}}};
  }
  static Json add_of(const IssuedLeaf& leaf, const std::string& source) {
    return {{"Source", source},
            {"Desc", "n"},
            {"Certificate", leaf.chain_pem},
            {"PrivateKey", std::string(leaf.key_pem.reveal())}};
  }

  ManualClock clock;
  World world{{}, clock};
  Faults faults;
  VolcengineOptions options{.site = VolcengineSite::kVolcengine,
                            .credentials = {.access_key_id = "AKLTEXAMPLE",
                                            .secret_access_key = Secret("SKEXAMPLE"),
                                            .session_token = {}}};
  VolcengineApi api{options, world, faults};
  std::string region;  ///< in the scope; empty: the service's own
  int status = 0;
};

/// Computed with the vendor's SDK and once more by hand.
Request worked_bind() {
  Request request{.method = "POST",
                  .target = "/?Action=BatchDeployCert&Version=2021-03-01",
                  .authorization =
                      "HMAC-SHA256 Credential=AKLTEXAMPLE/20240102/cn-north-1/cdn/request, "
                      "SignedHeaders=host;x-content-sha256;x-date, Signature="
                      "d0378605e51082375a6484e2adb4b197c50ba61f840a134d2fb5c11ee112552b",
                  .content_type = "application/json",
                  .body = R"({"CertId":"cert-0123456789abcdef","Domain":"www.example.com"})"};
  request.headers = {
      {"host", "cdn.volcengineapi.com"},
      {"x-content-sha256", "f0343cf883f32740c7e22bbee9d8252dd07092d8e8e7433a16651763ad541dc5"},
      {"x-date", "20240102T030405Z"}};
  return request;
}

struct WorkedTest : VolcengineApiTest {
  VolcengineApi worked{{.site = VolcengineSite::kVolcengine,
                        .credentials = {.access_key_id = "AKLTEXAMPLE",
                                        .secret_access_key = Secret("SECRETEXAMPLE"),
                                        .session_token = {}}},
                       world,
                       faults};
  std::string said(const Request& request) {
    return Json::parse(worked.handle(request).body)
        .at("ResponseMetadata")
        .at("Error")
        .at("Code")
        .get<std::string>();
  }
};

TEST_F(WorkedTest, TakesTheWorkedSignature) {
  EXPECT_EQ(said(worked_bind()), "ResourceNotFound");  // signed well: the certificate is not there
}

TEST_F(WorkedTest, RefusesWhatIsNotSignedAsItMustBe) {
  const auto changed = [&](auto change) {
    Request request = worked_bind();
    change(request);
    return said(request);
  };
  const std::string mismatch = "SignatureDoesNotMatch";
  EXPECT_EQ(changed([](Request& one) { one.target += "x"; }), mismatch);
  EXPECT_EQ(changed([](Request& one) { one.method = "GET"; }), mismatch);
  EXPECT_EQ(changed([](Request& one) { one.headers[0].second = "else.where"; }), mismatch);
  EXPECT_EQ(changed([](Request& one) { one.authorization.back() = '0'; }), mismatch);
  EXPECT_EQ(changed([](Request& one) {
              one.authorization.replace(one.authorization.find("/cdn/"), 5, "/vod/");
            }),
            mismatch);
  EXPECT_EQ(changed([](Request& one) { one.headers.emplace_back("x-other", "x"); }),
            "InvalidAuthorization");
  EXPECT_EQ(changed([](Request& one) { one.body += " "; }), "InvalidAuthorization");
  EXPECT_EQ(changed([](Request& one) { one.authorization = "HMAC-SHA256 x"; }),
            "InvalidAuthorization");
  EXPECT_EQ(changed([](Request& one) {
              one.authorization.replace(
                  one.authorization.find("host;x-content-sha256"), 21, "x-content-sha256;host");
            }),
            "InvalidAuthorization");
  EXPECT_EQ(changed([](Request& one) { one.authorization.clear(); }), "MissingAuthenticationToken");
  EXPECT_EQ(changed([](Request& one) {
              one.authorization.replace(one.authorization.find("AKLT"), 4, "AKID");
            }),
            "InvalidAccessKey");
  EXPECT_EQ(changed([](Request& one) { one.headers.emplace_back("x-security-token", "t"); }),
            "InvalidSecretToken");
  EXPECT_EQ(changed([](Request& one) { one.headers.pop_back(); }), "InvalidTimestamp");
}

TEST_F(WorkedTest, TakesASignatureForAQuarterOfAnHour) {
  clock.elapsed += minutes(15);
  EXPECT_EQ(said(worked_bind()), "ResourceNotFound");
  clock.elapsed += seconds(1);
  EXPECT_EQ(said(worked_bind()), "InvalidTimestamp");
  clock.elapsed -= minutes(30) + seconds(2);
  EXPECT_EQ(said(worked_bind()), "InvalidTimestamp");
}

TEST_F(VolcengineApiTest, KnowsAnActionByItsVersionServiceAndRegion) {
  EXPECT_EQ(code(kCdn, "ListCdnDomains", Json::object()), "none");
  EXPECT_EQ(code("cdn 2021-04-01", "ListCdnDomains", Json::object()), "InvalidActionOrVersion");
  EXPECT_EQ(code("dcdn 2021-03-01", "ListCdnDomains", Json::object()), "InvalidActionOrVersion");
  EXPECT_EQ(code("certificate_service 2021-06-01", "CertificateDeleteInstance", Json::object()),
            "InvalidActionOrVersion");
  region = "cn-beijing";
  EXPECT_EQ(code(kCdn, "ListCdnDomains", Json::object()), "InvalidActionOrVersion");
  EXPECT_EQ(status, 404);
}

TEST_F(VolcengineApiTest, IsStrictAboutTypesAndPages) {
  EXPECT_EQ(code(kCdn, "ListCdnDomains", {{"PageSize", "100"}}), "InvalidParameter.PageSize");
  EXPECT_EQ(code(kCdn, "ListCdnDomains", {{"PageSize", 101}}), "InvalidParameter.PageSize");
  EXPECT_EQ(code(kCdn, "ListCdnDomains", {{"PageNum", 0}}), "InvalidParameter.PageNum");
  EXPECT_EQ(code(kCdn, "ListCertInfo", Json::object()), "MissingParameter");
  EXPECT_EQ(code(kCdn, "ListCertInfo", {{"Source", "cert_center"}}), "InvalidParameter.Source");
  EXPECT_EQ(code(signed_call(kCdn, "ListCdnDomains", "[1]")), "InvalidParameter.Body");
  for (int i = 0; i < 12; ++i) world.ensure_domain("d" + std::to_string(i) + ".example.com");
  const Json first = call(kCdn, "ListCdnDomains", Json::object());
  EXPECT_EQ(first.at("Total"), 14);
  EXPECT_EQ(first.at("Data").size(), 10U);
  EXPECT_EQ(call(kCdn, "ListCdnDomains", {{"PageNum", 2}}).at("Data").size(), 4U);
  EXPECT_TRUE(call(kCdn, "ListCdnDomains", {{"PageNum", 3}}).at("Data").is_null());
}

TEST_F(VolcengineApiTest, StoresTheSameAgainOnlyWhenToldTo) {
  const IssuedLeaf leaf = issue({"*.example.com"});
  const std::string first =
      call(kCenter, "ImportCertificate", import_of(leaf, "one", false)).at("InstanceId");
  const Json again = call(kCenter, "ImportCertificate", import_of(leaf, "two", false));
  EXPECT_EQ(again.at("InstanceId"), "");
  EXPECT_EQ(again.at("RepeatId"), first);
  EXPECT_EQ(world.entries().size(), 1U);
  const Json copy = call(kCenter, "ImportCertificate", import_of(leaf, "three"));
  EXPECT_NE(copy.at("InstanceId"), first);
  EXPECT_EQ(world.entries().size(), 2U);
}

TEST_F(VolcengineApiTest, RefusesWhatIsNoCertificateOrHasEndedOrIsTooMuch) {
  const IssuedLeaf leaf = issue({"*.example.com"});
  Json broken = import_of(leaf, "one");
  broken["CertificateInfo"]["PrivateKey"] = std::string(issue({"x"}).key_pem.reveal());
  EXPECT_EQ(code(kCenter, "ImportCertificate", broken), "InvalidParameter.Certificate");
  EXPECT_EQ(code(kCenter, "ImportCertificate", {{"Tag", "x"}}), "MissingParameter");
  world.set_quota(1);
  EXPECT_EQ(code(kCenter, "ImportCertificate", import_of(leaf, "one")), "none");
  EXPECT_EQ(code(kCenter, "ImportCertificate", import_of(leaf, "two")),
            "QuotaExceeded.Certificate");
  clock.elapsed = Time(hours(24 * 30001)) - Time(hours(24 * 20000));
  EXPECT_EQ(code(kCenter, "ImportCertificate", import_of(leaf, "late")),
            "InvalidParameter.Certificate");
}

TEST_F(VolcengineApiTest, ListsTheCentreWithChinasTimesAndWithoutFingerprints) {
  const IssuedLeaf leaf = issue({"*.example.com", "a.example.org"});
  const Json stored = call(kCenter, "ImportCertificate", import_of(leaf, "one"));
  const Json list = call(kCenter, "CertificateGetInstanceList", Json::object());
  EXPECT_EQ(list.at("TotalCount"), 1);
  const Json& one = list.at("Instances").at(0);
  EXPECT_EQ(one.at("InstanceId"), stored.at("InstanceId"));
  EXPECT_EQ(one.at("Tag"), "one");
  EXPECT_THAT(one.at("San").get<std::vector<std::string>>(),
              ElementsAre("*.example.com", "a.example.org"));
  EXPECT_EQ(one.at("NotAfter"), "2052-02-20 08:00:00");
  EXPECT_FALSE(one.dump().contains(world.entries().begin()->second->pair.leaf.fingerprint));
}

TEST_F(VolcengineApiTest, TellsOfEachDomainWhatBecameOfItsBind) {
  const IssuedLeaf leaf = issue({"*.example.com"});
  const std::string id =
      call(kCenter, "ImportCertificate", import_of(leaf, "one")).at("InstanceId");
  world.ensure_domain("off.example.com");
  world.set_online("off.example.com", false);
  const Json results =
      call(kCdn,
           "BatchDeployCert",
           {{"CertId", id},
            {"Domain", "cdn.example.com,*.example.net,off.example.com,dcdn.example.com"}})
          .at("DeployResult");
  EXPECT_EQ(status, 200);
  ASSERT_EQ(results.size(), 4U);
  EXPECT_EQ(results[0].at("Status"), "success");
  EXPECT_EQ(results[1].at("ErrorMsg"), "the certificate does not match the domain");
  EXPECT_EQ(results[2].at("ErrorMsg"), "domain is offline");
  EXPECT_EQ(results[3].at("ErrorMsg"), "domain not found");
  EXPECT_EQ(code(kCdn, "BatchDeployCert", {{"CertId", "cert-7"}, {"Domain", "cdn.example.com"}}),
            "ResourceNotFound");
  EXPECT_EQ(code(kCdn, "BatchDeployCert", {{"CertId", id}}), "MissingParameter");
}

TEST_F(VolcengineApiTest, ListsForCdnWhatItsDomainsHaveOrCouldHave) {
  const std::string fits =
      call(kCenter, "ImportCertificate", import_of(issue({"*.example.com"}), "one"))
          .at("InstanceId");
  call(kCenter, "ImportCertificate", import_of(issue({"*.example.org"}), "two"));
  call(kCdn, "BatchDeployCert", {{"CertId", fits}, {"Domain", "cdn.example.com"}});
  const Json list = call(kCdn, "ListCertInfo", {{"Source", "volc_cert_center"}});
  EXPECT_EQ(list.at("Total"), 1);
  const Json& one = list.at("CertInfo").at(0);
  EXPECT_EQ(one.at("CertId"), fits);
  EXPECT_EQ(one.at("Desc"), "one");
  EXPECT_EQ(one.at("ConfiguredDomain"), "cdn.example.com");
  EXPECT_EQ(one.at("CertFingerprint").at("Sha256"),
            world.entries().begin()->second->pair.leaf.fingerprint);
  EXPECT_EQ(call(kCdn, "ListCertInfo", {{"Source", "volc_cert_center"}, {"CertId", "cert-7"}})
                .at("Total"),
            0);
  EXPECT_TRUE(call(kCdn, "ListCdnDomains", Json::object()).at("Data").at(0).at("HTTPS"));
  const Json config = call(kCdn, "DescribeCdnConfig", {{"Domain", "cdn.example.com"}});
  EXPECT_EQ(config.at("DomainConfig").at("HTTPS").at("CertInfo").at("CertId"), fits);
  EXPECT_EQ(code(kCdn, "DescribeCdnConfig", {{"Domain", "gone.example.com"}}), "ResourceNotFound");
}

TEST_F(VolcengineApiTest, BindsForDcdnAllDomainsOrNone) {
  const std::string id =
      call(kCenter, "ImportCertificate", import_of(issue({"*.example.com"}), "one"))
          .at("InstanceId");
  const auto bind = [&](const Json& names) {
    return Json{{"CertId", id}, {"CertSource", "volc"}, {"DomainNames", names}};
  };
  EXPECT_EQ(call(kDcdn, "CreateCertBind", bind({"dcdn.example.com"})).at("Success"), true);
  const Json list = call(kDcdn, "ListDomainConfig", Json::object());
  EXPECT_EQ(list.at("DomainList").at(0).at("Https").at("CertBind").at("CertId"), id);
  world.ensure_domain("*.example.org", "dcdn");
  EXPECT_EQ(call(kDcdn, "CreateCertBind", bind({".example.org"})).at("Success"), false);
  EXPECT_EQ(code(kDcdn, "CreateCertBind", bind({"*.example.org"})), "ResourceNotFound");
  EXPECT_EQ(code(kDcdn, "CreateCertBind", bind({"cdn.example.com"})), "ResourceNotFound");
  EXPECT_EQ(code(kDcdn, "CreateCertBind", bind(Json::array())), "MissingParameter");
}

TEST_F(VolcengineApiTest, LiveBindsOnlyWhatIsInItsOwnList) {
  const IssuedLeaf leaf = issue({"live.example.com"});
  const std::string id =
      call(kCenter, "ImportCertificate", import_of(leaf, "one")).at("InstanceId");
  const Json pages = {{"PageNum", 1}, {"PageSize", 10}};
  const auto list = [&] { return call(kLive, "ListDomainDetail", pages).at("DomainList").at(0); };
  const auto copies = [&] { return call(kLive, "ListCertV2", Json::object()); };
  const auto bind = [&](const std::string& chain, std::optional<bool> http2) {
    Json body = {{"ChainID", chain}, {"Domain", "live.example.com"}, {"HTTPS", true}};
    if (http2) body["HTTP2"] = *http2;
    const Json metadata =
        answer(signed_call(kLive, "BindCert", body.dump())).at("ResponseMetadata");
    return metadata.contains("Error") ? metadata.at("Error").at("Code").get<std::string>() : "none";
  };
  EXPECT_EQ(list().at("ChainID"), "");
  EXPECT_EQ(copies().at("Total"), 0);
  EXPECT_EQ(bind(id, true), "RequestForbidden");
  EXPECT_EQ(bind(id.substr(5), true), "RequestForbidden");

  const Json copy = {
      {"CertName", id},
      {"UseWay", "https"},
      {"Rsa", {{"Pubkey", leaf.chain_pem}, {"Prikey", std::string(leaf.key_pem.reveal())}}}};
  const std::string chain = call(kLive, "CreateCert", copy).at("ChainID");
  EXPECT_EQ(bind(chain, true), "none");
  EXPECT_EQ(list().at("ChainID"), chain);
  EXPECT_EQ(list().at("HTTP2"), true);
  EXPECT_EQ(bind(chain, std::nullopt), "none");
  EXPECT_EQ(list().at("HTTP2"), false);  // for nobody said that it stays
  const Json one = copies().at("CertList").at(0);
  EXPECT_EQ(one.at("CertName"), id);
  EXPECT_EQ(one.at("CertDomainList"), Json({"live.example.com"}));

  const auto remove = [&] {
    return answer(signed_call(kLive, "DeleteCert", Json{{"ChainID", chain}}.dump()))
        .at("ResponseMetadata")
        .contains("Error");
  };
  EXPECT_TRUE(remove());
  world.unbind("live.example.com");
  EXPECT_FALSE(remove());
  EXPECT_EQ(copies().at("Total"), 0);
  world.bind(world.entries().begin()->first, "live.example.com");
  EXPECT_EQ(copies().at("CertList").at(0).at("ChainIDVolc"), id.substr(5));
}

TEST_F(VolcengineApiTest, VodPutsBackWhatABindDoesNotSay) {
  world.ensure_domain("vod.example.com", "vod");
  const std::string space = "space-a";
  const std::string type = "vod_play";
  const std::string id =
      call(kCenter, "ImportCertificate", import_of(issue({"vod.example.com"}), "one"))
          .at("InstanceId");
  const auto config = [&](const std::string& of) {
    const Json body = {{"SpaceName", of},
                       {"DomainType", type},
                       {"DescribeCdnDomainParam", {{"Domain", "vod.example.com"}}}};
    return answer(signed_call(kVod, "DescribeVodDomainConfig", body.dump()));
  };
  const auto https = [&] {
    return config(space).at("Result").at("DomainInfo").at("DomainConfig").at("HTTPS");
  };
  const auto bind = [&](const Json& module) {
    const Json body = {
        {"SpaceName", space},
        {"DomainType", type},
        {"UpdateCdnConfigParam", {{"Domain", "vod.example.com"}, {"HTTPS", module}}}};
    const Json metadata =
        answer(signed_call(kVod, "UpdateVodDomainConfig", body.dump())).at("ResponseMetadata");
    return metadata.contains("Error") ? metadata.at("Error").at("Code").get<std::string>() : "none";
  };
  const auto list = [&](const Json& more) {
    Json body = {{"SpaceName", space}, {"ListCdnDomainsParam", {{"PageNum", 1}}}};
    body.update(more);
    return call(kVod, "ListVodDomains", body).at("VodInfo").at("Total");
  };
  EXPECT_EQ(list(Json::object()), 1);
  EXPECT_EQ(list({{"DomainType", "vod_play,vod_image,third"}}), 1);
  EXPECT_EQ(list({{"DomainType", "play"}}), 0);
  EXPECT_EQ(config("space-b").at("ResponseMetadata").at("Error").at("Code"), "ResourceNotFound");

  EXPECT_EQ(https().at("Switch"), false);
  const Json certificate = {{"CertId", id}};
  EXPECT_EQ(bind({{"CertInfo", certificate}}), "InvalidParameter.Switch");
  EXPECT_EQ(bind({{"Switch", true}, {"CertInfo", certificate}, {"HTTP2", "on"}}),
            "InvalidParameter.HTTPS");
  EXPECT_EQ(bind({{"Switch", true}, {"CertInfo", certificate}, {"HTTP2", true}}), "none");
  EXPECT_EQ(https().at("CertInfo").at("CertId"), id);
  EXPECT_EQ(https().at("HTTP2"), true);
  EXPECT_EQ(bind({{"Switch", true}, {"CertInfo", certificate}}), "none");
  EXPECT_EQ(https().at("HTTP2"), false);  // for nobody said that it stays
}

TEST_F(VolcengineApiTest, ImagexPutsBackWhatABindDoesNotSay) {
  const Domain& domain = world.ensure_domain("img.example.com", "imagex");
  // Its number says of which service it is. A query has to be in order to be signed as it stands.
  const std::string service = domain.id % 2 == 0 ? "zh1qexample" : "89k0jexample";
  const std::string id =
      call(kCenter, "ImportCertificate", import_of(issue({"img.example.com"}), "one"))
          .at("InstanceId");
  const auto config = [&] {
    Request request = signed_call(
        kImagex, "GetDomainConfig&DomainName=img.example.com&ServiceId=" + service, "", "", "GET");
    return answer(request).at("Result").at("https_config");
  };
  const auto bind = [&](const Json& https) {
    const Json body = {{"domain", "img.example.com"}, {"https", https}};
    const Json metadata =
        answer(signed_call(kImagex, "UpdateHttps&ServiceId=" + service, body.dump()))
            .at("ResponseMetadata");
    return metadata.contains("Error") ? metadata.at("Error").at("Code").get<std::string>() : "none";
  };
  EXPECT_EQ(config().at("enable_https"), false);
  Json https = {{"cert_id", id}, {"enable_https", true}};
  EXPECT_EQ(bind(https), "InvalidParameter.https");  // no versions of TLS
  https["tls_versions"] = Json::array({"tlsv1.3"});
  https["hsts"] = {{"enabled", true}};
  EXPECT_EQ(bind(https), "none");
  EXPECT_EQ(config().at("cert_id"), id);
  EXPECT_EQ(config().at("hsts").at("enabled"), false);  // it is called so only where it is read
  https["hsts"] = {{"enable", true}};
  https["enable_http2"] = true;
  EXPECT_EQ(bind(https), "none");
  EXPECT_EQ(config().at("hsts").at("enabled"), true);
  https.erase("enable_http2");
  https.erase("hsts");
  EXPECT_EQ(bind(https), "none");
  EXPECT_EQ(config().at("hsts").at("enabled"), false);
  EXPECT_EQ(config().at("enable_http2"), false);
  const Json listed =
      answer(signed_call(kImagex, "GetServiceDomains&ServiceId=" + service, "", "", "GET"));
  EXPECT_EQ(listed.at("Result").at(0).at("https_config").at("cert_id"), id);
}

struct BalancersTest : VolcengineApiTest {
  BalancersTest() {
    for (const char* product : {"clb", "alb"}) {
      world.ensure_domain("a." + std::string(product) + ".example.com", product);
      world.ensure_domain("b." + std::string(product) + ".example.com", product);
    }
    api.state().listeners.alone.insert("b.alb.example.com");
    id = call(kCenter,
              "ImportCertificate",
              import_of(issue({"*.clb.example.com", "*.alb.example.com"}), "one"))
             .at("InstanceId");
  }
  /// `query`: the action and, by name, its parameters.
  Json ask(const char* of, const std::string& query) {
    return answer(signed_call(of, query, "", "", "GET")).value("Result", Json());
  }
  std::string refusal(const char* of, const std::string& query) {
    return code(signed_call(of, query, "", "", "GET"));
  }
  Json extension(const char* of, const std::string& listener) {
    return ask(of, "DescribeListenerAttributes&ListenerId=" + listener)
        .at("DomainExtensions")
        .at(0);
  }
  std::string change_clb() const {
    return "ModifyListenerDomainExtensions&ListenerId=lsn-clb-0"
           "&ModifyDomainExtensions.1.CertCenterCertificateId=" +
           id +
           "&ModifyDomainExtensions.1.CertificateSource=cert_center"
           "&ModifyDomainExtensions.1.DomainExtensionId=de-" +
           std::to_string(world.find_domain("a.clb.example.com")->id);
  }
  std::string id;
};

TEST_F(BalancersTest, HasAListenerForExtensionsAndOneForASingleDomain) {
  const std::string alone = std::to_string(world.find_domain("b.alb.example.com")->id);
  const Json balancers = ask(kAlb, "DescribeLoadBalancers&PageNumber=1&PageSize=100");
  EXPECT_EQ(balancers.at("TotalCount"), 1);
  EXPECT_EQ(balancers.at("LoadBalancers").at(0).at("LoadBalancerId"), "alb-0");
  const Json listeners = ask(kAlb, "DescribeListeners&LoadBalancerId=alb-0").at("Listeners");
  ASSERT_EQ(listeners.size(), 3U);
  EXPECT_EQ(listeners.at(0).at("DomainExtensions").at(0).at("Domain"), "a.alb.example.com");
  EXPECT_EQ(listeners.at(0).at("DomainExtensions").at(0).at("CertificateSource"), "alb");
  EXPECT_EQ(listeners.at(1).at("ListenerId"), "lsn-" + alone);
  EXPECT_EQ(listeners.at(1).at("DomainExtensions"), Json::array());
  EXPECT_EQ(listeners.at(0).at("Port"), 443);  // which a load balancer has once
  EXPECT_NE(listeners.at(1).at("Port"), 443);
  EXPECT_EQ(listeners.at(2).at("Protocol"), "HTTP");
  EXPECT_EQ(ask(kAlb, "DescribeRules&ListenerId=lsn-" + alone).at("Rules").at(1).at("Domain"),
            "b.alb.example.com");
  // CLB's list leaves out what only the listener itself says.
  EXPECT_FALSE(ask(kClb, "DescribeListeners").at("Listeners").at(0).contains("DomainExtensions"));
  EXPECT_EQ(extension(kClb, "lsn-clb-0").at("Domain"), "a.clb.example.com");
  for (const char* call : {"DescribeListenerAttributes", "DescribeRules"}) {
    EXPECT_EQ(refusal(kAlb, call), "MissingParameter");
    EXPECT_EQ(refusal(kAlb, std::string(call) + "&ListenerId=lsn-clb-0"),
              "InvalidListener.NotFound");
  }
  EXPECT_EQ(refusal(kAlb, "DescribeListeners&PageSize=101"), "InvalidParameter.PageSize");
  EXPECT_EQ(refusal(kAlb, "DescribeListeners&PageSize=x"), "InvalidParameter.PageSize");
  EXPECT_EQ(refusal(kAlb, "DescribeListeners&Page=1"), "InvalidParameter.Page");
  EXPECT_EQ(code(kAlb, "DescribeListeners", Json::object()), "InvalidParameter.Body");
  region = "cn-shanghai";
  EXPECT_EQ(ask(kAlb, "DescribeLoadBalancers").at("TotalCount"), 0);
  EXPECT_EQ(refusal(kClb, "DescribeRules&ListenerId=lsn-clb-0"), "InvalidListener.NotFound");
  region = "ap-singapore-1";
  EXPECT_EQ(refusal(kAlb, "DescribeLoadBalancers"), "InvalidActionOrVersion");
}

TEST_F(BalancersTest, ChangesOneThingAtATimeAndIsConfiguringMeanwhile) {
  world.set_fate("a.clb.example.com", {.takes = seconds(8)});
  EXPECT_EQ(refusal(kClb, change_clb()), "none");
  Json row = ask(kClb, "DescribeListenerAttributes&ListenerId=lsn-clb-0");
  EXPECT_EQ(row.at("Status"), "Configuring");
  EXPECT_EQ(extension(kClb, "lsn-clb-0").at("CertCenterCertificateId"), id);
  EXPECT_EQ(ask(kClb, "DescribeLoadBalancers").at("LoadBalancers").at(0).at("Status"),
            "Configuring");
  EXPECT_EQ(refusal(kClb, change_clb()), "SandboxDoesNotKnowTheCode");
  EXPECT_EQ(world.find_domain("a.clb.example.com")->bound(), nullptr);
  clock.elapsed += seconds(8);
  row = ask(kClb, "DescribeListenerAttributes&ListenerId=lsn-clb-0");
  EXPECT_EQ(row.at("Status"), "Active");
  EXPECT_NE(world.find_domain("a.clb.example.com")->bound(), nullptr);
  EXPECT_EQ(row.at("CertificateSource"), "clb");  // the listener's own stays
}

TEST_F(BalancersTest, SetsBackWhatAChangeOfAlbLeavesOut) {
  const std::string alone = std::to_string(world.find_domain("b.alb.example.com")->id);
  const auto change = [&](const std::string& first, const std::string& last = "") {
    return refusal(kAlb,
                   "ModifyListenerAttributes" + first + "&CertCenterCertificateId=" + id +
                       "&CertificateSource=cert_center" + last + "&ListenerId=lsn-" + alone);
  };
  const auto now = [&](const char* key) {
    return ask(kAlb, "DescribeListenerAttributes&ListenerId=lsn-" + alone).at(key);
  };
  EXPECT_EQ(
      change("&AclIds.1=acl-1&AclStatus=on&AclType=white&CACertificateId=ca", "&EnableHttp2=on"),
      "none");
  EXPECT_EQ(now("AclIds"), Json::array({"acl-1"}));
  EXPECT_EQ(now("CACertificateId"), "ca");
  EXPECT_EQ(now("EnableHttp2"), "on");
  EXPECT_EQ(now("CertCenterCertificateId"), id);
  EXPECT_EQ(change(""), "none");
  EXPECT_EQ(now("AclIds"), Json::array());
  EXPECT_EQ(now("EnableHttp2"), "off");
  EXPECT_EQ(change("&AclStatus=on"), "MissingParameter");
  EXPECT_EQ(change("", "&Http2=on"), "InvalidParameter.Http2");
}

TEST_F(BalancersTest, IsStrictAboutWhatSetsACertificate) {
  const auto with = [&](std::string text, const std::string& from, const std::string& to) {
    return text.replace(text.find(from), from.size(), to);
  };
  EXPECT_EQ(refusal(kClb, with(change_clb(), id, "cert-7")), "InvalidCertificate.NotFound");
  EXPECT_EQ(refusal(kClb, with(change_clb(), "cert_center", "clb")),
            "InvalidParameter.ModifyDomainExtensions.1.CertificateSource");
  EXPECT_EQ(refusal(kClb, with(change_clb(), "lsn-clb-0", "lsn-7")), "InvalidListener.NotFound");
  const std::string extension = "de-" + std::to_string(world.find_domain("a.alb.example.com")->id);
  const std::string change =
      "ModifyListenerAttributes&DomainExtensions.1.Action=modify"
      "&DomainExtensions.1.CertCenterCertificateId=" +
      id +
      "&DomainExtensions.1.CertificateSource=cert_center"
      "&DomainExtensions.1.Domain=a.alb.example.com"
      "&DomainExtensions.1.DomainExtensionId=" +
      extension + "&ListenerId=lsn-alb-0";
  EXPECT_EQ(refusal(kAlb, with(change, "Action=modify", "Action=create")), "MissingParameter");
  EXPECT_EQ(refusal(kAlb, with(change, "Domain=a.", "Domain=c.")),
            "InvalidParameter.DomainExtensions.1.Domain");
  EXPECT_EQ(refusal(kAlb, change), "none");
  EXPECT_EQ(code(kCenter, "CertificateDeleteInstance", {{"InstanceId", id}}), "Delete.Certificate");
  // What it does to other settings is undone as well when a fault has it so.
  api.state().listeners.settings["lsn-alb-0"] = {{"EnableHttp2", "on"}};
  faults.add({.kind = FaultKind::kBindResetsSettings, .count = 1});
  EXPECT_EQ(refusal(kAlb, change), "none");
  EXPECT_FALSE(api.state().listeners.settings.contains("lsn-alb-0"));
}

TEST_F(VolcengineApiTest, DeletesNothingThatIsInUse) {
  const std::string id =
      call(kCenter, "ImportCertificate", import_of(issue({"*.example.com"}), "one"))
          .at("InstanceId");
  call(kDcdn,
       "CreateCertBind",
       {{"CertId", id}, {"CertSource", "volc"}, {"DomainNames", {"dcdn.example.com"}}});
  EXPECT_EQ(code(kCenter, "CertificateDeleteInstance", {{"InstanceId", id}}), "Delete.Certificate");
  world.unbind("dcdn.example.com");
  EXPECT_EQ(code(kCenter, "CertificateDeleteInstance", {{"InstanceId", id}}), "none");
  EXPECT_EQ(code(kCenter, "CertificateDeleteInstance", {{"InstanceId", id}}),
            "NotFound.CertificateInstance");
}

TEST_F(VolcengineApiTest, RefusesWhatIsNotAllowed) {
  api.deny("cdn:ListCdnDomains");
  EXPECT_EQ(code(kCdn, "ListCdnDomains", Json::object()), "AccessDenied");
  EXPECT_EQ(status, 403);
}

TEST_F(VolcengineApiTest, HasNoStoreOfCdnsOwn) {
  const IssuedLeaf leaf = issue({"*.example.com"});
  EXPECT_EQ(code(kCdn, "AddCertificate", add_of(leaf, "cdn_cert_hosting")),
            "OperationDenied.CertHosting");
  EXPECT_EQ(code(kCdn, "AddCertificate", add_of(leaf, "volc_cert_center")), "none");
  EXPECT_EQ(code(kCdn, "AddCertificate", add_of(leaf, "volc_cert_center")),
            "InvalidParameter.CertificateRepeated");
}

TEST_F(VolcengineApiTest, IsBytePlusWithItsOwnRegionAndAnOlderCentre) {
  VolcengineOptions abroad = options;
  abroad.site = VolcengineSite::kBytePlus;
  VolcengineApi other{abroad, world, faults};
  region = "ap-singapore-1";
  const IssuedLeaf leaf = issue({"*.example.com"});
  const auto ask = [&](const Request& request) { return Json::parse(other.handle(request).body); };
  const Json added = ask(signed_call(kCdn, "AddCertificate", add_of(leaf, "cert_center").dump()));
  const std::string id = added.at("Result").at("CertId");
  const Request remove = signed_call(
      "certificate_service 2021-06-01", "CertificateDeleteInstance", "", "&instance_id=" + id);
  EXPECT_FALSE(ask(remove).at("ResponseMetadata").contains("Error")) << ask(remove).dump();
  EXPECT_TRUE(world.entries().empty());
  EXPECT_EQ(ask(signed_call(kCenter, "ImportCertificate", "{}"))
                .at("ResponseMetadata")
                .at("Error")
                .at("Code"),
            "InvalidActionOrVersion");
}

TEST_F(VolcengineApiTest, BreaksCallsAsTold) {
  const auto broken = [&](Fault fault) {
    fault.count = 1;
    faults.add(fault);
    return api.handle(signed_call(kCdn, "ListCdnDomains", "{}"));
  };
  EXPECT_EQ(broken({.kind = FaultKind::kThrottle}).status, 429);
  EXPECT_EQ(broken({.kind = FaultKind::kThrottleBody}).status, 200);
  EXPECT_EQ(broken({.kind = FaultKind::kThrottleWait, .delay = seconds(3)}).retry_after,
            seconds(3));
  EXPECT_EQ(broken({.kind = FaultKind::kAuthRefused}).status, 401);
  EXPECT_TRUE(broken({.kind = FaultKind::kErrorCode, .code = 400, .message = "X"})
                  .body.contains(R"("Code":"X")"));
}

TEST_F(VolcengineApiTest, FailsABindInsideOfASuccess) {
  const std::string id =
      call(kCenter, "ImportCertificate", import_of(issue({"*.example.com"}), "one"))
          .at("InstanceId");
  const auto bind = [&](FaultKind kind) {
    faults.add({.kind = kind, .count = 1, .code = 200, .message = "as told"});
    return call(kCdn, "BatchDeployCert", {{"CertId", id}, {"Domain", "cdn.example.com"}});
  };
  const Json failed = bind(FaultKind::kErrorCode);
  EXPECT_EQ(failed.at("DeployResult").at(0).at("ErrorMsg"), "as told");
  EXPECT_EQ(world.find_domain("cdn.example.com")->bound(), nullptr);
  EXPECT_TRUE(bind(FaultKind::kBindWithoutCode).is_null());
  EXPECT_NE(world.find_domain("cdn.example.com")->bound(), nullptr);
}

}  // namespace
}  // namespace certferry::sandbox
