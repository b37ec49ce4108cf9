// PEM text of any kind as a bundle, as roots, and as a key to be written in another form.
//
// An input is one text; after a form feed follows the key's own text.

#include <openssl/pem.h>

#include <array>

#include "crypto/digest.h"
#include "crypto/keys.h"
#include "crypto/openssl.h"
#include "crypto/pem.h"
#include "properties.h"
#include "target.h"

namespace certferry::fuzz {

namespace {

// Those that pem.h promises.
constexpr std::array<std::string_view, 14> kCodes = {"pem.empty",
                                                     "pem.not_pem",
                                                     "pem.other_form",
                                                     "pem.truncated",
                                                     "pem.too_large",
                                                     "pem.no_key",
                                                     "pem.no_certificate",
                                                     "pem.key_encrypted",
                                                     "pem.many_keys",
                                                     "cert.key_unsupported",
                                                     "cert.mismatch",
                                                     "cert.chain",
                                                     "cert.names",
                                                     "cert.dates"};

openssl::Bio reader(std::string_view text) {
  return openssl::Bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

/// Asks OpenSSL itself, from the texts that vendors get: the first certificate is the key's.
void require_pair(const Bundle& bundle) {
  const openssl::Bio chain = reader(bundle.chain_pem);
  const openssl::Bio key_text = reader(bundle.key_pem.reveal());
  const openssl::X509Handle leaf(PEM_read_bio_X509(chain.get(), nullptr, nullptr, nullptr));
  const openssl::Key key(PEM_read_bio_PrivateKey(key_text.get(), nullptr, nullptr, nullptr));
  require(leaf != nullptr && key != nullptr, "OpenSSL reads what a bundle is written as");
  require(X509_check_private_key(leaf.get(), key.get()) == 1, "a bundle's key is its leaf's");
}

void require_whole(const Certificate& certificate) {
  require(!certificate.der.empty(), "a certificate has bytes");
  require(certificate.fingerprint == sha256_hex(certificate.der),
          "a fingerprint is the SHA-256 of the DER form");
  require(!format_time(certificate.not_before).empty(), "a certificate begins at some time");
  require(!to_string(certificate.key).empty(), "a kind of key has a name");
}

/// What one sees of a bundle, whichever way it was read.
std::string text_of(const Bundle& bundle) {
  std::string out = bundle.fingerprint() + "\n" + bundle.chain_pem;
  for (const Certificate& element : bundle.chain) out += element.fingerprint + "\n";
  return out;
}

void require_same(const Bundle& bundle, const PemInput& spelling, std::string_view what) {
  const Result<BundlePtr> again = read_bundle(spelling);
  if (!again) return require(false, what, again.error().text());
  require(text_of(**again) == text_of(bundle), what);
  require((*again)->key_pem.same_as(bundle.key_pem), what, "the keys differ");
}

void require_spellings(const Bundle& bundle) {
  const Secret chain(bundle.chain_pem);
  require_same(bundle,
               {.chain = chain, .key = bundle.key_pem},
               "a bundle written and read again is the same one");
  require_same(bundle,
               {.chain = Secret(std::string(bundle.key_pem.reveal()) + bundle.chain_pem)},
               "a bundle in one text, the key first, is the same one");
  const Result<Secret> traditional = write_key(bundle.key_pem, KeyForm::kTraditional);
  if (traditional) {
    require_same(bundle,
                 {.chain = chain, .key = *traditional},
                 "a bundle with its key in the traditional form is the same one");
  } else {
    require(bundle.leaf.key.algorithm == KeyType::Algorithm::kEd25519,
            "every key but an Ed25519 one has a traditional form");
  }
}

void require_good(const Bundle& bundle) {
  require_whole(bundle.leaf);
  for (const Certificate& element : bundle.chain) require_whole(element);
  require(!bundle.leaf.dns_names.empty() || !bundle.leaf.ip_addresses.empty(),
          "a bundle is for some name");
  require(bundle.leaf.not_before <= bundle.leaf.not_after, "a bundle's dates are in order");
  require(bundle.leaf.key.algorithm != KeyType::Algorithm::kOther, "a bundle's key is a known one");
  require(bundle.chain_pem.ends_with("-----\n") && !bundle.chain_pem.contains('\r'),
          "a chain is written with plain line ends");
  require_pair(bundle);
  require_spellings(bundle);
}

void try_bundle(const PemInput& input) {
  const Result<BundlePtr> bundle = read_bundle(input);
  if (bundle) return require_good(**bundle);
  require_sound(bundle.error(), kCodes);
  require(bundle.error().kind == ErrorKind::kInvalidInput, "bad PEM is invalid input");
  require(!bundle.error().hint.empty(), "bad PEM comes with a hint", bundle.error().text());
}

void try_roots(std::string_view text) {
  const Result<std::vector<Certificate>> roots = read_certificates(text, "the roots");
  if (!roots) return require_sound(roots.error(), kCodes);
  require(!roots->empty(), "roots are some");
  for (const Certificate& root : *roots) require_whole(root);
}

void try_key(const Secret& text) {
  for (const KeyForm form : {KeyForm::kPkcs8, KeyForm::kTraditional}) {
    const Result<Secret> written = write_key(text, form);
    if (!written) {
      require_sound(written.error(), kCodes);
      continue;
    }
    const Result<Secret> again = write_key(*written, form);
    require(again && again->same_as(*written), "a key written and read again is the same one");
  }
}

}  // namespace

void try_input(std::string_view bytes) {
  const Secret chain{std::string(take_until(bytes, "\f"))};
  std::optional<Secret> key;
  if (!bytes.empty()) key = Secret(std::string(bytes));
  try_bundle({.chain = chain, .key = key});
  try_roots(chain.reveal());
  try_key(key.value_or(chain));
}

}  // namespace certferry::fuzz
