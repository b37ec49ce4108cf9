#include "cli/metrics.h"

#include "base/version.h"
#include "web/exposition.h"

namespace certferry::cli {

namespace {

using web::Exposition;
using Type = web::Family::Type;

void write_process(Exposition& out, const MetricFacts& facts) {
  out.begin({"certferry_build_info", Type::kGauge, "The program's version; always 1."});
  out.sample({{"version", kVersion}}, 1);
  out.begin({"process_start_time_seconds",
             Type::kGauge,
             "When the process began, or took its configuration anew, in seconds since 1970."});
  out.sample({}, facts.started);
  out.begin({"certferry_healthy", Type::kGauge, "1 when /healthz answers 200, else 0."});
  out.sample({}, facts.healthy ? 1 : 0);
  out.begin({"certferry_state_writable",
             Type::kGauge,
             "1 when the last write to the state succeeded, else 0."});
  out.sample({}, facts.state_writable ? 1 : 0);
}

/// What is the same of every target stands in one place: the order of its labels too.
class TargetSamples {
 public:
  TargetSamples(Exposition& out, const Vitals& vitals) : out_(out), vitals_(vitals) {}

  /// `value` gives a number, a time, or nothing: then there is no sample.
  template <typename Value>
  void write(const web::Family& family, Value value) {
    out_.begin(family);
    for (const auto& [id, target] : vitals_.targets()) {
      const auto known = value(target);
      if (!known) continue;
      out_.sample({{"account", id.account},
                   {"product", id.product},
                   {"target", id.name},
                   {"certificate", target.certificate}},
                  *known);
    }
  }

