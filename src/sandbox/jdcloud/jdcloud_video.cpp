#include "sandbox/jdcloud/jdcloud_video.h"

#include "sandbox/jdcloud/jdcloud_answers.h"
#include "sandbox/pair.h"

namespace certferry::sandbox {

namespace {

using Json = nlohmann::json;

/// The domain gets a bundle of its own. Nothing when all went well.
std::optional<JdcloudRefusal> hold(World& world,
                                   JdcloudState& state,
                                   const std::string& domain,
                                   const std::string& chain,
                                   const std::string& key,
                                   const std::string& title) {
  const PairReader& reader = world.pair_reader();
  Result<UploadedPair> pair = reader ? reader(chain, Secret(key)) : read_pair(chain, Secret(key));
  if (!pair) return jdcloud_invalid("certificate: " + pair.error().message);
  const std::int64_t id = world.upload(title, *std::move(pair));
  const Outcome outcome = world.bind(id, domain);
  world.remove(id);
  if (outcome != Outcome::kDone) {
    return jdcloud_invalid("certificate: it does not match the domain; it");
  }
  state.titles[domain] = title;
  return std::nullopt;
}

/// Of one that somebody set by hand, or replaced so, the title stays as it was.
std::string title_of(const JdcloudState& state, const std::string& domain) {
  const auto title = state.titles.find(domain);
  return title == state.titles.end() ? "set by hand" : title->second;
}

bool is_alphanumeric(const std::string& text) {
  return std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  });
}

std::string redirect_of(const JdcloudState& state, const std::string& domain) {
  const auto redirect = state.redirects.find(domain);
  return redirect == state.redirects.end() ? "default" : redirect->second;
}

}  // namespace

JdcloudAnswer list_live(const World& world, const JdcloudRequest& call) {
  const std::vector<const Domain*> all = jdcloud_domains(world, "live");
  const auto page = jdcloud_page(all, call.query, {.number = "pageNum", .size_least = 10});
  if (!page) return jdcloud_invalid("pageSize");
  Json groups = Json::array();
  for (const Domain* one : *page) {
    const std::string made = jdcloud_time(one->created_at);
    const Json player = {{"playDomain", one->name},
                         {"playDomainCname", one->cname},
                         {"domainStatus", one->online ? "online" : "offline"},
                         {"playType", "normal"},
                         {"createTime", made},
                         {"updateTime", made}};
    const Json pusher = {{"publishDomain", "push-" + std::to_string(one->id) + ".example.com"},
                         {"domainStatus", "online"}};
    groups.push_back(
        {{"publishDomains", Json::array({pusher})}, {"playDomains", Json::array({player})}});
  }
  return Json{{"domainDetails", groups}, {"totalCount", all.size()}};
}

JdcloudAnswer get_live(const World& world,
                       const JdcloudState& state,
                       const JdcloudRequest& call,
                       SteadyTime moment) {
  const Domain* domain = jdcloud_domain(world, call.domain, "live");
  if (domain == nullptr) return jdcloud_not_found("playDomain");
  Json out = {{"playDomain", domain->name}, {"certStatus", "off"}};
  if (const EntryPtr entry = domain->bound_at(moment)) {
    out["certStatus"] = "on";
    out["cert"] = entry->pair.chain_pem;
    out["title"] = title_of(state, domain->name);
  }
  return out;
}

JdcloudAnswer set_live(World& world, JdcloudState& state, const JdcloudRequest& call) {
  const Json json = Json::parse(call.body, nullptr, false);
  if (!json.is_object()) return jdcloud_invalid("body");
  const Domain* domain = jdcloud_domain(world, call.domain, "live");
  if (domain == nullptr) return jdcloud_not_found("playDomain");
  if (!domain->online) return jdcloud_precondition("domain is offline");
  const std::string status = jdcloud_text(json, "certStatus");
  if (status == "off") {
    world.unbind(call.domain);
    return Json();
  }
  const std::string chain = jdcloud_text(json, "cert");
  const std::string key = jdcloud_text(json, "key");
  const std::string title = jdcloud_text(json, "title");
  if (status != "on") return jdcloud_invalid("certStatus");
  if (chain.empty() || chain.size() > 4098) return jdcloud_invalid("cert");
  if (key.empty() || key.size() > 2048) return jdcloud_invalid("key");
  if (title.size() > 256 || !is_alphanumeric(title)) return jdcloud_invalid("title");
  if (auto refusal = hold(world, state, call.domain, chain, key, title)) return *refusal;
  return Json();
}

