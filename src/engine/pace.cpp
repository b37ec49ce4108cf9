#include "engine/pace.h"

#include <algorithm>
#include <cmath>

#include "base/text.h"

namespace certferry {

namespace {

using Seconds = std::chrono::duration<double>;

/// What a changing call does was decided before it queued here. A queue takes as long as the calls
/// ahead of it, half a minute each at most; more than this means that the process stood still.
constexpr milliseconds kLateMost = minutes(1);

Error too_late(milliseconds late) {
  return Error(ErrorKind::kTimedOut,
               "its turn came " + format_duration(late) +
                   " late, as when a process is stopped or a machine sleeps; it was not sent")
      .with_code(std::string(kLateTurn));
}

/// After a "too many", whatever else it says: how long it asks for is heeded where it is read.
constexpr milliseconds kShortestPause = seconds(1);

}  // namespace

PacedHttpClient::PacedHttpClient(HttpClient& client,
                                 Clock& clock,
                                 Sleeper& sleeper,
                                 boost::asio::any_io_executor executor,
                                 Limits limits)
    : client_(client),
      clock_(clock),
      sleeper_(sleeper),
      in_flight_(std::move(executor), std::max(1U, limits.max_in_flight)),
      limits_(limits) {}

milliseconds PacedHttpClient::reserve() {
  // The generic cell rate algorithm: each call moves the instant of "full" on by one interval, and
  // may be sent when that instant is no more than a burst ahead.
  const Seconds interval(1.0 / limits_.calls_per_second);
  const Seconds burst = interval * std::max(1U, limits_.burst);
  const auto now = std::chrono::time_point_cast<Seconds>(clock_.steady_now());
  full_at_ = std::max(full_at_, now) + interval;
  const Seconds wait = full_at_ - burst - now;
  return milliseconds(static_cast<std::int64_t>(std::ceil(std::max(0.0, wait.count()) * 1000)));
}

Task<milliseconds> PacedHttpClient::take_turn() {
  milliseconds waited{0};
  do {
    const milliseconds wait = reserve();
    if (wait > milliseconds(0)) co_await sleeper_.sleep(wait);
    waited += wait;
    // A pause that began meanwhile took the token away.
  } while (clock_.steady_now() < resumes_at_);
  co_return waited;
}

void PacedHttpClient::was_used(milliseconds ago) {
  const Seconds filling = Seconds(1.0 / limits_.calls_per_second) * std::max(1U, limits_.burst);
  const auto empty_at = std::chrono::time_point_cast<Seconds>(clock_.steady_now() - ago);
  full_at_ = std::max(full_at_, empty_at + filling);
}

void PacedHttpClient::pause(milliseconds duration) {
  resumes_at_ = std::max(resumes_at_, clock_.steady_now() + duration);
  // One token is there when the pause ends: who was told "too many" does not come back in a burst.
  const Seconds filling =
      Seconds(1.0 / limits_.calls_per_second) * (std::max(1U, limits_.burst) - 1);
  full_at_ = std::max(full_at_, std::chrono::time_point_cast<Seconds>(resumes_at_) + filling);
}

void PacedHttpClient::turn_away(Error why, milliseconds duration) {
  refusal_ = std::move(why);
  refused_until_ = clock_.steady_now() + duration;
}

namespace {

/// Counts up while it lives, however that ends.
class Counted {
 public:
  explicit Counted(std::size_t& count) : count_(count) { ++count_; }
  Counted(const Counted&) = delete;
  Counted& operator=(const Counted&) = delete;
  ~Counted() { --count_; }

 private:
  std::size_t& count_;
};

}  // namespace

Task<HttpResponse> PacedHttpClient::send_changing(HttpRequest request) {
  // As if the process had died here: the intent is on the disk, and nothing was sent.
  while (closed_) co_await sleeper_.sleep(hours(1));
  ++counts_.changing;
  const Counted counted(changing_under_way_);
  co_return co_await client_.send(std::move(request));
}

Task<HttpResponse> PacedHttpClient::send(HttpRequest request) {
  const SteadyTime queued_at = clock_.steady_now();
  const Turnstile::Place place = co_await in_flight_.enter();
  const milliseconds due_after = co_await take_turn();
  const milliseconds late = clock_.steady_now() - queued_at - due_after;
  if (refusal_ && clock_.steady_now() < refused_until_) throw *refusal_;
  if (request.changes_state && late > kLateMost) throw too_late(late);
  ++counts_.calls;
  Task<HttpResponse> call =
      request.changes_state ? send_changing(std::move(request)) : client_.send(std::move(request));
  HttpResponse response = co_await std::move(call);
  if (const Result<Time> date = parse_http_date(response.header("date"))) {
    peer_ahead_ = *date - clock_.now();
  }
  if (response.status == 429) {
    ++counts_.throttled;
    pause(kShortestPause);
  }
  co_return response;
}

void slow_down(const Account& account, const Error& error, milliseconds wait) {
  if (error.kind == ErrorKind::kThrottled && account.pace != nullptr) account.pace->pause(wait);
}

}  // namespace certferry
