#include "providers/volcengine/volcengine.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "model/label.h"
#include "providers/common/store_name.h"
#include "providers/volcengine/metadata.h"
#include "providers/volcengine/test_account.h"

namespace certferry {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using testing::finish;
using ::testing::HasSubstr;
using Json = nlohmann::json;
using ::testing::Not;

const std::string kFingerprint(64, 'a');

struct VolcengineAccountTest : testing::VolcengineAccountTest {
  void will_list_domains(int total, const std::string& items) {
    will_answer(R"({"Total":)" + std::to_string(total) + R"(,"Data":[)" + items + "]}");
  }
  void will_list_certificates(int total, const std::string& items) {
    will_answer(R"({"Total":)" + std::to_string(total) + R"(,"CertInfo":[)" + items + "]}");
  }
  void will_say_config(const std::string& https) {
    will_answer(R"({"DomainConfig":{"HTTPS":)" + https + "}}");
  }
  void will_list_dcdn(int total, const std::string& items) {
    will_answer(R"({"Total":)" + std::to_string(total) + R"(,"DomainList":[)" + items + "]}");
  }

  void will_list_live(int total, const std::string& items) {
    will_answer(R"({"Total":)" + std::to_string(total) + R"(,"DomainList":[)" + items + "]}");
  }
  void will_list_no_buckets() {
    http.will_answer(
        {.status = 200, .headers = {{"x-tos-request-id", "R-1"}}, .body = R"({"Buckets":[]})"});
  }
  void will_list_no_balancers() {
    for (int i = 0; i < 2; ++i) will_answer(R"({"TotalCount":0,"LoadBalancers":[]})");
  }
  void will_list_copies(const std::string& items) { will_answer("{\"CertList\":[" + items + "]}"); }
};

std::string domain(const std::string& name, bool https = true, int updated = 1) {
  return R"({"Domain":")" + name + R"(","Cname":")" + name +
         R"(.volcgslb.com","Status":"online","HTTPS":)" + (https ? "true" : "false") +
         R"(,"UpdateTime":)" + std::to_string(updated) + "}";
}

std::string certificate(const std::string& id, const std::string& domains) {
  return R"({"CertId":")" + id + R"(","ConfiguredDomain":")" + domains + "\"}";
}

TEST_F(VolcengineAccountTest, SignsEachCallForTheServiceItGoesTo) {
  will_list_domains(0, "");
  ASSERT_TRUE(finish(account.list_bindings("cdn")).has_value());
  ASSERT_EQ(http.sent.size(), 1U);
  const auto& sent = http.sent.front();
  EXPECT_EQ(sent.method, "POST");
  EXPECT_EQ(sent.url, "https://cdn.volcengineapi.com/?Action=ListCdnDomains&Version=2021-03-01");
  EXPECT_EQ(sent.body, R"({"PageNum":1,"PageSize":100})");
  EXPECT_FALSE(sent.changes_state);
  EXPECT_EQ(sent.headers.at("X-Date"), "20260102T030400Z");
  EXPECT_EQ(sent.headers.at("Content-Type"), "application/json; charset=utf-8");
  EXPECT_THAT(sent.headers.at("Authorization"),
              HasSubstr("HMAC-SHA256 Credential=AKLTEXAMPLE/20260102/cn-north-1/cdn/request, "
                        "SignedHeaders=host;x-content-sha256;x-date, Signature="));
  will_list_dcdn(0, "");
  ASSERT_TRUE(finish(account.list_bindings("dcdn")).has_value());
  EXPECT_EQ(http.sent.at(1).url,
            "https://open.volcengineapi.com/?Action=ListDomainConfig&Version=2021-04-01");
  EXPECT_THAT(http.sent.at(1).headers.at("Authorization"),
              HasSubstr("/20260102/cn-beijing/dcdn/request"));
}

TEST_F(VolcengineAccountTest, SignsTheHostOfAGatewayWithoutItsPath) {
  std::vector<std::string> authorizations;
  for (const char* endpoint :
       {"http://127.0.0.1:8080", "http://127.0.0.1:8080/a", "http://127.0.0.1:8081"}) {
    Volcengine behind = make("", endpoint);
    will_list_domains(0, "");
    ASSERT_TRUE(finish(behind.list_bindings("cdn")).has_value());
    EXPECT_TRUE(http.sent.back().url.starts_with(std::string(endpoint) + "/?"));
    authorizations.push_back(http.sent.back().headers.at("Authorization"));
  }
  EXPECT_EQ(authorizations[0], authorizations[1]);
  EXPECT_NE(authorizations[0], authorizations[2]);
}

