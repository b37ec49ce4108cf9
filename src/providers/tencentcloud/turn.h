// One bind at a time, where the vendor carries out one job at a time and refuses the others.
#pragma once

#include <memory>
#include <string>

#include "ports/sleeper.h"

namespace certferry {

class TencentTurn {
 public:
  /// Whoever holds what is returned is at work. Throws: unavailable `vendor.busy` when it is still
  /// another's after a minute, or at once without a sleeper; nothing was sent then.
  Task<std::shared_ptr<void>> enter(Sleeper* sleeper, std::string doing);

 private:
  std::weak_ptr<void> holder_;
};

}  // namespace certferry
