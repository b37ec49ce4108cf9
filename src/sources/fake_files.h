// For this room's tests: files in memory that change at a chosen moment.
#pragma once

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

/// Holds files by path; `links` rename a folder; `forbidden` paths throw unauthorized.
struct FakeFiles : FileSystem {
  struct File {
    std::string text;
    FileIdentity identity;
  };
  std::map<std::string, File> files;
  std::map<std::string, std::string> links;
  std::set<std::string> forbidden;
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
    const auto link = links.find(path);
    const std::string real = link == links.end() ? path : link->second;
    if (!exists(real)) throw missing(real);
    after_resolve();
    return real;
  }

  std::vector<std::string> list(const std::string& directory) override {
    std::set<std::string> names;
    for (const auto& [path, file] : files) {
      if (!path.starts_with(directory + "/")) continue;
      const std::string rest = path.substr(directory.size() + 1);
      names.insert(rest.substr(0, rest.find('/')));
    }
    return {names.begin(), names.end()};
  }

  bool exists(const std::string& path) override {
    return files.contains(path) || !list(path).empty();
  }

 private:
  static Error missing(const std::string& path) {
    return Error(ErrorKind::kNotFound, path + " does not exist").with_code("source.missing");
  }

  const File& at(const std::string& path) const {
    if (forbidden.contains(path)) {
      throw Error(ErrorKind::kUnauthorized, path + " may not be read")
          .with_code("source.permission");
    }
    // As on a disk, only the folder of a path may be a link here.
    const auto slash = path.rfind('/');
    const auto link = links.find(path.substr(0, slash));
    const auto found = files.find(link == links.end() ? path : link->second + path.substr(slash));
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
