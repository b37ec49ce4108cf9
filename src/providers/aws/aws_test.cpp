#include "providers/aws/aws.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "providers/testing/recording_http.h"
#include "providers/testing/still_clock.h"

namespace certferry {
namespace {

using ::testing::ElementsAre;
using testing::finish;
using ::testing::HasSubstr;
using ::testing::Not;

using Json = nlohmann::json;

const std::string kArn = "arn:aws:acm:us-east-1:123456789012:certificate/0123-7";
const std::string kOther = "arn:aws:acm:us-east-1:123456789012:certificate/0123-8";

Json certificate(const std::string& arn, const Json& more = Json::object()) {
  Json out = {{"CertificateArn", arn}, {"Type", "IMPORTED"}, {"Status", "ISSUED"}};
  out.update(more);
  return out;
}

Json tagged(const std::string& arn, const std::string& label) {
  return {
      {"ResourceARN", arn},
      {"Tags", {{{"Key", "Owner"}, {"Value", "us"}}, {{"Key", "certferry"}, {"Value", label}}}}};
}

std::string of_acm(const std::string& arn) {
  return "<ViewerCertificate><CloudFrontDefaultCertificate>false</CloudFrontDefaultCertificate>"
         "<ACMCertificateArn>" +
         arn +
         "</ACMCertificateArn><SSLSupportMethod>vip</SSLSupportMethod><MinimumProtocolVersion>"
         "TLSv1.2_2019</MinimumProtocolVersion><Certificate>" +
         arn + "</Certificate><CertificateSource>acm</CertificateSource></ViewerCertificate>";
}

constexpr std::string_view kOwn =
    "<ViewerCertificate><CloudFrontDefaultCertificate>true</CloudFrontDefaultCertificate>"
    "<SSLSupportMethod>vip</SSLSupportMethod><MinimumProtocolVersion>TLSv1</MinimumProtocolVersion>"
    "<CertificateSource>cloudfront</CertificateSource></ViewerCertificate>";

std::string aliases(const std::vector<std::string>& names) {
  std::string items;
  for (const std::string& name : names) items += "<CNAME>" + name + "</CNAME>";
  return "<Aliases><Quantity>" + std::to_string(names.size()) + "</Quantity>" +
         (items.empty() ? "" : "<Items>" + items + "</Items>") + "</Aliases>";
}

std::string summary(const std::string& id,
                    const std::vector<std::string>& names,
                    std::string_view viewer,
                    const std::string& enabled = "true") {
  return "<DistributionSummary><Id>" + id + "</Id><ETag>E9</ETag><Status>Deployed</Status>" +
         "<LastModifiedTime>2026-01-01T00:00:00Z</LastModifiedTime><DomainName>d1.cloudfront.net"
         "</DomainName>" +
         aliases(names) +
         "<Origins><Quantity>1</Quantity><Items><Origin><Id>o</Id><CustomHeaders><Items>"
         "<OriginCustomHeader><HeaderValue>hush</HeaderValue></OriginCustomHeader></Items>"
         "</CustomHeaders></Origin></Items></Origins><Comment/><PriceClass>PriceClass_All"
         "</PriceClass><Enabled>" +
         enabled + "</Enabled>" + std::string(viewer) + "</DistributionSummary>";
}

std::string page(const std::string& items, const std::string& next = "") {
  return "<?xml version=\"1.0\"?>\n<DistributionList "
         "xmlns=\"http://cloudfront.amazonaws.com/doc/2020-05-31/\"><Marker/>" +
         (next.empty() ? "" : "<NextMarker>" + next + "</NextMarker>") + "<IsTruncated>" +
         (next.empty() ? "false" : "true") + "</IsTruncated><Items>" + items +
         "</Items></DistributionList>";
}

/// What comes before the certificate, and after it: odd on purpose.
constexpr std::string_view kBefore =
    "<?xml version=\"1.0\"?>\n<DistributionConfig "
    "xmlns=\"http://cloudfront.amazonaws.com/doc/2020-05-31/\"><CallerReference>a &amp; b&#13;"
    "</CallerReference><Aliases><Quantity>1</Quantity><Items><CNAME>a.example.com</CNAME></Items>"
    "</Aliases><Comment> </Comment>\r\n<!-- kept --><Newer  x='1'/><DefaultRootObject></"
    "DefaultRootObject>";
constexpr std::string_view kAfter = "<Logging><Prefix>\t</Prefix></Logging></DistributionConfig>\n";

std::string config(std::string_view viewer) {
  return std::string(kBefore) + std::string(viewer) + std::string(kAfter);
}

std::string done(const std::string& arn) {
  return "<Distribution><Id>E1</Id><Status>InProgress</Status><DistributionConfig>" + of_acm(arn) +
         "</DistributionConfig></Distribution>";
}

struct AwsTest : ::testing::Test {
  testing::RecordingHttp http;
  testing::StillClock clock;
  Aws account{{.endpoint = "https://{service}.amazonaws.com",
               .key = {.id = "AKEXAMPLE", .secret = Secret("SKEXAMPLE"), .session_token = {}}},
              http,
              clock};

