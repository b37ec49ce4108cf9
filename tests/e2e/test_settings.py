"""Only the certificate changes, also where the vendor's call writes other settings too."""

import unittest

import harness

NAME = "cdn.example.com"


class SettingsTest(harness.SandboxCase):
    domains = (NAME,)

    def setUp(self):
        super().setUp()
        # This account has no call that binds and does nothing else.
        self.sandbox.fault(
            "error_code", endpoint="/cdn/cert/bind.json", code=404, message="接口不存在"
        )

    def certificate(self):
        return harness.fingerprint_of(self.sandbox.site_folder / "fullchain.pem")

    def test_the_general_call_binds(self):
        self.assert_applied()
        self.assertEqual(self.calls()["by_endpoint"]["/cdn/domain/config.json"], 1)
        self.assert_served(NAME, self.certificate())
        self.assertEqual(self.sandbox.domain(NAME)["origin"], "origin." + NAME)

    def test_what_else_it_changed_is_told_and_the_bind_undone(self):
        self.assert_applied()
        old = self.certificate()
        self.sandbox.renew()
        self.sandbox.fault("bind_resets_settings", endpoint="/cdn/domain/config.json", count=1)
        result = self.apply()
        self.assertEqual(result.status, 1, result.text)
        message = result.target(NAME)["message"]
        self.assertIn(f'source.content: "origin.{NAME}" became ""', message)
        self.assert_served(NAME, old)
        history = self.run_it("history", NAME)
        self.assertRegex(history.out, r"(?m)rollback .* applied")
        again = self.apply()
        self.assertEqual(again.target(NAME)["reason"]["code"], "settings.changed")
        self.assert_applied("--now")
        self.assert_served(NAME, self.certificate())


if __name__ == "__main__":
    unittest.main()
