"""What the program tells on standard error: for programs as JSON, for journald with its levels."""

import json
import os
import re
import signal
import subprocess

import harness
import test_run

LEVELS = {"debug", "info", "warning", "error"}
EVENT = re.compile(r"(source|observe|probe|upload|bind|confirm|retire|notify|service)\."
                   r"(started|progress|done|failed)|target\.(confirmed|failed)|command\.error")  # fmt: skip


class DaemonTest(test_run.RunCase):
    """`run` with a log for programs."""

    def spoil(self):
        """One bind that is tried again, and one that fails for good."""
        bind = "/cdn/cert/bind.json"
        self.sandbox.fault("throttle", endpoint=bind, count=1)
        self.sandbox.fault("error_code", endpoint=bind, domain="img.example.com", code=4711)

    def test_every_line_is_an_object_with_stable_names(self):
        self.spoil()
        self.start("--log-format", "json", "--log-level", "debug")
        self.wait_for_log('"event":"target.failed"')
        self.wait_for_log('"event":"target.confirmed"')
        self.daemon.send_signal(signal.SIGTERM)
        self.assertEqual(self.daemon.wait(timeout=30), 0)
        lines = [json.loads(line) for line in self.log.splitlines()]
        for line in lines:
            self.assertRegex(line["time"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")
            self.assertRegex(line["event"], EVENT)
            self.assertEqual(list(line)[:4], ["time", "level", "event", "text"])
        self.assertEqual({line["level"] for line in lines}, LEVELS)

        def first(event, **fields):
            return next(
                one
                for one in lines
                if one["event"] == event and all(one.get(key) == fields[key] for key in fields)
            )

        again = first("bind.progress")
        self.assertEqual((again["level"], again["error"]["kind"]), ("warning", "throttled"))
        failed = first("target.failed", target="doge/cdn/img.example.com")
        self.assertEqual((failed["level"], failed["account"]), ("error", "doge"))
        self.assertEqual(failed["error"]["vendor_code"], "4711")
        done = first("target.confirmed", target="doge/cdn/cdn.example.com")
        self.assertEqual(done["fingerprint"], self.newest())
        self.assertGreaterEqual(done["duration_ms"], 100)  # confirm is spread so far
        self.assertEqual(first("upload.done")["certificate"], "example.com")
        for secret in harness.spellings(self.sandbox.secret_key):
            self.assertNotIn(secret, self.log_path.read_bytes())

    def test_journald_gets_levels_and_needs_no_time(self):
        self.spoil()
        log = self.folder / "log"
        log.touch()
        found = log.stat()
        self.start("--log-level", "debug", JOURNAL_STREAM=f"{found.st_dev}:{found.st_ino}")
        self.wait_for_log("failed doge/cdn/img.example.com")
        self.wait_for_log("confirmed doge/cdn/cdn.example.com")
        for line, level in (
            ("failed doge/cdn/img.example.com", "<3>"),
            ("bind doge/cdn/cdn.example.com: again in", "<4>"),
            ("confirmed doge/cdn/cdn.example.com", "<6>"),
            ("bind doge/cdn/cdn.example.com: binding", "<7>"),
        ):
            self.assertIn(f"\n{level}{line}", self.log)
        for line in self.log.splitlines():
            self.assertRegex(line, r"^<[3467]>[a-z]")


class JournalTest(harness.SandboxCase):
    """$JOURNAL_STREAM as systemd sets it, for whoever inherits it."""

    def told(self, *arguments, of_journal, **options):
        """What it writes to a pipe that the variable names, or that it does not."""
        self.write_config()
        ours, theirs = os.pipe()
        found = os.fstat(theirs)
        stream = f"{found.st_dev}:{found.st_ino if of_journal else found.st_ino + 1}"
        process = subprocess.Popen(
            [harness.BINARY, "--config", self.config_path, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=theirs,
            env=harness.clean_environment(JOURNAL_STREAM=stream, **options),
        )
        os.close(theirs)
        with os.fdopen(ours, "rb") as pipe:
            text = pipe.read().decode()
        return process.wait(timeout=30), text.splitlines()

    def test_only_the_stream_itself_gets_levels(self):
        status, lines = self.told("apply", of_journal=True)
        self.assertEqual(status, 0, lines)
        self.assertTrue(lines)
        self.assertTrue(all(line.startswith("<6>") for line in lines), lines)
        status, lines = self.told("apply", "--now", of_journal=False)
        self.assertEqual(status, 0, lines)
        for line in lines:
            self.assertRegex(line, r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ info    ")

    def test_json_keeps_its_time(self):
        _, lines = self.told("apply", "--log-format", "json", of_journal=True)
        for line in lines:
            self.assertEqual(line[:3], "<6>")
            self.assertIn("time", json.loads(line[3:]))

    def test_an_error_is_a_line_of_the_log_too(self):
        self.config["accounts"]["doge"]["provider"] = "dogecluod"
        status, [line] = self.told("apply", of_journal=True)
        self.assertEqual(status, 2)
        self.assertRegex(line, "^<3>error: .*dogecluod")
        result = self.run_it("apply", "--log-format", "json")
        [line] = [json.loads(one) for one in result.err.splitlines()]
        self.assertEqual((line["level"], line["event"]), ("error", "command.error"))
        self.assertTrue(line["error"]["code"].startswith("config."))
        result = harness.certferry("--log-format=json", "aply")
        self.assertEqual(json.loads(result.err)["error"]["code"], "usage")


if __name__ == "__main__":
    import unittest

    unittest.main()
