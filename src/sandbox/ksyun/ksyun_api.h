// Kingsoft Cloud's CDN, over a World.
//
// An independent witness for the adapter: the two share no code. It is strict about signatures,
// paths, pages, the names of certificates, and what they are stored with. Codes are the vendor's
// where they are known, of our own making elsewhere. Sources: the documents that
// providers/ksyun/metadata.cpp names, the vendor's SDK for Java, clients.
#pragma once

#include <cstdint>
#include <set>
#include <string>

#include "sandbox/api.h"
#include "sandbox/aws4_check.h"
#include "sandbox/faults.h"
#include "sandbox/ksyun/ksyun_calls.h"
#include "sandbox/world.h"

namespace certferry::sandbox {

struct KsyunOptions {
  Aws4Credentials credentials;
  milliseconds list_lag{};            ///< lists show the account as it was so long ago
  std::set<std::string> denied = {};  ///< "cdn:SetCertificate"
};

/// Lifetime: world and faults outlive it. A fault's endpoint is the action's name; those of
/// ConfigCertificate strike SetCertificate as well.
class KsyunApi final : public Api {
 public:
  KsyunApi(KsyunOptions options, World& world, Faults& faults)
      : options_(std::move(options)), world_(world), faults_(faults) {}

  Reply handle(const Request& request) override;
  void deny(const std::string& permission) { options_.denied.insert(permission); }

 private:
  void count(const KsyunRequest& call);
  std::optional<KsyunRefusal> refuse(const Request& request, const KsyunRequest& call);
  KsyunAnswer run(const KsyunRequest& call, milliseconds view_age);
  KsyunAnswer apply(const KsyunRequest& call, const Fault& fault);
  Reply reply_to(const KsyunAnswer& answer);
  Reply spoil(const Fault& fault, Reply reply);

  KsyunOptions options_;
  World& world_;
  Faults& faults_;
  KsyunNumbers numbers_;
  std::uint64_t next_request_ = 1;
};

}  // namespace certferry::sandbox
