"""The health of `certferry run`: figures and their names, /healthz, the heartbeat, examples for others."""

import http.client
import http.server
import json
import pathlib
import re
import socket
import socketserver
import subprocess
import threading
import time
import unittest

import harness
from test_disk import SmallDisk, may_mount
from test_run import RunCase

TREE = pathlib.Path(__file__).parents[2]
PROMTOOL = TREE / "build/tools/promtool"
MONITORING = TREE / "packaging/monitoring"


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def promtool(*arguments, text=None):
    done = subprocess.run(
        [PROMTOOL, *map(str, arguments)], input=text, capture_output=True, text=True, timeout=60
    )
    if done.returncode != 0:
        raise AssertionError(f"promtool {arguments}: {done.stdout}{done.stderr}")


def families(text):
    """The names that a scrape declares."""
    return set(re.findall(r"^# TYPE (\S+) ", text, re.MULTILINE))


def names_used(text):
    """Names of our figures, a histogram's three by the one they belong to."""
    found = set(re.findall(r"\b(?:certferry|process)_[a-z_]+\b", text))
    return {re.sub(r"(_seconds)_(bucket|sum|count)$", r"\1", name) for name in found}


class HealthCase(RunCase):
    """A daemon that serves its figures."""

    def setUp(self):
        super().setUp()
        self.port = free_port()
        self.health = self.config["settings"]["health"] = {"listen": f"127.0.0.1:{self.port}"}

    def ask(self, path, method="GET", port=None):
        connection = http.client.HTTPConnection("127.0.0.1", port or self.port, timeout=10)
        try:
            connection.request(method, path)
            reply = connection.getresponse()
            return reply.status, reply.read().decode()
        finally:
            connection.close()

    def scrape(self):
        status, text = self.ask("/metrics")
        self.assertEqual(status, 200)
        return text

    def figure(self, name, **labels):
        """The value of one series; None when there is none. Labels left out may be anything."""
        for line in self.scrape().splitlines():
            series, _, value = line.rpartition(" ")
            bare, _, inside = series.partition("{")
            has = dict(re.findall(r'(\w+)="([^"]*)"', inside))
            if bare == name and labels.items() <= has.items():
                return float(value)
        return None

    def causes(self):
        status, text = self.ask("/healthz")
        page = json.loads(text)
        self.assertEqual(status == 200, page["status"] == "ok", page)
        return [cause["code"] for cause in page["causes"]]

    def wait_for_figure(self, wanted, name, **labels):
        harness.wait_until(
            lambda: self.figure(name, **labels) == wanted, f"{name}{labels} to be {wanted}"
        )


