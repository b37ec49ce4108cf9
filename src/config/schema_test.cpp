#include "config/schema.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "config/sample_catalogue.h"
#include "config/tables.h"

namespace certferry {
namespace {

using Json = nlohmann::json;

Json schema() {
  return Json::parse(json_schema(sample_catalogue()));
}

TEST(SchemaTest, HoldsTheKeysOfEachProvider) {
  const Json all = schema();
  EXPECT_EQ(all["$schema"], "https://json-schema.org/draft/2020-12/schema");
  EXPECT_EQ(all["required"], Json::array({"accounts", "certificates"}));

  const Json account = all["$defs"]["account_dogecloud"];
  EXPECT_EQ(account["additionalProperties"], false);
  EXPECT_EQ(account["required"], Json::array({"provider", "access_key", "secret_key"}));
  EXPECT_EQ(account["properties"]["secret_key"]["$ref"], "#/$defs/secret");
  EXPECT_TRUE(account["properties"]["access_key"].contains("oneOf"));
  EXPECT_EQ(account["properties"]["access_key"]["description"], "AccessKey");
  EXPECT_EQ(account["properties"]["pace"]["$ref"], "#/$defs/pace");

  const Json branch = all["$defs"]["account"]["allOf"][0];
  EXPECT_EQ(branch["if"]["properties"]["provider"]["const"], "dogecloud");
  EXPECT_EQ(branch["then"]["$ref"], "#/$defs/account_dogecloud");
}

TEST(SchemaTest, HoldsOneSourceOfEachKind) {
  const Json source = schema()["$defs"]["source"];
  EXPECT_EQ(source["minProperties"], 1);
  EXPECT_EQ(source["maxProperties"], 1);
  EXPECT_EQ(source["properties"]["files"]["properties"]["key"]["pattern"], "^/");
  EXPECT_EQ(source["properties"]["1panel"]["required"], Json::array({"site"}));
  EXPECT_EQ(source["properties"]["command"]["properties"]["command"]["$ref"], "#/$defs/command");
}

TEST(SchemaTest, HoldsTheRangesOfTheParser) {
  const Json definitions = schema()["$defs"];
  EXPECT_EQ(definitions["confirm"]["properties"]["rounds"]["maximum"], 10);
  EXPECT_EQ(definitions["pace"]["properties"]["calls_per_second"]["minimum"], 0.001);
  EXPECT_EQ(definitions["settings"]["properties"]["retire_after"]["type"], "string");
}

/// Every "$ref" below a value.
void collect_references(const Json& value, std::set<std::string>& out) {
  if (value.is_object() && value.contains("$ref")) out.insert(value["$ref"].get<std::string>());
  if (!value.is_structured()) return;
  for (const Json& inner : value) collect_references(inner, out);
}

TEST(SchemaTest, DefinesExactlyWhatItRefersTo) {
  const Json all = schema();
  std::set<std::string> used;
  collect_references(all, used);
  std::set<std::string> defined;
  for (const auto& [name, definition] : all["$defs"].items()) defined.insert("#/$defs/" + name);
  EXPECT_EQ(used, defined);
}

}  // namespace
}  // namespace certferry
