// What each call of Qiniu's certificate store and CDN does to the world, and what it answers; those
// of Kodo are in kodo.h.
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <variant>

#include "sandbox/faults.h"
#include "sandbox/message.h"
#include "sandbox/world.h"

namespace certferry::sandbox {

enum class QiniuVerb {
  kListStored,
  kGetStored,
  kUpload,
  kDelete,
  kListDomains,
  kGetDomain,
  kSslize,
  kChangeHttps,
  kUnsslize,
  kListBuckets,
  kListBucketDomains,
  kListBound,
  kBindBucketDomain,
};

/// How the vendor says no.
struct QiniuRefusal {
  int status = 400;
  int code = 0;
  std::string message;
};

/// One request, taken apart.
struct QiniuRequest {
  /// As a fault calls it: "upload", "bind", of Kodo "buckets", "bucket_domains", "bound" and
  /// "bind_bucket_domain"; the path of an unknown one.
  std::string name;
  std::optional<QiniuVerb> verb;
  std::map<std::string, std::string, std::less<>> query;
  nlohmann::json body;  ///< an object, empty when there is none
  std::string id;       ///< of a certificate, as in the path
  std::string domain;   ///< canonical; empty when it is about none
  bool readable = true;

  bool changes() const;
  std::string_view counted_as() const { return verb ? name : std::string_view(); }
  CallShape shape() const;
};

QiniuRequest read_qiniu_request(const Request& request);

/// HTTPS settings beside the certificate, which every bind sets.
struct QiniuHttps {
  bool force = false;
  bool http2 = false;
};

/// The account beside what the world knows of it.
struct QiniuState {
  std::map<std::string, QiniuHttps> https;  ///< by domain
  milliseconds work{};                      ///< for how long after a change a domain takes no other
};

using QiniuAnswer = std::variant<nlohmann::json, QiniuRefusal>;

/// 24 hexadecimal digits.
std::string qiniu_certificate_id(std::int64_t id);
std::optional<std::int64_t> qiniu_certificate_number(std::string_view text);

/// What no call is there for, or cannot be read.
std::optional<QiniuRefusal> refuse_qiniu_call(const QiniuRequest& call);
/// Lists show the world as it was `view_age` ago.
QiniuAnswer run_qiniu_call(World& world,
                           QiniuState& state,
                           const QiniuRequest& call,
                           milliseconds view_age);
/// What it would answer if all went well, with nothing changed.
QiniuAnswer pretend_qiniu_call(World& world, const QiniuRequest& call);

}  // namespace certferry::sandbox
