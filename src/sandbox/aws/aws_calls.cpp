#include "sandbox/aws/aws_calls.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>

#include "base/text.h"
#include "crypto/digest.h"
#include "sandbox/pair.h"

namespace certferry::sandbox {

namespace {

using Json = nlohmann::json;
using enum AwsVerb;

struct Target {
  std::string_view target;  ///< X-Amz-Target
  AwsVerb verb;
  std::string_view service;
};

constexpr std::array kTargets{
    Target{"CertificateManager.ListCertificates", kListCertificates, "acm"},
    Target{"CertificateManager.ListTagsForCertificate", kListTags, "acm"},
    Target{"CertificateManager.DescribeCertificate", kDescribe, "acm"},
    Target{"CertificateManager.ImportCertificate", kImport, "acm"},
    Target{"CertificateManager.DeleteCertificate", kDelete, "acm"},
    Target{"ResourceGroupsTaggingAPI_20170126.GetResources", kGetResources, "tagging"},
};

struct Action {
  std::string_view name;
  AwsVerb verb;
  std::string_view service = "elasticloadbalancing";
  std::string_view version = "2015-12-01";
};

/// Of load balancers, and of IAM.
constexpr std::array kActions{
    Action{"DescribeLoadBalancers", kListBalancers},
    Action{"DescribeListeners", kListListeners},
    Action{"DescribeListenerCertificates", kListListenerCertificates},
    Action{"DescribeRules", kListRules},
    Action{"AddListenerCertificates", kAddCertificates},
    Action{"ModifyListener", kSetDefault},
    Action{"RemoveListenerCertificates", kRemoveCertificates},
    Action{"ListServerCertificates", kListServer, "iam", "2010-05-08"},
    Action{"GetServerCertificate", kGetServer, "iam", "2010-05-08"},
    Action{"UploadServerCertificate", kUploadServer, "iam", "2010-05-08"},
    Action{"DeleteServerCertificate", kDeleteServer, "iam", "2010-05-08"},
};

constexpr std::string_view kArn =
    "arn:aws:acm:us-east-1:123456789012:certificate/00000000-0000-4000-";
constexpr std::size_t kPageMost = 100;  ///< of either list, however many are asked for
constexpr std::size_t kKeyBytesMost = 5120;
constexpr std::string_view kOurTag = "certferry";

AwsRefusal refusal(std::string code, std::string message) {
  return {.code = std::move(code), .message = std::move(message)};
}

AwsRefusal invalid(std::string message) {
  return refusal("ValidationException", std::move(message));
}

std::string text_in(const Json& body, const char* key) {
  const auto found = body.find(key);
  return found != body.end() && found->is_string() ? found->get<std::string>() : "";
}

/// The tags of a certificate: a note of ours is the value of ours, any other one a name.
Json tags_of(const Entry& entry) {
  if (entry.note.empty()) return Json::array();
  const bool ours = entry.note.starts_with(kOurTag);
  return Json::array({{{"Key", ours ? kOurTag : "Name"}, {"Value", entry.note}}});
}

std::string_view algorithm_of(const Certificate& leaf) {
  if (leaf.key.algorithm == KeyType::Algorithm::kEcdsa) {
    if (leaf.key.bits == 256) return "EC_prime256v1";
    return leaf.key.bits == 384 ? "EC_secp384r1" : "EC_secp521r1";
  }
  if (leaf.key.bits == 2048) return "RSA_2048";
  return leaf.key.bits == 3072 ? "RSA_3072" : "RSA_4096";
}

double in_seconds(Time time) {
  return static_cast<double>(std::chrono::floor<seconds>(time.time_since_epoch()).count());
}

/// Part of a list, from where the token says.
struct Page {
  std::size_t from = 0;
  std::size_t to = 0;
  std::string next;  ///< empty: it ends here
};

std::optional<Page> page_of(std::size_t count, const std::string& token, std::size_t wanted) {
  Page page;
  if (!token.empty()) {
    const auto read = base64_decode(token);
    if (!read) return std::nullopt;
    const char* end = read->data() + read->size();
    if (std::from_chars(read->data(), end, page.from).ptr != end) return std::nullopt;
  }
  page.from = std::min(page.from, count);
  page.to = std::min(count, page.from + std::min(wanted, kPageMost));
  if (page.to < count) page.next = base64_encode(std::to_string(page.to));
  return page;
}

std::optional<std::size_t> size_in(const Json& body, const char* key, std::size_t most) {
  const auto found = body.find(key);
  if (found == body.end()) return most;
  const bool fits = found->is_number_unsigned() && *found >= 1U && *found <= most;
  return fits ? std::optional(found->get<std::size_t>()) : std::nullopt;
}

/// A list has no more names of one certificate than these.
constexpr std::size_t kNamesListed = 100;

Json summary_of(const Entry& entry, bool used, Time now) {
  const Certificate& leaf = entry.pair.leaf;
  const bool ended = leaf.not_after < now;
  const std::size_t listed = std::min(leaf.dns_names.size(), kNamesListed);
  const std::vector<std::string> names(
      leaf.dns_names.begin(), leaf.dns_names.begin() + static_cast<std::ptrdiff_t>(listed));
  return {{"CertificateArn", aws_arn_of(entry.id)},
          {"DomainName", leaf.dns_names.empty() ? "" : leaf.dns_names.front()},
          {"SubjectAlternativeNameSummaries", names},
          {"HasAdditionalSubjectAlternativeNames", names.size() < leaf.dns_names.size()},
          {"Status", ended ? "EXPIRED" : "ISSUED"},
          {"Type", "IMPORTED"},
          {"KeyAlgorithm", algorithm_of(leaf)},
          {"InUse", used},
          {"NotBefore", in_seconds(leaf.not_before)},
          {"NotAfter", in_seconds(leaf.not_after)}};
}

AwsAnswer list_certificates(const World& world, const AwsRequest& call, const AwsAcmView& view) {
  const auto size = size_in(call.body, "MaxItems", 1000);
  if (!size) return invalid("MaxItems is from 1 to 1000.");
  Json kinds = {"RSA_1024", "RSA_2048"};
  const auto includes = call.body.find("Includes");
  if (includes != call.body.end() && includes->contains("keyTypes"))
    kinds = includes->at("keyTypes");
  std::map<std::int64_t, std::size_t> uses;
  for (const Domain& domain : world.domains()) {
    if (const EntryPtr entry = domain.bound_at(view.moment)) ++uses[entry->id];
  }
  Json all = Json::array();
  for (const auto& [id, entry] : world.entries_at(view.moment)) {
    if (view.not_in.contains(id)) continue;
    const Json kind = algorithm_of(entry->pair.leaf);
    if (std::ranges::find(kinds, kind) == kinds.end()) continue;
    const bool used = uses.contains(id) || view.attached.contains(id);
    all.push_back(summary_of(*entry, used, world.now()));
  }
  const auto page = page_of(all.size(), text_in(call.body, "NextToken"), *size);
  if (!page) return invalid("NextToken is none.");
  Json answer = {{"CertificateSummaryList", Json::array()}};
  for (std::size_t i = page->from; i < page->to; ++i) {
    answer["CertificateSummaryList"].push_back(all[i]);
  }
  if (!page->next.empty()) answer["NextToken"] = page->next;
  return answer;
}

/// What was deleted within the last hour is there as well.
AwsAnswer get_resources(const World& world, const AwsRequest& call, const AwsAcmView& view) {
  const auto size = size_in(call.body, "ResourcesPerPage", 100);
  const Json filters = call.body.value("TagFilters", Json::array());
  if (!size || call.body.value("ResourceTypeFilters", Json()) != Json::array({"acm:certificate"}) ||
      !filters.is_array() || filters.size() > 1) {
    return refusal("InvalidParameterException", "Such a filter is not emulated.");
  }
  const std::string key = filters.empty() ? "" : text_in(filters[0], "Key");
  std::map<std::int64_t, EntryPtr> entries = world.entries_at(view.moment - hours(1));
  entries.merge(world.entries_at(view.moment));
  std::erase_if(entries, [&](const auto& one) { return view.not_in.contains(one.first); });
  Json all = Json::array();
  for (const auto& [id, entry] : entries) {
    const Json tags = tags_of(*entry);
    if (tags.empty() || (!key.empty() && tags[0].at("Key") != key)) continue;
    all.push_back({{"ResourceARN", aws_arn_of(id)}, {"Tags", tags}});
  }
  const auto page = page_of(all.size(), text_in(call.body, "PaginationToken"), *size);
  if (!page) return refusal("InvalidParameterException", "PaginationToken is none.");
  Json answer = {{"PaginationToken", page->next}, {"ResourceTagMappingList", Json::array()}};
  for (std::size_t i = page->from; i < page->to; ++i) {
    answer["ResourceTagMappingList"].push_back(all[i]);
  }
  return answer;
}

std::size_t certificates_in(std::string_view pem) {
  constexpr std::string_view kBegin = "-----BEGIN CERTIFICATE-----";
  std::size_t count = 0;
  for (auto at = pem.find(kBegin); at != pem.npos; at = pem.find(kBegin, at + 1)) ++count;
  return count;
}

/// The note that tags stand for; nothing when they are none.
std::optional<std::string> note_in(const Json& body) {
  const Json tags = body.value("Tags", Json::array());
  if (!tags.is_array() || tags.size() > 1) return std::nullopt;
  return tags.empty() ? "" : text_in(tags[0], "Value");
}

AwsAnswer import(World& world, const AwsRequest& call) {
  if (call.body.contains("CertificateArn")) {
    return refusal("InvalidParameterException", "An import onto an ARN is not emulated.");
  }
  const auto leaf = base64_decode(text_in(call.body, "Certificate"));
  const auto key = base64_decode(text_in(call.body, "PrivateKey"));
  const auto chain = base64_decode(text_in(call.body, "CertificateChain"));
  if (!leaf || !key || !chain || leaf->empty() || key->empty()) {
    return invalid("Certificate and PrivateKey are PEM in base64.");
  }
  if (key->size() > kKeyBytesMost) return invalid("PrivateKey is longer than 5120 bytes.");
  if (certificates_in(*leaf) != 1) {
    return invalid("The certificate field contains more than one certificate.");
  }
  const auto note = note_in(call.body);
  if (!note) return refusal("InvalidTagException", "Such tags are not emulated.");
  const PairReader& reader = world.pair_reader();
  Result<UploadedPair> pair =
      reader ? reader(*leaf + *chain, Secret(*key)) : read_pair(*leaf + *chain, Secret(*key));
  if (!pair) return invalid("The certificate and the private key do not match.");
  if (pair->leaf.not_before > world.now() || pair->leaf.not_after < world.now()) {
    return invalid("The certificate is not in its validity period.");
  }
  if (world.is_full()) return refusal("LimitExceededException", "An ACM quota has been exceeded.");
  return Json{{"CertificateArn", aws_arn_of(world.upload(*note, *std::move(pair)))}};
}

AwsRefusal not_found() {
  return refusal("ResourceNotFoundException", "Could not find the certificate.");
}

/// The id of what the call is about, where ACM has it.
std::optional<std::int64_t> id_in(const AwsRequest& call, const AwsAcmView& view) {
  const auto id = aws_id_in(text_in(call.body, "CertificateArn"));
  return id && view.not_in.contains(*id) ? std::nullopt : id;
}

AwsAnswer list_tags(const World& world, const AwsRequest& call, const AwsAcmView& view) {
  const auto id = id_in(call, view);
  const auto found = id ? world.entries().find(*id) : world.entries().end();
  if (found == world.entries().end()) return not_found();
  return Json{{"Tags", tags_of(*found->second)}};
}

AwsAnswer describe(const World& world, const AwsRequest& call, const AwsAcmView& view) {
  const std::string arn = text_in(call.body, "CertificateArn");
  const auto id = id_in(call, view);
  const auto found = id ? world.entries().find(*id) : world.entries().end();
  if (found == world.entries().end()) return not_found();
  const Certificate& leaf = found->second->pair.leaf;
  // One alone has its kind of key written another way than a list does.
  std::string kind(algorithm_of(leaf));
  if (kind.starts_with("RSA")) kind[3] = '-';
  return Json{{"Certificate",
               {{"CertificateArn", arn},
                {"SubjectAlternativeNames", leaf.dns_names},
                {"Type", "IMPORTED"},
                {"KeyAlgorithm", kind},
                {"NotBefore", in_seconds(leaf.not_before)},
                {"NotAfter", in_seconds(leaf.not_after)}}}};
}

AwsAnswer remove(World& world, const AwsRequest& call, const AwsAcmView& view) {
  const std::string arn = text_in(call.body, "CertificateArn");
  const std::int64_t id = id_in(call, view).value_or(0);
  switch (view.attached.contains(id) ? Outcome::kInUse : world.remove(id)) {
    case Outcome::kDone:
      return Json();
    case Outcome::kInUse:
      return refusal("ResourceInUseException",
                     "Certificate " + arn + " in account 123456789012 is in use.");
    default:
      return not_found();
  }
}

void read_path(AwsRequest& call, const Request& request) {
  constexpr std::string_view kDistributions = "/2020-05-31/distribution";
  constexpr std::string_view kConfig = "/config";
  call.speaks_xml = true;
  const auto mark = request.target.find('?');
  std::string_view path = std::string_view(request.target).substr(0, mark);
  call.name = path;
  if (mark != std::string::npos) {
    const auto query = parse_form(std::string_view(request.target).substr(mark + 1));
    call.readable = query.has_value();
    if (query) call.query = *query;
  }
  if (!path.starts_with(kDistributions)) return;
  path.remove_prefix(kDistributions.size());
  if (path.empty() && request.method == "GET") call.verb = kListDistributions;
  const bool of_one = path.starts_with('/') && path.ends_with(kConfig) && path.size() > 8;
  if (of_one) {
    call.distribution = path.substr(1, path.size() - 1 - kConfig.size());
    if (request.method == "GET") call.verb = kGetConfig;
    if (request.method == "PUT") call.verb = kUpdate;
  }
  if (!call.verb) return;
  call.service = "cloudfront";
  call.name = *call.verb == kListDistributions ? "ListDistributions"
              : *call.verb == kGetConfig       ? "GetDistributionConfig"
                                               : "UpdateDistribution";
}

/// What load balancers and IAM take.
void read_form(AwsRequest& call, const Request& request) {
  constexpr std::string_view kForm = "application/x-www-form-urlencoded";
  call.speaks_xml = true;
  const auto form = parse_form(request.body);
  call.readable = form.has_value() && request.content_type.starts_with(kForm);
  if (form) call.query = *form;
  call.name = call.query["Action"];
  const auto known = std::ranges::find(kActions, call.name, &Action::name);
  if (known == kActions.end() || call.query["Version"] != known->version) return;
  call.verb = known->verb;
  call.service = known->service;
}

}  // namespace

bool AwsRequest::changes() const {
  return verb == kImport || verb == kDelete || verb == kUploadServer || verb == kDeleteServer ||
         verb == kUpdate || verb == kAddCertificates || verb == kSetDefault ||
         verb == kRemoveCertificates;
}

CallShape AwsRequest::shape() const {
  return {
      .endpoint = name,
      .domain = domain,
      .changes = changes(),
      .lists = verb && !changes() && verb != kGetConfig && verb != kDescribe && verb != kGetServer,
      .binds = verb == kUpdate || verb == kAddCertificates || verb == kSetDefault};
}

std::string AwsRequest::permission() const {
  return std::string(service == "tagging" ? "tag" : service) + ":" + name;
}

AwsRequest read_aws_request(const Request& request) {
  AwsRequest call{.if_match = request.header("if-match"), .text = request.body};
  const std::string target = request.header("x-amz-target");
  if (target.empty()) {
    const bool is_form = request.method == "POST" && request.target == "/";
    is_form ? read_form(call, request) : read_path(call, request);
    return call;
  }
  call.name = target;
  const auto known = std::ranges::find(kTargets, target, &Target::target);
  const bool there = known != kTargets.end() && request.method == "POST" && request.target == "/";
  if (there) {
    call.verb = known->verb;
    call.service = known->service;
    call.name = target.substr(target.find('.') + 1);
  }
  call.body = Json::parse(request.body, nullptr, false);
  call.readable = call.body.is_object() && request.content_type == "application/x-amz-json-1.1";
  if (!call.body.is_object()) call.body = Json::object();
  return call;
}

std::string aws_arn_of(std::int64_t id) {
  std::array<char, 17> digits{};
  std::snprintf(digits.data(), digits.size(), "%016llx", static_cast<unsigned long long>(id));
  const std::string_view all(digits.data(), 16);
  return std::string(kArn) + std::string(all.substr(0, 4)) + "-" + std::string(all.substr(4));
}

std::optional<std::int64_t> aws_id_in(std::string_view arn) {
  if (!arn.starts_with(kArn)) return std::nullopt;
  std::string digits(arn.substr(kArn.size()));
  if (digits.size() != 17 || digits[4] != '-') return std::nullopt;
  digits.erase(4, 1);
  std::int64_t id = 0;
  const char* end = digits.data() + digits.size();
  return std::from_chars(digits.data(), end, id, 16).ptr == end ? std::optional(id) : std::nullopt;
}

AwsAnswer run_acm_call(World& world, const AwsRequest& call, const AwsAcmView& view) {
  switch (*call.verb) {
    case kListCertificates:
      return list_certificates(world, call, view);
    case kListTags:
      return list_tags(world, call, view);
    case kDescribe:
      return describe(world, call, view);
    case kGetResources:
      return get_resources(world, call, view);
    case kImport:
      return import(world, call);
    case kDelete:
      return remove(world, call, view);
    default:
      return Json();
  }
}

}  // namespace certferry::sandbox
