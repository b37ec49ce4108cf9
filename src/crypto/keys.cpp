#include "crypto/keys.h"

#include <openssl/pem.h>

#include "crypto/pem_blocks.h"
#include "crypto/private_key.h"

namespace certferry {

namespace openssl {

Key key_from_der(std::string_view der) {
  const ErrorQueueGuard guard;
  const unsigned char* at = bytes_of(der);
  const unsigned char* end = at + der.size();
  Key key(d2i_AutoPrivateKey(nullptr, &at, static_cast<long>(der.size())));
  return at == end ? std::move(key) : nullptr;
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
