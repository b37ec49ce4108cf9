#include "sandbox/ksyun/ksyun_calls.h"

#include <algorithm>
#include <array>
#include <vector>

#include "base/text.h"
#include "sandbox/pair.h"

namespace certferry::sandbox {

namespace {

using Json = nlohmann::json;
using enum KsyunVerb;

struct Action {
  std::string_view name;
  std::string_view path;
  std::string_view version;
  std::string_view method;
  KsyunVerb verb;
};

constexpr std::array kActions{
    Action{"GetCdnDomains", "/2019-06-01/domain/GetCdnDomains", "2019-06-01", "GET", kListDomains},
    Action{"GetCertificates",
           "/2016-09-01/cert/GetCertificates",
           "2016-09-01",
           "POST",
           kListCertificates},
    Action{"ConfigCertificate",
           "/2016-09-01/cert/ConfigCertificate",
           "2016-09-01",
           "POST",
           kConfigure},
    Action{"SetCertificate", "/2016-09-01/cert/SetCertificate", "2016-09-01", "POST", kReplace},
    Action{
        "RemoveCertificates", "/2016-09-01/cert/RemoveCertificates", "2016-09-01", "POST", kRemove},
};

KsyunRefusal refusal(std::string code, std::string message) {
  return {.code = std::move(code), .message = std::move(message)};
}

KsyunRefusal missing(const std::string& name) {
  return refusal(name + ".MissingParameter",
                 "An input parameter " + name +
                     " that is mandatory for processing the request is not supplied.");
}

KsyunRefusal unknown_certificate() {
  return refusal("CertificateNotFound", "The certificate does not exist.");
}

std::string id_of(const Domain& domain) {
  return "2D" + std::to_string(domain.id);
}

const Domain* find_domain(const World& world, std::string_view id) {
  const auto found = std::ranges::find_if(
      world.domains(), [&](const Domain& one) { return one.product == "cdn" && id_of(one) == id; });
  return found == world.domains().end() ? nullptr : &*found;
}

EntryPtr find_entry(const World& world, const KsyunNumbers& numbers, std::string_view number) {
  for (const auto& [id, entry] : world.entries()) {
    if (std::to_string(numbers.of(id)) == number) return entry;
  }
  return nullptr;
}

/// Those that have it, or are on their way to.
std::vector<std::string> users_of(const World& world, std::int64_t id) {
  std::vector<std::string> names;
  for (const Domain& one : world.domains()) {
    const EntryPtr told = one.told();
    if (told && told->id == id) names.push_back(one.name);
  }
  return names;
}

struct Page {
  std::int64_t number = 1;
  std::int64_t size = 20;

