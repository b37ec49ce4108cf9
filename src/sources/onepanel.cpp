// 1Panel keeps each site's pair below its website folder, and renews it in place.
//
// What is odd here, each with its evidence:
//  - v2: <website dir>/sites/<alias>/ssl, by default /opt/1panel/www ... website_utils.go
//  - v1: <base>/1panel/apps/openresty/<install>/www/sites/<alias>/ssl .. website_utils.go (v1)
//  - the alias mostly is the primary domain, but need not be ........... website.go
//  - both files are truncated and written, chain first: a reader can see
//    half a pair; the push folder gets the key first ................... website_ssl.go
//  - the installer writes the base folder into /usr/local/bin/1pctl as
//    BASE_DIR=/opt ..................................................... installer: install.sh
// Source: https://github.com/1Panel-dev/1Panel

#include "sources/onepanel.h"

#include <algorithm>
#include <set>
#include <span>

#include "base/text.h"
#include "sources/descriptor.h"
#include "sources/fields.h"
#include "sources/named_pairs.h"
#include "sources/onepanel_api.h"

namespace certferry {

namespace {

constexpr const char* kControlScript = "/usr/local/bin/1pctl";
constexpr std::size_t kControlScriptBytesMax = std::size_t{256} * 1024;
constexpr const char* kDefaultBase = "/opt";
// A panel has tens of sites, rarely hundreds; a person reads fewer still.
constexpr std::size_t kSitesShown = 10;

/// The script also holds the first password, so nothing but this one line leaves this function.
std::string installed_base(FileSystem& files, const std::string& root = {}) {
  try {
    const Secret script = files.read(root + kControlScript, kControlScriptBytesMax).bytes;
    constexpr std::string_view kKey = "\nBASE_DIR=";
    const auto at = script.reveal().find(kKey);
    if (at == std::string_view::npos) return kDefaultBase;
    const std::string_view rest = script.reveal().substr(at + kKey.size());
    const std::string base(trim(rest.substr(0, rest.find('\n'))));
    return base.starts_with('/') ? base : kDefaultBase;
  } catch (const Error&) {
    // Only the panel's own host has the script, and only some users may read it.
    return kDefaultBase;
  }
}

/// Folders of a folder, or nothing when it is not there.
std::vector<std::string> names_in(FileSystem& files, const std::string& folder) {
  return files.exists(folder) ? files.list(folder) : std::vector<std::string>();
}

/// Where sites may be, v2 before v1: an upgraded panel leaves the old folder behind. `base` may be
/// what the panel was installed below, its data folder, or its website folder.
std::vector<std::string> site_folders_below(FileSystem& files, const std::string& base) {
  const std::vector<std::string> data_folders = {base + "/1panel", base};
  std::vector<std::string> out;
  for (const std::string& data : data_folders) out.push_back(data + "/www/sites");
  out.push_back(base + "/sites");
  for (const std::string& data : data_folders) {
    const std::string installs = data + "/apps/openresty";
    for (const std::string& install : names_in(files, installs)) {
      out.push_back(join(std::vector{installs, install, std::string("www/sites")}, "/"));
    }
  }
  return out;
}

void check_site_name(const std::string& site) {
  if (site.find('/') == std::string::npos && site != "." && site != ".." &&
      site.find('\0') == std::string::npos) {
    return;
  }
  throw bad_setting("'" + printable(site) + "' is no name of a 1Panel site",
                    "give the site's alias as the panel shows it; for a folder use 'directory'");
}

std::string site_list(const std::vector<std::string>& sites) {
  const std::size_t shown = std::min(sites.size(), kSitesShown);
  std::string out = join(std::span(sites).first(shown), ", ");
  if (shown < sites.size()) out += " and " + std::to_string(sites.size() - shown) + " more";
  return printable(out, 1000);
}

}  // namespace

namespace {

/// What belongs to the API and what to the panel's files does not go together.
void check_api_fields(const SourceInputs& inputs) {
  const bool whole =
      !text_field(inputs, "certificate").empty() && !secret_field(inputs, "api_key").empty();
  const bool files_too = !text_field(inputs, "site").empty() ||
                         !text_field(inputs, "directory").empty() ||
                         !text_field(inputs, "base").empty();
  if (whole && !files_too) return;
  throw bad_setting(
      "source '1panel' with 'server_url' needs 'certificate' and 'api_key', and no "
      "'site', 'base' or 'directory'",
      "write 1panel: { server_url: …, certificate: example.com, api_key: { file: … } }");
}

std::unique_ptr<Source> make(const SourceInputs& inputs, const SourcePorts& ports) {
  check_fields(onepanel_source().metadata, inputs);
  if (text_field(inputs, "server_url").empty()) {
    return std::make_unique<OnePanelSource>(inputs, ports);
  }
  check_api_fields(inputs);
  return std::make_unique<OnePanelApiSource>(inputs, ports);
}

/// Sites that have a certificate; of an upgraded panel's two folders the newer one.
std::vector<Finding> find_sites(const Search& search, const std::string& base) {
  std::vector<Finding> found;
  std::set<std::string> seen;
  for (const std::string& folder : site_folders_below(search.files, base)) {
    for (const std::string& site : names_in(search.files, folder)) {
      const std::string own = join(std::vector{folder, site, std::string("ssl")}, "/");
      const std::string chain = pem_pair_in(own).chain;
      if (!search.files.exists(chain) || !seen.insert(site).second) continue;
      Finding one{.fields = {{"site", site}}, .path = chain};
      if (!search.root.empty()) one.fields.emplace("base", base);
      found.push_back(std::move(one));
    }
  }
  return found;
}

/// Where the panel is, a pair in a folder by itself is taken for one that it pushes.
std::vector<Finding> find(const Search& search) {
  const std::string base = search.root + installed_base(search.files, search.root);
  std::vector<Finding> found;
  try {
    const bool is_here = search.files.exists(base + "/1panel");
    found = find_sites(search, base);
    if (!is_here) return found;
    for (const std::string& folder : pair_folders(search)) {
      found.push_back({.fields = {{"directory", folder}}, .path = pem_pair_in(folder).chain});
    }
  } catch (const Error&) {
    // The panel's folders are closed to us, which is noted where it was seen.
    return found;
  }
  return found;
}

}  // namespace

const SourceDescriptor& onepanel_source() {
  static const SourceDescriptor kDescriptor{
      .metadata = {.id = "1panel",
                   .help = "A site of 1Panel, or a folder that it pushes a certificate to",
                   .fields = {{.key = "site",
                               .help = "The site's alias, mostly its primary domain; needed "
                                       "unless 'directory' is given",
                               .example = "example.com"},
                              {.key = "base",
                               .help = "The folder the panel was installed below, or its website "
                                       "folder; found when left out",
                               .example = "/opt",
                               .path = true},
                              {.key = "directory",
                               .help = "The folder that the panel pushes the certificate to, in "
                                       "place of a site",
                               .example = "/etc/ssl/example.com",
                               .path = true},
                              {.key = "server_url",
                               .help = "The panel's address without its entrance path, to ask its "
                                       "API for what is in its database alone; with 'certificate' "
                                       "and 'api_key'",
                               .example = "https://panel.example.com:10086"},
                              {.key = "certificate",
                               .help = "Primary domain of an entry of its certificate list",
                               .example = "example.com"},
                              {.key = "api_key",
                               .help = "The key of its API interface, which has to let this "
                                       "machine's address in",
                               .secret = true,
                               .example = "{ file: /etc/certferry/1panel.key }"},
                              {.key = "trust",
                               .help = "PEM file of the panel's own certificate or its root: to "
                                       "trust this and nothing else",
                               .example = "/etc/certferry/1panel.pem",
                               .path = true}},
                   .tool = "1Panel",
                   .log = "the log of the certificate in the panel (Websites > Certificates)"},
      .make = &make,
      .find = &find};
  return kDescriptor;
}

OnePanelSource::OnePanelSource(const SourceInputs& inputs, const SourcePorts& ports)
    : files_(ports.files), clock_(ports.clock), reader_(ports.reader) {
  for (const char* key : {"certificate", "api_key", "trust"}) {
    if (!inputs.texts.contains(key) && !inputs.secrets.contains(key)) continue;
    throw bad_setting("source '1panel' has '" + std::string(key) + "' without 'server_url'",
                      "add server_url: https://panel.example.com:10086");
  }
  site_ = text_field(inputs, "site");
  base_ = path_field(inputs, "base");
  directory_ = path_field(inputs, "directory");
  check_site_name(site_);
  if (site_.empty() == directory_.empty()) {
    throw bad_setting("source '1panel' needs either 'site' or 'directory'",
                      "add site: example.com, or the folder that the panel pushes to; where it is "
                      "in the panel's database alone, 'server_url', 'certificate' and 'api_key'");
  }
}

std::string OnePanelSource::describe() const {
  if (site_.empty()) return "1Panel push folder " + directory_;
  return "1Panel site " + site_ + (folder_.empty() ? "" : " (" + folder_ + ")");
}

Task<BundlePtr> OnePanelSource::read() {
  folder_ = directory_.empty() ? find_folder() : directory_;
  co_return read_pair(files_, clock_, pem_pair_in(folder_), reader_);
}

std::vector<WatchPath> OnePanelSource::watched() const {
  if (!directory_.empty()) return watch_pair(files_, pem_pair_in(directory_));
  const std::string own = "/" + site_ + "/ssl";
  std::vector<WatchPath> out;
  try {
    for (const std::string& folder : site_folders()) {
      const auto pair = watch_pair(files_, pem_pair_in(folder + own));
      out.insert(out.end(), pair.begin(), pair.end());
    }
  } catch (const Error&) {
    // Whoever may not look for the site is told so when it is read.
    return out;
  }
  return out;
}

std::vector<std::string> OnePanelSource::site_folders() const {
  return site_folders_below(files_, base_.empty() ? installed_base(files_) : base_);
}

std::string OnePanelSource::find_folder() {
  const std::vector<std::string> folders = site_folders();
  std::string without_pair;
  for (const std::string& folder : folders) {
    const std::string site = folder + "/" + site_;
    if (files_.exists(site + "/ssl/fullchain.pem")) return site + "/ssl";
    if (without_pair.empty() && files_.exists(site)) without_pair = site;
  }
  if (without_pair.empty()) throw missing_site(folders);
  throw Error(ErrorKind::kNotFound,
              "1Panel site '" + site_ + "' has no certificate in '" + without_pair + "/ssl'")
      .with_code("source.missing")
      .with_hint("switch HTTPS on for the site in the panel, with the certificate to bring along");
}

Error OnePanelSource::missing_site(const std::vector<std::string>& folders) const {
  std::vector<std::string> sites;
  for (const std::string& folder : folders) {
    for (std::string& site : names_in(files_, folder)) sites.push_back(std::move(site));
  }
  std::ranges::sort(sites);
  sites.erase(std::unique(sites.begin(), sites.end()), sites.end());
  if (sites.empty()) {
    return Error(ErrorKind::kNotFound, "no 1Panel site was found; looked in " + join(folders, ", "))
        .with_code("source.missing")
        .with_hint("set 'base' to the folder that 1Panel was installed below");
  }
  const std::string near = nearest(site_, sites);
  return Error(ErrorKind::kNotFound,
               "1Panel has no site '" + site_ + "'; its sites are " + site_list(sites))
      .with_code("source.missing")
      .with_hint(near.empty() ? "set 'site' to one of them" : "did you mean '" + near + "'?");
}

}  // namespace certferry
