#include "providers/common/store_name.h"
#include "sandbox/gcore/gcore_api.h"
#include "sim/products/emulated.h"

namespace certferry::sim {

namespace {

using sandbox::Fault;
using sandbox::FaultKind;

class EmulatedGcore final : public Emulated {
 public:
  using Emulated::Emulated;

  sandbox::Reply handle(const sandbox::Request& request) override { return api_.handle(request); }
  ProviderOptions account() const override {
    return {.endpoint = "https://api.gcore.test",
            .credentials = {{"api_token", Secret(kSecretKey)}}};
  }
  CallNames calls(const std::string& /*product*/) const override {
    return {.upload = "upload", .bind = "bind", .remove = "delete"};
  }
  std::string call_of(const sandbox::Request& request) const override {
    return sandbox::read_gcore_request(request).name;
  }
  std::string strange_note(const std::string& /*fingerprint*/) const override {
    return "bought by hand";
  }
  std::string note_of(const std::string& label, Time not_after) const override {
    return store_name(label, not_after);
  }
  int domains_a_page(const std::string& /*product*/) const override { return 100; }
  Fault refuses_to_delete() const override {
    return {.kind = FaultKind::kErrorCode, .code = 409, .message = "It has related resources."};
  }
  Fault fails_inside() const override {
    return {.kind = FaultKind::kErrorCode, .code = 200, .message = "sslData is wrong"};
  }
  void adorn(const std::string& name) override {
    world.set_origin(name, "HTTPS");
    api_.options()[name] = {{"gzipOn", {{"enabled", true}, {"value", true}}}};
  }
  std::string settings(const std::string& name) override {
    return world.find_domain(name)->origin + api_.options()[name].dump();
  }
  std::string forbid_to_bind(const std::string& /*product*/) override {
    api_.forbid_binds();
    return "Engineers";
  }

 private:
  // By the official client an upload has no answer.
  sandbox::GcoreApi api_{{.api_token = Secret(kSecretKey), .tells_ids = false}, world, faults};
};

}  // namespace

std::unique_ptr<Emulated> emulate_gcore(sandbox::WorldOptions options, const Clock& clock) {
  return std::make_unique<EmulatedGcore>(std::move(options), clock);
}

}  // namespace certferry::sim
