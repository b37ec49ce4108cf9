#include "sources/files.h"

#include "sources/fields.h"

namespace certferry {

const SourceMetadata& FilesSource::metadata() {
  static const SourceMetadata kMetadata{
      .id = "files",
      .help = "PEM files that something else renews",
      .fields = {
          {.key = "chain",
           .help = "The leaf, then its issuers; may hold the key too",
           .required = true,
           .example = "/etc/ssl/example.com/fullchain.pem",
           .path = true},
          {.key = "key",
           .help = "The private key, not encrypted; left out when the chain's file holds it",
           .example = "/etc/ssl/example.com/privkey.pem",
           .path = true},
      }};
  return kMetadata;
}

FilesSource::FilesSource(const SourceFields& fields,
                         FileSystem& files,
                         const Clock& clock,
                         BundleReader reader)
    : files_(files), clock_(clock), reader_(std::move(reader)) {
  check_fields(metadata(), fields);
  paths_ = {.chain = path_field(fields, "chain"), .key = path_field(fields, "key")};
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
