#include "sandbox/dogecloud_api.h"

#include <openssl/crypto.h>

#include "base/text.h"
#include "crypto/digest.h"
#include "sandbox/dogecloud_calls.h"
#include "sandbox/spoil.h"

namespace certferry::sandbox {

namespace {

bool same_bytes(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

Answer unauthorized(std::string message) {
  return {.code = 401, .message = std::move(message), .error = "UNAUTHORIZED", .data = {}};
}

Answer too_frequent() {
  return {.code = 429, .message = "请求过于频繁，请稍后再试", .error = "TOO_FREQUENT", .data = {}};
}

Reply json_reply(int status, std::string body) {
  Reply reply;
  reply.status = status;
  reply.body = std::move(body);
  return reply;
}

}  // namespace

std::string token_for(const Credentials& credentials,
                      std::string_view target,
                      std::string_view body) {
  const std::string message = std::string(target) + "\n" + std::string(body);
  const std::string mac = hmac_sha1(credentials.secret_key, message);
  const auto* bytes = reinterpret_cast<const unsigned char*>(mac.data());
  return "TOKEN " + credentials.access_key + ":" + to_hex(std::span(bytes, mac.size()));
}

DogeCloudApi::DogeCloudApi(ApiOptions options, World& world, Faults& faults)
    : options_(std::move(options)), world_(world), faults_(faults) {}

Reply DogeCloudApi::handle(const Request& request) {
  world_.advance();
  const Call call = read_call(request);
  count(call);
  if (const auto wait = throttled()) {
    Reply reply = json_reply(429, envelope(too_frequent()));
    reply.retry_after = *wait;
    return reply;
  }
  const std::optional<Fault> fault = faults_.take(call.shape());
  Answer answer = check(request, call);
  if (fault && answer.ok()) {
    answer = apply_struck(call, *fault);
  } else if (answer.ok()) {
    answer = apply(call, options_.list_lag);
  }
  Reply reply = reply_to(answer);
  if (fault) reply = spoil(*fault, std::move(reply));
  reply.date = format_http_date(world_.now());
  return reply;
}

std::optional<seconds> DogeCloudApi::throttled() {
  if (options_.calls_per_second <= 0) return std::nullopt;
  const auto interval = milliseconds(static_cast<std::int64_t>(1000 / options_.calls_per_second));
  const SteadyTime now = world_.steady_now();
  const SteadyTime next = std::max(full_at_, now) + interval;
  const milliseconds missing = next - now - interval * options_.burst;
  if (missing > milliseconds(0)) return std::chrono::ceil<seconds>(missing);
  full_at_ = next;
  return std::nullopt;
}

void DogeCloudApi::count(const Call& call) {
  if (call.endpoint == nullptr) {
    ++counters_.unknown;
    return;
  }
  ++counters_.by_endpoint[call.path];
  if (call.endpoint->changes) ++counters_.changing;
}

Answer DogeCloudApi::check(const Request& request, const Call& call) {
  if (call.endpoint == nullptr) return check_call(call);
  const std::string expected = token_for(options_.credentials, request.target, request.body);
  if (same_bytes(request.authorization, expected)) return check_call(call);
  ++counters_.unauthorized;
  const std::string known = "TOKEN " + options_.credentials.access_key + ":";
  const bool known_key = request.authorization.starts_with(known);
  return unauthorized(known_key ? "签名错误" : "AccessKey 无效，未授权");
}

Answer DogeCloudApi::apply(const Call& call, milliseconds view_age) {
  Answer answer = run_call(world_, call, view_age);
  if (call.endpoint->changes && answer.ok()) ++counters_.applied;
  return answer;
}

Answer DogeCloudApi::apply_struck(const Call& call, const Fault& fault) {
  switch (traits(fault.kind).effect) {
    case Effect::kNow: {
      const bool stale = fault.kind == FaultKind::kStaleList;
      Answer answer = apply(call, options_.list_lag + (stale ? fault.delay : milliseconds{}));
      answer.without_code = fault.kind == FaultKind::kBindWithoutCode && answer.ok();
      if (fault.kind == FaultKind::kBindResetsSettings && answer.ok()) {
        world_.set_origin(call.domain(), "");
      }
      return answer;
    }
    case Effect::kLate:
      world_.after(fault.delay, [this, call] { apply(call, {}); });
      return {};
    case Effect::kNever:
      break;
  }
  if (fault.kind == FaultKind::kAuthRefused) {
    ++counters_.unauthorized;
    return unauthorized("未授权的访问");
  }
  return pretend_call(world_, call);
}

Reply DogeCloudApi::reply_to(const Answer& answer) const {
  // Of an endpoint that is not there, the web server in front already knows.
  const bool shown = options_.mirror_status || answer.error == kNoSuchEndpoint;
  Reply reply;
  reply.status = shown ? answer.code : 200;
  reply.body = envelope(answer);
  return reply;
}

Reply DogeCloudApi::spoil(const Fault& fault, Reply reply) const {
  switch (fault.kind) {
    case FaultKind::kThrottle:
      return json_reply(429, envelope(too_frequent()));
    case FaultKind::kThrottleWait:
      reply = json_reply(429, envelope(too_frequent()));
      reply.retry_after = std::chrono::ceil<seconds>(fault.delay);
      return reply;
    case FaultKind::kThrottleBody:
      return json_reply(200, envelope(too_frequent()));
    case FaultKind::kErrorYetDone:
      return json_reply(
          200, envelope({.code = 500, .message = "系统错误", .error = "SYSTEM_ERROR", .data = {}}));
    case FaultKind::kErrorCode:
      return json_reply(
          200, envelope({.code = fault.code, .message = fault.message, .error = {}, .data = {}}));
    default:
      return spoil_on_the_way(fault, std::move(reply));
  }
}

}  // namespace certferry::sandbox
