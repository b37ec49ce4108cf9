// CDN, DCDN, Live and VOD: certificates lie in CAS; a domain points at one by its id there.
//
// What is odd here, each with its evidence (all of it in metadata.cpp):
//  - which id a domain points at, only a call for that one domain says .. docs:
//    DescribeDomainCertificateInfo
//  - one list has all HTTPS domains with the names of their certificates . docs:
//    DescribeCdnHttpsDomainList
//  - that list is the error NoHttpsDomain when it is empty ............... docs:
//    DescribeDcdnHttpsDomainList
//  - a wildcard is written .example.com, in some lists *.example.com ..... certimate, docs: samples
//  - a store of the other site has ids of its own; the region tells them . docs:
//    SetCdnDomainSSLCertificate
//
// So that a thousand domains are not a thousand calls: names in the store are unique and those that
// we give hold chance, so of all domains with the same one of ours a single one is asked. Domains
// that have somebody else's certificate are asked one by one, and again only when their row has
// changed.

#include "providers/aliyun/domains.h"

#include <algorithm>

#include "base/text.h"
#include "providers/common/json_api.h"
#include "providers/common/spelled_name.h"
#include "providers/common/store_name.h"

namespace certferry {

namespace {

using Json = nlohmann::json;

/// As calls want it.
std::string vendor_spelling(const std::string& spelled) {
  return spelled.starts_with("*.") ? spelled.substr(1) : spelled;
}

/// What else the list says of a domain, but what changes by itself or by a bind.
std::map<std::string, std::string> settings_of(const Json& domain) {
  std::map<std::string, std::string> settings;
  for (const char* key : {"CdnType",
                          "Coverage",
                          "LiveDomainType",
                          "RegionName",
                          "ResourceGroupId",
                          "Sandbox",
                          "Sources"}) {
    const Json* value = member(domain, key);
    if (value == nullptr) continue;
    settings.emplace(key, json_text(*value));
  }
  return settings;
}

/// Throws `reply.shape`.
Binding read_domain(const Json& domain, std::string_view status) {
  const std::string spelled = text_of(domain, "DomainName");
  if (spelled.empty()) throw bad_shape("a domain in the list has no name", Effect::kReads);
  Binding binding{.name = canonical_of_spelled(spelled),
                  .vendor_name = vendor_spelling(spelled),
                  .edge_name = text_of(domain, "Cname"),
                  .status = words_of(domain, status),
                  .settings = settings_of(domain)};
  binding.online = binding.status == "online";
  return binding;
}

/// The id of a certificate that an answer has by name alone. What is in none of our lists must not
/// look like nothing at all.
std::string id_by_name(const std::map<std::string, std::string>& ids,
                       const std::string& type,
                       const std::string& name) {
  if (type == "upload") return "uploaded:" + printable(name, 80);
  if (const auto id = ids.find(name); id != ids.end()) return id->second;
  return std::string(type == "free" ? "free:" : kUnknownInCas) + printable(name, 80);
}

}  // namespace

AliyunCall AliyunDomains::call(std::string_view action, Effect effect, std::string doing) const {
  return {.action = {.service = &network_.service, .name = action, .effect = effect},
          .doing = std::move(doing)};
}

Task<std::vector<Json>> AliyunDomains::list_items(AliyunList list) {
  try {
    co_return co_await account_.list(std::move(list));
  } catch (const Error& error) {
    // No domain with HTTPS, or no domain at all.
    if (error.vendor_code != "NoHttpsDomain" && !never_opened(error)) throw;
  }
  co_return std::vector<Json>();
}

Task<AliyunDomains::Rows> AliyunDomains::list_https() {
  if (network_.list_https.empty()) co_return Rows();
  AliyunList list{.call = call(network_.list_https,
                               Effect::kReads,
                               "listing which certificates the domains of " +
                                   std::string(network_.name) + " at Alibaba Cloud have"),
                  .items_a_page = network_.domains_a_page,
                  .place = {"CertInfos", "CertInfo"}};
  const std::vector<Json> items = co_await list_items(std::move(list));
  Rows rows;
  for (const Json& item : items) {
    rows[canonical_of_spelled(text_of(item, "DomainName"))] = {
        .certificate = text_of(item, "CertName"),
        .updated_at = text_of(item, "CertUpdateTime"),
        .whole = json_text(item),
        .type = text_of(item, "CertType")};
  }
  co_return rows;
}

Task<AliyunDomains::Answer> AliyunDomains::read_certificate(Json reply) {
  const Json* infos = member(reply, "CertInfos");
  const Json* list = infos == nullptr ? nullptr : member(*infos, "CertInfo");
  // Who asks knows that the domain has HTTPS: no answer is not the answer that it has none.
  if (list == nullptr || !list->is_array() || list->empty()) {
    throw bad_shape("the answer has no certificate", Effect::kReads);
  }
  for (const Json& one : *list) {
    const bool off =
        text_of(one, "ServerCertificateStatus") == "off" || text_of(one, "SSLProtocol") == "off";
    if (off) continue;
    const std::string name = text_of(one, "CertName");
    const Result<std::optional<std::string>> id = reference_of(one, "CertId");
    if (!id) throw Error(id.error());
    if (!*id) {
      const std::string type = text_of(one, "CertType");
      std::map<std::string, std::string> ids;
      if (type != "upload") ids = co_await cas_.ids_by_name();
      co_return Answer{.id = id_by_name(ids, type, name), .certificate = name};
    }
    const std::string region = text_of(one, "CertRegion");
    const bool here = region.empty() || region == account_.region();
    co_return Answer{.id = here ? **id : **id + "-" + printable(region, 40), .certificate = name};
  }
  co_return Answer();
}

Task<AliyunDomains::Answer> AliyunDomains::ask(std::string name,
                                               std::string vendor_name,
                                               std::optional<Row> row) {
  const auto before = answered_.find(name);
  if (row && before != answered_.end() && before->second.first == row->whole) {
    co_return Answer{.id = before->second.second, .certificate = row->certificate};
  }
  const std::string doing = "asking " + std::string(network_.name) +
                            " at Alibaba Cloud for the certificate of " +
                            printable(vendor_name, 100);
  AliyunCall question = call(network_.get_certificate, Effect::kReads, doing);
  question.query = {{"DomainName", vendor_name}};
  Json reply = co_await account_.call(std::move(question));
  Answer answer;
  try {
    answer = co_await read_certificate(std::move(reply));
  } catch (Error& error) {
    throw std::move(error).while_doing(doing);
  }
  if (row && answer.is_of(*row)) answered_[name] = {row->whole, answer.id};
  co_return answer;
}

Task<std::vector<Binding>> AliyunDomains::list() {
  const std::string doing =
      "listing the domains of " + std::string(network_.name) + " at Alibaba Cloud";
  AliyunList wanted{.call = call(network_.list_domains, Effect::kReads, doing),
                    .items_a_page = network_.domains_a_page,
                    .place = {"Domains", "PageData"}};
  const std::vector<Json> items = co_await list_items(std::move(wanted));
  Bindings bindings;
  bool any_https = network_.https_flag.empty() && !items.empty();
  try {
    for (const Json& item : items) {
      bindings.push_back(read_domain(item, network_.status));
      // Until its certificate is known: whether it has one.
      if (text_of(item, network_.https_flag) == "on") bindings.back().stored_id = "";
      any_https = any_https || bindings.back().stored_id.has_value();
    }
  } catch (Error& error) {
    throw std::move(error).while_doing(doing);
  }
  if (!any_https) co_return bindings;
  Rows rows = co_await list_https();
  if (network_.get_certificate.empty()) {
    co_return co_await name_certificates(std::move(bindings), std::move(rows));
  }
  co_return co_await ask_for_certificates(std::move(bindings), std::move(rows));
}

Task<AliyunDomains::Bindings> AliyunDomains::name_certificates(Bindings bindings, Rows rows) {
  if (rows.empty()) co_return bindings;
  const std::map<std::string, std::string> ids = co_await cas_.ids_by_name();
  for (Binding& one : bindings) {
    const auto row = rows.find(one.name);
    if (row == rows.end()) continue;
    one.stored_id = id_by_name(ids, row->second.type, row->second.certificate);
  }
  co_return bindings;
}

Task<AliyunDomains::Bindings> AliyunDomains::ask_for_certificates(Bindings bindings, Rows rows) {
  // Of a name of ours the latest domain speaks for all: what was stored anew under it has another
  // id.
  std::map<std::string, std::size_t> speakers;
  std::map<std::string, BoundId> spoken;
  const auto row_of = [&](std::size_t at) {
    const auto row = rows.find(bindings[at].name);
    return row == rows.end() ? std::nullopt : std::optional(row->second);
  };
  for (std::size_t at = 0; at < bindings.size(); ++at) {
    const auto row = row_of(at);
    if (!bindings[at].stored_id || !row || !read_store_name(row->certificate)) continue;
    const auto [speaker, first] = speakers.try_emplace(row->certificate, at);
    if (!first && row_of(speaker->second)->updated_at < row->updated_at) speaker->second = at;
  }
  for (std::size_t at = 0; at < bindings.size(); ++at) {
    if (!bindings[at].stored_id) continue;
    const auto row = row_of(at);
    const auto shared = row ? speakers.find(row->certificate) : speakers.end();
    if (shared == speakers.end()) {
      const Answer answer = co_await ask(bindings[at].name, bindings[at].vendor_name, row);
      bindings[at].stored_id = answer.id;
      continue;
    }
    const auto known = spoken.find(row->certificate);
    if (known != spoken.end()) {
      bindings[at].stored_id = known->second;
      continue;
    }
    const Binding& speaker = bindings[shared->second];
    Answer answer = co_await ask(speaker.name, speaker.vendor_name, row_of(shared->second));
    if (answer.is_of(*row)) {
      spoken[row->certificate] = answer.id;
    } else {
      // It got another certificate since the list was made, and speaks for itself alone.
      const bool own = shared->second == at;
      speakers.erase(shared);
      if (!own) answer = co_await ask(bindings[at].name, bindings[at].vendor_name, row);
    }
    bindings[at].stored_id = answer.id;
  }
  co_return bindings;
}

Task<BindDone> AliyunDomains::bind(BindRequest request) {
  AliyunCall order = call(network_.bind, Effect::kChanges, doing_bind(request, network_.name));
  order.query = {{"DomainName", request.binding.vendor_name},
                 {"SSLProtocol", "on"},
                 {"CertType", "cas"},
                 {"CertId", request.stored_id}};
  if (network_.get_certificate.empty()) {
    std::string name = co_await cas_.name_of(request.stored_id);
    order.query.emplace_back("CertName", std::move(name));
  } else {
    order.query.emplace_back("CertRegion", account_.region());
  }
  co_await account_.call(std::move(order));
  co_return BindDone{};
}

}  // namespace certferry
