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
#include <variant>

#include "base/secret.h"
#include "sandbox/api.h"
#include "sandbox/faults.h"
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
  bool readable = true;

  bool changes() const;
};

GcoreRequest read_gcore_request(const Request& request);

struct GcoreOptions {
  Secret api_token;
  bool tells_ids = true;    ///< whether the answer to an upload has an id
  bool bare_lists = false;  ///< lists as the samples have them, whatever limit is asked for
  milliseconds list_lag{};  ///< lists show the account as it was so long ago
};

/// Lifetime: world and faults outlive it.
class GcoreApi final : public Api {
 public:
  GcoreApi(GcoreOptions options, World& world, Faults& faults)
      : options_(std::move(options)), world_(world), faults_(faults) {}

  Reply handle(const Request& request) override;
  /// The token's role may no longer bind.
  void forbid_binds() { binds_forbidden_ = true; }
  /// Of a resource, by name: what no bind has to do with.
  std::map<std::string, nlohmann::json>& options() { return resource_options_; }

 private:
  struct Refusal {
    int status = 400;
    nlohmann::json body;
  };
  using Answer = std::variant<nlohmann::json, Refusal>;

  static Refusal detail(int status, std::string text);
  static Refusal wrong(const std::string& field, std::string text);
  static Reply reply_to(const Answer& answer, const GcoreRequest& call);
  static Reply spoil(const Fault& fault, Reply reply, const GcoreRequest& call);
  void count(const GcoreRequest& call);
  std::optional<Refusal> refuse(const Request& request, const GcoreRequest& call);
  Answer run(const GcoreRequest& call, milliseconds view_age);
  Answer apply(const GcoreRequest& call, const Fault& fault);
  Answer pages(const GcoreRequest& call, nlohmann::json all) const;
  Answer list_stored(const GcoreRequest& call, SteadyTime moment) const;
  Answer upload(const GcoreRequest& call);
  Answer bind(const GcoreRequest& call);
  Answer remove(const GcoreRequest& call);
  nlohmann::json resource_of(const Domain& domain, SteadyTime moment) const;
  const Domain* find(std::int64_t id) const;

  GcoreOptions options_;
  World& world_;
  Faults& faults_;
  std::map<std::string, nlohmann::json> resource_options_;
  bool binds_forbidden_ = false;
};

}  // namespace certferry::sandbox
