#include "sandbox/sandbox.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/detached.hpp>

#include "crypto/certificate.h"
#include "sandbox/socket_support.h"
#include "sandbox/test_support.h"

namespace certferry::sandbox {
namespace {

namespace asio = boost::asio;
using Json = nlohmann::json;
using testing::HasSubstr;
using testing::Not;

std::uint16_t port_of(const std::string& url) {
  return static_cast<std::uint16_t>(std::stoi(url.substr(url.rfind(':') + 1)));
}

struct SandboxTest : testing::Test {
  ~SandboxTest() override {
    sandbox.stop();
    loop.restart();
    loop.run_for(seconds(10));
  }

  static SandboxOptions options() {
    return {.credentials = test_credentials(),
            .domains = {"cdn.example.com", "IMG.example.com."},
            .edges = {{.address = "127.0.0.2"}, {.address = "127.0.0.3"}}};
  }

  HttpResult call(const std::string& method,
                  const std::string& target,
                  const std::string& body = {}) {
    return run_on(loop, api.send(signed_request(method, target, body)));
  }
  HttpResult control(const std::string& method,
                     const std::string& target,
                     const std::string& body = {}) {
    return run_on(loop, panel.send({.method = method, .target = target, .body = body}));
  }
  Json state() { return Json::parse(control("GET", "/state").body); }
  Handshake look(std::size_t edge, const std::string& name = "cdn.example.com") {
    return run_on(loop, shake_hands(endpoints.edges.at(edge), name));
  }
  std::int64_t upload(const IssuedLeaf& leaf) {
    const HttpResult answer = call("POST", "/cdn/cert/upload.json", upload_body(leaf, "n1"));
    return Json::parse(answer.body).at("data").at("id").get<std::int64_t>();
  }
  std::string deploy(const IssuedLeaf& leaf, const std::string& domain = "cdn.example.com") {
    const Json body{{"id", upload(leaf)}, {"domain", domain}};
    EXPECT_EQ(Json::parse(call("POST", "/cdn/cert/bind.json", body.dump()).body).at("code"), 200);
    return read_pair(leaf.chain_pem, leaf.key_pem)->leaf.fingerprint;
  }

