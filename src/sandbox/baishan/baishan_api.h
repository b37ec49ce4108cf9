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
#include <variant>

#include "base/secret.h"
#include "sandbox/api.h"
#include "sandbox/faults.h"
#include "sandbox/fields.h"
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
};

BaishanRequest read_baishan_request(const Request& request);

struct BaishanOptions {
  Secret api_token;
  milliseconds list_lag{};  ///< lists show the account as it was so long ago
};

/// Lifetime: world and faults outlive it.
class BaishanApi final : public Api {
 public:
  BaishanApi(BaishanOptions options, World& world, Faults& faults)
      : options_(std::move(options)), world_(world), faults_(faults) {}

  Reply handle(const Request& request) override;
  /// Of a domain, by name: HTTPS settings beside the certificate.
  std::map<std::string, nlohmann::json>& https() { return https_; }

 private:
  struct Refusal {
    std::int64_t code = 400000;
    std::string message;
    int status = 200;
  };
  using Answer = std::variant<nlohmann::json, Refusal>;

  static Reply reply_to(const Answer& answer);
  static Reply spoil(const Fault& fault, Reply reply);
  void count(const BaishanRequest& call);
  std::optional<Refusal> refuse(const BaishanRequest& call);
  Answer run(const BaishanRequest& call, milliseconds view_age);
  Answer apply(const BaishanRequest& call, const Fault& fault);
  Answer list_domains(const BaishanRequest& call) const;
  Answer get_config(const BaishanRequest& call, SteadyTime moment) const;
  Answer list_stored(const BaishanRequest& call, SteadyTime moment) const;
  Answer upload(const BaishanRequest& call);
  Answer bind(const BaishanRequest& call);
  Answer remove(const BaishanRequest& call);

  BaishanOptions options_;
  World& world_;
  Faults& faults_;
  std::map<std::string, nlohmann::json> https_;
};

}  // namespace certferry::sandbox
