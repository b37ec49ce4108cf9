#include "cli/progress.h"

#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <string>

#include "base/text.h"

namespace certferry::cli {

std::string place_of(const Event& event) {
  if (event.target) return to_string(*event.target);
  if (event.stage == Stage::kNotify) return "notices";
  if (!event.account.empty() && !event.certificate.empty()) {
    return event.account + ": " + event.certificate;
  }
  if (!event.account.empty()) return "account " + event.account;
  if (!event.certificate.empty()) return "certificate " + event.certificate;
  return "all";
}

namespace {

bool is_reading(const Event& event) {
  const bool looks = event.stage == Stage::kSource || event.stage == Stage::kObserve ||
                     event.stage == Stage::kProbe;
  return looks && event.status == Status::kDone;
}

spdlog::level::level_enum level_for(LogLevel level) {
  return spdlog::level::from_str(std::string(to_string(level)));
}

}  // namespace

PlainProgress::PlainProgress(const std::string& level, LogForm form, Talk talk)
    : form_(form), talk_(talk) {
  auto logger = spdlog::stderr_logger_st("certferry");
  logger->set_formatter(std::make_unique<spdlog::pattern_formatter>(
      "%v", spdlog::pattern_time_type::utc, ""));  // lines come with their end
  logger->set_level(spdlog::level::from_str(level));
  spdlog::set_default_logger(std::move(logger));
}

void PlainProgress::on_event(const Event& event) {
  LogLine line = lines_.line_of(event);
  if (talk_ == Talk::kNews && is_reading(event)) line.level = LogLevel::kDebug;
  spdlog::log(level_for(line.level), "{}", log_text(line, form_));
}

LiveProgress::LiveProgress(int descriptor) : descriptor_(descriptor), style_(descriptor) {}

LiveProgress::~LiveProgress() {
  erase();
}

namespace {

void write_all(int descriptor, const std::string& text) {
  // Progress that cannot be written is not worth failing for.
  [[maybe_unused]] const ssize_t written = write(descriptor, text.data(), text.size());
}

}  // namespace

void LiveProgress::erase() {
  if (drawn_ == 0) return;
  write_all(descriptor_, "\033[" + std::to_string(drawn_) + "A\033[J");
  drawn_ = 0;
}

void LiveProgress::draw() {
  const TerminalSize size = terminal_size(descriptor_);
  const std::size_t room = size.rows > 6 ? size.rows / 2 : 3;
  std::string out;
  for (const auto& [place, text] : under_way_) {
    if (drawn_ == room) break;
    std::string line = "  … ";
    line.append(place).append("  ").append(text);
    out += style_(Colour::kDim, fit(line, size.columns - 1)) + "\n";
    ++drawn_;
  }
  if (under_way_.size() > room) {
    out += style_(Colour::kDim, "  … and " + std::to_string(under_way_.size() - room) + " more") +
           "\n";
    ++drawn_;
  }
  write_all(descriptor_, out);
}

void LiveProgress::on_event(const Event& event) {
  const std::string place = place_of(event);
  const std::string text = printable(event.text, 2000);
  const bool over = event.stage == Stage::kEnd || !event.target;
  const bool failed = event.status == Status::kFailed;
  if (event.target && !over) under_way_[place] = std::string(to_string(event.stage)) + ": " + text;
  if (event.stage == Stage::kEnd) under_way_.erase(place);

  // A thousand binds a second need not be drawn one by one. With few targets each is: the next
  // event may be minutes away.
  constexpr milliseconds kSlowestNoticed{40};
  constexpr std::size_t kFew = 20;
  const bool crowded = under_way_.size() > kFew;
  if (!over && crowded && event.at - last_event_ < kSlowestNoticed) return;
  last_event_ = event.at;
  erase();
  const bool worth_a_line = over && event.status != Status::kProgress;
  if (worth_a_line) {
    const std::string mark = failed                             ? style_(Colour::kRed, "✗")
                             : event.status == Status::kStarted ? style_(Colour::kDim, "·")
                                                                : style_(Colour::kGreen, "✓");
    write_all(descriptor_, mark + " " + place + "  " + text + "\n");
  }
  draw();
}

std::unique_ptr<EventSink> make_progress(const GlobalOptions& options) {
  const bool live = is_terminal(STDERR_FILENO) && !options.json && options.log_level == "info" &&
                    options.log_format == LogFormat::kText;
  if (live) return std::make_unique<LiveProgress>(STDERR_FILENO);
  return std::make_unique<PlainProgress>(options.log_level, log_form(options));
}

}  // namespace certferry::cli
