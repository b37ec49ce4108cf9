"""A minute's soak of `certferry run`; `scripts/soak-daemon` is the same for as long as one likes."""

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
