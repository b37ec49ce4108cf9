#include "model/records.h"

namespace certferry {

std::string_view to_string(UploadRecord::State state) {
  switch (state) {
    case UploadRecord::State::kIntended:
      return "intended";
    case UploadRecord::State::kStored:
      return "stored";
    case UploadRecord::State::kRetired:
      return "retired";
    case UploadRecord::State::kRefused:
      return "refused";
  }
  return "intended";
}

std::string_view to_string(JournalEntry::Outcome outcome) {
  switch (outcome) {
    case JournalEntry::Outcome::kPending:
      return "pending";
    case JournalEntry::Outcome::kApplied:
      return "applied";
    case JournalEntry::Outcome::kNotApplied:
      return "not_applied";
    case JournalEntry::Outcome::kUnknown:
      return "unknown";
  }
  return "unknown";
}

}  // namespace certferry
