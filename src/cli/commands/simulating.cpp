// simulate: the production code in a simulated world, over many seeds.

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <functional>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <thread>

#include "base/planted.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/json_output.h"
#include "cli/terminal.h"
#include "sim/campaign.h"
#include "sim/products/drawn.h"
#include "sim/shrink.h"
#include "sim/trace.h"

namespace certferry::cli {

namespace {

using sim::CampaignTotals;
using sim::Failure;
using sim::Hazard;

sim::Without without_of(const SimulateOptions& options) {
  sim::Without without{.targets_max = options.targets_max,
                       .accounts_max = options.accounts_max,
                       .certificates_max = options.certificates_max,
                       .runs_max = options.runs_max};
  for (const std::string& name : options.without) {
    const auto hazard = sim::hazard_named(name);
    if (!hazard) {
      std::vector<std::string> names;
      for (const sim::HazardTraits& one : sim::all_hazards()) names.emplace_back(one.name);
      const std::string near = nearest(name, names);
      throw Error(ErrorKind::kInvalidInput, "there is no hazard '" + printable(name, 60) + "'")
          .with_hint(near.empty() ? "they are: " + join(names, ", ")
                                  : "did you mean '" + near + "'?");
    }
    without.hazards.push_back(*hazard);
  }
  return without;
}

/// What the worlds are drawn from, beside their seeds.
struct Drawing {
  sim::Without without;
  std::vector<sim::Product> products;  ///< of which they are by turns; empty: the worlds of one
  std::string of_products;             ///< as it was asked for
  std::string plant;

  sim::SeedResult run(std::uint64_t seed, std::function<void(const std::string&)> trace) const {
    if (!products.empty()) return sim::simulate_product(seed, products, std::move(trace));
    return simulate(draw_scenario(seed, without), {.trace = std::move(trace)});
  }
  std::string describe(std::uint64_t seed) const {
    return products.empty() ? sim::describe(draw_scenario(seed, without))
                            : product_of(seed, products).name();
  }
  /// What brings the same world about once more.
  std::string replay_command(std::uint64_t seed) const {
    std::string command = " simulate --seed " + std::to_string(seed) + without.options();
    if (!of_products.empty()) command += " --product " + of_products;
    return plant.empty() ? "certferry" + command
                         : "certferry_planted" + command + " --plant " + plant;
  }
};

Drawing drawing_of(const SimulateOptions& options) {
  Drawing out{
      .without = without_of(options), .of_products = options.product, .plant = options.plant};
  if (!options.product.empty()) {
    out.products = sim::products_named(options.product == "all" ? "" : options.product);
  }
  return out;
}

/// How far a long run is: one line that changes in place, or a line every few seconds; and each
/// seed that breaks a rule, as soon as it has, for the end may be hours away.
class CampaignProgress {
 public:
  CampaignProgress(std::uint64_t seeds, bool json, std::function<std::string(const Failure&)> words)
      : seeds_(seeds), live_(!json && is_terminal(STDERR_FILENO)), words_(std::move(words)) {}
  ~CampaignProgress() {
    if (live_ && shown_) std::fputs("\r\033[K", stderr);
  }

  void operator()(const CampaignTotals& totals) {
    for (const Failure& one : totals.failures) {
      if (!told_.insert(one.seed).second) continue;
      std::fprintf(stderr, live_ ? "\r\033[K%s" : "%s", words_(one).c_str());
    }
    const auto now = Clock::now();
    if (now - last_ < (live_ ? std::chrono::milliseconds(200) : std::chrono::milliseconds(5000))) {
      return;
    }
    last_ = now;
    shown_ = true;
    std::fprintf(stderr, live_ ? "\r\033[K%s" : "%s\n", text(totals).c_str());
    std::fflush(stderr);
  }

  double elapsed() const {
    return std::max(1e-3, std::chrono::duration<double>(Clock::now() - began_).count());
  }

 private:
  using Clock = std::chrono::steady_clock;

  std::string text(const CampaignTotals& totals) const {
    char line[200];
    std::snprintf(line,
                  sizeof line,
                  "%llu of %llu seeds, %.0f a second, %.0f virtual days, %zu failed",
                  static_cast<unsigned long long>(totals.seeds),
                  static_cast<unsigned long long>(seeds_),
                  static_cast<double>(totals.seeds) / elapsed(),
                  totals.virtual_days,
                  totals.failures.size());
    return line;
  }

