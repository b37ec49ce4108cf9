#include "sim/scenario.h"

#include <algorithm>

#include "base/text.h"
#include "sim/chance.h"

namespace certferry::sim {

namespace {

using std::chrono::days;

HazardRates draw_rates(const Chance& seed, const Without& without) {
  HazardRates rates;
  for (const HazardTraits& one : all_hazards()) {
    Chance chance = seed.fork(one.name);
    if (!chance.happens(one.likely)) continue;
    if (std::ranges::find(without.hazards, one.hazard) != without.hazards.end()) continue;
    rates[one.hazard] = static_cast<unsigned>(chance.between(1 + one.rate / 10, one.rate));
  }
  return rates;
}

AccountPlan draw_account(Chance chance,
                         std::size_t index,
                         milliseconds deadline,
                         const HazardRates& rates) {
  AccountPlan account{.name = "account" + std::to_string(index)};
  const std::uint64_t addresses = chance.between(1, 3);
  for (std::uint64_t i = 0; i < addresses; ++i) {
    const bool six = i == 1;
    const std::string number = std::to_string(index + 1);
    const std::string last = std::to_string(i + 1);
    std::string ip = six ? "2001:db8:" : "192.0.";
    ip.append(number).append(six ? "::" : ".").append(last);
    AddressPlan address{.address = {.ip = std::move(ip)}};
    address.propagation = chance.scaled(seconds(1), deadline * 2 / 3);
    account.addresses.push_back(std::move(address));
  }
  account.latency_low = chance.between(milliseconds(5), milliseconds(100));
  account.latency_high = account.latency_low + chance.scaled(milliseconds(10), seconds(3));
  if (rates.has(Hazard::kRateLimit)) account.calls_per_second = chance.happens(300) ? 1 : 2;
  if (rates.has(Hazard::kListLag)) account.list_lag = chance.scaled(milliseconds(200), seconds(5));
  if (rates.has(Hazard::kQuota)) account.quota = chance.between(3, 8);
  if (chance.happens(200)) account.first_id = (std::int64_t{1} << 53) + 1;
  return account;
}

std::string base_of(std::size_t certificate) {
  return "c" + std::to_string(certificate) + ".test";
}

/// Domains at one account for one certificate, and the selector that means them.
void draw_targets(Chance& chance,
                  std::size_t certificate,
                  const std::string& account,
                  std::uint64_t count,
                  bool covered,
                  Scenario& scenario) {
  TargetSelector to{.account = account, .product = "cdn", .covered = covered};
  for (std::uint64_t i = 0; i < count; ++i) {
    const std::string name = "d" + std::to_string(i) + "-" + account + "." + base_of(certificate);
    using Start = DomainPlan::Start;
    const Start start = chance.happens(500) ? Start::kNothing
                                            : (chance.happens(600) ? Start::kOld : Start::kForeign);
    scenario.domains.push_back({.account = account, .name = name, .start = start});
    if (covered && chance.happens(60)) {
      to.except.push_back(name);
    } else if (!covered) {
      to.names.push_back(name);
      scenario.certificates[certificate].names.push_back(name);
    }
  }
  // One label too deep for the wildcard, as people do add.
  if (covered && chance.happens(300)) {
    scenario.domains.push_back({.account = account, .name = "deep.d0." + base_of(certificate)});
  }
  scenario.certificates[certificate].to.push_back(std::move(to));
}

void draw_certificate(Chance chance, std::size_t index, std::uint64_t targets, Scenario& scenario) {
  CertificatePlan plan{.name = "certificate" + std::to_string(index)};
  const bool covered = chance.happens(500);
  if (covered) plan.names = {base_of(index), "*." + base_of(index)};
  if (!covered) plan.names = {base_of(index)};
  plan.from_panel = chance.happens(500);
  plan.writing = chance.pick(std::vector{
      Writing::kBothAtOnce, Writing::kChainFirst, Writing::kKeyFirst, Writing::kFolderSwitch});
  plan.lifetime = chance.scaled(days(6), days(200));
  plan.renewed_every = chance.between(plan.lifetime / 6, plan.lifetime * 2 / 3);
  scenario.certificates.push_back(plan);
  const std::uint64_t accounts = chance.between(1, scenario.accounts.size());
  const std::uint64_t first = chance.below(scenario.accounts.size());
  for (std::uint64_t i = 0; i < accounts; ++i) {
    const AccountPlan& account = scenario.accounts[(first + i) % scenario.accounts.size()];
    const std::uint64_t here = std::max<std::uint64_t>(1, targets / accounts);
    draw_targets(chance, index, account.name, here, covered, scenario);
  }
}

/// A second certificate claims by name what the first covers.
void draw_conflict(Scenario& scenario) {
  for (CertificatePlan& one : scenario.certificates) {
    for (CertificatePlan& other : scenario.certificates) {
      if (&one == &other || !one.to.front().covered || other.to.front().covered) continue;
      const std::string& account = one.to.front().account;
      const auto domain = std::ranges::find(scenario.domains, account, &DomainPlan::account);
      if (other.to.front().account != account || domain == scenario.domains.end()) continue;
      other.to.front().names.push_back(domain->name);
      other.names.push_back(domain->name);
      return;
    }
  }
}

void draw_length(Chance chance, const Without& without, Scenario& scenario) {
  milliseconds longest{};
  for (const CertificatePlan& one : scenario.certificates) {
    longest = std::max(longest, one.renewed_every);
  }
  scenario.duration = std::min<milliseconds>(longest * 2 + days(2), days(150));
  scenario.runs = static_cast<unsigned>(chance.between(4, 24));
  if (scenario.runs > without.runs_max) {
    // Fewer runs of the same density: time is dropped from the end.
    scenario.duration = scenario.duration * without.runs_max / scenario.runs;
    scenario.runs = without.runs_max;
  }
}

/// The real store costs as much as all else in its world: every seventh has it.
void draw_store(Chance chance, Scenario& scenario) {
  if (chance.happens(140)) scenario.store = StoreKind::kSqlite;
  if (scenario.store == StoreKind::kSqlite) return;
  // The stand-in knows one way to refuse.
  scenario.rates[Hazard::kDiskReadOnly] = 0;
  scenario.rates[Hazard::kDiskError] = 0;
}

milliseconds draw_deadline(Chance& chance) {
  return chance.happens(100) ? minutes(30) : chance.scaled(minutes(1), minutes(8));
}

void draw_settings(Chance chance, Scenario& scenario) {
  if (chance.happens(300)) {
    scenario.confirm.rounds = static_cast<unsigned>(chance.between(1, 4));
    scenario.confirm.spread = chance.scaled(seconds(10), minutes(5));
  }
  // Mostly short: an edge that stays wrong is looked at again every ten seconds until then.
  scenario.confirm.deadline = draw_deadline(chance);
  scenario.retire_after = chance.happens(700) ? hours(24) : chance.scaled(hours(2), hours(96));
  const std::vector<Lasting> lasting = {Lasting::kNothing,
                                        Lasting::kNothing,
                                        Lasting::kNothing,
                                        Lasting::kAccountRefused,
                                        Lasting::kAddressUnreachable};
  scenario.lasting = chance.pick(lasting);
}

}  // namespace

std::string_view to_string(StoreKind kind) {
  return kind == StoreKind::kSqlite ? "SQLite" : "memory";
}

Scenario draw_scenario(std::uint64_t seed, const Without& without) {
  const Chance root(seed);
  Scenario scenario{.seed = seed, .rates = draw_rates(root.fork("hazards"), without)};
  draw_store(root.fork("store"), scenario);
  Chance size = root.fork("size");
  const std::uint64_t accounts = size.happens(600) ? 1 : size.between(2, 3);
  const std::uint64_t certificates = size.between(1, 4);
  // Few targets show most of what can go wrong; many show queues.
  const std::uint64_t most = size.happens(850) ? 6 : 40;
  const std::uint64_t targets = size.between(1, most);
  draw_settings(root.fork("settings"), scenario);
  const milliseconds deadline = *scenario.confirm.deadline;
  for (std::size_t i = 0; i < std::min<std::uint64_t>(accounts, without.accounts_max); ++i) {
    scenario.accounts.push_back(
        draw_account(root.fork("account" + std::to_string(i)), i, deadline, scenario.rates));
  }
  const std::uint64_t kept = std::min<std::uint64_t>(certificates, without.certificates_max);
  const std::uint64_t each =
      std::max<std::uint64_t>(1, std::min<std::uint64_t>(targets, without.targets_max) / kept);
  for (std::size_t i = 0; i < kept; ++i) {
    draw_certificate(root.fork("certificate" + std::to_string(i)), i, each, scenario);
  }
  if (scenario.rates.has(Hazard::kConflict)) draw_conflict(scenario);
  draw_length(root.fork("length"), without, scenario);
  return scenario;
}

std::string Without::options() const {
  const Without all;
  std::string out;
  for (const Hazard hazard : hazards) out += " --without " + std::string(to_string(hazard));
  const auto add = [&](const char* option, unsigned value, unsigned whole) {
    if (value != whole) out += std::string(" ") + option + " " + std::to_string(value);
  };
  add("--targets-max", targets_max, all.targets_max);
  add("--accounts-max", accounts_max, all.accounts_max);
  add("--certificates-max", certificates_max, all.certificates_max);
  add("--runs-max", runs_max, all.runs_max);
  return out;
}

std::string describe(const Scenario& scenario) {
  std::vector<std::string> hazards;
  for (const HazardTraits& one : all_hazards()) {
    if (!scenario.rates.has(one.hazard)) continue;
    hazards.push_back(std::string(one.name) + " " + std::to_string(scenario.rates[one.hazard]));
  }
  return count_of(scenario.accounts.size(), "account") + ", " +
         count_of(scenario.certificates.size(), "certificate") + ", " +
         count_of(scenario.domains.size(), "domain") + ", " + count_of(scenario.runs, "run") +
         " in " + format_duration(scenario.duration) + ", state in " +
         std::string(to_string(scenario.store)) + "; " + join(hazards, ", ");
}

}  // namespace certferry::sim
