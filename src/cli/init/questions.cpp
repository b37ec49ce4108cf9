#include "cli/init/questions.h"

#include <poll.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstdio>

#include "base/text.h"

namespace certferry::cli {

namespace {

constexpr int kWrongAnswersMax = 20;
constexpr std::size_t kAnswerBytesMax = std::size_t{64} * 1024;

/// The terminal shows nothing of what is typed while it lives, but for the end of a line.
class NoEcho {
 public:
  explicit NoEcho(Signals& signals) : signals_(signals) {
    if (tcgetattr(STDIN_FILENO, &before_) != 0) return;
    termios silent = before_;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    silent.c_lflag |= ECHONL;
    changed_ = tcsetattr(STDIN_FILENO, TCSADRAIN, &silent) == 0;
    signals_.before_death([this] { put_back(); });
  }
  NoEcho(const NoEcho&) = delete;
  NoEcho& operator=(const NoEcho&) = delete;
  ~NoEcho() {
    put_back();
    if (changed_) signals_.forget_last();
  }
  bool silent() const { return changed_; }

 private:
  void put_back() const {
    if (changed_) tcsetattr(STDIN_FILENO, TCSADRAIN, &before_);
  }

  Signals& signals_;
  termios before_{};
  bool changed_ = false;
};

}  // namespace

bool Questions::can_ask() {
  return isatty(STDIN_FILENO) == 1 && isatty(STDERR_FILENO) == 1;
}

void Questions::say(std::string_view text) const {
  std::fwrite(text.data(), 1, text.size(), stderr);
}

void Questions::too_many() {
  throw Error(ErrorKind::kInvalidInput, "there was no answer that will do; nothing was written")
      .with_code("init.answers")
      .with_hint("begin again; 'certferry init --help' lists the flags that answer beforehand");
}

/// A terminal gives a line at a time; a signal is seen while one is waited for.
std::string Questions::read_line() {
  std::fflush(stderr);
  while (true) {
    if (const auto end = ahead_.find('\n'); end != std::string::npos) {
      std::string line = ahead_.substr(0, end);
      std::string rest = ahead_.substr(end + 1);
      wipe(ahead_);
      ahead_ = std::move(rest);
      return line;
    }
    std::array<pollfd, 2> ready = {pollfd{STDIN_FILENO, POLLIN, 0},
                                   pollfd{signals_.descriptor(), POLLIN, 0}};
    if (poll(ready.data(), ready.size(), -1) < 0 && errno != EINTR) break;
    if (ready[1].revents != 0) signals_.die();
    if (ready[0].revents == 0) continue;
    std::array<char, 4096> buffer{};
    const ssize_t count = read(STDIN_FILENO, buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0 || ahead_.size() > kAnswerBytesMax) break;
    ahead_.append(buffer.data(), static_cast<std::size_t>(count));
    buffer.fill('\0');
  }
  throw Error(ErrorKind::kCancelled, "the answers ended; nothing was written")
      .with_code("init.ended")
      .with_hint("run it again; 'certferry init --help' lists the flags that answer beforehand");
}

std::string Questions::ask(const std::string& question,
                           const std::string& by_default,
                           const AnswerCheck& check) {
  for (int i = 0; i < kWrongAnswersMax; ++i) {
    say(style_(Colour::kBold, question) + (by_default.empty() ? ": " : " [" + by_default + "]: "));
    std::string answer(trim(read_line()));
    if (answer.empty()) answer = by_default;
    const std::optional<std::string> wrong = check(answer);
    if (!wrong) return answer;
    say("  " + style_(Colour::kRed, *wrong) + "\n");
  }
  too_many();
}

bool Questions::yes(const std::string& question, bool by_default) {
  const std::string answer =
      to_lower(ask(question,
                   by_default ? "yes" : "no",
                   [](const std::string& text) -> std::optional<std::string> {
                     const std::string word = to_lower(text);
                     if (word == "y" || word == "yes" || word == "n" || word == "no") return {};
                     return "yes or no?";
                   }));
  return answer.starts_with('y');
}

Secret Questions::secret(const std::string& question) {
  for (int i = 0; i < kWrongAnswersMax; ++i) {
    const NoEcho silent(signals_);
    say(style_(Colour::kBold, question) + (silent.silent() ? " (not shown): " : ": "));
    std::string line = read_line();
    Secret answer{std::string(trim(line))};
    wipe(line);
    if (!answer.empty()) return answer;
    say("  " + style_(Colour::kRed, "it cannot be empty") + "\n");
  }
  too_many();
}

std::vector<std::size_t> Questions::choose(const std::string& question, std::size_t count) {
  const std::string answer =
      ask(question, "1", [count](const std::string& text) -> std::optional<std::string> {
        const auto chosen = read_choice(text, count);
        if (chosen) return {};
        return chosen.error().message;
      });
  return *read_choice(answer, count);
}

Result<std::vector<std::size_t>> read_choice(const std::string& answer, std::size_t count) {
  std::vector<std::size_t> chosen;
  if (to_lower(trim(answer)) == "all") {
    for (std::size_t i = 0; i < count; ++i) chosen.push_back(i);
    return chosen;
  }
  for (const std::string& part : split(answer, ',')) {
    const std::string_view word = trim(part);
    std::size_t number = 0;
    const auto [end, problem] = std::from_chars(word.data(), word.data() + word.size(), number);
    if (problem != std::errc() || end != word.data() + word.size() || number < 1 ||
        number > count) {
      return std::unexpected(
          Error(ErrorKind::kInvalidInput,
                "'" + printable(word, 40) + "' is none of 1 to " + std::to_string(count)));
    }
    if (std::ranges::find(chosen, number - 1) == chosen.end()) chosen.push_back(number - 1);
  }
  return chosen;
}

}  // namespace certferry::cli
