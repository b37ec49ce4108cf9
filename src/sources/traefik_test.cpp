#include "sources/traefik.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "crypto/digest.h"
#include "crypto/throwaway_ca.h"
#include "sources/fake_files.h"
#include "sources/registry.h"
#include "sources/run_task.h"

namespace certferry {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

struct TraefikTest : testing::Test {
  FakeClock clock;
  FakeFiles files;
  ThrowawayCa ca{clock.time - hours(24), clock.time + hours(24 * 365)};

  IssuedLeaf issue(const std::string& name, int days = 90) const {
    return ca.issue({.names = {name},
                     .not_before = clock.time - hours(1),
                     .not_after = clock.time + hours(24 * days)});
  }
  static std::string entry(const std::string& main,
                           const std::string& chain,
                           const std::string& key) {
    return R"({"domain":{"main":")" + main + R"(","sans":["x.org"]},"certificate":")" + chain +
           R"(","key":")" + key + R"(","Store":"default"})";
  }
  static std::string entry(const std::string& main, const IssuedLeaf& pair) {
    return entry(main, base64_encode(pair.chain_pem), base64_encode(pair.key_pem.reveal()));
  }
  static std::string resolver(const std::string& name, const std::string& entries) {
    return "\"" + name +
           R"(":{"Account":{"Email":"a@b.org","PrivateKey":"AAAA"},"Certificates":[)" + entries +
           "]}";
  }
  void write(const std::string& text, Time modified = {}) {
    files.write("/acme.json", text, modified);
  }

  std::unique_ptr<Source> source(std::map<std::string, std::string> fields = {}) {
    fields["file"] = "/acme.json";
    fields.emplace("domain", "e.org");
    return make_source("traefik", {.texts = fields}, {.files = files, .clock = clock});
  }
  BundlePtr read(const std::map<std::string, std::string>& fields = {}) {
    return finish(source(fields)->read());
  }
  Error failure(const std::map<std::string, std::string>& fields = {}) {
    return error_of([&] { read(fields); });
  }
};

TEST_F(TraefikTest, ReadsACertificateByItsMainDomain) {
  const IssuedLeaf pair = issue("e.org");
  write("{" + resolver("le", entry("a.org", issue("a.org")) + "," + entry("E.org", pair)) + "}");
  EXPECT_EQ(read()->chain_pem, pair.chain_pem);
}

TEST_F(TraefikTest, TakesOfTwoResolversTheOneThatEndsLastUnlessToldWhich) {
  const IssuedLeaf early = issue("e.org", 20);
  const IssuedLeaf late = issue("e.org", 80);
  write("{" + resolver("a", entry("e.org", late)) + "," + resolver("b", entry("e.org", early)) +
        "}");
  EXPECT_EQ(read()->chain_pem, late.chain_pem);
  EXPECT_EQ(read({{"resolver", "b"}})->chain_pem, early.chain_pem);
  EXPECT_THAT(failure({{"resolver", "c"}}).message, HasSubstr("of resolver 'c'"));
}

TEST_F(TraefikTest, NamesTheCertificatesThereAre) {
  write(
      "{" +
      resolver("le", entry("abc.net", issue("abc.net")) + "," + entry("eg.org", issue("eg.org"))) +
      "}");
  const Error error = failure();
  EXPECT_EQ(error.code, "source.missing");
  EXPECT_EQ(error.message,
            "there is no certificate 'e.org' in '/acme.json'; there are eg.org, abc.net");
  EXPECT_EQ(error.hint, "did you mean 'eg.org'?");
  write(R"({"le":{"Account":null,"Certificates":null}})");
  EXPECT_THAT(failure().message, HasSubstr("holds no certificate"));
}

TEST_F(TraefikTest, WatchesTheFileAndWhereItsLinkLeads) {
  EXPECT_THAT(source()->watched(), ElementsAre(WatchPath{.path = "/acme.json"})) << "not there yet";
  files.write("/data/acme.json", "{}");
  files.links = {{"/acme.json", "/data/acme.json"}};
  EXPECT_THAT(source()->watched(),
              ElementsAre(WatchPath{.path = "/acme.json"}, WatchPath{.path = "/data/acme.json"}));
}

TEST_F(TraefikTest, HoldsAFileThatIsBeingWritten) {
  const std::string whole = "{" + resolver("le", entry("e.org", issue("e.org"))) + "}";
  write(whole.substr(0, whole.size() / 2), clock.time - seconds(1));
  EXPECT_EQ(failure().code, "source.torn");
  clock.time += minutes(3);
  EXPECT_EQ(failure().code, "traefik.format");
  files.after_read = [&](const std::string&) { write(whole, clock.time); };
  EXPECT_EQ(failure().code, "source.torn") << "changed while read";
}

TEST_F(TraefikTest, SaysWhatIsWrongWithAFile) {
  EXPECT_EQ(failure().code, "source.missing");
  for (const std::string text :
       {"", "[]", "7", "{\"le\":", "not JSON", R"({"Account":{},"Certificates":[]})"}) {
    write(text);
    EXPECT_EQ(failure().code, "traefik.format") << text;
  }
  write(std::string(100'000, '['));
  EXPECT_EQ(failure().code, "traefik.format");
  write(std::string(std::size_t{9} * 1024 * 1024, ' '));
  EXPECT_EQ(failure().kind, ErrorKind::kInvalidInput);
  files.forbidden.insert("/acme.json");
  EXPECT_EQ(failure().code, "source.permission");
}

TEST_F(TraefikTest, TellsWhichCertificateIsBroken) {
  write("{" + resolver("le", entry("e.org", "!!", "AAAA")) + "}");
  EXPECT_THAT(failure().message, HasSubstr("the certificate of e.org in '/acme.json'"));
  write("{" + resolver("le", entry("e.org", base64_encode("not PEM"), base64_encode("x"))) + "}");
  EXPECT_EQ(failure().code, "pem.not_pem");
  const IssuedLeaf pair = issue("e.org");
  write(
      "{" +
      resolver("le", entry("e.org", "!!", "") + R"(,{"domain":7},7,null,)" + entry("e.org", pair)) +
      "}");
  EXPECT_EQ(read()->chain_pem, pair.chain_pem) << "another one of the name will do";
}

}  // namespace
}  // namespace certferry
