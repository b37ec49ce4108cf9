#include "providers/common/still_bound.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "base/error.h"

namespace certferry {
namespace {

std::vector<Binding> bindings() {
  Binding none{.name = "a.example.com"};
  Binding other{.name = "b.example.com", .stored_id = "8"};
  Binding one{.name = "*.example.com", .vendor_name = ".example.com", .stored_id = "7"};
  return {none, other, one};
}

TEST(StillBoundTest, NamesWhoUsesIt) {
  try {
    require_unbound(bindings(), "7", "CDN");
    ADD_FAILURE() << "nothing was thrown";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind, ErrorKind::kInUse);
    EXPECT_EQ(error.code, "vendor.in_use");
    EXPECT_EQ(error.message, "certificate 7 is still bound to .example.com of CDN");
  }
}

TEST(StillBoundTest, LetsGoWhatNobodyUses) {
  require_unbound(bindings(), "9", "CDN");
  require_unbound({}, "7", "CDN");
}

TEST(StillBoundTest, NamesWhoMayUseAnyOfTheStore) {
  require_known(bindings(), "OBS", "SCM", "ask its owner");
  std::vector<Binding> some = bindings();
  some.push_back({.name = "b", .vendor_name = "b\n", .stored_id = "unknown in SCM: denied"});
  try {
    require_known(some, "OBS", "SCM", "ask its owner");
    ADD_FAILURE() << "nothing was thrown";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind, ErrorKind::kUnavailable);
    EXPECT_EQ(error.code, "vendor.unknown_user");
    EXPECT_EQ(error.message,
              "b? of OBS may have any certificate of SCM, for nothing says which: it may be the "
              "one to delete");
    EXPECT_EQ(error.hint, "ask its owner");
  }
}

TEST(StillUsedTest, ShowsAFewOfThoseThatUseIt) {
  const std::vector<std::string> users = {"CDN a", "CDN b", "BLB\nc", "BLB d", "BLB e"};
  EXPECT_EQ(still_used("cert-1", users).message,
            "certificate cert-1 is still used by CDN a, CDN b, BLB?c and 2 more");
  EXPECT_EQ(still_used("cert-1", {}).kind, ErrorKind::kInUse);
}

}  // namespace
}  // namespace certferry
