// Bundles that 1Panel keeps on its host and renews by itself.
#pragma once

#include <string>
#include <vector>

#include "ports/source.h"
#include "sources/source_ports.h"

namespace certferry {

/// One website of the panel, or a folder that the panel pushes a certificate to.
class OnePanelSource : public Source {
 public:
  /// Throws: invalid_input `source.settings`.
  OnePanelSource(const SourceInputs& inputs, const SourcePorts& ports);

  /// Names the folder once it was found.
  std::string describe() const override;
  /// Looks for the folder each time: the panel's upgrade from v1 to v2 moves its sites.
  Task<BundlePtr> read() override;
  /// The pair in every folder that the site may have: it may be switched on later, or move.
  std::vector<WatchPath> watched() const override;

 private:
  std::string find_folder();
  std::vector<std::string> site_folders() const;
  Error missing_site(const std::vector<std::string>& folders) const;

  std::string site_;
  std::string base_;       ///< as configured; empty: found
  std::string directory_;  ///< the push folder; empty: the site's own
  std::string folder_;     ///< where the pair was last found
  FileSystem& files_;
  const Clock& clock_;
  BundleReader reader_;
};

}  // namespace certferry
