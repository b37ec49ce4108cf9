"""What ./scripts/try shows: the main job on the built-in sandbox, as somebody who tries the program sees it."""

import os
import pathlib
import re
import signal
import subprocess
import tempfile
import unittest

import harness

SCRIPT = pathlib.Path(__file__).parents[2] / "scripts" / "demo"


class DemoTest(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(prefix="certferry-demo-")))

    def demo(self, *arguments):
        return subprocess.run(
            [SCRIPT, *arguments], env={**os.environ, "TMPDIR": str(self.folder), "CERTFERRY_BINARY": harness.BINARY},
            stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=200, check=False)  # fmt: skip

    def test_it_shows_the_main_job_and_leaves_what_it_says(self):
        stranger = subprocess.Popen(["sleep", "600"])
        self.addCleanup(stranger.wait)
        self.addCleanup(stranger.kill)
        own = self.folder / f"certferry-try-{os.getuid()}"
        own.mkdir()
        (own / "pid").write_text(f"{stranger.pid}\n")
        result = self.demo("--keep")
        sandbox = int((own / "pid").read_text())
        self.addCleanup(lambda: os.kill(sandbox, signal.SIGKILL) if pathlib.Path(f"/proc/{sandbox}").exists() else None)
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        self.assertIsNone(stranger.poll(), "a number that is somebody else's by now was killed")
        steps = re.findall(r"(?m)^\$ certferry (\w+)", result.stdout)
        self.assertEqual(steps, ["plan", "apply", "why", "apply", "apply", "history"])
        self.assertIn("changing calls that the sandbox's API received: 0\n", result.stdout)
        config = re.search(r"alias certferry='\S+ --config (\S+)'", result.stdout).group(1)
        self.assertEqual(harness.certferry("--config", config, "status").status, 0)
        self.assertIn(f"kill {sandbox} ", result.stdout)
        os.kill(sandbox, signal.SIGTERM)

    def test_what_it_does_not_know_is_refused(self):
        result = self.demo("--kep")
        self.assertEqual((result.returncode, result.stdout), (2, ""))
        self.assertIn("usage: scripts/demo [--keep]", result.stderr)
