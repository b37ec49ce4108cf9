#include "providers/ucloud/us3.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "providers/ucloud/test_support.h"

namespace certferry {
namespace {

using ::testing::ElementsAre;
using testing::escaped;
using testing::finish;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

struct UcloudUs3Test : ::testing::Test {
  testing::RecordingHttp http;
  Ucloud account{testing::ucloud_config(), http};
  BundlePtr bundle = testing::ucloud_bundle({"a.example.com"});

  void will_say(const std::string& members) {
    http.will_answer(200, R"({"RetCode":0,"Action":"X")" + members + "}");
  }
  void will_list(const std::string& items) { will_say(R"(,"DataSet":)" + items); }
  void will_store(const std::string& entries, int count) {
    will_say(R"(,"TotalCount":)" + std::to_string(count) + R"(,"CertificateList":)" + entries);
  }
  void will_store_ours() {
    will_store(R"([{"CertificateID":7,"Name":")" + testing::ucloud_name(bundle) + R"("}])", 1);
  }
  void will_refuse(int code) {
    http.will_answer(200, R"({"RetCode":)" + std::to_string(code) + R"(,"Message":"x"})");
  }
  std::vector<std::string> asked() const {
    std::vector<std::string> out;
    for (const auto& one : http.sent) out.push_back(testing::asked(one));
    return out;
  }
  BindRequest request(std::optional<std::string> bound) const {
    return {.product = "us3",
            .binding = {.name = "a.example.com",
                        .vendor_name = "a.example.com",
                        .stored_id = std::move(bound),
                        .settings = {{"bucket", "b-1"}, {"region", "hk"}}},
            .stored_id = "7",
            .bundle = bundle};
  }
};

std::string bucket(const std::string& name, const std::string& domains) {
  return R"({"BucketName":")" + name + R"(","Region":"hk","Domain":)" + domains + "}";
}

std::string row(const std::string& domain, const std::string& name, const std::string& pem) {
  return R"({"Domain":")" + domain + R"(","CertificateName":")" + name + R"(","Certificate":")" +
         escaped(pem) + R"(","CertificateKey":"k"})";
}

TEST_F(UcloudUs3Test, TellsCopiesByTheirLeafWhateverTheyAreCalled) {
  const BundlePtr other = testing::ucloud_bundle({"b.example.com"});
  will_list("[" +
            bucket("b-1",
                   R"({"Src":["b-1.hk.ufileos.com"],"CustomCdn":["cdn.example.com"],
                       "CustomSrc":["a.example.com","B.example.com","c.example.com",
                                    "d.example.com"]})") +
            "," + bucket("b-2", R"({"Src":["x"],"CustomSrc":[]})") + "]");
  will_list("[" + row("a.example.com", "whatever", bundle->chain_pem) + "," +
            row("b.example.com", testing::ucloud_name(bundle), other->chain_pem) + "," +
            row("d.example.com", testing::ucloud_name(bundle), "") + "]");
  will_store_ours();
  const auto bindings = finish(account.list_bindings("us3")).value();
  EXPECT_THAT(asked(),
              ElementsAre("DescribeBucket Region=cn-bj2&Offset=0&Limit=100",
                          "DescribeUFileSSLCert Region=hk&BucketName=b-1",
                          "GetCertificateList Mode=trust&Page=1&PageSize=100"));
  ASSERT_EQ(bindings.size(), 4U);
  EXPECT_EQ(bindings[0].stored_id, "7");
  EXPECT_TRUE(bindings[0].online);
  // The name stayed, and the certificate was replaced.
  EXPECT_EQ(bindings[1].name, "b.example.com");
  EXPECT_EQ(bindings[1].vendor_name, "B.example.com");
  EXPECT_EQ(bindings[1].stored_id->substr(0, 14), "own:certferry-");
  EXPECT_THAT(*bindings[1].stored_id, HasSubstr(short_fingerprint(other->fingerprint())));
  EXPECT_EQ(bindings[2].stored_id, std::nullopt);
  EXPECT_EQ(bindings[3].stored_id, "7");
}

TEST_F(UcloudUs3Test, ReadsDomainsAsAnArrayToo) {
  will_list("[" + bucket("b-1", R"([{"CustomSrc":["a.example.com"]}])") + "]");
  will_say("");
  EXPECT_EQ(finish(account.list_bindings("us3")).value().size(), 1U);
  for (const char* domains : {R"({"CustomSrc":"a.example.com"})", R"({"CustomSrc":[7]})"}) {
    will_list("[" + bucket("b-1", domains) + "]");
    EXPECT_EQ(finish(account.list_bindings("us3")).error().code, "reply.shape") << domains;
  }
}

TEST_F(UcloudUs3Test, TakesTheFirstPageThatIsNotFullForTheLast) {
  std::string full;
  for (int i = 0; i < 100; ++i)
    full += (full.empty() ? "" : ",") + bucket("b" + std::to_string(i), "{}");
  will_list("[" + full + "]");
  will_list("[" + bucket("last", "{}") + "]");
  EXPECT_TRUE(finish(account.list_bindings("us3")).value().empty());
  EXPECT_EQ(asked().back(), "DescribeBucket Region=cn-bj2&Offset=100&Limit=100");
  will_list("[" + full + "]");
  will_list("[" + full + "]");
  EXPECT_EQ(finish(account.list_bindings("us3")).error().code, "reply.paging");
}

