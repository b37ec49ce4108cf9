#include "sandbox/tencentcloud/tencent_api.h"

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

std::string hex(const std::string& bytes) {
  const auto* first = reinterpret_cast<const unsigned char*>(bytes.data());
  return to_hex(std::span(first, bytes.size()));
}

std::string version_of(const std::string& service) {
  return service == "ssl"    ? "2019-12-05"
         : service == "cdn"  ? "2018-06-06"
         : service == "teo"  ? "2022-09-01"
         : service == "live" ? "2018-08-01"
         : service == "waf"  ? "2018-01-25"
         : service == "clb"  ? "2018-03-17"
         : service == "tcb"  ? "2018-06-08"
                             : "2018-07-17";
}

struct TencentApiTest : testing::Test {
  TencentApiTest() {
    world.ensure_domain("cdn.example.com");
    world.ensure_domain("*.example.net");
    world.ensure_domain("eo.example.com", "eo");
    world.ensure_domain("live.example.com", "css");
    world.ensure_domain("vod.example.com", "vod");
    // The moment of the worked example.
    clock.elapsed = parse_time("2026-01-02T03:04:05Z").value() - clock.now();
  }

  Request signed_call(const std::string& service,
                      const std::string& action,
                      const std::string& body,
                      const std::string& scoped = {}) {
    Request request{
        .method = "POST", .target = "/", .content_type = "application/json", .body = body};
    const std::string host = service + ".tencentcloudapi.test";
    const std::string at =
        std::to_string(std::chrono::floor<seconds>(clock.now().time_since_epoch()).count());
    request.headers = {{"host", host},
                       {"content-type", "application/json"},
                       {"x-tc-action", action},
                       {"x-tc-version", version_of(service)},
                       {"x-tc-timestamp", at}};
    if (!region.empty()) request.headers.emplace_back("x-tc-region", region);
    const std::string name = scoped.empty() ? service : scoped;
    const std::string scope = format_date(clock.now()) + "/" + name + "/tc3_request";
    const std::string canonical = "POST\n/\n\ncontent-type:application/json\nhost:" + host +
                                  "\n\ncontent-type;host\n" + sha256_hex(body);
    std::string key = hmac_sha256(Secret("TC3SKEXAMPLE"), format_date(clock.now()));
    key = hmac_sha256(Secret(hmac_sha256(Secret(key), name)), "tc3_request");
    const std::string text = "TC3-HMAC-SHA256\n" + at + "\n" + scope + "\n" + sha256_hex(canonical);
    request.authorization =
        "TC3-HMAC-SHA256 Credential=AKIDEXAMPLE/" + scope +
        ", SignedHeaders=content-type;host, Signature=" + hex(hmac_sha256(Secret(key), text));
    return request;
  }

  Json answer(const Request& request) {
    const Reply reply = api.handle(request);
    EXPECT_EQ(reply.status, 200);
    return Json::parse(reply.body).at("Response");
  }
  Json call(const std::string& service, const std::string& action, const Json& body) {
    return answer(signed_call(service, action, body.dump()));
  }
  std::string code(const Request& request) {
    const Json said = answer(request);
    return said.contains("Error") ? said.at("Error").at("Code").get<std::string>() : "none";
  }
  std::string code(const std::string& service, const std::string& action, const Json& body) {
    return code(signed_call(service, action, body.dump()));
  }

  Json upload_of(const IssuedLeaf& leaf, const std::string& alias) {
    return {{"CertificatePublicKey", leaf.chain_pem},
            {"CertificatePrivateKey", std::string(leaf.key_pem.reveal())},
            {"Alias", alias}};
  }
  Json cdn_bind(std::int64_t id, Json block = Json::object()) {
    block["Switch"] = "on";
    block["CertInfo"] = {{"CertId", tencent_id(id)}};
    return {{"Domain", "cdn.example.com"}, {"Https", block}};
  }
  Json eo_bind(const std::vector<std::int64_t>& ids) {
    Json set = Json::array();
    for (const std::int64_t id : ids) set.push_back({{"CertId", tencent_id(id)}});
    return {{"ZoneId", "zone-example-com"},
            {"Hosts", Json::array({"eo.example.com"})},
            {"Mode", "sslcert"},
            {"ServerCertInfo", set}};
  }
  Json https() {
    return call("cdn", "DescribeDomainsConfig", Json::object()).at("Domains").at(0).at("Https");
  }
  Json eo() {
    return call("teo", "DescribeAccelerationDomains", {{"ZoneId", "zone-example-com"}})
        .at("AccelerationDomains")
        .at(0);
  }

  std::string region;  ///< that calls name
  ManualClock clock;
  World world{{.guards_use = false, .fate = {.takes = seconds(8)}}, clock};
  Faults faults;
  TencentApi api{{.credentials = {.secret_id = "AKIDEXAMPLE",
                                  .secret_key = Secret("SKEXAMPLE"),
                                  .session_token = {}}},
                 world,
                 faults};
};

/// Computed with the vendor's SDK and once more by hand.
Request worked_list() {
  Request request{
      .method = "POST",
      .target = "/",
      .content_type = "application/json",
      .body = R"({"Limit":1,"Filters":[{"Name":"domain","Value":["cdn.example.com"]}]})"};
  request.headers = {{"host", "cdn.tencentcloudapi.com"},
                     {"content-type", "application/json"},
                     {"x-tc-action", "DescribeDomainsConfig"},
                     {"x-tc-version", "2018-06-06"},
                     {"x-tc-timestamp", "1767323045"}};
  request.authorization =
      "TC3-HMAC-SHA256 Credential=AKIDEXAMPLE/2026-01-02/cdn/tc3_request, "
      "SignedHeaders=content-type;host, "
      "Signature=a247f474e48bb0f6a52670eaae05deaf44b955420963a692948f5743232617d7";
  return request;
}

