"""A minute's soak of `certferry run`; `scripts/soak-daemon` is the same for as long as one likes."""

import pathlib
import tempfile
import time
import types
import unittest

import soak


class BriefTest(unittest.TestCase):
    """Every renewal is served in the end, by a daemon that was ended and restarted on the way."""

    def test_what_is_promised_holds_though_everything_around_goes_wrong(self):
        options = soak.Options(minutes=0.3, certificates=10, accounts=2, drain_seconds=100, brief=True)
        result = soak.Soak(options, say=lambda text: None).run()
        self.assertEqual(result["broken"], [], result)
        self.assertGreater(result["renewals"], 5)
        self.assertEqual(result["starts"], 4, "the first, and one after each way it was ended")
        self.assertGreater(sum(result["troubles"].values()), 5)


class ReckoningTest(unittest.TestCase):
    """What the soak would call broken, of figures and lines made up for it."""

    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.soak = object.__new__(soak.Soak)
        self.soak.options, self.soak.broken, self.soak.trouble_spans = soak.Options(), [], []
        self.soak.daemon = types.SimpleNamespace(log_path=self.folder / "log", starts=1)
        self.soak.accounts = ["one"]

    def broken_by_log(self, text):
        self.soak.broken = []
        self.soak.daemon.log_path.write_text(f"{time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime())} error  {text}\n")
        self.soak.check_log()
        return self.soak.broken

    def broken_by_growth(self, samples):
        self.soak.broken, self.soak.samples = [], samples
        self.soak.check_growth()
        return self.soak.broken

    def test_an_error_is_explained_by_a_trouble_of_its_own_account_or_domain(self):
        self.assertIn("nothing explains", self.broken_by_log("bind a1/cdn/d1.a1.example.com: no")[0])
        self.soak.explain(60, "a0")
        self.soak.explain(60, "d3.a1.example.com")
        self.assertIn("nothing explains", self.broken_by_log("bind a1/cdn/d1.a1.example.com: no")[0])
        self.assertIn("nothing explains", self.broken_by_log("bind a1/cdn/d13.a1.example.com: no")[0])
        self.assertEqual(self.broken_by_log("bind a1/cdn/d3.a1.example.com: no"), [])
        self.assertEqual(self.broken_by_log("bind a0/cdn/d2.a0.example.com: no"), [])
        self.assertEqual(self.broken_by_log("1 of 200 names is not served"), [])

    def test_what_was_not_seen_is_no_proof(self):
        self.assertIn("only root", self.broken_by_growth([])[0])

    def test_what_grows_is_told(self):
        level = [(1, float(age), 40000 + 900 * (age % 7), 25 + age % 5, 10 + age % 2) for age in range(600)]
        self.assertEqual(self.broken_by_growth(level), [])
        memory = [(*one[:2], one[2] + 20 * one[1], *one[3:]) for one in level]
        self.assertIn("resident memory grew", self.broken_by_growth(memory)[0])
        sockets = [(*one[:3], one[3] + one[1] / 40, one[4]) for one in level]
        self.assertIn("open sockets grew", self.broken_by_growth(sockets)[0])
        files = [(*one[:4], one[4] + one[1] / 80) for one in level]
        self.assertIn("open descriptors grew", self.broken_by_growth(files)[0])
