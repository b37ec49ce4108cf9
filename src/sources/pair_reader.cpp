#include "sources/pair_reader.h"

#include <algorithm>
#include <array>
#include <vector>

#include "sources/whole_file.h"

namespace certferry {

namespace {

// One byte over the cap of crypto's reader, so that it is crypto that says `pem.too_large`.
constexpr std::size_t kFileBytesMax = std::size_t{256} * 1024 + 1;

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
  if (!paths.issuer.empty() && files.exists(paths.issuer)) {
    out.issuer = files.real_path(directory_of(paths.issuer)) + "/" + file_name_of(paths.issuer);
  }
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
  return torn_error(both(paths), what);
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

/// The contents stand in the order: chain, key if apart, issuer if there is one.
PemInput input_of(const PairPaths& paths, const std::vector<FileContents>& contents) {
  PemInput input{.chain = contents.front().bytes, .key = {}, .chain_name = "'" + paths.chain + "'"};
  if (!paths.key.empty()) {
    input.key = contents[1].bytes;
    input.key_name = "'" + paths.key + "'";
  }
  if (!paths.issuer.empty()) {
    std::string whole(input.chain.reveal());
    whole += "\n";
    whole += contents.back().bytes.reveal();
    input.chain = Secret(std::move(whole));
  }
  return input;
}

/// What is not there yet is seen when it comes.
std::string real_path_or_itself(FileSystem& files, const std::string& path) {
  try {
    return files.real_path(path);
  } catch (const Error&) {
    return path;
  }
}

}  // namespace

BundlePtr read_pair(FileSystem& files,
                    const Clock& clock,
                    const PairPaths& paths,
                    const BundleReader& reader) {
  const PairPaths resolved = resolve(files, paths);
  std::vector<std::string> list = {resolved.chain};
  if (!resolved.key.empty()) list.push_back(resolved.key);
  if (!resolved.issuer.empty()) list.push_back(resolved.issuer);
  const auto contents = read_unchanged(files, list, kFileBytesMax);
  if (!contents) throw torn(resolved, "changed while being read");

  auto bundle = reader(input_of(resolved, *contents));
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
  for (const std::string& path : {paths.chain, paths.key, paths.issuer}) {
    if (path.empty()) continue;
    out.push_back({.path = path});
    std::string real = real_path_or_itself(files, path);
    if (real != path) out.push_back({.path = std::move(real)});
  }
  return out;
}

}  // namespace certferry
