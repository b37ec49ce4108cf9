#include "sandbox/sandbox.h"

#include "model/name.h"
#include "sandbox/aliyun/aliyun_api.h"
#include "sandbox/aws/aws_api.h"
#include "sandbox/baiducloud/baiducloud_api.h"
#include "sandbox/baishan/baishan_api.h"
#include "sandbox/bunny/bunny_api.h"
#include "sandbox/cloudflare/cloudflare_api.h"
#include "sandbox/control.h"
#include "sandbox/ctyun/ctyun_api.h"
#include "sandbox/edge_server.h"
#include "sandbox/gcore/gcore_api.h"
#include "sandbox/http_server.h"
#include "sandbox/huaweicloud/huaweicloud_api.h"
#include "sandbox/jdcloud/jdcloud_api.h"
#include "sandbox/ksyun/ksyun_api.h"
#include "sandbox/qiniu/qiniu_api.h"
#include "sandbox/tencentcloud/tencent_api.h"
#include "sandbox/ucloud/ucloud_api.h"
#include "sandbox/upyun/upyun_api.h"
#include "sandbox/volcengine/volcengine_api.h"
#include "sandbox/wangsu/wangsu_api.h"

namespace certferry::sandbox {

namespace {

WorldOptions world_options(const SandboxOptions& options) {
  WorldOptions out{.domains = {},
                   .product = options.product,
                   .first_certificate_id = options.first_certificate_id,
                   .guards_use = options.provider == "dogecloud" || options.provider == "wangsu" ||
                                 options.provider == "aws",
                   .default_certificate = options.default_certificate};
  for (const std::string& domain : options.domains) {
    Result<std::string> name = canonical_name(domain);
    if (!name) throw std::move(name).error();
    out.domains.push_back(*std::move(name));
  }
  return out;
}

std::unique_ptr<Api> api_of(const SandboxOptions& options, World& world, Faults& faults) {
  const Credentials& keys = options.credentials;
  if (options.provider == "aliyun") {
    return std::make_unique<AliyunApi>(
        AliyunOptions{.credentials = {.access_key_id = keys.access_key,
                                      .access_key_secret = keys.secret_key,
                                      .security_token = {}}},
        world,
        faults);
  }
  if (options.provider == "volcengine" || options.provider == "byteplus") {
    return std::make_unique<VolcengineApi>(
        VolcengineOptions{.site = options.provider == "volcengine" ? VolcengineSite::kVolcengine
                                                                   : VolcengineSite::kBytePlus,
                          .credentials = {.access_key_id = keys.access_key,
                                          .secret_access_key = keys.secret_key,
                                          .session_token = {}}},
        world,
        faults);
  }
  if (options.provider == "huaweicloud") {
    return std::make_unique<HuaweiCloudApi>(
        HuaweiCloudOptions{.credentials = {.access_key_id = keys.access_key,
                                           .secret_access_key = keys.secret_key,
                                           .security_token = {},
                                           .domain_id = keys.access_key,
                                           .project_id = keys.access_key}},
        world,
        faults);
  }
  if (options.provider == "qiniu") {
    return std::make_unique<QiniuApi>(
        QiniuOptions{.credentials = {.access_key = keys.access_key, .secret_key = keys.secret_key}},
        world,
        faults);
  }
  if (options.provider == "cloudflare") {
    return std::make_unique<CloudflareApi>(
        CloudflareOptions{.zone_id = keys.access_key, .api_token = keys.secret_key}, world, faults);
  }
  if (options.provider == "bunny") {
    return std::make_unique<BunnyApi>(BunnyOptions{.access_key = keys.secret_key}, world, faults);
  }
  if (options.provider == "gcore") {
    return std::make_unique<GcoreApi>(GcoreOptions{.api_token = keys.secret_key}, world, faults);
  }
  if (options.provider == "upyun") {
    return std::make_unique<UpyunApi>(
        UpyunOptions{.username = keys.access_key, .password = keys.secret_key}, world, faults);
  }
  if (options.provider == "baiducloud") {
    return std::make_unique<BaiduCloudApi>(
        BaiduCloudOptions{.credentials = {.access_key_id = keys.access_key,
                                          .secret_access_key = keys.secret_key,
                                          .session_token = {}}},
        world,
        faults);
  }
  if (options.provider == "jdcloud") {
    return std::make_unique<JdcloudApi>(
        JdcloudOptions{.credentials = {.access_key_id = keys.access_key,
                                       .access_key_secret = keys.secret_key}},
        world,
        faults);
  }
  if (options.provider == "tencentcloud") {
    return std::make_unique<TencentApi>(
        TencentOptions{.credentials = {.secret_id = keys.access_key,
                                       .secret_key = keys.secret_key,
                                       .session_token = {}}},
        world,
        faults);
  }
  if (options.provider == "ctyun") {
    return std::make_unique<CtyunApi>(
        CtyunOptions{
            .credentials = {.access_key = keys.access_key, .security_key = keys.secret_key}},
        world,
        faults);
  }
  if (options.provider == "wangsu") {
    return std::make_unique<WangsuApi>(
        WangsuOptions{.credentials = {.access_key = keys.access_key, .secret_key = keys.secret_key},
                      .api_key = keys.secret_key},
        world,
        faults);
  }
  if (options.provider == "ucloud") {
    return std::make_unique<UcloudApi>(
        UcloudOptions{
            .credentials = {.public_key = keys.access_key, .private_key = keys.secret_key}},
        world,
        faults);
  }
  if (options.provider == "ksyun") {
    return std::make_unique<KsyunApi>(
        KsyunOptions{.credentials = {.access_key = keys.access_key, .secret_key = keys.secret_key}},
        world,
        faults);
  }
  if (options.provider == "baishan") {
    return std::make_unique<BaishanApi>(
        BaishanOptions{.api_token = keys.secret_key}, world, faults);
  }
  if (options.provider == "aws") {
    return std::make_unique<AwsApi>(
        AwsOptions{.credentials = {.access_key = keys.access_key, .secret_key = keys.secret_key}},
        world,
        faults);
  }
  if (options.provider == "dogecloud") {
    return std::make_unique<DogeCloudApi>(
        ApiOptions{.credentials = keys, .mirror_status = options.mirror_status}, world, faults);
  }
  throw Error(ErrorKind::kInvalidInput, "the sandbox emulates no '" + options.provider + "'")
      .with_hint("'certferry providers' lists those that it emulates");
}

std::string url_of(const std::string& address, std::uint16_t port) {
  return "http://" + to_string(Address{.ip = address, .port = port});
}

}  // namespace

struct Sandbox::Core {
  Core(SandboxOptions wanted, const Clock& machine_clock)
      : options(std::move(wanted)),
        clock(machine_clock),
        world(world_options(options), clock),
        api(api_of(options, world, faults)),
        control(world, faults, *api, hooks()) {
    for (const EdgeOptions& edge : options.edges) {
      world.add_edge({.address = edge.address, .port = edge.port, .propagation = edge.propagation});
    }
  }

