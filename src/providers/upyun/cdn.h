// The domains of UPYUN's CDN, and which certificate each is set to.
#pragma once

#include <string>
#include <vector>

#include "ports/provider.h"
#include "providers/upyun/account.h"
#include "providers/upyun/certificates.h"

namespace certferry {

/// Lifetime: account and store outlive it and its tasks.
class UpyunCdn {
 public:
  UpyunCdn(UpyunAccount& account, UpyunCertificates& certificates)
      : account_(account), certificates_(certificates) {}

  Task<std::vector<Binding>> list();
  Task<void> bind(Binding binding, std::string stored_id);

 private:
  UpyunAccount& account_;
  UpyunCertificates& certificates_;
};

}  // namespace certferry
