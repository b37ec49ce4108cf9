#include "config/load.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "config/example.h"
#include "config/sample_catalogue.h"

namespace certferry {
namespace {

class LoadTest : public testing::Test {
 protected:
  LoadTest() {
    std::string pattern = testing::TempDir() + "certferry-load-XXXXXX";
    folder_ = ::mkdtemp(pattern.data());
    path_ = folder_ + "/certferry.yaml";
  }
  ~LoadTest() override { std::filesystem::remove_all(folder_); }

  void write(std::string_view text, mode_t mode = 0644) {
    std::ofstream(path_, std::ios::binary) << text;
    ::chmod(path_.c_str(), mode);
  }

  void expect_problem(std::string_view code, std::string_view fragment) {
    const ParsedSettings loaded = load_settings(path_, sample_catalogue());
    ASSERT_EQ(loaded.problems.size(), 1U) << fragment;
    EXPECT_EQ(loaded.problems[0].code, code);
    EXPECT_NE(loaded.problems[0].text().find(fragment), std::string::npos)
        << loaded.problems[0].text();
  }

  std::string folder_;
  std::string path_;
};

TEST_F(LoadTest, ReadsAFile) {
  write(kSmallestFile);
  const ParsedSettings loaded = load_settings(path_, sample_catalogue());
  ASSERT_TRUE(loaded.ok());
  EXPECT_EQ(loaded.settings.accounts[0].name, "doge");
}

TEST_F(LoadTest, NamesTheFileInItsProblems) {
  write("accounts: 1\ncertificates: 2\n");
  const ParsedSettings loaded = load_settings(path_, sample_catalogue());
  ASSERT_EQ(loaded.problems.size(), 2U);
  EXPECT_EQ(loaded.problems[0].activity, path_ + ":1:11");
}

TEST_F(LoadTest, SaysWhereItLookedAndWhatToWrite) {
  expect_problem("config.missing", "there is no configuration at " + path_);
  expect_problem("config.missing", kSmallestFile);
}

TEST_F(LoadTest, RefusesAFileThatAnybodyMayChange) {
  write(kSmallestFile, 0646);
  expect_problem("config.insecure", "run: chmod o-w " + path_);
}

TEST_F(LoadTest, SaysWhyAFileCannotBeRead) {
  ASSERT_EQ(::mkdir(path_.c_str(), 0700), 0);
  expect_problem("config.unreadable", "not a regular file");
  ASSERT_EQ(::rmdir(path_.c_str()), 0);
  ASSERT_EQ(::symlink(path_.c_str(), path_.c_str()), 0);
  expect_problem("config.unreadable", "cannot be read");
}

TEST_F(LoadTest, RefusesAFileThatIsTooLarge) {
  write(std::string(2U << 20, '#'));
  expect_problem("config.parse", "larger than 1 MiB");
}

}  // namespace
}  // namespace certferry