TEST_F(TencentApiTest, TakesTheWorkedExampleAndNothingNearIt) {
  EXPECT_EQ(code(worked_list()), "none");
  Request changed = worked_list();
  changed.body += " ";
  EXPECT_EQ(code(changed), "AuthFailure.SignatureFailure");
  changed = worked_list();
  changed.headers[0].second = "ssl.tencentcloudapi.com";
  EXPECT_EQ(code(changed), "AuthFailure.InvalidAuthorization");
  changed = worked_list();
  changed.authorization.replace(changed.authorization.find("AKID"), 4, "AKIE");
  EXPECT_EQ(code(changed), "AuthFailure.SecretIdNotFound");
  changed = worked_list();
  changed.authorization = "TC3-HMAC-SHA256 Signature=x";
  EXPECT_EQ(code(changed), "AuthFailure.InvalidAuthorization");
  changed = worked_list();
  changed.headers.emplace_back("x-tc-token", "T");
  EXPECT_EQ(code(changed), "AuthFailure.TokenFailure");
  clock.elapsed += minutes(5);
  EXPECT_EQ(code(worked_list()), "none");
  clock.elapsed += seconds(1);
  EXPECT_EQ(code(worked_list()), "AuthFailure.SignatureExpire");
  EXPECT_EQ(api.counters().unauthorized, 6U);
}

TEST_F(TencentApiTest, KnowsAnActionByItsServiceAndVersion) {
  EXPECT_EQ(code(signed_call("cdn", "DescribeDomainsConfig", "{}", "ssl")),
            "AuthFailure.InvalidAuthorization");
  EXPECT_EQ(code("cdn", "DescribeCertificates", Json::object()), "InvalidAction");
  EXPECT_EQ(code(signed_call("cdn", "DescribeDomainsConfig", "[]")), "InvalidParameter");
  EXPECT_EQ(code("cdn", "DescribeDomainsConfig", Json::object()), "none");
}

TEST_F(TencentApiTest, StoresTheSameCertificateOnceOnlyIfToldTo) {
  const IssuedLeaf leaf = issue({"cdn.example.com"});
  const Json first = call("ssl", "UploadCertificate", upload_of(leaf, "a"));
  const Json second = call("ssl", "UploadCertificate", upload_of(leaf, "b"));
  EXPECT_NE(first.at("CertificateId"), second.at("CertificateId"));
  Json once = upload_of(leaf, "c");
  once["Repeatable"] = false;
  const Json third = call("ssl", "UploadCertificate", once);
  EXPECT_EQ(third.at("CertificateId"), first.at("CertificateId"));
  EXPECT_EQ(third.at("RepeatCertId"), first.at("CertificateId"));
  EXPECT_EQ(world.entries().size(), 2U);
  once["Repeatable"] = "false";
  EXPECT_EQ(code("ssl", "UploadCertificate", once), "InvalidParameterValue");
  EXPECT_EQ(code("ssl", "UploadCertificate", upload_of(leaf, std::string(201, 'a'))),
            "InvalidParameterValue");
  Json other = upload_of(leaf, "d");
  other["CertificatePrivateKey"] = std::string(issue({"x.example.com"}).key_pem.reveal());
  EXPECT_EQ(code("ssl", "UploadCertificate", other), "FailedOperation.CertificateInvalid");
  other.erase("CertificatePrivateKey");
  EXPECT_EQ(code("ssl", "UploadCertificate", other), "MissingParameter");
  world.set_quota(2);
  EXPECT_EQ(code("ssl", "UploadCertificate", upload_of(leaf, "e")), "LimitExceeded");
}

TEST_F(TencentApiTest, ListsTheStoreInTimesOfChinaTheLatestFirst) {
  call("ssl", "UploadCertificate", upload_of(issue({"a.example.com", "*.example.com"}), "a"));
  call("ssl",
       "UploadCertificate",
       upload_of(issue({"b.example.com"}, LeafRequest::KeyKind::kRsa2048), "b"));
  const Json list = call("ssl", "DescribeCertificates", {{"CertificateType", "SVR"}});
  EXPECT_EQ(list.at("TotalCount"), 2);
  const Json& one = list.at("Certificates").at(1);
  EXPECT_EQ(one.at("Alias"), "a");
  EXPECT_EQ(one.at("EncryptAlgorithm"), "ECC 256");
  EXPECT_EQ(one.at("SubjectAltName"), Json::array({"a.example.com", "*.example.com"}));
  EXPECT_EQ(one.at("CertEndTime"), [] {
    std::string text = format_time(Time(hours(24 * 30000 + 8)));
    text.pop_back();
    text[10] = ' ';
    return text;
  }());
  EXPECT_EQ(list.at("Certificates").at(0).at("EncryptAlgorithm"), "RSA 2048");
  EXPECT_EQ(call("ssl", "DescribeCertificates", {{"Limit", 1}, {"Offset", 1}})
                .at("Certificates")
                .at(0)
                .at("Alias"),
            "a");
  EXPECT_EQ(call("ssl", "DescribeCertificates", {{"CertIds", Json::array({tencent_id(10001)})}})
                .at("TotalCount"),
            1);
  EXPECT_EQ(code("ssl", "DescribeCertificates", {{"Limit", "10"}}), "InvalidParameterValue");
  EXPECT_EQ(call("ssl", "DescribeCertificates", {{"CertificateType", "CA"}}).at("TotalCount"), 0);
}