  void will_store(const std::vector<Json>& certificates, const Json& next = nullptr) {
    Json body = {{"CertificateSummaryList", certificates}};
    if (!next.is_null()) body["NextToken"] = next;
    http.will_answer(200, body.dump());
  }
  void will_tell_tags(const std::vector<Json>& resources, const Json& next = "") {
    http.will_answer(200,
                     Json{{"ResourceTagMappingList", resources}, {"PaginationToken", next}}.dump());
  }
  void will_read(std::string body, std::string etag = "E2") {
    http.will_answer(
        {.status = 200, .headers = {{"etag", std::move(etag)}}, .body = std::move(body)});
  }
  static BindRequest bind_of(const std::string& arn, std::vector<std::string> names) {
    auto bundle = std::make_shared<Bundle>();
    bundle->leaf.dns_names = std::move(names);
    return {.product = "cloudfront",
            .binding = {.name = "a.example.com", .vendor_name = "a.example.com"},
            .stored_id = arn,
            .bundle = bundle,
            .label = {}};
  }
  std::string authorization(std::size_t i) const {
    return http.sent[i].headers.at("Authorization");
  }
};

TEST_F(AwsTest, SignsWhatItAsksForWithEachService) {
  will_store({});
  will_tell_tags({});
  EXPECT_TRUE(finish(account.list_stored()).value().empty());
  http.will_answer(200, page("", "E1/="));
  http.will_answer(200, page(""));
  EXPECT_TRUE(finish(account.list_bindings("cloudfront")).value().empty());
  ASSERT_EQ(http.sent.size(), 4U);
  const auto scope = [](const std::string& service) {
    return "AWS4-HMAC-SHA256 Credential=AKEXAMPLE/20260102/us-east-1/" + service +
           "/aws4_request, SignedHeaders=";
  };
  const std::string json = "content-type;host;x-amz-date;x-amz-target, Signature=";
  // All computed by another program.
  EXPECT_EQ(http.sent[0].method, "POST");
  EXPECT_EQ(http.sent[0].url, "https://acm.us-east-1.amazonaws.com/");
  EXPECT_EQ(http.sent[0].headers.at("X-Amz-Target"), "CertificateManager.ListCertificates");
  EXPECT_EQ(http.sent[0].headers.at("Content-Type"), "application/x-amz-json-1.1");
  EXPECT_EQ(http.sent[0].headers.at("X-Amz-Date"), "20260102T030400Z");
  EXPECT_EQ(http.sent[0].body,
            R"({"Includes":{"keyTypes":["RSA_1024","RSA_2048","RSA_3072","RSA_4096",)"
            R"("EC_prime256v1","EC_secp384r1","EC_secp521r1"]},"MaxItems":1000})");
  EXPECT_EQ(
      authorization(0),
      scope("acm") + json + "99684a052f1039243f34bea9fe37b40eef84ddcb929ae4ba1cfbf37f5463ce9b");
  EXPECT_EQ(http.sent[1].url, "https://tagging.us-east-1.amazonaws.com/");
  EXPECT_EQ(http.sent[1].headers.at("X-Amz-Target"),
            "ResourceGroupsTaggingAPI_20170126.GetResources");
  EXPECT_EQ(http.sent[1].body,
            R"({"ResourceTypeFilters":["acm:certificate"],"TagFilters":[{"Key":"certferry"}],)"
            R"("ResourcesPerPage":100})");
  EXPECT_EQ(
      authorization(1),
      scope("tagging") + json + "f9b9fa19cdbc9d395aedb37b03592de1e5f3f22ee3ce6123d5e40a17ffa5d613");
  EXPECT_EQ(http.sent[2].method, "GET");
  EXPECT_EQ(http.sent[2].url,
            "https://cloudfront.amazonaws.com/2020-05-31/distribution?MaxItems=25");
  EXPECT_EQ(authorization(2),
            scope("cloudfront") +
                "host;x-amz-date, Signature="
                "c8bae3d99015e1299fab95b4243e87524e55f795ad70043b782c2b271eb88aa4");
  EXPECT_EQ(http.sent[3].url,
            "https://cloudfront.amazonaws.com/2020-05-31/distribution?Marker=E1%2F%3D&MaxItems=25");
  EXPECT_EQ(authorization(3),
            scope("cloudfront") +
                "host;x-amz-date, Signature="
                "c8b8e4c329c9a3b4ffeb1b520d6bbbe56aefe78fed3198a9ae60f0668ac8979b");
  for (const auto& one : http.sent) EXPECT_FALSE(one.changes_state);
}

TEST_F(AwsTest, FindsLabelsAmongTheTags) {
  will_store({certificate(kArn,
                          {{"SubjectAlternativeNameSummaries", {"a.example.com", "*.Example.com"}},
                           {"DomainName", "a.example.com"},
                           {"InUse", true},
                           {"NotBefore", 1.7e9},
                           {"NotAfter", 1750000000.5}})},
             "next");
  will_store({certificate(kOther, {{"DomainName", "b.example.com"}, {"NotAfter", 1e300}})});
  will_tell_tags({tagged("arn:aws:acm:us-east-1:1:certificate/gone", "certferry-x")}, "more");
  will_tell_tags({tagged(kArn, "certferry-aa-bbbbb")}, nullptr);
  const auto all = finish(account.list_stored()).value();
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].id, kArn);
  EXPECT_EQ(all[0].label, "certferry-aa-bbbbb");
  EXPECT_THAT(all[0].names, ElementsAre("a.example.com", "*.example.com"));
  EXPECT_EQ(all[0].not_before, Time(seconds(1700000000)));
  EXPECT_EQ(all[0].not_after, Time(seconds(1750000000)));
  EXPECT_EQ(all[0].in_use, 1U);
  EXPECT_EQ(all[1].label, "");
  EXPECT_THAT(all[1].names, ElementsAre("b.example.com"));
  EXPECT_EQ(all[1].not_after, Time{});
  EXPECT_EQ(all[1].in_use, std::nullopt);
  EXPECT_THAT(http.sent[1].body, HasSubstr(R"("NextToken":"next")"));
  EXPECT_THAT(http.sent[3].body, HasSubstr(R"("PaginationToken":"more")"));
}

