// The section `accounts:`.

#include <array>

#include "config/example.h"
#include "config/fields.h"
#include "config/tables.h"

namespace certferry {

namespace {

constexpr std::array<Key<PaceSettings>, 3> kPaceKeys = {
    Key<PaceSettings>{{.name = "calls_per_second",
                       .help = "Calls to the vendor a second, on average",
                       .form = Form::kRate,
                       .range = {0.001, 1000},
                       .example = "2"},
                      [](const Value& value, auto& out) { value.rate(out.calls_per_second); }},
    Key<PaceSettings>{{.name = "burst",
                       .help = "Calls that may go out at once after a pause",
                       .form = Form::kCount,
                       .range = {1, 1000},
                       .example = "2"},
                      [](const Value& value, auto& out) { value.count(out.burst); }},
    Key<PaceSettings>{{.name = "max_in_flight",
                       .help = "Calls that may wait for their answer at the same time",
                       .form = Form::kCount,
                       .range = {1, 256},
                       .example = "4"},
                      [](const Value& value, auto& out) { value.count(out.max_in_flight); }},
};

void read_provider(const Value& value, AccountSettings& out) {
  value.choice(out.provider, ids_of(value.reading.catalogue.providers), "providers");
}

void read_pace(const Value& value, AccountSettings& out) {
  const MapReading map{
      value.node, value.node.at, "in 'pace' " + value.where, value.owner, value.reading};
  read_map(map, pace_keys(), out.pace);
}

constexpr std::array<Key<AccountSettings>, 4> kCommonKeys = {
    Key<AccountSettings>{{.name = "provider",
                          .help = "The vendor; `certferry providers` lists them",
                          .presence = Presence::kRequired,
                          .example = "dogecloud"},
                         &read_provider},
    Key<AccountSettings>{{.name = "endpoint",
                          .help = "Where calls go instead of the vendor's own address: https, or "
                                  "http to this machine",
                          .example = "https://gateway.example.com"},
                         [](const Value& value, auto& out) { value.endpoint(out.endpoint); }},
    Key<AccountSettings>{{.name = "proxy",
                          .help = "Proxy for this account's calls; without it the environment's",
                          .example = "http://proxy.example.com:3128"},
                         [](const Value& value, auto& out) { value.proxy(out.proxy); }},
    Key<AccountSettings>{{.name = "pace",
                          .help = "Slower or faster than the vendor's known limits",
                          .form = Form::kDefined,
                          .definition = "pace",
                          .example = "{ calls_per_second: 2, max_in_flight: 4 }"},
                         &read_pace},
};

const ProviderMetadata* provider_of(const YamlNode& account, const Catalogue& catalogue) {
  const YamlNode* named = account.find("provider");
  if (named == nullptr) return nullptr;
  const auto found = std::ranges::find(catalogue.providers, named->text, &ProviderMetadata::id);
  return found == catalogue.providers.end() ? nullptr : &*found;
}

void read_account(const Entry& entry, Reading& reading) {
  const ProviderMetadata* provider = provider_of(entry.value, reading.catalogue);
  const MapReading map{
      .node = entry.value,
      .at = entry.key_at,
      .where = "in account " + in_quotes(entry.key),
      .owner = entry.key,
      .reading = reading,
      .unknown = provider == nullptr ? UnknownKeys::kIgnore : UnknownKeys::kReport,
  };
  AccountSettings account{.name = entry.key, .at = entry.key_at};
  const std::vector<Key<AccountSettings>> keys = account_keys(provider);
  read_map<AccountSettings>(map, keys, account);
  reading.provider_of_account.emplace(account.name, provider);
  reading.settings.accounts.push_back(std::move(account));
}

}  // namespace

std::span<const Key<PaceSettings>> pace_keys() {
  return kPaceKeys;
}

std::vector<Key<AccountSettings>> account_keys(const ProviderMetadata* provider) {
  std::vector<Key<AccountSettings>> keys(kCommonKeys.begin(), kCommonKeys.end());
  if (provider == nullptr) return keys;
  for (const FieldMetadata& field : provider->fields) {
    keys.push_back(key_of<AccountSettings>(field));
  }
  return keys;
}

void read_named(const Value& value,
                std::string_view noun,
                const std::function<void(const Entry&)>& read) {
  if (value.node.kind == YamlNode::Kind::kScalar || value.node.kind == YamlNode::Kind::kSequence) {
    value.fail("config.type",
               "must be a map of " + std::string(noun) + "s by name",
               "a small whole file is:\n\n" + std::string(kSmallestFile));
    return;
  }
  if (value.node.entries.empty()) {
    value.fail("config.missing",
               "has no " + std::string(noun),
               "a small whole file is:\n\n" + std::string(kSmallestFile));
    return;
  }
  for (const Entry& entry : value.node.entries) {
    if (is_plain_name(entry.key)) {
      read(entry);
      continue;
    }
    value.fail_at(entry.key_at,
                  "config.range",
                  "has the name " + in_quotes(entry.key),
                  "a name has 1 to 64 bytes, without blanks and '/'");
  }
}

void read_accounts(const Value& value, Settings&) {
  read_named(value, "account", [&](const Entry& entry) { read_account(entry, value.reading); });
}

}  // namespace certferry
