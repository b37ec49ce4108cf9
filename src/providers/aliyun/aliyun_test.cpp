#include "providers/aliyun/aliyun.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "model/label.h"
#include "providers/aliyun/domains.h"
#include "providers/aliyun/metadata.h"
#include "providers/aliyun/test_support.h"
#include "providers/common/store_name.h"

namespace certferry {
namespace {

using ::testing::ElementsAre;
using testing::finish;
using ::testing::HasSubstr;
using ::testing::Not;

const std::string kFingerprint(64, 'a');

struct AliyunTest : testing::AliyunAccountTest {
  void will_list_domains(int count, const std::string& items) {
    will_answer("\"TotalCount\":" + std::to_string(count) + R"(,"Domains":{"PageData":[)" + items +
                "]}");
  }
  void will_list_https(int count, const std::string& items) {
    will_answer("\"TotalCount\":" + std::to_string(count) + R"(,"CertInfos":{"CertInfo":[)" +
                items + "]}");
  }
  void will_say_certificate(const std::string& members) {
    will_answer(R"("CertInfos":{"CertInfo":[{)" + members + "}]}");
  }

  void will_answer_xml(const std::string& body) {
    http.will_answer({.status = 200, .headers = {{"x-oss-request-id", "R-2"}}, .body = body});
  }
  void will_list_buckets(const std::string& buckets, const std::string& next = "") {
    const std::string more =
        next.empty() ? "<IsTruncated>false</IsTruncated>"
                     : "<IsTruncated>true</IsTruncated><NextMarker>" + next + "</NextMarker>";
    will_answer_xml("<ListAllMyBucketsResult>" + more + "<Buckets>" + buckets +
                    "</Buckets></ListAllMyBucketsResult>");
  }
  void will_list_names(const std::string& names) {
    will_answer_xml("<ListCnameResult>" + names + "</ListCnameResult>");
  }

  /// What was asked for: service and action, and the domain that it was about.
  std::vector<std::string> asked() const {
    std::vector<std::string> out;
    for (const auto& one : http.sent) {
      const auto action = one.headers.find("x-acs-action");
      std::string what = action == one.headers.end() ? one.url : action->second;
      const auto domain = one.url.find("DomainName=");
      if (domain != std::string::npos) what += " " + one.url.substr(domain + 11);
      out.push_back(what.substr(0, what.find('&')));
    }
    return out;
  }
};

std::string domain(const std::string& name, const std::string& https = "on") {
  return R"({"DomainName":")" + name + R"(","Cname":")" + name +
         R"(.w.example.net","DomainStatus":"online","SslProtocol":")" + https + "\"}";
}

std::string row(const std::string& name,
                const std::string& certificate,
                const std::string& updated = "2026-01-01 00:00:00") {
  return R"({"DomainName":")" + name + R"(","CertName":")" + certificate +
         R"(","CertUpdateTime":")" + updated + "\"}";
}

std::string live_domain(const std::string& name) {
  return R"({"DomainName":")" + name +
         R"(","Cname":"c.example.net","LiveDomainStatus":"online","LiveDomainType":"liveEdge"})";
}

std::string our_name() {
  return store_name(label_for(kFingerprint, 7), parse_time("2026-04-15T08:30:59Z").value());
}

TEST_F(AliyunTest, SignsEachCallForTheServiceItGoesTo) {
  will_list_domains(0, "");
  ASSERT_TRUE(finish(account.list_bindings("dcdn")).has_value());
  ASSERT_EQ(http.sent.size(), 1U);
  const auto& sent = http.sent.front();
  EXPECT_EQ(sent.method, "POST");
  EXPECT_EQ(sent.url, "https://dcdn.aliyuncs.com/?PageNumber=1&PageSize=500");
  EXPECT_EQ(sent.body, "");
  EXPECT_FALSE(sent.changes_state);
  EXPECT_EQ(sent.headers.at("x-acs-action"), "DescribeDcdnUserDomains");
  EXPECT_EQ(sent.headers.at("x-acs-version"), "2018-01-15");
  EXPECT_EQ(sent.headers.at("x-acs-date"), "2026-01-02T03:04:00Z");
  EXPECT_EQ(sent.headers.at("x-acs-signature-nonce"), "00000000000000070000000000000007");
  EXPECT_THAT(sent.headers.at("Authorization"),
              HasSubstr("ACS3-HMAC-SHA256 Credential=AKIDEXAMPLE,SignedHeaders=host;x-acs-action;"
                        "x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version,"));
  EXPECT_FALSE(sent.headers.contains("Content-Type"));
}

TEST_F(AliyunTest, CallsTheSiteThatTheRegionNames) {
  Aliyun international = make("ap-southeast-1");
  will_answer(R"("CertId":5)");
  auto bundle = std::make_shared<Bundle>();
  bundle->key_pem = Secret("K");
  ASSERT_TRUE(finish(international.upload(bundle, "a label")).has_value());
  EXPECT_EQ(http.sent.at(0).url, "https://cas.ap-southeast-1.aliyuncs.com/");
  try {
    make("cn-beijing");
    ADD_FAILURE() << "taken";
  } catch (const Error& error) {
    EXPECT_EQ(error.code, "provider.field");
    EXPECT_THAT(error.text(), HasSubstr("cn-beijing"));
  }
}

TEST_F(AliyunTest, SignsTheHostOfAGatewayWithoutItsPath) {
  const auto authorization_at = [&](const std::string& endpoint) {
    testing::RecordingHttp gateway;
    gateway.will_answer(200, R"({"RequestId":"R-1","TotalCount":0})");
    Aliyun behind{{.endpoint = endpoint,
                   .region = "",
                   .key = {.id = "AKIDEXAMPLE", .secret = Secret("SK"), .session_token = {}}},
                  gateway,
                  clock,
                  random};
    EXPECT_TRUE(finish(behind.list_bindings("cdn")).has_value());
    EXPECT_TRUE(gateway.sent.at(0).url.starts_with(endpoint + "/?"));
    return gateway.sent.at(0).headers.at("Authorization");
  };
  EXPECT_EQ(authorization_at("http://127.0.0.1:8080"), authorization_at("http://127.0.0.1:8080/a"));
  EXPECT_NE(authorization_at("http://127.0.0.1:8080"), authorization_at("http://127.0.0.1:8081"));
}