TEST_F(TencentApiTest, DeletesWhatIsInUseUnlessToldToLook) {
  const std::int64_t used = world.upload("a", pair_for({"*.example.com"}));
  const std::int64_t free = world.upload("b", pair_for({"*.example.com"}));
  world.bind(used, "cdn.example.com");
  const auto begin = [&](std::int64_t id) {
    return call("ssl",
                "DeleteCertificate",
                {{"CertificateId", tencent_id(id)}, {"IsCheckResource", true}})
        .at("TaskId");
  };
  const auto status = [&](const Json& task) {
    return call("ssl", "DescribeDeleteCertificatesTaskResult", {{"TaskIds", Json::array({task})}})
        .at("DeleteTaskResult")
        .at(0);
  };
  const Json first = begin(used);
  const Json second = begin(free);
  EXPECT_EQ(status(first).at("Status"), 0);
  EXPECT_EQ(world.entries().size(), 2U);
  clock.elapsed += seconds(2);
  EXPECT_EQ(status(first).at("Status"), 4);
  EXPECT_EQ(status(first).at("Domains"), Json::array({"cdn.example.com"}));
  EXPECT_EQ(status(second).at("Status"), 1);
  EXPECT_EQ(world.entries().size(), 1U);
  api.state().set_role(false);
  const Json third = begin(used);
  clock.elapsed += seconds(2);
  EXPECT_EQ(status(third).at("Status"), 3);
  EXPECT_EQ(code("ssl", "DeleteCertificate", {{"CertificateId", tencent_id(free)}}),
            "FailedOperation.CertificateNotFound");
  EXPECT_EQ(code("ssl", "DeleteCertificate", {{"CertificateId", tencent_id(used)}}), "none");
  EXPECT_TRUE(world.entries().empty());
}

TEST_F(TencentApiTest, CdnForgetsWhatIsLeftOutOfTheBlock) {
  const std::int64_t id = world.upload("a", pair_for({"*.example.com"}));
  EXPECT_TRUE(https().is_null());
  const Json settings = {{"Http2", "on"},
                         {"Hsts", {{"Switch", "on"}, {"MaxAge", 600}}},
                         {"TlsVersion", Json::array({"TLSv1.3"})}};
  EXPECT_EQ(code("cdn", "UpdateDomainConfig", cdn_bind(id, settings)), "none");
  clock.elapsed += seconds(8);
  EXPECT_EQ(https().at("Http2"), "on");
  EXPECT_EQ(https().at("TlsVersion"), Json::array({"TLSv1.3"}));
  EXPECT_EQ(https().at("CertInfo").at("CertId"), tencent_id(id));
  EXPECT_EQ(code("cdn", "UpdateDomainConfig", cdn_bind(id)), "none");
  EXPECT_EQ(https().at("Http2"), "off");
  EXPECT_EQ(https().at("Hsts").at("Switch"), "off");
  EXPECT_EQ(https().at("TlsVersion").size(), 4U);
}

TEST_F(TencentApiTest, CdnTakesNothingBackThatItFillsInItself) {
  const std::int64_t id = world.upload("a", pair_for({"*.example.com"}));
  EXPECT_EQ(code("cdn", "UpdateDomainConfig", cdn_bind(id, {{"SslStatus", "deployed"}})),
            "InvalidParameterValue");
  Json dated = cdn_bind(id);
  dated["Https"]["CertInfo"]["ExpireTime"] = "2026-01-01 00:00:00";
  EXPECT_EQ(code("cdn", "UpdateDomainConfig", dated), "InvalidParameterValue");
  EXPECT_EQ(code("cdn", "UpdateDomainConfig", cdn_bind(id, {{"ClientCertInfo", nullptr}})),
            "InvalidParameterValue");
  EXPECT_EQ(code("cdn", "UpdateDomainConfig", {{"Domain", "cdn.example.com"}}), "MissingParameter");
  EXPECT_EQ(code("cdn", "UpdateDomainConfig", cdn_bind(id + 1)), "FailedOperation.SslCertNotFound");
  const std::int64_t other = world.upload("b", pair_for({"x.example.org"}));
  EXPECT_EQ(code("cdn", "UpdateDomainConfig", cdn_bind(other)),
            "InvalidParameter.CdnCertNoCertInfo");
  Json elsewhere = cdn_bind(id);
  elsewhere["Domain"] = "eo.example.com";
  EXPECT_EQ(code("cdn", "UpdateDomainConfig", elsewhere), "ResourceNotFound.CdnHostNotExists");
  world.set_online("cdn.example.com", false);
  EXPECT_EQ(code("cdn", "UpdateDomainConfig", cdn_bind(id)),
            "InvalidParameter.CdnHostInvalidStatus");
}

TEST_F(TencentApiTest, CdnSaysHowFarADeploymentHasCome) {
  const std::int64_t id = world.upload("a", pair_for({"*.example.com"}));
  const auto domain = [&] {
    return call("cdn", "DescribeDomainsConfig", Json::object()).at("Domains").at(0);
  };
  call("cdn", "UpdateDomainConfig", cdn_bind(id));
  EXPECT_EQ(domain().at("Status"), "processing");
  EXPECT_EQ(https().at("SslStatus"), "deploying");
  EXPECT_EQ(code("cdn", "UpdateDomainConfig", cdn_bind(id)), "ResourceInUse.CdnOpInProgress");
  clock.elapsed += seconds(8);
  EXPECT_EQ(domain().at("Status"), "online");
  EXPECT_EQ(https().at("SslStatus"), "deployed");
  world.set_fate("cdn.example.com", {.end = JobFate::End::kFailed});
  call("cdn", "UpdateDomainConfig", cdn_bind(id));
  EXPECT_EQ(https().at("SslStatus"), "failed");
  world.unbind("cdn.example.com");
  EXPECT_EQ(https().at("SslStatus"), "closed");
}

