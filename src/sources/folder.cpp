// Every pair below a folder, each a certificate of its own: for fleets of thousands.
//
// What counts as a pair, with the name it gets below the folder:
//  - A/fullchain.pem and A/privkey.pem: "A" (certbot's live, dehydrated, panels, own scripts)
//  - A/fullchain.cer and A/A.key, or A_ecc/fullchain.cer and A_ecc/A.key: "A", "A_ecc" (acme.sh)
//  - A/B.crt and A/B.key, with A/B.issuer.crt: "A/B" (lego); "A/B" of A/B/B.crt too (Caddy)
// A .crt without its .key is somebody's CA; a fullchain without its key is a broken pair.

#include <algorithm>
#include <array>
#include <set>

#include "base/text.h"
#include "sources/descriptor.h"
#include "sources/fields.h"

namespace certferry {

namespace {

constexpr int kDepthMax = 8;
constexpr std::size_t kFoldersMax = 50'000;
constexpr std::size_t kPairsMax = 20'000;

struct FoundPair {
  std::string name;
  PairPaths paths;
};

/// A certificate that cannot be read, for a reason that was found before anybody tried.
class BrokenSource final : public Source {
 public:
  BrokenSource(std::string what, const Error& why)
      : what_(std::move(what)), nothing_(std::unexpected(why)) {}
  std::string describe() const override { return what_; }
  Task<BundlePtr> read() override {
    throw Error(nothing_.error());
    co_return nullptr;
  }

 private:
  std::string what_;
  Result<BundlePtr> nothing_;
};

class FolderPairSource final : public Source {
 public:
  FolderPairSource(FoundPair pair, const SourcePorts& ports)
      : pair_(std::move(pair)), files_(ports.files), clock_(ports.clock), reader_(ports.reader) {}

  std::string describe() const override { return "file " + printable(pair_.paths.chain, 500); }
  Task<BundlePtr> read() override { co_return read_pair(files_, clock_, pair_.paths, reader_); }
  std::vector<WatchPath> watched() const override { return watch_pair(files_, pair_.paths); }

 private:
  FoundPair pair_;
  FileSystem& files_;
  const Clock& clock_;
  BundleReader reader_;
};

std::string last_part(const std::string& path) {
  return path.substr(path.rfind('/') + 1);
}

/// What is surely no folder is not tried as one: a fleet has tens of thousands of files.
bool looks_like_file(std::string_view name) {
  constexpr std::array<std::string_view, 8> kEndings = {
      ".pem", ".crt", ".key", ".cer", ".csr", ".json", ".conf", ".txt"};
  return std::ranges::any_of(kEndings, [&](std::string_view end) { return name.ends_with(end); });
}

/// Walks over a tree, a folder after the other; links are followed, each folder entered once.
class Walk {
 public:
  Walk(FileSystem& files, std::string top) : files_(files), top_(std::move(top)) {}

  /// Throws: as FileSystem, of the topmost folder; invalid_input `source.too_many`.
  std::vector<FoundPair> pairs() {
    enter(top_, "", files_.list(top_), 0);
    std::ranges::sort(pairs_, {}, &FoundPair::name);
    return std::move(pairs_);
  }

 private:
  void enter(const std::string& folder,
             const std::string& name,
             const std::vector<std::string>& entries,
             int depth) {
    if (!seen_.insert(files_.real_path(folder)).second) return;
    if (seen_.size() > kFoldersMax) throw too_many("folders", kFoldersMax);
    const std::set<std::string> names(entries.begin(), entries.end());
    add_pairs(folder, name, names);
    if (depth == kDepthMax) return;
    for (const std::string& entry : names) {
      if (!looks_like_file(entry)) try_enter(folder, name, entry, depth + 1);
    }
  }

  /// A folder that may not be read, or a file that is none, is passed over.
  void try_enter(const std::string& above,
                 const std::string& parent,
                 const std::string& entry,
                 int depth) {
    const std::string folder = above + "/" + entry;
    std::vector<std::string> entries;
    try {
      entries = files_.list(folder);
    } catch (const Error&) {
      return;
    }
    enter(folder, parent.empty() ? entry : parent + "/" + entry, entries, depth);
  }

  void add_pairs(const std::string& folder,
                 const std::string& name,
                 const std::set<std::string>& names) {
    const std::string own = name.empty() ? last_part(folder) : name;
    if (names.contains("fullchain.pem")) {
      add(own, {.chain = folder + "/fullchain.pem", .key = folder + "/privkey.pem"});
    }
    if (names.contains("fullchain.cer")) {
      std::string stem = last_part(folder);
      if (stem.ends_with("_ecc")) stem.resize(stem.size() - 4);
      add(own, {.chain = folder + "/fullchain.cer", .key = folder + "/" + stem + ".key"});
    }
    for (const std::string& file : names) add_crt(folder, name, file, names);
  }

