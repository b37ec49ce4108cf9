// What each action of the certificate centre, CDN and DCDN does to the world, and what it answers.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <variant>

#include "sandbox/faults.h"
#include "sandbox/message.h"
#include "sandbox/volcengine/hmac_check.h"
#include "sandbox/world.h"

namespace certferry::sandbox {

/// Which of the two sites is emulated: they have the same words, and not the same calls.
enum class VolcengineSite { kVolcengine, kBytePlus };

enum class VolcengineVerb {
  kListStored,
  kUpload,
  kDelete,
  kListDomains,
  kListCertificates,
  kAddCertificate,
  kGetConfig,
  kBind,
  kListDcdn,
  kBindDcdn,
};

struct VolcengineAction {
  VolcengineSite site;
  std::string_view service;
  std::string_view region;
  std::string_view version;
  std::string_view name;
  VolcengineVerb verb;

  bool changes() const;
  bool binds() const;
  std::string permission() const { return std::string(service) + ":" + std::string(name); }
};

/// One request, taken apart.
struct VolcengineRequest {
  std::string name;                          ///< the action's, known or not
  std::string version;                       ///< asked for
  const VolcengineAction* action = nullptr;  ///< null: there is none of that name and version
  nlohmann::json parameters;                 ///< of the body, and of the query where they stand
  std::string domain;                        ///< canonical; empty when it is about none or several
  bool readable = true;

  CallShape shape() const;
};

VolcengineRequest read_volcengine_request(const Request& request, VolcengineSite site);

/// The Result of an answer; or how the vendor says no.
using VolcengineAnswer = std::variant<nlohmann::json, VolcengineRefusal>;

/// What no action is there for, or cannot be read.
std::optional<VolcengineRefusal> refuse_call(const VolcengineRequest& call);
/// Lists show the world as it was `view_age` ago.
VolcengineAnswer run_volcengine_call(World& world,
                                     const VolcengineRequest& call,
                                     milliseconds view_age);
/// What it would answer if all went well, with nothing changed.
VolcengineAnswer pretend_volcengine_call(World& world, const VolcengineRequest& call);

/// A certificate's id at the vendor: "cert-" and 32 digits.
std::string volcengine_id(std::int64_t id);

}  // namespace certferry::sandbox