  ControlHooks hooks() {
    return {.latency = [this] { return api_server->latency(); },
            .set_latency = [this](milliseconds latency) { api_server->set_latency(latency); },
            .edge_faults_changed = [this] { follow_edge_faults(); },
            .connections = [this] { return connections(); }};
  }

  void follow_edge_faults() {
    for (const auto& edge : edge_servers) edge->follow_fault();
  }

  Connections connections() const {
    Connections out{.api_accepted = api_server->listener().accepted(),
                    .api_open = api_server->listener().open()};
    for (const auto& edge : edge_servers) out.edges_accepted += edge->listener().accepted();
    return out;
  }

  SandboxOptions options;
  const Clock& clock;
  World world;
  Faults faults;
  std::unique_ptr<Api> api;
  Control control;
  std::unique_ptr<HttpServer> api_server;
  std::unique_ptr<HttpServer> control_server;
  std::vector<std::unique_ptr<EdgeServer>> edge_servers;
  SandboxEndpoints endpoints;
};

Sandbox::Sandbox(SandboxOptions options, const Clock& clock)
    : core_(std::make_unique<Core>(std::move(options), clock)) {}

Sandbox::~Sandbox() {
  stop();
}

void Sandbox::start(boost::asio::io_context& loop) {
  Core& core = *core_;
  const std::string& address = core.options.address;
  core.api_server = std::make_unique<HttpServer>(
      loop, [&core](const Request& request) { return core.api->handle(request); });
  core.api_server->start(address, core.options.api_port);
  core.api_server->set_latency(core.options.latency);
  core.control_server = std::make_unique<HttpServer>(
      loop, [&core](const Request& request) { return core.control.handle(request); });
  core.control_server->start(address, core.options.control_port);
  core.endpoints.api = url_of(address, core.api_server->listener().port());
  core.endpoints.control = url_of(address, core.control_server->listener().port());
  for (std::size_t i = 0; i < core.world.edges().size(); ++i) {
    core.edge_servers.push_back(std::make_unique<EdgeServer>(loop, core.world, i, core.clock));
    core.edge_servers.back()->start();
    const Edge& edge = core.world.edges()[i];
    core.endpoints.edges.push_back({.ip = edge.address, .port = edge.port});
  }
}

void Sandbox::stop() {
  if (core_->api_server) core_->api_server->stop();
  if (core_->control_server) core_->control_server->stop();
  for (const auto& edge : core_->edge_servers) edge->stop();
}

const SandboxEndpoints& Sandbox::endpoints() const {
  return core_->endpoints;
}
World& Sandbox::world() {
  return core_->world;
}
Faults& Sandbox::faults() {
  return core_->faults;
}
const CallCounters& Sandbox::counters() const {
  return core_->api->counters();
}

void Sandbox::set_latency(milliseconds latency) {
  core_->api_server->set_latency(latency);
}

void Sandbox::set_edge_fault(std::size_t edge, std::optional<EdgeFault> fault) {
  core_->world.set_edge_fault(edge, fault);
  core_->follow_edge_faults();
}

}  // namespace certferry::sandbox
