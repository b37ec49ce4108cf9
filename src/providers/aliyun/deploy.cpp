// What CAS's deployment jobs reach and nothing else here serves: resources of ALB, NLB, GA, DDoS
// protection, FC, API Gateway and whatever CAS comes to list. Each job is paid for.
//
// How a resource is a target. CAS lists what can have a certificate, each with an id and most with
// a domain; one whose domain is a host's name is a target of that name, and several of one name are
// its places, which one job goes to. What has no such domain, or has HTTPS switched off, or listens
// where nobody looks, is listed under its id and left alone. Resources of products that have a page
// of their own here are left to those.
//
// What is odd here, each with its evidence (all of it in metadata.cpp):
//  - each resource that a job goes to takes a deployment that is paid for, so no job is made while
//    the last one of the name has not ended, may have done it, or has just failed
//  - CAS lists copies of an unknown age: what a job said is believed until the list changes
//  - a listener of a load balancer has the names of its certificate, and may serve more of them
//    than the list has: what replaces it is for all of them, unless it came from here
//  - a job sets certificates where HTTPS is on, and does not switch it on
// API:
// https://help.aliyun.com/zh/ssl-certificate/developer-reference/api-cas-2020-04-07-listcloudresources

#include "providers/aliyun/deploy.h"

#include <algorithm>
#include <array>
#include <memory>
#include <utility>

#include "base/text.h"
#include "model/label.h"
#include "model/name.h"
#include "providers/common/each_place.h"
#include "providers/common/json_api.h"
#include "providers/common/placed_names.h"
#include "providers/common/spelled_name.h"