TEST_F(VolcengineAccountTest, UploadsUnderALabelEvenWhatIsThereAlready) {
  will_answer(R"({"InstanceId":"cert-9f","RepeatId":""})");
  auto bundle = std::make_shared<Bundle>();
  bundle->chain_pem = "C\n";
  bundle->key_pem = Secret("K\"");
  bundle->leaf.not_after = parse_time("2026-04-15T08:30:59Z").value();
  const std::string label = label_for(kFingerprint, 7);
  EXPECT_EQ(finish(account.upload(bundle, label)).value(), "cert-9f");
  const auto& sent = http.sent.at(0);
  EXPECT_EQ(sent.url,
            "https://open.volcengineapi.com/?Action=ImportCertificate&Version=2024-10-01");
  EXPECT_EQ(sent.body,
            R"({"Tag":")" + store_name(label, bundle->leaf.not_after) +
                R"(","Repeatable":true,"CertificateInfo":{"CertificateChain":"C\n",)"
                R"("PrivateKey":"K\""}})");
  EXPECT_TRUE(sent.changes_state);
  EXPECT_THAT(sent.headers.at("Authorization"),
              HasSubstr("/cn-beijing/certificate_service/request"));
}

TEST_F(VolcengineAccountTest, UploadsToTheProjectThatIsNamed) {
  Volcengine other = make("web");
  will_answer(R"({"InstanceId":"cert-9f"})");
  ASSERT_TRUE(finish(other.upload(std::make_shared<Bundle>(), "a label")).has_value());
  EXPECT_THAT(http.sent.at(0).body, HasSubstr(R"("ProjectName":"web")"));
}

TEST_F(VolcengineAccountTest, AnUploadWithoutAnIdMayHaveBeenStored) {
  for (const char* result : {"", "{}", R"({"InstanceId":""})", R"({"InstanceId":1.5})"}) {
    will_answer(result);
    const auto id = finish(account.upload(std::make_shared<Bundle>(), "a label"));
    EXPECT_EQ(id.error().code, "reply.no_id") << result;
    EXPECT_EQ(id.error().kind, ErrorKind::kMaybeApplied);
  }
}

TEST_F(VolcengineAccountTest, TakesNobodyElsesCertificateForItsOwnUpload) {
  will_answer(R"({"InstanceId":"","RepeatId":"cert-7"})");
  const auto id = finish(account.upload(std::make_shared<Bundle>(), "a label"));
  EXPECT_EQ(id.error().kind, ErrorKind::kConflict);
  EXPECT_THAT(id.error().text(), HasSubstr("cert-7"));
}

TEST_F(VolcengineAccountTest, KnowsToTheSecondWhatOfOursEnds) {
  const std::string ours =
      store_name(label_for(kFingerprint, 7), parse_time("2026-04-15T08:30:59Z").value());
  // The same end as UTC has it and as China has it.
  for (const char* ends : {"2026-04-15 08:30:59", "2026-04-15 16:30:59", "2026-04-15T08:30:59Z"}) {
    will_answer(R"({"TotalCount":1,"Instances":[{"InstanceId":"cert-1","Tag":")" + ours +
                R"(","San":["cdn.example.com",".EXAMPLE.com"],"NotBefore":"2026-01-15 08:30:59",)"
                R"("NotAfter":")" +
                ends + R"("}]})");
    const auto stored = finish(account.list_stored()).value();
    ASSERT_EQ(stored.size(), 1U);
    EXPECT_EQ(stored[0].id, "cert-1");
    EXPECT_EQ(stored[0].label, label_for(kFingerprint, 7));
    EXPECT_THAT(stored[0].names, ElementsAre("cdn.example.com", "*.example.com"));
    EXPECT_EQ(stored[0].not_before, parse_time("2026-01-15T00:30:59Z").value());
    EXPECT_EQ(stored[0].not_after, parse_time("2026-04-15T08:30:59Z").value()) << ends;
    EXPECT_EQ(stored[0].in_use, std::nullopt);
  }
  EXPECT_EQ(http.sent.at(0).body, R"({"PageNumber":1,"PageSize":100})");
}

