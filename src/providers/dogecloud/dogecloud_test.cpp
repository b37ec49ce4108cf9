#include "providers/dogecloud/dogecloud.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "providers/testing/recording_http.h"

namespace certferry {
namespace {

using ::testing::ElementsAre;
using testing::finish;
using ::testing::HasSubstr;
using testing::RecordingHttp;

const std::string kHost = "https://api.dogecloud.com";
const std::string kDone = R"({"code":200,"msg":"ok"})";

/// A fresh account with the keys of the worked signing cases.
struct DogeCloudTest : ::testing::Test {
  RecordingHttp http;
  DogeCloud account{
      {.endpoint = kHost, .access_key = "AKEXAMPLE", .secret_key = Secret("SKEXAMPLE")}, http};

  static BundlePtr bundle(std::string chain, std::string key) {
    auto made = std::make_shared<Bundle>();
    made->chain_pem = std::move(chain);
    made->key_pem = Secret(std::move(key));
    return made;
  }

  static BindRequest bind_request(std::string domain, std::string id) {
    BindRequest request;
    request.product = "cdn";
    request.binding.name = request.binding.vendor_name = std::move(domain);
    request.stored_id = std::move(id);
    return request;
  }

  static RecordingHttp::Sent get(const std::string& target, const std::string& signature) {
    return {.method = "GET",
            .url = kHost + target,
            .headers = {{"Authorization", "TOKEN AKEXAMPLE:" + signature}},
            .body = "",
            .changes_state = false};
  }

  static RecordingHttp::Sent post(const std::string& target,
                                  const std::string& body,
                                  const std::string& signature) {
    return {.method = "POST",
            .url = kHost + target,
            .headers = {{"Authorization", "TOKEN AKEXAMPLE:" + signature},
                        {"Content-Type", "application/json"}},
            .body = body,
            .changes_state = true};
  }
};

const std::string kBindSignature = "aa153d42eb9bb4aa15149be527dbe8f303473502";
const std::string kConfigSignature = "665d3b0f21a578959c88d963eacdebfa6091544e";

TEST_F(DogeCloudTest, ListsDomainsAsBindings) {
  http.will_answer(200, R"({"code":200,"msg":"ok","data":{"domains":[
    {"id":1,"name":"CDN.Example.com","cname":"cdn.example.com.s2-web.dogedns.com",
     "service_type":"web","status":"online","source":{"type":"domain"},"cert_id":9007199254740993},
    {"id":2,"name":"多吉.example","cname":null,"status":"offline","cert_id":0},
    {"id":3,"name":"Not A Name","status":"configuring","cert_id":"0"},
    {"id":4,"name":"a.example","status":"online","cert_id":null,"certId":"77"},
    {"id":5,"name":"b.example","status":"online","cert_id":0,"certificateId":78},
    {"id":6,"name":"c.example","cert_id":""}]}})");
  const auto list = finish(account.list_bindings("cdn"));
  ASSERT_TRUE(list.has_value()) << list.error().text();
  EXPECT_THAT(
      http.sent,
      ElementsAre(get("/cdn/domain/list.json", "7e7fe7a1a6f4144c23154fbd09fcb4e6caf7c84c")));
  ASSERT_EQ(list->size(), 6U);
  const Binding& first = list->at(0);
  EXPECT_EQ(first.name, "cdn.example.com");
  EXPECT_EQ(first.vendor_name, "CDN.Example.com");
  EXPECT_EQ(first.edge_name, "cdn.example.com.s2-web.dogedns.com");
  EXPECT_TRUE(first.online);
  EXPECT_EQ(first.status, "online");
  EXPECT_EQ(first.stored_id, "9007199254740993");
  EXPECT_EQ(list->at(1).name, "xn--9prt1j.example");
  EXPECT_EQ(list->at(1).vendor_name, "多吉.example");
  EXPECT_FALSE(list->at(1).online);
  EXPECT_EQ(list->at(1).stored_id, std::nullopt);
  EXPECT_EQ(list->at(2).name, "not a name");
  EXPECT_EQ(list->at(2).stored_id, std::nullopt);
  EXPECT_FALSE(list->at(2).online);
  EXPECT_EQ(list->at(3).stored_id, "77");
  EXPECT_EQ(list->at(4).stored_id, "78");
  EXPECT_EQ(list->at(5).stored_id, std::nullopt);
  EXPECT_FALSE(list->at(5).online);
}