  template <typename T>
  std::vector<T> of(const std::vector<T>& all) const {
    const auto count = static_cast<std::int64_t>(all.size());
    const auto from = std::min(count, (number - 1) * size);
    const auto to = std::min(count, from + size);
    return {all.begin() + from, all.begin() + to};
  }
};

std::variant<Page, KsyunRefusal> page_of(const KsyunRequest& call,
                                         std::string_view number,
                                         std::int64_t most) {
  Page page;
  for (const auto& [name, into] :
       {std::pair(number, &page.number), std::pair(std::string_view("PageSize"), &page.size)}) {
    if (!call.parameters.contains(name)) continue;
    const auto given = integer_field(call.parameters, name);
    const bool fits = given && *given >= 1 && *given <= (into == &page.size ? most : 10'000);
    if (!fits) return refusal("PageSizeOutOfRange", "Pages are out of range.");
    *into = *given;
  }
  return page;
}

KsyunAnswer list_domains(const World& world, const KsyunRequest& call) {
  const auto page = page_of(call, "PageNumber", 500);
  if (const auto* no = std::get_if<KsyunRefusal>(&page)) return *no;
  std::vector<const Domain*> all;
  for (const Domain& domain : world.domains()) {
    if (domain.product == "cdn") all.push_back(&domain);
  }
  Json items = Json::array();
  for (const Domain* one : std::get<Page>(page).of(all)) {
    items.push_back({{"DomainId", id_of(*one)},
                     {"DomainName", one->name},
                     {"Cname", one->cname},
                     {"CdnType", "page"},
                     {"Regions", "CN"},
                     {"ProjectId", 0},
                     {"DomainStatus", one->online ? "online" : "offline"}});
  }
  return Json{{"PageNumber", std::get<Page>(page).number},
              {"PageSize", std::get<Page>(page).size},
              {"TotalCount", all.size()},
              {"Domains", items}};
}

std::string in_seconds(Time time) {
  return std::to_string(std::chrono::floor<seconds>(time.time_since_epoch()).count());
}

Json certificate_of(const World& world, const Entry& entry, SteadyTime moment) {
  std::vector<std::string> users;
  for (const Domain& one : world.domains()) {
    const EntryPtr bound = one.bound_at(moment);
    if (bound && bound->id == entry.id) users.push_back(one.name);
  }
  const Certificate& leaf = entry.pair.leaf;
  return {{"CertificateName", entry.note},
          {"Enable", users.empty() ? "off" : "on"},
          {"IssueDomain", join(leaf.dns_names, ",")},
          {"IssueTime", in_seconds(leaf.not_before)},
          {"ExpirationTime", in_seconds(leaf.not_after)},
          {"CertificateType", "DV"},
          {"CertificateContent", entry.pair.chain_pem},
          {"ConfigDomainNames", join(users, ",")}};
}

KsyunAnswer list_certificates(const World& world,
                              const KsyunNumbers& numbers,
                              const KsyunRequest& call,
                              SteadyTime moment) {
  const auto page = page_of(call, "PageNum", 100);
  if (const auto* no = std::get_if<KsyunRefusal>(&page)) return *no;
  std::vector<EntryPtr> all;
  for (const auto& [id, entry] : world.entries_at(moment)) all.push_back(entry);
  Json items = Json::array();
  for (const EntryPtr& one : std::get<Page>(page).of(all)) {
    Json item = certificate_of(world, *one, moment);
    item["CertificateId"] = std::to_string(numbers.of(one->id));
    items.push_back(std::move(item));
  }
  return Json{{"PageNum", std::get<Page>(page).number},
              {"PageSize", std::get<Page>(page).size},
              {"TotalCount", all.size()},
              {"Certificates", items}};
}

std::variant<UploadedPair, KsyunRefusal> pair_of(const World& world, const KsyunRequest& call) {
  for (const char* name : {"ServerCertificate", "PrivateKey"}) {
    if (text_field(call.parameters, name).empty()) return missing(name);
  }
  std::string chain(text_field(call.parameters, "ServerCertificate"));
  Secret key(std::string(text_field(call.parameters, "PrivateKey")));
  const PairReader& reader = world.pair_reader();
  Result<UploadedPair> pair = reader ? reader(std::move(chain), std::move(key))
                                     : read_pair(std::move(chain), std::move(key));
  if (!pair) return refusal("Certificate.FormatError", pair.error().message);
  return *std::move(pair);
}

/// Points all of them at it, or none.
std::optional<KsyunRefusal> bind_all(World& world,
                                     std::int64_t id,
                                     const std::vector<std::string>& names) {
  for (const std::string& name : names) {
    if (world.check_bind(id, name) == Outcome::kNotCovered) {
      return refusal("CertificateDomainNotMatch", "The certificate does not cover " + name + ".");
    }
  }
  for (const std::string& name : names) world.bind(id, name);
  return std::nullopt;
}

KsyunAnswer store_and_bind(World& world,
                           const KsyunRequest& call,
                           const std::vector<std::string>& names) {
  std::string name(text_field(call.parameters, "CertificateName"));
  if (name.empty()) return missing("CertificateName");
  const auto has_name = [&](const auto& one) { return one.second->note == name; };
  if (std::ranges::any_of(world.entries(), has_name)) {
    return refusal("ServerCertificateName.Existed", "The certificate name has already existed.");
  }
  auto pair = pair_of(world, call);
  if (const auto* no = std::get_if<KsyunRefusal>(&pair)) return *no;
  if (world.is_full()) return refusal("QuotaOverfull", "The quota of certificates is used up.");
  const std::int64_t id = world.upload(std::move(name), std::get<UploadedPair>(std::move(pair)));
  if (auto no = bind_all(world, id, names)) {
    world.remove(id);
    return *no;
  }
  return Json{{"CertificateId", std::to_string(id)}};
}

KsyunAnswer configure(World& world, const KsyunNumbers& numbers, const KsyunRequest& call) {
  const std::string_view enable = text_field(call.parameters, "Enable");
  if (enable != "on" && enable != "off") {
    return refusal("InvalidEnable.ValueNotSupported",
                   "The specified value of parameter Enable is not supported.");
  }
  if (text_field(call.parameters, "DomainIds").empty()) return missing("DomainIds");
  std::vector<std::string> names;
  for (const std::string& id : split(text_field(call.parameters, "DomainIds"), ',')) {
    const Domain* domain = find_domain(world, id);
    if (domain == nullptr) return refusal("DomainNotFound", "There is no domain " + id + ".");
    if (!domain->online) return refusal("notRunningDomain", "The domain is not running.");
    names.push_back(domain->name);
  }
  if (enable == "off") {
    for (const std::string& name : names) world.unbind(name);
    return Json::object();
  }
  const std::string_view number = text_field(call.parameters, "CertificateId");
  if (number.empty()) return store_and_bind(world, call, names);
  const EntryPtr entry = find_entry(world, numbers, number);
  if (entry == nullptr) return unknown_certificate();
  if (auto no = bind_all(world, entry->id, names)) return *no;
  return Json{{"CertificateId", number}};
}

KsyunAnswer replace(World& world, KsyunNumbers& numbers, const KsyunRequest& call) {
  const std::string_view number = text_field(call.parameters, "CertificateId");
  if (number.empty()) return missing("CertificateId");
  const EntryPtr before = find_entry(world, numbers, number);
  if (before == nullptr) return unknown_certificate();
  const std::string_view name = text_field(call.parameters, "CertificateName");
  if (!name.empty() && name != before->note) {
    return refusal("InvalidCertificateName", "The name of a certificate cannot be changed.");
  }
  auto pair = pair_of(world, call);
  if (const auto* no = std::get_if<KsyunRefusal>(&pair)) return *no;
  const std::int64_t id = world.upload(before->note, std::get<UploadedPair>(std::move(pair)));
  if (auto no = bind_all(world, id, users_of(world, before->id))) {
    world.remove(id);
    return *no;
  }
  numbers.take_over(id, before->id);
  world.remove(before->id);
  return Json{{"CertificateId", number}};
}

KsyunAnswer remove(World& world, const KsyunNumbers& numbers, const KsyunRequest& call) {
  std::vector<std::int64_t> ids;
  for (const std::string& number : split(text_field(call.parameters, "CertificateIds"), ',')) {
    const EntryPtr entry = find_entry(world, numbers, number);
    if (entry == nullptr) return unknown_certificate();
    if (!users_of(world, entry->id).empty()) {
      return refusal("CertificateInUse", "A certificate that is enabled cannot be deleted.");
    }
    ids.push_back(entry->id);
  }
  for (const std::int64_t id : ids) world.remove(id);
  return Json::object();
}

/// The name of the domain that a change is about, or of the first of several.
std::string domain_of(const World& world, const KsyunNumbers& numbers, const KsyunRequest& call) {
  if (call.verb == kConfigure) {
    const std::string_view ids = text_field(call.parameters, "DomainIds");
    const Domain* domain = find_domain(world, ids.substr(0, ids.find(',')));
    return domain == nullptr ? "" : domain->name;
  }
  if (call.verb != kReplace) return {};
  const EntryPtr entry = find_entry(world, numbers, text_field(call.parameters, "CertificateId"));
  const auto users = entry ? users_of(world, entry->id) : std::vector<std::string>();
  return users.empty() ? "" : users.front();
}

}  // namespace

std::int64_t KsyunNumbers::of(std::int64_t id) const {
  const auto found = numbers_.find(id);
  return found == numbers_.end() ? id : found->second;
}

bool KsyunRequest::changes() const {
  return binds() || verb == kRemove;
}

CallShape KsyunRequest::shape() const {
  // Either is how a domain comes by a certificate.
  return {.endpoint = binds() ? std::string_view("ConfigCertificate") : std::string_view(name),
          .domain = domain,
          .changes = changes(),
          .lists = verb && !changes(),
          .binds = binds()};
}

KsyunRequest read_ksyun_request(const World& world,
                                const KsyunNumbers& numbers,
                                const Request& request) {
  KsyunRequest call;
  const auto mark = request.target.find('?');
  const std::string path = request.target.substr(0, mark);
  call.name = request.header("x-action");
  const auto action = std::ranges::find(kActions, path, &Action::path);
  const bool known = action != kActions.end() && action->name == call.name &&
                     action->version == request.header("x-version") &&
                     action->method == request.method;
  if (!known) return call;
  call.verb = action->verb;
  const bool json = request.content_type.starts_with("application/json");
  call.readable = request.header("accept") == "application/json" &&
                  (request.method == "GET" ? request.body.empty() : json && mark == path.npos);
  const auto parameters = request.method == "POST" ? parse_json_fields(request.body)
                          : mark == path.npos
                              ? Fields()
                              : parse_form(std::string_view(request.target).substr(mark + 1));
  call.readable = call.readable && parameters.has_value();
  if (parameters) call.parameters = *parameters;
  call.domain = domain_of(world, numbers, call);
  return call;
}

std::optional<KsyunRefusal> refuse_ksyun_call(const KsyunRequest& call) {
  if (!call.verb) {
    return KsyunRefusal{
        .status = 404, .code = "InvalidAction", .message = "There is no such action."};
  }
  if (!call.readable) return refusal("InvalidParameter", "The request cannot be read.");
  return std::nullopt;
}

KsyunAnswer run_ksyun_call(World& world,
                           KsyunNumbers& numbers,
                           const KsyunRequest& call,
                           milliseconds view_age) {
  const SteadyTime moment = world.steady_now() - view_age;
  switch (*call.verb) {
    case kListDomains:
      return list_domains(world, call);
    case kListCertificates:
      return list_certificates(world, numbers, call, moment);
    case kConfigure:
      return configure(world, numbers, call);
    case kReplace:
      return replace(world, numbers, call);
    case kRemove:
      return remove(world, numbers, call);
  }
  return Json::object();
}

KsyunAnswer pretend_ksyun_call(World& world, const KsyunRequest& call) {
  if (call.binds()) return Json{{"CertificateId", std::to_string(world.spend_id())}};
  return Json::object();
}

}  // namespace certferry::sandbox
