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
#include <string_view>
#include <variant>

#include "base/secret.h"
#include "sandbox/vendor_api.h"
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
  std::string_view counted_as() const { return verb ? name : std::string_view(); }
  CallShape shape() const;
};

BunnyRequest read_bunny_request(const Request& request);

struct BunnyRefusal {
  int status = 400;
  std::string key;
  std::string message;
};

/// Of a change nothing is said but 204.
using BunnyAnswer = std::variant<nlohmann::json, BunnyRefusal>;

struct BunnyOptions {
  Secret access_key;
  milliseconds list_lag{};  ///< lists show the account as it was so long ago
};

extern template class VendorApi<BunnyRequest, BunnyAnswer, BunnyRefusal>;

/// Lifetime: world and faults outlive it.
class BunnyApi final : public VendorApi<BunnyRequest, BunnyAnswer, BunnyRefusal> {
 public:
  BunnyApi(BunnyOptions options, World& world, Faults& faults);

  /// Names whose plain HTTP leads to HTTPS.
  std::map<std::string, bool>& forced() { return forced_; }

 private:
  BunnyRequest read(const Request& request) override;
  std::optional<BunnyRefusal> refuse(const Request& request, const BunnyRequest& call) override;
  BunnyAnswer run(const BunnyRequest& call, milliseconds view_age) override;
  BunnyAnswer pretend(const BunnyRequest& call) override;
  void forget_settings(const BunnyRequest& call) override;
  Reply reply_to(const BunnyRequest& call, const BunnyAnswer& answer) override;
  std::optional<BunnyAnswer> say_instead(const BunnyRequest& call, const Fault& fault) override;
  Reply without_code(Reply reply) override;
  Reply spoil(const BunnyRequest& call, const Fault& fault, Reply reply) override;

  BunnyAnswer list(const BunnyRequest& call, SteadyTime moment) const;
  BunnyAnswer add(const BunnyRequest& call);
  nlohmann::json zone_of(const Domain& domain, bool with_certificate, SteadyTime moment) const;
  const Domain* find(std::int64_t zone) const;

  BunnyOptions options_;
  std::map<std::string, bool> forced_;
};

}  // namespace certferry::sandbox
