// Caddy keeps certificates in its storage folder, by issuer: certificates/ISSUER/NAME/NAME.crt.
//
// What is odd here, each with its evidence:
//  - after a change of issuer, or a fallback to its second one, both folders have the name ..
//    certmagic: storage.go, StorageKeys.CertsPrefix
//  - a wildcard's star is written as "wildcard_": wildcard_.example.com .. StorageKeys.Safe
//  - its own CA's folder is "local"; what lives there lasts 12 hours .... modules/caddytls
//  - the storage folder belongs to user caddy, mode 0700
// Source: https://github.com/caddyserver/certmagic

#include "base/text.h"
#include "sources/descriptor.h"
#include "sources/fields.h"
#include "sources/named_pairs.h"

namespace certferry {

namespace {

constexpr std::string_view kWildcard = "wildcard_";

std::string folder_name(const std::string& name) {
  const std::string lower = to_lower(name);
  return lower.starts_with('*') ? std::string(kWildcard) + lower.substr(1) : lower;
}

std::string shown_name(const std::string& folder) {
  return folder.starts_with(kWildcard) ? "*" + folder.substr(kWildcard.size()) : folder;
}

std::vector<PairPaths> pairs_of(FileSystem& files,
                                const std::string& base,
                                const std::string& name) {
  std::vector<PairPaths> pairs;
  const std::string folder = folder_name(name);
  for (const std::string& issuer : names_below(files, base + "/certificates")) {
    const std::string file =
        join(std::vector{base, std::string("certificates"), issuer, folder, folder}, "/");
    pairs.push_back({.chain = file + ".crt", .key = file + ".key"});
  }
  return pairs;
}

std::vector<std::string> names_of(FileSystem& files, const std::string& base) {
  std::vector<std::string> names;
  const std::string all = base + "/certificates/";
  for (const std::string& issuer : names_below(files, base + "/certificates")) {
    for (const std::string& folder : names_below(files, std::string(all).append(issuer))) {
      names.push_back(shown_name(folder));
    }
  }
  return names;
}

std::vector<std::string> known_folders(const std::string& home) {
  std::vector<std::string> folders = {"/var/lib/caddy/.local/share/caddy", "/data/caddy"};
  if (!home.empty()) folders.push_back(home + "/.local/share/caddy");
  return folders;
}

/// A folder of an issuer that comes later is seen too: all below the certificates is watched.
class CaddySource final : public NamedPairSource {
 public:
  CaddySource(NamedLayout layout, const SourcePorts& ports)
      : NamedPairSource(layout, ports), bases_(std::move(layout.bases)) {}
  std::vector<WatchPath> watched() const override {
    std::vector<WatchPath> out = NamedPairSource::watched();
    for (const std::string& base : bases_) {
      out.push_back({.path = base + "/certificates", .extent = WatchExtent::kTree});
    }
    return out;
  }

 private:
  std::vector<std::string> bases_;
};

/// Whose name and bases are still to be said.
NamedLayout layout_in(FileSystem& files) {
  return {.what = "Caddy certificate",
          .name = {},
          .bases = {},
          .base_hint =
              "set 'base' to Caddy's storage folder (`caddy environ` shows AppDataDir), and "
              "run as root or as Caddy's user",
          .pairs = [&files](const std::string& base,
                            const std::string& name) { return pairs_of(files, base, name); },
          .names = [&files](const std::string& base) { return names_of(files, base); }};
}

std::unique_ptr<Source> make(const SourceInputs& inputs, const SourcePorts& ports) {
  check_fields(caddy_source().metadata, inputs);
  NamedLayout layout = layout_in(ports.files);
  layout.name = name_field(inputs, "name", "Caddy certificate");
  layout.bases = base_folders(inputs, known_folders(ports.home));
  return std::make_unique<CaddySource>(std::move(layout), ports);
}

std::vector<Finding> find(const Search& search) {
  return find_named(search, layout_in(search.files), "name", &known_folders);
}

}  // namespace

const SourceDescriptor& caddy_source() {
  static const SourceDescriptor kDescriptor{
      .metadata = {.id = "caddy",
                   .help = "A certificate that Caddy renews; of several issuers' the one that ends "
                           "last",
                   .fields = {{.key = "name",
                               .help = "The domain, as the site's address has it",
                               .required = true,
                               .example = "example.com"},
                              {.key = "base",
                               .help = "Caddy's storage folder; found when left out",
                               .example = "/var/lib/caddy/.local/share/caddy",
                               .path = true}},
                   .tool = "Caddy",
                   .log = "`journalctl -u caddy`"},
      .make = &make,
      .find = &find};
  return kDescriptor;
}

}  // namespace certferry
