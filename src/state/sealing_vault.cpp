#include "state/sealing_vault.h"

#include <fcntl.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <vector>

#include "base/text.h"
#include "crypto/pem.h"
#include "state/private_file.h"

namespace certferry::state {

namespace {

constexpr std::size_t kKeySize = crypto_aead_xchacha20poly1305_ietf_KEYBYTES;
constexpr std::size_t kNonceSize = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t kTagSize = crypto_aead_xchacha20poly1305_ietf_ABYTES;
constexpr std::string_view kForm = "v1:";  // before the base64, and part of what is authenticated

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

unsigned char* bytes_of(std::string& text) {
  return reinterpret_cast<unsigned char*>(text.data());
}

void start_sodium() {
  ASSERT(sodium_init() >= 0);
}

Error key_error(const std::string& path, const std::string& what) {
  return Error(ErrorKind::kInvalidInput, "the vault's key file " + path + " " + what)
      .with_code("vault.key")
      .with_hint(
          "put the file back from where it was kept, mode 0600; without it the bundles that are "
          "sealed cannot be opened, and all else goes on. To begin anew, move it and the sealed "
          "bundles are given up");
}

Error vault_io(const std::string& path, int error_number) {
  return io_error(path, error_number).with_code("vault.io");
}

Error sealed_error(const std::string& what) {
  return Error(ErrorKind::kInvalidInput, what)
      .with_code("vault.sealed")
      .with_hint(
          "the state file or the key file is not the one it was sealed with; nothing is lost "
          "by that but the way back to this bundle");
}

/// A whole key under its name or nothing: written under another name, flushed, then linked.
void make_key(const std::string& path) {
  ensure_private_file(path + ".new");
  const Descriptor file(
      ::open((path + ".new").c_str(), O_WRONLY | O_TRUNC | O_CLOEXEC | O_NOFOLLOW));
  if (!file.is_open()) throw vault_io(path, errno);
  std::string key(kKeySize, '\0');
  randombytes_buf(key.data(), key.size());
  const bool written =
      ::write(file.get(), key.data(), key.size()) == static_cast<ssize_t>(key.size()) &&
      ::fsync(file.get()) == 0;
  const int why = errno;
  wipe(key);
  if (!written) throw vault_io(path, why);
  // Never over a key that is there: link refuses, rename would not.
  if (::link((path + ".new").c_str(), path.c_str()) != 0 && errno != EEXIST) {
    throw vault_io(path, errno);
  }
  ::unlink((path + ".new").c_str());
  const Descriptor folder(::open(folder_of(path).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder.is_open() || ::fsync(folder.get()) != 0) throw vault_io(path, errno);
}

Secret read_key(const std::string& path) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  if (!file.is_open()) {
    if (errno == ENOENT) throw key_error(path, "is not there");
    if (errno == ELOOP) throw key_error(path, "is a link");
    throw vault_io(path, errno);
  }
  struct stat status{};
  if (::fstat(file.get(), &status) != 0) throw vault_io(path, errno);
  if (!S_ISREG(status.st_mode)) throw key_error(path, "is not a regular file");
  if ((status.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    throw key_error(path, "may be read by others: run chmod 0600 on it");
  }
  std::string key(kKeySize + 1, '\0');
  const ssize_t size = ::read(file.get(), key.data(), key.size());
  if (size < 0) throw vault_io(path, errno);
  if (size != static_cast<ssize_t>(kKeySize)) {
    wipe(key);
    throw key_error(path, "is not a key of 32 bytes");
  }
  key.resize(kKeySize);
  return Secret(std::move(key));
}

std::string to_base64(std::string_view raw) {
  std::string out(sodium_base64_encoded_len(raw.size(), sodium_base64_VARIANT_ORIGINAL), '\0');
  sodium_bin2base64(
      out.data(), out.size(), bytes_of(raw), raw.size(), sodium_base64_VARIANT_ORIGINAL);
  out.pop_back();  // the NUL that it ends with
  return out;
}

std::string from_base64(std::string_view text) {
  std::string raw(text.size(), '\0');
  std::size_t size = 0;
  const int failed = sodium_base642bin(bytes_of(raw),
                                       raw.size(),
                                       text.data(),
                                       text.size(),
                                       nullptr,
                                       &size,
                                       nullptr,
                                       sodium_base64_VARIANT_ORIGINAL);
  raw.resize(failed != 0 ? 0 : size);
  return raw;
}

std::string with_form(const std::string& purpose) {
  return std::string(kForm) + purpose;
}

}  // namespace

std::string vault_key_path(const std::string& state_path) {
  return state_path + ".key";
}

Secret SealingVault::key(bool may_make) const {
  start_sodium();
  if (may_make && !is_there(key_path_)) make_key(key_path_);
  return read_key(key_path_);
}

std::string SealingVault::seal(const Bundle& bundle, const std::string& purpose, bool first) {
  const Secret secret = key(first);
  const std::string bound = with_form(purpose);
  // The chain, an empty line that no PEM has, the key: read_bundle takes them as one text.
  std::string plain = bundle.chain_pem;
  plain.append(bundle.key_pem.reveal());
  std::string sealed(kNonceSize + plain.size() + kTagSize, '\0');
  randombytes_buf(sealed.data(), kNonceSize);
  unsigned long long size = 0;
  crypto_aead_xchacha20poly1305_ietf_encrypt(bytes_of(sealed) + kNonceSize,
                                             &size,
                                             bytes_of(std::string_view(plain)),
                                             plain.size(),
                                             bytes_of(std::string_view(bound)),
                                             bound.size(),
                                             nullptr,
                                             bytes_of(std::string_view(sealed)),
                                             bytes_of(secret.reveal()));
  wipe(plain);
  return std::string(kForm) + to_base64(sealed);
}

BundlePtr SealingVault::open(const std::string& sealed, const std::string& purpose) {
  const Secret secret = key(false);
  if (!sealed.starts_with(kForm)) throw sealed_error("a sealed bundle is of a form unknown here");
  const std::string raw = from_base64(std::string_view(sealed).substr(kForm.size()));
  if (raw.size() < kNonceSize + kTagSize) throw sealed_error("a sealed bundle is cut short");
  const std::string bound = with_form(purpose);
  std::string plain(raw.size() - kNonceSize - kTagSize, '\0');
  unsigned long long size = 0;
  const int failed =
      crypto_aead_xchacha20poly1305_ietf_decrypt(bytes_of(plain),
                                                 &size,
                                                 nullptr,
                                                 bytes_of(std::string_view(raw)) + kNonceSize,
                                                 raw.size() - kNonceSize,
                                                 bytes_of(std::string_view(bound)),
                                                 bound.size(),
                                                 bytes_of(std::string_view(raw)),
                                                 bytes_of(secret.reveal()));
  if (failed != 0) {
    wipe(plain);
    throw sealed_error("a sealed bundle does not open: it was changed, or sealed with another key");
  }
  Result<BundlePtr> bundle =
      read_bundle({.chain = Secret(std::move(plain)), .chain_name = "the sealed bundle"});
  if (!bundle) throw std::move(bundle).error().while_doing("opening a sealed bundle");
  return *std::move(bundle);
}

}  // namespace certferry::state
