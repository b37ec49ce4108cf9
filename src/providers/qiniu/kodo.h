// The source domains of the buckets of Qiniu's Kodo, and which certificate each is set to.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "ports/provider.h"
#include "providers/qiniu/account.h"

namespace certferry {

/// Lifetime: the account outlives it and its tasks.
class QiniuKodo {
 public:
  explicit QiniuKodo(QiniuAccount& account) : account_(account) {}

  Task<std::vector<Binding>> list();
  Task<void> bind(Binding binding, std::string stored_id);

 private:
  /// Ids of certificates by canonical name.
  using Bound = std::map<std::string, std::optional<std::string>>;

  Task<std::vector<nlohmann::json>> bare_list(QiniuCall call);
  Task<std::vector<std::string>> list_buckets();
  Task<std::vector<Binding>> list_names(std::string bucket);
  Task<Bound> list_bound();

  QiniuAccount& account_;
};

}  // namespace certferry
