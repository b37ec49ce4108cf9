#include "sandbox/aliyun/clb.h"

#include <algorithm>
#include <set>

#include "base/text.h"
#include "model/name.h"
#include "sandbox/aliyun/aliyun_support.h"
#include "sandbox/pair.h"

namespace certferry::sandbox {

using namespace aliyun;

namespace {

constexpr std::size_t kDomainsAListener = 20;
constexpr std::string_view kStopped = "lb-stopped";
constexpr std::string_view kMirror = "lb-mirror";
constexpr std::string_view kOwn = "1231579_own";  // what listeners have themselves

AliyunRefusal refused(std::string_view code, std::string_view message = "no") {
  return {.code = std::string(code), .message = std::string(message)};
}

bool good_name(std::string_view name) {
  const auto good = [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '.' || c == '_' || c == '-';
  };
  return !name.empty() && name.size() <= 80 &&
         std::isalpha(static_cast<unsigned char>(name[0])) != 0 && std::ranges::all_of(name, good);
}

Json own_certificate() {
  return {{"ServerCertificateId", kOwn},
          {"ServerCertificateName", "somebody's"},
          {"IsAliCloudCertificate", 0},
          {"AliCloudCertificateId", ""}};
}

}  // namespace

std::vector<AliyunClbState::Seat> AliyunClbState::seats() const {
  std::vector<Seat> out;
  std::size_t served = 0;
  for (const Domain* domain : domains_of(world_, "clb")) {
    const std::string balancer = domain->online
                                     ? "lb-" + std::to_string(100 + served++ / kDomainsAListener)
                                     : std::string(kStopped);
    const std::string id = std::to_string(domain->id);
    out.push_back({.domain = domain, .balancer = balancer, .extension = "de-" + id});
    if (mirrors_.contains(domain->name)) {
      out.push_back({.domain = domain,
                     .balancer = std::string(kMirror),
                     .extension = "de-mirror-" + id,
                     .mirror = true});
    }
  }
  return out;
}

std::string AliyunClbState::id_at_clb(const Entry& entry) const {
  for (const auto& [id, copy] : copies_) {
    if (copy.fingerprint == entry.pair.leaf.fingerprint) return id;
  }
  return "brought-" + std::to_string(entry.id);
}

std::string AliyunClbState::certificate_at(const Seat& seat, SteadyTime moment) const {
  if (seat.mirror) {
    const auto entry = world_.entries().find(mirrors_.at(seat.domain->name));
    return entry == world_.entries().end() ? std::string(kOwn) : id_at_clb(*entry->second);
  }
  const EntryPtr entry = seat.domain->bound_at(moment);
  return entry ? id_at_clb(*entry) : std::string(kOwn);
}

AliyunAnswer AliyunClbState::run(const AliyunRequest& call, SteadyTime moment) {
  if (text_of(call, "RegionId").empty()) return missing("RegionId");
  if (text_of(call, "RegionId") != "cn-hangzhou") return refused("InvalidRegionId.NotFound");
  if (call.name == "DescribeLoadBalancerListeners") return list_listeners(call);
  if (call.name == "DescribeDomainExtensions") return list_extensions(call, moment);
  if (call.name == "DescribeServerCertificates") return list_certificates();
  if (call.name == "UploadServerCertificate") return upload(call);
  if (call.name == "DeleteServerCertificate") return remove(call);
  return bind(call);
}

AliyunAnswer AliyunClbState::list_listeners(const AliyunRequest& call) const {
  if (text_of(call, "ListenerProtocol") != "https") return invalid("ListenerProtocol");
  const auto most = integer_of(text_of(call, "MaxResults"));
  if (!most || *most < 1 || *most > 100) return invalid("MaxResults");
  std::vector<std::string> all;
  for (const Seat& seat : seats()) {
    if (std::ranges::find(all, seat.balancer) == all.end()) all.push_back(seat.balancer);
  }
  const std::string_view token = text_of(call, "NextToken");
  const auto first = token.empty() ? std::optional<std::int64_t>(0) : integer_of(token);
  if (!first) return invalid("NextToken");
  Json items = Json::array();
  const auto end = std::min(static_cast<std::size_t>(*first + *most), all.size());
  for (auto at = static_cast<std::size_t>(*first); at < end; ++at) {
    items.push_back(
        {{"LoadBalancerId", all[at]},
         {"ListenerPort", 443},
         {"ListenerProtocol", "https"},
         {"Status", all[at] == kStopped ? "stopped" : "running"},
         {"HTTPSListenerConfig",
          {{"ServerCertificateId", kOwn}, {"TLSCipherPolicy", "tls_cipher_policy_1_2"}}}});
  }
  Json answer = {{"TotalCount", all.size()}, {"MaxResults", *most}, {"Listeners", items}};
  if (end < all.size()) answer["NextToken"] = std::to_string(end);
  return answer.dump();
}

AliyunAnswer AliyunClbState::list_extensions(const AliyunRequest& call, SteadyTime moment) const {
  const std::string_view balancer = text_of(call, "LoadBalancerId");
  if (balancer.empty()) return missing("LoadBalancerId");
  if (text_of(call, "ListenerPort") != "443") return refused("ListenerNotFound");
  Json items = Json::array();
  for (const Seat& seat : seats()) {
    if (seat.balancer != balancer) continue;
    items.push_back({{"DomainExtensionId", seat.extension},
                     {"Domain", seat.domain->name},
                     {"ServerCertificateId", certificate_at(seat, moment)}});
  }
  if (items.empty()) return refused("InvalidLoadBalancerId.NotFound");
  return Json{{"DomainExtensions", {{"DomainExtension", items}}}}.dump();
}

AliyunAnswer AliyunClbState::list_certificates() const {
  Json items = Json::array({own_certificate()});
  for (const auto& [id, copy] : copies_) {
    items.push_back({{"ServerCertificateId", id},
                     {"ServerCertificateName", copy.name},
                     {"IsAliCloudCertificate", 0}});
  }
  for (const auto& [id, entry] : world_.entries()) {
    const std::string own = id_at_clb(*entry);
    if (!own.starts_with("brought-")) continue;
    const bool used = std::ranges::any_of(seats(), [&](const Seat& seat) {
      return certificate_at(seat, world_.steady_now()) == own;
    });
    if (!used) continue;
    items.push_back({{"ServerCertificateId", own},
                     {"ServerCertificateName", "from CAS"},
                     {"IsAliCloudCertificate", 1},
                     {"AliCloudCertificateId", std::to_string(id)}});
  }
  return Json{{"ServerCertificates", {{"ServerCertificate", items}}}}.dump();
}

AliyunAnswer AliyunClbState::upload(const AliyunRequest& call) {
  const std::string name(text_of(call, "ServerCertificateName"));
  if (!good_name(name)) return invalid("ServerCertificateName");
  std::string chain(text_of(call, "ServerCertificate"));
  for (const char* part : {"ServerCertificate", "PrivateKey"}) {
    if (text_of(call, part).empty()) return missing(part);
  }
  if (chain.contains("\n\n") || chain.contains("\r")) {
    return refused("CertificateNotValid", "The certificate has an empty line.");
  }
  Secret key{std::string(text_of(call, "PrivateKey"))};
  const PairReader& reader = world_.pair_reader();
  Result<UploadedPair> pair = reader ? reader(std::move(chain), std::move(key))
                                     : read_pair(std::move(chain), std::move(key));
  if (!pair) return refused("CertificateNotValid", pair.error().message);
  const std::string id = "1231579_" + std::to_string(next_copy_++);
  copies_[id] = {.name = name, .fingerprint = pair->leaf.fingerprint};
  return Json{{"ServerCertificateId", id}, {"ServerCertificateName", name}}.dump();
}

AliyunAnswer AliyunClbState::bind(const AliyunRequest& call) {
  for (const char* name : {"DomainExtensionId", "ServerCertificateId"}) {
    if (text_of(call, name).empty()) return missing(name);
  }
  const std::vector<Seat> all = seats();
  const auto seat = std::ranges::find(all, text_of(call, "DomainExtensionId"), &Seat::extension);
  if (seat == all.end()) return refused("DomainExtensionNotFound");
  const std::string wanted(text_of(call, "ServerCertificateId"));
  for (const auto& [id, entry] : world_.entries()) {
    if (id_at_clb(*entry) != wanted) continue;
    if (world_.check_bind(id, seat->domain->name) != Outcome::kDone) {
      return refused("CertificateNotMatch");
    }
    if (seat->mirror) {
      mirrors_[seat->domain->name] = id;
    } else {
      world_.bind(id, seat->domain->name);
    }
    return "{}";
  }
  return refused("ServerCertificateId.NotFound");
}

AliyunAnswer AliyunClbState::remove(const AliyunRequest& call) {
  const std::string id(text_of(call, "ServerCertificateId"));
  if (id.empty()) return missing("ServerCertificateId");
  if (!copies_.contains(id)) return refused("ServerCertificateId.NotFound");
  for (const Seat& seat : seats()) {
    if (certificate_at(seat, world_.steady_now()) == id) {
      return refused("CertificateRelatedDomainExtensionExist");
    }
  }
  copies_.erase(id);
  return "{}";
}

}  // namespace certferry::sandbox
