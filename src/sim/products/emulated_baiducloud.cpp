#include "model/label.h"
#include "providers/common/store_name.h"
#include "sandbox/baiducloud/baiducloud_api.h"
#include "sim/products/emulated.h"

namespace certferry::sim {

namespace {

using sandbox::Fault;
using sandbox::FaultKind;

class EmulatedBaiduCloud final : public Emulated {
 public:
  using Emulated::Emulated;

  sandbox::Reply handle(const sandbox::Request& request) override { return api_.handle(request); }
  ProviderOptions account() const override {
    return {.endpoint = "https://{service}.baidubce.test",
            .credentials = {{"access_key_id", Secret("AKIDEXAMPLE")},
                            {"secret_access_key", Secret(kSecretKey)}}};
  }
  CallNames calls(const std::string& product) const override {
    return {.upload = "CreateCert",
            .bind = product == "blb" ? "UpdateHTTPSListener" : "SetDomainHttps",
            .remove = "DeleteCert"};
  }
  bool asks_who_uses() const override { return false; }
  bool gives_edge_names(const std::string& product) const override { return product != "blb"; }
  std::string call_of(const sandbox::Request& request) const override {
    const sandbox::BaiduCloudRequest call = sandbox::read_baiducloud_request(request);
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
    return {.kind = FaultKind::kErrorCode, .code = 409, .message = "CertificateInUseException"};
  }
  Fault fails_inside() const override {
    return {.kind = FaultKind::kErrorCode, .code = 200, .message = "OperationDenied"};
  }
  int domains_a_page(const std::string& /*product*/) const override { return 100; }
  void adorn(const std::string& name) override {
    if (world.find_domain(name)->product == "blb") {
      for (auto& [balancer, listener] : api_.state().listeners) {
        listener["serverTimeout"] = 77;
        listener["keepSession"] = false;
        listener["dualAuth"] = true;
        listener["clientCertIds"] = nlohmann::json::array({"cert-ofclients000"});
      }
      return;
    }
    nlohmann::json& https = api_.state().https_of(name);
    https["httpRedirect"] = true;
    https["httpRedirectCode"] = 301;
    https["http2Enabled"] = false;
    https["noRedirectedUAs"] = nlohmann::json::array({"curl"});
    https["sslProtocols"] = nlohmann::json::array({"TLSv1.2", "TLSv1.3"});
  }
  std::string settings(const std::string& name) override {
    std::string all = Emulated::settings(name) + api_.state().https_of(name).dump();
    for (const auto& [balancer, listener] : api_.state().listeners) all += listener.dump();
    return all;
  }

 private:
  sandbox::BaiduCloudApi api_{{.credentials = {.access_key_id = "AKIDEXAMPLE",
                                               .secret_access_key = Secret(kSecretKey),
                                               .session_token = {}},
                               .operating = seconds(5)},
                              world,
                              faults};
};

}  // namespace

std::unique_ptr<Emulated> emulate_baiducloud(sandbox::WorldOptions options, const Clock& clock) {
  options.guards_use = false;
  return std::make_unique<EmulatedBaiduCloud>(std::move(options), clock);
}

}  // namespace certferry::sim
