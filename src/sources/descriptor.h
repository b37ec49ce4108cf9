// Private to this room: what a kind of source brings to the registry.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "model/metadata.h"
#include "ports/source.h"
#include "sources/search.h"
#include "sources/source_ports.h"

namespace certferry {

struct SourceDescriptor {
  SourceMetadata metadata;
  /// Throws: invalid_input `source.settings`.
  std::unique_ptr<Source> (*make)(const SourceInputs& inputs, const SourcePorts& ports) = nullptr;
  /// In place of `make`: settings that stand for many certificates. Throws the same; what cannot be
  /// read is a source that says so.
  std::vector<NamedSource> (*make_many)(const SourceInputs& inputs,
                                        const SourcePorts& ports) = nullptr;
  /// What is there at the usual places, for whoever has no configuration yet; none: there are no
  /// usual places. What may not be looked at is passed over, what is noted of it is for the caller.
  std::vector<Finding> (*find)(const Search& search) = nullptr;
};

// One file each; registry.cpp lists them.
const SourceDescriptor& acme_sh_source();
const SourceDescriptor& baota_source();
const SourceDescriptor& caddy_source();
const SourceDescriptor& certbot_source();
const SourceDescriptor& command_source();
const SourceDescriptor& dehydrated_source();
const SourceDescriptor& files_source();
const SourceDescriptor& folder_source();
const SourceDescriptor& lego_source();
const SourceDescriptor& nginx_proxy_manager_source();
const SourceDescriptor& onepanel_source();
const SourceDescriptor& pkcs12_source();
const SourceDescriptor& traefik_source();
const SourceDescriptor& url_source();

}  // namespace certferry
