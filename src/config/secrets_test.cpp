#include "config/secrets.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace certferry {
namespace {

using Kind = SecretReference::Kind;

/// A folder of its own for each test; variables set here are unset again.
class SecretsTest : public testing::Test {
 protected:
  SecretsTest() {
    std::string pattern = testing::TempDir() + "certferry-secrets-XXXXXX";
    folder_ = ::mkdtemp(pattern.data());
  }
  ~SecretsTest() override {
    std::filesystem::remove_all(folder_);
    ::unsetenv("CERTFERRY_TEST");
    ::unsetenv("CREDENTIALS_DIRECTORY");
  }

  std::string write(std::string_view bytes, mode_t mode = 0600) {
    const std::string path = folder_ + "/secret";
    std::ofstream(path, std::ios::binary) << bytes;
    ::chmod(path.c_str(), mode);
    return path;
  }

  std::string folder_;
};

Result<Secret> fetch(Kind kind, std::vector<std::string> value, SecretLimits limits = {}) {
  return resolve_secret({.kind = kind, .value = std::move(value)}, limits);
}

void expect_error(const Result<Secret>& secret, std::string_view code, std::string_view fragment) {
  ASSERT_FALSE(secret) << fragment;
  EXPECT_EQ(secret.error().code, code) << secret.error().text();
  EXPECT_NE(secret.error().text().find(fragment), std::string::npos) << secret.error().text();
  EXPECT_EQ(secret.error().text().find("hunter2"), std::string::npos) << secret.error().text();
}

TEST_F(SecretsTest, TakesAVariable) {
  ::setenv("CERTFERRY_TEST", "hunter2", 1);
  const auto secret = fetch(Kind::kEnvironment, {"CERTFERRY_TEST"});
  ASSERT_TRUE(secret);
  EXPECT_EQ(secret->reveal(), "hunter2");
}

TEST_F(SecretsTest, NamesTheVariableThatIsMissingOrEmpty) {
  expect_error(fetch(Kind::kEnvironment, {"CERTFERRY_TEST"}),
               "config.missing",
               "environment variable CERTFERRY_TEST is not set");
  ::setenv("CERTFERRY_TEST", "", 1);
  expect_error(fetch(Kind::kEnvironment, {"CERTFERRY_TEST"}),
               "config.missing",
               "environment variable CERTFERRY_TEST is empty");
}

TEST_F(SecretsTest, DropsOneLineEndAndRefusesOthers) {
  struct Row {
    std::string_view bytes;
    std::string_view value;  ///< empty: refused
    std::string_view code;
  };
  const Row rows[] = {
      {"hunter2", "hunter2", ""},
      {"hunter2\n", "hunter2", ""},
      {"hunter2\r\n", "hunter2", ""},
      {" hunter2 ", " hunter2 ", ""},
      {"hunter2\n\n", "", "config.range"},
      {"hunter2\nhunter2\n", "", "config.range"},
      {"hunter2\rx", "", "config.range"},
      {{"hunter2\0", 8}, "", "config.range"},
      {"", "", "config.missing"},
      {"\n", "", "config.missing"},
  };
  for (const Row& row : rows) {
    const auto secret = fetch(Kind::kFile, {write(row.bytes)});
    if (row.value.empty()) {
      expect_error(secret, row.code, folder_);
    } else {
      ASSERT_TRUE(secret) << secret.error().text();
      EXPECT_EQ(secret->reveal(), row.value);
    }
  }
}

TEST_F(SecretsTest, TakesAFileOfTheLargestSizeAndNoLarger) {
  const std::string most(64 * 1024, 'x');
  EXPECT_TRUE(fetch(Kind::kFile, {write(most + "\n")}));
  expect_error(fetch(Kind::kFile, {write(most + "x")}), "config.range", "64 KiB");
  expect_error(fetch(Kind::kFile, {write(most + most)}), "config.range", "64 KiB");
}

TEST_F(SecretsTest, RefusesAFileThatOthersMayRead) {
  for (const mode_t mode : {0644U, 0640U, 0604U, 0620U, 0601U, 0777U}) {
    const std::string path = write("hunter2", mode);
    expect_error(fetch(Kind::kFile, {path}), "config.insecure", "run: chmod 600 " + path);
  }
  for (const mode_t mode : {0600U, 0400U, 0700U}) {
    EXPECT_TRUE(fetch(Kind::kFile, {write("hunter2", mode)}));
    ::unlink((folder_ + "/secret").c_str());
  }
}

TEST_F(SecretsTest, RefusesAFileOfAnotherUser) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can give a file away";
  const std::string path = write("hunter2");
  ASSERT_EQ(::chown(path.c_str(), 12345, 12345), 0);
  expect_error(fetch(Kind::kFile, {path}), "config.insecure", "belongs to another user");
}

TEST_F(SecretsTest, RefusesWhatIsNoPlainFile) {
  const std::string path = write("hunter2");
  const std::string link = folder_ + "/link";
  ASSERT_EQ(::symlink(path.c_str(), link.c_str()), 0);
  expect_error(fetch(Kind::kFile, {link}), "config.insecure", "is a link");
  const std::string pipe = folder_ + "/pipe";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  expect_error(fetch(Kind::kFile, {pipe}), "config.reference", "not a regular file");
  expect_error(fetch(Kind::kFile, {folder_}), "config.reference", "not a regular file");
  expect_error(fetch(Kind::kFile, {folder_ + "/none"}), "config.missing", "does not exist");
}

