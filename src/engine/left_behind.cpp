#include "engine/left_behind.h"

#include <algorithm>
#include <set>
#include <string_view>

#include "model/name.h"

namespace certferry {

namespace {

bool serves_what_was_confirmed(const TargetRecord& target, const Observation& seen) {
  const auto view = seen.accounts.find(target.id.account);
  if (view == seen.accounts.end() || view->second.error) return false;
  const auto upload = std::ranges::find_if(seen.uploads, [&](const UploadRecord& one) {
    return one.account == target.id.account && one.fingerprint == target.confirmed_fingerprint;
  });
  return upload != seen.uploads.end() &&
         view->second.is_set_to(target.id, upload->stored_id, upload->fingerprint);
}

}  // namespace

std::vector<TargetRecord> left_behind(const std::vector<Job>& jobs,
                                      const std::vector<TargetRecord>& ledger,
                                      const Observation& seen) {
  std::set<std::string_view> certificates;
  std::set<std::string_view> entries;
  for (const Job& job : jobs) {
    certificates.insert(job.certificate);
    entries.insert(certificate_entry(job.certificate));
  }
  std::vector<TargetRecord> left;
  for (const TargetRecord& target : ledger) {
    const bool of_a_folder = entries.contains(certificate_entry(target.certificate));
    if (!of_a_folder || certificates.contains(target.certificate)) continue;
    const bool has_another = std::ranges::any_of(
        seen.targets, [&](const TargetFacts& facts) { return facts.id == target.id; });
    if (!has_another && serves_what_was_confirmed(target, seen)) left.push_back(target);
  }
  return left;
}

}  // namespace certferry
