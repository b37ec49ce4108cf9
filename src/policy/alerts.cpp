#include "policy/alerts.h"

#include <algorithm>
#include <functional>
#include <map>
#include <set>

#include "base/text.h"

namespace certferry {

namespace {

using Standing = AlertSubject::Standing;

constexpr std::size_t kNamesShown = 20;
constexpr std::size_t kNoticesOfATopicMost = 4;
constexpr milliseconds kLongestLifetimeCounted = hours(24 * 120);

/// One subject's part of a notice.
struct Item {
  NoticeLevel level = NoticeLevel::kInfo;
  NoticeTopic topic = NoticeTopic::kFailure;
  std::string kind;  ///< items of one kind are one notice
  const AlertSubject* subject = nullptr;
  std::string reason;
  std::string action;
  Time since{};
};

NoticeLevel level_of_stage(unsigned stage) {
  if (stage <= 1) return NoticeLevel::kWarning;
  return stage == 2 ? NoticeLevel::kError : NoticeLevel::kCritical;
}

std::string end_text(const Lifetime& lifetime, Time now) {
  if (lifetime.ends <= now) return "ended " + format_time(lifetime.ends);
  return "ends " + format_time(lifetime.ends) + ", in " + format_duration(lifetime.ends - now);
}

/// Decides item by item and keeps the records.
class Teller {
 public:
  explicit Teller(const AlertFacts& facts) : facts_(facts) {
    for (const AlertRecord& one : facts.told) told_[{one.subject, one.topic}].push_back(one);
  }

  void look_at(const AlertSubject& subject) {
    if (subject.standing == Standing::kTrouble) tell_failure(subject);
    if (subject.standing != Standing::kWell && subject.served) {
      tell_end(subject, NoticeTopic::kExpiry, *subject.served);
    }
    if (subject.source) tell_end(subject, NoticeTopic::kStaleness, *subject.source);
    tell_recovery(subject);
    if (subject.deployed) tell_change(subject);
  }

  const std::vector<Item>& items() const { return items_; }
  std::vector<AlertRecord> records() { return std::move(records_); }

 private:
  const AlertRecord* find(const AlertSubject& subject,
                          NoticeTopic topic,
                          const std::string& cause) const {
    const auto rows = told_.find({subject.name, topic});
    if (rows == told_.end()) return nullptr;
    const auto row = std::ranges::find(rows->second, cause, &AlertRecord::cause);
    return row == rows->second.end() ? nullptr : &*row;
  }

  void tell_failure(const AlertSubject& subject) {
    const AlertRecord* before = find(subject, NoticeTopic::kFailure, subject.cause);
    // Told in the future means that the clock was set back since.
    if (before != nullptr && before->told_at <= facts_.now &&
        facts_.now - before->told_at < kTellAgainAfter) {
      return;
    }
    const Time since = before == nullptr ? facts_.now : before->since;
    items_.push_back({.level = subject.level,
                      .topic = NoticeTopic::kFailure,
                      .kind = subject.cause,
                      .subject = &subject,
                      .reason = subject.reason,
                      .action = subject.action,
                      .since = since});
    records_.push_back({.subject = subject.name,
                        .topic = NoticeTopic::kFailure,
                        .cause = subject.cause,
                        .since = since,
                        .told_at = facts_.now});
  }

  void tell_end(const AlertSubject& subject, NoticeTopic topic, const Lifetime& lifetime) {
    const unsigned stage = stage_of(lifetime, facts_.now);
    const AlertRecord* before = find(subject, topic, lifetime.fingerprint);
    if (stage <= (before == nullptr ? 0 : before->stage)) return;
    const bool stale = topic == NoticeTopic::kStaleness;
    const std::string renewal =
        subject.not_renewed.empty() ? "it has not been renewed" : subject.not_renewed;
    const std::string look = subject.renewer_says.empty()
                                 ? "look why the tool that renews it does not"
                                 : subject.renewer_says;
    items_.push_back({.level = level_of_stage(stage),
                      .topic = topic,
                      .kind = lifetime.fingerprint,
                      .subject = &subject,
                      .reason = (stale ? "what the source gives " : "what clients get ") +
                                end_text(lifetime, facts_.now) + ", and " +
                                (stale ? renewal : "no newer one is confirmed"),
                      .action = stale ? look : subject.action,
                      .since = before == nullptr ? facts_.now : before->since});
    records_.push_back({.subject = subject.name,
                        .topic = topic,
                        .cause = lifetime.fingerprint,
                        .since = items_.back().since,
                        .told_at = facts_.now,
                        .stage = stage});
  }

  /// Whether what was told is over.
  bool is_over(const AlertSubject& subject, const AlertRecord& record) const {
    if (record.topic == NoticeTopic::kStaleness) {
      return subject.source && stage_of(*subject.source, facts_.now) == 0;
    }
    return subject.standing == Standing::kWell;
  }

  void tell_recovery(const AlertSubject& subject) {
    std::optional<Time> since;
    for (const NoticeTopic topic :
         {NoticeTopic::kFailure, NoticeTopic::kExpiry, NoticeTopic::kStaleness}) {
      const auto rows = told_.find({subject.name, topic});
      if (rows == told_.end()) continue;
      for (AlertRecord record : rows->second) {
        if (!is_over(subject, record)) continue;
        since = std::min(since.value_or(record.since), record.since);
        record.ended_at = facts_.now;
        records_.push_back(std::move(record));
      }
    }
    if (!since) return;
    items_.push_back({.level = NoticeLevel::kInfo,
                      .topic = NoticeTopic::kRecovery,
                      .kind = "well",
                      .subject = &subject,
                      .reason = "works again",
                      .since = *since});
  }

