// CLB (classic load balancers, SLB 2014-05-15), HTTPS listeners of one region: the domains that are
// written down as a listener's "domain extensions", each with a certificate of its own.
//
// How a listener is a target. Each extension names a domain and its certificate, so it is one; a
// domain at several listeners is one target, which a bind brings to each of them in turn, and while
// they differ it is listed as set to "this and that". What a listener has beside them answers
// whoever asks for another name or for none: it is listed under its ids and left alone, so that
// nothing is deleted that it has.
//
// What is odd here, each with its evidence (all of it in metadata.cpp):
//  - CLB has a store of its own for each region; a bundle is copied there once, under a name that
//    says its id in CAS ............................................ docs: UploadServerCertificate
//  - what a person brought there from CAS says so itself, by AliCloudCertificateId .. docs:
//    DescribeServerCertificates
//  - an empty line in a chain is refused ............................ certimate issue 326
//  - its store guards what is in use, and lists come whole .......... docs: DeleteServerCertificate
//  - its host names the region, but for the first one ............... docs: endpoints; certimate
//  - extensions can be listed only listener by listener ............. docs:
//  DescribeDomainExtensions
//  - names are looked at on port 443, where other listeners are not . here: probes
// API:
// https://help.aliyun.com/zh/slb/classic-load-balancer/developer-reference/api-slb-2014-05-15-overview

#include "providers/aliyun/clb.h"

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <set>

#include "base/text.h"
#include "model/name.h"
#include "providers/aliyun/identifier.h"
#include "providers/common/each_place.h"
#include "providers/common/form_body.h"
#include "providers/common/json_api.h"
#include "providers/common/page_walk.h"
#include "providers/common/spelled_name.h"

