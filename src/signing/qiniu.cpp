#include "signing/qiniu.h"

#include <algorithm>

#include "base/text.h"
#include "crypto/digest.h"
#include "signing/canonical.h"

namespace certferry {

namespace {

/// x-qiniu-ab-c: X-Qiniu-Ab-C.
std::string capitalised(std::string_view name) {
  std::string out = to_lower(name);
  for (std::size_t i = 0; i < out.size(); ++i) {
    if ((i == 0 || out[i - 1] == '-') && out[i] >= 'a' && out[i] <= 'z') {
      out[i] = static_cast<char>(out[i] - 'a' + 'A');
    }
  }
  return out;
}

Secret canonical_text(const UnsignedRequest& request, std::string_view raw_query) {
  std::string type;
  std::vector<std::string> own;
  for (const auto& [header, value] : request.headers) {
    const std::string name = capitalised(header);
    if (name == "Content-Type") type = value.reveal();
    if (name.starts_with("X-Qiniu-")) own.push_back(name + ": " + std::string(value.reveal()));
  }
  ASSERT(!type.empty());
  std::ranges::sort(own);

  std::string head = request.method + " " + request.path;
  if (!raw_query.empty()) head += "?" + std::string(raw_query);
  head += "\nHost: " + request.host + "\nContent-Type: " + type;
  for (const std::string& line : own) head += "\n" + line;
  head += "\n\n";
  return joined({head, type != "application/octet-stream" ? request.body : ""});
}

}  // namespace

Result<Signature> sign_qiniu(const UnsignedRequest& request,
                             std::string_view raw_query,
                             const AccessKey& key) {
  TRY_VOID(check_signable(request, key));
  Signature out;
  out.canonical = canonical_text(request, raw_query);
  std::string signature = base64_encode(hmac_sha1(key.secret, out.canonical.reveal()));
  std::ranges::replace(signature, '+', '-');
  std::ranges::replace(signature, '/', '_');
  out.headers.emplace_back("Authorization", Secret("Qiniu " + key.id + ":" + signature));
  return out;
}

}  // namespace certferry
