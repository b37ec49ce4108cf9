// Names and addresses brought to one form, and what a certificate covers; OpenSSL is the second
// opinion on that.
//
// An input is a pattern as it stands in a certificate, a line end, and a name that is asked for.

#include <algorithm>
#include <array>

#include "base/text.h"
#include "crypto/openssl.h"
#include "model/name.h"
#include "properties.h"
#include "target.h"

namespace certferry::fuzz {

namespace {

constexpr std::array<std::string_view, 1> kCodes = {"cert.names"};

bool host_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
}

/// The canonical form, once it is seen to be one; empty for what is no name.
std::string canonical(std::string_view text) {
  const Result<std::string> name = canonical_name(text);
  if (!name) {
    require_sound(name.error(), kCodes);
    return {};
  }
  const std::string_view host = std::string_view(*name).substr(name->starts_with("*.") ? 2 : 0);
  require(!host.empty() && name->size() <= 253, "a name is neither empty nor endless", *name);
  require(std::ranges::all_of(host, host_character), "a name has a host's characters", *name);
  for (const std::string& label : split(host, '.')) {
    require(!label.empty() && label.size() <= 63, "labels are neither empty nor endless", *name);
  }
  require(canonical_name(*name).value_or("") == *name, "a canonical name stays what it is", *name);
  require(name_covers(*name, *name), "a name covers itself", *name);
  return *name;
}

openssl::X509Handle certificate_for(std::string_view dns_name) {
  openssl::X509Handle x509(X509_new());
  const openssl::AltNames list(sk_GENERAL_NAME_new_null());
  GENERAL_NAME* entry = GENERAL_NAME_new();
  ASN1_IA5STRING* text = ASN1_IA5STRING_new();
  ASN1_STRING_set(text, dns_name.data(), static_cast<int>(dns_name.size()));
  GENERAL_NAME_set0_value(entry, GEN_DNS, text);
  sk_GENERAL_NAME_push(list.get(), entry);
  X509_add1_ext_i2d(x509.get(), NID_subject_alt_name, list.get(), 0, X509V3_ADD_REPLACE);
  return x509;
}

/// Where OpenSSL is stricter than RFC 9525: it takes no wildcard right below a top-level domain,
/// none in front of an underscore or in place of one, and none over labels with a hyphen at their
/// end.
bool openssl_knows(std::string_view pattern, std::string_view name) {
  if (!pattern.starts_with("*.")) return true;
  if (name.substr(0, name.find('.')).contains('_')) return false;
  const std::string_view host = pattern.substr(2);
  return host.contains('.') && !host.contains('_') && !host.starts_with('-') &&
         !host.ends_with('-') && !host.contains(".-") && !host.contains("-.");
}

void compare(const std::string& pattern, const std::string& name) {
  if (pattern.empty() || name.empty() || name.starts_with("*.")) return;
  // An address is covered by an IP entry alone; OpenSSL takes it for a name when asked so.
  if (canonical_ip(name)) return;
  const bool ours = any_covers(std::array{pattern}, {}, name);
  const openssl::X509Handle x509 = certificate_for(pattern);
  const unsigned flags = X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT;
  const bool theirs = X509_check_host(x509.get(), name.data(), name.size(), flags, nullptr) == 1;
  if (theirs) require(ours, "we match what OpenSSL matches", pattern + " and " + name);
  if (ours && openssl_knows(pattern, name)) {
    require(theirs, "OpenSSL matches what we match", pattern + " and " + name);
  }
}

void try_address(std::string_view text) {
  const std::optional<std::string> ip = canonical_ip(text);
  if (!ip) return;
  require(canonical_ip(*ip) == *ip, "a canonical address stays what it is", *ip);
  require(any_covers({}, std::array{*ip}, text), "an address covers itself", *ip);
  require(!any_covers(std::array{*ip}, {}, text), "a name covers no address", *ip);
}

}  // namespace

void try_input(std::string_view bytes) {
  const std::string_view first = take_line(bytes);
  try_address(first);
  compare(canonical(first), canonical(bytes));
}

}  // namespace certferry::fuzz
