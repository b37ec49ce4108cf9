#include "net/posix_file_system.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <functional>

namespace certferry {
namespace {

namespace fs = std::filesystem;

struct PosixFileSystemTest : testing::Test {
  PosixFileSystemTest() {
    std::string pattern = testing::TempDir() + "/certferry_files_XXXXXX";
    root = fs::canonical(::mkdtemp(pattern.data()));
  }
  ~PosixFileSystemTest() override { fs::remove_all(root); }

  std::string write(const std::string& name, const std::string& text) const {
    std::ofstream(root / name) << text;
    return root / name;
  }

  fs::path root;
  PosixFileSystem files;
};

std::string code_of(const std::function<void()>& call) {
  try {
    call();
  } catch (const Error& error) {
    return std::string(to_string(error.kind)) + " " + error.code;
  }
  return "no error";
}

TEST_F(PosixFileSystemTest, ReadsAFileThroughLinksWithItsIdentity) {
  const std::string path = write("file", "hello");
  const std::string link = root / "link";
  fs::create_symlink(path, link);
  const FileContents contents = files.read(link, 5);
  EXPECT_EQ(contents.bytes.reveal(), "hello");
  EXPECT_EQ(contents.identity, files.identity(path));
  EXPECT_EQ(contents.identity.size, 5U);
  EXPECT_EQ(files.read(write("empty", ""), 5).bytes.reveal(), "");
}

TEST_F(PosixFileSystemTest, TellsARewrittenFileFromTheOldOne) {
  const std::string path = write("file", "hello");
  const FileIdentity before = files.identity(path);
  fs::rename(write("other", "HELLO"), path);
  EXPECT_NE(files.identity(path), before);
}

TEST_F(PosixFileSystemTest, NamesWhatIsWrongWithAPath) {
  const std::string missing = root / "missing";
  const std::string loop = root / "loop";
  fs::create_symlink(loop, loop);
  const std::string pipe = root / "pipe";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  const std::string big = write("big", "123456");
  const std::string below_file = big + "/x";

  EXPECT_EQ(code_of([&] { files.read(missing, 5); }), "not_found source.missing");
  EXPECT_EQ(code_of([&] { files.read(below_file, 5); }), "not_found source.missing");
  EXPECT_EQ(code_of([&] { files.identity(missing); }), "not_found source.missing");
  EXPECT_EQ(code_of([&] { files.real_path(missing); }), "not_found source.missing");
  EXPECT_EQ(code_of([&] { files.list(missing); }), "not_found source.missing");
  EXPECT_EQ(code_of([&] { files.read(loop, 5); }), "invalid_input source.loop");
  EXPECT_EQ(code_of([&] { files.real_path(loop); }), "invalid_input source.loop");
  EXPECT_EQ(code_of([&] { files.read(root, 5); }), "invalid_input source.not_a_file");
  EXPECT_EQ(code_of([&] { files.read(pipe, 5); }), "invalid_input source.not_a_file");
  EXPECT_EQ(code_of([&] { files.read("/dev/zero", 5); }), "invalid_input source.not_a_file");
  EXPECT_EQ(code_of([&] { files.read(big, 5); }), "invalid_input source.too_large");
  // The kernel says that this file has no bytes and then hands out some.
  EXPECT_EQ(code_of([&] { files.read("/proc/self/status", 0); }), "invalid_input source.too_large");
}

TEST_F(PosixFileSystemTest, SaysWhoMayNotReadAndWhatToDo) {
  const std::string path = write("key", "secret");
  fs::permissions(path, fs::perms::none);
  const std::string folder = root / "closed";
  fs::create_directory(folder);
  fs::permissions(folder, fs::perms::none);
  // Root may read everything, so the test gives up that right for a while.
  const bool was_root = ::geteuid() == 0;
  if (was_root) {
    fs::permissions(root, fs::perms::all);
    ASSERT_EQ(::seteuid(65534), 0);
  }
  const std::string read = code_of([&] { files.read(path, 10); });
  const std::string listed = code_of([&] { files.list(folder); });
  const std::string below = code_of([&] { files.exists(folder + "/x"); });
  if (was_root) ASSERT_EQ(::seteuid(0), 0);
  EXPECT_EQ(read, "unauthorized source.permission");
  EXPECT_EQ(listed, "unauthorized source.permission");
  EXPECT_EQ(below, "unauthorized source.permission");
  fs::permissions(folder, fs::perms::owner_all);
}

TEST_F(PosixFileSystemTest, ListsNamesSortedAndKnowsWhatExists) {
  for (const std::string name : {"b", "a", ".hidden", "c"}) write(name, "");
  EXPECT_THAT(files.list(root), testing::ElementsAre(".hidden", "a", "b", "c"));
  EXPECT_TRUE(files.exists(root));
  EXPECT_FALSE(files.exists(root / "d"));
  fs::create_symlink(root / "d", root / "dangling");
  EXPECT_FALSE(files.exists(root / "dangling"));
}

TEST_F(PosixFileSystemTest, ResolvesADirectoryBehindALink) {
  fs::create_directory(root / "generation1");
  fs::create_directory_symlink(root / "generation1", root / "current");
  EXPECT_EQ(files.real_path(root / "current"), root / "generation1");
}

}  // namespace
}  // namespace certferry
