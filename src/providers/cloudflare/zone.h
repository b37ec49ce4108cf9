// A zone's own hosts, served by the certificates that somebody uploaded to it.
#pragma once

#include <cstdint>
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
  /// What was in a certificate's place, and what that was given from here.
  struct Replaced {
    Time ended{};             ///< that which was there before
    std::string fingerprint;  ///< of what is there since
    SteadyTime listed_until;  ///< lists may show the one before until then
  };
  /// The zone's certificates, and when that was asked: a count, for no clock tells calls apart that
  /// are made within a millisecond.
  struct Reading {
    std::vector<ZoneCertificate> all;
    std::uint64_t began = 0;
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
  /// Whether what a list shows there is the bundle, or was replaced by it so lately that the list
  /// may lag. Never by its id alone: a legacy certificate keeps it, whoever replaces it.
  bool is_set(const ZoneCertificate& listed, const Bundle& bundle) const;

  CloudflareAccount& account_;
  const Clock& clock_;
  Sleeper* sleeper_;
  BindTurn turn_;  ///< names share certificates: what one bind makes the next one finds
  std::map<std::string, Uploaded> uploaded_;  ///< by id
  std::map<std::string, Replaced> replaced_;  ///< by the id before
  /// Of what was read last, unless something was sent since: those who wait for their turn share
  /// it, or a zone's thousand names would take a list each, one after the other.
  std::optional<Reading> reading_;
  std::uint64_t moments_ = 0;
};

}  // namespace certferry
