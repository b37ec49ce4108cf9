#include "state/private_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>
#include <functional>

#include "state/test_support.h"

namespace certferry::state {
namespace {

using testing::HasSubstr;

TEST(PrivateFileTest, EachRefusalOfTheSystemSaysWhatToDo) {
  struct Told {
    int number;
    const char* hint;
  };
  const Told rows[] = {
      {EACCES, "run certferry as root or as the user that owns the state"},
      {EPERM, "run certferry as root or as the user that owns the state"},
      {ENOSPC, "free some space; what was written before is intact"},
      {EDQUOT, "free some space; what was written before is intact"},
      {EROFS, "name a folder on a writable disk: settings.state in the configuration"},
      {EIO, "look at the path, settings.state in the configuration, and at its disk"},
  };
  for (const Told& row : rows) {
    const Error error = io_error("/a/state.db", row.number);
    EXPECT_EQ(error.kind, ErrorKind::kUnavailable);
    EXPECT_EQ(error.code, "state.io");
    EXPECT_EQ(error.hint, row.hint) << row.number;
    EXPECT_THAT(error.message, HasSubstr("/a/state.db: "));
  }
}

TEST(PrivateFileTest, APathThatLeadsThroughAFileIsToldByEveryone) {
  const TestFolder folder;
  write_file(folder / "file", "not a folder");
  const std::string path = folder / "file/state.db";
  const std::function<void()> ways[] = {
      [&] { is_there(path); },
      [&] { require_private(path); },
      [&] { ensure_private_file(path); },
      [&] { ensure_private_file(folder / "file/deep/state.db"); },
      [&] { close_to_others(path); },
  };
  for (const auto& way : ways) {
    const Error error = error_of(way);
    EXPECT_EQ(error.code, "state.io");
    EXPECT_THAT(error.message, HasSubstr("Not a directory")) << &way - ways;
  }
  EXPECT_EQ(read_file(folder / "file"), "not a folder");
}

TEST(PrivateFileTest, WhatIsMissingIsToldAndNotMade) {
  const TestFolder folder;
  EXPECT_FALSE(is_there(folder / "state.db"));
  EXPECT_EQ(error_of([&] { require_private(folder / "state.db"); }).code, "state.io");
  EXPECT_EQ(error_of([&] { require_private(folder / "no/state.db"); }).code, "state.io");
  EXPECT_EQ(error_of([&] { close_to_others(folder / "no/state.db"); }).code, "state.io");
  EXPECT_TRUE(folder.empty());
}

// Even root can make nothing there.
TEST(PrivateFileTest, APlaceWhereNothingCanBeMadeIsTold) {
  for (const char* path : {"/proc/state.db", "/proc/certferry/state.db"}) {
    EXPECT_EQ(error_of([&] { ensure_private_file(path); }).code, "state.io") << path;
  }
}

}  // namespace
}  // namespace certferry::state
