#include "engine/testing/memory_store.h"

#include <algorithm>

namespace certferry::testing {

namespace {

template <typename Key, typename Row>
std::vector<Row> values(const std::map<Key, Row>& rows) {
  std::vector<Row> all;
  for (const auto& [key, row] : rows) all.push_back(row);
  return all;
}

std::tuple<Time, std::string, std::int64_t> in_time(const JournalEntry& entry) {
  return {entry.at, entry.run, entry.number};
}

bool is_of(const std::string& asked, const std::string& account) {
  return asked.empty() || asked == account;
}

bool matches(const JournalQuery& query, const JournalEntry& entry) {
  if (query.account && entry.account != *query.account) return false;
  if (query.outcome && entry.outcome != *query.outcome) return false;
  if (query.begun_since && entry.at < *query.begun_since) return false;
  if (query.ended_since && (!entry.ended_at || *entry.ended_at < *query.ended_since)) return false;
  if (!query.target) return true;
  const TargetId id{entry.account, entry.product, entry.name};
  const bool account_wide = entry.product.empty() && entry.account == query.target->account;
  return account_wide || id == *query.target;
}

}  // namespace

void MemoryStore::fail_if_unreadable() {
  if (unreadable == 0) return;
  --unreadable;
  throw Error(ErrorKind::kUnavailable, "reading the state: I/O error").with_code("state.io");
}

std::vector<UploadRecord> MemoryStore::uploads(const std::string& account) {
  fail_if_unreadable();
  std::vector<UploadRecord> found = values(rows_.uploads);
  std::erase_if(found, [&](const auto& one) { return !is_of(account, one.account); });
  return found;
}

std::vector<TargetRecord> MemoryStore::targets(const std::string& account) {
  std::vector<TargetRecord> found = values(rows_.targets);
  std::erase_if(found, [&](const auto& one) { return !is_of(account, one.id.account); });
  return found;
}

std::vector<AccountRecord> MemoryStore::accounts() {
  return values(rows_.accounts);
}

std::vector<OrphanRecord> MemoryStore::orphans() {
  return values(rows_.orphans);
}

std::vector<KeptBundle> MemoryStore::kept() {
  return values(rows_.kept);
}

std::vector<AlertRecord> MemoryStore::alerts() {
  fail_if_unreadable();
  std::vector<AlertRecord> found = values(rows_.alerts);
  std::erase_if(found, [](const AlertRecord& one) { return one.ended_at.has_value(); });
  return found;
}

std::vector<NoticeRecord> MemoryStore::notices() {
  std::vector<NoticeRecord> found = all_notices();
  std::erase_if(found, [](const NoticeRecord& one) { return one.ended_at.has_value(); });
  return found;
}

std::vector<NoticeRecord> MemoryStore::all_notices() {
  std::vector<NoticeRecord> found = values(rows_.notices);
  std::ranges::sort(
      found, {}, [](const NoticeRecord& one) { return std::pair(one.notice.at, one.notice.id); });
  return found;
}

std::vector<JournalEntry> MemoryStore::journal(const JournalQuery& query) {
  std::vector<const JournalEntry*> found;
  for (const auto& [key, entry] : rows_.journal) {
    if (matches(query, entry)) found.push_back(&entry);
  }
  std::ranges::sort(found, std::greater(), [](const JournalEntry* one) { return in_time(*one); });
  if (found.size() > query.limit) found.resize(query.limit);
  std::vector<JournalEntry> entries;
  for (const JournalEntry* one : found) entries.push_back(*one);
  return entries;
}

void MemoryStore::commit(const StateChange& change, Durability durability) {
  if (refuses && refuses(change)) {
    throw Error(ErrorKind::kUnavailable, "no space left on device").with_code("state.io");
  }
  ++commits;
  rows_.take(change);
  unflushed_.push_back(change);
  if (durability == Durability::kOrdered) return;
  for (const StateChange& one : std::exchange(unflushed_, {})) flushed_.take(one);
}

void MemoryStore::lose_power() {
  rows_ = flushed_;
  unflushed_.clear();
}

std::vector<JournalEntry> MemoryStore::all(const std::string& action) {
  std::vector<JournalEntry> found = values(rows_.journal);
  std::erase_if(found, [&](const JournalEntry& entry) { return entry.action != action; });
  std::ranges::sort(found, std::less(), in_time);
  return found;
}

bool MemoryStore::intends(const JournalEntry& call) const {
  return std::ranges::any_of(flushed_.journal, [&](const auto& row) {
    const JournalEntry& entry = row.second;
    return entry.outcome == JournalEntry::Outcome::kPending && entry.action == call.action &&
           entry.account == call.account && entry.product == call.product &&
           entry.name == call.name &&
           (call.fingerprint.empty() || entry.fingerprint == call.fingerprint) &&
           entry.stored_id == call.stored_id;
  });
}

const UploadRecord* MemoryStore::upload(const std::string& account,
                                        const std::string& fingerprint) const {
  const auto found = rows_.uploads.find({account, fingerprint});
  return found == rows_.uploads.end() ? nullptr : &found->second;
}

bool MemoryStore::is_orphan(const std::string& account, const std::string& id) const {
  return rows_.orphans.contains({account, id});
}

bool MemoryStore::keeps(const TargetId& id, const std::string& fingerprint) const {
  return std::ranges::any_of(flushed_.kept, [&](const auto& row) {
    return row.second.id == id && row.second.fingerprint == fingerprint;
  });
}

const TargetRecord* MemoryStore::target(const TargetId& id) const {
  const auto found = rows_.targets.find(id);
  return found == rows_.targets.end() ? nullptr : &found->second;
}

void MemoryStore::Rows::take(const StateChange& change) {
  for (const UploadRecord& one : change.uploads) {
    uploads.insert_or_assign({one.account, one.fingerprint}, one);
  }
  for (const AccountRecord& one : change.accounts) accounts.insert_or_assign(one.name, one);
  for (const OrphanRecord& one : change.orphans) {
    orphans.insert_or_assign({one.account, one.stored_id}, one);
  }
  for (const KeptBundle& one : change.kept) kept.insert_or_assign({one.id, one.slot}, one);
  for (const AlertRecord& one : change.alerts) {
    alerts.insert_or_assign({one.subject, one.topic, one.cause}, one);
  }
  for (const NoticeRecord& one : change.notices) notices.insert_or_assign(one.notice.id, one);
  for (const TargetRecord& one : change.targets) targets.insert_or_assign(one.id, one);
  for (const JournalEntry& one : change.journal) {
    journal.insert_or_assign({one.run, one.number}, one);
  }
}

}  // namespace certferry::testing
