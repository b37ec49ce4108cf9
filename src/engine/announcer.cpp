#include "engine/announcer.h"

#include <algorithm>

#include "base/text.h"
#include "engine/alert_facts.h"
#include "engine/attempt.h"
#include "engine/parallel.h"

namespace certferry {

namespace {

constexpr milliseconds kKeptMost = hours(24 * 7);
constexpr std::size_t kSentInOneRunMost = 50;

// The next run tries again, so this one does not stay for long.
constexpr RetryLimits kLimits{.attempts = 2, .first_wait = seconds(1), .longest_wait = seconds(5)};

bool same(const AlertRecord& a, const AlertRecord& b) {
  return a.subject == b.subject && a.topic == b.topic && a.cause == b.cause;
}

bool same(const NoticeRecord& a, const NoticeRecord& b) {
  return a.notice.id == b.notice.id;
}

/// As the store does: each row takes the place of the one of the same name.
template <typename Record>
void replace(std::vector<Record>& all, const Record& row) {
  const auto old = std::ranges::find_if(all, [&](const Record& one) { return same(one, row); });
  if (old == all.end()) {
    all.push_back(row);
  } else {
    *old = row;
  }
}

}  // namespace

bool NoticeRoute::wants(const Notice& notice) const {
  if (notice.topic == NoticeTopic::kTest) return true;
  return (levels.empty() || levels.contains(notice.level)) &&
         (topics.empty() || topics.contains(notice.topic));
}

Task<Delivery> send_notice(Notifier* notifier,
                           Notice notice,
                           Random* random,
                           Sleeper* sleeper,
                           std::function<void(const Error&, milliseconds)> waiting) {
  std::function<Task<void>()> call = [notifier, notice] { return notifier->send(notice); };
  Result<void> result =
      co_await attempt_read<void>(std::move(call), kLimits, random, sleeper, std::move(waiting));
  Delivery delivery{.channel = notifier->name(), .kind = notifier->kind()};
  if (result) co_return delivery;
  if (result.error().kind == ErrorKind::kCancelled) throw std::move(result).error();
  delivery.error = std::move(result).error();
  co_return delivery;
}

Announcer::Announcer(std::vector<NoticeRoute> routes, AnnouncerPorts ports)
    : routes_(std::move(routes)), ports_(ports) {}

Task<void> Announcer::after_run(const Report* report) {
  note(*report);
  co_await deliver();
}

void Announcer::note(const Report& report) {
  if (routes_.empty()) return;
  // The daemon's runs are of one account each; of that one no more is read than it needs.
  const std::string account = report.accounts.size() == 1 ? report.accounts.front().name : "";
  std::vector<UploadRecord> uploads;
  try {
    uploads = ports_.store.uploads(account);
  } catch (const Error& error) {
    say(Status::kFailed, "when what is served ends cannot be known: " + error.text(), error);
  }
  note(alert_subjects(report, uploads));
}

void Announcer::note(std::vector<AlertSubject> subjects) {
  if (routes_.empty()) return;
  if (!gathered_) gathered_ = Gathered{.facts = {.told = told()}};
  for (AlertSubject& one : subjects) gathered_->add(std::move(one));
  keep(plan_anew());
}

/// What is seen later counts, unless it is nothing.
void Announcer::Gathered::add(AlertSubject subject) {
  const auto [place, fresh] = places.try_emplace(subject.name, facts.subjects.size());
  if (fresh) {
    facts.subjects.push_back(std::move(subject));
    return;
  }
  AlertSubject& known = facts.subjects[place->second];
  if (subject.standing == AlertSubject::Standing::kSilent) return;
  if (subject.standing == AlertSubject::Standing::kWell) subject.deployed |= known.deployed;
  known = std::move(subject);
}

StateChange Announcer::plan_anew() {
  Gathered& all = *gathered_;
  all.facts.now = ports_.clock.now();
  const AlertPlan before = std::exchange(all.plan, plan_alerts(all.facts));
  std::erase_if(all.plan.notices, [this](const Notice& one) { return !wanted(one); });
  StateChange change;
  // A trouble that was over before it was told is none, nor is one that was said to be over too
  // soon: it is as it was before.
  for (AlertRecord record : before.records) {
    const auto old = std::ranges::find_if(
        all.facts.told, [&](const AlertRecord& one) { return same(one, record); });
    if (old == all.facts.told.end()) {
      record.ended_at = all.facts.now;
    } else {
      record = *old;
    }
    change.alerts.push_back(std::move(record));
  }
  for (const AlertRecord& one : all.plan.records) replace(change.alerts, one);
  for (std::size_t i = 0; i < std::max(before.notices.size(), all.plan.notices.size()); ++i) {
    const bool gone = i >= all.plan.notices.size();
    if (!gone) {
      const bool known = i < before.notices.size();
      all.plan.notices[i].id = known ? before.notices[i].id : random_id(ports_.random);
    }
    NoticeRecord record{.notice = gone ? before.notices[i] : all.plan.notices[i]};
    if (gone) {
      record.outcome = "told by another, or over before it was told";
      record.ended_at = all.facts.now;
    }
    change.notices.push_back(std::move(record));
  }
  return change;
}

bool Announcer::wanted(const Notice& notice) const {
  return std::ranges::any_of(routes_,
                             [&](const NoticeRoute& route) { return route.wants(notice); });
}

void Announcer::keep(const StateChange& change) {
  try {
    commit(change, Durability::kFlushed);
  } catch (const Error& error) {
    // A disk that is full is worth telling: they go out all the same.
    say(Status::kFailed, "notices cannot be kept: " + error.text(), error);
  }
}

/// What is to be sent now, oldest first.
std::vector<NoticeRecord> Announcer::waiting() {
  const bool kept = unsaved_.empty();
  try {
    commit({}, Durability::kFlushed);
    return ports_.store.notices();
  } catch (const Error& error) {
    if (kept) say(Status::kFailed, "notices cannot be read: " + error.text(), error);
    std::vector<NoticeRecord> waiting = unsaved_.notices;
    std::erase_if(waiting, [](const NoticeRecord& one) { return one.ended_at.has_value(); });
    return waiting;
  }
}

std::vector<AlertRecord> Announcer::told() {
  try {
    known_ = ports_.store.alerts();
  } catch (const Error& error) {
    say(Status::kFailed, "what was told before cannot be read: " + error.text(), error);
  }
  std::vector<AlertRecord> all = known_;
  for (const AlertRecord& one : unsaved_.alerts) replace(all, one);
  std::erase_if(all, [](const AlertRecord& one) { return one.ended_at.has_value(); });
  return all;
}

Task<void> Announcer::deliver() {
  if (routes_.empty()) co_return;
  failed_.clear();
  gathered_.reset();  // what is sent now is changed no more
  std::vector<NoticeRecord> todo = waiting();
  if (todo.size() > kSentInOneRunMost) todo.resize(kSentInOneRunMost);
  for (NoticeRecord& one : todo) {
    std::string taken_by = co_await hand_over(one.notice);
    const bool too_old = ports_.clock.now() - one.notice.at > kKeptMost;
    if (taken_by.empty() && !too_old) continue;
    one.outcome =
        taken_by.empty() ? "given up after " + format_duration(kKeptMost) : "sent by " + taken_by;
    one.ended_at = ports_.clock.now();
    StateChange ended;
    ended.notices.push_back(std::move(one));
    try {
      commit(ended, Durability::kOrdered);
    } catch (const Error& error) {
      say(Status::kFailed, "a notice that was sent may be sent again: " + error.text(), error);
    }
  }
}

/// Which channels took it; empty when none did.
Task<std::string> Announcer::hand_over(Notice notice) {
  std::vector<std::string> takers;
  std::vector<Task<void>> work;
  const auto asked = [&](const NoticeRoute& route, bool fallback) {
    return route.fallback == fallback && route.wants(notice) &&
           !failed_.contains(route.notifier->name());
  };
  // Side by side: one that hangs holds up no other.
  for (const NoticeRoute& route : routes_) {
    if (asked(route, false)) work.push_back(hand_to(route.notifier, notice, &takers));
  }
  co_await run_all(std::move(work));
  for (const NoticeRoute& route : routes_) {
    if (takers.empty() && asked(route, true)) co_await hand_to(route.notifier, notice, &takers);
  }
  co_return join(takers, ", ");
}

Task<void> Announcer::hand_to(Notifier* notifier, Notice notice, std::vector<std::string>* takers) {
  const auto waiting = [this](const Error& error, milliseconds wait) {
    say(Status::kProgress, error.text() + "; again in " + format_duration(wait), error);
  };
  Delivery delivery =
      co_await send_notice(notifier, notice, &ports_.random, &ports_.sleeper, waiting);
  if (delivery.error) {
    failed_.insert(delivery.channel);
    say(Status::kFailed, delivery.error->text(), delivery.error);
    co_return;
  }
  takers->push_back(delivery.channel);
  say(Status::kDone, delivery.channel + ": " + notice.subject);
}

void Announcer::commit(const StateChange& change, Durability durability) {
  for (const AlertRecord& one : change.alerts) replace(unsaved_.alerts, one);
  for (const NoticeRecord& one : change.notices) replace(unsaved_.notices, one);
  if (unsaved_.empty()) return;
  ports_.store.commit(unsaved_, durability);
  for (const AlertRecord& one : unsaved_.alerts) replace(known_, one);
  unsaved_ = {};
}

void Announcer::say(Status status, std::string text, std::optional<Error> error) {
  ports_.events.on_event({.at = ports_.clock.now(),
                          .stage = Stage::kNotify,
                          .status = status,
                          .text = std::move(text),
                          .error = std::move(error)});
}

}  // namespace certferry
