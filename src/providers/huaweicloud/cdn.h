// The domains of Huawei Cloud's CDN, and which certificate each is set to.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ports/provider.h"
#include "providers/huaweicloud/account.h"

namespace certferry {

/// Lifetime: the account outlives it and its tasks.
class HuaweiCloudCdn {
 public:
  explicit HuaweiCloudCdn(HuaweiCloudAccount& account) : account_(account) {}

  Task<std::vector<Binding>> list();
  /// Reads the domain's HTTPS settings and writes them back with the certificate changed.
  Task<BindDone> bind(Binding binding, std::string stored_id);

 private:
  using BoundId = std::optional<std::string>;
  /// What the list of certificates says of one domain.
  struct Row {
    std::string certificate;  ///< by its name at the domain
    std::string leaf;         ///< its fingerprint
    int kind = 0;             ///< 0: the domain's own, 1: hosted by CDN, 2: of SCM
    std::string digest;       ///< of the whole, which may hold a private key
    std::map<std::string, std::string> settings;
  };
  using Rows = std::map<std::string, Row>;            // by canonical name
  using Shown = std::pair<std::string, std::string>;  // a row's certificate and leaf
  /// What of the lists an answer depends on; while it changes the answer may be of before.
  struct State {
    std::string text;
    bool settled = false;
  };

  Task<Rows> list_rows();
  Task<nlohmann::json> https_config(std::string vendor_name);
  /// Asks the domain; again only when its row or the domain has changed since.
  Task<BoundId> ask(Binding binding, State state);
  HuaweiCloudCall config_call(const std::string& vendor_name) const;

  HuaweiCloudAccount& account_;
  std::map<std::string, std::pair<std::string, BoundId>> answered_;  ///< state and answer, by name
  std::set<Shown> proven_;  ///< of which a domain has said that our name tells the id
  std::map<std::string, std::map<std::string, std::string>> seen_;  ///< a row's settings, by name
};

}  // namespace certferry