TEST_F(AliyunTest, SendsTheKeyInTheBodyAlone) {
  will_answer(R"("CertId":9007199254740993,"ResourceId":"cas-upload-1")");
  auto bundle = std::make_shared<Bundle>();
  bundle->chain_pem = "C\n";
  bundle->key_pem = Secret("K+");
  bundle->leaf.not_after = parse_time("2026-04-15T08:30:59Z").value();
  EXPECT_EQ(finish(account.upload(bundle, label_for(kFingerprint, 7))).value(), "9007199254740993");
  const auto& sent = http.sent.at(0);
  EXPECT_EQ(sent.url, "https://cas.aliyuncs.com/");
  EXPECT_EQ(sent.headers.at("Content-Type"), "application/x-www-form-urlencoded");
  EXPECT_EQ(sent.body, "Name=" + our_name() + "&Cert=C%0A&Key=K%2B");
  EXPECT_TRUE(sent.changes_state);
}

TEST_F(AliyunTest, AnUploadWithoutAnIdMayHaveBeenStored) {
  for (const char* members : {"", R"("CertId":null)", R"("CertId":1.5)"}) {
    will_answer(members);
    const auto id = finish(account.upload(std::make_shared<Bundle>(), "a label"));
    EXPECT_EQ(id.error().code, "reply.no_id");
    EXPECT_EQ(id.error().kind, ErrorKind::kMaybeApplied);
  }
}

TEST_F(AliyunTest, ListsWhatIsValidAndWhatHasEnded) {
  will_answer(
      R"("TotalCount":2,"CertificateOrderList":[{"CertificateId":9007199254740993,"Name":")" +
      our_name() +
      R"(","Sans":"cdn.example.com,*.EXAMPLE.com","StartDate":"2026-01-15","EndDate":"2026-04-15"},
              {"CertificateId":7,"Name":"bought","Sha2":")" +
      std::string(64, 'B') +
      R"(","CommonName":"other.example.com","StartDate":"2026-01-15","EndDate":"2026-04-15"}])");
  will_answer(R"("TotalCount":2,"CertificateOrderList":[{"CertificateId":7},
              {"CertificateId":8,"Name":"old","Sha2":"odd","EndDate":"soon"}])");
  const auto stored = finish(account.list_stored()).value();
  ASSERT_EQ(stored.size(), 3U);
  EXPECT_EQ(stored[0].id, "9007199254740993");
  EXPECT_EQ(stored[0].label, label_for(kFingerprint, 7));
  EXPECT_THAT(stored[0].names, ElementsAre("cdn.example.com", "*.example.com"));
  EXPECT_EQ(stored[0].not_after, parse_time("2026-04-15T08:30:59Z").value());
  // Somebody else's: it is known by what it is, and its days count in our disfavour.
  EXPECT_EQ(stored[1].label, "certferry-" + std::string(64, 'b'));
  EXPECT_THAT(stored[1].names, ElementsAre("other.example.com"));
  EXPECT_EQ(stored[1].not_before, parse_time("2026-01-14T16:00:00Z").value());
  EXPECT_EQ(stored[1].not_after, parse_time("2026-04-15T23:59:59Z").value());
  EXPECT_EQ(stored[2].label, "old");
  EXPECT_EQ(stored[2].not_after, Time{});
  EXPECT_THAT(http.sent.at(0).url, HasSubstr("CurrentPage=1&OrderType=CERT&ShowSize=50"));
  EXPECT_THAT(http.sent.at(0).url, Not(HasSubstr("Status")));
  EXPECT_THAT(http.sent.at(1).url, HasSubstr("Status=EXPIRED"));
}

TEST_F(AliyunTest, AsksNothingMoreWhenNoDomainHasHttps) {
  will_list_domains(2, domain("a.example.com", "off") + "," + R"({"DomainName":".example.com",
      "DomainStatus":"configuring","Sources":{"Source":[{"Content":"origin"}]}})");
  const auto bindings = finish(account.list_bindings("cdn")).value();
  ASSERT_EQ(bindings.size(), 2U);
  EXPECT_EQ(bindings[0].edge_name, "a.example.com.w.example.net");
  EXPECT_TRUE(bindings[0].online);
  EXPECT_EQ(bindings[0].stored_id, std::nullopt);
  EXPECT_EQ(bindings[1].name, "*.example.com");
  EXPECT_EQ(bindings[1].vendor_name, ".example.com");
  EXPECT_FALSE(bindings[1].online);
  EXPECT_EQ(bindings[1].status, "configuring");
  EXPECT_TRUE(bindings[1].settings.contains("Sources"));
  EXPECT_THAT(asked(), ElementsAre("DescribeUserDomains"));
}

TEST_F(AliyunTest, AsksOneDomainForAllThatHaveTheSameCertificateOfOurs) {
  const std::string others = row("c.example.com", "bought") + "," + row("d.example.com", "bought");
  const auto lists = [&] {
    will_list_domains(5,
                      domain("a.example.com") + "," + domain("b.example.com") + "," +
                          domain("c.example.com") + "," + domain(".example.com") + "," +
                          domain("d.example.com"));
    will_list_https(5,
                    row("a.example.com", our_name()) + "," +
                        row("b.example.com", our_name(), "2026-01-02 00:00:00") + "," + others +
                        "," + row("*.example.com", our_name()));
  };
  lists();
  will_say_certificate(R"("CertId":"9007199254740993","CertRegion":"cn-hangzhou","CertName":")" +
                       our_name() + "\"");
  will_say_certificate(R"("CertId":"7","CertName":"bought")");
  will_say_certificate(R"("CertId":"8","CertName":"bought")");
  const auto bindings = finish(account.list_bindings("cdn")).value();
  std::vector<std::string> ids;
  for (const Binding& one : bindings) ids.push_back(one.stored_id.value_or("none"));
  EXPECT_THAT(ids,
              ElementsAre("9007199254740993", "9007199254740993", "7", "9007199254740993", "8"));
  // The latest of ours is asked, and whatever is not ours.
  EXPECT_THAT(asked(),
              ElementsAre("DescribeUserDomains",
                          "DescribeCdnHttpsDomainList",
                          "DescribeDomainCertificateInfo b.example.com",
                          "DescribeDomainCertificateInfo c.example.com",
                          "DescribeDomainCertificateInfo d.example.com"));
  // Once more: as long as their rows are the same, nobody needs to be asked.
  lists();
  EXPECT_EQ(finish(account.list_bindings("cdn")).value()[2].stored_id, "7");
  EXPECT_EQ(http.sent.size(), 7U);
}

