#include "cli/log.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "cli/progress.h"
#include "cli/terminal.h"
#include "net/system_clock.h"

namespace certferry::cli {

namespace {

constexpr std::size_t kTextMost = 2000;
constexpr std::size_t kNameMost = 300;

/// By sd-daemon(3), which counts as syslog does.
const char* journal_prefix(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return "<7>";
    case LogLevel::kInfo:
      return "<6>";
    case LogLevel::kWarning:
      return "<4>";
    case LogLevel::kError:
      break;
  }
  return "<3>";
}

std::string text_form(const LogLine& line, bool journal) {
  std::string out;
  if (!journal) {
    std::string level(to_string(line.level));
    level.resize(std::max<std::size_t>(level.size(), 7), ' ');
    out = format_time(line.at) + " " + level + " ";
  }
  return out + printable(line.subject, kNameMost) + ": " + printable(line.text, kTextMost);
}

/// An example of several lines in a hint, as one.
std::string one_line(std::string_view text) {
  std::string out;
  for (const std::string& line : split(text, '\n')) {
    if (trim(line).empty()) continue;
    if (!out.empty()) out += ' ';
    out += trim(line);
  }
  return out;
}

/// The text tells the whole story; of the error only what programs go by.
nlohmann::ordered_json json_of(const Error& error) {
  nlohmann::ordered_json out = {{"kind", to_string(error.kind)},
                                {"code", printable(error.code, kNameMost)}};
  if (!error.vendor_code.empty()) out["vendor_code"] = printable(error.vendor_code, kNameMost);
  if (!error.request_id.empty()) out["request_id"] = printable(error.request_id, kNameMost);
  return out;
}

std::string json_form(const LogLine& line) {
  nlohmann::ordered_json out = {{"time", format_time(line.at)},
                                {"level", to_string(line.level)},
                                {"event", line.event},
                                {"text", printable(line.text, kTextMost)}};
  const auto add = [&out](const char* name, const std::string& value) {
    if (!value.empty()) out[name] = printable(value, kNameMost);
  };
  add("account", line.account);
  add("certificate", line.certificate);
  add("target", line.target);
  add("fingerprint", line.fingerprint);
  if (line.error) out["error"] = json_of(*line.error);
  if (line.duration) out["duration_ms"] = line.duration->count();
  return out.dump();
}

/// "bind.done"; how a target's run ended has words of its own.
std::string name_of(const Event& event) {
  if (event.stage == Stage::kEnd) {
    return event.status == Status::kDone ? "target.confirmed" : "target.failed";
  }
  return std::string(to_string(event.stage)) + "." + std::string(to_string(event.status));
}

std::string subject_of(const Event& event) {
  const bool end = event.stage == Stage::kEnd;
  const std::string_view how = event.status == Status::kDone ? "confirmed" : "failed";
  return std::string(end ? how : to_string(event.stage)) + " " + place_of(event);
}

}  // namespace

std::string_view to_string(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return "debug";
    case LogLevel::kInfo:
      return "info";
    case LogLevel::kWarning:
      return "warning";
    case LogLevel::kError:
      break;
  }
  return "error";
}

LogLevel level_of(const Event& event) {
  switch (event.status) {
    case Status::kStarted:
      return LogLevel::kDebug;
    case Status::kProgress:
      return event.error ? LogLevel::kWarning : LogLevel::kInfo;
    case Status::kDone:
      return LogLevel::kInfo;
    case Status::kFailed:
      break;
  }
  return LogLevel::kError;
}

bool is_journal(int descriptor) {
  const char* wanted = std::getenv("JOURNAL_STREAM");
  struct stat found{};
  if (wanted == nullptr || fstat(descriptor, &found) != 0) return false;
  return std::to_string(found.st_dev) + ":" + std::to_string(found.st_ino) == wanted;
}

LogForm log_form(const GlobalOptions& options) {
  return {.format = options.log_format, .journal = is_journal(STDERR_FILENO)};
}

std::string log_text(const LogLine& line, const LogForm& form) {
  const std::string prefix = form.journal ? journal_prefix(line.level) : "";
  const bool json = form.format == LogFormat::kJson;
  return prefix + (json ? json_form(line) : text_form(line, form.journal)) + "\n";
}

LogLine LogLines::line_of(const Event& event) {
  LogLine line{.at = event.at,
               .level = level_of(event),
               .event = name_of(event),
               .subject = subject_of(event),
               .text = event.text,
               .account = event.account,
               .certificate = event.certificate,
               .target = event.target ? to_string(*event.target) : "",
               .fingerprint = event.fingerprint,
               .error = event.error};
  const std::string place = place_of(event);
  const bool ends = event.status == Status::kDone || event.status == Status::kFailed;
  // A target's run is counted from the first change it is tried with.
  if (event.status == Status::kStarted) {
    begun_[{place, event.stage}] = event.at;
    if (event.target) begun_.try_emplace({place, Stage::kEnd}, event.at);
  }
  const auto begun = begun_.find({place, event.stage});
  if (!ends || begun == begun_.end()) return line;
  // The wall clock may have been set back since.
  line.duration = std::max(event.at - begun->second, milliseconds(0));
  begun_.erase(begun);
  if (event.stage == Stage::kEnd) begun_.erase({place, Stage::kBind});
  return line;
}

void print_finding(const GlobalOptions& options,
                   LogLevel level,
                   const std::string& where,
                   const Error& error) {
  const LogForm form = log_form(options);
  const std::string text = (where.empty() ? "" : where + ": ") + error.text();
  std::string out;
  if (form.format == LogFormat::kText && !form.journal) {
    const Style style(STDERR_FILENO);
    const Colour colour = level == LogLevel::kError ? Colour::kRed : Colour::kYellow;
    out = style(colour, std::string(to_string(level)) + ":") + " " + text + "\n";
  } else {
    out = log_text({.at = SystemClock().now(),
                    .level = level,
                    .event = "command." + std::string(to_string(level)),
                    .subject = std::string(to_string(level)),
                    .text = one_line(text),
                    .error = error},
                   form);
  }
  std::fwrite(out.data(), 1, out.size(), stderr);
}

}  // namespace certferry::cli
