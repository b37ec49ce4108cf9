#include "sources/registry.h"

#include <array>

#include "base/text.h"
#include "sources/fields.h"
#include "sources/files.h"
#include "sources/onepanel.h"

namespace certferry {

std::span<const SourceMetadata> source_metadata() {
  static const std::array kAll = {OnePanelSource::metadata(), FilesSource::metadata()};
  return kAll;
}

std::unique_ptr<Source> make_source(const std::string& kind,
                                    const std::map<std::string, std::string>& fields,
                                    FileSystem& files,
                                    const Clock& clock,
                                    const BundleReader& reader) {
  if (kind == OnePanelSource::metadata().id) {
    return std::make_unique<OnePanelSource>(fields, files, clock, reader);
  }
  if (kind == FilesSource::metadata().id) {
    return std::make_unique<FilesSource>(fields, files, clock, reader);
  }
  std::vector<std::string> known;
  for (const SourceMetadata& source : source_metadata()) known.emplace_back(source.id);
  throw bad_setting("there is no source '" + printable(kind, 40) + "'",
                    "take one of: " + join(known, ", "));
}

}  // namespace certferry
