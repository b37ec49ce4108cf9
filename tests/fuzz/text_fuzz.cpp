// The small readers and writers of text: times, durations, Retry-After, base64, percent escapes,
// labels, and what makes foreign text fit to be shown.

#include <algorithm>
#include <array>

#include "base/quotable.h"
#include "base/text.h"
#include "base/time.h"
#include "cli/terminal.h"
#include "crypto/digest.h"
#include "model/label.h"
#include "properties.h"
#include "providers/common/reply.h"
#include "sandbox/fields.h"
#include "target.h"

namespace certferry::fuzz {

namespace {

constexpr std::array<std::string_view, 2> kCodes = {"time.parse", "text.base64"};

void try_times(std::string_view text) {
  if (const Result<Time> time = parse_time(text)) {
    require(format_time(*time) == text, "a time is written as it was read", text);
    require(text.starts_with(format_date(*time)), "a date is the front of its time", text);
  } else {
    require_sound(time.error(), kCodes);
  }
  if (const Result<milliseconds> duration = parse_duration(text)) {
    require(*duration >= milliseconds(0) && *duration <= hours(24) * 36525,
            "a duration is between nothing and a hundred years",
            text);
    require_one_line(format_duration(*duration), "a duration");
  } else {
    require_sound(duration.error(), kCodes);
  }
}

void try_retry_after(std::string_view value, std::string_view date) {
  const HttpResponse response{
      .status = 429,
      .headers = {{"retry-after", std::string(value)}, {"date", std::string(date)}},
      .body = {}};
  const std::optional<milliseconds> wait = retry_after(response);
  if (wait) {
    require(*wait >= seconds(1) && *wait <= hours(6), "a wait is between 1 s and 6 h", value);
  }
}

void try_base64(std::string_view text) {
  const std::string encoded = base64_encode(text);
  require(base64_decode(encoded).value_or("?") == text, "base64 comes back", encoded);
  if (const Result<std::string> decoded = base64_decode(text)) {
    // Not the text itself: of a last group that is cut short some bits mean nothing.
    require(base64_decode(base64_encode(*decoded)).value_or("?") == *decoded,
            "base64 comes back",
            text);
  } else {
    require_sound(decoded.error(), kCodes);
  }
}

void try_escapes(std::string_view text) {
  const Result<sandbox::Fields> fields = sandbox::parse_form("a=" + url_encode(text));
  require(fields && fields->at("a") == text, "percent escapes come back");
}

void try_showing(std::string_view text) {
  for (const std::size_t limit : {std::size_t{0}, std::size_t{7}, std::size_t{300}}) {
    // "…" comes on top of the limit.
    require_one_line(printable(text, limit), "printable text");
    require(printable(text, limit).size() <= limit + 3, "printable text keeps to its limit");
    require_one_line(quotable(text, limit), "quotable text");
    const std::string fitted = cli::fit(printable(text, 200), limit);
    require(cli::display_width(fitted) <= limit, "fitted text keeps to its columns", fitted);
    require_one_line(fitted, "fitted text");
  }
  if (is_one_line(text) && text.size() <= 300) {
    require(printable(text) == text, "what is printable stays as it is", text);
  }
}

void try_pieces(std::string_view text) {
  require(join(split(text, ','), ",") == text, "split text is joined again");
  require(trim(trim(text)) == trim(text), "trimmed text stays as it is");
  if (const auto fingerprint = fingerprint_in_label(text)) {
    require(text.starts_with("certferry-" + *fingerprint), "a label has its fingerprint", text);
  }
  if (text.size() > 64) return;
  const std::array<std::string, 3> words = {"accounts", "certificates", "settings"};
  const std::string near = nearest(text, words);
  require(near.empty() || std::ranges::find(words, near) != words.end(), "a guess is a candidate");
}

}  // namespace

void try_input(std::string_view bytes) {
  std::string_view rest = bytes;
  const std::string_view first = take_line(rest);
  try_times(first);
  try_retry_after(first, rest);
  try_base64(bytes);
  try_escapes(bytes);
  try_showing(bytes);
  try_pieces(bytes);
}

}  // namespace certferry::fuzz
