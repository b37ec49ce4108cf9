// What Live and VOD share: each of their domains holds a bundle of its own, which goes there as a
// copy of what the SSL certificate service has, under a title that says of which certificate.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "ports/provider.h"

namespace certferry {

/// "certferry", the first 16 digits of the fingerprint, and the id in the store in hexadecimal
/// digits: Live takes letters and digits alone, and 256 of them.
std::string copy_title(const std::string& stored_id, const std::string& fingerprint);

/// What a domain with a bundle of that title counts as bound to: the id in the store, or "own:"
/// and the title where that is none of ours, or the bundle another than the one that it was given
/// for. `pem`: the chain, as far as the vendor shows it; a title is believed when it cannot be
/// read.
std::string held_copy(const std::string& title, const std::string& pem);

/// The title of the copy that a bind makes. Throws not_found `vendor.not_found`: what is in the
/// certificate is not here. `product`: for people.
std::string title_for(const BindRequest& request, std::string_view product);

/// Whether the member says nothing: missing, null or empty text.
bool is_blank(const nlohmann::json& object, std::string_view key);

}  // namespace certferry
