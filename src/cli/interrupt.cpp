#include "cli/interrupt.h"

#include <unistd.h>

#include <csignal>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/render.h"
#include "engine/recover.h"

namespace certferry::cli {

namespace {

Error interrupted(std::string message, std::string hint) {
  return Error(ErrorKind::kCancelled, "interrupted; " + std::move(message))
      .with_code("run.interrupted")
      .with_hint(std::move(hint));
}

}  // namespace

bool is_ignored(int signal) {
  struct sigaction now{};
  return sigaction(signal, nullptr, &now) == 0 && now.sa_handler == SIG_IGN;
}

Interrupt::Interrupt(boost::asio::io_context& io) : signals_(io) {
  for (const int number : {SIGINT, SIGTERM}) {
    if (!is_ignored(number)) signals_.add(number);
  }
  signals_.async_wait([this, &io](const boost::system::error_code& error, int number) {
    if (error) return;  // we are gone
    number_ = number;
    io.stop();
  });
}

void die_interrupted(int number, const GlobalOptions& global, const Error& error) {
  print_error(global, error);
  std::fflush(nullptr);
  std::signal(number, SIG_DFL);
  std::raise(number);
  _exit(128 + number);
}

Error interrupted_looking() {
  return interrupted("nothing was changed", "run it again for the whole answer");
}

Error interrupted_applying(StateStore& store) {
  const std::string next = "the next 'certferry apply' reads what became of it and goes on";
  std::vector<std::string> under_way;
  try {
    for (const JournalEntry& entry : open_entries(store)) under_way.push_back(open_text(entry));
  } catch (const Error& error) {
    return interrupted("what was under way is not known: " + error.text(), next);
  }
  if (under_way.empty()) return interrupted("no changing call was under way", next);
  constexpr std::size_t kShown = 5;
  const std::size_t more = under_way.size() > kShown ? under_way.size() - kShown : 0;
  under_way.resize(under_way.size() - more);
  return interrupted("under way: " + join(under_way, ", ") +
                         (more > 0 ? " and " + std::to_string(more) + " more" : ""),
                     next);
}

}  // namespace certferry::cli
