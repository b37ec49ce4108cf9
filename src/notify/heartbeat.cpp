#include "notify/heartbeat.h"

#include "notify/http_notifier.h"

namespace certferry::notify {

namespace {

constexpr const char* kActivity = "calling the heartbeat's address";

Error refused(int status) {
  return Error(status >= 500 ? ErrorKind::kUnavailable : ErrorKind::kRejected,
               "it answered with HTTP " + std::to_string(status))
      .with_code("heartbeat.refused")
      .while_doing(kActivity);
}

}  // namespace

Task<void> Heartbeat::beat() {
  HttpRequest request;
  request.url = std::string(url_.reveal());
  request.timeout = seconds(10);
  request.max_response_bytes = std::size_t{64} * 1024;
  HttpResponse response;
  try {
    response = co_await http_.send(std::move(request));
  } catch (Error& error) {
    // The client's own words say where it called.
    error.activity = kActivity;
    error.message = without_secrets(std::move(error.message), Options({{"url", url_}}, {"url"}));
    throw;
  }
  if (response.status < 200 || response.status > 299) throw refused(response.status);
}

}  // namespace certferry::notify
