#include "signing/dogecloud_token.h"

#include <span>
#include <string>

#include "base/text.h"
#include "crypto/digest.h"
#include "signing/request.h"

namespace certferry {

namespace {

/// target LF body. It holds the private key of an upload, hence the Secret, and hence the reserve:
/// a string that grows leaves copies behind.
Secret string_to_sign(std::string_view target, std::string_view body) {
  std::string text;
  text.reserve(target.size() + 1 + body.size());
  text += target;
  text += '\n';
  text += body;
  return Secret(std::move(text));
}

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

  const Secret message = string_to_sign(target, body);
  const std::string signature = hex_of(hmac_sha1(secret_key, message.reveal()));
  return Secret("TOKEN " + std::string(access_key) + ":" + signature);
}

}  // namespace certferry
