#pragma once

#include <boost/asio/awaitable.hpp>

namespace certferry {

/// Lazy, awaited once, never detached. Parameters of a Task go by value, ports by reference held in
/// the object; one co_await a statement. Runs on the one loop of the program (no thread anywhere).
template <typename T>
using Task = boost::asio::awaitable<T>;

}  // namespace certferry
