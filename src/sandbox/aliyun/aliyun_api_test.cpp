#include "sandbox/aliyun/aliyun_api.h"

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

const std::string kCdn = "2018-05-10";
const std::string kDcdn = "2018-01-15";
const std::string kCas = "2020-04-07";
const std::string kLive = "2016-11-01";
const std::string kVod = "2017-03-21";
const std::string kEsa = "2024-09-10";

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (std::isalnum(static_cast<unsigned char>(c)) != 0 || std::string_view("-_.~").contains(c)) {
      out += c;
    } else {
      char escape[4];
      std::snprintf(escape, sizeof escape, "%%%02X", static_cast<unsigned char>(c));
      out += escape;
    }
  }
  return out;
}

std::string joined(const std::map<std::string, std::string>& parameters) {
  std::string out;
  for (const auto& [name, value] : parameters) {
    out += (out.empty() ? "" : "&") + escaped(name) + "=" + escaped(value);
  }
  return out;
}

struct AliyunApiTest : testing::Test {
  AliyunApiTest() {
    world.ensure_domain("cdn.example.com");
    world.ensure_domain("*.example.net");
    world.ensure_domain("dcdn.example.com", "dcdn");
    // The moment of the worked example.
    clock.elapsed = parse_time("2026-01-02T03:04:05Z").value() - clock.now();
  }

  Request signed_call(const std::string& version,
                      const std::string& action,
                      const std::string& query,
                      const std::string& form = {}) {
    Request request{.method = "POST", .target = query.empty() ? "/" : "/?" + query, .body = form};
    if (!form.empty()) request.content_type = "application/x-www-form-urlencoded";
    std::map<std::string, std::string> headers = {
        {"host", "cdn.sandbox.test"},
        {"x-acs-action", action},
        {"x-acs-content-sha256", sha256_hex(form)},
        {"x-acs-date", format_time(clock.now())},
        {"x-acs-signature-nonce", "n" + std::to_string(nonce++)},
        {"x-acs-version", version}};
    headers["host"] = version == kCas    ? "cas.sandbox.test"
                      : version == kCdn  ? "cdn.sandbox.test"
                      : version == kLive ? "live.sandbox.test"
                      : version == kVod  ? "vod.cn-shanghai.sandbox.test"
                      : version == kEsa  ? "esa.cn-hangzhou.sandbox.test"
                                         : "dcdn.sandbox.test";
    if (!form.empty()) headers["content-type"] = request.content_type;
    sign(request, headers, query);
    return request;
  }

  void sign(Request& request,
            const std::map<std::string, std::string>& headers,
            const std::string& query) const {
    std::string lines;
    std::string names;
    for (const auto& [name, value] : headers) {
      lines.append(name).append(":").append(value).append("\n");
      names.append(names.empty() ? "" : ";").append(name);
      request.headers.emplace_back(name, value);
    }
    const std::string canonical =
        "POST\n/\n" + query + "\n" + lines + "\n" + names + "\n" + sha256_hex(request.body);
    const std::string mac =
        hmac_sha256(Secret("SKEXAMPLE"), "ACS3-HMAC-SHA256\n" + sha256_hex(canonical));
    const auto* bytes = reinterpret_cast<const unsigned char*>(mac.data());
    request.authorization = "ACS3-HMAC-SHA256 Credential=AKIDEXAMPLE,SignedHeaders=" + names +
                            ",Signature=" + to_hex(std::span(bytes, mac.size()));
  }

  Json call(const std::string& version,
            const std::string& action,
            const std::map<std::string, std::string>& parameters = {}) {
    return answer(signed_call(version, action, joined(parameters)));
  }
  Json answer(const Request& request) {
    const Reply reply = api.handle(request);
    status = reply.status;
    return Json::parse(reply.body);
  }
  std::string code(const Request& request) { return answer(request).value("Code", "none"); }
  std::string code(const std::string& version,
                   const std::string& action,
                   const std::map<std::string, std::string>& parameters = {}) {
    return call(version, action, parameters).value("Code", "none");
  }

