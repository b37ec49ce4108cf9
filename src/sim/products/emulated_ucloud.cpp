#include "providers/common/store_name.h"
#include "sandbox/fields.h"
#include "sandbox/ucloud/ucloud_api.h"
#include "sim/products/emulated.h"

namespace certferry::sim {

namespace {

using sandbox::Fault;
using sandbox::FaultKind;

class EmulatedUcloud final : public Emulated {
 public:
  using Emulated::Emulated;

  sandbox::Reply handle(const sandbox::Request& request) override { return api_.handle(request); }
  ProviderOptions account() const override {
    return {.endpoint = "https://api.ucloud.test",
            .credentials = {{"public_key", Secret("PUBEXAMPLE")},
                            {"private_key", Secret(kSecretKey)},
                            {"project_id", Secret("org-xyz")},
                            {"region", Secret("cn-bj2")}}};
  }
  /// Of US3 and ULB those of a name that has no certificate yet.
  CallNames calls(const std::string& product) const override {
    return {.upload = "UploadNormalCertificate",
            .bind = product == "us3"   ? "AddUFileSSLCert"
                    : product == "ulb" ? "AddSSLBinding"
                                       : "UpdateUcdnDomainHttpsConfigV2",
            .remove = "DeleteSSLCertificate"};
  }
  std::string call_of(const sandbox::Request& request) const override {
    const auto parameters = sandbox::parse_form(request.body);
    return parameters ? std::string(sandbox::text_field(*parameters, "Action")) : request.target;
  }
  std::string strange_note(const std::string& fingerprint) const override {
    return "certferry-" + fingerprint;  // another one of us: its lists do not say what is stored
  }
  std::string note_of(const std::string& label, Time not_after) const override {
    return store_name(label, not_after);
  }
  std::size_t copies(const std::string& product) const override { return product == "ulb" ? 1 : 0; }
  bool gives_edge_names(const std::string& product) const override { return product == "ucdn"; }
  int domains_a_page(const std::string& product) const override {
    return product == "ucdn" ? 50 : 20;
  }
  Fault refuses_to_delete() const override {
    return {.kind = FaultKind::kErrorCode, .code = 80020, .message = "certificate is in use"};
  }
  Fault fails_inside() const override {
    return {.kind = FaultKind::kErrorCode, .code = 44021, .message = "domain is disabled"};
  }

 private:
  sandbox::UcloudApi api_{
      {.credentials = {.public_key = "PUBEXAMPLE", .private_key = Secret(kSecretKey)}},
      world,
      faults};
};

}  // namespace

std::unique_ptr<Emulated> emulate_ucloud(sandbox::WorldOptions options, const Clock& clock) {
  options.guards_use = false;
  return std::make_unique<EmulatedUcloud>(std::move(options), clock);
}

}  // namespace certferry::sim