TEST_F(AliyunTest, ADomainThatChangedMeanwhileSpeaksForItselfAlone) {
  const auto lists = [&] {
    will_list_domains(2, domain("a.example.com") + "," + domain("b.example.com"));
    will_list_https(2,
                    row("a.example.com", our_name()) + "," +
                        row("b.example.com", our_name(), "2026-01-02 00:00:00"));
  };
  const auto say = [&](const std::string& id, const std::string& name) {
    will_say_certificate(R"("CertId":")" + id + R"(","CertName":")" + name + "\"");
  };
  lists();
  say("8", "another");   // the latest, which was to speak for both
  say("7", our_name());  // so each is asked
  say("8", "another");
  auto bindings = finish(account.list_bindings("cdn")).value();
  EXPECT_EQ(bindings[0].stored_id, "7");
  EXPECT_EQ(bindings[1].stored_id, "8");
  // Nor is it taken for what that row means.
  http.sent.clear();
  lists();
  say("7", our_name());
  bindings = finish(account.list_bindings("cdn")).value();
  EXPECT_THAT(asked(), ::testing::Contains("DescribeDomainCertificateInfo b.example.com"));
  EXPECT_EQ(bindings[1].stored_id, "7");
}

TEST_F(AliyunTest, AsksAgainWhenARowHasChanged) {
  for (const char* updated : {"2026-01-01 00:00:00", "2026-01-01 00:00:01"}) {
    will_list_domains(1, domain("a.example.com"));
    will_list_https(1, row("a.example.com", "bought", updated));
    will_say_certificate(R"("CertId":"7","CertName":"bought")");
    EXPECT_EQ(finish(account.list_bindings("cdn")).value()[0].stored_id, "7");
  }
  EXPECT_EQ(http.sent.size(), 6U);
}

TEST_F(AliyunTest, AsksADomainThatTheListOfHttpsDoesNotHave) {
  will_list_domains(1, domain("a.example.com"));
  http.will_answer(400, R"({"RequestId":"R-1","Code":"NoHttpsDomain","Message":"none"})");
  will_say_certificate(R"("CertId":"7")");
  EXPECT_EQ(finish(account.list_bindings("cdn")).value()[0].stored_id, "7");
}

