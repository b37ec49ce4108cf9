#include "sources/registry.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "base/text.h"
#include "sources/descriptor.h"
#include "sources/fields.h"

namespace certferry {

namespace {

/// The panels first: that is where most people's certificates are.
std::span<const SourceDescriptor> descriptors() {
  static const std::array kAll = {onepanel_source(),
                                  baota_source(),
                                  certbot_source(),
                                  acme_sh_source(),
                                  lego_source(),
                                  dehydrated_source(),
                                  caddy_source(),
                                  traefik_source(),
                                  nginx_proxy_manager_source(),
                                  files_source(),
                                  folder_source(),
                                  pkcs12_source(),
                                  url_source(),
                                  command_source()};
  return kAll;
}

}  // namespace

std::span<const SourceMetadata> source_metadata() {
  static const std::vector<SourceMetadata> kAll = [] {
    std::vector<SourceMetadata> all;
    for (const SourceDescriptor& one : descriptors()) all.push_back(one.metadata);
    return all;
  }();
  return kAll;
}

std::vector<NamedSource> make_sources(const std::string& kind,
                                      const SourceInputs& inputs,
                                      const SourcePorts& ports) {
  const auto all = descriptors();
  const auto found =
      std::ranges::find(all, kind, [](const SourceDescriptor& one) { return one.metadata.id; });
  if (found == all.end()) {
    std::vector<std::string> known;
    for (const SourceMetadata& source : source_metadata()) known.emplace_back(source.id);
    throw bad_setting("there is no source '" + printable(kind, 40) + "'",
                      "take one of: " + join(known, ", "));
  }
  if (found->make_many != nullptr) return found->make_many(inputs, ports);
  std::vector<NamedSource> sources;
  sources.push_back({.name = "", .source = found->make(inputs, ports)});
  return sources;
}

namespace {

/// The files as they are, and which of them we may not look at: sources pass over those.
class NotedFiles final : public FileSystem {
 public:
  explicit NotedFiles(FileSystem& files) : files_(files) {}

  FileContents read(const std::string& path, std::size_t limit) override {
    return noted(path, [&] { return files_.read(path, limit); });
  }
  FileIdentity identity(const std::string& path) override {
    return noted(path, [&] { return files_.identity(path); });
  }
  std::string real_path(const std::string& path) override {
    return noted(path, [&] { return files_.real_path(path); });
  }
  std::vector<std::string> list(const std::string& directory) override {
    return noted(directory, [&] { return files_.list(directory); });
  }
  bool exists(const std::string& path) override {
    return noted(path, [&] { return files_.exists(path); });
  }

  const std::map<std::string, Error>& closed() const { return closed_; }

 private:
  template <typename Call>
  auto noted(const std::string& path, const Call& call) -> decltype(call()) {
    try {
      return call();
    } catch (const Error& error) {
      if (error.kind == ErrorKind::kUnauthorized) closed_.emplace(path, error);
      throw;
    }
  }

  FileSystem& files_;
  std::map<std::string, Error> closed_;
};

/// What tells a certificate from the others: its file, and in a file of many its domain.
std::string identity_of(FileSystem& files, const Finding& finding) {
  std::string path = finding.path;
  try {
    path = files.real_path(finding.path);
  } catch (const Error&) {
    // It is gone meanwhile, or may not be followed: then it goes by the name it was found by.
    path = finding.path;
  }
  const auto domain = finding.fields.find("domain");
  return domain == finding.fields.end() ? path : path + '\n' + domain->second;
}

}  // namespace

std::vector<Finding> find_certificates(Search search) {
  NotedFiles files(search.files);
  const Search noted{.files = files,
                     .root = std::move(search.root),
                     .homes = std::move(search.homes),
                     .folders = std::move(search.folders)};
  std::vector<Finding> found;
  std::set<std::string> seen;
  for (const SourceDescriptor& source : descriptors()) {
    if (source.find == nullptr) continue;
    for (Finding& one : source.find(noted)) {
      if (!seen.insert(identity_of(search.files, one)).second) continue;
      if (one.kind.empty()) one.kind = source.metadata.id;
      found.push_back(std::move(one));
    }
  }
  for (const auto& [path, error] : files.closed()) {
    found.push_back({.path = path, .error = error});
  }
  return found;
}

std::unique_ptr<Source> make_source(const std::string& kind,
                                    const SourceInputs& inputs,
                                    const SourcePorts& ports) {
  std::vector<NamedSource> sources = make_sources(kind, inputs, ports);
  ASSERT(sources.size() == 1);
  return std::move(sources.front().source);
}

}  // namespace certferry
