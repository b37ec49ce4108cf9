#include "sandbox/aws/server_certificates.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <vector>

#include "base/text.h"
#include "sandbox/pair.h"

namespace certferry::sandbox {

namespace {

using enum AwsVerb;

constexpr std::string_view kArns = "arn:aws:iam::123456789012:server-certificate";
constexpr std::string_view kIds = "ASCASANDBOX";
constexpr std::size_t kPageMost = 100;  ///< however many are asked for
constexpr std::string_view kInNames =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+=,.@-";
constexpr std::string_view kBegin = "-----BEGIN CERTIFICATE-----";

AwsRefusal refusal(std::string code, std::string message, int status = 400) {
  return {.status = status, .code = std::move(code), .message = std::move(message)};
}

AwsRefusal invalid(std::string message) {
  return refusal("ValidationError", std::move(message));
}

AwsRefusal not_found(const std::string& name) {
  return refusal(
      "NoSuchEntity", "The Server Certificate with name " + name + " cannot be found.", 404);
}

std::string escaped_xml(std::string_view text) {
  std::string out;
  for (const char c : text) out += c == '&' ? "&amp;" : c == '<' ? "&lt;" : std::string(1, c);
  return out;
}

std::string node_of(std::string_view name, std::string_view inside) {
  return "<" + std::string(name) + ">" + std::string(inside) + "</" + std::string(name) + ">";
}

AwsXmlBody answer_to(const AwsRequest& call, const std::string& inside) {
  return {.text = "<" + call.name + "Response xmlns=\"" + std::string(kAwsIamNamespace) + "\">" +
                  (inside.empty() ? inside : node_of(call.name + "Result", inside)) +
                  node_of("ResponseMetadata", node_of("RequestId", "sandbox")) + "</" + call.name +
                  "Response>"};
}

std::string field(const AwsRequest& call, std::string_view key) {
  return std::string(text_field(call.query, key));
}

bool is_name(std::string_view text) {
  return !text.empty() && text.size() <= 128 && text.find_first_not_of(kInNames) == text.npos;
}

bool is_path(std::string_view text) {
  const bool plain = std::ranges::all_of(text, [](char c) { return c > ' ' && c <= '\x7f'; });
  return plain && text.starts_with('/') && text.ends_with('/') && text.size() <= 512;
}

std::size_t certificates_in_pem(std::string_view pem) {
  std::size_t count = 0;
  for (auto at = pem.find(kBegin); at != pem.npos; at = pem.find(kBegin, at + 1)) ++count;
  return count;
}

/// Something of the call that IAM does not know, or that is missing.
std::optional<AwsRefusal> refuse_parameters(const AwsRequest& call,
                                            const std::vector<std::string_view>& required,
                                            const std::vector<std::string_view>& others) {
  for (const auto& [key, value] : call.query) {
    const bool known = key == "Action" || key == "Version" ||
                       std::ranges::find(required, key) != required.end() ||
                       std::ranges::find(others, key) != others.end();
    if (!known) return invalid("Not emulated: " + key);
  }
  for (const std::string_view key : required) {
    if (field(call, key).empty()) return invalid(std::string(key) + " is required.");
  }
  const std::string name = field(call, "ServerCertificateName");
  if (name.empty() || is_name(name)) return std::nullopt;
  return invalid("The specified value for serverCertificateName is invalid.");
}

std::string leaf_pem(const Entry& entry) {
  const std::string& all = entry.pair.chain_pem;
  return all.substr(0, all.find(kBegin, 1));
}

std::string chain_pem(const Entry& entry) {
  const std::string& all = entry.pair.chain_pem;
  const auto second = all.find(kBegin, 1);
  return second == std::string::npos ? "" : all.substr(second);
}

}  // namespace

std::string AwsServerCertificates::id_text(std::int64_t id) {
  std::array<char, 17> digits{};
  std::snprintf(digits.data(), digits.size(), "%016llX", static_cast<unsigned long long>(id));
  return std::string(kIds) + std::string(digits.data(), 16);
}

std::optional<std::int64_t> AwsServerCertificates::find_id(std::string_view text) const {
  for (const auto& [id, entry] : world_.entries()) {
    if (has(id) && id_text(id) == text) return id;
  }
  return std::nullopt;
}

AwsServerCertificates::Place AwsServerCertificates::place_of(std::int64_t id) const {
  const auto found = uploaded_.find(id);
  if (found != uploaded_.end()) return found->second;
  Place place{.path = std::string(kPath), .name = "gone-" + std::to_string(id)};
  const auto entry = world_.entries().find(id);
  if (entry == world_.entries().end()) return place;
  place.name.clear();
  for (const char c : entry->second->note) place.name += kInNames.contains(c) ? c : '-';
  if (place.name.empty()) place.name = "without-name-" + std::to_string(id);
  return place;
}

std::string AwsServerCertificates::arn_of(std::int64_t id) const {
  if (!has(id)) return aws_arn_of(id);
  const Place place = place_of(id);
  return std::string(kArns) + place.path + place.name;
}

std::optional<std::int64_t> AwsServerCertificates::find_arn(std::string_view arn) const {
  for (const auto& [id, entry] : world_.entries()) {
    if (arn_of(id) == arn) return id;
  }
  return std::nullopt;
}

std::optional<std::int64_t> AwsServerCertificates::find_name(std::string_view name) const {
  for (const auto& [id, entry] : world_.entries()) {
    if (has(id) && place_of(id).name == name) return id;
  }
  return std::nullopt;
}

std::string AwsServerCertificates::metadata_xml(std::int64_t id,
                                                const Place& place,
                                                Time stored,
                                                Time ends) const {
  return node_of("ServerCertificateName", escaped_xml(place.name)) +
         node_of("Path", escaped_xml(place.path)) +
         node_of("Arn", escaped_xml(std::string(kArns) + place.path + place.name)) +
         node_of("UploadDate", format_time(std::chrono::floor<seconds>(stored))) +
         node_of("ServerCertificateId", id_text(id)) + node_of("Expiration", format_time(ends));
}

std::string AwsServerCertificates::metadata_of(const Entry& entry) const {
  const Time stored = world_.now() - (world_.steady_now() - entry.stored_at);
  return metadata_xml(entry.id, place_of(entry.id), stored, entry.pair.leaf.not_after);
}

AwsAnswer AwsServerCertificates::list(const AwsRequest& call, SteadyTime moment) const {
  if (auto no = refuse_parameters(call, {}, {"PathPrefix", "Marker", "MaxItems"})) return *no;
  std::size_t most = 100;
  if (call.query.contains("MaxItems")) {
    const auto wanted = integer_field(call.query, "MaxItems");
    if (!wanted || *wanted < 1 || *wanted > 1000) return invalid("MaxItems is from 1 to 1000.");
    most = static_cast<std::size_t>(*wanted);
  }
  std::size_t from = 0;
  const std::string marker = field(call, "Marker");
  if (!marker.empty()) {
    const char* end = marker.data() + marker.size();
    if (marker.front() != 'm' || std::from_chars(marker.data() + 1, end, from).ptr != end) {
      return invalid("Marker is none.");
    }
  }
  const std::string prefix = field(call, "PathPrefix");
  std::vector<std::string> all;
  for (const auto& [id, entry] : world_.entries_at(moment)) {
    if (has(id) && place_of(id).path.starts_with(prefix)) all.push_back(metadata_of(*entry));
  }
  from = std::min(from, all.size());
  const std::size_t to = std::min(all.size(), from + std::min(most, kPageMost));
  std::string items;
  for (std::size_t i = from; i < to; ++i) items += node_of("member", all[i]);
  const bool more = to < all.size();
  return answer_to(call,
                   node_of("IsTruncated", more ? "true" : "false") +
                       node_of("ServerCertificateMetadataList", items) +
                       (more ? node_of("Marker", "m" + std::to_string(to)) : std::string()));
}

AwsAnswer AwsServerCertificates::get(const AwsRequest& call) const {
  if (auto no = refuse_parameters(call, {"ServerCertificateName"}, {})) return *no;
  const std::string name = field(call, "ServerCertificateName");
  const auto id = find_name(name);
  if (!id) return not_found(name);
  const Entry& entry = *world_.entries().at(*id);
  const std::string chain = chain_pem(entry);
  return answer_to(
      call,
      node_of("ServerCertificate",
              node_of("ServerCertificateMetadata", metadata_of(entry)) +
                  node_of("CertificateBody", leaf_pem(entry)) +
                  (chain.empty() ? std::string() : node_of("CertificateChain", chain))));
}

AwsAnswer AwsServerCertificates::upload(const AwsRequest& call) {
  if (auto no = refuse_parameters(call,
                                  {"ServerCertificateName", "CertificateBody", "PrivateKey"},
                                  {"Path", "CertificateChain"})) {
    return *no;
  }
  Place place{.path = field(call, "Path"), .name = field(call, "ServerCertificateName")};
  if (place.path.empty()) place.path = "/";
  if (!is_path(place.path)) return invalid("The specified value for path is invalid.");
  if (find_name(place.name)) {
    return refusal("EntityAlreadyExists",
                   "The Server Certificate with name " + place.name + " already exists.",
                   409);
  }
  const std::string leaf = field(call, "CertificateBody");
  if (certificates_in_pem(leaf) != 1) {
    return refusal("MalformedCertificate", "Unable to parse certificate.");
  }
  const PairReader& reader = world_.pair_reader();
  const std::string all = leaf + field(call, "CertificateChain");
  Secret key(field(call, "PrivateKey"));
  Result<UploadedPair> pair = reader ? reader(all, key) : read_pair(all, key);
  if (!pair) {
    const bool mismatch = pair.error().message.contains("not that of the first");
    return refusal(mismatch ? "KeyPairMismatch" : "MalformedCertificate",
                   "The certificate is malformed, or the key is another one's.");
  }
  if (pair->leaf.not_before > world_.now() || pair->leaf.not_after < world_.now()) {
    return refusal("MalformedCertificate", "The certificate is not in its validity period.");
  }
  if (world_.is_full()) {
    return refusal("LimitExceeded", "Cannot exceed quota for ServerCertificatesPerAccount.", 409);
  }
  const std::int64_t id = world_.upload(place.name, *std::move(pair));
  uploaded_.emplace(id, std::move(place));
  return answer_to(call,
                   node_of("ServerCertificateMetadata", metadata_of(*world_.entries().at(id))));
}

AwsAnswer AwsServerCertificates::remove(const AwsRequest& call,
                                        const std::set<std::int64_t>& attached) {
  if (auto no = refuse_parameters(call, {"ServerCertificateName"}, {})) return *no;
  const std::string name = field(call, "ServerCertificateName");
  const auto id = find_name(name);
  if (!id) return not_found(name);
  switch (attached.contains(*id) ? Outcome::kInUse : world_.remove(*id)) {
    case Outcome::kDone:
      return answer_to(call, "");
    case Outcome::kInUse:
      return refusal("DeleteConflict",
                     "Certificate: " + id_text(*id) +
                         " is currently in use by arn:aws:sandbox. Please remove it first before "
                         "deleting it from IAM.",
                     409);
    default:
      return not_found(name);
  }
}

AwsAnswer AwsServerCertificates::run(const AwsRequest& call,
                                     SteadyTime moment,
                                     const std::set<std::int64_t>& attached) {
  switch (*call.verb) {
    case kListServer:
      return list(call, moment);
    case kGetServer:
      return get(call);
    case kUploadServer:
      return upload(call);
    default:
      return remove(call, attached);
  }
}

AwsAnswer AwsServerCertificates::pretend(const AwsRequest& call) {
  if (call.verb != kUploadServer) return answer_to(call, "");
  const Place place{.path = field(call, "Path"), .name = field(call, "ServerCertificateName")};
  return answer_to(call,
                   node_of("ServerCertificateMetadata",
                           metadata_xml(world_.spend_id(), place, world_.now(), world_.now())));
}

}  // namespace certferry::sandbox
