// Kingsoft Cloud's CDN: a certificate comes with the domains that are to have it.
//
// What is odd here, each with its evidence (all of it in metadata.cpp):
//  - certificates have a list of their own, but nothing is stored without a domain: one call
//    (ConfigCertificate) takes PEM and domains, and makes an entry each time ... docs: 261
//  - SetCertificate replaces what an entry holds, and every domain that has it follows: only an
//    entry that one domain has is treated so ............................... SDK; clients
//  - so each domain ends with an entry of its own, and none is left behind: of domains that share
//    one, all but the last get new entries, and the last keeps the old one
//  - an entry says which domains have it, and its PEM; a domain says neither ... SDK
//  - the name of an entry is unique and stays ............................. SDK; clients
//  - CDN has nothing to do with the certificates of KCM, the vendor's store for load balancers
// API: https://docs.ksyun.com/documents/198

#include "providers/ksyun/cdn.h"

#include <algorithm>
#include <array>
#include <set>

#include "base/text.h"
#include "crypto/pem.h"
#include "providers/common/json_api.h"
#include "providers/common/json_body.h"
#include "providers/common/page_walk.h"
#include "providers/common/spelled_name.h"

namespace certferry {

/// A domain in the list, but for its certificate.
struct KsyunCdn::Domain {
  std::string id;
  Binding binding;
};

/// A certificate in the list.
struct KsyunCdn::Entry {
  std::string id;
  std::string name;
  std::set<std::string> users;      ///< canonical; of any product
  std::optional<Certificate> leaf;  ///< none: it is not told
};

struct KsyunCdn::Whole {
  std::vector<Domain> domains;
  std::vector<Entry> entries;