TEST_F(AwsTest, TakesNoListForWholeThatIsNot) {
  const auto stored = [&] { return finish(account.list_stored()).error().code; };
  http.will_answer(200, "{}");
  EXPECT_EQ(stored(), "reply.shape");
  will_store({certificate("")});
  EXPECT_EQ(stored(), "reply.no_id");
  will_store({}, 7);
  EXPECT_EQ(stored(), "reply.shape");
  will_store({}, "next");
  will_store({}, "next");
  EXPECT_EQ(stored(), "reply.paging");
  will_store({});
  http.will_answer(200, R"({"PaginationToken":""})");
  EXPECT_EQ(stored(), "reply.shape");

  const auto bound = [&](const std::string& body) {
    http.will_answer(200, body);
    return finish(account.list_bindings("cloudfront")).error().code;
  };
  EXPECT_EQ(bound("<DistributionLists/>"), "reply.shape");
  EXPECT_EQ(bound("<DistributionList><Items/></DistributionList>"), "reply.shape");
  EXPECT_EQ(bound("<DistributionList><IsTruncated>true</IsTruncated></DistributionList>"),
            "reply.paging");
  EXPECT_EQ(bound(page(summary("", {"a.example.com"}, kOwn))), "reply.no_id");
  EXPECT_EQ(bound(page(summary("E1", {""}, kOwn))), "reply.shape");
  // What is not understood must not look like no certificate.
  for (const char* viewer :
       {"",
        "<ViewerCertificate/>",
        "<ViewerCertificate><CloudFrontDefaultCertificate>false</CloudFrontDefaultCertificate>"
        "</ViewerCertificate>"}) {
    EXPECT_EQ(bound(page(summary("E1", {"a.example.com"}, viewer))), "reply.shape") << viewer;
  }
  EXPECT_EQ(bound(page(summary("E1", {"a.example.com"}, of_acm("a b")))), "reply.no_id");
}

