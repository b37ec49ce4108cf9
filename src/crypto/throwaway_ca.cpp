#include "crypto/throwaway_ca.h"

#include <openssl/pem.h>

#include "base/text.h"
#include "crypto/certificate_maker.h"
#include "crypto/digest.h"
#include "crypto/private_key.h"
#include "crypto/written_leaf.h"
#include "crypto/x509.h"
#include "model/name.h"

namespace certferry {

struct ThrowawayCa::Authority {
  openssl::Key root_key;
  openssl::Key key;  ///< the intermediate's
  Secret seed;       ///< empty: keys and serials are random
  std::uint64_t issued = 0;
  openssl::X509Handle root;
  openssl::X509Handle intermediate;

  /// Nothing without a seed; else 64 bytes that follow from it.
  std::string derived(const std::string& what) const {
    return seed.empty() ? "" : hmac_sha256(seed, what) + hmac_sha256(seed, what + "+");
  }
  std::string serial(const std::string& what) const {
    std::string bytes = derived("serial " + what).substr(0, 16);
    // Positive and never short, as a random one.
    if (!bytes.empty()) bytes.front() = static_cast<char>((bytes.front() & 0x3f) | 0x40);
    return bytes;
  }
};

namespace {

std::string to_pem(X509& x509) {
  const openssl::Bio bio = openssl::memory_bio();
  ASSERT(PEM_write_bio_X509(bio.get(), &x509) == 1);
  return std::string(openssl::text_of(bio));
}

const char* curve_of(LeafRequest::KeyKind kind) {
  switch (kind) {
    case LeafRequest::KeyKind::kEcdsaP521:
      return "P-521";
    case LeafRequest::KeyKind::kEcdsaP384:
      return "P-384";
    case LeafRequest::KeyKind::kEcdsaP256:
    case LeafRequest::KeyKind::kRsa2048:
      break;
  }
  return "P-256";
}

/// Random when there is nothing to derive it from.
openssl::Key make_key(LeafRequest::KeyKind kind, const std::string& secret) {
  if (kind == LeafRequest::KeyKind::kRsa2048) {
    ASSERT(secret.empty());  // OpenSSL makes its primes from its own chance alone
    return openssl::make_rsa_key(2048);
  }
  return secret.empty() ? openssl::make_ec_key(curve_of(kind))
                        : openssl::derive_ec_key(curve_of(kind), secret);
}

/// In openssl.cnf's notation; canonical forms hold no comma and no colon trick that it would read.
std::vector<std::string> alternative_names(const LeafRequest& request) {
  std::vector<std::string> entries;
  for (const std::string& name : request.names) {
    auto canonical = canonical_name(name);
    if (!canonical) throw std::move(canonical).error();
    entries.push_back("DNS:" + *canonical);
  }
  for (const std::string& address : request.ip_addresses) {
    const auto canonical = canonical_ip(address);
    if (!canonical) {
      throw Error(ErrorKind::kInvalidInput, "'" + printable(address, 80) + "' is no IP address")
          .with_code("cert.names");
    }
    entries.push_back("IP:" + *canonical);
  }
  if (entries.empty()) {
    throw Error(ErrorKind::kInvalidInput, "a certificate needs a name").with_code("cert.names");
  }
  return entries;
}

/// RFC 7468: lines of 64 characters.
std::string pem_of(std::string_view label, std::string_view der) {
  const std::string text = base64_encode(der);
  std::string out = "-----BEGIN " + std::string(label) + "-----\n";
  for (std::size_t at = 0; at < text.size(); at += 64) {
    out.append(text, at, 64);
    out += '\n';
  }
  return out + "-----END " + std::string(label) + "-----\n";
}

/// The field holds 64 characters and nobody matches it, so a long name is cut.
std::string common_name(const std::string& alternative_name) {
  return alternative_name.substr(alternative_name.find(':') + 1).substr(0, 64);
}

}  // namespace

ThrowawayCa::ThrowawayCa(Time not_before, Time not_after, const std::string& name)
    : ThrowawayCa(std::make_unique<Authority>(Authority{.root_key = openssl::make_ec_key("P-256"),
                                                        .key = openssl::make_ec_key("P-256")}),
                  not_before,
                  not_after,
                  name) {}

ThrowawayCa ThrowawayCa::from_seed(const std::string& seed,
                                   Time not_before,
                                   Time not_after,
                                   const std::string& name) {
  ASSERT(!seed.empty());
  auto ca = std::make_unique<Authority>(Authority{.seed = Secret(seed)});
  ca->root_key = openssl::derive_ed25519_key(ca->derived("root of " + name));
  ca->key = openssl::derive_ed25519_key(ca->derived("intermediate of " + name));
  return {std::move(ca), not_before, not_after, name};
}

ThrowawayCa::ThrowawayCa(std::unique_ptr<Authority> authority,
                         Time not_before,
                         Time not_after,
                         const std::string& name)
    : authority_(std::move(authority)) {
  Authority& ca = *authority_;
  ca.root = openssl::make_certificate({
      .common_name = name + " root",
      .key = ca.root_key.get(),
      .not_before = not_before,
      .not_after = not_after,
      .serial = ca.serial("of root"),
      .extensions = {{NID_basic_constraints, "critical,CA:TRUE"},
                     {NID_key_usage, "critical,keyCertSign,cRLSign"}},
  });
  ca.intermediate = openssl::make_certificate({
      .common_name = name + " intermediate",
      .key = ca.key.get(),
      .not_before = not_before,
      .not_after = not_after,
      .issuer = ca.root.get(),
      .issuer_key = ca.root_key.get(),
      .serial = ca.serial("of intermediate"),
      .extensions = {{NID_basic_constraints, "critical,CA:TRUE,pathlen:0"},
                     {NID_key_usage, "critical,keyCertSign,cRLSign"},
                     {NID_ext_key_usage, "serverAuth"}},
  });
  root_pem_ = to_pem(*ca.root);
  intermediate_pem_ = to_pem(*ca.intermediate);
}

ThrowawayCa::~ThrowawayCa() = default;
ThrowawayCa::ThrowawayCa(ThrowawayCa&&) noexcept = default;
ThrowawayCa& ThrowawayCa::operator=(ThrowawayCa&&) noexcept = default;

IssuedLeaf ThrowawayCa::issue(const LeafRequest& request) const {
  const openssl::ErrorQueueGuard guard;
  const std::vector<std::string> names = alternative_names(request);
  const std::string number = std::to_string(authority_->issued++);
  const bool plain =
      request.key == LeafRequest::KeyKind::kEcdsaP256 && request.ip_addresses.empty();
  if (plain && !authority_->seed.empty()) return write(request, names, number);
  const openssl::Key key = make_key(request.key, authority_->derived("leaf " + number));
  const openssl::X509Handle leaf = openssl::make_certificate({
      .common_name = common_name(names.front()),
      .key = key.get(),
      .not_before = request.not_before,
      .not_after = request.not_after,
      .issuer = authority_->intermediate.get(),
      .issuer_key = authority_->key.get(),
      .serial = authority_->serial("of leaf " + number),
      .extensions = {{NID_basic_constraints, "critical,CA:FALSE"},
                     {NID_key_usage, "critical,digitalSignature"},
                     {NID_ext_key_usage, "serverAuth"},
                     {NID_subject_alt_name, join(names, ",")}},
  });
  std::optional<Secret> key_pem = openssl::key_to_pem(*key, KeyForm::kPkcs8);
  ASSERT(key_pem.has_value());
  std::string leaf_pem = to_pem(*leaf);
  return {.chain_pem = leaf_pem + intermediate_pem_,
          .leaf_pem = std::move(leaf_pem),
          .key_pem = *std::move(key_pem),
          .leaf = openssl::to_certificate(*leaf).value()};
}

/// The same bytes without OpenSSL's detours: a simulated world has hundreds of leaves.
IssuedLeaf ThrowawayCa::write(const LeafRequest& request,
                              const std::vector<std::string>& names,
                              const std::string& number) const {
  std::vector<std::string> dns_names;
  for (const std::string& name : names) dns_names.push_back(name.substr(name.find(':') + 1));
  openssl::WrittenLeaf leaf =
      openssl::write_leaf({.common_name = common_name(names.front()),
                           .dns_names = std::move(dns_names),
                           .not_before = request.not_before,
                           .not_after = request.not_after,
                           .serial = authority_->serial("of leaf " + number),
                           .secret = authority_->derived("leaf " + number),
                           .issuer = authority_->intermediate.get(),
                           .issuer_key = authority_->key.get()});
  std::string leaf_pem = pem_of("CERTIFICATE", leaf.certificate.der);
  return {.chain_pem = leaf_pem + intermediate_pem_,
          .leaf_pem = std::move(leaf_pem),
          .key_pem = Secret(pem_of("PRIVATE KEY", leaf.key_der.reveal())),
          .leaf = std::move(leaf.certificate)};
}

}  // namespace certferry
