#include "model/label.h"
#include "providers/common/store_name.h"
#include "sandbox/jdcloud/jdcloud_api.h"
#include "sim/products/emulated.h"

namespace certferry::sim {

namespace {

using sandbox::Fault;
using sandbox::FaultKind;

class EmulatedJdcloud final : public Emulated {
 public:
  using Emulated::Emulated;

  sandbox::Reply handle(const sandbox::Request& request) override { return api_.handle(request); }
  ProviderOptions account() const override {
    return {.endpoint = "https://{service}.jdcloud-api.test",
            .credentials = {{"access_key_id", Secret("AKIDEXAMPLE")},
                            {"access_key_secret", Secret(kSecretKey)}}};
  }
  CallNames calls(const std::string& product) const override {
    return {.upload = "uploadCert",
            .bind = product == "live"  ? "setLiveDomainCertificate"
                    : product == "vod" ? "setHttpSsl"
                                       : "setHttpType",
            .remove = "deleteCerts"};
  }
  std::string call_of(const sandbox::Request& request) const override {
    const sandbox::JdcloudRequest call = sandbox::read_jdcloud_request(request);
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
    return {.kind = FaultKind::kErrorCode,
            .code = 400,
            .message = "FAILED_PRECONDITION 证书正在使用中"};
  }
  Fault fails_inside() const override {
    return {.kind = FaultKind::kErrorCode, .code = 200, .message = "ABORTED as told"};
  }
  int domains_a_page(const std::string& /*product*/) const override { return 50; }
  std::string forbid_to_bind(const std::string& product) override {
    const std::string permission = product + ":" + calls(product).bind;
    api_.deny(permission);
    return permission;
  }
  void adorn(const std::string& name) override { api_.state().redirects[name] = "https"; }
  std::string settings(const std::string& name) override {
    return Emulated::settings(name) + api_.state().redirects[name];
  }

 private:
  sandbox::JdcloudApi api_{
      {.credentials = {.access_key_id = "AKIDEXAMPLE", .access_key_secret = Secret(kSecretKey)},
       .configuring = seconds(5)},
      world,
      faults};
};

}  // namespace

std::unique_ptr<Emulated> emulate_jdcloud(sandbox::WorldOptions options, const Clock& clock) {
  options.guards_use = false;
  return std::make_unique<EmulatedJdcloud>(std::move(options), clock);
}

}  // namespace certferry::sim
