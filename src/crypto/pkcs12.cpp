#include "crypto/pkcs12.h"

#include <openssl/pem.h>

#include <optional>
#include <vector>

#include "crypto/openssl.h"
#include "crypto/private_key.h"

namespace certferry {

namespace {

// Real archives have a few KiB; runs of indefinite lengths keep OpenSSL's reader busy.
constexpr std::size_t kArchiveBytesMax = std::size_t{64} * 1024;
// OpenSSL and Windows write 2,000 or so, the careful some 100,000; each takes about a microsecond.
constexpr std::uint64_t kRoundsMax = 2'000'000;

struct SafesDeleter {
  void operator()(STACK_OF(PKCS7) * stack) const { sk_PKCS7_pop_free(stack, PKCS7_free); }
};
struct BagsDeleter {
  void operator()(STACK_OF(PKCS12_SAFEBAG) * stack) const {
    sk_PKCS12_SAFEBAG_pop_free(stack, PKCS12_SAFEBAG_free);
  }
};
using Safes = std::unique_ptr<STACK_OF(PKCS7), SafesDeleter>;
using Bags = std::unique_ptr<STACK_OF(PKCS12_SAFEBAG), BagsDeleter>;
using Pbe = std::unique_ptr<PBEPARAM, openssl::Deleter<&PBEPARAM_free>>;
using Pbe2 = std::unique_ptr<PBE2PARAM, openssl::Deleter<&PBE2PARAM_free>>;
using Pbkdf2 = std::unique_ptr<PBKDF2PARAM, openssl::Deleter<&PBKDF2PARAM_free>>;

Error bad_archive(std::string code, std::string message, std::string hint) {
  return Error(ErrorKind::kInvalidInput, std::move(message))
      .with_code("pkcs12." + std::move(code))
      .with_hint(std::move(hint));
}

/// Absent means one, by RFC 7292.
std::uint64_t number_of(const ASN1_INTEGER* integer) {
  std::uint64_t number = 1;
  // Below zero or beyond 64 bits is as good as endless.
  if (integer != nullptr && ASN1_INTEGER_get_uint64(&number, integer) != 1) return UINT64_MAX;
  return number;
}

template <typename Handle>
Handle unpacked(const ASN1_ITEM* item, const ASN1_TYPE* value) {
  return Handle(static_cast<typename Handle::pointer>(ASN1_TYPE_unpack_sequence(item, value)));
}

/// How many rounds opening something so encrypted takes; none when it is a kind that we do not
/// know.
std::optional<std::uint64_t> rounds_of(const X509_ALGOR* algorithm) {
  const ASN1_OBJECT* object = nullptr;
  int type = 0;
  const void* value = nullptr;
  X509_ALGOR_get0(&object, &type, &value, algorithm);
  if (type != V_ASN1_SEQUENCE) return std::nullopt;
  if (OBJ_obj2nid(object) != NID_pbes2) {
    const auto pbe = unpacked<Pbe>(ASN1_ITEM_rptr(PBEPARAM), algorithm->parameter);
    return pbe ? std::optional(number_of(pbe->iter)) : std::nullopt;
  }
  const auto pbe2 = unpacked<Pbe2>(ASN1_ITEM_rptr(PBE2PARAM), algorithm->parameter);
  if (!pbe2 || OBJ_obj2nid(pbe2->keyfunc->algorithm) != NID_id_pbkdf2) return std::nullopt;
  const auto pbkdf2 = unpacked<Pbkdf2>(ASN1_ITEM_rptr(PBKDF2PARAM), pbe2->keyfunc->parameter);
  return pbkdf2 ? std::optional(number_of(pbkdf2->iter)) : std::nullopt;
}

/// Opens one archive; counts what that costs before it pays.
class Archive {
 public:
  Archive(const Secret& password, const std::string& where)
      : password_(password.empty() ? std::string_view("") : password.reveal()), where_(where) {}

  Result<Secret> to_pem(const Secret& bytes) {
    const unsigned char* at = openssl::bytes_of(bytes.reveal());
    const openssl::Pkcs12Handle archive(d2i_PKCS12(nullptr, &at, static_cast<long>(bytes.size())));
    if (archive == nullptr) {
      return std::unexpected(bad_archive("not_pkcs12",
                                         where_ + " is no PFX archive (PKCS#12), or is cut short",
                                         "name the .p12 or .pfx file; for PEM files there is the "
                                         "source 'files'"));
    }
    TRY_VOID(check_password(*archive));
    const Safes safes(PKCS12_unpack_authsafes(archive.get()));
    if (safes == nullptr) return std::unexpected(unsupported());
    for (int i = 0; i < sk_PKCS7_num(safes.get()); ++i) {
      TRY_VOID(open_safe(*sk_PKCS7_value(safes.get(), i)));
    }
    return Secret(std::string(openssl::text_of(pem_)));
  }

 private:
  Error unserved_key() const {
    return Error(ErrorKind::kInvalidInput,
                 where_ +
                     " holds a private key that is damaged, or of a kind that edges do not "
                     "serve")
        .with_code("cert.key_unsupported")
        .with_hint("issue the certificate with an RSA or ECDSA key");
  }

