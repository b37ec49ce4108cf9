#include "crypto/chain_verifier.h"

#include "base/text.h"
#include "crypto/openssl.h"
#include "crypto/x509.h"

namespace certferry {

struct OpenSslChainVerifier::Roots {
  openssl::StoreHandle store{X509_STORE_new()};
};

namespace {

using openssl::X509Handle;

// Longest public chains have four elements; a hostile one may have thousands.
constexpr int kDepthMax = 8;
// 112 bits: no SHA-1 signatures and no RSA under 2048 bits below the root, as browsers have it.
constexpr int kSecurityLevel = 2;

ChainVerdict verdict(ChainVerdict::Kind kind, std::string reason) {
  return {.kind = kind, .reason = std::move(reason)};
}

std::string quoted(const X509_NAME* name) {
  return "'" + printable(openssl::name_text(*name), 100) + "'";
}

/// Says which element is outside its dates, and how.
std::string dates_reason(const X509& x509, bool expired) {
  const std::string subject = quoted(X509_get_subject_name(&x509));
  // What has been verified so far has readable dates; to_certificate says so again.
  X509& mutable_x509 = const_cast<X509&>(x509);  // NOLINT(cppcoreguidelines-pro-type-const-cast)
  const auto certificate = openssl::to_certificate(mutable_x509);
  if (!certificate) return "the certificate " + subject + " has a date that does not exist";
  return "the certificate " + subject +
         (expired ? " ended on " + format_time(certificate->not_after)
                  : " begins only on " + format_time(certificate->not_before));
}

ChainVerdict explain(X509_STORE_CTX& context) {
  const int error = X509_STORE_CTX_get_error(&context);
  const X509* current = X509_STORE_CTX_get_current_cert(&context);
  if (current == nullptr) {
    return verdict(ChainVerdict::Kind::kBroken, X509_verify_cert_error_string(error));
  }
  const std::string subject = quoted(X509_get_subject_name(current));
  switch (error) {
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
      return verdict(ChainVerdict::Kind::kIncomplete,
                     "the issuer " + quoted(X509_get_issuer_name(current)) + " of " + subject +
                         " is neither in the chain nor among the trusted roots");
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
      return verdict(ChainVerdict::Kind::kUntrusted,
                     "the certificate " + subject + " is signed by itself and not a trusted root");
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_CERT_UNTRUSTED:
    case X509_V_ERR_CERT_REJECTED:
      return verdict(ChainVerdict::Kind::kUntrusted,
                     "the chain ends in " + subject + ", which is not among the trusted roots");
    case X509_V_ERR_CERT_HAS_EXPIRED:
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return verdict(ChainVerdict::Kind::kExpired,
                     dates_reason(*current, error == X509_V_ERR_CERT_HAS_EXPIRED));
    default:
      return verdict(ChainVerdict::Kind::kBroken,
                     "the certificate " + subject + ": " + X509_verify_cert_error_string(error));
  }
}

}  // namespace

OpenSslChainVerifier::OpenSslChainVerifier(const std::vector<Certificate>& extra_roots,
                                           const std::string& system_directory)
    : roots_(std::make_unique<Roots>()) {
  const openssl::ErrorQueueGuard guard;
  X509_STORE* store = roots_->store.get();
  ASSERT(store != nullptr);
  X509_LOOKUP* directory = X509_STORE_add_lookup(store, X509_LOOKUP_hash_dir());
  ASSERT(directory != nullptr);
  X509_LOOKUP_add_dir(directory, system_directory.c_str(), X509_FILETYPE_PEM);
  for (const Certificate& root : extra_roots) {
    const X509Handle x509 = openssl::x509_from_der(root.der);
    if (x509 != nullptr && root.self_issued) X509_STORE_add_cert(store, x509.get());
  }
}

OpenSslChainVerifier::~OpenSslChainVerifier() = default;

ChainVerdict OpenSslChainVerifier::verify(const std::vector<Certificate>& chain, Time at) const {
  const openssl::ErrorQueueGuard guard;
  if (chain.empty()) return verdict(ChainVerdict::Kind::kBroken, "there is no certificate at all");

  const openssl::X509Stack others(sk_X509_new_null());
  const X509Handle leaf = openssl::x509_from_der(chain.front().der);
  for (const Certificate& element : chain) {
    X509Handle x509 = openssl::x509_from_der(element.der);
    if (x509 == nullptr || leaf == nullptr) {
      return verdict(ChainVerdict::Kind::kBroken, "an element is not a whole certificate");
    }
    if (&element != &chain.front()) sk_X509_push(others.get(), x509.release());
  }

  const openssl::StoreContext context(X509_STORE_CTX_new());
  ASSERT(X509_STORE_CTX_init(context.get(), roots_->store.get(), leaf.get(), others.get()) == 1);
  X509_VERIFY_PARAM* parameters = X509_STORE_CTX_get0_param(context.get());
  X509_VERIFY_PARAM_set_purpose(parameters, X509_PURPOSE_SSL_SERVER);
  X509_VERIFY_PARAM_set_depth(parameters, kDepthMax);
  X509_VERIFY_PARAM_set_auth_level(parameters, kSecurityLevel);
  X509_VERIFY_PARAM_set_time(parameters,
                             std::chrono::floor<seconds>(at).time_since_epoch().count());
  if (X509_verify_cert(context.get()) == 1) return verdict(ChainVerdict::Kind::kTrusted, {});
  return explain(*context);
}

}  // namespace certferry
