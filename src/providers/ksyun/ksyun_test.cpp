#include "providers/ksyun/ksyun.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "crypto/pem.h"
#include "crypto/throwaway_ca.h"
#include "providers/testing/recording_http.h"
#include "providers/testing/still_clock.h"

namespace certferry {
namespace {

using ::testing::ElementsAre;
using testing::finish;
using ::testing::HasSubstr;

using Json = nlohmann::json;

const std::string& chain_pem() {
  static const ThrowawayCa kAuthority(Time(hours(24 * 10000)), Time(hours(24 * 40000)));
  static const std::string kChain = kAuthority
                                        .issue({.names = {"a.example.com"},
                                                .not_before = Time(hours(24 * 20000)),
                                                .not_after = Time(hours(24 * 20090))})
                                        .chain_pem;
  return kChain;
}

std::string fingerprint() {
  return read_certificates(chain_pem(), "it").value().front().fingerprint;
}

Json domain(const std::string& id, const std::string& name, const std::string& status = "online") {
  return {{"DomainId", id},
          {"DomainName", name},
          {"DomainStatus", status},
          {"Cname", name + ".ksyuncdn.com"}};
}

Json entry(const Json& id, const Json& users, const std::string& pem = chain_pem()) {
  return {{"CertificateId", id},
          {"CertificateName", "name of " + id.dump()},
          {"Enable", users.is_string() && users.get<std::string>().empty() ? "off" : "on"},
          {"CertificateContent", pem},
          {"ConfigDomainNames", users}};
}

struct KsyunTest : ::testing::Test {
  testing::RecordingHttp http;
  testing::StillClock clock;
  Ksyun account = make();

  Ksyun make(std::string project = "") {
    return {{.endpoint = "https://cdn.api.ksyun.com",
             .key = {.id = "AKEXAMPLE", .secret = Secret("SKEXAMPLE"), .session_token = {}},
             .project = std::move(project)},
            http,
            clock};
  }

