// Which notices a run gives. Pure: what was seen and what was told before go in.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "model/notice.h"
#include "model/records.h"

namespace certferry {

/// While a failure lasts it is told again after so long. Less than a day, so that a daily timer
/// that comes a little early tells it each day.
constexpr milliseconds kTellAgainAfter = hours(23);

/// A certificate's dates, to see how much of its lifetime is left.
struct Lifetime {
  std::string fingerprint;
  Time begins{};
  Time ends{};
};

/// How near an end is, by the share of the lifetime that is left: 0 more than a quarter, 1 at most
/// a quarter, 2 a sixth, 3 a twelfth, 4 a twenty-fourth or nothing.
///
/// Certificates that live for longer than 120 days are mostly renewed a month before their end: of
/// them each counts as one of 120.
unsigned stage_of(const Lifetime& lifetime, Time now);

/// Something that can be well or in trouble: a target, an account, a source.
struct AlertSubject {
  enum class Standing {
    kWell,     ///< of a target: confirmed
    kTrouble,  ///< `cause` and what follows it say which
    kSilent,   ///< this run did not ask, or something else that is told stands in the way
  };
  std::string name;     ///< "doge/cdn/cdn.example.com", "account doge", "certificate example.com"
  std::string account;  ///< empty for a source
  std::string certificate;  ///< empty for an account
  Standing standing = Standing::kSilent;
  NoticeLevel level = NoticeLevel::kError;  ///< of the trouble
  std::string cause;                        ///< a stable code: the same trouble has the same
  std::string reason;                       ///< for people
  std::string action;                       ///< what to do, for people; may be empty
  bool deployed = false;           ///< this run brought a new certificate there, and it is served
  std::optional<Lifetime> served;  ///< of a target: what clients get, as far as is known
  std::optional<Lifetime> source;  ///< of a source: what it gives
  std::string not_renewed;         ///< of a source: who should have renewed it; empty: nobody knows
  std::string renewer_says;        ///< and what to do: where that one says why not; may be empty
};

struct AlertFacts {
  Time now{};
  std::vector<AlertSubject> subjects;
  std::vector<AlertRecord> told;  ///< what has been told and has not ended
};

struct AlertPlan {
  std::vector<Notice> notices;       ///< without ids; the gravest first
  std::vector<AlertRecord> records;  ///< those that are new or have changed
};

/// Nothing for a run in which nothing happened. A trouble is told when it begins, again each day
/// while it lasts, and when it is over; an end that comes near once for each stage. What many
/// subjects have in common is one notice, and of more than a few notices of one topic one is made.
AlertPlan plan_alerts(const AlertFacts& facts);

}  // namespace certferry
