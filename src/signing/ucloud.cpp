#include "signing/ucloud.h"

#include <algorithm>

#include "crypto/digest.h"
#include "signing/canonical.h"

namespace certferry {

Result<UcloudParameters> sign_ucloud(const UcloudParameters& parameters, const AccessKey& key) {
  TRY_VOID(check_key("public_key", key.id));
  TRY_VOID(check_key("private_key", key.secret.reveal()));
  UcloudParameters sorted = parameters;
  sorted.emplace_back("PublicKey", Secret(key.id));
  std::ranges::sort(sorted, {}, &std::pair<std::string, Secret>::first);

  std::vector<std::string_view> texts;
  for (const auto& [name, value] : sorted) texts.insert(texts.end(), {name, value.reveal()});
  texts.push_back(key.secret.reveal());
  const Secret whole = joined(texts);
  return UcloudParameters{{"PublicKey", Secret(key.id)},
                          {"Signature", Secret(sha1_hex(whole.reveal()))}};
}

}  // namespace certferry
