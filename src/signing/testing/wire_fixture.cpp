#include "signing/testing/wire_fixture.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "signing/canonical.h"

namespace certferry {

namespace {

using Json = nlohmann::json;

WireCase read_case(const Json& json) {
  return {.name = json.at("name"),
          .method = json.at("method"),
          .target = json.at("target"),
          .headers = json.at("headers"),
          .body = json.at("body"),
          .canonical = json.value("canonical", ""),
          .signed_text = json.value("signed", "")};
}

std::string decoded(std::string text) {
  std::ranges::replace(text, '+', ' ');
  return percent_decode(text);
}

}  // namespace

std::string WireCase::path() const {
  return target.substr(0, target.find('?'));
}

std::string WireCase::raw_query() const {
  const auto mark = target.find('?');
  return mark == std::string::npos ? "" : target.substr(mark + 1);
}

QueryParameters WireCase::query() const {
  QueryParameters out;
  for (const std::string& pair : split(raw_query(), '&')) {
    if (pair.empty()) continue;
    const auto equals = pair.find('=');
    out.emplace_back(decoded(pair.substr(0, equals)),
                     equals == std::string::npos ? "" : decoded(pair.substr(equals + 1)));
  }
  return out;
}

std::string WireCase::header(const std::string& which) const {
  const auto found = headers.find(which);
  return found == headers.end() ? "" : found->second;
}

std::string WireCase::authorization_part(const std::string& which) const {
  const std::string value = header("authorization");
  const auto begin = value.find(which + "=");
  if (begin == std::string::npos) return "";
  const std::string rest = value.substr(begin + which.size() + 1);
  return rest.substr(0, rest.find_first_of(", "));
}

UnsignedRequest WireCase::request(std::initializer_list<std::string_view> added) const {
  UnsignedRequest out{.method = method,
                      .host = header("host"),
                      .path = path(),
                      .query = query(),
                      .headers = {},
                      .body = body};
  for (const std::string& each : split(authorization_part("SignedHeaders"), ';')) {
    if (each.empty() || each == "host" || std::ranges::find(added, each) != added.end()) continue;
    out.headers.emplace_back(each, Secret(header(each)));
  }
  return out;
}

AccessKey WireFixture::key(const WireCase& one, const std::string& token_header) const {
  return {.id = inputs.at("id"),
          .secret = Secret(inputs.at("secret")),
          .session_token = Secret(one.header(token_header))};
}

WireFixture read_wire_fixture(const std::string& vendor) {
  std::ifstream file(std::string(CERTFERRY_WIRE_FIXTURES) + "/" + vendor + ".json");
  EXPECT_TRUE(file.good()) << "no fixture of " << vendor;
  const Json json = Json::parse(file);
  WireFixture out{.inputs = json.at("inputs"),
                  .now = Time(milliseconds(json.at("now").get<std::int64_t>()))};
  for (const Json& one : json.at("cases")) out.cases.push_back(read_case(one));
  EXPECT_FALSE(out.cases.empty());
  return out;
}

void expect_as_sent(const Result<Signature>& signature, const WireCase& one) {
  ASSERT_TRUE(signature.has_value()) << signature.error().text();
  for (const auto& [name, value] : signature->headers) {
    EXPECT_EQ(value.reveal(), one.header(to_lower(name))) << name;
  }
  // What some sign is the canonical form itself, and not a hash of it.
  const std::string& canonical = one.canonical.empty() ? one.signed_text : one.canonical;
  if (!canonical.empty()) EXPECT_EQ(signature->canonical.reveal(), canonical);
}

}  // namespace certferry
