// Private to this room: files read as one generation, though somebody may write them meanwhile.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "ports/file_system.h"

namespace certferry {

/// One attempt: looks at every file, reads every file, looks at every file again. Nothing when any
/// of them changed from the first look to the last. Throws: as FileSystem.
std::optional<std::vector<FileContents>> read_unchanged(FileSystem& files,
                                                        const std::vector<std::string>& paths,
                                                        std::size_t bytes_max);

/// One file alone. Throws: as FileSystem; unavailable `source.torn` when it changed meanwhile.
FileContents read_whole_file(FileSystem& files, const std::string& path, std::size_t bytes_max);

/// Within the last two minutes: what is wrong with it may be its being half-written.
bool written_lately(const FileIdentity& identity, Time now);

/// Unavailable `source.torn`; `which` names the files.
Error torn_error(const std::string& which, const std::string& what);

/// What to throw of contents that make no sense: that they are torn as long as they are fresh.
Error fresh_or_wrong(const FileContents& contents, Time now, const std::string& which, Error wrong);

}  // namespace certferry
