// The certificates that somebody uploaded to a zone: what the list says of each, which of them
// serves a host, and which a new one may take the place of.
#pragma once

#include <map>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "model/bundle.h"

namespace certferry {

struct ZoneCertificate {
  enum class State {
    kActive,
    kComing,   ///< uploaded, and on its way to the edge
    kGone,     ///< expired, deleted
    kUnknown,  ///< not to be touched: a status that is not known, an end that is not told, a key
               ///< that is kept elsewhere
  };
  std::string id;
  std::vector<std::string> hosts;  ///< canonical
  Time expires{};                  ///< to the second; unset: not told
  State state = State::kUnknown;
  std::string status;  ///< for people
  /// What a change of the certificate has to send again, or it would be reset: by the API's name,
  /// as the API takes it; `bundle_method` and `policy` as text, `geo_restrictions` as JSON.
  std::map<std::string, std::string> settings;
};

/// Throws `reply.shape` (unavailable): it has no hosts.
ZoneCertificate read_zone_certificate(const nlohmann::json& item);

/// What serves a host, by the vendor's rules.
struct HostServing {
  std::optional<ZoneCertificate> certificate;  ///< none: what Cloudflare issues, or nothing
  bool exactly = false;                        ///< by the host itself, not by a wildcard
  /// Why a certificate may not be put in its place: empty where it may.
  std::string problem;
};

/// An exact host comes before a wildcard; of several for the same host the one that is coming.
/// Several that are active cannot be told apart.
HostServing serving_of(const std::vector<ZoneCertificate>& all, const std::string& host);

/// Whether the certificate may be this leaf: some of its names, and its end.
bool is_like(const ZoneCertificate& certificate, const Certificate& leaf);

/// Where a bundle goes that is for a host.
struct WayIn {
  std::optional<std::string> replaces;          ///< an id; none: it is added
  Time ended{};                                 ///< of what it replaces: its end
  std::map<std::string, std::string> settings;  ///< of what it replaces, or comes before
};

/// Throws rejected: a host would lose what it is served, or it could not be said what it is served
/// afterwards.
WayIn way_in(const std::vector<ZoneCertificate>& all,
             const std::string& host,
             const std::vector<std::string>& names);

}  // namespace certferry
