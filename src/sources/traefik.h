// Private to this room, and for fuzzing: Traefik's acme.json taken apart.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/secret.h"

namespace certferry {

struct TraefikEntry {
  std::string resolver;
  std::string main;             ///< the main domain; foreign text
  std::optional<Secret> chain;  ///< PEM; none: missing, or no base64
  std::optional<Secret> key;    ///< the same
};

/// Every certificate of every resolver, in the file's order by resolver; what is no certificate is
/// passed over. `which` names the text in messages. Error: invalid_input `traefik.format`.
Result<std::vector<TraefikEntry>> read_acme_json(std::string_view text, const std::string& which);

}  // namespace certferry
