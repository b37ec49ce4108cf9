// One account at Alibaba Cloud: its keys, and one signed call or one list.
#pragma once

#include <initializer_list>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "ports/http_client.h"
#include "providers/aliyun/replies.h"
#include "signing/request.h"

namespace certferry {

struct AliyunConfig {
  /// Without a slash at the end; `{service}` in it stands for the service called.
  std::string endpoint;
  std::string region;      ///< of the certificate store; empty: mainland China's
  std::string clb_region;  ///< of CLB's load balancers; empty: the store's
  AccessKey key;
};

struct AliyunCall {
  AliyunAction action;
  std::string doing;  ///< becomes the errors' activity
  QueryParameters query = {};
  std::optional<Secret> form = {};  ///< what must not stand in a URL
  /// Where the service is called, by its host; none: where it is for the account's store.
  std::optional<std::string> where = {};
};

/// A list in pages, as one service spells it.
struct AliyunList {
  AliyunCall call;
  std::string page = "PageNumber";
  std::string size = "PageSize";
  unsigned items_a_page = 500;
  std::vector<std::string> place;    ///< the way to the array in the answer
  std::string count = "TotalCount";  ///< of all of its items
};

/// Throws, beside what HttpClient throws: the kinds named in replies.h and page_walk.h,
/// invalid_input for keys that cannot go into a header.
class AliyunAccount {
 public:
  AliyunAccount(AliyunConfig config, HttpClient& http, const Clock& clock, Random& random)
      : config_(std::move(config)), http_(http), clock_(clock), random_(random) {}

  /// "cn-hangzhou" or "ap-southeast-1": which of the vendor's two certificate stores.
  const std::string& region() const { return config_.region; }
  bool is_mainland() const { return config_.region == "cn-hangzhou"; }
  Time now() const { return clock_.now(); }
  const std::string& clb_region() const {
    return config_.clb_region.empty() ? config_.region : config_.clb_region;
  }
  Task<nlohmann::json> call(AliyunCall call);
  /// Every item of every page.
  Task<std::vector<nlohmann::json>> list(AliyunList list);

 private:
  Result<HttpRequest> signed_request(const AliyunCall& call);
  std::string endpoint_of(const AliyunCall& call) const;

  AliyunConfig config_;
  HttpClient& http_;
  const Clock& clock_;
  Random& random_;
};

}  // namespace certferry
