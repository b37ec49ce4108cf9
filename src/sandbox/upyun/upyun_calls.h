// What each call of UPYUN's console does to the world, and what it answers.
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "sandbox/faults.h"
#include "sandbox/message.h"
#include "sandbox/world.h"

namespace certferry::sandbox {

enum class UpyunVerb {
  kLogIn,
  kListBuckets,
  kListStored,
  kListUses,
  kListOfDomain,
  kUpload,
  kDelete,
  kFirstBind,
  kMigrate,
};

/// How the console says no.
struct UpyunRefusal {
  int status = 400;
  int code = 0;
  std::string message;
  std::string type = {};
};

/// One request, taken apart.
struct UpyunRequest {
  std::string name;  ///< as a fault calls it: "upload", "bind"; the path of an unknown one
  std::optional<UpyunVerb> verb;
  std::map<std::string, std::string, std::less<>> query;
  nlohmann::json body;  ///< an object, empty when there is none
  std::string domain;   ///< canonical; empty when it is about none
  bool readable = true;

  bool changes() const;
  std::string_view counted_as() const { return verb ? name : std::string_view(); }
  CallShape shape() const;
};

UpyunRequest read_upyun_request(const Request& request);

/// The account beside what the world knows of it: domains whose plain HTTP leads to HTTPS.
struct UpyunState {
  std::map<std::string, bool> forced;  ///< by domain
};

/// The `data` of an answer, or a refusal.
using UpyunAnswer = std::variant<nlohmann::json, UpyunRefusal>;

/// What no call is there for, or cannot be read.
std::optional<UpyunRefusal> refuse_upyun_call(const UpyunRequest& call);
/// Lists show the world as it was `view_age` ago.
UpyunAnswer run_upyun_call(World& world,
                           UpyunState& state,
                           const UpyunRequest& call,
                           milliseconds view_age);
/// What it would answer if all went well, with nothing changed.
UpyunAnswer pretend_upyun_call(World& world, const UpyunRequest& call);

}  // namespace certferry::sandbox