TEST_F(DogeCloudTest, ListsStoredCertificates) {
  http.will_answer(200, R"({"code":200,"data":{"certs":[
    {"id":9007199254740993,"name":"example.com","note":"certferry-00ff","issue":1768435200,
     "expire":"1776211200","domainCount":2,"info":{"SAN":["Example.com","*.example.com"]}},
    {"id":"8","name":"old.example","note":null,"issue":-5,"expire":99999999999999,
     "domains":["a","b","c"]},
    {"id":9}]}})");
  const auto list = finish(account.list_stored());
  ASSERT_TRUE(list.has_value()) << list.error().text();
  EXPECT_THAT(http.sent,
              ElementsAre(get("/cdn/cert/list.json", "9b24903d88eb6bf55b58b5ca3912996536a67fb3")));
  ASSERT_EQ(list->size(), 3U);
  EXPECT_EQ(list->at(0).id, "9007199254740993");
  EXPECT_EQ(list->at(0).label, "certferry-00ff");
  EXPECT_THAT(list->at(0).names, ElementsAre("example.com", "*.example.com"));
  EXPECT_EQ(format_time(list->at(0).not_before), "2026-01-15T00:00:00Z");
  EXPECT_EQ(format_time(list->at(0).not_after), "2026-04-15T00:00:00Z");
  EXPECT_EQ(list->at(0).in_use, 2U);
  EXPECT_EQ(list->at(1).id, "8");
  EXPECT_THAT(list->at(1).names, ElementsAre("old.example"));
  EXPECT_EQ(list->at(1).not_before, Time{});
  EXPECT_EQ(list->at(1).not_after, Time{});
  EXPECT_EQ(list->at(1).in_use, 3U);
  EXPECT_EQ(list->at(2).in_use, std::nullopt);
  EXPECT_TRUE(list->at(2).names.empty());
}

TEST_F(DogeCloudTest, TakesAnEmptyListButNotAMissingOne) {
  for (const char* empty : {"[]", "null"}) {
    http.will_answer(200, R"({"code":200,"data":{"certs":)" + std::string(empty) + "}}");
    EXPECT_TRUE(finish(account.list_stored()).value().empty());
  }
  for (const char* data : {"null", "{}", "[]", "7", R"({"certs":{}})", R"({"certs":"none"})"}) {
    http.will_answer(200, R"({"code":200,"data":)" + std::string(data) + "}");
    const auto list = finish(account.list_stored());
    ASSERT_FALSE(list.has_value()) << data;
    EXPECT_EQ(list.error().code, "reply.shape") << data;
    EXPECT_EQ(list.error().kind, ErrorKind::kUnavailable) << data;
    EXPECT_THAT(list.error().activity, HasSubstr("listing the certificates"));
  }
}

TEST_F(DogeCloudTest, RefusesAListWithAHole) {
  const std::pair<std::string, std::string> cases[] = {
      {R"({"id":1,"cert_id":7})", "reply.shape"},
      {R"({"name":""})", "reply.shape"},
      {"7", "reply.shape"},
      {R"({"name":"a.b","cert_id":7.5})", "reply.no_id"},
      {R"({"name":"a.b","cert_id":{}})", "reply.no_id"}};
  for (const auto& [entry, code] : cases) {
    http.will_answer(200, R"({"code":200,"data":{"domains":[)" + entry + "]}}");
    const auto list = finish(account.list_bindings("cdn"));
    ASSERT_FALSE(list.has_value()) << entry;
    EXPECT_EQ(list.error().code, code) << entry;
  }
  http.will_answer(200, R"({"code":200,"data":{"certs":[{"id":null}]}})");
  EXPECT_EQ(finish(account.list_stored()).error().code, "reply.no_id");
}

