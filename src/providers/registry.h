// Every vendor certferry knows.
#pragma once

#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "model/metadata.h"
#include "ports/command_runner.h"
#include "ports/http_client.h"
#include "ports/provider.h"
#include "ports/sleeper.h"

namespace certferry {

struct ProviderOptions {
  std::string endpoint;                       ///< empty: the vendor's own
  std::map<std::string, Secret> credentials;  ///< by the key of the metadata's fields
  std::map<std::string, std::vector<std::string>> lists = {};  ///< those that are several texts
};

/// What an account works with: signatures hold a time, and a number that is used once; and of some
/// calls the outcome comes later.
struct ProviderPorts {
  HttpClient& http;
  const Clock& clock;
  Random& random;
  Sleeper* sleeper = nullptr;         ///< null: nobody waits, and such an outcome stays unknown
  CommandRunner* commands = nullptr;  ///< null: an account that runs programs cannot be made
};

/// What each vendor says about itself, in the order of the registry.
std::span<const ProviderMetadata> provider_metadata();

/// A way that a vendor's accounts may be, by one of their fields, in which their limits, their
/// products or what they have to be allowed are others. All else is as the vendor says of itself.
struct Variation {
  std::string_view field;  ///< "store"
  std::string_view value;  ///< "iam"
  const ProviderMetadata& (*metadata)() = nullptr;
};

/// Of most vendors none. No such vendor has none either.
std::span<const Variation> variations_of(std::string_view vendor);

/// What the vendor says of an account with these credentials, which may make it a variation.
const ProviderMetadata& metadata_for(const ProviderMetadata& vendor,
                                     const std::map<std::string, Secret>& credentials);

/// An account at a vendor. Throws invalid_input: no vendor of that id (`provider.unknown`), or a
/// required field is missing, empty or holds CR, LF or NUL (`provider.credential`), or is none that
/// the vendor knows (`provider.field`).
/// Lifetime: what the ports refer to outlives the account.
std::unique_ptr<Provider> make_provider(const std::string& id,
                                        const ProviderOptions& options,
                                        ProviderPorts ports);

}  // namespace certferry