TEST_F(AliyunTest, TakesTheIdOfAnotherStoreForNoneOfOurs) {
  struct Case {
    std::string members;
    std::optional<std::string> id;
  };
  const Case cases[] = {
      {R"("CertId":"7","CertRegion":"cn-hangzhou")", "7"},
      {R"("CertId":"7","CertRegion":"ap-southeast-1")", "7-ap-southeast-1"},
      {R"("CertId":"","CertName":"mine\u001b[2J","CertType":"upload")", "uploaded:mine?[2J"},
      {R"("CertId":"7","ServerCertificateStatus":"off")", std::nullopt},
  };
  for (const Case& one : cases) {
    Aliyun fresh = make();
    will_list_domains(1, domain("a.example.com"));
    will_list_https(1, row("a.example.com", "x"));
    will_say_certificate(one.members);
    EXPECT_EQ(finish(fresh.list_bindings("cdn")).value()[0].stored_id, one.id) << one.members;
  }
}

TEST_F(AliyunTest, TakesNoAnswerWithoutACertificateForNoneAtAll) {
  for (const char* members : {"",
                              R"("CertInfos":{})",
                              R"("CertInfos":{"CertInfo":{}})",
                              R"("CertInfos":{"CertInfo":[]})"}) {
    will_list_domains(1, domain("a.example.com"));
    will_list_https(1, row("a.example.com", "x"));
    will_answer(members);
    const auto listed = finish(account.list_bindings("cdn"));
    ASSERT_FALSE(listed.has_value()) << members;
    EXPECT_EQ(listed.error().code, "reply.shape") << members;
  }
}

TEST_F(AliyunTest, FindsACertificateOfCasWithoutAnIdByItsName) {
  struct Case {
    std::string members;
    std::string id;
  };
  const Case cases[] = {
      {R"("CertId":"","CertName":"bought","CertType":"cas")", "7"},
      {R"("CertId":0,"CertName":"other","CertType":"cas")", "unknown in CAS:other"},
      {R"("CertName":"other","CertType":"free")", "free:other"},
  };
  for (const Case& one : cases) {
    will_list_domains(1, domain("a.example.com"));
    will_say_certificate(one.members);
    will_answer(R"("TotalCount":1,"CertificateOrderList":[{"CertificateId":7,"Name":"bought"}])");
    will_answer(R"("TotalCount":0)");
    EXPECT_EQ(finish(account.list_bindings("vod")).value()[0].stored_id, one.id) << one.members;
  }
}

TEST_F(AliyunTest, DeletesNothingWhileADomainMayHaveAnyOfTheStore) {
  will_list_domains(0, "");  // CDN
  will_list_domains(0, "");  // DCDN
  will_list_domains(1, live_domain("a.example.com"));
  will_list_https(1, row("a.example.com", "elsewhere"));
  will_answer(R"("TotalCount":0)");
  will_answer(R"("TotalCount":0)");
  const auto removed = finish(account.remove("7"));
  ASSERT_FALSE(removed.has_value());
  EXPECT_EQ(removed.error().kind, ErrorKind::kUnavailable);
  EXPECT_THAT(removed.error().text(), HasSubstr("a.example.com of ApsaraVideo Live"));
  EXPECT_THAT(asked(), Not(::testing::Contains("DeleteUserCertificate")));
}

TEST_F(AliyunTest, TakesNoIdThatIsNone) {
  will_list_domains(1, domain("a.example.com"));
  will_list_https(1, row("a.example.com", "x"));
  will_say_certificate(R"("CertId":"7\u001b[2J")");
  const auto listed = finish(account.list_bindings("cdn"));
  EXPECT_EQ(listed.error().code, "reply.no_id");
  EXPECT_THAT(listed.error().activity, HasSubstr("for the certificate of a.example.com"));
}

TEST_F(AliyunTest, WalksEveryPageAndTakesNoneForAnother) {
  will_list_domains(2, domain("a.example.com", "off"));
  will_list_domains(2, domain("b.example.com", "off"));
  EXPECT_EQ(finish(account.list_bindings("cdn")).value().size(), 2U);
  EXPECT_THAT(http.sent.at(1).url, HasSubstr("PageNumber=2"));
  will_list_domains(3, domain("a.example.com", "off"));
  will_list_domains(3, domain("a.example.com", "off"));
  const auto repeated = finish(account.list_bindings("cdn"));
  EXPECT_EQ(repeated.error().code, "reply.paging");
  EXPECT_EQ(repeated.error().activity, "listing the domains of CDN at Alibaba Cloud");
}

TEST_F(AliyunTest, BindsByIdAndRegionOfTheStore) {
  will_answer("");
  BindRequest request{.product = "dcdn", .stored_id = "9007199254740993"};
  request.binding.vendor_name = ".example.com";
  ASSERT_TRUE(finish(account.bind(request)).has_value());
  const auto& sent = http.sent.at(0);
  EXPECT_EQ(
      sent.url,
      "https://dcdn.aliyuncs.com/?CertId=9007199254740993&CertRegion=cn-hangzhou&CertType=cas&"
      "DomainName=.example.com&SSLProtocol=on");
  EXPECT_EQ(sent.headers.at("x-acs-action"), "SetDcdnDomainSSLCertificate");
  EXPECT_TRUE(sent.changes_state);
}

TEST_F(AliyunTest, DeletesNothingThatAnyProductUses) {
  struct Product {
    std::string name;
    std::function<void()> has_none;
    std::function<void()> uses;  ///< certificate 7
  };
  const auto no_domains = [&] { will_list_domains(0, ""); };
  const std::string seven = R"("CertId":"7","SSLProtocol":"on","ServerCertificateStatus":"on")";
  const auto lists_https = [&](const std::string& item) {
    will_list_domains(1, item);
    will_list_https(1, row("a.example.com", "bought"));
  };
  const Product products[] = {
      {"CDN",
       no_domains,
       [&] {
         lists_https(domain("a.example.com"));
         will_say_certificate(seven);
       }},
      {"DCDN",
       no_domains,
       [&] {
         lists_https(R"({"DomainName":"a.example.com","SSLProtocol":"on"})");
         will_say_certificate(seven);
       }},
      {"ApsaraVideo Live",
       no_domains,
       [&] {
         lists_https(live_domain("a.example.com"));
         will_answer(
             R"("TotalCount":1,"CertificateOrderList":[{"CertificateId":7,"Name":"bought"}])");
         will_answer(R"("TotalCount":0)");
       }},
      {"ApsaraVideo VOD",
       no_domains,
       [&] {
         will_list_domains(1, domain("a.example.com"));
         will_say_certificate(seven);
       }},
      {"ESA",
       [&] { will_answer(R"("TotalCount":0,"Sites":[])"); },
       [&] {
         will_answer(R"("TotalCount":1,"Sites":[{"SiteId":1}])");
         will_answer(R"("TotalCount":1,"Hostnames":[{"HostnameId":11,"Hostname":"a.example.com",)"
                     R"("Status":"active","SslFlag":"on","CertType":"cas"}])");
         will_answer(R"("CustomHostnameModel":{"CasId":7})");
       }},
      {"OSS",
       [&] { will_list_buckets(""); },
       [&] {
         will_list_buckets("<Bucket><Name>b1</Name><Location>oss-cn-beijing</Location></Bucket>");
         will_list_names(
             "<Cname><Domain>a.example.com</Domain><Status>Enabled</Status><Certificate>"
             "<Type>CAS</Type><CertId>7-cn-hangzhou</CertId></Certificate></Cname>");
       }},
      {"WAF",
       [&] { will_answer(""); },
       [&] {
         will_answer(R"("InstanceId":"waf_1")");
         will_answer(R"("TotalCount":1,"Domains":[{"Domain":"a.example.com","Status":1,)"
                     R"("ListenPorts":{"Https":[443]}}])");
         will_answer(R"("Domain":"a.example.com","Listen":{},"CertDetail":{"Id":"7-cn-hangzhou"})");
         will_answer("");
         will_answer(R"("TotalCount":0)");
       }},
      {"CLB",
       [&] { will_answer(R"("TotalCount":0)"); },
       [&] {
         will_answer(R"("TotalCount":1,"Listeners":[{"LoadBalancerId":"lb-1","ListenerPort":443,)"
                     R"("Status":"running"}])");
         will_answer(R"("ServerCertificates":{"ServerCertificate":[)"
                     R"({"ServerCertificateId":"c2","AliCloudCertificateId":"7"}]})");
         will_answer(R"("DomainExtensions":{"DomainExtension":[{"DomainExtensionId":"de-1",)"
                     R"("Domain":"a.example.com","ServerCertificateId":"c2"}]})");
       }},
      {"CAS's cloud resources",
       [&] { will_answer(R"("Total":0)"); },
       [&] {
         will_answer(R"("Total":1,"Data":[{"Id":2356,"CloudProduct":"FC","EnableHttps":1,)"
                     R"("Domain":"a.example.com","CertId":7}])");
       }},
  };
  for (const Product& user : products) {
    Aliyun fresh = make("cn-hangzhou");
    for (const Product& one : products) {
      if (one.name == user.name) break;
      one.has_none();
    }
    user.uses();
    const auto removed = finish(fresh.remove("7"));
    ASSERT_FALSE(removed.has_value()) << user.name;
    EXPECT_EQ(removed.error().kind, ErrorKind::kInUse) << user.name;
    EXPECT_THAT(removed.error().text(), HasSubstr("a.example.com of " + user.name));
    EXPECT_THAT(asked(), Not(::testing::Contains("DeleteUserCertificate")));
  }
}

TEST_F(AliyunTest, DeletesWhatNoProductUses) {
  will_answer(R"("TotalCount":1,"CertificateOrderList":[{"CertificateId":7,"Name":"bought"}])");
  will_answer(R"("TotalCount":0)");
  ASSERT_TRUE(finish(account.list_stored()).has_value());
  will_list_domains(0, "");
  http.will_answer(400, R"({"RequestId":"R","Code":"DcdnServiceNotFound","Message":"not opened"})");
  will_list_domains(0, "");  // Live
  will_list_domains(0, "");  // VOD
  will_answer(R"("TotalCount":0,"Sites":[])");
  will_list_buckets("");
  will_answer("");  // WAF: no instance
  will_answer(R"("TotalCount":0)");
  will_answer(R"("Total":0)");
  // A copy at CLB that we made goes first; one that a person brought there does not.
  will_answer(R"("ServerCertificates":{"ServerCertificate":[)"
              R"({"ServerCertificateId":"c1","ServerCertificateName":"certferry-7-cn-hangzhou"},)"
              R"({"ServerCertificateId":"c2","AliCloudCertificateId":"7"}]})");
  will_answer("");
  will_answer("");
  ASSERT_TRUE(finish(account.remove("7")).has_value());
  EXPECT_EQ(http.sent.back().url, "https://cas.aliyuncs.com/?CertId=7");
  EXPECT_EQ(http.sent.back().headers.at("x-acs-action"), "DeleteUserCertificate");
  const auto& before = http.sent.at(http.sent.size() - 2);
  EXPECT_EQ(before.headers.at("x-acs-action"), "DeleteServerCertificate");
  EXPECT_THAT(before.url, HasSubstr("ServerCertificateId=c1"));
  // A domain that has it by its name has none that CAS knows.
  will_list_domains(1, domain("a.example.com"));
  will_say_certificate(R"("CertName":"bought","CertType":"cas")");
  will_answer(R"("TotalCount":0)");
  will_answer(R"("TotalCount":0)");
  EXPECT_EQ(finish(account.list_bindings("vod")).value()[0].stored_id, "unknown in CAS:bought");
}

TEST_F(AliyunTest, DeletesNothingWhenAProductMayNotBeAsked) {
  will_list_domains(0, "");
  http.will_answer(403, R"({"RequestId":"R","Code":"Forbidden.RAM","Message":"not yours"})");
  const auto removed = finish(account.remove("7"));
  EXPECT_EQ(removed.error().code, "vendor.permission");
  EXPECT_THAT(removed.error().text(), HasSubstr("dcdn:DescribeDcdnUserDomains"));
  EXPECT_THAT(asked(), Not(::testing::Contains("DeleteUserCertificate")));
}

TEST_F(AliyunTest, KnowsALiveDomainsCertificateByItsName) {
  will_list_domains(4,
                    live_domain("a.example.com") + "," + live_domain(".b.example.com") + "," +
                        live_domain("c.example.com") + "," + live_domain("d.example.com"));
  will_list_https(3,
                  row("a.example.com", our_name()) + "," + row("*.b.example.com", "elsewhere") +
                      R"(,{"DomainName":"c.example.com","CertName":"bought","CertType":"upload"})");
  will_answer(
      R"("TotalCount":2,"CertificateOrderList":[{"CertificateId":9007199254740993,"Name":")" +
      our_name() + R"("},{"CertificateId":7,"Name":"bought"}])");
  will_answer(R"("TotalCount":0)");
  const auto bindings = finish(account.list_bindings("live")).value();
  EXPECT_EQ(http.sent.at(0).url, "https://live.aliyuncs.com/?PageNumber=1&PageSize=50");
  std::vector<std::string> ids;
  for (const Binding& one : bindings) ids.push_back(one.stored_id.value_or("none"));
  // A copy of its own is nothing that the store could answer for.
  EXPECT_THAT(
      ids, ElementsAre("9007199254740993", "unknown in CAS:elsewhere", "uploaded:bought", "none"));
  EXPECT_TRUE(bindings[0].online);
  EXPECT_EQ(bindings[0].settings.at("LiveDomainType"), "\"liveEdge\"");
  EXPECT_EQ(bindings[1].vendor_name, ".b.example.com");
}

