// How products name a certificate of CAS that name its store as well: "10741304-cn-hangzhou".
#pragma once

#include <string>

namespace certferry {

/// "10741304" of "10741304-cn-hangzhou", if that is where our store is; else the whole, which is no
/// id of ours. `region` is our store's.
std::string id_in_store(const std::string& identifier, const std::string& region);

/// The other way round.
std::string identifier_of(const std::string& id, const std::string& region);

}  // namespace certferry
