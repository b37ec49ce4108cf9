// certbot keeps the newest of each certificate behind links: live/NAME/*.pem lead to archive/NAME.
//
// What is odd here, each with its evidence:
//  - a renewal writes archive/NAME/privkeyN.pem and its fellows, then turns one
//    link after the other: a reader can meet two generations .... certbot: storage.py,
//    update_all_links_to
//  - live and archive are 0700 root: only root reads them ....... certbot: storage.py,
//    filesystem.makedirs
//  - NAME is the lineage's, mostly its first domain; a second one
//    of that domain is NAME-0001 ................................ eff-certbot.readthedocs.io:
//    using.html
// Source: https://github.com/certbot/certbot

#include "sources/descriptor.h"
#include "sources/fields.h"
#include "sources/named_pairs.h"

namespace certferry {

namespace {

std::vector<std::string> known_folders(const std::string&) {
  return {"/etc/letsencrypt"};
}

/// Whose name and bases are still to be said.
NamedLayout layout_in(FileSystem& files) {
  return {
      .what = "certbot certificate",
      .name = {},
      .bases = {},
      .base_hint = "set 'base' to certbot's folder (its --config-dir), and run as root",
      .pairs =
          [](const std::string& base, const std::string& name) {
            return std::vector{pem_pair_in(base + "/live/" + name)};
          },
      .names = [&files](const std::string& base) { return names_below(files, base + "/live"); }};
}

std::unique_ptr<Source> make(const SourceInputs& inputs, const SourcePorts& ports) {
  check_fields(certbot_source().metadata, inputs);
  NamedLayout layout = layout_in(ports.files);
  layout.name = name_field(inputs, "name", "certbot certificate");
  layout.bases = base_folders(inputs, known_folders(""));
  return std::make_unique<NamedPairSource>(std::move(layout), ports);
}

std::vector<Finding> find(const Search& search) {
  return find_named(search, layout_in(search.files), "name", &known_folders);
}

}  // namespace

const SourceDescriptor& certbot_source() {
  static const SourceDescriptor kDescriptor{
      .metadata = {.id = "certbot",
                   .help = "A certificate that certbot renews",
                   .fields = {{.key = "name",
                               .help = "The certificate's name, as `certbot certificates` shows it",
                               .required = true,
                               .example = "example.com"},
                              {.key = "base",
                               .help = "certbot's --config-dir; /etc/letsencrypt when left out",
                               .example = "/etc/letsencrypt",
                               .path = true}},
                   .tool = "certbot",
                   .log = "/var/log/letsencrypt/letsencrypt.log"},
      .make = &make,
      .find = &find};
  return kDescriptor;
}

}  // namespace certferry
