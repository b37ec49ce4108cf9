#include "providers/cloudflare/zone_certificates.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace certferry {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;
using State = ZoneCertificate::State;

const Time kEnd = parse_time("2026-04-15T00:30:00Z").value();

ZoneCertificate certificate(std::string id,
                            std::vector<std::string> hosts,
                            State state = State::kActive) {
  const std::string method = "that of " + id;
  return {.id = std::move(id),
          .hosts = std::move(hosts),
          .expires = kEnd,
          .state = state,
          .status = "odd",
          .settings = {{"bundle_method", method}}};
}

const ZoneCertificate kWild = certificate("wild", {"example.com", "*.example.com"});
const ZoneCertificate kWww = certificate("www", {"www.example.com", "www2.example.com"});

ZoneCertificate read(const std::string& json) {
  return read_zone_certificate(nlohmann::json::parse(json));
}

std::string refusal_of(const std::vector<ZoneCertificate>& all,
                       const std::string& host,
                       const std::vector<std::string>& names) {
  try {
    way_in(all, host, names);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind, ErrorKind::kRejected);
    return error.text();
  }
  return "";
}

TEST(ZoneCertificatesTest, ReadsWhatTheListSays) {
  const ZoneCertificate one = read(R"({"id":"7e7b8deb","hosts":["Example.com","*.example.com"],
      "status":"active","bundle_method":"optimal","geo_restrictions":{"label":"eu"},
      "policy_restrictions":"country: US","expires_on":"2026-04-15T00:30:00.25Z","priority":1})");
  EXPECT_EQ(one.id, "7e7b8deb");
  EXPECT_THAT(one.hosts, ElementsAre("example.com", "*.example.com"));
  EXPECT_EQ(one.expires, kEnd);
  EXPECT_EQ(one.state, State::kActive);
  EXPECT_THAT(one.settings,
              ElementsAre(Pair("bundle_method", "optimal"),
                          Pair("geo_restrictions", R"({"label":"eu"})"),
                          Pair("policy", "country: US")));
}

TEST(ZoneCertificatesTest, TouchesNothingThatIsNotWhollyTold) {
  const std::string rest = R"(,"id":"1","hosts":["a.example.com"])";
  const std::string end = R"(,"expires_on":"2026-04-15T00:30:00Z")";
  const auto state_of = [&](const std::string& status, const std::string& more) {
    return read(R"({"status":")" + status + "\"" + rest + more + "}").state;
  };
  for (const char* status : {"pending", "initializing"}) {
    EXPECT_EQ(state_of(status, end), State::kComing) << status;
  }
  for (const char* status : {"expired", "deleted"}) {
    EXPECT_EQ(state_of(status, ""), State::kGone) << status;
  }
  EXPECT_EQ(state_of("staging", end), State::kUnknown);
  EXPECT_EQ(state_of("active", ""), State::kUnknown);
  EXPECT_EQ(state_of("active", end), State::kActive);
  EXPECT_EQ(state_of("active", end + R"(,"keyless_server":{"id":"2"})"), State::kUnknown);
  EXPECT_THROW(read(R"({"id":"1","status":"active","hosts":[]})"), Error);
  EXPECT_THROW(read(R"({"status":"active","hosts":["a.example.com"]})"), Error);
  EXPECT_EQ(
      serving_of({certificate("1", {"a.example.com"}, State::kUnknown)}, "a.example.com").problem,
      "with a certificate that is odd");
}

TEST(ZoneCertificatesTest, TheMoreSpecificOneServes) {
  const std::vector<ZoneCertificate> all = {kWild, kWww};
  EXPECT_EQ(serving_of(all, "www.example.com").certificate->id, "www");
  EXPECT_TRUE(serving_of(all, "www.example.com").exactly);
  EXPECT_EQ(serving_of(all, "api.example.com").certificate->id, "wild");
  EXPECT_FALSE(serving_of(all, "api.example.com").exactly);
  EXPECT_EQ(serving_of(all, "*.example.com").certificate->id, "wild");
  EXPECT_EQ(serving_of(all, "a.b.example.com").certificate, std::nullopt);
  EXPECT_EQ(serving_of(all, "example.net").certificate, std::nullopt);
  EXPECT_EQ(serving_of({certificate("old", {"a.example.com"}, State::kGone)}, "a.example.com")
                .certificate,
            std::nullopt);
}

