#include "crypto/chain_order.h"

#include <algorithm>

#include "base/text.h"
#include "crypto/x509.h"

namespace certferry::openssl {

namespace {

std::string quoted(const X509& x509) {
  return "'" + printable(name_text(*X509_get_subject_name(&x509)), 100) + "'";
}

Error bad_chain(std::string message, std::string hint) {
  return Error(ErrorKind::kInvalidInput, std::move(message))
      .with_code("cert.chain")
      .with_hint(std::move(hint));
}

bool issued(X509& issuer, X509& subject) {
  const ErrorQueueGuard guard;
  return X509_NAME_cmp(X509_get_subject_name(&issuer), X509_get_issuer_name(&subject)) == 0 &&
         X509_verify(&subject, X509_get0_pubkey(&issuer)) == 1;
}

/// A cross-signed root comes twice, under one name and key: the copy that leads on is the one that
/// belongs into the chain, the self-issued one ends it.
X509Handle take_issuer(X509& subject, std::vector<X509Handle>& others) {
  auto found = others.end();
  for (auto it = others.begin(); it != others.end(); ++it) {
    if (!issued(**it, subject)) continue;
    found = it;
    if (!self_issued(**it)) break;
  }
  if (found == others.end()) return nullptr;
  X509Handle issuer = std::move(*found);
  others.erase(found);
  return issuer;
}

Result<void> check_extensions(X509& x509, const std::string& where) {
  const std::uint32_t flags = X509_get_extension_flags(&x509);
  if ((flags & (EXFLAG_CRITICAL | EXFLAG_INVALID)) == 0) return {};
  return std::unexpected(
      bad_chain("the certificate " + quoted(x509) + " in " + where + " has an extension that " +
                    ((flags & EXFLAG_CRITICAL) != 0 ? "is marked critical and unknown to clients"
                                                    : "is malformed"),
                "a pre-certificate or a damaged one is no use to a server; have it issued anew"));
}

Result<void> check_is_ca(X509& issuer, X509& subject, const std::string& where) {
  if (X509_check_ca(&issuer) != 0) return {};
  return std::unexpected(bad_chain("the certificate " + quoted(issuer) + " in " + where +
                                       " signed " + quoted(subject) + " but is no CA",
                                   "use the chain that the CA gave with the certificate"));
}

/// What is left over may only be a root that issued something.
Result<void> check_left_over(const std::vector<X509Handle>& chain,
                             const std::vector<X509Handle>& others,
                             const std::string& where) {
  for (const X509Handle& other : others) {
    const bool root = self_issued(*other) && std::ranges::any_of(chain, [&](const X509Handle& x) {
                        return issued(*other, *x);
                      });
    if (root) continue;
    return std::unexpected(
        bad_chain("the certificate " + quoted(*other) + " in " + where +
                      " is not part of the chain of " + quoted(*chain.front()),
                  "keep the leaf and its issuers only; if an intermediate is missing, add it"));
  }
  return {};
}

}  // namespace

Result<std::vector<X509Handle>> order_chain(X509Handle leaf,
                                            std::vector<X509Handle> others,
                                            const std::string& where) {
  std::vector<X509Handle> chain;
  chain.push_back(std::move(leaf));
  while (!self_issued(*chain.back())) {
    X509Handle issuer = take_issuer(*chain.back(), others);
    if (issuer == nullptr) break;
    TRY_VOID(check_is_ca(*issuer, *chain.back(), where));
    chain.push_back(std::move(issuer));
  }
  TRY_VOID(check_left_over(chain, others, where));
  if (chain.size() > 1 && self_issued(*chain.back())) chain.pop_back();
  for (const X509Handle& element : chain) TRY_VOID(check_extensions(*element, where));
  return chain;
}

}  // namespace certferry::openssl
