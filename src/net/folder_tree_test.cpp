#include "net/folder_tree.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>

namespace certferry {
namespace {

namespace fs = std::filesystem;

/// While it lives the process can open nothing more.
class NoDescriptors {
 public:
  NoDescriptors() {
    ::getrlimit(RLIMIT_NOFILE, &before_);
    const int free = ::open("/", O_RDONLY | O_CLOEXEC);
    ::close(free);
    const rlimit none{.rlim_cur = static_cast<rlim_t>(free), .rlim_max = before_.rlim_max};
    ::setrlimit(RLIMIT_NOFILE, &none);
  }
  ~NoDescriptors() { ::setrlimit(RLIMIT_NOFILE, &before_); }
  NoDescriptors(const NoDescriptors&) = delete;
  NoDescriptors& operator=(const NoDescriptors&) = delete;

 private:
  rlimit before_{};
};

TEST(FolderTreeTest, WhatCannotBeReadForAWhileIsKeptAndReadAgain) {
  std::string pattern = testing::TempDir() + "/certferry_tree_XXXXXX";
  const std::string root = ::mkdtemp(pattern.data());
  fs::create_directories(root + "/a/deep");
  FolderTree tree(root,
                  WatchExtent::kNames,
                  {.enter = [](const auto&) {},
                   .leave = [](const auto& one) { ADD_FAILURE() << one << " was left"; }});
  EXPECT_TRUE(tree.look_at_top());
  {
    const NoDescriptors none;
    fs::create_directory(root + "/a/new");
    EXPECT_FALSE(tree.look_at(root + "/a"));
    EXPECT_FALSE(tree.look_at_all());
  }
  EXPECT_TRUE(tree.contains(root + "/a/deep"));
  EXPECT_FALSE(tree.contains(root + "/a/new"));
  EXPECT_TRUE(tree.look_at_all());
  EXPECT_TRUE(tree.contains(root + "/a/new"));
  fs::remove_all(root);
}

}  // namespace
}  // namespace certferry
