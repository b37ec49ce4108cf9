"""From a seed that fails to a small world that fails alike: with a bug put in on purpose."""

import json
import os
import shlex
import subprocess
import unittest

import harness

PLANTED = os.environ.get("CERTFERRY_PLANTED", "certferry_planted")


def run_planted(*arguments):
    return subprocess.run(
        [PLANTED, "--output", "json", "simulate", *arguments],
        capture_output=True,
        timeout=200,
        env=harness.clean_environment(),
        check=False,
    )


def simulate(*arguments):
    run = run_planted(*arguments)
    return run.returncode, json.loads(run.stdout)


class ManySeedsTest(unittest.TestCase):
    def test_a_seed_that_fails_is_told_at_once_and_at_the_end(self):
        run = run_planted("--seeds", "300", "--plant", "success_anyway", "--jobs", "2")
        self.assertEqual(run.returncode, 1)
        told = run.stderr.decode()
        failures = json.loads(run.stdout)["failures"]
        self.assertGreater(len(failures), 0)
        for one in failures:
            words = f"broken {one['rule']}: {one['sentence']}\n  {one['replay']}\n"
            self.assertEqual(told.count(words), 1, told)


class ProductsTest(unittest.TestCase):
    """Worlds of vendors' products; that none breaks a rule is for the optimised program to show."""

    def test_a_broken_rule_is_found_and_comes_again(self):
        # A vendor's yes is taken for done; an upload whose answer was lost is sent again.
        for plant, seeds, rule in (
            ("yes_is_done", "12", "S8 truth"),
            ("blind_repeat", "80", "L9 nothing left over"),
        ):
            status, found = simulate("--product", "all", "--seeds", seeds, "--plant", plant)
            self.assertEqual(status, 1, plant)
            self.assertEqual({one["rule"] for one in found["failures"]}, {rule})
            program, *arguments = shlex.split(found["failures"][0]["replay"])
            self.assertEqual(program, "certferry_planted")
            status, again = simulate(*arguments[1:])
            self.assertEqual((status, again["rule"]), (1, rule))
            self.assertEqual(again["sentence"], found["failures"][0]["sentence"])

    def test_a_product_that_is_not_there_is_refused(self):
        run = run_planted("--product", "aliyun/cnd")
        self.assertEqual(run.returncode, 2)
        self.assertIn(b"did you mean 'aliyun/cdn'?", run.stderr)


class ShrinkTest(unittest.TestCase):
    PLANT = "success_anyway"

    def test_a_smaller_world_breaks_the_same_rule(self):
        for seed in range(1, 50):
            status, first = simulate("--seed", str(seed), "--plant", self.PLANT)
            if status != 0 and first["events"] < 3000:
                break
        self.assertEqual((status, first["rule"]), (1, "S8 truth"))
        status, shrunk = simulate("--seed", str(seed), "--plant", self.PLANT, "--shrink")
        self.assertEqual((status, shrunk["rule"]), (1, first["rule"]))
        self.assertGreater(shrunk["tries"], 10)

        program, *arguments = shlex.split(shrunk["replay"])
        self.assertEqual(program, "certferry_planted")
        self.assertIn("--without", arguments)
        self.assertEqual(arguments[-2:], ["--plant", self.PLANT])
        status, again = simulate(*arguments[1:])
        self.assertEqual((status, again["rule"]), (1, first["rule"]))
        self.assertEqual(again["sentence"], shrunk["sentence"])
        self.assertLess(again["events"], first["events"])
        # Without the bug nothing is wrong with that world.
        status, sound = simulate(*arguments[1:-2])
        self.assertEqual((status, sound.get("rule")), (0, None))


if __name__ == "__main__":
    unittest.main()
