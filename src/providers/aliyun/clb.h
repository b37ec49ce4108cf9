// The domains of CLB's HTTPS listeners, and which certificate each is set to.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "ports/sleeper.h"
#include "providers/aliyun/products.h"
#include "providers/common/turn.h"

namespace certferry {

/// Lifetime: account and sleeper outlive it and its tasks; without a sleeper a bind beside another
/// is put off while that one looks for its copy.
class AliyunClb final : public AliyunProduct {
 public:
  explicit AliyunClb(AliyunAccount& account, Sleeper* sleeper = nullptr)
      : account_(account), sleeper_(sleeper) {}

  std::string_view id() const override { return "clb"; }
  std::string_view name() const override { return "CLB"; }
  Task<std::vector<Binding>> list() override;
  Task<std::vector<Binding>> list_users() override;
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
  Task<std::vector<Seen>> list_seen();
  static Binding binding_of(const Seen& one);
  /// The id of the copy at CLB.
  Task<std::string> make_copy(BindRequest request);
  /// The same; it is made if it is not there.
  Task<std::string> find_copy(BindRequest request, std::string doing);
  Task<bool> bind_extension(std::string extension, std::string certificate, std::string doing);

  AliyunAccount& account_;
  Sleeper* sleeper_;
  BindTurn turn_;                                               ///< to look for a copy
  std::map<std::string, std::string> made_;                     ///< copies at CLB, by the id in CAS
  std::map<std::string, std::vector<std::string>> extensions_;  ///< of what is served, by name
};

}  // namespace certferry
