// Reading a chain and its key as one generation.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "crypto/pem.h"
#include "model/bundle.h"
#include "ports/file_system.h"
#include "ports/source.h"

namespace certferry {

/// What makes a bundle of PEM texts: `read_bundle`, but for the simulator, which knows most of
/// them.
using BundleReader = std::function<Result<BundlePtr>(const PemInput&)>;

struct PairPaths {
  std::string chain;
  std::string key;          ///< empty: the chain's file holds the key too
  std::string issuer = {};  ///< the rest of the chain, where it exists; empty: all is in `chain`
};

/// Reads both files and makes sure that they belong to one generation.
///
/// Whoever renews writes the two one after the other, in place or by switching a link, so a reader
/// can meet an empty file, half a file, or the chain of today with the key of yesterday. Folders
/// are resolved once, both files must be the same before and after reading, and the key must match
/// the leaf. Throws: as FileSystem; `pem.*` and `cert.*` as read_bundle; unavailable `source.torn`
/// when the files changed meanwhile, or when what is in them is not whole or does not match and one
/// of them was written within the last two minutes. It does not wait: try again later.
BundlePtr read_pair(FileSystem& files,
                    const Clock& clock,
                    const PairPaths& paths,
                    const BundleReader& reader = read_bundle);

/// Both files as they are named and, where a link leads elsewhere, as they really are: a link may
/// be switched, and what it leads to may be written in place. Never throws.
std::vector<WatchPath> watch_pair(FileSystem& files, const PairPaths& paths);

}  // namespace certferry
