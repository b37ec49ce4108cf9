#include "sources/named_pairs.h"

#include <algorithm>
#include <optional>
#include <set>

#include "base/text.h"
#include "sources/name_choice.h"

namespace certferry {

namespace {

std::string folder_of(const std::string& path) {
  return path.substr(0, path.rfind('/'));
}

}  // namespace

PairPaths pem_pair_in(const std::string& folder) {
  return {.chain = folder + "/fullchain.pem", .key = folder + "/privkey.pem"};
}

std::vector<std::string> names_below(FileSystem& files, const std::string& folder) {
  try {
    return files.exists(folder) ? files.list(folder) : std::vector<std::string>();
  } catch (const Error&) {
    return {};
  }
}

std::string NamedPairSource::describe() const {
  const std::string where = chain_.empty() ? "" : " (" + folder_of(chain_) + ")";
  return layout_.what + " " + layout_.name + where;
}

std::vector<PairPaths> NamedPairSource::existing(const std::string& base,
                                                 const std::string& name) const {
  std::vector<PairPaths> pairs = layout_.pairs(base, name);
  std::erase_if(pairs, [this](const PairPaths& pair) { return !files_.exists(pair.chain); });
  return pairs;
}

/// What may not be looked at cannot be offered.
bool NamedPairSource::has_pair(const std::string& base, const std::string& name) const {
  try {
    return !existing(base, name).empty();
  } catch (const Error&) {
    return false;
  }
}

/// A known folder that may not be entered (root's, say) matters only when no other has the name.
std::vector<PairPaths> NamedPairSource::find() const {
  std::optional<Error> closed;
  for (const std::string& base : layout_.bases) {
    try {
      std::vector<PairPaths> pairs = existing(base, layout_.name);
      if (!pairs.empty()) return pairs;
    } catch (const Error& error) {
      if (!closed) closed = error;
    }
  }
  if (closed) throw *std::move(closed);
  throw missing();
}

/// What is being written may be the one that ends last, so it is waited for; what is broken for
/// good is passed over as long as another will do.
BundlePtr NamedPairSource::read_latest(const std::vector<PairPaths>& pairs) {
  BundlePtr latest;
  std::optional<Error> failed;
  for (const PairPaths& pair : pairs) {
    try {
      BundlePtr bundle = read_pair(files_, clock_, pair, reader_);
      if (latest && bundle->leaf.not_after <= latest->leaf.not_after) continue;
      latest = std::move(bundle);
      chain_ = pair.chain;
    } catch (const Error& error) {
      if (error.code == "source.torn") throw;
      if (!failed) failed = error;
    }
  }
  if (!latest) throw *std::move(failed);
  return latest;
}

Task<BundlePtr> NamedPairSource::read() {
  co_return read_latest(find());
}

std::vector<WatchPath> NamedPairSource::watched() const {
  std::vector<WatchPath> out;
  for (const std::string& base : layout_.bases) {
    for (const PairPaths& pair : layout_.pairs(base, layout_.name)) {
      std::vector<WatchPath> more = watch_pair(files_, pair);
      std::ranges::move(more, std::back_inserter(out));
    }
  }
  return out;
}

std::vector<std::string> NamedPairSource::known_names() const {
  std::vector<std::string> names;
  for (const std::string& base : layout_.bases) {
    for (std::string& name : layout_.names(base)) {
      if (has_pair(base, name)) names.push_back(std::move(name));
    }
  }
  return names;
}

Error NamedPairSource::missing() const {
  return missing_name(
      {.what = layout_.what,
       .name = layout_.name,
       .names = known_names(),
       .when_none = "no " + layout_.what + " was found; looked in " + join(layout_.bases, ", "),
       .hint_when_none = layout_.base_hint});
}

namespace {

/// Those of the machine, then those of its users, each once.
std::vector<std::string> places_of(const Search& search, const KnownFolders& known) {
  const std::vector<std::string> fixed = known("");
  std::vector<std::string> places;
  const auto add = [&places](std::string place) {
    if (std::ranges::find(places, place) == places.end()) places.push_back(std::move(place));
  };
  for (const std::string& folder : fixed) add(search.root + folder);
  for (const std::string& home : search.homes) {
    for (std::string& folder : known(home)) {
      if (std::ranges::find(fixed, folder) == fixed.end()) add(std::move(folder));
    }
  }
  return places;
}

/// What may not be looked at cannot be offered.
std::optional<std::string> first_chain(FileSystem& files, const std::vector<PairPaths>& pairs) {
  for (const PairPaths& pair : pairs) {
    try {
      if (files.exists(pair.chain)) return pair.chain;
    } catch (const Error&) {
      continue;
    }
  }
  return std::nullopt;
}

}  // namespace

std::vector<Finding> find_named(const Search& search,
                                const NamedLayout& layout,
                                const std::string& key,
                                const KnownFolders& known) {
  std::vector<Finding> found;
  const std::vector<std::string> fixed = known("");
  std::set<std::string> found_by_name;
  for (const std::string& base : places_of(search, known)) {
    const bool usual = search.root.empty() && std::ranges::find(fixed, base) != fixed.end();
    const std::vector<std::string> list = layout.names(base);
    for (const std::string& name : std::set<std::string>(list.begin(), list.end())) {
      const auto chain = first_chain(search.files, layout.pairs(base, name));
      if (!chain) continue;
      Finding one{.fields = {{key, name}}, .path = *chain};
      if (!usual || !found_by_name.insert(name).second) one.fields.emplace("base", base);
      found.push_back(std::move(one));
    }
  }
  return found;
}

}  // namespace certferry
