// One DogeCloud account: its CDN domains and its certificate store.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

#include "ports/http_client.h"
#include "ports/provider.h"
#include "providers/dogecloud/replies.h"

namespace certferry {

struct DogeCloudConfig {
  std::string endpoint;  ///< without a slash at the end
  std::string access_key;
  Secret secret_key;
};

/// Throws, beside what HttpClient throws: the kinds named in replies.h, unsupported for a product
/// other than "cdn", invalid_input for keys that cannot go into a header.
class DogeCloud : public Provider {
 public:
  DogeCloud(DogeCloudConfig config, HttpClient& http);

  const ProviderMetadata& metadata() const override;
  Task<std::vector<Binding>> list_bindings(std::string product) override;
  Task<std::vector<StoredCertificate>> list_stored() override;
  Task<std::string> upload(BundlePtr bundle, std::string label) override;
  Task<BindDone> bind(BindRequest request) override;
  Task<void> remove(std::string stored_id) override;

 private:
  /// The request, signed; GET when there is no body.
  Result<HttpRequest> signed_request(DogeCloudCall call,
                                     const std::string& target,
                                     const std::optional<Secret>& body) const;
  /// One call from signing to the `data` of its answer. `doing` becomes the errors' activity.
  Task<Result<nlohmann::json>> call(DogeCloudCall call,
                                    std::string doing,
                                    std::string target,
                                    std::optional<Secret> body);

  DogeCloudConfig config_;
  HttpClient& http_;
  bool bind_call_missing_ = false;  ///< bind.json was not known here; not asked for again
};

}  // namespace certferry
