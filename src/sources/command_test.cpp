#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "crypto/throwaway_ca.h"
#include "sources/fake_files.h"
#include "sources/fake_peers.h"
#include "sources/registry.h"
#include "sources/run_task.h"

namespace certferry {
namespace {

struct CommandTest : testing::Test {
  FakeClock clock;
  FakeFiles files;
  FakeCommands commands;

  std::unique_ptr<Source> source(std::vector<std::string> command,
                                 std::map<std::string, std::string> fields = {}) {
    return make_source("command",
                       {.texts = std::move(fields), .lists = {{"command", std::move(command)}}},
                       {.files = files, .clock = clock, .commands = &commands});
  }
};

TEST_F(CommandTest, ReadsWhatAProgramPrints) {
  const ThrowawayCa ca(clock.time - hours(24), clock.time + hours(24 * 365));
  const IssuedLeaf pair = ca.issue({.names = {"e.org"},
                                    .not_before = clock.time - hours(1),
                                    .not_after = clock.time + hours(24 * 90)});
  commands.answer = pair.chain_pem + std::string(pair.key_pem.reveal());
  const auto printed = source({"/bin/print", "--token", "t0ken"}, {{"timeout", "2m"}});
  EXPECT_EQ(finish(printed->read())->chain_pem, pair.chain_pem);
  EXPECT_EQ(commands.requests.at(0).arguments.size(), 3U);
  EXPECT_EQ(commands.requests.at(0).deadline, minutes(2));
  EXPECT_LT(commands.requests.at(0).output_bytes_max, std::size_t{300} * 1024);
  EXPECT_EQ(printed->describe(), "the output of /bin/print");
}

TEST_F(CommandTest, IsNotRunAgainInOneRunWhenItFailedOrHung) {
  for (const ErrorKind kind : {ErrorKind::kInvalidInput, ErrorKind::kTimedOut}) {
    commands.answer = Error(kind, "the command did not end within 30 s");
    const Error error = error_of([&] { finish(source({"print"})->read()); });
    EXPECT_EQ(error.kind, ErrorKind::kRejected);
    EXPECT_EQ(error.code, "source.command");
    EXPECT_EQ(error.message, "the command did not end within 30 s");
  }
}

TEST_F(CommandTest, SaysWhatIsNotPem) {
  commands.answer = "hello";
  EXPECT_EQ(error_of([&] { finish(source({"print"})->read()); }).code, "pem.not_pem");
  commands.answer = std::string();
  EXPECT_EQ(error_of([&] { finish(source({"print"})->read()); }).code, "pem.empty");
}

TEST_F(CommandTest, RefusesSettingsThatCannotBeRight) {
  EXPECT_EQ(error_of([&] { source({}); }).code, "source.settings");
  EXPECT_EQ(error_of([&] { source({"./print"}); }).code, "source.settings");
  for (const char* timeout : {"0s", "11m", "soon"}) {
    EXPECT_EQ(error_of([&] { source({"print"}, {{"timeout", timeout}}); }).code, "source.settings");
  }
}

}  // namespace
}  // namespace certferry
