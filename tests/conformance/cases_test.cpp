// What every product must do, whatever its vendor calls it. A product that cannot have a case says
// so, with the reason, in its metadata.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "model/label.h"
#include "sim/products/drawn.h"

namespace certferry::conformance {

namespace {

using sandbox::Fault;
using sandbox::FaultKind;
using sim::KeyKind;
using sim::kSecretKey;
using sim::Product;
using sim::Rig;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::UnorderedElementsAre;
using ::testing::UnorderedElementsAreArray;

constexpr std::string_view kName = "cdn.example.com";

std::string test_name(const ::testing::TestParamInfo<Product>& info) {
  std::string name = info.param.name();
  std::ranges::replace(name, '/', '_');
  std::ranges::replace(name, '-', '_');  // which a case's name may not have
  return name;
}

class ConformanceTest : public ::testing::TestWithParam<Product> {
 protected:
  void SetUp() override {
    const std::string test = ::testing::UnitTest::GetInstance()->current_test_info()->name();
    const std::string which = test.substr(0, test.find('/'));
    for (const Exemption& one : GetParam().product->exempt) {
      if (one.which == which) GTEST_SKIP() << one.why;
    }
  }

  /// The account, with one domain and a bundle that covers it, not deployed yet.
  Rig& rig(sandbox::WorldOptions options = {}) {
    rig_ = std::make_unique<Rig>(GetParam(), std::move(options));
    return *rig_;
  }
  /// The same, and the configuration sends the bundle to whatever it covers.
  Rig& ready(sandbox::WorldOptions options = {}) {
    Rig& made = rig(std::move(options));
    made.add_domain(std::string(kName));
    made.issue({std::string(kName), "*.example.com"});
    made.deploy_covered();
    return made;
  }
  static bool in_place() { return GetParam().product->in_place(); }
  /// How many calls that change something a bundle takes to get to so many names for the first
  /// time: those of a bind each, one to store it where there is a store, and one where the product
  /// copies that.
  std::size_t changes_for(std::size_t names) const {
    return names * calls_a_bind() + uploads() +
           rig_->emulated->copies(std::string(GetParam().product->id));
  }
  std::size_t calls_a_bind() const {
    return rig_->emulated->calls_a_bind(std::string(GetParam().product->id));
  }
  /// The same for a renewal of one name.
  std::size_t changes_for_renewal() const {
    return changes_for(1) + rig_->emulated->releases(std::string(GetParam().product->id));
  }
  static std::size_t uploads() { return in_place() ? 0 : 1; }
  /// What a store holds after a renewal; without one what is replaced is gone.
  static std::vector<std::string> both(const std::string& first, const std::string& second) {
    return in_place() ? std::vector{second} : std::vector{first, second};
  }
  /// The calls by which a bundle gets to a name, in their order.
  static std::vector<std::string> ways_in(const Rig& one) {
    if (in_place()) return {one.calls().bind};
    return {one.calls().upload, one.calls().bind};
  }
  static const TargetReport& only_target(const Report& report) {
    static const TargetReport kNone;
    EXPECT_EQ(report.targets.size(), 1U);
    return report.targets.size() == 1 ? report.targets.front() : kNone;
  }

