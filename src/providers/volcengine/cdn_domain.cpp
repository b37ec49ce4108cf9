#include "providers/volcengine/cdn_domain.h"

#include <set>

#include "providers/common/json_api.h"
#include "providers/common/spelled_name.h"

namespace certferry {

namespace {

using Json = nlohmann::json;

constexpr minutes kSettled(1);

/// What else the list says of a domain, but what changes by itself or by a bind.
std::map<std::string, std::string> settings_of(const Json& row) {
  std::map<std::string, std::string> settings;
  for (const char* key : {"PrimaryOrigin",
                          "BackupOrigin",
                          "OriginProtocol",
                          "ServiceType",
                          "ServiceRegion",
                          "IPv6",
                          "Project"}) {
    const Json* value = member(row, key);
    if (value != nullptr) settings.emplace(key, json_text(*value));
  }
  return settings;
}

bool is_settled(const Json& row, Time now) {
  const std::optional<std::int64_t> changed = integer_of(row, "UpdateTime");  // of 1970
  return changed && now.time_since_epoch() - seconds(*changed) > kSettled &&
         text_of(row, "Status") != "configuring";
}

}  // namespace

Result<Binding> read_cdn_domain(const Json& row) {
  const std::string spelled = text_of(row, "Domain");
  if (spelled.empty()) {
    return std::unexpected(bad_shape("a domain in the list has no name", Effect::kReads));
  }
  Binding binding{.name = canonical_of_spelled(spelled),
                  .vendor_name = spelled,
                  .edge_name = text_of(row, "Cname"),
                  .status = words_of(row, "Status"),
                  .settings = settings_of(row)};
  binding.online = binding.status == "online" || binding.status == "configuring";
  const Json* lock = member(row, "DomainLock");
  const bool locked = lock != nullptr && text_of(*lock, "Status") == "on";
  if (locked && binding.online) binding.status += ", locked";
  return binding;
}

Result<Json> https_in_config(const Json& result) {
  const Json* config = member(result, "DomainConfig");
  if (config == nullptr || !config->is_object()) {
    return std::unexpected(bad_shape("the answer has no 'DomainConfig'", Effect::kReads));
  }
  const Json* https = member(*config, "HTTPS");
  if (https == nullptr) return Json();
  if (!https->is_object())
    return std::unexpected(bad_shape("'HTTPS' is no object", Effect::kReads));
  return *https;
}

Result<std::optional<std::string>> certificate_of_https(const Json& https) {
  const Json* on = member(https, "Switch");
  if (on == nullptr) return std::nullopt;
  if (!on->is_boolean()) {
    return std::unexpected(bad_shape("'Switch' is neither true nor false", Effect::kReads));
  }
  if (!on->get<bool>()) return std::nullopt;
  const Json* certificate = member(https, "CertInfo");
  if (certificate == nullptr) {
    const Json* several = member(https, "CertInfoList");
    if (several == nullptr) return std::nullopt;
    if (!several->is_array()) {
      return std::unexpected(bad_shape("'CertInfoList' is no list", Effect::kReads));
    }
    if (several->empty()) return std::nullopt;
    certificate = &several->front();
  }
  TRY(std::string id, id_of(*certificate, "CertId", Effect::kReads));
  return id;
}

bool has_two_certificates(const Json& https) {
  std::set<std::string> ids;
  if (const Json* one = member(https, "CertInfo")) ids.insert(text_of(*one, "CertId"));
  const Json* several = member(https, "CertInfoList");
  if (several != nullptr && several->is_array()) {
    for (const Json& one : *several) ids.insert(text_of(one, "CertId"));
  }
  ids.erase("");
  return ids.size() > 1;
}

Error two_certificates(std::string_view console) {
  return Error(ErrorKind::kRejected, "the domain has two certificates, of which one would be lost")
      .with_code("vendor.two_certificates")
      .with_hint("set both in the console of " + std::string(console) +
                 ", or take one of them away there");
}

const Json* KnownHttps::find(const std::string& vendor_name, const Json& row) const {
  const auto known = known_.find(vendor_name);
  return known != known_.end() && known->second.row == json_text(row) ? &known->second.https
                                                                      : nullptr;
}

bool KnownHttps::keep(const std::string& vendor_name, const Json& row, Json https, Time now) {
  if (!is_settled(row, now)) return false;
  known_[vendor_name] = {.row = json_text(row), .https = std::move(https)};
  return true;
}

}  // namespace certferry
