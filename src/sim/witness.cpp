#include "sim/witness.h"

#include <algorithm>
#include <charconv>

#include "model/label.h"
#include "providers/registry.h"

namespace certferry::sim {

namespace {

using sandbox::Action;

std::int64_t id_in(const sandbox::Call& call) {
  const bool configure = call.endpoint->action == Action::kConfigure;
  return sandbox::integer_field(call.body, configure ? "cert_id" : "id").value_or(0);
}

/// A list as it stood in the account, whatever its age.
bool is_whole_list(const Exchange& exchange) {
  using sandbox::FaultKind;
  const bool plain = !exchange.fault || exchange.fault->kind == FaultKind::kSlow ||
                     exchange.fault->kind == FaultKind::kStaleList;
  return plain && exchange.reply->status == 200 && !exchange.refused;
}

SteadyTime as_of(const Vendor& vendor, const Exchange& exchange) {
  using sandbox::FaultKind;
  const bool stale = exchange.fault && exchange.fault->kind == FaultKind::kStaleList;
  return exchange.acted_at - vendor.plan.list_lag -
         (stale ? exchange.fault->delay : milliseconds(0));
}

milliseconds promised_consistency() {
  return provider_metadata().front().limits.list_consistency;
}

/// An answer of which nobody can make anything, or a yes after which nothing has changed.
bool makes_no_sense(const sandbox::Fault& fault) {
  using sandbox::FaultKind;
  return fault.kind == FaultKind::kHugeReply || fault.kind == FaultKind::kNothingChanged ||
         fault.kind == FaultKind::kBindWithoutCode;
}

bool selects(const TargetSelector& to,
             const CertificatePlan& certificate,
             const std::string& account,
             const std::string& name) {
  if (to.account != account) return false;
  if (!to.covered) return std::ranges::find(to.names, name) != to.names.end();
  const bool excepted = std::ranges::find(to.except, name) != to.except.end();
  return !excepted && std::ranges::any_of(certificate.names, [&](const std::string& pattern) {
    return stands_for(pattern, name);
  });
}

Step step_of(Stage stage) {
  switch (stage) {
    case Stage::kUpload:
      return Step::kUpload;
    case Stage::kBind:
      return Step::kBind;
    case Stage::kConfirm:
      return Step::kConfirm;
    case Stage::kRetire:
      return Step::kCleanUp;
    case Stage::kEnd:
      return Step::kPersist;
    case Stage::kSource:
    case Stage::kObserve:
    case Stage::kProbe:
    case Stage::kService:
    case Stage::kNotify:
      break;
  }
  return Step::kObserve;
}

}  // namespace

Witness::Witness(Scene& scene,
                 std::vector<std::unique_ptr<Vendor>>& vendors,
                 Edges& edges,
                 WatchedStore::Promises& promises)
    : scene_(scene),
      manners_(scene),
      looks_(scene, vendors),
      wishes_(scene),
      vendors_(vendors),
      edges_(edges),
      promises_(promises) {
  for (const auto& vendor : vendors_) histories_[vendor->plan.name];
  edges_.on_look = [this](const std::string& place) { looks_.begin(place); };
  edges_.on_probe = [this](const std::string& place, const Address& at, const TrueProbe& probe) {
    looks_.note(place, at, probe);
    if (probe.well) manners_.seen_served(place, probe.served->fingerprint);
    scene_.note("probe " + place + " " + to_string(at) + " " +
                (probe.served == nullptr ? "nothing" : probe.served->fingerprint.substr(0, 12)) +
                (probe.well ? "" : " bad"));
  };
}

void Witness::note_bindings(Vendor& vendor, SteadyTime shown) {
  for (const sandbox::Domain& domain : vendor.world.domains()) {
    const sandbox::EntryPtr entry = domain.bound_at(shown);
    if (entry == nullptr) continue;
    grounds.listed(place_of(vendor.plan.name, domain.name), entry->id, scene_.time.steady_now());
  }
}

bool Witness::has_to_stay(const Vendor& vendor, const Generation& generation) const {
  if (!promises_.superseded(vendor.plan.name, generation.fingerprint)) return true;
  const std::vector<std::string> only_it = {generation.certificate};
  return std::ranges::any_of(vendor.world.domains(), [&](const sandbox::Domain& domain) {
    return wanted_by(vendor.plan.name, domain.name) == only_it &&
           !confirmed_on_later(
               place_of(vendor.plan.name, domain.name), generation, scene_.time.now());
  });
}

void Witness::note_served_now(Vendor& vendor, const std::string& name) {
  const Time now = scene_.time.now() - scene_.time.wall_jump();
  for (std::size_t i = 0; i < vendor.plan.addresses.size(); ++i) {
    const Generation* served = edges_.truth(vendor, i, name);
    if (served == nullptr || !serves_well(*served, name, now)) continue;
    looks_.note_served(place_of(vendor.plan.name, name), vendor.plan.addresses[i].address, *served);
  }
}

milliseconds Witness::confirm_deadline() const {
  const ConfirmSettings usual = provider_metadata().front().products.front().confirm;
  return scene_.scenario.confirm.deadline.value_or(usual.deadline);
}

milliseconds Witness::patience_before_going_back() const {
  return std::min<milliseconds>(seconds(30), confirm_deadline() / 4);
}

bool Witness::was_there(Vendor& vendor,
                        const std::string& name,
                        const Generation* generation) const {
  if (generation == nullptr) return false;
  const sandbox::Domain* domain = vendor.world.find_domain(name);
  const bool bound =
      domain != nullptr && std::ranges::any_of(domain->changes, [&](const auto& one) {
        return generation_of(one.entry) == generation;
      });
  const auto confirmed = confirmations_.find(place_of(vendor.plan.name, name));
  return bound || (confirmed != confirmations_.end() &&
                   std::ranges::find(confirmed->second,
                                     generation->fingerprint,
                                     &Confirmation::fingerprint) != confirmed->second.end());
}

void Witness::process_begins() {
  manners_.process_begins();
  wishes_.process_begins(ended_);
  looks_.process_begins(ended_);
  ended_ = false;
  unread_.clear();
  upload_begun_at_.clear();
  clock_ahead_at_begin_ = scene_.time.wall_jump();
  for (auto& [name, history] : histories_) {
    history.answered = false;
    history.first_domains_as_of.reset();
    history.domains_as_of.reset();
    history.store_listed_at.reset();
  }
}

void Witness::stored_by_others(const Vendor& vendor, std::int64_t id) {
  histories_.at(vendor.plan.name).origin[id] = false;
}

void Witness::domain_changed(const std::string& account, const std::string& name) {
  histories_.at(account).changed[name] = scene_.time.steady_now();
}

bool Witness::ours(const std::string& account, std::int64_t id) const {
  const auto found = history(account).origin.find(id);
  return found != history(account).origin.end() && found->second;
}

void Witness::look_at_store(Vendor& vendor) {
  vendor.world.advance();
  History& history = histories_.at(vendor.plan.name);
  for (const auto& [id, entry] : vendor.world.entries()) {
    if (!history.origin.emplace(id, true).second) continue;
    const Generation* generation = generation_of(entry);
    const UploadFacts facts{.generation = generation,
                            .chain_pem = entry->pair.chain_pem,
                            .key_pem = std::string(entry->pair.key_pem.reveal())};
    scene_.require("S11 one generation", check_one_generation(facts));
  }
}

std::size_t Witness::doubled(const std::string& account, const std::string& fingerprint) const {
  const auto found = doubled_.find({account, fingerprint});
  return found == doubled_.end() ? 0 : found->second;
}

const Generation* Witness::generation_of(const sandbox::EntryPtr& entry) const {
  return entry == nullptr ? nullptr : scene_.authority.find(entry->pair.leaf.fingerprint);
}

std::vector<std::string> Witness::wanted_by(const std::string& account,
                                            const std::string& name,
                                            const std::set<std::string>& unread) const {
  std::vector<std::string> certificates;
  for (const CertificatePlan& one : scene_.scenario.certificates) {
    const bool wants = std::ranges::any_of(one.to, [&](const TargetSelector& to) {
      const bool known = !to.covered || !unread.contains(one.name);
      return known && selects(to, one, account, name);
    });
    if (wants) certificates.push_back(one.name);
  }
  return certificates;
}

bool Witness::status_seen(const std::string& account, const std::string& name) const {
  const History& known = history(account);
  const auto changed = known.changed.find(name);
  return known.first_domains_as_of &&
         (changed == known.changed.end() || changed->second <= *known.first_domains_as_of);
}

// Calls.

void Witness::sending(Vendor& vendor, const ExchangePtr& exchange) {
  scene_.require("L6 patience", check_patience(manners_.patience(vendor.plan.name)));
  if (!exchange->changes) return;
  scene_.require("S16 purity", check_pure(scene_.planning, exchange->call.path));
  scene_.require("S10 clock",
                 check_clock({.told = history(vendor.plan.name).answered,
                              .ahead_at_begin = clock_ahead_at_begin_,
                              .ahead = scene_.time.wall_jump()}));
  look_at_store(vendor);
  if (exchange->call.endpoint == nullptr) return;
  switch (exchange->call.endpoint->action) {
    case Action::kUpload:
      return check_upload(vendor, exchange);
    case Action::kBind:
    case Action::kConfigure:
      return check_bind(vendor, *exchange);
    case Action::kDelete:
      return check_delete(vendor, *exchange);
    case Action::kListCertificates:
    case Action::kListDomains:
      return;
  }
}

void Witness::acted(Vendor& vendor, const Exchange& exchange) {
  if (exchange.fault && makes_no_sense(*exchange.fault)) {
    grounds.answered_without_sense(vendor.plan.name);
  }
  if (!exchange.changes) return;
  if (exchange.settings_reset) note_harm(vendor, exchange);
  const bool upload =
      exchange.call.endpoint != nullptr && exchange.call.endpoint->action == Action::kUpload;
  if (upload && exchange.deliveries > 1) {
    const std::string note(sandbox::text_field(exchange.call.body, "note"));
    ++doubled_[{vendor.plan.name, fingerprint_in_label(note).value_or("")}];
  }
  look_at_store(vendor);
}

void Witness::note_harm(Vendor& vendor, const Exchange& exchange) {
  const std::string name(exchange.call.domain());
  const auto& changes = vendor.world.find_domain(name)->changes;
  // A way back harms as well, and is put down to the bundle that it was to undo.
  for (std::size_t back = 1; back <= std::min<std::size_t>(2, changes.size()); ++back) {
    const Generation* bound = generation_of(changes[changes.size() - back].entry);
    if (bound != nullptr) grounds.settings_changed(vendor.plan.name, bound->fingerprint);
  }
  // Of what a call does that another process sent, or that arrives once more, this one need not
  // know.
  const bool known = exchange.process == scene_.process && exchange.passed_on;
  const Generation* bound = generation_of(changes.back().entry);
  wishes_.harmed(place_of(vendor.plan.name, name), bound->fingerprint, known);
}

void Witness::answered(Vendor& vendor, const Exchange& exchange) {
  histories_.at(vendor.plan.name).answered = true;
  if (exchange.reply->retry_after) {
    manners_.asked_to_wait(vendor.plan.name, *exchange.reply->retry_after);
  }
  if (exchange.changes || exchange.call.endpoint == nullptr || !is_whole_list(exchange)) return;
  History& history = histories_.at(vendor.plan.name);
  const SteadyTime shown = as_of(vendor, exchange);
  if (exchange.acted_at - shown > promised_consistency()) {
    history.too_old_list_at = exchange.acted_at;
  }
  if (exchange.call.endpoint->action == Action::kListDomains) {
    note_bindings(vendor, shown);
    wishes_.listed(vendor.plan.name, shown);
    if (std::ranges::any_of(vendor.world.domains(), [&](const sandbox::Domain& domain) {
          return wanted_by(vendor.plan.name, domain.name).size() > 1;
        })) {
      scene_.hit(Hazard::kConflict, Step::kObserve);
    }
    if (!history.first_domains_as_of) history.first_domains_as_of = shown;
    history.domains_as_of = shown;
  } else {
    history.store_listed_at = exchange.acted_at;
    history.store_as_of = shown;
  }
}

BindFacts Witness::bind_facts(Vendor& vendor, const Exchange& exchange) const {
  const std::string name(exchange.call.domain());
  const std::int64_t id = id_in(exchange.call);
  const auto entry = vendor.world.entries().find(id);
  BindFacts facts{.name = name, .now = scene_.time.now()};
  if (entry != vendor.world.entries().end()) facts.wanted = generation_of(entry->second);
  std::set<std::string> unread = unread_;
  if (facts.wanted != nullptr) unread.erase(facts.wanted->certificate);
  facts.wanted_by = wanted_by(vendor.plan.name, name, unread);
  const History& known = history(vendor.plan.name);
  const sandbox::Domain* domain = vendor.world.find_domain(name);
  if (domain != nullptr && !domain->changes.empty()) {
    facts.before = generation_of(domain->bound());
    facts.before_seen =
        known.first_domains_as_of && domain->changes.back().at <= *known.first_domains_as_of;
  }
  facts.offline_seen = domain != nullptr && !domain->online && status_seen(vendor.plan.name, name);
  const std::string place = place_of(vendor.plan.name, name);
  if (const auto& looks = looks_.at(place); !looks.empty()) {
    for (const auto& [address, probe] : looks.back().probes) {
      const bool better = probe.well && (facts.served == nullptr ||
                                         facts.served->not_after < probe.served->not_after);
      if (better) facts.served = probe.served;
    }
  }
  const JournalEntry call{.account = vendor.plan.name,
                          .product = "cdn",
                          .name = name,
                          .action = "bind",
                          .fingerprint = facts.wanted == nullptr ? "" : facts.wanted->fingerprint,
                          .stored_id = std::to_string(id)};
  const bool plain = promises_.intends(call);
  facts.going_back = !plain && promises_.goes_back(call);
  facts.intended = plain || facts.going_back;
  facts.with_reason = scene_.putting_back || wishes_.is_harmed(place);
  facts.worse_for = looks_.worse_for(place);
  facts.patience = patience_before_going_back();
  facts.was_there = was_there(vendor, name, facts.wanted);
  return facts;
}

void Witness::check_bind(Vendor& vendor, const Exchange& exchange) {
  const BindFacts facts = bind_facts(vendor, exchange);
  const std::string place = place_of(vendor.plan.name, facts.name);
  note_served_now(vendor, facts.name);
  grounds.bind_sent(place, id_in(exchange.call));
  if (facts.wanted != nullptr) wishes_.bind_sent(place, facts.wanted->fingerprint);
  if (facts.going_back && !scene_.putting_back && facts.before != nullptr) {
    grounds.went_back(place, facts.before->fingerprint, scene_.process);
  }
  // The vendor no longer has it, and will say so.
  if (!vendor.world.entries().contains(id_in(exchange.call))) return;
  scene_.require("S5 intent first", check_intended(facts.intended, "a bind of " + facts.name));
  scene_.require("nothing lost", check_nothing_lost(facts));
  scene_.require("S1 gate", check_gate(facts));
  scene_.require("S7 no way back", check_no_way_back(facts));
  scene_.require("S7 no way back", check_going_back(facts));
  scene_.require("S15 configuration", check_configured(facts));
  if (facts.wanted != nullptr && !facts.going_back) {
    const std::string& bundle = facts.wanted->fingerprint;
    // What ends or breaks meanwhile is no longer what the person wanted.
    const bool does = facts.before_seen && facts.before != nullptr &&
                      serves_well(*facts.before, facts.name, facts.now) &&
                      serves_well(*facts.before, facts.name, facts.now + minutes(5));
    if (does) scene_.require("S7 taken back", wishes_.check_taken_back(place, bundle));
    scene_.require("S15 settings", wishes_.check_harmless(place, bundle));
  }
  scene_.require("domain off", check_online(facts));
  check_order(vendor, facts);
}

void Witness::check_order(const Vendor& vendor, const BindFacts& facts) {
  const std::string& account = vendor.plan.name;
  if (facts.going_back || facts.wanted == nullptr) return;
  if (!may_wait_for_canary(account, facts.name, *facts.wanted)) return;
  CanaryFacts order = manners_.canary(place_of(account, facts.name), [&](const std::string& place) {
    return may_wait_for_canary(account, place.substr(account.size() + 1), *facts.wanted);
  });
  // It is looked at from a moment after the vendor's yes on.
  order.patience = confirm_deadline() / 3 - seconds(1);
  scene_.require("canary", check_canary(order));
}

bool Witness::may_wait_for_canary(const std::string& account,
                                  const std::string& name,
                                  const Generation& generation) const {
  const auto plan = std::ranges::find(
      scene_.scenario.certificates, generation.certificate, &CertificatePlan::name);
  return plan != scene_.scenario.certificates.end() &&
         std::ranges::any_of(plan->to, [&](const TargetSelector& to) {
           return to.wants_canary() && selects(to, *plan, account, name);
         });
}

std::vector<EarlierUpload> Witness::earlier_uploads(Vendor& vendor,
                                                    const std::string& fingerprint) const {
  std::vector<EarlierUpload> earlier;
  const History& known = history(vendor.plan.name);
  for (const OurUpload& one : known.uploads) {
    if (one.fingerprint != fingerprint) continue;
    earlier.push_back({.sent_at = one.exchange->sent_at, .refused = one.exchange->refused});
  }
  for (const auto& [id, entry] : vendor.world.entries()) {
    if (fingerprint_in_label(entry->note) != fingerprint) continue;
    // Applied after the vendor's limit while this very process was deciding: allowed, and counted.
    const bool late = std::ranges::any_of(known.uploads, [&](const OurUpload& one) {
      return one.fingerprint == fingerprint && one.exchange->process == scene_.process &&
             one.exchange->sent_at + promised_consistency() < entry->stored_at;
    });
    if (late) continue;
    const bool maybe_ours = std::ranges::any_of(known.uploads, [&](const OurUpload& one) {
      return one.fingerprint == fingerprint && !one.exchange->refused;
    });
    // What others stored under our label does as well.
    earlier.push_back({.sent_at = entry->stored_at,
                       .refused = true,
                       .stored_at = entry->stored_at,
                       .by_others = !maybe_ours});
  }
  return earlier;
}

void Witness::check_upload(Vendor& vendor, const ExchangePtr& exchange) {
  const std::string note(sandbox::text_field(exchange->call.body, "note"));
  const std::optional<std::string> fingerprint = fingerprint_in_label(note);
  if (!fingerprint) {
    return scene_.require("S5 no second upload", "an upload carries the label '" + note + "'");
  }
  History& known = histories_.at(vendor.plan.name);
  const JournalEntry call{
      .account = vendor.plan.name, .action = "upload", .fingerprint = *fingerprint};
  const Generation* generation = scene_.authority.find(*fingerprint);
  const auto begun = upload_begun_at_.find(vendor.plan.name + " " +
                                           (generation == nullptr ? "" : generation->certificate));
  const UploadFacts facts{
      .generation = generation,
      .chain_pem = std::string(sandbox::text_field(exchange->call.body, "cert")),
      .key_pem = std::string(sandbox::text_field(exchange->call.body, "private")),
      .now = scene_.time.now(),
      .intended = promises_.intends(call) && promises_.uploaded(vendor.plan.name, *fingerprint),
      .earlier = earlier_uploads(vendor, *fingerprint),
      .begun_at = begun == upload_begun_at_.end() ? SteadyTime{} : begun->second,
      .listed_at = known.store_listed_at,
      .listed_as_of = known.store_as_of,
      .too_old_list_at = known.too_old_list_at,
      .consistency = promised_consistency()};
  known.uploads.push_back({.fingerprint = *fingerprint, .exchange = exchange});
  scene_.require("S5 intent first", check_intended(facts.intended, "an upload"));
  scene_.require("S5 no second upload", check_no_blind_repeat(facts));
  scene_.require("S11 one generation", check_one_generation(facts));
  scene_.require("S1 gate", check_of_use(facts));
}

milliseconds Witness::grace() const {
  return std::max(scene_.scenario.retire_after, 2 * confirm_deadline());
}

bool Witness::confirmed_on_later(const std::string& place,
                                 const Generation& generation,
                                 Time by) const {
  const auto known = confirmations_.find(place);
  if (known == confirmations_.end()) return false;
  // Since it was last confirmed itself: what came before it says nothing.
  bool since = false;
  for (const Confirmation& one : known->second) {
    const bool itself = one.fingerprint == generation.fingerprint;
    since = !itself && (since || one.at <= by);
  }
  return since;
}

void Witness::add_places(Vendor& vendor, const Generation& generation, DeleteFacts& facts) {
  const std::string& account = vendor.plan.name;
  for (const sandbox::Domain& domain : vendor.world.domains()) {
    const std::string place = place_of(account, domain.name);
    const std::vector<std::string> wanted = wanted_by(account, domain.name);
    const bool target = std::ranges::find(wanted, generation.certificate) != wanted.end() &&
                        domain.online && status_seen(account, domain.name) && wanted.size() == 1;
    for (std::size_t i = 0; i < vendor.plan.addresses.size(); ++i) {
      const Address& address = vendor.plan.addresses[i].address;
      const TrueProbe* probe = looks_.last_probe(place, address);
      const std::string where = domain.name + " at " + to_string(address);
      const bool serves = edges_.truth(vendor, i, domain.name) == &generation;
      if (serves && probe != nullptr && probe->served == &generation)
        facts.served_at.push_back(where);
      if (target && probe == nullptr) facts.not_looked_at.push_back(where);
    }
    // Who never served it has nothing to fall back to in it, and nobody in one that has ended.
    const bool had_it = generation.not_after > scene_.time.now() &&
                        std::ranges::any_of(domain.changes, [&](const auto& change) {
                          return generation_of(change.entry) == &generation;
                        });
    const Time by = scene_.time.now() - grace();
    // In a full store it is enough that it is set to, and everywhere seen serving, another one.
    const bool served_another =
        vendor.world.is_full() && generation_of(domain.bound()) != &generation &&
        std::ranges::all_of(vendor.plan.addresses, [&](const AddressPlan& one) {
          const TrueProbe* probe = looks_.last_probe(place, one.address);
          return probe != nullptr && probe->well && probe->served != &generation;
        });
    if (target && had_it && !served_another && !confirmed_on_later(place, generation, by)) {
      facts.not_confirmed.push_back(place);
    }
  }
}

DeleteFacts Witness::delete_facts(Vendor& vendor, std::int64_t id) {
  const History& known = history(vendor.plan.name);
  DeleteFacts facts{.id = std::to_string(id), .ours = ours(vendor.plan.name, id)};
  const auto entry = vendor.world.entries().find(id);
  if (entry == vendor.world.entries().end()) return facts;
  for (const sandbox::Domain& domain : vendor.world.domains()) {
    const bool bound = domain.bound() == entry->second;
    const bool seen =
        known.domains_as_of && bound && domain.changes.back().at <= *known.domains_as_of;
    if (seen) facts.bound_to.push_back(domain.name);
  }
  const Generation* generation = generation_of(entry->second);
  if (generation == nullptr) return facts;
  facts.intended = promises_.intends({.account = vendor.plan.name,
                                      .action = "retire",
                                      .fingerprint = generation->fingerprint,
                                      .stored_id = facts.id});
  // An upload of ours whose answer was lost may have become this one: its label is its own.
  facts.ours = facts.ours || std::ranges::any_of(known.uploads, [&](const OurUpload& one) {
                 return one.fingerprint == generation->fingerprint && !one.exchange->refused &&
                        entry->second->note == sandbox::text_field(one.exchange->call.body, "note");
               });
  // What another copy of ours goes on serving does not hang on this one.
  const bool another = std::ranges::any_of(vendor.world.entries(), [&](const auto& one) {
    return one.first != id && generation_of(one.second) == generation &&
           ours(vendor.plan.name, one.first);
  });
  if (!another) add_places(vendor, *generation, facts);
  return facts;
}

void Witness::check_delete(Vendor& vendor, const Exchange& exchange) {
  const std::int64_t id = id_in(exchange.call);
  const DeleteFacts facts = delete_facts(vendor, id);
  if (!vendor.world.entries().contains(id)) return;
  scene_.require("S5 intent first", check_intended(facts.intended, "a delete of " + facts.id));
  scene_.require("S3 ownership", check_ours(facts));
  scene_.require("S2 in use", check_unused(facts));
}

// Confirming.

void Witness::confirm(const std::string& place, const std::string& fingerprint, Time planned_at) {
  const ConfirmSettings usual = provider_metadata().front().products.front().confirm;
  std::vector<Confirmation>& known = confirmations_[place];
  const bool before =
      std::ranges::find(known, fingerprint, &Confirmation::fingerprint) != known.end();
  const ConfirmFacts facts{.target = place,
                           .looks = looks_.facts(place, fingerprint),
                           .rounds = scene_.scenario.confirm.rounds.value_or(usual.rounds),
                           .spread = scene_.scenario.confirm.spread.value_or(usual.spread),
                           .confirmed_before = before,
                           .good_look_before = looks_.good_before(place, fingerprint, planned_at)};
  Finding finding = check_truly_confirmed(facts);
  const bool news = known.empty() || known.back().fingerprint != fingerprint;
  // A clock that is ahead for the moment says nothing of when it was.
  const Time at = scene_.time.now() - std::max(scene_.time.wall_jump(), milliseconds(0));
  if (!finding && news) known.push_back({.fingerprint = fingerprint, .at = at});
  scene_.require("S8 truth", std::move(finding));
}

void Witness::note_source(const Event& event) {
  constexpr std::string_view kRead = "read ";  // and the first digits of the bundle
  const Generation* read = nullptr;
  if (event.status == Status::kDone && event.text.starts_with(kRead)) {
    read = scene_.authority.find_by_digits(event.text.substr(kRead.size(), 12));
  }
  const auto plan =
      std::ranges::find(scene_.scenario.certificates, event.certificate, &CertificatePlan::name);
  if (read == nullptr || read->names != plan->names) unread_.insert(event.certificate);
}

void Witness::on_event(const Event& event) {
  if (scene_.time.is_killed()) return;  // it has not come to that
  manners_.on_event(event);
  scene_.step = step_of(event.stage);
  scene_.note("event " + std::string(to_string(event.stage)) + " " +
              std::string(to_string(event.status)) + " " +
              (event.target ? to_string(*event.target) : event.account + event.certificate) + " " +
              event.text);
  if (event.stage == Stage::kSource) note_source(event);
  if (event.stage == Stage::kUpload && event.status == Status::kStarted) {
    upload_begun_at_[event.account + " " + event.certificate] = scene_.time.steady_now();
  }
  if (event.stage != Stage::kEnd || event.status != Status::kDone || !event.target) return;
  const std::string place = place_of(event.target->account, event.target->name);
  const std::vector<Look>& looks = looks_.at(place);
  const bool seen = !looks.empty() && !looks.back().probes.empty();
  const Generation* served = seen ? looks.back().probes.begin()->second.served : nullptr;
  confirm(place, served == nullptr ? "" : served->fingerprint, event.at);
  grounds.confirmed(place);
}

std::vector<std::string> Witness::missing_targets(const Report& report) const {
  std::set<std::string> reported;
  for (const TargetReport& one : report.targets) {
    reported.insert(place_of(one.facts.id.account, one.facts.id.name));
  }
  std::vector<std::string> missing;
  for (const auto& vendor : vendors_) {
    for (const sandbox::Domain& domain : vendor->world.domains()) {
      const std::string& account = vendor->plan.name;
      const bool target = domain.online && status_seen(account, domain.name) &&
                          !wanted_by(account, domain.name).empty();
      const std::string place = place_of(account, domain.name);
      if (target && !reported.contains(place)) missing.push_back(place);
    }
  }
  return missing;
}

void Witness::process_ended(const Report& report, bool everything) {
  ended_ = true;
  scene_.require("S15 settings", wishes_.check_told(report));
  wishes_.process_ended(report);
  EndFacts facts{.succeeded = report.succeeded()};
  for (const TargetReport& one : report.targets) {
    const std::string place = place_of(one.facts.id.account, one.facts.id.name);
    if (one.outcome == Outcome::kConfirmed) {
      confirm(place, one.facts.bundle->fingerprint(), one.facts.now);
    } else {
      facts.not_confirmed.push_back(place);
    }
  }
  if (everything && facts.succeeded) facts.missing = missing_targets(report);
  scene_.require("S8 truth", check_success(facts));
}

}  // namespace certferry::sim
