#include "sources/registry.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sources/fake_files.h"

namespace certferry {
namespace {

using testing::HasSubstr;

struct RegistryTest : testing::Test {
  FakeFiles files;
  FakeClock clock;

  Error failure(const std::string& kind, const std::map<std::string, std::string>& fields) {
    return error_of([&] { make_source(kind, fields, files, clock); });
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
  EXPECT_THAT(ids, testing::ElementsAre("1panel", "files"));
}

TEST_F(RegistryTest, MakesASourceOfEveryKindItLists) {
  const std::map<std::string_view, std::map<std::string, std::string>> fields = {
      {"1panel", {{"site", "a"}}}, {"files", {{"chain", "/a"}}}};
  for (const SourceMetadata& source : source_metadata()) {
    EXPECT_NE(make_source(std::string(source.id), fields.at(source.id), files, clock), nullptr);
  }
}

TEST_F(RegistryTest, SaysWhatIsWrongWithSettings) {
  EXPECT_THAT(failure("certbot", {}).text(),
              HasSubstr("there is no source 'certbot'; take one of: 1panel, files"));
  EXPECT_THAT(failure("files", {}).text(), HasSubstr("needs 'chain'"));
  EXPECT_THAT(failure("files", {{"chain", "x.pem"}}).text(), HasSubstr("no absolute path"));
  EXPECT_THAT(failure("files", {{"chain", "/x"}, {"kye", "/y"}}).text(),
              HasSubstr("it has: chain, key"));
}

}  // namespace
}  // namespace certferry
