"""The bad inputs that must end well: a message that helps, others go on, the old leaf is served.

Two accounts at two emulated vendors. "doge" is fed by the panel and always works; "odd" is where
the bad thing happens, to bad.example.org, which has been deployed once before.
"""

import resource
import signal
import socket
import subprocess
import unittest

import harness

BAD = "bad.example.org"
GOOD = "cdn.example.com"
DAY = 86400


class BadInputCase(harness.SandboxCase):
    domains = (GOOD,)

    def setUp(self):
        super().setUp()
        self.vendor = harness.Sandbox(self.folder / "vendor", [BAD])
        self.addCleanup(self.vendor.stop)
        self.authority = harness.Authority(self.folder / "authority")
        self.files = self.folder / "files"
        self.trust.append(self.authority.root)
        self.seen = []
        self.keys = set()
        self.config["accounts"]["odd"] = self.config["accounts"]["doge"] | {
            "endpoint": self.vendor.announcement["api"],
            "secret_key": {"file": str(self.vendor.folder / "secret_key")},
        }
        self.odd = self.config["accounts"]["odd"]
        self.config["certificates"]["example.org"] = {
            "from": {
                "files": {
                    "chain": str(self.files / "fullchain.pem"),
                    "key": str(self.files / "privkey.pem"),
                }
            },
            "to": [{"account": "odd", "product": "cdn", "domains": [BAD]}],
        }
        self.config["settings"]["resolve"][BAD] = self.vendor.announcement["edges"]
        self.old = self.issue(end=60 * DAY)
        self.assert_applied()
        self.assert_old_served()
        self.sandbox.renew()

    def tearDown(self):
        """Whatever went wrong, nobody got to see a secret."""
        secrets = {self.sandbox.secret_key, self.vendor.secret_key} | self.keys
        stored = [path.read_bytes() for path in harness.files_below(self.state_path.parent)]
        for sink in [result.text.encode() for result in self.seen] + stored:
            for secret in secrets:
                self.assertNotIn(secret.encode(), sink)

    def run_it(self, *arguments, **options):
        result = super().run_it(*arguments, **options)
        self.seen.append(result)
        return result

    def issue(self, names=(BAD,), **options):
        fingerprint = self.authority.issue(self.files, list(names), **options)
        self.keys.update(harness.key_lines(self.files / "privkey.pem"))
        return fingerprint

    def assert_says(self, result, *words):
        for word in words:
            # The whole report would bury the word that is missing.
            self.assertTrue(word in result.text, f"{word!r} is not said:\n{result.err}")

    def assert_old_served(self):
        self.assertEqual(self.vendor.served(BAD), {self.old})

    def assert_others_go_on(self, result):
        newest = harness.fingerprint_of(self.sandbox.site_folder / "fullchain.pem")
        self.assertEqual(result.target(GOOD)["outcome"], "confirmed")
        self.assertEqual(self.sandbox.served(GOOD), {newest})

    def assert_only_bad_one_ends(self, outcome, *words):
        """Applies: the bad target ends so and says these words, nothing else suffers."""
        result = self.apply()
        self.assertEqual(result.status, 1, result.text)
        self.assertEqual(result.target(BAD)["outcome"], outcome, result.text)
        self.assert_says(result, *words)
        self.assert_others_go_on(result)
        self.assert_old_served()
        return result

    def assert_nothing_sent(self, *words):
        """Applies: refused before anything is sent, with these words."""
        before = self.vendor.state()["calls"], self.calls()
        result = self.apply()
        self.assertEqual(result.status, 2, result.text)
        self.assert_says(result, *words)
        self.assertEqual((self.vendor.state()["calls"], self.calls()), before)
        self.assert_old_served()
        return result

    def assert_heals(self, wanted):
        """Once the cause is gone, one apply brings what is wanted."""
        result = self.assert_applied()
        self.assertEqual(self.vendor.served(BAD), {wanted})
        self.assert_one_stored(wanted)
        return result

    def assert_one_stored(self, fingerprint):
        stored = [one["fingerprint"] for one in self.vendor.state()["certificates"]]
        self.assertEqual(stored.count(fingerprint), 1)