TEST_F(TencentApiTest, CdnFiltersAndPages) {
  const auto names = [&](const Json& body) {
    std::vector<std::string> out;
    for (const Json& one : call("cdn", "DescribeDomainsConfig", body).at("Domains")) {
      out.push_back(one.at("Domain"));
    }
    return out;
  };
  EXPECT_THAT(names(Json::object()), ElementsAre("cdn.example.com", "*.example.net"));
  EXPECT_THAT(names({{"Offset", 1}, {"Limit", 1}}), ElementsAre("*.example.net"));
  EXPECT_THAT(
      names({{"Filters",
              Json::array({{{"Name", "domain"}, {"Value", Json::array({"*.example.net"})}}})}}),
      ElementsAre("*.example.net"));
  for (const Json& limit : {Json(0), Json(101), Json(1.5), Json("1")}) {
    EXPECT_EQ(code("cdn", "DescribeDomainsConfig", {{"Limit", limit}}), "InvalidParameterValue");
  }
}

TEST_F(TencentApiTest, EdgeOneTakesOneCertificateOfEachAlgorithm) {
  const std::int64_t ecc = world.upload("a", pair_for({"*.example.com"}));
  const std::int64_t ecc_too = world.upload("b", pair_for({"*.example.com"}));
  const IssuedLeaf leaf = issue({"*.example.com"}, LeafRequest::KeyKind::kRsa2048);
  const std::int64_t rsa = world.upload("c", *read_pair(leaf.chain_pem, leaf.key_pem));
  EXPECT_EQ(eo().at("Certificate").at("Mode"), "disable");
  EXPECT_EQ(code("teo", "ModifyHostsCertificate", eo_bind({ecc, ecc_too})),
            "InvalidParameter.InvalidCertInfo");
  EXPECT_EQ(code("teo", "ModifyHostsCertificate", eo_bind({ecc, rsa})), "none");
  EXPECT_EQ(eo().at("DomainStatus"), "process");
  EXPECT_EQ(code("teo", "ModifyHostsCertificate", eo_bind({ecc})),
            "InvalidParameter.ActionInProgress");
  clock.elapsed += seconds(8);
  const Json list = eo().at("Certificate").at("List");
  ASSERT_EQ(list.size(), 2U);
  EXPECT_EQ(list.at(0).at("CertId"), tencent_id(rsa));
  EXPECT_EQ(list.at(0).at("SignAlgo"), "RSA 2048");
  EXPECT_EQ(list.at(1).at("CertId"), tencent_id(ecc));
  EXPECT_EQ(list.at(1).at("Status"), "deployed");
  EXPECT_EQ(code("teo", "ModifyHostsCertificate", eo_bind({ecc_too})), "none");
  EXPECT_EQ(eo().at("Certificate").at("List").size(), 1U);  // the whole set was replaced
}

TEST_F(TencentApiTest, EdgeOneRefusesWhatDoesNotFit) {
  const std::int64_t id = world.upload("a", pair_for({"x.example.org"}));
  EXPECT_EQ(code("teo", "ModifyHostsCertificate", eo_bind({id})),
            "InvalidParameter.CertNotMatchDomain");
  EXPECT_EQ(code("teo", "ModifyHostsCertificate", eo_bind({id + 1})),
            "FailedOperation.CertificateNotFound");
  Json elsewhere = eo_bind({id});
  elsewhere["ZoneId"] = "zone-example-net";
  EXPECT_EQ(code("teo", "ModifyHostsCertificate", elsewhere), "InvalidParameter.DomainNotFound");
  EXPECT_EQ(code("teo", "DescribeAccelerationDomains", Json::object()), "MissingParameter");
  EXPECT_EQ(call("teo", "DescribeZones", Json::object()).at("Zones").at(0).at("ZoneId"),
            "zone-example-com");
}

TEST_F(TencentApiTest, LiveSucceedsWhileADomainFails) {
  const std::int64_t id = world.upload("a", pair_for({"*.example.com"}));
  const std::int64_t other = world.upload("b", pair_for({"x.example.org"}));
  const auto bind = [&](std::int64_t certificate, const std::string& name) {
    return Json{{"DomainInfos", Json::array({{{"DomainName", name}, {"Status", 1}}})},
                {"CloudCertId", tencent_id(certificate)}};
  };
  const Json gone = call("live", "ModifyLiveDomainCertBindings", bind(id, "gone.example.com"));
  EXPECT_EQ(gone.at("Errors").at(0).at("Code"), "ResourceNotFound.DomainNotExist");
  const Json unfit = call("live", "ModifyLiveDomainCertBindings", bind(other, "live.example.com"));
  EXPECT_EQ(unfit.at("MismatchedDomainNames"), Json::array({"live.example.com"}));
  EXPECT_EQ(unfit.at("Errors").size(), 1U);
  EXPECT_EQ(code("live", "ModifyLiveDomainCertBindings", bind(7, "live.example.com")),
            "InvalidParameter.CloudCrtIdError");
  const Json done = call("live", "ModifyLiveDomainCertBindings", bind(id, "live.example.com"));
  EXPECT_TRUE(done.at("Errors").empty());
  const Json list = call("live", "DescribeLiveDomainCertBindings", Json::object());
  EXPECT_EQ(list.at("TotalNum"), 1);
  EXPECT_EQ(list.at("LiveDomainCertBindings").at(0).at("CloudCertId"), tencent_id(id));
  EXPECT_EQ(call("live", "DescribeLiveDomains", {{"DomainType", 0}}).at("AllCount"), 0);
  EXPECT_EQ(call("live", "DescribeLiveDomains", {{"DomainType", 1}}).at("AllCount"), 1);
  EXPECT_EQ(code("live", "DescribeLiveDomains", {{"PageSize", 9}}), "InvalidParameterValue");
}

