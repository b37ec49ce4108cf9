// Names of other products' resources, to which CAS's deployment jobs carry certificates.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ports/sleeper.h"
#include "providers/aliyun/deploy_jobs.h"
#include "providers/aliyun/products.h"
#include "providers/common/turn.h"

namespace certferry {

/// Lifetime: account, store and sleeper outlive it and its tasks; without a sleeper a bind looks
/// once what has become of its job.
class AliyunDeploy final : public AliyunProduct {
 public:
  AliyunDeploy(AliyunAccount& account, AliyunCas& cas, Sleeper* sleeper)
      : account_(account), cas_(cas), sleeper_(sleeper) {}

  std::string_view id() const override { return "cas-deploy"; }
  std::string_view name() const override { return "CAS's cloud resources"; }
  Task<std::vector<Binding>> list() override;
  Task<std::vector<Binding>> list_users() override;
  /// Throws also: rejected, before anything is sent, `vendor.names_cut_off` where what is there now
  /// may serve a name that the bundle does not cover; `vendor.rejected` for a job that failed.
  Task<BindDone> bind(BindRequest request) override;

 private:
  /// A resource that a job is told by its id.
  struct Place {
    std::string id;
    std::string what;                        ///< "ALB 2356", for people
    std::optional<std::string> certificate;  ///< by the list
    std::optional<Time> changed_at;          ///< by the list, when its row was
    bool serves_others = false;              ///< names that the list may not have
  };
  struct Name {
    std::optional<std::string> stored_id;  ///< by the list
    std::vector<Place> places;
  };
  /// A resource, as the list has it.
  struct Resource {
    Place place;
    std::string kind;  ///< "alb"
    std::string spelled;
    std::string why_not = {};  ///< that it is no target; empty: it is one
  };
  /// What a job was told, and what the list had before.
  struct Told {
    AliyunJob job;
    std::optional<std::string> before;
    std::optional<Time> done_at = {};
  };
  using Places = std::vector<Place>;

  static Result<Resource> read_resource(const nlohmann::json& row);
  static Binding binding_of(const Resource& one);
  Task<std::vector<Resource>> list_resources(std::string doing);
  /// What the list does not show yet, or never will.
  Task<void> overlay(Binding* binding, std::string doing);
  Task<void> require_names_kept(BindRequest request, Places places, std::string doing);
  /// The job to wait for, which is started; none: all is done by an earlier one.
  Task<std::optional<AliyunJob>> job_for(BindRequest request, Places places, std::string doing);
  /// The same of a job that was found: whether it is to be waited for. Takes out of `places` those
  /// that it has done.
  Task<bool> take_up(AliyunJob job, std::string wanted, Places* places, std::string doing);
  Task<void> require_done(AliyunJob job, AliyunJobState state, std::string doing);
  Task<std::optional<AliyunJobState>> look(AliyunJob job, std::string doing);

  AliyunAccount& account_;
  AliyunCas& cas_;
  Sleeper* sleeper_;
  AliyunJobs jobs_{account_};
  BindTurn turn_;                      ///< to look for a job and to make one
  std::map<std::string, Name> names_;  ///< by host, as they were listed
  std::map<std::string, Told> told_;   ///< by host, until the list shows it
};

}  // namespace certferry
