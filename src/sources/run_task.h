// For this room's tests: runs a task that never really waits.
#pragma once

#include <boost/asio/io_context.hpp>

#include "ports/start.h"

namespace certferry {

template <typename T>
T finish(Task<T> task) {
  boost::asio::io_context loop;
  return *run_until_ended(loop, std::move(task));
}

}  // namespace certferry
