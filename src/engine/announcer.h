// Telling people: which notices a run gives, and that each reaches somebody.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "engine/events.h"
#include "engine/report.h"
#include "policy/alerts.h"
#include "policy/retry.h"
#include "ports/notifier.h"
#include "ports/sleeper.h"
#include "ports/state_store.h"

namespace certferry {

/// A channel and what it is for.
struct NoticeRoute {
  Notifier* notifier = nullptr;
  std::set<NoticeLevel> levels;  ///< empty: all
  std::set<NoticeTopic> topics;  ///< empty: all
  bool fallback = false;         ///< gets only what no other channel took

  bool wants(const Notice& notice) const;
};

struct AnnouncerPorts {
  Clock& clock;
  Random& random;
  Sleeper& sleeper;
  StateStore& store;
  EventSink& events;
};

/// What became of a notice at one channel.
struct Delivery {
  std::string channel;
  std::string kind;
  std::optional<Error> error;  ///< none: taken
};

/// Sends it by one channel, tried a second time where the retry policy says so; nothing is kept.
/// `waiting` is told before that what failed. Throws: cancelled.
Task<Delivery> send_notice(Notifier* notifier,
                           Notice notice,
                           Random* random,
                           Sleeper* sleeper,
                           std::function<void(const Error&, milliseconds)> waiting);

/// Sends notices by all channels that want them, and by those that are a fallback where none of the
/// others took it.
///
/// What is noted between two deliveries is told together: that ten accounts failed of the same
/// cause, each in a run of its own, is one notice. Who delivers waits a little for that.
///
/// A notice is in the store before it is sent and stays until a channel has taken it, for a week;
/// the next run tries again. A crash between both sends it twice. Nothing that fails here is
/// thrown: it becomes an event, for the work is done and its result stands. What the store does not
/// take is remembered while the announcer lives, and written once it does: a disk that is full all
/// day is told once, not after each run. Lifetime: routes and ports outlive the announcer and its
/// tasks.
class Announcer {
 public:
  Announcer(std::vector<NoticeRoute> routes, AnnouncerPorts ports);

  /// Keeps what there is to tell, for the next delivery; also while one is under way.
  void note(const Report& report);
  /// What no report is about.
  void note(std::vector<AlertSubject> subjects);
  /// Sends what was kept, now and by earlier runs. One call at a time: a channel that does not
  /// answer takes as long as it may.
  Task<void> deliver();
  /// Both, after one run that is the only one. The report outlives the task.
  Task<void> after_run(const Report* report);

 private:
  /// What was noted since the last delivery began, and what was made of it so far.
  struct Gathered {
    AlertFacts facts;
    std::map<std::string, std::size_t> places;  ///< of subjects, by name
    AlertPlan plan;                             ///< its notices with ids

    void add(AlertSubject subject);
  };
  /// Makes of all that is gathered what there is to tell, in place of what was made before.
  StateChange plan_anew();
  void keep(const StateChange& change);
  bool wanted(const Notice& notice) const;
  std::vector<NoticeRecord> waiting();
  Task<std::string> hand_over(Notice notice);
  /// Adds the channel to `takers` when it took the notice.
  Task<void> hand_to(Notifier* notifier, Notice notice, std::vector<std::string>* takers);
  /// What has been told and has not ended.
  std::vector<AlertRecord> told();
  /// Throws what the store throws, and remembers what it did not take.
  void commit(const StateChange& change, Durability durability);
  void say(Status status, std::string text, std::optional<Error> error = {});

  const std::vector<NoticeRoute> routes_;
  AnnouncerPorts ports_;
  std::optional<Gathered> gathered_;
  std::vector<AlertRecord> known_;  ///< alerts, as the store last gave them
  StateChange unsaved_;             ///< alerts and notices that the store has yet to take
  std::set<std::string> failed_;    ///< channels, in this delivery: one that hangs is asked once
};

}  // namespace certferry