TEST_F(TencentApiTest, VodGoesBackWithoutAWordWhenADeploymentFails) {
  const std::int64_t first = world.upload("a", pair_for({"*.example.com"}));
  const std::int64_t second = world.upload("b", pair_for({"*.example.com"}));
  const auto bind = [&](std::int64_t id) {
    return Json{{"Domain", "vod.example.com"}, {"Operation", "Set"}, {"CertID", tencent_id(id)}};
  };
  const auto domain = [&] {
    return call("vod", "DescribeVodDomains", Json::object()).at("DomainSet").at(0);
  };
  EXPECT_TRUE(domain().at("HTTPSConfig").is_null());
  EXPECT_EQ(code("vod", "SetVodDomainCertificate", bind(first)), "none");
  EXPECT_EQ(domain().at("DeployStatus"), "Deploying");
  EXPECT_EQ(code("vod", "SetVodDomainCertificate", bind(second)),
            "FailedOperation.DomainDeploying");
  clock.elapsed += seconds(8);
  EXPECT_EQ(domain().at("HTTPSConfig").at("CloudCertId"), tencent_id(first));
  world.set_fate("vod.example.com", {.takes = seconds(1), .end = JobFate::End::kFailed});
  call("vod", "SetVodDomainCertificate", bind(second));
  EXPECT_EQ(domain().at("HTTPSConfig").at("CloudCertId"), tencent_id(second));
  clock.elapsed += seconds(1);
  EXPECT_EQ(domain().at("HTTPSConfig").at("CloudCertId"), tencent_id(first));
  EXPECT_EQ(domain().at("DeployStatus"), "Online");
  world.set_online("vod.example.com", false);
  EXPECT_EQ(domain().at("DeployStatus"), "Locked");
  EXPECT_EQ(code("vod", "SetVodDomainCertificate", bind(first)), "FailedOperation.DomainDeploying");
}

TEST_F(TencentApiTest, WafKeepsWhatIsLeftOutAndTakesNoCallWithoutItsRegion) {
  const Domain& shielded = world.ensure_domain("waf.example.com", "waf");
  const std::int64_t id = world.upload("a", pair_for({"*.example.com"}));
  Json named = {{"Domain", "waf.example.com"}, {"DomainId", "waf-" + std::to_string(shielded.id)}};
  Json asked = named;
  asked["InstanceId"] = "waf_sandbox";
  named["InstanceID"] = "waf_sandbox";
  named["CertType"] = 2;
  named["SSLId"] = tencent_id(id);
  EXPECT_EQ(code("waf", "DescribeDomainDetailsSaas", asked), "MissingParameter");
  region = "ap-beijing";
  EXPECT_EQ(code("waf", "DescribeDomainDetailsSaas", asked), "UnsupportedRegion");
  region = "ap-guangzhou";
  const auto info = [&] {
    return call("waf", "DescribeDomainDetailsSaas", asked).at("DomainsPartInfo");
  };
  EXPECT_EQ(info().at("CertType"), 1);
  Json changed = named;
  changed["IsHttp2"] = 1;
  EXPECT_EQ(code("waf", "ModifySpartaProtection", changed), "none");
  EXPECT_EQ(info().at("State"), -1);
  EXPECT_EQ(code("waf", "ModifySpartaProtection", named), "ResourceUnavailable");
  clock.elapsed += seconds(8);
  EXPECT_EQ(info().at("SSLId"), tencent_id(id));
  EXPECT_EQ(code("waf", "ModifySpartaProtection", named), "none");
  EXPECT_EQ(info().at("IsHttp2"), 1);
  clock.elapsed += seconds(8);
  world.set_online("waf.example.com", false);
  EXPECT_EQ(code("waf", "ModifySpartaProtection", named), "InvalidParameter.PortParameterErr");
  named["InstanceId"] = "waf_sandbox";
  EXPECT_EQ(code("waf", "ModifySpartaProtection", named), "UnknownParameter");
}

TEST_F(TencentApiTest, CosIsListedFromMemoryUnlessToldNotTo) {
  world.ensure_domain("cos.example.com", "cos");
  const std::int64_t id = world.upload("a", pair_for({"*.example.com"}));
  const std::int64_t other = world.upload("b", pair_for({"x.example.org"}));
  const auto list = [&](Json more = Json::object()) {
    return call("ssl", "DescribeHostCosInstanceList", more).at("InstanceList");
  };
  EXPECT_TRUE(list().at(0).at("CertId").is_null());
  clock.elapsed += seconds(1);
  world.bind(id, "cos.example.com");
  EXPECT_TRUE(list().at(0).at("CertId").is_null());
  EXPECT_EQ(list({{"IsCache", 0}}).at(0).at("CertId"), tencent_id(id));
  EXPECT_EQ(list().at(0).at("CertId"), tencent_id(id));
  // One that is named leaves out what has it, and what it does not cover.
  EXPECT_TRUE(list({{"CertificateId", tencent_id(id)}}).empty());
  EXPECT_TRUE(list({{"CertificateId", tencent_id(other)}}).empty());
  EXPECT_EQ(list({{"OldCertificateId", tencent_id(id)}}).size(), 1U);
  EXPECT_TRUE(list({{"OldCertificateId", tencent_id(other)}}).empty());
  EXPECT_EQ(code("ssl", "DescribeHostCosInstanceList", {{"IsCache", "0"}}),
            "InvalidParameterValue");
  api.state().set_role(false);
  EXPECT_EQ(code("ssl", "DescribeHostCosInstanceList", Json::object()),
            "FailedOperation.RoleNotFoundAuthorization");
}

