"""Every command and every exit status, as text and as JSON; and what a terminal gets to see."""

import fcntl
import json
import os
import pty
import re
import signal
import stat
import struct
import subprocess
import termios
import unittest

import harness

COMMANDS = (
    "init",
    "check",
    "plan",
    "apply",
    "run",
    "rollback",
    "status",
    "why",
    "history",
    "probe",
    "notify",
    "providers",
    "schema",
    "sandbox",
    "simulate",
    "version",
)
ESCAPE = "\x1b"


class KnowingTest(unittest.TestCase):
    """What needs no configuration."""

    def test_help_of_the_program_names_every_command_and_exit_status(self):
        result = harness.certferry("--help")
        self.assertEqual(result.status, 0)
        for command in COMMANDS:
            self.assertRegex(result.out, rf"(?m)^  {command} ")
        for status in ("0 all confirmed", "1 something failed", "2 usage", "3 with"):
            self.assertIn(status, result.out)

    def test_help_of_each_command(self):
        for command in COMMANDS:
            with self.subTest(command=command):
                result = harness.certferry(command, "--help")
                self.assertEqual((result.status, result.err), (0, ""))
                self.assertIn("Usage", result.out)
                for option in ("--config", "--output", "--log-level"):
                    self.assertIn(option, result.out)
                self.assertRegex(result.out, rf"(?m)^Examples:\n  certferry {command}")
                self.assertIn("Exit status: 0 ", result.out)
                said = "3 with --exit-code" in result.out
                self.assertEqual(said, command == "plan")

    def test_usage_errors(self):
        for arguments, said in (
            ([], "Usage"),
            (["aply"], "did you mean 'apply'?"),
            (["plan", "--nope"], "--nope"),
            (["why"], "target"),
            (["check", "--output", "xml"], "xml"),
            (["apply", "--log-level", "loud"], "loud"),
            (["plan", "--exit-cod"], "did you mean '--exit-code'?"),
            (["plan", "--confg=x"], "did you mean '--config'?"),
            (["--outputs", "json"], "did you mean '--output'?"),
            (["check", "extra"], "'certferry check' has no use for 'extra'"),
            (["history", "--limit", "0"], "--limit"),
            (["history", "--limit", "-3"], "--limit"),
            (["history", "--limit", "many"], "--limit"),
            (["apply", ""], "the name is empty"),
            (["plan", ""], "the name is empty"),
            (["why", ""], "the name is empty"),
            (["rollback"], "target"),
            (["rollback", ""], "the name is empty"),
            (["history", ""], "the name is empty"),
        ):
            with self.subTest(arguments=arguments):
                result = harness.certferry(*arguments)
                self.assertEqual((result.status, result.out), (2, ""))
                self.assertIn(said, result.err)
                if arguments:
                    self.assertTrue(result.err.startswith("error: "), result.err)
                    self.assertEqual(result.err.count("\n"), 1, "more than a line")
                if arguments and "--output" not in arguments:
                    as_json = harness.certferry(*arguments, "--output", "json")
                    self.assertEqual(as_json.status, 2)
                    self.assertEqual(as_json.json["error"]["code"], "usage")

    def test_output_that_cannot_be_written(self):
        for command in (["providers", "dogecloud"], ["schema"], ["version", "--output", "json"]):
            with self.subTest(command=command), open("/dev/full", "w") as full:
                run = subprocess.run(
                    [harness.BINARY, *command], stdout=full, stderr=subprocess.PIPE, timeout=60
                )
                self.assertEqual(run.returncode, 1)
                self.assertIn(b"No space left on device", run.stderr)

    def test_output_that_is_closed(self):
        """What is opened next must not take its place: our output would go there."""
        for closed in (">&-", "<&- >&-"):
            with self.subTest(closed=closed):
                run = subprocess.run(
                    ["sh", "-c", f'"$0" version {closed}', harness.BINARY],
                    stderr=subprocess.PIPE,
                    timeout=60,
                )
                self.assertEqual(run.returncode, 1)
                self.assertIn(b"the output could not be written", run.stderr)
        run = subprocess.run(
            ["sh", "-c", '"$0" --help | head -n 1', harness.BINARY],
            capture_output=True,
            timeout=60,
        )
        self.assertEqual(run.stderr, b"")

    def test_version(self):
        text = harness.certferry("version")
        self.assertEqual(text.status, 0)
        version = harness.certferry("version", "--output", "json").json["version"]
        self.assertRegex(version, r"^\d+\.\d+\.\d+$")
        self.assertEqual(text.out, f"certferry {version}\n")
        self.assertEqual(harness.certferry("--version").out, text.out)

    def test_schema_is_a_json_schema(self):
        for form in ("text", "json"):
            result = harness.certferry("schema", "--output", form)
            self.assertEqual(result.status, 0)
            self.assertIn("$schema", result.json)
            self.assertLessEqual({"accounts", "certificates"}, result.json["properties"].keys())

    def test_providers(self):
        listed = harness.certferry("providers")
        self.assertEqual(listed.status, 0)
        self.assertIn("dogecloud/cdn", listed.out)
        one = harness.certferry("providers", "dogecloud")
        self.assertIn("https://console.dogecloud.com/user/keys", one.out)
        self.assertIn("calls_per_second: 2, burst: 2, max_in_flight: 1", one.out)
        for name in ("dogecloud", "dogecloud/cdn"):
            [provider] = harness.certferry("providers", name, "--output", "json").json
            self.assertEqual(provider["id"], "dogecloud")
            self.assertTrue(provider["oddities"])
            self.assertEqual(provider["policy"], "")
        self.assertIn("not applicable: ListsOfThreePages: its lists come whole", one.out)
        cloud = harness.certferry("providers", "aliyun/dcdn")
        self.assertIn("what the keys have to be allowed, and no more", cloud.out)
        self.assertIn('"dcdn:SetDcdnDomainSSLCertificate"', cloud.out)

    def test_unknown_provider(self):
        text = harness.certferry("providers", "dogeclod")
        self.assertEqual(text.status, 2)
        self.assertIn("did you mean 'dogecloud'?", text.err)
        self.assertEqual(harness.certferry("providers", "x", "--output", "json").status, 2)
        product = harness.certferry("providers", "dogecloud/dcdn")
        self.assertEqual((product.status, product.out), (2, ""))
        self.assertIn("no product 'dcdn'; it has: cdn", product.err)

    def test_configuration_that_is_not_there(self):
        for command in (["check"], ["plan"], ["apply"], ["status"], ["why", "x"], ["history"]):
            with self.subTest(command=command[0]):
                result = harness.certferry("--config", "/nowhere/certferry.yaml", *command)
                self.assertEqual((result.status, result.out), (2, ""))
                self.assertIn("/nowhere/certferry.yaml", result.err)
                as_json = harness.certferry(
                    "--config", "/nowhere/certferry.yaml", *command, "--output", "json"
                )
                self.assertEqual(as_json.status, 2)
                [problem] = as_json.json["problems"]
                self.assertIn("/nowhere/certferry.yaml", str(problem))


