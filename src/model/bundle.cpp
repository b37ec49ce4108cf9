#include "model/bundle.h"

namespace certferry {

std::string to_string(KeyType type) {
  switch (type.algorithm) {
    case KeyType::Algorithm::kRsa:
      return "RSA " + std::to_string(type.bits);
    case KeyType::Algorithm::kEcdsa:
      return "ECDSA P-" + std::to_string(type.bits);
    case KeyType::Algorithm::kEd25519:
      return "Ed25519";
    case KeyType::Algorithm::kOther:
      break;
  }
  return "unknown key type";
}

std::string short_fingerprint(const std::string& fingerprint) {
  return fingerprint.substr(0, 12);
}

}  // namespace certferry
