#include "crypto/pem.h"

#include <openssl/pem.h>

#include <algorithm>

#include "base/planted.h"
#include "base/text.h"
#include "crypto/chain_order.h"
#include "crypto/pem_blocks.h"
#include "crypto/private_key.h"
#include "crypto/x509.h"

namespace certferry {

namespace {

using openssl::Key;
using openssl::X509Handle;

constexpr std::size_t kBundleBytesMax = std::size_t{256} * 1024;
constexpr std::size_t kBundleCertificatesMax = 10;
constexpr std::size_t kRootsBytesMax = std::size_t{4} * 1024 * 1024;
constexpr std::size_t kRootsMax = 1000;
constexpr int kRsaBitsMin = 2048;
// Each handshake pays for the key's size; vendors stop at 4096, no client minds up to here.
constexpr int kRsaBitsMax = 8192;

Error bad(std::string code, std::string message, std::string hint) {
  return Error(ErrorKind::kInvalidInput, std::move(message))
      .with_code(std::move(code))
      .with_hint(std::move(hint));
}

Error too_large(const std::string& where, const std::string& limit) {
  return bad("pem.too_large",
             where + " holds more than " + limit,
             "give one certificate with its chain and its key, nothing else");
}

Error undecodable(const PemBlock& block, const std::string& where) {
  return bad("pem.truncated",
             where + " is cut short or damaged: the block " + block.label + " in line " +
                 std::to_string(block.line) + " does not decode",
             "copy it again, or wait until whatever writes it is done");
}

/// Whether the bytes are one whole ASN.1 sequence, whatever it says.
bool whole_sequence(std::string_view der) {
  const openssl::ErrorQueueGuard guard;
  const unsigned char* at = openssl::bytes_of(der);
  long length = 0;
  int tag = 0;
  int tag_class = 0;
  const int flags = ASN1_get_object(&at, &length, &tag, &tag_class, static_cast<long>(der.size()));
  const auto header = static_cast<std::size_t>(at - openssl::bytes_of(der));
  return (flags & 0x80) == 0 && tag == V_ASN1_SEQUENCE &&
         header + static_cast<std::size_t>(length) == der.size();
}

Result<X509Handle> read_certificate(const PemBlock& block, const std::string& where) {
  X509Handle x509;
  if (block.label == "TRUSTED CERTIFICATE") {
    // OpenSSL's own form: its opinion of the certificate follows the certificate.
    const openssl::ErrorQueueGuard guard;
    const unsigned char* at = openssl::bytes_of(block.der.reveal());
    x509.reset(d2i_X509_AUX(nullptr, &at, static_cast<long>(block.der.size())));
  } else {
    x509 = openssl::x509_from_der(block.der.reveal());
  }
  if (x509 == nullptr) return std::unexpected(undecodable(block, where));
  return x509;
}

Error unsupported_key(const std::string& where, const std::string& what) {
  return bad("cert.key_unsupported",
             where + " holds " + what + ", which edges do not serve",
             "issue the certificate with an RSA key of 2048 bits or more, or an ECDSA key on P-256 "
             "or P-384");
}

Result<Key> read_key(const PemBlock& block, const std::string& where) {
  if (block.encrypted) {
    return std::unexpected(bad("pem.key_encrypted",
                               "the private key in " + where + " is encrypted with a passphrase",
                               "decrypt it into a file that only certferry's user can read: "
                               "(umask 077; openssl pkey -in FILE -out key.pem)"));
  }
  if (block.label == "OPENSSH PRIVATE KEY") {
    return std::unexpected(
        bad("cert.key_unsupported",
            where + " holds a key in OpenSSH's own form",
            "convert a copy of it in place: ssh-keygen -p -N '' -m PEM -f COPY"));
  }
  Key key = openssl::key_from_der(block.der.reveal());
  if (key != nullptr) return key;
  if (whole_sequence(block.der.reveal())) {
    return std::unexpected(unsupported_key(where, "a kind of private key that is unknown or odd"));
  }
  return std::unexpected(undecodable(block, where));
}

/// What was found in all the texts of one input.
struct Parts {
  std::vector<X509Handle> certificates;  ///< without duplicates
  Key key;
};

Result<void> add_key(Key key, const std::string& where, Parts& parts) {
  if (parts.key != nullptr && EVP_PKEY_eq(parts.key.get(), key.get()) != 1) {
    return std::unexpected(bad("pem.many_keys",
                               "more than one private key was found, the second in " + where,
                               "leave only the key that belongs to the certificate"));
  }
  parts.key = std::move(key);
  return {};
}

void add_certificate(X509Handle x509, Parts& parts) {
  const bool known = std::ranges::any_of(parts.certificates, [&](const X509Handle& other) {
    return X509_cmp(other.get(), x509.get()) == 0;
  });
  if (!known) parts.certificates.push_back(std::move(x509));
}

/// Blocks that are neither (requests, parameters, bag contents) are passed over.
Result<void> collect(const Secret& text, const std::string& where, Parts& parts) {
  const openssl::ErrorQueueGuard guard;
  if (text.size() > kBundleBytesMax) return std::unexpected(too_large(where, "256 KiB"));
  TRY(std::vector<PemBlock> blocks, pem_blocks(text.reveal(), where));
  const auto count = std::ranges::count_if(blocks, &PemBlock::is_certificate);
  if (static_cast<std::size_t>(count) > kBundleCertificatesMax) {
    return std::unexpected(too_large(where, "10 certificates"));
  }
  for (const PemBlock& block : blocks) {
    if (block.is_key()) {
      TRY(Key key, read_key(block, where));
      TRY_VOID(add_key(std::move(key), where, parts));
    } else if (block.is_certificate()) {
      TRY(X509Handle x509, read_certificate(block, where));
      add_certificate(std::move(x509), parts);
    } else if (block.label == "PKCS7" || block.label == "CMS") {
      return std::unexpected(bad("pem.other_form",
                                 where + " holds a PKCS#7 archive, not certificates one by one",
                                 "convert it: openssl pkcs7 -in FILE -print_certs -out chain.pem"));
    }
  }
  return {};
}

Result<Parts> collect_all(const PemInput& input) {
  Parts parts;
  TRY_VOID(collect(input.chain, input.chain_name, parts));
  if (input.key) TRY_VOID(collect(*input.key, input.key_name, parts));
  if (parts.certificates.empty()) {
    return std::unexpected(bad("pem.no_certificate",
                               input.chain_name + " holds no certificate",
                               "give the full chain: the leaf first, then its issuers"));
  }
  if (parts.key == nullptr) {
    return std::unexpected(
        bad("pem.no_key",
            (input.key ? input.key_name : input.chain_name) + " holds no private key",
            "give the key made for this certificate, in the same file or in one of its own"));
  }
  return parts;
}

Result<void> check_key_type(KeyType type, const std::string& where) {
  const bool odd = type.algorithm == KeyType::Algorithm::kOther;
  const bool rsa = type.algorithm == KeyType::Algorithm::kRsa;
  if (!odd && !(rsa && (type.bits < kRsaBitsMin || type.bits > kRsaBitsMax))) return {};
  return std::unexpected(unsupported_key(
      where, odd ? "a key of an odd kind or on an odd curve" : "a key of type " + to_string(type)));
}

Result<X509Handle> take_leaf(Parts& parts, const PemInput& input) {
  const std::string& key_name = input.key ? input.key_name : input.chain_name;
  const auto leaf = std::ranges::find_if(parts.certificates, [&](const X509Handle& x509) {
    EVP_PKEY* key = X509_get0_pubkey(x509.get());
    return key != nullptr && (EVP_PKEY_eq(key, parts.key.get()) == 1 || planted("key_unmatched"));
  });
  if (leaf == parts.certificates.end()) {
    return std::unexpected(
        bad("cert.mismatch",
            "the private key in " + key_name + " belongs to no certificate in " + input.chain_name,
            "use the key and the chain of the same issuance"));
  }
  if (!openssl::signs_for(*parts.key, *X509_get0_pubkey(leaf->get())) &&
      !planted("key_unmatched")) {
    return std::unexpected(
        bad("cert.mismatch",
            "the private key in " + key_name + " is damaged: it does not sign for its certificate",
            "copy it again from where it was made"));
  }
  X509Handle out = std::move(*leaf);
  parts.certificates.erase(leaf);
  return out;
}

Result<void> check_leaf(const Certificate& leaf, const std::string& where) {
  TRY_VOID(check_key_type(leaf.key, where));
  if (leaf.dns_names.empty() && leaf.ip_addresses.empty()) {
    return std::unexpected(bad("cert.names",
                               "the certificate '" + printable(leaf.subject, 100) + "' in " +
                                   where +
                                   " has no subject alternative name that a browser could match",
                               "issue it with its host names as subject alternative names"));
  }
  if (leaf.not_after < leaf.not_before) {
    return std::unexpected(bad("cert.dates",
                               "the certificate '" + printable(leaf.subject, 100) + "' in " +
                                   where + " ends before it begins",
                               "have it issued anew"));
  }
  return {};
}

std::string to_pem(const std::vector<X509Handle>& chain) {
  const openssl::Bio bio = openssl::memory_bio();
  for (const X509Handle& x509 : chain) ASSERT(PEM_write_bio_X509(bio.get(), x509.get()) == 1);
  return std::string(openssl::text_of(bio));
}

}  // namespace

Result<BundlePtr> read_bundle(const PemInput& input) {
  const openssl::ErrorQueueGuard guard;
  TRY(Parts parts, collect_all(input));
  TRY_VOID(
      check_key_type(openssl::key_type(*parts.key), input.key ? input.key_name : input.chain_name));
  TRY(X509Handle leaf, take_leaf(parts, input));
  TRY(std::vector<X509Handle> chain,
      openssl::order_chain(std::move(leaf), std::move(parts.certificates), input.chain_name));

  auto bundle = std::make_shared<Bundle>();
  for (const X509Handle& element : chain) {
    TRY(Certificate certificate, openssl::to_certificate(*element));
    bundle->chain.push_back(std::move(certificate));
  }
  bundle->leaf = std::move(bundle->chain.front());
  bundle->chain.erase(bundle->chain.begin());
  TRY_VOID(check_leaf(bundle->leaf, input.chain_name));
  bundle->chain_pem = to_pem(chain);
  std::optional<Secret> key = openssl::key_to_pem(*parts.key, KeyForm::kPkcs8);
  ASSERT(key.has_value());
  bundle->key_pem = *std::move(key);
  return bundle;
}

Result<std::vector<Certificate>> read_certificates(std::string_view pem, const std::string& where) {
  if (pem.size() > kRootsBytesMax) return std::unexpected(too_large(where, "4 MiB"));
  TRY(std::vector<PemBlock> blocks, pem_blocks(pem, where));
  std::vector<Certificate> out;
  for (const PemBlock& block : blocks) {
    if (!block.is_certificate()) continue;
    if (out.size() == kRootsMax) return std::unexpected(too_large(where, "1,000 certificates"));
    TRY(X509Handle x509, read_certificate(block, where));
    TRY(Certificate certificate, openssl::to_certificate(*x509));
    out.push_back(std::move(certificate));
  }
  if (out.empty()) {
    return std::unexpected(bad("pem.no_certificate",
                               where + " holds no certificate",
                               "give certificates in PEM form, one after another"));
  }
  return out;
}

}  // namespace certferry
