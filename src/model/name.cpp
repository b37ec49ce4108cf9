#include "model/name.h"

#include <arpa/inet.h>
#include <idn2.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <memory>

#include "base/planted.h"
#include "base/text.h"

namespace certferry {

namespace {

Error bad_name(std::string_view text, std::string why) {
  return Error(ErrorKind::kInvalidInput,
               "'" + printable(text, 80) + "' is not a host name: " + std::move(why))
      .with_code("cert.names");
}

bool host_character(char c) {
  // An underscore is no host name's, yet vendors accept it, so it is let through.
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

}  // namespace

Result<std::string> canonical_name(std::string_view text) {
  std::string_view rest = text;
  const bool wildcard = rest.starts_with("*.");
  if (wildcard) rest.remove_prefix(2);
  if (rest.size() > 1024 || rest.find('\0') != std::string_view::npos) {
    return std::unexpected(bad_name(text, "it is too long or holds a NUL byte"));
  }

  std::string ascii = to_lower(rest);
  const bool is_ascii =
      std::ranges::all_of(ascii, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
  if (!is_ascii) {
    char* out = nullptr;
    const std::string input(rest);
    const int status = idn2_to_ascii_8z(input.c_str(), &out, IDN2_NONTRANSITIONAL | IDN2_NFC_INPUT);
    const std::unique_ptr<char, decltype(&std::free)> owned(out, &std::free);
    if (status != IDN2_OK) return std::unexpected(bad_name(text, idn2_strerror(status)));
    ascii = owned.get();
  }

  // Only now: the ideographic full stop (U+3002) has become a dot too.
  if (ascii.ends_with('.')) ascii.pop_back();
  if (ascii.empty()) return std::unexpected(bad_name(text, "it is empty"));
  if (wildcard) ascii.insert(0, "*.");
  if (ascii.size() > 253)
    return std::unexpected(bad_name(text, "it is longer than 253 characters"));
  for (const std::string& label : split(std::string_view(ascii).substr(wildcard ? 2 : 0), '.')) {
    if (label.empty()) return std::unexpected(bad_name(text, "it has an empty label"));
    if (label.size() > 63)
      return std::unexpected(bad_name(text, "a label is longer than 63 characters"));
    if (!std::ranges::all_of(label, host_character)) {
      return std::unexpected(bad_name(text, "it has characters that host names do not have"));
    }
  }
  return ascii;
}

std::string_view certificate_entry(std::string_view certificate) {
  return certificate.substr(0, certificate.find('/'));
}

std::optional<std::string> canonical_ip(std::string_view text) {
  // The C functions below end at a NUL: an address with more behind it would pass as that address.
  if (text.find('\0') != std::string_view::npos) return std::nullopt;
  const std::string input(text);
  std::array<unsigned char, 16> bytes{};
  std::array<char, INET6_ADDRSTRLEN> out{};
  for (const int family : {AF_INET, AF_INET6}) {
    if (inet_pton(family, input.c_str(), bytes.data()) != 1) continue;
    if (inet_ntop(family, bytes.data(), out.data(), out.size()) == nullptr) return std::nullopt;
    return std::string(out.data());
  }
  return std::nullopt;
}

bool name_covers(std::string_view pattern, std::string_view name) {
  if (pattern == name) return true;
  if (!pattern.starts_with("*.") || name.starts_with("*.")) return false;
  if (planted("wildcard_any_depth")) return name.ends_with(pattern.substr(1));
  const auto dot = name.find('.');
  return dot != std::string_view::npos && dot > 0 && name.substr(dot) == pattern.substr(1);
}

bool any_covers(std::span<const std::string> dns_names,
                std::span<const std::string> ip_addresses,
                std::string_view name) {
  if (const auto ip = canonical_ip(name)) {
    return std::ranges::find(ip_addresses, *ip) != ip_addresses.end();
  }
  return std::ranges::any_of(
      dns_names, [&](const std::string& pattern) { return name_covers(pattern, name); });
}

}  // namespace certferry
