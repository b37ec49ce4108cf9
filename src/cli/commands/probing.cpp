// probe: what every address of a name serves, with no account and no state.

#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/json_output.h"
#include "cli/render.h"
#include "cli/runtime.h"
#include "cli/terminal.h"
#include "engine/parallel.h"
#include "model/name.h"

namespace certferry::cli {

namespace {

/// "192.0.2.1:443" or "[2001:db8::1]:443".
Result<Address> parse_address(const std::string& text) {
  const auto colon = text.rfind(':');
  std::string host = text.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  const auto ip = canonical_ip(host);
  std::uint16_t port = 0;
  const char* end = text.data() + text.size();
  const char* begin = colon == std::string::npos ? end : text.data() + colon + 1;
  const auto [rest, status] = std::from_chars(begin, end, port);
  if (!ip || begin == end || status != std::errc() || rest != end || port == 0) {
    return std::unexpected(Error(ErrorKind::kInvalidInput,
                                 "'" + printable(text, 80) + "' is not an address and a port")
                               .with_hint("write 192.0.2.1:443 or [2001:db8::1]:443"));
  }
  return Address{*ip, port};
}

Task<std::vector<JudgedProbe>> look(EdgeParts* parts, ProbeOptions options, std::string name) {
  std::vector<Address> addresses;
  if (options.connect.empty()) {
    addresses = co_await parts->resolver->resolve(name, seconds(10));
    for (Address& address : addresses) {
      if (!parts->resolver->overridden(name)) address.port = options.port;
    }
  } else {
    Result<Address> given = parse_address(options.connect);
    if (!given) throw std::move(given).error();
    addresses.push_back(*std::move(given));
  }
  std::vector<JudgedProbe> probes;
  for (const Address& address : addresses) {
    ProbeRequest request{.server_name = name, .address = address};
    JudgedProbe one;
    one.probe = co_await parts->prober.probe(std::move(request));
    one.chain = parts->verifier->verify(one.probe.chain, parts->clock.now());
    probes.push_back(std::move(one));
  }
  co_return probes;
}

bool good(const JudgedProbe& one, const std::string& name, Time now) {
  const Certificate* leaf = one.probe.leaf();
  return leaf != nullptr && one.chain.trusted() &&
         would_do(
             leaf->not_before, leaf->not_after, leaf->dns_names, leaf->ip_addresses, name, now);
}

std::string probe_text(const JudgedProbe& one,
                       const std::string& name,
                       Time now,
                       const Style& style) {
  std::string out = style(Colour::kBold, to_string(one.probe.address)) + "  ";
  const Certificate* leaf = one.probe.leaf();
  if (leaf == nullptr) return out + style(Colour::kRed, one.probe.detail) + "\n";
  out += one.probe.tls_version + ", " + format_duration(one.probe.elapsed) + "\n";
  out += "  leaf    " + leaf->fingerprint + "\n";
  out += "  names   " + printable(join(leaf->dns_names, ", ")) + "\n";
  out += "  issuer  " + printable(leaf->issuer) + "\n";
  out += "  dates   " + format_time(leaf->not_before) + " to " + format_time(leaf->not_after) +
         " (" + format_duration(leaf->not_after - now) + " left)\n";
  out += "  chain   " + std::to_string(one.probe.chain.size()) + " sent; " +
         (one.chain.trusted() ? style(Colour::kGreen, "verifies")
                              : style(Colour::kRed, printable(one.chain.reason))) +
         "\n";
  if (!any_covers(leaf->dns_names, leaf->ip_addresses, name)) {
    out += "  " + style(Colour::kRed, "does not cover " + name) + "\n";
  }
  return out;
}

/// The configuration is used when there is one: its roots and its `resolve:` matter here too.
std::optional<Settings> settings_for_probe(const GlobalOptions& global) {
  std::error_code ignored;
  const bool there = std::filesystem::exists(global.config, ignored);
  if (!global.config_given && !there) return Settings{};
  return read_settings(global);
}

}  // namespace

int run_probe(const GlobalOptions& global, const ProbeOptions& options) {
  const std::optional<Settings> settings = settings_for_probe(global);
  if (!settings) return kUsage;
  Result<std::string> name = canonical_name(options.host);
  if (!name) {
    print_error(global, name.error());
    return kUsage;
  }
  if (!options.connect.empty()) {
    if (const Result<Address> address = parse_address(options.connect); !address) {
      print_error(global, address.error());
      return kUsage;
    }
  }
  EdgeParts parts(*settings);
  const std::vector<JudgedProbe> probes = run(parts.io, look(&parts, options, *name), global);
  const Time now = parts.clock.now();
  const bool well = !probes.empty() && std::ranges::all_of(probes, [&](const JudgedProbe& one) {
    return good(one, *name, now);
  });
  if (global.json) {
    nlohmann::json out = {{"name", *name}, {"good", well}, {"addresses", nlohmann::json::array()}};
    for (const JudgedProbe& one : probes) out["addresses"].push_back(to_json(one));
    print(dump(out));
  } else {
    const Style style(STDOUT_FILENO);
    for (const JudgedProbe& one : probes) print(probe_text(one, *name, now, style));
  }
  return well ? kAllWell : kNotAll;
}

}  // namespace certferry::cli
