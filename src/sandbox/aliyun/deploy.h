// CAS's deployment jobs, and the cloud resources that they go to: those of a World's domains that
// belong to "cas-deploy", in other products of the vendor, and those that are put there by hand.
//
// Strict where the documents are: what is made is a draft, and nothing happens before it is told
// to; each resource that a job goes to takes a deployment of those that were paid for; a job that
// has ended stays as it is. The resources that are listed are copies, which may be old.
// Sources: docs: CreateDeploymentJob, UpdateDeploymentJobStatus and those beside them;
// @alicloud/cas20200407.
#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "sandbox/aliyun/aliyun_calls.h"
#include "sandbox/world.h"

namespace certferry::sandbox {

/// Lifetime: the world outlives it.
class AliyunDeployState {
 public:
  explicit AliyunDeployState(World& world) : world_(world) {}

  /// Lists show the world as it was at that moment, and copies of resources are older still.
  AliyunAnswer run(const AliyunRequest& call, SteadyTime moment);

  /// How old the copies are.
  void set_age(milliseconds age) { age_ = age; }
  /// A resource of no domain of the world's, by the members of its row; its Id stays.
  void put(const nlohmann::json& row) { rows_[row.at("Id").get<std::int64_t>()] = row; }
  const nlohmann::json& row(std::int64_t id) const { return rows_.at(id); }
  /// So many deployments are left.
  void set_left(std::int64_t left) { left_ = left; }
  std::int64_t used() const { return used_; }
  std::size_t jobs() const { return jobs_.size(); }
  void forget_contacts() { has_contact_ = false; }
  /// Jobs fail at that resource.
  void break_resource(std::int64_t id) { broken_ = id; }

 private:
  struct Worker {
    std::int64_t id = 0;
    std::int64_t resource = 0;
    std::string domain;  ///< of the world; empty: the resource is one of `rows_`
    std::string status = "editing";
    std::uint64_t job = 0;    ///< the domain's, to know it by
    std::int64_t before = 0;  ///< the certificate that it had
  };
  struct Job {
    std::int64_t id = 0;
    std::string name;
    std::int64_t certificate = 0;
    std::vector<std::int64_t> resources;
    std::string contacts;
    std::string status = "editing";
    Time made_at{};
    std::optional<Time> ended_at = {};
    std::vector<Worker> workers = {};
  };
  /// What is listed, by its id.
  using Resources = std::map<std::int64_t, nlohmann::json>;

  static std::string domain_of(const nlohmann::json& row);
  static nlohmann::json members_of(const Job& job);
  Resources resources_at(SteadyTime moment) const;
  nlohmann::json row_of(const Domain& domain, std::int64_t id, SteadyTime moment) const;
  std::int64_t wall(SteadyTime at) const;
  void settle();
  void settle(Job& job);
  void end(Worker& worker, const Job& job);
  std::variant<Job*, AliyunRefusal> job_in(const AliyunRequest& call);
  std::int64_t cost_of(const Job& job) const;
  void start(Job& job);

  AliyunAnswer list_resources(const AliyunRequest& call, SteadyTime moment) const;
  AliyunAnswer list_contacts(const AliyunRequest& call) const;
  AliyunAnswer list_jobs(const AliyunRequest& call) const;
  AliyunAnswer make(const AliyunRequest& call);
  AliyunAnswer tell(const AliyunRequest& call, Job& job);
  AliyunAnswer count(const Job& job) const;
  AliyunAnswer list_workers(const AliyunRequest& call, const Job& job) const;

  World& world_;
  milliseconds age_{};
  Resources rows_;
  std::vector<Job> jobs_;
  std::int64_t next_job_ = 8888;
  std::int64_t next_worker_ = 22487;
  std::int64_t left_ = 1'000'000;
  std::int64_t used_ = 0;
  bool has_contact_ = true;
  std::optional<std::int64_t> broken_;
};

}  // namespace certferry::sandbox
