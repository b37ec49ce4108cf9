#include "providers/common/bucket_walk.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "providers/common/still_bound.h"
#include "providers/testing/recording_http.h"

namespace certferry {
namespace {

using ::testing::ElementsAre;
using testing::finish;

/// What each bucket answers: names, or that it may not be asked, or something else that is wrong.
struct BucketWalkTest : ::testing::Test {
  using Answer = std::variant<std::vector<std::string>, Error>;

  static Error refusal(std::string code) {
    return Error(ErrorKind::kUnauthorized, "no").with_code(std::move(code));
  }
  Task<std::vector<Binding>> list_names(std::string bucket) {
    const Answer answer = answers.at(bucket);
    if (const auto* error = std::get_if<Error>(&answer)) throw *error;
    std::vector<Binding> bindings;
    for (const auto& name : std::get<0>(answer)) bindings.push_back({.name = name, .online = true});
    co_return bindings;
  }
  Result<std::vector<std::string>> walk() {
    std::vector<std::string> buckets;
    for (const auto& [bucket, answer] : answers) buckets.push_back(bucket);
    auto bindings = finish(walk_buckets<std::string>(
        std::move(buckets),
        [this](std::string bucket) { return list_names(std::move(bucket)); },
        [](const std::string& bucket) { return unlisted_bucket(bucket + ".store.example"); }));
    if (!bindings) return std::unexpected(std::move(bindings).error());
    std::vector<std::string> said;
    for (const Binding& one : *bindings) said.push_back(one.name + (one.online ? "" : " (no)"));
    return said;
  }

  std::map<std::string, Answer> answers;
};

TEST_F(BucketWalkTest, ListsTheNamesOfEveryBucketAndABucketThatKeepsThemToItself) {
  answers["a"] = std::vector<std::string>{"one.example.com", "two.example.com"};
  answers["b"] = refusal("vendor.permission");
  answers["c"] = std::vector<std::string>{"three.example.com"};
  EXPECT_THAT(
      walk().value(),
      ElementsAre(
          "one.example.com", "two.example.com", "b.store.example (no)", "three.example.com"));
}

TEST_F(BucketWalkTest, ABucketThatKeepsItsNamesToItselfMayHaveAnyCertificate) {
  EXPECT_THAT(unlisted_bucket("b.store.example").stored_id.value_or(""),
              ::testing::StartsWith(kUnknownInStore));
}

TEST_F(BucketWalkTest, ThrowsWhatEveryBucketDenies) {
  answers["a"] = refusal("vendor.permission");
  answers["b"] = refusal("vendor.permission");
  EXPECT_EQ(walk().error().code, "vendor.permission");
  answers["c"] = std::vector<std::string>{};
  EXPECT_THAT(walk().value(), ElementsAre("a.store.example (no)", "b.store.example (no)"));
  answers.clear();
  EXPECT_THAT(walk().value(), ElementsAre());
}

TEST_F(BucketWalkTest, ThrowsWhateverElseIsWrong) {
  answers["a"] = std::vector<std::string>{"one.example.com"};
  answers["b"] = refusal("vendor.unauthorized");
  EXPECT_EQ(walk().error().code, "vendor.unauthorized");
}

}  // namespace
}  // namespace certferry
