#include "signing/canonical.h"

#include <gtest/gtest.h>

namespace certferry {
namespace {

TEST(CanonicalTest, EncodesAllButWhatRfc3986LeavesUnreserved) {
  EXPECT_EQ(percent_encode("AZaz09-._~"), "AZaz09-._~");
  EXPECT_EQ(percent_encode(" +%*/=&!'()证"), "%20%2B%25%2A%2F%3D%26%21%27%28%29%E8%AF%81");
  EXPECT_EQ(percent_encode("/a b/", "/"), "/a%20b/");
}

TEST(CanonicalTest, DecodesWhatWasEncodedAndLeavesTheRest) {
  std::string all;
  for (int byte = 0; byte < 256; ++byte) all += static_cast<char>(byte);
  EXPECT_EQ(percent_decode(percent_encode(all)), all);
  EXPECT_EQ(percent_decode("%e8%AF%81+%"), "证+%");
  EXPECT_EQ(percent_decode("%4%zz%1"), "%4%zz%1");
}

TEST(CanonicalTest, SortsAQueryByNameThenByValueEitherWay) {
  const QueryParameters query = {{"b", ""}, {"a", "x/"}, {"a", "x-"}, {"B", "1"}, {"a", ""}};
  EXPECT_EQ(canonical_query(query), "B=1&a=&a=x-&a=x%2F&b=");
  EXPECT_EQ(canonical_query(query, QueryOrder::kAsEncoded), "B=1&a=&a=x%2F&a=x-&b=");
  EXPECT_EQ(canonical_query({}), "");
}

TEST(CanonicalTest, WritesHeadersByNameInLowerCaseWithTrimmedValues) {
  const CanonicalHeaders headers = canonical_headers(
      {{"X-B", Secret(" two  words ")}, {"host", Secret("h")}, {"x-a", Secret("")}});
  EXPECT_EQ(headers.lines.reveal(), "host:h\nx-a:\nx-b:two  words\n");
  EXPECT_EQ(headers.names, "host;x-a;x-b");
  const CanonicalHeaders narrow =
      canonical_headers({{"X-B", Secret(" two \t words ")}}, InnerBlanks::kOneEach);
  EXPECT_EQ(narrow.lines.reveal(), "x-b:two words\n");
}

TEST(CanonicalTest, TakesThePortOffAHost) {
  EXPECT_EQ(host_without_port("a.example.com"), "a.example.com");
  EXPECT_EQ(host_without_port("a.example.com:8443"), "a.example.com");
  EXPECT_EQ(host_without_port("[::1]"), "[::1]");
  EXPECT_EQ(host_without_port("[::1]:8443"), "[::1]");
}

}  // namespace
}  // namespace certferry
