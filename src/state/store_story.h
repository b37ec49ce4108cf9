// A store's life on a simulated disk, and what it owes its caller at every moment of it.
#pragma once

#include <gmock/gmock.h>

#include <map>
#include <ranges>
#include <string>
#include <vector>

#include "disk/simulated_disk.h"
#include "state/soci_store.h"
#include "state/test_support.h"

namespace certferry::state {

inline constexpr const char* kStoryPath = "/state.db";

enum class SqliteHabit {
  kUsual,
  /// Writes half a transaction before its commit, and brings its log into the database after every
  /// few pages: what a long run does now and then happens all the time.
  kHasty,
};

/// Commits numbered changes and remembers which of them came back.
///
/// Each change is rows of two tables and one row of the third that all changes share, so that half
/// a change shows. What the store throws is left to the caller; what it gets wrong fails the test.
class StoreStory {
 public:
  explicit StoreStory(const disk::SimulatedDisk& disk, SqliteHabit habit = SqliteHabit::kUsual)
      : place_(kStoryPath, disk.name()), habit_(habit) {}

  /// The same story so far, with nothing open, on a copy of its disk.
  StoreStory on(const disk::SimulatedDisk& copy) const {
    StoreStory story(copy, habit_);
    story.changes_ = changes_;
    story.next_ = next_;
    return story;
  }

  void open() {
    if (store_) return;
    sqlite3* connection = nullptr;
    ConnectionHook hook([&](sqlite3* opened) { connection = opened; });
    store_ = SociStore::open_for_writing(place_);
    if (habit_ == SqliteHabit::kHasty) make_hasty(connection);
  }
  void close() {
    store_.reset();
    for (Change& change : changes_ | std::views::reverse) {
      if (change.end == End::kCameBack) break;
      change.end = End::kMayShow;
    }
  }

  void commit(Durability durability) {
    open();
    changes_.push_back({.number = next_++, .durability = durability});
    store_->commit(rows_of(changes_.back().number), durability);
    changes_.back().end = End::kCameBack;
  }

  /// The store shows just what came back.
  void read() {
    open();
    expect_all(whole_changes(*store_));
  }
  void read_beside() { expect_all(whole_changes(*SociStore::open_read_only(place_))); }

  /// After a death: what was promised is there, nothing by half. The story goes on from what is.
  void expect_kept(bool power_was_lost) {
    close();
    open();
    Numbers found = whole_changes(*store_);
    settle(found);
    expect_promises(found, power_was_lost);
    std::erase_if(changes_, [&](const Change& change) { return !contains(found, change); });
  }

 private:
  enum class End {
    kFailed,
    kMayShow,  ///< failed as the last, and its log may be whole all the same: the next opening
               ///< tells
    kCameBack,
  };
  struct Change {
    int number = 0;
    Durability durability = Durability::kFlushed;
    End end = End::kFailed;
  };
  using Numbers = std::vector<int>;

  static constexpr int kRows = 4;

  static void make_hasty(sqlite3* connection) {
    sqlite3_exec(connection, "PRAGMA cache_size = 1", nullptr, nullptr, nullptr);
    sqlite3_wal_autocheckpoint(connection, 12);
  }

  static StateChange rows_of(int number) {
    StateChange change;
    for (int i = 0; i < kRows; ++i) {
      JournalEntry entry;
      entry.run = std::to_string(number);
      entry.number = i;
      entry.detail = std::string(1500, 'x');
      change.journal.push_back(entry);
    }
    UploadRecord upload;
    upload.fingerprint = std::to_string(number);
    TargetRecord shared;
    shared.failures = static_cast<unsigned>(number);
    change.uploads = {upload};
    change.targets = {shared};
    return change;
  }

  static Numbers whole_changes(StateStore& store) {
    std::map<int, int> rows;
    for (const JournalEntry& entry : store.journal({.limit = 100'000})) {
      ++rows[std::stoi(entry.run)];
    }
    for (const UploadRecord& upload : store.uploads()) ++rows[std::stoi(upload.fingerprint)];
    Numbers found;
    for (auto [number, count] : rows) {
      EXPECT_EQ(count, kRows + 1) << "half of change " << number;
      found.push_back(number);
    }
    std::vector<TargetRecord> shared = store.targets();
    EXPECT_EQ(shared.size(), found.empty() ? 0u : 1u);
    if (!shared.empty() && !found.empty()) {
      EXPECT_EQ(static_cast<int>(shared[0].failures), found.back());
    }
    return found;
  }

  static bool contains(const Numbers& found, const Change& change) {
    return std::ranges::binary_search(found, change.number);
  }

  /// What may show either shows from now on or never will.
  void settle(const Numbers& found) {
    for (Change& change : changes_) {
      if (change.end != End::kMayShow || !contains(found, change)) continue;
      change.end = End::kCameBack;
      change.durability = Durability::kOrdered;
    }
    std::erase_if(changes_, [](const Change& change) { return change.end == End::kMayShow; });
  }

  void expect_all(const Numbers& found) {
    settle(found);
    EXPECT_EQ(found, came_back());
  }

  Numbers came_back() const {
    Numbers out;
    for (const Change& change : changes_) {
      if (change.end == End::kCameBack) out.push_back(change.number);
    }
    return out;
  }

  /// How many of those that came back must be there: a crash takes none, a loss of power none up to
  /// the last that was flushed.
  std::size_t promised(bool power_was_lost) const {
    std::size_t count = 0, sure = 0;
    for (const Change& change : changes_) {
      if (change.end != End::kCameBack) continue;
      ++count;
      if (!power_was_lost || change.durability == Durability::kFlushed) sure = count;
    }
    return sure;
  }

  void expect_promises(const Numbers& found, bool power_was_lost) const {
    Numbers sure = came_back();
    std::size_t common = 0;
    while (common < std::min(found.size(), sure.size()) && found[common] == sure[common]) ++common;
    EXPECT_GE(common, promised(power_was_lost)) << "a promise was broken";
    EXPECT_EQ(found.size(), common) << "one in the middle is missing, or one too many is there";
  }

  SqlitePlace place_;
  SqliteHabit habit_;
  std::unique_ptr<SociStore> store_;
  std::vector<Change> changes_;
  int next_ = 1;
};

/// One thing that a story does.
using StoryAct = void (*)(StoreStory&);

/// From an empty disk: tables, intents and outcomes, an end and a new start.
inline constexpr StoryAct kStoryActs[] = {
    [](StoreStory& story) { story.open(); },
    [](StoreStory& story) { story.commit(Durability::kFlushed); },
    [](StoreStory& story) { story.commit(Durability::kOrdered); },
    [](StoreStory& story) { story.commit(Durability::kOrdered); },
    [](StoreStory& story) { story.read_beside(); },
    [](StoreStory& story) { story.commit(Durability::kFlushed); },
    [](StoreStory& story) { story.commit(Durability::kOrdered); },
    [](StoreStory& story) { story.close(); },
    [](StoreStory& story) { story.commit(Durability::kOrdered); },
    [](StoreStory& story) { story.read(); },
    [](StoreStory& story) { story.commit(Durability::kFlushed); },
    [](StoreStory& story) { story.close(); },
};

}  // namespace certferry::state
