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
using testing::HasSubstr;

struct Pkcs12SourceTest : testing::Test {
  FakeClock clock;
  FakeFiles files;
  Family family;
  std::string archive = make_archive(family);

  BundlePtr read(const std::string& password = "pass") {
    const auto source =
        make_source("pkcs12",
                    {.texts = {{"file", "/a.pfx"}}, .secrets = {{"password", Secret(password)}}},
                    {.files = files, .clock = clock});
    return finish(source->read());
  }
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

TEST_F(Pkcs12SourceTest, SaysWhatIsWrongWithTheFile) {
  EXPECT_EQ(failure().code, "source.missing");
  files.write("/a.pfx", std::string(std::size_t{64} * 1024 + 1, '0'));
  EXPECT_EQ(failure().code, "pkcs12.too_large");
}

}  // namespace
}  // namespace certferry
