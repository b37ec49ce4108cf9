#include "sources/registry.h"

#include <algorithm>
#include <array>

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

std::unique_ptr<Source> make_source(const std::string& kind,
                                    const SourceInputs& inputs,
                                    const SourcePorts& ports) {
  std::vector<NamedSource> sources = make_sources(kind, inputs, ports);
  ASSERT(sources.size() == 1);
  return std::move(sources.front().source);
}

}  // namespace certferry
