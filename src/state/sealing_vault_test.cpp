#include "state/sealing_vault.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "crypto/pem.h"
#include "crypto/throwaway_ca.h"

namespace certferry::state {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class SealingVaultTest : public ::testing::Test {
 protected:
  SealingVaultTest() {
    std::string pattern = ::testing::TempDir() + "certferry-vault-XXXXXX";
    folder = mkdtemp(pattern.data());
    path = folder + "/state.db.key";
  }
  ~SealingVaultTest() override { std::filesystem::remove_all(folder); }

  std::string code_of(const std::string& sealed, const std::string& wanted) {
    try {
      SealingVault(path).open(sealed, wanted);
      return "opened";
    } catch (const Error& error) {
      EXPECT_FALSE(error.hint.empty());
      return error.code;
    }
  }

  std::string folder;
  std::string path;
  const BundlePtr bundle = some_bundle();
  std::string purpose = "doge/cdn/cdn.example.com 0";

  static BundlePtr some_bundle() {
    const Time now = *parse_time("2026-02-01T00:00:00Z");
    const ThrowawayCa authority =
        ThrowawayCa::from_seed("vault", now - hours(1), now + hours(48), "vault");
    const IssuedLeaf issued = authority.issue(
        {.names = {"cdn.example.com"}, .not_before = now - hours(1), .not_after = now + hours(24)});
    return *read_bundle({.chain = Secret(issued.chain_pem), .key = issued.key_pem});
  }
};

TEST_F(SealingVaultTest, GivesBackWhatItSealedForThatPurposeAlone) {
  const std::string sealed = SealingVault(path).seal(*bundle, purpose, true);
  const BundlePtr opened = SealingVault(path).open(sealed, purpose);
  EXPECT_EQ(opened->fingerprint(), bundle->fingerprint());
  EXPECT_EQ(opened->chain_pem, bundle->chain_pem);
  EXPECT_TRUE(opened->key_pem.same_as(bundle->key_pem));
  EXPECT_EQ(code_of(sealed, "doge/cdn/img.example.com 0"), "vault.sealed");
  EXPECT_NE(SealingVault(path).seal(*bundle, purpose, false), sealed) << "each has its own nonce";
}

TEST_F(SealingVaultTest, ShowsNothingOfTheKey) {
  const std::string sealed = SealingVault(path).seal(*bundle, purpose, true);
  EXPECT_THAT(sealed, Not(HasSubstr("BEGIN")));
  EXPECT_THAT(sealed, Not(HasSubstr(std::string(bundle->key_pem.reveal().substr(40, 20)))));
}

TEST_F(SealingVaultTest, EveryChangedOrMissingByteIsNoticed) {
  const std::string sealed = SealingVault(path).seal(*bundle, purpose, true);
  for (std::size_t i = 0; i < sealed.size(); i += 37) {
    std::string changed = sealed;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    EXPECT_EQ(code_of(changed, purpose), "vault.sealed") << i;
    EXPECT_EQ(code_of(sealed.substr(0, i), purpose), "vault.sealed") << i;
  }
}

TEST_F(SealingVaultTest, MakesItsKeyOnceAndForItsOwnerAlone) {
  SealingVault(path).seal(*bundle, purpose, true);
  struct stat status{};
  ASSERT_EQ(stat(path.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777, 0600U);
  EXPECT_EQ(status.st_size, 32);
  EXPECT_FALSE(std::filesystem::exists(path + ".new"));
  const std::string sealed = SealingVault(path).seal(*bundle, purpose, true);
  EXPECT_EQ(code_of(sealed, purpose), "opened");
}

TEST_F(SealingVaultTest, ALostOrStrangeKeyIsToldAndNeverReplaced) {
  const std::string sealed = SealingVault(path).seal(*bundle, purpose, true);
  std::filesystem::rename(path, path + ".away");
  EXPECT_EQ(code_of(sealed, purpose), "vault.key");
  EXPECT_THROW(SealingVault(path).seal(*bundle, purpose, false), Error);
  EXPECT_FALSE(std::filesystem::exists(path)) << "a new key would hide that the old one is lost";

  std::ofstream(path) << "too short";
  std::filesystem::permissions(path, std::filesystem::perms(0600));
  EXPECT_EQ(code_of(sealed, purpose), "vault.key");
  std::ofstream(path) << std::string(32, 'k');
  EXPECT_EQ(code_of(sealed, purpose), "vault.sealed");
  std::filesystem::permissions(path, std::filesystem::perms(0640));
  EXPECT_EQ(code_of(sealed, purpose), "vault.key");
  std::filesystem::remove(path);
  std::filesystem::create_symlink(path + ".away", path);
  EXPECT_EQ(code_of(sealed, purpose), "vault.key");
  std::filesystem::remove(path);
  std::filesystem::rename(path + ".away", path);
  EXPECT_EQ(code_of(sealed, purpose), "opened");
}

TEST_F(SealingVaultTest, AKeyThatCannotBeReachedOrMadeIsTold) {
  const std::string sealed = SealingVault(path).seal(*bundle, purpose, true);
  path += "/below a file";
  EXPECT_EQ(code_of(sealed, purpose), "vault.io");
  path = folder + "/a folder";
  std::filesystem::create_directory(path);
  EXPECT_EQ(code_of(sealed, purpose), "vault.key");
  path = "/proc/state.db.key";
  EXPECT_THROW(SealingVault(path).seal(*bundle, purpose, true), Error);
}

}  // namespace
}  // namespace certferry::state
