// OSS's buckets and their domains, over the domains of a World that belong to "oss": its own
// signature, checked by code that shares nothing with the client's, and its XML.
//
// Buckets hold 100 domains at most, as the vendor's do, so there are as many as it takes. Sources:
// docs: ListBuckets, ListCname, PutCname; ali-oss.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "sandbox/aliyun/acs3.h"
#include "sandbox/faults.h"
#include "sandbox/message.h"
#include "sandbox/world.h"

namespace certferry::sandbox {

/// One request, taken apart.
struct OssRequest {
  std::string action;  ///< "PutCname"; empty: none that there is here
  std::string bucket;
  std::map<std::string, std::string, std::less<>> query;
  // Of a bind:
  std::string domain;      ///< canonical
  std::string identifier;  ///< of the certificate
  std::string previous;    ///< which must be bound, unless `force`
  bool force = false;
  bool readable = true;

  bool changes() const { return action == "PutCname"; }
  std::string permission() const { return "oss:" + action; }
  std::string_view counted_as() const { return action; }
  CallShape shape() const;
};

/// Whether a request goes to OSS, and not to one of the services that take an action in a header.
bool is_for_oss(const Request& request);
OssRequest read_oss_request(const Request& request);

std::optional<AliyunRefusal> refuse_oss_signature(const Request& request,
                                                  const OssRequest& call,
                                                  const AliyunCredentials& credentials,
                                                  Time now);

/// A body, empty for a bind; or how the vendor says no.
using OssAnswer = std::variant<std::string, AliyunRefusal>;

/// Lists show the world as it was `view_age` ago. `region` is that of the certificate store.
OssAnswer run_oss_call(World& world,
                       const OssRequest& call,
                       const std::string& region,
                       milliseconds view_age);

/// The body of a refusal.
std::string oss_error_body(const AliyunRefusal& refusal, const std::string& request_id);

}  // namespace certferry::sandbox
