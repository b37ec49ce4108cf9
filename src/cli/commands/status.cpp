// status: how the targets stand by what is remembered, without a call to anyone.

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <csignal>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <tuple>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/json_output.h"
#include "cli/log.h"
#include "cli/runtime.h"
#include "cli/status_view.h"
#include "cli/terminal.h"
#include "cli/watch_screen.h"
#include "engine/recover.h"
#include "engine/select.h"
#include "model/name.h"
#include "state/soci_store.h"

namespace certferry::cli {

namespace {

/// The ledger's uploads, to find what a target serves and whether there is a newer one.
class Uploads {
 public:
  explicit Uploads(StateStore& store) {
    for (UploadRecord& record : store.uploads()) {
      UploadRecord& latest = latest_[{record.account, record.certificate}];
      const bool stored = record.state == UploadRecord::State::kStored;
      if (stored && latest.not_after < record.not_after) latest = record;
      all_.emplace(std::pair(record.account, record.fingerprint), std::move(record));
    }
  }

  void tell(StatusRow& row) const {
    const TargetRecord& one = row.record;
    const auto served = all_.find({one.id.account, one.confirmed_fingerprint});
    if (served == all_.end()) return;
    row.began = served->second.created_at;
    row.ends = served->second.not_after;
    const auto latest = latest_.find({one.id.account, one.certificate});
    row.old = latest != latest_.end() && latest->second.not_after > *row.ends;
  }

 private:
  std::map<std::pair<std::string, std::string>, UploadRecord> all_;     ///< by account and bundle
  std::map<std::pair<std::string, std::string>, UploadRecord> latest_;  ///< by account, certificate
};

bool is_meant(const TargetRecord& record, const std::vector<std::string>& only) {
  return only.empty() || std::ranges::any_of(only, [&](const std::string& asked) {
           return goes_by(record.id, asked) || record.certificate == asked ||
                  certificate_entry(record.certificate) == asked;
         });
}

std::vector<StatusRow> status_rows(const Settings& settings,
                                   StateStore& store,
                                   const std::vector<std::string>& only,
                                   Time now) {
  std::set<std::string, std::less<>> certificates;
  std::set<std::string> accounts;
  for (const CertificateSettings& one : settings.certificates) certificates.insert(one.name);
  for (const AccountSettings& one : settings.accounts) accounts.insert(one.name);
  const Uploads uploads(store);
  std::vector<StatusRow> rows;
  for (const TargetRecord& record : store.targets()) {
    if (!is_meant(record, only)) continue;
    StatusRow row{.record = record};
    row.managed = certificates.contains(certificate_entry(record.certificate)) &&
                  accounts.contains(record.id.account);
    uploads.tell(row);
    row.well = record.outcome == "confirmed" && (!row.ends || *row.ends > now);
    rows.push_back(std::move(row));
  }
  sort_rows(rows);
  return rows;
}

/// What the ledger knows of each certificate's renewals: of the upload that ends last, in place of
/// when it was issued, when it was uploaded. That is later, so a warning comes late, never early.
std::vector<Problem> stale_certificates(const Settings& settings, StateStore& store, Time now) {
  std::map<std::string, UploadRecord> latest;
  for (const UploadRecord& record : store.uploads()) {
    if (record.state != UploadRecord::State::kStored) continue;
    const auto [known, fresh] = latest.emplace(record.certificate, record);
    if (!fresh && known->second.not_after < record.not_after) known->second = record;
  }
  std::vector<Problem> warnings;
  for (const auto& [name, record] : latest) {
    const auto certificate = std::ranges::find(
        settings.certificates, certificate_entry(name), &CertificateSettings::name);
    if (certificate == settings.certificates.end()) continue;
    const auto stale = staleness({.not_before = record.created_at,
                                  .not_after = record.not_after,
                                  .now = now,
                                  .renewer = renewer_of(certificate->from.kind)});
    if (!stale) continue;
    warnings.push_back({"certificate " + name,
                        Error(ErrorKind::kUnavailable, stale->reason.text)
                            .with_code(stale->reason.code)
                            .with_hint(stale->hint + "; 'certferry check' looks at the source")});
  }
  return warnings;
}

StatusView read_view(const Settings& settings, const std::vector<std::string>& only) {
  const auto store = state::SociStore::open_read_only(settings.state_path);
  const Time now = SystemClock().now();
  return {.now = now,
          .rows = status_rows(settings, *store, only, now),
          .open = open_entries(*store),
          .warnings = stale_certificates(settings, *store, now)};
}

bool is_well(const StatusView& view) {
  return std::ranges::none_of(view.rows, &StatusRow::in_trouble);
}

/// Only what needs a look, when that is all that was asked for. The result stays that of all.
StatusView shown(StatusView view, const StatusOptions& options) {
  if (options.trouble) std::erase_if(view.rows, std::not_fn(&StatusRow::in_trouble));
  return view;
}

nlohmann::json json_of(const StatusView& view, bool well) {
  nlohmann::json out = {{"succeeded", well}, {"targets", nlohmann::json::array()}};
  for (const StatusRow& row : view.rows) {
    nlohmann::json target = to_json(row.record);
    target["managed"] = row.managed;
    target["well"] = row.well;
    target["old"] = row.old;
    if (row.ends) target["not_after"] = format_time(*row.ends);
    if (row.record.next_attempt) target["next_attempt"] = format_time(*row.record.next_attempt);
    out["targets"].push_back(std::move(target));
  }
  out["open"] = nlohmann::json::array();
  for (const JournalEntry& entry : view.open) out["open"].push_back(to_json(entry));
  out["warnings"] = nlohmann::json::array();
  for (const Problem& one : view.warnings) out["warnings"].push_back(to_json(one));
  return out;
}

constexpr const char* kNothing =
    "nothing has been deployed yet; 'certferry plan' shows what would be, 'certferry apply' does "
    "it\n";

std::string whole_text(const StatusView& all, const StatusOptions& options) {
  const Style style(STDOUT_FILENO);
  Space space;
  if (is_terminal(STDOUT_FILENO)) space.columns = terminal_size(STDOUT_FILENO).columns;
  const std::string text = status_text(shown(all, options), style, space);
  if (all.rows.empty()) return kNothing + text;
  return text + style(Colour::kBold, summary_text(all)) + "\n";
}

/// Which file it is, its size and when it was last written, of each of some files.
using FileTimes = std::vector<std::tuple<ino_t, off_t, std::int64_t, std::int64_t>>;

/// A commit goes to the log beside the state first.
FileTimes state_times(const std::string& path) {
  FileTimes times;
  for (const std::string& one : {path, path + "-wal"}) {
    struct stat found{};
    if (stat(one.c_str(), &found) != 0) found = {};
    times.emplace_back(found.st_ino, found.st_size, found.st_mtim.tv_sec, found.st_mtim.tv_nsec);
  }
  return times;
}

/// status --watch: on the terminal until a signal ends it.
class Watch {
 public:
  Watch(Settings settings, StatusOptions options)
      : settings_(std::move(settings)), options_(std::move(options)) {}

