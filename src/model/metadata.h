// What providers and sources say about themselves: one constant in the code of each, read by the
// configuration's schema, `certferry providers`, `certferry check` and the documents.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "model/bundle.h"
#include "model/target.h"

namespace certferry {

/// One key of an account or a source in the configuration.
struct FieldMetadata {
  std::string_view key;
  std::string_view help;
  bool secret = false;  ///< given as a reference (env, file, credential, command), never inline
  bool required = false;
  std::string_view example;
  bool path = false;  ///< an absolute path
  bool list = false;  ///< several texts: an argument vector
  bool url = false;   ///< an https address, or http to this machine
};

/// How a product's certificates are kept; the plan shows which.
enum class StoreKind {
  kIds,       ///< a store with ids: upload, then point each name at the id
  kInline,    ///< each name takes the bundle itself
  kReimport,  ///< a store whose entry is replaced under a stable id
};

/// A case of the suite that every product is put through, and why it cannot be met here.
struct Exemption {
  std::string_view which;  ///< "ListsOfThreePages"
  std::string_view why;
};

struct ProductMetadata {
  std::string_view id;     ///< "cdn"
  std::string_view title;  ///< "DogeCloud CDN"
  StoreKind store = StoreKind::kIds;
  bool paid = false;        ///< each bind costs money: `init` proposes none that nobody has named
  ConfirmSettings confirm;  ///< defaults for this vendor's edge
  std::vector<KeyType> accepted_keys;  ///< empty: all that gate lets through
  /// How far this product has been checked: "signed" (its requests are signed as the vendor's own
  /// client signs them), "emulated" (it passes the suite against a strict emulation), "served"
  /// (real servers serve what it puts in place, in tests of its own).
  std::string_view proof;
  std::vector<Exemption> exempt = {};

  /// A bind replaces what the name has: the vendor keeps nothing to go back to.
  bool in_place() const { return store == StoreKind::kInline; }
};

/// Something odd about the vendor, with its evidence; `confirmed` is false when one witness said
/// it.
struct Oddity {
  std::string_view what;
  std::string_view evidence;
  bool confirmed = true;
};

struct Limits {
  double calls_per_second = 2;
  unsigned burst = 2;
  unsigned max_in_flight = 1;
  /// How long a list may still lack what a call has changed.
  milliseconds list_consistency{};
};

struct ProviderMetadata {
  std::string_view id;  ///< folder, configuration value, registry entry
  std::string_view name;
  std::string_view native_name;
  std::string_view endpoint;  ///< where calls go unless the account says otherwise; empty: nowhere
  std::string_view keys_url;  ///< where a person makes keys
  std::vector<std::string_view> documents;
  std::vector<FieldMetadata> fields;
  std::vector<ProductMetadata> products;
  /// What the keys must be allowed and no more, in the vendor's own form, to paste; may be empty.
  std::string_view policy = {};
  Limits limits;
  std::vector<Oddity> oddities;

  /// It is reached over the network, with keys. Otherwise its accounts are of this machine.
  bool has_api() const { return !endpoint.empty(); }
};

/// A way to send notices.
struct ChannelMetadata {
  std::string_view id;    ///< "telegram"
  std::string_view name;  ///< "Telegram"
  std::string_view help;  ///< where a person makes its keys
  std::vector<FieldMetadata> fields;
};

struct SourceMetadata {
  std::string_view id;  ///< "files", "1panel"
  std::string_view help;
  std::vector<FieldMetadata> fields;
  std::string_view tool;  ///< who renews, for people: "certbot"; empty: whoever writes it
  std::string_view log;   ///< where that one says why it did not: a path, or a command to see it
};

}  // namespace certferry
