// Private to this room: certificates put in the order in which they issued one another.
#pragma once

#include <string>
#include <vector>

#include "crypto/openssl.h"

namespace certferry::openssl {

/// The leaf, then each one's issuer, without the root.
///
/// An issuer is known by its name and by its signature, not by its place. Roots that issued an
/// element are dropped. `where` names the text in messages. Error: invalid_input `cert.chain` for
/// an issuer that is no CA, for extensions that no client takes, and for certificates that issued
/// none of the others.
Result<std::vector<X509Handle>> order_chain(X509Handle leaf,
                                            std::vector<X509Handle> others,
                                            const std::string& where);

}  // namespace certferry::openssl
