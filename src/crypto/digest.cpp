#include "crypto/digest.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <span>

#include "base/text.h"

namespace certferry {

namespace {

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

using MacContext =
    std::unique_ptr<EVP_MAC_CTX, decltype([](EVP_MAC_CTX* context) { EVP_MAC_CTX_free(context); })>;

/// A context for the digest, with a key that is nobody's: without one it cannot be copied.
/// OpenSSL 3.0 looks its algorithms up by name, under a lock and in several lists: that takes
/// longer than all it then does to a kilobyte.
MacContext make_context(const char* digest) {
  EVP_MAC* mac = EVP_MAC_fetch(nullptr, "HMAC", nullptr);
  MacContext context(EVP_MAC_CTX_new(mac));
  EVP_MAC_free(mac);  // the context has a share of its own
  std::string name(digest);
  const std::array parameters = {
      OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, name.data(), 0),
      OSSL_PARAM_construct_end()};
  ASSERT(context != nullptr);
  ASSERT(EVP_MAC_init(context.get(), bytes_of("none"), 4, parameters.data()) == 1);
  return context;
}

std::string hmac(const EVP_MAC_CTX* kept, const Secret& key, std::string_view bytes) {
  // An empty Secret may have no buffer at all, and OpenSSL takes a null key for "the last one".
  const std::string_view key_bytes = key.empty() ? std::string_view("") : key.reveal();
  std::array<unsigned char, EVP_MAX_MD_SIZE> out{};
  std::size_t size = 0;
  const MacContext context(EVP_MAC_CTX_dup(kept));
  ASSERT(context != nullptr);
  ASSERT(EVP_MAC_init(context.get(), bytes_of(key_bytes), key_bytes.size(), nullptr) == 1);
  ASSERT(EVP_MAC_update(context.get(), bytes_of(bytes), bytes.size()) == 1);
  ASSERT(EVP_MAC_final(context.get(), out.data(), &size, out.size()) == 1);
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

namespace {

std::string digest(std::string_view bytes, const EVP_MD* kind) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> out{};
  unsigned int size = 0;
  ASSERT(EVP_Digest(bytes.data(), bytes.size(), out.data(), &size, kind, nullptr) == 1);
  return {reinterpret_cast<const char*>(out.data()), size};
}

std::string digest_hex(std::string_view bytes, const EVP_MD* kind) {
  const std::string raw = digest(bytes, kind);
  return to_hex(std::span(bytes_of(raw), raw.size()));
}

}  // namespace

std::string sha256_hex(std::string_view bytes) {
  return digest_hex(bytes, EVP_sha256());
}

std::string sha1_hex(std::string_view bytes) {
  return digest_hex(bytes, EVP_sha1());
}

std::string md5_hex(std::string_view bytes) {
  return digest_hex(bytes, EVP_md5());
}

std::string content_md5(std::string_view bytes) {
  return base64_encode(digest(bytes, EVP_md5()));
}

std::string hmac_sha1(const Secret& key, std::string_view bytes) {
  static const MacContext kContext = make_context("SHA1");
  return hmac(kContext.get(), key, bytes);
}

std::string hmac_sha256(const Secret& key, std::string_view bytes) {
  static const MacContext kContext = make_context("SHA256");
  return hmac(kContext.get(), key, bytes);
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