TEST_F(AwsTest, ListsEachNameOfADistribution) {
  http.will_answer(200,
                   page(summary("E1", {"a.example.com", "*.Example.net"}, of_acm(kArn)) +
                            summary("E2", {}, "<ViewerCertificate/>"),
                        "E2"));
  http.will_answer(200,
                   page(summary("E3", {"c.example.com"}, kOwn, "false") +
                        summary("E4",
                                {"d.example.com"},
                                "<ViewerCertificate><IAMCertificateId>ASCA7</IAMCertificateId>"
                                "</ViewerCertificate>")));
  const auto all = finish(account.list_bindings("cloudfront")).value();
  ASSERT_EQ(all.size(), 4U);
  EXPECT_EQ(all[0].name, "a.example.com");
  EXPECT_EQ(all[0].edge_name, "d1.cloudfront.net");
  EXPECT_EQ(all[0].stored_id, kArn);
  EXPECT_TRUE(all[0].online);
  EXPECT_EQ(all[0].status, "Deployed");
  EXPECT_EQ(all[1].name, "*.example.net");
  EXPECT_EQ(all[1].vendor_name, "*.Example.net");
  EXPECT_EQ(all[1].settings, all[0].settings);
  EXPECT_EQ(all[2].stored_id, std::nullopt);
  EXPECT_FALSE(all[2].online);
  EXPECT_EQ(all[2].status, "offline");
  EXPECT_EQ(all[3].stored_id, "IAM:ASCA7");

  const auto& settings = all[0].settings;
  EXPECT_EQ(settings.at("names"), "a.example.com *.Example.net");
  EXPECT_EQ(settings.at("PriceClass"), "PriceClass_All");
  EXPECT_EQ(settings.at("https.SSLSupportMethod"), "vip");
  EXPECT_EQ(settings.at("https.MinimumProtocolVersion"), "TLSv1.2_2019");
  EXPECT_EQ(settings.count("Origins, by SHA-256"), 1U);
  for (const auto& [key, value] : settings) EXPECT_THAT(value, Not(HasSubstr("hush")));
  // What changes by itself, or is what a bind is for.
  for (const char* key : {"Status", "ETag", "LastModifiedTime", "ViewerCertificate"}) {
    EXPECT_EQ(settings.count(key), 0U) << key;
  }
  // As they will be with a first certificate.
  EXPECT_EQ(all[2].settings.at("https"), "off");
}

