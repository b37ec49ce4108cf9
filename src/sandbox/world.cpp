#include "sandbox/world.h"

#include <algorithm>

#include "model/name.h"

namespace certferry::sandbox {

namespace {

/// Enough for any rehearsal; keeps a sandbox that runs for weeks from growing.
constexpr std::size_t kChangesKept = 256;

}  // namespace

EntryPtr Domain::bound_at(SteadyTime at) const {
  const auto later = std::ranges::upper_bound(changes, at, {}, &Change::at);
  return later == changes.begin() ? nullptr : std::prev(later)->entry;
}

World::World(WorldOptions options, const Clock& clock)
    : options_(std::move(options)),
      clock_(clock),
      next_certificate_id_(options_.first_certificate_id) {
  for (const std::string& name : options_.domains) ensure_domain(name);
}

void World::advance() {
  const SteadyTime now = steady_now();
  while (!pending_.empty() && pending_.begin()->first <= now) {
    const auto due = pending_.extract(pending_.begin());
    happening_at_ = due.key();
    due.mapped()();
    happening_at_.reset();
  }
}

void World::after(milliseconds delay, std::function<void()> change) {
  pending_.emplace(steady_now() + delay, std::move(change));
}

void World::reset() {
  pending_.clear();
  entries_.clear();
  removed_.clear();
  for (Domain& domain : domains_) {
    domain.changes.clear();
    domain.job.reset();
    domain.fate = options_.fate;
    domain.online = true;
  }
  for (Edge& edge : edges_) edge.fault.reset();
}

std::int64_t World::upload(std::string note, UploadedPair pair) {
  const std::int64_t id = spend_id();
  entries_[id] = std::make_shared<Entry>(
      Entry{.id = id, .note = std::move(note), .pair = std::move(pair), .stored_at = steady_now()});
  return id;
}

Outcome World::check_bind(std::int64_t id, std::string_view domain) const {
  const auto entry = entries_.find(id);
  if (entry == entries_.end()) return Outcome::kUnknownCertificate;
  const Domain* found = find_domain(domain);
  if (found == nullptr) return Outcome::kUnknownDomain;
  const Certificate& leaf = entry->second->pair.leaf;
  const bool covered = any_covers(leaf.dns_names, leaf.ip_addresses, found->name);
  return covered ? Outcome::kDone : Outcome::kNotCovered;
}

Outcome World::bind(std::int64_t id, std::string_view domain) {
  const Outcome outcome = check_bind(id, domain);
  if (outcome == Outcome::kDone) record(*find(domain), entries_.at(id));
  return outcome;
}

Outcome World::start_bind(std::int64_t id, std::string_view domain) {
  const Outcome outcome = check_bind(id, domain);
  if (outcome != Outcome::kDone) return outcome;
  Domain& found = *find(domain);
  found.job = Job{.entry = entries_.at(id), .since = steady_now()};
  let_job_end(found);
  return outcome;
}

Outcome World::set_fate(std::string_view domain, JobFate fate) {
  Domain* found = find(domain);
  if (found == nullptr) return Outcome::kUnknownDomain;
  found->fate = std::move(fate);
  if (found->busy()) let_job_end(*found);
  return Outcome::kDone;
}

void World::let_job_end(Domain& domain) {
  const std::uint64_t number = next_job_++;
  domain.job->number = number;
  if (domain.fate.end == JobFate::End::kNever) return;
  if (domain.fate.takes == milliseconds(0)) return end_job(domain.name, number);
  after(domain.fate.takes, [this, name = domain.name, number] { end_job(name, number); });
}

void World::end_job(std::string_view domain, std::uint64_t number) {
  Domain* found = find(domain);
  if (found == nullptr || !found->job || found->job->number != number) return;
  if (found->fate.end == JobFate::End::kFailed) {
    found->job->failed = true;
    found->job->reason = found->fate.reason;
    return;
  }
  record(*found, found->job->entry);
}

Outcome World::unbind(std::string_view domain) {
  Domain* found = find(domain);
  if (found == nullptr) return Outcome::kUnknownDomain;
  record(*found, nullptr);
  return Outcome::kDone;
}

Outcome World::remove(std::int64_t id) {
  if (!entries_.contains(id)) return Outcome::kUnknownCertificate;
  if (options_.guards_use && use_counts().contains(id)) return Outcome::kInUse;
  if (removed_.size() == kChangesKept) removed_.erase(removed_.begin());
  removed_.push_back({.entry = entries_.at(id), .removed_at = steady_now()});
  entries_.erase(id);
  return Outcome::kDone;
}

Outcome World::relabel(std::int64_t id, std::string note) {
  const auto found = entries_.find(id);
  if (found == entries_.end()) return Outcome::kUnknownCertificate;
  Entry changed = *found->second;
  changed.note = std::move(note);
  found->second = std::make_shared<Entry>(std::move(changed));
  for (Domain& domain : domains_) {
    for (Domain::Change& change : domain.changes) {
      if (change.entry && change.entry->id == id) change.entry = found->second;
    }
    if (domain.job && domain.job->entry->id == id) domain.job->entry = found->second;
  }
  return Outcome::kDone;
}

Domain& World::ensure_domain(const std::string& name, std::string product) {
  if (Domain* found = find(name)) return *found;
  domain_index_[name] = domains_.size();
  domains_.push_back({.id = next_domain_id_++,
                      .name = name,
                      .product = product.empty() ? options_.product : std::move(product),
                      .cname = name + options_.edge_suffix,
                      .origin = "origin." + name,
                      .created_at = clock_.now(),
                      .fate = options_.fate});
  return domains_.back();
}

Outcome World::remove_domain(std::string_view name) {
  const Domain* found = find_domain(name);
  if (found == nullptr) return Outcome::kUnknownDomain;
  domains_.erase(domains_.begin() + (found - domains_.data()));
  domain_index_.clear();
  for (std::size_t i = 0; i < domains_.size(); ++i) domain_index_[domains_[i].name] = i;
  return Outcome::kDone;
}

std::map<std::int64_t, EntryPtr> World::entries_at(SteadyTime moment) const {
  std::map<std::int64_t, EntryPtr> then;
  for (const auto& [id, entry] : entries_) {
    if (entry->stored_at <= moment) then.emplace(id, entry);
  }
  for (const auto& [entry, removed_at] : removed_) {
    if (entry->stored_at <= moment && moment < removed_at) then.emplace(entry->id, entry);
  }
  return then;
}

Outcome World::set_online(std::string_view domain, bool online) {
  Domain* found = find(domain);
  if (found == nullptr) return Outcome::kUnknownDomain;
  found->online = online;
  return Outcome::kDone;
}

Outcome World::set_origin(std::string_view domain, std::string origin) {
  Domain* found = find(domain);
  if (found == nullptr) return Outcome::kUnknownDomain;
  found->origin = std::move(origin);
  return Outcome::kDone;
}

const Domain* World::find_domain(std::string_view name) const {
  const auto found = domain_index_.find(name);
  return found == domain_index_.end() ? nullptr : &domains_[found->second];
}

Domain* World::find(std::string_view name) {
  return const_cast<Domain*>(find_domain(name));
}

void World::record(Domain& domain, EntryPtr entry) {
  if (domain.changes.size() == kChangesKept) domain.changes.erase(domain.changes.begin());
  domain.changes.push_back({.at = steady_now(), .entry = std::move(entry)});
  domain.job.reset();
}

std::map<std::int64_t, std::size_t> World::use_counts() const {
  std::map<std::int64_t, std::size_t> counts;
  for (const Domain& domain : domains_) {
    const EntryPtr bound = domain.bound();
    const EntryPtr told = domain.told();
    if (bound) ++counts[bound->id];
    if (told && told != bound) ++counts[told->id];
  }
  return counts;
}

std::size_t World::add_edge(Edge edge) {
  edges_.push_back(std::move(edge));
  return edges_.size() - 1;
}

void World::set_edge_fault(std::size_t edge, std::optional<EdgeFault> fault) {
  edges_.at(edge).fault = fault;
  edges_.at(edge).fault_since = steady_now();
}

Served World::serve(std::size_t index, std::string_view server_name) {
  advance();
  Edge& edge = edges_.at(index);
  SteadyTime moment = steady_now();
  if (!edge.fault) return bound_at_edge(server_name, moment - edge.propagation);

  const EdgeFaultKind kind = edge.fault->kind;
  if (kind == EdgeFaultKind::kStuck) moment = std::min(moment, edge.fault_since);
  if (edge.fault->count && --*edge.fault->count == 0) edge.fault.reset();
  switch (kind) {
    case EdgeFaultKind::kExpired:
      return {.kind = Served::Kind::kExpired, .entry = nullptr};
    case EdgeFaultKind::kSelfSigned:
      return {.kind = Served::Kind::kSelfSigned, .entry = nullptr};
    case EdgeFaultKind::kRefuse:  // A connection accepted just before the fault
                                  // began.
    case EdgeFaultKind::kSilent:
      return {.kind = Served::Kind::kSilent, .entry = nullptr};
    case EdgeFaultKind::kNotTls:
      return {.kind = Served::Kind::kNotTls, .entry = nullptr};
    case EdgeFaultKind::kStuck:
      break;
  }
  return bound_at_edge(server_name, moment - edge.propagation);
}

const Domain* World::domain_serving(std::string_view server_name) const {
  const Domain* domain = find_domain(server_name);
  const auto dot = server_name.find('.');
  if (domain != nullptr || dot == std::string_view::npos) return domain;
  return find_domain("*" + std::string(server_name.substr(dot)));
}

Served World::bound_at_edge(std::string_view server_name, SteadyTime at) const {
  const Domain* domain = domain_serving(server_name);
  const EntryPtr entry = domain && domain->online ? domain->bound_at(at) : nullptr;
  if (entry) return {.kind = Served::Kind::kCertificate, .entry = entry};
  switch (options_.default_certificate) {
    case DefaultCertificate::kNone:
      return {};
    case DefaultCertificate::kSelfSigned:
      return {.kind = Served::Kind::kSelfSigned, .entry = nullptr};
    case DefaultCertificate::kExpired:
      return {.kind = Served::Kind::kExpired, .entry = nullptr};
  }
  return {};
}

}  // namespace certferry::sandbox
