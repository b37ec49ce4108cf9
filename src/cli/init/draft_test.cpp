#include "cli/init/draft.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/runtime.h"
#include "config/parse.h"
#include "providers/registry.h"

namespace certferry::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

BundlePtr bundle_for(std::vector<std::string> names, const std::string& issuer = "CN=Some CA") {
  auto bundle = std::make_shared<Bundle>();
  bundle->leaf.dns_names = std::move(names);
  bundle->leaf.issuer = issuer;
  bundle->leaf.not_after = parse_time("2026-05-01T00:00:00Z").value();
  return bundle;
}

Draft small_draft() {
  return {.account = {.name = "doge",
                      .provider = &provider_metadata().front(),
                      .endpoint = {},
                      .fields = {{"access_key", "1e5"}},
                      .secret_files = {{"secret_key", "/etc/certferry/doge.secret_key"}}},
          .certificates = {{.name = "e.org",
                            .finding = {.kind = "certbot", .fields = {{"name", "e.org"}}},
                            .bundle = bundle_for({"e.org", "*.e.org"}),
                            .to = {{.product = "cdn", .names = {}, .now = {"cdn.e.org"}}}}},
          .state = {},
          .trust = {}};
}

Settings settings_of(const Draft& draft) {
  const std::string text = configuration_text(draft);
  ParsedSettings parsed = parse_settings(text, "certferry.yaml", catalogue());
  for (const Error& problem : parsed.problems) ADD_FAILURE() << problem.text() << "\n" << text;
  return std::move(parsed.settings);
}

TEST(DraftTest, IsReadAsItWasMeant) {
  const Settings settings = settings_of(small_draft());
  ASSERT_EQ(settings.accounts.size(), 1U);
  const AccountSettings& account = settings.accounts.front();
  EXPECT_EQ(account.name, "doge");
  EXPECT_EQ(account.provider, "dogecloud");
  EXPECT_EQ(account.fields.at("access_key"), "1e5");
  EXPECT_EQ(account.secrets.at("secret_key").kind, SecretReference::Kind::kFile);
  EXPECT_THAT(account.secrets.at("secret_key").value,
              ElementsAre("/etc/certferry/doge.secret_key"));
  ASSERT_EQ(settings.certificates.size(), 1U);
  const CertificateSettings& certificate = settings.certificates.front();
  EXPECT_EQ(certificate.from.kind, "certbot");
  EXPECT_EQ(certificate.from.fields.at("name"), "e.org");
  ASSERT_EQ(certificate.to.size(), 1U);
  EXPECT_TRUE(certificate.to.front().covered);
  EXPECT_EQ(settings.state_path, Settings().state_path);
}

TEST(DraftTest, KeepsWhatHasToBeQuoted) {
  Draft draft = small_draft();
  draft.account.endpoint = "https://gate.example.com:8443/x";
  draft.account.fields["access_key"] = "a\"b\\c: #'{x}";
  draft.state = "/srv/some place/state.db";
  draft.trust = "/srv/#roots.pem";
  draft.certificates.front().finding = {.kind = "lego",
                                        .fields = {{"name", "*.e.org"}, {"base", "/srv/a, b"}}};
  draft.certificates.front().to = {
      {.product = "cdn", .names = {"cdn.e.org", "*.e.org"}, .now = {}}};
  const Settings settings = settings_of(draft);
  EXPECT_EQ(settings.accounts.front().endpoint, draft.account.endpoint);
  EXPECT_EQ(settings.accounts.front().fields.at("access_key"), "a\"b\\c: #'{x}");
  EXPECT_EQ(settings.state_path, draft.state);
  EXPECT_EQ(settings.trust_path, draft.trust);
  EXPECT_EQ(settings.health.listen, (Address{"127.0.0.1", 9464}));
  const CertificateSettings& certificate = settings.certificates.front();
  EXPECT_EQ(certificate.from.fields.at("name"), "*.e.org");
  EXPECT_EQ(certificate.from.fields.at("base"), "/srv/a, b");
  EXPECT_FALSE(certificate.to.front().covered);
  EXPECT_THAT(certificate.to.front().names, ElementsAre("cdn.e.org", "*.e.org"));
}

TEST(DraftTest, ForeignTextStaysInItsComment) {
  Draft draft = small_draft();
  draft.certificates.front().bundle = bundle_for({"e.org"}, "CN=Evil\nsettings: { state: /x }");
  EXPECT_EQ(settings_of(draft).state_path, Settings().state_path);
}

TEST(DraftTest, WordsThatAreNoTextAreQuoted) {
  for (const char* word : {"no", "Yes", "null", "7", "1e5", "", "-", "*.e.org", "a: b", "a#b"}) {
    EXPECT_EQ(yaml_word(word), "\"" + std::string(word) + "\"");
  }
  for (const char* word : {"e.org", "/etc/ssl/e.org", "doge", "LTAI5t"}) {
    EXPECT_EQ(yaml_word(word), word);
  }
}

TEST(DraftTest, NamesCertificatesApart) {
  const auto name = [](std::vector<std::string> names, std::vector<std::string> taken) {
    return certificate_name(bundle_for(std::move(names))->leaf, taken);
  };
  EXPECT_EQ(name({"*.e.org", "e.org"}, {}), "e.org");
  EXPECT_EQ(name({"e.org"}, {"e.org", "e.org-2"}), "e.org-3");
  EXPECT_EQ(name({}, {}), "certificate");
  EXPECT_LE(name({std::string(70, 'a') + ".org"}, {}).size(), 64U);
}

TEST(DraftTest, ShowsIssuersByNameAndOrganisation) {
  EXPECT_EQ(issuer_name("CN=R11,O=Let's Encrypt,C=US"), "R11, Let's Encrypt");
  EXPECT_EQ(issuer_name("CN=Some CA"), "Some CA");
  EXPECT_EQ(issuer_name("OU=x"), "OU=x");
}

TEST(DraftTest, ListsNoMoreNamesThanAPersonReads) {
  Draft draft = small_draft();
  std::vector<std::string> many;
  for (int i = 0; i < 100; ++i) many.push_back("n" + std::to_string(i) + ".e.org");
  draft.certificates.front().bundle = bundle_for(many);
  EXPECT_THAT(configuration_text(draft), HasSubstr("n7.e.org and 92 more"));
}

}  // namespace
}  // namespace certferry::cli
