// Jobs by which SSL Certificates carries a certificate to resources of other products.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ports/sleeper.h"
#include "providers/common/turn.h"
#include "providers/tencentcloud/account.h"

namespace certferry {

/// What is to be carried where.
struct DeployOrder {
  std::string_view kind;  ///< of the resources, as the vendor has it: "cos"
  std::string certificate;
  std::string region;                  ///< theirs; empty where they have none
  std::string name;                    ///< that they serve, as names are compared
  std::vector<std::string> instances;  ///< what they are called there; at least one
  std::string doing;                   ///< becomes the errors' activity
};

/// What a list may not show yet of a resource.
struct OnItsWay {
  std::optional<std::string> certificate;  ///< that a job is carrying there
  bool failed = false;                     ///< one did, and came to nothing
};

/// Lifetime: the account and the sleeper outlive it and its tasks.
class DeployJobs {
 public:
  /// `sleeper` null: nobody waits for the end of a job.
  DeployJobs(TencentAccount& account, Sleeper* sleeper) : account_(account), sleeper_(sleeper) {}

  /// Carries the certificate there, and waits for its end for a good minute: one that takes longer
  /// is no error. What is under way already is waited for, and not sent again.
  ///
  /// Throws, beside what the account throws: unavailable `vendor.busy` when one for other names
  /// takes too long, rejected when the job failed, and `vendor.halfway` when it did for some of
  /// them.
  Task<void> carry(DeployOrder order);

  /// What this process has begun for that instance and seen no end of. `listed`: the certificate
  /// that the list has for it.
  Task<OnItsWay> on_its_way(std::string instance,
                            std::string name,
                            std::string listed,
                            std::string doing);

 private:
  struct Job {
    std::string id;
    std::string certificate;
    std::string region;
  };
  /// How far a job has come with one name.
  struct Progress {
    int parts = 0;         ///< of the job that are about the name
    int failed_parts = 0;  ///< of those, for a reason that is given
    bool ended = false;
    bool failed = false;
    bool halfway = false;  ///< and did not for others of them
    std::string reason;
  };

  static Progress progress_of(const nlohmann::json& reply, const std::string& name);
  Task<Progress> ask(Job job, std::string name, std::string doing);
  /// The same, of a job whose outcome nothing depends on: nothing when it could not be read.
  Task<std::optional<Progress>> look(Job job, std::string name, std::string doing);
  /// The job that is under way for the certificate and is about the name. Waits for one that is
  /// about others, because there is no second one meanwhile.
  Task<std::optional<Job>> under_way(DeployOrder order);
  Task<Job> begin(DeployOrder order);

  TencentAccount& account_;
  Sleeper* sleeper_;
  BindTurn turn_;
  std::map<std::string, Job> jobs_;  ///< by instance: that this process has seen and no end of
};

/// Whether the vendor refused to carry a certificate by words that it has for one that is there
/// already, among others: then a list says which it was.
bool may_be_there(const Error& error);

}  // namespace certferry
