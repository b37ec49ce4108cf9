// How servers are asked whether they would start with what is on the disk, and told to load it.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace certferry {

/// Argument vectors, found by PATH; empty: there is none.
struct ServerRecipe {
  std::string_view id;  ///< "nginx"
  std::vector<std::string> check;
  std::vector<std::string> reload;
};

std::span<const ServerRecipe> server_recipes();

/// Null when there is none of that name.
const ServerRecipe* find_recipe(std::string_view id);

}  // namespace certferry
