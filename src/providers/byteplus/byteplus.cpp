// BytePlus is Volcengine abroad: the same signature and the same calls of CDN, with other hosts and
// regions, so the account and CDN are Volcengine's. Its certificate centre is an older one.
//
// What is odd here, each with its evidence (all of it in metadata.cpp):
//  - CDN itself uploads to the certificate centre, and lists what lies there with fingerprints,
//    exact times and the domains that have it .. docs: AddCertificate, ListCertInfo
//  - but only what a domain of CDN's has or could have ......... docs: ListCertInfo
//  - it is the centre that deletes; the id stands in the query . docs: CertificateDeleteInstance
// API: https://docs.byteplus.com/en/docs/byteplus-cdn

#include "providers/byteplus/byteplus.h"

#include <utility>

#include "base/text.h"
#include "model/label.h"
#include "providers/byteplus/metadata.h"
#include "providers/common/json_api.h"
#include "providers/common/json_body.h"
#include "providers/common/spelled_name.h"
#include "providers/common/still_bound.h"

namespace certferry {

namespace {

using Json = nlohmann::json;

constexpr std::string_view kRegion = "ap-singapore-1";
constexpr VolcengineService kCenter{.site = &kBytePlusSite,
                                    .id = "certificate_service",
                                    .host = "open",
                                    .region = kRegion,
                                    .version = "2021-06-01"};
constexpr VolcengineCdnWords kCdn{.service = {.site = &kBytePlusSite,
                                              .id = "cdn",
                                              .host = "cdn",
                                              .region = kRegion,
                                              .version = "2021-03-01"},
                                  .source = "cert_center"};

/// Seconds since 1970; nothing when it is none, or of no era of ours.
std::optional<Time> time_of(const Json& certificate, std::string_view key) {
  constexpr Time kLast = std::chrono::sys_days(std::chrono::year(9999) / 12 / 1);
  const std::optional<std::int64_t> count = integer_of(certificate, key);
  if (!count || *count <= 0 || *count > kLast.time_since_epoch() / seconds(1)) return std::nullopt;
  return Time(seconds(*count));
}

/// What stands in for the label of a certificate that somebody else stored: whoever wants the same
/// one finds it by that, and nobody takes it for his own.
std::string label_of(const Json& certificate) {
  std::string remark = text_of(certificate, "Desc");
  if (fingerprint_in_label(remark)) return remark;
  const Json* fingerprints = member(certificate, "CertFingerprint");
  if (fingerprints == nullptr) return remark;
  const std::string label = "certferry-" + to_lower(text_of(*fingerprints, "Sha256"));
  return fingerprint_in_label(label) ? label : remark;
}

Result<StoredCertificate> read_stored(const Json& certificate) {
  TRY(std::string id, id_of(certificate, "CertId", Effect::kReads));
  StoredCertificate stored{.id = std::move(id),
                           .label = label_of(certificate),
                           .in_use = domains_of_certificate(certificate).size()};
  for (const std::string& text : split(text_of(certificate, "DnsName"), ',')) {
    const std::string_view name = trim(text);
    if (!name.empty()) stored.names.push_back(canonical_of_spelled(name));
  }
  stored.not_before = time_of(certificate, "EffectiveTime").value_or(Time{});
  stored.not_after = time_of(certificate, "ExpireTime").value_or(Time{});
  return stored;
}

void require_cdn(const std::string& product) {
  if (product == "cdn") return;
  throw Error(ErrorKind::kUnsupported,
              "BytePlus has no product '" + printable(product, 60) + "' here")
      .with_hint("its product is: cdn");
}

}  // namespace

BytePlus::BytePlus(VolcengineConfig config, HttpClient& http, const Clock& clock)
    : account_(std::move(config), http, clock), cdn_(kCdn, account_) {}

const ProviderMetadata& BytePlus::metadata() const {
  return byteplus_metadata();
}

Task<std::vector<Binding>> BytePlus::list_bindings(std::string product) {
  require_cdn(product);
  co_return co_await cdn_.list();
}

Task<std::vector<StoredCertificate>> BytePlus::list_stored() {
  const std::vector<Json> items = co_await cdn_.list_certificates();
  std::vector<StoredCertificate> all;
  for (const Json& item : items) {
    Result<StoredCertificate> one = read_stored(item);
    if (!one) throw std::move(one).error().while_doing("listing BytePlus's certificate centre");
    all.push_back(*std::move(one));
  }
  co_return all;
}

Task<std::string> BytePlus::upload(BundlePtr bundle, std::string label) {
  const std::string doing = "uploading the certificate to BytePlus's certificate centre";
  JsonBody body;
  body.text("Source", kCdn.source).text("Desc", label).json("Repeatable", "true");
  body.text("Certificate", bundle->chain_pem);
  body.text("PrivateKey", bundle->key_pem.reveal());
  VolcengineCall call{.action = {.service = &kCdn.service,
                                 .name = "AddCertificate",
                                 .effect = Effect::kChanges,
                                 .carried_key = true},
                      .doing = doing,
                      .body = body.take()};
  const Json result = co_await account_.call(std::move(call));
  Result<std::string> id = id_of(result, "CertId", Effect::kChanges);
  if (!id) throw std::move(id).error().while_doing(doing);
  co_return *std::move(id);
}

Task<BindDone> BytePlus::bind(BindRequest request) {
  ASSERT(!request.stored_id.empty());
  require_cdn(request.product);
  co_await cdn_.bind(std::move(request.binding), std::move(request.stored_id));
  co_return BindDone{};
}

Task<void> BytePlus::remove(std::string stored_id) {
  ASSERT(!stored_id.empty());
  const std::vector<Binding> bindings = co_await cdn_.list();
  require_unbound(bindings, stored_id, "BytePlus CDN");
  VolcengineCall call{.action = {.service = &kCenter,
                                 .name = "CertificateDeleteInstance",
                                 .effect = Effect::kChanges},
                      .doing = "deleting certificate " + printable(stored_id, 100) +
                               " of BytePlus's certificate centre",
                      .query = {{"instance_id", stored_id}}};
  co_await account_.call(std::move(call));
}

}  // namespace certferry
