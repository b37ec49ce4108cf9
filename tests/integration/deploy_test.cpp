#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "integration/rig.h"

namespace certferry::integration {
namespace {

using sandbox::EdgeFault;
using sandbox::EdgeFaultKind;
using testing::ElementsAre;
using testing::HasSubstr;

const std::string kUpload = "/cdn/cert/upload.json";
const std::string kBind = "/cdn/cert/bind.json";
const std::string kDelete = "/cdn/cert/delete.json";
const std::string kStored = "/cdn/cert/list.json";
const std::string kDomains = "/cdn/domain/list.json";

std::vector<std::string> messages(const Report& report) {
  std::vector<std::string> out;
  for (const TargetReport& target : report.targets) out.push_back(target.message);
  return out;
}

void expect_served(Rig& rig, const std::string& fingerprint) {
  for (const std::string& domain : rig.options().domains) {
    EXPECT_EQ(rig.bound(domain), fingerprint) << domain;
    for (std::size_t edge = 0; edge < rig.options().edges.size(); ++edge) {
      EXPECT_EQ(rig.served(edge, domain), fingerprint) << domain << " at edge " << edge;
    }
  }
}

TEST(DeployTest, UploadsOnceBindsEachAndSeesItOnEveryEdge) {
  Rig rig;
  const std::string newest = rig.renew();
  const Report report = rig.apply();
  EXPECT_TRUE(report.succeeded()) << testing::PrintToString(messages(report));
  EXPECT_EQ(rig.calls(kUpload), 1);
  EXPECT_EQ(rig.calls(kBind), 2);
  EXPECT_EQ(rig.calls(kDelete), 0);
  expect_served(rig, newest);
}

TEST(DeployTest, NeedsTwoListsAndNoChangeWhenAllIsServed) {
  Rig rig;
  ASSERT_TRUE(rig.apply().succeeded());
  const std::uint64_t changing = rig.sandbox().counters().changing;
  const std::uint64_t lists = rig.calls(kStored) + rig.calls(kDomains);
  const Report report = rig.apply();
  EXPECT_TRUE(report.succeeded());
  EXPECT_FALSE(report.has_work());
  EXPECT_EQ(rig.sandbox().counters().changing, changing);
  EXPECT_EQ(rig.calls(kStored) + rig.calls(kDomains), lists + 2);
}

TEST(DeployTest, ReplacesARenewedBundleAndRetiresTheOldOneAfterItsGrace) {
  Rig rig;
  const std::string old = rig.renew();
  ASSERT_TRUE(rig.apply().succeeded());
  expect_served(rig, old);

  const std::string newest = rig.renew();
  const Report renewed = rig.apply();
  ASSERT_TRUE(renewed.succeeded());
  ASSERT_EQ(renewed.retirements.size(), 1);
  EXPECT_EQ(renewed.retirements.front().plan.reason.code, "retire.grace");
  EXPECT_THAT(rig.stored_ids(), ElementsAre(10001, 10002));

  const Report waited = rig.apply({.only = {}, .wait_for_retire = true});
  ASSERT_TRUE(waited.succeeded());
  EXPECT_TRUE(waited.retirements.front().done);
  EXPECT_THAT(rig.stored_ids(), ElementsAre(10002));
  expect_served(rig, newest);
}

TEST(DeployTest, LeavesStrangersCertificatesAlone) {
  Rig rig;
  ASSERT_TRUE(rig.apply().succeeded());
  // The same pair under another remark, as a person uploading by hand would leave it.
  const auto entry = rig.sandbox().world().entries().begin()->second;
  const std::int64_t foreign = rig.sandbox().world().upload("by hand", entry->pair);
  rig.renew();
  ASSERT_TRUE(rig.apply().succeeded());
  ASSERT_TRUE(rig.apply({.only = {}, .wait_for_retire = true}).succeeded());
  EXPECT_THAT(rig.stored_ids(), ElementsAre(foreign, foreign + 1));
}

TEST(DeployTest, ServesAHundredDomainsWithOneUploadAndTwoLists) {
  std::vector<std::string> domains;
  for (int i = 0; i < 100; ++i) domains.push_back("n" + std::to_string(i) + ".example.com");
  Rig rig({.domains = domains});
  const Report report = rig.apply();
  EXPECT_TRUE(report.succeeded());
  EXPECT_EQ(report.targets.size(), 100);
  EXPECT_EQ(rig.calls(kUpload), 1);
  EXPECT_EQ(rig.calls(kBind), 100);
  EXPECT_EQ(rig.calls(kStored) + rig.calls(kDomains), 2);
}

TEST(DeployTest, PlanSendsNothingThatChanges) {
  Rig rig;
  const Report report = rig.plan();
  EXPECT_TRUE(report.has_work());
  EXPECT_EQ(rig.sandbox().counters().changing, 0);
}

TEST(DeployTest, KeepsIdsExactThatNoFloatingPointNumberCanHold) {
  constexpr std::int64_t kFirst = 9007199254740993;  // 2^53 + 1
  Rig rig({.first_certificate_id = kFirst});
  ASSERT_TRUE(rig.apply().succeeded());
  EXPECT_THAT(rig.stored_ids(), ElementsAre(kFirst));
  const std::string newest = rig.renew();
  ASSERT_TRUE(rig.apply().succeeded());
  const Report waited = rig.apply({.only = {}, .wait_for_retire = true});
  ASSERT_TRUE(waited.succeeded());
  EXPECT_EQ(waited.retirements.front().plan.stored_id, "9007199254740993");
  EXPECT_TRUE(waited.retirements.front().done);
  EXPECT_THAT(rig.stored_ids(), ElementsAre(kFirst + 1));
  expect_served(rig, newest);
}

TEST(DeployTest, IsUnconfirmedWhileOneEdgeServesTheOldLeaf) {
  Rig rig;
  const std::string old = rig.renew();
  ASSERT_TRUE(rig.apply().succeeded());
  rig.sandbox().set_edge_fault(1, EdgeFault{.kind = EdgeFaultKind::kStuck});
  const std::string newest = rig.renew();
  const Report report = rig.apply();
  EXPECT_FALSE(report.succeeded());
  for (const TargetReport& target : report.targets) {
    EXPECT_EQ(target.outcome, Outcome::kUnconfirmed);
    EXPECT_THAT(target.message, HasSubstr("127.0.0.3"));
    EXPECT_THAT(target.message, HasSubstr("serves " + old.substr(0, 12)));
  }
  rig.sandbox().set_edge_fault(1, std::nullopt);
  EXPECT_TRUE(rig.apply().succeeded());
  EXPECT_EQ(rig.calls(kUpload), 2);
  expect_served(rig, newest);
}

TEST(DeployTest, ConfirmsAtIpv6AddressesToo) {
  if (!has_ipv6()) GTEST_SKIP() << "this machine has no IPv6 loopback address";
  Rig rig({.edges = {"127.0.0.2", "::1"}});
  ASSERT_TRUE(rig.apply().succeeded());

  rig.sandbox().set_edge_fault(1, EdgeFault{.kind = EdgeFaultKind::kRefuse});
  const std::string newest = rig.renew();
  const Report refused = rig.apply();
  EXPECT_FALSE(refused.succeeded());
  EXPECT_THAT(refused.targets.front().message, HasSubstr("[::1]"));
  rig.sandbox().set_edge_fault(1, std::nullopt);
  const Report report = rig.apply();
  EXPECT_TRUE(report.succeeded());
  EXPECT_EQ(report.targets.front().facts.probes.size(), 2);
  expect_served(rig, newest);
}

}  // namespace
}  // namespace certferry::integration
