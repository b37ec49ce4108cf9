// The section `certificates:`: where each comes from, and where it goes.

#include <array>
#include <ranges>
#include <set>

#include "base/text.h"
#include "config/fields.h"
#include "config/tables.h"

namespace certferry {

namespace {

constexpr std::string_view kExactList = "[cdn.example.com, www.example.com]";

const ProviderMetadata* provider_of(const TargetSelector& target, const Reading& reading) {
  const auto account = reading.provider_of_account.find(target.account);
  return account == reading.provider_of_account.end() ? nullptr : account->second;
}

void read_account_name(const Value& value, TargetSelector& out) {
  const auto& accounts = value.reading.provider_of_account;
  std::string name;
  // Without any account that is the problem to mend, and it has been reported.
  if (!value.text(name) || accounts.empty()) return;
  if (accounts.contains(name)) {
    out.account = std::move(name);
    return;
  }
  if (value.reading.problems.full()) return;
  // Each is compared with the name; nobody has more, but a hostile file might.
  constexpr std::size_t kCompared = 500;
  std::vector<std::string> names;
  for (const auto& [known, provider] : accounts | std::views::take(kCompared)) {
    names.push_back(known);
  }
  value.choice(out.account, names, "accounts");
}

void read_product(const Value& value, TargetSelector& out) {
  const ProviderMetadata* provider = provider_of(out, value.reading);
  if (provider == nullptr) return;
  const std::string what = "products of " + std::string(provider->id);
  value.choice(out.product, ids_of(provider->products), what);
}

/// An exact name belongs to one certificate only: two would take turns at being served.
void note_exact(const Value& value, const TargetSelector& target, const std::string& name) {
  if (target.account.empty() || target.product.empty()) return;
  const TargetId id{target.account, target.product, name};
  const auto [first, fresh] = value.reading.exact_targets.emplace(id, value.node.at);
  if (fresh) return;
  value.fail(
      "config.duplicate",
      "names " + to_string(id) + " a second time",
      "one name gets one certificate; the first is in line " + std::to_string(first->second.line));
}

void read_domains(const Value& value, TargetSelector& out) {
  if (value.node.kind == YamlNode::Kind::kScalar) {
    if (value.node.text == "covered") {
      out.covered = true;
      return;
    }
    value.fail("config.type",
               "is neither 'covered' nor a list",
               "write 'covered' for every domain the certificate covers, or a list like [" +
                   printable(value.node.text, 80) + "]");
    return;
  }
  value.list(kExactList, [&](const Value& element) {
    if (element.node.text == "covered") {
      element.fail("config.range", "has 'covered' in a list", "write 'domains: covered'");
      return;
    }
    std::string name;
    if (!element.host(name, Value::Wildcard::kAllowed)) return;
    note_exact(element, out, name);
    out.names.push_back(std::move(name));
  });
}

void read_except(const Value& value, TargetSelector& out) {
  if (!out.covered) {
    value.fail("config.range",
               "takes names away from 'domains: covered' only",
               "remove it; an exact list already says which names");
    return;
  }
  std::set<std::string> seen;
  value.list("[old.example.com]", [&](const Value& element) {
    std::string name;
    if (!element.host(name, Value::Wildcard::kAllowed)) return;
    if (!seen.insert(name).second) {
      element.fail("config.duplicate", "has " + in_quotes(name) + " a second time");
      return;
    }
    out.except.push_back(std::move(name));
  });
}

constexpr std::array<Key<TargetSelector>, 5> kTargetKeys = {
    Key<TargetSelector>{{.name = "account",
                         .help = "Name of an account above",
                         .presence = Presence::kRequired,
                         .example = "doge"},
                        &read_account_name},
    Key<TargetSelector>{{.name = "product",
                         .help = "Service of the vendor; `certferry providers` lists them",
                         .presence = Presence::kRequired,
                         .example = "cdn"},
                        &read_product},
    Key<TargetSelector>{{.name = "domains",
                         .help = "'covered' for every online domain the certificate covers, or an "
                                 "exact list",
                         .form = Form::kDefined,
                         .presence = Presence::kRequired,
                         .definition = "domains",
                         .example = "covered"},
                        &read_domains},
    Key<TargetSelector>{{.name = "except",
                         .help = "Taken away from 'covered'; wildcards allowed",
                         .form = Form::kDefined,
                         .definition = "names",
                         .example = "[old.example.com]"},
                        &read_except},
    Key<TargetSelector>{
        {.name = "canary",
         .help = "Bind one of them first, the others when its edge serves it; "
                 "true unless said, for 'covered'",
         .form = Form::kSwitch,
         .example = "true"},
        [](const Value& value, TargetSelector& out) { value.switched(out.canary); }},
};

void read_source(const Value& value, CertificateSettings& out) {
  const auto& sources = value.reading.catalogue.sources;
  if (value.node.kind != YamlNode::Kind::kMap || value.node.entries.size() != 1) {
    value.fail(
        "config.type",
        "must name one source",
        "write it like { 1panel: { site: example.com } }; sources: " + join(ids_of(sources), ", "));
    return;
  }
  const Entry& entry = value.node.entries.front();
  const auto source = std::ranges::find(sources, entry.key, &SourceMetadata::id);
  if (source == sources.end()) {
    value.fail_at(entry.key_at,
                  "config.reference",
                  "is " + in_quotes(entry.key) + ", which is not a known source",
                  suggestion(entry.key, ids_of(sources), "sources"));
    return;
  }
  const MapReading map{
      entry.value,
      entry.key_at,
      "in source " + in_quotes(entry.key) + " of certificate " + in_quotes(out.name),
      value.owner,
      value.reading};
  out.from.kind = entry.key;
  out.from.at = entry.key_at;
  const std::vector<Key<SourceSettings>> keys = source_keys(*source);
  read_map<SourceSettings>(map, keys, out.from);
}

/// Two equal selectors of one certificate; an exact list beside `covered` is fine.
void note_covered(const Value& element,
                  const TargetSelector& target,
                  std::set<std::pair<std::string, std::string>>& seen) {
  if (!target.covered || target.account.empty() || target.product.empty()) return;
  if (seen.emplace(target.account, target.product).second) return;
  element.fail(
      "config.duplicate",
      "takes every covered domain of " + target.account + "/" + target.product + " a second time",
      "put both into one element");
}

void read_targets(const Value& value, CertificateSettings& out) {
  std::set<std::pair<std::string, std::string>> covered;
  value.list("[{ account: doge, product: cdn, domains: covered }]", [&](const Value& element) {
    const std::string number = std::to_string(out.to.size() + 1);
    const MapReading map{element.node,
                         element.node.at,
                         "in target " + number + " of certificate " + in_quotes(out.name),
                         value.owner,
                         value.reading};
    TargetSelector target;
    read_map(map, target_keys(), target);
    note_covered(element, target, covered);
    out.to.push_back(std::move(target));
    out.to_at.push_back(element.node.at);
  });
}

constexpr std::array<Key<CertificateSettings>, 2> kCertificateKeys = {
    Key<CertificateSettings>{{.name = "from",
                              .help = "Where it is renewed: one source with its keys",
                              .form = Form::kDefined,
                              .presence = Presence::kRequired,
                              .definition = "source",
                              .example = "{ 1panel: { site: example.com } }"},
                             &read_source},
    Key<CertificateSettings>{{.name = "to",
                              .help = "Where it is served: a list of targets",
                              .form = Form::kDefined,
                              .presence = Presence::kRequired,
                              .definition = "targets",
                              .example = "[{ account: doge, product: cdn, domains: covered }]"},
                             &read_targets},
};

void read_certificate(const Entry& entry, Reading& reading) {
  const MapReading map{
      entry.value, entry.key_at, "in certificate " + in_quotes(entry.key), entry.key, reading};
  CertificateSettings certificate{.name = entry.key, .at = entry.key_at};
  read_map(map, certificate_keys(), certificate);
  reading.settings.certificates.push_back(std::move(certificate));
}

}  // namespace

std::span<const Key<TargetSelector>> target_keys() {
  return kTargetKeys;
}

std::span<const Key<CertificateSettings>> certificate_keys() {
  return kCertificateKeys;
}

std::vector<Key<SourceSettings>> source_keys(const SourceMetadata& source) {
  std::vector<Key<SourceSettings>> keys;
  for (const FieldMetadata& field : source.fields) keys.push_back(key_of<SourceSettings>(field));
  return keys;
}

void read_certificates(const Value& value, Settings&) {
  read_named(
      value, "certificate", [&](const Entry& entry) { read_certificate(entry, value.reading); });
}

}  // namespace certferry
