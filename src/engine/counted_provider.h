// A provider whose calls are counted, by what was asked and what came of it.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "base/error.h"
#include "ports/provider.h"

namespace certferry {

/// Stands before an account's provider. Errors are counted here, not at the HTTP client: only the
/// provider knows what a vendor means by a 200 with an error in it.
/// Lifetime: the provider outlives it and its tasks.
class CountedProvider final : public Provider {
 public:
  enum class Call { kListBindings, kListStored, kUpload, kBind, kRemove };
  static constexpr std::array kCalls = {
      Call::kListBindings, Call::kListStored, Call::kUpload, Call::kBind, Call::kRemove};
  static constexpr std::size_t kKinds = static_cast<std::size_t>(ErrorKind::kInternal) + 1;

  struct Counts {
    std::uint64_t done = 0;
    std::array<std::uint64_t, kKinds> failed{};  ///< by kind of error
  };

  explicit CountedProvider(Provider& inner) : inner_(inner) {}
  const Counts& counts(Call call) const { return counts_[static_cast<std::size_t>(call)]; }

  const ProviderMetadata& metadata() const override { return inner_.metadata(); }
  Task<std::vector<Binding>> list_bindings(std::string product) override;
  Task<std::vector<StoredCertificate>> list_stored() override;
  Task<std::string> upload(BundlePtr bundle, std::string label) override;
  Task<BindDone> bind(BindRequest request) override;
  Task<void> remove(std::string stored_id) override;

 private:
  template <typename T>
  Task<T> counted(Call call, Task<T> work);

  Provider& inner_;
  std::array<Counts, kCalls.size()> counts_{};
};

std::string_view to_string(CountedProvider::Call call);

}  // namespace certferry
