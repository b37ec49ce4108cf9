// Observing: sources, accounts and, where it decides something, edges; then facts for every target.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "engine/edge.h"
#include "engine/fleet.h"
#include "engine/report.h"
#include "engine/run_options.h"

namespace certferry {

/// Decisions on facts older than this are made anew: a long queue, a process that was stopped.
inline constexpr milliseconds kFactsAgeMost = minutes(2);

/// One account as its lists showed it at one moment.
struct AccountView {
  Account account;
  std::map<std::string, std::vector<Binding>> bindings;  ///< by product, in the vendor's order
  std::vector<StoredCertificate> stored;
  std::optional<Error> error;  ///< set: nothing of the above can be relied on
  Time read_at{};              ///< when the calls began: what they show is no older
  SteadyTime steady_read_at{};

  /// By id, and by the fingerprint that a label of ours carries.
  std::map<std::string, std::size_t> by_id;
  std::map<std::string, std::string> id_by_fingerprint;
  /// By the whole label: those that an upload of ours made, when the label is that of our ledger.
  std::map<std::string, std::vector<std::string>> ids_by_label;
  /// By product and canonical name.
  std::map<std::pair<std::string, std::string>, std::size_t> by_name;

  const Binding* binding(const std::string& product, const std::string& name) const;
  const StoredCertificate* stored_by_id(const std::string& id) const;
  /// The first entry with the whole label; none when there is none.
  std::optional<std::string> id_by_label(const std::string& label) const;
  /// What a product that replaces in place says that the name serves; none when it does not say.
  std::optional<std::string> fingerprint_at(const TargetId& id) const;
  /// Whether the name is set to that stored certificate; with no id, to that bundle in place.
  bool is_set_to(const TargetId& id,
                 const std::string& stored_id,
                 const std::string& fingerprint) const;
  std::vector<Binding> all_bindings() const;
  /// The products whose lists the view holds.
  std::set<std::string> products() const;
};

struct BundleView {
  BundlePtr bundle;
  ChainVerdict chain;
  std::optional<Error> error;
};

struct Observation {
  std::map<std::string, AccountView> accounts;
  std::map<std::string, BundleView> bundles;  ///< by certificate
  std::vector<UploadRecord> uploads;          ///< the ledger, before anything was done
  std::vector<TargetFacts> targets;           ///< in the configuration's order
  std::vector<TargetId> left_out;             ///< covered, but switched off at the vendor
  std::vector<TargetRecord> left_behind;      ///< their pair has left its folder
  std::vector<Problem> problems;              ///< selectors that matched nothing, and the like
  std::vector<Problem> warnings;              ///< of what may not be meant as it is written
  /// What was asked for that nothing here goes by, and the trouble that may be why.
  std::set<std::string> unknown;
  std::vector<Problem> unasked;
};

class SharedSources;

class Observer {
 public:
  Observer(const Fleet& fleet, const EngineSettings& settings, EnginePorts ports, Edge& edge);

  /// Two list calls an account, whatever the number of its targets, all accounts side by side.
  ///
  /// `sources` outlive the task. `paused`: accounts that are not asked, and why.
  Task<Observation> observe(ProbeScope scope,
                            ApplyOptions options,
                            SharedSources* sources,
                            std::map<std::string, Error> paused);

  /// Reads one account's lists again, with the retries of a read.
  Task<AccountView> read_account(Account account, std::set<std::string> products);

  /// Looks at the edge for one target and stores what was seen in its facts.
  Task<void> look_at(TargetFacts* facts);

 private:
  Task<void> read_source(SharedSources* sources, std::string certificate, BundleView* into);
  Task<void> read_account_into(Account account, std::set<std::string> products, AccountView* into);
  /// Lists the store once more if a domain is bound to what it does not show.
  Task<void> list_store_again(AccountView* view);
  /// Reads again what does not show yet what an earlier run did.
  Task<void> read_account_in_step(Account account,
                                  std::set<std::string> products,
                                  AccountView* into);
  Task<void> list_product(Account account, std::string product, AccountView* into);
  Task<void> list_store(Account account, AccountView* into);
  /// Tells each target what the caller asks of the run.
  void take_options(const ApplyOptions& options, Observation& seen);
  /// Says that a list is read again, and why.
  std::function<void(const Error&, milliseconds)> again(std::string account);
  void event(Stage stage,
             Status status,
             std::string account,
             std::string text,
             std::optional<Error> error = {});

  const Fleet& fleet_;
  const EngineSettings& settings_;
  EnginePorts ports_;
  Edge& edge_;
};

}  // namespace certferry
