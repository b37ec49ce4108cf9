"""Each product that the sandbox emulates, by the built program over real sockets."""

import unittest

import harness


WHOLE_LABEL = r"^certferry-[0-9a-f]{64}-[a-z0-9]{5}$"


PATIENCE = ("spread: 2s, deadline: 5s }\n  retire_after: 10s", "spread: 200ms, deadline: 3s }\n  retire_after: 6s")


def configuration(sandbox, field=""):
    """The sandbox's own file with shorter times, for it is written for people, who watch; and with one more field of the account."""
    path = sandbox.folder / "certferry.yaml"
    text = path.read_text()
    assert PATIENCE[0] in text, text
    text = text.replace(*PATIENCE)
    if field:
        assert "    pace:" in text, text
        text = text.replace("    pace:", f"    {field}\n    pace:", 1)
    path.write_text(text)
    return str(path)


class CloudCase(unittest.TestCase):
    """Products of one account, which share one certificate store."""

    vendor = ""
    note = r"^certferry-[A-Za-z0-9_-]{52}$"  # of a store that takes short ones

    def setUp(self):
        self.folder = harness.temporary_folder(self)

    def check(self, product, field=""):
        sandbox = harness.Sandbox(self.folder / product, product=f"{self.vendor}/{product}")
        self.addCleanup(sandbox.stop)
        config = configuration(sandbox, field)
        self.assertEqual(harness.certferry("--config", config, "check").status, 0)

        first = harness.certferry("--config", config, "apply", "--output", "json")
        self.assertEqual(first.status, 0, first.out + first.err)
        self.assertEqual({target["outcome"] for target in first.json["targets"]}, {"confirmed"})
        [stored] = sandbox.state()["certificates"]
        self.assertRegex(stored["note"], self.note)
        for name in sandbox.domains:
            self.assertEqual(sandbox.served(name), {stored["fingerprint"]})

        changing = sandbox.state()["calls"]["changing"]
        self.assertEqual(harness.certferry("--config", config, "apply").status, 0)
        self.assertEqual(sandbox.state()["calls"]["changing"], changing)

        sandbox.renew()
        self.assertEqual(harness.certferry("--config", config, "apply", "--wait").status, 0)
        [renewed] = sandbox.state()["certificates"]
        self.assertNotEqual(renewed["fingerprint"], stored["fingerprint"])

    def refused(self, product, *words):
        sandbox = harness.Sandbox(self.folder / "wrong", product=f"{self.vendor}/{product}")
        self.addCleanup(sandbox.stop)
        (sandbox.folder / "secret_key").write_text("hunter2\n")
        result = harness.certferry("--config", str(sandbox.folder / "certferry.yaml"), "check")
        self.assertEqual(result.status, 1)
        for word in words:
            self.assertIn(word, result.out + result.err)
        self.assertNotIn("hunter2", result.out + result.err)


class AliyunTest(CloudCase):
    vendor = "aliyun"

    def test_cdn(self):
        self.check("cdn")

    def test_dcdn(self):
        self.check("dcdn")

    def test_live(self):
        self.check("live")

    def test_vod(self):
        self.check("vod")

    def test_esa(self):
        self.check("esa")

    def test_oss(self):
        self.check("oss")

    def test_waf(self):
        self.check("waf")

    def test_clb(self):
        self.check("clb")

    def test_cas_deploy(self):
        self.check("cas-deploy")

    def test_keys_that_are_wrong(self):
        self.refused("cdn", "Alibaba Cloud refused the account's keys", "SignatureDoesNotMatch")


class TencentTest(CloudCase):
    vendor = "tencentcloud"
    note = WHOLE_LABEL

    def test_cdn(self):
        self.check("cdn")

    def test_eo(self):
        self.check("eo")

    def test_css(self):
        self.check("css")

    def test_vod(self):
        self.check("vod")

    def test_waf(self):
        self.check("waf")

    def test_cos(self):
        self.check("cos")

    def test_clb(self):
        self.check("clb")

    def test_ssl_deploy(self):
        self.check("ssl-deploy")

    def test_keys_that_are_wrong(self):
        self.refused("cdn", "Tencent Cloud refused the account's keys", "SignatureFailure")


