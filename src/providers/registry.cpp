// Listed by hand: a static that registers itself is dropped when nothing refers to its file.

#include "providers/registry.h"

#include <algorithm>
#include <array>
#include <vector>

#include "base/text.h"
#include "providers/aliyun/aliyun.h"
#include "providers/aliyun/metadata.h"
#include "providers/aws/aws.h"
#include "providers/aws/metadata.h"
#include "providers/baiducloud/baiducloud.h"
#include "providers/baiducloud/metadata.h"
#include "providers/baishan/baishan.h"
#include "providers/baishan/metadata.h"
#include "providers/bunny/bunny.h"
#include "providers/bunny/metadata.h"
#include "providers/byteplus/byteplus.h"
#include "providers/byteplus/metadata.h"
#include "providers/cloudflare/cloudflare.h"
#include "providers/cloudflare/metadata.h"
#include "providers/ctyun/ctyun.h"
#include "providers/ctyun/metadata.h"
#include "providers/dogecloud/dogecloud.h"
#include "providers/dogecloud/metadata.h"
#include "providers/gcore/gcore.h"
#include "providers/gcore/metadata.h"
#include "providers/huaweicloud/huaweicloud.h"
#include "providers/huaweicloud/metadata.h"
#include "providers/jdcloud/jdcloud.h"
#include "providers/jdcloud/metadata.h"
#include "providers/ksyun/ksyun.h"
#include "providers/ksyun/metadata.h"
#include "providers/local/local.h"
#include "providers/local/metadata.h"
#include "providers/qiniu/metadata.h"
#include "providers/qiniu/qiniu.h"
#include "providers/tencentcloud/metadata.h"
#include "providers/tencentcloud/tencentcloud.h"
#include "providers/ucloud/metadata.h"
#include "providers/ucloud/ucloud.h"
#include "providers/upyun/metadata.h"
#include "providers/upyun/upyun.h"
#include "providers/volcengine/metadata.h"
#include "providers/volcengine/volcengine.h"
#include "providers/wangsu/metadata.h"
#include "providers/wangsu/wangsu.h"

