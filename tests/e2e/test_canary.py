"""Secrets are seen nowhere: in no output, file, figure, notice, process arguments or child's environment."""

import base64
import email
import email.policy
import http.server
import json
import os
import pathlib
import resource
import shutil
import signal
import socket
import sqlite3
import stat
import subprocess
import sys
import threading
import unittest
import urllib.parse

import harness
import test_health
import test_notify
from test_disk import SmallDisk, may_mount

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


# Says what it sees of itself and of whoever runs it, and prints a file.
LOOK = """
import os, pathlib, sys
seen = b''
own = ['self/cmdline', 'self/environ']
for name in own + [f'{os.getppid()}/{name}' for name in sys.argv[3:]]:
    try: seen += pathlib.Path(f'/proc/{name}').read_bytes()
    except PermissionError: seen += b'closed to others'
pathlib.Path(sys.argv[1]).write_bytes(seen)
print(pathlib.Path(sys.argv[2]).read_text(), end='')
"""


class CanaryCase(harness.SandboxCase):
    def setUp(self):
        super().setUp()
        self.sinks = {}
        self.own = {}  # by sink: the marks that belong there
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

    @property
    def state_folder(self):
        return self.state_path.parent

    def keep_files(self, label=""):
        """The state file with its log and its index, and whatever else was left somewhere."""
        for folder in (self.state_folder, self.work_folder, self.temporary):
            for path in harness.files_below(folder):
                self.sinks[f"{label}{path.name}"] = path.read_bytes()

    def assert_heard(self, label, *words):
        """The sink was written to: so that a secret in it would have been seen."""
        self.assertIn(label, self.sinks)
        for word in words:
            self.assertIn(word.encode(), self.sinks[label], label)

    def assert_silent(self):
        self.keep_files()
        if (self.state_folder / "state.db").exists():
            copy = harness.temporary_folder(self)  # on a disk of its own SQLite cannot look at it
            for path in self.state_folder.glob("state.db*"):
                shutil.copy(path, copy)
            with sqlite3.connect(copy / "state.db") as state:
                self.sinks["state"] = "\n".join(state.iterdump()).encode()
        for mark in self.marks:
            for form in harness.spellings(mark):
                for name, sink in self.sinks.items():
                    if mark not in self.own.get(name, ()):
                        self.assertFalse(form in sink, f"{name} shows a secret, spelled {form!r}")
        for folder in (self.work_folder, self.temporary):
            self.assertEqual(harness.files_below(folder), [], "a file was left behind")

    def use_mark(self, **reference):
        self.config["accounts"]["doge"]["secret_key"] = reference

    def looking(self, witness, printing, *of_parent):
        """A command that prints the file and writes to the witness what others see of it."""
        script = self.folder / "look.py"
        script.write_text(LOOK)
        return [sys.executable, str(script), str(witness), str(printing), *of_parent]

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
        mark = self.write_mark()
        doge = self.config["accounts"]["doge"]
        more = self.config["accounts"]["more"] = doge | {
            "secret_key": {"command": self.looking(witness, mark, "cmdline", "environ")}
        }
        self.run_it("plan", "--log-level", "debug")
        self.sinks["process"] = witness.read_bytes()
        self.assertIn(b"look.py", self.sinks["process"])
        # The program was given this one in its own environment, but its children are not.
        doge["secret_key"] = {"env": "CERTFERRY_CANARY"}
        more["secret_key"] = {"command": self.looking(witness, mark, "cmdline")}
        environment = {"CERTFERRY_CANARY": SECOND_MARK, "CERTFERRY_OTHER": "kept"}
        result = self.run_it("plan", "--log-level", "debug", environment=environment)
        self.keep("plan with a variable", result)
        self.sinks["child"] = witness.read_bytes()
        self.assertIn(b"CERTFERRY_OTHER=kept", self.sinks["child"])
        self.assert_silent()


