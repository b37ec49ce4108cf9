#include "crypto/keys.h"

#include <openssl/core_names.h>
#include <openssl/pem.h>

#include "crypto/pem_blocks.h"
#include "crypto/private_key.h"

namespace certferry {

namespace openssl {

namespace {

/// Those that edges serve. OpenSSL computes the public half of a DSA key while it reads it, with
/// numbers of any length: for one of 20,000 bits that took 8 s, and it grows with the cube.
bool is_served(const PKCS8_PRIV_KEY_INFO& info) {
  const ASN1_OBJECT* algorithm = nullptr;
  if (PKCS8_pkey_get0(&algorithm, nullptr, nullptr, nullptr, &info) != 1) return false;
  const int nid = OBJ_obj2nid(algorithm);
  return nid == NID_rsaEncryption || nid == NID_X9_62_id_ecPublicKey || nid == NID_ED25519;
}

/// Makes the key anew from its numbers. OpenSSL carries along what else stood in the text (a
/// version that no standard knows, how the point was packed) and writes it into one form and not
/// the other; a vendor's reader may be stricter.
Key made_anew(const Key& key) {
  OSSL_PARAM* numbers = nullptr;
  if (key == nullptr || EVP_PKEY_todata(key.get(), EVP_PKEY_KEYPAIR, &numbers) != 1) return nullptr;
  const Parameters owned(numbers);
  const KeyContext maker(EVP_PKEY_CTX_new_from_pkey(nullptr, key.get(), nullptr));
  EVP_PKEY* out = nullptr;
  if (maker == nullptr || EVP_PKEY_fromdata_init(maker.get()) != 1 ||
      EVP_PKEY_fromdata(maker.get(), &out, EVP_PKEY_KEYPAIR, numbers) != 1) {
    return nullptr;
  }
  return Key(out);
}

Key traditional_key(std::string_view der) {
  for (const int type : {EVP_PKEY_RSA, EVP_PKEY_EC}) {
    const unsigned char* at = bytes_of(der);
    const unsigned char* end = at + der.size();
    Key key(d2i_PrivateKey(type, nullptr, &at, static_cast<long>(der.size())));
    if (key != nullptr && at == end) return key;
  }
  return nullptr;
}

/// How long a number of the key is, in bits; 0 when it has none of that name.
int bits_of(const EVP_PKEY& key, const std::string& name) {
  BIGNUM* number = nullptr;
  if (EVP_PKEY_get_bn_param(&key, name.c_str(), &number) != 1) return 0;
  return BN_num_bits(BigNumber(number).get());
}

/// Whether the numbers of an RSA key are as long as its modulus lets them be: p times q is n.
/// OpenSSL does not look, and signs with whatever stands there.
bool has_sound_lengths(const EVP_PKEY& key) {
  constexpr int kPrimesMax = 10;
  const int modulus = EVP_PKEY_get_bits(&key);
  int factors = 0;
  for (int i = 1; i <= kPrimesMax; ++i) {
    const std::string number = std::to_string(i);
    const int factor = bits_of(key, "rsa-factor" + number);
    factors += factor;
    if (bits_of(key, "rsa-exponent" + number) > factor) return false;
    if (bits_of(key, "rsa-coefficient" + number) > modulus) return false;
  }
  return factors < modulus + kPrimesMax && bits_of(key, OSSL_PKEY_PARAM_RSA_D) <= modulus;
}

}  // namespace

Key key_from_pkcs8(const PKCS8_PRIV_KEY_INFO& info) {
  const ErrorQueueGuard guard;
  return is_served(info) ? made_anew(Key(EVP_PKCS82PKEY(&info))) : nullptr;
}

Key key_from_der(std::string_view der) {
  const ErrorQueueGuard guard;
  const unsigned char* at = bytes_of(der);
  const unsigned char* end = at + der.size();
  const Pkcs8Handle info(d2i_PKCS8_PRIV_KEY_INFO(nullptr, &at, static_cast<long>(der.size())));
  if (info == nullptr) return made_anew(traditional_key(der));
  return at == end ? key_from_pkcs8(*info) : nullptr;
}

std::optional<Secret> key_to_pem(const EVP_PKEY& key, KeyForm form) {
  const ErrorQueueGuard guard;
  const Bio bio = memory_bio();
  const int written =
      form == KeyForm::kPkcs8
          ? PEM_write_bio_PKCS8PrivateKey(bio.get(), &key, nullptr, nullptr, 0, nullptr, nullptr)
          : PEM_write_bio_PrivateKey_traditional(
                bio.get(), &key, nullptr, nullptr, 0, nullptr, nullptr);
  if (written != 1) return std::nullopt;
  return Secret(std::string(text_of(bio)));
}

bool signs_for(EVP_PKEY& private_key, EVP_PKEY& public_key) {
  const ErrorQueueGuard guard;
  constexpr std::string_view kMessage = "certferry: this key belongs to this certificate";
  if (EVP_PKEY_get_base_id(&private_key) == EVP_PKEY_RSA && !has_sound_lengths(private_key)) {
    return false;
  }
  // Ed25519 digests by itself and refuses to be given a digest.
  const EVP_MD* digest =
      EVP_PKEY_get_base_id(&private_key) == EVP_PKEY_ED25519 ? nullptr : EVP_sha256();
  const DigestContext signer(EVP_MD_CTX_new());
  std::size_t size = static_cast<std::size_t>(EVP_PKEY_get_size(&private_key));
  std::vector<unsigned char> signature(size);
  if (EVP_DigestSignInit(signer.get(), nullptr, digest, nullptr, &private_key) != 1 ||
      EVP_DigestSign(signer.get(), signature.data(), &size, bytes_of(kMessage), kMessage.size()) !=
          1) {
    return false;
  }
  const DigestContext verifier(EVP_MD_CTX_new());
  return EVP_DigestVerifyInit(verifier.get(), nullptr, digest, nullptr, &public_key) == 1 &&
         EVP_DigestVerify(
             verifier.get(), signature.data(), size, bytes_of(kMessage), kMessage.size()) == 1;
}

}  // namespace openssl

Result<Secret> write_key(const Secret& key_pem, KeyForm form) {
  TRY(std::vector<PemBlock> blocks, pem_blocks(key_pem.reveal(), "the key"));
  openssl::Key key;
  if (blocks.size() == 1) key = openssl::key_from_der(blocks.front().der.reveal());
  if (key == nullptr) {
    return std::unexpected(
        Error(ErrorKind::kInvalidInput, "this is not one whole private key in PEM form")
            .with_code("pem.truncated"));
  }
  if (auto written = openssl::key_to_pem(*key, form)) return *std::move(written);
  return std::unexpected(
      Error(ErrorKind::kUnsupported, "this kind of key has no traditional form (PKCS#1 or SEC1)")
          .with_code("cert.key_unsupported")
          .with_hint("issue the certificate with an RSA or ECDSA key"));
}

}  // namespace certferry
