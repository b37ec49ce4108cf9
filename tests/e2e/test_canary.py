"""Secrets are seen nowhere: in no output, state file, process arguments or child's environment."""

import base64
import json
import os
import pathlib
import resource
import signal
import sqlite3
import stat
import subprocess
import sys
import unittest
import urllib.parse

import harness

# Quotes, spaces and a non-ASCII letter, so that every escaping would show.
MARK = 'canary "7f3a\\9c" + né/wren=='
# One for each other place that a secret may stand in; plain, for not all of them take any letter.
SECOND_MARK = "canary-51d0c7e2-in-the-environment"
PROXY_MARK = "canary-9be4a610-of-the-proxy"

COMMANDS = (
    ["check"],
    ["plan"],
    ["apply"],
    ["status"],
    ["why", "cdn.example.com"],
    ["history"],
    ["probe", "cdn.example.com"],
    ["rollback", "cdn.example.com"],
    ["notify", "test"],
    ["providers", "dogecloud"],
    ["schema"],
    ["version"],
)

# What the vendor does wrong, and how apply ends: 0 where it finds out by reading what became of the
# call.
FAULTS = (
    ({"kind": "error_code", "code": 401, "message": "签名错误"}, 1),
    ({"kind": "error_code", "endpoint": "/cdn/cert/bind.json", "code": 403}, 1),
    ({"kind": "error_code", "endpoint": "/cdn/cert/upload.json", "code": 400}, 1),
    ({"kind": "auth_refused"}, 1),
    ({"kind": "huge_reply"}, 1),
    ({"kind": "throttle", "endpoint": "/cdn/cert/bind.json", "count": 1}, 0),
    ({"kind": "server_error", "endpoint": "/cdn/cert/upload.json", "count": 1}, 0),
    ({"kind": "html", "endpoint": "/cdn/cert/upload.json", "count": 1}, 0),
    ({"kind": "empty_body", "endpoint": "/cdn/cert/upload.json", "count": 1}, 0),
    ({"kind": "cut_reply", "endpoint": "/cdn/cert/upload.json", "count": 1}, 0),
    ({"kind": "lost_reply", "endpoint": "/cdn/cert/upload.json", "count": 1}, 0),
    ({"kind": "lost_request", "endpoint": "/cdn/cert/bind.json", "count": 1}, 0),
    ({"kind": "error_yet_done", "endpoint": "/cdn/cert/bind.json"}, 0),
    ({"kind": "html", "endpoint": "/cdn/cert/list.json"}, 1),
)


class SpellingsTest(unittest.TestCase):
    """That a secret would be found if it slipped out."""

    def test_every_spelling_is_known(self):
        raw = MARK.encode()
        outputs = [raw, raw.hex().encode(), json.dumps({"secret": MARK}).encode()]
        for quote in (urllib.parse.quote, urllib.parse.quote_plus):
            form = urllib.parse.urlencode({"a": MARK}, quote_via=quote)
            outputs += [form.encode(), form.lower().encode()]
        for before in (b"", b"a", b"ab", b"abc"):
            outputs.append(base64.b64encode(before + raw + b"&z=1"))
            outputs.append(base64.urlsafe_b64encode(before + raw + b"&z=1"))
        for output in outputs:
            with self.subTest(output=output):
                self.assertTrue(any(form in output for form in harness.spellings(MARK)))

    def test_bytes_of_a_key_are_found_in_its_file(self):
        folder = harness.temporary_folder(self)
        harness.Authority(folder / "ca").issue(folder / "pair", ["example.com"])
        key = harness.private_bytes(folder / "pair/privkey.pem")
        text = "".join(harness.key_lines(folder / "pair/privkey.pem")).encode()
        self.assertEqual(len(key), 32)
        self.assertTrue(any(form in text for form in harness.spellings(key)))


