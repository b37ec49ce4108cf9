// What each call of CTYun's certificate store and content networks does to the world, and what it
// answers; those that AccessOne alone has are in accessone_calls.h.
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <variant>

#include "sandbox/ctyun/eop_check.h"
#include "sandbox/faults.h"
#include "sandbox/message.h"
#include "sandbox/world.h"

namespace certferry::sandbox {

enum class CtyunVerb {
  kListStored,
  kGetStored,
  kUpload,
  kDelete,
  kListDomains,
  kGetDomain,
  kBind,
  kGetConfig,
  kListCopies,
  kCopy,
  kModify,
};

/// One request, taken apart.
struct CtyunRequest {
  std::string name;  ///< the path
  std::optional<CtyunVerb> verb;
  std::string product;  ///< that the host is for: "icdn"; empty when it does not say
  std::map<std::string, std::string, std::less<>> query;
  nlohmann::json body;  ///< an object, empty when there is none
  std::string domain;   ///< canonical; empty when it is about none
  bool readable = true;

  bool changes() const;
  bool binds() const;
  std::string_view counted_as() const { return verb ? name : std::string_view(); }
  CallShape shape() const;
};

CtyunRequest read_ctyun_request(const Request& request);

/// Switches for HTTPS beside the certificate: what a change does not name stays as it is.
struct CtyunHttps {
  bool force = false;
  bool stapling = false;
};

/// The account beside what the world knows of it.
struct CtyunState {
  std::map<std::string, CtyunHttps> https;        ///< by domain
  std::map<std::string, UploadedPair> accessone;  ///< AccessOne's own certificates, by name
  milliseconds work{};  ///< for how long after a change a domain takes no other
};

/// What `returnObj` is, or how the vendor says no.
using CtyunAnswer = std::variant<nlohmann::json, CtyunRefusal>;

/// What no call is there for, or cannot be read.
std::optional<CtyunRefusal> refuse_ctyun_call(const CtyunRequest& call);
/// Lists show the world as it was `view_age` ago.
CtyunAnswer run_ctyun_call(World& world,
                           CtyunState& state,
                           const CtyunRequest& call,
                           milliseconds view_age);
/// What it would answer if all went well, with nothing changed.
CtyunAnswer pretend_ctyun_call(World& world, const CtyunRequest& call);

}  // namespace certferry::sandbox
