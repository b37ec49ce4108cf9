#include "cli/init/account.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/attempt.h"
#include "ports/start.h"

namespace certferry::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Binding domain(const std::string& name, bool online = true) {
  return {.name = name,
          .vendor_name = name,
          .edge_name = {},
          .online = online,
          .status = online ? "online" : "offline",
          .stored_id = {}};
}

Error no_permission() {
  return Error(ErrorKind::kUnauthorized, "may not do this: dcdn:List")
      .with_code("vendor.permission");
}

/// What the lists of an account answer.
struct Scripted {
  ProviderMetadata metadata{
      .id = "v",
      .name = "V",
      .native_name = {},
      .endpoint = "https://v.example",
      .keys_url = {},
      .documents = {},
      .fields = {},
      .products = {{.id = "cdn", .title = "CDN", .confirm = {}, .accepted_keys = {}, .proof = {}},
                   {.id = "dcdn", .title = "DCDN", .confirm = {}, .accepted_keys = {}, .proof = {}},
                   {.id = "jobs",
                    .title = "Jobs",
                    .paid = true,
                    .confirm = {},
                    .accepted_keys = {},
                    .proof = {}}},
      .limits = {},
      .oddities = {}};
  std::map<std::string, Error> refused;  ///< by product
  std::optional<Error> store_refused;
  std::vector<std::vector<std::string>> asked;  ///< products, of each provider that was made
};

/// As some vendors' do, its list of certificates looks into every product that it was asked for.
class ScriptedProvider final : public Provider {
 public:
  explicit ScriptedProvider(Scripted& script) : script_(script), mine_(script.asked.size()) {
    script.asked.emplace_back();
  }

  const ProviderMetadata& metadata() const override { return script_.metadata; }

  Task<std::vector<Binding>> list_bindings(std::string product) override {
    script_.asked[mine_].push_back(product);
    const auto refused = script_.refused.find(product);
    if (refused != script_.refused.end()) throw Error(refused->second);
    co_return std::vector{domain(product + ".e.org")};
  }

  Task<std::vector<StoredCertificate>> list_stored() override {
    if (script_.store_refused) throw Error(*script_.store_refused);
    for (const std::string& product : script_.asked[mine_]) {
      const auto refused = script_.refused.find(product);
      if (refused != script_.refused.end()) throw Error(refused->second);
    }
    co_return std::vector<StoredCertificate>(2);
  }

  Task<std::string> upload(BundlePtr /*bundle*/, std::string /*label*/) override {
    ADD_FAILURE() << "trying changes nothing";
    co_return "";
  }
  Task<BindDone> bind(BindRequest /*request*/) override {
    ADD_FAILURE() << "trying changes nothing";
    co_return BindDone{};
  }
  Task<void> remove(std::string /*stored_id*/) override {
    ADD_FAILURE() << "trying changes nothing";
    co_return;
  }

 private:
  Scripted& script_;
  std::size_t mine_;
};

struct ListAccountTest : testing::Test {
  Scripted script;

  Result<AccountListing> list() {
    const auto fresh = [this]() -> std::unique_ptr<Provider> {
      return std::make_unique<ScriptedProvider>(script);
    };
    boost::asio::io_context io;
    return *run_until_ended(io, attempt(list_account(fresh(), fresh)));
  }
};

TEST_F(ListAccountTest, AsksForEachProductOnce) {
  const AccountListing listing = list().value();
  EXPECT_EQ(listing.domains.size(), 3U);
  EXPECT_EQ(listing.stored, 2U);
  EXPECT_THAT(listing.left_out, IsEmpty());
  EXPECT_THAT(listing.paid, ElementsAre("jobs"));
  EXPECT_THAT(script.asked, ElementsAre(ElementsAre("cdn", "dcdn", "jobs")));
}