namespace certferry {

namespace {

using Json = nlohmann::json;

constexpr AliyunService kSlb{.id = "slb", .version = "2014-05-15", .ram = "slb"};
constexpr AliyunAction kListListeners{.service = &kSlb, .name = "DescribeLoadBalancerListeners"};
constexpr AliyunAction kListExtensions{.service = &kSlb, .name = "DescribeDomainExtensions"};
constexpr AliyunAction kListCertificates{.service = &kSlb, .name = "DescribeServerCertificates"};
constexpr AliyunAction kUpload{.service = &kSlb,
                               .name = "UploadServerCertificate",
                               .effect = Effect::kChanges,
                               .carried_key = true};
constexpr AliyunAction kBind{
    .service = &kSlb, .name = "SetDomainExtensionAttribute", .effect = Effect::kChanges};
constexpr AliyunAction kDelete{
    .service = &kSlb, .name = "DeleteServerCertificate", .effect = Effect::kChanges};

constexpr std::string_view kCopyPrefix = "certferry-";
/// How an identifier ends, by where CAS has a store.
constexpr std::array<std::string_view, 2> kStores{"-cn-hangzhou", "-ap-southeast-1"};
constexpr std::string_view kFirstRegion = "cn-hangzhou";  ///< whose host names no region

/// The list at that place of an answer without pages.
Result<std::vector<Json>> whole_list(const Json& reply,
                                     std::string_view outer,
                                     std::string_view inner) {
  const Json* block = member(reply, outer);
  const Json* list = block == nullptr ? nullptr : member(*block, inner);
  if (list == nullptr) return std::vector<Json>();
  if (list->is_array()) return std::vector<Json>(list->begin(), list->end());
  return std::unexpected(
      bad_shape("the answer has no list '" + std::string(inner) + "'", Effect::kReads));
}

/// CLB refuses a chain with an empty line in it.
std::string without_empty_lines(const std::string& pem) {
  std::string out;
  for (const std::string& line : split(pem, '\n')) {
    if (trim(line).empty()) continue;
    out.append(trim(line)).append("\n");
  }
  return out;
}

/// What a copy of that name was made of: "7-cn-hangzhou" of "certferry-7-cn-hangzhou". Other names
/// of certferry's, those that it gives to what it uploads to CAS for one, say nothing of the kind.
std::optional<std::string> copied_identifier(const std::string& name) {
  if (!name.starts_with(kCopyPrefix)) return std::nullopt;
  const std::string identifier = name.substr(kCopyPrefix.size());
  const std::size_t digits = identifier.find_first_not_of("0123456789");
  if (digits == 0 || digits == std::string::npos) return std::nullopt;
  const std::string_view rest = std::string_view(identifier).substr(digits);
  return std::ranges::find(kStores, rest) != kStores.end() ? std::optional(identifier)
                                                           : std::nullopt;
}

/// Why a listener's names are no targets; empty: they are.
std::string out_of_service(const Json& listener) {
  const std::string status = text_of(listener, "Status");
  const std::string port = text_of(listener, "ListenerPort");
  if (status == "stopped") return "offline";  // as every product here says it
  if (status != "running" && status != "configuring") return "of status " + printable(status, 40);
  return port == "443" ? "" : "at port " + printable(port, 20) + ", where nobody looks";
}

/// What a name is set to by what its places are set to.
std::string together(const std::set<std::string>& each) {
  const std::vector<std::string> words(each.begin(), each.end());
  return printable(join(words, " and "), 120);
}

}  // namespace

AliyunCall AliyunClb::call(const AliyunAction& action, std::string doing) const {
  const std::string& region = account_.clb_region();
  return {.action = action,
          .doing = std::move(doing),
          .query = {{"RegionId", region}},
          .where = region == kFirstRegion ? "" : region};
}

std::string AliyunClb::copy_name(const std::string& stored_id) const {
  return std::string(kCopyPrefix) + identifier_of(stored_id, account_.region());
}

/// What is in none of our lists must not look like nothing at all.
std::string AliyunClb::id_in_cas(const Json& certificate) const {
  // First what CLB says itself: what was brought there keeps the name that it had in CAS, which may
  // well begin as a copy's does.
  const std::string origin = text_of(certificate, "AliCloudCertificateId");
  if (!origin.empty() && origin != "0") return id_in_store(origin, account_.region());
  const std::optional<std::string> copied =
      copied_identifier(text_of(certificate, "ServerCertificateName"));
  if (copied) return id_in_store(*copied, account_.region());
  return "of CLB: " + printable(text_of(certificate, "ServerCertificateId"), 80);
}

Task<std::vector<Json>> AliyunClb::list_certificates(std::string doing) {
  AliyunCall question = call(kListCertificates, doing);
  const Json reply = co_await account_.call(std::move(question));
  // Without it every certificate would look like one that has to be copied.
  if (member(reply, "ServerCertificates") == nullptr) {
    throw bad_shape("the answer has no 'ServerCertificates'", Effect::kReads)
        .while_doing(std::move(doing));
  }
  Result<std::vector<Json>> all = whole_list(reply, "ServerCertificates", "ServerCertificate");
  if (!all) throw std::move(all).error().while_doing(std::move(doing));
  co_return *std::move(all);
}

Task<std::vector<Json>> AliyunClb::list_listeners(std::string doing) {
  std::vector<Json> all;
  MarkerWalk walk;
  for (bool more = true; more;) {
    AliyunCall page = call(kListListeners, doing);
    page.query.emplace_back("ListenerProtocol", "https");
    page.query.emplace_back("MaxResults", "100");
    if (!walk.marker().empty()) page.query.emplace_back("NextToken", walk.marker());
    const Json reply = co_await account_.call(std::move(page));
    const Json* items = member(reply, "Listeners");
    if (items != nullptr && !items->is_array()) items = nullptr;
    if (items == nullptr && integer_of(reply, "TotalCount") != 0) {
      throw bad_shape("the answer has no list 'Listeners'", Effect::kReads).while_doing(doing);
    }
    if (items != nullptr) all.insert(all.end(), items->begin(), items->end());
    const Result<bool> taken = walk.take(text_of(reply, "NextToken"));
    if (!taken) throw Error(taken.error()).while_doing(doing);
    more = *taken;
  }
  co_return all;
}

Task<std::vector<Json>> AliyunClb::list_extensions(Json listener, std::string doing) {
  AliyunCall question = call(kListExtensions, doing);
  question.query.emplace_back("LoadBalancerId", text_of(listener, "LoadBalancerId"));
  question.query.emplace_back("ListenerPort", text_of(listener, "ListenerPort"));
  try {
    const Json reply = co_await account_.call(std::move(question));
    Result<std::vector<Json>> all = whole_list(reply, "DomainExtensions", "DomainExtension");
    if (!all) throw std::move(all).error().while_doing(std::move(doing));
    co_return *std::move(all);
  } catch (const Error& error) {
    // It was deleted since it was listed.
    if (error.kind != ErrorKind::kNotFound) throw;
  }
  co_return std::vector<Json>();
}

Task<std::vector<AliyunClb::Seen>> AliyunClb::list_seen() {
  const std::string doing = "listing the listeners of CLB at Alibaba Cloud";
  std::vector<Json> listeners;
  try {
    listeners = co_await list_listeners(doing);
  } catch (const Error& error) {
    if (!never_opened(error)) throw;
  }
  if (listeners.empty()) co_return std::vector<Seen>();
  const std::vector<Json> certificates = co_await list_certificates(doing);
  std::map<std::string, std::string> ids;
  for (const Json& one : certificates) {
    ids.emplace(text_of(one, "ServerCertificateId"), id_in_cas(one));
  }
  const auto id_of_its_own = [&](const Json& owner) {
    const std::string own = text_of(owner, "ServerCertificateId");
    const auto known = ids.find(own);
    return known != ids.end() ? known->second : "of CLB: " + printable(own, 80);
  };
  std::vector<Seen> all;
  for (const Json& listener : listeners) {
    const std::string at =
        text_of(listener, "LoadBalancerId") + "/" + text_of(listener, "ListenerPort");
    if (const Json* own = member(listener, "HTTPSListenerConfig"); own != nullptr) {
      all.push_back({.spelled = at,
                     .certificate = id_of_its_own(*own),
                     .why_not = "a listener's own certificate, not a name"});
    }
    const std::string why = out_of_service(listener);
    const std::vector<Json> extensions = co_await list_extensions(listener, doing);
    for (const Json& one : extensions) {
      const std::string spelled = text_of(one, "Domain");
      Result<std::string> id = id_of(one, "DomainExtensionId", Effect::kReads);
      if (!id) throw std::move(id).error().while_doing(doing);
      if (spelled.empty()) {
        throw bad_shape("a domain in the list has no name", Effect::kReads).while_doing(doing);
      }
      Seen seen{.spelled = spelled, .extension = *std::move(id), .certificate = id_of_its_own(one)};
      seen.why_not =
          canonical_name(spelled) ? why : "a pattern, which no certificate can be held to";
      all.push_back(std::move(seen));
    }
  }
  co_return all;
}

Binding AliyunClb::binding_of(const Seen& one) {
  return {.name = canonical_of_spelled(one.spelled),
          .vendor_name = one.spelled,
          .edge_name = {},
          .online = one.why_not.empty(),
          .status = one.why_not.empty() ? "online" : one.why_not,
          .stored_id = one.certificate};
}

Task<std::vector<Binding>> AliyunClb::list_users() {
  const std::vector<Seen> seen = co_await list_seen();
  std::vector<Binding> all;
  all.reserve(seen.size());
  for (const Seen& one : seen) all.push_back(binding_of(one));
  co_return all;
}

Task<std::vector<Binding>> AliyunClb::list() {
  const std::vector<Seen> seen = co_await list_seen();
  std::vector<Binding> all;
  std::vector<Binding> others;                // that are not served
  std::map<std::string, std::size_t> served;  // by canonical name
  std::map<std::string, std::set<std::string>> set_to;
  std::map<std::string, std::vector<std::string>> extensions;
  for (const Seen& one : seen) {
    Binding binding = binding_of(one);
    if (!binding.online) {
      others.push_back(std::move(binding));
      continue;
    }
    set_to[binding.name].insert(one.certificate);
    extensions[binding.name].push_back(one.extension);
    const bool first = served.emplace(binding.name, all.size()).second;
    if (first) all.push_back(std::move(binding));
  }
  for (const auto& [name, at] : served) all[at].stored_id = together(set_to[name]);
  // The first of a name is the one that counts.
  all.insert(all.end(), others.begin(), others.end());
  extensions_ = std::move(extensions);
  co_return all;
}

Task<std::string> AliyunClb::make_copy(BindRequest request) {
  const std::string doing =
      "copying certificate " + printable(request.stored_id, 100) + " to CLB at Alibaba Cloud";
  if (request.bundle == nullptr || request.bundle->chain_pem.empty()) {
    throw Error(ErrorKind::kNotFound,
                "CLB has no copy of it in region " + account_.clb_region() +
                    ", and what is in it is not here to make one of")
        .with_code("vendor.not_found")
        .while_doing(doing);
  }
  FormBody form;
  form.field("ServerCertificate", without_empty_lines(request.bundle->chain_pem));
  form.field("PrivateKey", request.bundle->key_pem.reveal());
  AliyunCall order = call(kUpload, doing);
  order.query.emplace_back("ServerCertificateName", copy_name(request.stored_id));
  order.form = form.take();
  const Json reply = co_await account_.call(std::move(order));
  Result<std::string> id = id_of(reply, "ServerCertificateId", Effect::kChanges);
  if (!id) throw std::move(id).error().while_doing(doing);
  co_return *std::move(id);
}

Task<std::string> AliyunClb::find_copy(BindRequest request, std::string doing) {
  // Binds beside each other would each find none, and each make one.
  const std::shared_ptr<void> turn = co_await turn_.enter(sleeper_, doing);
  const std::vector<Json> certificates = co_await list_certificates(std::move(doing));
  const auto copy = std::ranges::find(
      certificates, request.stored_id, [&](const Json& one) { return id_in_cas(one); });
  if (copy != certificates.end()) co_return text_of(*copy, "ServerCertificateId");
  const auto made = made_.find(request.stored_id);
  if (made != made_.end()) co_return made->second;  // the list lags
  std::string certificate = co_await make_copy(request);
  made_[request.stored_id] = certificate;
  co_return certificate;
}

Task<bool> AliyunClb::bind_extension(std::string extension,
                                     std::string certificate,
                                     std::string doing) {
  AliyunCall order = call(kBind, std::move(doing));
  order.query.emplace_back("DomainExtensionId", std::move(extension));
  order.query.emplace_back("ServerCertificateId", certificate);
  try {
    co_await account_.call(std::move(order));
  } catch (const Error& error) {
    // It may have been deleted again.
    if (error.kind == ErrorKind::kNotFound) {
      std::erase_if(made_, [&](const auto& one) { return one.second == certificate; });
    }
    throw;
  }
  co_return true;
}

Task<BindDone> AliyunClb::bind(BindRequest request) {
  const std::string doing = doing_bind(request, name());
  const std::string wanted = canonical_of_spelled(request.binding.vendor_name);
  if (!extensions_.contains(wanted)) (void)co_await list();
  const auto found = extensions_.find(wanted);
  if (found == extensions_.end()) {
    throw Error(ErrorKind::kNotFound, "Alibaba Cloud knows no such domain at a listener of CLB")
        .with_code("vendor.not_found")
        .while_doing(doing);
  }
  const std::vector<std::string> places = found->second;
  const std::string certificate = co_await find_copy(request, doing);
  const auto bind_one = [&](const std::string& extension) {
    return bind_extension(extension, certificate, doing);
  };
  co_await bind_each_place(places, bind_one);
  co_return BindDone{};
}

Task<void> AliyunClb::remove_copies(std::string stored_id) {
  const std::string doing =
      "deleting CLB's copy of certificate " + printable(stored_id, 100) + " at Alibaba Cloud";
  made_.erase(stored_id);
  std::vector<Json> certificates;
  try {
    certificates = co_await list_certificates(doing);
  } catch (const Error& error) {
    if (!never_opened(error)) throw;
  }
  for (const Json& one : certificates) {
    // What a person brought there from CAS was not made by us.
    if (text_of(one, "ServerCertificateName") != copy_name(stored_id)) continue;
    if (id_in_cas(one) != stored_id) continue;
    Result<std::string> id = id_of(one, "ServerCertificateId", Effect::kReads);
    if (!id) throw std::move(id).error().while_doing(doing);
    AliyunCall order = call(kDelete, doing);
    order.query.emplace_back("ServerCertificateId", *id);
    co_await account_.call(std::move(order));
  }
}

}  // namespace certferry