class CanaryCase(harness.SandboxCase):
    def setUp(self):
        super().setUp()
        self.sinks = {}
        self.marks = {MARK, SECOND_MARK, PROXY_MARK, self.sandbox.secret_key}
        self.note_keys()
        # Nothing may be left behind in either.
        self.work_folder = self.folder / "work"
        self.temporary = self.folder / "temporary"
        for folder in (self.work_folder, self.temporary):
            folder.mkdir()

    def note_keys(self):
        """The panel's key: its bytes, and whole lines, each of which is base64 of some already."""
        path = self.sandbox.site_folder / "privkey.pem"
        self.marks.update(harness.key_lines(path), {harness.private_bytes(path)})

    def renew(self):
        self.sandbox.renew()
        self.note_keys()

    def run_it(self, *arguments, environment=None, **options):
        environment = {"TMPDIR": str(self.temporary)} | (environment or {})
        return super().run_it(
            *arguments, environment=environment, cwd=self.work_folder, **options
        )

    def keep(self, label, result):
        self.sinks[label] = result.text.encode()
        return result

    def apply_debug(self, label, **options):
        return self.keep(label, self.apply("--log-level", "debug", **options))

    def run_all(self, label, commands=COMMANDS, **options):
        """Every command in both forms, all levels on."""
        for command in commands:
            for form in ("text", "json"):
                result = self.run_it(*command, "--log-level", "debug", "--output", form, **options)
                self.keep(f"{label}: {command[0]}, {form}", result)

    def keep_files(self, label=""):
        """The state file with its log and its index, and whatever else was left somewhere."""
        for folder in (self.state_path.parent, self.work_folder, self.temporary):
            for path in harness.files_below(folder):
                self.sinks[f"{label}{path.name}"] = path.read_bytes()

    def assert_silent(self):
        self.keep_files()
        if self.state_path.exists():
            with sqlite3.connect(f"file:{self.state_path}?mode=ro", uri=True) as state:
                self.sinks["state"] = "\n".join(state.iterdump()).encode()
        for mark in self.marks:
            for form in harness.spellings(mark):
                for name, sink in self.sinks.items():
                    self.assertFalse(form in sink, f"{name} shows a secret, spelled {form!r}")
        for folder in (self.work_folder, self.temporary):
            self.assertEqual(harness.files_below(folder), [], "a file was left behind")

    def use_mark(self, **reference):
        self.config["accounts"]["doge"]["secret_key"] = reference

    def write_mark(self, text=MARK):
        path = self.folder / "mark"
        harness.write_settled(path, text)
        return path


class CanaryTest(CanaryCase):
    def test_secrets_that_work(self):
        self.run_all("first")
        self.renew()
        self.run_all("renewed")
        self.assert_silent()
        modes = {stat.S_IMODE(path.stat().st_mode) for path in self.state_path.parent.iterdir()}
        self.assertEqual(modes, {0o600})
        self.assertEqual(stat.S_IMODE(self.state_path.parent.stat().st_mode), 0o700)

    def test_daemon(self):
        """Renewed once while it watches; its log at its most talkative, in both forms."""
        for form in ("text", "json"):
            self.write_config()
            run = subprocess.Popen(
                [harness.BINARY, "--config", self.config_path, "run"]
                + ["--log-level", "debug", "--output", form],
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                cwd=self.work_folder,
                env=harness.clean_environment(TMPDIR=str(self.temporary)),
            )
            self.addCleanup(run.kill)
            for renew in (False, True):
                if renew:
                    self.renew()
                newest = harness.fingerprint_of(self.sandbox.site_folder / "fullchain.pem")
                harness.wait_until(
                    lambda newest=newest: self.sandbox.served("cdn.example.com") == {newest},
                    "the renewal to be served",
                )
            run.send_signal(signal.SIGTERM)
            out, err = run.communicate(timeout=30)
            self.assertEqual(run.returncode, 0, err)
            self.assertIn(b"cdn.example.com", out + err)
            self.sinks[f"run, {form}"] = out + err
        self.assert_silent()

    def test_secret_that_is_refused(self):
        self.use_mark(file=str(self.write_mark()))
        self.run_all("refused")
        self.assert_silent()

    def test_access_key_that_is_refused(self):
        self.config["accounts"]["doge"]["access_key"] = {"env": "CERTFERRY_CANARY"}
        self.run_all("refused", environment={"CERTFERRY_CANARY": SECOND_MARK})
        self.assertIn(b"AccessKey", self.sinks["refused: plan, text"])
        self.assert_silent()

    def test_secret_that_cannot_be_used(self):
        for text in (f"{MARK}\n{MARK}\n", f"\0{MARK}", MARK * 4000):
            self.use_mark(file=str(self.write_mark(text)))
            self.assertEqual(self.apply_debug(f"file of {len(text)}").status, 2)
        path = self.write_mark()
        path.chmod(0o644)
        self.use_mark(file=str(path))
        self.assertEqual(self.apply_debug("open file").status, 2)
        self.use_mark(env="CERTFERRY_CANARY")
        environment = {"CERTFERRY_CANARY": f"{SECOND_MARK}\n{MARK}"}
        self.assertEqual(self.apply_debug("variable", environment=environment).status, 2)
        for script in ('printf "%s" "$0"; exit 3', 'printf "%s\\n%s" "$0" "$0"', 'echo "$0" >&2'):
            # The command's arguments are the configuration's own words, so the mark is in a file.
            printing = script.replace('"$0"', '"$(cat "$0")"')
            path.chmod(0o600)
            self.use_mark(command=["sh", "-c", printing, str(path)])
            self.assertEqual(self.apply_debug(printing).status, 2)
        self.assert_silent()

    def test_secret_written_into_the_configuration(self):
        self.config["accounts"]["doge"]["secret_key"] = MARK
        self.run_all("inline")
        self.assertIn(b"secret_key", self.sinks["inline: check, text"])
        self.assert_silent()


