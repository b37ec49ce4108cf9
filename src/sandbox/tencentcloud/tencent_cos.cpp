// COS: domains of buckets, which SSL Certificates lists and carries certificates to.

#include "sandbox/tencentcloud/tencent_calls.h"
#include "sandbox/tencentcloud/tencent_support.h"

namespace certferry::sandbox {

using namespace tencent;

namespace {

/// Buckets of two regions, each with every second domain.
std::string region_of(const Domain& domain) {
  return domain.id % 2 == 0 ? "ap-guangzhou" : "ap-shanghai";
}

std::string bucket_of(const Domain& domain) {
  return (domain.id % 2 == 0 ? "south" : "east") + std::string("-1250000000");
}

}  // namespace

TencentState::DeploySeat TencentState::cos_seat(const Domain& domain) {
  const std::string region = region_of(domain);
  const std::string bucket = bucket_of(domain);
  return {.kind = "cos",
          .region = region,
          .instance = region + "|" + bucket + "|" + domain.name,
          .said = {{"Bucket", bucket}}};
}

TencentAnswer TencentState::list_cos(const TencentRequest& call, SteadyTime moment) {
  const auto listed = listed_for_deploy(call, "cos", moment);
  if (const auto* refusal = std::get_if<TencentRefusal>(&listed)) return *refusal;
  const auto& list = std::get<DeployList>(listed);
  Json items = Json::array();
  for (const auto& [domain, bound] : list.page) {
    items.push_back({{"Domain", domain->name},
                     {"CertId", bound ? Json(tencent_id(bound->id)) : Json()},
                     {"Status", domain->online ? "ENABLED" : "DISABLED"},
                     {"Bucket", bucket_of(*domain)},
                     {"Region", region_of(*domain)}});
  }
  return Json{{"InstanceList", items},
              {"TotalCount", list.total},
              {"AsyncTotalNum", 0},
              {"AsyncOffset", 0},
              {"AsyncCacheTime", ""}};
}

}  // namespace certferry::sandbox
