#include "net/inotify_watch.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
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
  watch.watch({{.path = at("fleet"), .extent = WatchExtent::kTree}});
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

TEST_F(InotifyWatchTest, OfNamesItTellsWhatComesAndGoesAndNotWhatIsWritten) {
  write("fleet/a/chain.pem", "one");
  watch.watch({{.path = at("fleet"), .extent = WatchExtent::kNames}});
  EXPECT_THAT(changes(), IsEmpty());
  write("fleet/a/chain.pem", "two");
  EXPECT_THAT(changes(), IsEmpty()) << "that is another path's to tell";
  write("fleet/new/deep/chain.pem", "one");
  EXPECT_THAT(changes(), ElementsAre(at("fleet")));
  write("fleet/new/deep/key.pem", "one");
  EXPECT_THAT(changes(), ElementsAre(at("fleet"))) << "what is new is watched too";
  fs::remove(root / "fleet/new/deep/key.pem");
  EXPECT_THAT(changes(), ElementsAre(at("fleet")));
}

TEST_F(InotifyWatchTest, ATreeFollowsWhatIsMovedInTakenAwayAndMadeAgain) {
  fs::create_directories(root / "fleet");
  write("elsewhere/deep/chain.pem", "one");
  watch.watch({{.path = at("fleet"), .extent = WatchExtent::kNames}});
  EXPECT_THAT(changes(), IsEmpty());
  const std::size_t few = watch.folders();

  fs::rename(root / "elsewhere", root / "fleet/a");
  EXPECT_THAT(changes(), ElementsAre(at("fleet"))) << "moved in with what is in it";
  EXPECT_EQ(watch.folders(), few + 2);
  write("fleet/a/deep/key.pem", "one");
  EXPECT_THAT(changes(), ElementsAre(at("fleet"))) << "and watched all the way down";

  fs::rename(root / "fleet/a", root / "away");
  EXPECT_THAT(changes(), ElementsAre(at("fleet"))) << "moved out";
  EXPECT_EQ(watch.folders(), few);
  write("away/deep/other.pem", "nobody asked");
  EXPECT_THAT(changes(), IsEmpty());

  fs::rename(root / "away", root / "fleet/a");
  EXPECT_THAT(changes(), ElementsAre(at("fleet")));
  fs::remove_all(root / "fleet/a");
  write("fleet/a/deep/chain.pem", "made again between two looks");
  EXPECT_THAT(changes(), ElementsAre(at("fleet")));
  write("fleet/a/deep/key.pem", "one");
  EXPECT_THAT(changes(), ElementsAre(at("fleet"))) << "the new one is watched, not the old one";
}

TEST_F(InotifyWatchTest, ATreeThatIsExchangedAsAWholeIsWatchedWhereItIsNow) {
  write("fleet/a/chain.pem", "one");
  write("next/a/chain.pem", "two");
  watch.watch({{.path = at("fleet"), .extent = WatchExtent::kNames}});
  fs::rename(root / "fleet", root / "old");
  EXPECT_THAT(changes(), ElementsAre(at("fleet"))) << "it is gone";
  fs::create_directory_symlink("next", root / "fleet");
  EXPECT_THAT(changes(), ElementsAre(at("fleet"))) << "and back as a link";
  write("next/a/key.pem", "two");
  EXPECT_THAT(changes(), ElementsAre(at("fleet")));
  write("old/a/key.pem", "nobody asked");
  EXPECT_THAT(changes(), IsEmpty());
}

TEST_F(InotifyWatchTest, ATreeIsNotWalkedInCircles) {
  write("fleet/a/chain.pem", "one");
  fs::create_directory_symlink("..", root / "fleet/a/up");
  fs::create_directory_symlink(".", root / "fleet/a/self");
  watch.watch({{.path = at("fleet"), .extent = WatchExtent::kNames}});
  EXPECT_LT(watch.folders(), 10U);
}

TEST_F(InotifyWatchTest, TenThousandFilesInATreeTouchedAtOnceAreOneChangeAndNoneIsMissed) {
  for (int i = 0; i < 100; ++i) fs::create_directories(root / "fleet" / std::to_string(i));
  watch.watch({{.path = at("fleet"), .extent = WatchExtent::kNames}});
  // More than the kernel keeps (fs.inotify.max_queued_events), and folders exchanged meanwhile.
  for (int i = 0; i < 10'000; ++i) {
    const std::string name = "fleet/" + std::to_string(i % 100) + "/" + std::to_string(i) + ".pem";
    ::close(::creat(at(name).c_str(), 0600));
  }
  fs::rename(root / "fleet/7", root / "seven");
  write("fleet/7/deep/chain.pem", "one");
  EXPECT_THAT(changes(), ElementsAre(at("fleet")));
  while (!changes().empty()) {
  }
  write("fleet/7/deep/key.pem", "one");
  EXPECT_THAT(changes(), ElementsAre(at("fleet"))) << "though the event of the exchange was lost";
}

TEST_F(InotifyWatchTest, WithoutTheKernelItLooks) {
  // No descriptor is left for it, which is how a user's last instance is refused too.
  rlimit usual{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &usual), 0);
  const int next = ::dup(STDERR_FILENO);
  ::close(next);
  boost::asio::io_context& loop = io;  // a sanitizer that looks at `this` wants a descriptor
  const rlimit none{.rlim_cur = static_cast<rlim_t>(next), .rlim_max = usual.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &none), 0);
  InotifyWatch blind(loop);
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &usual), 0);

  write("chain.pem", "one");
  write("fleet/a/chain.pem", "one");
  blind.look_every = milliseconds(20);
  blind.watch({{.path = at("chain.pem")}, {.path = at("fleet"), .extent = WatchExtent::kNames}});
  EXPECT_GT(blind.folders(), 0U);
  EXPECT_EQ(blind.refused_folders(), blind.folders());
  write("chain.pem", "two!");
  EXPECT_THAT(*test::await(io, blind.changes(milliseconds(500))), ElementsAre(at("chain.pem")));
  write("fleet/b/chain.pem", "one");
  EXPECT_THAT(*test::await(io, blind.changes(milliseconds(500))), ElementsAre(at("fleet")));
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
  EXPECT_EQ(watch.folders(), 0U);
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