TEST_F(TencentApiTest, CosIsCarriedTheCertificateByOneJobAtATime) {
  for (const char* name : {"a.example.com", "b.example.com"}) world.ensure_domain(name, "cos");
  const std::int64_t id = world.upload("a", pair_for({"*.example.com"}));
  const std::int64_t newer = world.upload("b", pair_for({"*.example.com"}));
  const std::int64_t third = world.upload("c", pair_for({"*.example.com"}));
  const auto instance = [&](std::size_t at) {
    const Json row =
        call("ssl", "DescribeHostCosInstanceList", {{"IsCache", 0}}).at("InstanceList").at(at);
    region = row.at("Region");
    return region + "|" + row.at("Bucket").get<std::string>() + "|" +
           row.at("Domain").get<std::string>();
  };
  const auto order = [&](std::int64_t certificate, const std::string& where) {
    return Json{{"CertificateId", tencent_id(certificate)},
                {"ResourceType", "cos"},
                {"IsCache", 0},
                {"InstanceIdList", Json::array({where})}};
  };
  const std::string second = instance(1);
  const std::string first = instance(0);
  const auto deploy = [&](const Json& body) {
    return call("ssl", "DeployCertificateInstance", body);
  };
  const auto refused = [&](const Json& body) {
    return code("ssl", "DeployCertificateInstance", body);
  };
  const auto record = [&](const Json& job) {
    return call("ssl",
                "DescribeHostDeployRecordDetail",
                {{"DeployRecordId", std::to_string(job.at("DeployRecordId").get<int>())}});
  };
  EXPECT_EQ(refused(order(id, "a.example.com")),
            "FailedOperation.CertificateDeployInstanceFormatError");
  EXPECT_EQ(refused(order(id, second)), "FailedOperation.CertificateNotDeployInstance");  // region
  clock.a_look = milliseconds(1);
  const Json job = deploy(order(id, first));
  EXPECT_EQ(job.at("DeployStatus"), 1);
  EXPECT_EQ(record(job).at("RunningTotalCount"), 1);
  const std::string home = region;
  (void)instance(1);
  const Json none = deploy(order(id, second));
  EXPECT_EQ(none.at("DeployStatus"), 0);
  EXPECT_EQ(none.at("DeployRecordId"), job.at("DeployRecordId"));
  EXPECT_EQ(deploy(order(newer, second)).at("DeployStatus"), 1);  // another certificate's
  region = home;
  EXPECT_EQ(refused(order(third, first)), "FailedOperation.CertificateDeployHasPendingRecord");
  EXPECT_EQ(world.find_domain("a.example.com")->bound(), nullptr);
  clock.elapsed += seconds(8);
  EXPECT_EQ(record(job).at("SuccessTotalCount"), 1);
  EXPECT_EQ(refused(order(id, first)), "FailedOperation.CertificateNotDeployInstance");
  world.set_fate("a.example.com", {.end = JobFate::End::kFailed, .reason = "no way"});
  const Json failed = record(deploy(order(newer, first)));
  EXPECT_EQ(failed.at("FailedTotalCount"), 1);
  EXPECT_EQ(failed.at("DeployRecordDetailList").at(0).at("ErrorMsg"), "no way");
  EXPECT_EQ(code("ssl", "DescribeHostDeployRecordDetail", {{"DeployRecordId", 74889}}),
            "MissingParameter");
  region.clear();
  EXPECT_EQ(refused(order(newer, first)), "MissingParameter");
}

TEST_F(TencentApiTest, RulesOfAntiDdosAndDomainsOfCloudBaseAreListedEachByItsOwn) {
  for (const char* name : {"a.example.com", "b.example.com", "c.example.com", "d.example.com"}) {
    world.ensure_domain(name, "ssl-deploy");
  }
  const std::int64_t id = world.upload("a", pair_for({"*.example.com"}));
  for (const char* name : {"a.example.com", "b.example.com"}) world.bind(id, name);
  const Json rules = call("ssl", "DescribeHostDdosInstanceList", {{"IsCache", 0}});
  EXPECT_EQ(rules.at("TotalCount"), 2);
  int bound = 0;
  for (const Json& one : rules.at("InstanceList")) {
    EXPECT_EQ(one.at("Protocol"), "https");
    EXPECT_EQ(one.at("VirtualPort"), "443");
    bound += one.at("CertId") == tencent_id(id) ? 1 : 0;
  }
  EXPECT_EQ(bound, 1);
  EXPECT_EQ(code("ssl", "DescribeHostDdosInstanceList", {{"ResourceType", "cos"}}),
            "InvalidParameterValue");
  // One region at a time, and one of them by invitation.
  std::size_t domains = 0;
  for (const char* where : {"ap-shanghai", "ap-singapore"}) {
    region = where;
    const Json list = call("tcb", "DescribeEnvs", Json::object());
    EXPECT_EQ(list.at("Total"), 1);
    const std::string environment = list.at("EnvList").at(0).at("EnvId");
    EXPECT_EQ(list.at("EnvList").at(0).at("Region"), where);
    const auto routes = [&] {
      return call("tcb", "DescribeHTTPServiceRoute", {{"EnvId", environment}});
    };
    const Json all = routes();
    EXPECT_EQ(all.at("Domains").at(0).at("IsDefault"), true);
    domains += all.at("Domains").size() - 1;
    region = "ap-guangzhou";
    EXPECT_TRUE(routes().at("Domains").empty());
    EXPECT_EQ(code("tcb", "DescribeEnvs", Json::object()), "UnsupportedRegion");
  }
  EXPECT_EQ(domains, 2U);
  EXPECT_EQ(code("tcb", "DescribeHTTPServiceRoute", Json::object()), "MissingParameter");
}

