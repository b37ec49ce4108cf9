#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "config/example.h"
#include "config/parse.h"
#include "config/sample_catalogue.h"

namespace certferry {
namespace {

/// What is likely to reach a branch of the parser that random bytes would not.
const std::vector<std::string>& fragments() {
  static const std::vector<std::string> kAll = {
      "{",
      "}",
      "[",
      "]",
      ":",
      ": ",
      "- ",
      ",",
      "\n",
      "\n  ",
      "\"",
      "'",
      "#",
      "&a ",
      "*a",
      "!!str ",
      "|",
      ">",
      "?",
      "---\n",
      "...",
      "%YAML 1.2\n",
      "~",
      "null",
      "\t",
      std::string(1, '\0'),
      "\\u0000",
      "\xff",
      "\xe5\xa4\x9a",
      "covered",
      "except: [a]",
      "env: X",
      "-1",
      "1e999",
      "99999999999999999999",
      "accounts:",
      "certificates:",
      "settings: { confirm: { deadline: 1s } }",
      "resolve: { a: [] }",
  };
  return kAll;
}

void mutate(std::string& text) {
  const auto at = *rc::gen::inRange<std::size_t>(0, text.size() + 1);
  const auto length = std::min(*rc::gen::inRange<std::size_t>(0, 12), text.size() - at);
  switch (*rc::gen::inRange(0, 4)) {
    case 0:
      text.erase(at, length);
      return;
    case 1:
      text.insert(at, *rc::gen::elementOf(fragments()));
      return;
    case 2:
      text.insert(at, text.substr(*rc::gen::inRange<std::size_t>(0, text.size() + 1), 40));
      return;
    default:
      if (at < text.size()) text[at] = *rc::gen::arbitrary<char>();
  }
}

/// What the parser did that it must never do; empty when all is well.
std::string complaint_about(const std::string& text) {
  const ParsedSettings parsed = parse_settings(text, "f.yaml", sample_catalogue());
  for (const Error& problem : parsed.problems) {
    if (!problem.code.starts_with("config.") || !problem.activity.starts_with("f.yaml")) {
      return "a problem without code or place: " + problem.text();
    }
  }
  if (!parsed.ok()) return {};
  if (parsed.settings.accounts.empty()) return "no account, and no problem";
  if (parsed.settings.certificates.empty()) return "no certificate, and no problem";
  for (const AccountSettings& account : parsed.settings.accounts) {
    if (account.provider.empty()) return "no provider, and no problem";
    if (!account.secrets.contains("secret_key")) return "no secret, and no problem";
  }
  for (const CertificateSettings& certificate : parsed.settings.certificates) {
    if (certificate.from.fields.empty()) return "no source, and no problem";
    if (certificate.to.empty()) return "no target, and no problem";
    for (const TargetSelector& target : certificate.to) {
      if (target.account.empty() || target.product.empty()) return "half a target, and no problem";
      if (target.covered != target.names.empty()) return "no names, and no problem";
    }
  }
  return {};
}

RC_GTEST_PROP(RobustnessTest, MutatedFilesGiveWholeSettingsOrProblems, ()) {
  std::string text(kSmallestFile);
  text += "settings:\n  confirm: { rounds: 3, spread: 2m, deadline: 30m }\n  retire_after: 24h\n";
  const int times = *rc::gen::inRange(1, 8);
  for (int i = 0; i < times; ++i) mutate(text);
  RC_ASSERT(complaint_about(text) == "");
}

RC_GTEST_PROP(RobustnessTest,
              ArbitraryBytesGiveWholeSettingsOrProblems,
              (const std::string& text)) {
  RC_ASSERT(complaint_about(text) == "");
}

TEST(RobustnessTest, EveryPrefixOfAFileGivesWholeSettingsOrProblems) {
  for (std::size_t size = 0; size <= kSmallestFile.size(); ++size) {
    EXPECT_EQ(complaint_about(std::string(kSmallestFile.substr(0, size))), "");
  }
}

TEST(RobustnessTest, EveryBitFlipGivesWholeSettingsOrProblems) {
  for (std::size_t at = 0; at < kSmallestFile.size(); ++at) {
    for (const int bit : {0, 1, 2, 3, 4, 5, 6, 7}) {
      std::string text(kSmallestFile);
      text[at] = static_cast<char>(text[at] ^ (1 << bit));
      EXPECT_EQ(complaint_about(text), "");
    }
  }
}

}  // namespace
}  // namespace certferry
