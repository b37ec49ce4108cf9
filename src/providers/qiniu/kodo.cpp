// Kodo (object storage): a bucket is served under source domains of the account's own; each takes a
// certificate of the SSL certificate service by its id there.
//
// What is odd here, each with its evidence (all of it in metadata.cpp):
//  - buckets and their domains are asked for at a host of their own, bucket by bucket
//    .................................................... docs: kodo/3926, kodo/8338
//  - which certificates they have, one list of the certificate service says for all of them
//    .................................................... the vendor's console, /cert/bindings
//  - a bind names domain and certificate, and touches nothing else
//    .................................................... the vendor's console, /cert/bind
//  - answers are lists with nothing around them, null when they are empty
//  - a domain of the CDN is refused here, in words alone .. issues of three clients
//  - a bucket that somebody else lets the account use is listed too, and may deny its domains: it
//    then stands in the list itself
//  - where a domain's edge is, no call says: it is looked for where the domain itself leads
// API: https://developer.qiniu.com/kodo/8338/query-the-custom-domain-name-space

#include "providers/qiniu/kodo.h"

#include "base/text.h"
#include "providers/common/bucket_walk.h"
#include "providers/common/json_api.h"
#include "providers/common/json_body.h"
#include "providers/common/spelled_name.h"

namespace certferry {

namespace {

using Json = nlohmann::json;

/// Frozen, for want of a filing or for what it served: nobody is served then.
bool is_frozen(const Json& domain) {
  const Json* types = member(domain, "freeze_types");
  return types != nullptr && !types->empty();
}

/// Throws `reply.shape`.
Binding read_name(const Json& domain) {
  const std::string spelled = text_of(domain, "domain");
  if (spelled.empty()) throw bad_shape("a domain in the list has no name", Effect::kReads);
  const bool frozen = is_frozen(domain);
  return {.name = canonical_of_spelled(spelled),
          .vendor_name = spelled,
          .online = !frozen,
          // The word that the engine knows for what nobody is served from.
          .status = frozen ? "offline" : "online"};
}

}  // namespace

Task<std::vector<Json>> QiniuKodo::bare_list(QiniuCall call) {
  call.action.bare_list = true;
  const Json reply = co_await account_.call(std::move(call));
  co_return reply.get<std::vector<Json>>();
}

Task<std::vector<std::string>> QiniuKodo::list_buckets() {
  const std::string doing = "listing the buckets of Kodo at Qiniu";
  QiniuCall question{.action = {.name = "GET /buckets"},
                     .doing = doing,
                     .target = "/buckets",
                     .host = QiniuHost::kBuckets};
  const std::vector<Json> items = co_await bare_list(std::move(question));
  std::vector<std::string> buckets;
  for (const Json& item : items) {
    std::string name = item.is_string() ? item.get<std::string>() : "";
    if (name.empty() || !is_printable(name)) {
      throw bad_shape("the list has a bucket without a name", Effect::kReads).while_doing(doing);
    }
    buckets.push_back(std::move(name));
  }
  co_return buckets;
}

Task<std::vector<Binding>> QiniuKodo::list_names(std::string bucket) {
  const std::string doing =
      "listing the domains of bucket " + printable(bucket, 100) + " of Kodo at Qiniu";
  QiniuCall question{.action = {.name = "GET /domain?bucket=NAME"},
                     .doing = doing,
                     .target = "/domain?bucket=" + url_encode(bucket),
                     .host = QiniuHost::kBuckets};
  std::vector<Json> items;
  try {
    items = co_await bare_list(std::move(question));
  } catch (const Error& error) {
    // It was deleted since the list of buckets; what any gateway says is no such answer.
    if (error.kind != ErrorKind::kNotFound) throw;
    co_return std::vector<Binding>();
  }
  std::vector<Binding> names;
  try {
    for (const Json& item : items) names.push_back(read_name(item));
  } catch (Error& error) {
    throw std::move(error).while_doing(doing);
  }
  co_return names;
}

Task<QiniuKodo::Bound> QiniuKodo::list_bound() {
  const std::string doing = "listing the certificates of Kodo's domains at Qiniu";
  QiniuCall question{
      .action = {.name = "GET /cert/bindings"}, .doing = doing, .target = "/cert/bindings"};
  const std::vector<Json> items = co_await bare_list(std::move(question));
  Bound bound;
  for (const Json& item : items) {
    const std::string spelled = text_of(item, "domain");
    if (spelled.empty()) {
      throw bad_shape("a certificate in the list is bound to no domain", Effect::kReads)
          .while_doing(doing);
    }
    Result<std::optional<std::string>> id = reference_of(item, "certid");
    if (!id) throw std::move(id).error().while_doing(doing);
    // Of several the last one counts, as in the vendor's console.
    bound.insert_or_assign(canonical_of_spelled(spelled), *std::move(id));
  }
  co_return bound;
}

Task<std::vector<Binding>> QiniuKodo::list() {
  std::vector<std::string> buckets = co_await list_buckets();
  std::vector<Binding> all = co_await walk_buckets<std::string>(
      std::move(buckets),
      [this](std::string bucket) { return list_names(std::move(bucket)); },
      unlisted_bucket);
  const Bound bound = co_await list_bound();
  for (Binding& one : all) {
    const auto found = bound.find(one.name);
    if (found != bound.end()) one.stored_id = found->second;
  }
  co_return all;
}

Task<void> QiniuKodo::bind(Binding binding, std::string stored_id) {
  JsonBody body;
  body.text("certid", stored_id).text("domain", binding.vendor_name);
  QiniuCall order{.action = {.name = "POST /cert/bind", .effect = Effect::kChanges},
                  .doing = "pointing " + printable(binding.vendor_name, 100) +
                           " of Kodo at certificate " + printable(stored_id, 100) + " of Qiniu",
                  .method = "POST",
                  .target = "/cert/bind",
                  .body = body.take()};
  co_await account_.call(std::move(order));
}

}  // namespace certferry
