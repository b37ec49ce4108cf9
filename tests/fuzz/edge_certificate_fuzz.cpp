// What a hostile edge presents: certificates in DER form, read, matched with names, judged, and
// shown to people and to programs.
//
// An input is certificates one after another, the leaf first. A self-issued one at the end is
// trusted, so that chains that verify are among the inputs.

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "cli/json_output.h"
#include "cli/render.h"
#include "crypto/certificate.h"
#include "crypto/chain_verifier.h"
#include "crypto/digest.h"
#include "engine/report.h"
#include "model/name.h"
#include "policy/gate.h"
#include "properties.h"
#include "target.h"

namespace certferry::fuzz {

namespace {

// Those that certificate.h promises.
constexpr std::array<std::string_view, 3> kCodes = {"pem.truncated", "pem.too_large", "cert.dates"};
constexpr std::size_t kPresentedMax = 20;

/// The length of the ASN.1 value at the front, header and all; all of the text when it is none.
std::size_t value_size(std::string_view text) {
  const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(text[at]); };
  if (text.size() < 2 || byte(0) != 0x30) return text.size();
  std::size_t length = byte(1);
  std::size_t header = 2;
  if (length >= 0x80) {
    const std::size_t digits = length - 0x80;
    if (digits == 0 || digits > 3 || text.size() < 2 + digits) return text.size();
    length = 0;
    for (std::size_t i = 0; i < digits; ++i) length = length << 8 | byte(2 + i);
    header += digits;
  }
  return std::min(header + length, text.size());
}

std::vector<std::string_view> presented(std::string_view bytes) {
  std::vector<std::string_view> out;
  while (!bytes.empty() && out.size() < kPresentedMax) {
    const std::size_t size = value_size(bytes);
    out.push_back(bytes.substr(0, size));
    bytes.remove_prefix(size);
  }
  return out;
}

void require_read(const Certificate& certificate) {
  require(!certificate.der.empty(), "a certificate has bytes");
  require(certificate.fingerprint == sha256_hex(certificate.der),
          "a fingerprint is the SHA-256 of the DER form");
  const Result<Certificate> again = parse_certificate(certificate.der);
  require(again && again->fingerprint == certificate.fingerprint &&
              again->dns_names == certificate.dns_names && again->serial == certificate.serial,
          "a certificate read again is the same one");
  require(parse_time(format_time(certificate.not_before)) == certificate.not_before &&
              parse_time(format_time(certificate.not_after)) == certificate.not_after,
          "dates have a spelling");
  for (const std::string& name : certificate.dns_names) {
    require(canonical_name(name).value_or("") == name, "names are canonical", name);
    require(name.starts_with("*.") || any_covers(certificate.dns_names, {}, name) ||
                canonical_ip(name).has_value(),
            "a name covers itself",
            name);
  }
  for (const std::string& ip : certificate.ip_addresses) {
    require(canonical_ip(ip) == ip, "addresses are canonical", ip);
    require(any_covers({}, certificate.ip_addresses, ip), "an address covers itself", ip);
  }
}

/// As the prober reads what a handshake presented: an unreadable leaf is none, an unreadable other
/// one is left out.
std::vector<Certificate> read_chain(std::string_view bytes) {
  std::vector<Certificate> chain;
  for (const std::string_view der : presented(bytes)) {
    Result<Certificate> certificate = parse_certificate(der);
    if (certificate) {
      require_read(*certificate);
      chain.push_back(*std::move(certificate));
    } else {
      require_sound(certificate.error(), kCodes);
      if (chain.empty()) return {};
    }
  }
  return chain;
}

ChainVerdict judge(const std::vector<Certificate>& chain, Time now) {
  static const std::string kNowhere = "/nonexistent";
  std::vector<Certificate> roots;
  if (chain.size() > 1 && chain.back().self_issued) roots.push_back(chain.back());
  ChainVerdict verdict = OpenSslChainVerifier(roots, kNowhere).verify(chain, now);
  require(verdict.trusted() == verdict.reason.empty(), "a verdict against has a reason");
  require_one_line(verdict.reason, "a verdict's reason");
  if (verdict.trusted()) {
    require(!roots.empty(), "nothing is trusted without a root");
    require(chain.front().not_before <= now && now <= chain.front().not_after,
            "a trusted leaf is within its dates");
  }
  return verdict;
}

/// Everything that the commands print of a probe.
void require_shown(const std::vector<Certificate>& chain, ChainVerdict verdict, Time now) {
  JudgedProbe one{.probe = {.address = {.ip = "192.0.2.7", .port = 443},
                            .outcome = Probe::Outcome::kServed,
                            .chain = chain,
                            .tls_version = "TLSv1.3"},
                  .chain = std::move(verdict)};
  const cli::Style plain(false);
  std::string lines = cli::addresses_text({one}, chain.front().fingerprint, plain, 2);
  require(lines.ends_with('\n'), "a probe's line ends");
  lines.pop_back();
  require_one_line(lines, "what people see of a probe");
  for (const std::string& text : {chain.front().subject, chain.front().issuer}) {
    require_one_line(printable(text), "what people see of a name");
  }
  require_one_line(cli::edge_text({.probed = true, .probes = {one}, .now = now}),
                   "what people see of an edge");
  const Bundle bundle{.leaf = chain.front()};
  require_one_line(cli::bundle_text(bundle, now), "what people see of a bundle");
  // nlohmann reads strictly: what it wrote of foreign bytes is UTF-8.
  const std::string json = cli::dump(cli::to_json(one));
  require(nlohmann::json::accept(json), "what programs see is JSON", json);
}

}  // namespace

void try_input(std::string_view bytes) {
  const std::vector<Certificate> chain = read_chain(bytes);
  if (chain.empty()) return;
  const Time now = chain.front().not_before + hours(1);
  ChainVerdict verdict = judge(chain, now);
  judge(chain, chain.front().not_after + hours(1));
  const Certificate& leaf = chain.front();
  const std::string name = leaf.dns_names.empty() ? "a.example" : leaf.dns_names.front();
  if (would_do(leaf.not_before, leaf.not_after, leaf.dns_names, leaf.ip_addresses, name, now)) {
    require(any_covers(leaf.dns_names, leaf.ip_addresses, name) && now < leaf.not_after,
            "what would do covers the name and has not ended");
  }
  require_shown(chain, std::move(verdict), now);
}

}  // namespace certferry::fuzz