TEST_F(ListAccountTest, LeavesOutWhatIsRefusedAndSaysWhy) {
  for (const Error& why : {no_permission(),
                           Error(ErrorKind::kUnsupported, "not in this region"),
                           Error(ErrorKind::kRejected, "not opened"),
                           Error(ErrorKind::kNotFound, "not opened"),
                           Error(ErrorKind::kInvalidInput, "no api_key")}) {
    script.refused.clear();
    script.refused.emplace("cdn", why);
    script.refused.emplace("jobs", why);
    script.asked.clear();
    const AccountListing listing = list().value();
    ASSERT_EQ(listing.domains.size(), 1U) << why.text();
    EXPECT_EQ(listing.domains.at("dcdn").front().name, "dcdn.e.org");
    EXPECT_THAT(listing.paid, IsEmpty());
    EXPECT_EQ(listing.stored, 2U);
    ASSERT_EQ(listing.left_out.size(), 2U);
    const std::string text = left_out_text(listing);
    EXPECT_THAT(text, HasSubstr("  cdn is left out: " + why.text() + "\n"));
    EXPECT_THAT(text, HasSubstr("  jobs is left out: " + why.text() + "\n"));
    // The second one was never asked for what is left out.
    EXPECT_THAT(script.asked, ElementsAre(ElementsAre("cdn", "dcdn", "jobs"), ElementsAre("dcdn")));
  }
}

TEST_F(ListAccountTest, FailsWhenTheKeysAreWrongOrNothingAnswers) {
  for (const ErrorKind kind : {ErrorKind::kUnauthorized,
                               ErrorKind::kUnavailable,
                               ErrorKind::kTimedOut,
                               ErrorKind::kThrottled,
                               ErrorKind::kCancelled}) {
    script.refused.clear();
    script.refused.emplace("dcdn", Error(kind, "no").with_code("vendor.no"));
    script.asked.clear();
    const Result<AccountListing> listing = list();
    ASSERT_FALSE(listing);
    EXPECT_EQ(listing.error().kind, kind);
    EXPECT_THAT(script.asked, ElementsAre(ElementsAre("cdn", "dcdn")));
  }
}

TEST_F(ListAccountTest, FailsWithTheFirstReasonWhenNoProductIsLeft) {
  script.refused.emplace("cdn", Error(ErrorKind::kUnsupported, "not in this region"));
  script.refused.emplace("dcdn", no_permission());
  script.refused.emplace("jobs", no_permission());
  EXPECT_EQ(list().error().message, "not in this region");
}

TEST_F(ListAccountTest, FailsWhenTheCertificatesMayNotBeListed) {
  script.store_refused = no_permission();
  EXPECT_EQ(list().error().code, "vendor.permission");
}

struct TargetsTest : testing::Test {
  AccountListing listing{
      .domains = {{"cdn", {domain("cdn.e.org"), domain("old.e.org", false), domain("f.org")}},
                  {"oss", {domain("cdn.e.org"), domain("files.e.org")}},
                  {"vod", {domain("f.org")}}}};
  Certificate leaf{.fingerprint = {}, .dns_names = {"e.org", "*.e.org"}};

  Error failure(const std::vector<std::string>& asked) {
    return targets_for(leaf, listing, asked).error();
  }
};

TEST_F(TargetsTest, TakeEveryProductThatHasAnOnlineNameCovered) {
  for (const std::vector<std::string>& asked :
       {std::vector<std::string>(), std::vector<std::string>{"covered"}}) {
    const std::vector<DraftTarget> targets = targets_for(leaf, listing, asked).value();
    ASSERT_EQ(targets.size(), 2U);
    EXPECT_EQ(targets[0].product, "cdn");
    EXPECT_THAT(targets[0].names, IsEmpty());
    EXPECT_THAT(targets[0].now, ElementsAre("cdn.e.org"));
    EXPECT_EQ(targets[1].product, "oss");
    EXPECT_THAT(targets[1].now, ElementsAre("cdn.e.org", "files.e.org"));
  }
}

TEST_F(TargetsTest, TakeTheNamesThatAreAskedForInAnySpelling) {
  const auto targets = targets_for(leaf, listing, {"FILES.e.org.", "old.e.org"}).value();
  ASSERT_EQ(targets.size(), 2U);
  EXPECT_THAT(targets[0].names, ElementsAre("old.e.org"));
  EXPECT_THAT(targets[1].names, ElementsAre("files.e.org"));
}

