// Alibaba Cloud's answers: which are successes, and what kind of error the others are.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "providers/common/reply.h"

namespace certferry {

/// One of the vendor's services, as calls address it.
struct AliyunService {
  std::string_view id;       ///< the first label of its host: "cdn"
  std::string_view version;  ///< of its API
  std::string_view ram;      ///< what the names of its permissions begin with
  /// Where mainland China's is, when its host says so: "cn-shanghai".
  std::string_view home = {};
};

/// What reading an answer needs to know of its call. The texts outlive it.
struct AliyunAction {
  const AliyunService* service = nullptr;
  std::string_view name;  ///< "SetCdnDomainSSLCertificate"
  Effect effect = Effect::kReads;
  /// The request had a private key, or the answer may have: it is not quoted.
  bool carried_key = false;
  std::string_view method = "POST";

  /// "cdn:SetCdnDomainSSLCertificate": whom a policy may allow it.
  std::string permission() const;
};

/// How a failure is told, in whatever form.
struct AliyunFailure {
  std::string code;
  std::string message;
  std::string request_id;
};

/// By the vendor's code where there is one, else by what answered in its place.
Error aliyun_error(const HttpResponse& response,
                   const AliyunFailure& failure,
                   const AliyunAction& action);

/// The whole object of a success.
///
/// Success is HTTP 2xx and JSON with a RequestId and no Code, or one that says so. Without a
/// RequestId nothing is decided: `reply.shape`. Other errors: `reply.*` of json_api.h,
/// `vendor.<kind>` for what the vendor refused or failed at, and two that are unauthorized for a
/// reason of their own: `vendor.permission`, whose hint names what is missing, and `vendor.clock`.
Result<nlohmann::json> read_aliyun_reply(const HttpResponse& response, const AliyunAction& action);

}  // namespace certferry
