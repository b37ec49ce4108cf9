// The domains of JD Cloud's CDN, and which certificate each is set to.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "ports/provider.h"
#include "providers/jdcloud/account.h"

namespace certferry {

/// Lifetime: the account outlives it and its tasks.
class JdcloudCdn {
 public:
  explicit JdcloudCdn(JdcloudAccount& account) : account_(account) {}

  /// Whether what a domain said before may stand for it, or every one is asked.
  enum class Ask { kChanged, kEvery };

  Task<std::vector<Binding>> list(Ask which);
  /// Reads how the domain redirects, and sends that back with another certificate.
  Task<BindDone> bind(Binding binding, std::string stored_id);

 private:
  struct Details {
    std::optional<std::string> stored_id;
    std::map<std::string, std::string> settings;
  };

  Task<nlohmann::json> get(std::string vendor_name);
  /// How a domain redirects, of which its details may say nothing. Throws `reply.shape`.
  Task<std::string> redirect_of(std::string vendor_name, nlohmann::json domain);
  /// Nothing when the domain has gone since it was listed.
  Task<std::optional<Details>> ask(std::string vendor_name);

  JdcloudAccount& account_;
  /// A domain's answer and the row of the list that it goes with, of those that have not changed
  /// lately, by vendor name.
  std::map<std::string, std::pair<std::string, Details>> answered_;
};

}  // namespace certferry
