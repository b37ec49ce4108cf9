#include "sim/vendor.h"

#include <algorithm>
#include <array>

namespace certferry::sim {

namespace {

using sandbox::Action;
using sandbox::FaultKind;

struct ApiHazard {
  Hazard hazard;
  FaultKind kind;
  bool changes_only;
};

constexpr std::array kApiHazards{
    ApiHazard{Hazard::kLostRequest, FaultKind::kLostRequest, false},
    ApiHazard{Hazard::kLostReply, FaultKind::kLostReply, false},
    ApiHazard{Hazard::kCutReply, FaultKind::kCutReply, false},
    ApiHazard{Hazard::kSlowReply, FaultKind::kSlow, false},
    ApiHazard{Hazard::kThrottle, FaultKind::kThrottle, false},
    ApiHazard{Hazard::kThrottleBody, FaultKind::kThrottleBody, false},
    ApiHazard{Hazard::kServerError, FaultKind::kServerError, false},
    ApiHazard{Hazard::kHtml, FaultKind::kHtml, false},
    ApiHazard{Hazard::kEmptyBody, FaultKind::kEmptyBody, false},
    ApiHazard{Hazard::kHugeReply, FaultKind::kHugeReply, false},
    ApiHazard{Hazard::kAuthRefused, FaultKind::kAuthRefused, false},
    ApiHazard{Hazard::kErrorCode, FaultKind::kErrorCode, false},
    ApiHazard{Hazard::kApplyLate, FaultKind::kApplyLate, true},
    ApiHazard{Hazard::kErrorYetDone, FaultKind::kErrorYetDone, true},
    ApiHazard{Hazard::kNothingChanged, FaultKind::kNothingChanged, true},
    ApiHazard{Hazard::kBindWithoutCode, FaultKind::kBindWithoutCode, true},
    ApiHazard{Hazard::kStaleList, FaultKind::kStaleList, false},
};

sandbox::Request to_sandbox(const HttpRequest& request, const std::string& endpoint) {
  sandbox::Request out{.method = request.method,
                       .target = request.url.substr(endpoint.size()),
                       .body = std::string(request.body.reveal())};
  for (const auto& [name, value] : request.headers) {
    if (name == "Authorization") out.authorization = value.reveal();
    if (name == "Content-Type") out.content_type = value.reveal();
  }
  return out;
}

bool is_action(const Exchange& exchange, Action action) {
  return exchange.call.endpoint != nullptr && exchange.call.endpoint->action == action;
}

/// Lists are read to observe, and once more to see what came of a change.
Step step_of(const Exchange& exchange, Step doing) {
  const sandbox::Endpoint* endpoint = exchange.call.endpoint;
  if (endpoint == nullptr) return doing;
  switch (endpoint->action) {
    case Action::kUpload:
      return Step::kUpload;
    case Action::kBind:
    case Action::kConfigure:
      return Step::kBind;
    case Action::kDelete:
      return Step::kCleanUp;
    case Action::kListCertificates:
    case Action::kListDomains:
      break;
  }
  return doing == Step::kPersist ? Step::kObserve : doing;
}

/// What one line of the trace says of a call: enough to follow it, nothing secret.
std::string words_of(const sandbox::Call& call) {
  std::string out = call.path;
  for (const char* field : {"domain", "id", "cert_id", "note"}) {
    const std::string_view text = sandbox::text_field(call.body, field);
    if (!text.empty()) out += " " + std::string(text.substr(0, 40));
  }
  return out;
}

/// A plain no: the change was not made, and the answer says so.
bool says_no(const sandbox::Reply& reply) {
  if (reply.dropped || reply.cut_after) return false;
  if (reply.status == 429 || reply.status == 401) return true;
  const auto at = reply.body.find("\"code\":4");
  return reply.status < 500 && at != std::string::npos && at < 3;
}

/// Some say for how long they want to be left alone.
FaultKind kind_of(const ApiHazard& one, Chance& chance) {
  const bool says = one.kind == FaultKind::kThrottle && chance.happens(500);
  return says ? FaultKind::kThrottleWait : one.kind;
}

milliseconds delay_of(Hazard hazard, Chance& chance) {
  if (hazard == Hazard::kThrottle) return chance.scaled(seconds(1), hours(2));
  if (hazard == Hazard::kApplyLate) return chance.scaled(seconds(1), hours(3));
  if (hazard == Hazard::kStaleList) return chance.scaled(seconds(1), seconds(60));
  return chance.scaled(seconds(1), seconds(60));
}

/// What somebody here issued, unchanged, needs no parsing to be known.
sandbox::PairReader knowing_reader(const Authority& authority) {
  return [&authority](std::string chain_pem, Secret key_pem) -> Result<sandbox::UploadedPair> {
    const Generation* known = authority.find_by_chain(chain_pem);
    if (known == nullptr || !known->key_pem.same_as(key_pem)) {
      return sandbox::read_pair(std::move(chain_pem), std::move(key_pem));
    }
    return sandbox::UploadedPair{.leaf = known->chain.front(),
                                 .chain_pem = std::move(chain_pem),
                                 .key_pem = std::move(key_pem)};
  };
}

}  // namespace

sandbox::Credentials sim_credentials() {
  return {.access_key = "simulated", .secret_key = Secret("simulated-secret")};
}

Vendor::Vendor(const AccountPlan& account, const Clock& clock, const Authority& authority)
    : plan(account),
      world({.edge_suffix = edge_suffix(account.name),
             .first_certificate_id = account.first_id,
             .quota = account.quota,
             .read_pair = knowing_reader(authority)},
            clock),
      api({.credentials = sim_credentials(),
           .list_lag = account.list_lag,
           .calls_per_second = account.calls_per_second,
           .burst = 2},
          world,
          faults) {
  for (const AddressPlan& one : account.addresses) {
    world.add_edge({.address = one.address.ip, .port = 443, .propagation = one.propagation});
  }
}

milliseconds Wire::latency() {
  return chance_.between(vendor_.plan.latency_low, vendor_.plan.latency_high);
}

void Wire::hit(Hazard hazard, const Exchange& exchange) {
  scene_.hit(hazard, step_of(exchange, scene_.step));
}

bool Wire::strikes(Hazard hazard, const Exchange& exchange) {
  if (!scene_.strikes(hazard)) return false;
  hit(hazard, exchange);
  scene_.note("hazard " + std::string(to_string(hazard)));
  return true;
}

ExchangePtr Wire::prepare(const HttpRequest& request) {
  auto exchange = std::make_shared<Exchange>();
  exchange->request = to_sandbox(request, Vendor::endpoint(vendor_.plan.name));
  exchange->call = sandbox::read_call(exchange->request);
  exchange->changes = request.changes_state;
  exchange->process = scene_.process;
  exchange->sent_at = scene_.time.steady_now();
  return exchange;
}

std::optional<sandbox::Fault> Wire::draw_fault(const Exchange& exchange) {
  std::optional<sandbox::Fault> drawn;
  for (const ApiHazard& one : kApiHazards) {
    if (one.changes_only && !exchange.changes) continue;
    if (one.hazard == Hazard::kStaleList && exchange.changes) continue;
    if (!scene_.strikes(one.hazard) || drawn) continue;
    hit(one.hazard, exchange);
    scene_.note("hazard " + std::string(to_string(one.hazard)));
    drawn = sandbox::Fault{.kind = kind_of(one, scene_.chance(one.hazard)),
                           .count = 1,
                           .delay = delay_of(one.hazard, scene_.chance(one.hazard)),
                           .code = scene_.chance(one.hazard).happens(500) ? 500 : 400};
  }
  return drawn;
}

void Wire::deliver_later(const ExchangePtr& exchange, milliseconds later) {
  std::erase_if(under_way_, [](const auto& one) { return one.expired(); });
  under_way_.push_back(exchange);
  scene_.time.after(later, [this, exchange] {
    if (!exchange->cancelled) deliver(exchange);
  });
}

sandbox::Reply Wire::answer(const Exchange& exchange) {
  if (vendor_.out) {
    hit(Hazard::kOutage, exchange);
    sandbox::Reply reply;
    reply.status = 502;
    reply.content_type = "text/html";
    reply.body = "<html>bad gateway</html>";
    return reply;
  }
  vendor_.faults.clear();
  if (vendor_.refuses) vendor_.faults.add({.kind = FaultKind::kAuthRefused, .count = 1});
  if (is_action(exchange, Action::kBind) && scene_.scenario.rates.has(Hazard::kNoBindCall)) {
    hit(Hazard::kNoBindCall, exchange);
    vendor_.faults.add(
        {.kind = FaultKind::kErrorCode, .count = 1, .code = 404, .message = "接口不存在"});
  } else if (exchange.fault) {
    vendor_.faults.add(*exchange.fault);
  }
  return vendor_.api.handle(exchange.request);
}

void Wire::note_conditions(const Exchange& exchange, const sandbox::Reply& reply) {
  const auto& domains = vendor_.world.domains();
  const bool lists_domains = is_action(exchange, Action::kListDomains);
  const bool lists = lists_domains || is_action(exchange, Action::kListCertificates);
  if (lists && scene_.scenario.rates.has(Hazard::kListLag)) hit(Hazard::kListLag, exchange);
  if (lists_domains && !std::ranges::all_of(domains, &sandbox::Domain::online)) {
    hit(Hazard::kDomainOffline, exchange);
  }
  if (exchange.fault || vendor_.out) return;
  if (reply.status == 429) hit(Hazard::kRateLimit, exchange);
  if (is_action(exchange, Action::kUpload) && vendor_.world.is_full() && says_no(reply)) {
    hit(Hazard::kQuota, exchange);
  }
}

void Wire::reset_settings(Exchange& exchange) {
  const std::string name(exchange.call.domain());
  const sandbox::Domain* domain = vendor_.world.find_domain(name);
  const bool bound = domain != nullptr && domain->bound() != nullptr &&
                     domain->bound()->id == sandbox::integer_field(exchange.call.body, "cert_id");
  if (!bound || domain->origin.empty()) return;
  const std::string origin = domain->origin;
  vendor_.world.set_origin(name, "");
  scene_.note("settings of " + name + " are lost");
  exchange.settings_reset = true;
  scene_.between_processes.emplace_back(
      [this, name, origin] { vendor_.world.set_origin(name, origin); });
}

void Wire::deliver(const ExchangePtr& exchange) {
  ++exchange->deliveries;
  exchange->settings_reset = false;
  const auto applied = vendor_.api.counters().applied;
  sandbox::Reply reply = answer(*exchange);
  const bool took_effect = vendor_.api.counters().applied != applied;
  if (exchange->resets_settings && took_effect) reset_settings(*exchange);
  note_conditions(*exchange, reply);
  const bool no = says_no(reply);
  scene_.note(vendor_.plan.name + " " + words_of(exchange->call) + " -> " +
              std::to_string(reply.status) + (reply.dropped ? " dropped" : "") +
              (reply.cut_after ? " cut" : "") + (no ? " no" : ""));
  // Who sends a request twice passes on the answer of the one that was taken.
  exchange->passed_on = exchange->deliveries == 1 || exchange->refused;
  if (exchange->passed_on) {
    exchange->refused = no;
    exchange->reply = std::move(reply);
    exchange->acted_at = scene_.time.steady_now();
  }
  witness_.acted(vendor_, *exchange);
}

Error Wire::lost(const HttpRequest& request, ErrorKind read_kind, const std::string& what) const {
  return {request.changes_state ? ErrorKind::kMaybeApplied : read_kind, what};
}

Task<HttpResponse> Wire::send(HttpRequest request) {
  if (scene_.time.is_killed()) co_await scene_.time.sleep(hours(1));  // never to wake up
  const ExchangePtr exchange = prepare(request);
  witness_.sending(vendor_, exchange);
  const milliseconds there = latency();
  const milliseconds back = latency();
  const milliseconds left = request.timeout;
  if (strikes(Hazard::kConnectFailure, *exchange)) {
    exchange->refused = true;  // it never left
    co_await scene_.time.sleep(there);
    throw Error(ErrorKind::kUnavailable, "the connection was refused");
  }
  exchange->fault = draw_fault(*exchange);
  exchange->resets_settings =
      is_action(*exchange, Action::kConfigure) && strikes(Hazard::kSettingsReset, *exchange);
  deliver_later(exchange, there);
  const bool twice = strikes(Hazard::kDuplicateRequest, *exchange);
  if (twice) deliver_later(exchange, there + there);
  co_await scene_.time.sleep(there);
  ASSERT(exchange->reply.has_value());
  if (twice && exchange->refused) co_await scene_.time.sleep(there);
  const sandbox::Reply reply = *exchange->reply;
  const milliseconds rest = reply.delay + back;
  if (rest > left) {
    co_await scene_.time.sleep(left);
    throw lost(request, ErrorKind::kTimedOut, "no answer came in time");
  }
  co_await scene_.time.sleep(rest);
  co_return receive(request, exchange);
}

HttpResponse Wire::receive(const HttpRequest& request, const ExchangePtr& exchange) {
  const sandbox::Reply& reply = *exchange->reply;
  if (reply.dropped || reply.cut_after) {
    throw lost(request, ErrorKind::kUnavailable, "the connection was lost");
  }
  if (reply.body.size() > request.max_response_bytes) {
    throw lost(request, ErrorKind::kRejected, "the reply is too large")
        .with_code("reply.too_large");
  }
  witness_.answered(vendor_, *exchange);
  HttpResponse response{.status = reply.status, .body = reply.body};
  response.headers.emplace_back("content-type", reply.content_type);
  // The vendor's clock is right, whatever ours does.
  const Time true_time = scene_.time.now() - scene_.time.wall_jump();
  response.headers.emplace_back("date", format_http_date(true_time));
  if (reply.retry_after) {
    response.headers.emplace_back("retry-after", std::to_string(reply.retry_after->count()));
  }
  return response;
}

void Wire::process_died() {
  for (const std::weak_ptr<Exchange>& one : under_way_) {
    const ExchangePtr exchange = one.lock();
    if (exchange && !exchange->reply && chance_.happens(500)) exchange->cancelled = true;
  }
  under_way_.clear();
}

}  // namespace certferry::sim
