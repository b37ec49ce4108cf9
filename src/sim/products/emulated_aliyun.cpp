#include <nlohmann/json.hpp>

#include "providers/common/store_name.h"
#include "sandbox/aliyun/aliyun_api.h"
#include "sim/products/emulated.h"

namespace certferry::sim {

namespace {

using sandbox::Fault;
using sandbox::FaultKind;

class EmulatedAliyun final : public Emulated {
 public:
  using Emulated::Emulated;

  sandbox::Reply handle(const sandbox::Request& request) override { return api_.handle(request); }
  ProviderOptions account() const override {
    return {.endpoint = "https://{service}.aliyuncs.test",
            .credentials = {{"access_key_id", Secret("AKIDEXAMPLE")},
                            {"access_key_secret", Secret(kSecretKey)}}};
  }
  CallNames calls(const std::string& product) const override {
    return {.upload = "UploadUserCertificate",
            .bind = product == "cdn"    ? "SetCdnDomainSSLCertificate"
                    : product == "dcdn" ? "SetDcdnDomainSSLCertificate"
                    : product == "live" ? "SetLiveDomainCertificate"
                    : product == "vod"  ? "SetVodDomainSSLCertificate"
                    : product == "esa"  ? "UpdateCustomHostname"
                    : product == "waf"  ? "ModifyDomainCert"
                    : product == "clb"  ? "SetDomainExtensionAttribute"
                    : product == "oss"  ? "PutCname"
                                        : "CreateDeploymentJob",
            .remove = "DeleteUserCertificate"};
  }
  std::string call_of(const sandbox::Request& request) const override {
    const std::string action = request.header("x-acs-action");
    return action.empty() ? sandbox::read_oss_request(request).action : action;
  }
  std::string strange_note(const std::string& /*fingerprint*/) const override {
    return "bought by hand";
  }
  std::string note_of(const std::string& label, Time not_after) const override {
    return store_name(label, not_after);
  }
  Fault refuses_to_delete() const override {
    return {
        .kind = FaultKind::kErrorCode, .code = 400, .message = "InvalidStatus.DeleteProtection"};
  }
  Fault fails_inside() const override {
    return {.kind = FaultKind::kErrorCode, .code = 200, .message = "IllegalOperation"};
  }
  int domains_a_page(const std::string& product) const override {
    if (product == "live" || product == "vod" || product == "waf") return 50;
    if (product == "clb") return 20;         // what a listener has
    if (product == "cas-deploy") return 35;  // every third is there twice
    return product == "esa" || product == "oss" ? 100 : 500;
  }
  bool gives_edge_names(const std::string& product) const override {
    return product != "esa" && product != "clb" && product != "cas-deploy";
  }
  bool has_jobs(const std::string& product) const override { return product == "cas-deploy"; }
  std::size_t calls_a_bind(const std::string& product) const override {
    return product == "cas-deploy" ? 2 : 1;  // one makes a draft, one has it carried out
  }
  std::string words_of_failed_job(const std::string& /*product*/) const override {
    return "the job that was to carry the certificate there failed";
  }
  std::size_t copies(const std::string& product) const override { return product == "clb" ? 1 : 0; }
  std::string forbid_to_bind(const std::string& product) override {
    const std::string service = product == "waf"          ? "yundun-waf"
                                : product == "clb"        ? "slb"
                                : product == "cas-deploy" ? "yundun-cert"
                                                          : product;
    const std::string permission = service + ":" + calls(product).bind;
    api_.deny(permission);
    return permission;
  }
  void adorn(const std::string& name) override {
    api_.waf().tls_of(name) = {{"TLSVersion", "tlsv1.2"},
                               {"CipherSuite", 99},
                               {"EnableTLSv3", true},
                               {"CustomCiphers", {"ECDHE-ECDSA-AES256-SHA384", "AES128-SHA"}}};
  }
  std::string settings(const std::string& name) override {
    return Emulated::settings(name) + api_.waf().tls_of(name).dump();
  }

 private:
  sandbox::AliyunApi api_{{.credentials = {.access_key_id = "AKIDEXAMPLE",
                                           .access_key_secret = Secret(kSecretKey),
                                           .security_token = {}}},
                          world,
                          faults};
};

}  // namespace

std::unique_ptr<Emulated> emulate_aliyun(sandbox::WorldOptions options, const Clock& clock) {
  options.guards_use = false;
  options.fate.takes = seconds(1);
  return std::make_unique<EmulatedAliyun>(std::move(options), clock);
}

}  // namespace certferry::sim
