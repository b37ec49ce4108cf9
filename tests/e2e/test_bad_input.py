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

    def assert_in_each(self, words, text):
        """Each word stands in a text that is about the trouble alone: a report names all there is."""
        for word in words:
            self.assertIn(word, text)

    def assert_error(self, error, code, *words):
        """An error of a report has this code and says these words, its hint counted."""
        self.assertEqual(error.get("code"), code, error)
        said = [error.get(key, "") for key in ("activity", "message", "hint")]
        said += [error.get(key, "") for key in ("vendor_code", "vendor_message")]
        self.assert_in_each(words, "; ".join(said))

    def assert_old_served(self):
        self.assertEqual(self.vendor.served(BAD), {self.old})

    def assert_others_go_on(self, result):
        newest = harness.fingerprint_of(self.sandbox.site_folder / "fullchain.pem")
        self.assertEqual(result.target(GOOD)["outcome"], "confirmed")
        self.assertEqual(self.sandbox.served(GOOD), {newest})

    def assert_only_bad_one_ends(self, outcome, reason, *words, **options):
        """Applies: the bad target ends so, for this reason, its message says these words, and
        nothing else suffers."""
        result = self.apply(**options)
        self.assertEqual(result.status, 1, result.text)
        target = result.target(BAD)
        self.assertEqual((target["outcome"], target["reason"]["code"]), (outcome, reason), target)
        self.assert_in_each(words, target["message"])
        self.assert_others_go_on(result)
        self.assert_old_served()
        return result

    def assert_source_refused(self, code, *words):
        """Applies: the bad target is held, since its certificate cannot be read."""
        result = self.assert_only_bad_one_ends("held", "source.failed", f"[{code}]", *words)
        [error] = [one["error"] for one in result.json["certificates"] if "error" in one]
        self.assert_error(error, code, *words)
        self.assertRegex(result.err, r"(?m)^\S+ error +\S+ certificate example\.org: ")
        return result

    def assert_account_refused(self, code, *words, **options):
        """Applies: the bad target is held, since its account cannot be asked."""
        result = self.assert_only_bad_one_ends(
            "held", "observe.failed", f"[{code}]", *words, **options
        )
        [account] = [one for one in result.json["accounts"] if "error" in one]
        self.assertEqual(account["name"], "odd")
        self.assert_error(account["error"], code, *words)
        self.assertRegex(result.err, r"(?m)^\S+ error +observe account odd: ")
        return result

    def assert_nothing_sent(self, code, *words):
        """Applies: refused before anything is sent, with this code and these words, for programs
        and for people."""
        before = self.vendor.state()["calls"], self.calls()
        result = self.apply()
        self.assertEqual(result.status, 2, result.text)
        [error] = result.json["problems"] if "problems" in result.json else [result.json["error"]]
        self.assert_error(error, code, *words)
        self.assert_in_each(("error: ", f"[{code}]", *words), result.err)
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
        self.assert_nothing_sent(
            "config.unknown_key",
            f"{self.config_path}:{line}:",
            "'retire_aftr' in settings",
            "did you mean 'retire_after'?",
        )

    def test_missing_secret_variable(self):
        self.odd["secret_key"] = {"env": "CERTFERRY_E2E_NOT_SET"}
        self.assert_nothing_sent(
            "config.missing", "'secret_key' of account odd", "CERTFERRY_E2E_NOT_SET", "set it"
        )

    def test_missing_secret_file(self):
        path = self.folder / "nowhere"
        self.odd["secret_key"] = {"file": str(path)}
        self.assert_nothing_sent(
            "config.missing", "'secret_key' of account odd", f"{path} does not exist", "0600"
        )

    def test_secret_file_open_to_others(self):
        path = self.vendor.folder / "secret_key"
        path.chmod(0o644)
        self.assert_nothing_sent(
            "config.insecure", "'secret_key' of account odd", f"chmod 600 {path}"
        )

    def test_selector_that_matches_nothing(self):
        self.config["certificates"]["example.org"]["to"][0]["domains"] = ["other.example.org"]
        before = self.vendor.state()["calls"]["changing"]
        result = self.apply()
        self.assertEqual(result.status, 1, result.text)
        [problem] = result.json["problems"]
        self.assertEqual(problem["where"], "certificate example.org")
        self.assert_error(
            problem["error"],
            "select.nothing",
            "at account odd",
            f"the account has {BAD}",
            "mend `domains:`",
        )
        self.assert_others_go_on(result)
        self.assert_old_served()
        self.assertEqual(self.vendor.state()["calls"]["changing"], before)

    def test_domain_unknown_to_the_account(self):
        to = self.config["certificates"]["example.org"]["to"][0]
        to["domains"] = ["bat.example.org", BAD]
        new = self.issue(["*.example.org"])
        result = self.apply()
        self.assertEqual(result.status, 1, result.text)
        unknown = result.target("bat.example.org")
        self.assertEqual((unknown["outcome"], unknown["reason"]["code"]), ("parked", "target.unknown"))
        self.assert_in_each(
            ("account odd has no", "bat.example.org", f"did you mean {BAD}?"), unknown["message"]
        )
        self.assertEqual(result.target(BAD)["outcome"], "confirmed")
        self.assertEqual(self.vendor.served(BAD), {new})
        self.assert_others_go_on(result)

    def test_domain_offline_at_the_vendor(self):
        bound = self.vendor.domain(BAD)["cert_id"]
        self.vendor.control("POST", "/domain", name=BAD, status="offline")
        new = self.issue()
        result = self.apply()
        self.assertEqual(result.status, 1, result.text)
        target = result.target(BAD)
        self.assertEqual((target["outcome"], target["reason"]["code"]), ("held", "target.offline"))
        self.assert_in_each(("'offline'", "Bring it online"), target["message"])
        self.assert_others_go_on(result)
        self.assertEqual(self.vendor.domain(BAD)["cert_id"], bound)
        # The vendor's edge serves nothing while it is offline, and the old one as soon as it is not.
        self.assertEqual(self.vendor.served(BAD), {"none"})
        self.vendor.control("POST", "/domain", name=BAD, status="online")
        self.assert_old_served()
        self.assert_heals(new)

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
            self.assert_error(
                second.json["error"],
                "state.locked",
                f"process {first.pid} ",
                "(certferry apply)",
                "wait for it",
            )
            self.assertEqual(first.wait(timeout=60), 0)


