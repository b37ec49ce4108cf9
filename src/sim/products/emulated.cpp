#include "sim/products/emulated.h"

#include "sandbox/dogecloud_api.h"

namespace certferry::sim {

namespace {

using sandbox::Fault;
using sandbox::FaultKind;

class EmulatedDogeCloud final : public Emulated {
 public:
  using Emulated::Emulated;

  sandbox::Reply handle(const sandbox::Request& request) override { return api_.handle(request); }
  ProviderOptions account() const override {
    return {
        .endpoint = "https://api.dogecloud.test",
        .credentials = {{"access_key", Secret("AKEXAMPLE")}, {"secret_key", Secret(kSecretKey)}}};
  }
  CallNames calls(const std::string& /*product*/) const override {
    return {.upload = "/cdn/cert/upload.json",
            .bind = "/cdn/cert/bind.json",
            .remove = "/cdn/cert/delete.json"};
  }
  std::string strange_note(const std::string& fingerprint) const override {
    return "certferry-" + fingerprint;  // another one of us: its lists do not say what is stored
  }
  std::string note_of(const std::string& label, Time /*not_after*/) const override { return label; }
  Fault refuses_to_delete() const override {
    return {.kind = FaultKind::kErrorCode, .code = 400, .message = "证书正在使用中"};
  }
  Fault fails_inside() const override {
    return {.kind = FaultKind::kErrorCode, .code = 400, .message = "操作失败"};
  }

 private:
  sandbox::DogeCloudApi api_{
      {.credentials = {.access_key = "AKEXAMPLE", .secret_key = Secret(kSecretKey)}},
      world,
      faults};
};

}  // namespace

std::unique_ptr<Emulated> emulate(const std::string& provider,
                                  sandbox::WorldOptions options,
                                  const Clock& clock,
                                  const std::string& variation) {
  if (provider == "dogecloud") {
    return std::make_unique<EmulatedDogeCloud>(std::move(options), clock);
  }
  if (provider == "aliyun") return emulate_aliyun(std::move(options), clock);
  if (provider == "tencentcloud") return emulate_tencentcloud(std::move(options), clock);
  if (provider == "baiducloud") return emulate_baiducloud(std::move(options), clock);
  if (provider == "jdcloud") return emulate_jdcloud(std::move(options), clock);
  if (provider == "cloudflare") return emulate_cloudflare(std::move(options), clock);
  if (provider == "bunny") return emulate_bunny(std::move(options), clock);
  if (provider == "gcore") return emulate_gcore(std::move(options), clock);
  if (provider == "ctyun") return emulate_ctyun(std::move(options), clock);
  if (provider == "wangsu") return emulate_wangsu(std::move(options), clock);
  if (provider == "ksyun") return emulate_ksyun(std::move(options), clock);
  if (provider == "ucloud") return emulate_ucloud(std::move(options), clock);
  if (provider == "aws") return emulate_aws(std::move(options), clock, variation);
  if (provider == "baishan") return emulate_baishan(std::move(options), clock);
  if (provider == "qiniu") return emulate_qiniu(std::move(options), clock);
  if (provider == "upyun") return emulate_upyun(std::move(options), clock);
  if (provider == "huaweicloud") return emulate_huaweicloud(std::move(options), clock);
  return emulate_volcengine(provider, std::move(options), clock);
}

}  // namespace certferry::sim
