#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/time.h"
#include "model/bundle.h"
#include "ports/task.h"

namespace certferry {

/// How far below a path a change counts; each sees what the one before it sees.
enum class WatchExtent : std::uint8_t {
  kItself,  ///< the file or folder alone
  kNames,   ///< and what comes, goes or is renamed anywhere below it, whatever is written there
  kTree,    ///< and what is written there
};

/// A file or a folder whose change means that the source is to be read again.
struct WatchPath {
  std::string path;  ///< absolute; need not exist (yet): watch its folder, for it may be exchanged
  WatchExtent extent = WatchExtent::kItself;

  bool operator==(const WatchPath&) const = default;
};

/// Where bundles come from.
class Source {
 public:
  virtual ~Source() = default;
  /// For people: "1Panel site example.com (/opt/1panel/…/ssl)".
  virtual std::string describe() const = 0;
  /// Reads leaf, chain and key as one generation.
  ///
  /// Throws: not_found (`source.missing`), unauthorized (`source.permission`), invalid_input with a
  /// `pem.*` or `cert.*` code, unavailable (`source.torn`: the files changed while being read or do
  /// not belong together yet, so try again).
  virtual Task<BundlePtr> read() = 0;
  /// What to watch, as far as it can be told now: ask again after each read. None where there are
  /// no files. Never throws.
  virtual std::vector<WatchPath> watched() const { return {}; }
  /// How often to read again though nothing was seen to change: a network's folders tell nobody,
  /// and where nothing is watched this alone shows a renewal.
  virtual milliseconds poll_interval() const { return minutes(10); }
};

}  // namespace certferry
