#include "crypto/known_bundles.h"

#include <openssl/pem.h>

#include <cstring>

#include "crypto/digest.h"
#include "crypto/pem_blocks.h"
#include "crypto/private_key.h"

namespace certferry {

namespace {

/// More pairs than folders may hold; what is beyond is read anew each time.
constexpr std::size_t kMost = 50'000;

/// Of each text on its own, so that no copy is made of a key.
std::string digest_of(const PemInput& input) {
  return sha256_hex(sha256_hex(input.chain.reveal()) +
                    (input.key ? sha256_hex(input.key->reveal()) : ""));
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

/// The DER form of a certificate in texts that were read before; none: it is written otherwise.
std::optional<std::string> der_in(const PemInput& input, const std::string& fingerprint) {
  for (const Secret& text : {input.chain, input.key.value_or(Secret())}) {
    const Result<std::vector<PemBlock>> blocks = pem_blocks(text.reveal(), input.chain_name);
    if (!blocks) continue;
    for (const PemBlock& block : *blocks) {
      if (!block.is_certificate() || sha256_hex(block.der.reveal()) != fingerprint) continue;
      return std::string(block.der.reveal());
    }
  }
  return std::nullopt;
}

void put(std::pmr::string& to, std::string_view text) {
  const auto size = static_cast<std::uint32_t>(text.size());
  to.append(reinterpret_cast<const char*>(&size), sizeof(size));
  to.append(text);
}

void put(std::pmr::string& to, const std::vector<std::string>& texts) {
  const auto count = static_cast<std::uint32_t>(texts.size());
  to.append(reinterpret_cast<const char*>(&count), sizeof(count));
  for (const std::string& text : texts) put(to, text);
}

/// Takes out what was put in, in the same order.
class Taker {
 public:
  explicit Taker(std::string_view from) : left_(from) {}

  std::uint32_t number() {
    std::uint32_t out = 0;
    ASSERT(left_.size() >= sizeof(out));
    std::memcpy(&out, left_.data(), sizeof(out));
    left_.remove_prefix(sizeof(out));
    return out;
  }
  std::string text() {
    const std::size_t size = number();
    ASSERT(left_.size() >= size);
    std::string out(left_.substr(0, size));
    left_.remove_prefix(size);
    return out;
  }
  std::vector<std::string> texts() {
    std::vector<std::string> out(number());
    for (std::string& one : out) one = text();
    return out;
  }

 private:
  std::string_view left_;
};

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
  const std::string digest = digest_of(input);
  const auto known = known_.find(std::string_view(input.chain_name));
  if (known != known_.end() && known->second.digest == std::string_view(digest))
    return again(known->second, input);
  TRY(BundlePtr bundle, read_bundle(input));
  remember(input, digest, *bundle);
  return bundle;
}

Certificate KnownBundles::leaf_of(const Known& known) {
  const Plain& plain = known.plain;
  Certificate leaf{.not_before = plain.not_before,
                   .not_after = plain.not_after,
                   .key = plain.key,
                   .is_ca = plain.is_ca,
                   .self_issued = plain.self_issued};
  Taker taker(known.texts);
  leaf.fingerprint = taker.text();
  leaf.subject = taker.text();
  leaf.issuer = taker.text();
  leaf.serial = taker.text();
  leaf.dns_names = taker.texts();
  leaf.ip_addresses = taker.texts();
  return leaf;
}

Result<BundlePtr> KnownBundles::again(const Known& known, const PemInput& input) const {
  auto bundle = std::make_shared<Bundle>();
  bundle->leaf = leaf_of(known);
  std::optional<std::string> der = der_in(input, bundle->leaf.fingerprint);
  std::optional<Secret> key = known.key_as_written ? input.key : key_in(input);
  if (!key || !der) return read_bundle(input);
  bundle->leaf.der = *std::move(der);
  for (const auto& one : known.chain) bundle->chain.push_back(*one);
  bundle->chain_pem = to_pem(*bundle);
  bundle->key_pem = *std::move(key);
  return bundle;
}

void KnownBundles::remember(const PemInput& input,
                            const std::string& digest,
                            const Bundle& bundle) {
  if (known_.size() >= kMost && !known_.contains(std::string_view(input.chain_name))) return;
  const Certificate& leaf = bundle.leaf;
  Known known{.digest = std::pmr::string(digest, &memory_),
              .plain = {.not_before = leaf.not_before,
                        .not_after = leaf.not_after,
                        .key = leaf.key,
                        .is_ca = leaf.is_ca,
                        .self_issued = leaf.self_issued},
              .texts = std::pmr::string(&memory_),
              .chain = std::pmr::vector<std::shared_ptr<const Certificate>>(&memory_)};
  for (const std::string* text : {&leaf.fingerprint, &leaf.subject, &leaf.issuer, &leaf.serial}) {
    put(known.texts, *text);
  }
  put(known.texts, leaf.dns_names);
  put(known.texts, leaf.ip_addresses);
  known.texts.shrink_to_fit();
  known.chain.reserve(bundle.chain.size());
  for (const Certificate& one : bundle.chain) known.chain.push_back(shared(one));
  known.key_as_written = input.key && input.key->same_as(bundle.key_pem);
  known_.insert_or_assign(std::pmr::string(input.chain_name, &memory_), std::move(known));
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
