// Gcore's API for CDN resources and SSL certificates, over a World.
//
// An independent witness for the adapter: the two share no code. It is strict about the token,
// names that are taken, and what a change has to hold. Each domain of the world is the cname of a
// resource of its own. Sources: the documents that providers/gcore/metadata.cpp names.
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "base/secret.h"
#include "sandbox/vendor_api.h"
#include "sandbox/world.h"

namespace certferry::sandbox {

enum class GcoreVerb {
  kClient,
  kListResources,
  kGetResource,
  kBind,
  kListStored,
  kUpload,
  kDelete
};

/// One request, taken apart.
struct GcoreRequest {
  std::string name;  ///< as a fault calls it: "resources", "bind", "stored", "upload", "delete"
  std::optional<GcoreVerb> verb;
  std::int64_t id = 0;  ///< as in the path
  std::map<std::string, std::string, std::less<>> query;
  nlohmann::json body = nlohmann::json::object();
  std::string domain = {};  ///< canonical; of the resource of a bind, which the world knows
  bool readable = true;

  bool changes() const;
  std::string_view counted_as() const { return verb ? name : std::string_view(); }
  CallShape shape() const;
};

/// `domain` stays empty.
GcoreRequest read_gcore_request(const Request& request);

struct GcoreRefusal {
  int status = 400;
  nlohmann::json body;
};

using GcoreAnswer = std::variant<nlohmann::json, GcoreRefusal>;

struct GcoreOptions {
  Secret api_token;
  bool tells_ids = true;    ///< whether the answer to an upload has an id
  bool bare_lists = false;  ///< lists as the samples have them, whatever limit is asked for
  milliseconds list_lag{};  ///< lists show the account as it was so long ago
};

extern template class VendorApi<GcoreRequest, GcoreAnswer, GcoreRefusal>;

/// Lifetime: world and faults outlive it.
class GcoreApi final : public VendorApi<GcoreRequest, GcoreAnswer, GcoreRefusal> {
 public:
  GcoreApi(GcoreOptions options, World& world, Faults& faults);

  /// The token's role may no longer bind.
  void forbid_binds() { binds_forbidden_ = true; }
  /// Of a resource, by name: what no bind has to do with.
  std::map<std::string, nlohmann::json>& options() { return resource_options_; }

 private:
  GcoreRequest read(const Request& request) override;
  std::optional<GcoreRefusal> refuse(const Request& request, const GcoreRequest& call) override;
  GcoreAnswer run(const GcoreRequest& call, milliseconds view_age) override;
  GcoreAnswer pretend(const GcoreRequest& call) override;
  void forget_settings(const GcoreRequest& call) override;
  Reply reply_to(const GcoreRequest& call, const GcoreAnswer& answer) override;
  std::optional<GcoreAnswer> say_instead(const GcoreRequest& call, const Fault& fault) override;
  Reply spoil(const GcoreRequest& call, const Fault& fault, Reply reply) override;

  GcoreAnswer pages(const GcoreRequest& call, nlohmann::json all) const;
  GcoreAnswer list_stored(const GcoreRequest& call, SteadyTime moment) const;
  GcoreAnswer upload(const GcoreRequest& call);
  GcoreAnswer bind(const GcoreRequest& call);
  GcoreAnswer remove(const GcoreRequest& call);
  nlohmann::json resource_of(const Domain& domain, SteadyTime moment) const;
  const Domain* find(std::int64_t id) const;

  GcoreOptions options_;
  std::map<std::string, nlohmann::json> resource_options_;
  bool binds_forbidden_ = false;
};

}  // namespace certferry::sandbox
