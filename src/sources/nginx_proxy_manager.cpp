// Nginx Proxy Manager keeps each certificate under its number, certbot's apart from pasted ones.
//
// What is odd here, each with its evidence:
//  - Let's Encrypt: /etc/letsencrypt/live/npm-N, links as certbot makes them ..
//    internal/certificate.js
//  - pasted: /data/custom_ssl/npm-N, written in place, chain first ...........
//    internal/certificate.js
//  - both are volumes of a container: on the host they are wherever its compose file says, mostly
//    ./letsencrypt and ./data beside it ...................................... docs: setup
//  - numbers are never used twice, so a name is in one of the two ............ table certificate
// Source: https://github.com/NginxProxyManager/nginx-proxy-manager

#include "sources/descriptor.h"
#include "sources/fields.h"
#include "sources/named_pairs.h"

namespace certferry {

namespace {

constexpr std::string_view kPrefix = "npm-";

/// Below the folder of the compose file, and below the volumes themselves.
std::vector<std::string> certificate_folders(const std::string& base) {
  return {
      base + "/letsencrypt/live", base + "/data/custom_ssl", base + "/live", base + "/custom_ssl"};
}

std::vector<PairPaths> pairs_of(const std::string& base, const std::string& number) {
  std::vector<PairPaths> pairs;
  const std::string own = "/" + std::string(kPrefix) + number;
  for (const std::string& folder : certificate_folders(base)) {
    pairs.push_back(pem_pair_in(folder + own));
  }
  return pairs;
}

std::vector<std::string> numbers_of(FileSystem& files, const std::string& base) {
  std::vector<std::string> numbers;
  for (const std::string& folder : certificate_folders(base)) {
    for (const std::string& name : names_below(files, folder)) {
      if (name.starts_with(kPrefix)) numbers.push_back(name.substr(kPrefix.size()));
    }
  }
  return numbers;
}

std::string number_field(const SourceInputs& inputs) {
  std::string number = name_field(inputs, "id", "certificate of Nginx Proxy Manager");
  if (number.starts_with(kPrefix)) number.erase(0, kPrefix.size());
  if (number.find_first_not_of("0123456789") == std::string::npos) return number;
  throw bad_setting("'id' is no number of a certificate of Nginx Proxy Manager",
                    "write the number in the list of its SSL certificates, like id: 7");
}

/// Whose name and bases are still to be said.
NamedLayout layout_in(FileSystem& files) {
  return {.what = "certificate of Nginx Proxy Manager",
          .name = {},
          .bases = {},
          .base_hint =
              "set 'base' to the folder that its volumes are in, mostly that of its compose "
              "file, and run as root",
          .pairs = &pairs_of,
          .names = [&files](const std::string& base) { return numbers_of(files, base); }};
}

std::unique_ptr<Source> make(const SourceInputs& inputs, const SourcePorts& ports) {
  check_fields(nginx_proxy_manager_source().metadata, inputs);
  NamedLayout layout = layout_in(ports.files);
  layout.name = number_field(inputs);
  layout.bases =
      base_folders(inputs, {"/data", "/etc/letsencrypt", "/opt/nginx-proxy-manager", "/opt/npm"});
  return std::make_unique<NamedPairSource>(std::move(layout), ports);
}

/// Beside those that the source tries: what people call the folder of its compose file.
std::vector<std::string> usual_folders(const std::string& home) {
  std::vector<std::string> folders = {"/data", "/opt/nginx-proxy-manager", "/opt/npm"};
  if (home.empty()) return folders;
  for (const char* name : {"/nginx-proxy-manager", "/npm"}) folders.push_back(home + name);
  return folders;
}

std::vector<Finding> find(const Search& search) {
  return find_named(search, layout_in(search.files), "id", &usual_folders);
}

}  // namespace

const SourceDescriptor& nginx_proxy_manager_source() {
  static const SourceDescriptor kDescriptor{
      .metadata = {.id = "nginx-proxy-manager",
                   .help = "A certificate of Nginx Proxy Manager",
                   .fields = {{.key = "id",
                               .help = "The certificate's number: 7 for the folder npm-7",
                               .required = true,
                               .example = "7"},
                              {.key = "base",
                               .help = "The folder with its volumes 'data' and 'letsencrypt'; some "
                                       "usual ones are tried when left out",
                               .example = "/opt/nginx-proxy-manager",
                               .path = true}},
                   .tool = "Nginx Proxy Manager",
                   .log = "`docker logs` of its container"},
      .make = &make,
      .find = &find};
  return kDescriptor;
}

}  // namespace certferry
