// The hostnames of Wangsu's CDN Pro, and the versions of the certificates that they have.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "ports/provider.h"
#include "ports/sleeper.h"
#include "providers/common/turn.h"
#include "providers/wangsu/cdnpro_calls.h"

namespace certferry {

/// Lifetime: the account and the sleeper outlive it and its tasks. Without a sleeper nobody waits
/// for what comes of a deployment.
class WangsuCdnPro {
 public:
  WangsuCdnPro(WangsuAccount& account, Sleeper* sleeper)
      : account_(account), calls_(account), sleeper_(sleeper) {}

  Task<std::vector<Binding>> list();
  /// Of each hostname whose certificate is deployed, under an id of its own.
  Task<std::vector<StoredCertificate>> list_stored();
  /// Makes a new version of the certificate that the hostname has, and deploys it, for all
  /// hostnames that have it. Throws also: rejected `vendor.rejected` where others have it whom the
  /// bundle does not cover, where CDN Pro renews it, where there is none, and
  /// `vendor.client_certificate` where an origin is shown it; invalid_input `vendor.api_key`.
  Task<void> bind(Binding binding, BundlePtr bundle, std::string label);

 private:
  struct Held;

  Task<std::vector<Held>> held(std::string doing);
  /// As it was told before, or asked for.
  Task<CdnProVersion> version(CdnProVersionId id, std::string doing);
  /// Looks for a while at what comes of a deployment. Throws: rejected, that it failed.
  Task<void> watch(std::string id, std::string doing);

  WangsuAccount& account_;
  CdnProCalls calls_;
  Sleeper* sleeper_;
  std::map<std::string, BindTurn> turns_;              ///< by certificate
  std::map<CdnProVersionId, CdnProVersion> versions_;  ///< as they were told, which stays
  std::map<CdnProVersionId, std::string> known_;       ///< fingerprints of what was seen to be ours
};

}  // namespace certferry
