// One value of the file on its way into a setting.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "config/catalogue.h"
#include "config/document.h"
#include "config/problems.h"
#include "config/settings.h"

namespace certferry {

/// Both ends belong to it. What it counts depends on the form: calls, milliseconds, rounds.
struct Range {
  double least = 0;
  double most = 0;
};

/// What has been read so far. Accounts come before certificates, so that a target can be checked
/// against the account it names.
struct Reading {
  Reading(std::string file_name, const Catalogue& known)
      : problems(std::move(file_name)), catalogue(known) {}

  Problems problems;
  const Catalogue& catalogue;
  Settings settings;
  /// None when the account's provider is not known: then its products cannot be checked.
  std::map<std::string, const ProviderMetadata*> provider_of_account;
  std::map<TargetId, Position> exact_targets;  ///< of all certificates, to find equal ones
};

/// Reads one value, or says what is wrong with it.
///
/// Every reader leaves `out` as it was and returns false when the value cannot be right; the
/// problem is then reported. A plain `no`, `1e3` or `0777` is the text it is where text is wanted.
struct Value {
  const YamlNode& node;
  std::string key;    ///< "rounds"
  std::string where;  ///< "in settings.confirm"
  std::string owner;  ///< the account's or certificate's name; may be empty
  Range range;
  Reading& reading;

  /// Printable text on one line, not empty.
  bool text(std::string& out) const;
  /// One of the words; `what` names them in the plural: "providers".
  bool choice(std::string& out, std::span<const std::string> words, std::string_view what) const;
  bool path(std::string& out) const;
  bool count(std::optional<unsigned>& out) const;
  bool rate(std::optional<double>& out) const;
  bool switched(std::optional<bool>& out) const;
  bool duration(milliseconds& out) const;
  bool duration(std::optional<milliseconds>& out) const;
  /// A host name in its canonical form; `*.` at its front only where a wildcard may stand.
  enum class Wildcard { kRefused, kAllowed };
  bool host(std::string& out, Wildcard wildcard) const;
  /// https, or http to this machine; nothing secret in it.
  bool endpoint(std::string& out) const;
  /// http, https, socks5 or socks5h; nothing secret in it.
  bool proxy(std::string& out) const;
  /// A reference to a secret; a secret itself is refused and never repeated.
  bool reference(SecretReference& out) const;
  /// Calls `read` for each element of a list that has at least one. `example` shows one.
  bool list(std::string_view example, const std::function<void(const Value&)>& read) const;

  /// The same words about another node: an element of a list.
  Value with(const YamlNode& element) const;
  /// Reports a problem: "'rounds' in settings.confirm <what>". Always false.
  bool fail(std::string code, std::string what, std::string hint = {}) const;
  /// The same at another place of the file.
  bool fail_at(Position at, std::string code, std::string what, std::string hint = {}) const;
};

/// Whether the text may be the name of an account or a certificate: it becomes part of the names
/// of targets ("doge/cdn/cdn.example.com") and of messages.
bool is_plain_name(std::string_view text);

/// The environment variable one would name for it: "doge", "secret_key" give DOGE_SECRET_KEY.
std::string variable_for(std::string_view owner, std::string_view key);

}  // namespace certferry
