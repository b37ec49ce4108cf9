#include "sandbox/wangsu/cdnpro_key.h"

#include <openssl/evp.h>

#include <memory>

#include "base/text.h"
#include "crypto/digest.h"

namespace certferry::sandbox {

Secret decrypt_cdnpro_key(const std::string& text, const Secret& api_key, const std::string& date) {
  const Result<std::string> bytes = base64_decode(text);
  if (!bytes || bytes->empty() || bytes->size() % 16 != 0) return {};
  const std::string material = hmac_sha256(api_key, date);
  const auto* iv = reinterpret_cast<const unsigned char*>(material.data());
  const std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)> context(
      EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free);
  std::string plain(bytes->size() + 16, '\0');
  auto* out = reinterpret_cast<unsigned char*>(plain.data());
  int first = 0;
  int last = 0;
  const bool whole =
      EVP_DecryptInit_ex(context.get(), EVP_aes_128_cbc(), nullptr, iv + 16, iv) == 1 &&
      EVP_DecryptUpdate(context.get(),
                        out,
                        &first,
                        reinterpret_cast<const unsigned char*>(bytes->data()),
                        static_cast<int>(bytes->size())) == 1 &&
      EVP_DecryptFinal_ex(context.get(), out + first, &last) == 1;
  if (!whole) return {};
  plain.resize(static_cast<std::size_t>(first) + static_cast<std::size_t>(last));
  // By chance the end of what another key makes of it looks whole.
  if (!plain.starts_with("-----BEGIN")) return {};
  return Secret(std::move(plain));
}

}  // namespace certferry::sandbox
