// What the calls of both services say and read alike.
#pragma once

#include <algorithm>
#include <initializer_list>
#include <nlohmann/json.hpp>
#include <vector>

#include "sandbox/huaweicloud/huaweicloud_calls.h"

namespace certferry::sandbox::huaweicloud {

using Json = nlohmann::json;

HuaweiCloudRefusal invalid(std::string_view service, const std::string& what);
HuaweiCloudRefusal unknown_certificate();
std::optional<std::int64_t> certificate_number(std::string_view id);
/// Whether the query has nothing but these.
bool knows_all(const HuaweiCloudRequest& call, std::initializer_list<std::string_view> names);
/// Empty when it is missing or no text.
std::string text_in(const Json& object, const char* key);

template <typename T>
std::vector<T> cut(const std::vector<T>& all, std::int64_t from, std::int64_t count) {
  const auto size = static_cast<std::int64_t>(all.size());
  const std::int64_t first = std::min(from, size);
  return {all.begin() + first, all.begin() + std::min(first + count, size)};
}

HuaweiCloudAnswer list_domains(const World& world,
                               const HuaweiCloudState& state,
                               const HuaweiCloudRequest& call,
                               SteadyTime moment);
HuaweiCloudAnswer list_https(const World& world,
                             const HuaweiCloudState& state,
                             const HuaweiCloudRequest& call,
                             SteadyTime moment);
HuaweiCloudAnswer get_config(const World& world,
                             const HuaweiCloudState& state,
                             const HuaweiCloudRequest& call,
                             SteadyTime moment);
HuaweiCloudAnswer bind(World& world, HuaweiCloudState& state, const HuaweiCloudRequest& call);

HuaweiCloudAnswer list_stored(const World& world,
                              const HuaweiCloudRequest& call,
                              SteadyTime moment);
HuaweiCloudAnswer upload(World& world, const HuaweiCloudRequest& call);
HuaweiCloudAnswer remove(World& world, const HuaweiCloudRequest& call);
HuaweiCloudAnswer list_deployed(const World& world,
                                const HuaweiCloudState& state,
                                const HuaweiCloudRequest& call);
/// What an upload answers with.
HuaweiCloudAnswer stored_as(std::int64_t id);

HuaweiCloudAnswer list_hosts(const World& world,
                             const HuaweiCloudWaf& waf,
                             const HuaweiCloudRequest& call,
                             SteadyTime moment);
HuaweiCloudAnswer list_own(const World& world,
                           const HuaweiCloudWaf& waf,
                           const HuaweiCloudRequest& call,
                           SteadyTime moment);
HuaweiCloudAnswer make_copy(World& world, HuaweiCloudWaf& waf, const HuaweiCloudRequest& call);
HuaweiCloudAnswer apply(World& world, HuaweiCloudWaf& waf, const HuaweiCloudRequest& call);
HuaweiCloudAnswer delete_copy(const World& world,
                              HuaweiCloudWaf& waf,
                              const HuaweiCloudRequest& call);
/// What a copy and a bind answer with, where nothing was done.
HuaweiCloudAnswer copied_as(const std::string& id);
/// WAF's hosts that were given this entry of the store without a copy of ours, as SCM pushes it.
std::vector<std::string> hosts_pushed_to(const World& world,
                                         const HuaweiCloudWaf& waf,
                                         std::int64_t entry);

HuaweiCloudAnswer list_balancers(const World& world, const HuaweiCloudRequest& call);
HuaweiCloudAnswer list_listeners(const World& world,
                                 const HuaweiCloudElb& elb,
                                 const HuaweiCloudRequest& call,
                                 SteadyTime moment);
HuaweiCloudAnswer get_listener(const World& world,
                               const HuaweiCloudElb& elb,
                               const HuaweiCloudRequest& call,
                               SteadyTime moment);
HuaweiCloudAnswer list_elb_certificates(const World& world,
                                        const HuaweiCloudElb& elb,
                                        const HuaweiCloudRequest& call,
                                        SteadyTime moment);
HuaweiCloudAnswer make_elb_copy(World& world, HuaweiCloudElb& elb, const HuaweiCloudRequest& call);
HuaweiCloudAnswer update_listener(World& world,
                                  HuaweiCloudElb& elb,
                                  const HuaweiCloudRequest& call);
HuaweiCloudAnswer delete_elb_copy(const World& world,
                                  HuaweiCloudElb& elb,
                                  const HuaweiCloudRequest& call);
HuaweiCloudAnswer elb_copied_as(const std::string& id);
HuaweiCloudAnswer elb_bound_as(const std::string& listener);
/// The names of ELB's listeners that have this entry without a copy of ours.
std::vector<std::string> names_pushed_to(const World& world,
                                         const HuaweiCloudElb& elb,
                                         std::int64_t entry);

}  // namespace certferry::sandbox::huaweicloud
