// What an interrupted run left open, settled by what the vendor shows now.
#pragma once

#include "engine/journal.h"
#include "engine/observe.h"

namespace certferry {

/// How long to wait before observing, so that a vendor's list has caught up with the calls that an
/// interrupted run made just before it ended: then "not in the list" means "not applied".
milliseconds wait_before_observing(const std::vector<JournalEntry>& open,
                                   const Fleet& fleet,
                                   Time now);

/// The entries whose outcome is not known: pending and unknown ones, at most so many of each. More
/// than the default means that runs died by the thousand; the next run settles the rest.
std::vector<JournalEntry> open_entries(StateStore& store, std::size_t most = 100'000);

/// Settles open entries of the accounts that could be observed; the others stay open.
///
/// An upload that we intended and that is found by its whole label becomes ours in the ledger,
/// however late it is found. Surplus copies of it are noted as orphans.
void recover(const std::vector<JournalEntry>& open,
             std::vector<UploadRecord> uploads,
             std::vector<OrphanRecord> orphans,
             const Observation& seen,
             Journal& journal,
             Time now);

}  // namespace certferry
