// Traefik's acme.json, and what is said of the names in it.

#include <array>

#include "crypto/digest.h"
#include "properties.h"
#include "sources/name_choice.h"
#include "sources/traefik.h"
#include "target.h"

namespace certferry::fuzz {

namespace {

constexpr std::array<std::string_view, 1> kCodes = {"traefik.format"};
constexpr std::array<std::string_view, 1> kNameCodes = {"source.missing"};

/// What was decoded stands in the text, so that no entry is made up.
void require_in(std::string_view text, const std::optional<Secret>& decoded) {
  if (!decoded) return;
  require(decoded->size() / 3 * 4 <= text.size(), "no more comes out than went in");
}

}  // namespace

void try_input(std::string_view bytes) {
  const Result<std::vector<TraefikEntry>> entries = read_acme_json(bytes, "'/acme.json'");
  if (!entries) {
    require(entries.error().kind == ErrorKind::kInvalidInput, "a bad file is invalid input");
    return require_sound(entries.error(), kCodes);
  }
  std::vector<std::string> names;
  for (const TraefikEntry& one : *entries) {
    require_in(bytes, one.chain);
    require_in(bytes, one.key);
    names.push_back(one.main);
  }
  const Error missing = missing_name({.what = "certificate",
                                      .name = std::string(bytes.substr(0, 100)),
                                      .names = std::move(names),
                                      .when_none = "there is none",
                                      .hint_when_none = "make one"});
  require_sound(missing, kNameCodes);
}

}  // namespace certferry::fuzz
