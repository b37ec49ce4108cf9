#include "sources/pair_reader.h"

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

namespace certferry {

namespace {

// One byte over the cap of crypto's reader, so that it is crypto that says `pem.too_large`.
constexpr std::size_t kFileBytesMax = std::size_t{256} * 1024 + 1;
constexpr milliseconds kSettling = minutes(2);

std::string directory_of(const std::string& path) {
  return path.substr(0, std::max<std::size_t>(path.rfind('/'), 1));
}

std::string file_name_of(const std::string& path) {
  return path.substr(path.rfind('/') + 1);
}

/// The same files with their folders' links resolved: both in one look when they share a folder, so
/// that a folder switched meanwhile cannot give one file of each generation.
PairPaths resolve(FileSystem& files, const PairPaths& paths) {
  const std::string chain_folder = files.real_path(directory_of(paths.chain));
  PairPaths out{.chain = chain_folder + "/" + file_name_of(paths.chain), .key = {}};
  if (paths.key.empty()) return out;
  const bool together = directory_of(paths.key) == directory_of(paths.chain);
  out.key = (together ? chain_folder : files.real_path(directory_of(paths.key))) + "/" +
            file_name_of(paths.key);
  return out;
}

std::string both(const PairPaths& paths) {
  return paths.key.empty() ? "'" + paths.chain + "'"
                           : "'" + paths.chain + "' and '" + paths.key + "'";
}

Error torn(const PairPaths& paths, const std::string& what) {
  return Error(ErrorKind::kUnavailable, both(paths) + " " + what)
      .with_code("source.torn")
      .with_hint(
          "they are being written just now: try again in two minutes; if this stays, whatever "
          "writes them stops half-way");
}

/// A file that is gone after it was read was switched, like one that differs.
bool unchanged(FileSystem& files, const std::string& path, const FileIdentity& then) {
  try {
    return files.identity(path) == then;
  } catch (const Error& error) {
    if (error.kind == ErrorKind::kNotFound) return false;
    throw;
  }
}

/// One attempt: looks at every file, reads every file, looks at every file again. Nothing when any
/// of them changed from the first look to the last.
std::optional<std::vector<FileContents>> read_once(FileSystem& files,
                                                   const std::vector<std::string>& paths) {
  std::vector<FileIdentity> before;
  std::vector<FileContents> contents;
  for (const std::string& path : paths) before.push_back(files.identity(path));
  for (const std::string& path : paths) contents.push_back(files.read(path, kFileBytesMax));
  for (std::size_t i = 0; i < paths.size(); ++i) {
    const bool whole =
        contents[i].identity == before[i] && contents[i].bytes.size() == before[i].size;
    if (!whole || !unchanged(files, paths[i], before[i])) return std::nullopt;
  }
  return contents;
}

bool written_lately(const FileIdentity& identity, Time now) {
  const auto modified = Time(
      std::chrono::duration_cast<milliseconds>(std::chrono::nanoseconds(identity.modified_ns)));
  // A file from the future has a wrong date, and would otherwise count as fresh for ever.
  return std::chrono::abs(now - modified) < kSettling;
}

/// What half-written files look like; anything else stays wrong however long one waits.
bool may_heal(const Error& error) {
  constexpr std::array<std::string_view, 6> kCodes = {"pem.empty",
                                                      "pem.truncated",
                                                      "pem.not_pem",
                                                      "pem.no_key",
                                                      "pem.no_certificate",
                                                      "cert.mismatch"};
  return std::ranges::find(kCodes, error.code) != kCodes.end();
}

}  // namespace

BundlePtr read_pair(FileSystem& files,
                    const Clock& clock,
                    const PairPaths& paths,
                    const BundleReader& reader) {
  const PairPaths resolved = resolve(files, paths);
  std::vector<std::string> list = {resolved.chain};
  if (!resolved.key.empty()) list.push_back(resolved.key);
  const auto contents = read_once(files, list);
  if (!contents) throw torn(resolved, "changed while being read");

  PemInput input{
      .chain = contents->front().bytes, .key = {}, .chain_name = "'" + resolved.chain + "'"};
  if (list.size() > 1) {
    input.key = contents->back().bytes;
    input.key_name = "'" + resolved.key + "'";
  }
  auto bundle = reader(input);
  if (bundle) return *std::move(bundle);

  const bool fresh = std::ranges::any_of(*contents, [&](const FileContents& file) {
    return written_lately(file.identity, clock.now());
  });
  if (fresh && may_heal(bundle.error())) {
    throw torn(resolved, "cannot be used yet: " + bundle.error().message);
  }
  throw std::move(bundle).error();
}

std::vector<WatchPath> watch_pair(FileSystem& files, const PairPaths& paths) {
  std::vector<WatchPath> out;
  for (const std::string& path : {paths.chain, paths.key}) {
    if (path.empty()) continue;
    out.push_back({.path = path});
    try {
      std::string real = files.real_path(path);
      if (real != path) out.push_back({.path = std::move(real)});
    } catch (const Error&) {
      // What is not there yet is seen when it comes.
    }
  }
  return out;
}

}  // namespace certferry
