#include "engine/likeness.h"

#include <algorithm>

#include "engine/keep.h"

namespace certferry {

namespace {

Time to_the_second(Time time) {
  return std::chrono::floor<seconds>(time);
}

Likenesses of_kept(const std::string& account, EnginePorts ports) {
  Likenesses likenesses;
  Keeper keeper(ports);
  try {
    for (const KeptBundle& row : ports.store.kept()) {
      if (row.id.account != account || likenesses.know(row.fingerprint)) continue;
      // One that cannot be opened could not be put back either.
      if (const auto kept = keeper.open(row.id, row.fingerprint)) likenesses.add((*kept)->leaf);
    }
  } catch (const Error&) {
    return {};  // what cannot be read is told where something is to be written
  }
  return likenesses;
}

}  // namespace

bool is_known_by_likeness(const StoredCertificate& entry) {
  return entry.not_before == Time{} && entry.not_after != Time{} && !entry.names.empty();
}

void Likenesses::add(const Certificate& leaf) {
  known_.insert_or_assign(leaf.fingerprint,
                          Likeness{.names = {leaf.dns_names.begin(), leaf.dns_names.end()},
                                   .ends = to_the_second(leaf.not_after)});
}

std::optional<std::string> Likenesses::of(const StoredCertificate& entry) const {
  const std::set<std::string> names(entry.names.begin(), entry.names.end());
  if (names.empty()) return std::nullopt;
  std::vector<std::string> same;
  std::vector<std::string> more;
  for (const auto& [fingerprint, one] : known_) {
    if (one.ends != to_the_second(entry.not_after)) continue;
    if (one.names == names) {
      same.push_back(fingerprint);
    } else if (std::ranges::includes(one.names, names)) {
      more.push_back(fingerprint);
    }
  }
  const std::vector<std::string>& alike = same.empty() ? more : same;
  return alike.size() == 1 ? std::optional(alike.front()) : std::nullopt;
}

void recognise(const Account& account, EnginePorts ports, std::vector<StoredCertificate>& stored) {
  // Elsewhere what has no label of ours is somebody else's, however alike.
  const auto& products = account.provider->metadata().products;
  if (!std::ranges::all_of(products, &ProductMetadata::in_place)) return;
  const auto unnamed = [](const StoredCertificate& one) {
    return one.label.empty() && is_known_by_likeness(one);
  };
  if (std::ranges::none_of(stored, unnamed)) return;
  const Likenesses kept = of_kept(account.name, ports);
  for (StoredCertificate& one : stored) {
    if (!unnamed(one)) continue;
    if (const auto fingerprint = kept.of(one)) one.label = "certferry-" + *fingerprint;
  }
}

}  // namespace certferry
