#include "config/secrets.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "base/text.h"
#include "config/command.h"
#include "config/descriptor.h"

namespace certferry {

namespace {

constexpr std::size_t kLongestSecret = std::size_t{64} * 1024;

Error refused(std::string code, std::string message, std::string hint) {
  return Error(ErrorKind::kInvalidInput, std::move(message))
      .with_code(std::move(code))
      .with_hint(std::move(hint));
}

/// Drops one line end and refuses what would break a header or a signature.
Result<Secret> one_line(const Secret& raw, const std::string& from) {
  std::string_view value = raw.reveal();
  if (value.ends_with('\n')) value.remove_suffix(1);
  if (value.ends_with('\r')) value.remove_suffix(1);
  if (value.empty()) {
    return std::unexpected(refused("config.missing", from + " is empty", "put the secret there"));
  }
  if (value.size() > kLongestSecret) {
    return std::unexpected(
        refused("config.range", from + " is longer than 64 KiB", "is it the right one?"));
  }
  if (value.find_first_of(std::string_view("\r\n\0", 3)) != std::string_view::npos) {
    return std::unexpected(refused("config.range",
                                   from + " has a line end or a NUL byte inside",
                                   "it must be the secret alone, on one line"));
  }
  return Secret(std::string(value));
}

Result<Secret> from_environment(const std::string& name) {
  const std::string from = "environment variable " + printable(name, 80);
  const char* value = std::getenv(name.c_str());
  if (value == nullptr) {
    return std::unexpected(
        refused("config.missing",
                from + " is not set",
                "set it for certferry; under systemd with EnvironmentFile= or LoadCredential="));
  }
  return one_line(Secret(value), from);
}

/// Who may look at a secret file beside its owner.
enum class Audience {
  kOwner,
  kOwnerAndGroup,  ///< systemd makes credentials 0440 and lets the service's group in
};

Result<void> check_access(const struct stat& about, Audience audience, const std::string& path) {
  if (!S_ISREG(about.st_mode)) {
    return std::unexpected(refused("config.reference",
                                   path + " is not a regular file",
                                   "name the file that holds the secret"));
  }
  if (about.st_uid != 0 && about.st_uid != ::geteuid()) {
    return std::unexpected(refused("config.insecure",
                                   path + " belongs to another user, who can change it",
                                   "run: chown \"$(id -un)\" " + path + ", as root"));
  }
  const mode_t forbidden = audience == Audience::kOwner ? 0077 : 0037;
  if ((about.st_mode & forbidden) != 0) {
    return std::unexpected(refused(
        "config.insecure", path + " is open to others than its owner", "run: chmod 600 " + path));
  }
  return {};
}

Error cannot_open(const std::string& path, int reason) {
  if (reason == ENOENT) {
    return refused(
        "config.missing", path + " does not exist", "write the secret into it, with mode 0600");
  }
  if (reason == ELOOP) {
    return refused("config.insecure", path + " is a link", "name the file itself");
  }
  return refused("config.reference",
                 path + " cannot be opened: " + std::strerror(reason),
                 "look at the owner and mode of the file and its folders");
}

Result<Secret> read_all(int file, const std::string& path) {
  // Room for a line end and one byte more, which tells that it is too long.
  std::string buffer(kLongestSecret + 3, '\0');
  std::size_t used = 0;
  int reason = 0;
  while (used < buffer.size()) {
    const ssize_t count = ::read(file, buffer.data() + used, buffer.size() - used);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) reason = errno;
    if (count <= 0) break;
    used += static_cast<std::size_t>(count);
  }
  Secret raw(std::string(buffer, 0, used));
  wipe(buffer);
  if (reason != 0) {
    return std::unexpected(refused("config.reference",
                                   path + " cannot be read: " + std::strerror(reason),
                                   "look at the disk it is on"));
  }
  return one_line(raw, path);
}

Result<Secret> from_file(const std::string& path, Audience audience) {
  // Non-blocking: opening a named pipe would wait for ever for somebody to write.
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK));
  const std::string shown = printable(path, 200);
  if (!file) return std::unexpected(cannot_open(shown, errno));
  struct stat about{};
  if (::fstat(file.get(), &about) != 0) return std::unexpected(cannot_open(shown, errno));
  TRY_VOID(check_access(about, audience, shown));
  return read_all(file.get(), shown);
}

Result<Secret> from_credential(const std::string& name) {
  const std::string shown = "credential " + printable(name, 80);
  const bool is_component = !name.empty() && !name.contains('/') && name != "." && name != "..";
  if (!is_component) {
    return std::unexpected(
        refused("config.range", shown + " is not a plain name", "write it without a folder"));
  }
  const char* folder = std::getenv("CREDENTIALS_DIRECTORY");
  if (folder == nullptr || *folder != '/') {
    return std::unexpected(
        refused("config.missing",
                shown + " is not there: CREDENTIALS_DIRECTORY is not set",
                "credentials exist only in a systemd service with LoadCredential="));
  }
  return from_file(std::string(folder) + "/" + name, Audience::kOwnerAndGroup);
}

Result<Secret> from_command(const std::vector<std::string>& arguments, SecretLimits limits) {
  CommandLimits bounds{.deadline = limits.command_deadline,
                       .output_bytes = kLongestSecret + 2,
                       .hidden_variables = std::move(limits.hidden_variables)};
  TRY(const Secret output, run_command(arguments, std::move(bounds)));
  return one_line(output, "the output of " + printable(arguments[0], 120));
}

}  // namespace

std::vector<std::string> secret_variables(const Settings& settings) {
  std::vector<std::string> names;
  const auto add = [&names](const std::map<std::string, SecretReference>& secrets) {
    for (const auto& [key, reference] : secrets) {
      const bool named = reference.kind == SecretReference::Kind::kEnvironment;
      if (named && !reference.value.empty()) names.push_back(reference.value.front());
    }
  };
  for (const AccountSettings& account : settings.accounts) add(account.secrets);
  for (const CertificateSettings& certificate : settings.certificates) {
    add(certificate.from.secrets);
  }
  for (const ChannelSettings& channel : settings.channels) add(channel.secrets);
  if (settings.health.heartbeat) add({{"heartbeat", *settings.health.heartbeat}});
  return names;
}

Result<Secret> resolve_secret(const SecretReference& reference, SecretLimits limits) {
  if (reference.value.empty()) {
    return std::unexpected(refused("config.missing", "the reference is empty", ""));
  }
  const std::string& first = reference.value.front();
  switch (reference.kind) {
    case SecretReference::Kind::kEnvironment:
      return from_environment(first);
    case SecretReference::Kind::kFile:
      return from_file(first, Audience::kOwner);
    case SecretReference::Kind::kCredential:
      return from_credential(first);
    case SecretReference::Kind::kCommand:
      return from_command(reference.value, std::move(limits));
  }
  return std::unexpected(Error(ErrorKind::kInternal, "a reference of an unknown kind"));
}

}  // namespace certferry
