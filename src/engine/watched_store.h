// A state store that remembers whether it could be written.
#pragma once

#include "base/error.h"
#include "ports/state_store.h"

namespace certferry {

/// Lifetime: the store outlives it.
class WatchedStore final : public StateStore {
 public:
  explicit WatchedStore(StateStore& inner) : inner_(inner) {}

  /// The code of the error that the last write ended with; empty when it succeeded.
  const std::string& trouble() const { return trouble_; }

  using StateStore::targets;
  using StateStore::uploads;
  std::vector<UploadRecord> uploads(const std::string& account) override {
    return inner_.uploads(account);
  }
  std::vector<TargetRecord> targets(const std::string& account) override {
    return inner_.targets(account);
  }
  std::vector<AccountRecord> accounts() override { return inner_.accounts(); }
  std::vector<OrphanRecord> orphans() override { return inner_.orphans(); }
  std::vector<KeptBundle> kept() override { return inner_.kept(); }
  std::vector<AlertRecord> alerts() override { return inner_.alerts(); }
  std::vector<NoticeRecord> notices() override { return inner_.notices(); }
  std::vector<JournalEntry> journal(const JournalQuery& query) override {
    return inner_.journal(query);
  }
  void commit(const StateChange& change, Durability durability) override {
    try {
      inner_.commit(change, durability);
    } catch (const Error& error) {
      trouble_ = error.code.empty() ? std::string(to_string(error.kind)) : error.code;
      throw;
    }
    trouble_.clear();
  }

 private:
  StateStore& inner_;
  std::string trouble_;
};

}  // namespace certferry
