// What is remembered between runs: the ledger of uploads, targets, and the journal of changing
// calls.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "model/notice.h"
#include "model/target.h"

namespace certferry {

/// A row of the ledger that gives ownership: only what stands here is ever deleted.
struct UploadRecord {
  enum class State {
    kIntended,  ///< about to be uploaded, or uploaded with its answer lost
    kStored,    ///< the vendor gave us its id
    kRetired,   ///< deleted by us, or seen to be gone
    kRefused,   ///< never taken: whatever carries its label was stored by somebody else
  };
  std::string account;
  std::string fingerprint;
  std::string certificate;  ///< the configuration's name for it
  std::string stored_id;    ///< empty while intended
  std::string label;
  State state = State::kIntended;
  Time not_after{};
  Time created_at{};
  /// When every target of the certificate at this account was confirmed on a later bundle.
  std::optional<Time> superseded_at;
  std::optional<Time> retired_at;
  /// How often one was sent and no usable answer came: so many surplus copies there may be.
  unsigned lost = 0;
};

/// What we remember of a target between runs.
struct TargetRecord {
  TargetId id;
  std::string certificate;
  std::string bound_fingerprint;  ///< last bundle we set it to serve
  Time bound_at{};
  std::string confirmed_fingerprint;  ///< last bundle the edge was confirmed to serve
  Time confirmed_at{};                ///< when a look last showed that
  std::string outcome;  ///< of the last run: confirmed, unconfirmed, failed, held, parked
  std::string message;  ///< for people
  Time last_attempt{};
  unsigned failures = 0;              ///< in a row
  std::string attempted_fingerprint;  ///< the bundle that the failures are about
  std::optional<Time> next_attempt;   ///< none: whenever somebody asks
  std::string previous_fingerprint;   ///< confirmed before `confirmed_fingerprint`
  /// The bundle that made the edge worse and was taken back, when last and how often.
  std::string rolled_back_fingerprint;
  std::optional<Time> rolled_back_at;
  unsigned rollbacks = 0;
  std::string rolled_back_by;      ///< the person who took it back; empty: the edge got worse
  std::string harmed_fingerprint;  ///< the bundle whose bind changed more than the certificate
  /// The bundle last sent here, and what each address showed before; a line each.
  std::string looks_before_bind;
  /// How often somebody else set it back since `reversed_at`, and to what the last time.
  unsigned reversals = 0;
  std::optional<Time> reversed_at;
  std::string reversed_to;  ///< a stored certificate's id; empty: we have set it again since
  /// The step whose answers made no sense, and how often in a row; empty: none.
  std::string senseless_step;
  unsigned senseless = 0;
};

/// What we remember of an account between runs.
struct AccountRecord {
  std::string name;
  /// The vendor asked for no calls before; none: it may be asked.
  std::optional<Time> paused_until;
};

/// A stored certificate that our upload made though we had given it up: a surplus copy.
struct OrphanRecord {
  std::string account;
  std::string stored_id;
  std::string fingerprint;
  Time found_at{};
  std::optional<Time> removed_at;
};

/// A bundle with its key, sealed, of a target whose product replaces certificates in place: there
/// the vendor has no way back.
struct KeptBundle {
  TargetId id;
  unsigned slot = 0;  ///< two a target: what was confirmed last, and what is or was set beside it
  std::string fingerprint;
  Time kept_at{};
  std::string sealed;
};

/// One trouble that was told, so that not every run tells it again.
struct AlertRecord {
  std::string subject;  ///< "doge/cdn/cdn.example.com", "account doge", "certificate example.com"
  NoticeTopic topic = NoticeTopic::kFailure;
  std::string cause;  ///< a stable code; of an end that comes near, the leaf's fingerprint
  Time since{};
  Time told_at{};
  unsigned stage = 0;  ///< of an end that comes near: how far it has been told
  std::optional<Time> ended_at;
};

/// A notice, kept until some channel has taken it.
struct NoticeRecord {
  Notice notice;
  std::optional<Time> ended_at;  ///< none: still to be sent
  std::string outcome;           ///< "sent to ops", "given up after 7 d"; empty until it has ended
};

/// One changing call, from intent to outcome; or a confirm, which changes nothing but is history.
struct JournalEntry {
  enum class Outcome {
    kPending,  ///< intent: the call may or may not have been made
    kApplied,
    kNotApplied,
    kUnknown,  ///< sent, and no usable answer: the next run reads before it sends
  };
  std::string run;
  std::int64_t number = 0;  ///< within the run; (run, number) names the entry
  Time at{};
  std::optional<Time> ended_at;
  std::string account;
  std::string product;  ///< empty for an account-wide action
  std::string name;     ///< of the target; empty for an account-wide action
  std::string action;   ///< upload, bind, confirm, retire
  std::string certificate;
  std::string fingerprint;
  std::string stored_id;
  Outcome outcome = Outcome::kPending;
  std::string detail;  ///< for people; never a secret
};

std::string_view to_string(UploadRecord::State state);
std::string_view to_string(JournalEntry::Outcome outcome);

/// Rows to write as one transaction; each replaces the row of the same name.
struct StateChange {
  std::vector<UploadRecord> uploads;         ///< named by (account, fingerprint)
  std::vector<TargetRecord> targets;         ///< named by id
  std::vector<JournalEntry> journal;         ///< named by (run, number)
  std::vector<AccountRecord> accounts = {};  ///< named by name
  std::vector<OrphanRecord> orphans = {};    ///< named by (account, stored_id)
  std::vector<KeptBundle> kept = {};         ///< named by (id, slot)
  std::vector<AlertRecord> alerts = {};      ///< named by (subject, topic, cause)
  std::vector<NoticeRecord> notices = {};    ///< named by the notice's id

  bool empty() const {
    return uploads.empty() && targets.empty() && journal.empty() && accounts.empty() &&
           orphans.empty() && kept.empty() && alerts.empty() && notices.empty();
  }
};

}  // namespace certferry
