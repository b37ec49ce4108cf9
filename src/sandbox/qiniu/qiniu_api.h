// Qiniu's certificate store and CDN, over a World.
//
// An independent witness for the adapter: the two share no code. It is strict about signatures,
// dates, pages, what a domain's settings must say and when they may be changed; codes are those of
// the vendor's documents and console where they stand there. Sources: the documents that
// providers/qiniu/metadata.cpp names, the vendor's console, clients.
#pragma once

#include "sandbox/qiniu/qiniu_calls.h"
#include "sandbox/qiniu/qiniu_token.h"
#include "sandbox/vendor_api.h"
#include "sandbox/world.h"

namespace certferry::sandbox {

struct QiniuOptions {
  QiniuCredentials credentials;
  milliseconds list_lag{};  ///< lists show the account as it was so long ago
  milliseconds work{};      ///< how long a domain is at work after a change, and takes no other
};

extern template class VendorApi<QiniuRequest, QiniuAnswer, QiniuRefusal>;

/// Lifetime: world and faults outlive it. A fault's endpoint is "upload", "bind", "delete",
/// "domains", "domain", "certificates", "certificate" or "unbind".
class QiniuApi final : public VendorApi<QiniuRequest, QiniuAnswer, QiniuRefusal> {
 public:
  QiniuApi(QiniuOptions options, World& world, Faults& faults);

 private:
  QiniuRequest read(const Request& request) override;
  std::optional<QiniuRefusal> refuse(const Request& request, const QiniuRequest& call) override;
  QiniuAnswer run(const QiniuRequest& call, milliseconds view_age) override;
  QiniuAnswer pretend(const QiniuRequest& call) override;
  void forget_settings(const QiniuRequest& call) override;
  Reply reply_to(const QiniuRequest& call, const QiniuAnswer& answer) override;
  std::optional<QiniuAnswer> say_instead(const QiniuRequest& call, const Fault& fault) override;

  QiniuOptions options_;
  QiniuState state_;
};

}  // namespace certferry::sandbox
