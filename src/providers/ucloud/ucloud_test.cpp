#include "providers/ucloud/ucloud.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/label.h"
#include "providers/common/store_name.h"
#include "providers/testing/recording_http.h"
#include "signing/canonical.h"

namespace certferry {
namespace {

using ::testing::ElementsAre;
using testing::finish;
using ::testing::HasSubstr;

struct UcloudTest : ::testing::Test {
  testing::RecordingHttp http;
  Ucloud account{{.endpoint = "https://api.ucloud.cn",
                  .key = {.id = "PUBEXAMPLE", .secret = Secret("PRIVEXAMPLE"), .session_token = {}},
                  .project = "org-xyz",
                  .region = {}},
                 http};

  void will_say(const std::string& members) {
    http.will_answer(200, R"({"RetCode":0,"Action":"X",)" + members + "}");
  }
  void will_list(const std::string& rows, int count) {
    will_say(R"("TotalCount":)" + std::to_string(count) + R"(,"DomainInfoList":)" + rows);
  }
  void will_detail(const std::string& domains) { will_say(R"("DomainList":)" + domains); }
  void will_store(const std::string& entries, int count) {
    will_say(R"("TotalCount":)" + std::to_string(count) + R"(,"CertificateList":)" + entries);
  }
  /// The parameters of each call but those that every call has, decoded.
  std::vector<std::string> asked() const {
    std::vector<std::string> out;
    for (const auto& one : http.sent) {
      out.push_back(percent_decode(one.body.substr(0, one.body.find("&ProjectId="))));
    }
    return out;
  }
};

std::string domain(const std::string& name,
                   const std::string& number,
                   const std::string& area,
                   const std::string& more) {
  return R"({"Domain":")" + name + R"(","DomainId":")" + number + R"(","AreaCode":")" + area +
         R"(","Cname":"x.ucloud.com.cn",)" + more + "}";
}

BindRequest bind_to(const std::string& product) {
  return {.product = product,
          .binding = {.name = "a.example.com", .vendor_name = "a.example.com"},
          .stored_id = "7"};
}

TEST_F(UcloudTest, SignsEachCallInItsBody) {
  will_list("[]", 0);
  EXPECT_TRUE(finish(account.list_bindings("ucdn")).value().empty());
  ASSERT_EQ(http.sent.size(), 1U);
  const auto& sent = http.sent.front();
  EXPECT_EQ(sent.method, "POST");
  EXPECT_EQ(sent.url, "https://api.ucloud.cn/");
  EXPECT_EQ(sent.headers.at("Content-Type"), "application/x-www-form-urlencoded");
  EXPECT_FALSE(sent.changes_state);
  // Computed by hand.
  EXPECT_EQ(sent.body,
            "PageIndex=1&PageSize=50&Action=GetUcdnDomainInfoList&ProjectId=org-xyz&"
            "PublicKey=PUBEXAMPLE&Signature=ac4512579fd34a1a27f3ac803560d4128d715ab4");
}

TEST_F(UcloudTest, UploadsBase64UnderItsSum) {
  will_say(R"("CertificateID":9007199254740993)");
  auto bundle = std::make_shared<Bundle>();
  bundle->chain_pem = "C\n";
  bundle->key_pem = Secret("K");
  bundle->leaf.not_after = parse_time("2026-04-15T08:30:59Z").value();
  const std::string label = label_for(std::string(64, 'a'), 7);
  EXPECT_EQ(finish(account.upload(bundle, label)).value(), "9007199254740993");
  EXPECT_THAT(
      asked(),
      ElementsAre("CertificateName=" + store_name(label, bundle->leaf.not_after) +
                  "&SslPublicKey=Qwo=&SslPrivateKey=Sw==&SslMD5=1408cd12b52c0fb91d9d4b4410a83122"
                  "&Action=UploadNormalCertificate"));
  EXPECT_TRUE(http.sent[0].changes_state);
  will_say(R"("LongResourceID":"ussl-1")");
  const Error error = finish(account.upload(bundle, label)).error();
  EXPECT_EQ(error.code, "reply.no_id");
  EXPECT_EQ(error.kind, ErrorKind::kMaybeApplied);
}

TEST_F(UcloudTest, ListsWhatWasUploaded) {
  const std::string label = label_for(std::string(64, 'a'), 7);
  const std::string ours = store_name(label, parse_time("2026-04-15T08:30:59Z").value());
  will_store(R"([{"CertificateID":7,"Name":")" + ours +
                 R"(","Domains":"cdn.example.com, *.EXAMPLE.com","NotBefore":1768437000000,
                     "NotAfter":1776213059000},
                    {"CertificateID":"8","Name":"bought","NotAfter":-5}])",
             2);
  const auto stored = finish(account.list_stored()).value();
  EXPECT_THAT(asked(), ElementsAre("Mode=trust&Page=1&PageSize=100&Action=GetCertificateList"));
  ASSERT_EQ(stored.size(), 2U);
  EXPECT_EQ(stored[0].label, label);
  EXPECT_THAT(stored[0].names, ElementsAre("cdn.example.com", "*.example.com"));
  EXPECT_EQ(stored[0].not_before, parse_time("2026-01-15T00:30:00Z").value());
  EXPECT_EQ(stored[0].not_after, parse_time("2026-04-15T00:30:59Z").value());
  EXPECT_EQ(stored[1].id, "8");
  EXPECT_EQ(stored[1].not_after, Time{});
}

