"""Where certificates come from: the real programs that renew them, and each other kind of source.

certbot, lego, dehydrated and Caddy get their certificates from Pebble, Let's Encrypt's own test
server, on loopback. Each issues and renews; after each the program must want the generation
that was written. It is not sent: Pebble's certificates begin now, and the gate wants five minutes.
For certbot a daemon waits those five minutes.
"""

import contextlib
import hashlib
import http.server
import json
import pathlib
import shutil
import socket
import sqlite3
import ssl
import subprocess
import threading
import time
import unittest

import harness
from test_run import RunCase

NAME = "cdn.example.com"
DAY = 86400
# Its package would start a server when it is installed: scripts/packages takes out the program alone.
CADDY = pathlib.Path(__file__).parents[2] / "build/tools/caddy"
# The package that has the command would bring a timer as well.
CERTBOT = ("/usr/bin/python3", "-c", "import sys; from certbot.main import main; sys.exit(main())")
TOOLS = ("pebble", "lego", "dehydrated", str(CADDY))


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Pebble:
    """A certificate authority that takes every challenge as met."""

    def __init__(self, folder, authority):
        self.folder = folder
        authority.issue(folder / "tls", ["localhost"])
        self.trust = authority.root
        port = free_port()
        self.management = free_port()
        self.directory = f"https://localhost:{port}/dir"
        settings = {
            "listenAddress": f"127.0.0.1:{port}",
            "managementListenAddress": f"127.0.0.1:{self.management}",
            "certificate": str(folder / "tls/fullchain.pem"),
            "privateKey": str(folder / "tls/privkey.pem"),
            "httpPort": free_port(),
            "tlsPort": free_port(),
            "certificateValidityPeriod": 90 * DAY,
        }
        (folder / "pebble.json").write_text(json.dumps({"pebble": settings}))
        self.process = subprocess.Popen(
            ["pebble", "-config", folder / "pebble.json"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=harness.clean_environment(
                PEBBLE_VA_ALWAYS_VALID="1", PEBBLE_VA_NOSLEEP="1", PEBBLE_WFE_NONCEREJECT="0"
            ),
        )
        harness.wait_until(self._write_root, "Pebble to answer")

    @property
    def root(self):
        return self.folder / "pebble-root.pem"

    def _write_root(self):
        context = ssl.create_default_context(cafile=self.trust)
        try:
            with socket.create_connection(("127.0.0.1", self.management), timeout=10) as plain:
                with context.wrap_socket(plain, server_hostname="localhost") as wrapped:
                    wrapped.sendall(b"GET /roots/0 HTTP/1.0\r\nHost: localhost\r\n\r\n")
                    reply = b"".join(iter(lambda: wrapped.recv(4096), b""))
        except OSError:
            return False
        self.root.write_bytes(reply[reply.index(b"\r\n\r\n") + 4 :])
        return True

    def stop(self):
        self.process.terminate()
        self.process.wait(timeout=10)


def run_tool(*command, **environment):
    done = subprocess.run(
        [*map(str, command)],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=60,
        env=harness.clean_environment(**environment),
    )
    if done.returncode != 0:
        raise RuntimeError(f"{command[0]}: {done.stdout.decode()}{done.stderr.decode()}")


class SourceCase(harness.SandboxCase):
    domains = (NAME,)

    def take_from(self, source):
        self.config["certificates"]["example.com"]["from"] = source

    def planned(self):
        """The fingerprint that plan would deploy, and nothing stands in the way."""
        result = self.run_it("plan", "--output", "json")
        self.assertEqual(result.status, 0, result.text)
        return result.target(NAME)["fingerprint"]

    def certificate(self, command="check", name="example.com"):
        result = self.run_it(command, "--output", "json")
        return next(one for one in result.json["certificates"] if one["name"] == name)


class Certbot:
    """The real one, with an account of its own at Pebble."""

    def __init__(self, folder, pebble):
        self.base = folder / "letsencrypt"
        self.common = [
            "--non-interactive", "--config-dir", self.base, "--work-dir", folder / "work",
            "--logs-dir", folder / "logs", "--server", pebble.directory,
        ]  # fmt: skip
        self.trust = {"REQUESTS_CA_BUNDLE": str(pebble.trust)}
        self.source = {"certbot": {"name": NAME, "base": str(self.base)}}

    def issue(self):
        run_tool(
            *CERTBOT, "certonly", *self.common, "--agree-tos", "-m", "a@example.com", "-d", NAME,
            "--manual", "--manual-auth-hook", "true", "--preferred-challenges", "http",
            "--key-type", "ecdsa", **self.trust,
        )  # fmt: skip

    def renew(self):
        run_tool(*CERTBOT, "renew", "--force-renewal", "--no-random-sleep-on-renew", *self.common, **self.trust)

    @property
    def chain(self):
        return self.base / "live" / NAME / "fullchain.pem"


@unittest.skipUnless(all(map(shutil.which, TOOLS)), "scripts/packages gets " + ", ".join(TOOLS))
class ToolCase(SourceCase):
    def setUp(self):
        super().setUp()
        authority = harness.Authority(self.folder / "authority")
        work = self.folder / "pebble"
        work.mkdir()
        self.pebble = Pebble(work, authority)
        self.addCleanup(self.pebble.stop)
        self.trust.append(self.pebble.root)


class RealToolsTest(ToolCase, RunCase):
    held = "it became valid only minutes ago"

    def assert_follows(self, issue, renew, chain, source):
        """What the tool has written is planned with, before and after it renews under the daemon's eyes."""
        self.take_from(source)
        issue()
        first = harness.fingerprint_of(chain())
        self.assert_planned_with(first)
        self.start()
        self.wait_for_log(self.held)
        # What is no news is not said again: two that begin in one second are held in the same words.
        time.sleep(1.1)
        renew()
        second = harness.fingerprint_of(chain())
        self.assertNotEqual(first, second)
        # Nothing but the renewal makes it look again within the minute.
        self.wait_for_log(self.held, times=2, seconds=20)
        self.assert_planned_with(second)

    def assert_planned_with(self, fingerprint):
        target = self.run_it("why", NAME, "--output", "json").target(NAME)
        self.assertEqual(target["fingerprint"], fingerprint)
        failed = [check["code"] for check in target["checks"] if not check["passed"]]
        self.assertEqual(failed, ["gate.not_yet_valid"], target["checks"])

    def test_certbot(self):
        certbot = Certbot(self.folder, self.pebble)
        self.assert_follows(certbot.issue, certbot.renew, lambda: certbot.chain, certbot.source)
        self.take_from({"certbot": {"name": "cdn.exmaple.com", "base": str(certbot.base)}})
        self.assertEqual(self.certificate()["error"]["hint"], f"did you mean '{NAME}'?")

    def test_lego(self):
        base = self.folder / "lego"
        common = [
            "lego", "--server", self.pebble.directory, "--email", "a@example.com", "--accept-tos",
            "--path", base, "--domains", NAME, "--http", "--http.port", f"127.0.0.1:{free_port()}",
        ]  # fmt: skip
        trust = {"LEGO_CA_CERTIFICATES": str(self.pebble.trust)}
        self.assert_follows(
            lambda: run_tool(*common, "run", **trust),
            # Without the bundle the issuer is in its own file alone.
            lambda: run_tool(
                *common, "renew", "--days", 9999, "--no-bundle", "--no-random-sleep", **trust
            ),
            lambda: base / "certificates" / f"{NAME}.crt",
            {"lego": {"name": NAME, "base": str(base)}},
        )

    def test_dehydrated(self):
        base = self.folder / "dehydrated"
        base.mkdir()
        hook = base / "hook"
        hook.write_text("#!/bin/sh\nexit 0\n")
        hook.chmod(0o755)
        config = base / "config"
        config.write_text(
            f'CA="{self.pebble.directory}"\nBASEDIR="{base}"\nHOOK="{hook}"\n'
            f'CHALLENGETYPE="dns-01"\nKEY_ALGO=prime256v1\n'
            f'CURL_OPTS="--cacert {self.pebble.trust}"\n'
        )
        common = ["dehydrated", "--config", config]
        run_tool(*common, "--register", "--accept-terms")
        self.assert_follows(
            lambda: run_tool(*common, "--cron", "--domain", NAME),
            lambda: run_tool(*common, "--cron", "--force", "--domain", NAME),
            lambda: base / "certs" / NAME / "fullchain.pem",
            {"dehydrated": {"name": NAME, "base": str(base)}},
        )

    def test_caddy(self):
        base = self.folder / "caddy"
        base.mkdir()
        caddyfile = base / "Caddyfile"
        caddyfile.write_text(
            f"{{\n admin off\n storage file_system {base}/storage\n acme_ca {self.pebble.directory}\n"
            f" acme_ca_root {self.pebble.trust}\n email a@example.com\n default_bind 127.0.0.1\n"
            f" http_port {free_port()}\n https_port {free_port()}\n}}\n{NAME} {{\n respond ok\n}}\n"
        )
        certificates = base / "storage/certificates"

        def issue():
            """Caddy has no command that renews: it gets what is not there when it starts."""
            shutil.rmtree(certificates, ignore_errors=True)
            server = subprocess.Popen(
                [CADDY, "run", "--config", caddyfile, "--adapter", "caddyfile"],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env=harness.clean_environment(HOME=str(base), XDG_CONFIG_HOME=str(base)),
            )
            try:
                # The description is written last.
                harness.wait_until(lambda: list(certificates.rglob("*.json")), "Caddy")
            finally:
                server.terminate()
                server.wait(timeout=10)

        self.assert_follows(
            issue,
            issue,
            lambda: next(certificates.rglob("*.crt")),
            {"caddy": {"name": NAME, "base": str(base / "storage")}},
        )


class WatchedToolTest(ToolCase, RunCase):
    def test_what_certbot_renews_is_served_once_it_may_be(self):
        certbot = Certbot(self.folder, self.pebble)
        certbot.issue()
        self.take_from(certbot.source)
        self.start()
        first = harness.fingerprint_of(certbot.chain)
        self.wait_for_log(RealToolsTest.held)
        certbot.renew()
        second = harness.fingerprint_of(certbot.chain)
        self.assertNotEqual(first, second)
        held = self.log.count(RealToolsTest.held)
        self.wait_for_log(RealToolsTest.held, times=held + 1, seconds=10)
        # Nobody touches anything any more: the daemon knows by itself when it may be sent.
        harness.wait_until(lambda: self.sandbox.served(NAME) == {second}, "certbot's to be served", seconds=360)
        self.assertEqual(self.calls()["changing"], 2, "one upload, one bind; the first was never sent")


class Server(http.server.ThreadingHTTPServer):
    """Gives away files over https to whoever has the token, unless told otherwise."""

    def __init__(self, pair, handler=None):
        super().__init__(("127.0.0.1", 0), handler or Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(pair / "fullchain.pem", pair / "privkey.pem")
        self.socket = context.wrap_socket(self.socket, server_side=True)
        self.texts = {}
        self.asked = []
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def handle_error(self, request, client_address):
        pass  # a client that refuses our certificate is what one of the tests is about

    @property
    def address(self):
        return f"https://localhost:{self.server_address[1]}"

    def stop(self):
        self.shutdown()
        self.server_close()


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.asked.append(self.path)
        if self.headers.get("X-Token") != "letmein":
            self.send_error(403)
        elif self.path == "/moved":
            self.send_response(302)
            self.send_header("Location", self.server.address + "/bundle")
            self.end_headers()
        elif self.path in self.server.texts:
            text = self.server.texts[self.path].encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            with contextlib.suppress(OSError):
                self.wfile.write(text)
        else:
            self.send_error(404)

    def log_message(self, *arguments):
        pass


class PanelHandler(http.server.BaseHTTPRequestHandler):
    """1Panel's list of certificates, for whoever signs a call as docs/api_manual says."""

    def do_POST(self):
        panel = self.server
        panel.asked.append(self.path)
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.path != f"/api/{panel.version}/websites/ssl/search":
            return self.send_error(404)
        moment = self.headers.get("1Panel-Timestamp", "0")
        token = hashlib.md5(f"1panel{panel.key}{moment}".encode()).hexdigest()
        if self.headers.get("1Panel-Token") != token or abs(time.time() - int(moment)) > 60:
            return self.answer({"code": 401, "message": "API 接口密钥错误"})
        found = [one for one in panel.certificates if asked["domain"] in one["primaryDomain"]]
        return self.answer({"code": 200, "message": "", "data": {"total": len(found), "items": found}})

    def answer(self, value):
        text = json.dumps(value).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *arguments):
        pass


class OtherSourcesTest(SourceCase):
    def setUp(self):
        super().setUp()
        self.authority = harness.Authority(self.folder / "authority")
        self.trust.append(self.authority.root)
        self.pair = self.folder / "pair"
        self.fingerprint = self.authority.issue(self.pair, [NAME])

    def text(self, folder=None):
        folder = folder or self.pair
        return "".join((folder / name).read_text() for name in ("fullchain.pem", "privkey.pem"))

    def error(self):
        result = self.run_it("check", "--output", "json")
        self.assertEqual(result.status, 1, result.text)
        for line in harness.key_lines(self.pair / "privkey.pem"):
            self.assertNotIn(line, result.text)
        return result.json["certificates"][0]["error"]

    def test_url(self):
        self.authority.issue(self.folder / "tls", ["localhost"])
        server = Server(self.folder / "tls")
        self.addCleanup(server.stop)
        chain, key = (self.pair / name for name in ("fullchain.pem", "privkey.pem"))
        server.texts = {
            "/bundle": self.text(),
            "/chain": chain.read_text(),
            "/key": key.read_text(),
            "/huge": "x" * 1_000_000,
            "/page": "<html>It works!</html>",
        }
        token = self.folder / "token"
        harness.write_settled(token, "letmein")

        def take(path, **more):
            source = {"url": server.address + path, "header": "X-Token"}
            self.take_from({"url": source | {"credential": {"file": str(token)}} | more})

        take("/bundle")
        self.assertEqual(self.planned(), self.fingerprint)
        take("/chain", key_url=server.address + "/key")
        self.assertEqual(self.planned(), self.fingerprint)
        for path, code in [
            ("/nothing", "source.missing"),
            ("/moved", "source.redirect"),
            ("/huge", "reply.too_large"),
            ("/page", "pem.not_pem"),
        ]:
            take(path)
            self.assertEqual(self.error()["code"], code)
        self.assertNotIn("/bundle", server.asked[3:], "the redirect was followed")
        token.write_text("wrong")
        take("/bundle")
        self.assertEqual(self.error()["code"], "source.permission")

        # What the source itself trusts takes the place of what everything else does.
        token.write_text("letmein")
        other = harness.Authority(self.folder / "other")
        take("/bundle", trust=str(other.root))
        self.assertEqual(self.error()["code"], "tls.untrusted")
        take("/bundle", trust=str(self.folder / "tls/fullchain.pem"))
        self.assertEqual(self.planned(), self.fingerprint)

        # Also without `settings: trust:`.
        self.trust.remove(self.authority.root)
        take("/bundle", trust=str(self.authority.root))
        self.assertEqual(self.certificate()["leaf"]["fingerprint"], self.fingerprint)

    def test_1panel_api(self):
        self.authority.issue(self.folder / "tls", ["localhost"])
        panel = Server(self.folder / "tls", PanelHandler)
        self.addCleanup(panel.stop)
        panel.key = "1pnlKEY0123456789abcdefghijklmnop"
        chain, key = ((self.pair / name).read_text() for name in ("fullchain.pem", "privkey.pem"))
        panel.certificates = [{"id": 7, "primaryDomain": NAME, "pem": chain, "privateKey": key}]
        secret = self.folder / "api_key"
        harness.write_settled(secret, panel.key)
        source = {"server_url": panel.address, "api_key": {"file": str(secret)}}
        self.take_from({"1panel": source | {"certificate": NAME}})
        for version in ("v2", "v1"):
            panel.version = version
            self.assertEqual(self.planned(), self.fingerprint)
        self.assertEqual([path.split("/")[2] for path in panel.asked], ["v2", "v2", "v1"])
        secret.write_text("another-key")
        error = self.error()
        self.assertEqual(error["code"], "source.permission")
        self.assertIn("API 接口密钥错误", error["vendor_message"])
        secret.write_text(panel.key)
        self.take_from({"1panel": source | {"certificate": "cdn.exmaple.com"}})
        self.assertEqual(self.error()["hint"], f"did you mean '{NAME}'?")

    def command(self, script, **more):
        """A program of its own: there is no shell between."""
        program = self.folder / "print-bundle"
        program.write_text("#!/bin/sh\n" + script + "\n")
        program.chmod(0o755)
        self.take_from({"command": {"command": [str(program), str(self.pair)], **more}})

    def test_command(self):
        self.command('cat "$1/fullchain.pem" "$1/privkey.pem"; test -z "$DOGE_KEY"')
        self.config["accounts"]["doge"]["access_key"] = {"env": "DOGE_KEY"}
        result = self.run_it(
            "plan", "--output", "json", environment={"DOGE_KEY": "sandbox"}
        )
        self.assertEqual(result.status, 0, result.text)
        self.assertEqual(result.target(NAME)["fingerprint"], self.fingerprint)
        self.config["accounts"]["doge"]["access_key"] = "sandbox"
        for script, words in [
            ("exit 7", "exit status 7"),
            ("kill -9 $$", "signal 9"),
            ("head -c 400000 /dev/zero", "more than 256 KiB"),
            ("sleep 60", "within 1 s"),
            ('cat "$1/privkey.pem"; exit 3', "exit status 3"),
        ]:
            self.command(script, timeout="1s")
            error = self.error()
            self.assertEqual(error["code"], "source.command")
            self.assertIn(words, error["message"])
        self.command('cat "$1/privkey.pem"')
        self.assertEqual(self.error()["code"], "pem.no_certificate")

    def test_pkcs12(self):
        archive, password = self.folder / "bundle.pfx", self.folder / "password"
        subprocess.run(
            ["openssl", "pkcs12", "-export", "-passout", "pass:sesame", "-out", archive,
             "-inkey", self.pair / "privkey.pem", "-in", self.pair / "fullchain.pem"],
            check=True, capture_output=True, timeout=60,
        )  # fmt: skip
        harness.write_settled(password, "sesame")
        self.take_from({"pkcs12": {"file": str(archive), "password": {"file": str(password)}}})
        self.assertEqual(self.planned(), self.fingerprint)
        password.write_text("open-up")
        error = self.error()
        self.assertEqual(error["code"], "pkcs12.password")
        self.assertNotIn("open-up", json.dumps(error))
        self.take_from({"pkcs12": {"file": str(archive), "password": "sesame"}})
        result = self.run_it("check")
        self.assertEqual(result.status, 2)
        self.assertIn("must not hold the secret itself", result.text)

    def test_acme_sh(self):
        """Not packaged: the layout as its script writes it."""
        base = self.folder / "acme.sh"
        folder = base / f"{NAME}_ecc"
        folder.mkdir(parents=True)
        shutil.copy(self.pair / "fullchain.pem", folder / "fullchain.cer")
        shutil.copy(self.pair / "privkey.pem", folder / f"{NAME}.key")
        self.take_from({"acme.sh": {"name": NAME, "base": str(base)}})
        self.assertEqual(self.planned(), self.fingerprint)

    def test_folder(self):
        fleet = self.folder / "fleet"
        fleet.mkdir()
        shutil.copytree(self.pair, fleet / NAME)
        self.authority.issue(fleet / "b.example.net", ["b.example.net"])
        (fleet / "b.example.net/privkey.pem").unlink()
        self.take_from({"folder": {"path": str(fleet)}})
        result = self.run_it("apply", f"example.com/{NAME}", "--output", "json")
        self.assertEqual(result.status, 0, result.text)
        self.assert_served(NAME, self.fingerprint)
        result = self.run_it("plan", "example.com", "--output", "json")
        self.assertEqual(result.status, 1, result.text)
        broken, good = sorted(result.json["certificates"], key=lambda one: one["name"])
        self.assertEqual(broken["error"]["code"], "source.missing")
        self.assertEqual(good["name"], f"example.com/{NAME}")
        self.assertEqual(good["leaf"]["fingerprint"], self.fingerprint)
        status = self.run_it("status", "--output", "json").json
        self.assertEqual([one["managed"] for one in status["targets"]], [True])

    def test_unknown_source_and_its_fields(self):
        self.take_from({"cerbot": {"name": NAME}})
        result = self.run_it("check")
        self.assertEqual(result.status, 2)
        self.assertIn("did you mean 'certbot'?", result.text)
        self.take_from({"certbot": {"nam": NAME}})
        result = self.run_it("check")
        self.assertEqual(result.status, 2)
        self.assertIn("did you mean 'name'?", result.text)


class StaleTest(SourceCase):
    def test_a_source_that_does_not_renew_is_told_by_every_command(self):
        authority = harness.Authority(self.folder / "authority")
        self.trust.append(authority.root)
        live = self.folder / "letsencrypt/live"
        live.mkdir(parents=True)
        authority.issue(live / NAME, [NAME], begin=-80 * DAY, end=10 * DAY)
        self.take_from({"certbot": {"name": NAME, "base": str(live.parent)}})
        self.assert_applied()
        said = "certbot should have renewed it long ago: 9 d 23 h are left of 90 d"
        for command in ("check", "plan"):
            result = self.run_it(command)
            self.assertIn(said, result.text)
            self.assertIn("/var/log/letsencrypt/letsencrypt.log", result.text)
            stale = self.certificate(command)["staleness"]
            self.assertEqual(stale["code"], "source.overdue")
        # What was deployed is remembered, and ages while nobody looks at the source.
        self.assertEqual(self.run_it("status", "--output", "json").json["warnings"], [])
        self.age_uploads(self.state_path, 80 * DAY)
        result = self.run_it("status")
        self.assertIn("certbot should have renewed it long ago", result.text)
        self.assertIn("'certferry check' looks at the source", result.text)
        warnings = self.run_it("status", "--output", "json").json["warnings"]
        self.assertEqual(warnings[0]["error"]["code"], "source.overdue")
        self.assertEqual(warnings[0]["where"], "certificate example.com")

    def age_uploads(self, state, seconds):
        """As if the uploads of the ledger had been made so long ago."""
        with contextlib.closing(sqlite3.connect(state)) as store:
            (created,) = store.execute("SELECT created_at FROM uploads").fetchone()
            earlier = str(int(created) - seconds * 1000)
            store.execute("UPDATE uploads SET created_at = ?", (earlier,))
            store.commit()


if __name__ == "__main__":
    unittest.main()