class FiguresTest(HealthCase):
    """What is counted is what happens."""

    def test_figures_follow_the_fleet(self):
        self.start_and_serve()
        text = self.scrape()
        promtool("check", "metrics", text=text)
        self.assertNotIn(self.sandbox.secret_key, text)
        self.assertEqual(self.figure("certferry_targets", account="doge", state="confirmed"), 2)
        first = {
            "account": "doge",
            "product": "cdn",
            "target": "cdn.example.com",
            "certificate": "example.com",
        }
        end = self.figure("certferry_target_not_after_timestamp_seconds", **first)
        self.assertGreater(end, time.time())
        self.assertEqual(
            end, self.figure("certferry_source_not_after_timestamp_seconds", certificate="example.com")
        )
        self.assertEqual(self.figure("certferry_target_confirmed", **first), 1)
        self.assertEqual(self.figure("certferry_deployment_duration_seconds_count"), 2)
        self.assertEqual(self.figure("certferry_journal_open_calls"), 0)
        self.assertEqual(self.figure("certferry_notices_undelivered"), 0)
        calls = {"account": "doge", "call": "upload"}
        self.assertEqual(self.figure("certferry_vendor_calls_total", result="ok", **calls), 1)
        self.assertAlmostEqual(
            self.figure("certferry_run_last_end_timestamp_seconds"), time.time(), delta=30
        )
        self.assertEqual(self.causes(), [])

        self.sandbox.fault("auth_refused", endpoint="/cdn/cert/upload.json", count=9)
        self.sandbox.renew()
        self.wait_for_figure(0, "certferry_run_last_succeeded", account="doge")
        self.assertEqual(self.figure("certferry_targets", state="confirmed"), 0)
        self.assertGreaterEqual(
            self.figure("certferry_vendor_calls_total", result="unauthorized", **calls), 1
        )
        behind = self.figure("certferry_target_behind_since_timestamp_seconds", **first)
        self.assertAlmostEqual(behind, time.time(), delta=30)
        self.assertEqual(self.figure("certferry_target_not_after_timestamp_seconds", **first), end)
        self.assertEqual(self.causes(), [], "a target in trouble is no trouble of the daemon")

    def test_only_what_is_served_is_answered(self):
        self.start_and_serve()
        self.assertEqual(self.ask("/")[0], 404)
        self.assertEqual(self.ask("/metrics", method="POST")[0], 405)
        self.assertEqual(self.ask("/healthz", method="HEAD"), (200, ""))
        with socket.create_connection(("127.0.0.1", self.port)) as peer:
            peer.sendall(b"GET /metrics HTTP/1.1\r\nA: " + b"x" * 20_000)
            self.assertTrue(peer.recv(100).startswith(b"HTTP/1.1 400 "))

    def test_nothing_is_served_unless_asked_for(self):
        del self.config["settings"]["health"]
        self.start_and_serve()
        with self.assertRaises(ConnectionRefusedError):
            self.ask("/healthz")

    def test_a_port_that_is_taken_stops_nothing_and_a_new_start_keeps_its_own(self):
        with socket.create_server(("127.0.0.1", self.port)):
            self.start_and_serve()
            self.wait_for_log("goes on without /metrics and /healthz and tries again each minute")
        self.health["listen"] = f"127.0.0.1:{free_port()}"
        self.port = int(self.health["listen"].rpartition(":")[2])
        self.write_config()
        self.wait_for_log("starting anew")
        self.wait_for_log("serving http://")
        self.config["settings"]["retire_after"] = "3s"
        self.write_config()
        self.wait_for_log("starting anew", times=2)
        self.wait_for_log("serving http://", times=2)
        self.assertEqual(self.ask("/healthz")[0], 200)


class HealthzTest(HealthCase):
    """503 while it cannot do its work, 200 again when it can."""

    def test_a_vendor_that_does_not_answer(self):
        self.start_and_serve()
        self.sandbox.fault("server_error", count=12)
        self.sandbox.renew()
        harness.wait_until(lambda: self.causes() == ["run.blind"], "run.blind")
        self.assertEqual(self.figure("certferry_healthy"), 0)
        self.sandbox.clear_faults()
        self.sandbox.renew()
        harness.wait_until(lambda: not self.causes(), "health", seconds=100)

    @unittest.skipUnless(may_mount(), "no mount namespaces here")
    def test_a_state_that_cannot_be_written(self):
        disk = SmallDisk(self, self.state_path.parent)
        self.assertTrue(disk.is_mounted)
        self.within = disk.within()
        self.start_and_serve()
        self.assertEqual(self.causes(), [])
        disk.fill()
        self.sandbox.renew()
        harness.wait_until(lambda: "state.unwritable" in self.causes(), "state.unwritable")
        self.assertEqual(self.figure("certferry_state_writable"), 0)
        disk.free()
        self.sandbox.renew()
        harness.wait_until(lambda: not self.causes(), "health", seconds=100)


class Listener(http.server.BaseHTTPRequestHandler):
    """Hears heartbeats."""

    def do_GET(self):
        self.server.heard.append(self.path)
        self.send_response(self.server.answers)
        self.end_headers()

    def log_message(self, *_):
        pass


