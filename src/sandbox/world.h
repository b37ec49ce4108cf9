// The emulated vendor's truth: domains, stored certificates, bindings over
// time, edge addresses.
//
// A state machine without sockets. What the API answers and what the edges
// serve is computed from it, and from it alone, at the moment of the question.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "base/secret.h"
#include "model/bundle.h"
#include "sandbox/faults.h"

namespace certferry::sandbox {

/// A certificate with its key as a caller uploaded them.
struct UploadedPair {
  Certificate leaf;
  std::string chain_pem;  ///< the caller's own bytes: an edge presents just
                          ///< these, gaps and all
  Secret key_pem;
};

/// One entry of the certificate store.
struct Entry {
  std::int64_t id = 0;
  std::string note;
  UploadedPair pair;
  SteadyTime stored_at{};
};

/// Shared, because an edge still serves an entry for a while after it was
/// deleted from the store.
using EntryPtr = std::shared_ptr<const Entry>;

/// An entry that is gone, kept for lists that lag.
struct RemovedEntry {
  EntryPtr entry;
  SteadyTime removed_at{};
};

/// What becomes of binds that a vendor accepts first and carries out later.
struct JobFate {
  enum class End { kDone, kFailed, kNever };
  milliseconds takes{};  ///< until it ends; of one that never does, nothing
  End end = End::kDone;
  std::string reason = {};  ///< of a failure, by the vendor's word, which it may keep to itself
};

/// A bind that was accepted and is not served yet, or failed after that.
struct Job {
  EntryPtr entry;
  bool failed = false;
  std::string reason = {};
  SteadyTime since{};
  std::uint64_t number = 0;  ///< tells its end from that of an earlier one
};

struct Domain {
  std::int64_t id = 0;
  std::string name;     ///< canonical
  std::string product;  ///< that it belongs to: "cdn"
  std::string cname;    ///< the name, and the world's suffix for edges
  std::string origin;   ///< where the edges fetch from: a setting that no bind has to do with
  bool online = true;
  Time created_at{};

  struct Change {
    SteadyTime at{};
    EntryPtr entry;  ///< null: HTTPS switched off
  };
  std::vector<Change> changes;  ///< oldest first; bounded, the oldest are forgotten
  JobFate fate = {};
  std::optional<Job> job = {};  ///< the last one, until it is done

  /// What was bound at that moment; null for nothing.
  EntryPtr bound_at(SteadyTime at) const;
  EntryPtr bound() const { return changes.empty() ? nullptr : changes.back().entry; }
  /// What it was last told to serve, whether it does or not.
  EntryPtr told() const { return job ? job->entry : bound(); }
  EntryPtr told_at(SteadyTime at) const {
    return job && job->since <= at ? job->entry : bound_at(at);
  }
  bool busy() const { return job && !job->failed; }
  /// Of its job, to know it by later; 0: none.
  std::uint64_t job_number() const { return job ? job->number : 0; }
};

/// One edge address: it follows a binding `propagation` after it was made.
struct Edge {
  std::string address;     ///< IP
  std::uint16_t port = 0;  ///< filled in once it listens
  milliseconds propagation{};
  std::optional<EdgeFault> fault;
  SteadyTime fault_since{};
};

/// What an edge does with one connection.
struct Served {
  enum class Kind {
    kCertificate,
    kUnrecognizedName,  ///< TLS alert 112: the name is not here, or has no HTTPS
    kExpired,
    kSelfSigned,
    kSilent,
    kNotTls,
  };
  Kind kind = Kind::kUnrecognizedName;
  EntryPtr entry;  ///< set for kCertificate
};

/// What an edge serves for a name that has no binding.
enum class DefaultCertificate { kNone, kSelfSigned, kExpired };

enum class Outcome { kDone, kUnknownCertificate, kUnknownDomain, kNotCovered, kInUse };

/// Reads what was uploaded; an invalid_input Error is what the vendor answers.
using PairReader = std::function<Result<UploadedPair>(std::string chain_pem, Secret key_pem)>;

struct WorldOptions {
  std::vector<std::string> domains;  ///< canonical, online
  std::string product = "cdn";       ///< that domains belong to unless told otherwise
  std::string edge_suffix = ".sandbox-edge.test";
  std::int64_t first_certificate_id = 10001;
  /// How many certificates the store holds at most, expired ones counted; 0:
  /// any number.
  std::size_t quota = 0;
  /// Whether the store keeps what a domain uses from being deleted.
  bool guards_use = true;
  DefaultCertificate default_certificate = DefaultCertificate::kNone;
  /// None: OpenSSL's parsers (pair.h), which cost a millisecond each time.
  PairReader read_pair;
  JobFate fate = {};  ///< of the jobs of each domain, unless told otherwise
};

/// Lifetime: the clock outlives the world.
class World {
 public:
  World(WorldOptions options, const Clock& clock);

