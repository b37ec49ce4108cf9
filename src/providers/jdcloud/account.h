// One account at JD Cloud: its keys, and one signed call or one list.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "ports/http_client.h"
#include "providers/jdcloud/replies.h"
#include "signing/request.h"

namespace certferry {

struct JdcloudConfig {
  /// Without a slash at the end; `{service}` in it stands for the service called.
  std::string endpoint;
  AccessKey key;
};

struct JdcloudCall {
  std::string_view service;  ///< "cdn", "ssl", "live", "vod"
  JdcloudAction action;
  std::string doing;  ///< becomes the errors' activity
  std::string method = "GET";
  std::string path;  ///< percent-encoded, as it is sent
  QueryParameters query = {};
  std::optional<Secret> body = {};  ///< JSON
};

/// How a list's pages call what they have.
struct JdcloudPages {
  std::string items;  ///< the member of the result that has them
  unsigned size;      ///< of one page
  std::string count = "totalCount";
};

/// Throws, beside what HttpClient throws: the kinds named in replies.h and page_walk.h,
/// invalid_input for keys that cannot go into a header.
class JdcloudAccount {
 public:
  JdcloudAccount(JdcloudConfig config, HttpClient& http, const Clock& clock, Random& random)
      : config_(std::move(config)), http_(http), clock_(clock), random_(random) {}

  /// The answer's result.
  Task<nlohmann::json> call(JdcloudCall call);
  /// The same; nothing when the vendor has no such thing.
  Task<std::optional<nlohmann::json>> find(JdcloudCall call);
  /// Every item of every page.
  Task<std::vector<nlohmann::json>> list(JdcloudCall call, JdcloudPages pages);
  const Clock& clock() const { return clock_; }

 private:
  Result<HttpRequest> signed_request(const JdcloudCall& call);
  std::string endpoint_of(std::string_view service) const;

  JdcloudConfig config_;
  HttpClient& http_;
  const Clock& clock_;
  Random& random_;
};

}  // namespace certferry
