#include "sources/pair_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "crypto/pem.h"
#include "crypto/throwaway_ca.h"
#include "sources/fake_files.h"

namespace certferry {
namespace {

using testing::HasSubstr;

const std::string kChain = "/ssl/fullchain.pem";
const std::string kKey = "/ssl/privkey.pem";

struct PairReaderTest : testing::Test {
  FakeClock clock;
  FakeFiles files;
  ThrowawayCa ca{clock.time - hours(24), clock.time + hours(24 * 365)};
  IssuedLeaf first = issue();
  IssuedLeaf second = issue();

  IssuedLeaf issue() const {
    return ca.issue({.names = {"www.example.com"},
                     .not_before = clock.time - hours(1),
                     .not_after = clock.time + hours(24 * 90)});
  }

  void write_chain(const IssuedLeaf& pair, milliseconds age, const std::string& path = kChain) {
    files.write(path, pair.chain_pem, clock.time - age);
  }
  void write_key(const IssuedLeaf& pair, milliseconds age, const std::string& path = kKey) {
    files.write(path, std::string(pair.key_pem.reveal()), clock.time - age);
  }

  BundlePtr read() { return read_pair(files, clock, {.chain = kChain, .key = kKey}); }
  Error failure() {
    return error_of([this] { read(); });
  }
};

TEST_F(PairReaderTest, ReadsAPairAndAFileThatHoldsBoth) {
  write_chain(first, hours(1));
  write_key(first, hours(1));
  EXPECT_EQ(read()->key_pem.reveal(), first.key_pem.reveal());

  files.write("/one/all.pem", first.chain_pem + std::string(first.key_pem.reveal()));
  const BundlePtr bundle = read_pair(files, clock, {.chain = "/one/all.pem", .key = {}});
  EXPECT_EQ(bundle->chain_pem, first.chain_pem);
}

TEST_F(PairReaderTest, HoldsAPairOfTwoGenerationsForTwoMinutes) {
  write_key(first, hours(1));
  write_chain(second, minutes(2) - seconds(1));
  const Error young = failure();
  EXPECT_EQ(young.kind, ErrorKind::kUnavailable);
  EXPECT_EQ(young.code, "source.torn");
  EXPECT_THAT(young.message, HasSubstr("'/ssl/fullchain.pem' and '/ssl/privkey.pem'"));
  EXPECT_THAT(young.hint, HasSubstr("two minutes"));

  clock.time += seconds(1);
  EXPECT_EQ(failure().code, "cert.mismatch");
}

TEST_F(PairReaderTest, HoldsHalfWrittenFilesAndThenNamesWhatIsWrong) {
  const struct {
    std::string chain, key, code;
  } cases[] = {
      {"", std::string(first.key_pem.reveal()), "pem.empty"},
      {first.chain_pem, "", "pem.empty"},
      {first.chain_pem.substr(0, 200), std::string(first.key_pem.reveal()), "pem.truncated"},
      {first.chain_pem, std::string(first.key_pem.reveal().substr(0, 100)), "pem.truncated"},
      {first.chain_pem, std::string(first.key_pem.reveal().substr(0, 4)), "pem.not_pem"},
  };
  for (const auto& [chain, key, code] : cases) {
    files.write(kChain, chain, clock.time);
    files.write(kKey, key, clock.time - hours(1));
    EXPECT_EQ(failure().code, "source.torn") << code;
    files.write(kChain, chain, clock.time - hours(1));
    EXPECT_EQ(failure().code, code);
  }
}

TEST_F(PairReaderTest, DoesNotWaitForWhatWaitingCannotHeal) {
  files.write(kChain, first.chain_pem, clock.time);
  files.write(kKey, "-----BEGIN ENCRYPTED PRIVATE KEY-----AAAA-----END ENCRYPTED PRIVATE KEY-----");
  EXPECT_EQ(failure().code, "pem.key_encrypted");

  // A whole file in another form is told how to be converted, however fresh it is.
  const auto leaf = read_certificates(first.chain_pem, "chain");
  ASSERT_TRUE(leaf);
  files.write(kChain, leaf->front().der, clock.time);
  write_key(first, hours(1));
  const Error other_form = failure();
  EXPECT_EQ(other_form.code, "pem.other_form");
  EXPECT_THAT(other_form.hint, HasSubstr("openssl x509 -inform DER"));
}

TEST_F(PairReaderTest, DoesNotTakeAFileFromTheFutureForAFreshOne) {
  write_key(first, hours(1));
  write_chain(second, -hours(24));
  EXPECT_EQ(failure().code, "cert.mismatch");
}

// However the writer's steps fall between ours, the answer is one generation or `source.torn`.
TEST_F(PairReaderTest, NeverMixesGenerationsWhenFilesChangeWhileRead) {
  const struct {
    std::string when, what;
  } cases[] = {{kChain, kChain}, {kChain, kKey}, {kKey, kChain}, {kKey, kKey}};
  for (const auto& [when, what] : cases) {
    write_chain(first, hours(1));
    write_key(first, hours(1));
    files.after_read = [this, when, what](const std::string& path) {
      if (path != when) return;
      if (what == kChain) write_chain(second, hours(1));
      if (what == kKey) write_key(second, hours(1));
    };
    const Error error = failure();
    EXPECT_EQ(error.code, "source.torn") << "read " << when << ", wrote " << what;
    EXPECT_EQ(error.kind, ErrorKind::kUnavailable);
  }
}

TEST_F(PairReaderTest, TakesAnEqualRewriteForAChange) {
  write_chain(first, hours(1));
  write_key(first, hours(1));
  files.after_read = [this](const std::string& path) {
    if (path == kKey) write_chain(first, hours(1));
  };
  EXPECT_EQ(failure().code, "source.torn");
}

TEST_F(PairReaderTest, ReadsOneGenerationWhenTheFolderIsSwitchedMeanwhile) {
  write_chain(first, hours(1), "/archive/1/fullchain.pem");
  write_key(first, hours(1), "/archive/1/privkey.pem");
  write_chain(second, hours(1), "/archive/2/fullchain.pem");
  write_key(second, hours(1), "/archive/2/privkey.pem");
  files.links["/ssl"] = "/archive/1";
  const auto flip = [this] { files.links["/ssl"] = "/archive/2"; };
  files.after_read = [flip](const std::string&) { flip(); };
  EXPECT_EQ(read()->chain_pem, first.chain_pem);
  EXPECT_EQ(read()->chain_pem, second.chain_pem);

  files.links["/ssl"] = "/archive/1";
  files.after_resolve = flip;
  EXPECT_EQ(read()->chain_pem, first.chain_pem) << "switched right after it was resolved";
}

TEST_F(PairReaderTest, TakesAFileThatVanishesForASwitch) {
  write_chain(first, hours(1));
  write_key(first, hours(1));
  files.after_read = [this](const std::string& path) {
    if (path == kKey) files.files.erase(kChain);
  };
  EXPECT_EQ(failure().code, "source.torn");
}

TEST_F(PairReaderTest, NoticesAFileThatGrowsWhileRead) {
  write_chain(first, hours(1));
  write_key(first, hours(1));
  files.files[kKey].identity.size += 1;
  EXPECT_EQ(failure().code, "source.torn");
}

std::vector<std::string> paths_of(const std::vector<WatchPath>& watched) {
  std::vector<std::string> paths;
  for (const WatchPath& one : watched) paths.push_back(one.path);
  return paths;
}

TEST_F(PairReaderTest, WatchesTheFilesAndWhatTheirLinksLeadTo) {
  const PairPaths pair{.chain = kChain, .key = kKey};
  EXPECT_THAT(paths_of(watch_pair(files, pair)), testing::ElementsAre(kChain, kKey));
  write_chain(first, hours(1));
  write_key(first, hours(1), "/elsewhere/key.pem");
  files.links[kKey] = "/elsewhere/key.pem";
  EXPECT_THAT(paths_of(watch_pair(files, pair)),
              testing::ElementsAre(kChain, kKey, "/elsewhere/key.pem"));
  EXPECT_THAT(paths_of(watch_pair(files, {.chain = kChain, .key = {}})),
              testing::ElementsAre(kChain));
}

TEST_F(PairReaderTest, PassesOnWhatTheFileSystemSays) {
  write_chain(first, hours(1));
  EXPECT_EQ(failure().code, "source.missing");
  write_key(first, hours(1));
  files.forbidden.insert(kKey);
  EXPECT_EQ(failure().code, "source.permission");
}

}  // namespace
}  // namespace certferry
