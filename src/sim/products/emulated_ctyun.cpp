#include "model/label.h"
#include "providers/common/store_name.h"
#include "sandbox/ctyun/ctyun_api.h"
#include "sim/products/emulated.h"

namespace certferry::sim {

namespace {

using sandbox::Fault;
using sandbox::FaultKind;

class EmulatedCtyun final : public Emulated {
 public:
  using Emulated::Emulated;

  sandbox::Reply handle(const sandbox::Request& request) override { return api_.handle(request); }
  ProviderOptions account() const override {
    return {
        .endpoint = "https://{service}.ctapi.ctyun.test",
        .credentials = {{"access_key", Secret("AKEXAMPLE")}, {"security_key", Secret(kSecretKey)}}};
  }
  CallNames calls(const std::string& product) const override {
    const bool ao = product == "ao";
    return {.upload = "/v1/cert/creat-cert",
            .bind = ao ? "/ctapi/v1/scdn/domain/modify_config" : "/v1/domain/update-domain",
            .remove = "/v1/cert/delete-cert"};
  }
  std::string strange_note(const std::string& fingerprint) const override {
    // Another one of us: its lists do not say what is stored.
    return store_name(label_for(fingerprint, 0x5eed), Time{});
  }
  std::string note_of(const std::string& label, Time not_after) const override {
    return store_name(label, not_after);
  }
  std::size_t copies(const std::string& product) const override { return product == "ao" ? 1 : 0; }
  int domains_a_page(const std::string& product) const override {
    return product == "ao" ? 50 : 100;
  }
  Fault refuses_to_delete() const override {
    return {.kind = FaultKind::kErrorCode, .code = 100412, .message = "证书正在使用中"};
  }
  Fault fails_inside() const override {
    return {.kind = FaultKind::kErrorCode, .code = 100406, .message = "域名未启用，不允许操作"};
  }
  void adorn(const std::string& name) override {
    api_.https_of(name) = {.force = true, .stapling = true};
  }
  std::string settings(const std::string& name) override {
    const sandbox::CtyunHttps& https = api_.https_of(name);
    return Emulated::settings(name) + (https.force ? " forced" : "") +
           (https.stapling ? " stapled" : "");
  }

 private:
  sandbox::CtyunApi api_{
      {.credentials = {.access_key = "AKEXAMPLE", .security_key = Secret(kSecretKey)},
       .work = seconds(15)},
      world,
      faults};
};

}  // namespace

std::unique_ptr<Emulated> emulate_ctyun(sandbox::WorldOptions options, const Clock& clock) {
  options.guards_use = false;
  return std::make_unique<EmulatedCtyun>(std::move(options), clock);
}

}  // namespace certferry::sim
