#include "sources/files.h"

#include "sources/descriptor.h"
#include "sources/fields.h"
#include "sources/named_pairs.h"

namespace certferry {

namespace {

std::vector<Finding> find(const Search& search) {
  std::vector<Finding> found;
  for (const std::string& folder : pair_folders(search)) {
    const PairPaths pair = pem_pair_in(folder);
    found.push_back({.fields = {{"chain", pair.chain}, {"key", pair.key}}, .path = pair.chain});
  }
  return found;
}

}  // namespace

const SourceDescriptor& files_source() {
  static const SourceDescriptor kDescriptor{
      .metadata = {.id = "files",
                   .help = "PEM files that something else renews",
                   .fields = {{.key = "chain",
                               .help = "The leaf, then its issuers; may hold the key too",
                               .required = true,
                               .example = "/etc/ssl/example.com/fullchain.pem",
                               .path = true},
                              {.key = "key",
                               .help = "The private key, not encrypted; left out when the chain's "
                                       "file holds it",
                               .example = "/etc/ssl/example.com/privkey.pem",
                               .path = true}}},
      .make = [](const SourceInputs& inputs, const SourcePorts& ports) -> std::unique_ptr<Source> {
        return std::make_unique<FilesSource>(inputs, ports);
      },
      .find = &find};
  return kDescriptor;
}

FilesSource::FilesSource(const SourceInputs& inputs, const SourcePorts& ports)
    : files_(ports.files), clock_(ports.clock), reader_(ports.reader) {
  check_fields(files_source().metadata, inputs);
  paths_ = {.chain = path_field(inputs, "chain"), .key = path_field(inputs, "key")};
}

std::string FilesSource::describe() const {
  return paths_.key.empty() ? "file " + paths_.chain
                            : "files " + paths_.chain + " and " + paths_.key;
}

Task<BundlePtr> FilesSource::read() {
  co_return read_pair(files_, clock_, paths_, reader_);
}

std::vector<WatchPath> FilesSource::watched() const {
  return watch_pair(files_, paths_);
}

}  // namespace certferry
