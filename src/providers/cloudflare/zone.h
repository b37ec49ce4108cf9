// A zone's own hosts, served by the certificates that somebody uploaded to it.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "ports/provider.h"
#include "ports/sleeper.h"
#include "providers/cloudflare/account.h"
#include "providers/cloudflare/zone_certificates.h"
#include "providers/common/turn.h"

namespace certferry {

/// Names that have an address in DNS, and whether it is Cloudflare's: the record is proxied.
class ZoneNames {
 public:
  void add(const std::string& name, bool proxied);
  /// In the order in which they came.
  const std::vector<std::string>& all() const { return all_; }
  /// Where a name has no record of its own, a wildcard's is for it.
  bool is_proxied(const std::string& name) const;

 private:
  std::vector<std::string> all_;
  std::map<std::string, bool, std::less<>> proxied_;
};

/// Lifetime: account, clock and sleeper outlive it and its tasks.
class CloudflareZone {
 public:
  CloudflareZone(CloudflareAccount& account, const Clock& clock, Sleeper* sleeper)
      : account_(account), clock_(clock), sleeper_(sleeper) {}

  /// The hosts of certificates, and the names of DNS records where the token may read those; else
  /// the zone's apex.
  Task<std::vector<Binding>> list();
  /// Each certificate once, whatever the number of its hosts. One that was uploaded from here while
  /// this lives has a label; of the others hosts and end are told.
  Task<std::vector<StoredCertificate>> list_stored();
  /// Throws rejected before anything is sent: see way_in(), and of what ends within 14 days.
  Task<BindDone> bind(Binding binding, BundlePtr bundle);

 private:
  struct Uploaded {
    std::string fingerprint;
    Time ends{};
  };

  Task<std::vector<ZoneCertificate>> certificates(std::string doing);
  /// None when the token may not read them.
  Task<std::optional<ZoneNames>> dns_names(std::string doing);
  /// Empty when the token may not read it.
  Task<std::string> apex(std::string doing);
  Task<std::string> send(WayIn way, BundlePtr bundle, std::string doing);
  /// The very same certificate is in the zone already: none, when it serves the host.
  Task<std::optional<Error>> adopt(std::string host, BundlePtr bundle, Error refusal);
  void remember(const std::string& id, const Bundle& bundle);
  /// What was uploaded as this, or took its place since, by this process.
  const Uploaded* uploaded_after(std::string id) const;

  CloudflareAccount& account_;
  const Clock& clock_;
  Sleeper* sleeper_;
  BindTurn turn_;  ///< names share certificates: what one bind makes the next one finds
  std::map<std::string, Uploaded> uploaded_;        ///< by id
  std::map<std::string, std::string> replaced_by_;  ///< ids, of those that were replaced from here
};

}  // namespace certferry
