// Private to this room: what to say to whoever asks for a name that is not there.
#pragma once

#include <string>
#include <vector>

#include "base/error.h"

namespace certferry {

struct NameChoice {
  std::string what;                ///< "certbot certificate"
  std::string name;                ///< as asked for
  std::string where = {};          ///< " in '/etc/traefik/acme.json'"; may be empty
  std::vector<std::string> names;  ///< those that there are, in any order; foreign text
  std::string when_none;           ///< the message when there is none at all
  std::string hint_when_none;
};

/// Not_found `source.missing`: "there is no WHAT 'NAME'WHERE; there are …", the nearest first, then
/// by name, ten at most.
Error missing_name(NameChoice choice);

}  // namespace certferry
