"""Secrets are seen nowhere: in no output, state file, process arguments or child's environment."""

import base64
import json
import pathlib
import sqlite3
import stat
import sys
import unittest
import urllib.parse

import harness

# Quotes, spaces and a non-ASCII letter, so that every escaping would show.
MARK = 'canary "7f3a\\9c" + né/wren=='

COMMANDS = (
    ["check"],
    ["plan"],
    ["apply"],
    ["status"],
    ["why", "cdn.example.com"],
    ["history"],
    ["probe", "cdn.example.com"],
    ["providers", "dogecloud"],
    ["schema"],
    ["version"],
)

FAULTS = (
    {"kind": "error_code", "code": 401, "message": "签名错误"},
    {"kind": "html", "endpoint": "/cdn/cert/upload.json", "count": 1},
    {"kind": "error_yet_done", "endpoint": "/cdn/cert/bind.json"},
    {"kind": "auth_refused"},
    {"kind": "huge_reply"},
)

# The others are found out by reading what became of the call.
LASTING = ("error_code", "auth_refused", "huge_reply")


class SpellingsTest(unittest.TestCase):
    """That a secret would be found if it slipped out."""

    def test_every_spelling_is_known(self):
        raw = MARK.encode()
        outputs = [raw, raw.hex().encode(), json.dumps({"secret": MARK}).encode()]
        outputs += [urllib.parse.urlencode({"a": MARK}, quote_via=urllib.parse.quote).encode()]
        for before in (b"", b"a", b"ab", b"abc"):
            outputs.append(base64.b64encode(before + raw + b"&z=1"))
        for output in outputs:
            with self.subTest(output=output):
                self.assertTrue(any(form in output for form in harness.spellings(MARK)))


class CanaryTest(harness.SandboxCase):
    def setUp(self):
        super().setUp()
        self.sinks = {}
        self.marks = {MARK, self.sandbox.secret_key}
        self.note_keys()

    def note_keys(self):
        """Whole lines of the panel's key: each is base64 of the key's bytes already."""
        self.marks.update(harness.key_lines(self.sandbox.site_folder / "privkey.pem"))

    def run_all(self, label):
        """Every command in both forms, all levels on."""
        for command in COMMANDS:
            for form in ("text", "json"):
                result = self.run_it(*command, "--log-level", "debug", "--output", form)
                self.sinks[f"{label}: {command[0]}, {form}"] = result.text.encode()

    def assert_silent(self):
        for path in harness.files_below(self.state_path.parent):
            self.sinks[path.name] = path.read_bytes()
        if self.state_path.exists():
            with sqlite3.connect(f"file:{self.state_path}?mode=ro", uri=True) as state:
                self.sinks["state"] = "\n".join(state.iterdump()).encode()
        for mark in self.marks:
            for form in harness.spellings(mark):
                for name, sink in self.sinks.items():
                    self.assertFalse(form in sink, f"{name} shows a secret, spelled {form!r}")

    def use_mark(self, **reference):
        self.config["accounts"]["doge"]["secret_key"] = reference

    def write_mark(self):
        path = self.folder / "mark"
        harness.write_settled(path, MARK)
        return path

    def test_secrets_that_work(self):
        self.run_all("first")
        self.sandbox.renew()
        self.note_keys()
        self.run_all("renewed")
        self.assert_silent()
        modes = {stat.S_IMODE(path.stat().st_mode) for path in self.state_path.parent.iterdir()}
        self.assertEqual(modes, {0o600})
        self.assertEqual(stat.S_IMODE(self.state_path.parent.stat().st_mode), 0o700)

    def test_secret_that_is_refused(self):
        self.use_mark(file=str(self.write_mark()))
        self.run_all("refused")
        self.assert_silent()

    def test_vendor_that_fails(self):
        self.assert_applied()
        for fault in FAULTS:
            self.sandbox.renew()
            self.note_keys()
            self.sandbox.fault(**fault)
            result = self.run_it("apply", "--log-level", "debug", "--output", "json")
            self.assertEqual(result.status, 1 if fault["kind"] in LASTING else 0, result.text)
            self.sinks[fault["kind"]] = result.text.encode()
            self.sandbox.clear_faults()
        self.assert_silent()

    def test_secret_written_into_the_configuration(self):
        self.config["accounts"]["doge"]["secret_key"] = MARK
        self.run_all("inline")
        self.assertIn(b"secret_key", self.sinks["inline: check, text"])
        self.assert_silent()

    def test_children_and_arguments(self):
        """The command that gives the secret looks at itself and at the program that runs it."""
        witness = self.folder / "witness"
        look = (
            "import os, pathlib, sys\n"
            "seen = b''\n"
            "for process in ('self', os.getppid()):\n"
            "    for name in ('cmdline', 'environ'):\n"
            "        try: seen += pathlib.Path(f'/proc/{process}/{name}').read_bytes()\n"
            "        except PermissionError: seen += b'closed to others'\n"
            "pathlib.Path(sys.argv[1]).write_bytes(seen)\n"
            "print(pathlib.Path(sys.argv[2]).read_text(), end='')\n"
        )
        script = self.folder / "look.py"
        script.write_text(look)
        self.config["accounts"]["more"] = self.config["accounts"]["doge"] | {
            "secret_key": {
                "command": [sys.executable, str(script), str(witness), str(self.write_mark())]
            }
        }
        self.run_it("plan", "--log-level", "debug")
        self.sinks["process"] = pathlib.Path(witness).read_bytes()
        self.assertIn(b"look.py", self.sinks["process"])
        self.assert_silent()


if __name__ == "__main__":
    unittest.main()