class RunningTest(harness.SandboxCase):
    """The commands against an account, from nothing deployed to nothing to do."""

    def both(self, *arguments):
        """The same command as text and as JSON; neither has an escape sequence in it."""
        text = self.run_it(*arguments)
        as_json = self.run_it(*arguments, "--output", "json")
        self.assertEqual(text.status, as_json.status, text.text + as_json.text)
        self.assertNotIn(ESCAPE, text.text + as_json.text)
        return text, as_json

    def test_check_of_a_good_configuration(self):
        text, as_json = self.both("check")
        self.assertEqual(text.status, 0)
        self.assertIn("the key works; 2 domains", text.out)
        self.assertNotIn("BAD", text.out)
        self.assertTrue(as_json.json["succeeded"])

    def test_check_of_a_refused_key(self):
        self.config["accounts"]["doge"]["access_key"] = "nobody"
        text, as_json = self.both("check")
        self.assertEqual(text.status, 1)
        self.assertRegex(text.out, r"(?m)^BAD  account doge \(dogecloud\): .*refused.*make a key pair")
        self.assert_said_once(text, "refused the account's keys")
        self.assertIn("BAD  no target can be deployed", text.out)
        self.assertFalse(as_json.json["succeeded"])

    def assert_said_once(self, result, words):
        self.assertEqual(result.text.count(words), 1, result.text)
        self.assertEqual(result.err, "")
        self.assertNotRegex(result.out, r"(?m)^ok +(0|no) target")

    def test_check_says_each_reason_once_on_its_own_line(self):
        self.assert_applied()  # so that a source that fails has targets to hold
        to = self.config["certificates"]["example.com"]["to"][0]
        source = self.config["certificates"]["example.com"]["from"]["1panel"]
        base = source.pop("base")
        source["base"] = "/nowhere"
        text, _ = self.both("check")
        self.assertRegex(text.out, r"(?m)^BAD  certificate example.com from .*: .*was found")
        self.assert_said_once(text, "no 1Panel site was found")
        self.assertIn("BAD  no target can be deployed, 2 cannot", text.out)
        source["base"] = base
        to["domains"] = ["nobody.example.com"]
        text, _ = self.both("check")
        self.assertRegex(text.out, r"(?m)^BAD  certificate example.com: none of the listed")
        self.assert_said_once(text, "none of the listed domains")
        to["domains"] = ["nobody.example.com", "img.example.com"]
        text, _ = self.both("check")
        self.assertRegex(text.out, r"(?m)^BAD  target doge/cdn/nobody.example.com: account doge has")
        self.assertIn("BAD  1 target can be deployed, 1 cannot", text.out)

    def test_plan_says_what_and_why_and_changes_nothing(self):
        text, as_json = self.both("plan")
        self.assertEqual(text.status, 0)
        self.assertIn("upload > bind > confirm", text.out)
        self.assertIn("plan: 1 upload, 2 binds, 2 to confirm", text.out)
        self.assertTrue(as_json.json["has_work"])
        self.assertEqual(self.calls()["changing"], 0)
        self.assertFalse(self.state_path.exists())

    def test_exit_statuses_of_plan(self):
        self.assertEqual(self.both("plan", "--exit-code")[0].status, 3)
        self.assert_applied()
        self.assertEqual(self.both("plan", "--exit-code")[0].status, 0)
        self.assertEqual(self.both("plan", "--exit-code", "nobody.example.com")[0].status, 2)
        self.sandbox.control("POST", "/domain", name="img.example.com", status="offline")
        del self.config["certificates"]["example.com"]["to"][0]["domains"]
        self.assertEqual(self.both("plan", "--exit-code")[0].status, 2)

    def test_apply_deploys_and_has_nothing_to_do_the_second_time(self):
        first = self.run_it("apply")
        self.assertEqual(first.status, 0, first.text)
        self.assertIn("result: 2 confirmed", first.out)
        self.assertNotIn(ESCAPE, first.text)
        changing = self.calls()["changing"]
        second = self.assert_applied()
        self.assertTrue(second.json["succeeded"])
        self.assertEqual(self.calls()["changing"], changing)
        newest = harness.fingerprint_of(self.sandbox.site_folder / "fullchain.pem")
        for name in self.sandbox.domains:
            self.assert_served(name, newest)

    def test_apply_of_one_target_alone(self):
        self.assert_applied("img.example.com")
        self.assertEqual(self.sandbox.domain("cdn.example.com")["cert_id"], 0)
        self.assertNotEqual(self.sandbox.domain("img.example.com")["cert_id"], 0)

    def test_apply_waits_and_retires_the_superseded_one(self):
        self.assert_applied()
        old = self.sandbox.domain("cdn.example.com")["cert_id"]
        self.sandbox.renew()
        result = self.assert_applied("--wait")
        [retired] = result.json["retirements"]
        self.assertEqual((retired["stored_id"], retired["done"]), (str(old), True))
        self.assertEqual(len(self.sandbox.state()["certificates"]), 1)

    def test_status(self):
        text, as_json = self.both("status")
        self.assertEqual(text.status, 0)
        self.assertIn("nothing has been deployed yet", text.out)
        self.assertEqual(as_json.json["targets"], [])
        self.assert_applied()
        text, as_json = self.both("status")
        self.assertEqual(text.status, 0)
        self.assertIn("doge/cdn/cdn.example.com", text.out)
        self.assertEqual({one["outcome"] for one in as_json.json["targets"]}, {"confirmed"})

    def test_status_after_a_failure_shows_trouble_first(self):
        self.sandbox.fault(
            "error_code", endpoint="/cdn/cert/bind.json", domain="img.example.com", code=4711
        )
        self.assertEqual(self.apply().status, 1)
        text, as_json = self.both("status")
        self.assertEqual(text.status, 1)
        self.assertIn("img.example.com", text.out.splitlines()[1])
        outcomes = [one["outcome"] for one in as_json.json["targets"]]
        self.assertEqual(outcomes, ["failed", "confirmed"])

    def test_why(self):
        text, as_json = self.both("why", "cdn.example.com")
        self.assertEqual(text.status, 0)
        self.assertIn("may this bundle be served here?", text.out)
        [target] = as_json.json["targets"]
        self.assertTrue(all(check["passed"] for check in target["checks"]))
        text, as_json = self.both("why", "doge/cdn/nobody.example.com")
        self.assertEqual(text.status, 2)
        self.assertIn("no target", text.err)

    def test_names_that_nothing_goes_by(self):
        for command in ("plan", "apply", "why", "history"):
            with self.subTest(command=command):
                text, _ = self.both(command, "nobody")
                self.assertEqual(text.status, 2, text.text)
                self.assertIn("[select.unknown]", text.err)
        self.assertEqual(self.calls()["changing"], 0)
        # With one that is known beside it something is done, and not all that was asked for.
        some = self.run_it("apply", "nobody", "cdn.example.com")
        self.assertEqual(some.status, 1, some.text)
        self.assertIn("confirmed  doge/cdn/cdn.example.com", some.out)
        # Where the account does not answer, nobody knows what is unknown.
        self.config["accounts"]["doge"]["access_key"] = "nobody"
        self.assertEqual(self.both("plan", "nobody.example.com")[0].status, 1)

    def test_state_in_a_place_that_cannot_be(self):
        self.config["settings"]["state"] = "/proc/certferry/state.db"
        text, as_json = self.both("apply")
        self.assertEqual(text.status, 2)
        self.assertIn("settings.state", as_json.json["error"]["hint"])

    def test_history(self):
        text, as_json = self.both("history")
        self.assertEqual((text.status, as_json.json), (0, []))
        self.assertEqual(text.out, "no history yet\n")
        self.assert_applied()
        text, as_json = self.both("history")
        self.assertIn("upload", text.out)
        actions = sorted(one["action"] for one in as_json.json)
        self.assertEqual(actions, ["bind", "bind", "confirm", "confirm", "upload"])
        self.assertEqual(len(self.both("history", "--limit", "1")[1].json), 1)
        of_one = self.both("history", "img.example.com")[1].json
        self.assertNotIn("doge/cdn/cdn.example.com", [one.get("target") for one in of_one])
        self.assertEqual(self.both("history", "nobody.example.com")[0].status, 2)

    def test_probe(self):
        self.assertEqual(self.both("probe", "cdn.example.com")[0].status, 1)
        self.assert_applied()
        text, as_json = self.both("probe", "cdn.example.com")
        self.assertEqual(text.status, 0)
        self.assertIn("TLSv1.3", text.out)
        newest = harness.fingerprint_of(self.sandbox.site_folder / "fullchain.pem")
        leaves = [one["leaf"]["fingerprint"] for one in as_json.json["addresses"]]
        self.assertEqual(leaves, [newest] * 2)
        address = self.sandbox.announcement["edges"][1]
        text, as_json = self.both("probe", "cdn.example.com", "--connect", address)
        self.assertEqual([one["address"] for one in as_json.json["addresses"]], [address])
        self.assertEqual(self.both("probe", "a..b")[0].status, 2)
        self.assertEqual(self.both("probe", "cdn.example.com", "--connect", "here")[0].status, 2)

    def test_probe_of_an_edge_that_refuses(self):
        self.assert_applied()
        self.sandbox.fault("refuse", edge="127.0.0.2")
        text, as_json = self.both("probe", "cdn.example.com")
        self.assertEqual(text.status, 1)
        self.assertIn("refused", text.out)
        self.assertFalse(as_json.json["good"])


