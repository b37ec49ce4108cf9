// Walking a list that comes in pages, so that it is whole or an error.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <set>
#include <string>

#include "base/error.h"

namespace certferry {

/// A list whose pages do not add up: `reply.paging`, unavailable.
Error bad_paging(std::string what);

/// Says whether a list is whole yet. A list with holes would say that a certificate is unused when
/// it is not, so what does not add up is an error: the whole walk is tried again.
class PageWalk {
 public:
  static constexpr unsigned kPagesMost = 2000;

  unsigned page() const { return page_; }  ///< to be asked for next; they count from 1
  /// Takes the items of the page asked for; true: there is another one.
  ///
  /// Error, of the kind unavailable: `reply.paging` when a page is the one before once more, when
  /// the list ends before its own count or never does, and when the count changes on the way;
  /// `reply.shape` without a count.
  Result<bool> take(const nlohmann::json& items, std::optional<std::int64_t> count);

 private:
  unsigned page_ = 1;
  std::int64_t seen_ = 0;
  std::optional<std::int64_t> count_;
  std::string before_;  ///< the digest of the page before, which may have keys in it
};

/// The same of a list whose answers say where the next page begins, and do not count.
class MarkerWalk {
 public:
  static constexpr std::size_t kMarkerBytesMost = 4096;

  const std::string& marker() const { return marker_; }  ///< to be asked for next; empty: the first
  /// Takes where the next page begins; empty: there is none. True: there is one.
  ///
  /// Error `reply.paging`, of the kind unavailable: it has been there before, or there is no end,
  /// or the place takes more than `kMarkerBytesMost`.
  Result<bool> take(std::string next);

 private:
  std::string marker_;
  std::set<std::string> markers_;
};

}  // namespace certferry