TEST_F(VolcengineAccountTest, ListsWhatSomebodyElseStored) {
  will_answer(R"({"TotalCount":3,"Instances":[
      {"InstanceId":"cert-7","Tag":"bought","CommonName":"a.example.com",
       "NotAfter":"2026-04-15 08:30:59"},
      {"InstanceId":"cert-8","San":[7],"NotAfter":"soon"},
      {"InstanceId":"cert-9","Status":"Pending","NotAfter":"","San":null}]})");
  const auto stored = finish(account.list_stored()).value();
  ASSERT_EQ(stored.size(), 3U);
  EXPECT_EQ(stored[0].label, "bought");
  EXPECT_THAT(stored[0].names, ElementsAre("a.example.com"));
  EXPECT_EQ(stored[0].not_after, parse_time("2026-04-15T08:30:59Z").value());
  EXPECT_EQ(stored[1].not_after, Time{});
  EXPECT_TRUE(stored[2].names.empty());
}

TEST_F(VolcengineAccountTest, AsksNothingMoreWhenNoDomainHasHttps) {
  will_list_domains(3,
                    domain("a.example.com", false) +
                        R"(,{"Domain":".example.com","Status":"configuring",
      "PrimaryOrigin":["origin"],"DomainLock":{"Status":"on"}},
      {"Domain":"c.example.com","Status":"offline","DomainLock":{"Status":"on"}})");
  const auto bindings = finish(account.list_bindings("cdn")).value();
  ASSERT_EQ(bindings.size(), 3U);
  EXPECT_EQ(bindings[0].edge_name, "a.example.com.volcgslb.com");
  EXPECT_TRUE(bindings[0].online);
  EXPECT_EQ(bindings[0].stored_id, std::nullopt);
  EXPECT_EQ(bindings[1].name, "*.example.com");
  EXPECT_EQ(bindings[1].vendor_name, ".example.com");
  EXPECT_TRUE(bindings[1].online);  // it serves what it was set to before
  EXPECT_EQ(bindings[1].status, "configuring, locked");
  EXPECT_EQ(bindings[1].settings.at("PrimaryOrigin"), R"(["origin"])");
  EXPECT_FALSE(bindings[2].online);
  EXPECT_EQ(bindings[2].status, "offline");
  EXPECT_EQ(http.sent.size(), 1U);
}

TEST_F(VolcengineAccountTest, ReadsFromTheListOfCertificatesWhichDomainHasWhich) {
  will_list_domains(3,
                    domain("a.example.com") + "," + domain("*.example.com") + "," +
                        domain("b.example.com", false));
  will_list_certificates(3,
                         certificate("cert-1", "a.example.com, .example.com") + "," +
                             certificate("cert-2", "") +
                             R"(,{"CertId":"cert-3","ConfiguredDomain":null})");
  EXPECT_THAT(ids_of(finish(account.list_bindings("cdn")).value()),
              ElementsAre("cert-1", "cert-1", "none"));
  EXPECT_THAT(called(),
              ElementsAre("ListCdnDomains "
                          R"({"PageNum":1,"PageSize":100})",
                          "ListCertInfo "
                          R"({"PageNum":1,"PageSize":100,"Source":"volc_cert_center"})"));
}

TEST_F(VolcengineAccountTest, AsksForADomainWhoseCertificateNoListHasOrTwoHave) {
  const auto lists = [&](int updated) {
    will_list_domains(2, domain("a.example.com", true, updated) + "," + domain("b.example.com"));
    will_list_certificates(
        2, certificate("cert-1", "b.example.com") + "," + certificate("cert-2", "b.example.com"));
  };
  const auto config = [&](const std::string& https) {
    will_answer(R"({"DomainConfig":{"HTTPS":)" + https + "}}");
  };
  lists(1);
  config(R"({"Switch":true,"CertInfo":{"CertId":"cert_hosting-7"},"CertInfoList":null})");
  config(R"({"Switch":true,"CertInfo":null,"CertInfoList":[{"CertId":"cert-2"},{"CertId":"x"}]})");
  EXPECT_THAT(ids_of(finish(account.list_bindings("cdn")).value()),
              ElementsAre("cert_hosting-7", "cert-2"));
  EXPECT_EQ(called().at(2), R"(DescribeCdnConfig {"Domain":"a.example.com"})");
  // Once more: as long as their rows are the same, nobody needs to be asked.
  lists(1);
  EXPECT_THAT(ids_of(finish(account.list_bindings("cdn")).value()),
              ElementsAre("cert_hosting-7", "cert-2"));
  EXPECT_EQ(http.sent.size(), 6U);
  lists(2);
  config(R"({"Switch":false,"CertInfo":{"CertId":"cert_hosting-7"}})");
  EXPECT_THAT(ids_of(finish(account.list_bindings("cdn")).value()), ElementsAre("none", "cert-2"));
}

