// ALB (application load balancers, alb 2020-04-01).
//
// What is odd here, each with its evidence (all of it in metadata.cpp):
//  - one call sets a listener's own certificate, its extensions' and everything else of it; what it
//    does to what it is not given is not documented: how clients are verified, who is let in and
//    what is switched on is read right before and sent along ... docs: 6767/113683; terraform
//  - without its source a certificate is taken for one of ALB's own store . docs: CertificateSource
// API: https://www.volcengine.com/docs/6767/113683

#include <array>

#include "base/text.h"
#include "providers/common/json_api.h"
#include "providers/volcengine/balancers.h"

namespace certferry {

namespace {

using Json = nlohmann::json;

constexpr auto kSettings =
    std::to_array<std::string_view>({"AccessLogRecordCustomizedHeadersEnabled",
                                     "AclIds",
                                     "AclStatus",
                                     "AclType",
                                     "CACertificateId",
                                     "CACertificateSource",
                                     "ClientAddressTransmissionProtocol",
                                     "CustomizedCfgId",
                                     "Description",
                                     "EnableHttp2",
                                     "EnableQuic",
                                     "Enabled",
                                     "ListenerName",
                                     "PcaRootCACertificateId",
                                     "PcaSubCACertificateId",
                                     "Port",
                                     "ProxyProtocolDisabled",
                                     "ServerGroupId"});

/// What would be lost if a call set back to its default what it is not given. What is at its
/// default anyway is left out: it may be a feature that the account does not have.
void add_settings(const Json& listener, QueryParameters& query) {
  for (const char* key : {"EnableHttp2", "EnableQuic"}) {
    if (text_of(listener, key) == "on") query.emplace_back(key, "on");
  }
  for (const char* key : {"CACertificateSource",
                          "CACertificateId",
                          "PcaRootCACertificateId",
                          "PcaSubCACertificateId",
                          "CustomizedCfgId"}) {
    const std::string value = text_of(listener, key);
    // One that is not bound may be a blank.
    if (!trim(value).empty()) query.emplace_back(key, value);
  }
  if (text_of(listener, "AclStatus") != "on") return;
  query.emplace_back("AclStatus", "on");
  query.emplace_back("AclType", text_of(listener, "AclType"));
  const Json* lists = member(listener, "AclIds");
  int number = 0;
  for (const Json& one : lists != nullptr && lists->is_array() ? *lists : Json::array()) {
    if (!one.is_string()) continue;
    query.emplace_back("AclIds." + std::to_string(++number), one.get<std::string>());
  }
}

VolcengineOrder order(const Json& listener,
                      const VolcengineExtension& extension,
                      const std::string& stored_id) {
  VolcengineOrder out{.action = "ModifyListenerAttributes", .query = {}};
  const std::string first = extension.id.empty() ? "" : "DomainExtensions.1.";
  if (!extension.id.empty()) {
    out.query = {{first + "Action", "modify"},
                 {first + "DomainExtensionId", extension.id},
                 {first + "Domain", extension.domain}};
  }
  out.query.emplace_back(first + "CertificateSource", kVolcengineCenter);
  out.query.emplace_back(first + "CertCenterCertificateId", stored_id);
  add_settings(listener, out.query);
  return out;
}

}  // namespace

const VolcengineBalancerKind kVolcengineAlb = {
    .id = "alb", .name = "ALB", .settings = kSettings, .order = order};

}  // namespace certferry
