#include "sources/search.h"

#include <algorithm>
#include <array>
#include <set>

#include "sources/named_pairs.h"

namespace certferry {

std::vector<std::string> usual_homes(FileSystem& files, const std::string& root) {
  std::vector<std::string> homes = {root + "/root"};
  for (const std::string& user : names_below(files, root + "/home")) {
    homes.push_back(std::string(root).append("/home/").append(user));
  }
  return homes;
}

namespace {

/// What is closed to us holds nothing that could be named; that it is closed is told elsewhere.
bool holds_pair(FileSystem& files, const std::string& folder) {
  try {
    return files.exists(pem_pair_in(folder).chain);
  } catch (const Error&) {
    return false;
  }
}

}  // namespace

std::vector<std::string> pair_folders(const Search& search) {
  constexpr std::array<const char*, 6> kUsual = {
      "/etc/ssl", "/etc/nginx/ssl", "/opt/ssl", "/opt/certs", "/srv/ssl", "/srv/certs"};
  std::vector<std::string> folders = search.folders;
  for (const char* usual : kUsual) {
    const std::string folder = search.root + usual;
    folders.push_back(folder);
    for (const std::string& inner : names_below(search.files, folder)) {
      folders.push_back(std::string(folder).append("/").append(inner));
    }
  }
  std::erase_if(folders, [&](const std::string& one) { return !holds_pair(search.files, one); });
  return folders;
}

}  // namespace certferry