class HuaweiTest(CloudCase):
    vendor = "huaweicloud"

    def test_cdn(self):
        self.check("cdn")

    def test_obs(self):
        self.check("obs")

    def test_waf(self):
        self.check("waf")

    def test_elb(self):
        self.check("elb")

    def test_keys_that_are_wrong(self):
        self.refused("cdn", "Huawei Cloud refused the account's keys", "APIGW.0301")


class BaiduTest(CloudCase):
    vendor = "baiducloud"

    def test_cdn(self):
        self.check("cdn")

    def test_blb(self):
        self.check("blb")

    def test_keys_that_are_wrong(self):
        self.refused("cdn", "Baidu AI Cloud refused the account's keys", "SignatureDoesNotMatch")


class JdTest(CloudCase):
    vendor = "jdcloud"

    def test_cdn(self):
        self.check("cdn")

    def test_live(self):
        self.check("live")

    def test_vod(self):
        self.check("vod")

    def test_keys_that_are_wrong(self):
        self.refused("cdn", "JD Cloud refused the account's keys", "HMAC signature does not match")


class VolcengineTest(CloudCase):
    vendor = "volcengine"

    def test_cdn(self):
        self.check("cdn")

    def test_dcdn(self):
        self.check("dcdn")

    def test_live(self):
        self.check("live")

    def test_vod(self):
        self.check("vod")

    def test_imagex(self):
        self.check("imagex")

    def test_tos(self):
        self.check("tos")

    def test_clb(self):
        self.check("clb")

    def test_alb(self):
        self.check("alb")

    def test_keys_that_are_wrong(self):
        self.refused("cdn", "Volcengine refused the account's keys", "SignatureDoesNotMatch")


class BytePlusTest(CloudCase):
    vendor = "byteplus"
    note = WHOLE_LABEL

    def test_cdn(self):
        self.check("cdn")

    def test_keys_that_are_wrong(self):
        self.refused("cdn", "BytePlus refused the account's keys", "SignatureDoesNotMatch")


class QiniuTest(CloudCase):
    vendor = "qiniu"

    def test_cdn(self):
        self.check("cdn")

    def test_kodo(self):
        self.check("kodo")

    def test_keys_that_are_wrong(self):
        self.refused("cdn", "Qiniu refused the account's keys")


class CtyunTest(CloudCase):
    vendor = "ctyun"

    def test_cdn(self):
        self.check("cdn")

    def test_icdn(self):
        self.check("icdn")

    def test_ao(self):
        self.check("ao")

    def test_keys_that_are_wrong(self):
        self.refused("cdn", "CTYun refused the account's keys", "10009")


class WangsuTest(CloudCase):
    vendor = "wangsu"

    def test_cdn(self):
        self.check("cdn")

    def test_keys_that_are_wrong(self):
        self.refused("cdn", "Wangsu refused the account's keys", "InvalidSignature")


class UcloudTest(CloudCase):
    vendor = "ucloud"

    def test_ucdn(self):
        self.check("ucdn")

    def test_us3(self):
        self.check("us3")

    def test_ulb(self):
        self.check("ulb")

    def test_keys_that_are_wrong(self):
        self.refused("ucdn", "UCloud refused the account's keys", "171")


class BaishanTest(CloudCase):
    vendor = "baishan"

    def test_cdn(self):
        self.check("cdn")

    def test_token_that_is_wrong(self):
        self.refused("cdn", "BaishanCloud refused the account's API token", "401001")


