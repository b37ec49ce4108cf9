#include "providers/common/xml_api.h"

#include "base/text.h"

namespace certferry {

namespace {

constexpr std::size_t kBytesMost = std::size_t{4} * 1024 * 1024;

Error not_xml(const HttpResponse& response, Effect effect, Quoting quoting) {
  return Error(unusable(effect), "the answer is not XML: " + describe(response, quoting))
      .with_code("reply.not_xml");
}

}  // namespace

Result<pugi::xml_document> read_xml(const HttpResponse& response, Effect effect, Quoting quoting) {
  if (response.body.size() > kBytesMost) {
    return std::unexpected(
        Error(unusable(effect), "the answer is larger than 4 MiB").with_code("reply.too_large"));
  }
  pugi::xml_document document;
  // As a fragment, so that text beside the root is not passed over: that, and a second root, is
  // nothing that a vendor sends.
  const pugi::xml_parse_result parsed = document.load_buffer(
      response.body.data(), response.body.size(), pugi::parse_default | pugi::parse_fragment);
  const pugi::xml_node root = document.document_element();
  if (!parsed || root.empty() || root.previous_sibling() || root.next_sibling()) {
    return std::unexpected(not_xml(response, effect, quoting));
  }
  return document;
}

std::string xml_text(const pugi::xml_node& parent, const char* name) {
  return std::string(trim(parent.child(name).text().get()));
}

std::string xml_escape(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

}  // namespace certferry
