#include "engine/parts.h"

#include <algorithm>
#include <tuple>

#include "base/text.h"
#include "engine/select.h"

namespace certferry {

std::vector<Fleet> parts_of(const Fleet& fleet, const std::set<std::string>& only) {
  const std::vector<Job> jobs = jobs_for(fleet, only);
  std::vector<Fleet> parts;
  for (const Account& account : fleet.accounts) {
    Fleet part{.accounts = {account}};
    for (const Job& job : jobs) {
      Job share = job;
      std::erase_if(share.to, [&](const TargetSelector& to) { return to.account != account.name; });
      if (!share.to.empty()) part.jobs.push_back(std::move(share));
    }
    if (!part.jobs.empty()) parts.push_back(std::move(part));
  }
  return parts;
}

namespace {

template <typename T>
void append(std::vector<T>& to, std::vector<T> from) {
  std::ranges::move(from, std::back_inserter(to));
}

/// Where in the configuration a target stands: its job, then the first of its elements that names
/// the account.
class ConfigurationOrder {
 public:
  explicit ConfigurationOrder(const Fleet& fleet) {
    std::size_t place = 0;
    for (const Job& job : fleet.jobs) {
      for (const TargetSelector& to : job.to) {
        places_.emplace(std::tuple(job.certificate, to.account), place++);
      }
    }
  }
  std::vector<TargetReport> arranged(std::vector<TargetReport> targets) const {
    std::vector<std::pair<std::size_t, std::size_t>> order;  // the place, and where it stands now
    order.reserve(targets.size());
    for (const TargetReport& target : targets) {
      const auto place = places_.find({target.facts.certificate, target.facts.id.account});
      ASSERT(place != places_.end());
      order.emplace_back(place->second, order.size());
    }
    std::ranges::sort(order);
    std::vector<TargetReport> out;
    out.reserve(targets.size());
    for (const auto& [place, at] : order) out.push_back(std::move(targets[at]));
    return out;
  }

 private:
  std::map<std::tuple<std::string, std::string>, std::size_t> places_;
};

/// A store that fails fails all accounts in the same words.
void append_new(std::vector<Problem>& to, std::vector<Problem> from) {
  for (Problem& problem : from) {
    const bool known = std::ranges::any_of(to, [&](const Problem& one) {
      return one.where == problem.where && one.error.text() == problem.error.text();
    });
    if (!known) to.push_back(std::move(problem));
  }
}

Problem unknown_name(const std::string& name) {
  return {
      printable(name, 80),
      Error(ErrorKind::kNotFound, "no certificate and no target of the configuration has this name")
          .with_code("select.unknown")
          .with_hint("'certferry plan' without names lists them all")};
}

std::set<std::string> unknown_to_all(const std::vector<Report>& parts,
                                     const std::set<std::string>& only) {
  std::set<std::string> unknown = only;
  for (const Report& part : parts) {
    std::erase_if(unknown, [&](const std::string& name) { return !part.unknown.contains(name); });
  }
  return unknown;
}

void forget_unasked(Report& report, const Fleet& fleet, const std::set<std::string>& only) {
  std::set<std::string> certificates = only;
  for (const TargetReport& target : report.targets) certificates.insert(target.facts.certificate);
  std::set<std::string> accounts;
  for (const Job& job : fleet.jobs) {
    if (!certificates.contains(job.certificate)) continue;
    for (const TargetSelector& to : job.to) accounts.insert(to.account);
  }
  std::erase_if(report.certificates,
                [&](const auto& one) { return !certificates.contains(one.name); });
  std::erase_if(report.accounts, [&](const auto& one) { return !accounts.contains(one.name); });
}

std::vector<CertificateReport> certificates_of(const Fleet& fleet,
                                               const std::map<std::string, BundleView>& bundles) {
  std::vector<CertificateReport> reports;
  for (const Job& job : fleet.jobs) {
    const auto view = bundles.find(job.certificate);
    if (view == bundles.end()) continue;
    reports.push_back({.name = job.certificate,
                       .source = job.source->describe(),
                       .bundle = view->second.bundle,
                       .error = view->second.error});
  }
  return reports;
}

}  // namespace

Report merge(std::vector<Report> parts,
             const Fleet& fleet,
             const std::map<std::string, BundleView>& bundles,
             const std::set<std::string>& only) {
  const std::set<std::string> unknown = unknown_to_all(parts, only);
  Report report{.certificates = certificates_of(fleet, bundles)};
  std::vector<Problem> unasked;
  for (Report& part : parts) {
    append(report.accounts, std::move(part.accounts));
    append(report.targets, std::move(part.targets));
    append(report.left_out, std::move(part.left_out));
    append(report.left_behind, std::move(part.left_behind));
    append(report.retirements, std::move(part.retirements));
    append_new(report.problems, std::move(part.problems));
    append(report.warnings, std::move(part.warnings));
    append_new(unasked, std::move(part.unasked));
  }
  report.targets = ConfigurationOrder(fleet).arranged(std::move(report.targets));
  for (const std::string& name : unknown) report.problems.push_back(unknown_name(name));
  // A name that was not found may be behind any trouble there is.
  if (!unknown.empty()) append_new(report.problems, std::move(unasked));
  if (!only.empty() && unknown.empty()) forget_unasked(report, fleet, only);
  return report;
}

void note_stale(Report& report, const Fleet& fleet, Time now) {
  std::map<std::string_view, const Job*> jobs;
  for (const Job& job : fleet.jobs) jobs.emplace(job.certificate, &job);
  for (CertificateReport& certificate : report.certificates) {
    if (!certificate.bundle) continue;
    const auto job = jobs.find(certificate.name);
    ASSERT(job != jobs.end());
    const Certificate& leaf = certificate.bundle->leaf;
    certificate.staleness = staleness({.not_before = leaf.not_before,
                                       .not_after = leaf.not_after,
                                       .now = now,
                                       .renewer = job->second->renewer});
    if (!certificate.staleness) continue;
    const Staleness& stale = *certificate.staleness;
    report.warnings.push_back({"certificate " + certificate.name,
                               Error(ErrorKind::kUnavailable, stale.reason.text)
                                   .with_code(stale.reason.code)
                                   .with_hint(stale.hint)});
  }
}

}  // namespace certferry