  RealClock clock;
  asio::io_context loop;
  Sandbox sandbox{options(), clock};
  const SandboxEndpoints& endpoints = (sandbox.start(loop), sandbox.endpoints());
  HttpConnection api{loop, port_of(endpoints.api)};
  HttpConnection panel{loop, port_of(endpoints.control)};
};

TEST_F(SandboxTest, ServesOnTheEdgeWhatTheApiWasTold) {
  const IssuedLeaf ecdsa = issue({"*.example.com"});
  const IssuedLeaf rsa = issue({"*.example.com"}, LeafRequest::KeyKind::kRsa2048);
  const std::string first = deploy(ecdsa);
  EXPECT_EQ(look(0).fingerprint, first);
  EXPECT_EQ(look(1, "CDN.Example.com").fingerprint, first);
  EXPECT_EQ(look(0).presented, 2);
  const std::string second = deploy(rsa);
  EXPECT_EQ(look(0).fingerprint, second);
  EXPECT_EQ(look(1).fingerprint, second);
}

TEST_F(SandboxTest, ServesEachNameItsOwnCertificate) {
  const std::string cdn = deploy(issue({"cdn.example.com"}), "cdn.example.com");
  const std::string img = deploy(issue({"img.example.com"}), "img.example.com");
  EXPECT_EQ(look(0, "cdn.example.com").fingerprint, cdn);
  EXPECT_EQ(look(0, "img.example.com").fingerprint, img);
}

TEST_F(SandboxTest, AlertsForNamesWithoutHttpsAndForNone) {
  deploy(issue({"*.example.com"}));
  EXPECT_TRUE(look(0, "img.example.com").alerted(SSL_AD_UNRECOGNIZED_NAME));
  EXPECT_TRUE(look(0, "foreign.test").alerted(SSL_AD_UNRECOGNIZED_NAME));
  EXPECT_TRUE(look(0, "").alerted(SSL_AD_UNRECOGNIZED_NAME));
}

TEST_F(SandboxTest, PresentsAChainWithAGapAsItWasUploaded) {
  IssuedLeaf leaf = issue({"*.example.com"});
  leaf.chain_pem = leaf.leaf_pem;
  deploy(leaf);
  EXPECT_EQ(look(0).presented, 1);
}

TEST_F(SandboxTest, AnEdgeMayRefuseAndComeBackOnItsPort) {
  const std::string served = deploy(issue({"*.example.com"}));
  control("POST", "/fault", R"({"kind":"refuse","edge":"127.0.0.2"})");
  EXPECT_EQ(look(0).failure, asio::error::connection_refused);
  EXPECT_EQ(look(1).fingerprint, served);
  control("DELETE", "/faults");
  EXPECT_EQ(look(0).fingerprint, served);
}

TEST_F(SandboxTest, AnEdgeMayBeStuckOnTheOldCertificate) {
  const std::string old_one = deploy(issue({"*.example.com"}));
  sandbox.set_edge_fault(1, EdgeFault{.kind = EdgeFaultKind::kStuck});
  const std::string new_one = deploy(issue({"*.example.com"}));
  EXPECT_EQ(look(0).fingerprint, new_one);
  EXPECT_EQ(look(1).fingerprint, old_one);
}

TEST_F(SandboxTest, AnEdgeMayServeSomethingExpiredOrSelfSigned) {
  const std::string served = deploy(issue({"*.example.com"}));
  sandbox.set_edge_fault(0, EdgeFault{.kind = EdgeFaultKind::kExpired, .count = 1});
  const Result<Certificate> expired = parse_certificate(look(0).der);
  ASSERT_TRUE(expired);
  EXPECT_LT(expired->not_after, clock.now());
  EXPECT_EQ(expired->dns_names, std::vector<std::string>{"cdn.example.com"});
  EXPECT_EQ(look(0).fingerprint, served);

  sandbox.set_edge_fault(0, EdgeFault{.kind = EdgeFaultKind::kSelfSigned, .count = 1});
  const Result<Certificate> self_signed = parse_certificate(look(0).der);
  ASSERT_TRUE(self_signed);
  EXPECT_TRUE(self_signed->self_issued);
  EXPECT_GT(self_signed->not_after, clock.now());
  EXPECT_THAT(self_signed->dns_names, Not(testing::Contains("cdn.example.com")));
}

TEST_F(SandboxTest, AnEdgeMaySayNothingOrSpeakPlainHttp) {
  deploy(issue({"*.example.com"}));
  sandbox.set_edge_fault(0, EdgeFault{.kind = EdgeFaultKind::kNotTls, .count = 1});
  EXPECT_TRUE(look(0).failure);
  sandbox.set_edge_fault(0, EdgeFault{.kind = EdgeFaultKind::kSilent, .count = 1});
  EXPECT_EQ(look(0).failure, boost::beast::error::timeout);
  EXPECT_FALSE(look(0).failure);
}

TEST_F(SandboxTest, KeepsConnectionsOpen) {
  for (int i = 0; i < 5; ++i) EXPECT_EQ(call("GET", "/cdn/domain/list.json").status, 200);
  const Json connections = state().at("connections");
  EXPECT_EQ(connections.at("api_accepted"), 1);
  EXPECT_EQ(connections.at("api_open"), 1);
}

TEST_F(SandboxTest, SpoilsRepliesOnTheWire) {
  namespace http = boost::beast::http;
  control("POST", "/fault", R"({"kind":"cut_reply","count":1})");
  const HttpResult cut = call("GET", "/cdn/domain/list.json");
  EXPECT_EQ(cut.failure, http::error::partial_message);
  EXPECT_THAT(cut.body, HasSubstr("\"domains\""));
  control("POST", "/fault", R"({"kind":"lost_reply","count":1})");
  EXPECT_EQ(call("GET", "/cdn/domain/list.json").failure, http::error::end_of_stream);
  control("POST", "/fault", R"({"kind":"huge_reply","count":1})");
  EXPECT_GT(call("GET", "/cdn/domain/list.json").body.size(), std::size_t{5} * 1024 * 1024);
  control("POST", "/fault", R"({"kind":"empty_body","count":1})");
  EXPECT_EQ(call("GET", "/cdn/domain/list.json").body, "");
  EXPECT_EQ(call("GET", "/cdn/domain/list.json").status, 200);
}

TEST_F(SandboxTest, RefusesBodiesBeyondItsLimit) {
  const HttpResult answer = call("POST", "/cdn/cert/upload.json", std::string(600 * 1024, 'x'));
  EXPECT_EQ(answer.status, 413);
}

Task<std::size_t> many_calls(asio::io_context* shared, std::uint16_t port, std::size_t count) {
  asio::io_context& loop = *shared;
  auto done = std::make_shared<std::size_t>(0);
  const auto one = [](std::shared_ptr<std::size_t> into,
                      std::shared_ptr<HttpConnection> over) -> Task<void> {
    Request request = signed_request("GET", "/cdn/cert/list.json");
    const HttpResult answer = co_await over->send(std::move(request));
    if (answer.status == 200) ++*into;
  };
  for (std::size_t i = 0; i < count; ++i) {
    asio::co_spawn(loop, one(done, std::make_shared<HttpConnection>(loop, port)), asio::detached);
  }
  asio::steady_timer turn(loop);
  while (*done < count) {
    turn.expires_after(milliseconds(1));
    co_await turn.async_wait(asio::use_awaitable);
  }
  co_return *done;
}

TEST_F(SandboxTest, WaitsOutItsLatencyForManyCallsAtOnce) {
  sandbox.set_latency(milliseconds(300));
  const SteadyTime began = clock.steady_now();
  const std::size_t done = run_on(loop, many_calls(&loop, port_of(endpoints.api), 200));
  const milliseconds took = clock.steady_now() - began;
  EXPECT_EQ(done, 200);
  EXPECT_GE(took, milliseconds(300));
  EXPECT_LT(took, milliseconds(300) * 100) << "one after the other it would be 200 times as long";
}

TEST_F(SandboxTest, StateShowsEverythingButKeys) {
  const IssuedLeaf leaf = issue({"*.example.com"});
  const std::string fingerprint = deploy(leaf);
  const HttpResult answer = control("GET", "/state");
  const Json shown = Json::parse(answer.body);
  EXPECT_EQ(shown.at("domains").at(0).at("fingerprint"), fingerprint);
  EXPECT_EQ(shown.at("domains").at(1).at("name"), "img.example.com");
  EXPECT_EQ(shown.at("certificates").at(0).at("domain_count"), 1);
  EXPECT_EQ(shown.at("edges").at(1).at("address"), "127.0.0.3");
  EXPECT_EQ(shown.at("calls").at("changing"), 2);
  EXPECT_EQ(shown.at("calls").at("applied"), 2);
  EXPECT_THAT(answer.body, Not(HasSubstr("PRIVATE")));
  EXPECT_THAT(answer.body, Not(HasSubstr(std::string(leaf.key_pem.reveal().substr(40, 20)))));
  EXPECT_THAT(answer.body, Not(HasSubstr("SKEXAMPLE")));
}

TEST_F(SandboxTest, ControlChangesDomainsLatencyAndPropagation) {
  EXPECT_EQ(control("POST", "/domain", R"({"name":"new.example.com"})").status, 200);
  EXPECT_EQ(control("POST", "/domain", R"({"name":"cdn.example.com","status":"offline"})").status,
            200);
  EXPECT_EQ(control("POST", "/latency", R"({"latency":"1ms"})").status, 200);
  EXPECT_EQ(control("POST", "/propagation", R"({"propagation":"2s","edge":"127.0.0.3"})").status,
            200);
  const Json shown = state();
  EXPECT_EQ(shown.at("domains").size(), 3);
  EXPECT_EQ(shown.at("domains").at(0).at("status"), "offline");
  EXPECT_EQ(shown.at("latency_ms"), 1);
  EXPECT_EQ(shown.at("edges").at(0).at("propagation_ms"), 0);
  EXPECT_EQ(shown.at("edges").at(1).at("propagation_ms"), 2000);
}

TEST_F(SandboxTest, ControlMakesTheStoreSmall) {
  const IssuedLeaf leaf = issue({"*.example.com"});
  upload(leaf);
  EXPECT_EQ(control("POST", "/quota", R"({"quota":1})").status, 200);
  const std::string full = call("POST", "/cdn/cert/upload.json", upload_body(leaf, "n2")).body;
  EXPECT_THAT(full, HasSubstr("CERT_LIMIT"));
  EXPECT_EQ(control("POST", "/quota", R"({"quota":0})").status, 200);
  EXPECT_GT(upload(leaf), 0);
}

TEST_F(SandboxTest, ControlBindsBehindTheClientsBack) {
  const std::int64_t id = upload(issue({"*.example.com"}));
  const Json bind{{"name", "img.example.com"}, {"cert_id", id}};
  EXPECT_EQ(control("POST", "/domain", bind.dump()).status, 200);
  EXPECT_EQ(state().at("domains").at(1).at("cert_id"), id);
  control("POST", "/domain", R"({"name":"img.example.com","cert_id":0})");
  EXPECT_EQ(state().at("domains").at(1).at("cert_id"), 0);
  EXPECT_EQ(state().at("calls").at("applied"), 1);
}

TEST_F(SandboxTest, ResetLeavesDomainsAndEdges) {
  deploy(issue({"*.example.com"}));
  control("POST", "/fault", R"({"kind":"slow","delay":"1h"})");
  EXPECT_EQ(control("POST", "/reset").status, 200);
  const Json shown = state();
  EXPECT_TRUE(shown.at("certificates").empty());
  EXPECT_TRUE(shown.at("faults").empty());
  EXPECT_EQ(shown.at("calls").at("changing"), 0);
  EXPECT_EQ(shown.at("domains").size(), 2);
  EXPECT_TRUE(look(0).alerted(SSL_AD_UNRECOGNIZED_NAME));
}

TEST_F(SandboxTest, ControlSaysWhatIsWrongWithARequest) {
  struct Case {
    const char *target, *body, *part;
  };
  for (const Case& each : {Case{"/fault", R"({"kind":"trottle"})", "throttle_body"},
                           Case{"/fault", R"({"kind":"slow","times":1})", "'times'"},
                           Case{"/fault", R"({"kind":"slow","count":0})", "at least 1"},
                           Case{"/fault", R"({"kind":"stuck","edge":"127.0.0.9"})", "127.0.0.9"},
                           Case{"/fault", R"({"kind":"refuse","edge":"","count":1})", "count"},
                           Case{"/domain", R"({"name":"no name"})", ""},
                           Case{"/domain", R"({"name":"a.test","status":"asleep"})", "online"},
                           Case{"/domain", R"({"name":"a.test","cert_id":7})", "cert_id"},
                           Case{"/latency", R"({"latency":"soon"})", ""},
                           Case{"/latency", "not json", "JSON"},
                           Case{"/nothing", "{}", "/nothing"}}) {
    const HttpResult answer = control("POST", each.target, each.body);
    EXPECT_GE(answer.status, 400) << each.body;
    EXPECT_THAT(Json::parse(answer.body).at("error").get<std::string>(), HasSubstr(each.part));
  }
}

TEST(SandboxStartTest, SaysWhichAddressCannotBeUsed) {
  const RealClock clock;
  asio::io_context loop;
  Sandbox sandbox({.credentials = test_credentials(), .edges = {{.address = "192.0.2.1"}}}, clock);
  try {
    sandbox.start(loop);
    FAIL() << "192.0.2.1 is nobody's address";
  } catch (const Error& error) {
    EXPECT_EQ(error.code, "web.listen");
    EXPECT_THAT(error.text(), HasSubstr("192.0.2.1"));
  }
}

TEST(SandboxStartTest, RefusesADomainThatIsNoName) {
  const RealClock clock;
  EXPECT_THROW(Sandbox({.domains = {"no name"}}, clock), Error);
}

TEST(SandboxStartTest, ServesADefaultCertificateWhenThePlatformHasOne) {
  const RealClock clock;
  asio::io_context loop;
  Sandbox sandbox({.edges = {{.address = "::1"}, {.address = "127.0.0.2"}},
                   .default_certificate = DefaultCertificate::kSelfSigned},
                  clock);
  sandbox.start(loop);
  for (const Address& edge : sandbox.endpoints().edges) {
    const Handshake seen = run_on(loop, shake_hands(edge, "cdn.example.com"));
    EXPECT_TRUE(parse_certificate(seen.der)->self_issued) << to_string(edge);
  }
  sandbox.stop();
  loop.restart();
  loop.run_for(seconds(10));
}

TEST(SandboxStartTest, EndsOpenConnectionsOnStop) {
  const RealClock clock;
  asio::io_context loop;
  auto sandbox = std::make_unique<Sandbox>(
      SandboxOptions{.credentials = test_credentials(), .domains = {"a.test"}}, clock);
  sandbox->start(loop);
  HttpConnection api(loop, port_of(sandbox->endpoints().api));
  EXPECT_EQ(run_on(loop, api.send(signed_request("GET", "/cdn/cert/list.json"))).status, 200);
  sandbox.reset();
  loop.restart();
  loop.run_for(seconds(30));
  EXPECT_TRUE(loop.stopped()) << "something still waits";
  EXPECT_TRUE(run_on(loop, api.send(signed_request("GET", "/cdn/cert/list.json"))).failure);
}

}  // namespace
}  // namespace certferry::sandbox
