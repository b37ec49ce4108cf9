// The console's SSL certificates: by id, and under no name at all.
//
// What is odd here, each with its evidence (all of it in metadata.cpp):
//  - nothing of ours can be written on a certificate, so nothing in the list says which are ours:
//    what we stored is known by the id that the upload gave, and nothing is ever deleted
//  - the same pair again gets the id that it has, so a repeat makes no second copy
//  - the list has only the first name of a certificate; the rest stands where its domains are
//  - that place lists every domain that it could serve, those that it does with https: true
//  - EC keys are taken as SEC1 has them, not as PKCS#8
// API: https://console.upyun.com/toolbox/ssl/, https://api.upyun.com/doc#/api/operation/https

#include "providers/upyun/certificates.h"

#include "base/text.h"
#include "crypto/keys.h"
#include "model/name.h"
#include "providers/common/json_api.h"
#include "providers/common/json_body.h"

namespace certferry {

namespace {

using Json = nlohmann::json;

constexpr std::array<std::string_view, 2> kSettings{"force_https", "source_https"};

/// Milliseconds up to the year 9999; anything else is left unset, for it may be a stranger's entry.
Time time_of(const Json& certificate, std::string_view key) {
  constexpr std::int64_t kEndOf9999 = 253'402'300'799'000;
  const Json* validity = member(certificate, "validity");
  const std::int64_t value = validity == nullptr ? 0 : integer_of(*validity, key).value_or(0);
  return value < 0 || value > kEndOf9999 ? Time{} : Time{milliseconds(value)};
}

std::string canonical_or_lower(const std::string& name) {
  return canonical_name(name).value_or(to_lower(name));
}

std::optional<std::size_t> use_count_of(const Json& certificate) {
  const auto count = integer_of(certificate, "config_domain");
  return count && *count >= 0 ? std::optional(static_cast<std::size_t>(*count)) : std::nullopt;
}

bool is_true(const Json& value, std::string_view key) {
  const Json* flag = member(value, key);
  return flag != nullptr && flag->is_boolean() && flag->get<bool>();
}

std::vector<std::string> names_in(const Json& data) {
  std::vector<std::string> names;
  const Json* listed = member(data, "authenticate_domain");
  if (listed == nullptr || !listed->is_array()) return names;
  for (const Json& name : *listed) {
    if (name.is_string()) names.push_back(canonical_or_lower(name.get<std::string>()));
  }
  return names;
}

}  // namespace

std::map<std::string, std::string> UpyunCertificates::no_settings() {
  std::map<std::string, std::string> settings;
  for (const std::string_view key : kSettings) settings.emplace(key, "false");
  return settings;
}

Task<std::vector<StoredCertificate>> UpyunCertificates::list() {
  const std::string doing = "listing the certificates at UPYUN";
  const std::map<std::string, Json> items = co_await account_.certificates(doing);
  std::vector<StoredCertificate> all;
  for (const auto& [key, item] : items) {
    Result<std::string> id = id_of(Json{{"id", key}}, "id", Effect::kReads);
    if (!id) throw std::move(id).error().while_doing(doing);
    StoredCertificate one{.id = *std::move(id),
                          .label = {},
                          .names = {},
                          .not_before = time_of(item, "start"),
                          .not_after = time_of(item, "end"),
                          .in_use = use_count_of(item)};
    const auto known = names_.find(one.id);
    const std::string common_name = text_of(item, "commonName");
    if (known != names_.end()) {
      one.names = known->second;
    } else if (!common_name.empty()) {
      one.names.push_back(canonical_or_lower(common_name));
    }
    all.push_back(std::move(one));
  }
  co_return all;
}

Task<std::string> UpyunCertificates::upload(BundlePtr bundle) {
  const std::string doing = "uploading the certificate to UPYUN";
  Result<Secret> key = write_key(bundle->key_pem, KeyForm::kTraditional);
  if (!key) throw std::move(key).error().while_doing(doing);
  JsonBody body;
  body.text("certificate", bundle->chain_pem);
  body.text("private_key", key->reveal());
  UpyunCall call{.action = {.name = "POST /api/https/certificate/",
                            .effect = Effect::kChanges,
                            .carried_secret = true},
                 .doing = doing,
                 .method = "POST",
                 .target = "/api/https/certificate/",
                 .body = body.take()};
  const Json data = co_await account_.call(std::move(call));
  const Json* result = member(data, "result");
  Result<std::string> id =
      id_of(result == nullptr ? Json() : *result, "certificate_id", Effect::kChanges);
  if (!id) throw std::move(id).error().while_doing(doing);
  co_return *std::move(id);
}

Task<void> UpyunCertificates::remove(std::string stored_id) {
  UpyunCall call{.action = {.name = "DELETE /api/https/certificate/", .effect = Effect::kChanges},
                 .doing = "deleting certificate " + printable(stored_id, 100) + " at UPYUN",
                 .method = "DELETE",
                 .target = "/api/https/certificate/?certificate_id=" + url_encode(stored_id)};
  co_await account_.call(std::move(call));
}

Task<std::map<std::string, UpyunUse>> UpyunCertificates::uses() {
  const std::string doing = "listing the certificates in use at UPYUN";
  const std::map<std::string, Json> items = co_await account_.certificates(doing);
  std::map<std::string, UpyunUse> uses;
  for (const auto& [id, item] : items) {
    if (use_count_of(item) == 0U) continue;
    UpyunCall question{
        .action = {.name = "GET /api/https/certificate/manager/"},
        .doing = "asking UPYUN which domains have certificate " + printable(id, 100),
        .target = "/api/https/certificate/manager/?certificate_id=" + url_encode(id)};
    const std::string asking = question.doing;
    const Json data = co_await account_.call(std::move(question));
    const Json* domains = member(data, "domains");
    if (domains == nullptr || !domains->is_array()) {
      throw bad_shape("the answer has no list 'domains'", Effect::kReads).while_doing(asking);
    }
    if (std::vector<std::string> names = names_in(data); !names.empty()) {
      names_[id] = std::move(names);
    }
    for (const Json& domain : *domains) {
      if (!is_true(domain, "https")) continue;
      UpyunUse use{.stored_id = id, .settings = {}};
      for (const std::string_view key : kSettings) {
        use.settings.emplace(key, is_true(domain, key) ? "true" : "false");
      }
      uses[text_of(domain, "name")] = std::move(use);
    }
  }
  co_return uses;
}

}  // namespace certferry
