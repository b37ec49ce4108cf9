#include "cli/status_view.h"

#include <algorithm>
#include <array>
#include <map>
#include <span>
#include <tuple>

#include "base/text.h"
#include "cli/render.h"

namespace certferry::cli {

namespace {

Colour colour_of_word(const std::string& outcome) {
  if (outcome == "confirmed") return Colour::kGreen;
  return outcome == "failed" || outcome == "parked" ? Colour::kRed : Colour::kYellow;
}

/// What is shown as space allows; the first of these that leaves the names enough.
struct Layout {
  std::size_t bar = 0;
  bool certificate = false;
  bool looked = false;
  bool brief = false;  ///< "12 min" for "in 12 min"
};
constexpr std::array<Layout, 5> kLayouts = {{{.bar = 10, .certificate = true, .looked = true},
                                             {.bar = 10, .certificate = true},
                                             {.bar = 6, .certificate = true, .brief = true},
                                             {.bar = 6, .brief = true},
                                             {.brief = true}}};

/// The larger unit alone: "62 d".
std::string roughly(milliseconds duration) {
  std::vector<std::string> words = split(format_duration(duration), ' ');
  words.resize(std::min<std::size_t>(words.size(), 2));
  return join(words, " ");
}

std::string ago(Time then, Time now, const Layout& layout) {
  if (then == Time{}) return "-";
  if (now - then < seconds(1)) return layout.brief ? "now" : "just now";
  return roughly(now - then) + (layout.brief ? "" : " ago");
}

std::string next_text(const TargetRecord& record, Time now, const Layout& layout) {
  if (!record.next_attempt) return "-";
  if (*record.next_attempt <= now) return "due";
  return (layout.brief ? "" : "in ") + roughly(*record.next_attempt - now);
}

std::string serves_text(const StatusRow& row, const Style& style) {
  if (row.record.confirmed_fingerprint.empty()) return "-";
  if (row.old) return style(Colour::kYellow, "old");
  return short_fingerprint(row.record.confirmed_fingerprint);
}

/// What is left of its lifetime, as a bar of so many columns and in days. By two thirds a renewal
/// is due.
std::string ends_text(const StatusRow& row, Time now, std::size_t bar, const Style& style) {
  if (!row.ends) return "-";
  if (*row.ends <= now) {
    const std::string since = bar == 0 ? "" : " " + roughly(now - *row.ends);
    return style(Colour::kRed, "EXPIRED" + since);
  }
  std::string left = roughly(*row.ends - now);
  if (bar == 0 || !row.began || *row.began >= *row.ends) return left;
  const double whole = static_cast<double>((*row.ends - *row.began).count());
  const double share = std::min(static_cast<double>((*row.ends - now).count()) / whole, 1.0);
  const auto filled = static_cast<std::size_t>(share * static_cast<double>(bar) + 0.999);
  const Colour colour = share < 1.0 / 6   ? Colour::kRed
                        : share < 1.0 / 3 ? Colour::kYellow
                                          : Colour::kGreen;
  std::string full;
  std::string empty;
  for (std::size_t i = 0; i < bar; ++i) (i < filled ? full : empty) += i < filled ? "█" : "░";
  return style(colour, full) + style(Colour::kDim, empty) + " " + left;
}

std::vector<std::string> head_of(const Layout& layout) {
  std::vector<std::string> head = {"TARGET"};
  if (layout.certificate) head.emplace_back("CERTIFICATE");
  for (const char* one : {"RESULT", "SERVES", "ENDS IN", "CHANGED", "NEXT"}) head.emplace_back(one);
  if (layout.looked) head.emplace_back("LOOKED AT");
  return head;
}

std::vector<std::string> cells_of(const StatusRow& row,
                                  const Layout& layout,
                                  Time now,
                                  const Style& style) {
  const TargetRecord& one = row.record;
  std::vector<std::string> cells = {to_string(one.id)};
  if (layout.certificate) cells.push_back(printable(one.certificate));
  cells.push_back(row.managed ? style(colour_of_word(one.outcome), one.outcome)
                              : style(Colour::kDim, "unmanaged"));
  cells.push_back(serves_text(row, style));
  cells.push_back(ends_text(row, now, layout.bar, style));
  cells.push_back(ago(one.bound_at, now, layout));
  cells.push_back(next_text(one, now, layout));
  if (layout.looked) cells.push_back(ago(one.last_attempt, now, layout));
  return cells;
}

using Rows = std::span<const StatusRow>;

struct Cells {
  std::vector<std::vector<std::string>> rows;  ///< the head first
  std::vector<std::size_t> widths;
};

Cells lay_out(Rows rows, const Layout& layout, Time now, const Style& style) {
  Cells cells{.rows = {head_of(layout)}, .widths = {}};
  for (const StatusRow& row : rows) cells.rows.push_back(cells_of(row, layout, now, style));
  cells.widths.resize(cells.rows.front().size());
  for (const auto& row : cells.rows) {
    for (std::size_t i = 0; i < row.size(); ++i)
      cells.widths[i] = std::max(cells.widths[i], display_width(row[i]));
  }
  return cells;
}

constexpr std::size_t kGap = 2;
constexpr std::size_t kTargetEnough = 20;
constexpr std::size_t kTargetLeast = 8;
constexpr std::size_t kCertificateEnough = 14;

/// Columns that are left for the names beside all else.
std::size_t room_for_names(const Cells& cells, std::size_t names, std::size_t columns) {
  std::size_t taken = kGap * (names - 1);
  for (std::size_t i = names; i < cells.widths.size(); ++i) taken += kGap + cells.widths[i];
  return columns > taken ? columns - taken : 0;
}

/// Shortens the names to the room; false when they would no longer be readable.
bool fit_names(Cells& cells, const Layout& layout, std::size_t columns) {
  const std::size_t room = room_for_names(cells, layout.certificate ? 2 : 1, columns);
  const std::size_t target = cells.widths[0];
  const std::size_t certificate = layout.certificate ? cells.widths[1] : 0;
  const std::size_t enough =
      std::min(target, kTargetEnough) + std::min(certificate, kCertificateEnough);
  if (room < enough) return false;
  // The certificate's name gives way first: several targets have the same.
  const std::size_t certificate_room =
      std::max(room > target ? room - target : 0, std::min(certificate, kCertificateEnough));
  const std::size_t target_room = room - std::min(certificate, certificate_room);
  for (auto& row : cells.rows) {
    row[0] = fit_middle(row[0], target_room);
    if (layout.certificate) row[1] = fit_middle(row[1], certificate_room);
  }
  return true;
}

Cells cells_that_fit(Rows rows, Time now, const Style& style, std::size_t columns) {
  for (const Layout& layout : kLayouts) {
    Cells cells = lay_out(rows, layout, now, style);
    if (fit_names(cells, layout, columns)) return cells;
  }
  Cells cells = lay_out(rows, kLayouts.back(), now, style);
  const std::size_t room = std::max(room_for_names(cells, 1, columns), kTargetLeast);
  for (auto& row : cells.rows) row[0] = fit_middle(row[0], room);
  return cells;
}

std::string cause_of(const StatusRow& row) {
  std::string cause = printable(row.record.message, 1000);
  if (row.record.outcome == "confirmed") cause = "it has expired since: " + cause;
  if (row.record.failures > 1) cause = count_of(row.record.failures, "time") + ": " + cause;
  return cause;
}

std::string table_text(Rows rows, Time now, const Style& style, std::size_t columns) {
  Cells cells = cells_that_fit(rows, now, style, columns);
  Table table(std::move(cells.rows.front()));
  for (std::size_t i = 0; i < rows.size(); ++i) {
    table.add(std::move(cells.rows[i + 1]));
    if (rows[i].in_trouble())
      table.add_note("  " + fit(cause_of(rows[i]), std::max<std::size_t>(columns, 2) - 2));
  }
  return table.text(style);
}

std::vector<std::string> other_lines(const StatusView& view, const Style& style) {
  std::vector<std::string> lines;
  for (const JournalEntry& entry : view.open) {
    lines.push_back(style(Colour::kYellow, "open:") + " " + open_text(entry) + " since " +
                    format_time(entry.at));
  }
  if (!lines.empty()) {
    lines.emplace_back(
        "what became of the open calls is not known; 'certferry apply' reads it and goes on");
  }
  for (const Problem& one : view.warnings) {
    lines.push_back(style(Colour::kYellow, "warning:") + " " + one.where + ": " + one.error.text());
  }
  return lines;
}

/// How many of the rows fit, each with its cause.
std::size_t rows_that_fit(Rows rows, std::size_t lines) {
  std::size_t count = 0;
  for (const StatusRow& row : rows) {
    const std::size_t takes = row.in_trouble() ? 2 : 1;
    if (takes > lines) break;
    lines -= takes;
    ++count;
  }
  return count;
}

std::string more_text(std::size_t more, std::string_view of) {
  return "… and " + std::to_string(more) + " more" + std::string(of) + "\n";
}

}  // namespace

void sort_rows(std::vector<StatusRow>& rows) {
  std::ranges::sort(rows, {}, [](const StatusRow& one) {
    return std::tuple(!one.managed, one.well, one.ends.value_or(Time::max()), one.record.id);
  });
}

std::string summary_text(const StatusView& view) {
  std::map<std::string, std::size_t> counts;
  std::optional<Time> next;
  for (const StatusRow& row : view.rows) {
    ++counts[!row.managed                                     ? "unmanaged"
             : row.record.outcome == "confirmed" && !row.well ? "expired"
                                                              : row.record.outcome];
    if (row.managed && row.ends && *row.ends > view.now) {
      next = std::min(next.value_or(*row.ends), *row.ends);
    }
  }
  std::vector<std::string> parts;
  for (const auto& [outcome, count] : counts)
    parts.push_back(std::to_string(count) + " " + outcome);
  return count_of(view.rows.size(), "target") + (parts.empty() ? "" : ": " + join(parts, ", ")) +
         (next ? "; the next ends in " + roughly(*next - view.now) : "");
}

std::string status_text(const StatusView& view, const Style& style, const Space& space) {
  const bool whole = space.lines == Space{}.lines;
  std::vector<std::string> others = other_lines(view, style);
  // On a screen the targets come first: a third is enough for all else.
  const std::size_t others_most = whole ? others.size() : space.lines / 3;
  const std::size_t others_more = others.size() - std::min(others.size(), others_most);
  others.resize(others.size() - others_more);
  Rows rows = view.rows;
  if (!whole) {
    const std::size_t taken = 1 + others.size() + (others_more > 0 ? 1 : 0);
    const std::size_t left = space.lines > taken ? space.lines - taken : 0;
    if (rows_that_fit(rows, left) < rows.size()) {
      rows = rows.first(rows_that_fit(rows, left > 0 ? left - 1 : 0));
    }
  }
  std::string out;
  if (!rows.empty()) out += table_text(rows, view.now, style, space.columns);
  if (rows.size() < view.rows.size()) out += more_text(view.rows.size() - rows.size(), " targets");
  for (const std::string& line : others) out += fit(line, space.columns) + "\n";
  if (others_more > 0) out += more_text(others_more, " to look at");
  return out;
}

}  // namespace certferry::cli
