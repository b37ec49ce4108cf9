// What a source is made from: its settings, and the world it reads.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/secret.h"
#include "ports/command_runner.h"
#include "ports/file_system.h"
#include "ports/http_client.h"
#include "ports/source.h"
#include "sources/pair_reader.h"

namespace certferry {

/// A source's fields, as the configuration gives them.
struct SourceInputs {
  std::map<std::string, std::string> texts;
  std::map<std::string, std::vector<std::string>> lists = {};
  std::map<std::string, Secret> secrets = {};
};

/// Makes a client of its own for a source that trusts these certificates (PEM) and no others;
/// empty: the system's roots and those of the configuration.
using HttpMaker = std::function<std::unique_ptr<HttpClient>(const std::string& trusted)>;

/// Everything referred to outlives the source.
struct SourcePorts {
  FileSystem& files;
  const Clock& clock;
  BundleReader reader = read_bundle;
  std::string home = {};  ///< of the user that certferry runs as; empty: none
  HttpMaker http = {};
  CommandRunner* commands = nullptr;
};

/// One source, and what tells it from others of the same settings; empty where there is but one.
struct NamedSource {
  std::string name;
  std::unique_ptr<Source> source;
};

}  // namespace certferry