TEST_F(UcloudTest, TakesNoListForWholeThatIsNot) {
  will_say(R"("TotalCount":0)");
  EXPECT_TRUE(finish(account.list_stored()).value().empty());
  for (const char* members : {R"("TotalCount":1)", R"("CertificateList":[])"}) {
    will_say(members);
    EXPECT_EQ(finish(account.list_stored()).error().code, "reply.shape") << members;
  }
  will_store("[]", 1);
  EXPECT_EQ(finish(account.list_stored()).error().code, "reply.paging");
  will_store(R"([{"Name":"without a number"}])", 1);
  EXPECT_EQ(finish(account.list_stored()).error().code, "reply.no_id");
}

TEST_F(UcloudTest, ReadsCertificatesByNameInTheAreasThatADomainServes) {
  will_list(R"([{"DomainId":"ucdn-1"},{"DomainId":"ucdn-2"},{"DomainId":"ucdn-3"},
                {"DomainId":"ucdn-4"},{"DomainId":"ucdn-5"},{"DomainId":"ucdn-6"},
                {"DomainId":"ucdn-7"}])",
            7);
  const std::string off = R"("HttpsStatusCn":"disable","CertNameCn":"old")";
  will_detail(
      "[" +
      domain("a.example.com",
             "ucdn-1",
             "cn",
             R"("Status":"enable","HttpsStatusCn":"enable","CertNameCn":"one",
                "HttpsStatusAbroad":"enable","CertNameAbroad":"two")") +
      "," +
      domain("*.example.com",
             "ucdn-2",
             "abroad",
             R"("Status":"deploying","HttpsStatusAbroad":"enable","CertNameAbroad":"two")") +
      "," +
      domain("c.example.com",
             "ucdn-3",
             "all",
             R"("Status":"disable","HttpsStatusCn":"enable","CertNameCn":"one",
                      "HttpsStatusAbroad":"enable","CertNameAbroad":"one")") +
      "," +
      domain("d.example.com",
             "ucdn-4",
             "all",
             R"("HttpsStatusCn":"enable","CertNameCn":"one","HttpsStatusAbroad":"disable")") +
      "," +
      domain("e.example.com", "ucdn-5", "cn", R"("HttpsStatusCn":"enable","CertNameCn":"twice")") +
      "," + domain("f.example.com", "ucdn-6", "cn", off) + "," +
      domain("g.example.com", "ucdn-7", "cn", R"("HttpsStatusCn":"enableing","CertNameCn":"one")") +
      "]");
  will_store(R"([{"CertificateID":7,"Name":"one"},{"CertificateID":8,"Name":"two"},
                 {"CertificateID":9,"Name":"twice"},{"CertificateID":10,"Name":"twice"}])",
             4);
  const auto bindings = finish(account.list_bindings("ucdn")).value();
  EXPECT_EQ(asked()[1],
            "DomainId.0=ucdn-1&DomainId.1=ucdn-2&DomainId.2=ucdn-3&DomainId.3=ucdn-4&"
            "DomainId.4=ucdn-5&DomainId.5=ucdn-6&DomainId.6=ucdn-7&Action=GetUcdnDomainConfig");
  ASSERT_EQ(bindings.size(), 7U);
  EXPECT_EQ(bindings[0].stored_id, "7");
  EXPECT_EQ(bindings[0].edge_name, "x.ucloud.com.cn");
  EXPECT_TRUE(bindings[0].online);
  EXPECT_EQ(bindings[1].name, "*.example.com");
  EXPECT_EQ(bindings[1].stored_id, "8");
  EXPECT_TRUE(bindings[1].online);
  EXPECT_EQ(bindings[2].stored_id, "7");
  EXPECT_FALSE(bindings[2].online);
  EXPECT_EQ(bindings[2].status, "offline");
  EXPECT_EQ(bindings[3].stored_id, "7 in China, none abroad");
  EXPECT_EQ(bindings[4].stored_id, "named:twice");
  EXPECT_EQ(bindings[5].stored_id, std::nullopt);
  EXPECT_EQ(bindings[6].stored_id, "7");  // HTTPS is being switched on
}

