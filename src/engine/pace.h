// An account's pace: so many calls a second, so many at once.
#pragma once

#include <algorithm>
#include <optional>
#include <string_view>

#include "base/clock.h"
#include "engine/fleet.h"
#include "engine/parallel.h"
#include "model/metadata.h"
#include "ports/http_client.h"
#include "ports/sleeper.h"

namespace certferry {

constexpr std::string_view kLateTurn = "pace.late";

/// Wraps the HTTP client of one account, so that every call of its provider, whatever page walk or
/// fallback it belongs to, goes through one token bucket and one in-flight limit.
///
/// The wait for a turn is not part of a request's own timeout: a queue of a thousand binds at two
/// a second is slow, not failing. A reply that says "too many" (429) stops the bucket for one
/// second; a Retry-After is heeded by PatientProvider.
///
/// A changing call whose turn comes late because the process stood still is not sent: meanwhile
/// somebody may have changed what it was decided on. Throws besides what the client does: timed_out
/// (`pace.late`), which whoever repeats takes as a reason to look again.
class PacedHttpClient final : public HttpClient {
 public:
  PacedHttpClient(HttpClient& client,
                  Clock& clock,
                  Sleeper& sleeper,
                  boost::asio::any_io_executor executor,
                  Limits limits);

  Task<HttpResponse> send(HttpRequest request) override;

  /// Another process made calls until so long ago: what its bucket had is not there once more.
  void was_used(milliseconds ago);

  /// Nothing is sent until then, and what the bucket has gathered is lost. For a "too many" that
  /// stood inside a reply; one that is its status is seen here.
  void pause(milliseconds duration);

  /// Until then whoever comes, or waits for a turn already, gets this error and sends nothing.
  void turn_away(Error why, milliseconds duration);

  /// No changing call leaves any more; whoever wants to send one waits until his loop ends.
  void close() { closed_ = true; }
  /// Changing calls on the wire whose answers have not come.
  std::size_t changing_under_way() const { return changing_under_way_; }

  struct Counts {
    std::uint64_t calls = 0;
    std::uint64_t changing = 0;
    std::uint64_t throttled = 0;
  };
  const Counts& counts() const { return counts_; }
  /// How far the vendor's clock is ahead of ours, by the Date of its last reply; none: it gave
  /// none.
  std::optional<milliseconds> peer_ahead() const { return peer_ahead_; }
  std::size_t max_in_flight() const { return std::max(1U, limits_.max_in_flight); }

 private:
  /// Takes a token and returns how long to wait until it may be used.
  milliseconds reserve();
  /// How long that was meant to take.
  Task<milliseconds> take_turn();
  Task<HttpResponse> send_changing(HttpRequest request);

  HttpClient& client_;
  Clock& clock_;
  Sleeper& sleeper_;
  Turnstile in_flight_;
  Limits limits_;
  /// When the bucket would be full again: one instant says all there is to say about it.
  std::chrono::time_point<std::chrono::steady_clock, std::chrono::duration<double>> full_at_{};
  SteadyTime resumes_at_{};
  std::optional<Error> refusal_;
  SteadyTime refused_until_{};
  Counts counts_;
  std::size_t changing_under_way_ = 0;
  bool closed_ = false;
  std::optional<milliseconds> peer_ahead_;
};

/// After a "too many" that stood inside a 200, where the pace cannot see it.
void slow_down(const Account& account, const Error& error, milliseconds wait);

}  // namespace certferry
