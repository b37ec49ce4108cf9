#include "cli/render.h"

#include <algorithm>
#include <map>

#include "base/text.h"

namespace certferry::cli {

Colour colour_of(Outcome outcome) {
  switch (outcome) {
    case Outcome::kConfirmed:
      return Colour::kGreen;
    case Outcome::kPlanned:
      return Colour::kBold;
    case Outcome::kUnconfirmed:
    case Outcome::kHeld:
      return Colour::kYellow;
    case Outcome::kFailed:
    case Outcome::kParked:
      return Colour::kRed;
  }
  return Colour::kNone;
}

std::string steps_text(const Plan& plan) {
  if (plan.steps.empty()) return "nothing to do";
  std::vector<std::string> words;
  for (const Step& step : plan.steps) words.emplace_back(to_string(step.kind));
  return join(words, " > ");
}

std::string subject_text(const JournalEntry& entry) {
  if (!entry.name.empty()) return to_string(TargetId{entry.account, entry.product, entry.name});
  return "account " + entry.account;
}

std::string open_text(const JournalEntry& entry) {
  return entry.action + " of bundle " + short_fingerprint(entry.fingerprint) + " (" +
         subject_text(entry) + ")";
}

std::string binding_text(const TargetFacts& facts) {
  if (!facts.observe_problem.code.empty()) return "not known";
  if (!facts.binding) return "no such domain";
  if (!facts.binding->online) return printable(facts.binding->status, 20);
  if (!facts.binding->stored_id) return "no certificate";
  const std::string id = "certificate " + *facts.binding->stored_id;
  return facts.bound ? id + ", ends " + format_date(facts.bound->not_after) : id;
}

std::string edge_text(const TargetFacts& facts) {
  if (!facts.probed) return "not looked at";
  if (!facts.probe_problem.code.empty()) return "no address found";
  std::map<std::string, std::size_t> seen;
  for (const JudgedProbe& one : facts.probes) {
    const Certificate* leaf = one.probe.leaf();
    std::string what;
    if (one.probe.outcome == Probe::Outcome::kUnreachable) {
      what = "unreachable";
    } else if (leaf == nullptr) {
      what = "no certificate";
    } else if (facts.bundle && leaf->fingerprint == facts.bundle->fingerprint()) {
      what = one.chain.trusted() ? "this one" : "this one, chain broken";
    } else {
      what = short_fingerprint(leaf->fingerprint) + ", ends " + format_date(leaf->not_after);
    }
    ++seen[what];
  }
  std::vector<std::string> parts;
  for (const auto& [what, count] : seen) {
    parts.push_back(facts.probes.size() == 1 ? what : what + " (" + std::to_string(count) + "x)");
  }
  return join(parts, "; ");
}

std::string bundle_text(const Bundle& bundle, Time now) {
  std::vector<std::string> names = bundle.leaf.dns_names;
  names.insert(names.end(), bundle.leaf.ip_addresses.begin(), bundle.leaf.ip_addresses.end());
  const std::size_t shown = std::min<std::size_t>(names.size(), 4);
  const std::string more =
      names.size() > shown ? " and " + std::to_string(names.size() - shown) + " more" : "";
  names.resize(shown);
  return short_fingerprint(bundle.fingerprint()) + "  " + to_string(bundle.leaf.key) + "  ends " +
         format_date(bundle.leaf.not_after) + " (in " +
         format_duration(bundle.leaf.not_after - now) + ")  for " + join(names, ", ") + more;
}

std::string addresses_text(const std::vector<JudgedProbe>& probes,
                           const std::string& wanted_fingerprint,
                           const Style& style,
                           std::size_t indent) {
  std::string out;
  for (const JudgedProbe& one : probes) {
    const Certificate* leaf = one.probe.leaf();
    std::string line = to_string(one.probe.address) + "  ";
    Colour colour = Colour::kRed;
    if (leaf == nullptr) {
      line += one.probe.detail;
    } else {
      const bool wanted = leaf->fingerprint == wanted_fingerprint;
      const bool good = one.chain.trusted() && (wanted || wanted_fingerprint.empty());
      colour = good ? Colour::kGreen : Colour::kYellow;
      line += "serves " + short_fingerprint(leaf->fingerprint) + ", ends " +
              format_date(leaf->not_after) + ", " + one.probe.tls_version + ", " +
              format_duration(one.probe.elapsed);
      if (!one.chain.trusted()) line += "; " + printable(one.chain.reason);
    }
    out += std::string(indent, ' ') + style(colour, line) + "\n";
  }
  return out;
}

std::vector<Problem> other_problems(const Report& report) {
  std::vector<Problem> others;
  std::ranges::copy_if(report.problems, std::back_inserter(others), [&](const Problem& problem) {
    return std::ranges::none_of(report.accounts, [&](const AccountReport& account) {
      return account.error && account.error->text() == problem.error.text();
    });
  });
  return others;
}

std::vector<Problem> problems_of(const Report& report) {
  std::vector<Problem> all;
  for (const AccountReport& account : report.accounts) {
    if (account.error) all.push_back({"account " + account.name, *account.error});
  }
  for (const CertificateReport& certificate : report.certificates) {
    if (certificate.error) all.push_back({"certificate " + certificate.name, *certificate.error});
  }
  std::ranges::move(other_problems(report), std::back_inserter(all));
  return all;
}

namespace {

std::string sources_text(const Report& report, const Style& style) {
  std::string out;
  for (const CertificateReport& certificate : report.certificates) {
    out += style(Colour::kBold, certificate.name) + "  from " + certificate.source + "\n";
    if (certificate.bundle) out += "  " + bundle_text(*certificate.bundle, report.started) + "\n";
  }
  return out;
}

/// "3 to upload, bind and confirm" would hide that one upload serves them all: count each alone.
std::string totals_text(const Report& report) {
  std::set<std::pair<std::string, std::string>> uploads;
  std::map<StepKind, std::size_t> count;
  std::size_t idle = 0;
  for (const TargetReport& target : report.targets) {
    if (target.plan.steps.empty()) ++idle;
    for (const Step& step : target.plan.steps) ++count[step.kind];
    if (target.plan.has(StepKind::kUpload)) {
      uploads.emplace(target.facts.id.account, target.facts.bundle->fingerprint());
    }
  }
  std::vector<std::string> parts;
  const auto add = [&](std::size_t number, std::string_view singular) {
    if (number > 0) parts.push_back(count_of(number, singular));
  };
  add(uploads.size(), "upload");
  add(count[StepKind::kBind], "bind");
  if (count[StepKind::kConfirm] > 0) {
    parts.push_back(std::to_string(count[StepKind::kConfirm]) + " to confirm");
  }
  if (count[StepKind::kHold] > 0) parts.push_back(std::to_string(count[StepKind::kHold]) + " held");
  if (count[StepKind::kPark] > 0) {
    parts.push_back(std::to_string(count[StepKind::kPark]) + " parked");
  }
  if (idle > 0) parts.push_back(std::to_string(idle) + " already served");
  return parts.empty() ? "no targets" : join(parts, ", ");
}

std::string retire_text(const RetireReport& one, Time now) {
  const std::string what = "certificate " + one.plan.stored_id + " (" +
                           short_fingerprint(one.plan.fingerprint) + ") of account " +
                           one.plan.account;
  if (one.done) {
    return what +
           (one.plan.surplus ? ": deleted, unused" : ": deleted, its successor is confirmed");
  }
  if (one.error) return what + ": " + one.error->text();
  if (one.plan.due) return what + ": due, apply deletes it";
  if (one.plan.reason.code == "retire.grace") {
    return what + ": kept for another " + format_duration(one.plan.due_at - now) +
           (one.plan.surplus ? ", a second copy that nothing uses" : " in case of a return");
  }
  return what + ": kept, " + one.plan.reason.text;
}

/// A line of names, or nothing.
std::string names_text(const std::string& what,
                       const std::vector<std::string>& names,
                       const std::string& why,
                       const Style& style) {
  if (names.empty()) return {};
  return style(Colour::kBold, what + ": ") + printable(join(names, ", "), 2000) + " (" + why +
         ")\n";
}

std::string left_text(const Report& report, const Style& style) {
  std::vector<std::string> out;
  for (const TargetId& id : report.left_out) out.push_back(to_string(id));
  std::vector<std::string> behind;
  for (const TargetRecord& one : report.left_behind) behind.push_back(to_string(one.id));
  return names_text("left out", out, "offline at the vendor", style) +
         names_text("left behind", behind, "their pairs have left the folder", style);
}

std::string retirements_text(const Report& report, const Style& style) {
  std::string out;
  for (const RetireReport& one : report.retirements) {
    const Colour colour = one.error ? Colour::kRed : one.done ? Colour::kGreen : Colour::kNone;
    const std::string kind = one.plan.surplus ? "surplus: " : "superseded: ";
    out += style(Colour::kBold, kind) + style(colour, retire_text(one, report.ended)) + "\n";
  }
  return out;
}

}  // namespace

std::string plan_text(const Report& report, const Style& style) {
  std::string out = sources_text(report, style);
  Table table({"TARGET", "SET TO", "SERVED NOW", "PLAN", "WHY"});
  for (const TargetReport& target : report.targets) {
    table.add({to_string(target.facts.id),
               binding_text(target.facts),
               edge_text(target.facts),
               style(colour_of(target.outcome), steps_text(target.plan)),
               printable(target.plan.summary.text)});
  }
  if (!table.empty()) out += "\n" + table.text(style, 2) + "\n";
  out += left_text(report, style);
  out += retirements_text(report, style);
  out += style(Colour::kBold, "plan: ") + totals_text(report) + "\n";
  return out;
}

std::string apply_text(const Report& report, const Style& style) {
  std::string out;
  // Beyond a screenful, only what did not end well is worth a line for each address.
  constexpr std::size_t kScreenful = 20;
  const bool all = report.targets.size() <= kScreenful;
  std::map<Outcome, std::size_t> count;
  for (const TargetReport& target : report.targets) {
    ++count[target.outcome];
    if (!all && target.outcome == Outcome::kConfirmed) continue;
    out += style(colour_of(target.outcome), to_string(target.outcome)) + "  " +
           to_string(target.facts.id) + "  " + printable(target.message, 2000) + "\n";
    const std::string wanted = target.facts.bundle ? target.facts.bundle->fingerprint() : "";
    out += addresses_text(target.facts.probes, wanted, style, 2);
  }
  out += left_text(report, style);
  out += retirements_text(report, style);
  std::vector<std::string> parts;
  for (const auto& [outcome, number] : count) {
    parts.push_back(std::to_string(number) + " " + std::string(to_string(outcome)));
  }
  out += style(Colour::kBold, "result: ") + (parts.empty() ? "no targets" : join(parts, ", ")) +
         ", in " + format_duration(report.ended - report.started) + "\n";
  return out;
}

}  // namespace certferry::cli
