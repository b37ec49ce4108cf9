// What a call's reply says and what became of the call are two things: whatever the vendor answers,
// the same bundle is stored once, and in the end every domain is set to it.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "integration/rig.h"

namespace certferry::integration {
namespace {

using sandbox::Fault;
using sandbox::FaultKind;
using testing::Each;

const std::string kUpload = "/cdn/cert/upload.json";
const std::string kBind = "/cdn/cert/bind.json";
const std::string kDelete = "/cdn/cert/delete.json";

struct Case {
  std::string endpoint;
  FaultKind kind;
  std::size_t runs = 1;  ///< that it may take
};

std::string name_of(const testing::TestParamInfo<Case>& info) {
  const std::string file = info.param.endpoint.substr(info.param.endpoint.rfind('/') + 1);
  return file.substr(0, file.find('.')) + "_" + std::string(sandbox::traits(info.param.kind).name);
}

void PrintTo(const Case& one, std::ostream* out) {
  *out << sandbox::traits(one.kind).name << " at " << one.endpoint;
}

class FaultTest : public testing::TestWithParam<Case> {};

TEST_P(FaultTest, EndsWithOneStoredCertificateServedEverywhere) {
  Rig rig;
  const std::string newest = rig.renew();
  rig.fault({.kind = GetParam().kind,
             .endpoint = GetParam().endpoint,
             .count = 1,
             .delay = milliseconds(150)});
  const std::vector<Report> reports = rig.apply_until_confirmed();
  ASSERT_TRUE(reports.back().succeeded()) << reports.back().targets.front().message;
  EXPECT_LE(reports.size(), GetParam().runs);
  EXPECT_EQ(rig.stored_ids().size(), 1);
  for (const std::string& domain : rig.options().domains) {
    EXPECT_EQ(rig.bound(domain), newest);
    EXPECT_EQ(rig.served(0, domain), newest);
  }
}

// An error code that is not meant, and a success that is none, only come out in the next run.
INSTANTIATE_TEST_SUITE_P(Upload,
                         FaultTest,
                         testing::Values(Case{kUpload, FaultKind::kThrottle},
                                         Case{kUpload, FaultKind::kThrottleBody},
                                         Case{kUpload, FaultKind::kServerError},
                                         Case{kUpload, FaultKind::kHtml},
                                         Case{kUpload, FaultKind::kEmptyBody},
                                         Case{kUpload, FaultKind::kCutReply},
                                         Case{kUpload, FaultKind::kCutBefore},
                                         Case{kUpload, FaultKind::kLostReply},
                                         Case{kUpload, FaultKind::kLostRequest},
                                         Case{kUpload, FaultKind::kApplyLate},
                                         Case{kUpload, FaultKind::kSlow},
                                         Case{kUpload, FaultKind::kHugeReply},
                                         Case{kUpload, FaultKind::kErrorYetDone, 2},
                                         Case{kUpload, FaultKind::kNothingChanged, 2}),
                         name_of);

INSTANTIATE_TEST_SUITE_P(Bind,
                         FaultTest,
                         testing::Values(Case{kBind, FaultKind::kThrottle},
                                         Case{kBind, FaultKind::kThrottleBody},
                                         Case{kBind, FaultKind::kServerError},
                                         Case{kBind, FaultKind::kHtml},
                                         Case{kBind, FaultKind::kEmptyBody},
                                         Case{kBind, FaultKind::kCutReply},
                                         Case{kBind, FaultKind::kCutBefore},
                                         Case{kBind, FaultKind::kLostReply},
                                         Case{kBind, FaultKind::kLostRequest},
                                         Case{kBind, FaultKind::kApplyLate},
                                         Case{kBind, FaultKind::kSlow},
                                         Case{kBind, FaultKind::kHugeReply},
                                         Case{kBind, FaultKind::kBindWithoutCode},
                                         Case{kBind, FaultKind::kErrorYetDone, 2},
                                         Case{kBind, FaultKind::kNothingChanged, 2}),
                         name_of);

TEST(LostAnswerTest, ABindWithoutCodeIsReadBackAndNotSentAgain) {
  Rig rig;
  rig.fault({.kind = FaultKind::kBindWithoutCode});
  ASSERT_TRUE(rig.apply().succeeded());
  EXPECT_EQ(rig.calls(kBind), rig.options().domains.size());
}

TEST(LostAnswerTest, AnUploadWhoseReplyWasCutIsFoundByItsLabelAndNotSentAgain) {
  Rig rig;
  rig.fault({.kind = FaultKind::kCutReply, .endpoint = kUpload, .count = 1});
  ASSERT_TRUE(rig.apply().succeeded());
  EXPECT_EQ(rig.calls(kUpload), 1);
}

TEST(LostAnswerTest, AnUploadIsNotSentAgainWhileTheListMayLag) {
  Rig rig;
  rig.fault({.kind = FaultKind::kLostReply, .endpoint = kUpload, .count = 1});
  rig.fault({.kind = FaultKind::kStaleList, .delay = milliseconds(200)});
  const std::vector<Report> reports = rig.apply_until_confirmed();
  ASSERT_TRUE(reports.back().succeeded());
  EXPECT_EQ(rig.calls(kUpload), 1);
  EXPECT_EQ(rig.stored_ids().size(), 1);
}

TEST(LostAnswerTest, ADeleteWhoseReplyWasLostIsNotAFailureForEver) {
  Rig rig;
  ASSERT_TRUE(rig.apply().succeeded());
  rig.renew();
  ASSERT_TRUE(rig.apply().succeeded());
  rig.fault({.kind = FaultKind::kLostReply, .endpoint = kDelete, .count = 1});
  rig.apply({.only = {}, .wait_for_retire = true});
  EXPECT_TRUE(rig.apply().succeeded());
  EXPECT_EQ(rig.calls(kDelete), 1);
  EXPECT_EQ(rig.stored_ids().size(), 1);
}

TEST(LostAnswerTest, AThrottledListIsAskedAgainAndNothingIsConcludedFromIt) {
  Rig rig;
  rig.fault({.kind = FaultKind::kThrottle, .endpoint = "/cdn/cert/list.json", .count = 1});
  rig.fault({.kind = FaultKind::kThrottleBody, .endpoint = "/cdn/domain/list.json", .count = 2});
  const Report report = rig.apply();
  EXPECT_TRUE(report.succeeded());
  EXPECT_EQ(report.targets.size(), rig.options().domains.size());
}

}  // namespace
}  // namespace certferry::integration
