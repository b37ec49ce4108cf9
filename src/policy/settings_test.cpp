#include "policy/settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace certferry {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(ChangedSettingsTest, TellsWhatIsNotAsItWas) {
  EXPECT_THAT(changed_settings({{"a", "1"}}, {{"a", "1"}}), IsEmpty());
  EXPECT_THAT(
      changed_settings({{"a", "1"}, {"b", "2"}, {"c", "3"}}, {{"a", "1"}, {"b", "0"}, {"d", "4"}}),
      ElementsAre("b: 2 became 0", "c: 3 became nothing", "d: nothing became 4"));
}

TEST(ChangedSettingsTest, AsksNothingOfAnHttpsThatWasNotThere) {
  using Settings = std::map<std::string, std::string>;
  const Settings off = {{"https", "off"}, {"origin", "a"}};
  const Settings on = {{"https.http2", "on"}, {"origin", "a"}};
  EXPECT_THAT(changed_settings(off, on), IsEmpty());
  EXPECT_THAT(changed_settings(on, off),
              ElementsAre("https: nothing became off", "https.http2: on became nothing"));
  EXPECT_THAT(changed_settings(off, {{"https.http2", "on"}, {"httpsx", "on"}, {"origin", "b"}}),
              ElementsAre("httpsx: nothing became on", "origin: a became b"));
  EXPECT_THAT(changed_settings({{"origin", "a"}}, on),
              ElementsAre("https.http2: nothing became on"));
}

TEST(ChangedSettingsTest, IsBounded) {
  std::map<std::string, std::string> many;
  for (int i = 100; i < 150; ++i) many.emplace(std::to_string(i), std::string(1000, 'x'));
  const std::vector<std::string> changed = changed_settings(many, {});
  EXPECT_EQ(changed.size(), 11U);
  EXPECT_EQ(changed.back(), "and 40 more");
  EXPECT_LT(changed.front().size(), 200U);
}

}  // namespace
}  // namespace certferry
