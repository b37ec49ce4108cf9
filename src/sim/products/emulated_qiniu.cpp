#include "providers/common/store_name.h"
#include "sandbox/qiniu/qiniu_api.h"
#include "sim/products/emulated.h"

namespace certferry::sim {

namespace {

using sandbox::Fault;
using sandbox::FaultKind;

class EmulatedQiniu final : public Emulated {
 public:
  using Emulated::Emulated;

  sandbox::Reply handle(const sandbox::Request& request) override { return api_.handle(request); }
  ProviderOptions account() const override {
    return {
        .endpoint = "https://api.qiniu.test",
        .credentials = {{"access_key", Secret("AKEXAMPLE")}, {"secret_key", Secret(kSecretKey)}}};
  }
  CallNames calls(const std::string& product) const override {
    return {.upload = "upload",
            .bind = product == "kodo" ? "bind_bucket_domain" : "bind",
            .remove = "delete"};
  }
  bool asks_who_uses() const override { return false; }
  bool gives_edge_names(const std::string& product) const override { return product != "kodo"; }
  int domains_a_page(const std::string& product) const override {
    return product == "kodo" ? 20 : 500;
  }
  std::string call_of(const sandbox::Request& request) const override {
    return sandbox::read_qiniu_request(request).name;
  }
  std::string strange_note(const std::string& fingerprint) const override {
    return "certferry-" + fingerprint;  // another one of us: its lists do not say what is stored
  }
  std::string note_of(const std::string& label, Time not_after) const override {
    return store_name(label, not_after);
  }
  Fault refuses_to_delete() const override {
    return {.kind = FaultKind::kErrorCode, .code = 400611, .message = "证书已绑定域名，不能删除"};
  }
  Fault fails_inside() const override {
    return {.kind = FaultKind::kErrorCode, .code = 400722, .message = "域名不允许操作"};
  }

 private:
  sandbox::QiniuApi api_{
      {.credentials = {.access_key = "AKEXAMPLE", .secret_key = Secret(kSecretKey)},
       .work = seconds(15)},
      world,
      faults};
};

}  // namespace

std::unique_ptr<Emulated> emulate_qiniu(sandbox::WorldOptions options, const Clock& clock) {
  return std::make_unique<EmulatedQiniu>(std::move(options), clock);
}

}  // namespace certferry::sim
