// BLB (load balancers, the ordinary kind and the application kind, v1): HTTPS listeners of one
// region.
//
// How a listener is a target. It has one certificate for whoever asks for no name that it knows,
// and may have others for hosts that it names (additionalCertDomains): each host is a target. The
// certificate without a host has no name that anything could be held to, so it is listed under load
// balancer and port and left alone, and so is that of an SSL listener: nothing is deleted that they
// have. A host at several listeners is one target, which a bind brings to each of them in turn;
// while they differ it is listed as set to "this and that".
//
// What is odd here, each with its evidence (all of it in metadata.cpp):
//  - a bind writes the whole list of hosts: it is read right before and sent back with one changed,
//    one bind at a time, and not before the list shows what the last one changed
//  - what is not sent stays as it is; the application kind wants its scheduler back all the same
//    ......................................................................... docs: 3mrlvotzx
//  - a load balancer takes one change at a time ............ error code LastOperationNotFinished
//  - the two kinds have the same calls under /v1/blb and /v1/appblb, and lists of their own
//  - each region has a host of its own ........................................ docs: cjwvxnzix
// API: https://cloud.baidu.com/doc/BLB/s/imrlvoqmr

#include "providers/baiducloud/blb.h"

#include <algorithm>
#include <array>
#include <set>

#include "base/text.h"
#include "model/name.h"
#include "providers/common/each_place.h"
#include "providers/common/json_api.h"
#include "providers/common/page_walk.h"
#include "providers/common/spelled_name.h"
#include "providers/common/still_bound.h"

namespace certferry {

/// A place as the list has it.
struct BaiduCloudBlb::Seen {
  Place place;
  std::vector<std::string> ids;  ///< all that it refers to; of its own the last one counts
  std::string why_not;           ///< that it is no target; empty: it is one
  std::map<std::string, std::string> settings = {};

