// The domains of the buckets of Volcengine's TOS, and which certificate each is set to.
#pragma once

#include <string>
#include <vector>

#include "ports/provider.h"
#include "providers/volcengine/account.h"

namespace certferry {

/// Throws, beside what HttpClient throws: the kinds named in replies.h, invalid_input for keys that
/// cannot go into a header.
/// Lifetime: client and clock outlive it.
class VolcengineTos {
 public:
  VolcengineTos(VolcengineConfig config, HttpClient& http, const Clock& clock)
      : config_(std::move(config)), http_(http), clock_(clock) {}

  Task<std::vector<Binding>> list();
  Task<void> bind(Binding binding, std::string stored_id);

 private:
  struct Bucket {
    std::string name;  ///< empty: all of them
    std::string region;
  };
  struct Call {
    VolcengineAction action;
    std::string doing;
    Bucket bucket;
    bool of_domains = true;  ///< of the bucket, and not of buckets
    Secret body = {};
  };

  Result<HttpRequest> signed_request(const Call& call) const;
  Task<nlohmann::json> call(Call call);
  Task<std::vector<Bucket>> list_buckets();
  Task<std::vector<Binding>> list_names(Bucket bucket);
  static Result<Binding> read_name(const nlohmann::json& rule, const Bucket& bucket);

  VolcengineConfig config_;
  HttpClient& http_;
  const Clock& clock_;
};

}  // namespace certferry
