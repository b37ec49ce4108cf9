#include "sandbox/bunny/bunny_api.h"
#include "sim/products/emulated.h"

namespace certferry::sim {

namespace {

using sandbox::Fault;
using sandbox::FaultKind;

class EmulatedBunny final : public Emulated {
 public:
  using Emulated::Emulated;

  sandbox::Reply handle(const sandbox::Request& request) override { return api_.handle(request); }
  ProviderOptions account() const override {
    return {.endpoint = "https://api.bunny.test",
            .credentials = {{"access_key", Secret(kSecretKey)}}};
  }
  CallNames calls(const std::string& /*product*/) const override {
    return {.upload = {}, .bind = "add", .remove = {}};
  }
  std::string call_of(const sandbox::Request& request) const override {
    return sandbox::read_bunny_request(request).name;
  }
  // There is no store, so there are no names in it.
  std::string strange_note(const std::string& /*fingerprint*/) const override { return ""; }
  std::string note_of(const std::string& /*label*/, Time /*not_after*/) const override {
    return "";
  }
  int domains_a_page(const std::string& /*product*/) const override { return 20; }
  Fault refuses_to_delete() const override { return {}; }
  Fault fails_inside() const override {
    return {.kind = FaultKind::kErrorCode, .message = "certificate.invalid"};
  }
  void adorn(const std::string& name) override {
    world.set_origin(name, "https://origin.example");
    api_.forced()[name] = true;
  }
  std::string settings(const std::string& name) override {
    return world.find_domain(name)->origin + (api_.forced()[name] ? " forced" : "");
  }

 private:
  sandbox::BunnyApi api_{{.access_key = Secret(kSecretKey)}, world, faults};
};

}  // namespace

std::unique_ptr<Emulated> emulate_bunny(sandbox::WorldOptions options, const Clock& clock) {
  return std::make_unique<EmulatedBunny>(std::move(options), clock);
}

}  // namespace certferry::sim
