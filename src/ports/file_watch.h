#pragma once

#include <set>
#include <string>
#include <vector>

#include "ports/source.h"
#include "ports/task.h"

namespace certferry {

/// Tells when files that sources read may have changed.
///
/// A path is told when what a reader would find there is another file, or another state of it,
/// than before: written in place, replaced, reached by a link that was switched, gone or back. A
/// change that nobody tells of, as on a network's file system, is found by looking once a minute.
class FileWatch {
 public:
  virtual ~FileWatch() = default;

  /// Replaces what is watched. A path that is new to it counts as seen as it is now; of one that
  /// was watched before no change is lost.
  virtual void watch(std::vector<WatchPath> paths) = 0;

  /// Waits until something changes, at most `patience`, and returns the paths; none: nothing did.
  /// Never throws but for a bug. Not called twice at once.
  virtual Task<std::set<std::string>> changes(milliseconds patience) = 0;
};

}  // namespace certferry