TEST_F(AwsTest, ImportsLeafChainAndKeyInAFieldEach) {
  auto bundle = std::make_shared<Bundle>();
  bundle->chain_pem = "-----BEGIN CERTIFICATE-----\nL\n-----BEGIN CERTIFICATE-----\nC\n";
  bundle->key_pem = Secret("KEY");
  http.will_answer(200, Json{{"CertificateArn", kArn}}.dump());
  EXPECT_EQ(finish(account.upload(bundle, "certferry-aa")).value(), kArn);
  EXPECT_EQ(http.sent[0].headers.at("X-Amz-Target"), "CertificateManager.ImportCertificate");
  EXPECT_EQ(http.sent[0].body,
            R"({"Certificate":"LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCkwK","PrivateKey":"S0VZ",)"
            R"("CertificateChain":"LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCkMK",)"
            R"("Tags":[{"Key":"certferry","Value":"certferry-aa"}]})");
  EXPECT_TRUE(http.sent[0].changes_state);
  bundle->chain_pem = "-----BEGIN CERTIFICATE-----\nL\n";
  http.will_answer({.status = 200, .headers = {{"x-amzn-requestid", "r"}}, .body = ""});
  const Error error = finish(account.upload(bundle, "certferry-aa")).error();
  EXPECT_EQ(error.kind, ErrorKind::kMaybeApplied);
  EXPECT_EQ(error.code, "reply.no_id");
  EXPECT_THAT(http.sent[1].body, Not(HasSubstr("CertificateChain")));
}

TEST_F(AwsTest, ExchangesTheCertificateAloneInTheSettings) {
  http.will_answer(200, page(summary("E1", {"a.example.com"}, of_acm(kOther))));
  will_read(config(of_acm(kOther)));
  http.will_answer(200, done(kArn));
  const auto bound = finish(account.bind(bind_of(kArn, {"*.example.com"})));
  ASSERT_TRUE(bound.has_value()) << bound.error().text();
  EXPECT_TRUE(bound->wrote_settings);
  ASSERT_EQ(http.sent.size(), 3U);
  const std::string url = "https://cloudfront.amazonaws.com/2020-05-31/distribution/E1/config";
  EXPECT_EQ(http.sent[1].method, "GET");
  EXPECT_EQ(http.sent[1].url, url);
  EXPECT_FALSE(http.sent[1].changes_state);
  EXPECT_EQ(http.sent[2].method, "PUT");
  EXPECT_EQ(http.sent[2].url, url);
  EXPECT_TRUE(http.sent[2].changes_state);
  EXPECT_EQ(http.sent[2].headers.at("If-Match"), "E2");
  EXPECT_EQ(http.sent[2].headers.at("Content-Type"), "text/xml");
  EXPECT_THAT(authorization(2), HasSubstr("SignedHeaders=content-type;host;if-match;x-amz-date,"));
  EXPECT_EQ(http.sent[2].body,
            config("<ViewerCertificate><CloudFrontDefaultCertificate>false"
                   "</CloudFrontDefaultCertificate><ACMCertificateArn>" +
                   kArn +
                   "</ACMCertificateArn><SSLSupportMethod>vip</SSLSupportMethod>"
                   "<MinimumProtocolVersion>TLSv1.2_2019</MinimumProtocolVersion>"
                   "</ViewerCertificate>"));
}

