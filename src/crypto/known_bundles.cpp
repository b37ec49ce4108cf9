#include "crypto/known_bundles.h"

#include <openssl/pem.h>

#include "crypto/digest.h"
#include "crypto/pem_blocks.h"
#include "crypto/private_key.h"

namespace certferry {

namespace {

/// More pairs than folders may hold; what is beyond is read anew each time.
constexpr std::size_t kMost = 50'000;

/// Of each text on its own, so that no copy is made of a key.
std::string digest_of(const PemInput& input) {
  return sha256_hex(input.chain.reveal()) + (input.key ? sha256_hex(input.key->reveal()) : "");
}

void write_pem(BIO& to, const Certificate& one) {
  const auto size = static_cast<long>(one.der.size());
  ASSERT(PEM_write_bio(&to, PEM_STRING_X509, "", openssl::bytes_of(one.der), size) > 0);
}

std::string to_pem(const Bundle& bundle) {
  const openssl::Bio bio = openssl::memory_bio();
  write_pem(*bio, bundle.leaf);
  for (const Certificate& one : bundle.chain) write_pem(*bio, one);
  return std::string(openssl::text_of(bio));
}

/// The key of texts that were read before: where there is more than one block, they are the same.
std::optional<Secret> key_in(const PemInput& input) {
  for (const Secret& text : {input.key.value_or(Secret()), input.chain}) {
    const Result<std::vector<PemBlock>> blocks = pem_blocks(text.reveal(), input.key_name);
    if (!blocks) continue;
    for (const PemBlock& block : *blocks) {
      if (!block.is_key()) continue;
      const openssl::Key key = openssl::key_from_der(block.der.reveal());
      return key == nullptr ? std::nullopt : openssl::key_to_pem(*key, KeyForm::kPkcs8);
    }
  }
  return std::nullopt;
}

}  // namespace

Result<BundlePtr> KnownBundles::read(const PemInput& input) {
  std::string digest = digest_of(input);
  const auto known = known_.find(input.chain_name);
  if (known != known_.end() && known->second.digest == digest) return again(known->second, input);
  TRY(BundlePtr bundle, read_bundle(input));
  remember(input, std::move(digest), *bundle);
  return bundle;
}

Result<BundlePtr> KnownBundles::again(const Known& known, const PemInput& input) const {
  std::optional<Secret> key = known.key_as_written ? input.key : key_in(input);
  if (!key) return read_bundle(input);
  auto bundle = std::make_shared<Bundle>();
  bundle->leaf = known.leaf;
  for (const auto& one : known.chain) bundle->chain.push_back(*one);
  bundle->chain_pem = to_pem(*bundle);
  bundle->key_pem = *std::move(key);
  return bundle;
}

void KnownBundles::remember(const PemInput& input, std::string digest, const Bundle& bundle) {
  if (known_.size() >= kMost && !known_.contains(input.chain_name)) return;
  Known known{.digest = std::move(digest), .leaf = bundle.leaf, .chain = {}};
  for (const Certificate& one : bundle.chain) known.chain.push_back(shared(one));
  known.key_as_written = input.key && input.key->same_as(bundle.key_pem);
  known_.insert_or_assign(input.chain_name, std::move(known));
}

std::shared_ptr<const Certificate> KnownBundles::shared(const Certificate& issuer) {
  std::weak_ptr<const Certificate>& known = issuers_[issuer.fingerprint];
  if (auto there = known.lock()) return there;
  auto made = std::make_shared<const Certificate>(issuer);
  known = made;
  // Each renewal may come with an issuer of its own; those of which nothing is left go.
  std::erase_if(issuers_, [](const auto& one) { return one.second.expired(); });
  return made;
}

}  // namespace certferry