TEST_F(DogeCloudTest, ReadsTenThousandDomains) {
  nlohmann::json domains = nlohmann::json::array();
  for (int i = 0; i < 10'000; ++i) {
    domains.push_back({{"name", "d" + std::to_string(i) + ".example.com"},
                       {"cname", "d" + std::to_string(i) + ".example.com.s2-web.dogedns.com"},
                       {"status", "online"},
                       {"cert_id", i + 1}});
  }
  http.will_answer(200, nlohmann::json{{"code", 200}, {"data", {{"domains", domains}}}}.dump());
  const auto list = finish(account.list_bindings("cdn"));
  ASSERT_TRUE(list.has_value()) << list.error().text();
  ASSERT_EQ(list->size(), 10'000U);
  EXPECT_EQ(list->back().name, "d9999.example.com");
  EXPECT_EQ(list->back().stored_id, "10000");
}

TEST_F(DogeCloudTest, UploadsChainAndKeyUnderTheLabel) {
  http.will_answer(200, R"({"code":200,"data":{"id":9007199254740993}})");
  const auto id = finish(account.upload(bundle("C", "K"), "n1"));
  EXPECT_EQ(id.value(), "9007199254740993");
  EXPECT_THAT(http.sent,
              ElementsAre(post("/cdn/cert/upload.json",
                               R"({"note":"n1","cert":"C","private":"K"})",
                               "6c9e6f297978e21733dde605ecd6fd0bfced9523")));
}

TEST_F(DogeCloudTest, SendsLabelAndLineEndsUnchanged) {
  http.will_answer(200, R"({"code":200,"data":{"id":"8"}})");
  const std::string label = "certferry-" + std::string(64, 'a');
  EXPECT_EQ(finish(account.upload(bundle("leaf\nchain\n", "key\n"), label)).value(), "8");
  EXPECT_EQ(http.sent.at(0).body,
            R"({"note":")" + label + R"(","cert":"leaf\nchain\n","private":"key\n"})");
}

TEST_F(DogeCloudTest, CallsAnUploadWithoutAnIdMaybeApplied) {
  for (const char* data : {"null", "{}", R"({"id":null})", R"({"id":""})", R"({"id":0})", "[]"}) {
    http.will_answer(200, R"({"code":200,"data":)" + std::string(data) + "}");
    const auto id = finish(account.upload(bundle("C", "K"), "n1"));
    ASSERT_FALSE(id.has_value()) << data;
    EXPECT_EQ(id.error().code, "reply.no_id") << data;
    EXPECT_EQ(id.error().kind, ErrorKind::kMaybeApplied) << data;
    EXPECT_THAT(id.error().activity, HasSubstr("uploading"));
  }
}

TEST_F(DogeCloudTest, BindsByIdAsAnExactNumber) {
  http.will_answer(200, kDone);
  EXPECT_TRUE(finish(account.bind(bind_request("cdn.example.com", "12345"))).has_value());
  EXPECT_THAT(
      http.sent,
      ElementsAre(post(
          "/cdn/cert/bind.json", R"({"id":12345,"domain":"cdn.example.com"})", kBindSignature)));
  http.will_answer(200, kDone);
  EXPECT_TRUE(finish(account.bind(bind_request("CDN.b", "18446744073709551617"))).has_value());
  EXPECT_EQ(http.sent.at(1).body, R"({"id":18446744073709551617,"domain":"CDN.b"})");
}

TEST_F(DogeCloudTest, LeavesABindWithoutCodeUndecided) {
  for (const char* body : {"{}", R"({"code":null})", R"({"msg":"ok","data":{}})"}) {
    http.will_answer(200, body);
    const auto bound = finish(account.bind(bind_request("cdn.example.com", "12345")));
    ASSERT_FALSE(bound.has_value()) << body;
    EXPECT_EQ(bound.error().kind, ErrorKind::kMaybeApplied) << body;
    EXPECT_THAT(bound.error().text(), HasSubstr("pointing cdn.example.com at certificate 12345"));
  }
  EXPECT_EQ(http.sent.size(), 3U);
}

TEST_F(DogeCloudTest, BindsByConfigurationWhereBindIsUnknown) {
  http.will_answer(404, R"({"code":404,"msg":"接口不存在"})");
  http.will_answer(200, kDone);
  EXPECT_TRUE(finish(account.bind(bind_request("cdn.example.com", "12345"))).has_value());
  const auto fallback = post(
      "/cdn/domain/config.json?domain=cdn.example.com", R"({"cert_id":12345})", kConfigSignature);
  EXPECT_THAT(
      http.sent,
      ElementsAre(
          post("/cdn/cert/bind.json", R"({"id":12345,"domain":"cdn.example.com"})", kBindSignature),
          fallback));
  http.will_answer(200, kDone);
  EXPECT_TRUE(finish(account.bind(bind_request("cdn.example.com", "12345"))).has_value());
  EXPECT_EQ(http.sent.size(), 3U) << "bind.json must not be asked for again";
  EXPECT_EQ(http.sent.at(2), fallback);
}

TEST_F(DogeCloudTest, EscapesTheDomainInTheSignedQuery) {
  http.will_answer(404, "");
  http.will_answer(200, kDone);
  EXPECT_TRUE(finish(account.bind(bind_request("多 吉&x", "1"))).has_value());
  EXPECT_EQ(http.sent.at(1).url,
            kHost + "/cdn/domain/config.json?domain=%E5%A4%9A%20%E5%90%89%26x");
}

TEST_F(DogeCloudTest, DoesNotFallBackOnAnyOtherRefusal) {
  const std::pair<int, std::string> answers[] = {{200, R"({"code":404,"msg":"域名不存在"})"},
                                                 {404, R"({"code":404,"msg":"证书不存在"})"},
                                                 {401, R"({"code":401})"},
                                                 {502, "<html>"},
                                                 {200, R"({"code":400,"msg":"参数错误"})"}};
  for (const auto& [status, body] : answers) {
    http.will_answer(status, body);
    EXPECT_FALSE(finish(account.bind(bind_request("cdn.example.com", "12345"))).has_value());
  }
  EXPECT_EQ(http.sent.size(), std::size(answers));
}

TEST_F(DogeCloudTest, DeletesById) {
  http.will_answer(200, kDone);
  EXPECT_TRUE(finish(account.remove("12345")).has_value());
  EXPECT_THAT(
      http.sent,
      ElementsAre(post(
          "/cdn/cert/delete.json", R"({"id":12345})", "47e10319894393f87e1e5d6199e6d50dab9a3a59")));
  http.will_answer(200, R"({"code":400,"msg":"证书已绑定域名，无法删除"})");
  const auto refused = finish(account.remove("12345"));
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().kind, ErrorKind::kInUse);
  EXPECT_THAT(refused.error().text(), HasSubstr("deleting certificate 12345"));
}

