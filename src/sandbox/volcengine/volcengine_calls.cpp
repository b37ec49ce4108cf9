#include "sandbox/volcengine/volcengine_calls.h"

#include <algorithm>
#include <array>
#include <cstdio>

#include "base/text.h"
#include "sandbox/volcengine/volcengine_support.h"

namespace certferry::sandbox {

using namespace volcengine;

namespace {

using enum VolcengineVerb;
using enum VolcengineSite;

constexpr std::string_view kCenter = "certificate_service";

constexpr VolcengineAction of_balancers(std::string_view service,
                                        std::string_view name,
                                        VolcengineVerb verb) {
  return {kVolcengine, service, "cn-beijing", "2020-04-01", name, verb, "GET"};
}

constexpr std::array kActions{
    VolcengineAction{kVolcengine,
                     kCenter,
                     "cn-beijing",
                     "2024-10-01",
                     "CertificateGetInstanceList",
                     kListStored},
    VolcengineAction{
        kVolcengine, kCenter, "cn-beijing", "2024-10-01", "ImportCertificate", kUpload},
    VolcengineAction{
        kVolcengine, kCenter, "cn-beijing", "2024-10-01", "CertificateDeleteInstance", kDelete},
    VolcengineAction{
        kVolcengine, "cdn", "cn-north-1", "2021-03-01", "ListCdnDomains", kListDomains},
    VolcengineAction{
        kVolcengine, "cdn", "cn-north-1", "2021-03-01", "ListCertInfo", kListCertificates},
    VolcengineAction{
        kVolcengine, "cdn", "cn-north-1", "2021-03-01", "AddCertificate", kAddCertificate},
    VolcengineAction{
        kVolcengine, "cdn", "cn-north-1", "2021-03-01", "DescribeCdnConfig", kGetConfig},
    VolcengineAction{kVolcengine, "cdn", "cn-north-1", "2021-03-01", "BatchDeployCert", kBind},
    VolcengineAction{
        kVolcengine, "dcdn", "cn-beijing", "2021-04-01", "ListDomainConfig", kListDcdn},
    VolcengineAction{kVolcengine, "dcdn", "cn-beijing", "2021-04-01", "CreateCertBind", kBindDcdn},
    VolcengineAction{
        kVolcengine, "live", "cn-north-1", "2023-01-01", "ListDomainDetail", kListLive},
    VolcengineAction{kVolcengine, "live", "cn-north-1", "2023-01-01", "ListCertV2", kListCopies},
    VolcengineAction{kVolcengine, "live", "cn-north-1", "2023-01-01", "CreateCert", kCopy},
    VolcengineAction{kVolcengine, "live", "cn-north-1", "2023-01-01", "BindCert", kBindLive},
    VolcengineAction{kVolcengine, "live", "cn-north-1", "2023-01-01", "DeleteCert", kDeleteCopy},
    VolcengineAction{
        kVolcengine, "vod", "cn-north-1", "2021-01-01", "ListSpace", kListSpaces, "GET"},
    VolcengineAction{kVolcengine, "vod", "cn-north-1", "2026-01-01", "ListVodDomains", kListVod},
    VolcengineAction{
        kVolcengine, "vod", "cn-north-1", "2026-01-01", "DescribeVodDomainConfig", kGetVodConfig},
    VolcengineAction{
        kVolcengine, "vod", "cn-north-1", "2026-01-01", "UpdateVodDomainConfig", kBindVod},
    VolcengineAction{kVolcengine,
                     "imagex",
                     "cn-north-1",
                     "2018-08-01",
                     "GetAllImageServices",
                     kListServices,
                     "GET"},
    VolcengineAction{kVolcengine,
                     "imagex",
                     "cn-north-1",
                     "2018-08-01",
                     "GetServiceDomains",
                     kListServiceDomains,
                     "GET"},
    VolcengineAction{kVolcengine,
                     "imagex",
                     "cn-north-1",
                     "2018-08-01",
                     "GetDomainConfig",
                     kGetImagexConfig,
                     "GET"},
    VolcengineAction{kVolcengine, "imagex", "cn-north-1", "2018-08-01", "UpdateHttps", kBindImagex},
    of_balancers("clb", "DescribeLoadBalancers", kListBalancers),
    of_balancers("clb", "DescribeListeners", kListListeners),
    of_balancers("clb", "DescribeListenerAttributes", kGetListener),
    of_balancers("clb", "DescribeRules", kListRules),
    of_balancers("clb", "ModifyListenerAttributes", kChangeListener),
    of_balancers("clb", "ModifyListenerDomainExtensions", kChangeExtensions),
    of_balancers("alb", "DescribeLoadBalancers", kListBalancers),
    of_balancers("alb", "DescribeListeners", kListListeners),
    of_balancers("alb", "DescribeListenerAttributes", kGetListener),
    of_balancers("alb", "DescribeRules", kListRules),
    of_balancers("alb", "ModifyListenerAttributes", kChangeListener),
    VolcengineAction{
        kBytePlus, kCenter, "ap-singapore-1", "2021-06-01", "CertificateDeleteInstance", kDelete},
    VolcengineAction{
        kBytePlus, "cdn", "ap-singapore-1", "2021-03-01", "ListCdnDomains", kListDomains},
    VolcengineAction{
        kBytePlus, "cdn", "ap-singapore-1", "2021-03-01", "ListCertInfo", kListCertificates},
    VolcengineAction{
        kBytePlus, "cdn", "ap-singapore-1", "2021-03-01", "AddCertificate", kAddCertificate},
    VolcengineAction{
        kBytePlus, "cdn", "ap-singapore-1", "2021-03-01", "DescribeCdnConfig", kGetConfig},
    VolcengineAction{kBytePlus, "cdn", "ap-singapore-1", "2021-03-01", "BatchDeployCert", kBind},
};

/// The parameters: those of the body and, besides what says which action it is, of the query.
std::optional<Json> parameters_of(const Request& request, const VolcengineQuery& query) {
  Json out = Json::object();
  if (!request.body.empty()) {
    if (!request.content_type.starts_with("application/json")) return std::nullopt;
    out = Json::parse(request.body, nullptr, false);
    if (!out.is_object()) return std::nullopt;
  }
  for (const auto& [name, value] : query) {
    if (name != "Action" && name != "Version") out[name] = value;
  }
  return out;
}

}  // namespace

std::string volcengine_id(std::int64_t id) {
  std::array<char, 40> text{};
  std::snprintf(text.data(), text.size(), "cert-%032llx", static_cast<unsigned long long>(id));
  return text.data();
}

bool VolcengineAction::changes() const {
  return verb == kUpload || verb == kAddCertificate || verb == kDelete || verb == kCopy ||
         verb == kDeleteCopy || binds();
}

bool VolcengineAction::binds() const {
  return verb == kBind || verb == kBindDcdn || verb == kBindLive || verb == kBindVod ||
         verb == kBindImagex || verb == kChangeListener || verb == kChangeExtensions;
}

CallShape VolcengineRequest::shape() const {
  const bool changes = action != nullptr && action->changes();
  return {.endpoint = name,
          .domain = domain,
          .changes = changes,
          .lists = action != nullptr && !changes,
          .binds = action != nullptr && action->binds()};
}

VolcengineRequest read_volcengine_request(const Request& request, VolcengineSite site) {
  VolcengineRequest call;
  const auto query = read_volcengine_query(request);
  const auto parameters = query ? parameters_of(request, *query) : std::nullopt;
  call.parameters = parameters.value_or(Json::object());
  for (const auto& [name, value] : query.value_or(VolcengineQuery())) {
    if (name == "Action") call.name = value;
    if (name == "Version") call.version = value;
  }
  const auto scope = scope_of(request);
  const auto found = std::ranges::find_if(kActions, [&](const VolcengineAction& one) {
    return one.site == site && one.name == call.name && one.version == call.version && scope &&
           one.service == scope->service &&
           (one.region == scope->region || (one.is_regional() && scope->region.starts_with("cn-")));
  });
  if (scope) call.region = scope->region;
  if (found != kActions.end()) call.action = &*found;
  call.readable = parameters.has_value() && call.action != nullptr &&
                  request.method == call.action->method &&
                  (request.target == "/" || request.target.starts_with("/?"));

  std::string spelled;
  for (const char* flat : {"Domain", "DomainName", "domain"}) {
    if (spelled.empty()) spelled = text_of(call.parameters, flat);
  }
  for (const char* nested : {"DescribeCdnDomainParam", "UpdateCdnConfigParam"}) {
    const Json* inner = member(call.parameters, nested);
    if (inner != nullptr && inner->is_object()) spelled = text_of(*inner, "Domain");
  }
  const Json* names = member(call.parameters, "DomainNames");
  if (names != nullptr && names->is_array() && names->size() == 1 && names->front().is_string()) {
    spelled = names->front().get<std::string>();
  }
  if (!spelled.empty() && !spelled.contains(',')) call.domain = canonical_of(spelled);
  return call;
}

std::optional<VolcengineRefusal> refuse_call(const VolcengineRequest& call) {
  if (call.action == nullptr) {
    return VolcengineRefusal{.status = 404,
                             .code = "InvalidActionOrVersion",
                             .message = "Could not find operation " + printable(call.name, 60) +
                                        " for version " + printable(call.version, 20) + "."};
  }
  if (!call.readable) return invalid("Body");
  return std::nullopt;
}

VolcengineAnswer run_volcengine_call(World& world,
                                     VolcengineState& state,
                                     const VolcengineRequest& call,
                                     milliseconds view_age) {
  const SteadyTime moment = world.steady_now() - view_age;
  switch (call.action->verb) {
    case kListStored:
      return list_stored(world, call, moment);
    case kUpload:
      return upload(world, call);
    case kDelete:
      return remove(world, call);
    case kListDomains:
      return list_domains(world, call, moment);
    case kListCertificates:
      return list_certificates(world, call, moment);
    case kAddCertificate:
      return add_certificate(world, call);
    case kGetConfig:
      return get_config(world, call, moment);
    case kBind:
      return bind(world, call);
    case kListDcdn:
      return list_dcdn(world, call, moment);
    case kBindDcdn:
      return bind_dcdn(world, call);
    case kListLive:
      return list_live(world, state.live, call, moment);
    case kListCopies:
      return list_copies(world, state.live, call, moment);
    case kCopy:
      return make_copy(world, state.live, call);
    case kBindLive:
      return bind_live(world, state.live, call);
    case kDeleteCopy:
      return delete_copy(world, state.live, call);
    case kListSpaces:
      return list_spaces();
    case kListVod:
      return list_vod(world, call, moment);
    case kGetVodConfig:
      return get_vod_config(world, state, call, moment);
    case kBindVod:
      return bind_vod(world, state, call);
    case kListServices:
      return list_services(world);
    case kListServiceDomains:
      return list_service_domains(world, state, call, moment);
    case kGetImagexConfig:
      return get_imagex_config(world, state, call, moment);
    case kBindImagex:
      return bind_imagex(world, state, call);
    case kListBalancers:
      return list_balancers(world, state.listeners, call);
    case kListListeners:
      return list_listeners(world, state.listeners, call, moment);
    case kGetListener:
      return get_listener(world, state.listeners, call, moment);
    case kListRules:
      return list_rules(world, state.listeners, call);
    case kChangeListener:
    case kChangeExtensions:
      return change_listener(world, state.listeners, call);
  }
  return Json();
}

VolcengineAnswer pretend_volcengine_call(World& world, const VolcengineRequest& call) {
  switch (call.action->verb) {
    case kUpload:
      return stored_answer(world.spend_id());
    case kAddCertificate:
      return Json{{"CertId", volcengine_id(world.spend_id())}};
    case kCopy:
      return Json{{"ChainID", volcengine_id(world.spend_id()).substr(5)}};
    case kBind:
      return Json{{"DeployResult",
                   {{{"Domain", text_of(call.parameters, "Domain")}, {"Status", "success"}}}}};
    case kBindDcdn:
      return Json{{"Success", true}};
    default:
      return Json();
  }
}

}  // namespace certferry::sandbox