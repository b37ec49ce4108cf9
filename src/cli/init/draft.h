// A configuration that is being made, and its text.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "model/bundle.h"
#include "model/metadata.h"
#include "sources/search.h"

namespace certferry::cli {

struct DraftAccount {
  std::string name;
  const ProviderMetadata* provider = nullptr;
  std::string endpoint;                             ///< empty: the vendor's own
  std::map<std::string, std::string> fields;        ///< those that are not secret
  std::map<std::string, std::string> secret_files;  ///< a path for each secret field
};

struct DraftTarget {
  std::string product;
  std::vector<std::string> names;  ///< exact ones; empty: all that are covered
  std::vector<std::string> now;    ///< what that means today
};

struct DraftCertificate {
  std::string name;
  Finding finding;
  BundlePtr bundle;
  std::vector<DraftTarget> to;
};

struct Draft {
  DraftAccount account;
  std::vector<DraftCertificate> certificates;
  std::string state;  ///< empty: the usual one
  std::string trust;  ///< empty: none
};

/// The file, with comments that say what each part is for.
std::string configuration_text(const Draft& draft);

/// Its section `accounts:` alone.
std::string account_text(const DraftAccount& account);

/// A text as one word of YAML, in quotes where it could be read as something else.
std::string yaml_word(std::string_view text);

/// What a certificate goes by in the configuration: its first name, told apart from those that are
/// taken.
std::string certificate_name(const Certificate& leaf, const std::vector<std::string>& taken);

/// "R3, Let's Encrypt" of a distinguished name: who issued it, for people.
std::string issuer_name(const std::string& distinguished_name);

}  // namespace certferry::cli
