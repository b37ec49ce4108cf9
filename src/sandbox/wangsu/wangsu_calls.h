// What each call of Wangsu's certificate store and CDN does to the world, and what it answers.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <variant>

#include "sandbox/faults.h"
#include "sandbox/message.h"
#include "sandbox/world.h"

namespace certferry::sandbox {

enum class WangsuVerb { kListStored, kUpload, kDelete, kListDomains, kBind };

/// How the vendor says no.
struct WangsuRefusal {
  int status = 400;
  std::string code;
  std::string message;
};

/// One request, taken apart.
struct WangsuRequest {
  std::string name;  ///< as a fault calls it: "upload", "bind"; the path of an unknown one
  std::optional<WangsuVerb> verb;
  nlohmann::json body;  ///< an object, empty when there is none
  std::string id;       ///< of a certificate, as in the path
  std::string domain;   ///< canonical; empty when it is about none, or several
  bool readable = true;

  bool changes() const;
  std::string_view counted_as() const { return verb ? name : std::string_view(); }
  CallShape shape() const;
};

WangsuRequest read_wangsu_request(const Request& request);

/// The members of an answer, code and message aside; or how the vendor says no.
using WangsuAnswer = std::variant<nlohmann::json, WangsuRefusal>;

/// What no call is there for, or cannot be read.
std::optional<WangsuRefusal> refuse_wangsu_call(const WangsuRequest& call);
/// Lists show the world as it was `view_age` ago.
WangsuAnswer run_wangsu_call(World& world, const WangsuRequest& call, milliseconds view_age);
/// What it would answer if all went well, with nothing changed.
WangsuAnswer pretend_wangsu_call(World& world, const WangsuRequest& call);

}  // namespace certferry::sandbox
