#include "signing/volcengine_tos.h"

#include <gtest/gtest.h>

#include "signing/testing/wire_fixture.h"

namespace certferry {
namespace {

TEST(VolcengineTosTest, SignsAsTheVendorsOwnSdkDoes) {
  const WireFixture fixture = read_wire_fixture("volcengine_tos");
  for (const WireCase& one : fixture.cases) {
    SCOPED_TRACE(one.name);
    const auto signature =
        sign_tos(one.request({"x-tos-date", "x-tos-content-sha256", "x-tos-security-token"}),
                 fixture.key(one, "x-tos-security-token"),
                 fixture.inputs.at("region"),
                 fixture.now);
    expect_as_sent(signature, one);
  }
}

}  // namespace
}  // namespace certferry
