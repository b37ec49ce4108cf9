#include "providers/local/recipes.h"

#include <algorithm>

namespace certferry {

// Sources: each server's own manual page, but for what is said here.
std::span<const ServerRecipe> server_recipes() {
  static const std::vector<ServerRecipe> kRecipes = {
      // Not by systemd, so that it is right in a container as well. -q: nothing but what is wrong.
      {.id = "nginx", .check = {"nginx", "-t", "-q"}, .reload = {"nginx", "-s", "reload"}},
      // "graceful" starts a server that does not run; that is left to whoever stopped it.
      {.id = "apache",
       .check = {"apachectl", "configtest"},
       .reload = {"systemctl", "reload", "apache2"}},
      // Without -q, which keeps HAProxy from saying what is wrong.
      {.id = "haproxy",
       .check = {"haproxy", "-c", "-f", "/etc/haproxy/haproxy.cfg"},
       .reload = {"systemctl", "reload", "haproxy"}},
      // Without --force a reload of the same configuration does nothing, files changed or not.
      {.id = "caddy",
       .check = {"caddy", "validate", "--config", "/etc/caddy/Caddyfile"},
       .reload = {"caddy", "reload", "--force", "--config", "/etc/caddy/Caddyfile"}},
      {.id = "postfix", .check = {"postfix", "check"}, .reload = {"postfix", "reload"}},
      {.id = "dovecot", .check = {"doveconf", "-n"}, .reload = {"doveadm", "reload"}},
  };
  return kRecipes;
}

const ServerRecipe* find_recipe(std::string_view id) {
  const auto recipes = server_recipes();
  const auto found = std::ranges::find(recipes, id, &ServerRecipe::id);
  return found == recipes.end() ? nullptr : &*found;
}

}  // namespace certferry
