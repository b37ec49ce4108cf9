// What each call of Wangsu's certificate store and CDN does to the world, and what it answers.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "sandbox/faults.h"
#include "sandbox/message.h"
#include "sandbox/wangsu/cdnpro_calls.h"
#include "sandbox/world.h"

namespace certferry::sandbox {

enum class WangsuVerb { kListStored, kUpload, kDelete, kListDomains, kBind };

/// One request, taken apart.
struct WangsuRequest {
  std::string name;  ///< as a fault calls it: "upload", "bind"; the path of an unknown one
  std::optional<WangsuVerb> verb;
  nlohmann::json body;  ///< an object, empty when there is none
  std::string id;       ///< of a certificate, as in the path
  std::string domain;   ///< canonical; empty when it is about none, or several
  bool readable = true;
  std::optional<CdnProRequest> pro = {};  ///< what it is of CDN Pro's, which has calls of its own

  bool changes() const;
  std::string_view counted_as() const { return verb || pro ? name : std::string_view(); }
  CallShape shape() const;
};

WangsuRequest read_wangsu_request(const Request& request);

/// What no call is there for, or cannot be read.
std::optional<WangsuRefusal> refuse_wangsu_call(const WangsuRequest& call);
/// Of the answer code and message are left out. Lists show the world as it was `view_age` ago, but
/// for what is CDN Pro's.
WangsuAnswer run_wangsu_call(World& world,
                             const CdnPro& pro,
                             const WangsuRequest& call,
                             milliseconds view_age);
/// What it would answer if all went well, with nothing changed.
WangsuAnswer pretend_wangsu_call(World& world, const WangsuRequest& call);

}  // namespace certferry::sandbox
