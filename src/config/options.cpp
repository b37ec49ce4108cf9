// The section `settings:`, all of it optional.

#include <array>
#include <charconv>

#include "base/text.h"
#include "config/fields.h"
#include "config/tables.h"
#include "model/name.h"

namespace certferry {

namespace {

constexpr double kSecond = 1000;
constexpr double kDay = 24 * 3600 * kSecond;

constexpr std::array<Key<ConfirmOverrides>, 3> kConfirmKeys = {
    Key<ConfirmOverrides>{{.name = "rounds",
                           .help = "Rounds of looking that must all show the new leaf",
                           .form = Form::kCount,
                           .range = {1, 10},
                           .example = "3"},
                          [](const Value& value, auto& out) { value.count(out.rounds); }},
    Key<ConfirmOverrides>{{.name = "spread",
                           .help = "From the first good round to the last",
                           .form = Form::kDuration,
                           .range = {0, kDay},
                           .example = "2m"},
                          [](const Value& value, auto& out) { value.duration(out.spread); }},
    Key<ConfirmOverrides>{{.name = "deadline",
                           .help = "How long the edge may take to serve the new leaf",
                           .form = Form::kDuration,
                           .range = {kSecond, 7 * kDay},
                           .example = "30m"},
                          [](const Value& value, auto& out) { value.duration(out.deadline); }},
};

void read_confirm(const Value& value, Settings& out) {
  const MapReading map{value.node, value.node.at, "in settings.confirm", "", value.reading};
  read_map(map, confirm_keys(), out.confirm);
}

std::optional<std::uint16_t> parse_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (status != std::errc() || end != text.data() + text.size() || port == 0) return {};
  return port;
}

/// "192.0.2.7", "192.0.2.7:8443", "2001:db8::1", "[2001:db8::1]:8443".
std::optional<Address> parse_address(std::string_view text) {
  std::optional<std::uint16_t> port = Address{}.port;
  std::string_view ip = text;
  if (text.starts_with('[')) {
    const auto end = text.find(']');
    if (end == std::string_view::npos) return {};
    ip = text.substr(1, end - 1);
    const std::string_view rest = text.substr(end + 1);
    if (!rest.empty()) port = rest.starts_with(':') ? parse_port(rest.substr(1)) : std::nullopt;
    if (!ip.contains(':')) return {};
  } else if (std::ranges::count(text, ':') == 1) {
    ip = text.substr(0, text.find(':'));
    port = parse_port(text.substr(ip.size() + 1));
  }
  const auto canonical = canonical_ip(ip);
  if (!canonical || !port) return {};
  return Address{*canonical, *port};
}

void read_address(const Value& value, std::vector<Address>& out) {
  std::string written;
  if (!value.text(written)) return;
  const auto address = parse_address(written);
  if (!address) {
    value.fail("config.range",
               "has " + in_quotes(written) + ", which is no IP address with a port",
               "write it like \"203.0.113.7:443\" or \"[2001:db8::1]:443\"");
    return;
  }
  out.push_back(*address);
}

void read_resolve(const Value& value, Settings& out) {
  const MapReading map{value.node, value.node.at, "in settings.resolve", "", value.reading};
  if (!expect_map(map)) return;
  for (const Entry& entry : value.node.entries) {
    const YamlNode written{.kind = YamlNode::Kind::kScalar, .at = entry.key_at, .text = entry.key};
    std::string name;
    if (!value.with(written).host(name, Value::Wildcard::kAllowed)) continue;
    const auto [addresses, fresh] = out.resolve.try_emplace(name);
    if (!fresh) {
      value.fail_at(entry.key_at, "config.duplicate", "has the name " + name + " a second time");
      continue;
    }
    value.with(entry.value).list("[\"203.0.113.7:443\"]", [&](const Value& element) {
      read_address(element, addresses->second);
    });
  }
}

/// Of an address to listen at the port is said, for there is none that one would expect. A port
/// alone is one of this machine's own.
void read_listen(const Value& value, HealthSettings& out) {
  std::string written;
  if (!value.text(written)) return;
  const bool only_port =
      !written.empty() && written.find_first_not_of("0123456789") == std::string::npos;
  const std::string whole = only_port ? "127.0.0.1:" + written : written;
  const auto address = parse_address(whole);
  const bool has_port = address && !canonical_ip(whole) && !whole.ends_with(']');
  if (has_port) {
    out.listen = *address;
  } else {
    value.fail("config.range",
               "is " + in_quotes(written) + ", which is no port, and no IP address with a port",
               "write it like 9464, \"127.0.0.1:9464\" or \"[::1]:9464\"");
  }
}

constexpr std::array<Key<HealthSettings>, 3> kHealthKeys = {
    Key<HealthSettings>{{.name = "listen",
                         .help = "Port, on loopback unless an IP address is before it, where "
                                 "'certferry run' serves /metrics and /healthz to whoever can "
                                 "reach it; nowhere unless said",
                         .example = "127.0.0.1:9464"},
                        &read_listen},
    Key<HealthSettings>{
        {.name = "heartbeat",
         .help = "Address that 'certferry run' calls after healthy rounds: https, or http to this "
                 "machine",
         .form = Form::kSecret,
         .example = "{ file: /etc/certferry/heartbeat.url }"},
        [](const Value& value, HealthSettings& out) {
          SecretReference reference;
          if (value.reference(reference)) out.heartbeat = std::move(reference);
        }},
    Key<HealthSettings>{
        {.name = "heartbeat_every",
         .help = "The heartbeat is called at most so often; 5m unless said",
         .form = Form::kDuration,
         .range = {kSecond, 7 * kDay},
         .example = "5m"},
        [](const Value& value, HealthSettings& out) { value.duration(out.heartbeat_every); }},
};

void read_health(const Value& value, Settings& out) {
  const MapReading map{value.node, value.node.at, "in settings.health", "health", value.reading};
  read_map(map, health_keys(), out.health);
}

constexpr std::array<Key<Settings>, 6> kOptionKeys = {
    Key<Settings>{{.name = "state",
                   .help = "File that remembers what was uploaded where",
                   .form = Form::kPath,
                   .example = "/var/lib/certferry/state.db"},
                  [](const Value& value, auto& out) { value.path(out.state_path); }},
    Key<Settings>{{.name = "trust",
                   .help = "PEM file of roots beside the system's, for private CAs",
                   .form = Form::kPath,
                   .example = "/etc/certferry/extra-roots.pem"},
                  [](const Value& value, auto& out) { value.path(out.trust_path); }},
    Key<Settings>{{.name = "confirm",
                   .help = "How to look at the edge; the vendor's metadata gives the defaults",
                   .form = Form::kDefined,
                   .definition = "confirm",
                   .example = "{ rounds: 3, spread: 2m, deadline: 30m }"},
                  &read_confirm},
    Key<Settings>{{.name = "retire_after",
                   .help = "How long a superseded certificate is kept at the vendor; at least "
                           "twice the confirm deadline",
                   .form = Form::kDuration,
                   .range = {kSecond, 365 * kDay},
                   .example = "24h"},
                  [](const Value& value, auto& out) { value.duration(out.retire_after); }},
    Key<Settings>{{.name = "resolve",
                   .help = "Addresses to look at instead of what DNS says, by name; "
                           "\"*.example.com\" is for each "
                           "name directly below that has none of its own",
                   .form = Form::kDefined,
                   .definition = "resolve",
                   .example = "{ cdn.example.com: [\"203.0.113.7:443\"] }"},
                  &read_resolve},
    Key<Settings>{{.name = "health",
                   .help = "How 'certferry run' tells others how it does",
                   .form = Form::kDefined,
                   .definition = "health",
                   .example = "{ listen: \"127.0.0.1:9464\" }"},
                  &read_health},
};

/// The longest times that any product in use waits, with what the file says in force.
struct Waiting {
  milliseconds spread{};
  milliseconds deadline{};
  std::string product;
};

std::vector<Waiting> waiting_of_products(const Reading& reading) {
  const ConfirmOverrides& overrides = reading.settings.confirm;
  std::map<std::string, Waiting> found;
  for (const CertificateSettings& certificate : reading.settings.certificates) {
    for (const TargetSelector& target : certificate.to) {
      const auto account = reading.provider_of_account.find(target.account);
      if (account == reading.provider_of_account.end() || account->second == nullptr) continue;
      const ProviderMetadata& provider = *account->second;
      const auto product =
          std::ranges::find(provider.products, target.product, &ProductMetadata::id);
      if (product == provider.products.end()) continue;
      const std::string name = std::string(provider.id) + "/" + target.product;
      found[name] = {overrides.spread.value_or(product->confirm.spread),
                     overrides.deadline.value_or(product->confirm.deadline),
                     name};
    }
  }
  std::vector<Waiting> out;
  for (auto& [name, waiting] : found) out.push_back(std::move(waiting));
  return out;
}

/// Where a setting stands, or else the nearest thing that does.
Position place_of(const YamlNode& root, std::initializer_list<std::string_view> path) {
  const YamlNode* node = &root;
  for (const std::string_view key : path) {
    const YamlNode* next = node->find(key);
    if (next == nullptr) break;
    node = next;
  }
  return node->at;
}

}  // namespace