  std::uint64_t seeds_;
  bool live_;
  bool shown_ = false;
  std::function<std::string(const Failure&)> words_;
  std::set<std::uint64_t> told_;
  Clock::time_point began_ = Clock::now();
  Clock::time_point last_ = began_;
};

nlohmann::json to_json(const CampaignTotals& totals, double elapsed, const Drawing& drawing) {
  nlohmann::json failures = nlohmann::json::array();
  for (const Failure& one : totals.failures) {
    failures.push_back({{"seed", one.seed},
                        {"rule", one.violation.rule},
                        {"sentence", one.violation.sentence},
                        {"replay", drawing.replay_command(one.seed)}});
  }
  nlohmann::json cells = nlohmann::json::object();
  for (const sim::HazardTraits& one : sim::all_hazards()) {
    for (std::size_t step = 0; step < sim::kSteps; ++step) {
      const auto count = totals.coverage.count(one.hazard, static_cast<sim::Step>(step));
      const std::string name(sim::to_string(static_cast<sim::Step>(step)));
      if (count > 0) cells[std::string(one.name)][name] = count;
    }
  }
  return {{"seeds", totals.seeds},
          {"seconds", elapsed},
          {"seeds_per_second", static_cast<double>(totals.seeds) / elapsed},
          {"events_per_second", static_cast<double>(totals.events) / elapsed},
          {"run_twice", totals.twice},
          {"runs", totals.runs},
          {"events", totals.events},
          {"virtual_days", totals.virtual_days},
          {"rules", totals.asked},
          {"cells", std::move(cells)},
          {"cells_hit", totals.coverage.cells()},
          {"failures", std::move(failures)}};
}

/// Which hazard struck while what was being done: the fault matrix as it was hit.
std::string matrix_text(const sim::Coverage& coverage, const Style& style) {
  std::vector<std::string> head = {"hazard"};
  for (std::size_t step = 0; step < sim::kSteps; ++step) {
    head.emplace_back(sim::to_string(static_cast<sim::Step>(step)));
  }
  Table table(std::move(head));
  for (const sim::HazardTraits& one : sim::all_hazards()) {
    std::vector<std::string> row = {std::string(one.name)};
    bool hit = false;
    for (std::size_t step = 0; step < sim::kSteps; ++step) {
      const auto count = coverage.count(one.hazard, static_cast<sim::Step>(step));
      row.push_back(count > 0 ? std::to_string(count) : "-");
      hit = hit || count > 0;
    }
    if (hit) table.add(std::move(row));
  }
  return table.text(style, 2);
}

std::string broken_text(const Failure& one, const Drawing& drawing, const Style& style) {
  return style(Colour::kRed, "broken") + " " + one.violation.rule + ": " + one.violation.sentence +
         "\n  " + drawing.replay_command(one.seed) + "\n";
}

std::string totals_text(const CampaignTotals& totals, double elapsed, const Drawing& drawing) {
  const Style style(STDOUT_FILENO);
  char line[300];
  std::snprintf(line,
                sizeof line,
                "%llu seeds in %.1f s: %.1f seeds/s, %.0f events/s, %llu runs, %.0f virtual days, "
                "%zu cells of the fault matrix hit; %llu seeds were run twice\n",
                static_cast<unsigned long long>(totals.seeds),
                elapsed,
                static_cast<double>(totals.seeds) / elapsed,
                static_cast<double>(totals.events) / elapsed,
                static_cast<unsigned long long>(totals.runs),
                totals.virtual_days,
                totals.coverage.cells(),
                static_cast<unsigned long long>(totals.twice));
  std::string out = matrix_text(totals.coverage, style) + line;
  for (const Failure& one : totals.failures) out += broken_text(one, drawing, style);
  if (totals.failures.empty()) out += style(Colour::kGreen, "no rule was broken") + "\n";
  return out;
}

void write_out(const std::string& text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
}

unsigned jobs_of(const SimulateOptions& options) {
  return options.jobs > 0 ? options.jobs : std::max(1U, std::thread::hardware_concurrency());
}

int run_many(const GlobalOptions& global, const SimulateOptions& options) {
  const Drawing drawing = drawing_of(options);
  const sim::CampaignOptions campaign{
      .first_seed = options.from,
      .seeds = options.seeds,
      .jobs = jobs_of(options),
      .time_limit = seconds(options.time_limit),
      .run = [&](std::uint64_t seed) { return drawing.run(seed, {}); }};
  CampaignTotals totals;
  double elapsed = 0;
  {
    CampaignProgress progress(options.seeds, global.json, [&](const Failure& one) {
      return broken_text(one, drawing, Style(STDERR_FILENO));
    });
    totals = run_campaign(campaign, std::ref(progress));
    elapsed = progress.elapsed();
  }
  write_out(global.json ? dump(to_json(totals, elapsed, drawing))
                        : totals_text(totals, elapsed, drawing));
  return totals.failures.empty() ? kAllWell : kNotAll;
}

int run_one(const GlobalOptions& global, const SimulateOptions& options) {
  const Drawing drawing = drawing_of(options);
  std::function<void(const std::string&)> trace;
  if (options.trace) trace = [](const std::string& line) { write_out(line + "\n"); };
  const sim::SeedResult result = drawing.run(*options.seed, std::move(trace));
  if (global.json) {
    nlohmann::json out = {{"seed", result.seed},
                          {"trace_hash", sim::hash_text(result.hash)},
                          {"events", result.events},
                          {"runs", result.runs},
                          {"virtual_ms", result.passed.count()}};
    if (result.violation) {
      out["rule"] = result.violation->rule;
      out["sentence"] = result.violation->sentence;
    }
    write_out(dump(out));
  } else {
    const Style style(STDOUT_FILENO);
    std::string out = "seed " + std::to_string(result.seed) + ": " + drawing.describe(result.seed) +
                      "\n" + count_of(result.runs, "run") + ", " +
                      count_of(result.events, "event") + ", " + format_duration(result.passed) +
                      " of virtual time, trace " + sim::hash_text(result.hash) + "\n";
    out += result.violation ? style(Colour::kRed, "broken") + " " + result.violation->rule + ": " +
                                  result.violation->sentence + "\n"
                            : style(Colour::kGreen, "no rule was broken") + "\n";
    write_out(out);
  }
  return result.violation ? kNotAll : kAllWell;
}

int run_shrink(const GlobalOptions& global, const SimulateOptions& options) {
  const bool live = !global.json && is_terminal(STDERR_FILENO);
  const auto progress = [&](const sim::Shrunk& best) {
    if (live) {
      std::fprintf(stderr,
                   "\r\033[K%u tries, %zu hazards left out",
                   best.tries,
                   best.without.hazards.size());
    }
  };
  const auto shrunk = sim::shrink(*options.seed, without_of(options), progress);
  if (live) std::fputs("\r\033[K", stderr);
  if (!shrunk) {
    write_out("seed " + std::to_string(*options.seed) + " breaks no rule: nothing to shrink\n");
    return kAllWell;
  }
  const std::string command =
      Drawing{.without = shrunk->without, .products = {}, .of_products = {}, .plant = options.plant}
          .replay_command(*options.seed);
  if (global.json) {
    write_out(dump({{"rule", shrunk->violation.rule},
                    {"sentence", shrunk->violation.sentence},
                    {"replay", command},
                    {"tries", shrunk->tries}}));
  } else {
    write_out("smallest scenario found in " + count_of(shrunk->tries, "run") + ": " +
              describe(draw_scenario(*options.seed, shrunk->without)) + "\nbroken " +
              shrunk->violation.rule + ": " + shrunk->violation.sentence + "\n  " + command +
              " --trace\n");
  }
  return kNotAll;
}

void require_plants(const std::string& name) {
  if (!plants_linked()) {
    throw Error(ErrorKind::kInvalidInput, "this program has no planted bugs")
        .with_hint("build the one that has them: ninja -C build/release certferry_planted");
  }
  std::vector<std::string> names;
  for (const sim::Plant& one : sim::all_plants()) names.emplace_back(one.name);
  if (name.empty() || std::ranges::find(names, name) != names.end()) return;
  throw Error(ErrorKind::kInvalidInput, "there is no planted bug '" + printable(name, 60) + "'")
      .with_hint("they are: " + join(names, ", "));
}

/// Tests of the tester: a planted bug that no seed finds is a rule that is not held.
int run_plants(const GlobalOptions& global, const SimulateOptions& options) {
  sim::CampaignOptions campaign{.first_seed = options.from,
                                .seeds = options.seeds,
                                .jobs = jobs_of(options),
                                .failures_max = 1,
                                .without = without_of(options)};
  nlohmann::json found = nlohmann::json::array();
  bool all = true;
  for (const sim::Plant& one : sim::all_plants()) {
    plant_bug(one.name);
    campaign.only_rule = one.rule;
    const CampaignTotals totals = run_campaign(campaign, [](const CampaignTotals&) {});
    const bool by_its_rule =
        !totals.failures.empty() && totals.failures.front().violation.rule == one.rule;
    const Failure* by = by_its_rule ? &totals.failures.front() : nullptr;
    all = all && by != nullptr;
    if (global.json) {
      found.push_back({{"plant", one.name}, {"found", by != nullptr}});
      if (by == nullptr) continue;
      found.back()["seed"] = by->seed;
      found.back()["rule"] = by->violation.rule;
    } else {
      const std::string how =
          by == nullptr
              ? "NOT FOUND in " + count_of(options.seeds, "seed") + " by " + std::string(one.rule)
              : "seed " + std::to_string(by->seed) + ", " + by->violation.rule;
      write_out(std::string(one.name) + " (" + std::string(one.what) + "): " + how + "\n");
      std::fflush(stdout);
    }
  }
  if (global.json) write_out(dump(found));
  return all ? kAllWell : kNotAll;
}

}  // namespace

int run_simulate(const GlobalOptions& global, const SimulateOptions& options) {
  if (options.plants || !options.plant.empty()) require_plants(options.plant);
  if (options.plants) return run_plants(global, options);
  plant_bug(options.plant);
  if (!options.seed) return run_many(global, options);
  return options.shrink ? run_shrink(global, options) : run_one(global, options);
}

}  // namespace certferry::cli