class BundleTest(BadInputCase):
    def test_not_covering_the_domain(self):
        self.issue(["other.example.org"])
        self.assert_only_bad_one_ends(
            "parked",
            "gate.names",
            f"does not cover {BAD}",
            "it is for other.example.org",
            "issue one that covers the name",
        )

    def test_key_of_another_certificate(self):
        self.issue()
        key = (self.files / "privkey.pem").read_text()
        self.issue()
        harness.write_settled(self.files / "privkey.pem", key)
        self.assert_source_refused(
            "cert.mismatch",
            f"the private key in '{self.files / 'privkey.pem'}' belongs to no certificate",
            "use the key and the chain of the same issuance",
        )

    def test_expired(self):
        self.issue(begin=-90 * DAY, end=-DAY)
        self.assert_only_bad_one_ends("held", "gate.expired", "it expired 20", "renew it")

    def test_not_yet_valid(self):
        self.issue(begin=DAY, end=90 * DAY)
        self.assert_only_bad_one_ends(
            "held", "gate.not_yet_valid", "not valid before 20", "this machine's clock"
        )

    def test_chain_without_its_intermediate(self):
        self.issue(chain=False)
        self.assert_only_bad_one_ends(
            "parked",
            "gate.chain_incomplete",
            "'CN=End-to-end intermediate'",
            "give the full chain (fullchain.pem",
        )

    def test_older_than_what_is_deployed(self):
        self.issue(end=30 * DAY)
        self.assert_only_bad_one_ends(
            "held", "plan.not_newer", "nothing is sent", "Renew the source"
        )

    def test_source_missing(self):
        (self.files / "fullchain.pem").unlink()
        self.assert_source_refused(
            "source.missing",
            f"'{self.files / 'fullchain.pem'}' does not exist",
            "check the path in the configuration",
        )

    def test_file_in_another_form(self):
        """Fresh, but whole: waiting two minutes would not help."""
        self.issue()
        chain = self.files / "fullchain.pem"
        subprocess.run(
            ["openssl", "x509", "-in", chain, "-outform", "DER", "-out", chain],
            check=True,
            capture_output=True,
        )
        self.assert_source_refused(
            "pem.other_form",
            f"'{chain}' is not PEM text but a certificate in DER form",
            "openssl x509 -inform DER",
        )


