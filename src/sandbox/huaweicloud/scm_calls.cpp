#include <array>

#include "base/text.h"
#include "sandbox/huaweicloud/services.h"
#include "sandbox/pair.h"

namespace certferry::sandbox::huaweicloud {

namespace {

/// "2026-04-15 16:30:59.0", in China's time.
std::string end_text(Time end) {
  std::string text = format_time(end + hours(8));
  text[10] = ' ';
  text.back() = '.';
  return text + "0";
}

bool is_store_name(const std::string& name) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("_-.").contains(c);
  };
  return name.size() >= 3 && name.size() <= 63 && std::ranges::all_of(name, allowed);
}

}  // namespace

HuaweiCloudAnswer list_stored(const World& world,
                              const HuaweiCloudRequest& call,
                              SteadyTime moment) {
  constexpr std::array<std::string_view, 5> kStatuses{"", "ALL", "UPLOAD", "EXPIRED", "ISSUED"};
  if (!knows_all(call, {"limit", "offset", "status", "enterprise_project_id"})) {
    return invalid("scm", "query");
  }
  std::int64_t limit = 10;
  if (call.query.contains("limit")) limit = integer_field(call.query, "limit").value_or(0);
  if (limit != 10 && limit != 20 && limit != 50) return invalid("scm", "limit");
  const auto offset = call.query.contains("offset") ? integer_field(call.query, "offset")
                                                    : std::optional<std::int64_t>(0);
  if (!offset) return invalid("scm", "offset");
  const std::string_view status = text_field(call.query, "status");
  if (std::ranges::find(kStatuses, status) == kStatuses.end()) return invalid("scm", "status");
  std::vector<EntryPtr> all;
  for (const auto& [id, entry] : world.entries_at(moment)) {
    const bool ended = entry->pair.leaf.not_after <= world.now();
    const bool any = status.empty() || status == "ALL";
    if (any || status == (ended ? "EXPIRED" : "UPLOAD")) all.push_back(entry);
  }
  std::ranges::reverse(all);  // the latest first, as it is unless told otherwise
  Json items = Json::array();
  for (const EntryPtr& one : cut(all, *offset, limit)) {
    const Certificate& leaf = one->pair.leaf;
    const bool ended = leaf.not_after <= world.now();
    items.push_back({{"id", huaweicloud_certificate_id(one->id)},
                     {"name", one->note},
                     {"domain", leaf.dns_names.empty() ? "" : leaf.dns_names.front()},
                     {"sans", join(leaf.dns_names, ";")},
                     {"expire_time", end_text(leaf.not_after)},
                     {"status", ended ? "EXPIRED" : "UPLOAD"},
                     {"type", nullptr},
                     {"brand", nullptr},
                     {"enterprise_project_id", "0"},
                     {"domain_type", "MULTI_DOMAIN"}});
  }
  return Json{{"total_count", all.size()}, {"certificates", items}}.dump();
}

HuaweiCloudAnswer stored_as(std::int64_t id) {
  return Json{{"certificate_id", huaweicloud_certificate_id(id)}}.dump();
}

