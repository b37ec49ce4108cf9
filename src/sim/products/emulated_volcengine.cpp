#include "base/text.h"
#include "providers/common/store_name.h"
#include "sandbox/volcengine/volcengine_api.h"
#include "sim/products/emulated.h"

namespace certferry::sim {

namespace {

using sandbox::Fault;
using sandbox::FaultKind;
using sandbox::VolcengineSite;

class EmulatedVolcengine final : public Emulated {
 public:
  EmulatedVolcengine(VolcengineSite site, sandbox::WorldOptions options, const Clock& clock)
      : Emulated(std::move(options), clock),
        site_(site),
        api_({.site = site,
              .credentials = {.access_key_id = "AKLTEXAMPLE",
                              .secret_access_key = Secret(kSecretKey),
                              .session_token = {}}},
             world,
             faults) {}

  sandbox::Reply handle(const sandbox::Request& request) override { return api_.handle(request); }
  ProviderOptions account() const override {
    return {.endpoint = "https://{service}.volcengineapi.test",
            .credentials = {{"access_key_id", Secret("AKLTEXAMPLE")},
                            {"secret_access_key", Secret(kSecretKey)}}};
  }
  CallNames calls(const std::string& product) const override {
    return {.upload = center_uploads() ? "ImportCertificate" : "AddCertificate",
            .bind = bind_of(product),
            .remove = "CertificateDeleteInstance"};
  }
  std::string call_of(const sandbox::Request& request) const override {
    if (sandbox::is_for_tos(request)) return sandbox::read_tos_request(request).action;
    const std::string query = request.target.substr(request.target.find('?') + 1);
    for (const std::string& pair : split(query, '&')) {
      if (pair.starts_with("Action=")) return pair.substr(7);
    }
    return request.target;
  }
  std::string strange_note(const std::string& fingerprint) const override {
    // The centre's own list does not say what is stored: this is another one of us.
    return center_uploads() ? "certferry-" + fingerprint : "bought by hand";
  }
  std::string note_of(const std::string& label, Time not_after) const override {
    return center_uploads() ? store_name(label, not_after) : label;
  }
  std::size_t copies(const std::string& product) const override {
    return product == "live" ? 1 : 0;
  }
  void adorn(const std::string& name) override {
    const std::string& product = world.find_domain(name)->product;
    if (product == "live") api_.state().live.http2.insert(name);
    if (product == "vod") {
      api_.state().vod_https[name] = {
          {"DisableHttp", false},
          {"ForcedRedirect", {{"EnableForcedRedirect", true}, {"StatusCode", "302"}}},
          {"HTTP2", true},
          {"Hsts", {{"Subdomain", "include"}, {"Switch", true}, {"Ttl", 3600}}},
          {"OCSP", true},
          {"TlsVersion", {"tlsv1.2", "tlsv1.3"}}};
    }
    if (product == "tos") api_.state().tos_protocols[name] = "s3";
    if (product == "clb") {
      listener_settings(name) = {{"AclIds", {"acl-1"}},
                                 {"AclStatus", "on"},
                                 {"AclType", "white"},
                                 {"CaEnabled", "on"},
                                 {"CACertificateId", "cert-ca"},
                                 {"Http2Enabled", "on"},
                                 {"SecurityPolicyId", "tls_cipher_policy_1_2"}};
    }
    if (product == "alb") {
      listener_settings(name) = {{"AclIds", {"acl-1", "acl-2"}},
                                 {"AclStatus", "on"},
                                 {"AclType", "white"},
                                 {"CACertificateId", "cert-ca"},
                                 {"CACertificateSource", "alb"},
                                 {"CustomizedCfgId", "ccfg-1"},
                                 {"EnableHttp2", "on"},
                                 {"EnableQuic", "on"},
                                 {"PcaRootCACertificateId", ""},
                                 {"PcaSubCACertificateId", ""}};
    }
    if (product == "imagex") {
      api_.state().imagex_https[name] = {
          {"enable_http2", true},
          {"enable_ocsp", true},
          {"enable_force_redirect", true},
          {"force_redirect_type", "http2https"},
          {"force_redirect_code", "301"},
          {"hsts", {{"enabled", true}, {"subdomain", "include"}, {"ttl", 3600}}},
          {"tls_versions", {"tlsv1.2", "tlsv1.3"}}};
    }
  }
  std::string settings(const std::string& name) override {
    const sandbox::VolcengineState& state = api_.state();
    std::string all = world.find_domain(name)->origin;
    const auto protocol = state.tos_protocols.find(name);
    // One that was set to what it is without that is as it was.
    if (protocol != state.tos_protocols.end() && protocol->second != "tos") all += protocol->second;
    if (state.live.http2.contains(name)) all += " with HTTP/2";
    for (const auto* product : {&state.vod_https, &state.imagex_https}) {
      const auto https = product->find(name);
      if (https != product->end()) all += https->second.dump();
    }
    const std::string& product = world.find_domain(name)->product;
    if (product == "clb" || product == "alb") all += listener_settings(name).dump();
    return all;
  }
  int domains_a_page(const std::string& product) const override {
    return product == "tos" ? 20 : 100;
  }
  bool has_jobs(const std::string& product) const override { return has_listeners(product); }
  bool gives_edge_names(const std::string& product) const override {
    return !has_listeners(product);
  }
  Fault refuses_to_delete() const override {
    return {.kind = FaultKind::kErrorCode, .code = 400, .message = "Delete.Certificate"};
  }
  Fault fails_inside() const override {
    return {.kind = FaultKind::kErrorCode, .code = 200, .message = "the domain has no filing"};
  }
  std::string forbid_to_bind(const std::string& product) override {
    const std::string permission = product + ":" + calls(product).bind;
    api_.deny(permission);
    return permission;
  }

 private:
  static std::string bind_of(const std::string& product) {
    if (product == "live") return "BindCert";
    if (product == "dcdn") return "CreateCertBind";
    if (product == "vod") return "UpdateVodDomainConfig";
    if (product == "imagex") return "UpdateHttps";
    if (product == "tos") return "PutBucketCustomDomain";
    if (product == "clb") return "ModifyListenerDomainExtensions";
    if (product == "alb") return "ModifyListenerAttributes";
    return "BatchDeployCert";
  }
  static bool has_listeners(const std::string& product) {
    return product == "clb" || product == "alb";
  }
  nlohmann::json& listener_settings(const std::string& name) {
    return api_.state().listeners.settings[sandbox::listener_of(world, api_.state(), name)];
  }
  bool center_uploads() const { return site_ == VolcengineSite::kVolcengine; }

  VolcengineSite site_;
  sandbox::VolcengineApi api_;
};

}  // namespace

std::unique_ptr<Emulated> emulate_volcengine(const std::string& provider,
                                             sandbox::WorldOptions options,
                                             const Clock& clock) {
  options.fate.takes = seconds(8);  // of what is a job: changes of listeners
  if (provider == "volcengine") {
    return std::make_unique<EmulatedVolcengine>(
        VolcengineSite::kVolcengine, std::move(options), clock);
  }
  if (provider == "byteplus") {
    return std::make_unique<EmulatedVolcengine>(
        VolcengineSite::kBytePlus, std::move(options), clock);
  }
  return nullptr;
}

}  // namespace certferry::sim
