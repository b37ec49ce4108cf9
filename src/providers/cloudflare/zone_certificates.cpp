// What is odd here, each with its evidence (all of it in metadata.cpp):
//  - neither fingerprint nor serial is told: hosts, end, issuer and signature are all there is
//  - for a host the most specific certificate counts; of two for the same host, which may be an RSA
//    and an ECDSA one that are served side by side, the list does not say which is which
//  - what a change leaves out may be reset, so it is read and sent again

#include "providers/cloudflare/zone_certificates.h"

#include <algorithm>

#include "base/text.h"
#include "model/name.h"
#include "providers/cloudflare/replies.h"
#include "providers/common/json_api.h"
#include "providers/common/spelled_name.h"

namespace certferry {

namespace {

using Json = nlohmann::json;
using State = ZoneCertificate::State;

State state_of(const std::string& status) {
  if (status == "active") return State::kActive;
  for (const char* coming : {"pending", "initializing", "pending_deployment"}) {
    if (status == coming) return State::kComing;
  }
  for (const char* gone : {"expired", "deleted", "pending_deletion"}) {
    if (status == gone) return State::kGone;
  }
  return State::kUnknown;
}

std::map<std::string, std::string> settings_of(const Json& item) {
  std::map<std::string, std::string> settings;
  const std::string method = text_of(item, "bundle_method");
  if (!method.empty()) settings["bundle_method"] = method;
  if (const Json* where = member(item, "geo_restrictions"); where != nullptr && !where->empty()) {
    settings["geo_restrictions"] = json_text(*where);
  }
  // Taken as `policy`, told as `policy_restrictions`.
  for (const char* key : {"policy", "policy_restrictions"}) {
    const std::string policy = text_of(item, key);
    if (!policy.empty()) settings["policy"] = policy;
  }
  return settings;
}

bool has(const std::vector<std::string>& names, const std::string& name) {
  return std::ranges::find(names, name) != names.end();
}

std::vector<const ZoneCertificate*> of_host(const std::vector<ZoneCertificate>& all,
                                            const std::string& host) {
  std::vector<const ZoneCertificate*> found;
  for (const ZoneCertificate& one : all) {
    if (one.state != State::kGone && has(one.hosts, host)) found.push_back(&one);
  }
  return found;
}

HostServing one_of(const std::vector<const ZoneCertificate*>& candidates, bool exactly) {
  HostServing serving{.certificate = *candidates.front(), .exactly = exactly, .problem = {}};
  const auto untouchable = std::ranges::find(candidates, State::kUnknown, &ZoneCertificate::state);
  if (untouchable != candidates.end()) {
    serving.certificate = **untouchable;
    serving.problem = "with a certificate that is " + (*untouchable)->status;
    return serving;
  }
  if (candidates.size() == 1) return serving;
  // Of a replacement the old one stays until the new one is active.
  const auto coming = [](const ZoneCertificate* one) { return one->state == State::kComing; };
  if (std::ranges::count_if(candidates, coming) == 1) {
    serving.certificate = **std::ranges::find_if(candidates, coming);
    return serving;
  }
  serving.problem = "with " + count_of(candidates.size(), "certificate") + ", not told apart";
  return serving;
}

Error rejected(std::string what, std::string hint) {
  return Error(ErrorKind::kRejected, std::move(what))
      .with_code("vendor.rejected")
      .with_hint(std::move(hint));
}

std::string list_of(const std::vector<std::string>& names) {
  return printable(join(names, ", "), 200);
}

void require_covered(const ZoneCertificate& one, const std::vector<std::string>& names) {
  std::vector<std::string> left;
  std::ranges::copy_if(one.hosts, std::back_inserter(left), [&](const std::string& host) {
    return !any_covers(names, {}, host);
  });
  if (left.empty()) return;
  throw rejected("certificate " + one.id + ", which it would take the place of, serves " +
                     list_of(left) + " as well, which the new one does not cover",
                 "renew one that covers them too, or delete that one at Cloudflare, which then "
                 "serves its hosts what it issues itself");
}

/// Those that one takes the place of which is on its way: they stay until it is active.
void drop_replaced(std::vector<const ZoneCertificate*>& rivals) {
  const std::vector<const ZoneCertificate*> all = rivals;
  std::erase_if(rivals, [&](const ZoneCertificate* one) {
    return one->state == State::kActive &&
           std::ranges::any_of(all, [&](const ZoneCertificate* other) {
             return other->state == State::kComing &&
                    std::ranges::all_of(one->hosts, [&](const std::string& host) {
                      return any_covers(other->hosts, {}, host);
                    });
           });
  });
}

}  // namespace

ZoneCertificate read_zone_certificate(const Json& item) {
  Result<std::string> id = id_of(item, "id", Effect::kReads);
  if (!id) throw std::move(id).error();
  ZoneCertificate one{.id = *std::move(id),
                      .hosts = {},
                      .expires = cloudflare_time(item, "expires_on"),
                      .status = words_of(item, "status"),
                      .settings = settings_of(item)};
  one.state = state_of(one.status);
  const Json* hosts = member(item, "hosts");
  if (hosts != nullptr && hosts->is_array()) {
    for (const Json& host : *hosts) {
      const std::string spelled = host.is_string() ? host.get<std::string>() : "";
      if (!spelled.empty()) one.hosts.push_back(canonical_of_spelled(spelled));
    }
  }
  if (one.hosts.empty() && one.state != State::kGone) {
    throw bad_shape("certificate " + one.id + " in the list has no hosts", Effect::kReads);
  }
  if (one.state == State::kGone) return one;
  if (member(item, "keyless_server") != nullptr) {
    one.state = State::kUnknown;
    one.status = "keyless";
  } else if (one.expires == Time{}) {
    one.state = State::kUnknown;
    one.status = "without an end";
  }
  return one;
}

HostServing serving_of(const std::vector<ZoneCertificate>& all, const std::string& host) {
  const std::vector<const ZoneCertificate*> exact = of_host(all, host);
  if (!exact.empty()) return one_of(exact, true);
  const auto dot = host.find('.');
  if (dot == std::string::npos || host.starts_with("*.")) return {};
  const std::vector<const ZoneCertificate*> wild = of_host(all, "*" + host.substr(dot));
  return wild.empty() ? HostServing{} : one_of(wild, false);
}

bool is_like(const ZoneCertificate& certificate, const Certificate& leaf) {
  return certificate.expires == std::chrono::floor<seconds>(leaf.not_after) &&
         std::ranges::all_of(certificate.hosts,
                             [&](const std::string& host) { return has(leaf.dns_names, host); });
}

WayIn way_in(const std::vector<ZoneCertificate>& all,
             const std::string& host,
             const std::vector<std::string>& names) {
  const HostServing serving = serving_of(all, host);
  if (!serving.problem.empty()) {
    throw rejected(host + " is served " + serving.problem,
                   "leave one certificate for it at Cloudflare, and see that it is active");
  }
  // Those for the same hosts, of which one may be replaced.
  std::vector<const ZoneCertificate*> rivals;
  std::vector<std::string> claimed = names;
  if (serving.certificate && serving.exactly) claimed.push_back(host);
  for (const std::string& name : claimed) {
    for (const ZoneCertificate* one : of_host(all, name)) {
      if (std::ranges::find(rivals, one) == rivals.end()) rivals.push_back(one);
    }
  }
  drop_replaced(rivals);
  for (const ZoneCertificate* one : rivals) {
    if (one->state != State::kUnknown) require_covered(*one, names);
  }
  if (rivals.empty()) {
    if (!serving.certificate) return {};
    return {.replaces = std::nullopt, .ended = {}, .settings = serving.certificate->settings};
  }
  if (rivals.size() == 1 && rivals.front()->state != State::kUnknown) {
    const ZoneCertificate& one = *rivals.front();
    return {.replaces = one.id, .ended = one.expires, .settings = one.settings};
  }
  std::vector<std::string> each;
  for (const ZoneCertificate* one : rivals)
    each.push_back(one->id + " for " + join(one->hosts, " "));
  throw rejected("the zone has " + count_of(rivals.size(), "certificate") +
                     " for hosts that the new one is for as well: " + list_of(each),
                 "one can be replaced, and each other would be served in its place or not, as "
                 "Cloudflare chooses: delete the others there");
}

}  // namespace certferry
