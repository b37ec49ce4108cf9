// What each DogeCloud endpoint does to the world, and what it answers.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "sandbox/faults.h"
#include "sandbox/fields.h"
#include "sandbox/message.h"
#include "sandbox/world.h"

namespace certferry::sandbox {

/// The envelope every answer comes in.
struct Answer {
  int code = 200;
  std::string message;
  std::string error;  ///< err_code; the vendor's literals are not known, so
                      ///< these are ours
  std::string data;   ///< JSON text; empty: no data
  bool without_code = false;

  bool ok() const { return code == 200; }
};

/// err_code of an answer about a path that no endpoint has.
constexpr std::string_view kNoSuchEndpoint = "API_NOT_EXIST";

enum class Action { kListCertificates, kUpload, kBind, kDelete, kListDomains, kConfigure };

struct Endpoint {
  std::string_view path;
  Action action;
  bool changes;
};

/// One request, taken apart.
struct Call {
  std::string path;
  const Endpoint* endpoint = nullptr;  ///< null: no such endpoint
  std::string method;
  std::string content_type;
  Fields query;
  Fields body;
  std::string problem;  ///< why the parameters could not be read; empty when they could

  /// The domain it is about; empty for calls about none.
  std::string_view domain() const;
  CallShape shape() const;
};

Call read_call(const Request& request);
/// 404, 405 or 400 for a call that no endpoint takes.
Answer check_call(const Call& call);
/// Lists show the world as it was `view_age` ago.
Answer run_call(World& world, const Call& call, milliseconds view_age);
/// What run_call would answer if all went well, with nothing changed.
Answer pretend_call(World& world, const Call& call);
/// A whole answer as the vendor spells it.
std::string envelope(const Answer& answer);

}  // namespace certferry::sandbox