class HeartbeatTest(HealthCase):
    """A dead man's switch hears from it after healthy rounds."""

    def setUp(self):
        super().setUp()
        self.monitor = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Listener)
        self.monitor.heard, self.monitor.answers = [], 200
        threading.Thread(target=self.monitor.serve_forever, daemon=True).start()
        self.addCleanup(self.monitor.server_close)
        self.addCleanup(self.monitor.shutdown)
        self.beat_at(f"http://127.0.0.1:{self.monitor.server_address[1]}/ping/canary-7f3a9c")
        self.health["heartbeat_every"] = "1s"

    def beat_at(self, url):
        path = self.folder / "heartbeat.url"
        path.write_text(url)
        path.chmod(0o600)
        self.health["heartbeat"] = {"file": str(path)}

    def test_it_is_called_after_each_healthy_round(self):
        self.start_and_serve()
        heard = self.monitor.heard
        harness.wait_until(lambda: heard == ["/ping/canary-7f3a9c"], "a heartbeat")
        self.wait_for_figure(1, "certferry_heartbeats_total", result="ok")
        self.sandbox.fault("server_error", count=12)
        self.sandbox.renew()
        harness.wait_until(lambda: self.causes() == ["run.blind"], "run.blind")
        self.assertEqual(len(heard), 1, "no round was healthy since")
        self.sandbox.clear_faults()
        self.sandbox.renew()
        harness.wait_until(lambda: len(heard) == 2, "the second heartbeat", seconds=100)

    def test_one_that_fails_is_told_without_its_address(self):
        self.monitor.answers = 404
        self.start_and_serve()
        self.wait_for_log("it answered with HTTP 404")
        self.assertEqual(self.figure("certferry_heartbeats_total", result="failed"), 1)
        self.assertEqual(self.causes(), [])
        self.assertNotIn("canary-7f3a9c", self.log + self.scrape())

    def test_it_goes_nowhere_unencrypted(self):
        self.beat_at("http://192.0.2.1/ping/canary-7f3a9c")
        self.start_and_serve()
        self.wait_for_log("calling the heartbeat's address")
        self.assertNotIn("canary-7f3a9c", self.log)


    def test_check_looks_at_it_before_anything_runs(self):
        self.write_config()
        result = self.run_it("check")
        self.assertEqual(result.status, 0, result.text)
        self.assertIn("ok   a heartbeat's address; 'certferry run' calls it", result.out)
        (self.folder / "heartbeat.url").unlink()
        result = self.run_it("check")
        self.assertEqual(result.status, 1, result.text)
        self.assertRegex(result.out, "BAD  heartbeat: .*heartbeat.url")
        self.assertNotIn("canary-7f3a9c", result.text)


class ExamplesTest(HealthCase):
    """The example alerts, the dashboard and the document use figures that there are."""

    def test_every_name_is_served(self):
        self.start_and_serve()
        served = families(self.scrape())
        for path in (MONITORING / "alerts.yml", MONITORING / "grafana-dashboard.json"):
            with self.subTest(file=path.name):
                used = names_used(path.read_text())
                self.assertTrue(used)
                self.assertLessEqual(used, served)
        document = (TREE / "docs/MONITORING.md").read_text()
        told = set(re.findall(r"^\| `((?:certferry|process)_[a-z_]+)`", document, re.MULTILINE))
        self.assertEqual(told, served)

    def test_the_alerts_are_right(self):
        promtool("check", "rules", MONITORING / "alerts.yml")
        promtool("test", "rules", MONITORING / "alerts_test.yml")

    def test_the_dashboard_is_one(self):
        dashboard = json.loads((MONITORING / "grafana-dashboard.json").read_text())
        for panel in dashboard["panels"]:
            with self.subTest(panel=panel["title"]):
                self.assertTrue(all(target["expr"] for target in panel["targets"]))
