#include "policy/gate.h"

#include <gtest/gtest.h>

#include "policy/testing.h"

namespace certferry {
namespace {

using namespace std::chrono_literals;
using namespace certferry::testing;
using Kind = ChainVerdict::Kind;
using Algorithm = KeyType::Algorithm;

/// What goes through the gate; the defaults pass.
struct Candidate {
  Bundle bundle = good_bundle();
  ChainVerdict chain = verdict(Kind::kTrusted);
  std::string name = kName;
  std::vector<KeyType> accepted_keys;

  std::vector<Check> judged() const {
    return gate({.bundle = bundle,
                 .chain = chain,
                 .name = name,
                 .accepted_keys = accepted_keys,
                 .now = kNow});
  }
};

/// Codes of the failed checks, in order.
std::vector<std::string> failures(const Candidate& candidate) {
  std::vector<std::string> out;
  for (const Check& check : candidate.judged()) {
    if (!check.passed) out.push_back(check.reason.code);
  }
  return out;
}

using Codes = std::vector<std::string>;

TEST(GateTest, OpensForAGoodBundleAndSaysWhyAtEachCheck) {
  const std::vector<Check> checks = Candidate().judged();
  EXPECT_EQ(checks.size(), 6u);
  EXPECT_EQ(first_failed(checks), nullptr);
  for (const Check& check : checks) {
    EXPECT_TRUE(check.passed);
    EXPECT_FALSE(check.reason.code.empty());
    EXPECT_FALSE(check.reason.text.empty());
    EXPECT_TRUE(check.hint.empty());
  }
}

TEST(GateTest, WantsFiveMinutesToSpareAtBothEnds) {
  struct Row {
    milliseconds begins, ends;
    Codes failed;
  };
  const Row rows[] = {
      {-300s, 80h, {}},
      {-300s + 1ms, 80h, {"gate.not_yet_valid"}},
      {0s, 80h, {"gate.not_yet_valid"}},
      {1h, 80h, {"gate.not_yet_valid"}},
      {-80h, 300s + 1ms, {}},
      {-80h, 300s, {"gate.expired"}},
      {-80h, 0s, {"gate.expired"}},
      {-80h, -1s, {"gate.expired"}},
      {-300s, 301s, {}},
      {1h, -1h, {"gate.not_yet_valid", "gate.expired"}},  // ends before it begins
  };
  for (const Row& row : rows) {
    Candidate candidate;
    candidate.bundle.leaf.not_before = kNow + row.begins;
    candidate.bundle.leaf.not_after = kNow + row.ends;
    EXPECT_EQ(failures(candidate), row.failed)
        << format_duration(row.begins) << " to " << format_duration(row.ends);
  }
}

TEST(GateTest, TellsTheThreeWaysOfBeingOutOfDateApart) {
  struct Row {
    milliseconds begins, ends;
    std::string words, advice;
  };
  // The advice on what is too young names the moment from which it passes.
  const auto usable = [](milliseconds begins) {
    return "or wait until " + format_time(kNow + begins + kDateMargin) + ",";
  };
  const Row rows[] = {
      {1h,
       80h,
       "it is not valid before 2026-01-15T09:30:00Z (now 2026-01-15T08:30:00Z)",
       usable(1h)},
      {-1min, 80h, "it became valid only minutes ago, 2026-01-15T08:29:00Z", usable(-1min)},
      {-80h, 1min, "it expires within minutes, 2026-01-15T08:31:00Z", "renew it"},
      {-80h, -1h, "it expired 2026-01-15T07:30:00Z", "renew it"},
  };
  for (const Row& row : rows) {
    Candidate candidate;
    candidate.bundle.leaf.not_before = kNow + row.begins;
    candidate.bundle.leaf.not_after = kNow + row.ends;
    const std::vector<Check> checks = candidate.judged();
    const Check* failed = first_failed(checks);
    ASSERT_NE(failed, nullptr) << row.words;
    EXPECT_EQ(failed->reason.text, row.words);
    EXPECT_NE(failed->hint.find(row.advice), std::string::npos) << failed->hint;
  }
}

TEST(GateTest, WantsTheNameCovered) {
  struct Row {
    std::string name;
    bool covered;
  };
  const Row rows[] = {
      {kName, true},
      {"www.example.org", true},  // by the wildcard
      {"example.org", false},
      {"a.b.example.org", false},
      {"example.com", false},
      {"*.example.org", true},
      {"*.example.com", false},
      {"192.0.2.7", false},
  };
  for (const Row& row : rows) {
    Candidate candidate{.name = row.name};
    EXPECT_EQ(failures(candidate), row.covered ? Codes{} : Codes{"gate.names"}) << row.name;
  }
}

TEST(GateTest, HasNoFallbackToTheSubjectAndSaysWhatTheLeafIsFor) {
  Candidate candidate;
  candidate.bundle.leaf.dns_names = {};
  std::vector<Check> checks = candidate.judged();
  ASSERT_NE(first_failed(checks), nullptr);
  EXPECT_EQ(first_failed(checks)->reason.text,
            "it does not cover cdn.example.com; it is for no name at all");

  candidate.bundle.leaf.dns_names = {"a.example", "b\x1b.example"};
  candidate.bundle.leaf.ip_addresses = {"192.0.2.7"};
  checks = candidate.judged();
  EXPECT_EQ(first_failed(checks)->reason.text,
            "it does not cover cdn.example.com; it is for a.example, b?.example, 192.0.2.7");
  candidate.name = "192.0.2.7";
  EXPECT_EQ(failures(candidate), Codes{});
}

TEST(GateTest, TurnsEveryKindOfBadChainAwayWithItsOwnAdvice) {
  struct Row {
    Kind kind;
    std::string code, advice;
  };
  const Row rows[] = {
      {Kind::kIncomplete, "gate.chain_incomplete", "fullchain.pem"},
      // Its own root, at the end of a whole chain, is left out when the bundle is read.
      {Kind::kIncomplete,
       "gate.chain_incomplete",
       "private CA name its root in `settings: trust:`"},
      {Kind::kUntrusted, "gate.chain_untrusted", "settings: trust:"},
      {Kind::kExpired, "gate.chain_expired", "anew from the issuer"},
      {Kind::kBroken, "gate.chain", "anew from the issuer"},
  };
  for (const Row& row : rows) {
    const Candidate candidate{.chain = verdict(row.kind)};
    EXPECT_EQ(failures(candidate), Codes{row.code});
    const std::vector<Check> checks = candidate.judged();
    EXPECT_EQ(first_failed(checks)->reason.text, "the chain is not good");
    EXPECT_NE(first_failed(checks)->hint.find(row.advice), std::string::npos) << row.code;
  }
  EXPECT_EQ(failures({.chain = ChainVerdict()}), Codes{"gate.chain"})
      << "a chain that nobody judged is not good";
}

TEST(GateTest, WantsEveryIssuerToOutliveTheLeaf) {
  struct Row {
    milliseconds after_leaf;
    bool good;
  };
  for (const Row& row : {Row{1ms, true}, Row{0ms, true}, Row{-1ms, false}, Row{-900h, false}}) {
    Candidate candidate;
    Certificate second = candidate.bundle.chain.front();
    second.not_after = candidate.bundle.leaf.not_after + row.after_leaf;
    candidate.bundle.chain.push_back(second);
    EXPECT_EQ(failures(candidate), row.good ? Codes{} : Codes{"gate.chain_ends_first"})
        << format_duration(row.after_leaf);
  }
}

TEST(GateTest, TakesSoundKeysThatTheProductTakes) {
  const KeyType rsa2048{Algorithm::kRsa, 2048};
  const KeyType p384{Algorithm::kEcdsa, 384};
  const std::vector<KeyType> any;
  const std::vector<KeyType> two = {rsa2048, kEc256};
  struct Row {
    KeyType key;
    std::vector<KeyType> accepted;
    bool taken;
  };
  const Row rows[] = {
      {rsa2048, any, true},
      {{Algorithm::kRsa, 4096}, any, true},
      {{Algorithm::kRsa, 2047}, any, false},
      {{Algorithm::kRsa, 1024}, any, false},
      {{Algorithm::kRsa, 0}, any, false},
      {kEc256, any, true},
      {p384, any, true},
      {{Algorithm::kEcdsa, 521}, any, true},
      {{Algorithm::kEcdsa, 224}, any, false},
      {{Algorithm::kEcdsa, 0}, any, false},
      {{Algorithm::kEd25519, 255}, any, true},
      {{Algorithm::kOther, 4096}, any, false},
      {rsa2048, two, true},
      {kEc256, two, true},
      {p384, two, false},
      {{Algorithm::kRsa, 4096}, two, false},
      {{Algorithm::kEd25519, 255}, two, false},
      {{Algorithm::kRsa, 1024}, {{Algorithm::kRsa, 1024}}, false},  // unsound, whoever takes it
  };
  for (const Row& row : rows) {
    Candidate candidate{.accepted_keys = row.accepted};
    candidate.bundle.leaf.key = row.key;
    EXPECT_EQ(failures(candidate), row.taken ? Codes{} : Codes{"gate.key_type"})
        << to_string(row.key);
  }
}

TEST(GateTest, SaysWhichKeysTheProductTakes) {
  Candidate candidate{.accepted_keys = {{Algorithm::kRsa, 2048}, kEc256}};
  candidate.bundle.leaf.key = {Algorithm::kEd25519, 255};
  const std::vector<Check> checks = candidate.judged();
  EXPECT_EQ(first_failed(checks)->hint, "it takes RSA 2048, ECDSA P-256");
}

TEST(GateTest, ShowsEveryFailureInReadingOrder) {
  Candidate candidate{.chain = verdict(Kind::kUntrusted), .name = "other.example"};
  candidate.bundle.leaf.not_before = kNow + 1h;
  candidate.bundle.leaf.not_after = kNow - 1h;
  candidate.bundle.leaf.key = {};
  candidate.bundle.chain.front().not_after = kNow - 2h;
  EXPECT_EQ(failures(candidate),
            (Codes{"gate.not_yet_valid",
                   "gate.expired",
                   "gate.names",
                   "gate.chain_untrusted",
                   "gate.chain_ends_first",
                   "gate.key_type"}));
}

TEST(GateTest, WouldDoAsksForDatesAndNamesOnly) {
  struct Row {
    milliseconds begins, ends;
    std::vector<std::string> names, addresses;
    bool would;
  };
  const Row rows[] = {
      {-80h, 80h, {kName}, {}, true},
      {-80h, 80h, {"*.example.com"}, {}, true},
      {-80h, 80h, {"example.com"}, {}, false},
      {-80h, 80h, {}, {}, false},
      {-80h, 80h, {}, {"192.0.2.7"}, false},
      {-300s, 80h, {kName}, {}, true},
      {-300s + 1ms, 80h, {kName}, {}, false},
      {-80h, 300s + 1ms, {kName}, {}, true},
      {-80h, 300s, {kName}, {}, false},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(would_do(kNow + row.begins, kNow + row.ends, row.names, row.addresses, kName, kNow),
              row.would)
        << format_duration(row.begins) << " to " << format_duration(row.ends);
  }
}

}  // namespace
}  // namespace certferry
