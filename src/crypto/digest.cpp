#include "crypto/digest.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>
#include <optional>
#include <span>

#include "base/text.h"

namespace certferry {

namespace {

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

std::string hmac(const EVP_MD* digest, const Secret& key, std::string_view bytes) {
  // An empty Secret may have no buffer at all, and OpenSSL takes a null key for "the last one".
  const std::string_view key_bytes = key.empty() ? std::string_view("") : key.reveal();
  std::array<unsigned char, EVP_MAX_MD_SIZE> out{};
  unsigned int size = 0;
  const auto* done = HMAC(digest,
                          key_bytes.data(),
                          static_cast<int>(key_bytes.size()),
                          bytes_of(bytes),
                          bytes.size(),
                          out.data(),
                          &size);
  ASSERT(done != nullptr);
  return {reinterpret_cast<const char*>(out.data()), size};
}

Error not_base64() {
  return Error(ErrorKind::kInvalidInput, "this is not base64 text").with_code("text.base64");
}

/// How many '=' end the text: 0 to 2, and none anywhere else, or nothing at all.
std::optional<std::size_t> padding_of(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  const auto first = text.find('=');
  const std::size_t count = first == std::string_view::npos ? 0 : text.size() - first;
  if (count > 2 || text.substr(text.size() - count) != std::string_view("==").substr(0, count)) {
    return std::nullopt;
  }
  return count;
}

bool in_alphabet(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' ||
         c == '/' || c == '=';
}

}  // namespace

std::string sha256_hex(std::string_view bytes) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> out{};
  unsigned int size = 0;
  ASSERT(EVP_Digest(bytes.data(), bytes.size(), out.data(), &size, EVP_sha256(), nullptr) == 1);
  return to_hex(std::span(out.data(), size));
}

std::string hmac_sha1(const Secret& key, std::string_view bytes) {
  return hmac(EVP_sha1(), key, bytes);
}

std::string hmac_sha256(const Secret& key, std::string_view bytes) {
  return hmac(EVP_sha256(), key, bytes);
}

std::string base64_encode(std::string_view bytes) {
  // EVP_EncodeBlock ends its output with a NUL, hence the one byte more.
  std::string out((bytes.size() + 2) / 3 * 4 + 1, '\0');
  const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                                   bytes_of(bytes),
                                   static_cast<int>(bytes.size()));
  out.resize(static_cast<std::size_t>(size));
  return out;
}

Result<std::string> base64_decode(std::string_view text) {
  const auto padding = padding_of(text);
  // EVP_DecodeBlock forgives blanks around the text, which would make the length below wrong.
  if (!padding || !std::ranges::all_of(text, in_alphabet)) return std::unexpected(not_base64());
  std::string out(text.size() / 4 * 3, '\0');
  const int size = EVP_DecodeBlock(
      reinterpret_cast<unsigned char*>(out.data()), bytes_of(text), static_cast<int>(text.size()));
  if (size < 0) return std::unexpected(not_base64());
  out.resize(static_cast<std::size_t>(size) - *padding);
  return out;
}

}  // namespace certferry
