"""Servers of one's own: real ones, which serve what is put in place and go on serving when it is bad."""

import json
import pathlib
import random
import shutil
import signal
import socket
import subprocess
import threading
import time
import unittest

import harness
from test_disk import SmallDisk, may_mount

NAME = "www.example.com"
DAY = 86400
# Their packages would start a server when they are installed: scripts/packages takes out the program alone.
TOOLS = pathlib.Path(__file__).parents[2] / "build/tools"
APACHE_MODULES = pathlib.Path("/usr/lib/apache2/modules")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """A server with a folder of its own; what it reads its certificate from is named by `files`."""

    def __init__(self, folder, tls):
        self.folder, self.tls, self.port = folder, tls, free_port()
        folder.mkdir()
        self.config = folder / "server.conf"
        self.write_config()

    def start(self):
        self.process = subprocess.Popen(
            self.command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        harness.wait_until(lambda: self.served() != "none", f"{self.command[0]} to serve")

    def stop(self):
        self.process.terminate()
        self.process.wait(timeout=20)

    def served(self):
        try:
            return harness.served_fingerprint("127.0.0.1", self.port, NAME)
        except OSError:
            return "none"


class Nginx(Server):
    files = {"chain": "site.pem", "key": "site.key"}

    def write_config(self, more=""):
        self.config.write_text(
            f"{more}\npid {self.folder}/pid; error_log {self.folder}/error.log; daemon off; worker_processes 1;\n"
            "events { worker_connections 64; }\n"
            f"http {{ access_log off; client_body_temp_path {self.folder}/a; proxy_temp_path {self.folder}/b;\n"
            f"fastcgi_temp_path {self.folder}/c; uwsgi_temp_path {self.folder}/d; scgi_temp_path {self.folder}/e;\n"
            f"server {{ listen 127.0.0.1:{self.port} ssl; server_name {NAME};\n"
            f"ssl_certificate {self.tls}/site.pem; ssl_certificate_key {self.tls}/site.key; return 200; }} }}\n"
        )
        self.command = [str(TOOLS / "nginx"), "-c", str(self.config), "-p", str(self.folder)]
        self.check = [*self.command, "-t", "-q"]
        self.reload = [*self.command, "-s", "reload"]


class HaProxy(Server):
    files = {"bundle": "site.pem"}

    def write_config(self, more=""):
        self.config.write_text(
            f"global\n  pidfile {self.folder}/pid\n"
            f"  stats socket {self.folder}/stats mode 600 level admin expose-fd listeners\n{more}\n"
            "defaults\n  mode http\n  timeout client 10s\n  timeout server 10s\n  timeout connect 10s\n"
            f"frontend all\n  bind 127.0.0.1:{self.port} ssl crt {self.tls}/site.pem\n  http-request return status 200\n"
        )
        program = str(TOOLS / "haproxy")
        self.command = [program, "-W", "-q", "-f", str(self.config), "-p", f"{self.folder}/pid"]
        self.check = [program, "-c", "-f", str(self.config)]
        self.reload = ["/bin/sh", "-c", f"kill -USR2 $(head -n 1 {self.folder}/pid)"]


class Apache(Server):
    files = {"chain": "site.pem", "key": "site.key"}

    def write_config(self, more=""):
        modules = "".join(
            f"LoadModule {name}_module {APACHE_MODULES}/mod_{name}.so\n"
            for name in ("mpm_event", "authz_core", "ssl", "socache_shmcb")
        )
        self.config.write_text(
            f"{modules}\n{more}\nServerRoot {self.folder}\nServerName {NAME}\nPidFile {self.folder}/pid\n"
            f"DefaultRuntimeDir {self.folder}\nMutex file:{self.folder} default\nErrorLog {self.folder}/error.log\n"
            f"Listen 127.0.0.1:{self.port}\nSSLSessionCache none\nDocumentRoot {self.folder}\nSSLEngine on\n"
            f"SSLCertificateFile {self.tls}/site.pem\nSSLCertificateKeyFile {self.tls}/site.key\n"
        )
        program = ["/usr/sbin/apache2", "-f", str(self.config)]
        self.command = [*program, "-DFOREGROUND"]
        self.check = [*program, "-t"]
        self.reload = [*program, "-k", "graceful"]


class Handshakes:
    """Clients who come all the time; `refused` counts those whom nobody served."""

    def __init__(self, server):
        self.server, self.refused, self.seen, self.stopping = server, [], set(), False
        self.thread = threading.Thread(target=self._come)
        self.thread.start()

    def _come(self):
        while not self.stopping:
            fingerprint = self.server.served()
            self.seen.add(fingerprint)
            if fingerprint == "none":
                self.refused.append(time.monotonic())
            time.sleep(0.002)

    def stop(self):
        self.stopping = True
        self.thread.join()


class ServerCase(unittest.TestCase):
    kind: type
    issued = 0

    @classmethod
    def setUpClass(cls):
        if cls is ServerCase or not hasattr(cls, "kind"):
            raise unittest.SkipTest("the others are this one with a server")

    def setUp(self):
        self.folder = harness.temporary_folder(self)
        # Servers that start as root serve as somebody else.
        self.folder.chmod(0o755)
        self.authority = harness.Authority(self.folder / "ca")
        self.tls = self.folder / "tls"
        self.tls.mkdir()
        self.first = self.issue()
        self.copy_pair()
        self.server = self.kind(self.folder / "server", self.tls)
        self.server.start()
        self.addCleanup(self.server.stop)
        self.config_path = self.folder / "certferry.yaml"
        self.account = {
            "provider": "local",
            "names": [NAME],
            **{key: str(self.tls / file) for key, file in self.kind.files.items()},
            "check": self.server.check,
            "reload": self.server.reload,
        }

    def issue(self):
        """A renewal, which ends later than the one before; its fingerprint."""
        self.issued += 1
        end = 90 * DAY + self.issued * 60
        return self.authority.issue(self.folder / "renewed", [NAME], end=end)

    def copy_pair(self):
        """By hand, as it was before."""
        chain, key = (self.folder / "renewed" / name for name in ("fullchain.pem", "privkey.pem"))
        if "bundle" in self.kind.files:
            (self.tls / "site.pem").write_text(chain.read_text() + key.read_text())
            (self.tls / "site.pem").chmod(0o600)
        else:
            shutil.copy(chain, self.tls / "site.pem")
            shutil.copy(key, self.tls / "site.key")

    def run_it(self, *arguments, within=()):
        self.config_path.write_text(
            json.dumps(
                {
                    "accounts": {"web": self.account},
                    "certificates": {
                        "site": {
                            "from": {
                                "files": {
                                    "chain": str(self.folder / "renewed/fullchain.pem"),
                                    "key": str(self.folder / "renewed/privkey.pem"),
                                }
                            },
                            "to": [{"account": "web", "product": "files", "domains": "covered"}],
                        }
                    },
                    "settings": {
                        "state": str(self.folder / "state/state.db"),
                        "trust": str(self.authority.root),
                        "confirm": {"rounds": 2, "spread": "100ms", "deadline": "5s"},
                        "resolve": {NAME: [f"127.0.0.1:{self.server.port}"]},
                    },
                }
            )
        )
        return harness.certferry("--config", self.config_path, *arguments, within=within)

    def apply(self, *arguments, within=()):
        return self.run_it("apply", *arguments, "--output", "json", within=within)

    def assert_applied(self, *arguments):
        result = self.apply(*arguments)
        self.assertEqual(result.status, 0, result.text)
        return result


class OfEveryServer:
    def test_it_serves_what_was_put_in_place_and_nobody_is_turned_away(self):
        self.assertEqual(self.server.served(), self.first)
        clients = Handshakes(self.server)
        try:
            for _ in range(3):
                renewed = self.issue()
                result = self.assert_applied()
                self.assertEqual(result.target(NAME)["outcome"], "confirmed")
                self.assertEqual(self.server.served(), renewed)
        finally:
            clients.stop()
        self.assertEqual(clients.refused, [])
        self.assertEqual(len(clients.seen), 4, "each of them was served")
        # The second time there is nothing to do.
        before = {path: path.lstat().st_mtime_ns for path in self.tls.rglob("*")}
        self.assertFalse(self.assert_applied().json["has_work"])
        self.assertEqual({path: path.lstat().st_mtime_ns for path in self.tls.rglob("*")}, before)

    def test_what_the_server_would_not_start_with_is_taken_back(self):
        self.assert_applied()
        renewed = self.issue()
        self.server.write_config(more="nonsense on stilts")
        result = self.apply()
        self.assertEqual(result.status, 1, result.text)
        self.assertIn("nonsense", result.text, "the server's own words")
        self.assertIn("the files are again those that were loaded before", result.text)
        self.assertEqual(harness.fingerprint_of(self.tls / "site.pem"), self.first)
        self.assertEqual(self.server.served(), self.first)
        self.server.write_config()
        self.assert_applied("--now")
        self.assertEqual(self.server.served(), renewed)

    def test_what_cannot_be_loaded_is_taken_back(self):
        self.assert_applied()
        renewed = self.issue()
        self.account["reload"] = ["/bin/sh", "-c", "echo the unit is masked >&2; exit 5"]
        result = self.apply()
        self.assertEqual(result.status, 1, result.text)
        self.assertIn("the unit is masked", result.text)
        self.assertEqual(harness.fingerprint_of(self.tls / "site.pem"), self.first)
        self.account["reload"] = self.server.reload
        self.assert_applied("--now")
        self.assertEqual(self.server.served(), renewed)

    def test_a_reload_that_does_nothing_is_not_believed(self):
        self.assert_applied()
        self.issue()
        self.account["reload"] = ["true"]
        result = self.apply()
        self.assertEqual(result.status, 1, result.text)
        self.assertEqual(result.target(NAME)["outcome"], "unconfirmed")
        self.assertEqual(self.server.served(), self.first)


class NginxTest(OfEveryServer, ServerCase):
    kind = Nginx

    def test_killed_between_switch_and_reload_the_next_run_reloads(self):
        self.assert_applied()
        for kill in ("check", "reload"):
            renewed = self.issue()
            self.account[kill] = ["/bin/sh", "-c", "kill -9 $PPID"]
            self.assertEqual(self.apply().status, -signal.SIGKILL)
            self.assertEqual(harness.fingerprint_of(self.tls / "site.pem"), renewed, "it is switched")
            self.assertNotEqual(self.server.served(), renewed, "and nobody was told")
            self.account[kill] = getattr(self.server, kill)
            self.assert_applied("--now")
            self.assertEqual(self.server.served(), renewed)

    def test_it_goes_back_when_the_server_serves_something_worse(self):
        first = self.issue()
        # One command always: another would be another server, which was told of nothing yet.
        reload = self.folder / "reload"
        reload.write_text(" ".join(self.server.reload))
        self.account["reload"] = ["/bin/sh", str(reload)]
        self.assert_applied()
        self.issue()
        # Told once, it turns visitors away; told once more, it is as before.
        text = self.server.config.read_text()
        spoilt = text.replace("ssl_certificate ", "ssl_reject_handshake on; ssl_certificate ", 1)
        good = self.folder / "good.conf"
        good.write_text(text)
        bad = self.folder / "bad.conf"
        bad.write_text(spoilt)
        once = f"if [ -e {bad} ]; then mv {bad} {self.server.config}; else cp {good} {self.server.config}; fi; "
        reload.write_text(once + " ".join(self.server.reload))
        result = self.apply()
        self.assertEqual(result.target(NAME)["outcome"], "failed", result.text)
        self.assertIn("rolled back to certificate", result.target(NAME)["message"])
        harness.wait_until(lambda: self.server.served() == first, "the one before to be served again")
        self.assertEqual(harness.fingerprint_of(self.tls / "site.pem"), first)

    def test_killed_at_any_moment_the_next_run_ends_it(self):
        self.assert_applied()
        chance = random.Random(7)
        for turn in range(10):
            renewed = self.issue()
            self.run_it("version")  # writes the configuration
            process = subprocess.Popen(
                [harness.BINARY, "--config", str(self.config_path), "apply"],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            time.sleep(chance.uniform(0.01, 0.5))
            process.send_signal(signal.SIGKILL)
            process.wait()
            # What is there is a pair that the server would start with.
            subprocess.run(self.server.check, check=True, capture_output=True)
            self.assert_applied()
            self.assertEqual(self.server.served(), renewed, f"turn {turn}")


class HaProxyTest(OfEveryServer, ServerCase):
    kind = HaProxy


class ApacheTest(OfEveryServer, ServerCase):
    kind = Apache


class PathTest(ServerCase):
    """Files that are not to be replaced, and folders that cannot be written to."""

    kind = Nginx

    def refused(self, word):
        renewed = self.issue()
        result = self.apply()
        self.assertEqual(result.status, 1, result.text)
        self.assertIn(word, result.text)
        self.assertEqual(self.server.served(), self.first)
        return renewed

    def test_somebody_elses_link_stays(self):
        live = self.folder / "live.pem"
        (self.tls / "site.pem").rename(live)
        (self.tls / "site.pem").symlink_to(live)
        self.refused("which somebody else has made")
        self.assertEqual((self.tls / "site.pem").readlink(), live)

    def test_a_folder_that_is_gone(self):
        self.account["key"] = str(self.folder / "gone/site.key")
        self.refused("is no folder")

    def test_a_disk_that_is_full_or_read_only(self):
        self.assertTrue(may_mount(), "unshare --map-root-user --mount")
        disk = SmallDisk(self, self.folder / "disk")
        self.assertTrue(disk.is_mounted)
        for key, name in Nginx.files.items():
            shutil.copy(self.tls / name, disk.inside / name)
            self.account[key] = str(disk.folder / name)
        renewed = self.issue()
        for spoil, mend, word in (
            (disk.fill, disk.free, "make room on that disk"),
            (lambda: disk.remount("ro"), lambda: disk.remount("rw"), "docs/SERVERS.md"),
        ):
            spoil()
            result = self.apply("--now", within=disk.within())
            self.assertEqual(result.status, 1, result.text)
            self.assertIn(word, result.text)
            self.assertEqual(harness.fingerprint_of(disk.inside / "site.pem"), self.first)
            mend()
        self.apply("--now", within=disk.within())
        self.assertEqual(harness.fingerprint_of(disk.inside / "site.pem"), renewed)
        self.assertEqual([one.name for one in disk.inside.glob("*-new")], [])

    def test_a_server_that_nobody_knows(self):
        self.account["server"] = "ngnix"
        result = self.run_it("check")
        self.assertEqual(result.status, 2)
        self.assertIn("account web: 'server' is 'ngnix', which is not known; known are: nginx", result.text)

    def test_check_says_what_is_there(self):
        self.assertIn("account web (local): 1 name, files of 1 are there", self.run_it("check").out)

    def test_no_secret_is_said(self):
        result = self.assert_applied()
        words = (result.text + self.run_it("history", "--output", "json").text).encode()
        for secret in harness.spellings(harness.private_bytes(self.folder / "renewed/privkey.pem")):
            self.assertNotIn(secret, words)


if __name__ == "__main__":
    unittest.main()
