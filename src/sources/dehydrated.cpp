// dehydrated keeps each certificate in certs/NAME, the newest behind links beside it.
//
// What is odd here, each with its evidence:
//  - fullchain.pem leads to fullchain-<time>.pem; the links are turned one by
//    one, privkey.pem first ............................ dehydrated: sign_domain
//  - a wildcard's folder has the alias that domains.txt gives it ... docs/domains_txt.md
//  - Debian sets BASEDIR=/var/lib/dehydrated ........... /etc/dehydrated/conf.d of the package
// Source: https://github.com/dehydrated-io/dehydrated

#include "sources/descriptor.h"
#include "sources/fields.h"
#include "sources/named_pairs.h"

namespace certferry {

namespace {

std::vector<std::string> known_folders(const std::string&) {
  return {"/var/lib/dehydrated", "/etc/dehydrated"};
}

/// Whose name and bases are still to be said.
NamedLayout layout_in(FileSystem& files) {
  return {
      .what = "dehydrated certificate",
      .name = {},
      .bases = {},
      .base_hint = "set 'base' to dehydrated's BASEDIR, and run as a user that may read it",
      .pairs =
          [](const std::string& base, const std::string& name) {
            return std::vector{pem_pair_in(base + "/certs/" + name)};
          },
      .names = [&files](const std::string& base) { return names_below(files, base + "/certs"); }};
}

std::unique_ptr<Source> make(const SourceInputs& inputs, const SourcePorts& ports) {
  check_fields(dehydrated_source().metadata, inputs);
  NamedLayout layout = layout_in(ports.files);
  layout.name = name_field(inputs, "name", "dehydrated certificate");
  layout.bases = base_folders(inputs, known_folders(""));
  return std::make_unique<NamedPairSource>(std::move(layout), ports);
}

std::vector<Finding> find(const Search& search) {
  return find_named(search, layout_in(search.files), "name", &known_folders);
}

}  // namespace

const SourceDescriptor& dehydrated_source() {
  static const SourceDescriptor kDescriptor{
      .metadata = {.id = "dehydrated",
                   .help = "A certificate that dehydrated renews",
                   .fields = {{.key = "name",
                               .help = "Its folder below certs: the first domain, or the alias",
                               .required = true,
                               .example = "example.com"},
                              {.key = "base",
                               .help = "dehydrated's BASEDIR; found when left out",
                               .example = "/var/lib/dehydrated",
                               .path = true}},
                   .tool = "dehydrated",
                   .log = "the mail or journal of its cron job or timer"},
      .make = &make,
      .find = &find};
  return kDescriptor;
}

}  // namespace certferry
