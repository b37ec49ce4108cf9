"""kill -9 at any moment, then one apply: converged, with one stored certificate per bundle."""

import os
import random
import signal
import subprocess
import time
import unittest

import harness


class KillCase(harness.SandboxCase):
    # Latency gives the calls their share of a run's time; the edge follows at once.
    sandbox_options = {"latency": "100ms", "propagation": "1ms"}

    def setUp(self):
        super().setUp()
        self.config["settings"]["confirm"] = {"rounds": 2, "spread": "200ms", "deadline": "1s"}

    def start_apply(self):
        self.write_config()
        run = subprocess.Popen(
            [harness.BINARY, "--config", self.config_path, "apply"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=harness.clean_environment(),
        )
        self.addCleanup(run.wait)
        self.addCleanup(run.kill)
        return run

    def kill(self, run):
        """Whether it was still at work."""
        run.kill()
        return run.wait(timeout=30) < 0

    def assert_converged(self):
        newest = harness.fingerprint_of(self.sandbox.site_folder / "fullchain.pem")
        state = self.sandbox.state()
        stored = [one["fingerprint"] for one in state["certificates"]]
        self.assertEqual(len(stored), len(set(stored)), "a bundle is stored twice")
        self.assertEqual({one["fingerprint"] for one in state["domains"]}, {newest})
        for name in self.sandbox.domains:
            self.assertEqual(self.sandbox.served(name), {newest})
        history = self.run_it("history", "--limit", "1000", "--output", "json").json
        open_entries = [one for one in history if one["outcome"] in ("pending", "unknown")]
        self.assertEqual(open_entries, [])
        return stored


class RandomMomentTest(KillCase):
    KILLS = 10

    def test_ten_kills_spread_over_the_run(self):
        seed = int(os.environ.get("CERTFERRY_SEED", random.randrange(2**32)))
        print(f"seed {seed}; CERTFERRY_SEED={seed} repeats it", flush=True)
        chance = random.Random(seed)
        self.assert_applied()
        self.sandbox.renew()
        began = time.monotonic()
        self.assert_applied()
        duration = time.monotonic() - began

        hits = 0
        for number in range(self.KILLS):
            self.sandbox.renew()
            run = self.start_apply()
            time.sleep((number + chance.random()) / self.KILLS * duration)
            hits += self.kill(run)
            with self.subTest(kill=number):
                self.assert_applied()
                self.assert_converged()
        self.assertGreaterEqual(hits, self.KILLS / 2, "most kills came when all was over")

        self.assert_applied("--wait")
        self.assertEqual(len(self.assert_converged()), 1, "superseded ones are left behind")


class LostReplyTest(KillCase):
    """The vendor does it and drops the reply, and then the program dies too."""

    def lose_reply_and_kill(self, endpoint):
        self.sandbox.fault("lost_reply", endpoint=endpoint, count=1)
        run = self.start_apply()
        harness.wait_until(lambda: not self.sandbox.state()["faults"], "the reply to get lost")
        return self.kill(run)

    def setUp(self):
        super().setUp()
        self.assert_applied()
        self.sandbox.renew()

    def test_upload(self):
        self.assertTrue(self.lose_reply_and_kill("/cdn/cert/upload.json"))
        self.assert_applied()
        self.assertEqual(len(self.assert_converged()), 2)

    def test_bind(self):
        self.assertTrue(self.lose_reply_and_kill("/cdn/cert/bind.json"))
        self.assert_applied()
        self.assertEqual(len(self.assert_converged()), 2)

    def test_delete(self):
        self.assert_applied()
        # Past the grace period the next run deletes the superseded one.
        harness.wait_until(
            lambda: any(
                one["due"] for one in self.run_it("plan", "--output", "json").json["retirements"]
            ),
            "the grace period to pass",
        )
        self.lose_reply_and_kill("/cdn/cert/delete.json")
        self.assert_applied()
        self.assertEqual(len(self.assert_converged()), 1)


class InterruptTest(KillCase):
    """Ctrl-C and systemd's stop: one closing line, nothing sent after it, the next run goes on."""

    def interrupt(self, number, *arguments, moment):
        """Sends the signal at the moment; gives the result, and the changing calls until then."""
        self.write_config()
        run = subprocess.Popen(
            [harness.BINARY, "--config", self.config_path, *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=harness.clean_environment(),
        )
        self.addCleanup(run.kill)
        harness.wait_until(moment, "the moment to interrupt")
        changing = self.calls()["changing"]
        run.send_signal(number)
        out, err = run.communicate(timeout=20)
        self.assertEqual(self.calls()["changing"], changing, "sent after the signal")
        return harness.Result(run.returncode, out.decode(), err.decode())

    def fault_struck(self):
        return not self.sandbox.state()["faults"]

    def test_while_a_call_is_under_way(self):
        for number, form in ((signal.SIGINT, "text"), (signal.SIGTERM, "json")):
            with self.subTest(number=number):
                self.sandbox.control("POST", "/reset")
                self.sandbox.renew()
                self.sandbox.fault("slow", endpoint="/cdn/cert/upload.json", delay="2s", count=1)
                newest = harness.fingerprint_of(self.sandbox.site_folder / "fullchain.pem")
                result = self.interrupt(
                    number, "apply", "--output", form, moment=self.fault_struck
                )
                self.assertEqual(result.status, -number, result.text)
                said = f"interrupted; under way: upload of bundle {newest[:12]} (account doge)"
                last = result.err.splitlines()[-1]
                self.assertIn(f"error: {said}; the next 'certferry apply' reads", last)
                if form == "json":
                    self.assertEqual(result.json["error"]["code"], "run.interrupted")
                status = self.run_it("status")
                self.assertIn(f"open: upload of bundle {newest[:12]} (account doge)", status.out)
                [entry] = self.run_it("status", "--output", "json").json["open"]
                self.assertEqual((entry["action"], entry["outcome"]), ("upload", "pending"))
                self.assert_applied()
                self.assert_converged()
                self.assertNotIn("open:", self.run_it("status").out)

    def test_while_looking_at_the_edge(self):
        self.config["settings"]["confirm"] = {"rounds": 2, "spread": "20s", "deadline": "60s"}
        self.config["settings"]["retire_after"] = "120s"
        result = self.interrupt(
            signal.SIGINT,
            "apply",
            moment=lambda: all(one["cert_id"] for one in self.sandbox.state()["domains"]),
        )
        self.assertEqual(result.status, -signal.SIGINT, result.text)
        self.assertIn("interrupted; ", result.err.splitlines()[-1])

    def test_while_planning(self):
        self.sandbox.fault("slow", endpoint="/cdn/cert/list.json", delay="5s", count=1)
        result = self.interrupt(signal.SIGINT, "plan", moment=self.fault_struck)
        self.assertEqual((result.status, result.out), (-signal.SIGINT, ""), result.text)
        self.assertIn("interrupted; nothing was changed", result.err)
        self.assertFalse(self.state_path.exists())


if __name__ == "__main__":
    unittest.main()
