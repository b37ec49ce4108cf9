// SIGINT and SIGTERM while a task runs on the loop.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <functional>

#include "base/error.h"
#include "cli/options.h"
#include "ports/state_store.h"

namespace certferry::cli {

/// While it lives, either signal stops the loop: what runs ends at its next wait, and nothing that
/// was not on the wire by then is sent. A signal that our parent ignores stays ignored.
class Interrupt {
 public:
  explicit Interrupt(boost::asio::io_context& io);
  /// 0: none came.
  int number() const { return number_; }

 private:
  boost::asio::signal_set signals_;
  int number_ = 0;
};

/// Whether our parent meant that the signal shall not reach us, as nohup does.
bool is_ignored(int signal);

/// Says what was interrupted and dies by the signal, as a shell and systemd expect (130, 143).
///
/// Nothing is unwound: that is the crash that the journal is made for, and no clean-up can send
/// anything.
[[noreturn]] void die_interrupted(int number, const GlobalOptions& global, const Error& error);

/// What is told when a command that only looks is interrupted.
Error interrupted_looking();
/// What is told when apply is: what was under way, by its journal.
Error interrupted_applying(StateStore& store);

}  // namespace certferry::cli