namespace certferry {

namespace {

using Json = nlohmann::json;

constexpr AliyunService kCas{.id = "cas", .version = "2020-04-07", .ram = "yundun-cert"};
constexpr AliyunAction kList{.service = &kCas, .name = "ListCloudResources"};

/// How long a job is waited for; after that, what it did shows later.
constexpr int kLooksMost = 24;
constexpr milliseconds kBetweenLooks = seconds(5);
/// How long it is believed what a job did before the list was asked.
constexpr milliseconds kBelieved = hours(24);
/// How long none is made after one that failed.
constexpr milliseconds kHeld = minutes(10);
/// For one host and certificate, whatever became of them: each is paid for.
constexpr std::size_t kJobsMost = 3;

/// Products that have a page of their own here.
constexpr std::array<std::string_view, 8> kServedElsewhere{
    "cdn", "dcdn", "esa", "live", "oss", "slb", "vod", "waf"};
/// Those of them that lists of their own show whole, which are newer than CAS's.
constexpr std::array<std::string_view, 5> kKnownElsewhere{"cdn", "dcdn", "live", "oss", "vod"};
/// Products whose resource is one domain, with a certificate for it alone.
constexpr std::array<std::string_view, 6> kOfOneDomain{
    "apigateway", "cr", "ddos", "fc", "mse", "webhosting"};

/// What a resource has whose certificate CAS does not know.
constexpr std::string_view kNotOfCas = "none of CAS";

bool is_one_of(auto& words, const std::string& word) {
  return std::ranges::find(words, word) != words.end();
}

bool is_host(const std::string& name) {
  return name.contains('.') && !canonical_ip(name) && canonical_name(name).has_value();
}

bool is_number(const std::string& id) {
  return !id.empty() && id.find_first_not_of("0123456789") == std::string::npos;
}

std::string why_not_served(const Json& row, bool has_host, bool https) {
  if (!has_host) return "names no host";
  const std::string port = text_of(row, "ListenerPort");
  if (!port.empty() && port != "443") {
    return "at port " + printable(port, 20) + ", where nobody looks";
  }
  if (!https) return "HTTPS is off there, which a job does not switch on";
  const std::string status = to_lower(text_of(row, "Status"));
  for (const char* word : {"offline", "stopped", "disabled"}) {
    if (status == word) return "offline";  // as every product here says it
  }
  return "";
}

Error cut_off(std::string what, const std::string& doing) {
  return Error(ErrorKind::kRejected, std::move(what))
      .with_code("vendor.names_cut_off")
      .with_hint(
          "take a certificate that is for all of its names, or set one of CAS there in the console "
          "once")
      .while_doing(doing);
}

Error busy(const AliyunJob& job, const std::string& doing) {
  return Error(ErrorKind::kUnavailable,
               "job " + printable(job.id, 40) + " of the same name is still under way, for " +
                   "certificate " + printable(job.certificate, 40))
      .with_code("vendor.busy")
      .with_hint("nothing was sent; it is tried again when that one has ended")
      .while_doing(doing);
}

}  // namespace

Result<AliyunDeploy::Resource> AliyunDeploy::read_resource(const Json& row) {
  TRY(std::string id, id_of(row, "Id", Effect::kReads));
  TRY(std::optional<std::string> certificate, reference_of(row, "CertId"));
  const std::string product = words_of(row, "CloudProduct");
  Resource out{.place = {.id = std::move(id),
                         .certificate = std::move(certificate),
                         .changed_at = aliyun_moment(row, "GmtModified")},
               .kind = to_lower(product)};
  Place& place = out.place;
  place.what = (product.empty() ? "resource" : product) + " " + place.id;
  place.serves_others = !is_one_of(kOfOneDomain, out.kind);
  const std::string flag = text_of(row, "EnableHttps");
  const bool https = flag == "1" || (flag.empty() && place.certificate);
  // One that CAS does not know must not look like nothing at all.
  if (https && !place.certificate) place.certificate = kNotOfCas;
  const std::string domain(trim(text_of(row, "Domain")));
  const std::string host = canonical_of_spelled(domain);
  out.spelled = is_host(host) ? domain : place.what;
  out.why_not = why_not_served(row, is_host(host), https);
  return out;
}

Binding AliyunDeploy::binding_of(const Resource& one) {
  return {.name = canonical_of_spelled(one.spelled),
          .vendor_name = one.spelled,
          .edge_name = {},
          .online = one.why_not.empty(),
          .status = one.why_not.empty() ? "online" : one.why_not,
          .stored_id = one.place.certificate};
}

Task<std::vector<AliyunDeploy::Resource>> AliyunDeploy::list_resources(std::string doing) {
  AliyunList wanted{
      .call = {.action = kList, .doing = doing, .query = {{"CloudName", "aliyun"}}},
      .page = "CurrentPage",
      .size = "ShowSize",
      .items_a_page = 50,
      .place = {"Data"},
      .count = "Total",
  };
  std::vector<Json> rows;
  try {
    rows = co_await account_.list(std::move(wanted));
  } catch (const Error& error) {
    if (!never_opened(error)) throw;
  }
  std::vector<Resource> all;
  for (const Json& row : rows) {
    Result<Resource> one = read_resource(row);
    if (!one) throw std::move(one).error().while_doing(doing);
    all.push_back(*std::move(one));
  }
  co_return all;
}

Task<std::optional<AliyunJobState>> AliyunDeploy::look(AliyunJob job, std::string doing) {
  try {
    co_return co_await jobs_.ask(std::move(job), std::move(doing));
  } catch (const Error& error) {
    // That it could not be asked for says nothing of it.
    if (error.kind == ErrorKind::kCancelled) throw;
  }
  co_return std::nullopt;
}

Task<void> AliyunDeploy::overlay(Binding* binding, std::string doing) {
  const auto found = told_.find(binding->name);
  if (found == told_.end()) co_return;
  const Told told = found->second;
  // The list is newer than the job, whatever it says; or the job is so long ago that it is for the
  // list to say, as for another process.
  const bool is_old = told.done_at && account_.now() - *told.done_at > kBelieved;
  if (is_old || binding->stored_id != told.before) {
    told_.erase(found);
    co_return;
  }
  std::optional<AliyunJobState> state;
  if (!told.done_at) state = co_await look(told.job, std::move(doing));
  if (state && state->ended() && !state->succeeded()) {
    told_.erase(binding->name);
    binding->status += ", deployment failed";
    co_return;
  }
  const bool done = told.done_at || (state && state->succeeded());
  if (done && !told.done_at) told_[binding->name].done_at = account_.now();
  binding->stored_id = told.job.certificate;
  binding->status += done ? ", by the job" : ", being deployed";
}

Task<std::vector<Binding>> AliyunDeploy::list() {
  const std::string doing = "listing the cloud resources of CAS at Alibaba Cloud";
  const std::vector<Resource> all = co_await list_resources(doing);
  std::vector<ListedPlace<Place>> listed;
  for (const Resource& one : all) {
    if (is_one_of(kServedElsewhere, one.kind)) continue;
    listed.push_back({.place = one.place,
                      .name = canonical_of_spelled(one.spelled),
                      .spelled = one.spelled,
                      .stored_id = one.place.certificate,
                      .certificates = {},
                      .why_not = one.why_not});
  }
  std::map<std::string, Name> names;
  std::vector<Binding> bindings;
  for (PlacedName<Place>& one : gather_names(std::move(listed))) {
    names[one.binding.name] = {.stored_id = one.binding.stored_id, .places = std::move(one.places)};
    bindings.push_back(std::move(one.binding));
  }
  names_ = std::move(names);
  for (Binding& one : bindings) co_await overlay(&one, doing);
  co_return bindings;
}

Task<std::vector<Binding>> AliyunDeploy::list_users() {
  const std::string doing = "listing the cloud resources of CAS at Alibaba Cloud";
  const std::vector<Resource> all = co_await list_resources(doing);
  std::vector<Binding> users;
  for (const Resource& one : all) {
    if (!is_one_of(kKnownElsewhere, one.kind)) users.push_back(binding_of(one));
  }
  for (const auto& [host, told] : told_) {
    users.push_back({.name = host, .vendor_name = host, .stored_id = told.job.certificate});
  }
  co_return users;
}

/// A listener answers for whatever its certificate is for, of which the list may have one name.
Task<void> AliyunDeploy::require_names_kept(BindRequest request, Places places, std::string doing) {
  if (!request.bundle) co_return;  // the way back to what it had
  std::erase_if(places, [&](const Place& one) {
    return !one.serves_others || one.certificate == request.stored_id;
  });
  if (places.empty()) co_return;
  const std::vector<StoredCertificate> stored = co_await cas_.list();
  for (const Place& place : places) {
    const std::string now = place.certificate.value_or("none");
    const auto its = std::ranges::find(stored, now, &StoredCertificate::id);
    if (its != stored.end() && is_tagged(its->label)) continue;
    if (its == stored.end() || its->names.empty()) {
      throw cut_off(place.what +
                        " may serve other names as well, and which ones its certificate (" +
                        printable(now, 80) + ") is for cannot be read in CAS",
                    doing);
    }
    const std::optional<std::string> other = first_uncovered(request.bundle->leaf, its->names);
    if (!other) continue;
    throw cut_off("this certificate does not cover " + printable(*other, 80) + ", as " +
                      printable(now, 80) + " does, which " + place.what + " has now",
                  doing);
  }
}

Task<bool> AliyunDeploy::take_up(AliyunJob job,
                                 std::string wanted,
                                 Places* places,
                                 std::string doing) {
  const std::optional<AliyunJobState> state = co_await jobs_.ask(job, doing);
  if (!state) co_return false;
  if (state->is_draft()) {
    if (job.certificate != wanted) co_return false;
    std::set<std::string> ids;
    for (const Place& one : *places) ids.insert(one.id);
    const std::set<std::string> its = co_await jobs_.resources_of(job, doing);
    // A draft for something else is never carried out.
    if (its != ids) co_return false;
    co_await jobs_.start(job, doing);
    co_return true;
  }
  if (!state->ended()) {
    if (job.certificate != wanted) throw busy(job, doing);
    co_return true;
  }
  const Time now = account_.now();
  if (job.certificate != wanted || !state->ended_at) co_return false;
  const bool is_old = now - *state->ended_at > kBelieved;
  const std::map<std::string, std::string> ends = co_await jobs_.ends_of(job, doing);
  bool left_some = false;
  std::erase_if(*places, [&](const Place& one) {
    const auto end = ends.find(one.id);
    const bool did = end != ends.end() && end->second == "success";
    left_some = left_some || !did;
    // A row that was changed before the job had ended is older than the job, however long ago that
    // was; after it, somebody has changed it since, or the list has only now been made anew.
    return did && (one.changed_at ? *one.changed_at <= *state->ended_at : !is_old);
  });
  if (left_some && now - *state->ended_at < kHeld) co_await require_done(job, *state, doing);
  co_return false;
}

Task<std::optional<AliyunJob>> AliyunDeploy::job_for(BindRequest request,
                                                     Places places,
                                                     std::string doing) {
  const std::string host = canonical_of_spelled(request.binding.vendor_name);
  const std::shared_ptr<void> turn = co_await turn_.enter(sleeper_, doing, minutes(5));
  // A place that has it already is not paid for again, unless all of them have.
  const auto has_it = [&](const Place& one) { return one.certificate == request.stored_id; };
  if (!std::ranges::all_of(places, has_it)) std::erase_if(places, has_it);
  const std::optional<AliyunJob> last = co_await jobs_.last_for(host, doing);
  if (last) {
    const bool under_way = co_await take_up(*last, request.stored_id, &places, doing);
    if (under_way) co_return last;
  }
  if (places.empty()) {
    told_[host] = {.job = *last, .before = names_[host].stored_id, .done_at = account_.now()};
    co_return std::nullopt;
  }
  if (jobs_.made_for(host, request.stored_id) >= kJobsMost) {
    throw Error(
        ErrorKind::kRejected,
        std::to_string(kJobsMost) + " jobs were made to carry it there, and each is paid for")
        .with_code("vendor.jobs_spent")
        .with_hint(
            "their pages in the console of Certificate Management Service say what became of them; "
            "deleting them there lets others be made")
        .while_doing(doing);
  }
  std::vector<std::string> ids;
  for (const Place& one : places) ids.push_back(one.id);
  const AliyunJob job = co_await jobs_.make(host, request.stored_id, std::move(ids), doing);
  co_await jobs_.start(job, doing);
  co_return job;
}

Task<void> AliyunDeploy::require_done(AliyunJob job, AliyunJobState state, std::string doing) {
  std::map<std::string, std::string> ends;
  bool known = true;
  try {
    ends = co_await jobs_.ends_of(job, doing);
  } catch (const Error& error) {
    if (error.kind == ErrorKind::kCancelled) throw;
    known = false;
  }
  if (!known && state.succeeded()) co_return;
  std::size_t done = 0;
  std::string others;
  for (const auto& [id, end] : ends) {
    if (end == "success") {
      ++done;
    } else {
      others.append(others.empty() ? "" : ", ").append(id).append(" is '" + end + "'");
    }
  }
  if (state.succeeded() && done > 0 && done == ends.size()) co_return;
  if (!known) others = "where could not be read";
  if (others.empty()) others = "it went to no resource";
  Error error =
      Error(ErrorKind::kRejected, "the job that was to carry the certificate there failed")
          .with_code("vendor.rejected")
          .with_vendor("job " + printable(job.id, 40) + ", " + state.status, printable(others, 200))
          .with_hint(
              "its page in the console of Certificate Management Service says why; as "
              "each is paid for, no other is made for ten minutes")
          .while_doing(doing);
  if (done == 0 && known) throw std::move(error);
  throw after_a_change(std::move(error),
                       known ? std::to_string(done) + " of its " + std::to_string(ends.size()) +
                                   " places " + (done == 1 ? "was" : "were") + " changed"
                             : "some of its places may have been changed");
}

Task<BindDone> AliyunDeploy::bind(BindRequest request) {
  const std::string doing = doing_bind(request, name());
  if (!is_number(request.stored_id)) {
    throw Error(ErrorKind::kRejected, "a job takes certificates of CAS alone")
        .with_code("vendor.rejected")
        .while_doing(doing);
  }
  const std::string host = canonical_of_spelled(request.binding.vendor_name);
  if (!names_.contains(host)) (void)co_await list();
  const Name its = names_[host];
  if (its.places.empty()) {
    throw Error(ErrorKind::kNotFound, "CAS lists no such domain of a cloud resource")
        .with_code("vendor.not_found")
        .while_doing(doing);
  }
  co_await require_names_kept(request, its.places, doing);
  const std::optional<AliyunJob> job = co_await job_for(request, its.places, doing);
  if (!job) co_return BindDone{};
  told_[host] = {.job = *job, .before = its.stored_id};
  for (int look_at = 0; look_at < (sleeper_ == nullptr ? 1 : kLooksMost); ++look_at) {
    if (look_at > 0) co_await sleeper_->sleep(kBetweenLooks);
    const std::optional<AliyunJobState> state = co_await look(*job, doing);
    if (!state || !state->ended()) continue;
    if (!state->succeeded()) told_.erase(host);
    co_await require_done(*job, *state, doing);
    told_[host].done_at = account_.now();
    break;
  }
  co_return BindDone{};
}

}  // namespace certferry
