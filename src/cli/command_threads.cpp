#include "cli/command_threads.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "config/command.h"

namespace certferry::cli {

namespace {

Task<Result<Secret>> run_here(std::vector<std::string> arguments, CommandLimits limits) {
  co_return run_command(arguments, std::move(limits));
}

}  // namespace

Task<Secret> CommandThreads::run(CommandRequest request) {
  CommandLimits limits{.deadline = request.deadline,
                       .output_bytes = request.output_bytes_max,
                       .hidden_variables = hidden_variables_,
                       .quotes_errors = request.quotes_errors,
                       .may_leave_programs = request.may_leave_programs};
  Task<Result<Secret>> work = run_here(std::move(request.arguments), std::move(limits));
  Result<Secret> output =
      co_await boost::asio::co_spawn(threads_, std::move(work), boost::asio::use_awaitable);
  if (!output) throw std::move(output).error();
  co_return *std::move(output);
}

}  // namespace certferry::cli
