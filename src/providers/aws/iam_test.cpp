#include "providers/aws/iam.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "crypto/throwaway_ca.h"
#include "model/label.h"
#include "providers/aws/aws.h"
#include "providers/aws/metadata.h"
#include "providers/testing/recording_http.h"
#include "providers/testing/still_clock.h"

namespace certferry {
namespace {

using ::testing::ElementsAre;
using testing::finish;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

const Time kNow = parse_time("2026-01-02T03:04:00Z").value();

IssuedLeaf issued(std::vector<std::string> names) {
  static const ThrowawayCa kAuthority(kNow - hours(24), kNow + hours(24 * 365));
  return kAuthority.issue({.names = std::move(names),
                           .not_before = kNow - hours(1),
                           .not_after = kNow + hours(24 * 90)});
}

std::string arn(const std::string& name, const std::string& path = "/cloudfront/") {
  return "arn:aws:iam::123456789012:server-certificate" + path + name;
}

std::string metadata(const std::string& id,
                     const std::string& name,
                     const std::string& path = "/cloudfront/") {
  return "<ServerCertificateName>" + name + "</ServerCertificateName><Path>" + path +
         "</Path><Arn>" + arn(name, path) + "</Arn><UploadDate>2026-01-01T00:00:00Z</UploadDate>" +
         "<ServerCertificateId>" + id + "</ServerCertificateId><Expiration>2026-04-02T03:04:00Z" +
         "</Expiration>";
}

struct AwsIamTest : ::testing::Test {
  testing::RecordingHttp http;
  testing::StillClock clock;
  Aws account = with({.store = "iam"});

