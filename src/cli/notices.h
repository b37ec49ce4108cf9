// The channels of the configuration, ready to send.
#pragma once

#include <memory>
#include <vector>

#include "cli/runtime.h"
#include "engine/announcer.h"
#include "net/curl_client.h"
#include "net/curl_mail.h"

namespace certferry::cli {

/// A channel that cannot be set up (its secret is not there, say) stands in for itself: sending by
/// it fails with the reason, and the run and the other channels go on.
/// Lifetime: `edge` outlives it.
class NotifyParts {
 public:
  NotifyParts(const Settings& settings, EdgeParts& edge);

  const std::vector<NoticeRoute>& routes() const { return routes_; }
  /// Of each route: why it cannot be used; none when it was set up.
  const std::vector<std::optional<Error>>& problems() const { return problems_; }
  /// Tells what runs give reason to. Lifetime: store and events outlive it, and so does this.
  Announcer announcer(StateStore& store, EventSink& events);

 private:
  void add(const ChannelSettings& settings, const SecretLimits& limits);

  EdgeParts& edge_;
  CurlMailClient mail_;
  std::vector<std::unique_ptr<HttpClient>> wires_;  ///< one a channel: each has its own proxy
  std::vector<std::unique_ptr<Notifier>> notifiers_;
  std::vector<NoticeRoute> routes_;
  std::vector<std::optional<Error>> problems_;
};

}  // namespace certferry::cli