HuaweiCloudAnswer upload(World& world, const HuaweiCloudRequest& call) {
  constexpr std::size_t kLeafMost = 4096;
  constexpr std::size_t kChainMost = 8192;
  const Json json = Json::parse(call.body, nullptr, false);
  if (!json.is_object() || !call.query.empty()) return invalid("scm", "body");
  const std::string leaf = text_in(json, "certificate");
  const std::string chain = text_in(json, "certificate_chain");
  const std::string key = text_in(json, "private_key");
  const std::string name = text_in(json, "name");
  if (!is_store_name(name)) return invalid("scm", "name");
  if (leaf.empty() || leaf.size() > kLeafMost) return invalid("scm", "certificate");
  if (chain.size() > kChainMost) return invalid("scm", "certificate_chain");
  if (key.empty() || key.size() > kLeafMost) return invalid("scm", "private_key");
  const auto again = json.find("duplicate_check");
  if (again != json.end() && !again->is_boolean()) return invalid("scm", "duplicate_check");
  const PairReader& reader = world.pair_reader();
  Result<UploadedPair> pair =
      reader ? reader(leaf + chain, Secret(key)) : read_pair(leaf + chain, Secret(key));
  if (!pair) {
    return HuaweiCloudRefusal{
        .status = 400,
        .code = "SCM.0006",
        .message = "Failed to parse the certificate: " + pair.error().message};
  }
  const auto same = [&](const auto& one) {
    return one.second->pair.leaf.fingerprint == pair->leaf.fingerprint;
  };
  const bool allowed = again != json.end() && again->get<bool>();
  if (!allowed && std::ranges::any_of(world.entries(), same)) {
    return HuaweiCloudRefusal{.status = 400,
                              .code = "SCM.0122",  // the number is a guess: no document has it
                              .message = "The same certificate already exists."};
  }
  if (world.is_full()) {
    return HuaweiCloudRefusal{
        .status = 400, .code = "SCM.0011", .message = "The certificate quota is insufficient."};
  }
  return stored_as(world.upload(name, *std::move(pair)));
}

HuaweiCloudAnswer remove(World& world, const HuaweiCloudRequest& call) {
  const auto id = certificate_number(call.subject);
  if (!id) return invalid("scm", "certificate_id");
  switch (world.remove(*id)) {
    case Outcome::kDone:
      return "";
    case Outcome::kInUse:
      return HuaweiCloudRefusal{.status = 400,
                                .code = "SCM.0010",
                                .message = "The certificate status does not allow this operation."};
    default:
      return unknown_certificate();
  }
}

HuaweiCloudAnswer list_deployed(const World& world,
                                const HuaweiCloudState& state,
                                const HuaweiCloudRequest& call) {
  const Json json = Json::parse(call.body, nullptr, false);
  if (!json.is_object() || !json.contains("certificate_ids") || !json.contains("service_names")) {
    return invalid("scm", "body");
  }
  const Json& ids = json["certificate_ids"];
  const Json& services = json["service_names"];
  const Json known = Json::array({"WAF", "CDN", "ELB", "ALL"});
  const auto is_known = [&](const Json& one) {
    return std::ranges::find(known, one) != known.end();
  };
  if (!ids.is_array() || ids.empty() || ids.size() > 50) return invalid("scm", "certificate_ids");
  if (!services.is_array() || services.empty() || !std::ranges::all_of(services, is_known)) {
    return invalid("scm", "service_names");
  }
  Json results = Json::array();
  for (const Json& one : ids) {
    const auto id = certificate_number(one.is_string() ? one.get<std::string>() : "");
    if (!id) return invalid("scm", "certificate_ids");
    // It knows nothing of OBS, which has copies.
    const auto count = std::ranges::count_if(world.domains(), [&](const Domain& domain) {
      const EntryPtr bound = domain.bound();
      return domain.product == "cdn" && bound && bound->id == *id;
    });
    Json deployed = Json::array();
    if (count > 0) {
      deployed.push_back({{"service", "CDN"},
                          {"resource_num", count},
                          {"resource_location", "global"},
                          {"region_resources", Json::array()}});
    }
    std::ptrdiff_t pushed = 0;
    for (const auto& [service, names] :
         {std::pair("WAF", hosts_pushed_to(world, state.waf, *id)),
          std::pair("ELB", names_pushed_to(world, state.elb, *id))}) {
      if (names.empty()) continue;
      pushed += std::ssize(names);
      Json resources = Json::array();
      for (const std::string& name : names) {
        resources.push_back({{"resource_id", "one"}, {"resource_name", name}});
      }
      deployed.push_back({{"service", service},
                          {"resource_num", names.size()},
                          {"resource_location", "region"},
                          {"region_resources",
                           {{{"region_id", "cn-east-3"},
                             {"is_error", false},
                             {"resources", std::move(resources)}}}}});
    }
    results.push_back(
        {{"certificate_id", one}, {"total_num", count + pushed}, {"deployed_resources", deployed}});
  }
  return Json{{"results", results}}.dump();
}

}  // namespace certferry::sandbox::huaweicloud
