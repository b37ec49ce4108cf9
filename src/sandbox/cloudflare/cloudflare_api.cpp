#include "sandbox/cloudflare/cloudflare_api.h"

#include "sandbox/cloudflare/cloudflare_zone.h"

namespace certferry::sandbox {

template class VendorApi<CloudflareRequest, CloudflareAnswer, CloudflareRefusal>;

namespace {

using Json = nlohmann::json;

const CloudflareRefusal kBadToken{.status = 401, .code = 10000, .message = "Authentication error"};
const CloudflareRefusal kMayNot{.status = 403, .code = 10000, .message = "Authentication error"};

}  // namespace

CloudflareApi::CloudflareApi(CloudflareOptions options, World& world, Faults& faults)
    : VendorApi(world, faults, options.list_lag), options_(std::move(options)) {
  state_.zone_id = options_.zone_id;
}

CloudflareRequest CloudflareApi::read(const Request& request) {
  settle_zone(world_, state_);
  return read_cloudflare_request(world_, request);
}

std::optional<CloudflareRefusal> CloudflareApi::refuse(const Request& request,
                                                       const CloudflareRequest& call) {
  constexpr std::string_view kBearer = "Bearer ";
  if (!request.authorization.starts_with(kBearer)) {
    return unauthorized(
        CloudflareRefusal{.status = 400, .code = 9106, .message = "Missing Authorization header"});
  }
  if (!Secret(request.authorization.substr(kBearer.size())).same_as(options_.api_token)) {
    return unauthorized(kBadToken);
  }
  if (auto refusal = refuse_cloudflare_call(call)) return refusal;
  if (call.verb == CloudflareVerb::kListRecords && !reads_records_) return kMayNot;
  const bool of_zone =
      call.verb == CloudflareVerb::kListZones || call.verb == CloudflareVerb::kGetZone;
  if (of_zone && !reads_zones_) return kMayNot;
  if (call.verb == CloudflareVerb::kListZones) return std::nullopt;
  if (call.zone != options_.zone_id) {
    return CloudflareRefusal{
        .status = 404, .code = 7003, .message = "Could not route to the zone; is the id right?"};
  }
  if (reads_only_ && call.changes()) return kMayNot;
  return std::nullopt;
}

CloudflareAnswer CloudflareApi::run(const CloudflareRequest& call, milliseconds view_age) {
  return run_cloudflare_call(world_, state_, call, view_age);
}

CloudflareAnswer CloudflareApi::pretend(const CloudflareRequest& call) {
  return pretend_cloudflare_call(world_, state_, call);
}

void CloudflareApi::forget_settings(const CloudflareRequest& call) {
  VendorApi::forget_settings(call);
  state_.hostnames.erase(call.domain);
}

Reply CloudflareApi::reply_to(const CloudflareRequest& /*call*/, const CloudflareAnswer& answer) {
  Reply reply;
  Json body = {{"success", true}, {"errors", Json::array()}, {"messages", Json::array()}};
  if (const auto* refusal = std::get_if<CloudflareRefusal>(&answer)) {
    reply.status = refusal->status;
    body["success"] = false;
    body["errors"].push_back({{"code", refusal->code}, {"message", refusal->message}});
    body["result"] = nullptr;
  } else {
    body.update(std::get<Json>(answer));
  }
  reply.body = body.dump(-1, ' ', false, Json::error_handler_t::replace);
  return reply;
}

std::optional<CloudflareAnswer> CloudflareApi::say_instead(const CloudflareRequest& /*call*/,
                                                           const Fault& fault) {
  switch (fault.kind) {
    case FaultKind::kThrottle:
    case FaultKind::kThrottleWait:
    case FaultKind::kThrottleBody:
      return CloudflareRefusal{.status = 429,
                               .code = 971,
                               .message = "Please wait and consider throttling your requests"};
    case FaultKind::kAuthRefused:
      return kBadToken;
    case FaultKind::kErrorYetDone:
      return CloudflareRefusal{.status = 500, .code = 10001, .message = "Service temporarily down"};
    case FaultKind::kErrorCode:
      return CloudflareRefusal{.status = 200, .code = fault.code, .message = fault.message};
    default:
      return std::nullopt;
  }
}

}  // namespace certferry::sandbox
