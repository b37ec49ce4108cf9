// Certificates with keys, as the emulated vendor takes them in and its edges
// present them.
#pragma once

#include <memory>
#include <string>

#include "base/error.h"
#include "base/secret.h"
#include "sandbox/world.h"

struct ssl_ctx_st;

namespace certferry::sandbox {

/// What a vendor checks of an upload: PEM with LF line ends, leaf first, and
/// the key is the leaf's. Whether the chain is complete it does not check.
/// Error: invalid_input.
Result<UploadedPair> read_pair(std::string chain_pem, Secret key_pem);

/// A server-side TLS context that presents the pair; shared by all handshakes.
using TlsContext = std::shared_ptr<ssl_ctx_st>;
/// Without a certificate, for a listener that chooses one by name.
TlsContext make_tls_context();
/// Error: invalid_input when the key is not the leaf's.
Result<TlsContext> make_tls_context(const std::string& chain_pem, const Secret& key_pem);

/// A certificate signed by its own key, P-256, valid between the two moments.
UploadedPair make_self_signed(const std::string& name, Time not_before, Time not_after);

}  // namespace certferry::sandbox
