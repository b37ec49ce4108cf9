// BaoTa and aaPanel keep each site's pair in vhost/cert/SITE, and renew it in place.
//
// What is odd here, each with its evidence:
//  - a renewal truncates fullchain.pem, then privkey.pem; a paste makes the folder anew: a reader
//    can see half a pair, or none for a moment ............. class/acme_v2.py, class/panelSite.py
//  - old panels kept it in /etc/letsencrypt/live/SITE, which is the fallback still .. panelSite.py
//  - SITE is the site's first domain; its other names have no folder ............... panelSite.py
//  - a job of the panel sets all of vhost to root and 0600: only root reads it ..... class/jobs.py
// Source: https://github.com/aaPanel/BaoTa, https://github.com/aaPanel/aaPanel

#include "sources/descriptor.h"
#include "sources/fields.h"
#include "sources/named_pairs.h"

namespace certferry {

namespace {

/// Whose name and bases are still to be said.
NamedLayout layout_in(FileSystem& files) {
  return {.what = "BaoTa site",
          .name = {},
          .bases = {},
          .base_hint =
              "set 'base' to the panel's folder, switch HTTPS on for the site there, and run "
              "as root",
          .pairs =
              [](const std::string& base, const std::string& site) {
                return std::vector{pem_pair_in(base + "/vhost/cert/" + site),
                                   pem_pair_in(base + "/live/" + site)};
              },
          .names =
              [&files](const std::string& base) {
                std::vector<std::string> names = names_below(files, base + "/vhost/cert");
                std::vector<std::string> old = names_below(files, base + "/live");
                names.insert(names.end(), old.begin(), old.end());
                return names;
              }};
}

std::unique_ptr<Source> make(const SourceInputs& inputs, const SourcePorts& ports) {
  check_fields(baota_source().metadata, inputs);
  NamedLayout layout = layout_in(ports.files);
  layout.name = name_field(inputs, "site", "BaoTa site");
  layout.bases = base_folders(inputs, {"/www/server/panel", "/etc/letsencrypt"});
  return std::make_unique<NamedPairSource>(std::move(layout), ports);
}

/// Of the folder of old panels certbot's own source tells.
std::vector<std::string> panel_folders(const std::string&) {
  return {"/www/server/panel"};
}

std::vector<Finding> find(const Search& search) {
  return find_named(search, layout_in(search.files), "site", &panel_folders);
}

}  // namespace

const SourceDescriptor& baota_source() {
  static const SourceDescriptor kDescriptor{
      .metadata = {.id = "baota",
                   .help = "A site of BaoTa (宝塔) or aaPanel",
                   .fields = {{.key = "site",
                               .help = "The site's name in the panel, which is its first domain",
                               .required = true,
                               .example = "example.com"},
                              {.key = "base",
                               .help = "The panel's folder; /www/server/panel when left out",
                               .example = "/www/server/panel",
                               .path = true}},
                   .tool = "BaoTa",
                   .log = "/www/server/panel/logs/letsencrypt.log"},
      .make = &make,
      .find = &find};
  return kDescriptor;
}

}  // namespace certferry
