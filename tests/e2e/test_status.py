"""`certferry status`: names, filters, and --watch on a terminal of its own."""

import fcntl
import os
import pathlib
import pty
import re
import select
import signal
import struct
import subprocess
import termios

import harness

ENTER, LEAVE = "\x1b[?1049h\x1b[?25l", "\x1b[?25h\x1b[?1049l"


def plain(text):
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", text)


class FilterTest(harness.SandboxCase):
    def test_names_and_trouble(self):
        self.sandbox.fault(
            "error_code", endpoint="/cdn/cert/bind.json", domain="img.example.com", code=4711
        )
        self.assertEqual(self.apply().status, 1)
        result = self.run_it("status", "--trouble")
        self.assertEqual(result.status, 1)
        self.assertNotIn("cdn.example.com ", result.out)
        lines = result.out.splitlines()
        self.assertIn("img.example.com", lines[1])
        self.assertIn("4711", lines[2])
        self.assertIn("2 targets: 1 confirmed, 1 failed", lines[-1])
        result = self.run_it("status", "cdn.example.com")
        self.assertEqual(result.status, 0, "of what was asked for all is well")
        self.assertNotIn("img.example.com", result.out)
        result = self.run_it("status", "example.com", "--output", "json")
        names = [one["target"] for one in result.json["targets"]]
        self.assertEqual(names, ["doge/cdn/img.example.com", "doge/cdn/cdn.example.com"])
        result = self.run_it("status", "nobody.example.com")
        self.assertEqual(result.status, 2)
        self.assertIn("select.unknown", result.err)

    def test_watch_needs_a_terminal(self):
        for arguments in ((), ("--output", "json")):
            result = self.run_it("status", "--watch", *arguments)
            self.assertEqual(result.status, 2)
            self.assertIn("--output json", result.err)


class WatchTest(harness.SandboxCase):
    def start(self, rows=24, columns=80, **environment):
        """The program on a terminal of ours, in the foreground as a shell would have it."""
        self.write_config()
        self.ours, self.theirs = pty.openpty()
        self.addCleanup(os.close, self.ours)
        self.addCleanup(os.close, self.theirs)
        self.resize(rows, columns)
        self.before = termios.tcgetattr(self.theirs)
        self.process = subprocess.Popen(
            [harness.BINARY, "--config", self.config_path, "status", "--watch"],
            stdin=self.theirs,
            stdout=self.theirs,
            stderr=self.theirs,
            env=harness.clean_environment(TERM="xterm-256color", **environment),
            preexec_fn=self.take_terminal,
        )
        self.addCleanup(self.process.wait)
        self.addCleanup(self.process.kill)
        self.seen = ""

    def take_terminal(self):
        os.setsid()
        fcntl.ioctl(0, termios.TIOCSCTTY, 0)

    def resize(self, rows, columns):
        fcntl.ioctl(self.theirs, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def read(self):
        while select.select([self.ours], [], [], 0)[0]:
            self.seen += os.read(self.ours, 65536).decode(errors="replace")

    def wait_for(self, condition, what, seconds=20):
        def there():
            self.read()
            return condition(self.seen)

        try:
            harness.wait_until(there, what, seconds=seconds, interval=0.02)
        except TimeoutError as error:
            raise AssertionError(f"{error}; the terminal got {self.seen!r}") from error

    def last_frame(self):
        """The lines of the last screen that was drawn whole."""
        return plain(self.seen.split("\x1b[H")[-1]).split("\r\n")

    def end(self, how):
        how()
        self.assertEqual(self.process.wait(timeout=10), -signal.SIGINT)
        self.read()
        self.assertTrue(self.seen.endswith(LEAVE), self.seen[-200:])
        self.assertEqual(termios.tcgetattr(self.theirs), self.before)

    def test_changes_are_seen_and_ctrl_c_leaves_a_clean_terminal(self):
        self.start()
        self.wait_for(lambda seen: "0 targets" in seen, "an empty screen")
        self.assertTrue(self.seen.startswith(ENTER), self.seen)
        self.assertFalse(termios.tcgetattr(self.theirs)[3] & termios.ECHO)
        self.assert_applied()
        self.wait_for(lambda seen: "2 targets: 2 confirmed" in plain(seen), "the targets", 5)
        self.wait_for(lambda _: any("cdn.example" in one for one in self.last_frame()), "a row")
        # Typed as a person does; the terminal makes the signal of it.
        self.end(lambda: os.write(self.ours, b"\x03"))

    def test_it_follows_the_size_of_the_terminal(self):
        self.assert_applied()
        self.start(rows=24, columns=120, NO_COLOR="1")
        self.wait_for(lambda seen: "LOOKED AT" in seen, "a wide table")
        self.assertNotRegex(self.seen, r"\x1b\[3[0-9]m")
        for rows, columns in ((24, 80), (6, 60), (3, 40)):
            frames = self.seen.count("\x1b[H")
            self.resize(rows, columns)
            # The terminal tells of it; without that the next screen would be ten seconds away.
            self.wait_for(
                lambda seen, n=frames: seen.count("\x1b[H") > n and seen.endswith("\x1b[J"),
                "another screen",
                seconds=5,
            )
            frame = self.last_frame()
            self.assertLessEqual(len(frame), rows, frame)
            for line in frame:
                self.assertLessEqual(len(line), columns, frame)
        self.end(lambda: self.process.send_signal(signal.SIGINT))

    def test_ctrl_z_gives_the_terminal_back_for_that_long(self):
        self.start()
        self.wait_for(lambda seen: "0 targets" in seen, "an empty screen")
        os.write(self.ours, b"\x1a")
        stat = pathlib.Path(f"/proc/{self.process.pid}/stat")
        harness.wait_until(lambda: ") T " in stat.read_text(), "a stop")
        self.read()
        self.assertTrue(self.seen.endswith(LEAVE), self.seen[-200:])
        self.assertEqual(termios.tcgetattr(self.theirs), self.before)
        self.process.send_signal(signal.SIGCONT)
        self.wait_for(lambda seen: seen.count(ENTER) == 2 and seen.endswith("\x1b[J"), "it again")
        self.end(lambda: os.write(self.ours, b"\x03"))

    def test_a_state_that_cannot_be_read_is_told_and_comes_back(self):
        self.assert_applied()
        self.start()
        self.wait_for(lambda seen: "2 confirmed" in plain(seen), "the targets")
        away = self.state_path.with_name("away")
        self.state_path.rename(away)
        self.state_path.write_text("no database, but long enough to be looked at" * 100)
        self.wait_for(lambda _: "state" in "".join(self.last_frame()).lower(), "the trouble")
        away.rename(self.state_path)
        self.wait_for(lambda _: "2 confirmed" in "".join(self.last_frame()), "the targets again")
        self.end(lambda: self.process.send_signal(signal.SIGINT))


if __name__ == "__main__":
    import unittest

    unittest.main()
