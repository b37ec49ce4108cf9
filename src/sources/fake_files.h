// For this room's tests: files in memory that change at a chosen moment.
#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "ports/file_system.h"

namespace certferry {

/// A clock that stands.
struct FakeClock : Clock {
  Time time = parse_time("2026-02-01T00:00:00Z").value();

  Time now() const override { return time; }
  SteadyTime steady_now() const override { return SteadyTime(time.time_since_epoch()); }
};

/// Holds files by path; `links` rename a folder or a file; `forbidden` paths throw unauthorized
/// when read, `closed` folders whenever anything below them is looked at.
struct FakeFiles : FileSystem {
  struct File {
    std::string text;
    FileIdentity identity;
  };
  std::map<std::string, File> files;
  std::map<std::string, std::string> links;
  std::set<std::string> forbidden;
  std::set<std::string> closed;
  /// Called after a read of the path; for writers that come in between.
  std::function<void(const std::string& path)> after_read = [](const std::string&) {};
  /// Called after a folder was resolved.
  std::function<void()> after_resolve = [] {};
  std::uint64_t writes = 0;

  void write(const std::string& path, std::string text, Time modified = {}) {
    const auto size = text.size();
    const auto since = std::chrono::nanoseconds(modified.time_since_epoch()).count();
    files[path] = {.text = std::move(text),
                   .identity = {.inode = ++writes, .size = size, .modified_ns = since}};
  }

  FileContents read(const std::string& path, std::size_t limit) override {
    const File file = at(path);
    if (file.text.size() > limit) throw Error(ErrorKind::kInvalidInput, path + " is too large");
    after_read(path);
    return {.bytes = Secret(file.text), .identity = file.identity};
  }

  FileIdentity identity(const std::string& path) override { return at(path).identity; }

  std::string real_path(const std::string& path) override {
    const std::string real = followed(path);
    if (!exists(path)) throw missing(real);
    after_resolve();
    return real;
  }

  std::vector<std::string> list(const std::string& directory) override {
    check_open(directory + "/");
    const std::string real = followed(directory);
    std::set<std::string> names;
    for (const auto& [from, to] : links) {
      if (from.starts_with(directory + "/") && from.find('/', directory.size() + 1) > from.size())
        names.insert(from.substr(directory.size() + 1));
    }
    for (const auto& [path, file] : files) {
      if (!path.starts_with(real + "/")) continue;
      const std::string rest = path.substr(real.size() + 1);
      names.insert(rest.substr(0, rest.find('/')));
    }
    return {names.begin(), names.end()};
  }

  bool exists(const std::string& path) override {
    check_open(path);
    const std::string real = followed(path);
    return files.contains(real) || !list(real).empty();
  }

 private:
  static Error missing(const std::string& path) {
    return Error(ErrorKind::kNotFound, path + " does not exist").with_code("source.missing");
  }

  void check_open(const std::string& path) const {
    for (const std::string& folder : closed) {
      if (!path.starts_with(folder + "/")) continue;
      throw Error(ErrorKind::kUnauthorized, path + " may not be read")
          .with_code("source.permission");
    }
  }

  /// The path itself may be a link, or one of its folders.
  std::string followed(const std::string& path) const {
    std::string at = path;
    for (int links_left = 40; links_left > 0; --links_left) {
      const auto link = std::ranges::find_if(links, [&at](const auto& one) {
        return at == one.first || at.starts_with(one.first + "/");
      });
      if (link == links.end()) return at;
      at = link->second + at.substr(link->first.size());
    }
    throw Error(ErrorKind::kInvalidInput, path + " is a loop of links").with_code("source.loop");
  }

  const File& at(const std::string& path) const {
    if (forbidden.contains(path)) {
      throw Error(ErrorKind::kUnauthorized, path + " may not be read")
          .with_code("source.permission");
    }
    check_open(path);
    const auto found = files.find(followed(path));
    if (found == files.end()) throw missing(path);
    return found->second;
  }
};

/// Runs the call and returns the error it throws; a call that throws none makes an empty one.
inline Error error_of(const std::function<void()>& call) {
  try {
    call();
  } catch (const Error& error) {
    return error;
  }
  return {ErrorKind::kInternal, "nothing was thrown"};
}

}  // namespace certferry