  Aws with(AwsConfig config) {
    if (config.endpoint.empty()) config.endpoint = "https://{service}.amazonaws.com";
    config.key = {.id = "AKEXAMPLE", .secret = Secret("SKEXAMPLE"), .session_token = {}};
    return Aws(std::move(config), http, clock);
  }
  void will_say(const std::string& action, const std::string& inside) {
    http.will_answer(200,
                     "<" + action +
                         "Response xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\"><" + action +
                         "Result>" + inside + "</" + action +
                         "Result><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></" +
                         action + "Response>");
  }
  void will_refuse(int status, const std::string& code, const std::string& message = "No.") {
    http.will_answer(status,
                     "<ErrorResponse xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\"><Error>"
                     "<Type>Sender</Type><Code>" +
                         code + "</Code><Message>" + message +
                         "</Message></Error><RequestId>r</RequestId></ErrorResponse>");
  }
  void will_list(const std::vector<std::string>& all, const std::string& marker = "") {
    std::string items;
    for (const std::string& one : all) items += "<member>" + one + "</member>";
    will_say("ListServerCertificates",
             std::string("<IsTruncated>") + (marker.empty() ? "false" : "true") +
                 "</IsTruncated><ServerCertificateMetadataList>" + items +
                 "</ServerCertificateMetadataList>" +
                 (marker.empty() ? "" : "<Marker>" + marker + "</Marker>"));
  }
  void will_read(const std::string& its_metadata, const IssuedLeaf& leaf) {
    will_say("GetServerCertificate",
             "<ServerCertificate><ServerCertificateMetadata>" + its_metadata +
                 "</ServerCertificateMetadata><CertificateBody>" + leaf.leaf_pem +
                 "</CertificateBody></ServerCertificate>");
  }
  void will_have_distribution(const std::string& viewer) {
    http.will_answer(200,
                     "<DistributionList><IsTruncated>false</IsTruncated><Items>"
                     "<DistributionSummary><Id>E1</Id><Status>Deployed</Status><DomainName>"
                     "d1.cloudfront.net</DomainName><Aliases><Items><CNAME>a.example.com</CNAME>"
                     "</Items></Aliases><Enabled>true</Enabled><ViewerCertificate>" +
                         viewer +
                         "<SSLSupportMethod>sni-only</SSLSupportMethod></ViewerCertificate>"
                         "</DistributionSummary></Items></DistributionList>");
  }
  void will_have_settings(const std::string& viewer) {
    http.will_answer({.status = 200,
                      .headers = {{"etag", "E2"}},
                      .body = "<DistributionConfig><Aliases><Items><CNAME>a.example.com</CNAME>"
                              "</Items></Aliases><ViewerCertificate>" +
                              viewer + "</ViewerCertificate></DistributionConfig>"});
  }
  void will_have_listener(const std::vector<std::string>& arns) {
    const std::string of_elb = "arn:aws:elasticloadbalancing:us-east-1:123456789012:";
    will_say("DescribeLoadBalancers",
             "<LoadBalancers><member><LoadBalancerArn>" + of_elb +
                 "loadbalancer/net/lb/1</LoadBalancerArn><DNSName>lb.elb.amazonaws.com</DNSName>"
                 "<Type>network</Type><State><Code>active</Code></State></member></LoadBalancers>");
    will_say("DescribeListeners",
             "<Listeners><member><ListenerArn>" + of_elb +
                 "listener/net/lb/1/2</ListenerArn><Protocol>TLS</Protocol><Port>443</Port>"
                 "</member></Listeners>");
    std::string items;
    for (const std::string& one : arns) {
      items += "<member><CertificateArn>" + one + "</CertificateArn><IsDefault>" +
               (one == arns.front() ? "true" : "false") + "</IsDefault></member>";
    }
    will_say("DescribeListenerCertificates", "<Certificates>" + items + "</Certificates>");
  }
  static BundlePtr bundle_of(const IssuedLeaf& leaf) {
    auto bundle = std::make_shared<Bundle>();
    bundle->leaf = leaf.leaf;
    bundle->chain_pem = leaf.chain_pem;
    bundle->key_pem = leaf.key_pem;
    return bundle;
  }
  Result<BindDone> bind(const std::string& product, const std::string& to, const IssuedLeaf& leaf) {
    return finish(
        account.bind({.product = product,
                      .binding = {.name = "a.example.com", .vendor_name = "a.example.com"},
                      .stored_id = to,
                      .bundle = bundle_of(leaf),
                      .label = label_for(leaf.leaf.fingerprint, 7)}));
  }
  std::string action(std::size_t i) const {
    const std::string& body = http.sent.at(i).body;
    return body.substr(7, body.find('&') - 7);
  }
  std::size_t changes() const {
    return static_cast<std::size_t>(std::ranges::count_if(
        http.sent, [](const testing::RecordingHttp::Sent& one) { return one.changes_state; }));
  }
};

TEST_F(AwsIamTest, UploadsUnderTheLabelWhereCloudFrontTakesIt) {
  auto bundle = std::make_shared<Bundle>();
  bundle->chain_pem =
      "-----BEGIN CERTIFICATE-----\nL+/=\n-----END CERTIFICATE-----\n"
      "-----BEGIN CERTIFICATE-----\nC\n-----END CERTIFICATE-----\n";
  bundle->key_pem = Secret("K+Y\n");
  will_say("UploadServerCertificate",
           "<ServerCertificateMetadata>" + metadata("ASCA1", "certferry-aa") +
               "</ServerCertificateMetadata>");
  EXPECT_EQ(finish(account.upload(bundle, "certferry-aa")).value(), arn("certferry-aa"));
  ASSERT_EQ(http.sent.size(), 1U);
  EXPECT_EQ(http.sent[0].url, "https://iam.amazonaws.com/");
  EXPECT_TRUE(http.sent[0].changes_state);
  EXPECT_THAT(http.sent[0].headers.at("Authorization"),
              HasSubstr("/20260102/us-east-1/iam/aws4_request, "
                        "SignedHeaders=content-type;host;x-amz-date,"));
  EXPECT_EQ(http.sent[0].body,
            "Action=UploadServerCertificate&Version=2010-05-08&ServerCertificateName=certferry-aa"
            "&Path=%2Fcloudfront%2F"
            "&CertificateBody=-----BEGIN%20CERTIFICATE-----%0AL%2B%2F%3D%0A-----END%20"
            "CERTIFICATE-----%0A"
            "&CertificateChain=-----BEGIN%20CERTIFICATE-----%0AC%0A-----END%20CERTIFICATE-----%0A"
            "&PrivateKey=K%2BY%0A");
  for (const std::string& odd : {std::string("<ServerCertificateMetadata/>"), std::string()}) {
    will_say("UploadServerCertificate", odd);
    const Error error = finish(account.upload(bundle, "certferry-aa")).error();
    EXPECT_EQ(error.kind, ErrorKind::kMaybeApplied);
    EXPECT_EQ(error.code, "reply.no_id");
  }
  will_refuse(400, "MalformedCertificate", "canary K+Y");
  EXPECT_THAT(finish(account.upload(bundle, "certferry-aa")).error().text(),
              AllOf(HasSubstr("IAM refused"), Not(HasSubstr("canary"))));
}

TEST_F(AwsIamTest, TakesWhatHasTheNameAlreadyIfItIsTheSame) {
  const IssuedLeaf leaf = issued({"a.example.com"});
  const std::string label = label_for(leaf.leaf.fingerprint, 7);
  will_refuse(409, "EntityAlreadyExists");
  will_read(metadata("ASCA1", label), leaf);
  EXPECT_EQ(finish(account.upload(bundle_of(leaf), label)).value(), arn(label));
  EXPECT_EQ(action(1), "GetServerCertificate");
  EXPECT_THAT(http.sent[1].body, HasSubstr("&ServerCertificateName=" + label));
  will_refuse(409, "EntityAlreadyExists");
  will_read(metadata("ASCA1", label), issued({"a.example.com"}));
  const Error other = finish(account.upload(bundle_of(leaf), label)).error();
  EXPECT_EQ(other.kind, ErrorKind::kRejected);
  EXPECT_THAT(other.text(), HasSubstr("another certificate under this name"));
  will_refuse(409, "EntityAlreadyExists");
  http.will_answer(200, "<GetServerCertificateResponse/>");
  EXPECT_EQ(finish(account.upload(bundle_of(leaf), label)).error().code, "reply.no_id");
}

TEST_F(AwsIamTest, ReadsEachOfItsListsOnce) {
  const IssuedLeaf ours = issued({"a.example.com", "*.example.net"});
  const IssuedLeaf theirs = issued({"b.example.com"});
  const std::string label = label_for(ours.leaf.fingerprint, 7);
  const std::string lying = label_for(ours.leaf.fingerprint, 8);
  will_list({metadata("ASCA1", label), metadata("ASCA2", "theirs")}, "m/+=");
  will_list({metadata("ASCA3", lying),
             metadata("ASCA4", "gone"),
             metadata("ASCA5", "elsewhere", "/"),
             metadata("ASCA6", "another")});
  will_read(metadata("ASCA1", label), ours);
  will_read(metadata("ASCA2", "theirs"), theirs);
  will_read(metadata("ASCA3", lying), theirs);
  will_refuse(404, "NoSuchEntity");
  will_read(metadata("ASCA5", "elsewhere", "/"), ours);
  will_read(metadata("ASCA9", "another"), ours);  // deleted and uploaded anew meanwhile
  const auto all = finish(account.list_stored()).value();
  ASSERT_EQ(all.size(), 6U);
  EXPECT_THAT(http.sent[0].body, HasSubstr("&MaxItems=1000"));
  EXPECT_THAT(http.sent[1].body, HasSubstr("&Marker=m%2F%2B%3D"));
  EXPECT_EQ(all[0].id, arn(label));
  EXPECT_EQ(all[0].label, label);
  EXPECT_THAT(all[0].names, ElementsAre("a.example.com", "*.example.net"));
  EXPECT_EQ(all[0].not_before, ours.leaf.not_before);
  EXPECT_EQ(all[0].not_after, ours.leaf.not_after);
  EXPECT_EQ(all[1].label, "certferry-" + theirs.leaf.fingerprint);
  EXPECT_EQ(all[2].label, "certferry-" + theirs.leaf.fingerprint) << "its name is not believed";
  EXPECT_EQ(all[3].label, "gone");
  EXPECT_THAT(all[3].names, IsEmpty());
  EXPECT_EQ(all[3].not_after, parse_time("2026-04-02T03:04:00Z").value());
  EXPECT_EQ(fingerprint_in_label(all[4].label), std::nullopt) << "CloudFront would not take it";
  EXPECT_THAT(all[4].names, ElementsAre("a.example.com", "*.example.net"));
  EXPECT_THAT(all[5].names, IsEmpty());

  will_list({metadata("ASCA1", label), metadata("ASCA2", "theirs")});
  EXPECT_EQ(finish(account.list_stored()).value()[1].label, all[1].label);
  EXPECT_EQ(http.sent.size(), 9U) << "what has an id never changes";
}

TEST_F(AwsIamTest, TakesNoListForWholeThatIsNot) {
  const std::string one = "<member>" + metadata("ASCA1", "one") + "</member>";
  const std::string list =
      "<ServerCertificateMetadataList>" + one + "</ServerCertificateMetadataList>";
  const std::pair<std::string, std::string> cases[] = {
      {list, "reply.shape"},
      {"<IsTruncated>false</IsTruncated>", "reply.shape"},
      {"<IsTruncated>maybe</IsTruncated>" + list, "reply.shape"},
      {"<IsTruncated>true</IsTruncated>" + list, "reply.paging"},
      {"<IsTruncated>false</IsTruncated><ServerCertificateMetadataList><member><Arn>arn:x</Arn>"
       "</member></ServerCertificateMetadataList>",
       "reply.no_id"},
  };
  for (const auto& [inside, code] : cases) {
    will_say("ListServerCertificates", inside);
    const Error error = finish(account.list_stored()).error();
    EXPECT_EQ(error.code, code) << inside;
    EXPECT_EQ(error.kind, ErrorKind::kUnavailable);
    EXPECT_THAT(error.text(), HasSubstr("listing the server certificates in IAM"));
  }
}

TEST_F(AwsIamTest, PointsDistributionsAtItsIdAndShowsItsArn) {
  const IssuedLeaf leaf = issued({"a.example.com"});
  will_have_distribution("<IAMCertificateId>ASCA1</IAMCertificateId>");
  will_list({metadata("ASCA1", "one"), metadata("ASCA2", "two")});
  const auto bindings = finish(account.list_bindings("cloudfront")).value();
  ASSERT_EQ(bindings.size(), 1U);
  EXPECT_EQ(bindings[0].stored_id, arn("one"));
  will_have_settings(
      "<ACMCertificateArn>arn:aws:acm:us-east-1:1:certificate/1</ACMCertificateArn>"
      "<SSLSupportMethod>vip</SSLSupportMethod><Certificate>arn:aws:acm:us-east-1:1:certificate/1"
      "</Certificate><CertificateSource>acm</CertificateSource>");
  const std::string now =
      "<ViewerCertificate><CloudFrontDefaultCertificate>false</CloudFrontDefaultCertificate>"
      "<IAMCertificateId>ASCA2</IAMCertificateId><SSLSupportMethod>vip</SSLSupportMethod>"
      "</ViewerCertificate>";
  http.will_answer(
      200, "<Distribution><DistributionConfig>" + now + "</DistributionConfig></Distribution>");
  const auto bound = bind("cloudfront", arn("two"), leaf);
  ASSERT_TRUE(bound.has_value()) << bound.error().text();
  EXPECT_THAT(http.sent.back().body, HasSubstr(now));
  // It has it already; and what the store does not have is not sent.
  will_have_settings("<IAMCertificateId>ASCA2</IAMCertificateId>");
  EXPECT_TRUE(bind("cloudfront", arn("two"), leaf).has_value());
  will_list({metadata("ASCA1", "one"), metadata("ASCA2", "two")});
  EXPECT_EQ(bind("cloudfront", arn("three"), leaf).error().kind, ErrorKind::kNotFound);
  EXPECT_EQ(changes(), 1U);
  // One of the other store is shown by what it is called there.
  will_have_distribution("<IAMCertificateId>ASCA9</IAMCertificateId>");
  will_list({metadata("ASCA1", "one")});
  EXPECT_EQ(finish(account.list_bindings("cloudfront")).value()[0].stored_id, "IAM:ASCA9");
}

TEST_F(AwsIamTest, TriesAgainWhatCloudFrontDoesNotKnowYet) {
  const IssuedLeaf leaf = issued({"a.example.com"});
  will_say(
      "UploadServerCertificate",
      "<ServerCertificateMetadata>" + metadata("ASCA1", "one") + "</ServerCertificateMetadata>");
  ASSERT_TRUE(finish(account.upload(bundle_of(leaf), "one")).has_value());
  const std::string words =
      "The specified SSL certificate doesn't exist, isn't in us-east-1 region, isn't valid, or "
      "doesn't include a valid certificate chain.";
  const auto refused = [&](const std::string& message) {
    will_have_settings("<CloudFrontDefaultCertificate>true</CloudFrontDefaultCertificate>");
    will_refuse(400, "InvalidViewerCertificate", message);
    return bind("cloudfront", arn("one"), leaf).error();
  };
  will_have_distribution("<CloudFrontDefaultCertificate>true</CloudFrontDefaultCertificate>");
  EXPECT_EQ(refused(words).kind, ErrorKind::kUnavailable);
  EXPECT_EQ(refused(words).code, "vendor.busy");
  EXPECT_EQ(refused("It does not cover the name.").kind, ErrorKind::kRejected);
  clock.at += minutes(6);
  EXPECT_EQ(refused(words).kind, ErrorKind::kRejected);
}

TEST_F(AwsIamTest, TellsTheNamesOfWhatListenersHave) {
  const IssuedLeaf leaf = issued({"a.example.com"});
  const std::string other = "arn:aws:acm:us-east-1:123456789012:certificate/1";
  will_have_listener({other, arn("one"), arn("gone")});
  will_list({metadata("ASCA1", "one"), metadata("ASCA2", "two")});
  will_read(metadata("ASCA1", "one"), leaf);
  std::map<std::string, Binding> by_name;
  for (Binding& one : finish(account.list_bindings("elb")).value()) {
    by_name[one.vendor_name] = std::move(one);
  }
  ASSERT_EQ(by_name.size(), 3U);
  EXPECT_EQ(by_name.at("a.example.com").stored_id, arn("one"));
  EXPECT_TRUE(by_name.at("a.example.com").online);
  EXPECT_FALSE(by_name.at("net/lb/1/2 1").online) << "of ACM, which this account does not ask";
  EXPECT_FALSE(by_name.at("net/lb/1/2 gone").online);
}

TEST_F(AwsIamTest, AsksWhoUsesItBeforeItDeletes) {
  const IssuedLeaf wide = issued({"a.example.com", "b.example.com"});
  const IssuedLeaf leaf = issued({"a.example.com"});
  will_have_distribution("<IAMCertificateId>ASCA1</IAMCertificateId>");
  will_list({metadata("ASCA1", "one"), metadata("ASCA2", "two")});
  const Error bound = finish(account.remove(arn("one"))).error();
  EXPECT_EQ(bound.kind, ErrorKind::kInUse);
  EXPECT_THAT(bound.text(), HasSubstr("a.example.com of CloudFront"));
  // A listener has it and presents another one.
  const auto will_be_attached = [&](const std::vector<std::string>& arns) {
    will_have_distribution("<IAMCertificateId>ASCA1</IAMCertificateId>");
    will_have_listener(arns);
  };
  will_be_attached({arn("one"), arn("two"), arn("three")});
  will_list({metadata("ASCA1", "one"), metadata("ASCA2", "two"), metadata("ASCA3", "three")});
  will_read(metadata("ASCA1", "one"), issued({"c.example.com"}));
  will_read(metadata("ASCA2", "two"), leaf);
  will_read(metadata("ASCA3", "three"), wide);
  const Error attached = finish(account.remove(arn("three"))).error();
  EXPECT_EQ(attached.kind, ErrorKind::kInUse);
  EXPECT_EQ(changes(), 0U);
  will_be_attached({arn("one")});
  will_list({metadata("ASCA1", "one"), metadata("ASCA2", "two")});
  will_refuse(409, "DeleteConflict", "is currently in use by arn:aws:elasticloadbalancing:eu");
  EXPECT_EQ(finish(account.remove(arn("two"))).error().kind, ErrorKind::kInUse);
  will_be_attached({arn("one")});
  will_list({metadata("ASCA1", "one"), metadata("ASCA2", "two")});
  http.will_answer(200, "<DeleteServerCertificateResponse/>");
  EXPECT_TRUE(finish(account.remove(arn("two"))).has_value());
  EXPECT_EQ(http.sent.back().body,
            "Action=DeleteServerCertificate&Version=2010-05-08&ServerCertificateName=two");
  EXPECT_EQ(changes(), 2U);
}

TEST_F(AwsIamTest, RefusesAStoreOrAPathThatIsNone) {
  const std::pair<AwsConfig, std::string> cases[] = {
      {{.store = "mars"}, "`store:` is acm, which it is when left out, or iam"},
      {{.store = "IAM"}, "`store:` is acm"},
      {{.store = "acm", .iam_path = "/cloudfront/"}, "only certificates in IAM have a path"},
      {{.iam_path = "/"}, "only certificates in IAM have a path"},
      {{.store = "iam", .iam_path = "cloudfront/"}, "begins and ends with a slash"},
      {{.store = "iam", .iam_path = "/a b/"}, "begins and ends with a slash"},
  };
  for (const auto& [config, words] : cases) {
    try {
      with(config);
      ADD_FAILURE() << config.store << config.iam_path;
    } catch (const Error& error) {
      EXPECT_EQ(error.kind, ErrorKind::kInvalidInput);
      EXPECT_EQ(error.code, "provider.field");
      EXPECT_THAT(error.text(), HasSubstr(words));
    }
  }
  EXPECT_EQ(&with({.store = "acm"}).metadata(), &aws_metadata());
  EXPECT_EQ(&with({}).metadata(), &aws_metadata());
  EXPECT_EQ(&account.metadata(), &aws_iam_metadata());
  EXPECT_THAT(aws_metadata().policy, Not(HasSubstr("iam:")));
  EXPECT_THAT(aws_iam_metadata().policy, Not(HasSubstr("acm:")));
}

TEST_F(AwsIamTest, LeavesCloudFrontAloneUnderAnotherPath) {
  Aws plain = with({.region = "eu-west-1", .store = "iam", .iam_path = "/"});
  const Error error = finish(plain.list_bindings("cloudfront")).error();
  EXPECT_EQ(error.kind, ErrorKind::kUnsupported);
  EXPECT_THAT(error.text(), HasSubstr("iam_path"));
  const IssuedLeaf leaf = issued({"a.example.com"});
  will_list({metadata("ASCA1", "one"), metadata("ASCA2", "two", "/")});
  will_read(metadata("ASCA1", "one"), leaf);
  will_read(metadata("ASCA2", "two", "/"), leaf);
  const auto all = finish(plain.list_stored()).value();
  EXPECT_EQ(fingerprint_in_label(all[0].label), std::nullopt);
  EXPECT_EQ(fingerprint_in_label(all[1].label), leaf.leaf.fingerprint);
  // Nor is it asked before a delete.
  will_say("DescribeLoadBalancers", "<LoadBalancers/>");
  http.will_answer(200, "<DeleteServerCertificateResponse/>");
  EXPECT_TRUE(finish(plain.remove(arn("two", "/"))).has_value());
  // Of IAM CloudFront takes certificates whatever the account's region is.
  Aws elsewhere = with({.region = "eu-west-1", .store = "iam"});
  will_have_distribution("<CloudFrontDefaultCertificate>true</CloudFrontDefaultCertificate>");
  EXPECT_TRUE(finish(elsewhere.list_bindings("cloudfront")).has_value());
}

TEST_F(AwsIamTest, CallsChinaWhereItIs) {
  Aws china = with({.region = "cn-north-1", .store = "iam"});
  will_list({});
  EXPECT_TRUE(finish(china.list_stored()).has_value());
  will_have_distribution("<CloudFrontDefaultCertificate>true</CloudFrontDefaultCertificate>");
  EXPECT_TRUE(finish(china.list_bindings("cloudfront")).has_value());
  will_say("DescribeLoadBalancers", "<LoadBalancers/>");
  EXPECT_TRUE(finish(china.list_bindings("elb")).has_value());
  EXPECT_EQ(http.sent[0].url, "https://iam.cn-north-1.amazonaws.com.cn/");
  EXPECT_THAT(http.sent[0].headers.at("Authorization"),
              HasSubstr("/20260102/cn-north-1/iam/aws4_request"));
  EXPECT_EQ(http.sent[1].url,
            "https://cloudfront.cn-northwest-1.amazonaws.com.cn/2020-05-31/distribution"
            "?MaxItems=25");
  EXPECT_THAT(http.sent[1].headers.at("Authorization"),
              HasSubstr("/20260102/cn-northwest-1/cloudfront/aws4_request"));
  EXPECT_EQ(http.sent[2].url, "https://elasticloadbalancing.cn-north-1.amazonaws.com.cn/");
  Aws with_acm = with({.region = "cn-north-1"});
  const Error error = finish(with_acm.list_bindings("cloudfront")).error();
  EXPECT_EQ(error.kind, ErrorKind::kUnsupported);
  EXPECT_THAT(error.text(), HasSubstr("`store: iam`"));
  // A sandbox is where it is.
  Aws sandbox = with({.endpoint = "http://127.0.0.1:8080", .region = "cn-north-1", .store = "iam"});
  will_list({});
  EXPECT_TRUE(finish(sandbox.list_stored()).has_value());
  EXPECT_EQ(http.sent.back().url, "http://127.0.0.1:8080/");
}

}  // namespace
}  // namespace certferry