class SandboxCommandTest(unittest.TestCase):
    def start(self, *arguments):
        process = subprocess.Popen(
            [harness.BINARY, "sandbox", *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=harness.clean_environment(),
        )
        self.addCleanup(process.communicate)
        self.addCleanup(process.kill)
        return process

    def setUp(self):
        self.folder = harness.temporary_folder(self)

    def test_announces_itself_renews_and_ends(self):
        process = self.start("--dir", self.folder)
        lines = [process.stdout.readline() for _ in range(8)]
        text = "".join(lines)
        self.assertIn(f"{self.folder}/certferry.yaml", text)
        self.assertIn(f"kill -HUP {process.pid}", text)
        self.assertNotIn(ESCAPE, text)
        process.send_signal(signal.SIGHUP)
        self.assertEqual(process.stdout.readline(), "renewed\n")
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(timeout=10), 0)

    def test_configuration_it_writes_works_as_it_is(self):
        sandbox = harness.Sandbox(self.folder / "it")
        self.addCleanup(sandbox.stop)
        config = sandbox.announcement["config"]
        result = harness.certferry("--config", config, "apply")
        self.assertEqual(result.status, 0, result.text)
        self.assertIn("result: 3 confirmed", result.out)

    def test_leaves_a_foreign_folder_alone(self):
        config = self.folder / "certferry.yaml"
        config.write_text("accounts: {}\n")
        result = harness.certferry("sandbox", "--dir", self.folder)
        self.assertEqual(result.status, 2)
        self.assertIn("nothing was touched", result.err)
        self.assertEqual(config.read_text(), "accounts: {}\n")

    def test_bad_options(self):
        file = self.folder / "file"
        file.write_text("mine\n")
        for options, said in (
            ([], "--dir"),
            (["--dir", self.folder, "--latency", "soon"], "soon"),
            (["--dir", ""], "give it one"),
            (["--dir", "/proc/certferry"], "/proc/certferry"),
            (["--dir", file], str(file)),
            (["--dir", file / "below"], str(file)),
        ):
            with self.subTest(options=options):
                result = harness.certferry("sandbox", *options)
                self.assertEqual((result.status, result.out), (2, ""), result.text)
                self.assertIn(said, result.err)
                self.assertNotIn("terminate", result.err)
        self.assertEqual(file.read_text(), "mine\n")

    def test_keeps_out_of_folders_that_others_write_to_and_leaves_their_modes(self):
        for mode in (0o777, 0o1777):
            self.folder.chmod(mode)
            result = harness.certferry("sandbox", "--dir", self.folder)
            self.assertEqual(result.status, 2, result.text)
            self.assertIn("a folder that only you may write to", result.err)
            self.assertEqual(stat.S_IMODE(self.folder.stat().st_mode), mode)
            self.assertEqual(list(self.folder.iterdir()), [])

    def test_second_one_in_the_same_folder(self):
        first = harness.Sandbox(self.folder / "it")
        self.addCleanup(first.stop)
        files = ("certferry.yaml", "secret_key", "ca.pem")
        before = [(first.folder / name).read_bytes() for name in files]
        second = harness.certferry("sandbox", "--dir", first.folder)
        self.assertEqual((second.status, second.out), (2, ""), second.text)
        self.assertIn(f"the folder {first.folder} is in use by process {first.process.pid}", second.err)
        self.assertEqual([(first.folder / name).read_bytes() for name in files], before)


