// Private to this room: between OpenSSL's X509 and our Certificate.
#pragma once

#include "crypto/openssl.h"
#include "model/bundle.h"

namespace certferry::openssl {

/// Reads a whole DER certificate; null when it is none, or when bytes follow it.
X509Handle x509_from_der(std::string_view der);

Result<Certificate> to_certificate(X509& x509);

/// Algorithm and size; kOther for what no public edge serves: odd or explicit curves, RSA-PSS keys.
KeyType key_type(const EVP_PKEY& key);

/// RFC 2253 with UTF-8 kept readable.
std::string name_text(const X509_NAME& name);

bool self_issued(const X509& x509);

}  // namespace certferry::openssl
