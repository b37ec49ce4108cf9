#include "net/inotify_watch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "net/service_manager.h"
#include "net/test_peer.h"

namespace certferry {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::IsEmpty;

struct InotifyWatchTest : testing::Test {
  InotifyWatchTest() {
    std::string pattern = testing::TempDir() + "/certferry_watch_XXXXXX";
    root = fs::canonical(::mkdtemp(pattern.data()));
  }
  ~InotifyWatchTest() override { fs::remove_all(root); }

  std::string at(const std::string& name) const { return root / name; }
  void write(const std::string& name, const std::string& text) const {
    fs::create_directories((root / name).parent_path());
    std::ofstream(root / name) << text;
  }
  /// A new file renamed over the old one.
  void exchange(const std::string& name, const std::string& text) const {
    write(name + ".new", text);
    fs::rename(root / (name + ".new"), root / name);
  }
  std::set<std::string> changes(milliseconds patience = milliseconds(60)) {
    return *test::await(io, watch.changes(patience));
  }

  boost::asio::io_context io;
  InotifyWatch watch{io};
  fs::path root;
};

TEST_F(InotifyWatchTest, TellsWhatWasWrittenInPlaceAndWhatWasRenamedOver) {
  write("live/chain.pem", "one");
  write("live/key.pem", "one");
  watch.watch({{.path = at("live/chain.pem")}, {.path = at("live/key.pem")}});
  EXPECT_THAT(changes(), IsEmpty());
  write("live/chain.pem", "two");
  EXPECT_THAT(changes(), ElementsAre(at("live/chain.pem")));
  exchange("live/key.pem", "two");
  EXPECT_THAT(changes(), ElementsAre(at("live/key.pem")));
  EXPECT_THAT(changes(), IsEmpty());
}

TEST_F(InotifyWatchTest, SaysNothingOfItsNeighbours) {
  for (int i = 0; i < 300; ++i) write("certs/" + std::to_string(i) + ".pem", "one");
  std::vector<WatchPath> paths;
  for (int i = 0; i < 200; ++i)
    paths.push_back({.path = at("certs/" + std::to_string(i) + ".pem")});
  watch.watch(paths);
  write("certs/7.pem", "two");
  write("certs/250.pem", "nobody asked");
  write("certs/unrelated", "nobody asked");
  EXPECT_THAT(changes(), ElementsAre(at("certs/7.pem")));
  EXPECT_THAT(changes(), IsEmpty());
}

TEST_F(InotifyWatchTest, FollowsAFolderThatIsMovedAwayAndReplaced) {
  write("sites/a/ssl/chain.pem", "one");
  watch.watch({{.path = at("sites/a/ssl/chain.pem")}});
  fs::rename(root / "sites/a/ssl", root / "sites/a/ssl.old");
  EXPECT_THAT(changes(), ElementsAre(at("sites/a/ssl/chain.pem"))) << "it is gone";
  write("sites/a/ssl/chain.pem", "two");
  EXPECT_THAT(changes(), ElementsAre(at("sites/a/ssl/chain.pem"))) << "it is back";
  write("sites/a/ssl/chain.pem", "three");
  EXPECT_THAT(changes(), ElementsAre(at("sites/a/ssl/chain.pem"))) << "the new folder is watched";
  write("sites/a/ssl.old/chain.pem", "nobody asked");
  EXPECT_THAT(changes(), IsEmpty()) << "and the old one is not";
}

TEST_F(InotifyWatchTest, FollowsLinksThatAreSwitched) {
  write("archive/chain1.pem", "one");
  write("archive/chain2.pem", "two");
  fs::create_directories(root / "live");
  fs::create_symlink("../archive/chain1.pem", root / "live/chain.pem");
  watch.watch({{.path = at("live/chain.pem")}});
  write("archive/chain1.pem", "one, mended");
  EXPECT_THAT(changes(), ElementsAre(at("live/chain.pem"))) << "written where it leads";
  fs::create_symlink("../archive/chain2.pem", root / "live/next");
  fs::rename(root / "live/next", root / "live/chain.pem");
  EXPECT_THAT(changes(), ElementsAre(at("live/chain.pem"))) << "led elsewhere";
  write("archive/chain2.pem", "two, mended");
  EXPECT_THAT(changes(), ElementsAre(at("live/chain.pem"))) << "written where it leads now";
}

TEST_F(InotifyWatchTest, FollowsALinkToAFolderInTheMiddle) {
  write("..1/chain.pem", "one");
  write("..2/chain.pem", "two");
  fs::create_symlink("..1", root / "..data");
  fs::create_symlink("..data/chain.pem", root / "chain.pem");
  watch.watch({{.path = at("chain.pem")}});
  fs::create_symlink("..2", root / "..next");
  fs::rename(root / "..next", root / "..data");
  EXPECT_THAT(changes(), ElementsAre(at("chain.pem")));
}

TEST_F(InotifyWatchTest, FindsWhatAppearsFoldersBelowWhatThereWas) {
  watch.watch({{.path = at("a/b/c/chain.pem")}});
  EXPECT_THAT(changes(), IsEmpty());
  fs::create_directories(root / "a/b");
  EXPECT_THAT(changes(), IsEmpty());
  write("a/b/c/chain.pem", "one");
  EXPECT_THAT(changes(), ElementsAre(at("a/b/c/chain.pem")));
}

TEST_F(InotifyWatchTest, TellsAPermissionThatCameBack) {
  write("chain.pem", "one");
  watch.watch({{.path = at("chain.pem")}});
  fs::permissions(root / "chain.pem", fs::perms::none);
  EXPECT_THAT(changes(), ElementsAre(at("chain.pem")));
  fs::permissions(root / "chain.pem", fs::perms::owner_read);
  EXPECT_THAT(changes(), ElementsAre(at("chain.pem")));
}

TEST_F(InotifyWatchTest, ATreeIsOnePathWhateverChangesBelowIt) {
  write("fleet/a/chain.pem", "one");
  write("fleet/b/chain.pem", "one");
  watch.watch({{.path = at("fleet"), .tree = true}});
  EXPECT_THAT(changes(), IsEmpty());
  write("fleet/b/chain.pem", "two");
  EXPECT_THAT(changes(), ElementsAre(at("fleet")));
  write("fleet/c/deep/chain.pem", "new");
  EXPECT_THAT(changes(), ElementsAre(at("fleet")));
  while (!changes().empty()) {
  }
  write("fleet/c/deep/chain.pem", "newer");
  EXPECT_THAT(changes(), ElementsAre(at("fleet")));
}

TEST_F(InotifyWatchTest, LosesNothingWhenItIsToldAgainWhatToWatch) {
  write("chain.pem", "one");
  write("key.pem", "one");
  watch.watch({{.path = at("chain.pem")}});
  write("chain.pem", "two");
  write("key.pem", "two");
  watch.watch({{.path = at("chain.pem")}, {.path = at("key.pem")}});
  EXPECT_THAT(changes(), ElementsAre(at("chain.pem"))) << "the other one is new to it";
  watch.watch({});
  write("chain.pem", "three");
  EXPECT_THAT(changes(), IsEmpty());
  EXPECT_EQ(watch.watched_folders(), 0U);
}

TEST_F(InotifyWatchTest, LooksByItselfWhereTheKernelSaysNothing) {
  write("chain.pem", "one");
  watch.look_every = milliseconds(30);
  watch.watch({{.path = at("chain.pem")}});
  EXPECT_THAT(changes(), IsEmpty());
  // A second name for the file in a folder that is not watched: no event comes for it.
  fs::create_hard_link(root / "chain.pem", fs::path(testing::TempDir()) / "certferry_watch_link");
  std::ofstream(fs::path(testing::TempDir()) / "certferry_watch_link") << "two";
  fs::remove(fs::path(testing::TempDir()) / "certferry_watch_link");
  EXPECT_THAT(changes(milliseconds(500)), ElementsAre(at("chain.pem")));
}

TEST_F(InotifyWatchTest, ThousandsTouchedAtOnceAreAllTold) {
  constexpr int kMany = 2000;
  std::vector<WatchPath> paths;
  for (int i = 0; i < kMany; ++i) {
    const std::string name = "certs/" + std::to_string(i % 50) + "/" + std::to_string(i) + ".pem";
    write(name, "one");
    paths.push_back({.path = at(name)});
  }
  watch.watch(paths);
  for (const WatchPath& one : paths) std::ofstream(one.path) << "two!";
  std::set<std::string> told;
  for (std::set<std::string> more = changes(); !more.empty(); more = changes()) told.merge(more);
  EXPECT_EQ(told.size(), paths.size());
}

/// A service manager's socket, as systemd would give it.
TEST(ServiceManagerTest, TellsItInOneDatagramAndNothingWhereNobodyAsked) {
  std::string pattern = testing::TempDir() + "/certferry_notify_XXXXXX";
  const std::string folder = ::mkdtemp(pattern.data());
  const std::string path = folder + "/notify";
  const int socket = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
  path.copy(address.sun_path, sizeof(address.sun_path) - 1);
  ASSERT_EQ(::bind(socket, reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0);

  EXPECT_TRUE(ServiceManager(path).tell("READY=1\nSTATUS=well"));
  char buffer[100];
  const ssize_t size = ::recv(socket, buffer, sizeof(buffer), 0);
  EXPECT_EQ(std::string(buffer, static_cast<std::size_t>(size)), "READY=1\nSTATUS=well");
  ::close(socket);
  EXPECT_FALSE(ServiceManager(path).tell("READY=1")) << "nobody listens";
  EXPECT_FALSE(ServiceManager().tell("READY=1"));
  EXPECT_FALSE(ServiceManager("relative").tell("READY=1"));
  fs::remove_all(folder);
}

TEST(ServiceManagerTest, WatchdogIsToldTwiceAsOftenAsAsked) {
  ::setenv("WATCHDOG_USEC", "30000000", 1);
  EXPECT_EQ(ServiceManager::from_environment().watchdog(), seconds(15));
  ::setenv("WATCHDOG_USEC", "never", 1);
  EXPECT_EQ(ServiceManager::from_environment().watchdog(), std::nullopt);
  ::unsetenv("WATCHDOG_USEC");
  EXPECT_EQ(ServiceManager::from_environment().watchdog(), std::nullopt);
}

}  // namespace
}  // namespace certferry