namespace certferry {

namespace {

/// Options that have been checked against the metadata, with the endpoint filled in.
using Make = std::unique_ptr<Provider> (*)(const ProviderOptions& options, ProviderPorts ports);

struct Vendor {
  const ProviderMetadata& (*metadata)();
  Make make;
  std::span<const Variation> variations = {};
};

Secret credential(const ProviderOptions& options, const std::string& key) {
  const auto found = options.credentials.find(key);
  return found == options.credentials.end() ? Secret() : found->second;
}

std::unique_ptr<Provider> make_aliyun(const ProviderOptions& options, ProviderPorts ports) {
  AliyunConfig config{.endpoint = options.endpoint,
                      .region = std::string(credential(options, "region").reveal()),
                      .clb_region = std::string(credential(options, "clb_region").reveal()),
                      .key = {.id = std::string(options.credentials.at("access_key_id").reveal()),
                              .secret = options.credentials.at("access_key_secret"),
                              .session_token = credential(options, "security_token")}};
  return std::make_unique<Aliyun>(
      std::move(config), ports.http, ports.clock, ports.random, ports.sleeper);
}

std::unique_ptr<Provider> make_baiducloud(const ProviderOptions& options, ProviderPorts ports) {
  BaiduCloudConfig config{
      .endpoint = options.endpoint,
      .key = {.id = std::string(options.credentials.at("access_key_id").reveal()),
              .secret = options.credentials.at("secret_access_key"),
              .session_token = credential(options, "session_token")},
      .region = std::string(credential(options, "region").reveal())};
  return std::make_unique<BaiduCloud>(std::move(config), ports.http, ports.clock, ports.sleeper);
}

/// Of Volcengine and BytePlus, whose accounts have the same keys.
VolcengineConfig volcengine_config(const ProviderOptions& options) {
  return {.endpoint = options.endpoint,
          .load_balancer_region = std::string(credential(options, "load_balancer_region").reveal()),
          .key = {.id = std::string(options.credentials.at("access_key_id").reveal()),
                  .secret = options.credentials.at("secret_access_key"),
                  .session_token = credential(options, "session_token")}};
}

std::unique_ptr<Provider> make_bunny(const ProviderOptions& options, ProviderPorts ports) {
  BunnyConfig config{.endpoint = options.endpoint,
                     .access_key = options.credentials.at("access_key")};
  return std::make_unique<Bunny>(std::move(config), ports.http);
}

std::unique_ptr<Provider> make_byteplus(const ProviderOptions& options, ProviderPorts ports) {
  return std::make_unique<BytePlus>(volcengine_config(options), ports.http, ports.clock);
}

std::unique_ptr<Provider> make_cloudflare(const ProviderOptions& options, ProviderPorts ports) {
  CloudflareConfig config{.endpoint = options.endpoint,
                          .zone_id = std::string(options.credentials.at("zone_id").reveal()),
                          .cname_target = std::string(credential(options, "cname_target").reveal()),
                          .api_token = options.credentials.at("api_token")};
  return std::make_unique<Cloudflare>(std::move(config), ports.http, ports.clock, ports.sleeper);
}

std::unique_ptr<Provider> make_volcengine(const ProviderOptions& options, ProviderPorts ports) {
  std::string project(credential(options, "project_name").reveal());
  return std::make_unique<Volcengine>(
      volcengine_config(options), std::move(project), ports.http, ports.clock, ports.sleeper);
}

std::unique_ptr<Provider> make_ctyun(const ProviderOptions& options, ProviderPorts ports) {
  CtyunConfig config{.endpoint = options.endpoint,
                     .key = {.id = std::string(options.credentials.at("access_key").reveal()),
                             .secret = options.credentials.at("security_key"),
                             .session_token = {}}};
  return std::make_unique<Ctyun>(std::move(config), ports.http, ports.clock, ports.random);
}

std::unique_ptr<Provider> make_dogecloud(const ProviderOptions& options, ProviderPorts ports) {
  DogeCloudConfig config{.endpoint = options.endpoint,
                         .access_key = std::string(options.credentials.at("access_key").reveal()),
                         .secret_key = options.credentials.at("secret_key")};
  return std::make_unique<DogeCloud>(std::move(config), ports.http);
}

std::unique_ptr<Provider> make_gcore(const ProviderOptions& options, ProviderPorts ports) {
  GcoreConfig config{.endpoint = options.endpoint,
                     .api_token = options.credentials.at("api_token")};
  return std::make_unique<Gcore>(std::move(config), ports.http);
}

std::unique_ptr<Provider> make_huaweicloud(const ProviderOptions& options, ProviderPorts ports) {
  const auto text = [&](const char* key) { return std::string(credential(options, key).reveal()); };
  HuaweiCloudConfig config{.endpoint = options.endpoint,
                           .region = text("region"),
                           .key = {.id = text("access_key_id"),
                                   .secret = options.credentials.at("secret_access_key"),
                                   .session_token = credential(options, "security_token")},
                           .domain_id = text("domain_id"),
                           .project_id = text("project_id"),
                           .enterprise_project_id = text("enterprise_project_id"),
                           .waf_region = text("waf_region"),
                           .waf_project_id = text("waf_project_id"),
                           .elb_region = text("elb_region"),
                           .elb_project_id = text("elb_project_id")};
  return std::make_unique<HuaweiCloud>(std::move(config), ports.http, ports.clock, ports.sleeper);
}

std::unique_ptr<Provider> make_jdcloud(const ProviderOptions& options, ProviderPorts ports) {
  JdcloudConfig config{.endpoint = options.endpoint,
                       .key = {.id = std::string(options.credentials.at("access_key_id").reveal()),
                               .secret = options.credentials.at("access_key_secret"),
                               .session_token = {}}};
  return std::make_unique<Jdcloud>(std::move(config), ports.http, ports.clock, ports.random);
}

std::unique_ptr<Provider> make_qiniu(const ProviderOptions& options, ProviderPorts ports) {
  QiniuConfig config{.endpoint = options.endpoint,
                     .key = {.id = std::string(options.credentials.at("access_key").reveal()),
                             .secret = options.credentials.at("secret_key"),
                             .session_token = {}}};
  return std::make_unique<Qiniu>(std::move(config), ports.http, ports.clock);
}

std::unique_ptr<Provider> make_upyun(const ProviderOptions& options, ProviderPorts ports) {
  UpyunConfig config{.endpoint = options.endpoint,
                     .username = std::string(options.credentials.at("username").reveal()),
                     .password = options.credentials.at("password")};
  return std::make_unique<Upyun>(std::move(config), ports.http, ports.clock);
}

std::unique_ptr<Provider> make_tencentcloud(const ProviderOptions& options, ProviderPorts ports) {
  TencentConfig config{.endpoint = options.endpoint,
                       .site = std::string(credential(options, "site").reveal()),
                       .sub_app = std::string(credential(options, "vod_sub_app_id").reveal()),
                       .waf_region = std::string(credential(options, "waf_region").reveal()),
                       .clb_region = std::string(credential(options, "clb_region").reveal()),
                       .key = {.id = std::string(options.credentials.at("secret_id").reveal()),
                               .secret = options.credentials.at("secret_key"),
                               .session_token = credential(options, "session_token")}};
  return std::make_unique<TencentCloud>(std::move(config), ports.http, ports.clock, ports.sleeper);
}

std::unique_ptr<Provider> make_wangsu(const ProviderOptions& options, ProviderPorts ports) {
  WangsuConfig config{.endpoint = options.endpoint,
                      .key = {.id = std::string(options.credentials.at("access_key").reveal()),
                              .secret = options.credentials.at("secret_key"),
                              .session_token = {}},
                      .api_key = credential(options, "api_key")};
  return std::make_unique<Wangsu>(std::move(config), ports.http, ports.clock, ports.sleeper);
}

std::unique_ptr<Provider> make_ucloud(const ProviderOptions& options, ProviderPorts ports) {
  UcloudConfig config{.endpoint = options.endpoint,
                      .key = {.id = std::string(options.credentials.at("public_key").reveal()),
                              .secret = options.credentials.at("private_key"),
                              .session_token = credential(options, "security_token")},
                      .project = std::string(credential(options, "project_id").reveal()),
                      .region = std::string(credential(options, "region").reveal())};
  return std::make_unique<Ucloud>(std::move(config), ports.http, ports.sleeper);
}

std::unique_ptr<Provider> make_ksyun(const ProviderOptions& options, ProviderPorts ports) {
  KsyunConfig config{.endpoint = options.endpoint,
                     .key = {.id = std::string(options.credentials.at("access_key_id").reveal()),
                             .secret = options.credentials.at("secret_access_key"),
                             .session_token = {}},
                     .project = std::string(credential(options, "project_id").reveal())};
  return std::make_unique<Ksyun>(std::move(config), ports.http, ports.clock);
}

std::unique_ptr<Provider> make_aws(const ProviderOptions& options, ProviderPorts ports) {
  AwsConfig config{.endpoint = options.endpoint,
                   .key = {.id = std::string(options.credentials.at("access_key_id").reveal()),
                           .secret = options.credentials.at("secret_access_key"),
                           .session_token = credential(options, "session_token")},
                   .region = std::string(credential(options, "region").reveal()),
                   .store = std::string(credential(options, "store").reveal()),
                   .iam_path = std::string(credential(options, "iam_path").reveal())};
  return std::make_unique<Aws>(std::move(config), ports.http, ports.clock);
}

std::unique_ptr<Provider> make_baishan(const ProviderOptions& options, ProviderPorts ports) {
  BaishanConfig config{.endpoint = options.endpoint,
                       .api_token = options.credentials.at("api_token")};
  return std::make_unique<Baishan>(std::move(config), ports.http);
}

std::unique_ptr<Provider> make_local(const ProviderOptions& options, ProviderPorts ports) {
  ASSERT(ports.commands != nullptr);
  return std::make_unique<Local>(read_local_config(options.credentials, options.lists),
                                 *ports.commands);
}

constexpr std::array kVariationsOfAws = {
    Variation{.field = "store", .value = "iam", .metadata = aws_iam_metadata},
};

constexpr std::array kVendors = {
    Vendor{.metadata = dogecloud_metadata, .make = make_dogecloud},
    Vendor{.metadata = aliyun_metadata, .make = make_aliyun},
    Vendor{.metadata = volcengine_metadata, .make = make_volcengine},
    Vendor{.metadata = byteplus_metadata, .make = make_byteplus},
    Vendor{.metadata = huaweicloud_metadata, .make = make_huaweicloud},
    Vendor{.metadata = qiniu_metadata, .make = make_qiniu},
    Vendor{.metadata = upyun_metadata, .make = make_upyun},
    Vendor{.metadata = tencentcloud_metadata, .make = make_tencentcloud},
    Vendor{.metadata = baiducloud_metadata, .make = make_baiducloud},
    Vendor{.metadata = jdcloud_metadata, .make = make_jdcloud},
    Vendor{.metadata = cloudflare_metadata, .make = make_cloudflare},
    Vendor{.metadata = bunny_metadata, .make = make_bunny},
    Vendor{.metadata = gcore_metadata, .make = make_gcore},
    Vendor{.metadata = ctyun_metadata, .make = make_ctyun},
    Vendor{.metadata = wangsu_metadata, .make = make_wangsu},
    Vendor{.metadata = ucloud_metadata, .make = make_ucloud},
    Vendor{.metadata = ksyun_metadata, .make = make_ksyun},
    Vendor{.metadata = baishan_metadata, .make = make_baishan},
    Vendor{.metadata = aws_metadata, .make = make_aws, .variations = kVariationsOfAws},
    Vendor{.metadata = local_metadata, .make = make_local},
};

[[noreturn]] void throw_unknown(const std::string& id) {
  std::vector<std::string> known;
  known.reserve(kVendors.size());
  for (const Vendor& vendor : kVendors) known.emplace_back(vendor.metadata().id);
  const std::string meant = nearest(id, known);
  throw Error(ErrorKind::kInvalidInput, "there is no provider '" + printable(id, 60) + "'")
      .with_code("provider.unknown")
      .with_hint(meant.empty() ? "known are: " + join(known, ", ") : "did you mean " + meant + "?");
}

void check_credentials(const ProviderMetadata& metadata, const ProviderOptions& options) {
  constexpr std::string_view kForbidden("\r\n\0", 3);
  for (const FieldMetadata& field : metadata.fields) {
    if (field.list) continue;  // whoever takes it says what is wrong with it
    const auto found = options.credentials.find(std::string(field.key));
    const Secret value = found == options.credentials.end() ? Secret() : found->second;
    const bool broken = value.reveal().find_first_of(kForbidden) != std::string_view::npos;
    if (!broken && (!value.empty() || !field.required)) continue;
    throw Error(ErrorKind::kInvalidInput,
                "the account's " + std::string(field.key) +
                    (broken ? " holds a line end or a NUL byte" : " is missing or empty"))
        .with_code("provider.credential")
        .with_hint("keys of " + std::string(metadata.name) + " are made at " +
                   std::string(metadata.keys_url));
  }
}

}  // namespace

std::span<const ProviderMetadata> provider_metadata() {
  static const std::vector<ProviderMetadata> kAll = [] {
    std::vector<ProviderMetadata> all;
    all.reserve(kVendors.size());
    for (const Vendor& vendor : kVendors) all.push_back(vendor.metadata());
    return all;
  }();
  return kAll;
}

std::span<const Variation> variations_of(std::string_view vendor) {
  const auto found =
      std::ranges::find(kVendors, vendor, [](const Vendor& one) { return one.metadata().id; });
  return found == kVendors.end() ? std::span<const Variation>() : found->variations;
}

const ProviderMetadata& metadata_for(const ProviderMetadata& vendor,
                                     const std::map<std::string, Secret>& credentials) {
  const std::span<const Variation> variations = variations_of(vendor.id);
  const auto is_it = [&](const Variation& one) {
    const auto found = credentials.find(std::string(one.field));
    return found != credentials.end() && found->second.reveal() == one.value;
  };
  const auto variation = std::ranges::find_if(variations, is_it);
  return variation == variations.end() ? vendor : variation->metadata();
}

std::unique_ptr<Provider> make_provider(const std::string& id,
                                        const ProviderOptions& options,
                                        ProviderPorts ports) {
  const auto vendor = std::ranges::find(
      kVendors, id, [](const Vendor& one) { return std::string(one.metadata().id); });
  if (vendor == kVendors.end()) throw_unknown(id);
  const ProviderMetadata& metadata = vendor->metadata();
  check_credentials(metadata, options);
  ProviderOptions complete = options;
  if (complete.endpoint.empty()) complete.endpoint = metadata.endpoint;
  while (complete.endpoint.ends_with('/')) complete.endpoint.pop_back();
  return vendor->make(complete, ports);
}

}  // namespace certferry
