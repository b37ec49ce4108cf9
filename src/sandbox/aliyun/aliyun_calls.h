// What each action of CAS, CDN, DCDN, Live, VOD and ESA does to the world, and what it answers; and
// which actions there are of WAF, CLB and CAS's deployment jobs, whose pages are waf.h, clb.h and
// deploy.h.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <variant>

#include "sandbox/aliyun/acs3.h"
#include "sandbox/faults.h"
#include "sandbox/message.h"
#include "sandbox/world.h"

namespace certferry::sandbox {

enum class AliyunVerb {
  kListStored,
  kUpload,
  kDelete,
  kListDomains,
  kListHttps,
  kGetCertificate,
  kBind,
  kListSites,
  kListHostnames,
  kGetHostname,
  kUpdateHostname,
  kWafRead,
  kWafBind,
  kClbRead,
  kClbStore,  ///< changes its own store
  kClbBind,
  kJobRead,
  kJobMake,
  kJobStart,
};

struct AliyunAction {
  std::string_view service;  ///< "cdn": the first label of its host
  std::string_view version;
  std::string_view name;
  AliyunVerb verb;
  std::string_view ram;  ///< what its permission begins with

  bool binds() const {
    return verb == AliyunVerb::kBind || verb == AliyunVerb::kUpdateHostname ||
           verb == AliyunVerb::kWafBind || verb == AliyunVerb::kClbBind ||
           verb == AliyunVerb::kJobMake;
  }
  bool changes() const {
    return verb == AliyunVerb::kUpload || verb == AliyunVerb::kDelete ||
           verb == AliyunVerb::kClbStore || verb == AliyunVerb::kJobStart || binds();
  }
  bool is_of_jobs() const {
    return verb == AliyunVerb::kJobRead || verb == AliyunVerb::kJobMake ||
           verb == AliyunVerb::kJobStart;
  }
  std::string permission() const { return std::string(ram) + ":" + std::string(name); }
};

/// One request, taken apart.
struct AliyunRequest {
  std::string name;  ///< the action's, known or not
  std::string method = {};
  const AliyunAction* action = nullptr;  ///< null: there is none of that name and version
  std::map<std::string, std::string, std::less<>> parameters;  ///< of query and form together
  std::string domain;  ///< canonical; empty when it is about none
  bool readable = true;

  std::string_view counted_as() const { return action == nullptr ? std::string_view() : name; }
  CallShape shape() const;
};

AliyunRequest read_aliyun_request(const Request& request);

/// The members of an answer as JSON text, RequestId aside; or how the vendor says no.
using AliyunAnswer = std::variant<std::string, AliyunRefusal>;

/// What no action is there for, or cannot be read.
std::optional<AliyunRefusal> refuse_call(const AliyunRequest& call);
/// Lists show the world as it was `view_age` ago. `region` is that of the certificate store.
AliyunAnswer run_aliyun_call(World& world,
                             const AliyunRequest& call,
                             const std::string& region,
                             milliseconds view_age);
/// What it would answer if all went well, with nothing changed.
AliyunAnswer pretend_aliyun_call(World& world, const AliyunRequest& call);

}  // namespace certferry::sandbox
