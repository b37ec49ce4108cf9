// The domains of OSS's buckets, and which certificate each is set to.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "providers/aliyun/products.h"
#include "providers/common/xml_api.h"

namespace certferry {

/// Lifetime: client and clock outlive it and its tasks.
class AliyunOss final : public AliyunProduct {
 public:
  AliyunOss(AliyunConfig config, HttpClient& http, const Clock& clock)
      : config_(std::move(config)), http_(http), clock_(clock) {}

  std::string_view id() const override { return "oss"; }
  std::string_view name() const override { return "OSS"; }
  Task<std::vector<Binding>> list() override;
  Task<BindDone> bind(BindRequest request) override;

 private:
  struct Bucket {
    std::string name;
    std::string region;    ///< "cn-beijing"
    std::string endpoint;  ///< where it is reached from everywhere
  };
  struct Call {
    AliyunAction action;
    std::string doing;  ///< becomes the errors' activity
    Bucket bucket;      ///< without a name: of none
    QueryParameters query;
    std::string body = {};
  };

  /// The root of a success; nothing for one that has no body.
  Task<std::optional<pugi::xml_document>> call(Call call);
  Result<HttpRequest> signed_request(const Call& call) const;
  Task<std::vector<Bucket>> list_buckets(std::string doing);
  Task<std::vector<Binding>> list_names(Bucket bucket, std::string doing);
  /// Stands for the domains of a bucket that denies the call: any certificate may be theirs.
  static Binding unlisted(const Bucket& bucket);
  Result<Binding> read_name(const pugi::xml_node& cname, const Bucket& bucket) const;

  AliyunConfig config_;
  HttpClient& http_;
  const Clock& clock_;
  std::map<std::string, Bucket> buckets_;  ///< by the vendor's spelling of the domain
};

/// Reads an answer of OSS's. Errors as read_aliyun_reply: an <Error> counts whatever the status,
/// and without x-oss-request-id nothing is decided.
Result<std::optional<pugi::xml_document>> read_oss_reply(const HttpResponse& response,
                                                         const AliyunAction& action);

}  // namespace certferry