  /// Gives the signal's number.
  int run() {
    for (const int number : {SIGINT, SIGTERM, SIGWINCH, SIGTSTP}) {
      if (!is_ignored(number)) signals_.add(number);
    }
    wait_for_signal();
    draw();
    draw_again_and_again();
    io_.run();
    return ended_by_;
  }

 private:
  /// A change of the state is seen within the first, and times on the screen are no older than the
  /// second. Reading ten thousand targets takes a tenth of a second, too much for nothing.
  static constexpr seconds kLook{1};
  static constexpr seconds kOldMost{10};

  void draw();
  void draw_again_and_again();
  void wait_for_signal();

  const Settings settings_;
  const StatusOptions options_;
  boost::asio::io_context io_{1};
  boost::asio::signal_set signals_{io_};
  boost::asio::steady_timer timer_{io_};
  WatchScreen screen_{STDOUT_FILENO};
  FileTimes drawn_from_;
  std::chrono::steady_clock::time_point drawn_at_;
  int ended_by_ = 0;
};

void Watch::draw() {
  const TerminalSize size = terminal_size(STDOUT_FILENO);
  const Style style(STDOUT_FILENO);
  drawn_from_ = state_times(settings_.state_path);
  drawn_at_ = std::chrono::steady_clock::now();
  const auto head = [&](const std::string& summary) {
    const std::string line = format_time(SystemClock().now()) + "  " + summary;
    return style(Colour::kBold, fit(line, size.columns)) + "\n";
  };
  try {
    const StatusView all = read_view(settings_, options_.only);
    screen_.show(head(summary_text(all)) +
                 status_text(shown(all, options_),
                             style,
                             {.columns = size.columns, .lines = size.rows - 1}));
  } catch (const Error& error) {
    // It may be a file that is being put back; the next look tells.
    screen_.show(head("") + fit(error.text(), size.columns));
  }
}

void Watch::draw_again_and_again() {
  const bool old = std::chrono::steady_clock::now() - drawn_at_ >= kOldMost;
  if (old || state_times(settings_.state_path) != drawn_from_) draw();
  timer_.expires_after(kLook);
  timer_.async_wait([this](const boost::system::error_code& error) {
    if (!error) draw_again_and_again();
  });
}

void Watch::wait_for_signal() {
  signals_.async_wait([this](const boost::system::error_code& error, int number) {
    if (error) return;
    if (number == SIGINT || number == SIGTERM) {
      ended_by_ = number;
      return io_.stop();
    }
    if (number == SIGTSTP) screen_.stop_here();
    draw();
    wait_for_signal();
  });
}

int watch_status(const GlobalOptions& global, Settings settings, const StatusOptions& options) {
  if (global.json || !is_terminal(STDOUT_FILENO)) {
    print_error(global,
                Error(ErrorKind::kInvalidInput, "'status --watch' draws on a terminal, for people")
                    .with_code("usage")
                    .with_hint("programs call 'certferry status --output json' as often as they "
                               "like"));
    return kUsage;
  }
  const int number = Watch(std::move(settings), options).run();
  std::signal(number, SIG_DFL);
  std::raise(number);
  return 128 + number;
}

/// A name that nothing remembered goes by.
std::optional<std::string> unknown_name(const StatusView& view, const StatusOptions& options) {
  for (const std::string& asked : options.only) {
    const bool known = std::ranges::any_of(
        view.rows, [&](const StatusRow& row) { return is_meant(row.record, {asked}); });
    if (!known) return asked;
  }
  return std::nullopt;
}

}  // namespace

int run_status(const GlobalOptions& global, const StatusOptions& options) {
  const std::optional<Settings> settings = read_settings(global);
  if (!settings) return kUsage;
  const StatusView all = read_view(*settings, options.only);
  if (const auto asked = unknown_name(all, options)) {
    print_error(
        global,
        Error(ErrorKind::kNotFound,
              "nothing is remembered of a target or certificate '" + printable(*asked, 80) + "'")
            .with_code("select.unknown")
            .with_hint("'certferry status' lists those that are known"));
    return kUsage;
  }
  if (options.watch) return watch_status(global, *settings, options);
  const bool well = is_well(all);
  print(global.json ? dump(json_of(shown(all, options), well)) : whole_text(all, options));
  return well ? kAllWell : kNotAll;
}

}  // namespace certferry::cli
