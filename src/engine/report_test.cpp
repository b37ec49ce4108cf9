#include "engine/report.h"

#include <gtest/gtest.h>

namespace certferry {
namespace {

struct Row {
  const char* words;
  Report report;
  bool succeeded;
  bool has_work;
};

Report with_target(Outcome outcome) {
  Report report;
  report.targets.push_back({.outcome = outcome});
  return report;
}

Report with_retirement(bool due, bool done, std::optional<Error> error) {
  Report report = with_target(Outcome::kConfirmed);
  report.retirements.push_back({.plan = {.due = due}, .done = done, .error = std::move(error)});
  return report;
}

std::vector<Row> rows() {
  const Error error(ErrorKind::kUnavailable, "it failed");
  Report with_problem = with_target(Outcome::kConfirmed);
  with_problem.problems.push_back({"state", error});
  Report without_source = with_target(Outcome::kConfirmed);
  without_source.certificates.push_back({.name = "example.com", .error = error});
  Report with_one_failure = with_target(Outcome::kConfirmed);
  with_one_failure.targets.push_back({.outcome = Outcome::kFailed});
  return {
      {"nothing at all", Report(), true, false},
      {"confirmed", with_target(Outcome::kConfirmed), true, false},
      {"planned", with_target(Outcome::kPlanned), false, true},
      {"unconfirmed", with_target(Outcome::kUnconfirmed), false, false},
      {"failed", with_target(Outcome::kFailed), false, false},
      {"held", with_target(Outcome::kHeld), false, false},
      {"parked", with_target(Outcome::kParked), false, false},
      {"one of two failed", with_one_failure, false, false},
      {"a problem beside", with_problem, false, false},
      {"a source that failed", without_source, false, false},
      {"a retirement that is due", with_retirement(true, false, std::nullopt), true, true},
      {"a retirement that is done", with_retirement(true, true, std::nullopt), true, false},
      {"a retirement in its grace", with_retirement(false, false, std::nullopt), true, false},
      {"a retirement that failed", with_retirement(false, false, error), false, false},
  };
}

TEST(ReportTest, SucceedsOnlyWhenAllIsConfirmedAndNothingFailedBeside) {
  for (const Row& row : rows()) EXPECT_EQ(row.report.succeeded(), row.succeeded) << row.words;
}

TEST(ReportTest, HasWorkOnlyWhenApplyWouldDoSomething) {
  for (const Row& row : rows()) EXPECT_EQ(row.report.has_work(), row.has_work) << row.words;
}

}  // namespace
}  // namespace certferry