class TerminalTest(harness.SandboxCase):
    def on_terminal(self, *arguments, **environment):
        """Runs the program on a terminal of its own and gives its status and all it wrote."""
        self.write_config()
        ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 100, 0, 0))
        process = subprocess.Popen(
            [harness.BINARY, "--config", self.config_path, *arguments],
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            env=harness.clean_environment(TERM="xterm-256color", **environment),
        )
        os.close(theirs)
        seen = b""
        while True:
            try:
                chunk = os.read(ours, 65536)
            except OSError:  # so Linux says that the other end is closed
                break
            if not chunk:
                break
            seen += chunk
        os.close(ours)
        return process.wait(timeout=30), seen.decode()

    def test_live_lines_and_colours(self):
        status, seen = self.on_terminal("apply")
        self.assertEqual(status, 0, seen)
        self.assertRegex(seen, r"\x1b\[\d+A\x1b\[J")
        self.assertIn("… doge/cdn/cdn.example.com", seen)
        self.assertIn("\x1b[32m", seen)
        last = seen[seen.rindex("\x1b[J") :]
        self.assertIn("2 confirmed", re.sub(r"\x1b\[[0-9;]*m", "", last))
        self.assertNotIn("…", last)

    def test_no_colours_when_asked(self):
        status, seen = self.on_terminal("plan", NO_COLOR="1")
        self.assertEqual(status, 0, seen)
        self.assertNotIn(ESCAPE, seen)

    def test_json_stays_plain(self):
        self.assert_applied()
        status, seen = self.on_terminal("status", "--output", "json")
        self.assertEqual(status, 0)
        self.assertNotIn(ESCAPE, seen)
        self.assertTrue(json.loads(seen)["succeeded"])


if __name__ == "__main__":
    unittest.main()
