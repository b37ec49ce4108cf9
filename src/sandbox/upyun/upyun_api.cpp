#include "sandbox/upyun/upyun_api.h"

#include <openssl/crypto.h>

#include "base/text.h"
#include "crypto/digest.h"

namespace certferry::sandbox {

template class VendorApi<UpyunRequest, UpyunAnswer, UpyunRefusal>;

namespace {

using Json = nlohmann::json;

constexpr std::size_t kSessionsMost = 1000;

/// Whoever is nobody is shown the door.
const UpyunRefusal kNobody{.status = 302, .message = {}};

Reply to_login_page() {
  Reply reply;
  reply.status = kNobody.status;
  reply.content_type = "text/html; charset=utf-8";
  reply.headers.emplace_back("Location", "https://console.upyun.com/login/");
  return reply;
}

}  // namespace

UpyunApi::UpyunApi(UpyunOptions options, World& world, Faults& faults)
    : VendorApi(world, faults, options.list_lag), options_(std::move(options)) {}

UpyunRequest UpyunApi::read(const Request& request) {
  return read_upyun_request(request);
}

std::optional<UpyunRefusal> UpyunApi::refuse(const Request& request, const UpyunRequest& call) {
  if (auto refusal = refuse_upyun_call(call)) return refusal;
  if (call.verb == UpyunVerb::kLogIn || is_logged_in(request)) return std::nullopt;
  return unauthorized(kNobody);
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
  if (call.verb == UpyunVerb::kLogIn) return check_password(call);
  return run_upyun_call(world_, state_, call, view_age);
}

UpyunAnswer UpyunApi::check_password(const UpyunRequest& call) {
  const Secret password(call.body.value("password", ""));
  const bool right =
      call.body.value("username", "") == options_.username && password.same_as(options_.password);
  if (right) return Json{{"result", true}};
  return unauthorized(Json{{"result", false}, {"message", "用户名或密码错误"}});
}

UpyunAnswer UpyunApi::pretend(const UpyunRequest& call) {
  if (call.verb == UpyunVerb::kLogIn) return check_password(call);
  return pretend_upyun_call(world_, call);
}

void UpyunApi::forget_settings(const UpyunRequest& call) {
  VendorApi::forget_settings(call);
  state_.forced.erase(call.domain);
}

Reply UpyunApi::reply_to(const UpyunRequest& call, const UpyunAnswer& answer) {
  Reply reply;
  Json data;
  Json errors = Json::array();
  if (const auto* refusal = std::get_if<UpyunRefusal>(&answer)) {
    if (refusal->status == kNobody.status) return to_login_page();
    reply.status = refusal->status;
    data = {{"error_code", refusal->code}, {"message", refusal->message}};
    if (!refusal->type.empty()) data["type"] = refusal->type;
    errors.push_back(refusal->message);
  } else {
    data = std::get<Json>(answer);
    const bool logged_in = call.verb == UpyunVerb::kLogIn && data.value("result", false);
    if (logged_in) reply.headers = begin_session();
  }
  const Json body = {{"msg", {{"errors", errors}, {"messages", Json::array()}}}, {"data", data}};
  reply.body = body.dump(-1, ' ', false, Json::error_handler_t::replace);
  return reply;
}

std::vector<std::pair<std::string, std::string>> UpyunApi::begin_session() {
  std::erase_if(sessions_, [&](const auto& one) { return one.second <= world_.steady_now(); });
  if (sessions_.size() >= kSessionsMost) sessions_.erase(sessions_.begin());
  const std::string name = sha256_hex("session " + std::to_string(next_session_++));
  sessions_[name] = world_.steady_now() + options_.session;
  return {{"Set-Cookie", "s=" + name + "; Path=/; HttpOnly; Secure"},
          {"Set-Cookie", "lang=zh; Path=/"}};
}

std::optional<UpyunAnswer> UpyunApi::say_instead(const UpyunRequest& /*call*/, const Fault& fault) {
  switch (fault.kind) {
    case FaultKind::kThrottle:
    case FaultKind::kThrottleWait:
      return UpyunRefusal{.status = 429, .code = 42900, .message = "too many requests"};
    case FaultKind::kThrottleBody:
      return UpyunRefusal{.code = 42900, .message = "操作过于频繁"};
    case FaultKind::kAuthRefused:
      return kNobody;
    case FaultKind::kErrorYetDone:
      return UpyunRefusal{.status = 500, .code = 50000, .message = "服务器错误"};
    case FaultKind::kBindWithoutCode:
      return Json::object();
    case FaultKind::kErrorCode:
      return UpyunRefusal{.status = 200, .code = fault.code, .message = fault.message};
    default:
      return std::nullopt;
  }
}

}  // namespace certferry::sandbox
