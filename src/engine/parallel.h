// Many tasks at once on the one loop: joined, never detached.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/experimental/channel.hpp>
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
 public:
  Turnstile(boost::asio::any_io_executor executor, std::size_t width);

  /// Holds a place until it is destroyed.
  class Place {
   public:
    explicit Place(Turnstile* turnstile) : turnstile_(turnstile) {}
    Place(Place&& other) noexcept : turnstile_(std::exchange(other.turnstile_, nullptr)) {}
    Place& operator=(Place&&) = delete;
    ~Place();

   private:
    Turnstile* turnstile_;
  };
  Task<Place> enter();

 private:
  boost::asio::experimental::channel<void(boost::system::error_code)> places_;
};

}  // namespace certferry
