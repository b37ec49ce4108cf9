#include "sandbox/aws/aws_api.h"
#include "sim/products/emulated.h"

namespace certferry::sim {

namespace {

using sandbox::Fault;
using sandbox::FaultKind;

class EmulatedAws final : public Emulated {
 public:
  EmulatedAws(sandbox::WorldOptions options, const Clock& clock, bool in_iam)
      : Emulated(std::move(options), clock), in_iam_(in_iam) {}

  sandbox::Reply handle(const sandbox::Request& request) override { return api_.handle(request); }
  ProviderOptions account() const override {
    return {.endpoint = "https://{service}.amazonaws.test",
            .credentials = {{"access_key_id", Secret("AKIDEXAMPLE")},
                            {"secret_access_key", Secret(kSecretKey)}}};
  }
  CallNames calls(const std::string& product) const override {
    return {.upload = in_iam_ ? "UploadServerCertificate" : "ImportCertificate",
            .bind = product == "elb" ? "AddListenerCertificates" : "UpdateDistribution",
            .remove = in_iam_ ? "DeleteServerCertificate" : "DeleteCertificate"};
  }
  bool asks_who_uses() const override { return in_iam_; }
  std::string call_of(const sandbox::Request& request) const override {
    return sandbox::read_aws_request(request).name;
  }
  std::string strange_note(const std::string& fingerprint) const override {
    // Another one of us: the lists of ACM do not say what is stored. Those of IAM do not either,
    // and it is read.
    return in_iam_ ? "somebody's own" : "certferry-" + fingerprint;
  }
  std::string note_of(const std::string& label, Time /*not_after*/) const override { return label; }
  /// Of load balancers: as many as the rules of one are.
  int domains_a_page(const std::string& product) const override {
    return product == "elb" ? 100 : 25;
  }
  /// Whatever a listener has is for all of its names.
  std::size_t binds(const std::string& product, std::size_t names) const override {
    return product == "elb" ? 1 : names;
  }
  std::size_t releases(const std::string& product) const override {
    return product == "elb" ? 1 : 0;
  }
  Fault refuses_to_delete() const override {
    if (in_iam_) return {.kind = FaultKind::kErrorCode, .code = 409, .message = "DeleteConflict"};
    return {.kind = FaultKind::kErrorCode, .code = 400, .message = "ResourceInUseException"};
  }
  Fault fails_inside() const override {
    return {.kind = FaultKind::kErrorCode, .code = 200, .message = "InvalidViewerCertificate"};
  }
  void adorn(const std::string& name) override {
    world.set_origin(name, "origin.example.org");
    sandbox::AwsSettings& settings = api_.settings(name);
    settings.comment = " \"five & <six>\" ";
    settings.web_acl = "arn:aws:wafv2:us-east-1:123456789012:global/webacl/example/1";
    settings.newer = "strict";
    settings.method = "vip";
    settings.protocol = "TLSv1.2_2018";
    // What is replaced is its default certificate then, by the call that has the settings as well.
    api_.listener(name) = {.alone = true,
                           .ssl_policy = "ELBSecurityPolicy-FS-1-2-Res-2020-10",
                           .client_verification = "verify"};
  }
  std::string settings(const std::string& name) override {
    return world.find_domain(name)->origin + "\n" + api_.settings(name).text() + "\n" +
           api_.listener(name).text();
  }
  std::string forbid_to_bind(const std::string& product) override {
    const std::string service = product == "elb" ? "elasticloadbalancing" : "cloudfront";
    const std::string permission = service + ":" + calls(product).bind;
    api_.deny(permission);
    return permission;
  }

 private:
  bool in_iam_;
  sandbox::AwsApi api_{
      {.credentials = {.access_key = "AKIDEXAMPLE", .secret_key = Secret(kSecretKey)},
       .all_in_iam = in_iam_},
      world,
      faults};
};

}  // namespace

std::unique_ptr<Emulated> emulate_aws(sandbox::WorldOptions options,
                                      const Clock& clock,
                                      const std::string& store) {
  return std::make_unique<EmulatedAws>(std::move(options), clock, store == "iam");
}

}  // namespace certferry::sim
