// What the tests of US3 and ULB share. Included by tests only.
#pragma once

#include <string>
#include <vector>

#include "crypto/pem.h"
#include "crypto/throwaway_ca.h"
#include "model/label.h"
#include "providers/common/store_name.h"
#include "providers/testing/recording_http.h"
#include "providers/ucloud/ucloud.h"
#include "signing/canonical.h"

namespace certferry::testing {

inline const ThrowawayCa& ucloud_ca() {
  static const ThrowawayCa kCa(parse_time("2026-01-01T00:00:00Z").value(),
                               parse_time("2036-01-01T00:00:00Z").value());
  return kCa;
}

inline BundlePtr ucloud_bundle(std::vector<std::string> names) {
  const IssuedLeaf leaf =
      ucloud_ca().issue({.names = std::move(names),
                         .not_before = parse_time("2026-01-15T00:00:00Z").value(),
                         .not_after = parse_time("2026-04-15T00:00:00Z").value()});
  return read_bundle({.chain = Secret(leaf.chain_pem), .key = leaf.key_pem}).value();
}

/// What our upload of it is called in USSL.
inline std::string ucloud_name(const BundlePtr& bundle) {
  return store_name(label_for(bundle->fingerprint(), 7), bundle->leaf.not_after);
}

/// As JSON, without the quotes around it.
inline std::string escaped(const std::string& text) {
  std::string out;
  for (const char c : text) out += c == '\n' ? "\\n" : std::string(1, c);
  return out;
}

inline UcloudConfig ucloud_config(std::string region = "cn-bj2") {
  return {.endpoint = "https://api.ucloud.cn",
          .key = {.id = "PUBEXAMPLE", .secret = Secret("PRIVEXAMPLE"), .session_token = {}},
          .project = "org-xyz",
          .region = std::move(region)};
}

/// The parameters of a call but those that every call has, decoded, and its action first.
inline std::string asked(const RecordingHttp::Sent& sent) {
  std::string own = sent.body.substr(0, sent.body.find("&ProjectId="));
  const auto action = own.rfind("Action=");
  const std::string name = own.substr(action + 7);
  own.resize(action == 0 ? 0 : action - 1);
  return percent_decode(own.empty() ? name : name + " " + own);
}

}  // namespace certferry::testing
