#include "sandbox/aws/aws_api.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <pugixml.hpp>

#include "base/text.h"
#include "crypto/digest.h"
#include "sandbox/test_support.h"

namespace certferry::sandbox {
namespace {

using Json = nlohmann::json;

struct AwsApiTest : testing::Test {
  AwsApiTest() {
    world.ensure_domain("cdn.example.com");
    world.ensure_domain("other.example.com");
    // The moment of the worked example.
    clock.elapsed = parse_time("2026-01-02T03:04:05Z").value() - clock.now();
  }

  static Request sign(Request request, const std::string& service, const std::string& host) {
    const std::string date = "20260102T030405Z";
    const auto mark = request.target.find('?');
    request.headers.emplace_back("host", host);
    request.headers.emplace_back("x-amz-date", date);
    std::ranges::sort(request.headers);
    std::string lines;
    std::vector<std::string> names;
    for (const auto& [name, value] : request.headers) {
      lines.append(name).append(":").append(value).append("\n");
      names.push_back(name);
    }
    const std::string canonical =
        request.method + "\n" + request.target.substr(0, mark) + "\n" +
        (mark == std::string::npos ? "" : request.target.substr(mark + 1)) + "\n" + lines + "\n" +
        join(names, ";") + "\n" + sha256_hex(request.body);
    const std::string scope = "20260102/us-east-1/" + service + "/aws4_request";
    std::string key = "AWS4wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
    for (const std::string& part : split(scope, '/')) key = hmac_sha256(Secret(key), part);
    const std::string mac = hmac_sha256(
        Secret(key), "AWS4-HMAC-SHA256\n" + date + "\n" + scope + "\n" + sha256_hex(canonical));
    request.authorization =
        "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/" + scope + ", SignedHeaders=" + join(names, ";") +
        ", Signature=" +
        to_hex(std::span(reinterpret_cast<const unsigned char*>(mac.data()), mac.size()));
    return request;
  }
  static Request acm(const std::string& target, const std::string& body) {
    const bool tags = target.starts_with("Resource");
    const std::string type = "application/x-amz-json-1.1";
    Request request{.method = "POST", .target = "/", .content_type = type, .body = body};
    request.headers = {{"content-type", type}, {"x-amz-target", target}};
    return sign(std::move(request),
                tags ? "tagging" : "acm",
                (tags ? "tagging" : "acm") + std::string(".us-east-1.amazonaws.com"));
  }
  static Request cloudfront(const std::string& path,
                            const std::string& body = {},
                            const std::string& etag = {}) {
    Request request{.method = body.empty() ? "GET" : "PUT",
                    .target = "/2020-05-31/distribution" + path,
                    .body = body};
    if (!etag.empty()) request.headers.emplace_back("if-match", etag);
    return sign(std::move(request), "cloudfront", "cloudfront.amazonaws.com");
  }
  static Request elb(const std::string& action,
                     std::vector<std::pair<std::string, std::string>> fields,
                     const std::string& version = "2015-12-01") {
    const std::string type = "application/x-www-form-urlencoded; charset=utf-8";
    Request request{.method = "POST", .target = "/", .content_type = type};
    request.body = "Action=" + action + "&Version=" + version;
    for (const auto& [name, value] : fields)
      request.body.append("&").append(name).append("=").append(value);
    request.headers = {{"content-type", type}};
    return sign(
        std::move(request), "elasticloadbalancing", "elasticloadbalancing.us-east-1.amazonaws.com");
  }
  static std::string encoded(std::string_view text) {
    std::string out;
    for (const char c : text) {
      std::array<char, 4> hex{};
      std::snprintf(hex.data(), hex.size(), "%%%02X", static_cast<unsigned char>(c));
      out += hex.data();
    }
    return out;
  }
  /// The answer, or what it was refused with.
  std::string iam_says(const std::string& action,
                       const std::vector<std::pair<std::string, std::string>>& fields = {},
                       const std::string& version = "2010-05-08") {
    const std::string type = "application/x-www-form-urlencoded; charset=utf-8";
    Request request{.method = "POST", .target = "/", .content_type = type};
    request.body = "Action=" + action + "&Version=" + version;
    for (const auto& [name, value] : fields)
      request.body.append("&").append(name).append("=").append(encoded(value));
    request.headers = {{"content-type", type}};
    const Reply reply = api.handle(sign(std::move(request), "iam", "iam.amazonaws.com"));
    return reply.status == 200 ? reply.body : code(reply);
  }
  std::string upload(const std::string& name,
                     const IssuedLeaf& leaf,
                     const std::string& below = "/cloudfront/") {
    return iam_says("UploadServerCertificate",
                    {{"ServerCertificateName", name},
                     {"Path", below},
                     {"CertificateBody", leaf.leaf_pem},
                     {"CertificateChain", leaf.chain_pem.substr(leaf.leaf_pem.size())},
                     {"PrivateKey", std::string(leaf.key_pem.reveal())}});
  }
  std::string remove(const std::string& name) {
    return iam_says("DeleteServerCertificate", {{"ServerCertificateName", name}});
  }
  /// "ASCASANDBOX…" out of an answer.
  static std::string id_in(const std::string& answer) {
    const auto from = answer.find("ASCASANDBOX");
    EXPECT_NE(from, std::string::npos) << answer;
    return answer.substr(from, answer.find('<', from) - from);
  }
  static std::string of_iam(const std::string& name, const std::string& below = "/cloudfront/") {
    return "arn:aws:iam::123456789012:server-certificate" + below + name;
  }
  /// The settings with a certificate of IAM in them.
  std::string with_iam(const std::string& id) {
    std::string text = with(id);
    for (const std::string_view tag : {"<ACMCertificateArn>", "</ACMCertificateArn>"}) {
      text =
          changed(text, tag, tag.starts_with("</") ? "</IAMCertificateId>" : "<IAMCertificateId>");
    }
    return text;
  }
  std::string elb_says(const std::string& action,
                       const std::vector<std::pair<std::string, std::string>>& fields = {}) {
    const Reply reply = api.handle(elb(action, fields));
    return reply.status == 200 ? reply.body : code(reply);
  }
  std::string change(const std::string& action,
                     const std::string& arn,
                     const std::string& balancer = "app/sandbox-0") {
    return elb_says(
        action,
        {{"ListenerArn", listener_of(balancer)}, {"Certificates.member.1.CertificateArn", arn}});
  }
  static std::string listener_of(const std::string& balancer) {
    return "arn:aws:elasticloadbalancing:us-east-1:123456789012:listener/" + balancer +
           "/50dc6c495c0c9188/f2f7dc8efc522ab2";
  }
  std::string stored(const IssuedLeaf& leaf) {
    return call("ImportCertificate", import_of(leaf, "certferry-a")).at("CertificateArn");
  }
  std::string bound(const std::string& name) {
    const EntryPtr entry = world.find_domain(name)->bound();
    return entry ? aws_arn_of(entry->id) : "none";
  }
  Json call(const std::string& action, const Json& body) {
    const std::string service =
        action == "GetResources" ? "ResourceGroupsTaggingAPI_20170126." : "CertificateManager.";
    const Reply reply = api.handle(acm(service + action, body.dump()));
    return reply.body.empty() ? Json() : Json::parse(reply.body);
  }
  std::string type(const std::string& action, const Json& body) {
    const Json answer = call(action, body);
    return answer.is_object() ? answer.value("__type", "none") : "none";
  }
  static Json import_of(const IssuedLeaf& leaf, const std::string& label) {
    const auto second = leaf.chain_pem.find("-----BEGIN", 1);
    Json body = {{"Certificate", base64_encode(leaf.chain_pem.substr(0, second))},
                 {"PrivateKey", base64_encode(leaf.key_pem.reveal())},
                 {"Tags", {{{"Key", "certferry"}, {"Value", label}}}}};
    if (second != std::string::npos) {
      body["CertificateChain"] = base64_encode(leaf.chain_pem.substr(second));
    }
    return body;
  }
  static std::string code(const Reply& reply) {
    pugi::xml_document document;
    document.load_string(reply.body.c_str());
    return document.child("ErrorResponse").child("Error").child_value("Code");
  }
  Reply config() { return api.handle(cloudfront(path)); }
  static std::string etag_of(const Reply& reply) {
    for (const auto& [name, value] : reply.headers) {
      if (name == "ETag") return value;
    }
    return {};
  }
  /// The settings as they are, with one text in the place of another.
  std::string changed(std::string text, std::string_view from, const std::string& to) {
    const auto at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return text.replace(at, from.size(), to);
  }
  std::string with(const std::string& arn) {
    std::string text = config().body;
    const auto from = text.find("<ViewerCertificate>");
    return text.replace(from,
                        text.find("</ViewerCertificate>") - from,
                        "<ViewerCertificate><ACMCertificateArn>" + arn +
                            "</ACMCertificateArn><SSLSupportMethod>sni-only</SSLSupportMethod>"
                            "<MinimumProtocolVersion>TLSv1.2_2021</MinimumProtocolVersion>");
  }
  std::string put(const std::string& body) {
    return code(api.handle(cloudfront(path, body, etag_of(config()))));
  }