TEST_F(AwsTest, KeepsWhatItDoesNotKnowBesideTheCertificate) {
  const std::string begin =
      "<ViewerCertificate><CloudFrontDefaultCertificate>false</CloudFrontDefaultCertificate>"
      "<ACMCertificateArn>" +
      kArn + "</ACMCertificateArn>";
  // A first certificate comes with what the console would give.
  EXPECT_EQ(with_certificate(config(kOwn), {.element = kAwsOfAcm, .value = kArn}).value(),
            config(begin + "<SSLSupportMethod>sni-only</SSLSupportMethod><MinimumProtocolVersion>"
                           "TLSv1.2_2021</MinimumProtocolVersion></ViewerCertificate>"));
  const std::string fine =
      "<ViewerCertificate>\n  <Newer a='&lt;'>x &amp; y<Deep> </Deep></Newer>\n"
      "  <IAMCertificateId>ASCA7</IAMCertificateId><!-- c --><Last/>\n</ViewerCertificate>";
  EXPECT_EQ(
      with_certificate(config(fine), {.element = kAwsOfAcm, .value = kArn}).value(),
      config(begin + "<Newer a='&lt;'>x &amp; y<Deep> </Deep></Newer><Last/></ViewerCertificate>"));
  const std::string one = "<ViewerCertificate><A/></ViewerCertificate>";
  for (const std::string& none : {std::string(),
                                  std::string("<ViewerCertificate><A></ViewerCertificate>"),
                                  std::string("<ViewerCertificate/>"),
                                  std::string("<ViewerCertificate></ViewerCertificate>"),
                                  std::string("<ViewerCertificate a='1'><A/></ViewerCertificate>"),
                                  one + one}) {
    EXPECT_EQ(with_certificate(config(none), {.element = kAwsOfAcm, .value = kArn}).error().code,
              "reply.shape")
        << none;
  }
}

TEST_F(AwsTest, SendsNoChangeWhereItIsNotClearOrDoneAlready) {
  const auto bind = [&](const std::string& read, std::vector<std::string> names) {
    http.will_answer(200, page(summary("E1", {"a.example.com"}, kOwn)));
    Aws fresh({.endpoint = "https://{service}.amazonaws.com",
               .key = {.id = "AKEXAMPLE", .secret = Secret("SKEXAMPLE"), .session_token = {}}},
              http,
              clock);
    will_read(read, read == config(kOwn) && names.size() == 1 ? "" : "E2");
    return finish(fresh.bind(bind_of(kArn, std::move(names))));
  };
  EXPECT_TRUE(bind(config(of_acm(kArn)), {"a.example.com"}).has_value());
  const Error uncovered = bind(config(kOwn), {"b.example.com", "c.example.com"}).error();
  EXPECT_EQ(uncovered.kind, ErrorKind::kRejected);
  EXPECT_THAT(uncovered.text(), HasSubstr("a.example.com"));
  EXPECT_EQ(bind(config(kOwn), {"a.example.com"}).error().code, "reply.shape");  // no version
  EXPECT_EQ(
      bind("<DistributionConfig>" + std::string(kOwn) + "</DistributionConfig>", {"a.example.com"})
          .error()
          .kind,
      ErrorKind::kNotFound);
  http.will_answer(200, page(""));
  EXPECT_EQ(finish(account.bind(bind_of(kArn, {"a.example.com"}))).error().code,
            "vendor.not_found");
  for (const auto& one : http.sent) EXPECT_FALSE(one.changes_state);
}

TEST_F(AwsTest, BelievesNoYesThatDoesNotNameTheCertificate) {
  http.will_answer(200, page(summary("E1", {"a.example.com"}, kOwn)));
  will_read(config(kOwn));
  http.will_answer(200, done(kOther));
  const Error error = finish(account.bind(bind_of(kArn, {"a.example.com"}))).error();
  EXPECT_EQ(error.kind, ErrorKind::kMaybeApplied);
  EXPECT_EQ(error.code, "reply.shape");
}

TEST_F(AwsTest, DeletesByArnAndHasNoOtherProduct) {
  http.will_answer({.status = 200, .headers = {{"x-amzn-requestid", "r"}}, .body = ""});
  EXPECT_TRUE(finish(account.remove(kArn)).has_value());
  EXPECT_EQ(http.sent[0].headers.at("X-Amz-Target"), "CertificateManager.DeleteCertificate");
  EXPECT_EQ(http.sent[0].body, R"({"CertificateArn":")" + kArn + R"("})");
  EXPECT_TRUE(http.sent[0].changes_state);
  http.will_answer(200, "");  // of nobody
  EXPECT_EQ(finish(account.remove(kArn)).error().kind, ErrorKind::kMaybeApplied);
  EXPECT_EQ(finish(account.list_bindings("alb")).error().kind, ErrorKind::kUnsupported);
}

}  // namespace
}  // namespace certferry
