#include "sandbox/spoil.h"

#include <gtest/gtest.h>

namespace certferry::sandbox {
namespace {

TEST(SpoilTest, WhateverAReplySaysItCanBeHuge) {
  for (const char* body : {"", " ", "{}", R"({"code":200})"}) {
    const Reply reply = spoil_on_the_way({.kind = FaultKind::kHugeReply}, {.body = body});
    EXPECT_GT(reply.body.size(), 5U * 1024 * 1024) << body;
    EXPECT_TRUE(reply.body.ends_with("\"}")) << body;
  }
}

}  // namespace
}  // namespace certferry::sandbox
