#include "crypto/pkcs12.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "crypto/test_pkcs12.h"
#include "sources/fake_files.h"
#include "sources/registry.h"
#include "sources/run_task.h"

namespace certferry {
namespace {

using namespace testing_certificates;  // NOLINT(google-build-using-namespace)
using testing::ElementsAre;
using testing::HasSubstr;

struct Pkcs12SourceTest : testing::Test {
  FakeClock clock;
  FakeFiles files;
  Family family;
  std::string archive = make_archive(family);

  std::unique_ptr<Source> source(const std::string& password = "pass") {
    return make_source("pkcs12",
                       {.texts = {{"file", "/a.pfx"}}, .secrets = {{"password", Secret(password)}}},
                       {.files = files, .clock = clock});
  }
  BundlePtr read(const std::string& password = "pass") { return finish(source(password)->read()); }
  Error failure(const std::string& password = "pass") {
    return error_of([&] { read(password); });
  }
};

TEST_F(Pkcs12SourceTest, ReadsAnArchive) {
  files.write("/a.pfx", archive);
  EXPECT_EQ(read()->leaf.subject, "CN=www.example.com");
}

TEST_F(Pkcs12SourceTest, HoldsAnArchiveThatIsBeingWrittenButNoWrongPassword) {
  for (const std::string& half : {std::string(), archive.substr(0, 300)}) {
    files.write("/a.pfx", half, clock.time);
    EXPECT_EQ(failure().code, "source.torn");
    files.write("/a.pfx", half, clock.time - hours(1));
    EXPECT_THAT(failure().code, testing::AnyOf("pem.empty", "pkcs12.not_pkcs12"));
  }
  files.write("/a.pfx", archive, clock.time);
  const Error wrong = failure("sesame");
  EXPECT_EQ(wrong.code, "pkcs12.password");
  EXPECT_THAT(wrong.text(), HasSubstr("'/a.pfx'"));
  EXPECT_THAT(wrong.text(), Not(HasSubstr("sesame")));
}

TEST_F(Pkcs12SourceTest, WatchesTheArchiveAndWhereItsLinkLeads) {
  EXPECT_THAT(source()->watched(), ElementsAre(WatchPath{.path = "/a.pfx"})) << "not there yet";
  files.write("/archive/2.pfx", archive);
  files.links = {{"/a.pfx", "/archive/2.pfx"}};
  EXPECT_THAT(source()->watched(),
              ElementsAre(WatchPath{.path = "/a.pfx"}, WatchPath{.path = "/archive/2.pfx"}));
}

TEST_F(Pkcs12SourceTest, SaysWhatIsWrongWithTheFile) {
  EXPECT_EQ(failure().code, "source.missing");
  files.write("/a.pfx", std::string(std::size_t{64} * 1024 + 1, '0'));
  EXPECT_EQ(failure().code, "pkcs12.too_large");
}

}  // namespace
}  // namespace certferry
