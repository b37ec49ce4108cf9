#include "config/load.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>

#include "base/text.h"
#include "config/descriptor.h"
#include "config/example.h"

namespace certferry {

namespace {

/// One byte more than a configuration may have, so that the parser sees that it is too large.
constexpr std::size_t kReadAtMost = (std::size_t{1} << 20) + 1;

Error cannot_load(std::string code, std::string message, std::string hint) {
  return Error(ErrorKind::kInvalidInput, std::move(message))
      .with_code(std::move(code))
      .with_hint(std::move(hint));
}

Error cannot_open(const std::string& path, int reason) {
  if (reason == ENOENT || reason == ENOTDIR) {
    return cannot_load("config.missing",
                       "there is no configuration at " + path,
                       "'certferry init' writes one; or name another with --config, or write a "
                       "first one there:\n\n" +
                           std::string(kSmallestFile));
  }
  return cannot_load("config.unreadable",
                     "the configuration " + path + " cannot be read: " + std::strerror(reason),
                     "look at the owner and mode of the file and its folders");
}

Result<std::string> read_all(int file, const std::string& path) {
  std::string text(kReadAtMost, '\0');
  std::size_t used = 0;
  while (used < text.size()) {
    const ssize_t count = ::read(file, text.data() + used, text.size() - used);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return std::unexpected(cannot_open(path, errno));
    if (count == 0) break;
    used += static_cast<std::size_t>(count);
  }
  text.resize(used);
  return text;
}

Result<std::string> read_file(const std::string& path) {
  const std::string shown = printable(path, 200);
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!file) return std::unexpected(cannot_open(shown, errno));
  struct stat about{};
  if (::fstat(file.get(), &about) != 0) return std::unexpected(cannot_open(shown, errno));
  if (!S_ISREG(about.st_mode)) {
    return std::unexpected(cannot_load("config.unreadable",
                                       "the configuration " + shown + " is not a regular file",
                                       "name the YAML file itself"));
  }
  // Whoever writes it chooses where keys go and which commands run.
  if ((about.st_mode & S_IWOTH) != 0) {
    return std::unexpected(cannot_load("config.insecure",
                                       "anybody may change the configuration " + shown,
                                       "run: chmod o-w " + shown));
  }
  return read_all(file.get(), shown);
}

}  // namespace

ParsedSettings load_settings(const std::string& path, const Catalogue& catalogue) {
  Result<std::string> text = read_file(path);
  if (text) return parse_settings(*std::move(text), path, catalogue);
  ParsedSettings out;
  out.problems.push_back(std::move(text).error());
  return out;
}

}  // namespace certferry
