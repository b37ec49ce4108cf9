// The certificate centre: what all products serve from.

#include "sandbox/pair.h"
#include "sandbox/volcengine/volcengine_support.h"

namespace certferry::sandbox::volcengine {

namespace {

/// "2026-01-02 11:04:05", China's.
std::string center_time(Time time) {
  std::string text = format_time(time + hours(8));
  text.pop_back();
  std::ranges::replace(text, 'T', ' ');
  return text;
}

const VolcengineRefusal kFull{.code = "QuotaExceeded.Certificate",
                              .message = "The number of certificates has reached the limit."};

}  // namespace

VolcengineAnswer list_stored(const World& world, const VolcengineRequest& call, SteadyTime at) {
  const auto page = page_of(call.parameters, "PageNumber", "PageSize");
  if (const auto* refusal = std::get_if<VolcengineRefusal>(&page)) return *refusal;
  std::vector<EntryPtr> all;
  for (const auto& [id, entry] : world.entries_at(at)) all.push_back(entry);
  Json items = Json::array();
  for (const EntryPtr& one : std::get<Page>(page).of(all)) {
    const Certificate& leaf = one->pair.leaf;
    items.push_back({{"InstanceId", volcengine_id(one->id)},
                     {"InstanceType", "upload"},
                     {"Tag", one->note},
                     {"CommonName", leaf.dns_names.empty() ? "" : leaf.dns_names.front()},
                     {"San", leaf.dns_names},
                     {"NotBefore", center_time(leaf.not_before)},
                     {"NotAfter", center_time(leaf.not_after)},
                     {"Status", "Issued"},
                     {"IsCertificateRevoked", false},
                     {"ProjectName", "default"}});
  }
  return Json{{"TotalCount", all.size()},
              {"PageNumber", std::get<Page>(page).number},
              {"PageSize", std::get<Page>(page).size},
              {"Instances", items}};
}

std::variant<UploadedPair, VolcengineRefusal> read_upload(const World& world,
                                                          std::string chain,
                                                          std::string key) {
  if (chain.empty()) return missing("Certificate");
  if (key.empty()) return missing("PrivateKey");
  const PairReader& reader = world.pair_reader();
  Result<UploadedPair> pair = reader ? reader(std::move(chain), Secret(std::move(key)))
                                     : read_pair(std::move(chain), Secret(std::move(key)));
  if (!pair) {
    return VolcengineRefusal{.code = "InvalidParameter.Certificate",
                             .message = "证书解析失败: " + pair.error().message};
  }
  if (pair->leaf.not_after <= world.now()) {
    return VolcengineRefusal{.code = "InvalidParameter.Certificate", .message = "证书已过期"};
  }
  return *std::move(pair);
}

std::optional<std::int64_t> same_as(const World& world, const UploadedPair& pair) {
  for (const auto& [id, entry] : world.entries()) {
    if (entry->pair.leaf.fingerprint == pair.leaf.fingerprint) return id;
  }
  return std::nullopt;
}

Json stored_answer(std::int64_t id) {
  return {{"InstanceId", volcengine_id(id)}, {"RepeatId", ""}};
}

VolcengineAnswer upload(World& world, const VolcengineRequest& call) {
  const Json* info = member(call.parameters, "CertificateInfo");
  if (info == nullptr || !info->is_object()) return missing("CertificateInfo");
  auto pair = read_upload(world, text_of(*info, "CertificateChain"), text_of(*info, "PrivateKey"));
  if (const auto* refusal = std::get_if<VolcengineRefusal>(&pair)) return *refusal;
  auto& uploaded = std::get<UploadedPair>(pair);
  const auto same = same_as(world, uploaded);
  if (same && !is_true(call.parameters, "Repeatable")) {
    return Json{{"InstanceId", ""}, {"RepeatId", volcengine_id(*same)}};
  }
  if (world.is_full()) return kFull;
  return stored_answer(world.upload(text_of(call.parameters, "Tag"), std::move(uploaded)));
}

VolcengineAnswer add_certificate(World& world, const VolcengineRequest& call) {
  // Its default is a store of CDN's own, which only some accounts have.
  if (text_of(call.parameters, "Source") != center_in_cdn(*call.action)) {
    return VolcengineRefusal{.status = 403,
                             .code = "OperationDenied.CertHosting",
                             .message = "The account is not allowed to host certificates in CDN."};
  }
  auto pair = read_upload(
      world, text_of(call.parameters, "Certificate"), text_of(call.parameters, "PrivateKey"));
  if (const auto* refusal = std::get_if<VolcengineRefusal>(&pair)) return *refusal;
  auto& uploaded = std::get<UploadedPair>(pair);
  if (same_as(world, uploaded) && !is_true(call.parameters, "Repeatable")) {
    return VolcengineRefusal{.code = "InvalidParameter.CertificateRepeated",
                             .message = "The same certificate exists."};
  }
  if (world.is_full()) return kFull;
  return Json{{"CertId",
               volcengine_id(world.upload(text_of(call.parameters, "Desc"), std::move(uploaded)))}};
}

VolcengineAnswer remove(World& world, const VolcengineRequest& call) {
  const bool byteplus = call.action->site == VolcengineSite::kBytePlus;
  const std::string text = text_of(call.parameters, byteplus ? "instance_id" : "InstanceId");
  if (text.empty()) return missing(byteplus ? "instance_id" : "InstanceId");
  const auto id = read_id(text);
  switch (id ? world.remove(*id) : Outcome::kUnknownCertificate) {
    case Outcome::kDone:
      return Json();
    case Outcome::kInUse:
      return VolcengineRefusal{
          .code = "Delete.Certificate",
          .message = "The certificate is associated with cloud service resources."};
    default:
      return VolcengineRefusal{.status = 404,
                               .code = "NotFound.CertificateInstance",
                               .message = "The certificate instance does not exist."};
  }
}

}  // namespace certferry::sandbox::volcengine