TEST_F(TencentApiTest, EachKindIsCarriedTheCertificateByItsOwnWords) {
  std::string ruled = "a.example.com";
  std::string based = "b.example.com";
  if (world.ensure_domain(ruled, "ssl-deploy").id % 2 != 0) std::swap(ruled, based);
  world.ensure_domain("b.example.com", "ssl-deploy");
  const std::int64_t id = world.upload("a", pair_for({"*.example.com"}));
  const std::string owner = call("ssl", "DescribeHostDdosInstanceList", {{"IsCache", 0}})
                                .at("InstanceList")
                                .at(0)
                                .at("InstanceId");
  const auto order = [&](const std::string& kind, const std::string& where) {
    return Json{{"CertificateId", tencent_id(id)},
                {"ResourceType", kind},
                {"InstanceIdList", Json::array({where})}};
  };
  const auto refused = [&](const std::string& kind, const std::string& where) {
    return code("ssl", "DeployCertificateInstance", order(kind, where));
  };
  const std::string rule = owner + "|" + ruled + "|443";
  EXPECT_EQ(refused("ddos", ruled), "FailedOperation.CertificateDeployInstanceFormatError");
  EXPECT_EQ(refused("ddos", owner + "|" + ruled + "|80"),
            "FailedOperation.CertificateNotDeployInstance");
  EXPECT_EQ(refused("ddos", owner + "|" + based + "|443"),
            "FailedOperation.CertificateNotDeployInstance");
  EXPECT_EQ(refused("tcb", rule), "MissingParameter");  // the region
  clock.a_look = milliseconds(1);
  const Json job = call("ssl", "DeployCertificateInstance", order("ddos", rule));
  EXPECT_EQ(job.at("DeployStatus"), 1);

  std::string domain;
  for (const char* where : {"ap-shanghai", "ap-singapore"}) {
    region = where;
    const std::string environment =
        call("tcb", "DescribeEnvs", Json::object()).at("EnvList").at(0).at("EnvId");
    const Json routes = call("tcb", "DescribeHTTPServiceRoute", {{"EnvId", environment}});
    if (routes.at("Domains").size() < 2) continue;
    domain = join(std::vector<std::string>{"AccessService", region, environment, based}, "|");
    break;
  }
  EXPECT_EQ(refused("lighthouse", domain), "FailedOperation.CertificateHostResourceTypeInvalid");
  EXPECT_EQ(refused("tcb", "HostService" + domain.substr(domain.find('|'))),
            "FailedOperation.CertificateNotDeployInstance");
  const std::string home = region;
  region = "ap-guangzhou";
  EXPECT_EQ(refused("tcb", domain), "FailedOperation.CertificateNotDeployInstance");
  region = home;
  // A job of another kind is no reason to wait.
  const Json beside = call("ssl", "DeployCertificateInstance", order("tcb", domain));
  EXPECT_EQ(beside.at("DeployStatus"), 1);
  const auto records = [&](const Json& more) {
    Json asked = {{"CertificateId", tencent_id(id)}};
    asked.update(more);
    return call("ssl", "DescribeHostDeployRecord", asked).at("TotalCount");
  };
  EXPECT_EQ(records({{"ResourceType", "ddos"}}), 1);
  EXPECT_EQ(records({{"ResourceType", "cos"}}), 0);
  EXPECT_EQ(records(Json::object()), 2);
  clock.elapsed += seconds(8);
  const Json done =
      call("ssl",
           "DescribeHostDeployRecordDetail",
           {{"DeployRecordId", std::to_string(beside.at("DeployRecordId").get<int>())}});
  EXPECT_EQ(done.at("SuccessTotalCount"), 1);
  EXPECT_EQ(done.at("DeployRecordDetailList").at(0).at("TCBType"), "AccessService");
  EXPECT_EQ(world.find_domain(ruled)->bound()->id, id);
  EXPECT_EQ(world.find_domain(based)->bound()->id, id);
  world.set_online(ruled, false);
  EXPECT_EQ(call("ssl", "DescribeHostDdosInstanceList", {{"IsCache", 0}})
                .at("InstanceList")
                .at(0)
                .at("Protocol"),
            "http");
}

