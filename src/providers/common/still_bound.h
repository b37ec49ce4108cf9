// Asking before a certificate is deleted, where a vendor's store does not, or does not say who.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/error.h"
#include "model/target.h"

namespace certferry {

/// Throws in_use `vendor.in_use`, with the first name that is bound to the certificate.
/// `where`: the product, for people.
void require_unbound(std::span<const Binding> bindings,
                     const std::string& stored_id,
                     std::string_view where);

/// What a binding's id begins with when nothing says which certificate of the store it has; then
/// words for people.
inline constexpr std::string_view kUnknownInStore = "unknown in ";

/// Throws unavailable `vendor.unknown_user`, with the first name of which nothing says which
/// certificate of `store` it has: it may be any. `hint`: how it becomes known.
void require_known(std::span<const Binding> bindings,
                   std::string_view where,
                   std::string_view store,
                   std::string_view hint);

/// in_use `vendor.in_use`: what a store says itself of who uses a certificate, in its own words, of
/// which a few are shown; it may say no more than that somebody does.
Error still_used(const std::string& stored_id, std::span<const std::string> users);

}  // namespace certferry
