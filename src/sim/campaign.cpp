#include "sim/campaign.h"

#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <sstream>

#include "base/text.h"

namespace certferry::sim {

namespace {

/// What goes through the pipe for each seed: fixed size, then the violation's text and the rules.
struct Message {
  enum class Kind : std::uint32_t { kBegun, kEnded, kAllDone } kind = Kind::kBegun;
  std::uint32_t rule_size = 0;
  std::uint32_t sentence_size = 0;
  std::uint32_t asked_size = 0;
  std::uint32_t runs = 0;
  std::uint64_t twice = 0;
  std::uint64_t seed = 0;
  std::uint64_t hash = 0;
  std::uint64_t events = 0;
  std::int64_t passed_ms = 0;
  Coverage coverage;
};

void write_all(int fd, const void* data, std::size_t size) {
  const char* at = static_cast<const char*>(data);
  while (size > 0) {
    const ssize_t written = write(fd, at, size);
    if (written <= 0) _exit(3);  // the parent is gone
    at += written;
    size -= static_cast<std::size_t>(written);
  }
}

/// "1234 S8 truth", one a line.
std::string text_of(const std::map<std::string, std::uint64_t>& asked) {
  std::string text;
  for (const auto& [rule, times] : asked) text += std::to_string(times) + " " + rule + "\n";
  return text;
}

std::map<std::string, std::uint64_t> asked_of(const std::string& text) {
  std::map<std::string, std::uint64_t> asked;
  std::istringstream lines(text);
  std::uint64_t times = 0;
  std::string rule;
  while (lines >> times && lines.ignore() && std::getline(lines, rule)) asked[rule] = times;
  return asked;
}

void send_result(int fd, const Repeated& repeated) {
  const SeedResult& result = repeated.result;
  const Violation violation = result.violation.value_or(Violation{});
  const std::string asked = text_of(result.asked);
  const Message message{.kind = Message::Kind::kEnded,
                        .rule_size = static_cast<std::uint32_t>(violation.rule.size()),
                        .sentence_size = static_cast<std::uint32_t>(violation.sentence.size()),
                        .asked_size = static_cast<std::uint32_t>(asked.size()),
                        .runs = result.runs,
                        .twice = repeated.twice ? 1U : 0U,
                        .seed = result.seed,
                        .hash = result.hash,
                        .events = result.events,
                        .passed_ms = result.passed.count(),
                        .coverage = result.coverage};
  const std::string text = violation.rule + violation.sentence + asked;
  write_all(fd, &message, sizeof message);
  write_all(fd, text.data(), text.size());
}

/// One child's share: every `jobs`-th seed.
[[noreturn]] void work(const CampaignOptions& options, unsigned job, int fd) {
  const auto began = std::chrono::steady_clock::now();
  for (std::uint64_t i = job; i < options.seeds; i += options.jobs) {
    const bool late = options.time_limit > seconds(0) &&
                      std::chrono::steady_clock::now() - began > options.time_limit;
    if (late) break;
    const std::uint64_t seed = options.first_seed + i;
    const Message begun{.kind = Message::Kind::kBegun, .seed = seed};
    write_all(fd, &begun, sizeof begun);
    Repeated repeated = run_seed(options, seed);
    std::optional<Violation>& violation = repeated.result.violation;
    if (!options.only_rule.empty() && violation && violation->rule != options.only_rule) {
      violation.reset();
    }
    send_result(fd, repeated);
  }
  const Message done{.kind = Message::Kind::kAllDone};
  write_all(fd, &done, sizeof done);
  _exit(0);
}

class Child {
 public:
  Child(const CampaignOptions& options, unsigned job) {
    int ends[2];
    ASSERT(pipe(ends) == 0);
    pid_ = fork();
    ASSERT(pid_ >= 0);
    if (pid_ == 0) {
      close(ends[0]);
      work(options, job, ends[1]);
    }
    close(ends[1]);
    fd_ = ends[0];
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child() {
    if (pid_ <= 0) return;
    close(fd_);
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }

  int fd() const { return fd_; }
  bool ended() const { return ended_; }

  /// Takes what there is in the pipe. False at its end.
  void receive(CampaignTotals& totals) {
    char buffer[65536];
    const ssize_t got = read(fd_, buffer, sizeof buffer);
    if (got <= 0) return end(totals);
    pending_.append(buffer, static_cast<std::size_t>(got));
    while (take(totals)) {
    }
  }

 private:
  bool take(CampaignTotals& totals) {
    Message message;
    if (pending_.size() < sizeof message) return false;
    std::memcpy(static_cast<void*>(&message), pending_.data(), sizeof message);
    const std::size_t texts = message.rule_size + message.sentence_size;
    const std::size_t size = sizeof message + texts + message.asked_size;
    if (pending_.size() < size) return false;
    SeedResult result{
        .seed = message.seed,
        .hash = message.hash,
        .events = message.events,
        .runs = message.runs,
        .passed = milliseconds(message.passed_ms),
        .coverage = message.coverage,
        .asked = asked_of(pending_.substr(sizeof message + texts, message.asked_size))};
    if (message.rule_size > 0) {
      result.violation = Violation{
          .rule = pending_.substr(sizeof message, message.rule_size),
          .sentence = pending_.substr(sizeof message + message.rule_size, message.sentence_size)};
    }
    pending_.erase(0, size);
    all_done_ = message.kind == Message::Kind::kAllDone;
    if (!all_done_) at_ = message.seed;
    if (message.kind == Message::Kind::kEnded) totals.add(result, message.twice > 0);
    return true;
  }

  void end(CampaignTotals& totals) {
    ended_ = true;
    close(fd_);
    waitpid(pid_, nullptr, 0);
    pid_ = 0;
    if (all_done_) return;
    totals.failures.push_back(
        {.seed = at_,
         .violation = {.rule = "crash", .sentence = "the program under simulation died"}});
  }

  pid_t pid_ = 0;
  int fd_ = -1;
  bool ended_ = false;
  bool all_done_ = false;
  std::uint64_t at_ = 0;
  std::string pending_;
};

}  // namespace

Repeated run_seed(const CampaignOptions& options, std::uint64_t seed) {
  const auto run = [&] {
    return options.run ? options.run(seed) : simulate(draw_scenario(seed, options.without));
  };
  Repeated repeated{.result = run()};
  repeated.twice = options.one_twice_in > 0 && seed % options.one_twice_in == 0;
  if (!repeated.twice) return repeated;
  const SeedResult again = run();
  SeedResult& first = repeated.result;
  if (again.hash == first.hash) return repeated;
  std::string sentence = "the same seed went two ways: trace " + hash_text(first.hash) + " of " +
                         count_of(first.events, "event") + ", then " + hash_text(again.hash) +
                         " of " + std::to_string(again.events);
  if (first.violation) sentence += "; the first broke " + first.violation->rule;
  first.violation = Violation{.rule = "repeatable", .sentence = std::move(sentence)};
  return repeated;
}

void CampaignTotals::add(const SeedResult& result, bool run_twice) {
  ++seeds;
  twice += run_twice ? 1 : 0;
  runs += result.runs;
  events += result.events;
  virtual_days += static_cast<double>(result.passed.count()) / 86'400'000;
  coverage.add(result.coverage);
  for (const auto& [rule, times] : result.asked) asked[rule] += times;
  if (result.violation) failures.push_back({.seed = result.seed, .violation = *result.violation});
}

CampaignTotals run_campaign(const CampaignOptions& options,
                            const std::function<void(const CampaignTotals&)>& progress) {
  CampaignTotals totals;
  std::vector<std::unique_ptr<Child>> children;
  for (unsigned job = 0; job < options.jobs; ++job) {
    children.push_back(std::make_unique<Child>(options, job));
  }
  while (!children.empty() && totals.failures.size() < options.failures_max) {
    std::vector<pollfd> waiting;
    for (const auto& child : children) waiting.push_back({.fd = child->fd(), .events = POLLIN});
    poll(waiting.data(), waiting.size(), 250);
    for (std::size_t i = 0; i < waiting.size(); ++i) {
      if (waiting[i].revents != 0) children[i]->receive(totals);
    }
    std::erase_if(children, [](const auto& child) { return child->ended(); });
    progress(totals);
  }
  std::ranges::sort(totals.failures, {}, &Failure::seed);
  return totals;
}

}  // namespace certferry::sim
