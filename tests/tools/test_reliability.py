"""tools/reliability: a promise counts as proved only where something tried it in this very run."""

import json
import pathlib
import shutil
import subprocess
import tempfile
import unittest

TOOL = pathlib.Path(__file__).parents[2] / "tools/reliability"


class PromiseTest(unittest.TestCase):
    """A tree of its own: one promise, and the results of a run that never was."""

    def setUp(self):
        self.tree = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.results = self.tree / "build/results"
        for folder in ("tools", "docs", "build/results", "src/sim"):
            (self.tree / folder).mkdir(parents=True)
        (self.tree / "src/sim/hazards.cpp").write_text('HazardTraits{Hazard::kCrash, "crash", 1}')
        shutil.copy(TOOL, self.tree / "tools")
        (self.results / "fuzz.json").write_text(
            json.dumps(
                [
                    {"target": "pem", "executions": 12345, "per_second": 9, "result": "clean"},
                    {"target": "idle", "executions": 0, "per_second": 0, "result": "clean"},
                ]
            )
        )
        worlds = {"rules": {"S1 gate": 1000, "S1 never asked": 0}, "failures": []}
        worlds["cells"] = {"crash": {"observe": 3, "bind": 1}}
        worlds |= dict.fromkeys(("seeds", "seconds", "seeds_per_second"), 1)
        worlds |= dict.fromkeys(("events", "virtual_days", "cells_hit"), 1)
        (self.results / "simulate.json").write_text(json.dumps(worlds))
        # As CTest writes them.
        self.write_tests(
            '<testcase name="GateTest.One" status="run"/>'
            '<testcase name="GateTest.Two" status="run"/>'
            '<testcase name="Every/GateTest.Three/x" status="run"/>'
            '<testcase name="DiskTest.One" status="notrun"><skipped message="x"/></testcase>'
            '<testcase name="DiskTest.Two" status="notrun"><skipped message="x"/></testcase>'
            '<testcase name="HalfTest.One" status="notrun"><skipped message="x"/></testcase>'
            '<testcase name="HalfTest.Two" status="run"/>'
            '<testcase name="BadTest.One" status="fail"><failure message="x"/></testcase>'
            '<testcase name="BadTest.Two" status="run"/>'
            '<testcase name="OffTest.One" status="disabled"/>'
        )

    def write_tests(self, cases):
        (self.results / "tests.xml").write_text(f"<testsuite>{cases}</testsuite>")

    def write_cases(self, test, cases):
        """As GoogleTest writes them, for one test of CTest's."""
        folder = self.tree / "build/sanitize/results"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{test}.xml").write_text(f"<testsuites><testsuite>{cases}</testsuite></testsuites>")

    def judge(self, proof, lines="| it dies: `crash` | H | T | t |"):
        """Status, what was said, and the row of the one promise, which has this proof."""
        (self.tree / "docs/INVARIANTS.md").write_text(
            f"# Invariants\n\n- **S1 Gate.** Whatever.\n  {proof}\n\n## Fault matrix\n"
            f"| fault | observe | bind | confirm |\n|---|---|---|---|\n{lines}\n\n## Next\n"
        )
        done = subprocess.run(
            [self.tree / "tools/reliability"], capture_output=True, text=True, timeout=60
        )
        page = (self.tree / "build/RELIABILITY.md").read_text()
        row = next(line for line in page.splitlines() if line.startswith("| S1 Gate |"))
        return done.returncode, done.stderr, row

    def assert_proved(self, proof, told):
        status, said, row = self.judge(proof)
        self.assertEqual((status, said), (0, ""))
        self.assertIn(told, row)

    def assert_not_proved(self, proof, why):
        status, said, _ = self.judge(proof)
        self.assertEqual(status, 1, said)
        self.assertRegex(said, why)

    def test_what_was_tried_counts(self):
        self.assert_proved("Proof: `GateTest.*`", "`GateTest.*` 2 of 2 |")
        self.assert_proved("Proof: `GateTest.Three/*`", "`GateTest.Three/*` 1 of 1 |")
        self.assert_proved("Proof: `fuzz: pem`", "inputs for `pem` 12,345 |")
        self.assert_proved("Proof: `rule: S1 *`", "held `S1 *` 1,000 times |")

    def test_a_test_that_could_not_run_is_told_and_those_beside_it_are_enough(self):
        self.assert_proved("Proof: `HalfTest.*`", "`HalfTest.*` 1 of 2 (1 could not run here) |")

    def test_tests_of_which_none_could_run_prove_nothing(self):
        why = r"'DiskTest\.\*', and not one of its 2 tests could run here: DiskTest.One, DiskTest.Two"
        self.assert_not_proved("Proof: `DiskTest.*`", why)
        self.assert_not_proved("Proof: `GateTest.*` `DiskTest.*`", why)
        self.assert_not_proved("Proof: `OffTest.One`", "not one of its 1 tests could run here")

    def test_what_was_not_tried_once_proves_nothing(self):
        self.assert_not_proved("Proof: `fuzz: idle`", "'fuzz: idle', and it was not tried once")
        self.assert_not_proved("Proof: `rule: S1 never*`", "it was not tried once in this run")

    def test_what_an_earlier_soak_asked_proves_nothing(self):
        soak = json.loads((self.results / "simulate.json").read_text())
        soak["rules"] = {"S1 never asked": 7, "S3 ownership": 7}
        (self.results / "soak.json").write_text(json.dumps(soak))
        self.assert_not_proved("Proof: `rule: S1 never*`", "it was not tried once in this run")
        self.assert_not_proved("Proof: `rule: S3 *`", "nothing goes by that name")

    def test_what_nothing_goes_by_proves_nothing(self):
        for proof in ("GateTset.*", "fuzz: pme", "rule: S3 *"):
            self.assert_not_proved(f"Proof: `{proof}`", "nothing goes by that name")
        self.assert_not_proved("", "promises 'S1 Gate', and names no proof at all")

    def test_a_failed_test_is_seen(self):
        # That it failed makes CTest end with an error; here it is counted.
        self.assert_proved("Proof: `BadTest.*`", "`BadTest.*` 1 of 2 |")

    def test_the_cases_of_a_program_stand_for_it(self):
        self.write_tests(
            '<testcase name="unit.one.0" status="run"/>'
            '<testcase name="unit.two.0" status="fail"/>'
            '<testcase name="unit.gone.0" status="fail"/>'
        )
        self.write_cases(
            "unit.one.0",
            '<testcase classname="Every/AskTest" name="One/x" status="run" result="completed"/>'
            '<testcase classname="AskTest" name="Two" status="run" result="skipped"><skipped/></testcase>'
            '<testcase classname="AskTest" name="Three" status="notrun" result="suppressed"/>',
        )
        self.write_cases(
            "unit.two.0",
            '<testcase classname="TellTest" name="One" status="run" result="completed"/>'
            '<testcase classname="TellTest" name="Two" status="run" result="completed"><failure/></testcase>',
        )
        self.assert_proved("Proof: `*AskTest.*`", "`*AskTest.*` 1 of 2 (1 could not run here) |")
        self.assert_proved("Proof: `TellTest.*`", "`TellTest.*` 1 of 2 |")
        self.assert_not_proved("Proof: `AskTest.Three`", "nothing goes by that name")
        self.assert_not_proved("Proof: `unit.one.*`", "nothing goes by that name")
        # What ended without a word of its cases has failed.
        self.assert_proved("Proof: `unit.gone.*`", "`unit.gone.*` 0 of 1 |")

    def test_what_the_matrix_names_has_to_be_hit_and_nothing_else(self):
        rows = {
            "| it dies: `crash` | H | T | T |": "crash never struck at 'confirm'",
            "| it dies: `crash` | H | – | – |": "crash struck at 'bind'",
            "| nothing | H | T | t |": "crash stands in 0 lines",
            "| it dies: `crash` `flood` | H | T | t |": "flood never struck",
        }
        for row, why in rows.items():
            status, said, _ = self.judge("Proof: `GateTest.*`", row)
            self.assertEqual(status, 1, row)
            self.assertIn(why, said)


if __name__ == "__main__":
    unittest.main()