class Ear:
    """A web service on a loopback port that keeps all it is sent, by the first part of its path.

    It says yes, or no with the whole request in the answer.
    """

    def __init__(self, case):
        ear, self.refusing = self, False
        heard = self.heard = {}

        class Handler(http.server.BaseHTTPRequestHandler):
            def answer(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                request = self.requestline.encode() + b"\n" + bytes(self.headers) + body + b"\n"
                to = self.path.split("/")[1]
                heard[to] = heard.get(to, b"") + request
                # A yes in each vendor's words, which differ in little.
                code = 200 if to in ("bark", "pushplus") else 0
                words = {"errcode": 0, "code": code, "ok": True, "status": 1}
                answer = json.dumps(words | {"id": "1", "event_id": "$1"}).encode()
                if to == "slack":
                    answer = b"ok"
                if ear.refusing:
                    answer = json.dumps({"message": request.decode(), "code": 1}).encode()
                self.send_response(403 if ear.refusing else 200)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            do_GET = do_HEAD = do_POST = do_PUT = answer

            def log_message(self, *arguments):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        case.addCleanup(self.server.server_close)
        case.addCleanup(self.server.shutdown)


class ToldCanaryCase(CanaryCase, test_health.HealthCase):
    """The daemon, and whoever it tells of itself: pages, heartbeats, systemd, a channel of each kind."""

    def setUp(self):
        super().setUp()
        self.ear = Ear(self)
        self.mailer = test_notify.MailServer(self, login=True)
        self.health["heartbeat"] = self.secret("heartbeat", f"{self.ear.url}/heartbeat/{{}}")
        self.health["heartbeat_every"] = "1s"
        # The fields of every kind of channel, as the program itself has them.
        schema = harness.certferry("schema").json["$defs"]["channel"]["properties"]
        self.kinds = {kind: one for kind, one in schema.items() if one.get("type") == "object"}
        self.config["notify"] = [self.channel(*one) for one in self.kinds.items()]
        self.manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.addCleanup(self.manager.close)
        self.manager.bind(str(self.folder / "manager"))
        self.manager.setblocking(False)
        self.sinks["systemd"] = b""

    def secret(self, owner, form="{}", mark=None):
        """A reference to a secret of its own, which only what is sent to its owner may show."""
        mark = mark or f"canary-{len(self.marks):02}e41b-of-{owner}"
        self.marks.add(mark)
        self.own.setdefault(owner, set()).add(mark)
        path = self.folder / f"{mark}.secret"
        harness.write_settled(path, form.format(mark))
        return {"file": str(path)}

    def channel(self, kind, fields):
        here = f"{self.ear.url}/{kind}"
        values = {"endpoint": here, "server": here, "chat": "1", "room": "!a:example.com"}
        forms = {"url": here + "/{}", "token": "1:{}" if kind == "telegram" else "{}"}
        forms |= {"key": "SCT{}"} if kind == "serverchan" else {}
        if kind == "email":
            values = {"server": f"localhost:{self.mailer.port}", "security": "none", "user": "me"}
            values |= {"from": "certferry@example.com", "to": "a@example.com"}
        channel = {"timeout": "5s"}
        for key, field in fields["properties"].items():
            if key in values:
                channel[key] = values[key]
            elif field.get("$ref") == "#/$defs/secret" or key in fields["required"]:
                mark = test_notify.PASSWORD if kind == "email" else None
                channel[key] = self.secret(kind, forms.get(key, "{}"), mark)
        return {kind: channel}

    def start(self, *arguments, **environment):
        places = {"TMPDIR": str(self.temporary), "NOTIFY_SOCKET": str(self.folder / "manager")}
        super().start("--log-level", "debug", *arguments, **places, **environment)

    def hear(self):
        """Takes what there is: both pages, what was told to systemd, and every request so far."""
        for page in ("/metrics", "/healthz"):
            self.sinks[page] = self.sinks.get(page, b"") + self.ask(page)[1].encode()
        self.hear_the_rest()

    def hear_the_rest(self):
        try:
            while True:
                self.sinks["systemd"] += self.manager.recv(65536) + b"\n"
        except BlockingIOError:
            pass
        self.sinks |= self.ear.heard
        mails = [envelope.content for _, envelope in self.mailer.mails]
        # As it was sent and as it is read: a line's end may stand in the middle of what was encoded.
        read = [email.message_from_bytes(one, policy=email.policy.default) for one in mails]
        texts = [str(one["Subject"]) + one.get_content() for one in read]
        self.sinks["email"] = b"\n".join(mails + [text.encode() for text in texts])
        self.sinks["log"] = self.log_path.read_bytes()

    def wait_until_told(self, *words):
        """Every channel has sent all of the words, in one spelling or another."""

        def told():
            self.hear()
            return all(
                word.encode() in self.sinks.get(kind, b"").replace(b"%20", b" ").replace(b"+", b" ")
                for kind in self.kinds
                for word in words
            )

        harness.wait_until(told, f"{words} by every channel", interval=0.2, seconds=60)

    def wait_until_ill(self, code):
        harness.wait_until(lambda: code in self.causes(), code, seconds=60)
        self.hear()

    def end(self):
        self.daemon.send_signal(signal.SIGTERM)
        self.assertEqual(self.daemon.wait(timeout=30), 0, self.log)
        self.hear_the_rest()


class ToldCanaryTest(ToldCanaryCase):
    def assert_all_heard(self):
        self.assert_heard("/metrics", "certferry_targets{", "certferry_healthy")
        self.assert_heard("/healthz", '"status"')
        self.assert_heard("heartbeat", "GET /heartbeat/", "User-Agent: certferry")
        self.assert_heard("systemd", "READY=1", "STATUS=doge: ", "STOPPING=1")
        self.assert_heard("log", "2 confirmed")
        for kind in self.kinds:
            self.assert_heard(kind, "certferry")
            # What lets us in shows that it was the channel's own request; some only sign by it.
            shown = any(mark.encode() in self.sinks[kind] for mark in self.own[kind])
            self.assertEqual(shown, kind != "email", kind)

    def test_a_vendor_that_says_what_it_was_sent(self):
        path = self.sandbox.site_folder / "privkey.pem"
        self.start_and_serve()
        harness.wait_until(lambda: "heartbeat" in self.ear.heard, "a heartbeat")
        self.wait_until_told("example.com")
        words = (
            ("PRIVATE KEY", path.read_text()),
            ("signed by", f"signed by {self.sandbox.secret_key}"),
        )
        for shown, message in words:
            fault = {"endpoint": "/cdn/cert/upload.json", "code": 400, "message": message}
            self.sandbox.fault("error_code", **fault)
            self.renew()
            self.wait_until_told("the vendor said 400", shown)
            self.sandbox.clear_faults()
            self.renew()
            self.wait_until_served(self.newest())
            # What fails again before people know that it was over is the same failure still.
            self.wait_until_told("works again")
        self.sandbox.fault("server_error")
        self.renew()
        self.wait_until_ill("run.blind")
        self.assert_heard("/healthz", "run.blind")
        self.end()
        self.assert_all_heard()
        self.assert_heard("systemd", "the vendor said 400")
        self.assert_silent()

    def test_edges_that_fail(self):
        self.start_and_serve()
        kinds = ("expired", "not_tls", "refuse")
        for times, kind in enumerate(kinds, start=1):
            self.sandbox.fault(kind, edge=":".join(self.sandbox.addresses[0]))
            self.renew()
            self.wait_for_log("account doge: 2 unconfirmed", times=times)
            self.hear()
            self.sandbox.clear_faults()
        self.wait_until_told("not served everywhere")
        self.end()
        self.assert_heard("systemd", "not served everywhere")
        self.sandbox.fault("self_signed", edge=":".join(self.sandbox.addresses[0]))
        target = "cdn.example.com"
        self.run_all("edge", (["apply"], ["status"], ["why", target], ["probe", target]))
        self.assert_heard("edge: apply, text", "not served everywhere")
        self.assert_all_heard()
        self.assert_silent()

    def test_channels_that_refuse_and_say_what_they_were_sent(self):
        self.ear.refusing = True
        self.start_and_serve()
        asked = [kind for kind in self.kinds if kind != "email"]
        for kind in asked:
            self.wait_for_log(f"sending a notice by {kind}: ")
        self.wait_for_log("calling the heartbeat's address: ")
        self.hear()
        self.end()
        self.run_all("refused", (["notify", "test"], ["check"], ["status"]))
        for kind in asked:
            self.assert_heard("refused: notify, text", f"sending a notice by {kind}: ")
        self.assert_silent()

    def test_children(self):
        """What the programs see that give it secrets and pairs, and what is seen of them."""
        secret, pair = self.folder / "of_secret", self.folder / "of_pair"
        both = self.folder / "both.pem"
        site = self.sandbox.site_folder
        both.write_text("".join((site / f"{one}.pem").read_text() for one in ("fullchain", "privkey")))
        key = self.sandbox.folder / "secret_key"
        self.config["accounts"]["doge"]["secret_key"] = {"command": self.looking(secret, key)}
        # The program has this one in its own environment, and its children have not.
        [webhook] = [one["webhook"] for one in self.config["notify"] if "webhook" in one]
        webhook["authorization"] = {"env": "CERTFERRY_CANARY"}
        self.own["webhook"].add(SECOND_MARK)
        self.config["certificates"]["example.com"]["from"] = {
            "command": {"command": self.looking(pair, both, "cmdline")}
        }
        self.start_and_serve(CERTFERRY_CANARY=SECOND_MARK, CERTFERRY_OTHER="kept")
        self.wait_until_told("example.com")
        self.end()
        self.assert_heard("webhook", SECOND_MARK)
        for witness in (secret, pair):
            self.sinks[witness.name] = witness.read_bytes()
            self.assert_heard(witness.name, "look.py", "CERTFERRY_OTHER=kept")
        self.assert_heard("of_pair", "--log-level\0debug")
        self.assert_silent()


class FullDiskCanaryTest(ToldCanaryCase):
    """The state file on a disk that gets full."""

    def setUp(self):
        if not may_mount():
            self.skipTest("nobody may mount a small disk here: unshare --map-root-user --mount")
        super().setUp()
        self.disk = SmallDisk(self, self.state_path.parent)
        self.assertTrue(self.disk.is_mounted)
        self.within = self.disk.within()

    @property
    def state_folder(self):
        return self.disk.inside

    def run_it(self, *arguments, **options):
        return super().run_it(*arguments, within=self.within, **options)

    def test_full(self):
        self.start_and_serve()
        self.disk.fill()
        self.renew()
        self.wait_until_ill("state.unwritable")
        self.wait_until_told("the disk is full")
        self.end()
        self.assert_heard("/healthz", "state.unwritable")
        self.assert_heard("/metrics", "certferry_state_writable 0")
        self.assert_heard("systemd", "held")
        self.assert_heard("log", "the disk is full")
        self.run_all("full")
        self.assert_heard("full: apply, text", "the disk is full")
        (self.state_folder / "state.db").unlink()
        self.run_all("full at first", (["apply"],))
        self.assert_heard("full at first: apply, json", "state.io")
        self.disk.free()
        self.renew()
        self.assertEqual(self.apply_debug("free again").status, 0)
        self.assert_silent()


class InitCanaryTest(CanaryCase):
    """What `certferry init` says and writes, with keys that work, that are refused, and that come back."""

    def setUp(self):
        super().setUp()
        self.place = self.folder / "etc"
        self.good = self.sandbox.folder / "secret_key"
        (self.folder / "machine").mkdir()

    def init(self, label, *more, key=None, status=0, **options):
        arguments = [
            "init", "--root", self.folder / "machine", "--folder", self.sandbox.site_folder,
            "--config", self.place / "certferry.yaml", "--state", self.state_path,
            "--endpoint", self.sandbox.announcement["api"], "--trust", self.sandbox.folder / "ca.pem",
            "--yes", "--provider", "dogecloud", "--field", "access_key=sandbox",
        ]  # fmt: skip
        if key:
            arguments += ["--secret-file", f"secret_key={key}"]
        for form in ("text", "json"):
            shape = ["--log-level", "debug", "--output", form]
            options["environment"] = {"TMPDIR": str(self.temporary)} | options.get("environment", {})
            result = harness.certferry(*arguments, *more, *shape, cwd=self.work_folder, **options)
            self.keep(f"init {label}, {form}", result)
            self.assertEqual(result.status, status, result.text)
            status = 2 if label == "works" else status  # what is there is not written over
        for path in harness.files_below(self.place):
            self.sinks[f"init {label}: {path.name}"] = path.read_bytes()

    def test_output_and_files(self):
        self.init("refused", key=self.write_mark(), status=1)
        self.assert_heard("init refused, text", "refused the account's keys")
        variable = {"DOGECLOUD_SECRET_KEY": SECOND_MARK}
        self.init("refused variable", environment=variable, status=1)
        self.init("on the command line", "--field", f"secret_key={MARK}", status=2)
        self.assert_heard("init on the command line, text", "--secret-file")
        for message in (self.sandbox.secret_key, (self.sandbox.site_folder / "privkey.pem").read_text()):
            fault = {"endpoint": "/cdn/domain/list.json", "code": 400, "message": message}
            self.sandbox.fault("error_code", **fault)
            self.init(f"told {message[:5]}", key=self.good, status=1)
            self.assert_heard(f"init told {message[:5]}, text", "the vendor said 400")
            self.sandbox.clear_faults()
        self.init("printed", "--print", key=self.good)
        self.assert_heard("init printed, text", "domains: covered")
        self.assertEqual(harness.files_below(self.place), [])
        self.init("works", key=self.good)
        self.assert_heard("init works: certferry.yaml", "dogecloud.secret_key", "domains: covered")
        self.assert_heard("init works, text", "2 targets can be deployed")
        names = {path.name for path in harness.files_below(self.place)}
        self.assertEqual(names, {"certferry.yaml", "dogecloud.secret_key"})
        # The one file that it is for.
        self.own["init works: dogecloud.secret_key"] = {self.sandbox.secret_key}
        self.assert_heard("init works: dogecloud.secret_key", self.sandbox.secret_key)
        self.assert_silent()


if __name__ == "__main__":
    unittest.main()
