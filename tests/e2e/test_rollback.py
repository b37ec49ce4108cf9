"""A person's rollback: what was served before is served again, and stays."""

import unittest

import harness

NAME = "cdn.example.com"
TARGET = f"doge/cdn/{NAME}"


class RollbackTest(harness.SandboxCase):
    def setUp(self):
        super().setUp()
        self.config["settings"]["retire_after"] = "1h"

    def renew_and_apply(self):
        self.assert_applied()
        old = harness.fingerprint_of(self.sandbox.site_folder / "fullchain.pem")
        self.sandbox.renew()
        self.assert_applied()
        new = harness.fingerprint_of(self.sandbox.site_folder / "fullchain.pem")
        self.assert_served(NAME, new)
        return old, new

    def roll_back(self, *arguments):
        return self.run_it("rollback", *arguments, "--output", "json")

    def test_back_held_and_forward_again(self):
        old, new = self.renew_and_apply()
        dry = self.roll_back(NAME, "--dry-run")
        self.assertEqual(dry.status, 0, dry.text)
        self.assertIn("before what is set now", dry.target(NAME)["reason"]["text"])
        self.assert_served(NAME, new)

        back = self.roll_back(TARGET)
        self.assertEqual(back.status, 0, back.text)
        self.assertTrue(back.json["succeeded"])
        self.assertEqual(back.target(NAME)["rollback"]["held_back"], new)
        self.assert_served(NAME, old)
        self.assert_served("img.example.com", new)

        said = f"rolled back by hand on .*{new[:12]} is not sent again by itself"
        for command in (["plan"], ["apply"], ["why", NAME]):
            result = self.run_it(*command)
            self.assertEqual(result.status, 1, result.text)
            self.assertRegex(result.out, said)
        self.assert_served(NAME, old)
        status = self.run_it("status", "--output", "json")
        self.assertEqual(status.status, 1)
        outcomes = {one["target"]: one["outcome"] for one in status.json["targets"]}
        self.assertEqual(outcomes, {TARGET: "parked", "doge/cdn/img.example.com": "confirmed"})
        history = self.run_it("history", NAME)
        self.assertRegex(history.out, r"rollback +doge/cdn/cdn\.example\.com.*asked for by \w+")

        self.assert_applied("--now", NAME)
        self.assert_served(NAME, new)

    def test_a_newer_bundle_goes_ahead(self):
        self.renew_and_apply()
        self.assertEqual(self.roll_back(NAME).status, 0)
        self.sandbox.renew()
        self.assert_applied()
        self.assert_served(NAME, harness.fingerprint_of(self.sandbox.site_folder / "fullchain.pem"))

    def test_nothing_to_go_back_to(self):
        for done in (None, self.assert_applied):
            if done:
                done()
            text = self.run_it("rollback", NAME)
            self.assertEqual(text.status, 1, text.text)
            self.assertIn("nothing is known to have been confirmed", text.out)

    def test_what_was_retired(self):
        self.config["settings"]["retire_after"] = "2s"
        self.assert_applied()
        self.sandbox.renew()
        self.assert_applied("--wait")
        text = self.run_it("rollback", NAME)
        self.assertEqual(text.status, 1, text.text)
        self.assertIn("was deleted from the vendor's store", text.out)
        self.assertIn("retire_after", text.out)

    def test_names(self):
        self.assert_applied()
        for asked in ("nobody.example.com", "example.com"):
            text = self.run_it("rollback", asked)
            self.assertEqual(text.status, 2, text.text)
            self.assertIn("[select.unknown]", text.err)
        self.config["accounts"]["more"] = self.config["accounts"]["doge"]
        to = self.config["certificates"]["example.com"]["to"]
        to.append({"account": "more", "product": "cdn", "domains": [NAME]})
        self.assert_applied()
        text = self.run_it("rollback", NAME)
        self.assertEqual((text.status, text.out), (2, ""))
        self.assertIn(f"say which: {TARGET}, more/cdn/{NAME}", text.err)


if __name__ == "__main__":
    unittest.main()