TEST_F(DogeCloudTest, PassesOnWhatTheTransportSaysWithWhatWasBeingDone) {
  http.will_fail(Error(ErrorKind::kMaybeApplied, "the connection was lost"));
  const auto lost = finish(account.upload(bundle("C", "K"), "n1"));
  ASSERT_FALSE(lost.has_value());
  EXPECT_EQ(lost.error().kind, ErrorKind::kMaybeApplied);
  EXPECT_EQ(lost.error().activity, "uploading the certificate to DogeCloud");
  http.will_fail(Error(ErrorKind::kCancelled, "stopped"));
  EXPECT_EQ(finish(account.list_stored()).error().kind, ErrorKind::kCancelled);
}

TEST_F(DogeCloudTest, KnowsNoProductButCdn) {
  EXPECT_EQ(finish(account.list_bindings("oss")).error().kind, ErrorKind::kUnsupported);
  BindRequest request = bind_request("cdn.example.com", "1");
  request.product = "oss";
  EXPECT_EQ(finish(account.bind(request)).error().kind, ErrorKind::kUnsupported);
  EXPECT_TRUE(http.sent.empty());
}

TEST_F(DogeCloudTest, SendsNothingWithAKeyThatWouldBreakTheHeader) {
  DogeCloud broken({.endpoint = kHost, .access_key = "A\nB", .secret_key = Secret("S")}, http);
  EXPECT_EQ(finish(broken.list_stored()).error().code, "signing.key");
  EXPECT_TRUE(http.sent.empty());
}

}  // namespace
}  // namespace certferry
