#include "model/label.h"
#include "providers/common/store_name.h"
#include "sandbox/huaweicloud/huaweicloud_api.h"
#include "sim/products/emulated.h"

namespace certferry::sim {

namespace {

using sandbox::Fault;
using sandbox::FaultKind;

constexpr std::string_view kDomainId = "0123456789abcdef0123456789abcdef";
constexpr std::string_view kProjectId = "fedcba9876543210fedcba9876543210";
constexpr std::string_view kElbProjectId = "ffeeddccbbaa99887766554433221100";
constexpr std::string_view kWafProjectId = "00112233445566778899aabbccddeeff";

/// As a person has set them: none is what the vendor begins with.
const sandbox::HuaweiCloudHttps kSettings{
    .http2 = "on", .tls_version = "TLSv1.2,TLSv1.3", .ocsp_stapling = "on"};

class EmulatedHuaweiCloud final : public Emulated {
 public:
  using Emulated::Emulated;

  sandbox::Reply handle(const sandbox::Request& request) override {
    for (const sandbox::Domain& one : world.domains()) {
      if (set_.insert(one.name).second) api_.https(one.name) = kSettings;
    }
    sandbox::Reply reply = api_.handle(request);
    // The cases look at the origin alone: what else a bind set back shows there.
    for (const std::string& name : set_) {
      if (api_.https(name) != kSettings) world.set_origin(name, "HTTPS settings were set back");
    }
    return reply;
  }
  ProviderOptions account() const override {
    return {.endpoint = "https://{service}.myhuaweicloud.test",
            .credentials = {{"access_key_id", Secret("AKIDEXAMPLE")},
                            {"secret_access_key", Secret(kSecretKey)},
                            {"domain_id", Secret(std::string(kDomainId))},
                            {"project_id", Secret(std::string(kProjectId))},
                            {"waf_region", Secret("cn-east-3")},
                            {"waf_project_id", Secret(std::string(kWafProjectId))},
                            {"elb_region", Secret("cn-south-1")},
                            {"elb_project_id", Secret(std::string(kElbProjectId))}}};
  }
  CallNames calls(const std::string& product) const override {
    return {.upload = "ImportCertificate",
            .bind = product == "obs"   ? "SetBucketCustomdomain"
                    : product == "waf" ? "ApplyCertificateToHost"
                    : product == "elb" ? "UpdateListener"
                                       : "UpdateDomainFullConfig",
            .remove = "DeleteCertificate"};
  }
  bool gives_edge_names(const std::string& product) const override { return product == "cdn"; }
  int domains_a_page(const std::string& product) const override {
    return product == "obs" ? 30 : product == "cdn" ? 500 : 100;
  }
  std::size_t copies(const std::string& product) const override {
    return product == "waf" || product == "elb" ? 1 : 0;
  }
  std::string call_of(const sandbox::Request& request) const override {
    if (sandbox::is_for_obs(request)) return sandbox::read_obs_request(request).action;
    const sandbox::HuaweiCloudRequest call = sandbox::read_huaweicloud_request(request);
    return call.operation == nullptr ? "" : std::string(call.operation->name);
  }
  std::string strange_note(const std::string& fingerprint) const override {
    // Another one of us: its lists do not say what is stored.
    return store_name(label_for(fingerprint, 0x5eed), Time{});
  }
  std::string note_of(const std::string& label, Time not_after) const override {
    return store_name(label, not_after);
  }
  Fault refuses_to_delete() const override {
    return {.kind = FaultKind::kErrorCode, .code = 400, .message = "SCM.0010"};
  }
  Fault fails_inside() const override {
    return {.kind = FaultKind::kErrorCode, .code = 200, .message = "CDN.0116"};
  }
  std::string forbid_to_bind(const std::string& product) override {
    const std::string permission = product == "obs"
                                       ? "obs:bucket:putBucketCustomDomainConfiguration"
                                   : product == "waf" ? "waf:certificate:apply"
                                   : product == "elb" ? "elb:listeners:put"
                                                      : "cdn:configuration:modifyHttpsConf";
    api_.deny(permission);
    return permission;
  }

 private:
  sandbox::HuaweiCloudApi api_{{.credentials = {.access_key_id = "AKIDEXAMPLE",
                                                .secret_access_key = Secret(kSecretKey),
                                                .security_token = {},
                                                .domain_id = std::string(kDomainId),
                                                .project_id = std::string(kProjectId),
                                                .waf_project_id = std::string(kWafProjectId),
                                                .elb_project_id = std::string(kElbProjectId)},
                                .configuring = seconds(5)},
                               world,
                               faults};
  std::set<std::string> set_;
};

}  // namespace

std::unique_ptr<Emulated> emulate_huaweicloud(sandbox::WorldOptions options, const Clock& clock) {
  options.guards_use = false;
  return std::make_unique<EmulatedHuaweiCloud>(std::move(options), clock);
}

}  // namespace certferry::sim
