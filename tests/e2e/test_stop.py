"""Stopped in the middle for longer than what was decided stays true (SIGSTOP, a suspended machine).

Meanwhile somebody else binds another certificate. It takes more than two minutes, nearly all of it
waiting, so all worlds are stopped side by side.
"""

import signal
import subprocess
import time
import unittest

import harness

# The engine makes decisions anew that are older than two minutes.
STOPPED_SECONDS = 126


class StoppedWorld(harness.SandboxCase):
    """One bundle is served; `apply` is about to deploy the next one."""

    def setUp(self):
        super().setUp()
        self.assert_applied()
        self.sandbox.renew()
        self.newest = harness.fingerprint_of(self.sandbox.site_folder / "fullchain.pem")

    def start(self):
        self.write_config()
        run = subprocess.Popen(
            [harness.BINARY, "--config", self.config_path, "apply"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=harness.clean_environment(),
        )
        self.addCleanup(run.communicate)
        self.addCleanup(run.kill)
        return run

    def open_calls(self, action):
        query = f"SELECT count(*) FROM journal WHERE action = '{action}' AND outcome = 'pending'"
        return harness.read_state(self.state_path, query)[0][0]

    def in_upload(self):
        self.sandbox.fault("slow", endpoint="/cdn/cert/upload.json", delay="2s", count=1)
        run = self.start()
        harness.wait_until(self.fault_struck, "the upload", interval=0.05)
        return run

    def before_bind(self):
        # Two lists and the upload go at once, then comes a call every five seconds.
        pace = {"calls_per_second": 0.2, "burst": 3, "max_in_flight": 1}
        self.config["accounts"]["doge"]["pace"] = pace
        run = self.start()
        harness.wait_until(lambda: self.open_calls("bind"), "the first bind's intent")
        return run

    def in_confirmation(self):
        self.config["settings"]["confirm"] = {"rounds": 2, "spread": "20s", "deadline": "60s"}
        self.config["settings"]["retire_after"] = "120s"
        run = self.start()
        harness.wait_until(self.all_on_newest, "the binds", interval=0.05)
        return run

    def before_delete(self):
        self.assert_applied()
        time.sleep(2.1)  # the grace period of the first bundle
        # Both readings go at once, then comes a call every five seconds.
        pace = {"calls_per_second": 0.2, "burst": 4, "max_in_flight": 1}
        self.config["accounts"]["doge"]["pace"] = pace
        run = self.start()
        harness.wait_until(lambda: self.open_calls("retire"), "the delete's intent")
        return run

    def all_on_newest(self):
        return {one["fingerprint"] for one in self.sandbox.state()["domains"]} == {self.newest}

    def bind_newer_by_hand(self):
        self.sandbox.renew()
        certificate = self.sandbox.upload_by_hand(self.sandbox.site_folder)
        self.sandbox.bind_by_hand(certificate, *self.sandbox.domains)
        return certificate

    def bind_superseded_by_hand(self):
        certificate = self.sandbox.state()["certificates"][0]["id"]
        self.sandbox.bind_by_hand(certificate, *self.sandbox.domains)
        return certificate

    def bound(self):
        return {one["cert_id"] for one in self.sandbox.state()["domains"]}

    def assert_second_is_refused(self, run):
        second = self.apply()
        self.assertEqual(second.status, 2, second.text)
        self.assertEqual(second.json["error"]["code"], "state.locked")
        holder = f"is in use by process {run.pid} on "
        self.assertIn(holder, second.json["error"]["message"])
        self.assertIn("wait for it to end, or stop it", second.json["error"]["hint"])

    def stop_and_go_on(self, reach, meanwhile):
        run = reach()
        began = time.monotonic()
        run.send_signal(signal.SIGSTOP)
        theirs = meanwhile()
        self.assert_second_is_refused(run)
        time.sleep(began + STOPPED_SECONDS - time.monotonic())
        before = self.calls()
        run.send_signal(signal.SIGCONT)
        out, err = run.communicate(timeout=harness.RUN_SECONDS)
        result = harness.Result(run.returncode, out.decode(), err.decode())
        self.assertEqual(self.bound(), {theirs}, result.text)
        self.assertEqual(self.calls()["changing"], before["changing"], result.text)
        self.assertEqual(result.status, 1, result.text)
        return theirs, result

    def be_quick(self):
        self.config["accounts"]["doge"]["pace"] = {"calls_per_second": 200, "burst": 200}
        self.config["settings"]["confirm"] = {"rounds": 2, "spread": "100ms", "deadline": "1s"}

    def assert_goes_on_later(self, theirs):
        """Theirs is what the source gives by now, and stays; ours comes with the next renewal."""
        self.be_quick()
        before = self.calls()
        self.assert_applied("--now")
        self.assertEqual(self.calls()["changing"], before["changing"])
        self.assertEqual(self.bound(), {theirs})
        self.sandbox.renew()
        self.assert_applied("--now")
        newest = harness.fingerprint_of(self.sandbox.site_folder / "fullchain.pem")
        for name in self.sandbox.domains:
            self.assert_served(name, newest)
        self.assertIn(theirs, [one["id"] for one in self.sandbox.state()["certificates"]])


class StoppedForLongTest(unittest.TestCase):
    """Nothing is sent that was decided before others may have changed what it stood on."""

    BOUND = "somebody set it to certificate {} while this run was at work; nothing was sent"
    SAID = {
        "in_upload": BOUND,
        "before_bind": BOUND,
        "in_confirmation": "its list shows another certificate",
    }

    def check(self, moment):
        with harness.world_of(StoppedWorld) as world:
            if moment == "before_delete":
                return self.check_delete(world)
            theirs, result = world.stop_and_go_on(
                getattr(world, moment), meanwhile=world.bind_newer_by_hand
            )
            self.assertIn(self.SAID[moment].format(theirs), result.text)
            return world.assert_goes_on_later(theirs)

    def check_delete(self, world):
        theirs, result = world.stop_and_go_on(
            world.before_delete, meanwhile=world.bind_superseded_by_hand
        )
        said = f"deleting superseded certificate {theirs} of account doge: .*; it was not sent"
        self.assertRegex(result.text, said)
        world.be_quick()
        world.assert_applied("--now")
        for name in world.sandbox.domains:
            world.assert_served(name, world.newest)

    def test_two_minutes(self):
        for moment, failure in harness.side_by_side(self.check, [*self.SAID, "before_delete"]):
            with self.subTest(moment):
                if failure:
                    raise failure


if __name__ == "__main__":
    unittest.main()