  /// Makes the changes whose time has come, each at its own moment. Called
  /// before the world is asked anything.
  void advance();
  /// Makes the change once `delay` has passed.
  void after(milliseconds delay, std::function<void()> change);
  /// Forgets certificates, bindings and what is still to come; domains and
  /// edges stay. Ids go on.
  void reset();

  /// Stores the pair under a new id. The same pair again gets another: there is
  /// no deduplication.
  std::int64_t upload(std::string note, UploadedPair pair);
  const PairReader& pair_reader() const { return options_.read_pair; }
  /// Whether the store holds as many certificates as it may.
  bool is_full() const { return options_.quota > 0 && entries_.size() >= options_.quota; }
  void set_quota(std::size_t quota) { options_.quota = quota; }
  /// An id that will never be in the store.
  std::int64_t spend_id() { return next_certificate_id_++; }
  Outcome check_bind(std::int64_t id, std::string_view domain) const;
  Outcome bind(std::int64_t id, std::string_view domain);
  /// Accepts a bind, and makes it when its job is done.
  Outcome start_bind(std::int64_t id, std::string_view domain);
  /// What becomes of the domain's jobs from here on, one that is under way included.
  Outcome set_fate(std::string_view domain, JobFate fate);
  Outcome unbind(std::string_view domain);
  Outcome remove(std::int64_t id);
  /// Somebody writes another note on it.
  Outcome relabel(std::int64_t id, std::string note);

  /// Adds the domain, online, unless it is there. The name is canonical; without a product it
  /// belongs to the world's own.
  Domain& ensure_domain(const std::string& name, std::string product = {});
  Outcome remove_domain(std::string_view name);
  Outcome set_online(std::string_view domain, bool online);
  Outcome set_origin(std::string_view domain, std::string origin);

  const std::map<std::int64_t, EntryPtr>& entries() const { return entries_; }
  /// The store as it was then, by id.
  std::map<std::int64_t, EntryPtr> entries_at(SteadyTime moment) const;
  const std::vector<Domain>& domains() const { return domains_; }
  const Domain* find_domain(std::string_view name) const;
  /// How many domains each certificate is bound to, or on its way to; those bound to none are
  /// missing.
  std::map<std::int64_t, std::size_t> use_counts() const;

  std::size_t add_edge(Edge edge);
  std::vector<Edge>& edges() { return edges_; }
  std::span<const Edge> edges() const { return edges_; }
  void set_edge_fault(std::size_t edge, std::optional<EdgeFault> fault);
  /// What the edge serves for the name now. Uses up one of a counted edge
  /// fault.
  Served serve(std::size_t edge, std::string_view server_name);

  /// The moment at which what happens now happens.
  SteadyTime steady_now() const { return happening_at_.value_or(clock_.steady_now()); }
  Time now() const { return clock_.now(); }

 private:
  Domain* find(std::string_view name);
  void record(Domain& domain, EntryPtr entry);
  void let_job_end(Domain& domain);
  void end_job(std::string_view domain, std::uint64_t number);
  /// The domain of that name, or the wildcard that stands for it.
  const Domain* domain_serving(std::string_view server_name) const;
  Served bound_at_edge(std::string_view server_name, SteadyTime at) const;

  WorldOptions options_;
  const Clock& clock_;
  std::int64_t next_certificate_id_;
  std::int64_t next_domain_id_ = 501;
  std::uint64_t next_job_ = 1;
  std::map<std::int64_t, EntryPtr> entries_;
  std::vector<RemovedEntry> removed_;  ///< oldest first; bounded, as a domain's changes
  std::vector<Domain> domains_;
  std::map<std::string, std::size_t, std::less<>> domain_index_;
  std::vector<Edge> edges_;
  std::multimap<SteadyTime, std::function<void()>> pending_;
  std::optional<SteadyTime> happening_at_;
};

}  // namespace certferry::sandbox
