#pragma once

#include <string>
#include <vector>

#include "model/bundle.h"
#include "model/metadata.h"
#include "model/target.h"
#include "ports/task.h"

namespace certferry {

struct BindRequest {
  std::string product;
  Binding binding;        ///< as observed: carries the vendor's spelling
  std::string stored_id;  ///< what to point it at
  BundlePtr bundle;       ///< for products that take the bundle inline
  std::string label;      ///< as well: the remark that says which it is
};

struct BindDone {
  /// The call writes the name's general settings, so that others may have changed with it.
  bool wrote_settings = false;
};

/// One account at one vendor: what is there, and the few calls that change it.
///
/// Each function is one call to the vendor, or one walk over a list's pages; none retries and none
/// decides. Throws Error; after a changing call `maybe_applied` means that the caller must read
/// before it sends again. Lifetime: the account outlives its tasks.
class Provider {
 public:
  virtual ~Provider() = default;
  virtual const ProviderMetadata& metadata() const = 0;

  /// Every name of the product, online or not.
  virtual Task<std::vector<Binding>> list_bindings(std::string product) = 0;
  /// Every entry of the account's certificate store, ours or not. Of a product that takes bundles
  /// inline a name has an entry, its own or one it shares, whose id may change with its bundle.
  virtual Task<std::vector<StoredCertificate>> list_stored() = 0;
  /// Stores the bundle under the label; the id returned is the vendor's.
  virtual Task<std::string> upload(BundlePtr bundle, std::string label) = 0;
  virtual Task<BindDone> bind(BindRequest request) = 0;
  /// Deletes one stored certificate. Throws also: in_use; where the vendor's store guards nothing,
  /// every product of the account is asked before.
  virtual Task<void> remove(std::string stored_id) = 0;
};

}  // namespace certferry
