#include "providers/common/json_body.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace certferry {
namespace {

TEST(JsonBodyTest, WritesMembersInTheOrderGiven) {
  JsonBody body;
  body.text("note", "n1").text("cert", "C").text("private", "K");
  EXPECT_EQ(body.take().reveal(), R"({"note":"n1","cert":"C","private":"K"})");
  EXPECT_EQ(body.take().reveal(), "{}");
}

TEST(JsonBodyTest, WritesFlags) {
  JsonBody body;
  body.flag("yes", true).flag("no", false);
  EXPECT_EQ(body.take().reveal(), R"({"yes":true,"no":false})");
}

TEST(JsonBodyTest, IsReadBackByAJsonLibrary) {
  std::string every_byte;
  for (char c = 0; c < 0x7f; ++c) every_byte += c;
  every_byte += "多吉云";
  while (every_byte.size() < 100'000) every_byte += every_byte;
  JsonBody body;
  body.text("a\"b", every_byte).text("empty", "");
  const auto value = nlohmann::json::parse(body.take().reveal());
  EXPECT_EQ(value.at("a\"b").get<std::string>(), every_byte);
  EXPECT_EQ(value.at("empty").get<std::string>(), "");
}

TEST(JsonBodyTest, TakesWhatIsJsonAlready) {
  JsonBody inner;
  inner.text("key", "K\n");
  JsonBody body;
  body.json("yes", "true").json("pair", inner.take().reveal()).json("list", "[1]");
  EXPECT_EQ(body.take().reveal(), R"({"yes":true,"pair":{"key":"K\n"},"list":[1]})");
}

TEST(JsonBodyTest, WritesIdsAsNumbersOnlyWhenNothingIsLost) {
  struct Case {
    std::string_view id;
    std::string_view json;
  };
  const Case cases[] = {
      {"0", R"({"id":0})"},
      {"12345", R"({"id":12345})"},
      {"9007199254740993", R"({"id":9007199254740993})"},
      {"184467440737095516150", R"({"id":184467440737095516150})"},
      {"007", R"({"id":"007"})"},
      {"-1", R"({"id":"-1"})"},
      {"1e3", R"({"id":"1e3"})"},
      {"cert-9f", R"({"id":"cert-9f"})"},
      {"\"", R"({"id":"\""})"},
  };
  for (const Case& one : cases) EXPECT_EQ(JsonBody().id("id", one.id).take().reveal(), one.json);
}

}  // namespace
}  // namespace certferry
