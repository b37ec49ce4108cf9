// Uploading: a bundle goes into an account's certificate store once, whatever becomes of the
// answer.
#pragma once

#include <string>

#include "engine/account_work.h"
#include "engine/journal.h"

namespace certferry {

class Uploader {
 public:
  Uploader(const EngineSettings& settings, EnginePorts ports, Journal& journal, AccountWork& work);

  struct Intent {
    UploadRecord record;
    std::optional<UploadRecord> before;  ///< what the ledger said until then
    JournalEntry entry;
    bool lost = false;       ///< an answer to an upload of this bundle, ever
    unsigned senseless = 0;  ///< answers in a row that made no sense, before this run
  };
  /// Makes the intent durable, before which nothing may be sent. Error: `state.*`.
  Result<Intent> intend(const TargetFacts& facts);

  /// Sends the bundle and gives its id in the store; a lost answer is looked for by the label.
  Task<Result<std::string>> store(BundlePtr bundle, Intent intent);
  /// Answers in a row that made no sense, those before this run counted.
  unsigned senseless() const { return senseless_; }
  /// Whether the id is the vendor's own answer, which nothing has confirmed yet.
  bool answered() const { return answered_; }

 private:
  void say(Status status,
           const UploadRecord& record,
           std::string text,
           std::optional<Error> error = {});
  /// Sends it once, unless it has arrived meanwhile: then it is kept already.
  Task<Result<std::string>> send(BundlePtr bundle, const Intent* intent);
  Task<Result<std::string>> upload(BundlePtr bundle, Intent intent);
  /// A new row; of a bundle that was uploaded before, the label and the lost answers stay.
  Result<Intent> new_intent(const TargetFacts& facts);
  struct Copy {
    std::string id;
    bool ours = false;  ///< it carries the whole label, which only our intent had
  };
  /// Keeps the copy that the latest reading shows, when an upload's answer was lost, and gives its
  /// id; none: nothing was lost, or nothing is there.
  std::optional<std::string> keep_arrived(const Intent& intent);
  /// Notes where the bundle is, and whether that copy is ours.
  void keep(Intent intent, const Copy& copy, std::string how);
  /// Notes what is certain about an upload that is given up.
  void give_up(Intent intent, const Error& error);
  /// Deletes what may go from a store that is full. Whether anything went.
  Task<bool> make_room();

  const EngineSettings& settings_;
  EnginePorts ports_;
  Journal& journal_;
  AccountWork& work_;
  unsigned senseless_ = 0;
  bool answered_ = false;
  bool kept_ = false;
};

}  // namespace certferry
