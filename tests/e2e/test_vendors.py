"""Each product that the sandbox emulates, by the built program over real sockets."""

import unittest

import harness


class CloudTest(unittest.TestCase):
    """Alibaba Cloud's networks, which share one certificate store."""

    def setUp(self):
        self.folder = harness.temporary_folder(self)

    def check(self, product):
        sandbox = harness.Sandbox(self.folder / product, product=f"aliyun/{product}")
        self.addCleanup(sandbox.stop)
        config = str(sandbox.folder / "certferry.yaml")
        self.assertEqual(harness.certferry("--config", config, "check").status, 0)

        first = harness.certferry("--config", config, "apply", "--output", "json")
        self.assertEqual(first.status, 0, first.out + first.err)
        self.assertEqual({target["outcome"] for target in first.json["targets"]}, {"confirmed"})
        [stored] = sandbox.state()["certificates"]
        self.assertRegex(stored["note"], r"^certferry-[A-Za-z0-9_-]{52}$")
        for name in sandbox.domains:
            self.assertEqual(sandbox.served(name), {stored["fingerprint"]})

        changing = sandbox.state()["calls"]["changing"]
        self.assertEqual(harness.certferry("--config", config, "apply").status, 0)
        self.assertEqual(sandbox.state()["calls"]["changing"], changing)

        sandbox.renew()
        self.assertEqual(harness.certferry("--config", config, "apply", "--wait").status, 0)
        [renewed] = sandbox.state()["certificates"]
        self.assertNotEqual(renewed["fingerprint"], stored["fingerprint"])

    def test_cdn(self):
        self.check("cdn")

    def test_dcdn(self):
        self.check("dcdn")

    def test_keys_that_are_wrong(self):
        sandbox = harness.Sandbox(self.folder / "wrong", product="aliyun/cdn")
        self.addCleanup(sandbox.stop)
        (sandbox.folder / "secret_key").write_text("hunter2\n")
        result = harness.certferry("--config", str(sandbox.folder / "certferry.yaml"), "check")
        self.assertEqual(result.status, 1)
        self.assertIn("Alibaba Cloud refused the account's keys", result.out + result.err)
        self.assertIn("SignatureDoesNotMatch", result.out + result.err)
        self.assertNotIn("hunter2", result.out + result.err)
