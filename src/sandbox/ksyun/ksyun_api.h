// Kingsoft Cloud's CDN, over a World.
//
// An independent witness for the adapter: the two share no code. It is strict about signatures,
// paths, pages, the names of certificates, and what they are stored with. Codes are the vendor's
// where they are known, of our own making elsewhere. Sources: the documents that
// providers/ksyun/metadata.cpp names, the vendor's SDK for Java, clients.
#pragma once

#include <set>
#include <string>

#include "sandbox/aws4_check.h"
#include "sandbox/ksyun/ksyun_calls.h"
#include "sandbox/vendor_api.h"
#include "sandbox/world.h"

namespace certferry::sandbox {

struct KsyunOptions {
  Aws4Credentials credentials;
  milliseconds list_lag{};            ///< lists show the account as it was so long ago
  std::set<std::string> denied = {};  ///< "cdn:SetCertificate"
};

extern template class VendorApi<KsyunRequest, KsyunAnswer, KsyunRefusal>;

/// Lifetime: world and faults outlive it. A fault's endpoint is the action's name; those of
/// ConfigCertificate strike SetCertificate as well.
class KsyunApi final : public VendorApi<KsyunRequest, KsyunAnswer, KsyunRefusal> {
 public:
  KsyunApi(KsyunOptions options, World& world, Faults& faults);

  void deny(const std::string& permission) { options_.denied.insert(permission); }

 private:
  KsyunRequest read(const Request& request) override;
  std::optional<KsyunRefusal> refuse(const Request& request, const KsyunRequest& call) override;
  KsyunAnswer run(const KsyunRequest& call, milliseconds view_age) override;
  KsyunAnswer pretend(const KsyunRequest& call) override;
  Reply reply_to(const KsyunRequest& call, const KsyunAnswer& answer) override;
  std::optional<KsyunAnswer> say_instead(const KsyunRequest& call, const Fault& fault) override;

  KsyunOptions options_;
  KsyunNumbers numbers_;
};

}  // namespace certferry::sandbox
