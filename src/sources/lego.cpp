// lego writes certificates/NAME.crt, NAME.key and NAME.issuer.crt below its path.
//
// What is odd here, each with its evidence:
//  - NAME.crt holds the whole chain unless --no-bundle was given; the issuer is in a file of its
//    own either way ........................................ lego: cmd/certs_storage.go,
//    SaveResource
//  - a wildcard's star is written as an underscore: _.example.com .... sanitizedDomain
//  - files are written in place, the chain first ........... SaveResource
// Source: https://github.com/go-acme/lego

#include <algorithm>

#include "sources/descriptor.h"
#include "sources/fields.h"
#include "sources/named_pairs.h"

namespace certferry {

namespace {

constexpr std::string_view kChain = ".crt";
constexpr std::string_view kIssuer = ".issuer.crt";

std::string file_name(std::string name) {
  std::ranges::replace(name, '*', '_');
  std::ranges::replace(name, ':', '-');
  return name;
}

std::vector<PairPaths> pairs_of(const std::string& base, const std::string& name) {
  std::vector<PairPaths> pairs;
  for (const std::string& folder : {base + "/certificates", base}) {
    const std::string file = folder + "/" + file_name(name);
    pairs.push_back({.chain = file + std::string(kChain),
                     .key = file + ".key",
                     .issuer = file + std::string(kIssuer)});
  }
  return pairs;
}

std::vector<std::string> names_of(FileSystem& files, const std::string& base) {
  std::vector<std::string> names;
  for (const std::string& folder : {base + "/certificates", base}) {
    for (std::string& file : names_below(files, folder)) {
      if (!file.ends_with(kChain) || file.ends_with(kIssuer)) continue;
      file.resize(file.size() - kChain.size());
      names.push_back(file.starts_with("_.") ? "*" + file.substr(1) : file);
    }
  }
  return names;
}

std::vector<std::string> known_folders(const std::string& home) {
  std::vector<std::string> folders = {"/var/lib/lego", "/etc/lego"};
  if (!home.empty()) folders.push_back(home + "/.lego");
  return folders;
}

/// Whose name and bases are still to be said.
NamedLayout layout_in(FileSystem& files) {
  return {.what = "lego certificate",
          .name = {},
          .bases = {},
          .base_hint = "set 'base' to lego's --path, and run as the user it runs as",
          .pairs = &pairs_of,
          .names = [&files](const std::string& base) { return names_of(files, base); }};
}

std::unique_ptr<Source> make(const SourceInputs& inputs, const SourcePorts& ports) {
  check_fields(lego_source().metadata, inputs);
  NamedLayout layout = layout_in(ports.files);
  layout.name = name_field(inputs, "name", "lego certificate");
  layout.bases = base_folders(inputs, known_folders(ports.home));
  return std::make_unique<NamedPairSource>(std::move(layout), ports);
}

std::vector<Finding> find(const Search& search) {
  return find_named(search, layout_in(search.files), "name", &known_folders);
}

}  // namespace

const SourceDescriptor& lego_source() {
  static const SourceDescriptor kDescriptor{
      .metadata = {.id = "lego",
                   .help = "A certificate that lego renews",
                   .fields = {{.key = "name",
                               .help =
                                   "Its first domain, as given to lego; wildcards with the star",
                               .required = true,
                               .example = "example.com"},
                              {.key = "base",
                               .help = "lego's --path; /var/lib/lego, /etc/lego and ~/.lego are "
                                       "tried when left out",
                               .example = "/var/lib/lego",
                               .path = true}},
                   .tool = "lego",
                   .log = "the mail or journal of its cron job or timer"},
      .make = &make,
      .find = &find};
  return kDescriptor;
}

}  // namespace certferry