  std::string spelled() const {
    return place.host.empty() ? place.balancer + "/" + std::to_string(place.port) : place.host;
  }
};

namespace {

using Json = nlohmann::json;

constexpr std::array<std::string_view, 2> kKinds{"blb", "appblb"};
/// For how long a listener may show what it had before.
constexpr minutes kTellsLate(5);
/// A change takes seconds; it is waited for half a minute.
constexpr int kLooksMost = 15;
constexpr milliseconds kBetweenLooks = seconds(2);

/// A region goes into the name of the host that keys are shown to.
std::string service_in(const std::string& region) {
  const std::string chosen = region.empty() ? "bj" : region;
  const bool sound =
      chosen.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == std::string::npos;
  if (sound) return "blb." + chosen;
  throw Error(ErrorKind::kInvalidInput,
              "'" + printable(region, 40) + "' is not how Baidu AI Cloud calls a region")
      .with_code("account.region")
      .with_hint("write it as the host of its API has it: bj, gz, su, hkg, fwh, bd, sin");
}

std::vector<std::string> ids_in(const Json& listener, const std::string& key) {
  std::vector<std::string> ids;
  const Json* listed = member(listener, key);
  if (listed == nullptr) return ids;
  if (!listed->is_array()) {
    throw bad_shape("a listener in the list has no list '" + key + "'", Effect::kReads);
  }
  for (const Json& one : *listed) {
    Result<std::string> id = id_of(Json{{"id", one}}, "id", Effect::kReads);
    if (!id) throw std::move(id).error();
    ids.push_back(*std::move(id));
  }
  return ids;
}

/// The hosts that a listener names, each with its certificate, as they go back. Throws
/// `reply.shape`: one that is left out would be lost.
Json hosts_of(const Json& listener) {
  const Json* listed = member(listener, "additionalCertDomains");
  if (listed == nullptr) return Json::array();
  if (!listed->is_array()) {
    throw bad_shape("a listener in the list does not tell its hosts", Effect::kReads);
  }
  for (const Json& one : *listed) {
    const Result<std::string> id = id_of(one, "certId", Effect::kReads);
    if (!id) throw Error(id.error());
    if (text_of(one, "host").empty()) {
      throw bad_shape("a host of a listener has no name", Effect::kReads);
    }
  }
  return *listed;
}

/// What no bind has to do with.
std::map<std::string, std::string> settings_of(const Json& row, const std::string& listener) {
  std::map<std::string, std::string> settings;
  for (const auto& [key, value] : row.items()) {
    if (key == "certIds" || key == "additionalCertDomains" || value.is_null()) continue;
    std::string name = listener;
    name.append(".").append(key);
    settings.emplace(std::move(name), json_text(value));
  }
  return settings;
}

/// Why a load balancer serves nothing; empty: it does.
std::string out_of_service(const Json& balancer) {
  const std::string status = words_of(balancer, "status");
  if (status == "available" || status == "updating") return "";
  if (status == "paused") return "offline";  // as every product here says it
  return status.empty() ? "in a state that is not told" : status;
}

/// What a name is set to by what its places are set to.
std::optional<std::string> together(const std::set<std::string>& each) {
  const std::vector<std::string> words(each.begin(), each.end());
  if (words.empty()) return std::nullopt;
  return words.size() == 1 ? words.front() : printable(join(words, " and "), 120);
}

Error not_there(std::string doing) {
  return Error(ErrorKind::kNotFound, "no listener of BLB names that host")
      .with_code("vendor.not_found")
      .while_doing(std::move(doing));
}

}  // namespace

Task<std::vector<Json>> BaiduCloudBlb::rows(
    std::string name, std::string path, QueryParameters query, std::string key, std::string doing) {
  const std::string service = service_in(region_);
  std::vector<Json> all;
  MarkerWalk walk;
  for (bool more = true; more;) {
    BaiduCloudCall call{
        .service = service, .action = {.name = name}, .doing = doing, .path = path, .query = query};
    call.query.emplace_back("maxKeys", "1000");
    if (!walk.marker().empty()) call.query.emplace_back("marker", walk.marker());
    const Json reply = co_await account_.call(std::move(call));
    const Json* truncated = member(reply, "isTruncated");
    const bool ends = truncated != nullptr && *truncated == false;
    const Json* found = member(reply, key);
    if (found == nullptr ? !ends : !found->is_array()) {
      throw bad_shape("the answer has no list '" + key + "'", Effect::kReads).while_doing(doing);
    }
    for (const Json& row : found == nullptr ? Json::array() : *found) all.push_back(row);
    const std::string next = ends ? "" : text_of(reply, "nextMarker");
    if (next.empty() && truncated != nullptr && *truncated == true) {
      throw bad_paging("the list says that it goes on, and not where").while_doing(doing);
    }
    const Result<bool> taken = walk.take(next);
    if (!taken) throw Error(taken.error()).while_doing(doing);
    more = *taken;
  }
  co_return all;
}

Task<std::vector<BaiduCloudBlb::Seen>> BaiduCloudBlb::list_places(std::string doing) {
  std::vector<Seen> all;
  for (const std::string_view kind : kKinds) {
    const std::string base = "/v1/" + std::string(kind);
    const std::vector<Json> balancers = co_await rows("GET " + base, base, {}, "blbList", doing);
    for (const Json& balancer : balancers) {
      Result<std::string> id = id_of(balancer, "blbId", Effect::kReads);
      if (!id) throw std::move(id).error().while_doing(doing);
      const std::string own = base + "/" + url_encode(*id);
      const std::string named = "GET " + base + "/{blbId}/";
      std::vector<Json> secure;
      std::vector<Json> plain;
      try {
        secure = co_await rows(
            named + "HTTPSlistener", own + "/HTTPSlistener", {}, "listenerList", doing);
        plain =
            co_await rows(named + "SSLlistener", own + "/SSLlistener", {}, "listenerList", doing);
      } catch (const Error& error) {
        // It was deleted since the list of load balancers.
        if (error.kind != ErrorKind::kNotFound) throw;
        continue;
      }
      const std::string why = out_of_service(balancer);
      try {
        for (const std::vector<Json>* listed : {&secure, &plain}) {
          for (const Json& row : *listed) {
            const std::optional<std::int64_t> port = integer_of(row, "listenerPort");
            if (!port) throw bad_shape("a listener in the list has no port", Effect::kReads);
            Seen whole{
                .place = {.kind = std::string(kind), .balancer = *id, .port = *port},
                .ids = ids_in(row, "clientCertIds"),
                .why_not = why.empty() ? "a listener's own certificate, without a name" : why};
            for (std::string& one : ids_in(row, "certIds")) whole.ids.push_back(std::move(one));
            for (const Json& host : hosts_of(row)) {
              Seen seen{.place = whole.place, .ids = {text_of(host, "certId")}, .why_not = why};
              seen.place.host = text_of(host, "host");
              seen.settings = settings_of(row, whole.place.listener());
              if (why.empty() && !canonical_name(seen.place.host)) {
                seen.why_not = "a pattern, which no certificate can be held to";
              }
              all.push_back(std::move(seen));
            }
            if (!whole.ids.empty()) all.push_back(std::move(whole));
          }
        }
      } catch (Error& error) {
        throw std::move(error).while_doing(doing);
      }
    }
  }
  listed_ = true;
  co_return all;
}

Task<std::vector<Binding>> BaiduCloudBlb::list() {
  const std::string doing = "listing the listeners of BLB at Baidu AI Cloud";
  const std::vector<Seen> seen = co_await list_places(doing);
  std::vector<Binding> all;
  std::map<std::string, std::size_t> at;
  std::map<std::string, std::set<std::string>> set_to;
  std::map<std::string, std::vector<Place>> places;
  for (const Seen& one : seen) {
    const std::string name = canonical_of_spelled(one.spelled());
    // One that is out of service is none that a bind goes to, unless there is no other.
    const bool serves = one.why_not.empty();
    const auto [place, first] = at.emplace(name, all.size());
    if (first) all.push_back({.name = name, .vendor_name = one.spelled()});
    Binding& binding = all[place->second];
    if (!serves && binding.online) continue;
    if (serves != binding.online || first) {
      binding.online = serves;
      binding.status = serves ? "available" : one.why_not;
      binding.settings.clear();
      set_to[name].clear();
      places[name].clear();
    }
    set_to[name].insert(one.ids.back());
    binding.settings.insert(one.settings.begin(), one.settings.end());
    if (serves) places[name].push_back(one.place);
  }
  for (Binding& one : all) one.stored_id = together(set_to[one.name]);
  places_ = std::move(places);
  co_return all;
}

Task<void> BaiduCloudBlb::require_unused(std::string stored_id) {
  std::vector<Seen> seen;
  try {
    seen = co_await list_places("asking BLB at Baidu AI Cloud what uses certificate " +
                                printable(stored_id, 100));
  } catch (const Error& error) {
    const bool closed =
        error.kind == ErrorKind::kUnauthorized || error.kind == ErrorKind::kRejected;
    if (listed_ || !closed) throw;
  }
  for (const Seen& one : seen) {
    if (std::ranges::find(one.ids, stored_id) == one.ids.end()) continue;
    throw still_used(stored_id, std::vector<std::string>{one.spelled() + " of BLB"});
  }
}

Task<Json> BaiduCloudBlb::listener_at(Place place, std::string doing) {
  const std::string base = "/v1/" + place.kind;
  const std::vector<Json> found =
      co_await rows("GET " + base + "/{blbId}/HTTPSlistener",
                    base + "/" + url_encode(place.balancer) + "/HTTPSlistener",
                    {{"listenerPort", std::to_string(place.port)}},
                    "listenerList",
                    doing);
  for (const Json& one : found) {
    if (integer_of(one, "listenerPort") == place.port) co_return one;
  }
  throw not_there(doing);
}

Task<void> BaiduCloudBlb::settle(Place place, std::string doing) {
  const std::string base = "/v1/" + place.kind;
  const std::string service = service_in(region_);
  const std::string name = "GET " + base + "/{blbId}";
  for (int look = 0; sleeper_ != nullptr && look < kLooksMost; ++look) {
    if (look > 0) co_await sleeper_->sleep(kBetweenLooks);
    BaiduCloudCall question{.service = service,
                            .action = {.name = name},
                            .doing = doing,
                            .path = base + "/" + url_encode(place.balancer)};
    try {
      const Json told = co_await account_.call(std::move(question));
      if (text_of(told, "status") != "updating") co_return;
    } catch (const Error& error) {
      // The change was taken; that it could not be asked for says nothing of it.
      if (error.kind == ErrorKind::kCancelled) throw;
    }
  }
}

Task<bool> BaiduCloudBlb::bind_place(Place place, std::string stored_id, std::string doing) {
  const Json listener = co_await listener_at(place, doing);
  Json hosts;
  Json own;
  try {
    hosts = hosts_of(listener);
    own = ids_in(listener, "certIds");
  } catch (Error& error) {
    throw std::move(error).while_doing(doing);
  }
  const auto entry_of = [&](const std::string& host) {
    return std::ranges::find_if(hosts,
                                [&](const Json& one) { return text_of(one, "host") == host; });
  };
  const SteadyTime now = account_.clock().steady_now();
  if (const auto told = told_.find(place.listener()); told != told_.end()) {
    const auto before = entry_of(told->second.host);
    const bool shown =
        before == hosts.end() || text_of(*before, "certId") == told->second.stored_id;
    if (!shown && now - told->second.at < kTellsLate) {
      throw Error(ErrorKind::kUnavailable, "the listener does not show its last change yet")
          .with_code("vendor.busy")
          .with_hint("a change now would take that back; it is tried again")
          .while_doing(doing);
    }
    told_.erase(told);
  }
  const auto entry = entry_of(place.host);
  if (entry == hosts.end()) throw not_there(doing);
  if (text_of(*entry, "certId") == stored_id) co_return false;
  (*entry)["certId"] = stored_id;
  Json body = {{"additionalCertDomains", hosts}};
  if (!own.empty()) body["certIds"] = own;
  if (const Json* scheduler = member(listener, "scheduler")) body["scheduler"] = *scheduler;
  const std::string base = "/v1/" + place.kind;
  const std::string service = service_in(region_);
  const std::string name = "PUT " + base + "/{blbId}/HTTPSlistener";
  BaiduCloudCall order{.service = service,
                       .action = {.name = name, .effect = Effect::kChanges},
                       .doing = doing,
                       .method = "PUT",
                       .path = base + "/" + url_encode(place.balancer) + "/HTTPSlistener",
                       .query = {{"listenerPort", std::to_string(place.port)}},
                       .body = Secret(json_text(body))};
  co_await account_.call(std::move(order));
  told_[place.listener()] = {.host = place.host, .stored_id = stored_id, .at = now};
  co_await settle(place, doing);
  co_return true;
}

Task<BindDone> BaiduCloudBlb::bind(Binding binding, std::string stored_id) {
  const std::string doing = "pointing " + printable(binding.vendor_name, 100) +
                            " of BLB at certificate " + printable(stored_id, 100) +
                            " of Baidu AI Cloud";
  const std::shared_ptr<void> turn = co_await turn_.enter(sleeper_, doing);
  const std::string wanted = canonical_of_spelled(binding.vendor_name);
  if (!places_.contains(wanted)) (void)co_await list();
  const std::vector<Place> places = places_[wanted];
  if (places.empty()) throw not_there(doing);
  const auto bind_one = [&](const Place& place) { return bind_place(place, stored_id, doing); };
  const bool sent = co_await bind_each_place(places, bind_one);
  co_return BindDone{.wrote_settings = sent};
}

}  // namespace certferry
