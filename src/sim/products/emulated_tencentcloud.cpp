#include "sandbox/tencentcloud/tencent_api.h"
#include "sim/products/emulated.h"

namespace certferry::sim {

namespace {

using sandbox::Fault;
using sandbox::FaultKind;

/// Whether SSL Certificates carries certificates there.
bool is_carried(const std::string& product) {
  return product == "cos" || product == "ssl-deploy";
}

class EmulatedTencentCloud final : public Emulated {
 public:
  using Emulated::Emulated;

  sandbox::Reply handle(const sandbox::Request& request) override { return api_.handle(request); }
  ProviderOptions account() const override {
    return {
        .endpoint = "https://{service}.tencentcloudapi.test",
        .credentials = {{"secret_id", Secret("AKIDEXAMPLE")}, {"secret_key", Secret(kSecretKey)}}};
  }
  CallNames calls(const std::string& product) const override {
    return {.upload = "UploadCertificate",
            .bind = product == "cdn"      ? "UpdateDomainConfig"
                    : product == "eo"     ? "ModifyHostsCertificate"
                    : product == "css"    ? "ModifyLiveDomainCertBindings"
                    : product == "waf"    ? "ModifySpartaProtection"
                    : is_carried(product) ? "DeployCertificateInstance"
                    : product == "clb"    ? "ModifyDomainAttributes"
                                          : "SetVodDomainCertificate",
            .remove = "DeleteCertificate"};
  }
  std::string call_of(const sandbox::Request& request) const override {
    return request.header("x-tc-action");
  }
  std::string strange_note(const std::string& fingerprint) const override {
    return "certferry-" + fingerprint;  // another one of us: its lists do not say what is stored
  }
  std::string note_of(const std::string& label, Time /*not_after*/) const override { return label; }
  Fault refuses_to_delete() const override {
    return {.kind = FaultKind::kErrorCode, .message = "FailedOperation.DeleteResourceFailed"};
  }
  Fault fails_inside() const override {
    return {.kind = FaultKind::kErrorCode, .message = "FailedOperation.ModifyFailed"};
  }
  std::string forbid_to_bind(const std::string& product) override {
    const std::string service = product == "eo"       ? "teo"
                                : product == "css"    ? "live"
                                : is_carried(product) ? "ssl"
                                                      : product;
    const std::string permission = service + ":" + calls(product).bind;
    api_.deny(permission);
    return permission;
  }
  void adorn(const std::string& name) override {
    nlohmann::json& https = api_.state().https_of(name);
    https = {{"Http2", "on"}, {"OcspStapling", "on"}, {"VerifyClient", "off"}, {"Spdy", "off"}};
    https["Hsts"] = {{"Switch", "on"}, {"MaxAge", 600}};
    https["TlsVersion"] = nlohmann::json::array({"TLSv1.2", "TLSv1.3"});
    https["ClientCertInfo"] = nullptr;
    nlohmann::json& waf = api_.state().waf_of(name);
    waf["HttpsRewrite"] = 1;
    waf["IsHttp2"] = 1;
    waf["SrcList"] = nlohmann::json::array({"192.0.2.81", "192.0.2.82"});
    api_.state().clb_of(name) = {.client_ca = "ca-1", .verify = "OPTIONAL", .http2 = true};
  }
  std::string settings(const std::string& name) override {
    const sandbox::ClbSettings& clb = api_.state().clb_of(name);
    return Emulated::settings(name) + api_.state().https_of(name).dump() +
           api_.state().waf_of(name).dump() + clb.client_ca + clb.verify + (clb.http2 ? "2" : "1");
  }
  bool has_jobs(const std::string& product) const override { return product != "css"; }
  bool gives_edge_names(const std::string& product) const override {
    return !is_carried(product) && product != "clb";
  }
  int domains_a_page(const std::string& product) const override {
    return product == "vod" ? 20 : product == "eo" ? 200 : 100;
  }
  std::string words_of_failed_job(const std::string& product) const override {
    if (is_carried(product) || product == "clb") return "the reason given";
    return product == "vod" ? "" : "its deployment failed";
  }

 private:
  sandbox::TencentApi api_{{.credentials = {.secret_id = "AKIDEXAMPLE",
                                            .secret_key = Secret(kSecretKey),
                                            .session_token = {}}},
                           world,
                           faults};
};

}  // namespace

std::unique_ptr<Emulated> emulate_tencentcloud(sandbox::WorldOptions options, const Clock& clock) {
  options.guards_use = false;  // it looks what uses a certificate only if told to
  options.fate.takes = seconds(8);
  return std::make_unique<EmulatedTencentCloud>(std::move(options), clock);
}

}  // namespace certferry::sim
