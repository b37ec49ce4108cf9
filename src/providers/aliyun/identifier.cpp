#include "providers/aliyun/identifier.h"

#include "base/text.h"

namespace certferry {

std::string id_in_store(const std::string& identifier, const std::string& region) {
  const std::string end = "-" + region;
  // What stands for no certificate is no id of one.
  const bool none = identifier == "0" + end;
  const bool here = identifier.size() > end.size() && identifier.ends_with(end) && !none;
  return printable(here ? identifier.substr(0, identifier.size() - end.size()) : identifier, 100);
}

std::string identifier_of(const std::string& id, const std::string& region) {
  // An id of another store names its region already.
  const bool here = id.find_first_not_of("0123456789") == std::string::npos;
  return here ? id + "-" + region : id;
}

}  // namespace certferry