  std::map<std::string, std::string> bind_to(std::int64_t id, const std::string& domain) {
    return {{"DomainName", domain},
            {"SSLProtocol", "on"},
            {"CertType", "cas"},
            {"CertId", std::to_string(id)},
            {"CertRegion", "cn-hangzhou"}};
  }
  std::map<std::string, std::string> upload_of(const IssuedLeaf& leaf, const std::string& name) {
    return {{"Name", name}, {"Cert", leaf.chain_pem}, {"Key", std::string(leaf.key_pem.reveal())}};
  }

  ManualClock clock;
  World world{{.guards_use = false}, clock};
  Faults faults;
  AliyunApi api{{.credentials = {.access_key_id = "AKIDEXAMPLE",
                                 .access_key_secret = Secret("SKEXAMPLE"),
                                 .security_token = {}}},
                world,
                faults};
  int nonce = 0;
  int status = 0;
};

/// Computed with the vendor's SDK and once more by hand.
Request worked_bind() {
  Request request{.method = "POST",
                  .target =
                      "/?CertId=8089870&CertRegion=cn-hangzhou&CertType=cas&"
                      "DomainName=cdn.example.com&SSLProtocol=on"};
  request.headers = {
      {"host", "cdn.aliyuncs.com"},
      {"x-acs-action", "SetCdnDomainSSLCertificate"},
      {"x-acs-version", kCdn},
      {"x-acs-date", "2026-01-02T03:04:05Z"},
      {"x-acs-signature-nonce", "d410180a5abf7fe235dd9b74aca91fc0"},
      {"x-acs-content-sha256", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"}};
  request.authorization =
      "ACS3-HMAC-SHA256 Credential=AKIDEXAMPLE,SignedHeaders=host;x-acs-action;"
      "x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version,Signature="
      "6e7e18fbf034c164db255ced5753884920662cea7835b9d42c23105f6c6b806f";
  return request;
}

TEST_F(AliyunApiTest, TakesTheWorkedSignatures) {
  EXPECT_EQ(code(worked_bind()),
            "Certificate.NotFind");  // signed well: it is the id that is not there
  Request upload{.method = "POST",
                 .target = "/",
                 .content_type = "application/x-www-form-urlencoded",
                 .body = "Cert=C%0A&Key=K&Name=cert-1"};
  upload.headers = {
      {"host", "cas.aliyuncs.com"},
      {"content-type", upload.content_type},
      {"x-acs-action", "UploadUserCertificate"},
      {"x-acs-version", kCas},
      {"x-acs-date", "2026-01-02T03:04:05Z"},
      {"x-acs-signature-nonce", "d410180a5abf7fe235dd9b74aca91fc0-"},
      {"x-acs-content-sha256", "f9ebf03f02fb165edc09be31efa9be82c2469aa906bab572ac6aa5892eabb618"}};
  upload.headers[5].second.pop_back();
  upload.authorization =
      "ACS3-HMAC-SHA256 Credential=AKIDEXAMPLE,SignedHeaders=content-type;host;x-acs-action;"
      "x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version,Signature="
      "50798801982af0bb1cdc25150467e2a2142620ec7e03c1f4e123b24a54040d6d";
  EXPECT_EQ(code(upload), "SignatureNonceUsed");  // which comes after the signature
}

TEST_F(AliyunApiTest, RefusesWhatIsNotSignedAsItMustBe) {
  const auto changed = [&](auto change) {
    Request request = worked_bind();
    change(request);
    return code(request);
  };
  EXPECT_EQ(changed([](Request& one) { one.target += "x"; }), "SignatureDoesNotMatch");
  EXPECT_EQ(changed([](Request& one) { one.method = "GET"; }), "SignatureDoesNotMatch");
  EXPECT_EQ(changed([](Request& one) { one.headers[1].second = "DescribeUserDomains"; }),
            "SignatureDoesNotMatch");
  EXPECT_EQ(changed([](Request& one) { one.authorization.back() = '0'; }), "SignatureDoesNotMatch");
  EXPECT_EQ(changed([](Request& one) { one.headers.emplace_back("x-acs-other", "x"); }),
            "IncompleteSignature");
  EXPECT_EQ(changed([](Request& one) { one.headers.pop_back(); }), "IncompleteSignature");
  EXPECT_EQ(changed([](Request& one) { one.body = "x"; }), "IncompleteSignature");
  EXPECT_EQ(changed([](Request& one) { one.authorization = "ACS3-HMAC-SHA256 x"; }),
            "IncompleteSignature");
  EXPECT_EQ(changed([](Request& one) {
              one.authorization.replace(one.authorization.find(",S"), 1, ", ");
            }),
            "IncompleteSignature");
  EXPECT_EQ(changed([](Request& one) {
              one.authorization.replace(one.authorization.find("AKID"), 4, "LTAI");
            }),
            "InvalidAccessKeyId.NotFound");
  EXPECT_EQ(status, 404);
  EXPECT_EQ(changed([](Request& one) { one.headers.emplace_back("x-acs-security-token", "x"); }),
            "InvalidSecurityToken.MismatchWithAccessKey");
}

TEST_F(AliyunApiTest, TakesADateWithinFifteenMinutesAndANonceOnce) {
  EXPECT_EQ(code(worked_bind()), "Certificate.NotFind");
  EXPECT_EQ(code(worked_bind()), "SignatureNonceUsed");
  clock.elapsed += minutes(15) + seconds(1);
  EXPECT_EQ(code(worked_bind()), "InvalidTimeStamp.Expired");
  clock.elapsed -= minutes(30) + seconds(2);
  EXPECT_EQ(code(worked_bind()), "InvalidTimeStamp.Expired");
}

TEST_F(AliyunApiTest, KnowsAnActionByItsVersionAtItsOwnHost) {
  EXPECT_EQ(code(kCas, "DescribeUserDomains"), "InvalidAction.NotFound");
  EXPECT_EQ(status, 404);
  EXPECT_EQ(code(kCdn, "DescribeUserDomain"), "InvalidAction.NotFound");
  const auto at = [&](const std::string& host, const std::string& version) {
    Request request{.method = "POST", .target = "/"};
    sign(request,
         {{"host", host},
          {"x-acs-action", "DescribeUserDomains"},
          {"x-acs-content-sha256", sha256_hex("")},
          {"x-acs-date", format_time(clock.now())},
          {"x-acs-signature-nonce", "at" + host + version},
          {"x-acs-version", version}},
         "");
    return code(request);
  };
  EXPECT_EQ(at("cdn.sandbox.test", kCdn), "none");
  EXPECT_EQ(at("127.0.0.1:8080", kCdn), "none");
  EXPECT_EQ(at("dcdn.sandbox.test", kCdn), "InvalidAction.NotFound");
  EXPECT_EQ(at("cdn.sandbox.test", "2014-11-11"), "InvalidAction.NotFound");
}

TEST_F(AliyunApiTest, ServesBothNetworksFromOneStore) {
  const IssuedLeaf leaf = issue({"*.example.com", "*.example.net"});
  const std::string form = joined(upload_of(leaf, "n1"));
  const Json uploaded = answer(signed_call(kCas, "UploadUserCertificate", "", form));
  const auto id = uploaded.at("CertId").get<std::int64_t>();
  EXPECT_EQ(code(kCdn, "SetCdnDomainSSLCertificate", bind_to(id, "cdn.example.com")), "none");
  EXPECT_EQ(code(kCdn, "SetCdnDomainSSLCertificate", bind_to(id, ".example.net")), "none");
  EXPECT_EQ(code(kDcdn, "SetDcdnDomainSSLCertificate", bind_to(id, "dcdn.example.com")), "none");

  const Json info =
      call(kDcdn, "DescribeDcdnDomainCertificateInfo", {{"DomainName", "dcdn.example.com"}});
  const Json& one = info.at("CertInfos").at("CertInfo").at(0);
  EXPECT_EQ(one.at("CertId"), std::to_string(id));
  EXPECT_EQ(one.at("CertName"), "n1");
  EXPECT_EQ(one.at("SSLProtocol"), "on");

  const Json domains = call(kCdn, "DescribeUserDomains");
  EXPECT_EQ(domains.at("TotalCount"), 2);
  EXPECT_EQ(domains.at("Domains").at("PageData").at(1).at("DomainName"), ".example.net");
  EXPECT_EQ(domains.at("Domains").at("PageData").at(0).at("SslProtocol"), "on");
  const Json https = call(kCdn, "DescribeCdnHttpsDomainList");
  EXPECT_EQ(https.at("TotalCount"), 2);
  EXPECT_EQ(https.at("CertInfos").at("CertInfo").at(1).at("DomainName"), "*.example.net");
  EXPECT_EQ(https.at("CertInfos").at("CertInfo").at(0).at("CertUpdateTime"), "2026-01-02 03:04:05");
  EXPECT_EQ(world.serve(world.add_edge({.address = "192.0.2.7"}), "a.example.net").entry->id, id);
}

TEST_F(AliyunApiTest, ServesLiveByTheNameOfACertificate) {
  world.ensure_domain("live.example.com", "live");
  const std::int64_t id = world.upload("n1", pair_for({"*.example.com"}));
  const std::string bind = "SetLiveDomainCertificate";
  auto parameters = bind_to(id, "live.example.com");
  EXPECT_EQ(code(kLive, "DescribeLiveHttpsDomainList"), "NoHttpsDomain");
  EXPECT_EQ(code(kLive, bind, parameters), "MissingCertName");
  parameters["CertName"] = "n2";
  EXPECT_EQ(code(kLive, bind, parameters), "Certificate.NotFind");
  parameters["CertName"] = "n1";
  parameters["CertId"] = "7";
  EXPECT_EQ(code(kLive, bind, parameters), "InvalidParameter");
  parameters.erase("CertId");
  EXPECT_EQ(code(kLive, bind, parameters), "none");
  EXPECT_EQ(world.find_domain("live.example.com")->bound()->id, id);

  const Json domains = call(kLive, "DescribeLiveUserDomains");
  const Json& one = domains.at("Domains").at("PageData").at(0);
  EXPECT_EQ(one.at("LiveDomainStatus"), "online");
  EXPECT_FALSE(one.contains("SslProtocol"));
  const Json https = call(kLive, "DescribeLiveHttpsDomainList");
  EXPECT_EQ(https.at("CertInfos").at("CertInfo").at(0).at("CertName"), "n1");
  EXPECT_EQ(code(kLive, "DescribeLiveUserDomains", {{"PageSize", "51"}}), "InvalidParameter");
}

TEST_F(AliyunApiTest, ServesVodByIdAndListsNoCertificates) {
  world.ensure_domain("vod.example.com", "vod");
  const std::int64_t id = world.upload("n1", pair_for({"*.example.com"}));
  EXPECT_EQ(code(kVod, "SetVodDomainSSLCertificate", bind_to(id, "vod.example.com")), "none");
  const Json info =
      call(kVod, "DescribeVodDomainCertificateInfo", {{"DomainName", "vod.example.com"}});
  const Json& one = info.at("CertInfos").at("CertInfo").at(0);
  EXPECT_EQ(one.at("CertId"), std::to_string(id));
  EXPECT_EQ(one.at("ServerCertificateStatus"), "on");
  EXPECT_EQ(code(kVod, "DescribeVodUserDomains", {{"PageSize", "51"}}), "InvalidParameter");
  EXPECT_EQ(code(kVod, "DescribeVodHttpsDomainList"), "InvalidAction.NotFound");
}

TEST_F(AliyunApiTest, UpdatesACustomHostnameAsAWhole) {
  const Domain& domain = world.ensure_domain("esa.example.com", "esa");
  const std::string hostname = std::to_string(domain.id);
  world.set_origin("esa.example.com", "origin.example.net");
  const std::int64_t id = world.upload("n1", pair_for({"*.example.com"}));
  EXPECT_EQ(code(kEsa, "ListSites"), "UnsupportedHTTPMethod");
  const Json listed = call(kEsa, "ListCustomHostnames", {{"SiteId", "7001"}});
  const Json& one = listed.at("Hostnames").at(0);
  EXPECT_EQ(one.at("Hostname"), "esa.example.com");
  EXPECT_EQ(one.at("SslFlag"), "off");
  EXPECT_EQ(code(kEsa, "ListCustomHostnames", {{"SiteId", "7002"}}), "SiteNotFound");
  std::map<std::string, std::string> parameters = {{"HostnameId", hostname},
                                                   {"RecordId", one.at("RecordId").dump()},
                                                   {"SslFlag", "on"},
                                                   {"CertType", "cas"},
                                                   {"CasId", std::to_string(id)},
                                                   {"CasRegion", "cn-hangzhou"}};
  const auto with = [&](const std::string& name, const std::string& value) {
    auto changed = parameters;
    changed[name] = value;
    return code(kEsa, "UpdateCustomHostname", changed);
  };
  EXPECT_EQ(with("HostnameId", "1"), "CustomHostnameNotFound");
  EXPECT_EQ(with("CertType", "free"), "InvalidParameter");
  EXPECT_EQ(with("CasRegion", "ap-southeast-1"), "InvalidParameter");
  EXPECT_EQ(with("CasId", "7"), "Certificate.NotFind");
  EXPECT_EQ(with("SslFlag", "on"), "none");
  EXPECT_EQ(world.find_domain("esa.example.com")->origin, "origin.example.net");
  const Json got = call(kEsa, "GetCustomHostname", {{"HostnameId", hostname}});
  EXPECT_EQ(got.at("CustomHostnameModel").at("CasId"), id);
  // Whoever leaves the record out loses it.
  EXPECT_EQ(with("RecordId", ""), "none");
  EXPECT_EQ(world.find_domain("esa.example.com")->origin, "");
}

TEST_F(AliyunApiTest, RefusesWhatDoesNotFit) {
  const std::int64_t id = world.upload("n1", pair_for({"*.example.com"}));
  const std::string bind = "SetCdnDomainSSLCertificate";
  const auto with = [&](const std::string& name, const std::string& value) {
    auto parameters = bind_to(id, "cdn.example.com");
    parameters[name] = value;
    return code(kCdn, bind, parameters);
  };
  EXPECT_EQ(with("DomainName", ""), "MissingDomainName");
  EXPECT_EQ(with("DomainName", "other.example.com"), "InvalidDomain.NotFound");
  EXPECT_EQ(with("DomainName", "dcdn.example.com"), "InvalidDomain.NotFound");
  EXPECT_EQ(with("DomainName", "*.example.net"), "InvalidDomain.NotFound");
  EXPECT_EQ(with("DomainName", ".example.net"), "Certificate.DomainMissMatch");
  EXPECT_EQ(with("SSLProtocol", ""), "MissingSSLProtocol");
  EXPECT_EQ(with("SSLProtocol", "yes"), "InvalidParameter");
  EXPECT_EQ(with("CertType", "upload"), "InvalidParameter");
  EXPECT_EQ(with("CertId", "1e4"), "InvalidParameter");
  EXPECT_EQ(with("CertId", "7"), "Certificate.NotFind");
  EXPECT_EQ(with("CertRegion", "cn-beijing"), "Abs.CertRegion.ValueNotSupported");
  EXPECT_EQ(with("CertRegion", "ap-southeast-1"), "Certificate.NotFind");
  world.set_online("cdn.example.com", false);
  EXPECT_EQ(with("SSLProtocol", "on"), "InvalidDomain.Offline");
  EXPECT_EQ(world.find_domain("cdn.example.com")->bound(), nullptr);
}

TEST_F(AliyunApiTest, SwitchesHttpsOff) {
  const std::int64_t id = world.upload("n1", pair_for({"*.example.com"}));
  world.bind(id, "cdn.example.com");
  EXPECT_EQ(code(kCdn,
                 "SetCdnDomainSSLCertificate",
                 {{"DomainName", "cdn.example.com"}, {"SSLProtocol", "off"}}),
            "none");
  EXPECT_EQ(world.find_domain("cdn.example.com")->bound(), nullptr);
  EXPECT_EQ(code(kCdn, "DescribeCdnHttpsDomainList"), "NoHttpsDomain");
}

TEST_F(AliyunApiTest, TakesACertificateUnderANameOfItsOwn) {
  const IssuedLeaf leaf = issue({"*.example.com"});
  const auto upload = [&](const std::map<std::string, std::string>& parameters) {
    return code(kCas, "UploadUserCertificate", parameters);
  };
  EXPECT_EQ(upload(upload_of(leaf, "")), "MissingName");
  EXPECT_EQ(upload(upload_of(leaf, std::string(64, 'n'))), "InvalidParameter");
  EXPECT_EQ(upload(upload_of(leaf, std::string(63, 'n'))), "none");
  EXPECT_EQ(upload(upload_of(leaf, std::string(63, 'n'))), "NameRepeat");
  auto torn = upload_of(issue({"other.example.com"}), "n2");
  torn["Cert"] = leaf.chain_pem;
  EXPECT_EQ(upload(torn), "ParseCertificateFailed");
  world.set_quota(1);
  EXPECT_EQ(upload(upload_of(leaf, "n3")), "InsufficientQuota");
  EXPECT_EQ(world.entries().size(), 1U);
}

TEST_F(AliyunApiTest, ListsCertificatesByTypeAndStatus) {
  world.upload("n1", pair_for({"a.example.com", "b.example.com"}));
  const std::string list = "ListUserCertificateOrder";
  EXPECT_EQ(call(kCas, list).at("TotalCount"), 0);  // orders, unless told otherwise
  EXPECT_EQ(call(kCas, list, {{"OrderType", "CERT"}, {"Status", "EXPIRED"}}).at("TotalCount"), 0);
  const Json valid = call(kCas, list, {{"OrderType", "CERT"}});
  const Json& one = valid.at("CertificateOrderList").at(0);
  EXPECT_EQ(one.at("Name"), "n1");
  EXPECT_EQ(one.at("Sans"), "a.example.com,b.example.com");
  EXPECT_EQ(one.at("EndDate"), "2052-02-20");
  clock.elapsed = Time(hours(24 * 30001)) - ManualClock().now();
  EXPECT_EQ(call(kCas, list, {{"OrderType", "CERT"}}).at("TotalCount"), 0);
  EXPECT_EQ(call(kCas, list, {{"OrderType", "CERT"}, {"Status", "EXPIRED"}}).at("TotalCount"), 1);
}

TEST_F(AliyunApiTest, DeletesAlsoWhatIsInUseAndTheEdgesKeepIt) {
  const std::int64_t id = world.upload("n1", pair_for({"*.example.com"}));
  world.bind(id, "cdn.example.com");
  EXPECT_EQ(code(kCas, "DeleteUserCertificate", {{"CertId", "x"}}), "InvalidParameter");
  EXPECT_EQ(code(kCas, "DeleteUserCertificate", {{"CertId", std::to_string(id)}}), "none");
  EXPECT_EQ(code(kCas, "DeleteUserCertificate", {{"CertId", std::to_string(id)}}), "NotFound");
  const std::size_t edge = world.add_edge({.address = "192.0.2.7"});
  EXPECT_EQ(world.serve(edge, "cdn.example.com").entry->id, id);
}

TEST_F(AliyunApiTest, GivesPagesWithinTheirLimits) {
  for (int i = 0; i < 4; ++i) world.ensure_domain("d" + std::to_string(i) + ".example.com");
  const auto names = [&](const std::map<std::string, std::string>& parameters) {
    std::vector<std::string> out;
    const Json page = call(kCdn, "DescribeUserDomains", parameters);
    for (const Json& one : page.at("Domains").at("PageData")) out.push_back(one.at("DomainName"));
    return out;
  };
  EXPECT_THAT(names({{"PageSize", "4"}, {"PageNumber", "2"}}),
              ElementsAre("d2.example.com", "d3.example.com"));
  EXPECT_THAT(names({{"PageSize", "4"}, {"PageNumber", "3"}}), ElementsAre());
  EXPECT_EQ(names({}).size(), 6U);
  for (const char* size : {"0", "501", "x", "-1"}) {
    EXPECT_EQ(code(kCdn, "DescribeUserDomains", {{"PageSize", size}}), "InvalidParameter") << size;
  }
  EXPECT_EQ(code(kCdn, "DescribeUserDomains", {{"PageNumber", "0"}}), "InvalidParameter");
  EXPECT_EQ(code(kCas, "ListUserCertificateOrder", {{"ShowSize", "101"}}), "InvalidParameter");
}

TEST_F(AliyunApiTest, DoesOnlyWhatTheKeysAreAllowed) {
  api.deny("cdn:DescribeUserDomains");
  EXPECT_EQ(code(kCdn, "DescribeUserDomains"), "Forbidden.RAM");
  EXPECT_EQ(status, 403);
  EXPECT_EQ(code(kDcdn, "DescribeDcdnUserDomains"), "none");
}

TEST_F(AliyunApiTest, FaultsLeaveTheWorldAsTheySay) {
  const std::int64_t id = world.upload("n1", pair_for({"*.example.com"}));
  const auto bound = [&] { return world.find_domain("cdn.example.com")->bound() != nullptr; };
  const auto bind = [&](FaultKind kind) {
    faults.clear();
    faults.add({.kind = kind, .endpoint = "SetCdnDomainSSLCertificate", .count = 1});
    return api.handle(
        signed_call(kCdn, "SetCdnDomainSSLCertificate", joined(bind_to(id, "cdn.example.com"))));
  };
  EXPECT_EQ(Json::parse(bind(FaultKind::kThrottle).body).at("Code"), "Throttling.User");
  EXPECT_EQ(bind(FaultKind::kThrottleBody).status, 200);
  EXPECT_EQ(Json::parse(bind(FaultKind::kNothingChanged).body).size(), 1U);  // the RequestId
  EXPECT_TRUE(bind(FaultKind::kLostRequest).dropped);
  EXPECT_EQ(bind(FaultKind::kApplyLate).status, 504);
  EXPECT_FALSE(bound());
  clock.elapsed += seconds(2);
  world.advance();
  EXPECT_TRUE(bound());
  world.unbind("cdn.example.com");
  EXPECT_FALSE(Json::parse(bind(FaultKind::kBindWithoutCode).body).contains("RequestId"));
  EXPECT_TRUE(bound());
  EXPECT_EQ(Json::parse(bind(FaultKind::kErrorYetDone).body).at("Code"), "InternalError");
}

TEST_F(AliyunApiTest, ListsLagBehindWhenTold) {
  AliyunApi slow{{.credentials = {.access_key_id = "AKIDEXAMPLE",
                                  .access_key_secret = Secret("SKEXAMPLE"),
                                  .security_token = {}},
                  .list_lag = seconds(5)},
                 world,
                 faults};
  const std::int64_t id = world.upload("n1", pair_for({"*.example.com"}));
  world.bind(id, "cdn.example.com");
  const auto flag = [&] {
    const Json list = Json::parse(slow.handle(signed_call(kCdn, "DescribeUserDomains", "")).body);
    return list.at("Domains").at("PageData").at(0).at("SslProtocol").get<std::string>();
  };
  EXPECT_EQ(flag(), "off");
  clock.elapsed += seconds(5);
  EXPECT_EQ(flag(), "on");
}

}  // namespace
}  // namespace certferry::sandbox
