// PFX archives. An input is the password on a line of its own, then the archive.

#include <array>

#include "crypto/pem.h"
#include "crypto/pkcs12.h"
#include "properties.h"
#include "target.h"

namespace certferry::fuzz {

namespace {

// Those that pkcs12.h promises.
constexpr std::array<std::string_view, 7> kCodes = {"pem.empty",
                                                    "pkcs12.too_large",
                                                    "pkcs12.not_pkcs12",
                                                    "pkcs12.password",
                                                    "pkcs12.rounds",
                                                    "pkcs12.unsupported",
                                                    "cert.key_unsupported"};

}  // namespace

void try_input(std::string_view bytes) {
  const Secret password{std::string(take_line(bytes))};
  const Result<Secret> pem = pkcs12_to_pem(Secret(std::string(bytes)), password, "'/a.p12'");
  if (!pem) {
    require(pem.error().kind == ErrorKind::kInvalidInput, "a bad archive is invalid input");
    require(!pem.error().hint.empty(), "a bad archive comes with a hint", pem.error().text());
    return require_sound(pem.error(), kCodes);
  }
  // What comes out is text that the reader of PEM takes apart, whatever is in it.
  const Result<BundlePtr> bundle = read_bundle({.chain = *pem});
  const std::string code = bundle ? "" : bundle.error().code;
  require(code != "pem.truncated" && code != "pem.not_pem" && code != "pem.other_form",
          "an archive gives whole PEM blocks",
          code);
}

}  // namespace certferry::fuzz
