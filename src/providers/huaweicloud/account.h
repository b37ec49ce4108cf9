// One account at Huawei Cloud: its keys, and one signed call or one list.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "ports/http_client.h"
#include "providers/huaweicloud/replies.h"
#include "signing/request.h"

namespace certferry {

struct HuaweiCloudConfig {
  /// Without a slash at the end; `{service}` in it stands for the service called.
  std::string endpoint;
  std::string region;  ///< of the certificate store; empty: mainland China's
  AccessKey key;
  std::string domain_id;              ///< the account's own id
  std::string project_id;             ///< of the store's region
  std::string enterprise_project_id;  ///< empty: all
  std::string waf_region = {};        ///< empty: the certificate store's, with its project
  std::string waf_project_id = {};
  std::string elb_region = {};  ///< the same
  std::string elb_project_id = {};
};

enum class HuaweiCloudService {
  kCdn,  ///< one for the world: the account is named in a header
  kScm,  ///< of a region: its project is named in a header
  kWaf,  ///< the same, of a region of its own
  kElb,  ///< the same
};

struct HuaweiCloudCall {
  HuaweiCloudService service = HuaweiCloudService::kCdn;
  HuaweiCloudAction action;
  std::string doing;  ///< becomes the errors' activity
  std::string method = "GET";
  std::string path;  ///< percent-encoded, as it is sent
  QueryParameters query = {};
  std::optional<Secret> body = {};  ///< JSON
};

/// A list in pages, as one service spells it.
struct HuaweiCloudList {
  HuaweiCloudCall call;
  std::string array;  ///< the member of the answer that has the items
  std::string count = "total";
  std::string size = "page_size";
  unsigned items_a_page = 100;
  /// What says which page: its number from 1, or how many items come before it.
  std::string page = "page_number";
  bool by_offset = false;
};

/// Throws, beside what HttpClient throws: the kinds named in replies.h and page_walk.h,
/// invalid_input for keys that cannot go into a header.
class HuaweiCloudAccount {
 public:
  HuaweiCloudAccount(HuaweiCloudConfig config, HttpClient& http, const Clock& clock)
      : config_(std::move(config)), http_(http), clock_(clock) {}

  Task<nlohmann::json> call(HuaweiCloudCall call);
  /// Every item of every page.
  Task<std::vector<nlohmann::json>> list(HuaweiCloudList list);
  /// The one named in the configuration, or "all": without it CDN shows the default one's domains.
  std::string enterprise_project() const;
  /// Of the service's region.
  std::string project_id(HuaweiCloudService service) const;
  const HuaweiCloudConfig& config() const { return config_; }
  Time now() const { return clock_.now(); }

 private:
  Result<HttpRequest> signed_request(const HuaweiCloudCall& call) const;
  std::string endpoint_of(HuaweiCloudService service) const;
  /// Where a service of a region is, and whose; empty: where the certificate store is.
  std::pair<std::string, std::string> own_place(HuaweiCloudService service) const;

  HuaweiCloudConfig config_;
  HttpClient& http_;
  const Clock& clock_;
};

}  // namespace certferry
