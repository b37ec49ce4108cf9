// CAS's deployment jobs, which carry a certificate to resources of other products.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/time.h"
#include "providers/aliyun/account.h"

namespace certferry {

struct AliyunJob {
  std::string id;
  std::string certificate;  ///< by its id in CAS

  auto operator<=>(const AliyunJob&) const = default;
};

/// How far a job has come.
struct AliyunJobState {
  std::string status;  ///< by the vendor's word
  std::optional<Time> ended_at = {};

  bool is_draft() const { return status == "editing"; }
  bool succeeded() const { return status == "success"; }
  bool ended() const { return succeeded() || status == "error"; }
};

/// Jobs that are made here say in their names which certificate they are for, and which host: by
/// that one is found whose answer was lost, and by whichever process it was made. Each takes a
/// deployment of those that are paid for once it is started, and none before.
///
/// Lifetime: the account outlives it and its tasks.
class AliyunJobs {
 public:
  explicit AliyunJobs(AliyunAccount& account) : account_(account) {}

  /// The last one that was made here for the host, whatever its certificate and its end.
  Task<std::optional<AliyunJob>> last_for(std::string host, std::string doing);
  /// How many were made here for the host and the certificate, by all that `last_for` has seen.
  std::size_t made_for(const std::string& host, const std::string& certificate) const;
  /// Makes one that is not started. Throws also: rejected `vendor.no_contact`.
  Task<AliyunJob> make(std::string host,
                       std::string certificate,
                       std::vector<std::string> resources,
                       std::string doing);
  Task<void> start(AliyunJob job, std::string doing);
  /// None: there is no such job any more.
  Task<std::optional<AliyunJobState>> ask(AliyunJob job, std::string doing);
  /// What a job that has not ended is for.
  Task<std::set<std::string>> resources_of(AliyunJob job, std::string doing);
  /// What became of it at each resource, by the vendor's word.
  Task<std::map<std::string, std::string>> ends_of(AliyunJob job, std::string doing);

 private:
  Task<void> read_all(std::string doing);
  Task<std::string> contact(std::string doing);

  AliyunAccount& account_;
  std::map<std::string, AliyunJob> last_;  ///< by what their names have in the place of a host
  std::map<std::pair<std::string, std::string>, std::set<std::string>> made_;  ///< and certificate
  /// Whether `last_` has all that there are: not before they were listed, nor after a lost answer.
  bool complete_ = false;
  std::optional<std::string> contact_;
};

/// A moment as CAS writes it: in milliseconds, though its documents say seconds; both are read.
std::optional<Time> aliyun_moment(const nlohmann::json& row, std::string_view key);

}  // namespace certferry