  std::unique_ptr<Rig> rig_;
};

TEST_P(ConformanceTest, FirstDeploy) {
  Rig& one = ready();
  const Report report = one.apply();
  EXPECT_TRUE(report.succeeded()) << one.all_words();
  EXPECT_EQ(only_target(report).outcome, Outcome::kConfirmed);
  EXPECT_EQ(one.bound("cdn.example.com"), one.bundle()->fingerprint());
  EXPECT_EQ(one.changes(), changes_for(1));
}

TEST_P(ConformanceTest, SecondRunSendsNothingThatChanges) {
  Rig& one = ready();
  one.apply();
  const std::size_t before = one.changes();
  one.pass(hours(2));
  EXPECT_TRUE(one.apply().succeeded());
  EXPECT_EQ(one.changes(), before);
}

TEST_P(ConformanceTest, Renewal) {
  Rig& one = ready();
  const std::string first = one.bundle()->fingerprint();
  one.apply();
  one.pass(hours(24 * 60));
  const std::string second = one.issue_again();
  EXPECT_TRUE(one.apply().succeeded()) << one.all_words();
  EXPECT_EQ(one.bound("cdn.example.com"), second);
  EXPECT_THAT(one.stored(), UnorderedElementsAreArray(both(first, second)));
}

TEST_P(ConformanceTest, OnlyTheSupersededOneIsRetired) {
  Rig& one = ready();
  const std::string strange = one.bundle()->fingerprint();
  one.store_by_hand("somebody's own");
  one.issue({"cdn.example.com"});
  one.apply();
  one.pass(hours(24 * 60));
  const std::string second = one.issue({"cdn.example.com"});
  one.apply();
  one.pass(hours(26));
  EXPECT_TRUE(one.apply().succeeded()) << one.all_words();
  EXPECT_THAT(one.stored(), UnorderedElementsAre(strange, second));
  EXPECT_EQ(one.sent(one.calls().remove), 1U);
}

TEST_P(ConformanceTest, WhatHasEndedIsRetiredAsWell) {
  Rig& one = ready();
  one.apply();
  one.pass(hours(24 * 89));
  const std::string second = one.issue_again();
  one.apply();
  one.pass(hours(24 * 3));  // the first has ended by now
  EXPECT_TRUE(one.apply().succeeded()) << one.all_words();
  EXPECT_THAT(one.stored(), ElementsAre(second));
}

TEST_P(ConformanceTest, ManyDomainsShareOneUpload) {
  Rig& one = ready();
  for (int i = 0; i < 11; ++i) one.add_domain("d" + std::to_string(i) + ".example.com");
  const Report report = one.apply();
  EXPECT_TRUE(report.succeeded()) << one.all_words();
  EXPECT_EQ(report.targets.size(), 12U);
  EXPECT_EQ(one.sent(one.calls().upload), 1U);
  EXPECT_EQ(one.sent(one.calls().bind),
            one.emulated->binds(std::string(GetParam().product->id), 12));
}

TEST_P(ConformanceTest, ObservingTakesNoMoreCallsForMoreDomains) {
  std::set<std::size_t> calls;
  for (const bool many : {false, true}) {
    Rig& one = ready();
    // As many as one page of the list takes.
    const int page = one.emulated->domains_a_page(std::string(GetParam().product->id));
    const int domains = many ? std::min(40, page) : 1;
    for (int i = 1; i < domains; ++i) one.add_domain("d" + std::to_string(i) + ".example.com");
    one.apply();
    one.pass(hours(2));
    const std::size_t before = one.sent();
    EXPECT_TRUE(one.apply().succeeded()) << one.all_words();
    calls.insert(one.sent() - before);
  }
  EXPECT_EQ(calls.size(), 1U) << ::testing::PrintToString(calls);
}

TEST_P(ConformanceTest, ProductsOfOneAccountShareTheUpload) {
  Rig& one = ready();
  for (const ProductMetadata& other : GetParam().vendor->products) {
    if (other.id == GetParam().product->id) continue;
    one.add_domain("other-" + std::string(other.id) + ".example.com", std::string(other.id));
    one.deploy_to({.product = std::string(other.id), .covered = true});
  }
  const Report report = one.apply();
  EXPECT_TRUE(report.succeeded()) << one.all_words();
  EXPECT_EQ(report.targets.size(), GetParam().vendor->products.size());
  EXPECT_EQ(one.sent(one.calls().upload), uploads());
  for (const sandbox::Domain& domain : one.emulated->world.domains()) {
    EXPECT_EQ(one.bound(domain.name), one.bundle()->fingerprint()) << domain.name;
  }
}

TEST_P(ConformanceTest, WhatAnotherProductUsesIsKept) {
  for (const ProductMetadata& other : GetParam().vendor->products) {
    if (other.id == GetParam().product->id) continue;
    Rig& one = ready();
    const std::string first = one.bundle()->fingerprint();
    one.apply();
    const std::int64_t id = one.emulated->world.entries().begin()->first;
    one.add_domain("other.example.com", std::string(other.id));
    // By hand, and the configuration knows nothing of that product.
    ASSERT_EQ(one.emulated->world.bind(id, "other.example.com"), sandbox::Outcome::kDone);
    one.pass(hours(24 * 60));
    one.issue_again();
    one.apply();
    one.pass(hours(26));
    one.apply();
    EXPECT_THAT(one.stored(), Contains(first)) << other.id;
    if (!one.emulated->asks_who_uses()) continue;
    EXPECT_EQ(one.sent(one.calls().remove), 0U) << other.id;
    EXPECT_THAT(one.all_words(), HasSubstr("other.example.com")) << other.id;
  }
}

TEST_P(ConformanceTest, IdenticalCertificateIsAdopted) {
  Rig& one = ready();
  const std::string first = one.bundle()->fingerprint();
  one.store_by_hand(one.emulated->strange_note(first));
  EXPECT_TRUE(one.apply().succeeded()) << one.all_words();
  EXPECT_EQ(one.sent(one.calls().upload), 0U);
  EXPECT_EQ(one.bound("cdn.example.com"), first);
  // It is used, and never ours to delete.
  one.pass(hours(24 * 60));
  one.issue_again();
  one.apply();
  one.pass(hours(26));
  one.apply();
  EXPECT_THAT(one.stored(), Contains(first));
}

TEST_P(ConformanceTest, ListsOfThreePages) {
  std::vector<std::size_t> sent;
  for (const int pages : {1, 3}) {
    Rig& one = rig();
    one.issue({"*.example.com"});
    const std::string label = label_for(std::string(64, 'a'), 7);
    const std::int64_t strange =
        one.store_by_hand(one.emulated->note_of(label, one.bundle()->leaf.not_after));
    for (int i = 0; i < 130; ++i) one.store_by_hand("strange " + std::to_string(i));
    const int page = one.emulated->domains_a_page(std::string(GetParam().product->id));
    for (int i = 0; i < (pages - 1) * page + page / 5; ++i) {
      const std::string name = "d" + std::to_string(i) + ".example.com";
      one.add_domain(name);
      ASSERT_EQ(one.emulated->world.bind(strange, name), sandbox::Outcome::kDone);
    }
    // The last of both lists are what matters, and the upload has to be looked for there.
    one.add_domain(std::string(kName));
    one.issue({"cdn.example.com"});
    one.deploy_covered();
    one.break_once(FaultKind::kLostReply, ways_in(one).front());
    EXPECT_TRUE(one.apply().succeeded()) << one.all_words();
    EXPECT_EQ(one.bound("cdn.example.com"), one.bundle()->fingerprint());
    EXPECT_EQ(one.changes(), changes_for(1));
    sent.push_back(one.sent());
  }
  EXPECT_GE(sent[1], sent[0] + 2) << "its lists came whole";
}

TEST_P(ConformanceTest, WildcardName) {
  Rig& one = rig();
  one.add_domain("*.example.com");
  one.issue({"*.example.com"});
  one.deploy_exactly({"*.example.com"});
  EXPECT_TRUE(one.apply().succeeded()) << one.all_words();
  EXPECT_EQ(one.bound("*.example.com"), one.bundle()->fingerprint());
  EXPECT_EQ(one.changes(), changes_for(1));
  EXPECT_TRUE(one.apply().succeeded());
  EXPECT_EQ(one.changes(), changes_for(1));
}

TEST_P(ConformanceTest, InternationalName) {
  Rig& one = rig();
  one.add_domain("多吉云.例子");
  one.issue({"多吉云.例子"});
  one.deploy_exactly({"多吉云.例子"});
  EXPECT_TRUE(one.apply().succeeded()) << one.all_words();
  EXPECT_EQ(one.bound("多吉云.例子"), one.bundle()->fingerprint());
}

TEST_P(ConformanceTest, RsaKey) {
  Rig& one = ready();
  one.issue({"cdn.example.com"}, KeyKind::kRsa2048);
  EXPECT_TRUE(one.apply().succeeded()) << one.all_words();
}

TEST_P(ConformanceTest, EcdsaKey) {
  Rig& one = ready();
  one.issue({"cdn.example.com"}, KeyKind::kEcdsaP384);
  EXPECT_TRUE(one.apply().succeeded()) << one.all_words();
}

TEST_P(ConformanceTest, IdsBeyondADoubleArriveWhole) {
  Rig& one = ready({.first_certificate_id = 9007199254740993});
  EXPECT_TRUE(one.apply().succeeded()) << one.all_words();
  EXPECT_EQ(one.bound("cdn.example.com"), one.bundle()->fingerprint());
  EXPECT_EQ(one.changes(), changes_for(1));
}

TEST_P(ConformanceTest, Throttled) {
  Rig& one = ready();
  for (const std::string& call : ways_in(one)) {
    one.break_once(FaultKind::kThrottle, call);
    one.break_once(FaultKind::kThrottleBody, call);
    one.break_once(Fault{.kind = FaultKind::kThrottleWait, .delay = seconds(3)}, call);
  }
  EXPECT_TRUE(one.apply().succeeded()) << one.all_words();
  EXPECT_EQ(one.sent(ways_in(one).front()), 4U);
  EXPECT_EQ(one.stored().size(), 1U);
}

TEST_P(ConformanceTest, CredentialsRefused) {
  Rig& one = ready();
  for (auto& [key, value] : one.account.credentials) {
    if (value.reveal() == kSecretKey) value = Secret("another secret than the vendor has");
  }
  const Report report = one.apply();
  EXPECT_FALSE(report.succeeded());
  ASSERT_TRUE(report.accounts.front().error.has_value());
  EXPECT_EQ(report.accounts.front().error->kind, ErrorKind::kUnauthorized);
  EXPECT_EQ(one.changes(), 0U);
  EXPECT_THAT(one.all_words(), HasSubstr(GetParam().vendor->keys_url));
}

TEST_P(ConformanceTest, MissingPermissionIsNamed) {
  Rig& one = ready();
  const std::string permission = one.emulated->forbid_to_bind(std::string(GetParam().product->id));
  const Report report = one.apply();
  EXPECT_FALSE(report.succeeded());
  const TargetReport& target = only_target(report);
  ASSERT_TRUE(target.error.has_value());
  EXPECT_EQ(target.error->kind, ErrorKind::kUnauthorized);
  EXPECT_THAT(target.error->text(), HasSubstr(permission));
  EXPECT_EQ(one.bound("cdn.example.com"), "");
  EXPECT_THAT(GetParam().vendor->policy, HasSubstr(permission));
}

TEST_P(ConformanceTest, DomainUnknown) {
  Rig& one = rig();
  one.add_domain(std::string(kName));
  one.issue({"*.example.com"});
  one.deploy_exactly({"cdn.example.com", "gone.example.com"});
  const Report report = one.apply();
  EXPECT_FALSE(report.succeeded());
  EXPECT_EQ(one.bound("cdn.example.com"), one.bundle()->fingerprint());
  EXPECT_EQ(one.changes(), changes_for(1));
  const auto gone = std::ranges::find(
      report.targets, "gone.example.com", [](const auto& target) { return target.facts.id.name; });
  ASSERT_NE(gone, report.targets.end());
  EXPECT_EQ(gone->outcome, Outcome::kParked);
}

TEST_P(ConformanceTest, DomainOffline) {
  Rig& one = ready();
  one.emulated->world.set_online(kName, false);
  EXPECT_TRUE(one.apply().targets.empty()) << one.all_words();
  EXPECT_EQ(one.changes(), 0U);
  one.deploy_exactly({"cdn.example.com"});
  EXPECT_EQ(only_target(one.apply()).outcome, Outcome::kHeld);
  EXPECT_EQ(one.changes(), 0U);
  one.emulated->world.set_online(kName, true);
  EXPECT_TRUE(one.apply().succeeded()) << one.all_words();
}

TEST_P(ConformanceTest, DomainWithoutHttpsGetsIt) {
  Rig& one = ready();
  one.apply();
  one.emulated->world.unbind(kName);
  one.pass(hours(2));
  EXPECT_TRUE(one.apply().succeeded()) << one.all_words();
  EXPECT_EQ(one.bound("cdn.example.com"), one.bundle()->fingerprint());
  EXPECT_EQ(one.sent(one.calls().upload), uploads());
}

TEST_P(ConformanceTest, StoreFull) {
  Rig& one = ready({.quota = 1});
  one.store_by_hand("somebody's own");
  one.issue({"cdn.example.com"});
  const Report report = one.apply();
  EXPECT_FALSE(report.succeeded());
  const TargetReport& target = only_target(report);
  ASSERT_TRUE(target.error.has_value());
  EXPECT_EQ(target.error->kind, ErrorKind::kQuota);
  EXPECT_EQ(one.stored().size(), 1U);
  EXPECT_EQ(one.sent(one.calls().remove), 0U);
  one.emulated->world.set_quota(2);
  EXPECT_TRUE(one.apply().succeeded()) << one.all_words();
}

TEST_P(ConformanceTest, DeleteRefused) {
  Rig& one = ready();
  const std::string first = one.bundle()->fingerprint();
  one.apply();
  one.pass(hours(24 * 60));
  const std::string second = one.issue_again();
  one.apply();
  one.pass(hours(26));
  one.break_once(one.emulated->refuses_to_delete(), one.calls().remove);
  const Report report = one.apply();
  EXPECT_EQ(one.sent(one.calls().remove), 1U);
  ASSERT_EQ(report.retirements.size(), 1U);
  EXPECT_EQ(report.retirements.front().plan.reason.code, "retire.in_use");
  EXPECT_THAT(one.stored(), Contains(first));
  one.pass(hours(2));
  EXPECT_TRUE(one.apply().succeeded()) << one.all_words();
  EXPECT_THAT(one.stored(), ElementsAre(second));
}

TEST_P(ConformanceTest, ReplyLostAfterUpload) {
  for (const FaultKind kind : {FaultKind::kLostReply,
                               FaultKind::kCutReply,
                               FaultKind::kEmptyBody,
                               FaultKind::kErrorYetDone,
                               FaultKind::kLostRequest}) {
    Rig& one = ready();
    one.break_once(kind, one.calls().upload);
    EXPECT_TRUE(one.apply().succeeded()) << traits(kind).name << one.all_words();
    EXPECT_EQ(one.stored().size(), 1U) << traits(kind).name;
    // What was stored is deleted in the end, so it was taken for ours.
    one.pass(hours(24 * 60));
    one.issue_again();
    one.apply();
    one.pass(hours(26));
    one.apply();
    EXPECT_THAT(one.stored(), ElementsAre(one.bundle()->fingerprint())) << traits(kind).name;
  }
}

TEST_P(ConformanceTest, ReplyLostAfterBind) {
  for (const FaultKind kind : {FaultKind::kLostReply,
                               FaultKind::kCutReply,
                               FaultKind::kHtml,
                               FaultKind::kErrorYetDone,
                               FaultKind::kBindWithoutCode,
                               FaultKind::kLostRequest}) {
    Rig& one = ready();
    one.break_once(kind, one.calls().bind);
    EXPECT_TRUE(one.apply().succeeded()) << traits(kind).name << one.all_words();
    EXPECT_EQ(one.emulated->world.find_domain(kName)->changes.size(), 1U) << traits(kind).name;
  }
}

TEST_P(ConformanceTest, FailureInsideOfASuccess) {
  Rig& one = ready();
  one.break_once(one.emulated->fails_inside(), one.calls().bind);
  const Report report = one.apply();
  EXPECT_FALSE(report.succeeded());
  EXPECT_EQ(only_target(report).outcome, Outcome::kFailed);
  EXPECT_EQ(one.bound("cdn.example.com"), "");
  one.pass(hours(2));
  EXPECT_TRUE(one.apply().succeeded()) << one.all_words();
}

/// Renewed, and the second one not deployed yet.
struct Renewed {
  std::string first;
  std::string second;
  std::size_t changes = 0;  ///< sent for the first
};

Renewed renew(Rig& one) {
  Renewed out{.first = one.bundle()->fingerprint(), .second = {}};
  EXPECT_TRUE(one.apply().succeeded()) << one.all_words();
  out.changes = one.changes();
  one.pass(hours(24 * 60));
  out.second = one.issue_again();
  return out;
}

TEST_P(ConformanceTest, JobSlow) {
  Rig& one = ready();
  const Renewed renewed = renew(one);
  const milliseconds takes = GetParam().product->confirm.deadline / 3;
  one.set_fate("cdn.example.com", {.takes = takes});
  const Time began = one.time.now();
  EXPECT_TRUE(one.apply().succeeded()) << one.all_words();
  EXPECT_GE(one.time.now() - began, takes);
  EXPECT_EQ(one.bound("cdn.example.com"), renewed.second);
  EXPECT_EQ(one.changes() - renewed.changes, changes_for_renewal()) << one.all_words();
}

TEST_P(ConformanceTest, JobFailed) {
  // At once, so that the list says it to the run that sent it; and when that no longer asks.
  for (const milliseconds takes : {milliseconds(seconds(1)), milliseconds(minutes(1))}) {
    Rig& one = ready();
    const Renewed renewed = renew(one);
    one.set_fate(
        "cdn.example.com",
        {.takes = takes, .end = sandbox::JobFate::End::kFailed, .reason = "the reason given"});
    const Report report = one.apply();
    EXPECT_FALSE(report.succeeded());
    EXPECT_NE(only_target(report).outcome, Outcome::kConfirmed) << one.all_words();
    EXPECT_EQ(one.bound("cdn.example.com"), renewed.first);
    EXPECT_EQ(one.changes(), 2 * changes_for(1)) << one.all_words();
    one.set_fate("cdn.example.com", {});
    one.pass(hours(2));
    EXPECT_TRUE(one.apply().succeeded()) << one.all_words();
    EXPECT_EQ(one.bound("cdn.example.com"), renewed.second);
    EXPECT_EQ(one.sent(one.calls().upload), 2 * uploads());
    EXPECT_EQ(one.changes(), 2 * changes_for(1) + calls_a_bind()) << one.all_words();
    EXPECT_THAT(one.stored(), UnorderedElementsAreArray(both(renewed.first, renewed.second)));
    EXPECT_THAT(one.all_words(),
                HasSubstr(one.emulated->words_of_failed_job(std::string(GetParam().product->id))));
  }
}

TEST_P(ConformanceTest, JobEndless) {
  Rig& one = ready();
  const Renewed renewed = renew(one);
  one.set_fate("cdn.example.com", {.end = sandbox::JobFate::End::kNever});
  for (int run = 0; run < 2; ++run) {
    const Time began = one.time.now();
    const Report report = one.apply();
    EXPECT_EQ(only_target(report).outcome, Outcome::kUnconfirmed) << one.all_words();
    EXPECT_LE(one.time.now() - began, 2 * GetParam().product->confirm.deadline);
    EXPECT_EQ(one.changes() - renewed.changes, changes_for_renewal()) << one.all_words();
    one.pass(hours(2));
  }
  one.set_fate("cdn.example.com", {});
  one.pass(minutes(5));
  EXPECT_TRUE(one.apply().succeeded()) << one.all_words();
  EXPECT_EQ(one.bound("cdn.example.com"), renewed.second);
  EXPECT_EQ(one.changes() - renewed.changes, changes_for_renewal()) << one.all_words();
  EXPECT_THAT(one.stored(), UnorderedElementsAreArray(both(renewed.first, renewed.second)));
}

TEST_P(ConformanceTest, OtherSettingsStay) {
  Rig& one = ready();
  one.apply();
  one.emulated->adorn(std::string(kName));
  const std::string before = one.emulated->settings(std::string(kName));
  one.pass(hours(24 * 60));
  one.issue_again();
  EXPECT_TRUE(one.apply().succeeded()) << one.all_words();
  EXPECT_EQ(one.emulated->settings(std::string(kName)), before);
}

TEST_P(ConformanceTest, NoSecretInAnySink) {
  Rig& one = ready();
  const std::string key(one.bundle()->key_pem.reveal());
  for (const FaultKind kind : {FaultKind::kHtml,
                               FaultKind::kCutReply,
                               FaultKind::kErrorYetDone,
                               FaultKind::kAuthRefused}) {
    for (const std::string& call : ways_in(one)) one.break_once(kind, call);
    one.apply();
    one.pass(hours(2));
  }
  EXPECT_TRUE(one.apply().succeeded()) << one.all_words();
  const std::string words = one.all_words();
  EXPECT_THAT(words, HasSubstr(in_place() ? "bind" : "upload"));
  EXPECT_THAT(words, Not(HasSubstr(kSecretKey)));
  EXPECT_THAT(words, Not(HasSubstr("PRIVATE KEY")));
  EXPECT_THAT(words, Not(HasSubstr("PRIVATE%20KEY")));
  EXPECT_THAT(words, Not(HasSubstr(key.substr(40, 24))));
}

TEST(ConformanceSuiteTest, ExemptsNobodyFromWhatIsNoCase) {
  std::set<std::string> cases;
  const ::testing::UnitTest& all = *::testing::UnitTest::GetInstance();
  for (int i = 0; i < all.total_test_suite_count(); ++i) {
    const ::testing::TestSuite& suite = *all.GetTestSuite(i);
    for (int j = 0; j < suite.total_test_count(); ++j) {
      const std::string name = suite.GetTestInfo(j)->name();
      cases.insert(name.substr(0, name.find('/')));
    }
  }
  for (const Product& one : sim::all_products()) {
    for (const Exemption& exempt : one.product->exempt) {
      EXPECT_TRUE(cases.contains(std::string(exempt.which))) << one.name() << exempt.which;
      EXPECT_FALSE(exempt.why.empty());
    }
  }
}

INSTANTIATE_TEST_SUITE_P(OfEveryProduct,
                         ConformanceTest,
                         ::testing::ValuesIn(sim::all_products()),
                         test_name);

}  // namespace

}  // namespace certferry::conformance
