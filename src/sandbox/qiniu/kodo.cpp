#include "sandbox/qiniu/kodo.h"

#include <algorithm>

namespace certferry::sandbox {

namespace {

using Json = nlohmann::json;

constexpr std::size_t kDomainsABucket = 20;

std::vector<const Domain*> domains_of(const World& world) {
  std::vector<const Domain*> all;
  for (const Domain& domain : world.domains()) {
    if (domain.product == "kodo") all.push_back(&domain);
  }
  return all;
}

std::string bucket_name(std::size_t number) {
  return "bucket-" + std::to_string(number);
}

std::size_t count_buckets(const World& world) {
  return (domains_of(world).size() + kDomainsABucket - 1) / kDomainsABucket + 1;
}

/// As a list that is written by Go: null when it is empty.
Json list_of(std::vector<Json> items) {
  return items.empty() ? Json() : Json(std::move(items));
}

std::string seconds_text(Time time) {
  return std::to_string(std::chrono::floor<seconds>(time.time_since_epoch()).count());
}

}  // namespace

QiniuAnswer list_kodo_buckets(const World& world) {
  std::vector<Json> names;
  for (std::size_t number = 0; number < count_buckets(world); ++number) {
    names.push_back(bucket_name(number));
  }
  return list_of(std::move(names));
}

QiniuAnswer list_kodo_domains(const World& world, const QiniuRequest& call) {
  const std::string& bucket = call.query.at("bucket");
  const std::vector<const Domain*> all = domains_of(world);
  std::vector<Json> items;
  bool known = false;
  for (std::size_t number = 0; number < count_buckets(world); ++number) {
    if (bucket != bucket_name(number)) continue;
    known = true;
    const std::size_t from = number * kDomainsABucket;
    for (std::size_t i = from; i < std::min(from + kDomainsABucket, all.size()); ++i) {
      Json item = {{"domain", all[i]->name},
                   {"bucket", bucket},
                   {"create_time", seconds_text(all[i]->created_at)},
                   {"update_time", seconds_text(all[i]->created_at)}};
      if (!all[i]->online) item["freeze_types"] = Json::array({"VIOLATION"});
      items.push_back(std::move(item));
    }
  }
  if (!known) return QiniuRefusal{.status = 631, .code = 631, .message = "no such bucket"};
  return Json(std::move(items));
}

QiniuAnswer list_kodo_bound(const World& world, SteadyTime moment) {
  std::vector<Json> items;
  for (const Domain* domain : domains_of(world)) {
    const EntryPtr entry = domain->bound_at(moment);
    if (!entry) continue;
    items.push_back({{"uid", 1},
                     {"name", entry->note},
                     {"certid", qiniu_certificate_id(entry->id)},
                     {"domain", domain->name}});
  }
  return list_of(std::move(items));
}

QiniuAnswer bind_kodo_domain(World& world, const QiniuRequest& call) {
  const auto refused = [](int status, std::string message) {
    return QiniuRefusal{.status = status, .code = status, .message = std::move(message)};
  };
  const Domain* domain = world.find_domain(call.domain);
  if (domain == nullptr) return refused(400, "invalid domain");
  if (domain->product != "kodo") return refused(403, "domaintype is not allowed");
  if (!domain->online) return refused(400, "domain is frozen");
  const auto certificate = call.body.find("certid");
  const auto id = certificate != call.body.end() && certificate->is_string()
                      ? qiniu_certificate_number(certificate->get<std::string>())
                      : std::nullopt;
  if (!id) return refused(400, "invalid id");
  switch (world.bind(*id, call.domain)) {
    case Outcome::kUnknownCertificate:
      return QiniuRefusal{.code = 400401, .message = "没有找到证书"};
    case Outcome::kNotCovered:
      return QiniuRefusal{.code = 400326, .message = "证书与域名不匹配，请重新提交"};
    default:
      return Json::object();
  }
}

}  // namespace certferry::sandbox
