#include "cli/fleet_watch.h"

#include <algorithm>

#include "base/text.h"

namespace certferry::cli {

namespace {

/// One certificate that is new is named; of a thousand a few are.
std::string some_of(const std::set<std::string>& names) {
  constexpr std::size_t kMost = 3;
  std::vector<std::string> shown;
  for (const std::string& name : names) {
    if (shown.size() == kMost) {
      shown.emplace_back("…");
      break;
    }
    shown.push_back(printable(name, 200));
  }
  return " (" + join(shown, ", ") + ")";
}

}  // namespace

FleetWatch::FleetWatch(boost::asio::io_context& io,
                       const std::vector<std::string>& folders,
                       std::function<void()> on_names)
    : files_(io), on_names_(std::move(on_names)) {
  for (const std::string& folder : folders) {
    folders_.push_back({.path = folder, .extent = WatchExtent::kNames});
  }
}

void FleetWatch::watch(std::vector<WatchPath> paths) {
  paths.insert(paths.end(), folders_.begin(), folders_.end());
  files_.watch(std::move(paths));
}

Task<std::set<std::string>> FleetWatch::changes(milliseconds patience) {
  std::set<std::string> changed = co_await files_.changes(patience);
  const bool names = std::ranges::any_of(
      folders_, [&](const WatchPath& one) { return changed.contains(one.path); });
  if (names) on_names_();
  co_return changed;
}

std::string FleetNews::text() const {
  std::vector<std::string> parts;
  if (!added.empty()) parts.push_back(count_of(added.size(), "new certificate") + some_of(added));
  if (!gone.empty()) parts.push_back(std::to_string(gone.size()) + " gone" + some_of(gone));
  return join(parts, ", ");
}

}  // namespace certferry::cli
