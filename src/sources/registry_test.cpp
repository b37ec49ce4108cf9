#include "sources/registry.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sources/fake_files.h"
#include "sources/fake_peers.h"

namespace certferry {
namespace {

using testing::HasSubstr;

struct RegistryTest : testing::Test {
  FakeFiles files;
  FakeClock clock;
  FakeCommands commands;
  FakeHttp http;
  SourcePorts ports{.files = files, .clock = clock, .http = http.maker(), .commands = &commands};

  Error failure(const std::string& kind, const std::map<std::string, std::string>& fields) {
    return error_of(
        [&] { make_source(kind, {.texts = fields}, {.files = files, .clock = clock}); });
  }
};

TEST_F(RegistryTest, ListsEachSourceOnceWithHelpForEachField) {
  std::set<std::string_view> ids;
  for (const SourceMetadata& source : source_metadata()) {
    EXPECT_TRUE(ids.insert(source.id).second) << source.id;
    EXPECT_FALSE(source.help.empty());
    for (const FieldMetadata& field : source.fields) {
      EXPECT_FALSE(field.help.empty()) << field.key;
      EXPECT_FALSE(field.example.empty()) << field.key;
    }
  }
  EXPECT_THAT(ids, testing::IsSupersetOf({"1panel", "files", "certbot"}));
}

TEST_F(RegistryTest, MakesASourceOfEveryKindOutOfItsExamples) {
  for (const SourceMetadata& source : source_metadata()) {
    SourceInputs inputs;
    for (const FieldMetadata& field : source.fields) {
      if (!field.required) continue;
      if (field.list) {
        inputs.lists.emplace(field.key, std::vector<std::string>{"/bin/true"});
      } else {
        inputs.texts.emplace(field.key, field.example);
      }
    }
    if (source.id == "1panel") inputs.texts["site"] = "a";
    const auto made = make_sources(std::string(source.id), inputs, ports);
    ASSERT_EQ(made.size(), 1U) << source.id;
    EXPECT_FALSE(made.front().source->describe().empty()) << source.id;
  }
}

TEST_F(RegistryTest, SaysWhatIsWrongWithSettings) {
  EXPECT_THAT(failure("certbott", {}).text(),
              HasSubstr("there is no source 'certbott'; take one of: 1panel, baota, certbot"));
  EXPECT_THAT(failure("files", {}).text(), HasSubstr("needs 'chain'"));
  EXPECT_THAT(failure("files", {{"chain", "x.pem"}}).text(), HasSubstr("no absolute path"));
  EXPECT_THAT(failure("files", {{"chain", "/x"}, {"kye", "/y"}}).text(),
              HasSubstr("it has: chain, key"));
}

}  // namespace
}  // namespace certferry
