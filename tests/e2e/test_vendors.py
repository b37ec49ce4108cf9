"""Each product that the sandbox emulates, by the built program over real sockets."""

import unittest

import harness


class CloudTest(unittest.TestCase):
    """Clouds whose networks share one certificate store each."""

    def setUp(self):
        self.folder = harness.temporary_folder(self)

    def check(self, product, note=r"^certferry-[A-Za-z0-9_-]{52}$"):
        sandbox = harness.Sandbox(self.folder / "sandbox", product=product)
        self.addCleanup(sandbox.stop)
        config = str(sandbox.folder / "certferry.yaml")
        self.assertEqual(harness.certferry("--config", config, "check").status, 0)

        first = harness.certferry("--config", config, "apply", "--output", "json")
        self.assertEqual(first.status, 0, first.out + first.err)
        self.assertEqual({target["outcome"] for target in first.json["targets"]}, {"confirmed"})
        [stored] = sandbox.state()["certificates"]
        self.assertRegex(stored["note"], note)
        for name in sandbox.domains:
            self.assertEqual(sandbox.served(name), {stored["fingerprint"]})

        changing = sandbox.state()["calls"]["changing"]
        self.assertEqual(harness.certferry("--config", config, "apply").status, 0)
        self.assertEqual(sandbox.state()["calls"]["changing"], changing)

        sandbox.renew()
        self.assertEqual(harness.certferry("--config", config, "apply", "--wait").status, 0)
        [renewed] = sandbox.state()["certificates"]
        self.assertNotEqual(renewed["fingerprint"], stored["fingerprint"])

    def test_aliyun_cdn(self):
        self.check("aliyun/cdn")

    def test_aliyun_dcdn(self):
        self.check("aliyun/dcdn")

    def test_volcengine_cdn(self):
        self.check("volcengine/cdn")

    def test_volcengine_dcdn(self):
        self.check("volcengine/dcdn")

    def test_byteplus_cdn(self):
        self.check("byteplus/cdn", note=r"^certferry-[0-9a-f]{64}-.{5}$")

    def test_huaweicloud_cdn(self):
        self.check("huaweicloud/cdn")

    def test_qiniu_cdn(self):
        self.check("qiniu/cdn")

    def test_upyun(self):
        """Its store keeps no names, so what is no longer used stays there."""
        sandbox = harness.Sandbox(self.folder / "sandbox", product="upyun/cdn")
        self.addCleanup(sandbox.stop)
        config = str(sandbox.folder / "certferry.yaml")
        self.assertEqual(harness.certferry("--config", config, "check").status, 0)
        for generation in (1, 2):
            result = harness.certferry("--config", config, "apply", "--wait")
            self.assertEqual(result.status, 0, result.out + result.err)
            self.assertEqual(len(sandbox.state()["certificates"]), generation)
            changing = sandbox.state()["calls"]["changing"]
            self.assertEqual(harness.certferry("--config", config, "apply").status, 0)
            self.assertEqual(sandbox.state()["calls"]["changing"], changing)
            sandbox.renew()
        (sandbox.folder / "secret_key").write_text("hunter2\n")
        wrong = harness.certferry("--config", config, "check")
        self.assertEqual(wrong.status, 1)
        self.assertIn("UPYUN refused the account's name and password", wrong.out + wrong.err)
        self.assertNotIn("hunter2", wrong.out + wrong.err)

    def test_keys_that_are_wrong(self):
        for product, name, code in (
            ("aliyun/cdn", "Alibaba Cloud", "SignatureDoesNotMatch"),
            ("volcengine/cdn", "Volcengine", "SignatureDoesNotMatch"),
            ("byteplus/cdn", "BytePlus", "SignatureDoesNotMatch"),
            ("huaweicloud/cdn", "Huawei Cloud", "APIGW.0301"),
        ):
            with self.subTest(product):
                sandbox = harness.Sandbox(self.folder / name.split()[0], product=product)
                self.addCleanup(sandbox.stop)
                (sandbox.folder / "secret_key").write_text("hunter2\n")
                result = harness.certferry("--config", str(sandbox.folder / "certferry.yaml"), "check")
                self.assertEqual(result.status, 1)
                self.assertIn(f"{name} refused the account's keys", result.out + result.err)
                self.assertIn(code, result.out + result.err)
                self.assertNotIn("hunter2", result.out + result.err)
