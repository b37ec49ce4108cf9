#include "cli/init/new_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "base/error.h"

namespace certferry::cli {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

struct NewFilesTest : testing::Test {
  fs::path folder = [] {
    std::string path = testing::TempDir() + "new_files_XXXXXX";
    return fs::path(mkdtemp(path.data()));
  }();
  ~NewFilesTest() override { fs::remove_all(folder); }

  std::string at(const std::string& name) const { return folder / name; }
  static std::string text_of(const std::string& path) {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  static unsigned mode_of(const std::string& path) {
    struct stat about{};
    EXPECT_EQ(stat(path.c_str(), &about), 0) << path;
    return about.st_mode & 07777U;
  }
  static std::string code_of(const std::function<void()>& call) {
    try {
      call();
      return "nothing was thrown";
    } catch (const Error& error) {
      return error.code;
    }
  }
  bool nothing_left() const { return fs::is_empty(folder); }
};

TEST_F(NewFilesTest, StayOnceTheyAreKept) {
  {
    NewFiles files;
    files.add_folder(at("a/b"), {.mode = 0700});
    files.add(at("a/b/secret"), "s\n", {.mode = 0600});
    const std::string staged = files.stage(at("a/b/config"), "c\n", {.mode = 0640});
    EXPECT_EQ(text_of(staged), "c\n");
    EXPECT_EQ(mode_of(staged), 0640U);
    EXPECT_FALSE(fs::exists(at("a/b/config")));
    files.publish();
    EXPECT_FALSE(fs::exists(staged));
    files.keep();
  }
  EXPECT_EQ(text_of(at("a/b/secret")), "s\n");
  EXPECT_EQ(text_of(at("a/b/config")), "c\n");
  EXPECT_EQ(mode_of(at("a")), 0755U);
  EXPECT_EQ(mode_of(at("a/b")), 0700U);
  EXPECT_EQ(mode_of(at("a/b/secret")), 0600U);
  EXPECT_EQ(mode_of(at("a/b/config")), 0640U);
  EXPECT_EQ(std::distance(fs::directory_iterator(at("a/b")), {}), 2);
}

TEST_F(NewFilesTest, GoTogetherUnlessTheyAreKept) {
  {
    NewFiles files;
    files.add_folder(at("a/b"), {.mode = 0700});
    files.add(at("a/b/secret"), "s\n", {});
    files.stage(at("a/b/config"), "c\n", {});
  }
  EXPECT_TRUE(nothing_left());
  {
    NewFiles files;
    files.stage(at("config"), "c\n", {});
    files.publish();
    EXPECT_TRUE(fs::exists(at("config")));
  }
  EXPECT_TRUE(nothing_left());
}

TEST_F(NewFilesTest, NeverReplaceWhatIsThere) {
  std::ofstream(at("mine")) << "mine";
  fs::create_symlink("nowhere", at("link"));
  NewFiles files;
  EXPECT_EQ(code_of([&] { files.add(at("mine"), "x", {}); }), "init.exists");
  EXPECT_EQ(code_of([&] { files.add(at("link"), "x", {}); }), "init.exists");
  // It came after we had looked.
  files.stage(at("late"), "x", {});
  std::ofstream(at("late")) << "theirs";
  EXPECT_EQ(code_of([&] { files.publish(); }), "init.exists");
  files.take_away();
  EXPECT_EQ(text_of(at("mine")), "mine");
  EXPECT_EQ(text_of(at("late")), "theirs");
  EXPECT_EQ(std::distance(fs::directory_iterator(folder), {}), 3);
}

TEST_F(NewFilesTest, AFolderThatSomebodyElseUsesStays) {
  NewFiles files;
  files.add_folder(at("a"), {.mode = 0700});
  files.add(at("a/secret"), "s", {});
  std::ofstream(at("a/theirs")) << "theirs";
  files.take_away();
  EXPECT_TRUE(fs::exists(at("a/theirs")));
  EXPECT_FALSE(fs::exists(at("a/secret")));
}

TEST_F(NewFilesTest, SaysBeforehandWhatCannotBeWritten) {
  EXPECT_NO_THROW(require_writable(at("a/b/c/config")));
  EXPECT_TRUE(nothing_left());
  std::ofstream(at("file")) << "x";
  EXPECT_EQ(code_of([&] { require_writable(at("file/config")); }), "init.unwritable");
}

}  // namespace
}  // namespace certferry::cli
