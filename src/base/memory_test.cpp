#include "base/memory.h"

#include <gtest/gtest.h>

#include <fstream>
#include <string>
#include <vector>

namespace certferry {
namespace {

/// In KiB, as proc(5) has it: `RssAnon`, `RssFile`.
long resident(const std::string& kind) {
  std::ifstream status("/proc/self/status");
  std::string word;
  long kib = 0;
  while (status >> word) {
    if (word == kind + ":" && status >> kib) return kib;
  }
  return 0;
}

TEST(MemoryTest, GivesBackThePagesOfTheProgram) {
  const long before = resident("RssFile");
  ASSERT_GT(before, 0);
  give_back_memory();
  EXPECT_LT(resident("RssFile"), before / 2);
}

// Where these point was written by the loader, and is not in the file.
const char* const kRelocated[] = {"one", "two", "three"};

TEST(MemoryTest, KeepsWhatTheLoaderWrote) {
  const std::string text = "a text that is longer than a string keeps within itself";
  const std::vector<std::string> before(1000, text);
  const std::vector<std::string> heap(1000, text);
  give_back_memory();
  EXPECT_EQ(heap, before);
  const std::vector<std::string> words(std::begin(kRelocated), std::end(kRelocated));
  EXPECT_EQ(words, (std::vector<std::string>{"one", "two", "three"}));
}

}  // namespace
}  // namespace certferry