TEST_F(UcloudTest, TakesNoSettingsForWholeThatAreOfOtherDomains) {
  const std::string first = domain("a.example.com", "ucdn-1", "cn", R"("Status":"enable")");
  const std::string other = domain("b.example.com", "ucdn-3", "cn", R"("Status":"enable")");
  const std::vector<std::string> answers{first, first + "," + other, first + "," + first};
  for (const std::string& answered : answers) {
    will_list(R"([{"DomainId":"ucdn-1"},{"DomainId":"ucdn-2"}])", 2);
    will_detail("[" + answered + "]");
    EXPECT_EQ(finish(account.list_bindings("ucdn")).error().code, "reply.paging") << answered;
  }
}

TEST_F(UcloudTest, BindsByNumberAndNameInEachArea) {
  will_store(R"([{"CertificateID":7,"Name":"one"}])", 1);
  will_list(R"([{"DomainId":"ucdn-1"},{"DomainId":"ucdn-2"}])", 2);
  will_detail("[" + domain("a.example.com", "ucdn-1", "all", R"("Status":"enable")") + "," +
              domain("b.example.com", "ucdn-2", "abroad", R"("Status":"enable")") + "]");
  http.will_answer(200, R"({"RetCode":0})");
  const auto done = finish(account.bind(bind_to("ucdn")));
  ASSERT_TRUE(done.has_value());
  EXPECT_FALSE(done->wrote_settings);
  EXPECT_EQ(asked().back(),
            "DomainId=ucdn-1&CertId=7&CertName=one&CertType=ussl&HttpsStatusCn=enable&"
            "HttpsStatusAbroad=enable&Action=UpdateUcdnDomainHttpsConfigV2");
  EXPECT_TRUE(http.sent.back().changes_state);

  // What was read before is not read again.
  BindRequest other = bind_to("ucdn");
  other.binding.vendor_name = "b.example.com";
  http.will_answer(200, R"({"RetCode":0})");
  ASSERT_TRUE(finish(account.bind(other)).has_value());
  EXPECT_EQ(asked().back(),
            "DomainId=ucdn-2&CertId=7&CertName=one&CertType=ussl&HttpsStatusAbroad=enable&"
            "Action=UpdateUcdnDomainHttpsConfigV2");
  EXPECT_EQ(http.sent.size(), 5U);
}

TEST_F(UcloudTest, SendsNoChangeForWhatItDoesNotFind) {
  will_store("[]", 0);
  EXPECT_EQ(finish(account.bind(bind_to("ucdn"))).error().kind, ErrorKind::kNotFound);
  will_store(R"([{"CertificateID":7,"Name":"one"}])", 1);
  will_list("[]", 0);
  const Error error = finish(account.bind(bind_to("ucdn"))).error();
  EXPECT_EQ(error.kind, ErrorKind::kNotFound);
  for (const auto& sent : http.sent) EXPECT_FALSE(sent.changes_state);
}

TEST_F(UcloudTest, AsksBothAreasBeforeItDeletes) {
  const auto will_show = [&](const std::string& settings) {
    will_list(R"([{"DomainId":"ucdn-1"}])", 1);
    will_detail("[" + domain("a.example.com", "ucdn-1", "cn", settings) + "]");
    will_store(R"([{"CertificateID":7,"Name":"one"},{"CertificateID":8,"Name":"two"},
                   {"CertificateID":9,"Name":"two"},{"CertificateID":10,"Name":"three"}])",
               4);
  };
  // Whatever the switch says, and in the area that is not served as well.
  for (const char* status : {"enable", "enableing", "fail", "disable", ""}) {
    const std::string settings = R"("HttpsStatusCn":")" + std::string(status) +
                                 R"(","CertNameCn":"one","CertNameAbroad":"two")";
    for (const char* used : {"7", "8", "9"}) {
      will_show(settings);
      const Error error = finish(account.remove(used)).error();
      EXPECT_EQ(error.kind, ErrorKind::kInUse) << status << used;
      EXPECT_THAT(error.text(), HasSubstr("a.example.com of UCDN"));
    }
  }
  for (const auto& sent : http.sent) EXPECT_FALSE(sent.changes_state);
  will_show(R"("CertNameCn":"one")");
  will_store("[]", 0);
  EXPECT_EQ(finish(account.remove("11")).error().kind, ErrorKind::kNotFound);
  will_show(R"("CertNameCn":"one")");
  http.will_answer(200, R"({"RetCode":0})");
  ASSERT_TRUE(finish(account.remove("10")).has_value());
  EXPECT_EQ(asked().back(), "CertificateMode=trust&CertificateID=10&Action=DeleteSSLCertificate");
}

TEST_F(UcloudTest, HasNoOtherProduct) {
  EXPECT_EQ(finish(account.list_bindings("pathx")).error().kind, ErrorKind::kUnsupported);
  EXPECT_EQ(finish(account.bind(bind_to("uewaf"))).error().kind, ErrorKind::kUnsupported);
  EXPECT_TRUE(http.sent.empty());
}

}  // namespace
}  // namespace certferry