TEST_F(TencentApiTest, ClbTakesOneCertificateOfEachKeyAndOneChangeAtATime) {
  const Domain& alone = world.ensure_domain("a.example.com", "clb");
  const std::string own = "lbl-" + std::to_string(alone.id);
  world.ensure_domain("b.example.com", "clb");
  api.state().clb_of("a.example.com") = {
      .alone = true, .client_ca = "ca-1", .verify = "OPTIONAL", .http2 = true};
  const std::int64_t ecc = world.upload("a", pair_for({"*.example.com"}));
  const std::int64_t ecc_too = world.upload("b", pair_for({"*.example.com"}));
  const IssuedLeaf leaf = issue({"*.example.com"}, LeafRequest::KeyKind::kRsa2048);
  const std::int64_t rsa = world.upload("c", *read_pair(leaf.chain_pem, leaf.key_pem));
  EXPECT_EQ(code("clb", "DescribeLoadBalancers", Json::object()), "MissingParameter");
  region = "ap-guangzhou";
  const Json balancer =
      call("clb", "DescribeLoadBalancers", Json::object()).at("LoadBalancerSet").at(0);
  const Json whole = {{"LoadBalancerId", balancer.at("LoadBalancerId")}, {"ListenerId", own}};
  const auto several = [&](const std::vector<std::string>& ids, const char* mode) {
    Json order = whole;
    Json list = Json::array();
    for (const std::string& id : ids) list.push_back({{"CertId", id}});
    order["MultiCertInfo"] = {{"SSLMode", mode}, {"CertList", list}};
    return order;
  };
  const auto modify = [&](const Json& order) { return code("clb", "ModifyListener", order); };
  EXPECT_EQ(modify(whole), "MissingParameter");
  EXPECT_EQ(modify(several({tencent_id(ecc), tencent_id(ecc_too)}, "UNIDIRECTIONAL")),
            "InvalidParameterValue");
  EXPECT_EQ(modify(several({tencent_id(ecc), "ca-1"}, "UNIDIRECTIONAL")), "InvalidParameterValue");
  EXPECT_EQ(modify(several({tencent_id(ecc), tencent_id(rsa)}, "MUTUAL")), "InvalidParameterValue");
  const Json order = several({tencent_id(ecc), tencent_id(rsa), "ca-1"}, "MUTUAL");
  clock.a_look = milliseconds(1);
  const Json task = call("clb", "ModifyListener", order).at("RequestId");
  const auto status = [&] {
    return call("clb", "DescribeTaskStatus", {{"TaskId", task}}).at("Status");
  };
  EXPECT_EQ(status(), 2);
  Json other = whole;
  other["ListenerId"] = "lbl-sni";
  other["Domain"] = "b.example.com";
  other["Certificate"] = {{"CertId", tencent_id(ecc)}};
  EXPECT_EQ(code("clb", "ModifyDomainAttributes", other), "FailedOperation.InvalidLBStatus");
  clock.elapsed += seconds(8);
  EXPECT_EQ(status(), 0);
  const Json listeners =
      call("clb",
           "DescribeListeners",
           {{"LoadBalancerId", balancer.at("LoadBalancerId")}, {"ListenerIds", Json::array({own})}})
          .at("Listeners");
  ASSERT_EQ(listeners.size(), 1U);
  EXPECT_EQ(listeners.at(0).at("SniSwitch"), 0);
  const Json& certificate = listeners.at(0).at("Certificate");
  EXPECT_EQ(certificate.at("CertId"), tencent_id(ecc));
  EXPECT_EQ(certificate.at("ExtCertIds"), Json::array({tencent_id(rsa)}));
  EXPECT_EQ(certificate.at("CertCaId"), "ca-1");
  // What is left out goes back to its default.
  EXPECT_EQ(certificate.at("SSLVerifyClient"), "ON");
  EXPECT_EQ(code("clb", "ModifyDomainAttributes", other), "none");
}

TEST_F(TencentApiTest, DoesOnlyWhatTheKeysAreAllowed) {
  api.deny("cdn:DescribeDomainsConfig");
  const Json said = call("cdn", "DescribeDomainsConfig", Json::object());
  EXPECT_EQ(said.at("Error").at("Code"), "AuthFailure.UnauthorizedOperation");
  EXPECT_THAT(said.at("Error").at("Message").get<std::string>(),
              testing::HasSubstr("cdn:DescribeDomainsConfig"));
  EXPECT_EQ(code("vod", "DescribeVodDomains", Json::object()), "none");
}

TEST_F(TencentApiTest, FaultsLeaveTheWorldAsTheySay) {
  const std::int64_t id = world.upload("n1", pair_for({"*.example.com"}));
  const auto told = [&] { return world.find_domain("cdn.example.com")->told() != nullptr; };
  const auto bind = [&](FaultKind kind) {
    faults.clear();
    faults.add({.kind = kind, .endpoint = "UpdateDomainConfig", .count = 1});
    return api.handle(signed_call("cdn", "UpdateDomainConfig", cdn_bind(id).dump()));
  };
  const auto inner = [&](FaultKind kind) { return Json::parse(bind(kind).body).at("Response"); };
  EXPECT_EQ(inner(FaultKind::kThrottle).at("Error").at("Code"), "RequestLimitExceeded");
  EXPECT_EQ(inner(FaultKind::kNothingChanged).size(), 1U);  // the RequestId
  EXPECT_TRUE(bind(FaultKind::kLostRequest).dropped);
  EXPECT_EQ(bind(FaultKind::kApplyLate).status, 504);
  EXPECT_FALSE(told());
  clock.elapsed += seconds(2);
  world.advance();
  EXPECT_TRUE(told());
  world.unbind("cdn.example.com");
  EXPECT_FALSE(inner(FaultKind::kBindWithoutCode).contains("RequestId"));
  EXPECT_TRUE(told());
  world.unbind("cdn.example.com");
  EXPECT_EQ(inner(FaultKind::kErrorYetDone).at("Error").at("Code"), "InternalError");
  EXPECT_TRUE(told());
}

TEST_F(TencentApiTest, ListsLagBehindWhenTold) {
  TencentApi slow{{.credentials = {.secret_id = "AKIDEXAMPLE",
                                   .secret_key = Secret("SKEXAMPLE"),
                                   .session_token = {}},
                   .list_lag = seconds(5)},
                  world,
                  faults};
  const std::int64_t id = world.upload("n1", pair_for({"*.example.com"}));
  world.start_bind(id, "cdn.example.com");
  const auto block = [&] {
    const Reply reply = slow.handle(signed_call("cdn", "DescribeDomainsConfig", "{}"));
    return Json::parse(reply.body).at("Response").at("Domains").at(0).at("Https");
  };
  EXPECT_TRUE(block().is_null());
  clock.elapsed += seconds(5);
  EXPECT_FALSE(block().is_null());
}

}  // namespace
}  // namespace certferry::sandbox
