#include "providers/local/generations.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <functional>

#include "crypto/pem.h"
#include "crypto/throwaway_ca.h"

namespace certferry {
namespace {

namespace fs = std::filesystem;
using std::chrono::days;
using testing::HasSubstr;

std::string bytes_at(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

class GenerationsTest : public testing::Test {
 protected:
  GenerationsTest() {
    // Where flushing costs nothing: one of the tests does it thousands of times.
    const std::string place = fs::exists("/dev/shm") ? "/dev/shm/" : testing::TempDir();
    std::string pattern = place + "certferry-local-XXXXXX";
    folder = ::mkdtemp(pattern.data());
    // The program's own.
    umask_ = ::umask(077);
    paths = {.chain = folder + "/site.pem", .key = folder + "/site.key", .bundle = {}};
  }
  ~GenerationsTest() override {
    ::umask(umask_);
    fs::remove_all(folder);
  }

  BundlePtr issue(const std::string& name = "www.example.com") {
    const IssuedLeaf leaf = ca.issue(
        {.names = {name}, .not_before = Time(days(20000)), .not_after = Time(days(20090))});
    return read_bundle({.chain = Secret(leaf.chain_pem), .key = leaf.key_pem}).value();
  }
  Generations place(const std::string& server = "a") const {
    return Generations(paths, access, server);
  }
  /// As `place` says: rejected with that code, and a word of the message.
  void expect_refused(const Bundle& bundle, const std::string& code, const std::string& word) {
    try {
      place().put(bundle);
      ADD_FAILURE() << "it was put there";
    } catch (const Error& error) {
      EXPECT_EQ(error.code, code) << error.text();
      EXPECT_THAT(error.text(), HasSubstr(word));
      EXPECT_FALSE(error.hint.empty());
    }
  }
  std::size_t generations() const {
    std::size_t count = 0;
    for (const auto& one : fs::directory_iterator(paths.anchor() + ".certferry")) {
      count += one.is_directory() && !one.is_symlink() ? 1 : 0;
    }
    return count;
  }

  ThrowawayCa ca{Time(days(19000)), Time(days(30000))};
  std::string folder;
  ServedPaths paths;
  FileAccess access;

 private:
  mode_t umask_ = 0;
};

mode_t mode_of(const std::string& path) {
  struct stat status{};
  EXPECT_EQ(::stat(path.c_str(), &status), 0) << path;
  return status.st_mode & 0777;
}

TEST_F(GenerationsTest, PutsAPairWhereNothingWas) {
  const BundlePtr pair = issue();
  EXPECT_FALSE(place().is_there());
  EXPECT_TRUE(place().put(*pair));
  EXPECT_EQ(bytes_at(paths.chain), pair->chain_pem);
  EXPECT_EQ(bytes_at(paths.key), pair->key_pem.reveal());
  EXPECT_EQ(fs::status(paths.key).permissions(), fs::perms(0600));
  EXPECT_FALSE(place().told());
  EXPECT_EQ(place().read_told(), nullptr);
  EXPECT_FALSE(place().go_back()) << "there was nothing";
  place().settle();
  EXPECT_TRUE(place().told());
  EXPECT_EQ(place().read()->fingerprint(), pair->fingerprint());
  EXPECT_FALSE(place().put(*pair)) << "the second time";
}

TEST_F(GenerationsTest, KeepsWhatWasThereWithItsModeAndGoesBackToIt) {
  const BundlePtr old = issue();
  std::ofstream(paths.chain) << old->chain_pem;
  std::ofstream(paths.key) << old->key_pem.reveal();
  ::chmod(paths.key.c_str(), 0640);
  EXPECT_EQ(place().read()->fingerprint(), old->fingerprint());
  EXPECT_TRUE(place().told()) << "what somebody else wrote";

  const BundlePtr renewed = issue();
  EXPECT_TRUE(place().put(*renewed));
  EXPECT_EQ(place().read()->fingerprint(), renewed->fingerprint());
  EXPECT_EQ(place().read_told()->fingerprint(), old->fingerprint());
  EXPECT_EQ(fs::status(paths.key).permissions(), fs::perms(0640));

  EXPECT_TRUE(place().go_back());
  EXPECT_EQ(bytes_at(paths.chain), old->chain_pem);
  EXPECT_EQ(bytes_at(paths.key), old->key_pem.reveal());
  EXPECT_EQ(fs::status(paths.key).permissions(), fs::perms(0640));
  EXPECT_TRUE(place().told());
}

TEST_F(GenerationsTest, LetsWhoeverRunsTheServerPass) {
  access.key_mode = 0640;
  place().put(*issue());
  const std::string own = paths.chain + ".certferry";
  EXPECT_EQ(mode_of(own), 0755U);
  EXPECT_EQ(mode_of(own + "/now"), 0755U);
  EXPECT_EQ(mode_of(paths.chain), 0644U);
  EXPECT_EQ(mode_of(paths.key), 0640U);
  ::chmod(own.c_str(), 0700);
  place().put(*issue());
  EXPECT_EQ(mode_of(own), 0755U);
}

TEST_F(GenerationsTest, WritesAnewWhatIsToHaveAnotherMode) {
  const BundlePtr pair = issue();
  place().put(*pair);
  place().settle();
  access.key_mode = 0640;
  EXPECT_TRUE(place().put(*pair));
  EXPECT_EQ(mode_of(paths.key), 0640U);
  EXPECT_FALSE(place().put(*pair));
}

TEST_F(GenerationsTest, GivesNoKeyToWhoDidNotHaveItBefore) {
  const BundlePtr old = issue();
  std::ofstream(paths.chain) << old->chain_pem;
  std::ofstream(paths.key) << old->key_pem.reveal();
  ::chmod(paths.key.c_str(), 0644);
  expect_refused(*issue(), "local.path", "may be read by everybody");
  EXPECT_EQ(bytes_at(paths.chain), old->chain_pem);
  // In a folder that lets nobody pass the mode means nothing; beside the chain it would.
  fs::create_directory(folder + "/private");
  fs::rename(paths.key, folder + "/private/site.key");
  paths.key = folder + "/private/site.key";
  EXPECT_TRUE(place().put(*issue()));
  EXPECT_EQ(mode_of(paths.key), 0600U);
  for (const auto& one : fs::recursive_directory_iterator(folder)) {
    if (one.is_regular_file() && one.path().filename() == "key.pem") {
      EXPECT_EQ(mode_of(one.path()), 0600U) << one.path();
    }
  }
}

TEST_F(GenerationsTest, WorksOnlyWhereNobodyElseCanExchangeThings) {
  const BundlePtr pair = issue();
  ::chmod(folder.c_str(), 0777);
  expect_refused(*pair, "local.path", "may be written to by others");
  ::chmod(folder.c_str(), 01777);
  expect_refused(*pair, "local.path", "may be written to by others");
  ::chmod(folder.c_str(), 0700);
  if (::geteuid() == 0) {
    // Also when it is a folder on the way.
    fs::create_directory(folder + "/inner");
    paths.chain = folder + "/inner/site.pem";
    ASSERT_EQ(::chown(folder.c_str(), 12345, 0), 0);
    expect_refused(*pair, "local.path", "belongs to the user number 12345");
    ASSERT_EQ(::chown(folder.c_str(), 0, 0), 0);
  }
  EXPECT_FALSE(fs::exists(paths.chain));
}

TEST_F(GenerationsTest, APipeHoldsNobodyUp) {
  ASSERT_EQ(::mkfifo(paths.chain.c_str(), 0600), 0);
  ASSERT_EQ(::mkfifo(paths.key.c_str(), 0600), 0);
  EXPECT_EQ(place().read(), nullptr);
  expect_refused(*issue(), "local.path", "is no file");
}

TEST_F(GenerationsTest, DestroysNothingThatItCannotKeep) {
  std::ofstream(paths.chain) << std::string(400'000, 'x');
  std::ofstream(paths.key) << "x";
  expect_refused(*issue(), "local.path", "more than 256 KiB");
  EXPECT_EQ(bytes_at(paths.chain).size(), 400'000U);
  EXPECT_FALSE(fs::is_symlink(paths.chain));
}

TEST_F(GenerationsTest, GoesBackToNothingThatIsNotWhole) {
  const BundlePtr old = issue();
  place().put(*old);
  place().settle();
  const BundlePtr renewed = issue();
  place().put(*renewed);
  const std::string own = paths.chain + ".certferry/";
  fs::remove(own + "told-a/key.pem");
  EXPECT_FALSE(place().go_back());
  fs::remove_all(own + fs::read_symlink(own + "told-a").string());
  EXPECT_FALSE(place().go_back());
  EXPECT_EQ(place().read()->fingerprint(), renewed->fingerprint());

  // Half of a pair was there, which no server can have loaded.
  paths = {.chain = folder + "/b.pem", .key = folder + "/b.key", .bundle = {}};
  std::ofstream(paths.key) << old->key_pem.reveal();
  place().put(*renewed);
  EXPECT_FALSE(place().go_back());
  EXPECT_EQ(place().read()->fingerprint(), renewed->fingerprint());
}

TEST_F(GenerationsTest, TellsEachServerApart) {
  const BundlePtr pair = issue();
  place("a").put(*pair);
  place("a").settle();
  EXPECT_TRUE(place("a").told());
  EXPECT_FALSE(place("b").put(*pair));
  EXPECT_FALSE(place("b").told()) << "whoever came later, or could not load it";
  place("b").settle();
  const BundlePtr renewed = issue();
  place("a").put(*renewed);
  place("a").settle();
  EXPECT_EQ(place("b").read_told()->fingerprint(), pair->fingerprint());
  EXPECT_TRUE(place("b").go_back());
  EXPECT_FALSE(place("a").told());
}

// The configuration has another reload now, and a renewal came with it.
TEST_F(GenerationsTest, GoesBackForAServerThatIsToldInAnotherWay) {
  const BundlePtr pair = issue();
  place("a").put(*pair);
  place("a").settle();
  place("b").put(*issue());
  EXPECT_TRUE(place("b").go_back());
  EXPECT_EQ(place("b").read()->fingerprint(), pair->fingerprint());
}

TEST_F(GenerationsTest, KnowsItsOwnLinksUnderAnotherAnchor) {
  const BundlePtr pair = issue();
  place().put(*pair);
  place().settle();
  paths.chain = folder + "/renamed.pem";
  EXPECT_TRUE(place().put(*pair));
  EXPECT_EQ(place().read()->fingerprint(), pair->fingerprint());
}

TEST_F(GenerationsTest, DropsWhatWasRefused) {
  place().put(*issue());
  place().settle();
  for (int i = 0; i < 3; ++i) {
    place().put(*issue());
    EXPECT_TRUE(place().go_back());
  }
  EXPECT_EQ(generations(), 1U);
}

TEST_F(GenerationsTest, KeepsTheOneBeforeAndNoOther) {
  for (int i = 0; i < 4; ++i) {
    const BundlePtr pair = issue();
    ASSERT_TRUE(place().put(*pair));
    place().settle();
    EXPECT_EQ(place().read()->fingerprint(), pair->fingerprint());
  }
  EXPECT_EQ(generations(), 2U);
}

TEST_F(GenerationsTest, WritesBothInOneFile) {
  paths = {.chain = {}, .key = {}, .bundle = folder + "/site.pem"};
  access.key_mode = 0640;
  const BundlePtr pair = issue();
  EXPECT_TRUE(place().put(*pair));
  EXPECT_EQ(bytes_at(paths.bundle), pair->chain_pem + std::string(pair->key_pem.reveal()));
  EXPECT_EQ(fs::status(paths.bundle).permissions(), fs::perms(0640));
  EXPECT_EQ(place().read()->fingerprint(), pair->fingerprint());
}

// A panel writes its files anew, over the links.
TEST_F(GenerationsTest, WhatSomebodyWritesOverItIsSeenAndReplaced) {
  const BundlePtr pair = issue();
  place().put(*pair);
  place().settle();
  const BundlePtr other = issue();
  for (const auto& [path, text] : {std::pair(paths.chain, other->chain_pem),
                                   std::pair(paths.key, std::string(other->key_pem.reveal()))}) {
    fs::remove(path);
    std::ofstream(path) << text;
  }
  EXPECT_EQ(place().read()->fingerprint(), other->fingerprint());
  EXPECT_TRUE(place().put(*pair));
  EXPECT_EQ(place().read()->fingerprint(), pair->fingerprint());
  EXPECT_EQ(place().read_told()->fingerprint(), other->fingerprint());
}

TEST_F(GenerationsTest, APairThatDoesNotFitIsNone) {
  const BundlePtr pair = issue();
  const BundlePtr other = issue();
  std::ofstream(paths.chain) << pair->chain_pem;
  std::ofstream(paths.key) << other->key_pem.reveal();
  EXPECT_TRUE(place().is_there());
  EXPECT_EQ(place().read(), nullptr);
  EXPECT_TRUE(place().put(*pair));
  EXPECT_EQ(place().read()->fingerprint(), pair->fingerprint());
}

TEST_F(GenerationsTest, ReplacesNothingButFiles) {
  const BundlePtr pair = issue();
  const std::string elsewhere = folder + "/elsewhere";
  std::ofstream(elsewhere) << "x";
  fs::create_symlink(elsewhere, paths.key);
  expect_refused(*pair, "local.path", "is a link to");
  EXPECT_EQ(bytes_at(elsewhere), "x");
  fs::remove(paths.key);
  fs::create_directory(paths.key);
  expect_refused(*pair, "local.path", "is no file");
  fs::remove(paths.key);
  paths.key = "/dev/null";
  expect_refused(*pair, "local.path", "is no file");
  paths.key = folder + "/nowhere/site.key";
  expect_refused(*pair, "local.path", "is no folder");
  EXPECT_FALSE(fs::exists(paths.chain));
  paths.key = folder + "/site.key";
  std::ofstream(paths.chain + ".certferry") << "x";
  expect_refused(*pair, "local.path", "is no folder of the user");
  EXPECT_FALSE(fs::exists(paths.chain));
}

TEST_F(GenerationsTest, LinksBesideItAreRelative) {
  place().put(*issue());
  EXPECT_EQ(fs::read_symlink(paths.chain), "site.pem.certferry/now/chain.pem");
  const std::string moved = folder + "-moved";
  fs::rename(folder, moved);
  EXPECT_FALSE(bytes_at(moved + "/site.key").empty());
  fs::rename(moved, folder);
}

/// The calls of the system that could change a disk, as far as this machine has them.
constexpr long kChanging[] = {
#ifdef SYS_rename
    SYS_rename,
    SYS_symlink,
    SYS_unlink,
    SYS_mkdir,
    SYS_rmdir,
    SYS_chmod,
#endif
    SYS_openat,
    SYS_write,
    SYS_fsync,
    SYS_fchmod,
    SYS_fchown,
    SYS_unlinkat,
    SYS_mkdirat,
    SYS_renameat,
    SYS_symlinkat,
    SYS_fchmodat};

/// Does it in a process of its own, which is killed before its nth call that could change
/// something. False: it was done before.
bool dies_before(int n, const std::function<void()>& work) {
  const pid_t child = ::fork();
  if (child == 0) {
    ::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr);
    ::raise(SIGSTOP);
    work();
    ::_exit(0);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_TRUE(WIFSTOPPED(status));
  EXPECT_EQ(::ptrace(PTRACE_SETOPTIONS, child, nullptr, PTRACE_O_TRACESYSGOOD), 0);
  for (int calls = 0; calls < n;) {
    EXPECT_EQ(::ptrace(PTRACE_SYSCALL, child, nullptr, nullptr), 0);
    ::waitpid(child, &status, 0);
    if (WIFEXITED(status)) return false;
    __ptrace_syscall_info info{};
    ::ptrace(PTRACE_GET_SYSCALL_INFO, child, sizeof info, &info);
    const bool entering = info.op == PTRACE_SYSCALL_INFO_ENTRY;
    const auto number = static_cast<long>(info.entry.nr);
    if (entering && std::ranges::find(kChanging, number) != std::end(kChanging)) ++calls;
  }
  ::kill(child, SIGKILL);
  ::waitpid(child, &status, 0);
  return true;
}

TEST_F(GenerationsTest, WhoeverDiesLeavesOnePairOrTheOther) {
  const BundlePtr old = issue();
  const BundlePtr renewed = issue();
  const BundlePtr later = issue();
  for (const bool had_files : {true, false}) {
    int deaths = 0;
    for (bool died = true; died; ++deaths) {
      fs::remove_all(folder);
      fs::create_directory(folder);
      if (had_files) {
        std::ofstream(paths.chain) << old->chain_pem;
        std::ofstream(paths.key) << old->key_pem.reveal();
      } else {
        place().put(*old);
        place().settle();
      }
      died = dies_before(deaths + 1, [&] {
        place().put(*renewed);
        place().settle();
      });
      const BundlePtr left = place().read();
      ASSERT_NE(left, nullptr) << "torn at call " << deaths;
      EXPECT_TRUE(left->fingerprint() == old->fingerprint() ||
                  left->fingerprint() == renewed->fingerprint());
      // The next run ends it, and leaves nothing of the one that died.
      place().put(*renewed);
      place().settle();
      EXPECT_EQ(place().read()->fingerprint(), renewed->fingerprint());
      EXPECT_TRUE(place().told());
      place().put(*later);
      place().settle();
      EXPECT_EQ(generations(), 2U) << "at call " << deaths;
    }
    EXPECT_GT(deaths, 20) << "it was not stopped at each call";
  }
}

}  // namespace
}  // namespace certferry
