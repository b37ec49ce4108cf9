// Fusion CDN: certificates are objects of their own; a domain's HTTPS settings name one by id.
//
// What is odd here, each with its evidence (all of it in metadata.cpp):
//  - which certificate a domain has, only a call for that one domain says
//  - a domain on plain HTTP is turned to HTTPS by sslize, one on HTTPS is changed by httpsconf
//  - both set all HTTPS settings, so what is not meant to change is read and sent back
//  - a change is refused while an earlier one is under way, which takes minutes
//  - a wildcard is written .example.com, in paths too
//  - names below a wildcard (type pan) take its settings, are not bound by themselves and not
//    listed
//
// So that a daemon with a thousand domains does not make a thousand calls each time, a domain is
// asked again only after its row in the list has changed; what was changed a moment ago is always
// asked, for list and domain may be read at different places.
// API: https://developer.qiniu.com/fusion/4246/the-domain-name

#include "providers/qiniu/cdn.h"

#include <algorithm>
#include <array>
#include <set>

#include "base/text.h"
#include "model/name.h"
#include "providers/common/json_api.h"

namespace certferry {

namespace {

using Json = nlohmann::json;

/// After which a change is taken to show wherever it is read.
constexpr minutes kSettled(1);

/// `.example.com` stands for `*.example.com`. A name that is none stays under its own spelling,
/// which no target ever matches.
std::string canonical_of(const std::string& spelled) {
  const std::string name = spelled.starts_with('.') ? "*" + spelled : spelled;
  return canonical_name(name).value_or(to_lower(name));
}

/// Whether the vendor serves the domain. While something is done to it, and when that failed, it is
/// served as before, unless that was about being there at all.
bool is_online(const Json& domain) {
  const std::string state = text_of(domain, "operatingState");
  if (state == "success") return true;
  if (state != "processing" && state != "failed") return false;
  constexpr std::array<std::string_view, 6> kAboutBeing{"create_domain",
                                                        "delete_domain",
                                                        "offline_domain",
                                                        "online_domain",
                                                        "freeze_domain",
                                                        "record"};
  return std::ranges::find(kAboutBeing, text_of(domain, "operationType")) == kAboutBeing.end();
}

std::string dumped(const Json& value) {
  return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

/// Throws `reply.shape`.
Binding read_domain(const Json& domain) {
  const std::string spelled = text_of(domain, "name");
  if (spelled.empty()) throw bad_shape("a domain in the list has no name", Effect::kReads);
  Binding binding{.name = canonical_of(spelled),
                  .vendor_name = spelled,
                  .edge_name = text_of(domain, "cname"),
                  .online = is_online(domain),
                  .status = words_of(domain, "operatingState")};
  if (binding.status == "offlined") binding.status = "offline";  // by its owner
  for (const char* key : {"type", "platform", "geoCover", "ipTypes"}) {
    if (const Json* value = member(domain, key)) binding.settings.emplace(key, dumped(*value));
  }
  return binding;
}

/// "2018-01-02T15:04:05.123+08:00", of which the parts of a second do not matter here.
std::optional<Time> time_of(std::string text) {
  if (text.size() < 20) return std::nullopt;
  const auto zone = text.find_first_of("Z+-", 19);
  if (zone == std::string::npos) return std::nullopt;
  const Result<Time> local = parse_time(text.substr(0, 19) + "Z");
  if (!local) return std::nullopt;
  if (text[zone] == 'Z') return *local;
  const Result<Time> offset = parse_time("1970-01-01T" + text.substr(zone + 1) + ":00Z");
  if (!offset) return std::nullopt;
  return text[zone] == '+' ? *local - offset->time_since_epoch()
                           : *local + offset->time_since_epoch();
}

bool is_settled(const Json& domain, Time now) {
  const std::optional<Time> changed = time_of(text_of(domain, "modifyAt"));
  return changed && *changed + kSettled < now;
}

/// What a bind sends back as it is, in the vendor's words.
constexpr std::array<std::string_view, 2> kSettings{"forceHttps", "http2Enable"};

Json https_of(const Json& domain) {
  const Json* https = member(domain, "https");
  return https != nullptr && https->is_object() ? *https : Json::object();
}

/// Of a domain without HTTPS they are off, and a bind sets them so.
std::map<std::string, std::string> settings_of(const Json& https) {
  std::map<std::string, std::string> settings;
  for (const std::string_view key : kSettings) {
    const Json* value = member(https, key);
    settings.emplace("https." + std::string(key), value == nullptr ? "false" : dumped(*value));
  }
  return settings;
}

/// The HTTPS settings as they are, but for the certificate. Whatever else the vendor says of them
/// goes back as well, but that it would renew the certificate itself.
Secret body_of(Json https, const std::string& stored_id, bool had_https) {
  if (!had_https) https = Json::object();
  for (const std::string_view key : kSettings) {
    if (member(https, key) == nullptr) https[std::string(key)] = false;
  }
  https.erase("freeCert");
  https["certId"] = stored_id;
  return Secret(dumped(https));
}

}  // namespace

Task<Json> QiniuCdn::get(std::string vendor_name, std::string doing) {
  QiniuCall call{.action = {.name = "GET /domain/NAME"},
                 .doing = doing,
                 .target = "/domain/" + url_encode(vendor_name)};
  Json domain = co_await account_.call(std::move(call));
  if (domain.is_object()) co_return domain;
  throw bad_shape("the answer is no domain", Effect::kReads).while_doing(doing);
}

Task<std::optional<QiniuCdn::Https>> QiniuCdn::ask(Binding binding) {
  const std::string doing =
      "asking Qiniu for the certificate of " + printable(binding.vendor_name, 100);
  try {
    const Json domain = co_await get(binding.vendor_name, doing);
    const Json block = https_of(domain);
    Https https{.stored_id = std::nullopt, .settings = settings_of(block)};
    if (text_of(domain, "protocol") == "https") {
      Result<std::optional<std::string>> id = reference_of(block, "certId");
      if (!id) throw std::move(id).error().while_doing(doing);
      https.stored_id = *std::move(id);
    }
    co_return https;
  } catch (Error& error) {
    // A domain that is left out counts as gone: that only the vendor's own word may say.
    if (error.kind == ErrorKind::kNotFound) error.kind = ErrorKind::kUnavailable;
    if (!is_no_domain(error)) throw;
  }
  co_return std::nullopt;
}

Task<std::vector<Binding>> QiniuCdn::list() {
  const std::string doing = "listing the CDN domains at Qiniu";
  QiniuList wanted{.action = {.name = "GET /domain"},
                   .doing = doing,
                   .path = "/domain",
                   .key = "domains",
                   .items_a_page = 1000};
  const std::vector<Json> items = co_await account_.list(std::move(wanted));
  std::vector<Binding> bindings;
  std::set<std::string> listed;
  for (const Json& item : items) {
    if (text_of(item, "type") == "pan") continue;
    Binding binding;
    try {
      binding = read_domain(item);
    } catch (Error& error) {
      throw std::move(error).while_doing(doing);
    }
    listed.insert(binding.vendor_name);
    std::optional<Https> https = Https{.stored_id = std::nullopt, .settings = settings_of({})};
    if (text_of(item, "protocol") == "https") {
      const std::string row = dumped(item);
      const auto before = answered_.find(binding.vendor_name);
      if (before != answered_.end() && before->second.first == row) {
        https = before->second.second;
      } else {
        https = co_await ask(binding);
        if (https && is_settled(item, account_.clock().now())) {
          answered_[binding.vendor_name] = {row, *https};
        }
      }
    }
    if (!https) continue;
    binding.stored_id = https->stored_id;
    binding.settings.merge(https->settings);
    bindings.push_back(std::move(binding));
  }
  std::erase_if(answered_, [&](const auto& one) { return !listed.contains(one.first); });
  co_return bindings;
}

Task<void> QiniuCdn::bind(Binding binding, std::string stored_id) {
  const std::string doing = "pointing " + printable(binding.vendor_name, 100) + " at certificate " +
                            printable(stored_id, 100) + " of Qiniu";
  answered_.erase(binding.vendor_name);
  const Json domain = co_await get(binding.vendor_name, doing);
  const bool had_https = text_of(domain, "protocol") == "https";
  QiniuCall order{
      .action = {.name = had_https ? "PUT /domain/NAME/httpsconf" : "PUT /domain/NAME/sslize",
                 .effect = Effect::kChanges},
      .doing = doing,
      .method = "PUT",
      .target =
          "/domain/" + url_encode(binding.vendor_name) + (had_https ? "/httpsconf" : "/sslize"),
      .body = body_of(https_of(domain), stored_id, had_https)};
  try {
    co_await account_.call(std::move(order));
  } catch (const Error& error) {
    if (!is_unchanged(error)) throw;
  }
}

}  // namespace certferry
