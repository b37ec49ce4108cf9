// One account at Qiniu: its keys, and one signed call or one list.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "ports/http_client.h"
#include "providers/qiniu/replies.h"
#include "signing/request.h"

namespace certferry {

struct QiniuConfig {
  std::string endpoint;  ///< without a slash at the end
  AccessKey key;
};

/// Buckets are asked for at a host of their own.
enum class QiniuHost { kApi, kBuckets };

struct QiniuCall {
  QiniuAction action;
  std::string doing;  ///< becomes the errors' activity
  std::string method = "GET";
  std::string target;               ///< path and query as they go onto the request line
  std::optional<Secret> body = {};  ///< JSON
  QiniuHost host = QiniuHost::kApi;
};

/// A list in pages, each of which says where the next one begins.
struct QiniuList {
  QiniuAction action;
  std::string doing;
  std::string path;
  std::string_view key;  ///< of the array in the answer
  unsigned items_a_page = 500;
};

/// Throws, beside what HttpClient throws: the kinds named in replies.h; `reply.paging`
/// (unavailable) for a list that never ends; invalid_input for keys that cannot go into a header.
class QiniuAccount {
 public:
  QiniuAccount(QiniuConfig config, HttpClient& http, const Clock& clock)
      : config_(std::move(config)), http_(http), clock_(clock) {}

  const Clock& clock() const { return clock_; }
  Task<nlohmann::json> call(QiniuCall call);
  /// Every item of every page.
  Task<std::vector<nlohmann::json>> list(QiniuList list);

 private:
  Result<HttpRequest> signed_request(const QiniuCall& call) const;

  QiniuConfig config_;
  HttpClient& http_;
  const Clock& clock_;
};

}  // namespace certferry
