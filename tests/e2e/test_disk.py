"""A disk that is full, from the start or from some moment on, and one that is read-only.

The state file lies on a small file system in memory, which only a mount namespace of its own has.
"""

import errno
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

import harness


class SmallDisk:
    """Mounted at the folder for those who run within(); for others it stays an empty folder.

    A user namespace beside the mount namespace makes it work without root as well.
    """

    NAMESPACES = ["--map-root-user", "--mount"]

    def __init__(self, case, folder, size="1m"):
        self.folder = folder
        folder.mkdir(mode=0o700)
        self.options = f"size={size},mode=0700"
        script = 'mount -t tmpfs -o "$1" none "$0" && echo mounted && exec cat'
        self.holder = subprocess.Popen(
            ["unshare", *self.NAMESPACES, "sh", "-c", script, folder, self.options],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        case.addCleanup(self.holder.communicate)
        self.is_mounted = self.holder.stdout.readline() == b"mounted\n"

    @property
    def inside(self):
        """The folder as it is in there."""
        return pathlib.Path(f"/proc/{self.holder.pid}/root{self.folder}")

    def within(self):
        enter = ["nsenter", "--user", "--preserve-credentials", "--mount"]
        return [*enter, "--target", str(self.holder.pid), "--"]

    def remount(self, how):
        # All is said once more: what mount would read back has ids that are not known in there.
        mount = ["mount", "-t", "tmpfs", "-o", f"remount,{how},{self.options}", "none"]
        command = [*self.within(), *mount, str(self.folder)]
        subprocess.run(command, check=True, capture_output=True, timeout=60)

    def fill(self):
        """Takes all that is left, to the last byte."""
        with open(self.inside / "filler", "wb", buffering=0) as filler:
            for size in (4096, 1):
                try:
                    while filler.write(bytes(size)) == size:
                        pass
                except OSError as error:
                    if error.errno != errno.ENOSPC:
                        raise

    def free(self):
        (self.inside / "filler").unlink()


def may_mount():
    unshare = ["unshare", *SmallDisk.NAMESPACES, "mount", "-t", "tmpfs", "none", "/mnt"]
    try:
        return subprocess.run(unshare, capture_output=True, timeout=60).returncode == 0
    except FileNotFoundError:
        return False


class DiskWorld(harness.SandboxCase):
    def setUp(self):
        super().setUp()
        self.disk = SmallDisk(self, self.state_path.parent)
        self.assertTrue(self.disk.is_mounted)

    def run_it(self, *arguments, **options):
        return super().run_it(*arguments, within=self.disk.within(), **options)

    def newest(self):
        return harness.fingerprint_of(self.sandbox.site_folder / "fullchain.pem")

    def dump(self):
        """All that is in the state file, by name of table."""
        copy = pathlib.Path(tempfile.mkdtemp(dir=self.folder))
        for path in self.disk.inside.glob("state.db*"):
            shutil.copy(path, copy)
        tables = ("uploads", "targets", "journal", "accounts", "orphans")
        state = copy / "state.db"
        return {name: harness.read_state(state, f"SELECT * FROM {name}") for name in tables}

    def changing(self):
        return self.calls()["changing"]

    def assert_refused_at_start(self, why, hint):
        """Says where and what to do, in both forms, and sends nothing."""
        before = self.changing()
        result = self.apply()
        self.assertEqual(result.status, 2, result.text)
        error = result.json["error"]
        self.assertEqual(error["code"], "state.io")
        self.assertIn(str(self.state_path), error["message"])
        self.assertIn(why, error["message"])
        self.assertIn(hint, error["hint"])
        self.assertRegex(self.run_it("apply").err, rf"^error: {self.state_path}.*{why}; ")
        self.assertEqual(self.changing(), before)

    def assert_converges(self):
        """Without any repair: one certificate a bundle, every edge serves the newest."""
        self.assert_applied()
        self.assert_applied("--wait")
        newest = self.newest()
        stored = [one["fingerprint"] for one in self.sandbox.state()["certificates"]]
        self.assertEqual(stored, [newest])
        for name in self.sandbox.domains:
            self.assert_served(name, newest)
        history = self.run_it("history", "--limit", "1000", "--output", "json").json
        self.assertEqual([one for one in history if one["outcome"] in ("pending", "unknown")], [])

    def run_while_filling(self, endpoint, skip=0):
        """The disk gets full while the call of that kind is under way."""
        self.sandbox.fault("slow", endpoint=endpoint, skip=skip, delay="2s", count=1)
        self.write_config()
        run = subprocess.Popen(
            [*self.disk.within(), harness.BINARY, "--config", self.config_path]
            + ["apply", "--output", "json"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=harness.clean_environment(),
        )
        self.addCleanup(run.communicate)
        self.addCleanup(run.kill)
        harness.wait_until(self.fault_struck, endpoint, interval=0.05)
        self.disk.fill()
        out, err = run.communicate(timeout=harness.RUN_SECONDS)
        result = harness.Result(run.returncode, out.decode(), err.decode())
        self.assertEqual(result.status, 1, result.text)
        self.assertIn(f"{self.state_path}: the disk is full", result.text)
        self.assertIn("free some space; what was written before is intact", result.text)
        return result


class DiskCase(unittest.TestCase):
    def setUp(self):
        if not may_mount():
            self.skipTest("nobody may mount a small disk here: unshare --map-root-user --mount")
        self.world = self.enterContext(harness.world_of(DiskWorld))


class FullFromTheStartTest(DiskCase):
    def test_first_run(self):
        self.world.disk.fill()
        self.world.assert_refused_at_start("No space left on device", "free some space")
        self.world.disk.free()
        self.world.assert_converges()

    def test_later_run(self):
        self.world.assert_applied()
        self.world.sandbox.renew()
        before = self.world.dump()
        self.world.disk.fill()
        self.world.assert_refused_at_start("No space left on device", "free some space")
        self.assertEqual(self.world.dump(), before)
        for command in ("status", "plan", "history"):
            self.assertEqual(self.world.run_it(command).status, 0, command)
        self.world.disk.free()
        self.world.assert_converges()

    def test_read_only(self):
        self.world.assert_applied()
        self.world.sandbox.renew()
        before = self.world.dump()
        self.world.disk.remount("ro")
        self.world.assert_refused_at_start("Read-only file system", "a writable disk")
        self.assertEqual(self.world.dump(), before)
        for command in ("status", "plan", "history"):
            self.assertEqual(self.world.run_it(command).status, 0, command)
        check = self.world.run_it("check")
        self.assertEqual(check.status, 1, check.text)
        self.assertRegex(check.out, rf"BAD  the state file {self.world.state_path} .*writ")
        self.world.disk.remount("rw")
        self.world.assert_converges()


class DaemonTest(DiskCase):
    def test_a_start_ends_so_that_it_is_made_again(self):
        """With 2, as of a wrong configuration, systemd would leave it at that."""
        self.world.disk.fill()
        result = self.world.run_it("run")
        self.assertEqual(result.status, 1, result.text)
        self.assertIn("free some space", result.err)
        self.assertEqual(self.world.changing(), 0)


class FullMeanwhileTest(DiskCase):
    """In a first run, in which the state file grows with every write."""

    def bound(self):
        return {one["cert_id"] for one in self.world.sandbox.state()["domains"]}

    def test_before_the_upload(self):
        result = self.world.run_while_filling("/cdn/cert/list.json")
        self.assertEqual(self.world.changing(), 0)
        for target in result.json["targets"]:
            self.assertEqual(target["outcome"], "held")
            self.assertIn("nothing was sent: ", target["message"])
        self.world.disk.free()
        self.world.assert_converges()

    def test_before_the_bind(self):
        result = self.world.run_while_filling("/cdn/cert/upload.json")
        self.assertEqual(self.world.changing(), 1)
        self.assertEqual(self.bound(), {0})
        for target in result.json["targets"]:
            self.assertEqual(target["outcome"], "held")
            self.assertIn("stored at the vendor, but nothing was bound: ", target["message"])
        self.world.disk.free()
        self.world.assert_converges()
        self.assertEqual(self.world.calls()["by_endpoint"]["/cdn/cert/upload.json"], 1)

    def test_before_the_second_bind(self):
        self.world.run_while_filling("/cdn/cert/bind.json")
        self.assertEqual(self.world.changing(), 2)
        self.world.disk.free()
        self.world.assert_converges()
        self.assertEqual(self.world.calls()["applied"], 3)

    def test_before_the_results(self):
        result = self.world.run_while_filling("/cdn/cert/bind.json", skip=1)
        self.assertEqual(self.world.changing(), 3)
        self.assertIn("state", [one["where"] for one in result.json["problems"]])
        self.world.disk.free()
        self.world.assert_converges()
        self.assertEqual(self.world.calls()["applied"], 3)


class FullBeforeDeleteTest(DiskCase):
    def delete_is_due(self):
        plan = self.world.run_it("plan", "--output", "json").json
        return any(one["due"] for one in plan["retirements"])

    def test_before_the_delete(self):
        self.world.assert_applied()
        self.world.sandbox.renew()
        self.world.assert_applied()
        harness.wait_until(self.delete_is_due, "the grace period to pass", interval=0.1)
        before = self.world.changing()
        # The second reading is the one that decides the delete.
        self.world.run_while_filling("/cdn/cert/list.json", skip=1)
        self.assertEqual(self.world.changing(), before)
        self.world.disk.free()
        self.world.assert_converges()


if __name__ == "__main__":
    unittest.main()
