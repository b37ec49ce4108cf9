#include "sandbox/cloudflare/cloudflare_api.h"
#include "sim/products/emulated.h"

namespace certferry::sim {

namespace {

using sandbox::Fault;
using sandbox::FaultKind;

constexpr const char* kZone = "023e105f4ecef8ad9ca31a8372d0c353";

class EmulatedCloudflare final : public Emulated {
 public:
  using Emulated::Emulated;

  sandbox::Reply handle(const sandbox::Request& request) override { return api_.handle(request); }
  ProviderOptions account() const override {
    return {.endpoint = "https://api.cloudflare.test",
            .credentials = {{"zone_id", Secret(kZone)},
                            {"api_token", Secret(kSecretKey)},
                            {"cname_target", Secret("customers.sandbox-edge.test")}}};
  }
  CallNames calls(const std::string& product) const override {
    return {.upload = {}, .bind = product == "saas" ? "edit" : "set", .remove = {}};
  }
  std::string call_of(const sandbox::Request& request) const override {
    return sandbox::read_cloudflare_request(world, request).name;
  }
  // There is no store, so there are no names in it.
  std::string strange_note(const std::string& /*fingerprint*/) const override { return ""; }
  std::string note_of(const std::string& /*label*/, Time /*not_after*/) const override {
    return "";
  }
  // Of a zone a name has two records, of which there are a hundred a page.
  int domains_a_page(const std::string& /*product*/) const override { return 50; }
  // Nothing is ever deleted: what replaces a certificate takes its place.
  bool asks_who_uses() const override { return false; }
  bool gives_edge_names(const std::string& product) const override { return product == "saas"; }
  std::size_t binds(const std::string& product, std::size_t names) const override {
    return product == "saas" ? names : 1;
  }
  Fault refuses_to_delete() const override { return {}; }
  Fault fails_inside() const override {
    return {.kind = FaultKind::kErrorCode, .code = 1434, .message = "not like this"};
  }
  void adorn(const std::string& name) override {
    world.set_origin(name, "origin.saas.example");
    if (world.find_domain(name)->product == "zone") {
      sandbox::CloudflareCertificate& own = serving(name);
      own.bundle_method = "optimal";
      own.geo_restrictions = {{"label", "eu"}};
      own.policy = "country: US";
      return;
    }
    api_.state().hostnames[name] = {
        .method = "txt",
        .bundle_method = "optimal",
        .settings = {{"min_tls_version", "1.2"}, {"ciphers", {"ECDHE-RSA-AES128-GCM-SHA256"}}}};
  }
  std::string settings(const std::string& name) override {
    if (world.find_domain(name)->product == "zone") {
      const sandbox::CloudflareCertificate& own = serving(name);
      return world.find_domain(name)->origin + " " + own.type + " " + own.bundle_method + " " +
             own.geo_restrictions.dump() + " " + own.policy;
    }
    const sandbox::CloudflareHostname& own = api_.state().hostnames[name];
    return world.find_domain(name)->origin + " " + own.method + " " + own.bundle_method + " " +
           (own.wildcard ? "wildcard " : "") + own.settings.dump();
  }
  std::string forbid_to_bind(const std::string& /*product*/) override {
    api_.allow_reads_only();
    return "SSL and Certificates: Edit";
  }

 private:
  sandbox::CloudflareCertificate& serving(const std::string& name) {
    return api_.state().certificates.at(world.find_domain(name)->bound()->id);
  }

  sandbox::CloudflareApi api_{{.zone_id = kZone, .api_token = Secret(kSecretKey)}, world, faults};
};

}  // namespace

std::unique_ptr<Emulated> emulate_cloudflare(sandbox::WorldOptions options, const Clock& clock) {
  return std::make_unique<EmulatedCloudflare>(std::move(options), clock);
}

}  // namespace certferry::sim
