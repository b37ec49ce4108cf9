#include "sandbox/upyun/upyun_api.h"
#include "sim/products/emulated.h"

namespace certferry::sim {

namespace {

using sandbox::Fault;
using sandbox::FaultKind;

class EmulatedUpyun final : public Emulated {
 public:
  using Emulated::Emulated;

  sandbox::Reply handle(const sandbox::Request& request) override { return api_.handle(request); }
  ProviderOptions account() const override {
    return {.endpoint = "https://console.upyun.test",
            .credentials = {{"username", Secret("somebody")}, {"password", Secret(kSecretKey)}}};
  }
  CallNames calls(const std::string& /*product*/) const override {
    return {.upload = "upload", .bind = "bind", .remove = "delete"};
  }
  std::string call_of(const sandbox::Request& request) const override {
    return sandbox::read_upyun_request(request).name;
  }
  // The store keeps no names.
  std::string strange_note(const std::string& /*fingerprint*/) const override { return ""; }
  std::string note_of(const std::string& /*label*/, Time /*not_after*/) const override {
    return "";
  }
  Fault refuses_to_delete() const override {
    return {.kind = FaultKind::kErrorCode, .code = 21703, .message = "证书已绑定域名"};
  }
  Fault fails_inside() const override {
    return {.kind = FaultKind::kErrorCode, .code = 21712, .message = "证书与域名不匹配"};
  }

 private:
  sandbox::UpyunApi api_{{.username = "somebody", .password = Secret(kSecretKey)}, world, faults};
};

}  // namespace

std::unique_ptr<Emulated> emulate_upyun(sandbox::WorldOptions options, const Clock& clock) {
  return std::make_unique<EmulatedUpyun>(std::move(options), clock);
}

}  // namespace certferry::sim
