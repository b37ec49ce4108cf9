// What each call of Wangsu's CDN Pro asks for, and what it is answered.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <variant>

#include "sandbox/message.h"
#include "sandbox/wangsu/cdnpro.h"

namespace certferry::sandbox {

/// How the vendor says no.
struct WangsuRefusal {
  int status = 400;
  std::string code;
  std::string message;
};

/// What a call has made: a success without a body, whose address is told in a header.
struct WangsuMade {
  std::string path;
};

/// The members of an answer; what was made; or how the vendor says no.
using WangsuAnswer = std::variant<nlohmann::json, WangsuMade, WangsuRefusal>;

enum class CdnProVerb {
  kListHostnames,
  kGetHostname,
  kListCertificates,
  kGetCertificate,
  kGetVersion,
  kUpdate,
  kListTasks,
  kGetTask,
  kDeploy,
};

/// One request, taken apart.
struct CdnProRequest {
  CdnProVerb verb{};
  std::string name;          ///< as a fault calls it: "update", "deploy"
  std::string id;            ///< of what the path names, decoded
  std::int64_t version = 0;  ///< that it names, of a certificate
  std::string query;         ///< without its question mark
  nlohmann::json body;       ///< an object, empty when there is none
  std::string date;          ///< as its header says it
  bool changes() const { return verb == CdnProVerb::kUpdate || verb == CdnProVerb::kDeploy; }
};

/// Nothing for what is no call of CDN Pro's.
std::optional<CdnProRequest> read_cdnpro_request(const Request& request);

/// Lists of certificates show the world as it was `view_age` ago.
WangsuAnswer run_cdnpro_call(World& world,
                             CdnPro& pro,
                             const CdnProRequest& call,
                             milliseconds view_age);
/// What it would answer if all went well, with nothing changed.
WangsuAnswer pretend_cdnpro_call(const CdnProRequest& call);

}  // namespace certferry::sandbox
