#include "signing/ctyun.h"

#include "crypto/digest.h"
#include "signing/canonical.h"

namespace certferry {

Result<Signature> sign_ctyun(const UnsignedRequest& request,
                             const AccessKey& key,
                             Time now,
                             std::string_view request_id,
                             CtyunClock clock) {
  TRY_VOID(check_signable(request, key));
  // China has one time zone, and no summer time since 1991.
  const std::string time = format_basic_time(clock == CtyunClock::kBeijing ? now + hours(8) : now);
  Signature out;
  out.canonical = text_of_lines({"ctyun-eop-request-id:" + std::string(request_id),
                                 "eop-date:" + time,
                                 "",
                                 canonical_query(request.query),
                                 sha256_hex(request.body)});

  Secret link(hmac_sha256(key.secret, time));
  link = Secret(hmac_sha256(link, key.id));
  link = Secret(hmac_sha256(link, time.substr(0, 8)));
  const std::string signature = base64_encode(hmac_sha256(link, out.canonical.reveal()));
  out.headers = {
      {"ctyun-eop-request-id", Secret(std::string(request_id))},
      {"eop-date", Secret(time)},
      {"Eop-Authorization",
       Secret(key.id + " Headers=ctyun-eop-request-id;eop-date Signature=" + signature)}};
  return out;
}

}  // namespace certferry
