// The custom domains of the buckets of Huawei Cloud's OBS, and which certificate each is set to.
#pragma once

#include <optional>
#include <pugixml.hpp>
#include <string>
#include <vector>

#include "ports/provider.h"
#include "providers/huaweicloud/account.h"

namespace certferry {

/// Throws, beside what HttpClient throws: the kinds named in replies.h, `reply.paging`
/// (unavailable), invalid_input for keys that cannot go into a header.
/// Lifetime: client and clock outlive it.
class HuaweiCloudObs {
 public:
  HuaweiCloudObs(HuaweiCloudConfig config, HttpClient& http, const Clock& clock)
      : config_(std::move(config)), http_(http), clock_(clock) {}

  Task<std::vector<Binding>> list();
  /// Throws also: not_found `vendor.not_found` when the bundle itself is not here.
  Task<void> bind(BindRequest request);

 private:
  struct Bucket {
    std::string name;  ///< empty: all of them
    std::string region;
  };
  struct Call {
    HuaweiCloudAction action;
    std::string doing;
    Bucket bucket;
    QueryParameters query;
    RequestHeaders headers = {};
    Secret body = {};
  };

  std::string endpoint_of(const Bucket& bucket) const;
  Result<HttpRequest> signed_request(const Call& call) const;
  Task<std::optional<pugi::xml_document>> call(Call call);
  Task<std::vector<Bucket>> list_buckets();
  Task<std::vector<Binding>> list_names(Bucket bucket);
  static Result<Binding> read_name(const pugi::xml_node& domain, const Bucket& bucket);

  HuaweiCloudConfig config_;
  HttpClient& http_;
  const Clock& clock_;
};

}  // namespace certferry