std::string jdcloud_vod_name(const World& world, const std::string& number) {
  for (const Domain* one : jdcloud_domains(world, "vod")) {
    if (std::to_string(one->id) == number) return one->name;
  }
  return {};
}

JdcloudAnswer list_vod(const World& world, const JdcloudState& state, const JdcloudRequest& call) {
  const std::vector<const Domain*> all = jdcloud_domains(world, "vod");
  const auto page = jdcloud_page(all, call.query, {.size_least = 10});
  if (!page) return jdcloud_invalid("pageSize");
  Json items = Json::array();
  for (const Domain* one : *page) {
    const std::string running = is_configuring(world, state, *one) ? "configuring" : "normal";
    items.push_back({{"id", one->id},
                     {"name", one->name},
                     {"cname", one->cname},
                     {"status", one->online ? running : "stopped"},
                     {"source", "custom"},
                     {"asDefault", false},
                     {"createTime", jdcloud_time(one->created_at)},
                     {"updateTime", jdcloud_time(one->created_at)}});
  }
  return Json{{"content", items}, {"totalElements", all.size()}};
}

JdcloudAnswer get_vod(const World& world,
                      const JdcloudState& state,
                      const JdcloudRequest& call,
                      SteadyTime moment) {
  const Domain* domain = jdcloud_domain(world, call.domain, "vod");
  if (domain == nullptr) return jdcloud_not_found("domain");
  Json out = {{"enabled", false}, {"jumpType", redirect_of(state, domain->name)}};
  if (const EntryPtr entry = domain->bound_at(moment)) {
    out.update({{"enabled", true},
                {"source", "default"},
                {"title", title_of(state, domain->name)},
                {"sslCert", entry->pair.chain_pem},
                {"sslKey", std::string(entry->pair.key_pem.reveal())}});
  }
  return out;
}

JdcloudAnswer set_vod(World& world, JdcloudState& state, const JdcloudRequest& call) {
  const Json json = Json::parse(call.body, nullptr, false);
  if (!json.is_object()) return jdcloud_invalid("body");
  const Domain* domain = jdcloud_domain(world, call.domain, "vod");
  if (domain == nullptr) return jdcloud_not_found("domain");
  if (!domain->online) return jdcloud_precondition("domain is stopped");
  if (is_configuring(world, state, *domain)) return jdcloud_precondition("域名配置中");
  // What is not sent goes back to how the vendor begins.
  const std::string redirect =
      json.contains("jumpType") ? jdcloud_text(json, "jumpType") : "default";
  if (redirect != "default" && redirect != "http" && redirect != "https") {
    return jdcloud_invalid("jumpType");
  }
  const auto enabled = json.find("enabled");
  if (enabled == json.end() || !enabled->is_boolean()) return jdcloud_invalid("enabled");
  if (!enabled->get<bool>()) {
    world.unbind(call.domain);
    state.redirects[call.domain] = redirect;
    return Json();
  }
  const std::string chain = jdcloud_text(json, "sslCert");
  const std::string key = jdcloud_text(json, "sslKey");
  if (jdcloud_text(json, "source") != "default") return jdcloud_invalid("source");
  if (chain.empty()) return jdcloud_invalid("sslCert");
  if (key.empty()) return jdcloud_invalid("sslKey");
  const std::string title = jdcloud_text(json, "title");
  if (auto refusal = hold(world, state, call.domain, chain, key, title)) return *refusal;
  state.redirects[call.domain] = redirect;
  return Json();
}

}  // namespace certferry::sandbox