std::span<const Key<ConfirmOverrides>> confirm_keys() {
  return kConfirmKeys;
}

std::span<const Key<HealthSettings>> health_keys() {
  return kHealthKeys;
}

std::span<const Key<Settings>> option_keys() {
  return kOptionKeys;
}

void read_options(const Value& value, Settings& out) {
  const MapReading map{value.node, value.node.at, "in settings", "", value.reading};
  read_map(map, option_keys(), out);
}

void check_waiting_times(const YamlNode& root, Reading& reading) {
  const milliseconds retire_after = reading.settings.retire_after;
  for (const Waiting& waiting : waiting_of_products(reading)) {
    if (waiting.deadline <= waiting.spread && waiting.spread > milliseconds(0)) {
      reading.problems.add(
          place_of(root, {"settings", "confirm", "deadline"}),
          {"config.range",
           "confirm.deadline is " + format_duration(waiting.deadline) + " for " + waiting.product +
               ", but must be longer than confirm.spread, " + format_duration(waiting.spread),
           "raise the deadline or lower the spread"});
      return;
    }
    if (retire_after < 2 * waiting.deadline) {
      reading.problems.add(
          place_of(root, {"settings", "retire_after"}),
          {"config.range",
           "retire_after is " + format_duration(retire_after) + ", but must be at least twice " +
               "confirm.deadline, which is " + format_duration(waiting.deadline) + " for " +
               waiting.product,
           "an edge may serve the old certificate that long; raise retire_after to " +
               format_duration(2 * waiting.deadline)});
      return;
    }
  }
}

}  // namespace certferry