  void will_list(const std::vector<Json>& domains, std::size_t more = 0) {
    http.will_answer(200, Json{{"Domains", domains}, {"TotalCount", domains.size() + more}}.dump());
  }
  void will_store(const std::vector<Json>& entries, std::size_t more = 0) {
    http.will_answer(200,
                     Json{{"Certificates", entries}, {"TotalCount", entries.size() + more}}.dump());
  }
  /// What is sent to give a.example.com, which is 2D1, the certificate; nothing but a change.
  testing::RecordingHttp::Sent sent_for(const std::vector<Json>& entries) {
    will_list({domain("2D1", "a.example.com")});
    will_store(entries);
    http.will_answer(200, R"({"RequestId":"r","CertificateId":"8"})");
    const auto done = finish(account.bind(bind_of()));
    EXPECT_TRUE(done.has_value() && !done->wrote_settings);
    for (const auto& one : http.sent) EXPECT_EQ(one.changes_state, &one == &http.sent.back());
    return http.sent.back();
  }
  static BindRequest bind_of() {
    auto bundle = std::make_shared<Bundle>();
    bundle->chain_pem = "C\n";
    bundle->key_pem = Secret("K");
    bundle->leaf.fingerprint = fingerprint();
    return {.product = "cdn",
            .binding = {.name = "a.example.com", .vendor_name = "a.example.com"},
            .stored_id = {},
            .bundle = bundle,
            .label = {}};
  }
};

TEST_F(KsyunTest, SignsWhatItAsksFor) {
  Ksyun of_project = make("7");
  will_list({domain("2D1", "a.example.com")});
  will_store({});
  EXPECT_EQ(finish(of_project.list_bindings("cdn")).value().size(), 1U);
  ASSERT_EQ(http.sent.size(), 2U);
  const std::string scope =
      "AWS4-HMAC-SHA256 Credential=AKEXAMPLE/20260102/cn-shanghai-2/cdn/aws4_request, "
      "SignedHeaders=host;x-action;x-amz-date;x-version, Signature=";
  // Both computed by another program.
  const auto& first = http.sent[0];
  EXPECT_EQ(first.method, "GET");
  EXPECT_EQ(first.url,
            "https://cdn.api.ksyun.com/2019-06-01/domain/GetCdnDomains?PageNumber=1&PageSize=100&"
            "ProjectId=7");
  EXPECT_EQ(first.headers.at("X-Action"), "GetCdnDomains");
  EXPECT_EQ(first.headers.at("X-Version"), "2019-06-01");
  EXPECT_EQ(first.headers.at("X-Amz-Date"), "20260102T030400Z");
  EXPECT_EQ(first.headers.at("Accept"), "application/json");
  EXPECT_EQ(first.headers.at("Authorization"),
            scope + "371101a1c9534ccc663a6865674cdbea00ec8f72bd34b14817e1e7067eaeffc0");
  const auto& second = http.sent[1];
  EXPECT_EQ(second.method, "POST");
  EXPECT_EQ(second.url, "https://cdn.api.ksyun.com/2016-09-01/cert/GetCertificates");
  EXPECT_EQ(second.body, R"({"PageNum":1,"PageSize":50})");
  EXPECT_EQ(second.headers.at("Content-Type"), "application/json");
  EXPECT_EQ(second.headers.at("Authorization"),
            scope + "61b1fc528f4de489fdf80584c98639a3ddd6be7766bb240377fdb03669241048");
  EXPECT_FALSE(second.changes_state);
}

TEST_F(KsyunTest, FindsEachDomainsCertificateAmongTheEntries) {
  will_list({domain("2D1", "a.example.com"), domain("2D2", "*.Example.com", "configuring")}, 2);
  will_list({domain("2D3", "c.example.com", "offline"), domain("2D4", "d.example.com")}, 2);
  will_store({entry("7", "a.example.com, c.example.com"), entry(8, ".example.com")}, 1);
  will_store({entry("9", "")}, 2);
  const auto all = finish(account.list_bindings("cdn")).value();
  ASSERT_EQ(all.size(), 4U);
  EXPECT_EQ(all[0].stored_id, "2D1");
  EXPECT_EQ(all[0].edge_name, "a.example.com.ksyuncdn.com");
  EXPECT_TRUE(all[0].online);
  EXPECT_EQ(all[1].name, "*.example.com");
  EXPECT_EQ(all[1].stored_id, "2D2");
  EXPECT_TRUE(all[1].online);
  EXPECT_EQ(all[2].stored_id, "2D3");
  EXPECT_FALSE(all[2].online);
  EXPECT_EQ(all[2].status, "offline");
  EXPECT_EQ(all[3].stored_id, std::nullopt);

  will_list({domain("2D1", "a.example.com"), domain("2D4", "d.example.com")});
  will_store({entry("7", "a.example.com,live.example.com")});
  const auto stored = finish(account.list_stored()).value();
  ASSERT_EQ(stored.size(), 1U);
  EXPECT_EQ(stored[0].id, "2D1");
  EXPECT_EQ(stored[0].label, "certferry-" + fingerprint());
  EXPECT_THAT(stored[0].names, ElementsAre("a.example.com"));
  EXPECT_EQ(stored[0].not_after, Time(hours(24 * 20090)));
}

TEST_F(KsyunTest, LeavesAloneWhatIsNotTold) {
  const std::vector<std::vector<Json>> untold = {
      {entry("7", "a.example.com", "?")},
      {entry("7", "a.example.com", "")},
      {entry("7", "a.example.com"), entry("8", "a.example.com")}};
  for (const std::vector<Json>& entries : untold) {
    will_list({domain("2D1", "a.example.com")});
    will_store(entries);
    const Binding binding = finish(account.list_bindings("cdn")).value().at(0);
    EXPECT_FALSE(binding.online);
    EXPECT_EQ(binding.stored_id, "2D1");
    EXPECT_THAT(binding.status, HasSubstr("not told"));
    will_list({domain("2D1", "a.example.com")});
    will_store(entries);
    EXPECT_EQ(finish(account.list_stored()).value().at(0).label, "");
  }
}

TEST_F(KsyunTest, TakesNoListForWholeThatIsNot) {
  const auto code = [&] { return finish(account.list_bindings("cdn")).error().code; };
  http.will_answer(200, R"({"TotalCount":0})");
  EXPECT_EQ(code(), "reply.shape");
  http.will_answer(200, R"({"Domains":[]})");
  EXPECT_EQ(code(), "reply.shape");
  will_list({}, 1);
  EXPECT_EQ(code(), "reply.paging");
  will_list({Json{{"DomainName", "a.example.com"}}});
  EXPECT_EQ(code(), "reply.no_id");
  will_list({Json{{"DomainId", "2D1"}}});
  EXPECT_EQ(code(), "reply.shape");
  const std::vector<Json> odd_users = {nullptr, 7, Json::array({"a.example.com"}), Json::object()};
  for (const Json& users : odd_users) {
    will_list({domain("2D1", "a.example.com")});
    will_store({entry("7", users)});
    EXPECT_EQ(code(), "reply.shape") << users;
  }
}

TEST_F(KsyunTest, ReplacesWhatOneDomainHas) {
  const auto sent = sent_for({entry("7", "a.example.com"), entry("9", "b.example.com")});
  EXPECT_EQ(sent.method, "POST");
  EXPECT_EQ(sent.url, "https://cdn.api.ksyun.com/2016-09-01/cert/SetCertificate");
  EXPECT_EQ(sent.headers.at("X-Action"), "SetCertificate");
  EXPECT_EQ(sent.body,
            R"({"CertificateId":"7","CertificateName":"name of \"7\"",)"
            R"("ServerCertificate":"C\n","PrivateKey":"K"})");
}

TEST_F(KsyunTest, GivesADomainAnEntryOfItsOwn) {
  const std::string stem = "certferry-2D1-" + fingerprint().substr(0, 12);
  const auto body_for = [&](const std::string& name) {
    return R"({"Enable":"on","DomainIds":"2D1","CertificateName":")" + name +
           R"(","ServerCertificate":"C\n","PrivateKey":"K"})";
  };
  const auto sent = sent_for({});
  EXPECT_EQ(sent.url, "https://cdn.api.ksyun.com/2016-09-01/cert/ConfigCertificate");
  EXPECT_EQ(sent.body, body_for(stem));
  // One that another has as well, whatever product that is of.
  http.sent.clear();
  will_store({entry("7", "a.example.com,live.example.com")});
  http.will_answer(200, R"({"RequestId":"r"})");
  ASSERT_TRUE(finish(account.bind(bind_of())).has_value());
  EXPECT_EQ(http.sent.back().body, body_for(stem));
  EXPECT_EQ(http.sent.size(), 2U);  // which domain it is was read before
  // Names are unique.
  Json first = entry("7", "b.example.com");
  Json second = entry("8", "c.example.com");
  first["CertificateName"] = stem;
  second["CertificateName"] = stem + "-2";
  will_store({first, second});
  http.will_answer(200, R"({"RequestId":"r"})");
  ASSERT_TRUE(finish(account.bind(bind_of())).has_value());
  EXPECT_EQ(http.sent.back().body, body_for(stem + "-3"));
}