  ManualClock clock;
  World world{{.product = "cloudfront"}, clock};
  Faults faults;
  AwsApi api{{.credentials = {.access_key = "AKIDEXAMPLE",
                              .secret_key = Secret("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")}},
             world,
             faults};
  std::string path = "/E2SANDBOX501/config";
};

TEST_F(AwsApiTest, TakesTheWorkedExampleOfASignatureAndNoOther) {
  const Request good = acm("CertificateManager.ListCertificates", R"({"MaxItems":1000})");
  EXPECT_TRUE(good.authorization.ends_with(
      "=30e73f7f86278c6a9d926b48df47d4fb104c17b27a4d2a40ebfafb13aeb04857"));
  EXPECT_EQ(api.handle(good).status, 200);
  const auto type_of = [&](const Request& request) {
    return Json::parse(api.handle(request).body).at("__type").get<std::string>();
  };
  Request request = good;
  request.body = R"({"MaxItems":999})";
  EXPECT_EQ(type_of(request), "InvalidSignatureException");
  request = good;
  request.headers.emplace_back("x-amz-meta", "not signed");
  EXPECT_EQ(type_of(request), "IncompleteSignatureException");
  request = good;
  request.headers.emplace_back("x-amz-security-token", "of nobody");
  EXPECT_EQ(type_of(request), "UnrecognizedClientException");
  EXPECT_EQ(type_of(sign({.method = "POST",
                          .target = "/",
                          .content_type = "application/x-amz-json-1.1",
                          .body = "{}",
                          .headers = {{"x-amz-target", "CertificateManager.ListCertificates"}}},
                         "cloudfront",
                         "acm.us-east-1.amazonaws.com")),
            "IncompleteSignatureException");
  EXPECT_EQ(type_of(acm("CertificateManager.Nothing", "{}")), "UnknownOperationException");
  EXPECT_EQ(type_of(acm("CertificateManager.ListCertificates", "[]")), "SerializationException");
  clock.elapsed += minutes(6);
  EXPECT_EQ(code(api.handle(cloudfront(""))), "SignatureDoesNotMatch");
}

TEST_F(AwsApiTest, StoresWhatIsWholeAndHidesWhatIsNotAskedFor) {
  const IssuedLeaf leaf = issue({"cdn.example.com"});
  Json odd = import_of(leaf, "certferry-a");
  odd["Certificate"] = base64_encode(leaf.chain_pem + leaf.chain_pem);
  EXPECT_EQ(type("ImportCertificate", odd), "ValidationException");
  odd = import_of(issue({"cdn.example.com"}), "certferry-a");
  odd["PrivateKey"] = base64_encode(leaf.key_pem.reveal());
  EXPECT_EQ(type("ImportCertificate", odd), "ValidationException");
  const std::string arn =
      call("ImportCertificate", import_of(leaf, "certferry-a")).at("CertificateArn");
  EXPECT_TRUE(call("ListCertificates", Json::object()).at("CertificateSummaryList").empty());
  const Json wanted = {{"Includes", {{"keyTypes", {"EC_prime256v1"}}}}};
  const Json listed = call("ListCertificates", wanted).at("CertificateSummaryList");
  ASSERT_EQ(listed.size(), 1U);
  EXPECT_EQ(listed[0].at("CertificateArn"), arn);
  EXPECT_EQ(listed[0].at("InUse"), false);
  const Json filter = {{"ResourceTypeFilters", {"acm:certificate"}},
                       {"TagFilters", {{{"Key", "certferry"}}}}};
  EXPECT_EQ(call("GetResources", filter).at("ResourceTagMappingList")[0].at("ResourceARN"), arn);
  EXPECT_EQ(call("ListTagsForCertificate", {{"CertificateArn", arn}}).at("Tags")[0].at("Value"),
            "certferry-a");

  EXPECT_EQ(put(with(arn)), "");
  EXPECT_EQ(type("DeleteCertificate", {{"CertificateArn", arn}}), "ResourceInUseException");
  world.unbind("cdn.example.com");
  EXPECT_EQ(type("DeleteCertificate", {{"CertificateArn", arn}}), "none");
  EXPECT_EQ(type("DeleteCertificate", {{"CertificateArn", arn}}), "ResourceNotFoundException");
  // The index of tags forgets late.
  EXPECT_EQ(call("ListCertificates", wanted).at("CertificateSummaryList").size(), 0U);
  EXPECT_EQ(call("GetResources", filter).at("ResourceTagMappingList").size(), 0U);
}

TEST_F(AwsApiTest, WritesSettingsAsAWholeAndOnlyInTheirVersion) {
  const std::string arn =
      call("ImportCertificate", import_of(issue({"cdn.example.com"}), "certferry-a"))
          .at("CertificateArn");
  const std::string other =
      call("ImportCertificate", import_of(issue({"x.example.com"}), "certferry-b"))
          .at("CertificateArn");
  const IssuedLeaf p384 = issue({"cdn.example.com"}, LeafRequest::KeyKind::kEcdsaP384);
  const std::string big =
      call("ImportCertificate", import_of(p384, "certferry-c")).at("CertificateArn");
  const std::string good = with(arn);
  EXPECT_EQ(code(api.handle(cloudfront(path, good))), "InvalidIfMatchVersion");
  EXPECT_EQ(code(api.handle(cloudfront(path, good, "E1"))), "PreconditionFailed");
  EXPECT_EQ(code(api.handle(cloudfront("/E9/config", good, "E1"))), "NoSuchDistribution");
  EXPECT_EQ(put(changed(good, "by hand", "by somebody")), "IllegalUpdate");
  EXPECT_EQ(put(changed(good, "<CNAME>cdn", "<CNAME>dcdn")), "IllegalUpdate");
  EXPECT_EQ(put(changed(good, "<Comment>made in the sandbox</Comment>", "")), "IllegalUpdate");
  EXPECT_EQ(put(changed(good, "<Quantity>1", "<Quantity>2")), "InconsistentQuantities");
  EXPECT_EQ(put(changed(good, "2020-05-31", "2019-03-26")), "MalformedXML");
  EXPECT_EQ(put(changed(good, "sni-only", "none")), "InvalidArgument");
  for (const std::string& bad :
       {other, big, std::string("arn:aws:acm:eu-west-1:1:certificate/1")}) {
    EXPECT_EQ(put(with(bad)), "InvalidViewerCertificate") << bad;
  }
  EXPECT_EQ(put(changed(good, "<ACM", "<IAMCertificateId>A</IAMCertificateId><ACM")),
            "InvalidViewerCertificate");
  EXPECT_EQ(world.find_domain("cdn.example.com")->bound(), nullptr);

  api.settings("cdn.example.com").newer = "strict";
  EXPECT_EQ(code(api.handle(cloudfront(path, good, etag_of(config())))), "");
  EXPECT_NE(world.find_domain("cdn.example.com")->bound(), nullptr);
  // What an update leaves out is gone.
  EXPECT_EQ(api.settings("cdn.example.com").newer, "");
  const std::string listed = api.handle(cloudfront("?MaxItems=1")).body;
  EXPECT_NE(listed.find(arn), std::string::npos);
  EXPECT_NE(listed.find("<NextMarker>E2SANDBOX501</NextMarker>"), std::string::npos);
  EXPECT_EQ(code(api.handle(cloudfront("?MaxItems=101"))), "InvalidArgument");
}

TEST_F(AwsApiTest, PresentsOfAListenersCertificatesTheOneThatAwsWould) {
  for (const char* name : {"a.example.com", "b.example.com"}) world.ensure_domain(name, "elb");
  const std::string pattern = stored(issue({"*.example.com"}));
  const std::string exact = stored(issue({"a.example.com"}));
  const std::string rsa = stored(issue({"a.example.com"}, LeafRequest::KeyKind::kRsa2048));
  const std::string other = stored(issue({"other.example.org"}));
  EXPECT_THAT(change("AddListenerCertificates", rsa), ::testing::HasSubstr(rsa));
  EXPECT_EQ(bound("a.example.com"), rsa);
  change("AddListenerCertificates", other);
  change("AddListenerCertificates", exact);
  EXPECT_EQ(bound("a.example.com"), exact);
  EXPECT_EQ(bound("b.example.com"), "none");
  change("ModifyListener", pattern);
  EXPECT_EQ(bound("b.example.com"), pattern);
  // The list comes before the default.
  EXPECT_EQ(bound("a.example.com"), exact);
  change("RemoveListenerCertificates", exact);
  EXPECT_EQ(bound("a.example.com"), rsa);
  change("AddListenerCertificates", pattern);
  EXPECT_EQ(bound("a.example.com"), pattern);
  // It is the default and in the list, so it is told twice.
  const std::string told =
      elb_says("DescribeListenerCertificates", {{"ListenerArn", listener_of("app/sandbox-0")}});
  EXPECT_NE(told.find(pattern), told.rfind(pattern));
  change("RemoveListenerCertificates", pattern);
  EXPECT_EQ(change("RemoveListenerCertificates", pattern), "OperationNotPermitted");
  EXPECT_EQ(bound("b.example.com"), pattern);
  // Nobody is served by it, and it is in use all the same.
  EXPECT_EQ(type("DeleteCertificate", {{"CertificateArn", other}}), "ResourceInUseException");
  world.unbind("b.example.com");
  EXPECT_EQ(
      elb_says("DescribeListenerCertificates", {{"ListenerArn", listener_of("app/sandbox-0")}})
          .find(pattern),
      std::string::npos);
}

TEST_F(AwsApiTest, IsStrictAboutWhatListenersAreSent) {
  world.ensure_domain("a.example.com", "elb");
  world.ensure_domain("off.example.com", "elb");
  world.ensure_domain("net.example.com", "elb");
  world.set_online("off.example.com", false);
  api.listener("net.example.com") = {.alone = true, .network = true};
  const std::string arn = stored(issue({"*.example.com"}));
  EXPECT_EQ(change("AddListenerCertificates", aws_arn_of(9)), "CertificateNotFound");
  EXPECT_EQ(change("AddListenerCertificates", ""), "ValidationError");
  EXPECT_EQ(change("AddListenerCertificates", arn, "app/sandbox-1"), "ListenerNotFound");
  const std::string listener = listener_of("app/sandbox-0");
  EXPECT_EQ(elb_says("AddListenerCertificates",
                     {{"ListenerArn", listener},
                      {"Certificates.member.1.CertificateArn", arn},
                      {"Certificates.member.2.CertificateArn", arn}}),
            "ValidationError");
  EXPECT_EQ(elb_says("DescribeListeners", {}), "ValidationError");
  EXPECT_EQ(elb_says("DescribeLoadBalancers", {{"PageSize", "401"}}), "ValidationError");
  EXPECT_EQ(elb_says("DescribeRules", {{"ListenerArn", listener_of("net/sandbox-alone-505")}}),
            "UnsupportedProtocol");
  EXPECT_EQ(elb_says("SetRulePriorities"), "NoSuchResource");
  EXPECT_EQ(api.handle(elb("DescribeLoadBalancers", {}, "2012-06-01")).status, 404);
  const std::string first = elb_says("DescribeLoadBalancers", {{"PageSize", "1"}});
  EXPECT_THAT(first, ::testing::HasSubstr("<NextMarker>m1</NextMarker>"));
  const std::string rest = elb_says("DescribeLoadBalancers", {{"Marker", "m1"}});
  EXPECT_THAT(rest, ::testing::HasSubstr("<Code>failed</Code>"));
  EXPECT_THAT(rest, ::testing::HasSubstr("<Type>network</Type>"));
  for (int i = 0; i < 26; ++i) {
    const std::string more = stored(issue({"n" + std::to_string(i) + ".example.org"}));
    const std::string said = change("AddListenerCertificates", more);
    EXPECT_EQ(said == "TooManyCertificates", i == 25) << said;
  }
  Request strange = elb("DescribeLoadBalancers", {});
  strange.body += "&PageSize=1";
  EXPECT_EQ(code(api.handle(strange)), "SignatureDoesNotMatch");
  EXPECT_EQ(world.find_domain("net.example.com")->bound(), nullptr);
  change("ModifyListener", arn, "net/sandbox-alone-505");
  EXPECT_EQ(bound("net.example.com"), arn);
}

TEST_F(AwsApiTest, KeepsServerCertificatesByNameAndAtTheirPaths) {
  const IssuedLeaf leaf = issue({"cdn.example.com"});
  const std::string answer = upload("certferry-a", leaf);
  EXPECT_THAT(answer, ::testing::HasSubstr("<Arn>" + of_iam("certferry-a") + "</Arn>"));
  EXPECT_EQ(upload("certferry-a", leaf), "EntityAlreadyExists");
  EXPECT_EQ(upload("certferry a", leaf), "ValidationError");
  EXPECT_EQ(upload(std::string(129, 'a'), leaf), "ValidationError");
  EXPECT_EQ(upload("b", leaf, "/cloudfront"), "ValidationError");
  EXPECT_EQ(upload("b", leaf, "cloudfront/"), "ValidationError");
  IssuedLeaf odd = leaf;
  odd.key_pem = issue({"cdn.example.com"}).key_pem;
  EXPECT_EQ(upload("b", odd), "KeyPairMismatch");
  odd = leaf;
  odd.leaf_pem = odd.chain_pem;
  EXPECT_EQ(upload("b", odd), "MalformedCertificate");
  EXPECT_EQ(iam_says("UploadServerCertificate", {{"ServerCertificateName", "b"}}),
            "ValidationError");
  EXPECT_EQ(iam_says("ListServerCertificates", {{"MaxItems", "1001"}}), "ValidationError");
  EXPECT_EQ(iam_says("ListServerCertificates", {{"Marker", "x"}}), "ValidationError");
  EXPECT_EQ(iam_says("ListServerCertificates", {{"Name", "certferry-a"}}), "ValidationError");
  EXPECT_EQ(iam_says("ListServerCertificates", {}, "2015-12-01"), "NoSuchResource");
  upload("certferry-b", leaf, "/");
  const std::string first = iam_says("ListServerCertificates", {{"MaxItems", "1"}});
  EXPECT_THAT(first, ::testing::HasSubstr("<IsTruncated>true</IsTruncated>"));
  EXPECT_THAT(first, ::testing::HasSubstr("<Marker>m1</Marker>"));
  EXPECT_THAT(iam_says("ListServerCertificates", {{"Marker", "m1"}}),
              ::testing::HasSubstr(of_iam("certferry-b", "/")));
  EXPECT_EQ(
      iam_says("ListServerCertificates", {{"PathPrefix", "/cloudfront/"}}).find("certferry-b"),
      std::string::npos);
  EXPECT_THAT(iam_says("GetServerCertificate", {{"ServerCertificateName", "certferry-a"}}),
              ::testing::HasSubstr("<CertificateBody>" + leaf.leaf_pem));
  EXPECT_EQ(iam_says("GetServerCertificate", {{"ServerCertificateName", "c"}}), "NoSuchEntity");
  // ACM knows nothing of them, and they are none of its.
  const Json wanted = {{"Includes", {{"keyTypes", {"EC_prime256v1"}}}}};
  EXPECT_TRUE(call("ListCertificates", wanted).at("CertificateSummaryList").empty());
  EXPECT_EQ(type("DeleteCertificate", {{"CertificateArn", aws_arn_of(10001)}}),
            "ResourceNotFoundException");
  world.set_quota(2);
  EXPECT_EQ(upload("certferry-c", leaf), "LimitExceeded");
  EXPECT_EQ(remove("c"), "NoSuchEntity");
  EXPECT_THAT(remove("certferry-b"), ::testing::HasSubstr("DeleteServerCertificateResponse"));
  EXPECT_EQ(remove("certferry-b"), "NoSuchEntity");
  api.deny("iam:DeleteServerCertificate");
  EXPECT_EQ(remove("certferry-a"), "AccessDenied");
}

TEST_F(AwsApiTest, ServesServerCertificatesAndKeepsThemMeanwhile) {
  world.ensure_domain("a.example.com", "elb");
  const IssuedLeaf leaf = issue({"*.example.com"});
  const std::string id = id_in(upload("one", leaf));
  const std::string plain = id_in(upload("two", leaf, "/"));
  EXPECT_EQ(put(with_iam(plain)), "InvalidViewerCertificate") << "it is not for CloudFront";
  EXPECT_EQ(put(with_iam("ASCA9")), "InvalidViewerCertificate");
  EXPECT_EQ(put(with(aws_arn_of(10001))), "InvalidViewerCertificate") << "it is not in ACM";
  EXPECT_EQ(put(changed(with_iam(id),
                        "</IAMCertificateId>",
                        "</IAMCertificateId><CertificateSource>acm</CertificateSource>")),
            "InvalidViewerCertificate");
  EXPECT_EQ(put(with_iam(id)), "");
  const std::string listed = api.handle(cloudfront("")).body;
  EXPECT_THAT(listed, ::testing::HasSubstr("<IAMCertificateId>" + id + "</IAMCertificateId>"));
  EXPECT_THAT(listed, ::testing::HasSubstr("<CertificateSource>iam</CertificateSource>"));
  EXPECT_EQ(remove("one"), "DeleteConflict");
  EXPECT_THAT(change("AddListenerCertificates", of_iam("two", "/")),
              ::testing::HasSubstr(of_iam("two", "/")));
  EXPECT_EQ(change("AddListenerCertificates", of_iam("two")), "CertificateNotFound");
  EXPECT_EQ(change("AddListenerCertificates", aws_arn_of(10002)), "CertificateNotFound");
  EXPECT_EQ(world.find_domain("a.example.com")->bound()->note, "two");
  EXPECT_EQ(remove("two"), "DeleteConflict");
  change("RemoveListenerCertificates", of_iam("two", "/"));
  EXPECT_THAT(remove("two"), ::testing::HasSubstr("Response"));
}

TEST_F(AwsApiTest, BreaksAsTold) {
  const std::string arn =
      call("ImportCertificate", import_of(issue({"cdn.example.com"}), "certferry-a"))
          .at("CertificateArn");
  const auto broken = [&](FaultKind kind) {
    faults.add(
        {.kind = kind, .endpoint = "UpdateDistribution", .domain = "cdn.example.com", .count = 1});
    return api.handle(cloudfront(path, with(arn), etag_of(config())));
  };
  EXPECT_EQ(code(broken(FaultKind::kThrottle)), "Throttling");
  EXPECT_NE(broken(FaultKind::kNothingChanged).body.find(arn), std::string::npos);
  EXPECT_EQ(world.find_domain("cdn.example.com")->bound(), nullptr);
  EXPECT_EQ(broken(FaultKind::kBindWithoutCode).body, "<Distribution/>");
  EXPECT_NE(world.find_domain("cdn.example.com")->bound(), nullptr);
  api.deny("acm:ImportCertificate");
  EXPECT_EQ(type("ImportCertificate", Json::object()), "AccessDeniedException");
}

}  // namespace
}  // namespace certferry::sandbox
