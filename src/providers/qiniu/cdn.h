// The domains of Qiniu's CDN, and which certificate each is set to.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "ports/provider.h"
#include "providers/qiniu/account.h"

namespace certferry {

/// Lifetime: the account outlives it and its tasks.
class QiniuCdn {
 public:
  explicit QiniuCdn(QiniuAccount& account) : account_(account) {}

  Task<std::vector<Binding>> list();
  /// Reads the domain's HTTPS settings, and sends them back with another certificate.
  Task<void> bind(Binding binding, std::string stored_id);

 private:
  struct Https {
    std::optional<std::string> stored_id;
    std::map<std::string, std::string> settings;
  };
  /// A domain's answer, and the row of the list that it goes with.
  using Answers = std::map<std::string, std::pair<std::string, Https>>;

  Task<nlohmann::json> get(std::string vendor_name, std::string doing);
  /// Nothing when the domain has gone since it was listed.
  Task<std::optional<Https>> ask(Binding binding);

  QiniuAccount& account_;
  Answers answered_;  ///< of domains that have not changed lately, by vendor name
};

}  // namespace certferry
