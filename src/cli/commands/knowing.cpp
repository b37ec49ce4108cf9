// providers, schema, version: what the program knows without any configuration.

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "base/version.h"
#include "cli/commands.h"
#include "cli/json_output.h"
#include "cli/runtime.h"
#include "cli/terminal.h"
#include "config/schema.h"
#include "providers/registry.h"

namespace certferry::cli {

namespace {

std::string pace_text(const Limits& limits, const Style& style) {
  char pace[64];
  std::snprintf(pace, sizeof pace, "%g", limits.calls_per_second);
  return style(Colour::kBold, "\npace\n") + "  calls_per_second: " + pace +
         ", burst: " + std::to_string(limits.burst) +
         ", max_in_flight: " + std::to_string(limits.max_in_flight) +
         "; `pace:` of the account changes it\n  a list may lag " +
         format_duration(limits.list_consistency) + " behind a change\n";
}

std::string policy_text(std::string_view policy, const Style& style) {
  if (policy.empty()) return {};
  return style(Colour::kBold, "\nwhat the keys have to be allowed, and no more\n") +
         std::string(policy);
}

/// What is otherwise with such a value of a field.
std::string variation_text(const Variation& variation, const Style& style) {
  const ProviderMetadata& provider = variation.metadata();
  return style(Colour::kBold,
               "\nwith `" + std::string(variation.field) + ": " + std::string(variation.value) +
                   "` of the account\n") +
         policy_text(provider.policy, style) + pace_text(provider.limits, style);
}

std::string provider_text(const ProviderMetadata& provider, const Style& style) {
  std::string out = style(Colour::kBold, provider.name) + "  " + std::string(provider.native_name) +
                    "  (provider: " + std::string(provider.id) + ")\n";
  if (provider.has_api()) {
    out += "  calls go to   " + std::string(provider.endpoint) + "\n";
    out += "  make keys at  " + std::string(provider.keys_url) + "\n";
  }
  out += style(Colour::kBold, "\nkeys of an account\n");
  for (const FieldMetadata& field : provider.fields) {
    out += "  " + std::string(field.key) + (field.required ? " (required)" : "") +
           (field.secret ? " (secret: { env | file | credential | command: ... })" : "") +
           "\n      " + std::string(field.help) + "\n";
  }
  out += style(Colour::kBold, "\nproducts\n");
  for (const ProductMetadata& product : provider.products) {
    out += "  " + std::string(product.id) + "  " + std::string(product.title) +
           "; proved: " + std::string(product.proof) + "\n      confirmed by " +
           count_of(product.confirm.rounds, "look") + " over " +
           format_duration(product.confirm.spread) + ", within " +
           format_duration(product.confirm.deadline) + "\n";
    for (const Exemption& one : product.exempt) {
      out += "      not applicable: " + std::string(one.which) + ": " + std::string(one.why) + "\n";
    }
  }
  out += policy_text(provider.policy, style);
  if (provider.has_api()) out += pace_text(provider.limits, style);
  for (const Variation& one : variations_of(provider.id)) out += variation_text(one, style);
  out += style(Colour::kBold, "\nwhat is odd here\n");
  for (const Oddity& oddity : provider.oddities) {
    out += "  - " + std::string(oddity.what) + (oddity.confirmed ? "" : " (unconfirmed)") +
           "\n      " + style(Colour::kDim, oddity.evidence) + "\n";
  }
  out += style(Colour::kBold, "\ndocuments\n");
  for (const std::string_view document : provider.documents)
    out += "  " + std::string(document) + "\n";
  return out;
}

/// "VENDOR/PRODUCT" asks for a product that the vendor must have.
std::optional<Error> unknown_product(const std::string& id, const ProviderMetadata* vendor) {
  const auto slash = id.find('/');
  if (vendor == nullptr || slash == std::string::npos) return std::nullopt;
  const std::string product = id.substr(slash + 1);
  std::vector<std::string> ids;
  for (const ProductMetadata& one : vendor->products) ids.emplace_back(one.id);
  if (std::ranges::find(ids, product) != ids.end()) return std::nullopt;
  return Error(ErrorKind::kNotFound,
               "provider '" + std::string(vendor->id) + "' has no product '" +
                   printable(product, 60) + "'")
      .with_code("provider.unknown")
      .with_hint("it has: " + join(ids, ", "));
}

}  // namespace

int run_providers(const GlobalOptions& global, const std::string& id) {
  const auto all = provider_metadata();
  // "aliyun/cdn" asks about the vendor of that product.
  const std::string vendor = id.substr(0, id.find('/'));
  const auto found = std::ranges::find(all, vendor, &ProviderMetadata::id);
  if (!id.empty() && found == all.end()) {
    std::vector<std::string> ids;
    for (const ProviderMetadata& one : all) ids.emplace_back(one.id);
    const std::string near = nearest(vendor, ids);
    print_error(global,
                Error(ErrorKind::kNotFound, "there is no provider '" + printable(id, 60) + "'")
                    .with_code("provider.unknown")
                    .with_hint(near.empty() ? "there are: " + join(ids, ", ")
                                            : "did you mean '" + near + "'?"));
    return kUsage;
  }
  if (const auto unknown = unknown_product(id, found == all.end() ? nullptr : &*found)) {
    print_error(global, *unknown);
    return kUsage;
  }
  if (global.json) {
    nlohmann::json out = nlohmann::json::array();
    for (const ProviderMetadata& one : all) {
      if (id.empty() || one.id == vendor) out.push_back(to_json(one));
    }
    print(dump(out));
    return kAllWell;
  }
  const Style style(STDOUT_FILENO);
  if (!id.empty()) {
    print(provider_text(*found, style));
    return kAllWell;
  }
  Table table({"PRODUCT", "NAME", "STORE", "PROVED"});
  for (const ProviderMetadata& one : all) {
    for (const ProductMetadata& product : one.products) {
      table.add({std::string(one.id) + "/" + std::string(product.id),
                 std::string(product.title),
                 product.store == StoreKind::kIds      ? "ids"
                 : product.store == StoreKind::kInline ? "inline"
                                                       : "re-import",
                 std::string(product.proof)});
    }
  }
  print(table.text(style) + "\n'certferry providers NAME' tells more of one.\n");
  return kAllWell;
}

int run_schema(const GlobalOptions&) {
  print(json_schema(catalogue()));
  return kAllWell;
}

int run_version(const GlobalOptions& global) {
  if (global.json) {
    print(dump({{"version", kVersion}}));
  } else {
    print("certferry " + std::string(kVersion) + "\n");
  }
  return kAllWell;
}

}  // namespace certferry::cli