  Error unsupported() const {
    return bad_archive("unsupported",
                       where_ +
                           " is encrypted in a way that OpenSSL 3 does not read, mostly an "
                           "old one",
                       "write it anew: (umask 077; openssl pkcs12 -legacy -in FILE -nodes -out "
                       "all.pem), and use all.pem with the source 'files'");
  }

  Result<void> pay(std::optional<std::uint64_t> rounds) {
    if (!rounds) return std::unexpected(unsupported());
    if (*rounds > kRoundsMax - rounds_) {
      return std::unexpected(bad_archive(
          "rounds",
          where_ + " wants more than " + std::to_string(kRoundsMax) + " rounds of key derivation",
          "export it anew with fewer: openssl pkcs12 -export -iter 100000"));
    }
    rounds_ += *rounds;
    return {};
  }

  /// An empty password is written in two ways; both are tried.
  Result<void> check_password(PKCS12& archive) {
    if (PKCS12_mac_present(&archive) != 1) return std::unexpected(unsupported());
    const ASN1_INTEGER* rounds = nullptr;
    PKCS12_get0_mac(nullptr, nullptr, nullptr, &rounds, &archive);
    TRY_VOID(pay(number_of(rounds)));
    if (PKCS12_verify_mac(&archive, characters(), length()) == 1) return {};
    if (password_.empty() && PKCS12_verify_mac(&archive, nullptr, 0) == 1) {
      password_ = {};
      return {};
    }
    return std::unexpected(
        bad_archive("password",
                    "the password does not open " + where_ + ", or the archive is damaged",
                    "check 'password'; try it with: openssl pkcs12 -in FILE -noout"));
  }

  Result<void> open_safe(PKCS7& safe) {
    Bags bags;
    if (OBJ_obj2nid(safe.type) == NID_pkcs7_data) {
      bags.reset(PKCS12_unpack_p7data(&safe));
    } else if (OBJ_obj2nid(safe.type) == NID_pkcs7_encrypted && safe.d.encrypted != nullptr) {
      TRY_VOID(pay(rounds_of(safe.d.encrypted->enc_data->algorithm)));
      bags.reset(PKCS12_unpack_p7encdata(&safe, characters(), length()));
    }
    if (bags == nullptr) return std::unexpected(unsupported());
    for (int i = 0; i < sk_PKCS12_SAFEBAG_num(bags.get()); ++i) {
      TRY_VOID(open_bag(*sk_PKCS12_SAFEBAG_value(bags.get(), i)));
    }
    return {};
  }

  /// Bags of other kinds (revocation lists, secrets) are passed over.
  Result<void> open_bag(PKCS12_SAFEBAG& bag) {
    switch (PKCS12_SAFEBAG_get_nid(&bag)) {
      case NID_certBag: {
        const openssl::X509Handle x509(PKCS12_SAFEBAG_get1_cert(&bag));
        if (x509 != nullptr) ASSERT(PEM_write_bio_X509(pem_.get(), x509.get()) == 1);
        return {};
      }
      case NID_keyBag:
        return add_key(PKCS12_SAFEBAG_get0_p8inf(&bag));
      case NID_pkcs8ShroudedKeyBag: {
        const X509_ALGOR* algorithm = nullptr;
        X509_SIG_get0(PKCS12_SAFEBAG_get0_pkcs8(&bag), &algorithm, nullptr);
        TRY_VOID(pay(rounds_of(algorithm)));
        const openssl::Pkcs8Handle key(PKCS12_decrypt_skey(&bag, characters(), length()));
        return add_key(key.get());
      }
      default:
        return {};
    }
  }

  Result<void> add_key(const PKCS8_PRIV_KEY_INFO* info) {
    if (info == nullptr) return std::unexpected(unsupported());
    const openssl::Key key = openssl::key_from_pkcs8(*info);
    if (key == nullptr) return std::unexpected(unserved_key());
    const std::optional<Secret> text = openssl::key_to_pem(*key, KeyForm::kPkcs8);
    if (!text) return std::unexpected(unsupported());
    const auto size = static_cast<int>(text->size());
    ASSERT(BIO_write(pem_.get(), text->reveal().data(), size) == size);
    return {};
  }

  /// Null for the second spelling of an empty password.
  const char* characters() const { return password_.data(); }
  int length() const { return static_cast<int>(password_.size()); }

  std::string_view password_;
  const std::string& where_;
  std::uint64_t rounds_ = 0;
  openssl::Bio pem_ = openssl::memory_bio();
};

}  // namespace

Result<Secret> pkcs12_to_pem(const Secret& archive,
                             const Secret& password,
                             const std::string& where) {
  const openssl::ErrorQueueGuard guard;
  if (archive.empty()) {
    // The same as of an empty PEM file: it may be about to be written.
    return std::unexpected(Error(ErrorKind::kInvalidInput, where + " is empty")
                               .with_code("pem.empty")
                               .with_hint("check that whatever writes it has finished its work"));
  }
  if (archive.size() > kArchiveBytesMax) {
    return std::unexpected(bad_archive("too_large",
                                       where + " holds more than 64 KiB",
                                       "export one certificate with its chain and its key, nothing "
                                       "else"));
  }
  return Archive(password, where).to_pem(archive);
}

}  // namespace certferry
