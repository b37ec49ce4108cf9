#include "sim/troubles.h"

#include <algorithm>

#include "model/label.h"

namespace certferry::sim {

using sandbox::EdgeFaultKind;
using std::chrono::days;

sandbox::UploadedPair pair_of(const Generation& generation) {
  return {.leaf = generation.chain.front(),
          .chain_pem = generation.chain_pem,
          .key_pem = generation.key_pem};
}

void Troubles::begin(const std::vector<milliseconds>& runs, milliseconds end) {
  plan(Hazard::kOutage, runs, end, &Troubles::out_of_service);
  plan(Hazard::kDnsFailure, runs, end, &Troubles::no_names);
  plan(Hazard::kEdgeUnreachable, runs, end, &Troubles::address_silent);
  plan(Hazard::kNoRoute, runs, end, &Troubles::no_route);
  plan(Hazard::kEdgeStuck, runs, end, &Troubles::edge_breaks<EdgeFaultKind::kStuck>);
  plan(Hazard::kEdgeExpired, runs, end, &Troubles::edge_breaks<EdgeFaultKind::kExpired>);
  plan(Hazard::kEdgeSelfSigned, runs, end, &Troubles::edge_breaks<EdgeFaultKind::kSelfSigned>);
  plan(Hazard::kEdgeNotTls, runs, end, &Troubles::edge_breaks<EdgeFaultKind::kNotTls>);
  plan(Hazard::kEdgeAhead, runs, end, &Troubles::edge_ahead);
  plan(Hazard::kDiskFull, runs, end, &Troubles::disk_fails<Hazard::kDiskFull>);
  plan(Hazard::kDiskReadOnly, runs, end, &Troubles::disk_fails<Hazard::kDiskReadOnly>);
  plan(Hazard::kDiskError, runs, end, &Troubles::disk_fails<Hazard::kDiskError>);
  plan(Hazard::kClockJump, runs, end, &Troubles::clock_jumps);
  plan(Hazard::kMissingFile, runs, end, &Troubles::file_missing);
  plan(Hazard::kUnreadableFile, runs, end, &Troubles::file_unreadable);
  plan(Hazard::kDomainOffline, runs, end, &Troubles::domain_off);
  plan(Hazard::kTruncatedFile, runs, end, &Troubles::file_truncated);
  plan(Hazard::kOlderBundle, runs, end, &Troubles::older_bundle);
  plan(Hazard::kWrongNames, runs, end, &Troubles::bad_bundle<Hazard::kWrongNames>);
  plan(Hazard::kExpiredBundle, runs, end, &Troubles::bad_bundle<Hazard::kExpiredBundle>);
  plan(Hazard::kFutureBundle, runs, end, &Troubles::bad_bundle<Hazard::kFutureBundle>);
  plan(Hazard::kIncompleteChain, runs, end, &Troubles::bad_bundle<Hazard::kIncompleteChain>);
  plan(Hazard::kUntrustedChain, runs, end, &Troubles::bad_bundle<Hazard::kUntrustedChain>);
  plan(Hazard::kChainEndsFirst, runs, end, &Troubles::bad_bundle<Hazard::kChainEndsFirst>);
  plan(Hazard::kStrangeKey, runs, end, &Troubles::bad_bundle<Hazard::kStrangeKey>);
  plan(Hazard::kOperatorBinds, runs, end, &Troubles::operator_binds);
  plan(Hazard::kOperatorDeletes, runs, end, &Troubles::operator_deletes);
  plan(Hazard::kOperatorRelabels, runs, end, &Troubles::operator_relabels);
  plan(Hazard::kDomainsChange, runs, end, &Troubles::domains_change);
  plan(Hazard::kRival, runs, end, &Troubles::rival);
  plan(Hazard::kOtherLedger, runs, end, &Troubles::other_ledger);
  plan(Hazard::kConfiguration, runs, end, &Troubles::configuration_changes);
}

void Troubles::plan(Hazard hazard,
                    const std::vector<milliseconds>& runs,
                    milliseconds end,
                    Strike strike) {
  if (!scene_.rates.has(hazard)) return;
  Chance chance = scene_.root.fork("moments of " + std::string(to_string(hazard)));
  for (const milliseconds run : runs) {
    // Nothing is bound yet at the first run: what is wrong then is not held back by what is there.
    const unsigned rate = run == runs.front() ? 300 : scene_.rates[hazard];
    if (!chance.happens(rate)) continue;
    const bool near = run == runs.front() || chance.happens(600);
    const milliseconds moment =
        near ? std::max(milliseconds(0), run + chance.between(-minutes(3), minutes(6)))
             : chance.between(milliseconds(0), end);
    scene_.time.after(moment, [this, hazard, strike, own = Chance(chance.next())]() mutable {
      if (over_ || !scene_.rates.has(hazard)) return;  // all has healed meanwhile
      scene_.note("trouble " + std::string(to_string(hazard)));
      if (traits_of(hazard).kind == HazardKind::kMoments) scene_.hit(hazard);
      (this->*strike)(own);
    });
  }
}

void Troubles::until_healed(Chance& chance, std::function<void()> undo) {
  const auto once = std::make_shared<std::function<void()>>(std::move(undo));
  to_undo_.push_back(once);
  scene_.time.after(chance.scaled(minutes(1), days(3)), [once] {
    if (*once) std::exchange(*once, nullptr)();
  });
}

void Troubles::heal() {
  scene_.rates = HazardRates();
  for (const auto& one : to_undo_) {
    if (*one) std::exchange(*one, nullptr)();
  }
  scene_.pass_between_processes();
}

void Troubles::out_of_service(Chance& chance) {
  Vendor& vendor = any_vendor(chance);
  vendor.out = true;
  until_healed(chance, [&vendor] { vendor.out = false; });
}

void Troubles::no_names(Chance& chance) {
  const std::string account = any_vendor(chance).plan.name;
  edges_.unresolved.insert(account);
  until_healed(chance, [this, account] { edges_.unresolved.erase(account); });
}

void Troubles::address_silent(Chance& chance) {
  const Address address = chance.pick(any_vendor(chance).plan.addresses).address;
  edges_.unreachable.insert(address);
  until_healed(chance, [this, address] { edges_.unreachable.erase(address); });
}

void Troubles::no_route(Chance& chance) {
  const Address address = chance.pick(any_vendor(chance).plan.addresses).address;
  edges_.without_route.insert(address);
  until_healed(chance, [this, address] { edges_.without_route.erase(address); });
}

/// The vendor serves one of its own, good and longer-lived, whatever the names are bound to.
void Troubles::edge_ahead(Chance& chance) {
  const Address address = chance.pick(any_vendor(chance).plan.addresses).address;
  const CertificatePlan& plan = scene_.scenario.certificates[any_certificate(chance)];
  const Time now = scene_.time.now();
  edges_.ahead[address] = &scene_.authority.issue({.certificate = "the vendor's own",
                                                   .names = plan.names,
                                                   .not_before = now - days(1),
                                                   .not_after = now + days(400)});
  until_healed(chance, [this, address] { edges_.ahead.erase(address); });
}

template <EdgeFaultKind Kind>
void Troubles::edge_breaks(Chance& chance) {
  Vendor& vendor = any_vendor(chance);
  const std::size_t edge = chance.below(vendor.plan.addresses.size());
  vendor.world.set_edge_fault(edge, sandbox::EdgeFault{.kind = Kind});
  until_healed(chance, [&vendor, edge] { vendor.world.set_edge_fault(edge, std::nullopt); });
}

template <Hazard Kind>
void Troubles::disk_fails(Chance& chance) {
  machine_.disk().begin(Kind);
  until_healed(chance, [this] { machine_.disk().end(Kind); });
}

void Troubles::clock_jumps(Chance& chance) {
  const milliseconds by = chance.scaled(seconds(30), days(4)) * (chance.happens(500) ? 1 : -1);
  scene_.time.jump(by);
  until_healed(chance, [this, by] { scene_.time.jump(-by); });
}

std::string Troubles::any_file(Chance& chance) {
  const CertificatePlan& plan = scene_.scenario.certificates[any_certificate(chance)];
  return folder_of(plan) + (chance.happens(500) ? "/fullchain.pem" : "/privkey.pem");
}

void Troubles::file_missing(Chance& chance) {
  const std::string path = any_file(chance);
  machine_.files.missing.insert(path);
  until_healed(chance, [this, path] { machine_.files.missing.erase(path); });
}

void Troubles::file_unreadable(Chance& chance) {
  const std::string path = any_file(chance);
  machine_.files.unreadable.insert(path);
  until_healed(chance, [this, path] { machine_.files.unreadable.erase(path); });
}

void Troubles::file_truncated(Chance& chance) {
  const std::size_t certificate = any_certificate(chance);
  renewals_.truncate(certificate);
  until_healed(chance, [this, certificate] { renewals_.mend(certificate); });
}

void Troubles::older_bundle(Chance& chance) {
  const std::size_t certificate = any_certificate(chance);
  renewals_.put_older(certificate, chance);
  until_healed(chance, [this, certificate] { renewals_.mend(certificate); });
}

void Troubles::spoil(Hazard hazard, std::size_t certificate, Chance& chance) {
  const Time now = scene_.time.now();
  const Time begun = now - days(2);
  const Time later = now + days(40);
  // On either side of the margin that dates are held with.
  const milliseconds soon = chance.between(-minutes(2), minutes(9));
  switch (hazard) {
    case Hazard::kWrongNames:
      return renewals_.spoil(certificate, Flaw::kNone, {"elsewhere.test"}, begun, later);
    case Hazard::kExpiredBundle:
      return renewals_.spoil(certificate, Flaw::kNone, {}, now - days(90), now + soon);
    case Hazard::kFutureBundle:
      return renewals_.spoil(certificate, Flaw::kNone, {}, now + soon, later);
    case Hazard::kIncompleteChain:
      return renewals_.spoil(certificate, Flaw::kIncompleteChain, {}, begun, later);
    case Hazard::kUntrustedChain:
      return renewals_.spoil(certificate, Flaw::kUntrusted, {}, begun, later);
    case Hazard::kChainEndsFirst:
      return renewals_.spoil(certificate, Flaw::kChainEndsFirst, {}, begun, later);
    default:
      return renewals_.spoil(certificate, Flaw::kStrangeKey, {}, begun, later);
  }
}

template <Hazard Kind>
void Troubles::bad_bundle(Chance& chance) {
  const std::size_t certificate = any_certificate(chance);
  spoil(Kind, certificate, chance);
  until_healed(chance, [this, certificate] { renewals_.mend(certificate); });
}

const sandbox::Domain* Troubles::any_domain(Vendor& vendor, Chance& chance) {
  const auto& domains = vendor.world.domains();
  return domains.empty() ? nullptr : &domains[chance.below(domains.size())];
}

void Troubles::domain_off(Chance& chance) {
  Vendor& vendor = any_vendor(chance);
  const sandbox::Domain* domain = any_domain(vendor, chance);
  if (domain == nullptr) return;
  const auto turn = [this, &vendor, name = domain->name](bool online) {
    vendor.world.set_online(name, online);
    machine_.witness.domain_changed(vendor.plan.name, name);
  };
  turn(false);
  until_healed(chance, [turn] { turn(true); });
}

std::int64_t Troubles::store_by_others(Vendor& vendor,
                                       const Generation& generation,
                                       std::string note) {
  machine_.witness.look_at_store(vendor);
  const std::int64_t id = vendor.world.upload(std::move(note), pair_of(generation));
  machine_.witness.stored_by_others(vendor, id);
  renewals_.note_end(generation.not_after);
  return id;
}

void Troubles::operator_binds(Chance& chance) {
  Vendor& vendor = any_vendor(chance);
  const sandbox::Domain* domain = any_domain(vendor, chance);
  if (domain == nullptr) return;
  machine_.witness.look_at_store(vendor);
  std::vector<std::int64_t> fitting;
  for (const auto& [id, entry] : vendor.world.entries()) {
    const bool fits = vendor.world.check_bind(id, domain->name) == sandbox::Outcome::kDone;
    if (fits) fitting.push_back(id);
  }
  std::int64_t id = 0;
  if (!fitting.empty() && chance.happens(600)) {
    id = chance.pick(fitting);
  } else {
    const bool sloppy = chance.happens(250);
    const Time now = scene_.time.now();
    id = store_by_others(
        vendor,
        scene_.authority.issue({.certificate = "by hand",
                                .names = {domain->name},
                                .not_before = now - days(1),
                                .not_after = now + chance.scaled(hours(1), days(300)),
                                .flaw = sloppy ? Flaw::kIncompleteChain : Flaw::kNone}),
        "by hand");
  }
  scene_.note("operator binds " + domain->name + " to " + std::to_string(id));
  vendor.world.bind(id, domain->name);
}

void Troubles::operator_deletes(Chance& chance) {
  Vendor& vendor = any_vendor(chance);
  machine_.witness.look_at_store(vendor);
  std::vector<std::int64_t> ids;
  for (const auto& [id, entry] : vendor.world.entries()) ids.push_back(id);
  if (!ids.empty()) vendor.world.remove(chance.pick(ids));  // refused when it is in use
}

void Troubles::operator_relabels(Chance& chance) {
  Vendor& vendor = any_vendor(chance);
  machine_.witness.look_at_store(vendor);
  std::vector<std::int64_t> ids;
  for (const auto& [id, entry] : vendor.world.entries()) ids.push_back(id);
  if (!ids.empty()) vendor.world.relabel(chance.pick(ids), "please keep");
}

void Troubles::domains_change(Chance& chance) {
  Vendor& vendor = any_vendor(chance);
  const sandbox::Domain* gone = any_domain(vendor, chance);
  if (chance.happens(400) && gone != nullptr) {
    const std::string name = gone->name;
    vendor.world.remove_domain(name);
    return machine_.witness.domain_changed(vendor.plan.name, name);
  }
  const std::string base = "c" + std::to_string(any_certificate(chance)) + ".test";
  const std::string name = "new" + std::to_string(added_domains_++) + "." + base;
  vendor.world.ensure_domain(name);
  machine_.witness.domain_changed(vendor.plan.name, name);
}

/// What a process is to do it reads when it begins, so that is when the change is one.
void Troubles::configuration_changes(Chance& chance) {
  CertificatePlan& plan = scene_.scenario.certificates[any_certificate(chance)];
  const std::vector<TargetSelector>& whole =
      configured_.try_emplace(plan.name, plan.to).first->second;
  std::vector<TargetSelector> fewer = whole;
  TargetSelector& to = fewer[chance.below(fewer.size())];
  if (chance.happens(300)) {
    fewer.clear();
  } else if (to.covered) {
    const sandbox::Domain* domain = any_domain(any_vendor(chance), chance);
    if (domain != nullptr) to.except.push_back(domain->name);
  } else if (to.names.size() > 1) {
    to.names.erase(to.names.begin() + static_cast<std::ptrdiff_t>(chance.below(to.names.size())));
  }
  const auto configure = [this, &plan](const std::vector<TargetSelector>& to) {
    scene_.between_processes.emplace_back([&plan, to] { plan.to = to; });
  };
  configure(fewer);
  until_healed(chance, [configure, whole] { configure(whole); });
}

/// Another tool on the same account: it takes the same bundles, with labels much like ours.
void Troubles::rival(Chance& chance) {
  Vendor& vendor = any_vendor(chance);
  const Generation& newest = renewals_.newest(any_certificate(chance));
  const std::string label = label_for(newest.fingerprint, 0);  // by a state of its own
  const std::string note = chance.pick(std::vector<std::string>{
      label, label, label, "old " + label, label + "0", "certferry-" + std::string(64, 'a')});
  const std::int64_t id = store_by_others(vendor, newest, note);
  scene_.note("rival stores " + std::to_string(id) + " as " + note);
  if (!chance.happens(500)) return;
  for (const sandbox::Domain& domain : vendor.world.domains()) {
    if (chance.happens(300)) vendor.world.bind(id, domain.name);
  }
}

/// Another certferry with the same configuration on another machine: its ledger is not ours. What
/// carries its label it takes for what it would upload, and deletes only what it uploaded itself.
void Troubles::other_ledger(Chance& chance) {
  Vendor& vendor = any_vendor(chance);
  const std::size_t certificate = any_certificate(chance);
  const Generation& newest = renewals_.newest(certificate);
  const std::string label = label_for(newest.fingerprint, 1);
  const auto& entries = vendor.world.entries();
  machine_.witness.look_at_store(vendor);
  std::vector<std::int64_t>& uploaded = other_uploads_[vendor.plan.name];
  const auto there = std::ranges::find_if(entries, [&](const auto& one) {
    return fingerprint_in_label(one.second->note) == newest.fingerprint;
  });
  if (there == entries.end() && vendor.world.is_full()) return;
  const std::int64_t id =
      there != entries.end() ? there->first : store_by_others(vendor, newest, label);
  if (there == entries.end()) uploaded.push_back(id);
  scene_.note("the other one uses " + std::to_string(id));
  const std::vector<std::string> only_it = {scene_.scenario.certificates[certificate].name};
  for (const sandbox::Domain& domain : vendor.world.domains()) {
    const bool wanted = machine_.witness.wanted_by(vendor.plan.name, domain.name) == only_it;
    const bool bound = domain.bound() != nullptr && domain.bound()->id == id;
    if (wanted && !bound && domain.online) vendor.world.bind(id, domain.name);
  }
  std::erase_if(uploaded, [&](std::int64_t old) {
    return old != id && chance.happens(500) && vendor.world.remove(old) != sandbox::Outcome::kInUse;
  });
}

}  // namespace certferry::sim
