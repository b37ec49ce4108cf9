#include "engine/report.h"

#include <algorithm>

#include "base/planted.h"

namespace certferry {

std::string_view to_string(Outcome outcome) {
  switch (outcome) {
    case Outcome::kPlanned:
      return "planned";
    case Outcome::kConfirmed:
      return "confirmed";
    case Outcome::kUnconfirmed:
      return "unconfirmed";
    case Outcome::kFailed:
      return "failed";
    case Outcome::kHeld:
      return "held";
    case Outcome::kParked:
      return "parked";
  }
  return "failed";
}

Outcome outcome_of(const Plan& plan) {
  if (plan.has(StepKind::kPark)) return Outcome::kParked;
  if (plan.has(StepKind::kHold)) return Outcome::kHeld;
  return plan.steps.empty() ? Outcome::kConfirmed : Outcome::kPlanned;
}

bool Report::succeeded() const {
  const auto confirmed = [](const TargetReport& one) { return one.outcome == Outcome::kConfirmed; };
  const auto read = [](const CertificateReport& one) { return !one.error.has_value(); };
  const auto unharmed = [](const RetireReport& one) { return !one.error.has_value(); };
  return problems.empty() && std::ranges::all_of(certificates, read) &&
         (std::ranges::all_of(targets, confirmed) || planted("success_anyway")) &&
         std::ranges::all_of(retirements, unharmed);
}

bool Report::troubled() const {
  const auto failed = [](const auto& one) { return one.error.has_value(); };
  return std::ranges::any_of(certificates, failed) || std::ranges::any_of(accounts, failed) ||
         std::ranges::any_of(retirements, failed) || !problems.empty();
}

bool Report::has_work() const {
  const auto planned = [](const TargetReport& one) { return one.outcome == Outcome::kPlanned; };
  const auto due = [](const RetireReport& one) { return one.plan.due && !one.done; };
  return std::ranges::any_of(targets, planned) || std::ranges::any_of(retirements, due);
}

}  // namespace certferry