 private:
  Exposition& out_;
  const Vitals& vitals_;
};

void write_targets(Exposition& out, const Vitals& vitals) {
  std::map<std::pair<std::string_view, Outcome>, std::size_t> counts;
  for (const auto& [id, target] : vitals.targets()) ++counts[{id.account, target.outcome}];
  out.begin({"certferry_targets", Type::kGauge, "Targets by what the last run left them in."});
  for (const auto& [account, vitality] : vitals.accounts()) {
    for (const Outcome one : kOutcomes) {
      const auto count = counts.find({account, one});
      out.sample({{"account", account}, {"state", to_string(one)}},
                 count == counts.end() ? 0.0 : static_cast<double>(count->second));
    }
  }
  TargetSamples samples(out, vitals);
  samples.write({"certferry_target_confirmed",
                 Type::kGauge,
                 "1 when every address of the target was seen serving its certificate, else 0."},
                [](const TargetVitals& one) {
                  return std::optional(one.outcome == Outcome::kConfirmed ? 1.0 : 0.0);
                });
  samples.write({"certferry_target_not_after_timestamp_seconds",
                 Type::kGauge,
                 "When the certificate ends that clients of the target get."},
                [](const TargetVitals& one) { return one.ends; });
  samples.write({"certferry_target_behind_since_timestamp_seconds",
                 Type::kGauge,
                 "Since when the source has a certificate that the target does not serve yet; "
                 "absent when it does."},
                [](const TargetVitals& one) { return one.behind_since; });
}

void write_deployments(Exposition& out, const Vitals& vitals) {
  out.begin({"certferry_deployment_duration_seconds",
             Type::kHistogram,
             "From the first sight of a new certificate at its source to its confirmation at a "
             "target."});
  for (const auto& [account, one] : vitals.accounts()) {
    const Durations& all = one.deployments;
    for (std::size_t i = 0; i < all.up_to.size(); ++i) {
      const std::string bound = std::to_string(Durations::kBoundsSeconds[i]);
      out.sample(
          {{"account", account}, {"le", bound}}, static_cast<double>(all.up_to[i]), "_bucket");
    }
    const auto count = static_cast<double>(all.count);
    out.sample({{"account", account}, {"le", "+Inf"}}, count, "_bucket");
    out.sample({{"account", account}}, all.sum_seconds, "_sum");
    out.sample({{"account", account}}, count, "_count");
  }
}

void write_sources(Exposition& out, const Vitals& vitals) {
  out.begin({"certferry_source_readable",
             Type::kGauge,
             "1 when the certificate could be read from its source the last time, else 0."});
  for (const auto& [certificate, one] : vitals.sources()) {
    out.sample({{"certificate", certificate}}, one.readable ? 1 : 0);
  }
  out.begin({"certferry_source_not_after_timestamp_seconds",
             Type::kGauge,
             "When the certificate ends that the source gave last."});
  for (const auto& [certificate, one] : vitals.sources()) {
    if (one.ends) out.sample({{"certificate", certificate}}, *one.ends);
  }
}

void write_runs(Exposition& out, const MetricFacts& facts) {
  const auto& accounts = facts.vitals.accounts();
  out.begin({"certferry_run_last_end_timestamp_seconds",
             Type::kGauge,
             "When the account's last run ended; absent before the first."});
  for (const auto& [account, one] : accounts) {
    if (one.last_end) out.sample({{"account", account}}, *one.last_end);
  }
  out.begin({"certferry_run_last_succeeded",
             Type::kGauge,
             "1 when the account's last run left every target confirmed and met no trouble, else "
             "0; absent before the first."});
  for (const auto& [account, one] : accounts) {
    if (one.last_end) out.sample({{"account", account}}, one.last_succeeded ? 1 : 0);
  }
  out.begin({"certferry_run_next_timestamp_seconds",
             Type::kGauge,
             "When the account is looked at next, if nothing changes before."});
  for (const auto& [account, next] : facts.next_runs) out.sample({{"account", account}}, next);
  out.begin({"certferry_runs_total", Type::kCounter, "Runs that ended, by how."});
  for (const auto& [account, one] : accounts) {
    out.sample({{"account", account}, {"result", "succeeded"}}, static_cast<double>(one.succeeded));
    out.sample({{"account", account}, {"result", "failed"}}, static_cast<double>(one.unsuccessful));
  }
}

/// Kinds of error that never came have no sample: five calls by fifteen kinds would be mostly
/// zeros. What was done is always there, so that a rate begins with the first failure.
void write_calls(Exposition& out, const MetricFacts& facts) {
  out.begin({"certferry_vendor_calls_total",
             Type::kCounter,
             "Calls of the vendor's API by what was asked and what came of it: ok, or the kind of "
             "error."});
  for (const auto& [account, provider] : facts.providers) {
    for (const auto call : CountedProvider::kCalls) {
      const CountedProvider::Counts& counts = provider->counts(call);
      out.sample({{"account", account}, {"call", to_string(call)}, {"result", "ok"}},
                 static_cast<double>(counts.done));
      for (std::size_t i = 0; i < counts.failed.size(); ++i) {
        if (counts.failed[i] == 0) continue;
        const std::string_view kind = to_string(static_cast<ErrorKind>(i));
        out.sample({{"account", account}, {"call", to_string(call)}, {"result", kind}},
                   static_cast<double>(counts.failed[i]));
      }
    }
  }
  out.begin({"certferry_vendor_requests_total",
             Type::kCounter,
             "HTTP requests to the vendor: several for a call that walks over pages."});
  for (const auto& [account, pace] : facts.paces) {
    const PacedHttpClient::Counts& counts = pace->counts();
    out.sample({{"account", account}, {"effect", "read"}},
               static_cast<double>(counts.calls - counts.changing));
    out.sample({{"account", account}, {"effect", "change"}}, static_cast<double>(counts.changing));
  }
  out.begin({"certferry_vendor_throttled_total",
             Type::kCounter,
             "HTTP requests that the vendor answered with 429."});
  for (const auto& [account, pace] : facts.paces) {
    out.sample({{"account", account}}, static_cast<double>(pace->counts().throttled));
  }
}

void write_waiting(Exposition& out, const MetricFacts& facts) {
  out.begin({"certferry_journal_open_calls",
             Type::kGauge,
             "Changing calls whose outcome is not known yet."});
  if (facts.open_calls) out.sample({}, static_cast<double>(*facts.open_calls));
  out.begin({"certferry_journal_oldest_open_call_timestamp_seconds",
             Type::kGauge,
             "When the oldest of them was begun; absent when there is none."});
  if (facts.oldest_open_call) out.sample({}, *facts.oldest_open_call);
  out.begin(
      {"certferry_notices_undelivered", Type::kGauge, "Notices that no channel has taken yet."});
  if (facts.notices) out.sample({}, static_cast<double>(*facts.notices));
  out.begin({"certferry_heartbeats_total",
             Type::kCounter,
             "Calls of the heartbeat's address, by what came of them."});
  out.sample({{"result", "ok"}}, static_cast<double>(facts.heartbeat.answered));
  out.sample({{"result", "failed"}}, static_cast<double>(facts.heartbeat.failed));
  out.begin({"certferry_heartbeat_last_timestamp_seconds",
             Type::kGauge,
             "When the heartbeat's address answered last; absent before that."});
  if (facts.heartbeat.last) out.sample({}, *facts.heartbeat.last);
}

}  // namespace

std::string metrics_text(const MetricFacts& facts) {
  Exposition out;
  write_process(out, facts);
  write_targets(out, facts.vitals);
  write_deployments(out, facts.vitals);
  write_sources(out, facts.vitals);
  write_runs(out, facts);
  write_calls(out, facts);
  write_waiting(out, facts);
  return out.take();
}

}  // namespace certferry::cli
