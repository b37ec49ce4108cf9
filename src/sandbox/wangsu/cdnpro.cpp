#include "sandbox/wangsu/cdnpro.h"

#include <algorithm>
#include <utility>

#include "model/name.h"
#include "sandbox/fields.h"

namespace certferry::sandbox {

namespace {

constexpr std::string_view kIdsBegin = "5dca2205";
constexpr std::size_t kIdDigits = 16;  ///< after that

}  // namespace

void CdnPro::share(const std::vector<std::string>& names) {
  for (const std::string& name : names) shared_[name] = names.front();
}

void CdnPro::catch_up() {
  for (const Domain& one : world_.domains()) {
    const EntryPtr bound = one.bound();
    const std::int64_t certificate = bound == nullptr ? 0 : certificate_of(one);
    if (certificate == 0 || number_of(certificate, bound) > 0) continue;
    versions_[certificate].push_back({.entry = bound, .comments = "", .made_at = world_.now()});
  }
  const auto uses = world_.use_counts();
  std::set<std::int64_t> newest;
  for (const auto& [certificate, versions] : versions_) newest.insert(versions.back().entry->id);
  for (const std::int64_t id : entries_) {
    if (!uses.contains(id) && !newest.contains(id)) world_.remove(id);
  }
}

/// The name of the hostname whose certificate it has.
const std::string& CdnPro::owner_of(const Domain& domain) const {
  const auto shared = shared_.find(domain.name);
  return shared == shared_.end() ? domain.name : shared->second;
}

std::int64_t CdnPro::certificate_of(const Domain& domain) const {
  if (domain.product != "cdnpro" || without_.contains(domain.name)) return 0;
  const std::string& owner = owner_of(domain);
  if (owner == domain.name) return domain.id;
  const Domain* other = world_.find_domain(owner);
  return other == nullptr ? 0 : other->id;
}

std::int64_t CdnPro::find_certificate(const std::string& id) const {
  const bool formed = id.size() == kIdsBegin.size() + kIdDigits && id.starts_with(kIdsBegin);
  if (!formed) return 0;
  const auto number = integer_field({{"id", id.substr(kIdsBegin.size())}}, "id");
  const auto owner = std::ranges::find(world_.domains(), number.value_or(0), &Domain::id);
  if (owner == world_.domains().end() || certificate_of(*owner) != owner->id) return 0;
  return owner->id;
}

std::string CdnPro::id_of(std::int64_t certificate) {
  const std::string digits = std::to_string(certificate);
  return std::string(kIdsBegin) + std::string(kIdDigits - digits.size(), '0') + digits;
}

std::string CdnPro::certificate_id(const std::string& name) const {
  const Domain* domain = world_.find_domain(name);
  const std::int64_t certificate = domain == nullptr ? 0 : certificate_of(*domain);
  return certificate == 0 ? "" : id_of(certificate);
}

std::vector<const Domain*> CdnPro::users_of(std::int64_t certificate) const {
  std::vector<const Domain*> users;
  for (const Domain& one : world_.domains()) {
    if (one.online && certificate_of(one) == certificate) users.push_back(&one);
  }
  return users;
}

const std::vector<CdnPro::Version>& CdnPro::versions_of(std::int64_t certificate) const {
  static const std::vector<Version> kNone;
  const auto versions = versions_.find(certificate);
  return versions == versions_.end() ? kNone : versions->second;
}

bool CdnPro::is_full(std::int64_t certificate) const {
  return versions_of(certificate).size() >= versions_most_;
}

std::int64_t CdnPro::number_of(std::int64_t certificate, const EntryPtr& entry) const {
  if (entry == nullptr) return 0;
  const std::vector<Version>& versions = versions_of(certificate);
  const auto same = [&](const Version& one) { return one.entry->id == entry->id; };
  const auto found = std::ranges::find_if(versions, same);
  return found == versions.end() ? 0 : found - versions.begin() + 1;
}

std::int64_t CdnPro::version_at(const Domain& domain, SteadyTime moment) const {
  return number_of(certificate_of(domain), domain.bound_at(moment));
}

std::int64_t CdnPro::deployed(std::int64_t certificate) const {
  for (const Domain& one : world_.domains()) {
    if (certificate_of(one) != certificate) continue;
    if (const std::int64_t number = number_of(certificate, one.bound())) return number;
  }
  return 0;
}

std::int64_t CdnPro::add_version(std::int64_t certificate,
                                 std::string comments,
                                 UploadedPair pair) {
  const std::int64_t id = world_.upload(comments, std::move(pair));
  entries_.insert(id);
  std::vector<Version>& versions = versions_[certificate];
  versions.push_back(
      {.entry = world_.entries().at(id), .comments = std::move(comments), .made_at = world_.now()});
  return std::ssize(versions);
}

std::optional<std::string> CdnPro::uncovered(std::int64_t certificate, std::int64_t version) const {
  const auto at = static_cast<std::size_t>(version - 1);
  const Certificate& leaf = versions_of(certificate).at(at).entry->pair.leaf;
  for (const Domain* one : users_of(certificate)) {
    if (!any_covers(leaf.dns_names, leaf.ip_addresses, one->name)) return one->name;
  }
  return std::nullopt;
}

const CdnPro::Deployment& CdnPro::deploy(std::int64_t certificate,
                                         std::int64_t version,
                                         std::string name) {
  EntryPtr& entry = versions_.at(certificate).at(static_cast<std::size_t>(version - 1)).entry;
  if (!world_.entries().contains(entry->id)) {
    // Superseded once; what it was is still here.
    const std::int64_t id = world_.upload(entry->note, entry->pair);
    entries_.insert(id);
    entry = world_.entries().at(id);
  }
  Deployment made{
      .id = "ac8e3085-ef92-4c12-ab1b-" + std::to_string(100000000000 + deployments_.size()),
      .name = std::move(name),
      .certificate = certificate,
      .version = version,
      .submitted_at = world_.now(),
      .jobs = {}};
  for (const Domain* one : users_of(certificate)) {
    world_.start_bind(entry->id, one->name);
    made.jobs[one->name] = one->job_number();
  }
  return deployments_.emplace_back(std::move(made));
}

CdnPro::Progress CdnPro::progress_of(const Deployment& deployment) const {
  Progress progress{.status = "succeeded", .details = ""};
  for (const auto& [name, number] : deployment.jobs) {
    const Domain* domain = world_.find_domain(name);
    if (domain == nullptr || !domain->job || domain->job->number != number) continue;
    if (domain->job->failed) return {.status = "failed", .details = domain->job->reason};
    progress.status = "in progress";
  }
  return progress;
}

}  // namespace certferry::sandbox
