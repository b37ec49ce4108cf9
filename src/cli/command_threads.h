// Programs run beside the loop.
#pragma once

#include <boost/asio/thread_pool.hpp>
#include <string>
#include <vector>

#include "ports/command_runner.h"

namespace certferry::cli {

/// CommandRunner on a few threads: each waits for one program, so that the loop need not.
///
/// Lifetime: waits for the programs that run, each of which has a deadline.
class CommandThreads final : public CommandRunner {
 public:
  /// `hidden_variables`: of the environment, not handed on to programs.
  explicit CommandThreads(std::vector<std::string> hidden_variables)
      : hidden_variables_(std::move(hidden_variables)) {}
  Task<Secret> run(CommandRequest request) override;

 private:
  std::vector<std::string> hidden_variables_;
  boost::asio::thread_pool threads_{4};
};

}  // namespace certferry::cli
