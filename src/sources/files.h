// Bundles out of plain files that something else renews.
#pragma once

#include <string>

#include "ports/source.h"
#include "sources/source_ports.h"

namespace certferry {

/// A chain file and a key file, or one file that holds both.
class FilesSource : public Source {
 public:
  /// Throws: invalid_input `source.settings`.
  FilesSource(const SourceInputs& inputs, const SourcePorts& ports);

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