  void tell_change(const AlertSubject& subject) {
    const std::string end =
        subject.served ? ", which " + end_text(*subject.served, facts_.now) : std::string();
    items_.push_back({.level = NoticeLevel::kInfo,
                      .topic = NoticeTopic::kChange,
                      .kind = subject.certificate,
                      .subject = &subject,
                      .reason = "serves the new certificate " + subject.certificate + end,
                      .since = facts_.now});
  }

  const AlertFacts& facts_;
  std::map<std::pair<std::string, NoticeTopic>, std::vector<AlertRecord>> told_;
  std::vector<Item> items_;
  std::vector<AlertRecord> records_;
};

std::string headline(const std::vector<Item>& items) {
  std::string who =
      items.size() == 1 ? items.front().subject->name : std::to_string(items.size()) + " at once";
  switch (items.front().topic) {
    case NoticeTopic::kChange:
      return "new certificate served: " + who;
    case NoticeTopic::kFailure:
      return "failed: " + who;
    case NoticeTopic::kRecovery:
      return "works again: " + who;
    case NoticeTopic::kExpiry:
      return "about to expire: " + who;
    case NoticeTopic::kStaleness:
      return "not renewed: " + who;
    case NoticeTopic::kTest:
      break;
  }
  return who;
}

/// Each reason once, with those that it is about.
std::string story(const std::vector<Item>& items) {
  std::map<std::string, std::vector<std::string>> names;
  std::vector<std::string> reasons;
  for (const Item& one : items) {
    auto& of_reason = names[one.reason];
    if (of_reason.empty()) reasons.push_back(one.reason);
    of_reason.push_back(one.subject->name);
  }
  std::vector<std::string> lines;
  std::size_t left = kNamesShown;
  for (const std::string& reason : reasons) {
    auto& all = names[reason];
    const std::size_t shown = std::min(left, all.size());
    if (shown == 0) break;
    left -= shown;
    std::string line = join(std::span(all).first(shown), ", ");
    if (shown < all.size()) line += " and " + std::to_string(all.size() - shown) + " more";
    lines.push_back(line + ": " + printable(reason, 1000));
  }
  const std::size_t told = kNamesShown - left;
  if (left == 0 && told < items.size()) {
    lines.push_back("In all " + std::to_string(items.size()) + "; 'certferry status' lists them.");
  }
  return join(lines, "\n");
}

/// The value that all items have, or nothing.
template <typename Get>
std::string shared_value(const std::vector<Item>& items, Get get) {
  const std::string value = get(items.front());
  const bool all = std::ranges::all_of(items, [&](const Item& one) { return get(one) == value; });
  return all ? printable(value, 500) : std::string();
}

std::vector<NoticeField> fields_of(const std::vector<Item>& items, Time now) {
  std::vector<NoticeField> out;
  const auto add = [&](const char* name, std::string value) {
    if (!value.empty()) out.push_back({.name = name, .value = std::move(value)});
  };
  const bool trouble =
      items.front().topic != NoticeTopic::kChange && items.front().topic != NoticeTopic::kRecovery;
  add("account", shared_value(items, [](const Item& one) { return one.subject->account; }));
  add("certificate", shared_value(items, [](const Item& one) { return one.subject->certificate; }));
  const bool target = items.size() == 1 && items.front().subject->name.contains('/');
  if (target) add("target", items.front().subject->name);
  if (items.front().topic == NoticeTopic::kFailure) {
    add("cause", shared_value(items, [](const Item& one) { return one.kind; }));
  }
  if (trouble) add("action", shared_value(items, [](const Item& one) { return one.action; }));
  const Time since = std::ranges::min(items, {}, &Item::since).since;
  if (since < now) add("since", format_time(since));
  return out;
}

Notice notice_of(const std::vector<Item>& items, Time now) {
  return {.at = now,
          .level = std::ranges::max(items, {}, &Item::level).level,
          .topic = items.front().topic,
          .subject = "[certferry] " + printable(headline(items), 200),
          .text = story(items),
          .fields = fields_of(items, now)};
}

/// Items that belong together; more kinds than a few become one.
std::vector<std::vector<Item>> grouped(const std::vector<Item>& items, NoticeTopic topic) {
  std::map<std::pair<NoticeLevel, std::string>, std::vector<Item>> kinds;
  std::vector<Item> all;
  for (const Item& one : items) {
    if (one.topic != topic) continue;
    kinds[{one.level, one.kind}].push_back(one);
    all.push_back(one);
  }
  if (kinds.size() > kNoticesOfATopicMost) return {std::move(all)};
  std::vector<std::vector<Item>> out;
  for (auto& [kind, group] : kinds) out.push_back(std::move(group));
  return out;
}

}  // namespace

unsigned stage_of(const Lifetime& lifetime, Time now) {
  const auto whole =
      std::clamp(lifetime.ends - lifetime.begins, milliseconds(1), kLongestLifetimeCounted);
  const auto left = lifetime.ends - now;
  unsigned stage = 0;
  for (const int share : {4, 6, 12, 24}) {
    if (left * share > whole) break;
    ++stage;
  }
  return stage;
}

AlertPlan plan_alerts(const AlertFacts& facts) {
  Teller teller(facts);
  for (const AlertSubject& one : facts.subjects) teller.look_at(one);
  AlertPlan plan{.records = teller.records()};
  std::map<NoticeLevel, std::vector<Notice>, std::greater<>> by_level;
  for (const NoticeTopic topic : kNoticeTopics) {
    for (const std::vector<Item>& group : grouped(teller.items(), topic)) {
      Notice notice = notice_of(group, facts.now);
      by_level[notice.level].push_back(std::move(notice));
    }
  }
  for (auto& [level, notices] : by_level) {
    for (Notice& one : notices) plan.notices.push_back(std::move(one));
  }
  return plan;
}

}  // namespace certferry
