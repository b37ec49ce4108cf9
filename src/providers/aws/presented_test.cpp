#include "providers/aws/presented.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/label.h"

namespace certferry {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr auto kRsa = KeyType::Algorithm::kRsa;
constexpr auto kEcdsa = KeyType::Algorithm::kEcdsa;
const Time kNow = Time(seconds(1'800'000'000));

struct PresentedTest : ::testing::Test {
  AwsKnown known{.certificates = {}, .now = kNow};
  std::vector<AwsAttached> attached;

  void know(const std::string& arn,
            std::vector<std::string> names,
            KeyType::Algorithm algorithm = kEcdsa,
            Time not_after = kNow + hours(24)) {
    known.certificates[arn] = {
        .names = std::move(names), .algorithm = algorithm, .not_after = not_after, .label = {}};
  }
  void ours(const std::string& arn) {
    known.certificates.at(arn).label = label_for(std::string(64, 'a'), 7);
  }
  void in_list(const std::string& arn) { attached.push_back({.arn = arn, .in_list = true}); }
  void as_default(const std::string& arn) { attached.push_back({.arn = arn, .is_default = true}); }

  std::string bound(const std::string& name = "www.example.com") const {
    return aws_certificate_for(attached, known, name).value_or("none");
  }
  AwsListenerChange change(const std::string& wanted = "new",
                           const std::string& name = "www.example.com") const {
    return aws_change_for(attached, known, wanted, name, AwsWay::kOnward).value();
  }
  std::string refused(const std::string& name = "www.example.com") const {
    const auto wanted = aws_change_for(attached, known, "new", name, AwsWay::kOnward);
    return wanted ? "not refused" : wanted.error().text();
  }
};

TEST_F(PresentedTest, TakesTheDefaultOnlyWhenNothingInTheListFits) {
  EXPECT_EQ(bound(), "none");
  know("default", {"www.example.com"});
  as_default("default");
  EXPECT_EQ(bound(), "default");
  EXPECT_EQ(bound("other.example.com"), "none");
  know("other", {"other.example.com"});
  in_list("other");
  EXPECT_EQ(bound(), "default");
  know("pattern", {"*.example.com"}, kRsa);
  in_list("pattern");
  EXPECT_EQ(bound(), "pattern");
  EXPECT_EQ(bound("a.b.example.com"), "none");
}

TEST_F(PresentedTest, FollowsTheOrderOfAwsAsFarAsItIsKnown) {
  know("rsa", {"www.example.com"}, kRsa);
  know("ended", {"www.example.com"}, kEcdsa, kNow - hours(1));
  in_list("rsa");
  in_list("ended");
  // The kind of the key goes before its end.
  EXPECT_EQ(bound(), "ended");
  know("pattern", {"*.example.com"});
  in_list("pattern");
  EXPECT_EQ(bound(), "pattern");
  know("exact", {"www.example.com"});
  in_list("exact");
  EXPECT_EQ(bound(), "exact");
  // Of what is equal the one that ends first counts, wherever it stands.
  for (const int end : {23, 25}) {
    know("exact too", {"www.example.com"}, kEcdsa, kNow + hours(end));
    if (end == 23) in_list("exact too");
    EXPECT_EQ(bound(), end == 23 ? "exact too" : "exact");
  }
}

TEST_F(PresentedTest, NamesWhatIsLeftOfOursBesideItsSuccessor) {
  know("new", {"www.example.com"});
  know("old", {"www.example.com"}, kRsa, kNow + hours(1));
  in_list("new");
  as_default("old");
  EXPECT_EQ(bound(), "new");  // somebody's pair of two kinds
  ours("new");
  EXPECT_EQ(bound(), "new");
  ours("old");
  EXPECT_EQ(bound(), "old");
  known.certificates.at("old").names.emplace_back("more.example.com");
  EXPECT_EQ(bound(), "new");
}

TEST_F(PresentedTest, AddsWhatTheListenerDoesNotHave) {
  know("new", {"www.example.com"});
  as_default("of IAM");
  const AwsListenerChange first = change();
  EXPECT_TRUE(first.add);
  EXPECT_FALSE(first.set_default);
  EXPECT_THAT(first.remove, IsEmpty());
  in_list("new");
  EXPECT_TRUE(change().is_none());
}

TEST_F(PresentedTest, TakesOffWhatTheNewOneHasAllNamesOf) {
  know("new", {"www.example.com", "*.example.com", "more.example.net"});
  know("old", {"*.example.com", "api.example.com"});
  know("wider", {"www.example.com", "b.example.org"}, kRsa);
  know("other kind", {"www.example.com"}, kRsa);
  know("elsewhere", {"b.example.org"});
  for (const char* one : {"old", "wider", "other kind", "elsewhere", "of IAM"}) in_list(one);
  EXPECT_THAT(change().remove, ElementsAre("old"));
  ours("other kind");
  EXPECT_THAT(change().remove, ElementsAre("old", "other kind"));
}

TEST_F(PresentedTest, ReplacesTheDefaultAndAddsOnlyWhereItWouldNotBePresented) {
  know("new", {"www.example.com"});
  know("old", {"www.example.com"});
  as_default("old");
  EXPECT_TRUE(change().set_default);
  EXPECT_FALSE(change().add);
  attached.front().in_list = true;  // as well
  EXPECT_THAT(change().remove, ElementsAre("old"));
  know("pattern", {"*.example.com"});
  in_list("pattern");
  EXPECT_TRUE(change().set_default);
  EXPECT_TRUE(change().add);
  attached = {{.arn = "new", .is_default = true}, {.arn = "pattern", .in_list = true}};
  EXPECT_TRUE(change().add);
  attached.pop_back();
  EXPECT_TRUE(change().is_none());
}

TEST_F(PresentedTest, RefusesWhatWouldNotBePresented) {
  know("new", {"www.example.com"}, kRsa);
  know("pattern", {"*.example.com"});
  in_list("pattern");
  EXPECT_THAT(refused(), HasSubstr("present its ECDSA key first"));
  know("pattern", {"*.example.com"}, kRsa);
  EXPECT_EQ(refused(), "not refused");
  know("wider", {"www.example.com", "api.example.com"}, kRsa);
  in_list("wider");
  EXPECT_THAT(refused(), HasSubstr("also api.example.com, which this one does not cover"));
  know("new", {"www.example.com"});
  EXPECT_EQ(refused(), "not refused");
  attached.back() = {.arn = "wider", .is_default = true};
  know("new", {"www.example.com"}, kRsa);
  EXPECT_EQ(refused(), "not refused");
}

TEST_F(PresentedTest, GoesBackNameByNameFromOneThatHasMore) {
  know("bad", {"www.example.com", "api.example.com"});
  know("www before", {"www.example.com"});
  know("api before", {"api.example.com"});
  in_list("bad");
  const auto back = [&](const std::string& wanted, const std::string& name) {
    return aws_change_for(attached, known, wanted, name, AwsWay::kBack);
  };
  // Somebody else's is no way back from.
  EXPECT_EQ(back("www before", "www.example.com").error().kind, ErrorKind::kRejected);
  ours("bad");
  EXPECT_TRUE(back("www before", "www.example.com").value().add);
  EXPECT_THAT(back("www before", "www.example.com").value().remove, IsEmpty());
  in_list("www before");
  EXPECT_TRUE(back("api before", "api.example.com").value().add);
  EXPECT_THAT(back("api before", "api.example.com").value().remove, ElementsAre("bad"));
}

}  // namespace
}  // namespace certferry
