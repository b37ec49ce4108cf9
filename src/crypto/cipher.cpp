#include "crypto/cipher.h"

#include <openssl/evp.h>

#include <memory>

#include "base/error.h"

namespace certferry {

namespace {

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

using CipherContext =
    std::unique_ptr<EVP_CIPHER_CTX,
                    decltype([](EVP_CIPHER_CTX* context) { EVP_CIPHER_CTX_free(context); })>;

}  // namespace

std::string aes_128_cbc(const Secret& key, std::string_view iv, const Secret& text) {
  constexpr std::size_t kBlock = 16;
  ASSERT(key.size() == kBlock && iv.size() == kBlock);
  const std::string_view plain = text.reveal();
  std::string out(plain.size() + kBlock, '\0');
  auto* at = reinterpret_cast<unsigned char*>(out.data());
  int size = 0;
  int last = 0;
  const CipherContext context(EVP_CIPHER_CTX_new());
  ASSERT(context != nullptr);
  ASSERT(EVP_EncryptInit_ex(
             context.get(), EVP_aes_128_cbc(), nullptr, bytes_of(key.reveal()), bytes_of(iv)) == 1);
  ASSERT(EVP_EncryptUpdate(
             context.get(), at, &size, bytes_of(plain), static_cast<int>(plain.size())) == 1);
  ASSERT(EVP_EncryptFinal_ex(context.get(), at + size, &last) == 1);
  out.resize(static_cast<std::size_t>(size) + static_cast<std::size_t>(last));
  return out;
}

}  // namespace certferry