class KeyCanaryTest(CanaryCase):
    """A source that is broken, each in its way."""

    def setUp(self):
        super().setUp()
        self.pair = self.folder / "pair"
        self.pair.mkdir()
        self.config["certificates"]["example.com"]["from"] = {
            "files": {
                "chain": str(self.pair / "fullchain.pem"),
                "key": str(self.pair / "privkey.pem"),
            }
        }
        self.chain = (self.sandbox.site_folder / "fullchain.pem").read_text()
        self.key = (self.sandbox.site_folder / "privkey.pem").read_text()
        self.renew()
        self.other_key = (self.sandbox.site_folder / "privkey.pem").read_text()

    def test_key_that_cannot_be_used(self):
        lines = self.key.splitlines(keepends=True)
        label = "PRIVATE KEY-----"
        keys = {
            "of another leaf": self.other_key,
            "cut": "".join(lines[:-1]),
            "without its first line": "".join(lines[1:]),
            "a line short": "".join(lines[:1] + lines[2:]),
            "a letter wrong": self.key.replace(lines[1], "!" + lines[1][1:]),
            "said to be encrypted": self.key.replace(label, "ENCRYPTED " + label),
            "with other words": f"password: {MARK}\n{self.key[:80]}",
            "twice": self.key + self.other_key,
            "as chain": self.chain,
        }
        for words, key in keys.items():
            chain = self.key + self.chain if words == "as chain" else self.chain
            harness.write_settled(self.pair / "fullchain.pem", chain)
            harness.write_settled(self.pair / "privkey.pem", key)
            for command in (["check"], ["plan"], ["apply"], ["why", "cdn.example.com"]):
                result = self.run_it(*command, "--log-level", "debug")
                self.keep(f"key {words}: {command[0]}", result)
                # Some write the key into the chain's file as well.
                good = 0 if words == "as chain" else result.status or 1
                self.assertEqual(result.status, good, f"{words}: {result.text}")
        self.assert_silent()


class VendorCanaryTest(CanaryCase):
    """A vendor that fails in every way, and one that says our own words back to us."""

    def check(self, fault):
        fields, status = fault
        with harness.world_of(CanaryCase) as world:
            world.sandbox.fault(**fields)
            result = world.apply_debug(str(fields))
            self.assertEqual(result.status, status, result.text)
            world.sandbox.clear_faults()
            world.keep("status", world.run_it("status", "--output", "json"))
            world.keep("history", world.run_it("history", "--output", "json"))
            world.assert_silent()

    def test_vendor_that_fails(self):
        for (fields, _), failure in harness.side_by_side(self.check, FAULTS):
            with self.subTest(**fields):
                if failure:
                    raise failure

    def test_vendor_that_says_what_it_was_sent(self):
        path = self.sandbox.site_folder / "privkey.pem"
        pem, secret = path.read_text(), self.sandbox.secret_key
        words = {
            "key": pem,
            "key in JSON": json.dumps({"private": pem}),
            "key in a form": urllib.parse.urlencode({"private": pem}),
            "key in base64": base64.b64encode(pem.encode()).decode(),
            "bytes of the key": harness.private_bytes(path).hex(),
            "secret": f"expected a signature by {secret}",
            "secret among others": f"sandbox:{secret},x",
        }
        for what, message in words.items():
            for endpoint in ("/cdn/cert/upload.json", "/cdn/cert/list.json"):
                self.sandbox.fault("error_code", endpoint=endpoint, code=400, message=message)
                result = self.apply_debug(f"{what} at {endpoint}")
                self.assertEqual(result.status, 1, result.text)
                self.assertIn("the vendor said 400", result.text)
                self.sandbox.clear_faults()
        self.keep("status", self.run_it("status", "--output", "json"))
        self.keep("history", self.run_it("history", "--output", "json"))
        self.assert_silent()


