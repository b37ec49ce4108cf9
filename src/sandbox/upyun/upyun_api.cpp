#include "sandbox/upyun/upyun_api.h"

#include <openssl/crypto.h>

#include "base/text.h"
#include "crypto/digest.h"
#include "sandbox/spoil.h"

namespace certferry::sandbox {

namespace {

using Json = nlohmann::json;

constexpr std::size_t kSessionsMost = 1000;

Reply reply_to(const UpyunAnswer& answer) {
  Reply reply;
  Json data;
  Json errors = Json::array();
  if (const auto* refusal = std::get_if<UpyunRefusal>(&answer)) {
    reply.status = refusal->status;
    data = {{"error_code", refusal->code}, {"message", refusal->message}};
    if (!refusal->type.empty()) data["type"] = refusal->type;
    errors.push_back(refusal->message);
  } else {
    data = std::get<Json>(answer);
  }
  const Json body = {{"msg", {{"errors", errors}, {"messages", Json::array()}}}, {"data", data}};
  reply.body = body.dump(-1, ' ', false, Json::error_handler_t::replace);
  return reply;
}

/// Whoever is nobody is shown the door.
Reply to_login_page() {
  Reply reply;
  reply.status = 302;
  reply.content_type = "text/html; charset=utf-8";
  reply.headers.emplace_back("Location", "https://console.upyun.com/login/");
  return reply;
}

Reply spoil(const Fault& fault, Reply reply) {
  const UpyunRefusal too_many{.status = 429, .code = 42900, .message = "too many requests"};
  switch (fault.kind) {
    case FaultKind::kThrottle:
      return reply_to(too_many);
    case FaultKind::kThrottleWait:
      reply = reply_to(too_many);
      reply.retry_after = std::chrono::ceil<seconds>(fault.delay);
      return reply;
    case FaultKind::kThrottleBody:
      return reply_to(UpyunRefusal{.status = 200, .code = 42900, .message = "操作过于频繁"});
    case FaultKind::kAuthRefused:
      return to_login_page();
    case FaultKind::kErrorYetDone:
      return reply_to(UpyunRefusal{.status = 500, .code = 50000, .message = "服务器错误"});
    case FaultKind::kBindWithoutCode:
      return reply_to(Json::object());
    case FaultKind::kErrorCode:
      return reply_to(UpyunRefusal{.status = 200, .code = fault.code, .message = fault.message});
    default:
      return spoil_on_the_way(fault, std::move(reply));
  }
}

}  // namespace

UpyunApi::UpyunApi(UpyunOptions options, World& world, Faults& faults)
    : options_(std::move(options)), world_(world), faults_(faults) {}

Reply UpyunApi::handle(const Request& request) {
  world_.advance();
  const UpyunRequest call = read_upyun_request(request);
  count(call);
  Reply reply;
  if (const auto refusal = refuse_upyun_call(call)) {
    reply = reply_to(*refusal);
  } else if (call.verb != UpyunVerb::kLogIn && !is_logged_in(request)) {
    ++counters_.unauthorized;
    reply = to_login_page();
  } else if (const std::optional<Fault> fault = faults_.take(call.shape())) {
    const bool login = call.verb == UpyunVerb::kLogIn;
    reply = spoil(*fault, login ? log_in(call) : reply_to(apply(call, *fault)));
  } else {
    reply = call.verb == UpyunVerb::kLogIn ? log_in(call) : reply_to(run(call, options_.list_lag));
  }
  reply.date = format_http_date(world_.now());
  return reply;
}

void UpyunApi::count(const UpyunRequest& call) {
  if (!call.verb) {
    ++counters_.unknown;
    return;
  }
  ++counters_.by_endpoint[call.name];
  if (call.changes()) ++counters_.changing;
}

Reply UpyunApi::log_in(const UpyunRequest& call) {
  const Secret password(call.body.value("password", ""));
  const bool right =
      call.body.value("username", "") == options_.username && password.same_as(options_.password);
  if (!right) {
    ++counters_.unauthorized;
    return reply_to(Json{{"result", false}, {"message", "用户名或密码错误"}});
  }
  std::erase_if(sessions_, [&](const auto& one) { return one.second <= world_.steady_now(); });
  if (sessions_.size() >= kSessionsMost) sessions_.erase(sessions_.begin());
  const std::string name = sha256_hex("session " + std::to_string(next_session_++));
  sessions_[name] = world_.steady_now() + options_.session;
  Reply reply = reply_to(Json{{"result", true}});
  reply.headers = {{"Set-Cookie", "s=" + name + "; Path=/; HttpOnly; Secure"},
                   {"Set-Cookie", "lang=zh; Path=/"}};
  return reply;
}

bool UpyunApi::is_logged_in(const Request& request) const {
  for (const std::string& cookie : split(request.header("cookie"), ';')) {
    const std::string_view one = trim(cookie);
    if (!one.starts_with("s=")) continue;
    const auto session = sessions_.find(std::string(one.substr(2)));
    return session != sessions_.end() && session->second > world_.steady_now();
  }
  return false;
}

UpyunAnswer UpyunApi::run(const UpyunRequest& call, milliseconds view_age) {
  UpyunAnswer answer = run_upyun_call(world_, state_, call, view_age);
  if (call.changes() && std::holds_alternative<Json>(answer)) ++counters_.applied;
  return answer;
}

UpyunAnswer UpyunApi::apply(const UpyunRequest& call, const Fault& fault) {
  switch (traits(fault.kind).effect) {
    case Effect::kNow: {
      const bool stale = fault.kind == FaultKind::kStaleList;
      UpyunAnswer answer = run(call, options_.list_lag + (stale ? fault.delay : milliseconds{}));
      if (fault.kind == FaultKind::kBindResetsSettings) {
        world_.set_origin(call.domain, "");
        state_.forced.erase(call.domain);
      }
      return answer;
    }
    case Effect::kLate:
      world_.after(fault.delay, [this, call] { run(call, {}); });
      return Json::object();
    case Effect::kNever:
      break;
  }
  return pretend_upyun_call(world_, call);
}

}  // namespace certferry::sandbox