class AwsTest(CloudCase):
    vendor = "aws"
    note = WHOLE_LABEL

    def test_cloudfront(self):
        self.check("cloudfront")

    def test_elb(self):
        self.check("elb")

    def test_cloudfront_out_of_iam(self):
        self.check("cloudfront", "store: iam")

    def test_elb_out_of_iam(self):
        self.check("elb", "store: iam")

    def test_stores_that_are_none(self):
        sandbox = harness.Sandbox(self.folder / "none", product="aws/elb")
        self.addCleanup(sandbox.stop)
        result = harness.certferry("--config", configuration(sandbox, "store: s3"), "check")
        self.assertNotEqual(result.status, 0)
        self.assertIn("AWS has no store 's3'", result.out + result.err)
        self.assertIn("`store:` is acm, which it is when left out, or iam", result.out + result.err)

    def test_keys_that_are_wrong(self):
        self.refused("cloudfront", "AWS refused the account's keys", "The request signature we calculated")


class UpyunTest(CloudCase):
    """Its store keeps no names, so what is no longer used stays there."""

    vendor = "upyun"

    def test_cdn(self):
        sandbox = harness.Sandbox(self.folder / "sandbox", product="upyun/cdn")
        self.addCleanup(sandbox.stop)
        config = configuration(sandbox)
        self.assertEqual(harness.certferry("--config", config, "check").status, 0)
        for generation in (1, 2):
            result = harness.certferry("--config", config, "apply", "--wait")
            self.assertEqual(result.status, 0, result.out + result.err)
            self.assertEqual(len(sandbox.state()["certificates"]), generation)
            changing = sandbox.state()["calls"]["changing"]
            self.assertEqual(harness.certferry("--config", config, "apply").status, 0)
            self.assertEqual(sandbox.state()["calls"]["changing"], changing)
            sandbox.renew()

    def test_keys_that_are_wrong(self):
        self.refused("cdn", "UPYUN refused the account's name and password")


class InPlaceCase(CloudCase):
    """Products whose names hold their certificates themselves: nothing is stored apart from them."""

    def check(self, product, shared=False):
        sandbox = harness.Sandbox(self.folder / product, product=f"{self.vendor}/{product}")
        self.addCleanup(sandbox.stop)
        config = configuration(sandbox)
        self.assertEqual(harness.certferry("--config", config, "check").status, 0)
        served = None
        for _ in range(2):
            result = harness.certferry("--config", config, "apply", "--wait")
            self.assertEqual(result.status, 0, result.out + result.err)
            state = sandbox.state()
            self.assertEqual(len(state["certificates"]), 1 if shared else len(sandbox.domains))
            [now] = {one["fingerprint"] for one in state["certificates"]}
            self.assertNotEqual(now, served)
            served = now
            for name in sandbox.domains:
                self.assertEqual(sandbox.served(name), {served})
            self.assertEqual(harness.certferry("--config", config, "apply").status, 0)
            self.assertEqual(sandbox.state()["calls"]["changing"], state["calls"]["changing"])
            sandbox.renew()


class CloudflareTest(InPlaceCase):
    vendor = "cloudflare"

    def test_saas(self):
        self.check("saas")

    def test_zone(self):
        self.check("zone", shared=True)

    def test_token_that_is_wrong(self):
        self.refused("saas", "Cloudflare refused the account's API token", "10000")


class WangsuCdnProTest(InPlaceCase):
    vendor = "wangsu"

    def test_cdnpro(self):
        self.check("cdnpro")


class KsyunTest(InPlaceCase):
    vendor = "ksyun"

    def test_cdn(self):
        self.check("cdn")

    def test_keys_that_are_wrong(self):
        self.refused("cdn", "Kingsoft Cloud refused the account's keys", "SignatureDoesNotMatch")


class BunnyTest(InPlaceCase):
    vendor = "bunny"

    def test_cdn(self):
        self.check("cdn")

    def test_key_that_is_wrong(self):
        self.refused("cdn", "bunny.net refused the account's API key")


class GcoreTest(CloudCase):
    vendor = "gcore"

    def test_cdn(self):
        self.check("cdn")

    def test_token_that_is_wrong(self):
        self.refused("cdn", "Gcore refused the account's API token")
