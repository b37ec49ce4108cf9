#include "sources/whole_file.h"

namespace certferry {

namespace {

constexpr milliseconds kSettling = minutes(2);

/// A file that is gone after it was read was switched, like one that differs.
bool unchanged(FileSystem& files, const std::string& path, const FileIdentity& then) {
  try {
    return files.identity(path) == then;
  } catch (const Error& error) {
    if (error.kind == ErrorKind::kNotFound) return false;
    throw;
  }
}

}  // namespace

std::optional<std::vector<FileContents>> read_unchanged(FileSystem& files,
                                                        const std::vector<std::string>& paths,
                                                        std::size_t bytes_max) {
  std::vector<FileIdentity> before;
  std::vector<FileContents> contents;
  for (const std::string& path : paths) before.push_back(files.identity(path));
  for (const std::string& path : paths) contents.push_back(files.read(path, bytes_max));
  for (std::size_t i = 0; i < paths.size(); ++i) {
    const bool whole =
        contents[i].identity == before[i] && contents[i].bytes.size() == before[i].size;
    if (!whole || !unchanged(files, paths[i], before[i])) return std::nullopt;
  }
  return contents;
}

FileContents read_whole_file(FileSystem& files, const std::string& path, std::size_t bytes_max) {
  auto contents = read_unchanged(files, {path}, bytes_max);
  if (!contents) throw torn_error("'" + path + "'", "changed while being read");
  return std::move(contents->front());
}

bool written_lately(const FileIdentity& identity, Time now) {
  const auto modified = Time(
      std::chrono::duration_cast<milliseconds>(std::chrono::nanoseconds(identity.modified_ns)));
  // A file from the future has a wrong date, and would otherwise count as fresh for ever.
  return std::chrono::abs(now - modified) < kSettling;
}

Error torn_error(const std::string& which, const std::string& what) {
  return Error(ErrorKind::kUnavailable, which + " " + what)
      .with_code("source.torn")
      .with_hint(
          "they are being written just now: try again in two minutes; if this stays, whatever "
          "writes them stops half-way");
}

Error fresh_or_wrong(const FileContents& contents,
                     Time now,
                     const std::string& which,
                     Error wrong) {
  if (!written_lately(contents.identity, now)) return wrong;
  return torn_error(which, "cannot be used yet: " + wrong.message);
}

}  // namespace certferry