TEST_F(VolcengineAccountTest, AsksAgainForADomainThatWasStillChanging) {
  const auto now = static_cast<int>(clock.at.time_since_epoch() / seconds(1));
  const auto asks = [&](const std::string& row) {
    const std::size_t before = http.sent.size();
    for (int i = 0; i < 2; ++i) {
      will_list_domains(1, row);
      will_list_certificates(0, "");
      will_answer(R"({"DomainConfig":{"HTTPS":{"Switch":true,"CertInfo":{"CertId":"c"}}}})");
      EXPECT_THAT(ids_of(finish(account.list_bindings("cdn")).value()), ElementsAre("c"));
    }
    return http.sent.size() - before;
  };
  EXPECT_EQ(asks(domain("just.example.com", true, now - 59)), 6U);
  EXPECT_EQ(asks(R"({"Domain":"b.example.com","Status":"configuring","HTTPS":true,)"
                 R"("UpdateTime":1})"),
            6U);
  EXPECT_EQ(asks(R"({"Domain":"c.example.com","Status":"online","HTTPS":true})"), 6U);
}

TEST_F(VolcengineAccountTest, TakesNoIdThatIsNone) {
  will_list_domains(1, domain("a.example.com"));
  will_list_certificates(1, certificate("cert\\u001b[2J", "a.example.com"));
  EXPECT_EQ(finish(account.list_bindings("cdn")).error().code, "reply.no_id");
  will_list_domains(1, domain("a.example.com"));
  will_list_certificates(0, "");
  will_answer(R"({"DomainConfig":{"HTTPS":{"Switch":true,"CertInfo":{"CertName":"x"}}}})");
  const auto listed = finish(account.list_bindings("cdn"));
  EXPECT_EQ(listed.error().code, "reply.no_id");
  EXPECT_THAT(listed.error().activity, HasSubstr("for the certificate of a.example.com"));
}

TEST_F(VolcengineAccountTest, WalksEveryPageAndTakesNoneForAnother) {
  will_list_domains(2, domain("a.example.com", false));
  will_list_domains(2, domain("b.example.com", false));
  EXPECT_EQ(finish(account.list_bindings("cdn")).value().size(), 2U);
  EXPECT_THAT(http.sent.at(1).body, HasSubstr(R"("PageNum":2)"));
  will_list_domains(3, domain("a.example.com", false));
  will_list_domains(3, domain("a.example.com", false));
  const auto repeated = finish(account.list_bindings("cdn"));
  EXPECT_EQ(repeated.error().code, "reply.paging");
  EXPECT_EQ(repeated.error().activity, "listing the domains of Volcengine CDN");
}

TEST_F(VolcengineAccountTest, TakesNullForAListOnlyWhereItIsEmpty) {
  will_answer(R"({"Total":0,"Data":null})");
  EXPECT_TRUE(finish(account.list_bindings("cdn")).value().empty());
  will_answer(R"({"Total":1,"Data":null})");
  EXPECT_EQ(finish(account.list_bindings("cdn")).error().code, "reply.shape");
  will_answer("");
  EXPECT_EQ(finish(account.list_bindings("cdn")).error().code, "reply.shape");
}

TEST_F(VolcengineAccountTest, BindsOneDomainAndReadsWhatBecameOfIt) {
  will_say_config(R"({"Switch":true,"CertInfo":{"CertId":"x"},"CertInfoList":[{"CertId":"x"}]})");
  will_answer(R"({"DeployResult":[{"Domain":"a.example.com","Status":"success"}]})");
  ASSERT_TRUE(finish(account.bind(bind_request("cdn", "a.example.com"))).has_value());
  EXPECT_THAT(called(),
              ElementsAre(R"(DescribeCdnConfig {"Domain":"a.example.com"})",
                          R"(BatchDeployCert {"CertId":"cert-9f","Domain":"a.example.com"})"));
  EXPECT_FALSE(http.sent.at(0).changes_state);
  EXPECT_TRUE(http.sent.at(1).changes_state);
}

TEST_F(VolcengineAccountTest, TakesNoSecondCertificateAway) {
  for (const char* https :
       {R"({"Switch":true,"CertInfo":null,"CertInfoList":[{"CertId":"x"},{"CertId":"y"}]})",
        R"({"Switch":true,"CertInfo":{"CertId":"x"},"CertInfoList":[{"CertId":"y"}]})"}) {
    will_say_config(https);
    const auto bound = finish(account.bind(bind_request("cdn", "a.example.com")));
    EXPECT_EQ(bound.error().code, "vendor.two_certificates") << https;
    EXPECT_EQ(bound.error().kind, ErrorKind::kRejected);
  }
  // Nor while it cannot be known whether there is one.
  will_answer(R"({"DomainConfig":null})");
  EXPECT_EQ(finish(account.bind(bind_request("cdn", "a.example.com"))).error().kind,
            ErrorKind::kUnavailable);
  EXPECT_EQ(http.sent.size(), 3U);
}