TEST_F(AliyunTest, BindsByNameInLive) {
  will_answer(R"("CertId":7)");
  auto bundle = std::make_shared<Bundle>();
  bundle->key_pem = Secret("K");
  bundle->leaf.not_after = parse_time("2026-04-15T08:30:59Z").value();
  ASSERT_TRUE(finish(account.upload(bundle, label_for(kFingerprint, 7))).has_value());
  will_answer("");
  BindRequest request{.product = "live", .stored_id = "7"};
  request.binding.vendor_name = "a.example.com";
  ASSERT_TRUE(finish(account.bind(request)).has_value());
  EXPECT_EQ(http.sent.at(1).url,
            "https://live.aliyuncs.com/?CertId=7&CertName=" + our_name() +
                "&CertType=cas&DomainName=a.example.com&SSLProtocol=on");
  // A name that nobody said yet is looked for, and without one nothing is sent.
  will_answer(R"("TotalCount":0)");
  will_answer(R"("TotalCount":0)");
  request.stored_id = "8";
  EXPECT_EQ(finish(account.bind(request)).error().kind, ErrorKind::kNotFound);
  EXPECT_EQ(http.sent.size(), 4U);
}

TEST_F(AliyunTest, AsksEachVodDomainThatHasHttps) {
  for (int round = 0; round < 2; ++round) {
    will_list_domains(2, domain("a.example.com") + "," + domain("b.example.com", "off"));
    will_say_certificate(R"("CertId":"7","ServerCertificateStatus":"on")");
    const auto bindings = finish(account.list_bindings("vod")).value();
    EXPECT_EQ(bindings[0].stored_id, "7");
    EXPECT_EQ(bindings[1].stored_id, std::nullopt);
  }
  // Nothing shows that it was not changed, so every time.
  EXPECT_EQ(http.sent.size(), 4U);
  EXPECT_EQ(http.sent.at(1).url, "https://vod.cn-shanghai.aliyuncs.com/?DomainName=a.example.com");
}

