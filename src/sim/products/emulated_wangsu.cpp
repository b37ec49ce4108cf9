#include "providers/common/store_name.h"
#include "sandbox/wangsu/wangsu_api.h"
#include "sim/products/emulated.h"

namespace certferry::sim {

namespace {

using sandbox::Fault;
using sandbox::FaultKind;

/// Another one, in which the canary shows as well.
Secret api_key() {
  return Secret(kSecretKey + "OfTheApi");
}

class EmulatedWangsu final : public Emulated {
 public:
  using Emulated::Emulated;

  sandbox::Reply handle(const sandbox::Request& request) override { return api_.handle(request); }
  ProviderOptions account() const override {
    return {.endpoint = "https://open.wangsu.test",
            .credentials = {{"access_key", Secret("AKEXAMPLE")},
                            {"secret_key", Secret(kSecretKey)},
                            {"api_key", api_key()}}};
  }
  CallNames calls(const std::string& product) const override {
    if (product == "cdnpro") return {.upload = {}, .bind = "deploy", .remove = {}};
    return {.upload = "upload", .bind = "bind", .remove = "delete"};
  }
  /// CDN Pro makes a version of a certificate before it is deployed.
  std::size_t copies(const std::string& product) const override {
    return product == "cdnpro" ? 1 : 0;
  }
  bool has_jobs(const std::string& product) const override { return product == "cdnpro"; }
  std::string words_of_failed_job(const std::string& product) const override {
    return product == "cdnpro" ? "the reason given" : "";
  }
  bool gives_edge_names(const std::string& product) const override { return product != "cdnpro"; }
  std::string call_of(const sandbox::Request& request) const override {
    return sandbox::read_wangsu_request(request).name;
  }
  std::string strange_note(const std::string& fingerprint) const override {
    return "certferry-" + fingerprint;  // another one of us: its lists do not say what is stored
  }
  std::string note_of(const std::string& label, Time not_after) const override {
    return store_name(label, not_after);
  }
  int domains_a_page(const std::string& product) const override {
    return product == "cdnpro" ? 200 : 100;
  }
  Fault refuses_to_delete() const override {
    return {.kind = FaultKind::kErrorCode, .code = 400, .message = "证书存在关联域名，无法删除"};
  }
  Fault fails_inside() const override {
    return {.kind = FaultKind::kErrorCode, .code = 400, .message = "the domain is disabled"};
  }

 private:
  sandbox::WangsuApi api_{
      {.credentials = {.access_key = "AKEXAMPLE", .secret_key = Secret(kSecretKey)},
       .api_key = api_key()},
      world,
      faults};
};

}  // namespace

std::unique_ptr<Emulated> emulate_wangsu(sandbox::WorldOptions options, const Clock& clock) {
  return std::make_unique<EmulatedWangsu>(std::move(options), clock);
}

}  // namespace certferry::sim