TEST_F(VolcengineAccountTest, SeesAFailureInsideOfASuccess) {
  will_say_config("null");
  will_answer(
      R"({"DeployResult":[{"Domain":"a.example.com","Status":"fail","ErrorMsg":"not in SAN"}]})");
  const auto bound = finish(account.bind(bind_request("cdn", "a.example.com")));
  EXPECT_EQ(bound.error().kind, ErrorKind::kRejected);
  EXPECT_EQ(bound.error().vendor_message, "not in SAN");
  EXPECT_THAT(bound.error().activity, HasSubstr("a.example.com of Volcengine CDN"));
}

TEST_F(VolcengineAccountTest, ABindThatDoesNotSayWhatBecameOfItMayHaveBeenMade) {
  for (const char* result : {"",
                             "{}",
                             R"({"DeployResult":null})",
                             R"({"DeployResult":[]})",
                             R"({"DeployResult":[7]})",
                             R"({"DeployResult":[{"Domain":"a.example.com"}]})"}) {
    will_say_config("null");
    will_answer(result);
    const auto bound = finish(account.bind(bind_request("cdn", "a.example.com")));
    EXPECT_EQ(bound.error().kind, ErrorKind::kMaybeApplied) << result;
    EXPECT_EQ(bound.error().code, "reply.shape");
  }
}

TEST_F(VolcengineAccountTest, ReadsDcdnsDomainsWithTheirCertificates) {
  will_list_dcdn(5, R"(
      {"Domain":"a.example.com","Cname":"a.volcdcdn.com","Status":"Running",
       "Origin":{"Origins":[]},
       "Https":{"EnableHttps":true,"Http2":true,"CertBind":{"CertId":"cert-1","CertSource":"volc"}}},
      {"Domain":".example.com","Status":"Stop","Https":{"EnableHttps":false,
       "CertBind":{"CertId":"cert-1","CertSource":"volc"}}},
      {"Domain":"c.example.com","Status":"Running","Https":{"CertBind":{"CertId":"cert-1",
       "CertSource":"dcdn"}}},
      {"Domain":"d.example.com","Status":"Running","Https":{"EnableHttps":true,
       "CertBind":{"CertId":""}}},
      {"Domain":"e.example.com"})");
  const auto bindings = finish(account.list_bindings("dcdn")).value();
  EXPECT_THAT(ids_of(bindings), ElementsAre("cert-1", "none", "cert-1-dcdn", "none", "none"));
  EXPECT_EQ(bindings[0].edge_name, "a.volcdcdn.com");
  EXPECT_EQ(bindings[0].settings.at("Https.Http2"), "true");
  EXPECT_FALSE(bindings[0].settings.contains("Https.CertBind"));
  EXPECT_TRUE(bindings[0].online);
  EXPECT_EQ(bindings[1].name, "*.example.com");
  EXPECT_FALSE(bindings[1].online);
  EXPECT_EQ(bindings[1].status, "offline");  // which `covered` leaves out
  EXPECT_FALSE(bindings[4].online);
  EXPECT_EQ(http.sent.size(), 1U);
}

TEST_F(VolcengineAccountTest, BindsADomainOfDcdn) {
  will_answer(R"({"Success":true})");
  ASSERT_TRUE(finish(account.bind(bind_request("dcdn", ".example.com"))).has_value());
  EXPECT_THAT(called(),
              ElementsAre("CreateCertBind "
                          R"({"CertSource":"volc","CertId":"cert-9f",)"
                          R"("DomainNames":[".example.com"]})"));
  will_answer(R"({"Success":false})");
  EXPECT_EQ(finish(account.bind(bind_request("dcdn", "a.example.com"))).error().kind,
            ErrorKind::kMaybeApplied);  // not a word about why
  will_answer("");
  EXPECT_EQ(finish(account.bind(bind_request("dcdn", "a.example.com"))).error().kind,
            ErrorKind::kMaybeApplied);
}

