#include "cli/json_output.h"

#include <nlohmann/json.hpp>

#include "providers/registry.h"

namespace certferry::cli {

using nlohmann::json;

namespace {

template <typename Range>
json array_of(const Range& range) {
  json out = json::array();
  for (const auto& one : range) out.push_back(to_json(one));
  return out;
}

}  // namespace

json to_json(const Reason& reason) {
  return {{"code", reason.code}, {"text", reason.text}};
}

json to_json(const Step& step) {
  return {{"step", to_string(step.kind)}, {"reason", to_json(step.reason)}};
}

json to_json(const FieldMetadata& field) {
  return {{"key", field.key},
          {"help", field.help},
          {"secret", field.secret},
          {"required", field.required}};
}

json to_json(const Oddity& oddity) {
  return {{"what", oddity.what}, {"evidence", oddity.evidence}, {"confirmed", oddity.confirmed}};
}

json to_json(const Exemption& exemption) {
  return {{"case", exemption.which}, {"why", exemption.why}};
}

json to_json(const ProductMetadata& product) {
  const auto kind = product.store == StoreKind::kIds      ? "ids"
                    : product.store == StoreKind::kInline ? "inline"
                                                          : "reimport";
  return {{"id", product.id},
          {"title", product.title},
          {"store", kind},
          {"proof", product.proof},
          {"not_applicable", array_of(product.exempt)},
          {"confirm",
           {{"rounds", product.confirm.rounds},
            {"spread_ms", product.confirm.spread.count()},
            {"deadline_ms", product.confirm.deadline.count()}}}};
}

json to_json(const AccountReport& account) {
  json out = {{"name", account.name},
              {"provider", account.provider},
              {"domains", account.domains},
              {"stored", account.stored}};
  if (account.error) out["error"] = to_json(*account.error);
  return out;
}

json to_json(const CertificateReport& certificate) {
  json out = {{"name", certificate.name}, {"source", certificate.source}};
  if (certificate.bundle) out["leaf"] = to_json(certificate.bundle->leaf);
  if (certificate.error) out["error"] = to_json(*certificate.error);
  if (certificate.staleness) {
    out["staleness"] = to_json(certificate.staleness->reason);
    out["staleness"]["hint"] = certificate.staleness->hint;
  }
  return out;
}

json to_json(const TargetReport& target) {
  json out = {{"target", to_string(target.facts.id)},
              {"account", target.facts.id.account},
              {"product", target.facts.id.product},
              {"name", target.facts.id.name},
              {"certificate", target.facts.certificate},
              {"outcome", to_string(target.outcome)},
              {"message", target.message},
              {"reason", to_json(target.plan.summary)},
              {"steps", array_of(target.plan.steps)},
              {"addresses", array_of(target.facts.probes)}};
  if (target.facts.bundle) out["fingerprint"] = target.facts.bundle->fingerprint();
  if (target.facts.binding && target.facts.binding->stored_id) {
    out["bound_id"] = *target.facts.binding->stored_id;
  }
  if (target.put_back) {
    out["rollback"] = {{"by", target.put_back->by}, {"held_back", target.put_back->held_back}};
    if (target.facts.way_back) out["rollback"]["stored_id"] = target.facts.way_back->id;
  }
  return out;
}

json to_json(const RetireReport& one) {
  json out = {{"account", one.plan.account},
              {"certificate", one.plan.certificate},
              {"fingerprint", one.plan.fingerprint},
              {"stored_id", one.plan.stored_id},
              {"surplus", one.plan.surplus},
              {"due", one.plan.due},
              {"done", one.done},
              {"reason", to_json(one.plan.reason)}};
  if (one.plan.reason.code == "retire.grace") out["due_at"] = format_time(one.plan.due_at);
  if (one.error) out["error"] = to_json(*one.error);
  return out;
}

json to_json(const Problem& problem) {
  return {{"where", problem.where}, {"error", to_json(problem.error)}};
}

namespace {

std::string_view outcome_word(Probe::Outcome outcome) {
  switch (outcome) {
    case Probe::Outcome::kServed:
      return "served";
    case Probe::Outcome::kUnreachable:
      return "unreachable";
    case Probe::Outcome::kAlert:
      return "alert";
    case Probe::Outcome::kNotTls:
      return "not_tls";
  }
  return "unreachable";
}

}  // namespace

json to_json(const Error& error) {
  json out = {{"kind", to_string(error.kind)}, {"code", error.code}, {"message", error.message}};
  if (!error.activity.empty()) out["activity"] = error.activity;
  if (!error.hint.empty()) out["hint"] = error.hint;
  if (!error.vendor_code.empty()) out["vendor_code"] = error.vendor_code;
  if (!error.vendor_message.empty()) out["vendor_message"] = error.vendor_message;
  if (!error.request_id.empty()) out["request_id"] = error.request_id;
  return out;
}

json to_json(const Certificate& certificate) {
  return {{"fingerprint", certificate.fingerprint},
          {"subject", certificate.subject},
          {"issuer", certificate.issuer},
          {"serial", certificate.serial},
          {"not_before", format_time(certificate.not_before)},
          {"not_after", format_time(certificate.not_after)},
          {"dns_names", certificate.dns_names},
          {"ip_addresses", certificate.ip_addresses},
          {"key", to_string(certificate.key)}};
}

json to_json(const JudgedProbe& one) {
  json out = {{"address", to_string(one.probe.address)},
              {"outcome", outcome_word(one.probe.outcome)},
              {"elapsed_ms", one.probe.elapsed.count()}};
  if (const Certificate* leaf = one.probe.leaf()) {
    out["leaf"] = to_json(*leaf);
    out["tls_version"] = one.probe.tls_version;
    out["chain_trusted"] = one.chain.trusted();
    if (!one.chain.trusted()) out["chain_reason"] = one.chain.reason;
  } else {
    out["detail"] = one.probe.detail;
  }
  return out;
}

json to_json(const Check& check) {
  json out = to_json(check.reason);
  out["passed"] = check.passed;
  if (!check.passed) out["hint"] = check.hint;
  return out;
}

json to_json(const JournalEntry& entry) {
  json out = {{"run", entry.run},
              {"number", entry.number},
              {"at", format_time(entry.at)},
              {"account", entry.account},
              {"action", entry.action},
              {"certificate", entry.certificate},
              {"fingerprint", entry.fingerprint},
              {"outcome", to_string(entry.outcome)},
              {"detail", entry.detail}};
  if (entry.ended_at) out["ended_at"] = format_time(*entry.ended_at);
  if (!entry.name.empty())
    out["target"] = to_string(TargetId{entry.account, entry.product, entry.name});
  if (!entry.stored_id.empty()) out["stored_id"] = entry.stored_id;
  return out;
}

json to_json(const TargetRecord& record) {
  json out = {{"target", to_string(record.id)},
              {"certificate", record.certificate},
              {"outcome", record.outcome},
              {"message", record.message},
              {"last_attempt", format_time(record.last_attempt)},
              {"failures", record.failures}};
  if (!record.confirmed_fingerprint.empty()) {
    out["confirmed_fingerprint"] = record.confirmed_fingerprint;
    out["confirmed_at"] = format_time(record.confirmed_at);
  }
  if (!record.bound_fingerprint.empty()) {
    out["bound_fingerprint"] = record.bound_fingerprint;
    out["bound_at"] = format_time(record.bound_at);
  }
  return out;
}

namespace {

json limits_json(const Limits& limits) {
  return {{"calls_per_second", limits.calls_per_second},
          {"burst", limits.burst},
          {"max_in_flight", limits.max_in_flight},
          {"list_consistency_ms", limits.list_consistency.count()}};
}

json variations_json(const ProviderMetadata& provider) {
  json all = json::array();
  for (const Variation& one : variations_of(provider.id)) {
    const ProviderMetadata& other = one.metadata();
    all.push_back({{"field", one.field},
                   {"value", one.value},
                   {"products", array_of(other.products)},
                   {"policy", other.policy},
                   {"limits", limits_json(other.limits)}});
  }
  return all;
}

}  // namespace

json to_json(const ProviderMetadata& provider) {
  return {{"id", provider.id},
          {"name", provider.name},
          {"native_name", provider.native_name},
          {"endpoint", provider.endpoint},
          {"keys_url", provider.keys_url},
          {"documents", provider.documents},
          {"fields", array_of(provider.fields)},
          {"products", array_of(provider.products)},
          {"policy", provider.policy},
          {"limits", limits_json(provider.limits)},
          {"variations", variations_json(provider)},
          {"oddities", array_of(provider.oddities)}};
}

json to_json(const Report& report) {
  json left_out = json::array();
  for (const TargetId& id : report.left_out) left_out.push_back(to_string(id));
  json left_behind = json::array();
  for (const TargetRecord& one : report.left_behind) left_behind.push_back(to_string(one.id));
  return {{"run", report.run},
          {"started", format_time(report.started)},
          {"ended", format_time(report.ended)},
          {"succeeded", report.succeeded()},
          {"has_work", report.has_work()},
          {"accounts", array_of(report.accounts)},
          {"certificates", array_of(report.certificates)},
          {"targets", array_of(report.targets)},
          {"left_out", left_out},
          {"left_behind", left_behind},
          {"retirements", array_of(report.retirements)},
          {"problems", array_of(report.problems)},
          {"warnings", array_of(report.warnings)}};
}

std::string dump(const json& value) {
  return value.dump(2, ' ', false, json::error_handler_t::replace) + "\n";
}

}  // namespace certferry::cli