TEST_F(SecretsTest, TakesACredentialThatTheGroupMayRead) {
  expect_error(fetch(Kind::kCredential, {"secret"}), "config.missing", "LoadCredential=");
  ::setenv("CREDENTIALS_DIRECTORY", folder_.c_str(), 1);
  write("hunter2\n", 0440);
  const auto secret = fetch(Kind::kCredential, {"secret"});
  ASSERT_TRUE(secret) << secret.error().text();
  EXPECT_EQ(secret->reveal(), "hunter2");
  ::chmod((folder_ + "/secret").c_str(), 0444);
  expect_error(fetch(Kind::kCredential, {"secret"}), "config.insecure", "chmod");
  for (const std::string name : {"../secret", "a/b", "..", ".", ""}) {
    expect_error(fetch(Kind::kCredential, {name}), "config.range", "not a plain name");
  }
}

TEST_F(SecretsTest, TakesWhatACommandPrints) {
  // No shell: the argument arrives as it is.
  const auto secret = fetch(Kind::kCommand, {"printf", "%s\\n", "$HOME; `id` *"});
  ASSERT_TRUE(secret) << secret.error().text();
  EXPECT_EQ(secret->reveal(), "$HOME; `id` *");
}

TEST_F(SecretsTest, HidesVariablesThatHoldSecretsFromACommand) {
  ::setenv("CERTFERRY_TEST", "hunter2", 1);
  const std::vector<std::string> look = {
      "sh", "-c", "echo \"${CERTFERRY_TEST-hidden} ${PATH:+p}\""};
  const auto inherited = fetch(Kind::kCommand, look);
  ASSERT_TRUE(inherited);
  EXPECT_EQ(inherited->reveal(), "hunter2 p");
  const auto hidden =
      fetch(Kind::kCommand, look, {.hidden_variables = {"OTHER", "CERTFERRY_TEST", "CERTFERRY"}});
  ASSERT_TRUE(hidden);
  EXPECT_EQ(hidden->reveal(), "hidden p");
}

TEST_F(SecretsTest, KnowsEveryVariableThatHoldsASecret) {
  const SecretReference file{.kind = Kind::kFile, .value = {"/x"}, .at = {}};
  const auto variable = [](const char* name) {
    return SecretReference{.kind = Kind::kEnvironment, .value = {name}, .at = {}};
  };
  Settings settings;
  settings.accounts.resize(2);
  settings.accounts[0].secrets = {{"access_key", variable("A")}, {"secret_key", file}};
  settings.accounts[1].secrets = {{"secret_key", variable("B")}};
  settings.certificates.resize(1);
  settings.certificates[0].from.secrets = {{"token", variable("C")}};
  EXPECT_EQ(secret_variables(settings), (std::vector<std::string>{"A", "B", "C"}));
}

TEST_F(SecretsTest, SaysHowACommandFailed) {
  // A folder of PATH that is closed to this user would make "not there" a "permission denied".
  ::setenv("PATH", "/usr/bin:/bin", 1);
  struct Row {
    std::vector<std::string> arguments;
    std::string_view code;
    std::string_view fragment;
  };
  const Row rows[] = {
      {{"/bin/sh", "-c", "echo hunter2; echo hunter2 >&2; exit 3"},
       "config.reference",
       "exit status 3"},
      {{"/bin/sh", "-c", "echo hunter2; kill -9 $$"}, "config.reference", "signal 9"},
      {{"/no/such/program"}, "config.missing", "/no/such/program was not found"},
      {{"no-such-program-of-certferry"}, "config.missing", "was not found"},
      {{folder_}, "config.reference", "could not be started"},
      {{"/bin/true"}, "config.missing", "the output of /bin/true is empty"},
      {{"/bin/sh", "-c", "echo hunter2; echo hunter2"}, "config.range", "line end"},
      {{"/bin/sh", "-c", "yes hunter2"}, "config.range", "more than 64 KiB"},
  };
  for (const Row& row : rows)
    expect_error(fetch(Kind::kCommand, row.arguments), row.code, row.fragment);
}

TEST_F(SecretsTest, KillsACommandAtItsDeadline) {
  const auto secret = fetch(Kind::kCommand,
                            {"/bin/sh", "-c", "echo hunter2; sleep 1000"},
                            {.command_deadline = milliseconds(50)});
  expect_error(secret, "config.reference", "did not end within 50 ms");
  EXPECT_EQ(secret.error().kind, ErrorKind::kTimedOut);
}

TEST_F(SecretsTest, DoesNotWaitForWhatACommandLeavesBehind) {
  const auto secret = fetch(Kind::kCommand, {"/bin/sh", "-c", "sleep 1000 & echo hunter2"});
  ASSERT_TRUE(secret) << secret.error().text();
  EXPECT_EQ(secret->reveal(), "hunter2");
}

TEST_F(SecretsTest, ACommandThatClosesItsOutputIsStillWaitedFor) {
  const auto secret =
      fetch(Kind::kCommand, {"/bin/sh", "-c", "echo hunter2; exec >&-; sleep 0.05; exit 4"});
  expect_error(secret, "config.reference", "exit status 4");
}

TEST_F(SecretsTest, GivesACommandAnEmptyInput) {
  EXPECT_EQ(fetch(Kind::kCommand, {"/bin/sh", "-c", "cat; echo done"})->reveal(), "done");
}

}  // namespace
}  // namespace certferry
