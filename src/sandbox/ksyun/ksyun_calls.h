// What each action of Kingsoft Cloud's CDN does to the world, and what it answers.
#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "sandbox/faults.h"
#include "sandbox/fields.h"
#include "sandbox/message.h"
#include "sandbox/world.h"

namespace certferry::sandbox {

/// How the vendor says no.
struct KsyunRefusal {
  int status = 400;
  std::string code;
  std::string message;
};

enum class KsyunVerb { kListDomains, kListCertificates, kConfigure, kReplace, kRemove };

/// One request, taken apart.
struct KsyunRequest {
  std::string name;  ///< the action's, known or not
  std::optional<KsyunVerb> verb;
  Fields parameters;   ///< of the query, or the body
  std::string domain;  ///< canonical; of a change, the first that it is about
  bool readable = true;

  bool changes() const;
  bool binds() const { return verb == KsyunVerb::kConfigure || verb == KsyunVerb::kReplace; }
  std::string_view counted_as() const { return verb ? name : std::string_view(); }
  CallShape shape() const;
};

/// The store as the vendor numbers it: an entry keeps its number when what it holds is replaced,
/// and is another one to the world.
class KsyunNumbers {
 public:
  std::int64_t of(std::int64_t id) const;
  void take_over(std::int64_t id, std::int64_t from) { numbers_[id] = of(from); }

 private:
  std::map<std::int64_t, std::int64_t> numbers_;
};

/// The world knows which domain an id stands for.
KsyunRequest read_ksyun_request(const World& world,
                                const KsyunNumbers& numbers,
                                const Request& request);

/// The members of an answer, RequestId aside; or how the vendor says no.
using KsyunAnswer = std::variant<nlohmann::json, KsyunRefusal>;

/// What no action is there for, or cannot be read.
std::optional<KsyunRefusal> refuse_ksyun_call(const KsyunRequest& call);
/// Lists show the world as it was `view_age` ago.
KsyunAnswer run_ksyun_call(World& world,
                           KsyunNumbers& numbers,
                           const KsyunRequest& call,
                           milliseconds view_age);
/// What it would answer if all went well, with nothing changed.
KsyunAnswer pretend_ksyun_call(World& world, const KsyunRequest& call);

}  // namespace certferry::sandbox