TEST(ZoneCertificatesTest, TwoForOneHostAreNotToldApart) {
  const std::vector<ZoneCertificate> two = {certificate("rsa", {"a.example.com"}),
                                            certificate("ecdsa", {"a.example.com"})};
  EXPECT_EQ(serving_of(two, "a.example.com").problem, "with 2 certificates, not told apart");
  EXPECT_THAT(refusal_of(two, "a.example.com", {"a.example.com"}), HasSubstr("2 certificates"));
  // One that replaces the other is what counts.
  const std::vector<ZoneCertificate> moving = {
      certificate("before", {"a.example.com"}),
      certificate("after", {"a.example.com", "b.example.com"}, State::kComing)};
  EXPECT_EQ(serving_of(moving, "a.example.com").certificate->id, "after");
  EXPECT_EQ(serving_of(moving, "a.example.com").problem, "");
  EXPECT_EQ(way_in(moving, "a.example.com", {"a.example.com", "b.example.com"}).replaces, "after");
}

TEST(ZoneCertificatesTest, ReplacesTheOneThatServesTheHost) {
  const std::vector<ZoneCertificate> all = {kWild, kWww};
  const WayIn way = way_in(all, "www.example.com", {"www.example.com", "www2.example.com"});
  EXPECT_EQ(way.replaces, "www");
  EXPECT_EQ(way.settings, kWww.settings);
  // More names than it had before are nothing lost.
  EXPECT_EQ(way_in({kWww}, "www.example.com", {"*.example.com"}).replaces, "www");
  EXPECT_EQ(way_in(all, "api.example.com", {"example.com", "*.example.com"}).replaces, "wild");
}

TEST(ZoneCertificatesTest, NamesTheHostsThatWouldLoseTheirs) {
  const std::string words = refusal_of({kWild, kWww}, "www.example.com", {"www.example.com"});
  EXPECT_THAT(words, HasSubstr("www2.example.com"));
  EXPECT_THAT(refusal_of({kWild}, "api.example.com", {"api.example.com", "example.com"}),
              HasSubstr("*.example.com"));
}

TEST(ZoneCertificatesTest, AddsOneBesideAWildcard) {
  const WayIn way = way_in({kWild, kWww}, "api.example.com", {"api.example.com"});
  EXPECT_EQ(way.replaces, std::nullopt);
  EXPECT_EQ(way.settings, kWild.settings);
  const WayIn first = way_in({}, "api.example.com", {"api.example.com"});
  EXPECT_EQ(first.replaces, std::nullopt);
  EXPECT_TRUE(first.settings.empty());
}

TEST(ZoneCertificatesTest, LeavesTwoThatOneWouldStandForToAPerson) {
  const std::vector<std::string> names = {
      "example.com", "*.example.com", "www.example.com", "www2.example.com"};
  const std::string words = refusal_of({kWild, kWww}, "www.example.com", names);
  EXPECT_THAT(words, HasSubstr("2 certificates"));
  EXPECT_THAT(words, HasSubstr("wild for example.com *.example.com"));
  // Nor one that is not to be touched.
  const ZoneCertificate odd = certificate("odd", {"b.example.com"}, State::kUnknown);
  EXPECT_NE(refusal_of({odd}, "a.example.com", {"a.example.com", "b.example.com"}), "");
}

TEST(ZoneCertificatesTest, KnowsALeafByNamesAndEnd) {
  Certificate leaf{.not_after = kEnd + milliseconds(250),
                   .dns_names = {"example.com", "*.example.com", "example.net"}};
  EXPECT_TRUE(is_like(kWild, leaf));
  EXPECT_FALSE(is_like(kWww, leaf));
  leaf.not_after += seconds(1);
  EXPECT_FALSE(is_like(kWild, leaf));
}

}  // namespace
}  // namespace certferry
