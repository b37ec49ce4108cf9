// CDN Pro as it stands: hostnames, the certificates of their properties, the versions of those, and
// deployments.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/secret.h"
#include "sandbox/world.h"

namespace certferry::sandbox {

/// A domain of the world is a hostname, with a property and a certificate of its own unless a test
/// says otherwise; one that nothing is bound to has a certificate of which nothing is deployed.
class CdnPro {
 public:
  struct Version {
    EntryPtr entry;
    std::string comments;
    Time made_at{};
  };
  struct Deployment {
    std::string id;
    std::string name;
    std::int64_t certificate = 0;
    std::int64_t version = 0;
    Time submitted_at{};
    std::map<std::string, std::uint64_t> jobs;  ///< of its hostnames, by name
  };
  struct Progress {
    std::string status;
    std::string details;
  };

  /// `api_key`: by which private keys are encrypted. Lifetime: the world outlives it.
  CdnPro(World& world, Secret api_key) : world_(world), api_key_(std::move(api_key)) {}

  /// The certificate of the first is that of the others as well.
  void share(const std::vector<std::string>& names);
  /// The hostname's property names none.
  void take_certificate_from(const std::string& name) { without_.insert(name); }
  void set_versions_most(std::size_t count) { versions_most_ = count; }

  const Secret& api_key() const { return api_key_; }
  /// Whether what the world stores is a version here, and nothing of the other store's.
  bool has_entry(std::int64_t id) const { return entries_.contains(id); }

  /// What was bound by hand is a version as well; and what nothing serves or is to serve any more
  /// is in versions alone. Called before anything is asked, and after what changes something.
  void catch_up();

  // A certificate is known by the number of the domain that it was made for; 0: none.

  std::int64_t certificate_of(const Domain& domain) const;
  /// By its id as calls have it; 0 where there is none such.
  std::int64_t find_certificate(const std::string& id) const;
  static std::string id_of(std::int64_t certificate);
  std::string certificate_id(const std::string& name) const;  ///< of a hostname

  /// The hostnames that have it in production.
  std::vector<const Domain*> users_of(std::int64_t certificate) const;
  const std::vector<Version>& versions_of(std::int64_t certificate) const;
  bool is_full(std::int64_t certificate) const;
  /// The version that the hostname had then; 0: none.
  std::int64_t version_at(const Domain& domain, SteadyTime moment) const;
  std::int64_t deployed(std::int64_t certificate) const;
  /// Its number; the first is 1.
  std::int64_t add_version(std::int64_t certificate, std::string comments, UploadedPair pair);

  /// A hostname that the version does not cover, among those that it would be deployed to.
  std::optional<std::string> uncovered(std::int64_t certificate, std::int64_t version) const;
  const Deployment& deploy(std::int64_t certificate, std::int64_t version, std::string name);
  const std::vector<Deployment>& deployments() const { return deployments_; }
  Progress progress_of(const Deployment& deployment) const;

 private:
  const std::string& owner_of(const Domain& domain) const;
  std::int64_t number_of(std::int64_t certificate, const EntryPtr& entry) const;

  World& world_;
  Secret api_key_;
  std::map<std::string, std::string> shared_;  ///< whose certificate a hostname has
  std::set<std::string> without_;
  std::size_t versions_most_ = 100;
  std::map<std::int64_t, std::vector<Version>> versions_;
  std::set<std::int64_t> entries_;
  std::vector<Deployment> deployments_;
};

}  // namespace certferry::sandbox
