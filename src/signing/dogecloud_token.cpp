#include "signing/dogecloud_token.h"

#include <span>
#include <string>

#include "base/text.h"
#include "crypto/digest.h"
#include "signing/canonical.h"
#include "signing/request.h"

namespace certferry {

namespace {

std::string hex_of(std::string_view raw) {
  return to_hex(std::span(reinterpret_cast<const unsigned char*>(raw.data()), raw.size()));
}

}  // namespace

Result<Secret> dogecloud_authorization(std::string_view access_key,
                                       const Secret& secret_key,
                                       std::string_view target,
                                       std::string_view body) {
  TRY_VOID(check_key("access_key", access_key));
  TRY_VOID(check_key("secret_key", secret_key.reveal()));
  // A line end in the target could be read as the start of the body.
  ASSERT(target.starts_with('/') && target.find('\n') == std::string_view::npos);

  const Secret message = text_of_lines({target, body});
  const std::string signature = hex_of(hmac_sha1(secret_key, message.reveal()));
  return Secret("TOKEN " + std::string(access_key) + ":" + signature);
}

}  // namespace certferry
