// What the pages of calls share: parameters, pages and times as the vendor spells them, and what
// each page does.
#pragma once

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <variant>
#include <vector>

#include "model/name.h"
#include "sandbox/volcengine/volcengine_calls.h"

namespace certferry::sandbox::volcengine {

using Json = nlohmann::json;

/// What CDN calls the certificate centre.
inline std::string_view center_in_cdn(const VolcengineAction& action) {
  return action.site == VolcengineSite::kVolcengine ? "volc_cert_center" : "cert_center";
}

inline const Json* member(const Json& value, std::string_view name) {
  const auto found = value.find(name);
  return found == value.end() || found->is_null() ? nullptr : &*found;
}

/// Empty when it is missing or is no text.
inline std::string text_of(const Json& value, std::string_view name) {
  const Json* found = member(value, name);
  return found != nullptr && found->is_string() ? found->get<std::string>() : std::string();
}

inline bool is_true(const Json& value, std::string_view name) {
  const Json* found = member(value, name);
  return found != nullptr && found->is_boolean() && found->get<bool>();
}

inline std::optional<std::int64_t> read_id(std::string_view text) {
  constexpr std::string_view kPrefix = "cert-";
  if (text.size() != kPrefix.size() + 32 || !text.starts_with(kPrefix)) return std::nullopt;
  std::int64_t number = 0;
  const char* end = text.data() + text.size();
  const auto [rest, failed] = std::from_chars(text.data() + kPrefix.size(), end, number, 16);
  return rest == end && failed == std::errc() ? std::optional(number) : std::nullopt;
}

inline VolcengineRefusal missing(std::string_view name) {
  return {.code = "MissingParameter",
          .message = "The request is missing " + std::string(name) + " parameter."};
}

inline VolcengineRefusal invalid(std::string_view name) {
  return {.code = "InvalidParameter." + std::string(name),
          .message = "The value of " + std::string(name) + " is not valid."};
}

/// Which part of a list is asked for.
struct Page {
  std::int64_t number = 1;
  std::int64_t size = 10;

  template <typename T>
  std::vector<T> of(const std::vector<T>& all) const {
    const auto count = static_cast<std::int64_t>(all.size());
    const std::int64_t from = std::min((number - 1) * size, count);
    return {all.begin() + from, all.begin() + std::min(from + size, count)};
  }
};

inline std::variant<Page, VolcengineRefusal> page_of(const Json& parameters,
                                                     std::string_view number,
                                                     std::string_view size) {
  Page page;
  for (const auto& [name, most, value] : {std::tuple(number, std::int64_t{100'000}, &page.number),
                                          std::tuple(size, std::int64_t{100}, &page.size)}) {
    const Json* given = member(parameters, name);
    if (given == nullptr) continue;
    if (!given->is_number_integer()) return invalid(name);
    *value = given->get<std::int64_t>();
    if (*value < 1 || *value > most) return invalid(name);
  }
  return page;
}

/// The wall clock's time at a moment of the steady one.
inline Time wall_time(const World& world, SteadyTime at) {
  return world.now() - (world.steady_now() - at);
}

inline std::int64_t in_seconds(Time time) {
  return std::chrono::floor<seconds>(time.time_since_epoch()).count();
}

/// A domain as calls spell it. The other spelling of a wildcard is DCDN's.
inline std::string canonical_of(const std::string& spelled) {
  const std::string name = spelled.starts_with('.') ? "*" + spelled : spelled;
  return canonical_name(name).value_or(spelled);
}

inline std::vector<const Domain*> domains_of(const World& world, std::string_view product) {
  std::vector<const Domain*> out;
  for (const Domain& domain : world.domains()) {
    if (domain.product == product) out.push_back(&domain);
  }
  return out;
}

inline VolcengineRefusal unknown(std::string_view what) {
  return {
      .status = 404, .code = "ResourceNotFound", .message = std::string(what) + " is not found"};
}

// The certificate centre.
std::variant<UploadedPair, VolcengineRefusal> read_upload(const World& world,
                                                          std::string chain,
                                                          std::string key);
/// The id of a certificate that is the same.
std::optional<std::int64_t> same_as(const World& world, const UploadedPair& pair);
Json stored_answer(std::int64_t id);
VolcengineAnswer list_stored(const World& world, const VolcengineRequest& call, SteadyTime at);
VolcengineAnswer upload(World& world, const VolcengineRequest& call);
/// CDN's way to upload there.
VolcengineAnswer add_certificate(World& world, const VolcengineRequest& call);
VolcengineAnswer remove(World& world, const VolcengineRequest& call);

// CDN.
/// A domain's row in its list.
Json cdn_row(const World& world, const Domain& domain, SteadyTime at);
VolcengineAnswer list_domains(const World& world, const VolcengineRequest& call, SteadyTime at);
VolcengineAnswer list_certificates(const World& world,
                                   const VolcengineRequest& call,
                                   SteadyTime at);
VolcengineAnswer get_config(const World& world, const VolcengineRequest& call, SteadyTime at);
VolcengineAnswer bind(World& world, const VolcengineRequest& call);

// DCDN.
VolcengineAnswer list_dcdn(const World& world, const VolcengineRequest& call, SteadyTime at);
VolcengineAnswer bind_dcdn(World& world, const VolcengineRequest& call);

// Live.
VolcengineAnswer list_live(const World& world,
                           const VolcengineLive& live,
                           const VolcengineRequest& call,
                           SteadyTime at);
VolcengineAnswer list_copies(const World& world,
                             const VolcengineLive& live,
                             const VolcengineRequest& call,
                             SteadyTime at);
VolcengineAnswer make_copy(World& world, VolcengineLive& live, const VolcengineRequest& call);
VolcengineAnswer bind_live(World& world, VolcengineLive& live, const VolcengineRequest& call);
VolcengineAnswer delete_copy(const World& world,
                             VolcengineLive& live,
                             const VolcengineRequest& call);

// VOD.
VolcengineAnswer list_spaces();
VolcengineAnswer list_vod(const World& world, const VolcengineRequest& call, SteadyTime at);
VolcengineAnswer get_vod_config(const World& world,
                                const VolcengineState& state,
                                const VolcengineRequest& call,
                                SteadyTime at);
VolcengineAnswer bind_vod(World& world, VolcengineState& state, const VolcengineRequest& call);

// veImageX.
VolcengineAnswer list_services(const World& world);
VolcengineAnswer list_service_domains(const World& world,
                                      const VolcengineState& state,
                                      const VolcengineRequest& call,
                                      SteadyTime at);
VolcengineAnswer get_imagex_config(const World& world,
                                   const VolcengineState& state,
                                   const VolcengineRequest& call,
                                   SteadyTime at);
VolcengineAnswer bind_imagex(World& world, VolcengineState& state, const VolcengineRequest& call);

// CLB and ALB.
VolcengineAnswer list_balancers(const World& world,
                                const VolcengineListeners& listeners,
                                const VolcengineRequest& call);
VolcengineAnswer list_listeners(const World& world,
                                const VolcengineListeners& listeners,
                                const VolcengineRequest& call,
                                SteadyTime at);
VolcengineAnswer get_listener(const World& world,
                              const VolcengineListeners& listeners,
                              const VolcengineRequest& call,
                              SteadyTime at);
VolcengineAnswer list_rules(const World& world,
                            const VolcengineListeners& listeners,
                            const VolcengineRequest& call);
VolcengineAnswer change_listener(World& world,
                                 VolcengineListeners& listeners,
                                 const VolcengineRequest& call);

}  // namespace certferry::sandbox::volcengine
