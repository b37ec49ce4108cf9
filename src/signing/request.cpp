#include "signing/request.h"

namespace certferry {

namespace {

Error unfit(std::string_view field, std::string_view why) {
  return Error(ErrorKind::kInvalidInput, std::string(field) + std::string(why))
      .with_code("signing.key")
      .with_hint("give it exactly as the console shows it");
}

Result<void> check_whole(std::string_view field, std::string_view value) {
  constexpr std::string_view kForbidden("\r\n\0", 3);
  if (value.find_first_of(kForbidden) == std::string_view::npos) return {};
  return std::unexpected(unfit(field, " holds a line end or a NUL byte"));
}

}  // namespace

Result<void> check_key(std::string_view field, std::string_view value) {
  if (value.empty()) return std::unexpected(unfit(field, " is empty"));
  return check_whole(field, value);
}

Result<void> check_signable(const UnsignedRequest& request, const AccessKey& key) {
  // Our own doing, all of it; a line end there would be read as the start of another part.
  ASSERT(!request.host.empty() && request.path.starts_with('/'));
  ASSERT((request.method + request.host + request.path).find_first_of(" \r\n?#") ==
         std::string::npos);
  TRY_VOID(check_key("the access key's id", key.id));
  TRY_VOID(check_key("the access key's secret", key.secret.reveal()));
  TRY_VOID(check_whole("the session token", key.session_token.reveal()));
  for (const auto& [name, value] : request.headers) {
    TRY_VOID(check_whole("the header " + name, value.reveal()));
  }
  return {};
}

}  // namespace certferry