class ProxyCanaryTest(CanaryCase):
    def setUp(self):
        super().setUp()
        # Nobody listens there, so nothing leaves this machine.
        self.proxy = f"http://user:{PROXY_MARK}@127.0.0.1:9"
        del self.config["accounts"]["doge"]["endpoint"]

    def test_proxy_of_the_environment(self):
        for name, command in (("https_proxy", "plan"), ("ALL_PROXY", "apply")):
            self.run_all(name, [[command]], environment={name: self.proxy})
        self.assertIn(b"proxy", self.sinks["https_proxy: plan, text"])
        self.assert_silent()

    def test_proxy_and_endpoint_in_the_configuration(self):
        account = self.config["accounts"]["doge"]
        for key, url in (("proxy", self.proxy), ("endpoint", self.proxy.replace("http", "https"))):
            account[key] = url
            self.run_all(key)
            self.assertIn(key.encode(), self.sinks[f"{key}: check, text"])
            del account[key]
        self.assert_silent()


class ProcessCanaryTest(CanaryCase):
    """What others see of the program and its children, and what it leaves when it dies."""

    def start_and_hold(self):
        """Starts apply and holds it in the upload, when it has every secret in memory."""
        self.write_config()
        self.sandbox.fault("slow", endpoint="/cdn/cert/upload.json", delay="10m", count=1)
        unlimited = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
        run = subprocess.Popen(
            [harness.BINARY, "--config", self.config_path, "apply", "--log-level", "debug"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=self.work_folder,
            env=harness.clean_environment(TMPDIR=str(self.temporary)),
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CORE, unlimited),
        )
        self.addCleanup(run.communicate)
        self.addCleanup(run.kill)
        harness.wait_until(self.fault_struck, "the upload")
        return run

    def test_seen_from_outside_and_killed(self):
        for number in (signal.SIGKILL, signal.SIGTERM, signal.SIGSEGV, signal.SIGABRT):
            self.renew()
            run = self.start_and_hold()
            for name in ("cmdline", "environ", "comm", "status"):
                try:
                    seen = pathlib.Path(f"/proc/{run.pid}/{name}").read_bytes()
                except PermissionError:
                    # The program lets nobody look but root: the test says the same as a user.
                    self.assertNotEqual(os.geteuid(), 0)
                    self.assertEqual(name, "environ")
                    continue
                self.sinks[f"{number.name}: {name}"] = seen
            self.keep_files("while it runs: ")
            self.assertGreater((self.state_path.parent / "state.db-wal").stat().st_size, 0)
            run.send_signal(number)
            out, err = run.communicate(timeout=30)
            self.sinks[f"{number.name}: output"] = out + err
            self.assertNotEqual(run.returncode, 0)
            self.keep_files(f"{number.name}: ")
            self.assertEqual(self.apply_debug(f"after {number.name}").status, 0)
        self.assert_silent()

    def test_children_and_arguments(self):
        """The command that gives the secret looks at itself and at the program that runs it."""
        witness = self.folder / "witness"
        look = (
            "import os, pathlib, sys\n"
            "seen = b''\n"
            "own = ['self/cmdline', 'self/environ']\n"
            "for name in own + [f'{os.getppid()}/{name}' for name in sys.argv[3:]]:\n"
            "    try: seen += pathlib.Path(f'/proc/{name}').read_bytes()\n"
            "    except PermissionError: seen += b'closed to others'\n"
            "pathlib.Path(sys.argv[1]).write_bytes(seen)\n"
            "print(pathlib.Path(sys.argv[2]).read_text(), end='')\n"
        )
        script = self.folder / "look.py"
        script.write_text(look)
        command = [sys.executable, str(script), str(witness), str(self.write_mark())]
        doge = self.config["accounts"]["doge"]
        more = self.config["accounts"]["more"] = doge | {
            "secret_key": {"command": command + ["cmdline", "environ"]}
        }
        self.run_it("plan", "--log-level", "debug")
        self.sinks["process"] = witness.read_bytes()
        self.assertIn(b"look.py", self.sinks["process"])
        # The program was given this one in its own environment, but its children are not.
        doge["secret_key"] = {"env": "CERTFERRY_CANARY"}
        more["secret_key"] = {"command": command + ["cmdline"]}
        environment = {"CERTFERRY_CANARY": SECOND_MARK, "CERTFERRY_OTHER": "kept"}
        result = self.run_it("plan", "--log-level", "debug", environment=environment)
        self.keep("plan with a variable", result)
        self.sinks["child"] = witness.read_bytes()
        self.assertIn(b"CERTFERRY_OTHER=kept", self.sinks["child"])
        self.assert_silent()


if __name__ == "__main__":
    unittest.main()