std::string hostname(const std::string& members) {
  return R"("TotalCount":1,"Hostnames":[{"HostnameId":9007199254740993,"Hostname":"a.example.com",)" +
         members + "}]";
}

TEST_F(AliyunTest, AsksACustomHostnameAgainWhenItHasChanged) {
  const auto list = [&](const std::string& updated) {
    will_answer(R"("TotalCount":1,"Sites":[{"SiteId":9007199254740995}])");
    will_answer(hostname(R"("Status":"active","SslFlag":"on","CertType":"cas","UpdateTime":")" +
                         updated + "\""));
  };
  list("1");
  will_answer(R"("CustomHostnameModel":{"CasId":7})");
  const auto bindings = finish(account.list_bindings("esa")).value();
  EXPECT_EQ(bindings[0].stored_id, "7");
  EXPECT_TRUE(bindings[0].online);
  EXPECT_THAT(asked(), ElementsAre("ListSites", "ListCustomHostnames", "GetCustomHostname"));
  EXPECT_EQ(http.sent.at(0).method, "GET");
  EXPECT_EQ(http.sent.at(0).url, "https://esa.cn-hangzhou.aliyuncs.com/?PageNumber=1&PageSize=500");
  EXPECT_THAT(http.sent.at(1).url, HasSubstr("SiteId=9007199254740995"));
  EXPECT_THAT(http.sent.at(2).url, HasSubstr("HostnameId=9007199254740993"));
  list("1");
  EXPECT_EQ(finish(account.list_bindings("esa")).value()[0].stored_id, "7");
  list("2");
  will_answer(R"("CustomHostnameModel":{"CasId":8})");
  EXPECT_EQ(finish(account.list_bindings("esa")).value()[0].stored_id, "8");
}

TEST_F(AliyunTest, OneOddCustomHostnameStopsNoOther) {
  struct Case {
    std::string hostname;  ///< its answer
    std::optional<std::string> id;
  };
  const Case cases[] = {
      {R"({"RequestId":"R","CustomHostnameModel":{}})", "unknown in CAS:without an id"},
      {R"({"RequestId":"R","CustomHostnameModel":{"CasId":0}})", "unknown in CAS:without an id"},
      {R"({"RequestId":"R","Code":"CustomHostnameNotFound","Message":"gone"})", std::nullopt},
  };
  for (const Case& one : cases) {
    // What nobody knows is asked again, so the same account will do.
    const bool gone = !one.id;
    will_answer(R"("TotalCount":1,"Sites":[{"SiteId":1}])");
    will_answer(
        R"("TotalCount":2,"Hostnames":[)"
        R"({"HostnameId":11,"Hostname":"a.example.com","Status":"active","SslFlag":"on",)"
        R"("CertType":"cas"},{"HostnameId":12,"Hostname":"b.example.com","Status":"active"}])");
    http.will_answer(gone ? 404 : 200, one.hostname);
    const auto bindings = finish(account.list_bindings("esa")).value();
    ASSERT_EQ(bindings.size(), gone ? 1U : 2U);
    EXPECT_EQ(bindings[0].stored_id, one.id);
    EXPECT_EQ(bindings.back().name, "b.example.com");
  }
}

TEST_F(AliyunTest, AsksNoCustomHostnameThatHasACertificateOfItsOwn) {
  for (const char* kind : {"free", "upload"}) {
    will_answer(R"("TotalCount":1,"Sites":[{"SiteId":1}])");
    will_answer(
        hostname(R"("Status":"offline","SslFlag":"on","CertType":")" + std::string(kind) + "\""));
    const auto bindings = finish(account.list_bindings("esa")).value();
    EXPECT_EQ(bindings[0].stored_id, "of its own: " + std::string(kind));
    EXPECT_FALSE(bindings[0].online);
  }
}

TEST_F(AliyunTest, QuotesNoAnswerThatMayHoldAKey) {
  will_answer(R"("TotalCount":1,"Sites":[{"SiteId":1}])");
  will_answer(hostname(R"("Status":"active","SslFlag":"on","CertType":"cas")"));
  http.will_answer(200, R"({"CustomHostnameModel":{"PrivateKey":"SECRET)");
  const auto listed = finish(account.list_bindings("esa"));
  EXPECT_EQ(listed.error().code, "reply.malformed");
  EXPECT_THAT(listed.error().text(), Not(HasSubstr("SECRET")));
}

TEST_F(AliyunTest, BindsACustomHostnameWithItsRecord) {
  will_answer(R"("TotalCount":1,"Sites":[{"SiteId":1}])");
  will_answer(hostname(R"("Status":"active","SslFlag":"off","RecordId":3)"));
  // It was attached to another one meanwhile.
  will_answer(R"("CustomHostnameModel":{"RecordId":9007199254740997})");
  will_answer("");
  BindRequest request{.product = "esa", .stored_id = "7"};
  request.binding.vendor_name = "a.example.com";
  EXPECT_TRUE(finish(account.bind(request)).value().wrote_settings);
  EXPECT_EQ(http.sent.at(3).url,
            "https://esa.cn-hangzhou.aliyuncs.com/?CasId=7&CasRegion=cn-hangzhou&CertType=cas&"
            "HostnameId=9007199254740993&RecordId=9007199254740997&SslFlag=on");
  EXPECT_TRUE(http.sent.at(3).changes_state);
  // What does not say its record is not written to.
  will_answer(R"("CustomHostnameModel":{})");
  EXPECT_EQ(finish(account.bind(request)).error().code, "reply.shape");
  EXPECT_EQ(http.sent.size(), 5U);
}

