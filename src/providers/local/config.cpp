// What an account of a server on this machine says in the configuration.

#include <grp.h>
#include <pwd.h>

#include <charconv>

#include "base/text.h"
#include "model/name.h"
#include "providers/local/local.h"
#include "providers/local/recipes.h"

namespace certferry {

namespace {

using Texts = std::map<std::string, Secret>;
using Lists = std::map<std::string, std::vector<std::string>>;

Error bad_field(const std::string& message, std::string hint) {
  return Error(ErrorKind::kInvalidInput, message)
      .with_code("provider.field")
      .with_hint(std::move(hint));
}

std::string text(const Texts& texts, const std::string& key) {
  const auto found = texts.find(key);
  return found == texts.end() ? std::string() : std::string(found->second.reveal());
}

std::vector<std::string> list(const Lists& lists, const std::string& key) {
  const auto found = lists.find(key);
  return found == lists.end() ? std::vector<std::string>() : found->second;
}

std::vector<std::string> read_names(const Lists& lists) {
  std::vector<std::string> names;
  for (const std::string& written : list(lists, "names")) {
    const Result<std::string> name = canonical_name(written);
    if (!name) {
      throw bad_field("'" + printable(written, 100) + "' in 'names' is no host name",
                      "write it as browsers do: www.example.com");
    }
    names.push_back(*name);
  }
  if (!names.empty()) return names;
  throw bad_field("'names' is empty", "list the names that the server serves with these files");
}

ServedPaths read_paths(const Texts& texts) {
  ServedPaths paths{
      .chain = text(texts, "chain"), .key = text(texts, "key"), .bundle = text(texts, "bundle")};
  if (paths.chain.empty() != paths.key.empty()) {
    throw bad_field(
        paths.key.empty() ? "'chain' is given without 'key'" : "'key' is given without 'chain'",
        "give both, or 'bundle' for both in one file");
  }
  if (paths.all().empty()) {
    throw bad_field("no file is named", "give 'chain' and 'key', or 'bundle'");
  }
  const auto with_name = std::ranges::count_if(
      paths.all(), [](const std::string& path) { return path.contains("{name}"); });
  if (with_name != 0 && static_cast<std::size_t>(with_name) != paths.all().size()) {
    throw bad_field("{name} is in some of the paths and not in all",
                    "write it into all of them, or into none");
  }
  std::vector<std::string> all = paths.all();
  std::ranges::sort(all);
  if (std::ranges::adjacent_find(all) != all.end()) {
    throw bad_field("two of 'chain', 'key' and 'bundle' are the same file",
                    "'bundle' is the file that holds both");
  }
  return paths;
}

std::optional<mode_t> read_mode(const std::string& written) {
  if (written.empty()) return std::nullopt;
  unsigned mode = 0;
  const auto [end, error] =
      std::from_chars(written.data(), written.data() + written.size(), mode, 8);
  const bool whole = error == std::errc() && end == written.data() + written.size();
  if (whole && mode <= 0777 && (mode & 0400) != 0 && (mode & 07) == 0) return mode;
  throw bad_field("'mode' is '" + printable(written, 20) + "'",
                  "write it in octal, with nothing for everybody: 0600, or 0640 with a 'group'");
}

FileAccess read_access(const Texts& texts) {
  FileAccess access{.owner = {}, .group = {}, .key_mode = read_mode(text(texts, "mode"))};
  if (const std::string owner = text(texts, "owner"); !owner.empty()) {
    const passwd* user = ::getpwnam(owner.c_str());
    if (user == nullptr) {
      throw bad_field("'owner' is '" + printable(owner, 60) + "', and there is no such user",
                      "'getent passwd' lists users");
    }
    access.owner = user->pw_uid;
  }
  if (const std::string group = text(texts, "group"); !group.empty()) {
    const ::group* found = ::getgrnam(group.c_str());
    if (found == nullptr) {
      throw bad_field("'group' is '" + printable(group, 60) + "', and there is no such group",
                      "'getent group' lists groups");
    }
    access.group = found->gr_gid;
  }
  return access;
}

/// Words of its own win over those of the server's recipe.
void read_commands(const Texts& texts, const Lists& lists, LocalConfig& out) {
  const std::string server = text(texts, "server");
  if (!server.empty()) {
    const ServerRecipe* recipe = find_recipe(server);
    if (recipe == nullptr) {
      std::vector<std::string> known;
      for (const ServerRecipe& one : server_recipes()) known.emplace_back(one.id);
      throw bad_field(
          "'server' is '" + printable(server, 60) + "', which is not known",
          "known are: " + join(known, ", ") + "; for another one give 'check' and 'reload'");
    }
    out.check = recipe->check;
    out.reload = recipe->reload;
  }
  if (lists.contains("check")) out.check = list(lists, "check");
  if (lists.contains("reload")) out.reload = list(lists, "reload");
  for (const auto* command : {&out.check, &out.reload}) {
    if (command->empty() || !command->front().contains('/') || command->front().starts_with('/')) {
      continue;
    }
    throw bad_field("a command names its program by a relative path",
                    "write the whole path, or a bare name to be found by PATH");
  }
}

}  // namespace

LocalConfig read_local_config(const Texts& texts, const Lists& lists) {
  LocalConfig config{.names = read_names(lists),
                     .paths = read_paths(texts),
                     .access = read_access(texts),
                     .check = {},
                     .reload = {}};
  read_commands(texts, lists, config);
  return config;
}

}  // namespace certferry
