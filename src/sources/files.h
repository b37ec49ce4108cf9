// Bundles out of plain files that something else renews.
#pragma once

#include <map>
#include <string>

#include "base/clock.h"
#include "model/metadata.h"
#include "ports/file_system.h"
#include "ports/source.h"
#include "sources/pair_reader.h"

namespace certferry {

/// A chain file and a key file, or one file that holds both.
class FilesSource : public Source {
 public:
  static const SourceMetadata& metadata();

  /// Throws: invalid_input `source.settings`.
  FilesSource(const std::map<std::string, std::string>& fields,
              FileSystem& files,
              const Clock& clock,
              BundleReader reader);

  std::string describe() const override;
  Task<BundlePtr> read() override;
  std::vector<WatchPath> watched() const override;

 private:
  PairPaths paths_;
  FileSystem& files_;
  const Clock& clock_;
  BundleReader reader_;
};

}  // namespace certferry