TEST_F(UcloudUs3Test, ListsABucketThatDeniesByItsOwnName) {
  const std::string two = "[" + bucket("b-1", R"({"CustomSrc":["a.example.com"]})") + "," +
                          bucket("b-2", R"({"CustomSrc":["b.example.com"]})") + "]";
  will_list(two);
  will_refuse(299);
  will_list("[]");
  const auto bindings = finish(account.list_bindings("us3")).value();
  ASSERT_EQ(bindings.size(), 2U);
  EXPECT_EQ(bindings[0].name, "b-1");
  EXPECT_FALSE(bindings[0].online);
  EXPECT_TRUE(bindings[1].online);

  will_list(two);
  will_refuse(299);
  will_refuse(299);
  EXPECT_EQ(finish(account.list_bindings("us3")).error().code, "vendor.permission");
}

TEST_F(UcloudUs3Test, DeletesNothingWhileABucketDeniesItsCertificates) {
  will_say(R"(,"TotalCount":0,"DomainInfoList":[])");
  will_list("[" + bucket("b-1", R"({"CustomSrc":["a.example.com"]})") + "," +
            bucket("b-2", R"({"CustomSrc":["b.example.com"]})") + "]");
  will_refuse(299);
  will_list("[]");
  const auto removed = finish(account.remove("7"));
  ASSERT_FALSE(removed.has_value());
  EXPECT_EQ(removed.error().code, "vendor.unknown_user");
  EXPECT_THAT(removed.error().text(), HasSubstr("b-1 of US3"));
  EXPECT_THAT(removed.error().text(), HasSubstr("DescribeUFileSSLCert"));
}

TEST_F(UcloudUs3Test, ABucketThatHasGoneHasNoDomains) {
  const std::string one = "[" + bucket("b-1", R"({"CustomSrc":["a.example.com"]})") + "]";
  will_list(one);
  http.will_answer(200, R"({"RetCode":15010,"Message":"请求空间不存在"})");
  EXPECT_TRUE(finish(account.list_bindings("us3")).value().empty());
  // That none of its domains has a certificate is another thing.
  will_list(one);
  will_refuse(15082);
  EXPECT_EQ(finish(account.list_bindings("us3")).value().size(), 1U);
}

TEST_F(UcloudUs3Test, QuotesNoAnswerThatMayHaveKeys) {
  will_list("[" + bucket("b-1", R"({"CustomSrc":["a.example.com"]})") + "]");
  http.will_answer(502, "<html>canary</html>");
  const Error error = finish(account.list_bindings("us3")).error();
  EXPECT_THAT(error.text(), HasSubstr("bucket b-1"));
  EXPECT_THAT(error.text(), Not(HasSubstr("canary")));
}

TEST_F(UcloudUs3Test, GivesTheNumberToADomainThatHasNone) {
  will_store_ours();
  will_say("");
  ASSERT_TRUE(finish(account.bind(request(std::nullopt))).has_value());
  EXPECT_EQ(asked().back(),
            "AddUFileSSLCert Region=hk&BucketName=b-1&Domain=a.example.com&CertificateName=" +
                testing::ucloud_name(bundle) + "&USSLId=7");
  EXPECT_TRUE(http.sent.back().changes_state);
}

TEST_F(UcloudUs3Test, ReplacesWhatADomainHasByTheFiles) {
  will_store_ours();
  will_say("");
  ASSERT_TRUE(finish(account.bind(request("6"))).has_value());
  EXPECT_THAT(asked().back(), StartsWith("UpdateUFileSSLCert Region=hk&BucketName=b-1&Domain="));
  EXPECT_THAT(asked().back(), HasSubstr("&Certificate=" + bundle->chain_pem));
  EXPECT_THAT(asked().back(), HasSubstr("&CertificateKey=-----BEGIN EC PRIVATE KEY-----"));
  EXPECT_THAT(asked().back(), Not(HasSubstr("USSLId")));
}

TEST_F(UcloudUs3Test, BelievesTheVendorAboutWhetherThereIsOne) {
  will_store_ours();
  will_refuse(15081);
  will_say("");
  ASSERT_TRUE(finish(account.bind(request(std::nullopt))).has_value());
  EXPECT_THAT(asked().back(), StartsWith("UpdateUFileSSLCert"));
  will_refuse(15082);
  will_say("");
  ASSERT_TRUE(finish(account.bind(request("6"))).has_value());
  EXPECT_THAT(asked().back(), StartsWith("AddUFileSSLCert"));
  // Any other refusal is the end of it, and so is what has decided nothing.
  will_refuse(15084);
  EXPECT_EQ(finish(account.bind(request("6"))).error().kind, ErrorKind::kRejected);
  http.will_answer(502, "");
  EXPECT_EQ(finish(account.bind(request("6"))).error().kind, ErrorKind::kMaybeApplied);
  EXPECT_THAT(asked().back(), StartsWith("UpdateUFileSSLCert"));
}

TEST_F(UcloudUs3Test, ReplacesNothingByWhatIsNotHere) {
  will_store_ours();
  BindRequest back = request("6");
  back.bundle = nullptr;
  EXPECT_EQ(finish(account.bind(back)).error().kind, ErrorKind::kNotFound);
  back.binding.settings.clear();
  EXPECT_EQ(finish(account.bind(back)).error().kind, ErrorKind::kNotFound);
  for (const auto& sent : http.sent) EXPECT_FALSE(sent.changes_state);
}

TEST_F(UcloudUs3Test, NeedsARegion) {
  Ucloud without{testing::ucloud_config(""), http};
  for (const char* product : {"us3", "ulb"}) {
    const Error error = finish(without.list_bindings(product)).error();
    EXPECT_EQ(error.kind, ErrorKind::kRejected);
    EXPECT_THAT(error.hint, HasSubstr("`region:`"));
  }
  EXPECT_TRUE(http.sent.empty());
}

}  // namespace
}  // namespace certferry
