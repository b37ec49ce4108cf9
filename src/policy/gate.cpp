#include "policy/gate.h"

#include <algorithm>

#include "base/planted.h"
#include "base/text.h"
#include "model/name.h"

namespace certferry {

namespace {

Check check(bool passed, std::string code, std::string text, std::string hint = {}) {
  return Check{
      .passed = passed, .reason = {std::move(code), std::move(text)}, .hint = std::move(hint)};
}

Check check_begun(const Certificate& leaf, Time now) {
  const std::string begin = format_time(leaf.not_before);
  if (leaf.not_before + kDateMargin <= now || planted("gate_begun")) {
    return check(true, "gate.not_yet_valid", "it is valid since " + begin);
  }
  return check(false,
               "gate.not_yet_valid",
               leaf.not_before <= now
                   ? "it became valid only minutes ago, " + begin
                   : "it is not valid before " + begin + " (now " + format_time(now) + ")",
               "check this machine's clock, or wait until " +
                   format_time(leaf.not_before + kDateMargin) + ", " +
                   format_duration(kDateMargin) + " after it begins");
}

Check check_not_ended(const Certificate& leaf, Time now) {
  const std::string end = format_time(leaf.not_after);
  const milliseconds margin = planted("gate_margin") ? milliseconds(0) : kDateMargin;
  if (now + margin < leaf.not_after || planted("gate_ended")) {
    return check(
        true, "gate.expired", "it ends " + end + ", in " + format_duration(leaf.not_after - now));
  }
  return check(false,
               "gate.expired",
               leaf.not_after <= now ? "it expired " + end : "it expires within minutes, " + end,
               "renew it where it comes from");
}

Check check_names(const Certificate& leaf, const std::string& name) {
  if (any_covers(leaf.dns_names, leaf.ip_addresses, name) || planted("gate_names")) {
    return check(true, "gate.names", "it covers " + name);
  }
  std::vector<std::string> names = leaf.dns_names;
  names.insert(names.end(), leaf.ip_addresses.begin(), leaf.ip_addresses.end());
  return check(false,
               "gate.names",
               "it does not cover " + name + "; it is for " +
                   (names.empty() ? "no name at all" : printable(join(names, ", "))),
               "issue one that covers the name, or take the name off this certificate's list");
}

Check check_chain(const ChainVerdict& verdict) {
  if (planted("gate_chain")) return check(true, "gate.chain", "planted");
  switch (verdict.kind) {
    case ChainVerdict::Kind::kTrusted:
      return check(true, "gate.chain", "its chain verifies up to a trusted root");
    case ChainVerdict::Kind::kIncomplete:
      return check(false,
                   "gate.chain_incomplete",
                   verdict.reason,
                   "give the full chain (fullchain.pem, not cert.pem); if it is, for a private CA "
                   "name its root in `settings: trust:`");
    case ChainVerdict::Kind::kUntrusted:
      return check(false,
                   "gate.chain_untrusted",
                   verdict.reason,
                   "for a private CA name its root in `settings: trust:`");
    case ChainVerdict::Kind::kExpired:
      return check(
          false, "gate.chain_expired", verdict.reason, "take the chain anew from the issuer");
    case ChainVerdict::Kind::kBroken:
      break;
  }
  return check(false, "gate.chain", verdict.reason, "take the chain anew from the issuer");
}

Check check_chain_outlives(const Bundle& bundle) {
  for (const Certificate& issuer : bundle.chain) {
    if (issuer.not_after >= bundle.leaf.not_after || planted("gate_chain_end")) continue;
    return check(false,
                 "gate.chain_ends_first",
                 "'" + printable(issuer.subject) + "' of its chain ends " +
                     format_time(issuer.not_after) + ", before the leaf does",
                 "take a newer intermediate from the issuer");
  }
  return check(true, "gate.chain_ends_first", "no element of its chain ends before the leaf");
}

bool sound(KeyType key) {
  switch (key.algorithm) {
    case KeyType::Algorithm::kRsa:
      return key.bits >= 2048;
    case KeyType::Algorithm::kEcdsa:
      return key.bits == 256 || key.bits == 384 || key.bits == 521;
    case KeyType::Algorithm::kEd25519:
      return true;
    case KeyType::Algorithm::kOther:
      return false;
  }
  return false;
}

Check check_key(KeyType key, std::span<const KeyType> accepted) {
  const bool taken = accepted.empty() || std::ranges::find(accepted, key) != accepted.end();
  if ((sound(key) && taken) || planted("gate_key")) {
    return check(true, "gate.key_type", "its key is " + to_string(key) + ", which is accepted");
  }
  std::vector<std::string> words;
  for (const KeyType type : accepted) words.push_back(to_string(type));
  return check(false,
               "gate.key_type",
               "its key is " + to_string(key) + ", which this product does not take",
               words.empty() ? "use RSA of 2048 bits or more, or ECDSA P-256"
                             : "it takes " + join(words, ", "));
}

}  // namespace

std::vector<Check> gate(const GateFacts& facts) {
  const Certificate& leaf = facts.bundle.leaf;
  return {check_begun(leaf, facts.now),
          check_not_ended(leaf, facts.now),
          check_names(leaf, facts.name),
          check_chain(facts.chain),
          check_chain_outlives(facts.bundle),
          check_key(leaf.key, facts.accepted_keys)};
}

const Check* first_failed(std::span<const Check> checks) {
  const auto found = std::ranges::find_if(checks, [](const Check& one) { return !one.passed; });
  return found == checks.end() ? nullptr : &*found;
}

bool would_do(Time not_before,
              Time not_after,
              std::span<const std::string> names,
              std::span<const std::string> ip_addresses,
              const std::string& name,
              Time now) {
  return not_before + kDateMargin <= now && now + kDateMargin < not_after &&
         any_covers(names, ip_addresses, name);
}

bool would_do(const StoredCertificate& entry, const std::string& name, Time now) {
  const std::vector<std::string> names = entry.names.empty() ? std::vector{name} : entry.names;
  return would_do(entry.not_before, entry.not_after, names, {}, name, now);
}

}  // namespace certferry
