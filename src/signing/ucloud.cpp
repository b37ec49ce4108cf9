#include "signing/ucloud.h"

#include <algorithm>

#include "crypto/digest.h"

namespace certferry {

Result<UcloudParameters> sign_ucloud(const UcloudParameters& parameters, const AccessKey& key) {
  TRY_VOID(check_key("public_key", key.id));
  TRY_VOID(check_key("private_key", key.secret.reveal()));
  UcloudParameters sorted = parameters;
  sorted.emplace_back("PublicKey", Secret(key.id));
  std::ranges::sort(sorted, {}, &std::pair<std::string, Secret>::first);

  // The private key and, of an upload, the certificate's: a string that grows leaves copies behind.
  std::size_t size = key.secret.size();
  for (const auto& [name, value] : sorted) size += name.size() + value.size();
  std::string text;
  text.reserve(size);
  for (const auto& [name, value] : sorted) {
    text += name;
    text += value.reveal();
  }
  text += key.secret.reveal();
  const Secret whole(std::move(text));
  return UcloudParameters{{"PublicKey", Secret(key.id)},
                          {"Signature", Secret(sha1_hex(whole.reveal()))}};
}

}  // namespace certferry
