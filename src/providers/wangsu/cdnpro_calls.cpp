// What is odd here, each with its evidence (all of it in metadata.cpp):
//  - the private key is encrypted by the account's API key and the second of the very request
//  - what a call has made is told by an address in a header, and the answer has no body
//  - a version has a fingerprint of a kind that is not documented, so it carries our label as well
//  - a task's status is "in progress" or "inprogress" ................. SDK: deploymentmanagement
//  - the number of a version that is to be deployed is a number, though documents call it text
// API: https://www.wangsu.com/document/api-doc/27034

#include "providers/wangsu/cdnpro_calls.h"

#include <algorithm>

#include "base/text.h"
#include "crypto/digest.h"
#include "model/label.h"
#include "providers/common/json_api.h"
#include "providers/common/json_body.h"
#include "providers/common/leaf_and_chain.h"
#include "providers/common/page_walk.h"
#include "providers/common/spelled_name.h"
#include "signing/wangsu.h"

namespace certferry {

bool CdnProVersion::is(const Certificate& leaf) const {
  if (digest.size() == 64) return digest == leaf.fingerprint;
  if (digest.size() == 40 && !leaf.der.empty()) return digest == sha1_hex(leaf.der);
  return !comment.empty() && comment == leaf.fingerprint;
}

std::int64_t CdnProCertificate::number_of(const Certificate& leaf) const {
  std::int64_t last = 0;
  for (const CdnProVersion& one : versions) {
    if (one.is(leaf)) last = std::max(last, one.number);
  }
  return last;
}

namespace {

using Json = nlohmann::json;

/// "2024-08-27T19:33:38Z", with a fraction or none; unset when it is anything else.
Time moment_of(const Json& value, std::string_view key) {
  std::string text = text_of(value, key);
  if (const auto dot = text.find('.'); dot != std::string::npos && text.ends_with('Z')) {
    text = text.substr(0, dot) + "Z";
  }
  const Time time = parse_time(text).value_or(Time{});
  return time < Time{} ? Time{} : time;
}

std::string digest_of(const Json& version) {
  std::string digits = to_lower(text_of(version, "fingerprint"));
  std::erase_if(digits, [](char one) { return one == ':' || one == ' '; });
  const bool hexadecimal = digits.find_first_not_of("0123456789abcdef") == std::string::npos;
  return hexadecimal ? digits : "";
}

std::int64_t number_in(const Json& value, std::string_view key) {
  return std::max<std::int64_t>(integer_of(value, key).value_or(0), 0);
}

/// Throws `reply.shape`: a list that is missing must not look like an empty one.
const Json& list_in(const Json& value, const std::string& key) {
  const Json* items = member(value, key);
  if (items != nullptr && items->is_array()) return *items;
  throw bad_shape("the answer has no list '" + key + "'", Effect::kReads);
}

std::string valid(Result<std::string> id) {
  if (!id) throw std::move(id).error();
  return *std::move(id);
}

/// The last part of an address, which follows that word. Throws `reply.no_id`.
std::string last_part(const std::string& address, std::string_view after) {
  const auto at = address.rfind(after);
  const std::string part = at == std::string::npos ? "" : address.substr(at + after.size());
  return valid(id_of(Json{{"id", part}}, "id", Effect::kChanges));
}

CdnProHostname read_hostname(const Json& told) {
  CdnProHostname hostname{.spelled = text_of(told, "hostname")};
  if (hostname.spelled.empty()) throw bad_shape("a hostname has no name", Effect::kReads);
  const Json* property = member(told, "propertyInProduction");
  if (property == nullptr) return hostname;
  if (!property->is_object()) {
    throw bad_shape("a hostname does not tell its property", Effect::kReads);
  }
  Result<std::optional<std::string>> certificate = reference_of(*property, "certificateId");
  if (!certificate) throw std::move(certificate).error();
  hostname.deployed = true;
  hostname.certificate = certificate->value_or("");
  return hostname;
}

CdnProVersion read_version(const Json& told) {
  CdnProVersion version{.number = number_in(told, "version"),
                        .digest = digest_of(told),
                        .comment = fingerprint_in_label(text_of(told, "comments")).value_or(""),
                        .not_after = moment_of(told, "expirationTime")};
  const Json* names = member(told, "subjectAlternativeNames");
  for (const Json& name : names != nullptr && names->is_array() ? *names : Json::array()) {
    if (name.is_string()) version.names.push_back(canonical_of_spelled(name.get<std::string>()));
  }
  return version;
}

CdnProCertificate read_row(const Json& told) {
  const std::string by = to_lower(text_of(told, "autoRenew"));
  return {.deployed = number_in(told, "versionInProduction"),
          .renews_itself = !by.empty() && by != "off"};
}

CdnProCertificate read_certificate(const Json& told) {
  CdnProCertificate certificate = read_row(told);
  for (const Json& one : list_in(told, "versions")) {
    certificate.versions.push_back(read_version(one));
  }
  for (const Json& use : list_in(told, "usageInProduction")) {
    const Json* origins = member(use, "origins");
    const bool none = origins == nullptr || (origins->is_array() && origins->empty());
    if (!none) certificate.shown_to_origins = true;
    for (const Json& one : list_in(use, "hostnames")) {
      if (!one.is_string()) throw bad_shape("a hostname that has it is no text", Effect::kReads);
      certificate.hostnames.push_back(canonical_of_spelled(one.get<std::string>()));
    }
  }
  return certificate;
}

/// Reads what a call told; errors say what was being done.
template <typename Read>
auto reading(const std::string& doing, Read read) {
  try {
    return read();
  } catch (Error& error) {
    throw std::move(error).while_doing(doing);
  }
}

Secret version_body(const Bundle& bundle,
                    const std::string& label,
                    const Secret& api_key,
                    Time now) {
  const auto [leaf, chain] = leaf_and_chain(bundle.chain_pem);
  JsonBody version;
  version.text("comments", label);
  version.text("privateKey", encrypt_for_cdn_pro(bundle.key_pem, api_key, now));
  version.text("certificate", leaf);
  if (!chain.empty()) version.text("chainCert", chain);
  const Secret inner = version.take();
  JsonBody body;
  body.json("newVersion", inner.reveal());
  return body.take();
}

Secret deployment_body(const CdnProVersionId& id, const std::string& name) {
  const Json action = {
      {"action", "deploy_cert"}, {"certificateId", id.first}, {"version", id.second}};
  JsonBody body;
  body.text("name", name);
  body.text("target", "production");
  body.json("actions", json_text(Json::array({action})));
  return body.take();
}

}  // namespace

Task<Json> CdnProCalls::get(std::string name, std::string path, std::string doing) {
  WangsuCall question{.action = {.name = name},
                      .doing = std::move(doing),
                      .method = "GET",
                      .path = std::move(path)};
  co_return co_await account_.call(std::move(question));
}

Task<std::vector<Json>> CdnProCalls::list(std::string path,
                                          QueryParameters query,
                                          std::string key,
                                          std::string doing) {
  constexpr unsigned kMost = 200;
  const std::string name = "GET " + path;
  std::vector<Json> all;
  PageWalk walk;
  for (bool more = true; more;) {
    WangsuCall page{
        .action = {.name = name}, .doing = doing, .method = "GET", .path = path, .query = query};
    page.query.emplace_back("offset", std::to_string((walk.page() - 1) * kMost));
    page.query.emplace_back("limit", std::to_string(kMost));
    const Json reply = co_await account_.call(std::move(page));
    more = reading(doing, [&] {
      const std::optional<std::int64_t> count = integer_of(reply, "count");
      const bool none = member(reply, key) == nullptr && count == 0;
      const Json rows = none ? Json::array() : list_in(reply, key);
      const Result<bool> taken = walk.take(rows, count);
      if (!taken) throw Error(taken.error());
      for (const Json& row : rows) all.push_back(row);
      return *taken;
    });
  }
  co_return all;
}

Task<std::vector<CdnProHostname>> CdnProCalls::hostnames(std::string doing) {
  const std::vector<Json> rows = co_await list("/cdn/hostnames", {}, "hostnames", doing);
  co_return reading(doing, [&] {
    std::vector<CdnProHostname> all;
    for (const Json& row : rows) all.push_back(read_hostname(row));
    return all;
  });
}

Task<CdnProHostname> CdnProCalls::hostname(std::string spelled, std::string doing) {
  const Json told =
      co_await get("GET /cdn/hostnames/NAME", "/cdn/hostnames/" + url_encode(spelled), doing);
  co_return reading(doing, [&] { return read_hostname(told); });
}

Task<std::map<std::string, CdnProCertificate>> CdnProCalls::certificates(std::string doing) {
  const std::vector<Json> rows = co_await list("/cdn/certificates",
                                               {{"sortBy", "creationTime"}, {"sortOrder", "asc"}},
                                               "certificates",
                                               doing);
  co_return reading(doing, [&] {
    std::map<std::string, CdnProCertificate> all;
    for (const Json& row : rows) {
      all[valid(id_of(row, "certificateId", Effect::kReads))] = read_row(row);
    }
    return all;
  });
}

Task<CdnProCertificate> CdnProCalls::certificate(std::string id, std::string doing) {
  const Json told =
      co_await get("GET /cdn/certificates/ID", "/cdn/certificates/" + url_encode(id), doing);
  co_return reading(doing, [&] { return read_certificate(told); });
}

Task<CdnProVersion> CdnProCalls::version(CdnProVersionId id, std::string doing) {
  const Json told = co_await get(
      "GET /cdn/certificates/ID/versions/VERSION",
      "/cdn/certificates/" + url_encode(id.first) + "/versions/" + std::to_string(id.second),
      doing);
  CdnProVersion version = read_version(told);
  if (version.number == id.second) co_return version;
  throw bad_shape("the answer is about another version", Effect::kReads).while_doing(doing);
}

Task<std::map<std::string, CdnProDeployment>> CdnProCalls::deployments(std::string certificate,
                                                                       std::string doing) {
  QueryParameters query = {
      {"target", "production"}, {"sortBy", "submissionTime"}, {"sortOrder", "asc"}};
  if (!certificate.empty()) query.emplace_back("certificateId", certificate);
  std::multimap<std::string, Json> tasks;  // by their age: of several the last one counts
  for (const char* status : {"waiting", "inprogress"}) {
    QueryParameters one = query;
    one.emplace_back("status", status);
    const std::vector<Json> some = co_await list("/cdn/deploymentTasks", one, "deploy", doing);
    for (const Json& task : some) {
      tasks.emplace(text_of(task, "submissionTime"), task);
    }
  }
  std::map<std::string, CdnProDeployment> last;
  for (const auto& [age, task] : tasks) {
    const std::string id = reading(doing, [&] { return valid(id_of(task, "id", Effect::kReads)); });
    const Json told = co_await get(
        "GET /cdn/deploymentTasks/ID", "/cdn/deploymentTasks/" + url_encode(id), doing);
    // Since it was listed it may have ended: then the certificate says how.
    const std::string status = text_of(told, "status");
    const Json* actions = member(told, "actions");
    const bool ended = status == "failed" || status == "succeeded";
    if (ended || actions == nullptr || !actions->is_array()) continue;
    for (const Json& action : *actions) {
      const std::int64_t number = number_in(action, "version");
      if (text_of(action, "action") != "deploy_cert" || number == 0) continue;
      last[text_of(action, "certificateId")] = {.task = id, .version = number};
    }
  }
  if (!certificate.empty())
    std::erase_if(last, [&](auto& one) { return one.first != certificate; });
  co_return last;
}

Task<std::int64_t> CdnProCalls::make_version(std::string certificate,
                                             BundlePtr bundle,
                                             std::string label,
                                             std::string doing) {
  // The key is encrypted by the second that the request is signed in.
  const Time now = account_.now();
  WangsuCall order{.action = {.name = "PATCH /cdn/certificates/ID",
                              .effect = Effect::kChanges,
                              .carried_key = true},
                   .doing = doing,
                   .method = "PATCH",
                   .path = "/cdn/certificates/" + url_encode(certificate),
                   .body = version_body(*bundle, label, account_.api_key(), now),
                   .at = now};
  const std::string address = co_await account_.create(std::move(order));
  co_return reading(doing, [&] {
    const Json made = {{"version", last_part(address, "/versions/")}};
    const std::int64_t number = number_in(made, "version");
    if (number > 0) return number;
    throw Error(ErrorKind::kMaybeApplied, "the answer does not say which version was made")
        .with_code("reply.no_id");
  });
}

Task<std::string> CdnProCalls::deploy(CdnProVersionId id, std::string name, std::string doing) {
  WangsuCall order{.action = {.name = "POST /cdn/deploymentTasks", .effect = Effect::kChanges},
                   .doing = doing,
                   .path = "/cdn/deploymentTasks",
                   .body = deployment_body(id, name)};
  const std::string address = co_await account_.create(std::move(order));
  co_return reading(doing, [&] { return last_part(address, "/deploymentTasks/"); });
}

Task<CdnProTask> CdnProCalls::task(std::string id, std::string doing) {
  const Json told =
      co_await get("GET /cdn/deploymentTasks/ID", "/cdn/deploymentTasks/" + url_encode(id), doing);
  co_return CdnProTask{.status = text_of(told, "status"),
                       .details = text_of(told, "statusDetails")};
}

}  // namespace certferry
