// Certificates that a peer presented in a handshake.
#pragma once

#include "base/error.h"
#include "model/bundle.h"

// NOLINTNEXTLINE(readability-identifier-naming): not ours to choose
struct x509_st;

namespace certferry {

/// As `parse_certificate`, of what OpenSSL has read already: its reading is most of the work.
Result<Certificate> certificate_of(x509_st& x509);

}  // namespace certferry