TEST_F(KsyunTest, UsesAnEntryThatNobodyHas) {
  EXPECT_EQ(sent_for({entry("7", ""), entry("9", "b.example.com")}).body,
            R"({"Enable":"on","DomainIds":"2D1","CertificateId":"7"})");
}

TEST_F(KsyunTest, SendsNoChangeWhereItIsNotClear) {
  will_list({domain("2D2", "b.example.com")});
  EXPECT_EQ(finish(account.bind(bind_of())).error().kind, ErrorKind::kNotFound);
  will_list({domain("2D1", "a.example.com")});
  will_store({entry("7", "a.example.com"), entry("8", "a.example.com,b.example.com")});
  const Error error = finish(account.bind(bind_of())).error();
  EXPECT_EQ(error.kind, ErrorKind::kRejected);
  EXPECT_EQ(error.code, "vendor.two_certificates");
  for (const auto& one : http.sent) EXPECT_FALSE(one.changes_state);
}

TEST_F(KsyunTest, HasNoStoreAndNoOtherProduct) {
  EXPECT_EQ(finish(account.list_bindings("slb")).error().kind, ErrorKind::kUnsupported);
  EXPECT_EQ(finish(account.upload(nullptr, "label")).error().kind, ErrorKind::kUnsupported);
  EXPECT_EQ(finish(account.remove("7")).error().kind, ErrorKind::kUnsupported);
  EXPECT_TRUE(http.sent.empty());
}

}  // namespace
}  // namespace certferry
