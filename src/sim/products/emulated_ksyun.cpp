#include "sandbox/ksyun/ksyun_api.h"
#include "sim/products/emulated.h"

namespace certferry::sim {

namespace {

using sandbox::Fault;
using sandbox::FaultKind;

class EmulatedKsyun final : public Emulated {
 public:
  using Emulated::Emulated;

  sandbox::Reply handle(const sandbox::Request& request) override { return api_.handle(request); }
  ProviderOptions account() const override {
    return {.endpoint = "https://cdn.api.ksyun.test",
            .credentials = {{"access_key_id", Secret("AKEXAMPLE")},
                            {"secret_access_key", Secret(kSecretKey)}}};
  }
  CallNames calls(const std::string& /*product*/) const override {
    return {.upload = {}, .bind = "ConfigCertificate", .remove = {}};
  }
  std::string call_of(const sandbox::Request& request) const override {
    const std::string action = request.header("x-action");
    return action == "SetCertificate" ? "ConfigCertificate" : action;  // either is a bind
  }
  // There is no store, so there are no names in it.
  std::string strange_note(const std::string& /*fingerprint*/) const override { return ""; }
  std::string note_of(const std::string& /*label*/, Time /*not_after*/) const override {
    return "";
  }
  int domains_a_page(const std::string& /*product*/) const override { return 100; }
  Fault refuses_to_delete() const override { return {}; }
  Fault fails_inside() const override {
    return {.kind = FaultKind::kErrorCode, .code = 200, .message = "no certificate"};
  }
  std::string forbid_to_bind(const std::string& product) override {
    const std::string permission = "cdn:" + calls(product).bind;
    api_.deny(permission);
    return permission;
  }

 private:
  sandbox::KsyunApi api_{
      {.credentials = {.access_key = "AKEXAMPLE", .secret_key = Secret(kSecretKey)}},
      world,
      faults};
};

}  // namespace

std::unique_ptr<Emulated> emulate_ksyun(sandbox::WorldOptions options, const Clock& clock) {
  return std::make_unique<EmulatedKsyun>(std::move(options), clock);
}

}  // namespace certferry::sim
