// CLB (classic load balancers, clb 2020-04-01).
//
// What is odd here, each with its evidence (all of it in metadata.cpp):
//  - a listener's own certificate and its extensions' are set by two calls, and what neither is
//    given stays as it is ................ docs: 6406/71775; 6406/2193110
//  - an extension takes certificates of the centre alone . SDK: ModifyListenerDomainExtensions
// API: https://www.volcengine.com/docs/6406/71775, https://www.volcengine.com/docs/6406/2193110

#include <array>

#include "providers/volcengine/balancers.h"

namespace certferry {

namespace {

constexpr auto kSettings =
    std::to_array<std::string_view>({"AclIds",          "AclStatus",
                                     "AclType",         "Bandwidth",
                                     "CACertificateId", "CaCertificateId",
                                     "CaEnabled",       "ConnectionDrainEnabled",
                                     "Description",     "Enabled",
                                     "Http2Enabled",    "KeepaliveTimeout",
                                     "ListenerName",    "PersistenceTimeout",
                                     "PersistenceType", "Port",
                                     "Scheduler",       "SecurityPolicyId",
                                     "ServerGroupId",   "WafProtectionEnabled"});

VolcengineOrder order(const nlohmann::json& /*listener*/,
                      const VolcengineExtension& extension,
                      const std::string& stored_id) {
  if (extension.id.empty()) {
    return {.action = "ModifyListenerAttributes",
            .query = {{"CertificateSource", std::string(kVolcengineCenter)},
                      {"CertCenterCertificateId", stored_id}}};
  }
  const std::string first = "ModifyDomainExtensions.1.";
  return {.action = "ModifyListenerDomainExtensions",
          .query = {{first + "DomainExtensionId", extension.id},
                    {first + "CertificateSource", std::string(kVolcengineCenter)},
                    {first + "CertCenterCertificateId", stored_id}}};
}

}  // namespace

const VolcengineBalancerKind kVolcengineClb = {
    .id = "clb", .name = "CLB", .settings = kSettings, .order = order};

}  // namespace certferry
