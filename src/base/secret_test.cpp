#include "base/secret.h"

#include <gtest/gtest.h>
#include <malloc.h>

#include <cstdlib>
#include <new>
#include <ostream>
#include <string>
#include <type_traits>

// Every block of this test program is searched for the mark at the moment it is given back, while
// its bytes may still be read: what is found there would outlive its owner. Secret shares buffers
// through the global allocator, so nothing it holds escapes this. (The compiler may drop ordinary
// stores to memory that is about to be freed, which is the mistake the test is after.)
namespace {

constexpr std::string_view kMark = "canary-9c1f0e";
constinit int blocks_freed_with_mark = 0;

void give_back(void* block) noexcept {
  if (block == nullptr) return;
  const std::string_view bytes(static_cast<const char*>(block), malloc_usable_size(block));
  if (bytes.find(kMark) != std::string_view::npos) ++blocks_freed_with_mark;
  std::free(block);
}

}  // namespace

void* operator new(std::size_t size) {
  // Zeroed, so that nothing of an earlier owner is taken for the present one's.
  if (void* block = std::calloc(1, size == 0 ? 1 : size)) return block;
  throw std::bad_alloc();
}
void operator delete(void* block) noexcept {
  give_back(block);
}
void operator delete(void* block, std::size_t) noexcept {
  give_back(block);
}

namespace certferry {
namespace {

/// Long enough to live on the heap.
std::string long_text() {
  return "-----BEGIN " + std::string(kMark) + std::string(200, '.');
}

/// Counts the blocks given back with the mark in them while `work` runs.
template <typename Work>
int marks_left_by(Work work) {
  blocks_freed_with_mark = 0;
  work();
  return blocks_freed_with_mark;
}

TEST(SecretTest, TheSearchFindsAnUnwipedString) {
  EXPECT_GE(marks_left_by([] { EXPECT_FALSE(long_text().empty()); }), 1);
}

TEST(SecretTest, WipesItsBytesWhenTheLastHandleGoes) {
  // Built outside, so that only what Secret itself leaves behind is counted.
  std::string text = std::string("-----BEGIN ");
  text.reserve(300);
  text += kMark;
  EXPECT_EQ(marks_left_by([&] { const Secret secret(std::move(text)); }), 0);
}

TEST(SecretTest, WipesAShortValueToo) {
  // As short as this it lives inside the string object, which the shared buffer holds.
  static_assert(kMark.size() <= 15);
  EXPECT_EQ(marks_left_by([] { const Secret secret{std::string(kMark)}; }), 0);
}

TEST(SecretTest, WipesWhatAnAssignmentReplaces) {
  Secret secret(std::string(300, 'x'));
  std::string text;
  text.reserve(300);
  text += kMark;
  EXPECT_EQ(marks_left_by([&] {
              secret = Secret(std::move(text));
              secret = Secret("other");
            }),
            0);
  EXPECT_EQ(secret.reveal(), "other");
}

TEST(SecretTest, CopiesShareTheBytesUntilTheLastOneGoes) {
  auto first = std::make_unique<Secret>(long_text());
  const Secret second = *first;
  EXPECT_EQ(first->reveal().data(), second.reveal().data());
  first.reset();
  EXPECT_EQ(second.reveal(), long_text());
}

TEST(SecretTest, MovesALongValueInWithoutCopyingIt) {
  std::string text = long_text();
  const char* const place = text.data();
  const Secret secret(std::move(text));
  EXPECT_EQ(secret.reveal().data(), place);
}

TEST(SecretTest, WipesEverythingAStringHasRoomFor) {
  // A string object in storage of ours, whose bytes may be read whatever the string says its
  // size is.
  struct Row {
    const char* what;
    void (*spoil)(std::string&);
  };
  const Row rows[] = {
      {"a short string", [](std::string&) {}},
      {"one that was moved from", [](std::string& text) { std::string(std::move(text)).clear(); }},
      {"one that was cut", [](std::string& text) { text.resize(1); }},
      {"one that was cleared", [](std::string& text) { text.clear(); }},
  };
  for (const Row& row : rows) {
    alignas(std::string) unsigned char storage[sizeof(std::string)] = {};
    auto* text = new (storage) std::string(kMark);
    row.spoil(*text);
    wipe(*text);
    const std::string_view bytes(reinterpret_cast<const char*>(storage), sizeof storage);
    EXPECT_EQ(bytes.find("nary-9c1f0e"), std::string_view::npos) << row.what;
    EXPECT_TRUE(text->empty());
    text->~basic_string();
  }
}

TEST(SecretTest, HoldsAnyBytes) {
  const std::string bytes("\0a\xff\n", 4);
  const Secret secret(bytes);
  EXPECT_EQ(secret.reveal(), bytes);
  EXPECT_EQ(secret.size(), 4u);
  EXPECT_FALSE(secret.empty());
  EXPECT_TRUE(Secret().empty());
  EXPECT_TRUE(Secret("").empty());
}

TEST(SecretTest, ComparesByValue) {
  struct Row {
    std::string a, b;
    bool same;
  };
  const std::string key(64, 'k');
  const Row rows[] = {
      {"", "", true},
      {"a", "", false},
      {"abc", "abc", true},
      {"abc", "abd", false},                                    // the last byte,
      {"abc", "bbc", false},                                    // the first,
      {"abc", "abcd", false},                                   // a prefix
      {std::string("a\0b", 3), std::string("a\0c", 3), false},  // behind a NUL
      {"\x80", std::string(1, '\0'), false},                    // the highest bit alone
      {key, key, true},
      {"ab", "ba", false},  // differences must not cancel out
  };
  for (const Row& row : rows) {
    EXPECT_EQ(Secret(row.a).same_as(Secret(row.b)), row.same);
    EXPECT_EQ(Secret(row.b).same_as(Secret(row.a)), row.same);
  }
  EXPECT_TRUE(Secret().same_as(Secret("")));
  const Secret secret(key);
  EXPECT_TRUE(secret.same_as(secret));
}

template <typename T>
concept Printable = requires(std::ostream& out, const T& value) { out << value; };
template <typename T>
concept Comparable = requires(const T& a, const T& b) { a == b; };

TEST(SecretTest, HasNoOtherWayOut) {
  static_assert(!Printable<Secret> && Printable<std::string>);
  static_assert(!Comparable<Secret> && Comparable<std::string>);
  static_assert(!std::is_convertible_v<Secret, std::string_view>);
  static_assert(!std::is_convertible_v<std::string, Secret>);
}

}  // namespace
}  // namespace certferry
