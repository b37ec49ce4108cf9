#include "engine/counted_provider.h"

#include "engine/attempt.h"

namespace certferry {

std::string_view to_string(CountedProvider::Call call) {
  switch (call) {
    case CountedProvider::Call::kListBindings:
      return "list_bindings";
    case CountedProvider::Call::kListStored:
      return "list_stored";
    case CountedProvider::Call::kUpload:
      return "upload";
    case CountedProvider::Call::kBind:
      return "bind";
    case CountedProvider::Call::kRemove:
      return "remove";
  }
  return "remove";
}

template <typename T>
Task<T> CountedProvider::counted(Call call, Task<T> work) {
  Result<T> result = co_await attempt(std::move(work));
  Counts& counts = counts_[static_cast<std::size_t>(call)];
  if (!result) {
    ++counts.failed[static_cast<std::size_t>(result.error().kind)];
    throw std::move(result).error();
  }
  ++counts.done;
  if constexpr (!std::is_void_v<T>) co_return *std::move(result);
}

Task<std::vector<Binding>> CountedProvider::list_bindings(std::string product) {
  return counted(Call::kListBindings, inner_.list_bindings(std::move(product)));
}

Task<std::vector<StoredCertificate>> CountedProvider::list_stored() {
  return counted(Call::kListStored, inner_.list_stored());
}

Task<std::string> CountedProvider::upload(BundlePtr bundle, std::string label) {
  return counted(Call::kUpload, inner_.upload(std::move(bundle), std::move(label)));
}

Task<BindDone> CountedProvider::bind(BindRequest request) {
  return counted(Call::kBind, inner_.bind(std::move(request)));
}

Task<void> CountedProvider::remove(std::string stored_id) {
  return counted(Call::kRemove, inner_.remove(std::move(stored_id)));
}

}  // namespace certferry
