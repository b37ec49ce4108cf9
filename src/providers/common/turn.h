// One bind at a time: where a vendor refuses a second job beside the first, or a bind makes first
// what the next one finds.
#pragma once

#include <memory>
#include <string>

#include "ports/sleeper.h"

namespace certferry {

class BindTurn {
 public:
  /// Whoever holds what is returned is at work. Throws: unavailable `vendor.busy` when it is still
  /// another's after so long, or at once without a sleeper; nothing was sent then.
  Task<std::shared_ptr<void>> enter(Sleeper* sleeper,
                                    std::string doing,
                                    milliseconds longest = minutes(1));

 private:
  std::weak_ptr<void> holder_;
};

}  // namespace certferry
