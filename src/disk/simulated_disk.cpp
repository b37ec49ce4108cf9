#include "disk/simulated_disk.h"

#include "base/error.h"
#include "disk/vfs.h"

namespace certferry::disk {

std::string_view to_string(DiskCall call) {
  switch (call) {
    case DiskCall::kOpen:
      return "open";
    case DiskCall::kRead:
      return "read";
    case DiskCall::kWrite:
      return "write";
    case DiskCall::kTruncate:
      return "truncate";
    case DiskCall::kSync:
      return "sync";
    case DiskCall::kDelete:
      return "delete";
    case DiskCall::kAccess:
      return "access";
    case DiskCall::kSize:
      return "size";
    case DiskCall::kLock:
      return "lock";
    case DiskCall::kShm:
      return "shm";
  }
  return "?";
}

bool may_change(DiskCall call) {
  switch (call) {
    case DiskCall::kOpen:
    case DiskCall::kWrite:
    case DiskCall::kTruncate:
    case DiskCall::kSync:
    case DiskCall::kDelete:
      return true;
    default:
      return false;
  }
}

class SimulatedDisk::Parts {
 public:
  Parts(const Clock& clock, Random& random) : state{.clock = clock, .random = random} {}
  ~Parts() { ASSERT(state.handles_open == 0); }

  DiskState state;
  VfsRegistration registration{state};
};

SimulatedDisk::SimulatedDisk(const Clock& clock, Random& random)
    : parts_(std::make_unique<Parts>(clock, random)) {}

SimulatedDisk::~SimulatedDisk() = default;

std::unique_ptr<SimulatedDisk> SimulatedDisk::copy(const Clock& clock, Random& random) const {
  auto out = std::make_unique<SimulatedDisk>(clock, random);
  out->parts_->state.files = parts_->state.files.copy();
  return out;
}

const std::string& SimulatedDisk::name() const {
  return parts_->registration.name();
}

void SimulatedDisk::fail(const DiskFault& fault) {
  ASSERT(fault.nth > 0);
  parts_->state.faults.add(fault);
}

void SimulatedDisk::clear_faults() {
  parts_->state.faults.clear();
}

void SimulatedDisk::limit_bytes(std::optional<std::uint64_t> limit) {
  parts_->state.bytes_max = limit;
}

void SimulatedDisk::stop_at_change(std::uint64_t nth) {
  parts_->state.faults.stop_at_change(nth);
}

bool SimulatedDisk::is_stopped() const {
  return parts_->state.faults.is_stopped();
}

void SimulatedDisk::crash() {
  parts_->state.end_life();
  parts_->state.files.close_all();
}

void SimulatedDisk::lose_power(Random& random) {
  parts_->state.end_life();
  parts_->state.files.lose_power(random);
}

std::uint64_t SimulatedDisk::calls() const {
  return parts_->state.faults.counted();
}

std::uint64_t SimulatedDisk::calls(DiskCall call) const {
  return parts_->state.faults.counted(call);
}

std::uint64_t SimulatedDisk::changes() const {
  std::uint64_t sum = 0;
  for (std::size_t kind = 0; kind < kDiskCallKinds; ++kind) {
    auto call = static_cast<DiskCall>(kind);
    if (may_change(call)) sum += calls(call);
  }
  return sum;
}

std::vector<std::string> SimulatedDisk::files() const {
  return parts_->state.files.names();
}

std::string SimulatedDisk::contents(const std::string& path) const {
  std::shared_ptr<FileNode> node = parts_->state.files.find(path);
  return node ? node->stored.bytes() : "";
}

}  // namespace certferry::disk
