#include "config/parse.h"

#include <gtest/gtest.h>

#include "base/text.h"
#include "config/example.h"
#include "config/sample_catalogue.h"

namespace certferry {
namespace {

constexpr std::string_view kGood = R"(accounts:
  doge:
    provider: dogecloud
    access_key: { env: DOGE_ACCESS_KEY }
    secret_key: { file: /etc/certferry/doge.secret }
  other:
    provider: dogecloud
    access_key: no
    secret_key: { command: [/usr/bin/pass, show, 0777] }
    endpoint: http://127.0.0.1:8443
    proxy: socks5h://127.0.0.1:1080
    pace: { calls_per_second: 0.5, burst: 3, max_in_flight: 8 }
certificates:
  example.com:
    from: { 1panel: { site: example.com } }
    to:
      - { account: doge, product: cdn, domains: covered, except: [old.example.com] }
      - { account: other, product: cdn, domains: [CDN.Example.com., "*.example.com"] }
  second:
    from: { files: { chain: /etc/ssl/chain.pem, key: /etc/ssl/key.pem } }
    to:
      - { account: other, product: cdn, domains: [www.example.net] }
settings:
  state: /srv/state.db
  trust: /etc/certferry/roots.pem
  confirm: { rounds: 4, spread: 3m, deadline: 40m }
  retire_after: 36h
  resolve: { Cdn.example.com: ["203.0.113.7:8443", "[2001:db8:0::1]:443", "2001:db8::2"], "*.Example.org": ["203.0.113.8"] }
  health: { listen: "[::1]:9464", heartbeat: { file: /etc/beat.url }, heartbeat_every: 10m }
)";

ParsedSettings parse(std::string_view text) {
  return parse_settings(std::string(text), "certferry.yaml", sample_catalogue());
}

std::string all_texts(const ParsedSettings& parsed) {
  std::string out;
  for (const Error& problem : parsed.problems) out += problem.text() + "\n";
  return out;
}

std::string replaced(std::string_view what, std::string_view by) {
  std::string text(kGood);
  const auto at = text.find(what);
  EXPECT_NE(at, std::string::npos) << what;
  return text.replace(at, what.size(), by);
}

std::string with_source(std::string_view source) {
  return replaced("{ files: { chain: /etc/ssl/chain.pem, key: /etc/ssl/key.pem } }", source);
}

TEST(ParseTest, ReadsAListOfASource) {
  const ParsedSettings parsed = parse(with_source("{ command: { command: [/bin/cat, 0x10] } }"));
  ASSERT_TRUE(parsed.ok()) << all_texts(parsed);
  const SourceSettings& from = parsed.settings.certificates.at(1).from;
  EXPECT_EQ(from.lists.at("command"), (std::vector<std::string>{"/bin/cat", "0x10"}));

  for (const char* wrong : {"{ command: { command: /bin/cat } }",
                            "{ command: { command: [] } }",
                            "{ command: { command: [[/bin/cat]] } }",
                            "{ command: {} }"}) {
    EXPECT_FALSE(parse(with_source(wrong)).ok()) << wrong;
  }
}

TEST(ParseTest, ReadsEveryKey) {
  const ParsedSettings parsed = parse(kGood);
  ASSERT_TRUE(parsed.ok()) << all_texts(parsed);
  const Settings& settings = parsed.settings;

  ASSERT_EQ(settings.accounts.size(), 2U);
  const AccountSettings& doge = settings.accounts[0];
  EXPECT_EQ(doge.name, "doge");
  EXPECT_EQ(doge.provider, "dogecloud");
  EXPECT_EQ(doge.at.line, 2);
  EXPECT_EQ(doge.secrets.at("access_key").kind, SecretReference::Kind::kEnvironment);
  EXPECT_EQ(doge.secrets.at("secret_key").kind, SecretReference::Kind::kFile);
  EXPECT_EQ(doge.secrets.at("secret_key").value[0], "/etc/certferry/doge.secret");
  EXPECT_EQ(doge.secrets.at("secret_key").at.column, 17);
  EXPECT_FALSE(doge.pace.burst);

  const AccountSettings& other = settings.accounts[1];
  EXPECT_EQ(other.fields.at("access_key"), "no");
  EXPECT_EQ(other.secrets.at("secret_key").value,
            (std::vector<std::string>{"/usr/bin/pass", "show", "0777"}));
  EXPECT_EQ(other.endpoint, "http://127.0.0.1:8443");
  EXPECT_EQ(other.proxy, "socks5h://127.0.0.1:1080");
  EXPECT_EQ(other.pace.calls_per_second, 0.5);
  EXPECT_EQ(other.pace.burst, 3U);
  EXPECT_EQ(other.pace.max_in_flight, 8U);

  ASSERT_EQ(settings.certificates.size(), 2U);
  const CertificateSettings& first = settings.certificates[0];
  EXPECT_EQ(first.name, "example.com");
  EXPECT_EQ(first.from.kind, "1panel");
  EXPECT_EQ(first.from.fields.at("site"), "example.com");
  ASSERT_EQ(first.to.size(), 2U);
  EXPECT_TRUE(first.to[0].covered);
  EXPECT_EQ(first.to[0].except, std::vector<std::string>{"old.example.com"});
  EXPECT_FALSE(first.to[1].covered);
  EXPECT_EQ(first.to[1].names, (std::vector<std::string>{"cdn.example.com", "*.example.com"}));
  EXPECT_EQ(first.to_at[1].line, 18);
  EXPECT_EQ(settings.certificates[1].from.fields.at("key"), "/etc/ssl/key.pem");

  EXPECT_EQ(settings.state_path, "/srv/state.db");
  EXPECT_EQ(settings.trust_path, "/etc/certferry/roots.pem");
  EXPECT_EQ(settings.confirm.rounds, 4U);
  EXPECT_EQ(settings.confirm.spread, minutes(3));
  EXPECT_EQ(settings.confirm.deadline, minutes(40));
  EXPECT_EQ(settings.retire_after, hours(36));
  EXPECT_EQ(
      settings.resolve.at("cdn.example.com"),
      (std::vector<Address>{{"203.0.113.7", 8443}, {"2001:db8::1", 443}, {"2001:db8::2", 443}}));
  EXPECT_EQ(settings.resolve.at("*.example.org"), (std::vector<Address>{{"203.0.113.8", 443}}));
  EXPECT_EQ(settings.health.listen, (Address{"::1", 9464}));
  EXPECT_EQ(settings.health.heartbeat->value[0], "/etc/beat.url");
  EXPECT_EQ(settings.health.heartbeat_every, minutes(10));
}

TEST(ParseTest, TakesTheFileItShowsToBeginners) {
  const ParsedSettings parsed = parse(kSmallestFile);
  EXPECT_TRUE(parsed.ok()) << all_texts(parsed);
  EXPECT_EQ(parsed.settings.retire_after, hours(24));
  EXPECT_EQ(parsed.settings.state_path, "/var/lib/certferry/state.db");
}

TEST(ParseTest, TakesSettingsWithEverythingCommentedOut) {
  const ParsedSettings parsed =
      parse(std::string(kSmallestFile) + "settings:\n  # retire_after: 24h\n");
  EXPECT_TRUE(parsed.ok()) << all_texts(parsed);
}

/// The good file with one thing replaced has exactly one problem.
struct BadSetting {
  const char* what;
  const char* by;
  const char* code;
  const char* place;
  const char* fragment;
};

void expect_one_problem_each(std::span<const BadSetting> rows) {
  for (const BadSetting& row : rows) {
    const ParsedSettings parsed = parse(replaced(row.what, row.by));
    ASSERT_EQ(parsed.problems.size(), 1U) << row.by << "\n" << all_texts(parsed);
    const Error& error = parsed.problems[0];
    EXPECT_EQ(error.code, row.code) << row.by << error.text();
    EXPECT_EQ(error.activity, std::string("certferry.yaml:") + row.place) << error.text();
    EXPECT_NE(error.text().find(row.fragment), std::string::npos) << error.text();
  }
}

TEST(ParseTest, NamesTheNearestKey) {
  const std::vector<BadSetting> rows = {
      {"    provider: dogecloud",
       "    provder: dogecloud",
       "config.unknown_key",
       "3:5",
       "did you mean 'provider'?"},
      {"    access_key: {",
       "    acess_key: {",
       "config.unknown_key",
       "4:5",
       "certferry.yaml:4:5: unknown key 'acess_key' in account 'doge'; did you mean "
       "'access_key'? [config.unknown_key]"},
      {"    proxy:", "    prox:", "config.unknown_key", "11:5", "did you mean 'proxy'?"},
      {"    proxy:",
       "    frobnicate:",
       "config.unknown_key",
       "11:5",
       "known keys: provider, endpoint, proxy, pace, access_key, secret_key"},
      {"accounts:", "acounts:", "config.unknown_key", "1:1", "at the top level"},
      {"burst: 3", "brust: 3", "config.unknown_key", "12:36", "in 'pace' in account 'other'"},
      {"site: example.com",
       "site: example.com, sites: x",
       "config.unknown_key",
       "15:42",
       "in source '1panel' of certificate 'example.com'"},
      {"except: [",
       "excpt: [",
       "config.unknown_key",
       "17:58",
       "in target 1 of certificate 'example.com'"},
      {"  trust:",
       "  trusted:",
       "config.unknown_key",
       "25:3",
       "in settings; did you mean 'trust'?"},
      {"rounds: 4", "round: 4", "config.unknown_key", "26:14", "settings.confirm"},
      {"{ env: DOGE_ACCESS_KEY }",
       "{ enw: DOGE_ACCESS_KEY }",
       "config.unknown_key",
       "4:19",
       "did you mean 'env'?"},
  };
  expect_one_problem_each(rows);
}

TEST(ParseTest, NamesWhatIsNotThere) {
  const std::vector<BadSetting> rows = {
      {"    provider: dogecloud\n", "", "config.missing", "2:3", "'provider' is missing"},
      {"    secret_key: { file: /etc/certferry/doge.secret }\n",
       "",
       "config.missing",
       "2:3",
       "add 'secret_key: { env: DOGE_SECRET_KEY }'"},
      {"    access_key: no\n", "    access_key:\n", "config.missing", "8:5", "has no value"},
      {"    from: { 1panel: { site: example.com } }\n",
       "",
       "config.missing",
       "14:3",
       "'from' is missing in certificate 'example.com'"},
      {"site: example.com", "", "config.missing", "15:13", "'site' is missing in source '1panel'"},
      {", domains: [www.example.net]", "", "config.missing", "22:9", "add 'domains: covered'"},
      {"provider: dogecloud",
       "provider: dogclod",
       "config.reference",
       "3:15",
       "did you mean 'dogecloud'?"},
      {"provider: dogecloud",
       "provider: cloudflare",
       "config.reference",
       "3:15",
       "known providers: dogecloud"},
      {"account: doge,", "account: dog,", "config.reference", "17:20", "did you mean 'doge'?"},
      {"account: doge,", "account: x,", "config.reference", "17:20", "known accounts: doge, other"},
      {"product: cdn",
       "product: storage",
       "config.reference",
       "17:35",
       "known products of dogecloud: cdn"},
      {"{ 1panel:", "{ 1pannel:", "config.reference", "15:13", "did you mean '1panel'?"},
  };
  expect_one_problem_each(rows);
}

TEST(ParseTest, RefusesSecretsInlineWithoutRepeatingThem) {
  for (const std::string_view inline_secret : {"hunter2",
                                               "'hunter2'",
                                               "[hunter2]",
                                               "{ hunter2: }",
                                               "{ hunter2: x }",
                                               "{ file: hunter2 }",
                                               "{ env: hunter-2, x: hunter2 }",
                                               "{ command: ./hunter2 }",
                                               "{ env: 'hunter2 ' }",
                                               "{ credential: a/hunter2 }",
                                               "{ command: [./hunter2] }",
                                               "{}",
                                               "{ value: hunter2 }"}) {
    const ParsedSettings parsed =
        parse(replaced("{ file: /etc/certferry/doge.secret }", inline_secret));
    ASSERT_EQ(parsed.problems.size(), 1U) << inline_secret << all_texts(parsed);
    EXPECT_EQ(all_texts(parsed).find("hunter"), std::string::npos) << all_texts(parsed);
  }
  const std::vector<BadSetting> rows = {
      {"{ file: /etc/certferry/doge.secret }",
       "hunter2",
       "config.insecure",
       "5:17",
       "write 'secret_key: { env: DOGE_SECRET_KEY }'"},
      {"http://127.0.0.1:8443",
       "https://me:hunter2@api.example.com",
       "config.insecure",
       "10:15",
       "password"},
      {"socks5h://127.0.0.1:1080",
       "http://me:hunter2@proxy:3128",
       "config.insecure",
       "11:12",
       "https_proxy"},
      {"http://127.0.0.1:8443",
       "http://api.example.com",
       "config.insecure",
       "10:15",
       "unencrypted"},
      {"http://127.0.0.1:8443",
       "http://127.0.0.1.example.com",
       "config.insecure",
       "10:15",
       "https"},
      {"http://127.0.0.1:8443", "http://128.0.0.1", "config.insecure", "10:15", "https"},
  };
  expect_one_problem_each(rows);
}

TEST(ParseTest, TakesHttpToThisMachine) {
  for (const std::string_view endpoint : {"http://localhost:80",
                                          "http://127.9.8.7/",
                                          "\"http://[::1]:8080\"",
                                          "https://api.example.com/v2",
                                          "HTTP://LOCALHOST"}) {
    const ParsedSettings parsed = parse(replaced("http://127.0.0.1:8443", endpoint));
    EXPECT_TRUE(parsed.ok()) << all_texts(parsed);
  }
}

TEST(ParseTest, ChecksRangesAndForms) {
  const std::vector<BadSetting> rows = {
      {"rounds: 4", "rounds: 0", "config.range", "26:22", "from 1 to 10"},
      {"rounds: 4", "rounds: 11", "config.range", "26:22", "from 1 to 10"},
      {"rounds: 4", "rounds: -1", "config.range", "26:22", "from 1 to 10"},
      {"rounds: 4", "rounds: 99999999999999999999", "config.range", "26:22", "from 1 to 10"},
      {"rounds: 4", "rounds: 1e1", "config.type", "26:22", "whole number"},
      {"rounds: 4", "rounds: 04", "config.type", "26:22", "whole number"},
      {"rounds: 4", "rounds: 0x4", "config.type", "26:22", "whole number"},
      {"rounds: 4", "rounds: \"4\"", "config.type", "26:22", "whole number"},
      {"rounds: 4", "rounds: [4]", "config.type", "26:22", "whole number"},
      {"rounds: 4", "rounds: yes", "config.type", "26:22", "whole number"},
      {"calls_per_second: 0.5", "calls_per_second: 0", "config.range", "12:31", "from 0.001"},
      {"calls_per_second: 0.5", "calls_per_second: -2", "config.range", "12:31", "from 0.001"},
      {"calls_per_second: 0.5", "calls_per_second: 1e3", "config.type", "12:31", "number"},
      {"calls_per_second: 0.5", "calls_per_second: .nan", "config.type", "12:31", "number"},
      {"calls_per_second: 0.5", "calls_per_second: .5", "config.type", "12:31", "number"},
      {"spread: 3m", "spread: 3", "config.type", "26:33", "its unit"},
      {"spread: 3m", "spread: soon", "config.type", "26:33", "its unit"},
      {"spread: 3m", "spread: -3m", "config.range", "26:33", "from 0d to 1d"},
      {"spread: 3m", "spread: 99999999999999999999d", "config.range", "26:33", "from 0d to 1d"},
      {"spread: 3m", "spread: 40m", "config.range", "26:48", "longer than confirm.spread"},
      {"retire_after: 36h", "retire_after: 400d", "config.range", "27:17", "from 1s to 365d"},
      {"retire_after: 36h",
       "retire_after: 79m",
       "config.range",
       "27:17",
       "at least twice confirm.deadline, which is 40 min"},
      {"/srv/state.db", "state.db", "config.range", "24:10", "absolute path"},
      {"/etc/ssl/key.pem", "~/key.pem", "config.range", "20:54", "absolute path"},
      {"/etc/certferry/roots.pem", "{ file: /x }", "config.type", "25:10", "must be text"},
      {"http://127.0.0.1:8443", "ftp://127.0.0.1", "config.range", "10:15", "https address"},
      {"http://127.0.0.1:8443", "api.example.com", "config.range", "10:15", "https address"},
      {"http://127.0.0.1:8443", "https://api.example.com/?a=b", "config.range", "10:15", "'?'"},
      {"socks5h://127.0.0.1:1080", "127.0.0.1:1080", "config.range", "11:12", "proxy"},
      {"access_key: no", "access_key: \"a\\r\\nb\"", "config.range", "8:17", "control character"},
      {"access_key: no", "access_key: \"a\\0b\"", "config.range", "8:17", "control character"},
      {"access_key: no", "access_key: ''", "config.range", "8:17", "empty"},
      {"  second:", "  sec ond:", "config.range", "19:3", "1 to 64 bytes"},
      {"  second:", "  sec/ond:", "config.range", "19:3", "1 to 64 bytes"},
      {"\"203.0.113.7:8443\"", "\"203.0.113.7:0\"", "config.range", "28:32", "no IP address"},
      {"\"203.0.113.7:8443\"", "\"203.0.113.7:65536\"", "config.range", "28:32", "no IP address"},
      {"\"203.0.113.7:8443\"", "cdn.example.net", "config.range", "28:32", "no IP address"},
      {"\"203.0.113.7:8443\"", "\"[203.0.113.7]:1\"", "config.range", "28:32", "no IP address"},
      {"\"203.0.113.7:8443\"", "\"[2001:db8::1\"", "config.range", "28:32", "no IP address"},
      {"Cdn.example.com:", "\"w*.example.com\":", "config.range", "28:14", "*.example.com"},
      {"\"[::1]:9464\"", "\"[::1]\"", "config.range", "29:21", "127.0.0.1:9464"},
      {"\"[::1]:9464\"", "127.0.0.1", "config.range", "29:21", "with a port"},
      {"\"[::1]:9464\"", "localhost:9464", "config.range", "29:21", "with a port"},
      {"\"[::1]:9464\"", "94640", "config.range", "29:21", "is '94640', which is no port"},
      {"\"[::1]:9464\"", "0", "config.range", "29:21", "with a port"},
      {"{ file: /etc/beat.url }",
       "https://beat.example/x",
       "config.insecure",
       "29:46",
       "HEALTH_HEARTBEAT"},
  };
  expect_one_problem_each(rows);
}

TEST(ParseTest, ChecksTargets) {
  const std::vector<BadSetting> rows = {
      {"[www.example.net]", "[]", "config.range", "22:50", "empty list"},
      {"[www.example.net]", "www.example.net", "config.type", "22:50", "[www.example.net]"},
      {"[www.example.net]", "[covered]", "config.range", "22:51", "write 'domains: covered'"},
      {"[www.example.net]", "[\"w*.example.net\"]", "config.range", "22:51", "*.example.com"},
      {"[www.example.net]", "[a..example.net]", "config.range", "22:51", "no host name"},
      {"[www.example.net]", "[[a.example.net]]", "config.type", "22:51", "must be text"},
      {"[www.example.net]", "{ a: b }", "config.type", "22:50", "must be a list"},
      {"[www.example.net]",
       "[WWW.example.net, www.example.net.]",
       "config.duplicate",
       "22:68",
       "other/cdn/www.example.net a second time"},
      {"[www.example.net]", "[cdn.example.com]", "config.duplicate", "22:51", "line 18"},
      {"[www.example.net]",
       "[www.example.net], except: [a.example.net]",
       "config.range",
       "22:77",
       "'domains: covered' only"},
      {"[old.example.com]",
       "[old.example.com, OLD.example.com]",
       "config.duplicate",
       "17:84",
       "second time"},
      {"account: other, product: cdn, domains: [CDN",
       "account: doge, product: cdn, domains: covered }\n      - { account: other, product: cdn, "
       "domains: [CDN",
       "config.duplicate",
       "18:9",
       "doge/cdn a second time"},
      {"{ 1panel: { site: example.com } }",
       "{ 1panel: { site: a }, files: {} }",
       "config.type",
       "15:11",
       "one source"},
      {"{ 1panel: { site: example.com } }", "1panel", "config.type", "15:11", "one source"},
      {"{ account: doge, product: cdn, domains: covered, except: [old.example.com] }",
       "doge",
       "config.type",
       "17:9",
       "must be a map"},
  };
  expect_one_problem_each(rows);
}

TEST(ParseTest, RefusesKeysGivenTwice) {
  const std::vector<BadSetting> rows = {
      {"    proxy:", "    endpoint:", "config.duplicate", "11:5", "line 10"},
      {"  other:", "  doge:", "config.duplicate", "6:3", "'doge'"},
      {"[\"203.0.113.7:8443\"",
       "[192.0.2.1], cdn.example.com: [\"203.0.113.7:8443\"",
       "config.duplicate",
       "28:44",
       "cdn.example.com a second time"},
  };
  for (const BadSetting& row : rows) {
    const ParsedSettings parsed = parse(replaced(row.what, row.by));
    ASSERT_FALSE(parsed.ok());
    EXPECT_EQ(parsed.problems[0].code, row.code) << all_texts(parsed);
    EXPECT_EQ(parsed.problems[0].activity, std::string("certferry.yaml:") + row.place);
    EXPECT_NE(parsed.problems[0].text().find(row.fragment), std::string::npos);
  }
}

TEST(ParseTest, AnExactListMayStandBesideCovered) {
  const ParsedSettings parsed = parse(replaced("account: other, product: cdn, domains: [CDN",
                                               "account: doge, product: cdn, domains: [CDN"));
  EXPECT_TRUE(parsed.ok()) << all_texts(parsed);
}

TEST(ParseTest, ShowsASmallFileWhenThereIsNothing) {
  for (const std::string_view text : {"",
                                      "{}",
                                      "# nothing yet\n",
                                      "accounts: {}\ncertificates: {}\n",
                                      "accounts:\ncertificates:\n",
                                      "settings: {}\n"}) {
    const ParsedSettings parsed = parse(text);
    ASSERT_FALSE(parsed.ok()) << text;
    EXPECT_EQ(parsed.problems[0].code, "config.missing");
    EXPECT_NE(parsed.problems[0].text().find(kSmallestFile), std::string::npos) << text;
  }
}

TEST(ParseTest, FindsAllProblemsInTheOrderOfTheFile) {
  std::string text = replaced("rounds: 4", "rounds: 40");
  text.replace(text.find("provider: dogecloud"), 19, "provider: dogeclou ");
  text.replace(text.find("account: doge"), 13, "account: dogg");
  const ParsedSettings parsed = parse(text);
  ASSERT_EQ(parsed.problems.size(), 3U) << all_texts(parsed);
  EXPECT_EQ(parsed.problems[0].activity, "certferry.yaml:3:15");
  EXPECT_EQ(parsed.problems[1].activity, "certferry.yaml:17:20");
  EXPECT_EQ(parsed.problems[2].activity, "certferry.yaml:26:22");
}

// A quoted text may hold what the file itself may not, and messages repeat names.
TEST(ParseTest, RefusesEscapedControlCharacters) {
  for (const std::string escape : {"\\x1b[2J", "\\u009b2J", "\\N", "\\x7f"}) {
    const ParsedSettings name = parse(replaced("  doge:", "  \"do" + escape + "ge\":"));
    ASSERT_FALSE(name.ok()) << escape;
    EXPECT_EQ(name.problems[0].code, "config.range");
    const ParsedSettings path = parse(replaced("/srv/state.db", "\"/srv/" + escape + "\""));
    ASSERT_FALSE(path.ok()) << escape;
    EXPECT_EQ(path.problems[0].code, "config.range");
    for (const ParsedSettings& parsed : {name, path}) {
      for (const Error& problem : parsed.problems) EXPECT_TRUE(is_printable(problem.message));
    }
  }
}

std::string many(int count, const std::string& before, const std::string& after) {
  std::string out;
  for (int i = 0; i < count; ++i) out.append(before).append(std::to_string(i)).append(after);
  return out;
}

// Each name was compared with every one before it.
TEST(ParseTest, ReadsManyExceptionsInBoundedTime) {
  const auto start = std::chrono::steady_clock::now();
  const ParsedSettings parsed =
      parse(replaced("[old.example.com]", "[" + many(50'000, "a", ".b,\n ") + "]"));
  EXPECT_TRUE(parsed.ok());
  EXPECT_LT(std::chrono::steady_clock::now() - start, seconds(10));
}

// Each wrong name was compared with every account, however many there were of either.
TEST(ParseTest, SuggestsAmongManyAccountsInBoundedTime) {
  const std::string text = "accounts:\n" + many(20'000, "  b", ":\n") +
                           "certificates:\n  a:\n    to:\n" +
                           many(20'000, "      - account: acccccccccccccccc", "\n");
  const auto start = std::chrono::steady_clock::now();
  EXPECT_EQ(parse(text).problems.size(), 101U);
  EXPECT_LT(std::chrono::steady_clock::now() - start, seconds(10));
}

TEST(ParseTest, StopsCountingAfterAHundredProblems) {
  std::string text = "accounts:\n";
  for (int i = 0; i < 5000; ++i) text += "  a" + std::to_string(i) + ": { provider: nobody }\n";
  const ParsedSettings parsed = parse(text);
  ASSERT_EQ(parsed.problems.size(), 101U);
  EXPECT_NE(parsed.problems[100].text().find("more problems"), std::string::npos);
}

}  // namespace
}  // namespace certferry
