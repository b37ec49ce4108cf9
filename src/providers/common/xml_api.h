// What vendors that speak XML share: reading replies strictly.
#pragma once

#include <pugixml.hpp>
#include <string>

#include "providers/common/reply.h"

namespace certferry {

/// Reads a whole reply body as XML with a root element: at most 4 MiB.
///
/// No entity but XML's own five is put in, and nothing is ever fetched. Errors, of the kind
/// `unusable(effect)`: `reply.not_xml` with the reply's beginning, where quoting is allowed;
/// `reply.too_large`.
Result<pugi::xml_document> read_xml(const HttpResponse& response, Effect effect, Quoting quoting);

/// The text of the child of that name, without blanks at its ends; empty when there is none.
std::string xml_text(const pugi::xml_node& parent, const char* name);

/// Text as it stands between two tags.
std::string xml_escape(std::string_view text);

}  // namespace certferry