TEST_F(AliyunTest, BindsTheActiveOneOfAHostnameThatTwoSitesHave) {
  const auto of = [](const std::string& id, const std::string& status) {
    return R"("TotalCount":1,"Hostnames":[{"HostnameId":)" + id +
           R"(,"Hostname":"a.example.com","Status":")" + status + R"(","RecordId":3}])";
  };
  for (const bool first : {true, false}) {
    http.sent.clear();
    will_answer(R"("TotalCount":2,"Sites":[{"SiteId":1},{"SiteId":2}])");
    will_answer(first ? of("11", "active") : of("12", "conflicted"));
    will_answer(first ? of("12", "conflicted") : of("11", "active"));
    const auto bindings = finish(account.list_bindings("esa")).value();
    ASSERT_EQ(bindings.size(), 2U);
    EXPECT_EQ(bindings[0].status, "active");
    will_answer(R"("CustomHostnameModel":{"RecordId":3})");
    will_answer("");
    ASSERT_TRUE(finish(account.bind({.product = "esa", .binding = bindings[0], .stored_id = "7"})));
    EXPECT_THAT(http.sent.back().url, HasSubstr("HostnameId=11&"));
  }
}

std::string bucket(const std::string& name, const std::string& place = "oss-cn-beijing") {
  return "<Bucket><Name>" + name + "</Name><Location>" + place + "</Location><ExtranetEndpoint>" +
         place + ".aliyuncs.com</ExtranetEndpoint></Bucket>";
}

std::string cname(const std::string& name, const std::string& certificate = "") {
  return "<Cname><Domain>" + name + "</Domain><Status>Enabled</Status>" + certificate + "</Cname>";
}

TEST_F(AliyunTest, ListsTheDomainsOfEveryBucket) {
  const auto of = [](const std::string& id, const std::string& more) {
    return "<Certificate><CertId>" + id + "</CertId>" + more + "</Certificate>";
  };
  will_list_buckets(bucket("b1"), "b1");
  will_list_buckets(bucket("b2"));
  will_list_names(cname("a.example.com", of("9007199254740993-cn-hangzhou", "<Type>CAS</Type>")) +
                  cname("b.example.com", of("7-ap-southeast-1", "<Type>CAS</Type>")) +
                  cname("c.example.com", of("8", "<Type>Upload</Type>")) +
                  cname("d.example.com", of("9-cn-hangzhou", "<Status>Disabled</Status>")) +
                  "<Cname><Domain>e.example.com</Domain><Status>Disabled</Status></Cname>"
                  "<Cname><Domain>f.example.com</Domain><Status>Enabled</Status>"
                  "<IsWildCard>true</IsWildCard></Cname>");
  http.will_answer(404, "<Error><Code>NoSuchBucket</Code></Error>");
  const auto bindings = finish(account.list_bindings("oss")).value();
  EXPECT_THAT(asked(),
              ElementsAre("https://oss-cn-hangzhou.aliyuncs.com/?max-keys=100",
                          "https://oss-cn-hangzhou.aliyuncs.com/?max-keys=100",
                          "https://b1.oss-cn-beijing.aliyuncs.com/?cname",
                          "https://b2.oss-cn-beijing.aliyuncs.com/?cname"));
  EXPECT_TRUE(http.sent.at(1).url.ends_with("&marker=b1"));
  EXPECT_EQ(http.sent.at(2).method, "GET");
  EXPECT_THAT(http.sent.at(2).headers.at("Authorization"),
              HasSubstr("Credential=AKIDEXAMPLE/20260102/cn-beijing/oss/aliyun_v4_request,"));
  std::vector<std::string> ids;
  for (const Binding& one : bindings) ids.push_back(one.stored_id.value_or("none"));
  EXPECT_THAT(
      ids,
      ElementsAre("9007199254740993", "7-ap-southeast-1", "uploaded:8", "none", "none", "none"));
  EXPECT_EQ(bindings[0].edge_name, "b1.oss-cn-beijing.aliyuncs.com");
  EXPECT_EQ(bindings[0].settings.at("bucket"), "b1");
  EXPECT_TRUE(bindings[3].online);
  EXPECT_FALSE(bindings[4].online);
  EXPECT_EQ(bindings[4].status, "offline");
  // Nobody says how a wildcard takes a certificate.
  EXPECT_EQ(bindings[5].name, "*.f.example.com");
  EXPECT_FALSE(bindings[5].online);
}

TEST_F(AliyunTest, OneBucketThatDeniesItsDomainsStopsNoOtherButDeletes) {
  const std::string no = "<Error><Code>AccessDenied</Code></Error>";
  will_list_buckets(bucket("b1") + bucket("b2"));
  http.will_answer(403, no);
  will_list_names(cname("a.example.com"));
  const auto bindings = finish(account.list_bindings("oss")).value();
  ASSERT_EQ(bindings.size(), 2U);
  EXPECT_EQ(bindings[0].name, "b1.oss-cn-beijing.aliyuncs.com");
  EXPECT_THAT(bindings[0].stored_id.value(), ::testing::StartsWith(kUnknownInCas));
  EXPECT_FALSE(bindings[0].online);
  EXPECT_EQ(bindings[1].name, "a.example.com");
  // Where none may be listed the permission is missing.
  will_list_buckets(bucket("b1") + bucket("b2"));
  http.will_answer(403, no);
  http.will_answer(403, no);
  EXPECT_EQ(finish(account.list_bindings("oss")).error().code, "vendor.permission");
  for (int network = 0; network < 4; ++network) will_list_domains(0, "");
  will_answer(R"("TotalCount":0,"Sites":[])");
  will_list_buckets(bucket("b1") + bucket("b2"));
  http.will_answer(403, no);
  will_list_names("");
  const auto removed = finish(account.remove("7"));
  EXPECT_EQ(removed.error().code, "vendor.unknown_user");
  EXPECT_THAT(removed.error().text(), HasSubstr("b1.oss-cn-beijing.aliyuncs.com of OSS may have"));
}

