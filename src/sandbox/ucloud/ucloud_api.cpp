#include "sandbox/ucloud/ucloud_api.h"

#include <openssl/crypto.h>

#include "crypto/digest.h"

namespace certferry::sandbox {

template class VendorApi<UcloudRequest, UcloudAnswer, UcloudRefusal>;

namespace {

using Json = nlohmann::json;

}  // namespace

UcloudApi::UcloudApi(UcloudOptions options, World& world, Faults& faults)
    : VendorApi(world, faults, options.list_lag), options_(std::move(options)), state_(world) {}

UcloudRequest UcloudApi::read(const Request& request) {
  return read_ucloud_request(world_, state_, request);
}

std::optional<UcloudRefusal> UcloudApi::refuse(const Request& /*request*/,
                                               const UcloudRequest& call) {
  if (call.readable) {
    if (auto no = refuse_signature(call)) return unauthorized(no);
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
  return run_ucloud_call(world_, state_, call, view_age);
}

UcloudAnswer UcloudApi::pretend(const UcloudRequest& call) {
  return pretend_ucloud_call(world_, call);
}

Reply UcloudApi::reply_to(const UcloudRequest& call, const UcloudAnswer& answer) {
  Reply reply;
  Json body;
  if (const auto* refusal = std::get_if<UcloudRefusal>(&answer)) {
    reply.status = refusal->status;
    body = {{"RetCode", refusal->code}, {"Message", refusal->message}};
  } else {
    body = std::get<Json>(answer);
    body["RetCode"] = 0;
  }
  body["Action"] = call.name + "Response";
  reply.body = body.dump(-1, ' ', false, Json::error_handler_t::replace);
  return reply;
}

std::optional<UcloudAnswer> UcloudApi::say_instead(const UcloudRequest& /*call*/,
                                                   const Fault& fault) {
  switch (fault.kind) {
    case FaultKind::kThrottle:
    case FaultKind::kThrottleWait:
    case FaultKind::kThrottleBody:
      return UcloudRefusal{.code = 153, .message = "too many requests", .status = 429};
    case FaultKind::kAuthRefused:
      return UcloudRefusal{.code = 172, .message = "User not found"};
    case FaultKind::kErrorYetDone:
      return UcloudRefusal{.code = 130, .message = "Service error"};
    case FaultKind::kErrorCode:
      return UcloudRefusal{.code = fault.code, .message = fault.message};
    default:
      return std::nullopt;
  }
}

Reply UcloudApi::without_code(Reply reply) {
  reply.body = R"({"Action":"UpdateUcdnDomainHttpsConfigV2Response"})";
  return reply;
}

}  // namespace certferry::sandbox
