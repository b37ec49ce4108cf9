// One function a command; each returns the exit status.
#pragma once

#include <string>

#include "base/error.h"
#include "cli/command_tree.h"
#include "cli/options.h"

namespace certferry::cli {

int run_init(const GlobalOptions& global, const InitOptions& options);
int run_check(const GlobalOptions& global);
int run_plan(const GlobalOptions& global, const PlanOptions& options);
int run_apply(const GlobalOptions& global, const ApplyOptions& options);
int run_daemon(const GlobalOptions& global);
int run_rollback(const GlobalOptions& global, const RollbackOptions& options);
int run_status(const GlobalOptions& global, const StatusOptions& options);
int run_why(const GlobalOptions& global, const std::string& target);
int run_history(const GlobalOptions& global, const HistoryOptions& options);
int run_probe(const GlobalOptions& global, const ProbeOptions& options);
int run_notify_test(const GlobalOptions& global, const std::string& channel);
int run_providers(const GlobalOptions& global, const std::string& id);
int run_schema(const GlobalOptions& global);
int run_sandbox(const GlobalOptions& global, const SandboxOptions& options);
int run_simulate(const GlobalOptions& global, const SimulateOptions& options);
int run_version(const GlobalOptions& global);
int run_completion(const std::string& shell, const CommandTree& tree);
int run_manual(const std::string& page, const CommandTree& tree);

/// Prints an error as people or, with JSON output, programs want it.
void print_error(const GlobalOptions& global, const Error& error);

}  // namespace certferry::cli
