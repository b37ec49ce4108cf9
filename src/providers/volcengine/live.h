// The playback domains of Volcengine's Video Live, and which certificate each is set to.
#pragma once

#include <string>
#include <vector>

#include "ports/provider.h"
#include "providers/volcengine/account.h"

namespace certferry {

/// Lifetime: the account outlives it and its tasks.
class VolcengineLive {
 public:
  /// `project`: the resource project that copies go to; empty: the account's default.
  VolcengineLive(VolcengineAccount& account, std::string project)
      : account_(account), project_(std::move(project)) {}

  Task<std::vector<Binding>> list();
  /// Makes a copy of the bundle in Live's own list before, unless one is there. Throws also:
  /// not_found when there is neither a copy nor a bundle to make one of.
  Task<void> bind(BindRequest request);
  /// Deletes Live's copies of a certificate of the centre. Throws also: in_use.
  Task<void> remove_copies(std::string stored_id);

 private:
  Task<std::vector<nlohmann::json>> list_certificates();
  Task<std::string> make_copy(std::string stored_id, BundlePtr bundle);

  VolcengineAccount& account_;
  std::string project_;
};

}  // namespace certferry
