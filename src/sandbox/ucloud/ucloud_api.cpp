#include "sandbox/ucloud/ucloud_api.h"

#include <openssl/crypto.h>

#include "crypto/digest.h"
#include "sandbox/spoil.h"

namespace certferry::sandbox {

namespace {

using Json = nlohmann::json;

Reply reply_to(const std::string& action, const UcloudAnswer& answer) {
  Reply reply;
  Json body;
  if (const auto* refusal = std::get_if<UcloudRefusal>(&answer)) {
    reply.status = refusal->status;
    body = {{"RetCode", refusal->code}, {"Message", refusal->message}};
  } else {
    body = std::get<Json>(answer);
    body["RetCode"] = 0;
  }
  body["Action"] = action + "Response";
  reply.body = body.dump(-1, ' ', false, Json::error_handler_t::replace);
  return reply;
}

Reply spoil(const std::string& action, const Fault& fault, Reply reply) {
  const UcloudRefusal too_many{.code = 153, .message = "too many requests", .status = 429};
  switch (fault.kind) {
    case FaultKind::kThrottle:
      return reply_to(action, too_many);
    case FaultKind::kThrottleWait:
      reply = reply_to(action, too_many);
      reply.retry_after = std::chrono::ceil<seconds>(fault.delay);
      return reply;
    case FaultKind::kThrottleBody:
      return reply_to(action, UcloudRefusal{.code = 153, .message = "too many requests"});
    case FaultKind::kAuthRefused:
      return reply_to(action, UcloudRefusal{.code = 172, .message = "User not found"});
    case FaultKind::kErrorYetDone:
      return reply_to(action, UcloudRefusal{.code = 130, .message = "Service error"});
    case FaultKind::kBindWithoutCode:
      reply.body = R"({"Action":"UpdateUcdnDomainHttpsConfigV2Response"})";
      return reply;
    case FaultKind::kErrorCode:
      return reply_to(action, UcloudRefusal{.code = fault.code, .message = fault.message});
    default:
      return spoil_on_the_way(fault, std::move(reply));
  }
}

}  // namespace

UcloudApi::UcloudApi(UcloudOptions options, World& world, Faults& faults)
    : options_(std::move(options)), world_(world), faults_(faults) {}

Reply UcloudApi::handle(const Request& request) {
  world_.advance();
  const UcloudRequest call = read_ucloud_request(world_, request);
  count(call);
  const std::optional<UcloudRefusal> refusal = refuse(call);
  const std::optional<Fault> fault = refusal ? std::nullopt : faults_.take(call.shape());
  Reply reply;
  if (refusal) {
    reply = reply_to(call.name, *refusal);
  } else if (fault) {
    reply = spoil(call.name, *fault, reply_to(call.name, apply(call, *fault)));
  } else {
    reply = reply_to(call.name, run(call, options_.list_lag));
  }
  reply.date = format_http_date(world_.now());
  return reply;
}

void UcloudApi::count(const UcloudRequest& call) {
  if (!call.verb) {
    ++counters_.unknown;
    return;
  }
  ++counters_.by_endpoint[call.name];
  if (call.changes()) ++counters_.changing;
}

std::optional<UcloudRefusal> UcloudApi::refuse(const UcloudRequest& call) {
  if (call.readable) {
    if (auto no = refuse_signature(call)) {
      ++counters_.unauthorized;
      return no;
    }
  }
  return refuse_ucloud_call(call);
}

/// Everything but the signature, by name, in a row, and the private key after it.
std::optional<UcloudRefusal> UcloudApi::refuse_signature(const UcloudRequest& call) const {
  if (text_field(call.parameters, "PublicKey") != options_.credentials.public_key) {
    return UcloudRefusal{.code = 172, .message = "User not found"};
  }
  std::string text;
  for (const auto& [name, value] : call.parameters) {
    if (name != "Signature") text += name + value;
  }
  text += options_.credentials.private_key.reveal();
  const std::string expected = sha1_hex(text);
  const std::string_view given = text_field(call.parameters, "Signature");
  const bool same = given.size() == expected.size() &&
                    CRYPTO_memcmp(given.data(), expected.data(), expected.size()) == 0;
  if (same) return std::nullopt;
  return UcloudRefusal{.code = 171, .message = "Signature VerifyAC Error"};
}

UcloudAnswer UcloudApi::run(const UcloudRequest& call, milliseconds view_age) {
  UcloudAnswer answer = run_ucloud_call(world_, areas_, call, view_age);
  if (call.changes() && std::holds_alternative<Json>(answer)) ++counters_.applied;
  return answer;
}

UcloudAnswer UcloudApi::apply(const UcloudRequest& call, const Fault& fault) {
  switch (traits(fault.kind).effect) {
    case Effect::kNow: {
      const bool stale = fault.kind == FaultKind::kStaleList;
      UcloudAnswer answer = run(call, options_.list_lag + (stale ? fault.delay : milliseconds{}));
      if (fault.kind == FaultKind::kBindResetsSettings) world_.set_origin(call.domain, "");
      return answer;
    }
    case Effect::kLate:
      world_.after(fault.delay, [this, call] { run(call, {}); });
      return Json::object();
    case Effect::kNever:
      break;
  }
  return pretend_ucloud_call(world_, call);
}

}  // namespace certferry::sandbox