TEST_F(VolcengineAccountTest, KnowsLivesCertificatesByTheirIdsInTheCentre) {
  will_list_live(8, R"(
      {"Domain":"a.example.com","CNAME":"a.example.com.bytefcdn.com","Status":0,"ChainID":"c1",
       "HTTP2":true,"Vhost":"push.example.com","CnameCheck":1},
      {"Domain":"b.example.com","Status":2,"ChainID":"c2"},
      {"Domain":"c.example.com","Status":0,"ChainID":"c3"},
      {"Domain":"d.example.com","Status":0,"ChainID":"c4"},
      {"Domain":"e.example.com","Status":9,"ChainID":21614},
      {"Domain":"f.example.com","Status":0,"ChainID":""},
      {"Domain":"g.example.com"},
      {"Domain":"h.example.com","Status":3,"ChainID":"c1"})");
  will_list_copies(R"(
      {"ChainID":"c1","CertName":"cert-9f","ChainIDVolc":"77"},
      {"ChainID":"c2","CertName":"bought","ChainIDVolc":"88"},
      {"ChainID":"c3","CertName":"cert-\u001b","ChainIDVolc":"cert-88"},
      {"ChainID":"c4","CertName":"bought","ChainIDVolc":""})");
  const auto bindings = finish(account.list_bindings("live")).value();
  EXPECT_THAT(
      ids_of(bindings),
      ElementsAre("cert-9f", "cert-88", "cert-88", "live:c4", "live:21614", "none", "none"));
  EXPECT_EQ(bindings[0].edge_name, "a.example.com.bytefcdn.com");
  EXPECT_EQ(bindings[0].settings.at("HTTP2"), "true");
  EXPECT_FALSE(bindings[0].settings.contains("CnameCheck"));
  EXPECT_TRUE(bindings[0].online);
  EXPECT_EQ(bindings[1].status, "offline");  // which `covered` leaves out
  EXPECT_FALSE(bindings[1].online);
  EXPECT_EQ(bindings[4].status, "status 9");
  EXPECT_FALSE(bindings[6].online);
  EXPECT_THAT(called(),
              ElementsAre("ListDomainDetail "
                          R"({"DomainTypeList":["pull-flv"],"PageNum":1,"PageSize":100})",
                          "ListCertV2 {}"));
  EXPECT_EQ(http.sent.at(1).url,
            "https://live.volcengineapi.com/?Action=ListCertV2&Version=2023-01-01");
  EXPECT_THAT(http.sent.at(1).headers.at("Authorization"),
              HasSubstr("/20260102/cn-north-1/live/request"));
}

TEST_F(VolcengineAccountTest, TakesNoPartOfLivesListForTheWhole) {
  for (const char* list : {R"({"CertList":null,"Total":1})",
                           R"({"CertList":{"ChainID":"c1"}})",
                           R"({"CertList":[{"ChainID":"c1"}],"Total":2})",
                           R"({"CertList":[{"ChainID":"\u001b"}]})",
                           R"({"CertList":[{"ChainID":"c1","ChainIDVolc":[]}]})"}) {
    will_list_live(1, R"({"Domain":"a.example.com","Status":0,"ChainID":"c1"})");
    will_answer(list);
    EXPECT_EQ(finish(account.list_bindings("live")).error().kind, ErrorKind::kUnavailable) << list;
  }
  will_list_live(1, R"({"Domain":"a.example.com","Status":0,"ChainID":["c1"]})");
  EXPECT_EQ(finish(account.list_bindings("live")).error().code, "reply.no_id");
}

BundlePtr short_bundle() {
  auto bundle = std::make_shared<Bundle>();
  bundle->chain_pem = "C\n";
  bundle->key_pem = Secret("K");
  return bundle;
}

TEST_F(VolcengineAccountTest, CopiesABundleIntoLivesListOnce) {
  BindRequest request = bind_request("live", "a.example.com");
  request.bundle = short_bundle();
  request.binding.settings["HTTP2"] = "true";
  will_answer("{}");
  will_answer(R"({"ChainID":"c1"})");
  will_answer("");
  const auto done = finish(account.bind(request));
  ASSERT_TRUE(done.has_value());
  EXPECT_TRUE(done->wrote_settings);
  EXPECT_THAT(
      called(),
      ElementsAre(
          "ListCertV2 {}",
          R"(CreateCert {"CertName":"cert-9f","UseWay":"https",)"
          R"("Rsa":{"Pubkey":"C\n","Prikey":"K"}})",
          R"(BindCert {"ChainID":"c1","Domain":"a.example.com","HTTPS":true,"HTTP2":true})"));
  EXPECT_TRUE(http.sent.at(1).changes_state);
  EXPECT_TRUE(http.sent.at(2).changes_state);

  // It is there now, whether what is in it is here or not.
  request.binding.settings.clear();
  for (const BundlePtr& bundle : {request.bundle, BundlePtr()}) {
    request.bundle = bundle;
    will_list_copies(R"({"ChainID":"c1","CertName":"cert-9f"})");
    will_answer("");
    ASSERT_TRUE(finish(account.bind(request)).has_value());
    EXPECT_EQ(called().back(),
              R"(BindCert {"ChainID":"c1","Domain":"a.example.com","HTTPS":true})");
  }
  EXPECT_EQ(http.sent.size(), 7U);
  will_list_copies("");
  EXPECT_EQ(finish(account.bind(request)).error().kind, ErrorKind::kNotFound);
  EXPECT_EQ(http.sent.size(), 8U);
}