TEST_F(TargetsTest, RefuseANameThatIsNotThereOrNotCovered) {
  EXPECT_THAT(failure({"cdn.e.org", "nope.e.org"}).text(), HasSubstr("no domain nope.e.org"));
  EXPECT_THAT(failure({"f.org"}).text(), HasSubstr("that the certificate covers"));
  EXPECT_THAT(failure({"cdn.e.org", "a b"}).code, "cert.names");
}

TEST_F(TargetsTest, SayWhatTheAccountHasWhenNothingIsCovered) {
  leaf.dns_names = {"g.org"};
  EXPECT_EQ(failure({}).code, "select.nothing");
  EXPECT_THAT(failure({}).message, HasSubstr("cdn.e.org, old.e.org (offline), f.org"));
  listing.domains.clear();
  EXPECT_THAT(failure({}).message, HasSubstr("has no domain at all"));
}

TEST_F(TargetsTest, TakeWhatCostsMoneyOnlyByName) {
  listing.paid = {"cdn"};
  for (const std::vector<std::string>& asked :
       {std::vector<std::string>(), std::vector<std::string>{"covered"}}) {
    const std::vector<DraftTarget> targets = targets_for(leaf, listing, asked).value();
    ASSERT_EQ(targets.size(), 1U);
    EXPECT_EQ(targets[0].product, "oss");
  }
  // A name that another product has too is meant there.
  const auto targets = targets_for(leaf, listing, {"cdn.e.org", "old.e.org"}).value();
  ASSERT_EQ(targets.size(), 2U);
  EXPECT_EQ(targets[0].product, "oss");
  EXPECT_THAT(targets[0].names, ElementsAre("cdn.e.org"));
  EXPECT_EQ(targets[1].product, "cdn");
  EXPECT_THAT(targets[1].names, ElementsAre("old.e.org"));
}

TEST_F(TargetsTest, SayThatWhatIsLeftOutCostsMoney) {
  listing.paid = {"cdn"};
  EXPECT_THAT(left_out_text(listing),
              "  cdn is left out but for domains that you name: each bind costs money\n");
  listing.domains.erase("oss");
  EXPECT_EQ(failure({}).code, "select.nothing");
  EXPECT_THAT(failure({}).text(), HasSubstr("where each bind costs money: cdn.e.org"));
  EXPECT_THAT(failure({}).hint, HasSubstr("by --domains"));
  EXPECT_EQ(targets_for(leaf, listing, {"cdn.e.org"}).value().front().product, "cdn");
  listing.domains["cdn"].clear();
  EXPECT_EQ(left_out_text(listing), "");
}

TEST_F(TargetsTest, TableTellsWhichAreOfflineAndWhichAreNotCovered) {
  auto bundle = std::make_shared<Bundle>();
  bundle->leaf = leaf;
  const std::string table = domains_text(
      listing, {{.name = "e.org", .finding = {}, .bundle = bundle, .to = {}}}, Style(false));
  EXPECT_THAT(table, HasSubstr("  cdn.e.org    cdn      online   e.org\n"));
  EXPECT_THAT(table, HasSubstr("  old.e.org    cdn      offline  e.org\n"));
  EXPECT_THAT(table, HasSubstr("  f.org        cdn      online   none\n"));
}

TEST(ChoiceTest, TakesNumbersAndAll) {
  EXPECT_THAT(read_choice("2", 3).value(), ElementsAre(1U));
  EXPECT_THAT(read_choice(" 3, 1,3 ", 3).value(), ElementsAre(2U, 0U));
  EXPECT_THAT(read_choice("All", 2).value(), ElementsAre(0U, 1U));
  for (const char* wrong : {"", "0", "4", "1;2", "1,", "-1", "x", "1x", "99999999999999999999"}) {
    EXPECT_FALSE(read_choice(wrong, 3)) << wrong;
  }
}

}  // namespace
}  // namespace certferry::cli
