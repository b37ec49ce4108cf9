// BaishanCloud's API for CDN domains and certificates, over a World.
//
// An independent witness for the adapter: the two share no code. It is strict about the token,
// the parameters of each call and what a change has to hold, and answers in the mixture of numbers
// and text that clients report. Sources: the documents that providers/baishan/metadata.cpp names.
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "base/secret.h"
#include "sandbox/fields.h"
#include "sandbox/vendor_api.h"
#include "sandbox/world.h"

namespace certferry::sandbox {

enum class BaishanVerb { kListDomains, kGetConfig, kBind, kListStored, kUpload, kDelete };

/// One request, taken apart.
struct BaishanRequest {
  std::string name;  ///< as a fault calls it: "domains", "config", "bind", "stored", "upload",
                     ///< "delete"; of any other the path
  std::optional<BaishanVerb> verb;
  Fields query = {};
  nlohmann::json body = nlohmann::json::object();
  std::string domain = {};  ///< canonical; of a bind
  bool readable = true;

  bool changes() const;
  std::string_view counted_as() const { return verb ? name : std::string_view(); }
  CallShape shape() const;
};

BaishanRequest read_baishan_request(const Request& request);

struct BaishanRefusal {
  std::int64_t code = 400000;
  std::string message;
  int status = 200;
};

using BaishanAnswer = std::variant<nlohmann::json, BaishanRefusal>;

struct BaishanOptions {
  Secret api_token;
  milliseconds list_lag{};  ///< lists show the account as it was so long ago
};

extern template class VendorApi<BaishanRequest, BaishanAnswer, BaishanRefusal>;

/// Lifetime: world and faults outlive it.
class BaishanApi final : public VendorApi<BaishanRequest, BaishanAnswer, BaishanRefusal> {
 public:
  BaishanApi(BaishanOptions options, World& world, Faults& faults);

  /// Of a domain, by name: HTTPS settings beside the certificate.
  std::map<std::string, nlohmann::json>& https() { return https_; }

 private:
  BaishanRequest read(const Request& request) override;
  std::optional<BaishanRefusal> refuse(const Request& request, const BaishanRequest& call) override;
  BaishanAnswer run(const BaishanRequest& call, milliseconds view_age) override;
  BaishanAnswer pretend(const BaishanRequest& call) override;
  void forget_settings(const BaishanRequest& call) override;
  Reply reply_to(const BaishanRequest& call, const BaishanAnswer& answer) override;
  std::optional<BaishanAnswer> say_instead(const BaishanRequest& call, const Fault& fault) override;
  Reply without_code(Reply reply) override;

  BaishanAnswer list_domains(const BaishanRequest& call) const;
  BaishanAnswer get_config(const BaishanRequest& call, SteadyTime moment) const;
  BaishanAnswer list_stored(const BaishanRequest& call, SteadyTime moment) const;
  BaishanAnswer upload(const BaishanRequest& call);
  BaishanAnswer bind(const BaishanRequest& call);
  BaishanAnswer remove(const BaishanRequest& call);

  BaishanOptions options_;
  std::map<std::string, nlohmann::json> https_;
};

}  // namespace certferry::sandbox
