// The domains of Wangsu's content network, and which certificate each is set to.
#pragma once

#include <string>
#include <vector>

#include "ports/provider.h"
#include "providers/wangsu/account.h"
#include "providers/wangsu/certificates.h"

namespace certferry {

/// Lifetime: account and certificates outlive it and its tasks.
class WangsuCdn {
 public:
  WangsuCdn(WangsuAccount& account, WangsuCertificates& certificates)
      : account_(account), certificates_(certificates) {}

  Task<std::vector<Binding>> list();
  Task<void> bind(Binding binding, std::string stored_id);

 private:
  Task<std::vector<nlohmann::json>> domains(std::string doing);

  WangsuAccount& account_;
  WangsuCertificates& certificates_;
};

}  // namespace certferry
