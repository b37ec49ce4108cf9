// The domains of CLB's HTTPS listeners, and which certificate each is set to.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "providers/aliyun/products.h"

namespace certferry {

/// Lifetime: the account outlives it and its tasks.
class AliyunClb final : public AliyunProduct {
 public:
  explicit AliyunClb(AliyunAccount& account) : account_(account) {}

  std::string_view id() const override { return "clb"; }
  std::string_view name() const override { return "CLB"; }
  Task<std::vector<Binding>> list() override;
  Task<BindDone> bind(BindRequest request) override;
  /// Deletes CLB's copies of a certificate of CAS. Throws also: in_use.
  Task<void> remove_copies(std::string stored_id);

 private:
  /// A certificate where a listener has it.
  struct Seen {
    std::string spelled;
    std::string extension = {};  ///< the id of what ties it to a domain
    std::string certificate;     ///< by its id in CAS
    std::string why_not = {};    ///< that it is no target; empty: it is one
  };

  AliyunCall call(const AliyunAction& action, std::string doing) const;
  std::string copy_name(const std::string& stored_id) const;
  /// Which certificate of CAS one of CLB's is; what is none of ours where it is none.
  std::string id_in_cas(const nlohmann::json& certificate) const;
  Task<std::vector<nlohmann::json>> list_certificates(std::string doing);
  Task<std::vector<nlohmann::json>> list_listeners(std::string doing);
  Task<std::vector<nlohmann::json>> list_extensions(nlohmann::json listener, std::string doing);
  Task<std::vector<Seen>> list_seen(std::string doing);
  /// The id of the copy at CLB.
  Task<std::string> make_copy(BindRequest request);

  AliyunAccount& account_;
  std::map<std::string, std::vector<std::string>> extensions_;  ///< of what is served, by name
};

}  // namespace certferry
