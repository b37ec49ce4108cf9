#include "providers/common/store_name.h"
#include "sandbox/baishan/baishan_api.h"
#include "sim/products/emulated.h"

namespace certferry::sim {

namespace {

using sandbox::Fault;
using sandbox::FaultKind;

class EmulatedBaishan final : public Emulated {
 public:
  using Emulated::Emulated;

  sandbox::Reply handle(const sandbox::Request& request) override { return api_.handle(request); }
  ProviderOptions account() const override {
    return {.endpoint = "https://cdn.api.baishan.test",
            .credentials = {{"api_token", Secret(kSecretKey)}}};
  }
  CallNames calls(const std::string& /*product*/) const override {
    return {.upload = "upload", .bind = "bind", .remove = "delete"};
  }
  std::string call_of(const sandbox::Request& request) const override {
    return sandbox::read_baishan_request(request).name;
  }
  std::string strange_note(const std::string& /*fingerprint*/) const override {
    return "bought by hand";
  }
  std::string note_of(const std::string& label, Time not_after) const override {
    return store_name(label, not_after);
  }
  int domains_a_page(const std::string& /*product*/) const override { return 50; }
  Fault refuses_to_delete() const override {
    return {.kind = FaultKind::kErrorCode, .code = 400008, .message = "it is used by a domain"};
  }
  Fault fails_inside() const override {
    return {.kind = FaultKind::kErrorCode, .code = 400006, .message = "it does not match"};
  }
  void adorn(const std::string& name) override {
    world.set_origin(name, "1.2.3.4");
    api_.https()[name] = {{"force_https", "302"},
                          {"http2", "on"},
                          {"ocsp", "on"},
                          {"ssl_protocol", {"TLSv1.2", "TLSv1.3"}}};
  }
  std::string settings(const std::string& name) override {
    return world.find_domain(name)->origin + api_.https()[name].dump();
  }

 private:
  sandbox::BaishanApi api_{{.api_token = Secret(kSecretKey)}, world, faults};
};

}  // namespace

std::unique_ptr<Emulated> emulate_baishan(sandbox::WorldOptions options, const Clock& clock) {
  options.guards_use = false;
  return std::make_unique<EmulatedBaishan>(std::move(options), clock);
}

}  // namespace certferry::sim
