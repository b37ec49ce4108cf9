// bunny.net's API for pull zones and their hostnames' certificates, over a World.
//
// An independent witness for the adapter: the two share no code. It is strict about the key, pages,
// and what addCertificate has to hold. Each domain of the world is the one hostname of a zone of
// its own, beside the zone's name at the vendor. Sources: the documents that
// providers/bunny/metadata.cpp names.
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

enum class BunnyVerb { kListZones, kGetZone, kAddCertificate, kRemoveCertificate };

/// One request, taken apart.
struct BunnyRequest {
  std::string name;  ///< as a fault calls it: "zones", "zone", "add", "remove"
  std::optional<BunnyVerb> verb;
  std::int64_t zone = 0;
  std::map<std::string, std::string, std::less<>> query;
  nlohmann::json body = nlohmann::json::object();
  std::string domain = {};  ///< canonical; empty when it is about none
  bool readable = true;

  bool changes() const;
};

BunnyRequest read_bunny_request(const Request& request);

struct BunnyOptions {
  Secret access_key;
  milliseconds list_lag{};  ///< lists show the account as it was so long ago
};

/// Lifetime: world and faults outlive it.
class BunnyApi final : public Api {
 public:
  BunnyApi(BunnyOptions options, World& world, Faults& faults)
      : options_(std::move(options)), world_(world), faults_(faults) {}

  Reply handle(const Request& request) override;
  /// Names whose plain HTTP leads to HTTPS.
  std::map<std::string, bool>& forced() { return forced_; }

 private:
  /// What is answered; of no change but 204.
  struct Refusal {
    int status = 400;
    std::string key;
    std::string message;
  };
  using Answer = std::variant<nlohmann::json, Refusal>;

  static Reply reply_to(const Answer& answer, bool changes);
  static Reply spoil(const Fault& fault, Reply reply);
  void count(const BunnyRequest& call);
  std::optional<Refusal> refuse(const Request& request, const BunnyRequest& call);
  Answer run(const BunnyRequest& call, milliseconds view_age);
  Answer apply(const BunnyRequest& call, const Fault& fault);
  Answer list(const BunnyRequest& call, SteadyTime moment) const;
  Answer add(const BunnyRequest& call);
  nlohmann::json zone_of(const Domain& domain, bool with_certificate, SteadyTime moment) const;
  const Domain* find(std::int64_t zone) const;

  BunnyOptions options_;
  World& world_;
  Faults& faults_;
  std::map<std::string, bool> forced_;
};

}  // namespace certferry::sandbox
