// acme.sh keeps each certificate in a folder of its home, ECC ones apart from RSA ones.
//
// What is odd here, each with its evidence:
//  - ECC keys are the default since 3.0 and live in NAME_ecc, RSA in NAME; after a switch the old
//    folder stays behind and is renewed no more ............... acme.sh: _initpath,
//    DEFAULT_DOMAIN_KEY_LENGTH
//  - the full chain is fullchain.cer, the key NAME.key ........ acme.sh: _initpath
//  - a wildcard's folder has the star in its name ............. acme.sh: _initpath
//  - files are written in place, key long before the chain .... acme.sh: issue
// Source: https://github.com/acmesh-official/acme.sh

#include "sources/descriptor.h"
#include "sources/fields.h"
#include "sources/named_pairs.h"

namespace certferry {

namespace {

constexpr std::string_view kEcc = "_ecc";

std::vector<PairPaths> pairs_of(const std::string& base, const std::string& name) {
  const std::string rsa = base + "/" + name;
  const std::string ecc = rsa + std::string(kEcc);
  const std::string key = "/" + name + ".key";
  return {{.chain = ecc + "/fullchain.cer", .key = ecc + key},
          {.chain = rsa + "/fullchain.cer", .key = rsa + key}};
}

std::string without_ecc(std::string name) {
  if (name.ends_with(kEcc)) name.resize(name.size() - kEcc.size());
  return name;
}

std::vector<std::string> known_folders(const std::string& home) {
  std::vector<std::string> folders;
  if (!home.empty()) folders.push_back(home + "/.acme.sh");
  if (home != "/root") folders.emplace_back("/root/.acme.sh");
  return folders;
}

/// Whose name and bases are still to be said.
NamedLayout layout_in(FileSystem& files) {
  return {
      .what = "acme.sh certificate",
      .name = {},
      .bases = {},
      .base_hint = "set 'base' to acme.sh's --home or --cert-home, and run as the user it runs as",
      .pairs = &pairs_of,
      .names = [&files](const std::string& base) {
        std::vector<std::string> names = names_below(files, base);
        for (std::string& name : names) name = without_ecc(std::move(name));
        return names;
      }};
}

std::unique_ptr<Source> make(const SourceInputs& inputs, const SourcePorts& ports) {
  check_fields(acme_sh_source().metadata, inputs);
  NamedLayout layout = layout_in(ports.files);
  layout.name = without_ecc(name_field(inputs, "name", "acme.sh certificate"));
  layout.bases = base_folders(inputs, known_folders(ports.home));
  return std::make_unique<NamedPairSource>(std::move(layout), ports);
}

std::vector<Finding> find(const Search& search) {
  return find_named(search, layout_in(search.files), "name", &known_folders);
}

}  // namespace

const SourceDescriptor& acme_sh_source() {
  static const SourceDescriptor kDescriptor{
      .metadata = {.id = "acme.sh",
                   .help = "A certificate that acme.sh renews; of RSA and ECC the one that ends "
                           "later",
                   .fields = {{.key = "name",
                               .help = "Its main domain, as `acme.sh --list` shows it",
                               .required = true,
                               .example = "example.com"},
                              {.key = "base",
                               .help = "acme.sh's --home or --cert-home; ~/.acme.sh when left out",
                               .example = "/root/.acme.sh",
                               .path = true}},
                   .tool = "acme.sh",
                   .log = "~/.acme.sh/acme.sh.log, or `acme.sh --cron --debug`"},
      .make = &make,
      .find = &find};
  return kDescriptor;
}

}  // namespace certferry