class ConfigurationTest(BadInputCase):
    def test_unknown_config_key(self):
        self.config["settings"]["retire_aftr"] = "2s"
        self.write_config()
        lines = self.config_path.read_text().splitlines()
        line = next(i for i, text in enumerate(lines, 1) if "retire_aftr" in text)
        self.assert_nothing_sent(f"{self.config_path}:{line}:", "retire_aftr", "retire_after")

    def test_missing_secret_variable(self):
        self.odd["secret_key"] = {"env": "CERTFERRY_E2E_NOT_SET"}
        self.assert_nothing_sent("account odd", "secret_key", "CERTFERRY_E2E_NOT_SET")

    def test_missing_secret_file(self):
        path = self.folder / "nowhere"
        self.odd["secret_key"] = {"file": str(path)}
        self.assert_nothing_sent("account odd", "secret_key", str(path), "0600")

    def test_secret_file_open_to_others(self):
        path = self.vendor.folder / "secret_key"
        path.chmod(0o644)
        self.assert_nothing_sent("account odd", f"chmod 600 {path}")

    def test_selector_that_matches_nothing(self):
        self.config["certificates"]["example.org"]["to"][0]["domains"] = ["other.example.org"]
        before = self.vendor.state()["calls"]["changing"]
        result = self.apply()
        self.assertEqual(result.status, 1, result.text)
        self.assert_says(result, "certificate example.org", "account odd", BAD, "`domains:`")
        self.assert_others_go_on(result)
        self.assert_old_served()
        self.assertEqual(self.vendor.state()["calls"]["changing"], before)

    def test_domain_unknown_to_the_account(self):
        to = self.config["certificates"]["example.org"]["to"][0]
        to["domains"] = ["bat.example.org", BAD]
        new = self.issue(["*.example.org"])
        result = self.apply()
        self.assertEqual(result.status, 1, result.text)
        self.assertEqual(result.target("bat.example.org")["outcome"], "parked")
        self.assert_says(result, "account odd", "bat.example.org", f"did you mean {BAD}?")
        self.assertEqual(result.target(BAD)["outcome"], "confirmed")
        self.assertEqual(self.vendor.served(BAD), {new})
        self.assert_others_go_on(result)

    def test_domain_offline_at_the_vendor(self):
        bound = self.vendor.domain(BAD)["cert_id"]
        self.vendor.control("POST", "/domain", name=BAD, status="offline")
        self.issue()
        result = self.apply()
        self.assertEqual(result.status, 1, result.text)
        self.assertEqual(result.target(BAD)["outcome"], "held")
        self.assert_says(result, f"odd/cdn/{BAD}", "offline", "Bring it online")
        self.assert_others_go_on(result)
        self.assertEqual(self.vendor.domain(BAD)["cert_id"], bound)

    def test_second_instance_while_one_works(self):
        self.vendor.fault("slow", endpoint="/cdn/cert/list.json", delay="3s", count=1)
        self.write_config()
        first = subprocess.Popen(
            [harness.BINARY, "--config", self.config_path, "apply"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=harness.clean_environment(),
        )
        with first:
            self.addCleanup(first.kill)
            harness.wait_until(lambda: not self.vendor.state()["faults"], "the first one to work")
            second = self.apply()
            self.assertEqual(second.status, 2, second.text)
            self.assert_says(second, f"process {first.pid}", "certferry apply", "wait for it")
            self.assertEqual(first.wait(timeout=60), 0)


class BundleTest(BadInputCase):
    def test_not_covering_the_domain(self):
        self.issue(["other.example.org"])
        self.assert_only_bad_one_ends(
            "parked", f"does not cover {BAD}", "other.example.org", "issue one that covers the name"
        )

    def test_key_of_another_certificate(self):
        self.issue()
        key = (self.files / "privkey.pem").read_text()
        self.issue()
        harness.write_settled(self.files / "privkey.pem", key)
        self.assert_only_bad_one_ends(
            "held", "certificate example.org", str(self.files / "privkey.pem"), "key"
        )

    def test_expired(self):
        self.issue(begin=-90 * DAY, end=-DAY)
        self.assert_only_bad_one_ends("parked", BAD, "it expired", "renew it")

    def test_not_yet_valid(self):
        self.issue(begin=DAY, end=90 * DAY)
        self.assert_only_bad_one_ends("parked", BAD, "not valid before", "clock")

    def test_chain_without_its_intermediate(self):
        self.issue(chain=False)
        self.assert_only_bad_one_ends("parked", BAD, "End-to-end intermediate", "fullchain.pem")

    def test_older_than_what_is_deployed(self):
        self.issue(end=30 * DAY)
        self.assert_only_bad_one_ends("held", BAD, "nothing is sent", "Renew the source")

    def test_source_missing(self):
        (self.files / "fullchain.pem").unlink()
        self.assert_only_bad_one_ends("held", str(self.files / "fullchain.pem"))


class HalfWrittenTest(BadInputCase):
    def test_file_half_written_and_left_so(self):
        wanted = self.issue()
        key = (self.files / "privkey.pem").read_text()
        (self.files / "privkey.pem").write_text(key[: len(key) // 2])
        self.assert_only_bad_one_ends(
            "held", "certificate example.org", str(self.files / "privkey.pem"), "being written"
        )
        harness.write_settled(self.files / "privkey.pem", key)
        self.assert_heals(wanted)

    def test_file_completed_during_the_run(self):
        wanted = self.issue()
        key = (self.files / "privkey.pem").read_text()
        (self.files / "privkey.pem").write_text(key[: len(key) // 2])
        calls = self.vendor.state()["calls"]["by_endpoint"]
        self.write_config()
        run = subprocess.Popen(
            [harness.BINARY, "--config", self.config_path, "apply"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=harness.clean_environment(),
        )
        with run:
            self.addCleanup(run.kill)
            harness.wait_until(
                lambda: self.vendor.state()["calls"]["by_endpoint"] != calls, "the run to look"
            )
            (self.files / "privkey.pem").write_text(key)
            self.assertEqual(run.wait(timeout=60), 0)
        self.assertEqual(self.vendor.served(BAD), {wanted})


class VendorTest(BadInputCase):
    """What the API refuses at once."""

    def setUp(self):
        super().setUp()
        self.new = self.issue()

    def test_wrong_access_key(self):
        self.odd["access_key"] = "nobody"
        self.assert_only_bad_one_ends(
            "held", "account odd", "make a key pair at https://console.dogecloud.com/user/keys"
        )

    def test_wrong_secret_key(self):
        path = self.folder / "secret"
        harness.write_settled(path, "another-secret-0123456789")
        self.keys.add("another-secret-0123456789")
        self.odd["secret_key"] = {"file": str(path)}
        self.assert_only_bad_one_ends(
            "held", "account odd", "make a key pair at https://console.dogecloud.com/user/keys"
        )

    def test_error_code_with_http_200(self):
        self.vendor.fault(
            "error_code", endpoint="/cdn/cert/bind.json", code=4711, message="此域名已锁定"
        )
        self.assert_only_bad_one_ends("failed", f"binding odd/cdn/{BAD}", "4711", "此域名已锁定")
        self.vendor.clear_faults()
        self.assert_heals(self.new)

    def test_reply_of_5_mib(self):
        self.vendor.fault("huge_reply", endpoint="/cdn/domain/list.json")
        self.assert_only_bad_one_ends(
            "held", "account odd", "4194304 bytes", "check the network"
        )
        self.vendor.clear_faults()
        self.assert_heals(self.new)

    def test_slow(self):
        self.vendor.fault("slow", delay="2s", count=4)
        self.assert_heals(self.new)


class VendorDownTest(BadInputCase):
    """What is tried again until patience ends."""

    def setUp(self):
        super().setUp()
        self.new = self.issue()

    def test_down(self):
        endpoint = self.odd["endpoint"]
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.odd["endpoint"] = f"http://127.0.0.1:{free.getsockname()[1]}"
        port = self.odd["endpoint"].rsplit(":", 1)[1]
        self.assert_only_bad_one_ends(
            "held", "account odd", f"127.0.0.1 port {port}", "check the network"
        )
        self.odd["endpoint"] = endpoint
        self.assert_heals(self.new)

    def test_html(self):
        self.vendor.fault("html")
        self.assert_only_bad_one_ends("held", "account odd", "not JSON", "text/html", "`endpoint:`")
        self.vendor.clear_faults()
        self.assert_heals(self.new)


class CutReplyTest(BadInputCase):
    def setUp(self):
        super().setUp()
        self.new = self.issue()

    def test_lists_cut_for_ever(self):
        self.vendor.fault("cut_reply", endpoint="/cdn/cert/list.json")
        self.assert_only_bad_one_ends("held", "account odd", "was lost", "check the network")
        self.vendor.clear_faults()
        self.assert_heals(self.new)

    def test_lists_cut_once(self):
        self.vendor.fault("cut_reply", endpoint="/cdn/cert/list.json", count=1)
        self.assert_heals(self.new)

    def test_upload_made_but_reply_cut(self):
        self.vendor.fault("cut_reply", endpoint="/cdn/cert/upload.json", count=1)
        self.assert_heals(self.new)

    def test_upload_not_made_and_reply_cut(self):
        self.vendor.fault("cut_before", endpoint="/cdn/cert/upload.json", count=1)
        self.assert_heals(self.new)

    def test_bind_made_but_reply_cut(self):
        self.vendor.fault("cut_reply", endpoint="/cdn/cert/bind.json", count=1)
        self.assert_heals(self.new)


class TimeOutTest(BadInputCase):
    def test_upload_slower_than_we_wait(self):
        new = self.issue()
        self.vendor.fault("slow", endpoint="/cdn/cert/upload.json", delay="40s", count=1)
        self.assert_heals(new)


class EdgeTest(BadInputCase):
    def setUp(self):
        super().setUp()
        self.new = self.issue()

    def test_edge_serves_the_old_leaf_until_the_deadline(self):
        address = ":".join(self.vendor.addresses[0])
        self.vendor.fault("stuck", edge=address)
        result = self.apply()
        self.assertEqual(result.status, 1, result.text)
        self.assertEqual(result.target(BAD)["outcome"], "unconfirmed")
        self.assert_says(result, f"{address} serves {self.old[:12]}", f"certferry probe {BAD}")
        self.assert_others_go_on(result)
        self.assertEqual(self.vendor.served(BAD), {self.old, self.new})
        self.vendor.clear_faults()
        self.assert_heals(self.new)

    def test_edge_address_refuses(self):
        address = ":".join(self.vendor.addresses[1])
        self.vendor.fault("refuse", edge=address)
        result = self.apply()
        self.assertEqual(result.status, 1, result.text)
        self.assertEqual(result.target(BAD)["outcome"], "unconfirmed")
        self.assert_says(result, f"{address} could not be looked at", "refused")
        self.assert_others_go_on(result)
        self.vendor.clear_faults()
        self.assert_heals(self.new)


class DiskFullTest(BadInputCase):
    """No intent without a place to write it down: nothing is sent, and all heals by itself."""

    def setUp(self):
        super().setUp()
        self.new = self.issue()

    def assert_held(self, **options):
        before = self.vendor.state()["calls"]["changing"], self.calls()["changing"]
        served = self.sandbox.served(GOOD)
        result = self.apply(**options)
        self.assertIn(result.status, (1, 2), result.text)
        self.assert_says(result, str(self.state_path))
        after = self.vendor.state()["calls"]["changing"], self.calls()["changing"]
        self.assertEqual(after, before)
        self.assert_old_served()
        self.assertEqual(self.sandbox.served(GOOD), served)
        return result

    def test_file_may_not_grow(self):
        def no_growth():
            # Ignored, so that a write fails as on a full disk and does not kill.
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (4096, resource.RLIM_INFINITY))

        self.assert_held(preexec_fn=no_growth, restore_signals=False)
        self.assert_heals(self.new)

    def test_disk_really_full(self):
        disk = self.folder / "disk"
        disk.mkdir()
        mounted = subprocess.run(
            ["unshare", "--map-root-user", "--mount", "mount", "-t", "tmpfs", "none", disk],
            capture_output=True,
        )
        if mounted.returncode != 0:
            self.skipTest("this user may not mount a small disk")
        self.write_config()
        script = (
            'mount -t tmpfs -o size=256k,mode=700 none "$1" && cp -p "$2"/* "$1"/ && '
            'mount --bind "$1" "$2" && { cat /dev/zero > "$1"/filler; } 2> "$3"; shift 3; exec "$@"'
        )
        command = ["unshare", "--map-root-user", "--mount", "sh", "-c", script, "sh"]
        command += [disk, self.state_path.parent, self.folder / "cat.err", harness.BINARY]
        command += ["--config", self.config_path, "apply", "--output", "json"]
        before = self.vendor.state()["calls"]["changing"]
        run = subprocess.run(
            command, capture_output=True, timeout=60, env=harness.clean_environment()
        )
        result = harness.Result(run.returncode, run.stdout.decode(), run.stderr.decode())
        self.assertIn(result.status, (1, 2), result.text)
        self.assert_says(result, str(self.state_path), "free some space")
        self.assertEqual(self.vendor.state()["calls"]["changing"], before)
        self.assert_old_served()
        self.assert_heals(self.new)


if __name__ == "__main__":
    unittest.main()
