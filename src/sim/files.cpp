#include "sim/files.h"

namespace certferry::sim {

namespace {

Error may_not_be_read(const std::string& path) {
  return Error(ErrorKind::kUnauthorized, path + " may not be read").with_code("source.permission");
}

Error no_such_file(const std::string& path) {
  return Error(ErrorKind::kNotFound, path + " does not exist").with_code("source.missing");
}

}  // namespace

void Files::write(const std::string& path, std::string text) {
  // No two writes leave one and the same time, as on a file system that counts nanoseconds.
  const auto now =
      std::chrono::nanoseconds(clock_.now().time_since_epoch()).count() + writes_++ % 1'000'000;
  // In place: the inode stays.
  const auto known = files_.find(path);
  const std::uint64_t inode = known == files_.end() ? next_inode_++ : known->second.identity.inode;
  const FileIdentity identity{
      .device = 1, .inode = inode, .size = text.size(), .modified_ns = now, .changed_ns = now};
  files_[path] = {.text = std::move(text), .identity = identity};
}

std::string Files::through_link(const std::string& path) const {
  const auto slash = path.rfind('/');
  const auto link = links_.find(path.substr(0, slash));
  return link == links_.end() ? path : link->second + path.substr(slash);
}

const Files::File& Files::at(const std::string& path) {
  if (unreadable.contains(path)) {
    if (met) met(Hazard::kUnreadableFile);
    throw may_not_be_read(path);
  }
  if (missing.contains(path) && met) met(Hazard::kMissingFile);
  const auto found = files_.find(through_link(path));
  if (found == files_.end() || missing.contains(path)) throw no_such_file(path);
  return found->second;
}

FileContents Files::read(const std::string& path, std::size_t limit) {
  if (refuses && refuses()) throw may_not_be_read(path);
  const File& file = at(path);
  if (file.text.size() > limit) {
    throw Error(ErrorKind::kInvalidInput, path + " is too large").with_code("source.too_large");
  }
  return {.bytes = Secret(file.text), .identity = file.identity};
}

FileIdentity Files::identity(const std::string& path) {
  return at(path).identity;
}

std::string Files::real_path(const std::string& path) {
  const auto link = links_.find(path);
  const std::string real = link == links_.end() ? path : link->second;
  if (!exists(real)) throw no_such_file(path);
  return real;
}

std::vector<std::string> Files::list(const std::string& directory) {
  std::set<std::string> names;
  const std::string prefix = directory + "/";
  for (auto it = files_.lower_bound(prefix); it != files_.end(); ++it) {
    if (!it->first.starts_with(prefix)) break;
    const std::string rest = it->first.substr(prefix.size());
    names.insert(rest.substr(0, rest.find('/')));
  }
  return {names.begin(), names.end()};
}

bool Files::exists(const std::string& path) {
  if (missing.contains(path)) return false;
  return files_.contains(through_link(path)) || !list(path).empty();
}

void PairWriter::put(const Generation& generation, milliseconds apart) {
  const std::string key(generation.key_pem.reveal());
  if (writing_ == Writing::kFolderSwitch) {
    const std::string version = folder_ + "." + std::to_string(++switches_);
    files_.write(version + "/fullchain.pem", generation.chain_pem);
    files_.write(version + "/privkey.pem", key);
    files_.link(folder_, version);
    whole_ = &generation;
    return;
  }
  const bool key_first = writing_ == Writing::kKeyFirst;
  const std::string first = folder_ + (key_first ? "/privkey.pem" : "/fullchain.pem");
  const std::string second = folder_ + (key_first ? "/fullchain.pem" : "/privkey.pem");
  files_.write(first, key_first ? key : generation.chain_pem);
  const auto finish = [this, second, &generation, text = key_first ? generation.chain_pem : key] {
    files_.write(second, text);
    whole_ = &generation;
  };
  if (writing_ == Writing::kBothAtOnce || apart <= milliseconds(0)) return finish();
  whole_ = nullptr;
  time_.after(apart, finish);
}

void PairWriter::put_half(const Generation& generation) {
  const std::string path = folder_ + "/fullchain.pem";
  const std::string half = generation.chain_pem.substr(0, generation.chain_pem.size() / 3);
  if (writing_ == Writing::kFolderSwitch) {
    const std::string version = folder_ + "." + std::to_string(++switches_);
    files_.write(version + "/fullchain.pem", half);
    files_.link(folder_, version);
  } else {
    files_.write(path, half);
  }
  whole_ = nullptr;
}

}  // namespace certferry::sim
