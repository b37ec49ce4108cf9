#include "model/probe.h"

#include <gtest/gtest.h>

namespace certferry {
namespace {

TEST(ProbeTest, PutsBracketsAroundIpv6Addresses) {
  EXPECT_EQ(to_string(Address{.ip = "192.0.2.7"}), "192.0.2.7:443");
  EXPECT_EQ(to_string(Address{.ip = "2001:db8::1", .port = 8443}), "[2001:db8::1]:8443");
}

TEST(ProbeTest, HasNoLeafUnlessOneWasPresented) {
  Probe probe;
  EXPECT_EQ(probe.leaf(), nullptr);
  probe.chain = {Certificate{.fingerprint = "leaf"}, Certificate{.fingerprint = "issuer"}};
  ASSERT_NE(probe.leaf(), nullptr);
  EXPECT_EQ(probe.leaf()->fingerprint, "leaf");
}

}  // namespace
}  // namespace certferry
