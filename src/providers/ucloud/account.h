// One account at UCloud: its keys, and one signed call or one list.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "ports/http_client.h"
#include "providers/ucloud/replies.h"
#include "signing/request.h"
#include "signing/ucloud.h"

namespace certferry {

struct UcloudConfig {
  std::string endpoint;  ///< without a slash at the end
  AccessKey key;
  std::string project;  ///< empty: the account's default one
  std::string region;   ///< of what belongs to a region; empty: none of it is used
};

struct UcloudCall {
  UcloudAction action;
  std::string doing;  ///< becomes the errors' activity
  UcloudParameters parameters = {};
};

/// A list in pages, as one action spells it.
struct UcloudList {
  enum class From { kPage, kOffset };
  enum class Ends { kByCount, kByPageNotFull };
  UcloudCall call;
  std::string page;  ///< the parameter that says which page
  unsigned items_a_page;
  std::string key;                ///< of the array in the answer
  std::string size = "PageSize";  ///< the parameter that says how many a page
  From from = From::kPage;        ///< whether `page` counts pages or the items before it
  Ends ends = Ends::kByCount;     ///< whether the answer counts all that there are
};

/// A list that goes by Offset and Limit, as those of load balancers and object storage do.
UcloudList ucloud_offsets(UcloudCall call, std::string key, unsigned items_a_page);

/// Of what belongs to a region, where the account has none: rejected `vendor.rejected`.
Error no_ucloud_region(const std::string& product);

/// Throws, beside what HttpClient throws: the kinds named in replies.h and page_walk.h,
/// invalid_input for keys that are empty or broken.
class UcloudAccount {
 public:
  UcloudAccount(UcloudConfig config, HttpClient& http) : config_(std::move(config)), http_(http) {}

  const std::string& region() const { return config_.region; }
  Task<nlohmann::json> call(UcloudCall call);
  /// Every item of every page.
  Task<std::vector<nlohmann::json>> list(UcloudList list);

 private:
  Result<HttpRequest> signed_request(const UcloudCall& call) const;

  UcloudConfig config_;
  HttpClient& http_;
};

}  // namespace certferry