TEST_F(VolcengineAccountTest, ACopyToLiveThatDoesNotSayItsIdMayHaveBeenMade) {
  BindRequest request = bind_request("live", "a.example.com");
  request.bundle = short_bundle();
  will_list_copies("");
  will_answer(R"({"Domain":"K"})");
  const auto lost = finish(account.bind(request));
  EXPECT_EQ(lost.error().kind, ErrorKind::kMaybeApplied);
  EXPECT_THAT(lost.error().activity, HasSubstr("copying certificate cert-9f to Volcengine Live"));
  will_list_copies("");
  will_refuse("InvalidParam.BindError");
  EXPECT_EQ(finish(account.bind(request)).error().kind, ErrorKind::kRejected);
  EXPECT_EQ(http.sent.size(), 4U);
}

TEST_F(VolcengineAccountTest, DeletesLivesCopiesBeforeTheCentresCertificate) {
  const auto nothing_bound = [&] {
    will_list_domains(0, "");
    will_list_dcdn(0, "");
    will_list_live(0, "");
    will_answer("[]");
    will_answer("{}");
    will_list_no_buckets();
    will_list_no_balancers();
  };
  nothing_bound();
  will_list_copies(R"({"ChainID":"c1","CertName":"cert-7","CertDomainList":[]},
                      {"ChainID":"c2","CertName":"x","ChainIDVolc":"7"},
                      {"ChainID":"c3","CertName":"cert-7","CertDomainList":null})");
  for (int i = 0; i < 3; ++i) will_answer("");
  ASSERT_TRUE(finish(account.remove("cert-7")).has_value());
  const std::vector<std::string> sent = called();
  EXPECT_THAT(std::vector(sent.begin() + 9, sent.end()),
              ElementsAre(R"(DeleteCert {"ChainID":"c1"})",
                          R"(DeleteCert {"ChainID":"c3"})",
                          R"(CertificateDeleteInstance {"InstanceId":"cert-7"})"));
  // A push domain is in no list of ours.
  for (const char* users : {R"(["push.example.com"])", R"("push.example.com")"}) {
    nothing_bound();
    will_list_copies(R"({"ChainID":"c1","CertName":"cert-7","CertDomainList":)" +
                     std::string(users) + "}");
    const std::size_t before = http.sent.size();
    EXPECT_EQ(finish(account.remove("cert-7")).error().kind, ErrorKind::kInUse) << users;
    EXPECT_EQ(http.sent.size(), before + 9);
  }
}

TEST_F(VolcengineAccountTest, DeletesNothingThatAnyProductUses) {
  will_list_domains(0, "");
  will_list_dcdn(1, R"({"Domain":"d.example.com","Https":{"CertBind":{"CertId":"cert-7"}}})");
  const auto removed = finish(account.remove("cert-7"));
  EXPECT_EQ(removed.error().kind, ErrorKind::kInUse);
  EXPECT_THAT(removed.error().text(), HasSubstr("d.example.com of Volcengine DCDN"));
  EXPECT_EQ(http.sent.size(), 2U);
}

TEST_F(VolcengineAccountTest, DeletesWhatNoProductUsesThoughOneWasNeverOpened) {
  will_list_domains(0, "");
  will_refuse("OperationDenied.ServiceNotOpen");
  will_refuse("RequestForbidden");
  will_answer("");
  will_answer("{}");
  will_list_no_buckets();
  will_refuse("OperationDenied.ServiceNotOpen");
  will_answer(R"({"TotalCount":0,"LoadBalancers":null})");
  will_answer("");
  ASSERT_TRUE(finish(account.remove("cert-7")).has_value());
  EXPECT_EQ(called().back(), R"(CertificateDeleteInstance {"InstanceId":"cert-7"})");
  EXPECT_TRUE(http.sent.back().changes_state);
}