TEST_F(AliyunTest, PutsACertificateOnABucketsDomain) {
  will_list_buckets(bucket("b1"));
  will_list_names(cname("a.example.com"));
  will_answer_xml("");
  BindRequest request{.product = "oss", .stored_id = "9007199254740993"};
  request.binding.vendor_name = "a.example.com";
  ASSERT_TRUE(finish(account.bind(request)).has_value());
  const auto& sent = http.sent.at(2);
  EXPECT_EQ(sent.method, "POST");
  EXPECT_EQ(sent.url, "https://b1.oss-cn-beijing.aliyuncs.com/?cname&comp=add");
  EXPECT_EQ(sent.body,
            "<BucketCnameConfiguration><Cname><Domain>a.example.com</Domain>"
            "<CertificateConfiguration><CertId>9007199254740993-cn-hangzhou</CertId>"
            "<Force>true</Force></CertificateConfiguration></Cname></BucketCnameConfiguration>");
  EXPECT_TRUE(sent.changes_state);
  EXPECT_EQ(sent.headers.at("Content-Type"), "application/xml");
  EXPECT_EQ(sent.headers.at("Content-MD5").size(), 24U);
  // Back to one of the other site's store, whose id says where it is.
  will_answer_xml("");
  request.stored_id = "7-ap-southeast-1";
  ASSERT_TRUE(finish(account.bind(request)).has_value());
  EXPECT_THAT(http.sent.at(3).body, HasSubstr("<CertId>7-ap-southeast-1</CertId>"));
  will_list_buckets("");
  request.binding.vendor_name = "gone.example.com";
  EXPECT_EQ(finish(account.bind(request)).error().kind, ErrorKind::kNotFound);
}

TEST_F(AliyunTest, TakesNoWildcardsBucketForThatOfTheNameItIsSpelledAs) {
  will_list_buckets(bucket("b1") + bucket("b2"));
  will_list_names(cname("example.com"));
  will_list_names("<Cname><Domain>example.com</Domain><IsWildCard>true</IsWildCard></Cname>");
  will_answer_xml("");
  BindRequest request{.product = "oss", .stored_id = "7"};
  request.binding.vendor_name = "example.com";
  ASSERT_TRUE(finish(account.bind(request)).has_value());
  EXPECT_TRUE(http.sent.at(3).url.starts_with("https://b1.oss-cn-beijing."));
}

TEST_F(AliyunTest, TakesNoAnswerOfOssForAnother) {
  struct Case {
    int status;
    std::string body;
    std::string request_id;
    std::string code;
    ErrorKind kind;
  };
  using enum ErrorKind;
  const auto failure = [&](const std::string& code) {
    return "<Error><Code>" + code + "</Code><Message>m</Message></Error>";
  };
  const Case cases[] = {
      {200, "", "", "reply.shape", kMaybeApplied},
      {200, "<html>portal", "", "reply.not_xml", kMaybeApplied},
      {200, "<A/>", "", "reply.shape", kMaybeApplied},
      {200, failure("IllegalOperation"), "R", "vendor.rejected", kRejected},
      {403, failure("AccessDenied"), "R", "vendor.permission", kUnauthorized},
      {409, failure("CnameAlreadyExists"), "R", "vendor.rejected", kRejected},
      {503, failure("QpsLimitExceeded"), "R", "vendor.throttled", kThrottled},
      {500, failure("InternalError"), "R", "vendor.maybe_applied", kMaybeApplied},
      {502, "<html>gateway", "", "vendor.maybe_applied", kMaybeApplied},
  };
  will_list_buckets(bucket("b1"));
  will_list_names(cname("a.example.com"));
  ASSERT_TRUE(finish(account.list_bindings("oss")).has_value());
  BindRequest request{.product = "oss", .stored_id = "7"};
  request.binding.vendor_name = "a.example.com";
  for (const Case& one : cases) {
    http.will_answer({.status = one.status,
                      .headers = {{"x-oss-request-id", one.request_id}},
                      .body = one.body});
    const auto bound = finish(account.bind(request));
    ASSERT_FALSE(bound.has_value()) << one.body;
    EXPECT_EQ(bound.error().code, one.code) << one.body;
    EXPECT_EQ(bound.error().kind, one.kind) << one.body;
    EXPECT_THAT(bound.error().activity, HasSubstr("pointing a.example.com of OSS"));
  }
}

TEST_F(AliyunTest, TakesNoListOfBucketsWithHoles) {
  will_list_buckets(bucket("b1"), "b1");
  will_list_buckets(bucket("b1"), "b1");
  EXPECT_EQ(finish(account.list_bindings("oss")).error().code, "reply.paging");
  will_list_buckets(bucket("evil.example.net/"));
  EXPECT_EQ(finish(account.list_bindings("oss")).error().code, "reply.shape");
  will_answer_xml("<Other/>");
  EXPECT_EQ(finish(account.list_bindings("oss")).error().code, "reply.shape");
}

TEST_F(AliyunTest, HasNoOtherProduct) {
  EXPECT_EQ(finish(account.list_bindings("alb")).error().kind, ErrorKind::kUnsupported);
}

TEST(AliyunMetadataTest, AllowsWhatIsCalledAndNothingElse) {
  const std::string_view policy = aliyun_metadata().policy;
  for (const AliyunNetwork* product : {&kAliyunCdn, &kAliyunDcdn, &kAliyunLive, &kAliyunVod}) {
    for (const std::string_view action :
         {product->list_domains, product->list_https, product->get_certificate, product->bind}) {
      if (action.empty()) continue;
      const std::string permission =
          std::string(product->service.ram) + ":" + std::string(action) + "\"";
      EXPECT_THAT(policy, HasSubstr(permission));
    }
  }
  EXPECT_EQ(std::ranges::count(policy, ':'), 48 + 5);  // the actions, and the five keys
  for (const char* of_oss : {"oss:ListBuckets", "oss:ListCname", "oss:PutCname"}) {
    EXPECT_THAT(policy, HasSubstr(of_oss));
  }
  EXPECT_THAT(policy, Not(HasSubstr("GetUserCertificateDetail")));
}

}  // namespace
}  // namespace certferry