  std::vector<const Entry*> entries_of(const std::string& name) const {
    std::vector<const Entry*> out;
    for (const Entry& one : entries) {
      if (one.users.contains(name)) out.push_back(&one);
    }
    return out;
  }
  /// What the domain serves; nothing when it has none, or that is not told.
  const Entry* told(const std::string& name) const {
    const std::vector<const Entry*> all = entries_of(name);
    return all.size() == 1 && all.front()->leaf ? all.front() : nullptr;
  }
};

namespace {

using Json = nlohmann::json;

constexpr KsyunAction kListDomains{
    .name = "GetCdnDomains", .version = "2019-06-01", .folder = "domain"};
constexpr KsyunAction kListEntries{
    .name = "GetCertificates", .version = "2016-09-01", .folder = "cert"};
constexpr KsyunAction kConfigure{.name = "ConfigCertificate",
                                 .version = "2016-09-01",
                                 .folder = "cert",
                                 .effect = Effect::kChanges,
                                 .carries_key = true};
constexpr KsyunAction kReplace{.name = "SetCertificate",
                               .version = "2016-09-01",
                               .folder = "cert",
                               .effect = Effect::kChanges,
                               .carries_key = true};

/// Throws `reply.shape`.
const Json& array_in(const Json& reply, const std::string& key) {
  const Json* items = member(reply, key);
  if (items != nullptr && items->is_array()) return *items;
  throw bad_shape("the answer has no list '" + key + "'", Effect::kReads);
}

/// While a change is being carried out, or after one that failed, a domain is served as before.
bool is_served(const std::string& status) {
  constexpr std::array<std::string_view, 3> kServed{"online", "configuring", "configure_failed"};
  return std::ranges::find(kServed, status) != kServed.end();
}

/// Throws `reply.shape` when an entry that is in use does not say by which domains, or says it in
/// a form that is not known: it must not look like one that nobody has.
std::set<std::string> users_of(const Json& entry) {
  const Json* names = member(entry, "ConfigDomainNames");
  const bool missing = names == nullptr && text_of(entry, "Enable") == "on";
  if (missing || (names != nullptr && !names->is_string())) {
    throw bad_shape("a certificate in the list does not say which domains have it", Effect::kReads);
  }
  std::set<std::string> users;
  for (const std::string& text : split(text_of(entry, "ConfigDomainNames"), ',')) {
    const std::string_view name = trim(text);
    if (!name.empty()) users.insert(canonical_of_spelled(name));
  }
  return users;
}

std::optional<Certificate> leaf_of(const Json& entry) {
  const std::string pem = text_of(entry, "CertificateContent");
  if (pem.empty()) return std::nullopt;
  const auto chain = read_certificates(pem, "a certificate in the list");
  return chain && !chain->empty() ? std::optional(chain->front()) : std::nullopt;
}

}  // namespace

Task<std::vector<KsyunCdn::Domain>> KsyunCdn::domains(std::string doing) {
  std::vector<Domain> all;
  std::map<std::string, std::string> ids;
  PageWalk walk;
  for (bool more = true; more;) {
    KsyunCall page{.action = kListDomains,
                   .doing = doing,
                   .query = {{"PageNumber", std::to_string(walk.page())}, {"PageSize", "100"}}};
    if (!account_.project().empty()) page.query.emplace_back("ProjectId", account_.project());
    const Json reply = co_await account_.call(std::move(page));
    try {
      const Json& items = array_in(reply, "Domains");
      const Result<bool> taken = walk.take(items, integer_of(reply, "TotalCount"));
      if (!taken) throw Error(taken.error());
      more = *taken;
      for (const Json& item : items) {
        Result<std::string> id = id_of(item, "DomainId", Effect::kReads);
        if (!id) throw std::move(id).error();
        const std::string spelled = text_of(item, "DomainName");
        if (spelled.empty()) throw bad_shape("a domain in the list has no name", Effect::kReads);
        Binding binding{.name = canonical_of_spelled(spelled),
                        .vendor_name = spelled,
                        .edge_name = text_of(item, "Cname"),
                        .status = words_of(item, "DomainStatus")};
        binding.online = is_served(binding.status);
        ids[spelled] = *id;
        all.push_back({.id = *std::move(id), .binding = std::move(binding)});
      }
    } catch (Error& error) {
      throw std::move(error).while_doing(doing);
    }
  }
  ids_ = std::move(ids);
  co_return all;
}

Task<std::vector<KsyunCdn::Entry>> KsyunCdn::entries(std::string doing) {
  std::vector<Entry> all;
  PageWalk walk;
  for (bool more = true; more;) {
    JsonBody body;
    body.json("PageNum", std::to_string(walk.page())).json("PageSize", "50");
    KsyunCall page{.action = kListEntries, .doing = doing, .body = body.take()};
    const Json reply = co_await account_.call(std::move(page));
    try {
      const Json& items = array_in(reply, "Certificates");
      const Result<bool> taken = walk.take(items, integer_of(reply, "TotalCount"));
      if (!taken) throw Error(taken.error());
      more = *taken;
      for (const Json& item : items) {
        Result<std::string> id = id_of(item, "CertificateId", Effect::kReads);
        if (!id) throw std::move(id).error();
        all.push_back({.id = *std::move(id),
                       .name = text_of(item, "CertificateName"),
                       .users = users_of(item),
                       .leaf = leaf_of(item)});
      }
    } catch (Error& error) {
      throw std::move(error).while_doing(doing);
    }
  }
  co_return all;
}

Task<KsyunCdn::Whole> KsyunCdn::whole(std::string doing) {
  Whole out;
  out.domains = co_await domains(doing);
  if (!out.domains.empty()) out.entries = co_await entries(doing);
  co_return out;
}

Task<std::vector<Binding>> KsyunCdn::list() {
  Whole all = co_await whole("listing the domains of CDN at Kingsoft Cloud");
  std::vector<Binding> bindings;
  for (Domain& one : all.domains) {
    Binding binding = std::move(one.binding);
    if (!all.entries_of(binding.name).empty()) {
      binding.stored_id = one.id;
      if (all.told(binding.name) == nullptr) {
        binding.online = false;
        binding.status += ", with a certificate that is not told";
      }
    }
    bindings.push_back(std::move(binding));
  }
  co_return bindings;
}

Task<std::vector<StoredCertificate>> KsyunCdn::list_stored() {
  const Whole all = co_await whole("listing the domains' certificates at Kingsoft Cloud");
  std::vector<StoredCertificate> stored;
  for (const Domain& one : all.domains) {
    if (all.entries_of(one.binding.name).empty()) continue;
    StoredCertificate certificate{.id = one.id, .label = {}, .in_use = 1U};
    if (const Entry* entry = all.told(one.binding.name)) {
      certificate.label = "certferry-" + entry->leaf->fingerprint;
      certificate.names = entry->leaf->dns_names;
      certificate.not_before = std::max(entry->leaf->not_before, Time{});
      certificate.not_after = std::max(entry->leaf->not_after, Time{});
    }
    stored.push_back(std::move(certificate));
  }
  co_return stored;
}

Task<std::string> KsyunCdn::id_of_domain(std::string vendor_name, std::string doing) {
  if (!ids_.contains(vendor_name)) (void)co_await domains(doing);
  const auto found = ids_.find(vendor_name);
  if (found != ids_.end()) co_return found->second;
  throw Error(ErrorKind::kNotFound, "CDN has no such domain in this account")
      .with_code("vendor.not_found")
      .while_doing(doing);
}

Task<void> KsyunCdn::bind(Binding binding, BundlePtr bundle) {
  const std::string doing = "setting the certificate of " + printable(binding.vendor_name, 100) +
                            " of CDN at Kingsoft Cloud";
  const std::string domain_id = co_await id_of_domain(binding.vendor_name, doing);
  const Whole all{.domains = {}, .entries = co_await entries(doing)};
  const std::vector<const Entry*> held = all.entries_of(canonical_of_spelled(binding.vendor_name));
  if (held.size() > 1) {
    throw Error(ErrorKind::kRejected, "the domain has several certificates")
        .with_code("vendor.two_certificates")
        .with_hint("leave it one of them in the console")
        .while_doing(doing);
  }
  JsonBody body;
  if (!held.empty() && held.front()->users.size() == 1) {
    body.text("CertificateId", held.front()->id);
    if (!held.front()->name.empty()) body.text("CertificateName", held.front()->name);
    body.text("ServerCertificate", bundle->chain_pem);
    body.text("PrivateKey", bundle->key_pem.reveal());
    co_await account_.call({.action = kReplace, .doing = doing, .body = body.take()});
    co_return;
  }
  body.text("Enable", "on").text("DomainIds", domain_id);
  // One that an earlier call left behind, say, whose domain was given another since.
  const auto spare = std::ranges::find_if(all.entries, [&](const Entry& one) {
    return one.users.empty() && one.leaf && one.leaf->fingerprint == bundle->fingerprint();
  });
  if (spare != all.entries.end()) {
    body.text("CertificateId", spare->id);
  } else {
    const std::string stem =
        "certferry-" + domain_id + "-" + short_fingerprint(bundle->fingerprint());
    std::string name = stem;
    const auto taken = [&] {
      return std::ranges::find(all.entries, name, &Entry::name) != all.entries.end();
    };
    for (int count = 2; taken(); ++count) {
      name = stem + "-" + std::to_string(count);
    }
    body.text("CertificateName", name);
    body.text("ServerCertificate", bundle->chain_pem);
    body.text("PrivateKey", bundle->key_pem.reveal());
  }
  co_await account_.call({.action = kConfigure, .doing = doing, .body = body.take()});
}

}  // namespace certferry
