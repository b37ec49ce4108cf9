// What CDN Pro's calls say, read strictly: hostnames, certificates with their versions, and what is
// being deployed.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "model/bundle.h"
#include "ports/task.h"
#include "providers/wangsu/account.h"

namespace certferry {

struct CdnProHostname {
  std::string spelled;
  bool deployed = false;    ///< in production; its owner may have it in staging alone
  std::string certificate;  ///< that its property names there; empty: none
};

/// Certificate and number.
using CdnProVersionId = std::pair<std::string, std::int64_t>;

struct CdnProVersion {
  std::int64_t number = 0;
  std::string digest;   ///< lower-case digits; of which kind their number says
  std::string comment;  ///< a fingerprint, if it carries a label of ours
  std::vector<std::string> names = {};
  Time not_after{};

  /// As SHA-256; empty when that is not told.
  const std::string& fingerprint() const { return digest.size() == 64 ? digest : comment; }
  bool is(const Certificate& leaf) const;
};

struct CdnProCertificate {
  std::int64_t deployed = 0;  ///< a version; 0: none
  bool renews_itself = false;
  // Of one alone, not of those in a list:
  std::vector<CdnProVersion> versions = {};  ///< without names
  std::vector<std::string> hostnames = {};   ///< canonical, everybody who has it
  bool shown_to_origins = false;             ///< by which an origin knows a property

  /// The last version that is the same; 0: none is.
  std::int64_t number_of(const Certificate& leaf) const;
};

struct CdnProDeployment {
  std::string task;
  std::int64_t version = 0;
};

struct CdnProTask {
  std::string status;  ///< "succeeded", "failed", or that it is under way
  std::string details;
};

/// Throws, beside what WangsuAccount throws: `reply.shape`, `reply.paging`, `reply.no_id`.
/// Lifetime: the account outlives it and its tasks.
class CdnProCalls {
 public:
  explicit CdnProCalls(WangsuAccount& account) : account_(account) {}

  Task<std::vector<CdnProHostname>> hostnames(std::string doing);
  Task<CdnProHostname> hostname(std::string spelled, std::string doing);
  Task<std::map<std::string, CdnProCertificate>> certificates(std::string doing);
  Task<CdnProCertificate> certificate(std::string id, std::string doing);
  Task<CdnProVersion> version(CdnProVersionId id, std::string doing);
  /// The last deployment under way of each certificate, or of that one.
  Task<std::map<std::string, CdnProDeployment>> deployments(std::string certificate,
                                                            std::string doing);
  /// Makes a version of the certificate; its number.
  Task<std::int64_t> make_version(std::string certificate,
                                  BundlePtr bundle,
                                  std::string label,
                                  std::string doing);
  /// Sets off a deployment of that name; its task.
  Task<std::string> deploy(CdnProVersionId id, std::string name, std::string doing);
  Task<CdnProTask> task(std::string id, std::string doing);

 private:
  Task<nlohmann::json> get(std::string name, std::string path, std::string doing);
  Task<std::vector<nlohmann::json>> list(std::string path,
                                         QueryParameters query,
                                         std::string key,
                                         std::string doing);

  WangsuAccount& account_;
};

}  // namespace certferry
