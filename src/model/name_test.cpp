#include "model/name.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <vector>

#include "base/text.h"

namespace certferry {
namespace {

using namespace std::string_literals;

std::string letters(std::size_t count) {
  return std::string(count, 'a');
}

/// A name of `size` characters in labels of at most 63.
std::string name_of(std::size_t size) {
  std::string out;
  while (size - out.size() > 63) out += letters(62) + ".";
  return out + letters(size - out.size());
}

TEST(NameTest, BringsNamesToOneForm) {
  struct Row {
    std::string text, canonical;
  };
  const Row rows[] = {
      {"example.com", "example.com"},
      {"EXAMPLE.Com", "example.com"},
      {"example.com.", "example.com"},
      {"*.Example.com.", "*.example.com"},
      {"localhost", "localhost"},
      {"a-b_c.0.example", "a-b_c.0.example"},
      {"_acme-challenge.example.com", "_acme-challenge.example.com"},
      {"多吉云.例子", "xn--9kq16kf1e.xn--fsqu00a"},
      {"*.多吉云.例子", "*.xn--9kq16kf1e.xn--fsqu00a"},
      {"例子。", "xn--fsqu00a"},                   // the ideographic full stop separates,
      {"www。例子.com。", "www.xn--fsqu00a.com"},  // and ends, like the ASCII one
      {"XN--FSQU00A.com", "xn--fsqu00a.com"},
      {"BÜCHER.example", "xn--bcher-kva.example"},
      {"bu\u0308cher.example", "xn--bcher-kva.example"},  // u and its dots apart
      {"faß.de", "xn--fa-hia.de"},                        // non-transitional: ß is not ss
      {"ｅｘａｍｐｌｅ.com", "example.com"},
      {letters(63) + ".com", letters(63) + ".com"},
      {name_of(253), name_of(253)},
      {name_of(253) + ".", name_of(253)},
      {"*." + name_of(251), "*." + name_of(251)},
  };
  for (const Row& row : rows) {
    const Result<std::string> name = canonical_name(row.text);
    ASSERT_TRUE(name.has_value()) << row.text << ": " << name.error().text();
    EXPECT_EQ(*name, row.canonical);
  }
}

TEST(NameTest, RefusesWhatIsNoHostName) {
  struct Row {
    std::string text, why;
  };
  const Row rows[] = {
      {"", "it is empty"},
      {".", "it is empty"},
      {"*.", "it is empty"},
      {"*..", "it is empty"},
      {".example.com", "it has an empty label"},
      {"*..example.com", "it has an empty label"},
      {"a..b", "it has an empty label"},
      {"example.com..", "it has an empty label"},
      {"例子。.", "it has an empty label"},
      {letters(64) + ".com", "a label is longer than 63"},
      {name_of(254), "longer than 253"},
      {"*." + name_of(252), "longer than 253"},
      {std::string(100'000, 'a'), "it is too long"},
      {"a\0.example.com"s, "NUL"},
      {"example.com\0"s, "NUL"},
      {"例子\0.com"s, "NUL"},
      {"*", "characters that host names do not have"},
      {"*.*.example.com", "characters that host names do not have"},
      {"www.*.com", "characters that host names do not have"},
      {"w*.example.com", "characters that host names do not have"},
      {"example.com:443", "characters that host names do not have"},
      {"https://example.com", "characters that host names do not have"},
      {"a b.com", "characters that host names do not have"},
      {"a\nb.com", "characters that host names do not have"},
      {"user@example.com", "characters that host names do not have"},
      {"[2001:db8::1]", "characters that host names do not have"},
      {"℀.com", "not"},           // becomes a/c
      {"\xff.com", "not"},        // no UTF-8
      {"\xe4\xbe", "not"},        // cut in the middle of a character
      {"\u00ad", "not"},          // a soft hyphen, which maps to nothing
      {"*。example.com", "not"},  // a wildcard has an ASCII dot
  };
  for (const Row& row : rows) {
    const Result<std::string> name = canonical_name(row.text);
    ASSERT_FALSE(name.has_value()) << row.text << " became " << *name;
    EXPECT_EQ(name.error().kind, ErrorKind::kInvalidInput);
    EXPECT_EQ(name.error().code, "cert.names");
    EXPECT_NE(name.error().message.find(row.why), std::string::npos) << name.error().message;
    EXPECT_LT(name.error().message.size(), 250u) << "the foreign text is cut";
    EXPECT_EQ(name.error().message, printable(name.error().message)) << "and safe";
  }
}

/// Names as people write them: any script, case and full stop, and now and then not a name.
rc::Gen<std::string> name_like() {
  return rc::gen::exec([] {
    const auto labels = *rc::gen::nonEmpty(rc::gen::container<std::vector<std::string>>(
        rc::gen::weightedElement<std::string>({{9, "a"},
                                               {9, "B0"},
                                               {9, "x-y"},
                                               {9, "_q"},
                                               {9, "例"},
                                               {9, "üb"},
                                               {9, "faß"},
                                               {9, "xn--fsqu00a"},
                                               {9, "ｅ"},
                                               {1, "*"},
                                               {1, ""},
                                               {1, "\xff"}})));
    const auto wildcard = *rc::gen::element<std::string>("", "*.");
    const auto dot = *rc::gen::element<std::string>(".", "。");
    const auto end = *rc::gen::element<std::string>("", ".", "。");
    return wildcard + join(labels, dot) + end;
  });
}

RC_GTEST_PROP(NameProperties, CanonicalNameIsIdempotent, ()) {
  const std::string text = *name_like();
  const Result<std::string> once = canonical_name(text);
  RC_CLASSIFY(once.has_value(), "a name");
  if (!once) return;
  RC_ASSERT(canonical_name(*once).value() == *once);
  RC_ASSERT(canonical_name(*once + ".").value() == *once);
}

RC_GTEST_PROP(NameProperties, CanonicalNameHoldsOnlyHostCharacters, ()) {
  const Result<std::string> name = canonical_name(*name_like());
  if (!name) return;
  RC_ASSERT(!name->empty() && name->size() <= 253u);
  const std::string labels = name->starts_with("*.") ? name->substr(2) : *name;
  RC_ASSERT(labels.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-_.") ==
            std::string::npos);
  for (const std::string& label : split(labels, '.')) {
    RC_ASSERT(!label.empty() && label.size() <= 63u);
  }
}

RC_GTEST_PROP(NameProperties, AnyBytesGiveANameOrAnError, (const std::string& bytes)) {
  const Result<std::string> name = canonical_name(bytes);
  // RC_ASSERT evaluates both sides of an "or", so the branch is outside it.
  if (!name) RC_ASSERT(name.error().code == "cert.names");
}

TEST(NameTest, BringsAddressesToOneForm) {
  struct Row {
    std::string text;
    std::optional<std::string> canonical;
  };
  const Row rows[] = {
      {"192.0.2.7", "192.0.2.7"},
      {"0.0.0.0", "0.0.0.0"},
      {"2001:DB8::1", "2001:db8::1"},
      {"2001:0db8:0000:0000:0000:0000:0000:0001", "2001:db8::1"},
      {"2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"},  // a lone zero stays,
      {"2001:0:0:1:0:0:0:1", "2001:0:0:1::1"},           // the longest run goes
      {"::", "::"},
      {"::ffff:192.0.2.7", "::ffff:192.0.2.7"},
      {"", std::nullopt},
      {"192.0.2", std::nullopt},
      {"192.0.2.256", std::nullopt},
      {"192.0.2.07", std::nullopt},
      {" 192.0.2.7", std::nullopt},
      {"192.0.2.7:443", std::nullopt},
      {"[2001:db8::1]", std::nullopt},
      {"fe80::1%eth0", std::nullopt},
      {"2001:db8::1::2", std::nullopt},
      {"192.0.2.7\0"s, std::nullopt},
      {"192.0.2.7\0.evil.example"s, std::nullopt},
      {"example.com", std::nullopt},
  };
  for (const Row& row : rows) EXPECT_EQ(canonical_ip(row.text), row.canonical) << row.text;
}

TEST(NameTest, AWildcardCoversExactlyOneLabel) {
  struct Row {
    std::string pattern, name;
    bool covered;
  };
  const Row rows[] = {
      {"example.com", "example.com", true},
      {"example.com", "www.example.com", false},
      {"www.example.com", "example.com", false},
      {"*.example.com", "www.example.com", true},
      {"*.example.com", "_x.example.com", true},
      {"*.example.com", "xn--fsqu00a.example.com", true},
      {"*.example.com", "example.com", false},
      {"*.example.com", ".example.com", false},
      {"*.example.com", "a.b.example.com", false},
      {"*.example.com", "wwwexample.com", false},
      {"*.example.com", "www.example.com.evil", false},
      {"*.example.com", "www.example.org", false},
      {"*.example.com", "*.example.com", true},
      {"*.example.com", "*.www.example.com", false},
      {"*.com", "*.example.com", false},
      {"w*.example.com", "www.example.com", false},  // only as the whole label,
      {"www.*.com", "www.example.com", false},       // and only as the first
      {"*", "localhost", false},
      {"*", "example.com", false},
      {"", "example.com", false},
      {"*.example.com", "", false},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(name_covers(row.pattern, row.name), row.covered) << row.pattern << " " << row.name;
  }
}

TEST(NameTest, AnAddressIsCoveredOnlyByAnAddress) {
  const std::vector<std::string> names = {"192.0.2.7", "*.0.2.8", "example.com", "*.example.org"};
  const std::vector<std::string> addresses = {"192.0.2.9", "2001:db8::1"};
  struct Row {
    std::string name;
    bool covered;
  };
  const Row rows[] = {
      {"example.com", true},
      {"www.example.org", true},
      {"example.org", false},
      {"192.0.2.9", true},
      {"2001:DB8:0::1", true},  // however it is spelled
      {"192.0.2.7", false},     // a DNS name that looks like the address does not count,
      {"192.0.2.8", false},     // nor does a wildcard,
      {"192.0.2.9\0.example.org"s, false},
  };
  for (const Row& row : rows) EXPECT_EQ(any_covers(names, addresses, row.name), row.covered);
  EXPECT_FALSE(any_covers({}, {}, "example.com"));
}

/// One to three short labels, so that generated patterns and names meet now and then.
rc::Gen<std::string> small_name() {
  return rc::gen::exec([] {
    const auto count = *rc::gen::inRange<std::size_t>(1, 4);
    const auto labels = *rc::gen::container<std::vector<std::string>>(
        count, rc::gen::element<std::string>("a", "b", "cc"));
    return join(labels, ".");
  });
}

RC_GTEST_PROP(NameProperties, CoveringIsOneLabelPutInFrontOfTheSameRest, ()) {
  const std::string rest = *small_name();
  const std::string name = *small_name();
  const std::vector<std::string> parts = split(name, '.');
  const bool one_in_front = parts.size() > 1 && join(std::span(parts).subspan(1), ".") == rest;
  RC_CLASSIFY(one_in_front);
  RC_ASSERT(name_covers("*." + rest, name) == one_in_front);
  RC_ASSERT(name_covers(rest, name) == (rest == name));
}

}  // namespace
}  // namespace certferry