  void add_crt(const std::string& folder,
               const std::string& name,
               const std::string& file,
               const std::set<std::string>& names) {
    constexpr std::string_view kEnd = ".crt";
    if (!file.ends_with(kEnd)) return;
    const std::string stem = file.substr(0, file.size() - kEnd.size());
    if (!names.contains(stem + ".key")) return;
    const bool doubled = !name.empty() && last_part(name) == stem;
    const std::string whole = folder + "/" + stem;
    add(doubled        ? name
        : name.empty() ? stem
                       : name + "/" + stem,
        {.chain = whole + ".crt", .key = whole + ".key", .issuer = whole + ".issuer.crt"});
  }

  /// The first of two with one name keeps it; the other one is found by its number.
  void add(const std::string& name, PairPaths paths) {
    std::string own = name;
    for (int i = 2; !names_.insert(own).second; ++i) own = name + "-" + std::to_string(i);
    if (pairs_.size() == kPairsMax) throw too_many("pairs", kPairsMax);
    pairs_.push_back({.name = std::move(own), .paths = std::move(paths)});
  }

  Error too_many(const std::string& what, std::size_t limit) const {
    return Error(ErrorKind::kInvalidInput,
                 "'" + top_ + "' has more than " + std::to_string(limit) + " " + what + " below it")
        .with_code("source.too_many")
        .with_hint("name folders further down, each as a certificate of its own");
  }

  FileSystem& files_;
  std::string top_;
  std::set<std::string> seen_;
  std::set<std::string> names_;
  std::vector<FoundPair> pairs_;
};

NamedSource broken(const std::string& path, const Error& why) {
  return {.name = "", .source = std::make_unique<BrokenSource>("folder " + path, why)};
}

NamedSource source_of(FoundPair pair, const SourcePorts& ports) {
  const std::string name = pair.name;
  if (is_printable(name)) {
    return {.name = name, .source = std::make_unique<FolderPairSource>(std::move(pair), ports)};
  }
  const Error error =
      Error(ErrorKind::kInvalidInput, "its path has characters that cannot be shown")
          .with_code("source.name")
          .with_hint("give its folder another name");
  return {
      .name = printable(name, 200),
      .source = std::make_unique<BrokenSource>("file " + printable(pair.paths.chain, 500), error)};
}

std::vector<NamedSource> make_many(const SourceInputs& inputs, const SourcePorts& ports) {
  check_fields(folder_source().metadata, inputs);
  const std::string path = path_field(inputs, "path");
  std::vector<NamedSource> sources;
  try {
    for (FoundPair& pair : Walk(ports.files, path).pairs()) {
      sources.push_back(source_of(std::move(pair), ports));
    }
  } catch (const Error& error) {
    sources.clear();
    sources.push_back(broken(path, error));
  }
  if (sources.empty()) {
    sources.push_back(broken(path,
                             Error(ErrorKind::kNotFound, "no pair was found below '" + path + "'")
                                 .with_code("source.missing")
                                 .with_hint("a pair is fullchain.pem with privkey.pem, or NAME.crt "
                                            "with NAME.key")));
  }
  return sources;
}

/// Below a folder that a person names: each pair as plain files. One whose issuers are apart would
/// be half a chain as such.
std::vector<Finding> find(const Search& search) {
  std::vector<Finding> found;
  for (const std::string& folder : search.folders) {
    try {
      for (const FoundPair& pair : Walk(search.files, folder).pairs()) {
        if (!pair.paths.issuer.empty() && search.files.exists(pair.paths.issuer)) continue;
        found.push_back({.kind = "files",
                         .fields = {{"chain", pair.paths.chain}, {"key", pair.paths.key}},
                         .path = pair.paths.chain});
      }
    } catch (const Error& error) {
      found.push_back({.path = folder, .error = error});
    }
  }
  return found;
}

}  // namespace

const SourceDescriptor& folder_source() {
  static const SourceDescriptor kDescriptor{
      .metadata = {.id = "folder",
                   .help = "Every pair below a folder, each a certificate of its own, named by its "
                           "path",
                   .fields = {{.key = "path",
                               .help = "The folder: fullchain.pem with privkey.pem, NAME.crt with "
                                       "NAME.key, or acme.sh's, at any depth up to eight",
                               .required = true,
                               .example = "/srv/certificates",
                               .path = true}}},
      .make_many = &make_many,
      .find = &find};
  return kDescriptor;
}

}  // namespace certferry