class HalfWrittenTest(BadInputCase):
    def test_file_half_written_and_left_so(self):
        wanted = self.issue()
        key = (self.files / "privkey.pem").read_text()
        (self.files / "privkey.pem").write_text(key[: len(key) // 2])
        self.assert_source_refused(
            "source.torn",
            f"'{self.files / 'privkey.pem'}' is cut short",
            "they are being written just now: try again in two minutes",
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
        self.assert_account_refused(
            "vendor.unauthorized",
            "401",
            "make a key pair at https://console.dogecloud.com/user/keys",
        )

    def test_wrong_secret_key(self):
        path = self.folder / "secret"
        harness.write_settled(path, "another-secret-0123456789")
        self.keys.add("another-secret-0123456789")
        self.odd["secret_key"] = {"file": str(path)}
        self.assert_account_refused(
            "vendor.unauthorized",
            "401",
            "make a key pair at https://console.dogecloud.com/user/keys",
        )

    def test_error_code_with_http_200(self):
        self.vendor.fault(
            "error_code", endpoint="/cdn/cert/bind.json", code=4711, message="此域名已锁定"
        )
        self.assert_only_bad_one_ends(
            "failed",
            "binding.differs",
            f"binding odd/cdn/{BAD}",
            "the vendor said 4711 \"此域名已锁定\"",
            "[vendor.rejected]",
        )
        self.vendor.clear_faults()
        self.assert_heals(self.new)

    def test_reply_of_5_mib(self):
        self.vendor.fault("huge_reply", endpoint="/cdn/domain/list.json")
        self.assert_account_refused(
            "reply.too_large", "larger than the 4194304 bytes", "check the network"
        )
        self.vendor.clear_faults()
        self.assert_heals(self.new)

    def test_server_errors(self):
        self.vendor.fault("server_error")
        self.assert_account_refused("vendor.unavailable", "HTTP 500", "try again later")
        self.vendor.clear_faults()
        self.assert_heals(self.new)

    def test_server_errors_of_binds(self):
        self.vendor.fault("server_error", endpoint="/cdn/cert/bind.json")
        self.assert_only_bad_one_ends(
            "failed",
            "binding.differs",
            "HTTP 500",
            "the account is read before anything is sent again",
            "[vendor.maybe_applied]",
        )
        self.vendor.clear_faults()
        self.assert_heals(self.new)

    def test_server_error_once(self):
        self.vendor.fault("server_error", count=1)
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
        self.assert_account_refused(
            "http.unreachable", f"Failed to connect to 127.0.0.1 port {port}", "check the network"
        )
        self.odd["endpoint"] = endpoint
        self.assert_heals(self.new)

    def test_html(self):
        self.vendor.fault("html")
        self.assert_account_refused(
            "reply.not_json", "the reply is not JSON", "of text/html", "check `endpoint:`"
        )
        self.vendor.clear_faults()
        self.assert_heals(self.new)


class CutReplyTest(BadInputCase):
    def setUp(self):
        super().setUp()
        self.new = self.issue()

    def test_lists_cut_for_ever(self):
        self.vendor.fault("cut_reply", endpoint="/cdn/cert/list.json")
        self.assert_account_refused("http.cut", "the connection was lost", "check the network")
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


class HangingTest(BadInputCase):
    def test_account_that_never_answers(self):
        new = self.issue()
        self.vendor.fault("slow", delay="1h")
        # Four attempts of 30 seconds each, and the waits between them.
        self.assert_account_refused(
            "http.timed_out", "no complete reply within 30 s", "check the network", seconds=240
        )
        self.vendor.clear_faults()
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
        self.assert_in_each(
            (f"{address} serves {self.old[:12]}", f"Look with 'certferry probe {BAD}'"),
            result.target(BAD)["message"],
        )
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
        self.assert_in_each(
            (f"{address} could not be looked at: Connection refused", "'certferry apply' tries again"),
            result.target(BAD)["message"],
        )
        self.assert_others_go_on(result)
        # It could not be looked at, which is no reason to undo what the others serve.
        self.assertEqual(self.vendor.served(BAD), {self.new, "none"})
        self.vendor.clear_faults()
        self.assert_heals(self.new)


class DiskFullCase(BadInputCase):
    """No intent without a place to write it down: nothing is sent, and all heals by itself."""

    def setUp(self):
        super().setUp()
        self.new = self.issue()

    def assert_refused(self, run, *words):
        """Refused by the state, with these words; nothing is sent, and what was served is served."""
        before = self.vendor.state()["calls"], self.calls()
        served = self.sandbox.served(GOOD)
        result = run()
        self.assertEqual(result.status, 2, result.text)
        self.assert_error(result.json["error"], "state.io", str(self.state_path), *words)
        self.assertEqual((self.vendor.state()["calls"], self.calls()), before)
        self.assert_old_served()
        self.assertEqual(self.sandbox.served(GOOD), served)


class FileGrowthTest(DiskFullCase):
    def test_file_may_not_grow(self):
        def no_growth():
            # Ignored, so that a write fails as on a full disk and does not kill.
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (4096, resource.RLIM_INFINITY))

        self.assert_refused(
            lambda: self.apply(preexec_fn=no_growth, restore_signals=False),
            "could not be read or written",
            "look at the disk; what was written before is intact",
        )
        self.assert_heals(self.new)


class DiskFullTest(DiskFullCase):
    def test_disk_really_full(self):
        disk = self.folder / "disk"
        disk.mkdir()
        mounted = subprocess.run(
            ["unshare", "--map-root-user", "--mount", "mount", "-t", "tmpfs", "none", disk],
            capture_output=True,
        )
        if mounted.returncode != 0:
            self.skipTest("this user may not mount a small disk")
        script = (
            'mount -t tmpfs -o size=256k,mode=700 none "$1" && cp -p "$2"/* "$1"/ && '
            'mount --bind "$1" "$2" && { cat /dev/zero > "$1"/filler; } 2> "$3"; shift 3; exec "$@"'
        )
        command = ["unshare", "--map-root-user", "--mount", "sh", "-c", script, "sh"]
        command += [disk, self.state_path.parent, self.folder / "cat.err", harness.BINARY]
        command += ["--config", self.config_path, "apply", "--output", "json"]

        def on_full_disk():
            self.write_config()
            run = subprocess.run(
                command, capture_output=True, timeout=60, env=harness.clean_environment()
            )
            return harness.Result(run.returncode, run.stdout.decode(), run.stderr.decode())

        self.assert_refused(on_full_disk, "free some space; what was written before is intact")
        self.assert_heals(self.new)


if __name__ == "__main__":
    unittest.main()
