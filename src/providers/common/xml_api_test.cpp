#include "providers/common/xml_api.h"

#include <gtest/gtest.h>

namespace certferry {
namespace {

Result<pugi::xml_document> read(std::string body, Effect effect = Effect::kReads) {
  return read_xml(
      {.status = 200, .headers = {}, .body = std::move(body)}, effect, Quoting::kAllowed);
}

TEST(XmlApiTest, ReadsTextOfElements) {
  const auto document =
      read("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<A><B> a &amp; b </B><C/></A>\n");
  ASSERT_TRUE(document.has_value());
  EXPECT_EQ(xml_text(document->child("A"), "B"), "a & b");
  EXPECT_EQ(xml_text(document->child("A"), "C"), "");
  EXPECT_EQ(xml_text(document->child("A"), "D"), "");
}

TEST(XmlApiTest, RefusesWhatIsNoDocument) {
  for (const char* body : {"",
                           "{}",
                           "<A>",
                           "<A></B>",
                           "<A/><B/>",
                           "<A/>and so on",
                           "Warning: <A/>",
                           "<!DOCTYPE html><html><body>portal",
                           "<!-- nothing -->"}) {
    const auto document = read(body, Effect::kChanges);
    ASSERT_FALSE(document.has_value()) << body;
    EXPECT_EQ(document.error().code, "reply.not_xml");
    EXPECT_EQ(document.error().kind, ErrorKind::kMaybeApplied);
  }
  EXPECT_EQ(read("<A>" + std::string(std::size_t{5} * 1024 * 1024, 'x') + "</A>").error().code,
            "reply.too_large");
}

TEST(XmlApiTest, PutsInNoEntityOfADocumentsOwn) {
  const auto document =
      read("<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><a><b>&x;</b></a>");
  ASSERT_TRUE(document.has_value());
  EXPECT_EQ(xml_text(document->child("a"), "b"), "&x;");
}

TEST(XmlApiTest, EscapesWhatWouldBeMarkup) {
  EXPECT_EQ(xml_escape("a<b>&\"'"), "a&lt;b&gt;&amp;\"'");
}

}  // namespace
}  // namespace certferry
