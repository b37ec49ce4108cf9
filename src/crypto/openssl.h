// Private to this room: OpenSSL's objects with owners, so that no path leaks one.
#pragma once

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/pkcs12.h>
#include <openssl/pkcs7.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <memory>
#include <string_view>

#include "base/error.h"

namespace certferry::openssl {

template <auto Free>
struct Deleter {
  template <typename T>
  void operator()(T* object) const {
    Free(object);
  }
};

using Bio = std::unique_ptr<BIO, Deleter<&BIO_free_all>>;
using Key = std::unique_ptr<EVP_PKEY, Deleter<&EVP_PKEY_free>>;
using KeyContext = std::unique_ptr<EVP_PKEY_CTX, Deleter<&EVP_PKEY_CTX_free>>;
using Parameters = std::unique_ptr<OSSL_PARAM, Deleter<&OSSL_PARAM_free>>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, Deleter<&EVP_MD_CTX_free>>;
using X509Handle = std::unique_ptr<X509, Deleter<&X509_free>>;
using Extension = std::unique_ptr<X509_EXTENSION, Deleter<&X509_EXTENSION_free>>;
using AltNames = std::unique_ptr<GENERAL_NAMES, Deleter<&GENERAL_NAMES_free>>;
using BigNumber = std::unique_ptr<BIGNUM, Deleter<&BN_free>>;
using Pkcs8Handle = std::unique_ptr<PKCS8_PRIV_KEY_INFO, Deleter<&PKCS8_PRIV_KEY_INFO_free>>;
using Pkcs7Handle = std::unique_ptr<PKCS7, Deleter<&PKCS7_free>>;
using Pkcs12Handle = std::unique_ptr<PKCS12, Deleter<&PKCS12_free>>;
using StoreHandle = std::unique_ptr<X509_STORE, Deleter<&X509_STORE_free>>;
using StoreContext = std::unique_ptr<X509_STORE_CTX, Deleter<&X509_STORE_CTX_free>>;

struct StackDeleter {
  void operator()(STACK_OF(X509) * stack) const { sk_X509_pop_free(stack, X509_free); }
};
using X509Stack = std::unique_ptr<STACK_OF(X509), StackDeleter>;

/// Forgets what failed attempts left behind: the queue is per thread, and a later reader of it
/// (libcurl, a TLS handshake) would take old errors for its own.
struct ErrorQueueGuard {
  ErrorQueueGuard() = default;
  ErrorQueueGuard(const ErrorQueueGuard&) = delete;
  ErrorQueueGuard& operator=(const ErrorQueueGuard&) = delete;
  ~ErrorQueueGuard();
};

inline const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

/// A memory BIO that wipes what was written to it, for it may be a key.
Bio memory_bio();
/// What was written so far; lives as long as the BIO.
std::string_view text_of(const Bio& bio);

}  // namespace certferry::openssl