TEST_F(VolcengineAccountTest, DeletesByAPolicyThatDoesNotSpeakOfLoadBalancersYet) {
  const auto remove = [&](bool lists_clb) {
    will_list_domains(0, "");
    will_list_dcdn(0, "");
    will_list_live(0, "");
    will_answer("[]");
    will_answer("{}");
    will_list_no_buckets();
    if (lists_clb) {
      will_answer(R"({"TotalCount":0,"LoadBalancers":null})");
    } else {
      will_refuse("AccessDenied");
    }
    will_refuse("AccessDenied");
    will_list_copies("");
    will_answer("");
    return finish(account.remove("cert-7"));
  };
  ASSERT_TRUE(remove(false).has_value());
  EXPECT_EQ(called().back(), R"(CertificateDeleteInstance {"InstanceId":"cert-7"})");
  // Once they could be listed, that is no answer.
  will_answer(R"({"TotalCount":0,"LoadBalancers":null})");
  EXPECT_TRUE(finish(account.list_bindings("alb")).has_value());
  const std::size_t before = http.sent.size();
  EXPECT_EQ(remove(true).error().code, "vendor.permission");
  for (std::size_t i = before; i < http.sent.size(); ++i) {
    EXPECT_THAT(http.sent[i].url, Not(HasSubstr("Delete")));
  }
}

TEST_F(VolcengineAccountTest, DeletesNothingWhileAProductCannotBeAsked) {
  for (const char* code : {"InternalError",
                           "AccessDenied",
                           "FlowLimitExceeded",
                           "InvalidParameter",
                           "OperationDenied.AccountArrears",
                           "ServiceNotFound"}) {
    will_list_domains(0, "");
    will_refuse(code);
    EXPECT_FALSE(finish(account.remove("cert-7")).has_value()) << code;
  }
  EXPECT_THAT(called(), Not(Contains(HasSubstr("Delete"))));
}

TEST_F(VolcengineAccountTest, HasNoOtherProduct) {
  EXPECT_EQ(finish(account.list_bindings("waf")).error().kind, ErrorKind::kUnsupported);
  EXPECT_EQ(finish(account.bind(bind_request("waf", "a"))).error().kind, ErrorKind::kUnsupported);
}

TEST(VolcengineMetadataTest, SaysThatItsPolicyWasNotTried) {
  EXPECT_TRUE(std::ranges::any_of(volcengine_metadata().oddities, [](const Oddity& one) {
    return !one.confirmed && one.what.contains("policy takes the service");
  }));
}

TEST(VolcengineMetadataTest, AllowsWhatIsCalledAndNothingElse) {
  const Json policy = Json::parse(volcengine_metadata().policy);
  EXPECT_THAT(policy.at("Statement").at(0).at("Action").get<std::vector<std::string>>(),
              ElementsAre("certificate_service:CertificateGetInstanceList",
                          "certificate_service:ImportCertificate",
                          "certificate_service:CertificateDeleteInstance",
                          "cdn:ListCdnDomains",
                          "cdn:ListCertInfo",
                          "cdn:DescribeCdnConfig",
                          "cdn:BatchDeployCert",
                          "dcdn:ListDomainConfig",
                          "dcdn:CreateCertBind",
                          "live:ListDomainDetail",
                          "live:ListCertV2",
                          "live:CreateCert",
                          "live:BindCert",
                          "live:DeleteCert",
                          "vod:ListSpace",
                          "vod:ListVodDomains",
                          "vod:DescribeVodDomainConfig",
                          "vod:UpdateVodDomainConfig",
                          "imagex:GetAllImageServices",
                          "imagex:GetServiceDomains",
                          "imagex:GetDomainConfig",
                          "imagex:UpdateHttps",
                          "tos:ListBuckets",
                          "tos:GetBucketCustomDomain",
                          "tos:PutBucketCustomDomain",
                          "clb:DescribeLoadBalancers",
                          "clb:DescribeListeners",
                          "clb:DescribeListenerAttributes",
                          "clb:DescribeRules",
                          "clb:ModifyListenerAttributes",
                          "clb:ModifyListenerDomainExtensions",
                          "alb:DescribeLoadBalancers",
                          "alb:DescribeListeners",
                          "alb:DescribeListenerAttributes",
                          "alb:DescribeRules",
                          "alb:ModifyListenerAttributes"));
}

}  // namespace
}  // namespace certferry
