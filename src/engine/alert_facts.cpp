#include "engine/alert_facts.h"

#include <algorithm>
#include <array>
#include <map>

#include "base/text.h"
#include "engine/patience.h"
#include "engine/served.h"
#include "policy/edge.h"

namespace certferry {

namespace {

using Standing = AlertSubject::Standing;
using Uploads = std::vector<UploadRecord>;

/// The same trouble has the same code, whatever numbers and times its words hold.
std::string cause_of(const Error& error) {
  std::string cause = error.code.empty() ? std::string(to_string(error.kind)) : error.code;
  if (!error.vendor_code.empty()) cause += "/" + printable(error.vendor_code, 40);
  return cause;
}

std::string words_of(const Error& error) {
  Error without_hint = error;
  without_hint.hint.clear();
  return without_hint.text();
}

void take_error(AlertSubject& subject, const Error& error) {
  subject.standing = Standing::kTrouble;
  subject.cause = cause_of(error);
  subject.reason = words_of(error);
  subject.action = error.hint;
}

/// When the bundle that was confirmed last ends, by the ledger.
std::optional<Lifetime> remembered(const TargetRecord& target, const Uploads& uploads) {
  for (const UploadRecord& one : uploads) {
    const bool same = one.account == target.id.account &&
                      one.fingerprint == target.confirmed_fingerprint && !one.fingerprint.empty();
    if (!same || one.not_after <= Time{}) continue;
    return Lifetime{
        .fingerprint = one.fingerprint, .begins = one.created_at, .ends = one.not_after};
  }
  return std::nullopt;
}

/// What clients get: as seen, else as the vendor says, else as we remember.
std::optional<Lifetime> served(const TargetReport& target, const Uploads& uploads) {
  if (const auto seen = seen_lifetime(target)) return seen;
  const auto& memory = target.facts.memory;
  return memory ? remembered(*memory, uploads) : std::nullopt;
}

/// Its edge turned to what clients refuse, where a bundle was confirmed before.
bool regressed(const TargetReport& target) {
  if (target.rolled_back) return true;
  const TargetFacts& facts = target.facts;
  const bool was_well = facts.memory && !facts.memory->confirmed_fingerprint.empty();
  return was_well && target.outcome != Outcome::kConfirmed && edge_refuses_clients(facts);
}

bool deployed(const TargetReport& target) {
  if (target.outcome != Outcome::kConfirmed || !target.facts.bundle) return false;
  if (target.plan.changes_something()) return true;
  // Set by a run that died, or by hand: it is another one than was confirmed last all the same.
  const auto& memory = target.facts.memory;
  return memory && !memory->confirmed_fingerprint.empty() &&
         memory->confirmed_fingerprint != target.facts.bundle->fingerprint();
}

NoticeLevel level_of(const TargetReport& target) {
  if (regressed(target)) return NoticeLevel::kCritical;
  return target.outcome == Outcome::kHeld ? NoticeLevel::kWarning : NoticeLevel::kError;
}

/// We were asked to wait, and do: that is told by nobody who is not waiting.
bool is_waited_for(const std::optional<Error>& error) {
  return error && error->code == kAccountPaused;
}

/// Told by its account or its source already, put off, or only planned.
bool is_silent(const TargetReport& target) {
  constexpr std::array<std::string_view, 3> kElsewhere = {
      "observe.failed", "source.failed", "retry.waiting"};
  return target.outcome == Outcome::kPlanned || is_waited_for(target.error) ||
         std::ranges::find(kElsewhere, target.plan.summary.code) != kElsewhere.end();
}

std::string what_to_do(const TargetReport& target) {
  if (target.error && !target.error->hint.empty()) return target.error->hint;
  return "'certferry why " + target.facts.id.name + "' explains it";
}

std::string cause_of(const TargetReport& target) {
  std::string cause(to_string(target.outcome));
  if (target.error) {
    cause = cause_of(*target.error);
  } else if (!target.plan.summary.code.empty() && target.plan.blocked()) {
    cause = target.plan.summary.code;
  }
  if (!target.failed_step.empty()) cause = target.failed_step + "/" + cause;
  return regressed(target) ? "regressed/" + cause : cause;
}

AlertSubject subject_of(const TargetReport& target, const Uploads& uploads) {
  AlertSubject subject{.name = to_string(target.facts.id),
                       .account = target.facts.id.account,
                       .certificate = target.facts.certificate,
                       .action = what_to_do(target),
                       .served = served(target, uploads)};
  if (target.outcome == Outcome::kConfirmed) {
    subject.standing = Standing::kWell;
    subject.deployed = deployed(target);
  } else if (!is_silent(target)) {
    subject.standing = Standing::kTrouble;
    subject.level = level_of(target);
    subject.cause = cause_of(target);
    subject.reason = target.error ? words_of(*target.error) : target.message;
  }
  return subject;
}

std::string name_of_account(const std::string& account) {
  return "account " + account;
}

AlertSubject subject_of(const AccountReport& account) {
  AlertSubject subject{.name = name_of_account(account.name), .account = account.name};
  subject.standing = Standing::kWell;
  if (account.error) take_error(subject, *account.error);
  if (is_waited_for(account.error)) subject.standing = Standing::kSilent;
  return subject;
}

/// What it serves ends some day, and nothing comes after it.
AlertSubject subject_left_behind(const TargetRecord& target, const Uploads& uploads) {
  return {.name = to_string(target.id),
          .account = target.id.account,
          .certificate = target.certificate,
          .action = "the pair of certificate " + target.certificate +
                    " is no longer in its folder: bring it back, or take the name off at the "
                    "vendor",
          .served = remembered(target, uploads)};
}

AlertSubject subject_of(const CertificateReport& certificate) {
  AlertSubject subject{.name = "certificate " + certificate.name, .certificate = certificate.name};
  if (certificate.bundle) {
    subject.standing = Standing::kWell;
    subject.source = lifetime_of(certificate.bundle->leaf);
  }
  if (certificate.staleness) {
    subject.not_renewed = certificate.staleness->reason.text;
    subject.renewer_says = certificate.staleness->hint;
  }
  if (certificate.error) take_error(subject, *certificate.error);
  return subject;
}

/// What belongs to no single target is told under a name of its own: its certificate's source may
/// be well all the while.
std::string name_of(const std::string& where) {
  return "work on " + where;
}

std::string retiring_at(const std::string& account) {
  return "retiring at account " + account;
}

AlertSubject subject_of(const Problem& problem) {
  AlertSubject subject{.name = name_of(problem.where)};
  take_error(subject, problem.error);
  return subject;
}

AlertSubject subject_of(const RetireReport& retirement) {
  AlertSubject subject{.name = retiring_at(retirement.plan.account),
                       .account = retirement.plan.account,
                       .certificate = retirement.plan.certificate};
  take_error(subject, *retirement.error);
  subject.level = NoticeLevel::kWarning;  // what is served is not touched by it
  if (is_waited_for(retirement.error)) subject.standing = Standing::kSilent;
  return subject;
}

/// An account that failed breaks each of its selectors: that is told once, for the account. A name
/// that a person got wrong on the command line is told there.
bool told_elsewhere(const Problem& problem, const Report& report) {
  if (problem.error.code == "select.unknown") return true;
  return std::ranges::any_of(report.accounts, [&](const AccountReport& account) {
    return account.error && account.error->code == problem.error.code &&
           account.error->message == problem.error.message;
  });
}

/// Trouble beside the targets, each once; where there is none that is known to be well.
std::vector<AlertSubject> beside_targets(const Report& report) {
  std::map<std::string, AlertSubject> found;
  for (const Problem& one : report.problems) {
    if (!told_elsewhere(one, report)) found.try_emplace(name_of(one.where), subject_of(one));
  }
  for (const RetireReport& one : report.retirements) {
    if (one.error) found.try_emplace(retiring_at(one.plan.account), subject_of(one));
  }
  std::vector<std::string> looked_at = {name_of("state")};
  for (const CertificateReport& one : report.certificates) {
    looked_at.push_back(name_of("certificate " + one.name));
  }
  for (const TargetReport& one : report.targets) {
    looked_at.push_back(name_of(to_string(one.facts.id)));
  }
  for (const AccountReport& one : report.accounts) {
    if (!one.error) looked_at.push_back(retiring_at(one.name));
  }
  for (const std::string& name : looked_at) {
    found.try_emplace(name, AlertSubject{.name = name, .standing = Standing::kWell});
  }
  std::vector<AlertSubject> all;
  for (auto& [name, subject] : found) all.push_back(std::move(subject));
  return all;
}

}  // namespace

std::vector<AlertSubject> alert_subjects(const Report& report,
                                         const std::vector<UploadRecord>& uploads) {
  std::vector<AlertSubject> all;
  for (const AccountReport& one : report.accounts) all.push_back(subject_of(one));
  for (const CertificateReport& one : report.certificates) all.push_back(subject_of(one));
  for (const TargetReport& one : report.targets) all.push_back(subject_of(one, uploads));
  for (const TargetRecord& one : report.left_behind) {
    all.push_back(subject_left_behind(one, uploads));
  }
  for (AlertSubject& one : beside_targets(report)) all.push_back(std::move(one));
  return all;
}

AlertSubject account_without_run(const std::string& account, const Error& error) {
  AlertSubject subject{.name = name_of_account(account), .account = account};
  take_error(subject, error);
  subject.level = NoticeLevel::kCritical;
  subject.reason +=
      " (what is served stays, but no renewal is deployed until that is mended; it is tried again "
      "by itself)";
  return subject;
}

AlertSubject new_configuration(const std::string& path, const std::vector<Error>& problems) {
  AlertSubject subject{.name = "the configuration", .standing = Standing::kWell};
  if (problems.empty()) return subject;
  take_error(subject, problems.front());
  subject.reason = "what is there now is not taken, and the one in force stays";
  for (const Error& one : problems) subject.reason += "; " + words_of(one);
  subject.action = "mend " + path + ", which 'certferry check' looks at";
  return subject;
}

}  // namespace certferry
