#include "disk/file_table.h"

namespace certferry::disk {

namespace {

std::string folder_of(const std::string& name) {
  return name.substr(0, name.rfind('/') + 1);
}

}  // namespace

FileTable FileTable::copy() const {
  FileTable out;
  std::map<const FileNode*, std::shared_ptr<FileNode>> made;
  auto copied = [&](const std::shared_ptr<FileNode>& node) {
    std::shared_ptr<FileNode>& twin = made[node.get()];
    if (!twin) twin = std::make_shared<FileNode>(FileNode{.stored = node->stored});
    return twin;
  };
  for (const auto& [name, node] : now_) out.now_[name] = copied(node);
  for (const auto& [name, node] : flushed_) out.flushed_[name] = copied(node);
  return out;
}

std::shared_ptr<FileNode> FileTable::find(const std::string& name) const {
  auto found = now_.find(name);
  return found == now_.end() ? nullptr : found->second;
}

std::shared_ptr<FileNode> FileTable::make(const std::string& name) {
  auto node = std::make_shared<FileNode>();
  if (!name.empty()) now_[name] = node;  // a temporary file has none
  return node;
}

void FileTable::flush(const std::string& name, FileNode& node) {
  node.stored.flush();
  auto found = now_.find(name);
  if (found != now_.end() && found->second.get() == &node) flushed_[name] = found->second;
}

void FileTable::flush_name(const std::string& name) {
  auto found = now_.find(name);
  if (found == now_.end()) {
    flushed_.erase(name);
  } else {
    flushed_[name] = found->second;
  }
}

void FileTable::flush_folder(const std::string& name) {
  for (const std::string& other : all_names()) {
    if (folder_of(other) == folder_of(name)) flush_name(other);
  }
}

void FileTable::close_all() {
  for (const Names* names : {&now_, &flushed_}) {
    for (const auto& [name, node] : *names) {
      node->open.clear();
      node->pages.reset();
    }
  }
}

void FileTable::lose_power(Random& random) {
  close_all();
  lose_names(random);
  for (const auto& [name, node] : now_) node->stored.lose_power(random);
}

std::set<std::string> FileTable::all_names() const {
  std::set<std::string> all;
  for (const Names* names : {&now_, &flushed_}) {
    for (const auto& [name, node] : *names) all.insert(name);
  }
  return all;
}

void FileTable::lose_names(Random& random) {
  for (const std::string& name : all_names()) {
    auto was = flushed_.find(name), is = now_.find(name);
    bool same = was != flushed_.end() && is != now_.end() && was->second == is->second;
    if (!same && random.next() % 2 == 0) flush_name(name);
  }
  now_ = flushed_;
}

std::vector<std::string> FileTable::names() const {
  std::vector<std::string> out;
  for (const auto& [name, node] : now_) out.push_back(name);
  return out;
}

std::uint64_t FileTable::total_bytes() const {
  std::uint64_t sum = 0;
  for (const auto& [name, node] : now_) sum += node->stored.bytes().size();
  return sum;
}

}  // namespace certferry::disk
