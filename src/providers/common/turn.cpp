#include "providers/common/turn.h"

#include "base/error.h"

namespace certferry {

Task<std::shared_ptr<void>> BindTurn::enter(Sleeper* sleeper,
                                            std::string doing,
                                            milliseconds longest) {
  constexpr milliseconds kBetweenLooks(500);
  for (milliseconds waited{}; !holder_.expired(); waited += kBetweenLooks) {
    if (sleeper == nullptr || waited >= longest) {
      throw Error(ErrorKind::kUnavailable, "another bind of the same product is not done yet")
          .with_code("vendor.busy")
          .with_hint("nothing was changed; try again in some minutes")
          .while_doing(std::move(doing));
    }
    co_await sleeper->sleep(kBetweenLooks);
  }
  auto place = std::make_shared<char>();
  holder_ = place;
  co_return place;
}

}  // namespace certferry
