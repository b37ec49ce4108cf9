"""Two instances at once: on one state file, and on two that know nothing of each other."""

import copy
import json
import subprocess
import unittest

import harness


class TogetherCase(harness.SandboxCase):
    # Latency gives both the time to be at work at once.
    sandbox_options = {"latency": "20ms", "propagation": "1ms"}

    def setUp(self):
        super().setUp()
        # How far each edge is behind the other instance's bind must not end a confirmation.
        self.config["settings"]["confirm"] = {"rounds": 2, "spread": "100ms", "deadline": "3s"}
        self.config["settings"]["retire_after"] = "6s"

    def start(self, config_path, *arguments):
        run = subprocess.Popen(
            [harness.BINARY, "--config", config_path, "apply", "--output", "json", *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=harness.clean_environment(),
        )
        self.addCleanup(run.communicate)
        self.addCleanup(run.kill)
        return run

    def result(self, run):
        out, err = run.communicate(timeout=harness.RUN_SECONDS)
        return harness.Result(run.returncode, out.decode(), err.decode())

    def newest(self):
        return harness.fingerprint_of(self.sandbox.site_folder / "fullchain.pem")

    def assert_newest_everywhere(self):
        newest = self.newest()
        self.assertEqual({one["fingerprint"] for one in self.sandbox.state()["domains"]}, {newest})
        for name in self.sandbox.domains:
            self.assert_served(name, newest)


class OneStateTest(TogetherCase):
    """Started at the same moment: one works, the other says who does, and nothing is doubled."""

    ROUNDS = 5

    def test_one_of_two_works(self):
        self.write_config()
        for number in range(self.ROUNDS):
            if number:
                self.sandbox.renew()
            before = self.calls()
            # The upload is held so that neither has ended before the other has begun.
            self.sandbox.fault("slow", endpoint="/cdn/cert/upload.json", delay="1s", count=1)
            runs = [self.start(self.config_path), self.start(self.config_path)]
            results = [self.result(run) for run in runs]
            with self.subTest(round=number):
                self.assertEqual(sorted(one.status for one in results), [0, 2], results)
                worked = [one.status for one in results].index(0)
                error = results[1 - worked].json["error"]
                self.assertEqual(error["code"], "state.locked")
                self.assertIn(f"is in use by process {runs[worked].pid} on ", error["message"])
                self.assertIn("(certferry apply), since ", error["message"])
                self.assert_newest_everywhere()
                calls = self.calls()["by_endpoint"]
                sent = {
                    name: calls[f"/cdn/cert/{name}.json"]
                    - before["by_endpoint"].get(f"/cdn/cert/{name}.json", 0)
                    for name in ("upload", "bind")
                }
                self.assertEqual(sent, {"upload": 1, "bind": len(self.sandbox.domains)})


class TwoStatesTest(TogetherCase):
    """Two machines that deploy the same certificate to the same domains of one account."""

    ROUNDS = 4

    def setUp(self):
        super().setUp()
        self.write_config()
        self.states = [self.state_path, self.folder / "other/state.db"]
        self.configs = [self.config_path, self.folder / "other.yaml"]
        other = copy.deepcopy(self.config)
        other["settings"]["state"] = str(self.states[1])
        self.configs[1].write_text(json.dumps(other, indent=2))

    def apply_both(self, *arguments):
        runs = [self.start(config, *arguments) for config in self.configs]
        return [self.result(run) for run in runs]

    def ledger(self, number):
        """Of one instance: id and state of each certificate that it says it has uploaded."""
        query = "SELECT stored_id, state FROM uploads"
        return dict(harness.read_state(self.states[number], query))

    def assert_each_has_its_own(self):
        """No certificate is in both ledgers, and what is gone was deleted by its own instance."""
        ledgers = [self.ledger(0), self.ledger(1)]
        self.assertEqual(ledgers[0].keys() & ledgers[1].keys(), set())
        stored = {str(one["id"]) for one in self.sandbox.state()["certificates"]}
        ended = {id for one in ledgers for id, state in one.items() if state == "retired"}
        known = ledgers[0].keys() | ledgers[1].keys()
        self.assertEqual(known - ended, stored)

    def test_same_domains(self):
        for number in range(self.ROUNDS):
            if number:
                self.sandbox.renew()
            before = self.calls()
            results = self.apply_both()
            with self.subTest(round=number):
                self.assertEqual([one.status for one in results], [0, 0], results)
                self.assert_newest_everywhere()
                self.assert_each_has_its_own()
                uploads = [one["fingerprint"] for one in self.sandbox.state()["certificates"]]
                self.assertLessEqual(uploads.count(self.newest()), 2)
                binds = self.calls()["by_endpoint"]["/cdn/cert/bind.json"] - before[
                    "by_endpoint"
                ].get("/cdn/cert/bind.json", 0)
                self.assertLessEqual(binds, 2 * len(self.sandbox.domains))
        with self.subTest("one certificate a domain, and nobody takes it back"):
            bound = [one["cert_id"] for one in self.sandbox.state()["domains"]]
            changing = self.calls()["by_endpoint"]["/cdn/cert/bind.json"]
            for _ in range(2):
                for config in self.configs:
                    result = self.result(self.start(config))
                    self.assertEqual(result.status, 0, result.text)
            self.assertEqual([one["cert_id"] for one in self.sandbox.state()["domains"]], bound)
            self.assertEqual(self.calls()["by_endpoint"]["/cdn/cert/bind.json"], changing)
        with self.subTest("each deletes what it has uploaded itself, and nothing else"):
            for result in self.apply_both("--wait"):
                self.assertEqual(result.status, 0, result.text)
            self.assert_each_has_its_own()
            self.assert_newest_everywhere()
            left = {one["fingerprint"] for one in self.sandbox.state()["certificates"]}
            self.assertEqual(left, {self.newest()})


if __name__ == "__main__":
    unittest.main()
