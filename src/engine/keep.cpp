#include "engine/keep.h"

#include <algorithm>

namespace certferry {

namespace {

/// What a row is sealed for: it opens in its own place alone.
std::string purpose_of(const KeptBundle& row) {
  return "kept bundle of " + to_string(row.id) + ", slot " + std::to_string(row.slot) + ", " +
         row.fingerprint;
}

std::vector<KeptBundle> rows_of(const std::vector<KeptBundle>& all, const TargetId& id) {
  std::vector<KeptBundle> rows;
  std::ranges::copy_if(
      all, std::back_inserter(rows), [&](const KeptBundle& one) { return one.id == id; });
  return rows;
}

/// Not that of what was confirmed last; where that is not remembered, not that of what is bound.
unsigned free_slot(const std::vector<KeptBundle>& rows, const TargetFacts& facts) {
  const std::string confirmed = facts.memory ? facts.memory->confirmed_fingerprint : "";
  for (const std::string& good : {confirmed, facts.bound_fingerprint.value_or("")}) {
    const auto found = std::ranges::find(rows, good, &KeptBundle::fingerprint);
    if (found != rows.end()) return found->slot == 0 ? 1 : 0;
  }
  return 0;
}

}  // namespace

Result<std::optional<KeptBundle>> Keeper::keep(const TargetFacts& facts) {
  if (ports_.vault == nullptr || !facts.product->in_place()) return std::nullopt;
  try {
    const std::vector<KeptBundle> rows = rows_of(all(), facts.id);
    const std::string& fingerprint = facts.bundle->fingerprint();
    for (const KeptBundle& one : rows) {
      if (one.fingerprint == fingerprint && opens(one)) return std::nullopt;
    }
    const auto broken = std::ranges::find(rows, fingerprint, &KeptBundle::fingerprint);
    KeptBundle row{.id = facts.id,
                   .slot = broken != rows.end() ? broken->slot : free_slot(rows, facts),
                   .fingerprint = fingerprint,
                   .kept_at = ports_.clock.now()};
    row.sealed = ports_.vault->seal(*facts.bundle, purpose_of(row), all().empty() || facts.insist);
    return row;
  } catch (Error& error) {
    return std::unexpected(std::move(error).while_doing("keeping the bundle for a way back"));
  }
}

const std::vector<KeptBundle>& Keeper::all() {
  if (!read_) read_ = ports_.store.kept();
  return *read_;
}

bool Keeper::opens(const KeptBundle& row) {
  try {
    (void)ports_.vault->open(row.sealed, purpose_of(row));
    return true;
  } catch (const Error&) {
    return false;  // it is sealed anew, where the key can be had
  }
}

Result<BundlePtr> Keeper::open(const TargetId& id, const std::string& fingerprint) {
  try {
    const std::vector<KeptBundle> rows = rows_of(all(), id);
    const auto row = std::ranges::find(rows, fingerprint, &KeptBundle::fingerprint);
    if (ports_.vault != nullptr && row != rows.end()) {
      return ports_.vault->open(row->sealed, purpose_of(*row));
    }
  } catch (Error& error) {
    return std::unexpected(std::move(error).while_doing("opening the bundle that was kept"));
  }
  return std::unexpected(
      Error(ErrorKind::kNotFound,
            "bundle " + short_fingerprint(fingerprint) +
                " is not kept here: it was set by somebody else, or is superseded twice")
          .with_code("vault.not_kept")
          .with_hint("this product replaces certificates in place, so the vendor does not have it "
                     "either; give the source the pair, or set it by hand"));
}

}  // namespace certferry
