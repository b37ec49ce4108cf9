// What becomes of a request at an emulated vendor's API, whichever vendor that is.
#pragma once

#include <concepts>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "sandbox/api.h"
#include "sandbox/faults.h"
#include "sandbox/message.h"
#include "sandbox/spoil.h"
#include "sandbox/world.h"

namespace certferry::sandbox {

/// A request, taken apart: `counted_as` names its endpoint, empty when there is none such; `shape`
/// is how faults see it; `domain` is canonical, empty when it is about none.
template <typename T>
concept VendorCall = requires(const T& call) {
  { call.counted_as() } -> std::same_as<std::string_view>;
  { call.shape() } -> std::same_as<CallShape>;
  { call.domain } -> std::convertible_to<std::string>;
};

/// The way of a request: it is read and counted; it is refused, or struck by a fault, or carried
/// out; and what comes of it is told in the vendor's form. A vendor overrides the steps, which are
/// all that is its own.
///
/// `Answer` is a variant of what the vendor says; how it says no, `Refusal`, is among it.
///
/// It is compiled once for each vendor: the header says `extern template`, its source `template`.
///
/// Lifetime: world and faults outlive it.
template <VendorCall Call, typename Answer, typename Refusal>
class VendorApi : public Api {
 public:
  Reply handle(const Request& request) override {
    world_.advance();
    const Call call = read(request);
    count(call);
    Reply reply;
    if (const std::optional<Refusal> refusal = refuse(request, call)) {
      if (refusals_use_up_faults_) faults_.take(call.shape());
      reply = reply_to(call, *refusal);
    } else if (const std::optional<Fault> fault = faults_.take(call.shape())) {
      reply = spoil(call, *fault, struck(call, *fault));
    } else {
      reply = reply_to(call, carry_out(call, list_lag_));
    }
    reply.date = format_http_date(world_.now());
    return reply;
  }

 protected:
  /// Lists show the account as it was `list_lag` ago. With a `front`, it is another service at the
  /// address of that one, and the calls of both are counted together.
  VendorApi(World& world, Faults& faults, milliseconds list_lag, Api* front = nullptr)
      : Api(front), world_(world), faults_(faults), list_lag_(list_lag) {}

  /// Takes the request apart.
  virtual Call read(const Request& request) = 0;

  /// How the vendor says no before anything is done: to whom it does not know, to what may not be
  /// called, or cannot be read. Whoever shows no right key passes through `unauthorized`.
  virtual std::optional<Refusal> refuse(const Request& request, const Call& call) = 0;

  /// Does what the call asks for. Lists show the world as it was `view_age` ago.
  virtual Answer run(const Call& call, milliseconds view_age) = 0;

  /// What `run` would answer if all went well, with nothing changed.
  virtual Answer pretend(const Call& call) = 0;

  /// What a bind undoes when a fault has it set back all that the domain was set to.
  virtual void forget_settings(const Call& call) { world_.set_origin(call.domain, ""); }

  /// The answer in the vendor's form.
  virtual Reply reply_to(const Call& call, const Answer& answer) = 0;

  /// What the vendor says when a fault makes it speak: that there are too many calls, that it does
  /// not know the key, that it failed. Nothing: it says what it has to say.
  virtual std::optional<Answer> say_instead(const Call& call, const Fault& fault) = 0;

  /// The reply to a bind without that by which a client knows a success.
  virtual Reply without_code(Reply reply) {
    reply.body = "{}";
    return reply;
  }

  /// What a fault makes of the reply that was to be given.
  virtual Reply spoil(const Call& call, const Fault& fault, Reply reply) {
    if (const std::optional<Answer> instead = say_instead(call, fault)) {
      reply = reply_to(call, *instead);
      if (fault.kind == FaultKind::kThrottleBody) reply.status = 200;
      if (fault.kind == FaultKind::kThrottleWait) {
        reply.retry_after = std::chrono::ceil<seconds>(fault.delay);
      }
      return reply;
    }
    if (fault.kind == FaultKind::kBindWithoutCode) return without_code(std::move(reply));
    return spoil_on_the_way(fault, std::move(reply));
  }

  /// Counts a caller who may not call, and passes on what is said to them.
  template <typename Said>
  Said unauthorized(Said said) {
    ++counters_.unauthorized;
    return said;
  }

  World& world_;
  /// Whether a refused call uses up the fault that would have struck it, as at some vendors.
  bool refusals_use_up_faults_ = false;

 private:
  void count(const Call& call) {
    const std::string_view endpoint = call.counted_as();
    if (endpoint.empty()) {
      ++counters_.unknown;
      return;
    }
    ++counters_.by_endpoint[std::string(endpoint)];
    if (call.shape().changes) ++counters_.changing;
  }

  Answer carry_out(const Call& call, milliseconds view_age) {
    Answer answer = run(call, view_age);
    const bool done = !std::holds_alternative<Refusal>(answer);
    if (done && call.shape().changes) ++counters_.applied;
    return answer;
  }

  /// Makes the change that the call asks for now, later or never, as the fault has it; the reply is
  /// the one that the vendor would give.
  Reply struck(const Call& call, const Fault& fault) {
    switch (traits(fault.kind).effect) {
      case Effect::kNow: {
        const bool stale = fault.kind == FaultKind::kStaleList;
        const Answer answer = carry_out(call, list_lag_ + (stale ? fault.delay : milliseconds{}));
        if (fault.kind == FaultKind::kBindResetsSettings) forget_settings(call);
        return reply_to(call, answer);
      }
      case Effect::kLate:
        world_.after(fault.delay, [this, call] { carry_out(call, {}); });
        return {};  // a gateway speaks in its place
      case Effect::kNever:
        break;
    }
    return reply_to(call, pretend(call));
  }

  Faults& faults_;
  milliseconds list_lag_;
};

}  // namespace certferry::sandbox
