#include "providers/aliyun/aliyun.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/fixed_random.h"
#include "model/label.h"
#include "providers/aliyun/metadata.h"
#include "providers/common/store_name.h"
#include "providers/testing/recording_http.h"
#include "providers/testing/still_clock.h"

namespace certferry {
namespace {

using ::testing::ElementsAre;
using testing::finish;
using ::testing::HasSubstr;
using ::testing::Not;

const std::string kFingerprint(64, 'a');

struct AliyunTest : ::testing::Test {
  testing::RecordingHttp http;
  testing::StillClock clock;
  testing::FixedRandom random{7};
  Aliyun account = make();

  Aliyun make(std::string region = "") {
    return {{.endpoint = "https://{service}.aliyuncs.com",
             .region = std::move(region),
             .key = {.id = "AKIDEXAMPLE", .secret = Secret("SKEXAMPLE"), .session_token = {}}},
            http,
            clock,
            random};
  }

  void will_answer(const std::string& members) {
    http.will_answer(200, R"({"RequestId":"R-1")" + (members.empty() ? "" : "," + members) + "}");
  }
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

  /// What was asked for: service and action, and the domain that it was about.
  std::vector<std::string> asked() const {
    std::vector<std::string> out;
    for (const auto& one : http.sent) {
      std::string what = one.headers.at("x-acs-action");
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
  will_say_certificate(R"("CertId":"9007199254740993","CertRegion":"cn-hangzhou")");
  will_say_certificate(R"("CertId":"7")");
  will_say_certificate(R"("CertId":"8")");
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

TEST_F(AliyunTest, AsksAgainWhenARowHasChanged) {
  for (const char* updated : {"2026-01-01 00:00:00", "2026-01-01 00:00:01"}) {
    will_list_domains(1, domain("a.example.com"));
    will_list_https(1, row("a.example.com", "bought", updated));
    will_say_certificate(R"("CertId":"7")");
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
  will_list_domains(0, "");  // CDN
  will_list_domains(1, R"({"DomainName":"d.example.com","SSLProtocol":"on"})");
  will_list_https(1, row("d.example.com", "x"));
  will_say_certificate(R"("CertId":"7","SSLProtocol":"on")");
  const auto removed = finish(account.remove("7"));
  EXPECT_EQ(removed.error().kind, ErrorKind::kInUse);
  EXPECT_THAT(removed.error().text(), HasSubstr("d.example.com of DCDN"));
  EXPECT_THAT(asked(), Not(::testing::Contains("DeleteUserCertificate")));
}

TEST_F(AliyunTest, DeletesWhatNoProductUses) {
  will_list_domains(0, "");
  http.will_answer(400, R"({"RequestId":"R","Code":"DcdnServiceNotFound","Message":"not opened"})");
  will_answer("");
  ASSERT_TRUE(finish(account.remove("7")).has_value());
  EXPECT_EQ(http.sent.at(2).url, "https://cas.aliyuncs.com/?CertId=7");
  EXPECT_EQ(http.sent.at(2).headers.at("x-acs-action"), "DeleteUserCertificate");
}

TEST_F(AliyunTest, HasNoOtherProduct) {
  EXPECT_EQ(finish(account.list_bindings("esa")).error().kind, ErrorKind::kUnsupported);
}

TEST(AliyunMetadataTest, AllowsWhatIsCalledAndNothingElse) {
  const std::string_view policy = aliyun_metadata().policy;
  for (const AliyunProduct* product : {&kAliyunCdn, &kAliyunDcdn}) {
    for (const std::string_view action :
         {product->list_domains, product->list_https, product->get_certificate, product->bind}) {
      const std::string permission =
          std::string(product->service.ram) + ":" + std::string(action) + "\"";
      EXPECT_THAT(policy, HasSubstr(permission));
    }
  }
  EXPECT_EQ(std::ranges::count(policy, ':'), 11 + 5);  // the actions, and the five keys
  EXPECT_THAT(policy, Not(HasSubstr("Detail")));
}

}  // namespace
}  // namespace certferry
