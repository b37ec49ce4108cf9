// Many tasks at once on the one loop: joined, never detached.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <memory>
#include <vector>

#include "ports/task.h"

namespace certferry {

/// Runs all tasks side by side and returns when the last has ended.
///
/// Tasks report failure in their own results; an exception out of one is a bug and is thrown on
/// after all have ended.
Task<void> run_all(std::vector<Task<void>> tasks);

/// Lets a fixed number pass at once, first come first served.
class Turnstile {
  struct State;

 public:
  Turnstile(boost::asio::any_io_executor executor, std::size_t width);

  /// Holds a place until it is destroyed, and may outlive the turnstile: a loop that ends early
  /// destroys suspended tasks in any order.
  class Place {
   public:
    explicit Place(std::shared_ptr<State> state) : state_(std::move(state)) {}
    Place(Place&&) noexcept = default;
    Place& operator=(Place&&) = delete;
    ~Place();

   private:
    std::shared_ptr<State> state_;
  };
  Task<Place> enter();

 private:
  std::shared_ptr<State> state_;
};

}  // namespace certferry
