"""From a machine with panels and clients on it to a configuration that works: `certferry init`."""

import base64
import fcntl
import grp
import json
import os
import pty
import re
import select
import stat
import subprocess
import termios
import time
import unittest

import harness

SITE = "example.com"
KEY = "dogecloud.secret_key"


class Terminal:
    """The program on a terminal of its own, whose person answers what is asked."""

    def __init__(self, *arguments, within=(), environment=None):
        self.ours, theirs = pty.openpty()
        self.process = subprocess.Popen(
            [*within, harness.BINARY, *map(str, arguments)],
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            env=harness.clean_environment(TERM="dumb", **(environment or {})),
            start_new_session=True,
            # So that Ctrl-C reaches it as it would from a keyboard.
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
        )
        os.close(theirs)
        self.seen = ""
        self.read_until = 0

    def _read(self, seconds):
        ready, _, _ = select.select([self.ours], [], [], seconds)
        if not ready:
            return False
        try:
            chunk = os.read(self.ours, 65536)
        except OSError:  # so Linux says that the other end is closed
            return False
        self.seen += chunk.decode(errors="replace")
        return bool(chunk)

    def expect(self, pattern, seconds=30):
        give_up = time.monotonic() + seconds
        while True:
            found = re.compile(pattern).search(self.seen, self.read_until)
            if found:
                self.read_until = found.end()
                return found
            if time.monotonic() > give_up or not self._read(max(0, give_up - time.monotonic())):
                raise AssertionError(f"no {pattern!r} in {self.seen!r}")

    def answer(self, text=""):
        os.write(self.ours, text.encode() + b"\n")

    def send(self, byte):
        os.write(self.ours, byte)

    def echoes(self):
        return bool(termios.tcgetattr(self.ours)[3] & termios.ECHO)

    def end(self):
        while self._read(30):
            pass
        status = self.process.wait(timeout=30)
        os.close(self.ours)
        return status


class InitCase(harness.SandboxCase):
    """A machine's root below the test's folder, with 1Panel in it, which is the sandbox's."""

    domains = ("cdn.example.com", "img.example.com", "cdn.other.org")

    def setUp(self):
        self.folder = harness.temporary_folder(self)
        self.root = self.folder / "machine"
        self.root.mkdir()
        self.sandbox = harness.Sandbox(self.root / "opt", self.domains)
        self.addCleanup(self.sandbox.stop)
        self.config = self.folder / "etc/certferry.yaml"

    def tearDown(self):
        """However it ended: credentials are tried by reading, and what is found is only listed."""
        self.assertEqual(self.sandbox.state()["calls"]["changing"], 0)

    def arguments(self, *more, root=None, endpoint=None):
        return [
            "init", "--root", root or self.root, "--config", self.config,
            "--endpoint", endpoint or self.sandbox.announcement["api"],
            "--trust", self.sandbox.folder / "ca.pem",
            "--state", self.folder / "state/state.db", *more,
        ]  # fmt: skip

    def flags(self, *more, **places):
        key = self.sandbox.folder / "secret_key"
        return self.arguments(
            "--yes", "--provider", "dogecloud", "--field", "access_key=sandbox",
            "--secret-file", f"secret_key={key}", *more, **places,
        )  # fmt: skip

    def init(self, *more, **places):
        return harness.certferry(*self.flags(*more, **places))

    def person_at(self, question=None, **terminal):
        """Answers all before that question, or all that TerminalTest answers."""
        arguments = self.arguments("--provider", "dogecloud", "--account", "doge")
        person = Terminal(*arguments, **terminal)
        for asked, answer in (
            ("access_key: ", "sandbox"),
            (r"secret_key \(not shown\): ", self.sandbox.secret_key),
            ("Domains that get", ""),
            ("Write this to", ""),
        ):
            person.expect(asked)
            if asked == question:
                return person
            person.answer(answer)
        return person

    def assert_nothing_is_left(self):
        left = list(self.config.parent.iterdir()) if self.config.parent.exists() else []
        self.assertEqual(left, [])

    def assert_works(self, *domains):
        """What was written plans for these domains, with every command's own loader."""
        result = harness.certferry("plan", "--config", self.config, "--output", "json")
        self.assertEqual(result.status, 0, result.text)
        planned = {one["name"] for one in result.json["targets"]}
        self.assertEqual(planned, set(domains))

    def mode(self, name):
        return stat.S_IMODE((self.config.parent / name).stat().st_mode)


class FlagsTest(InitCase):
    """As a script calls it."""

    def test_writes_what_works(self):
        result = self.init()
        self.assertEqual(result.status, 0, result.text)
        self.assertIn("2 targets can be deployed", result.out)
        self.assertIn(f"certferry plan --config {self.config}", result.out)
        self.assertRegex(result.err, r"cdn\.other\.org +cdn +online +none")
        names = {path.name for path in self.config.parent.iterdir()}
        self.assertEqual(names, {"certferry.yaml", KEY})
        # Where the package is installed, its group may read the configuration, but no secret.
        shared = os.geteuid() == 0 and "certferry" in {one.gr_name for one in grp.getgrall()}
        self.assertEqual(self.mode(KEY), 0o600)
        self.assertEqual(self.mode("certferry.yaml"), 0o640 if shared else 0o600)
        self.assertEqual(self.mode("."), 0o750 if shared else 0o700)
        text = self.config.read_text()
        self.assertNotIn(self.sandbox.secret_key, text + result.text)
        self.assertIn("domains: covered", text)
        asked = set(self.sandbox.state()["calls"]["by_endpoint"])
        self.assertEqual(asked, {"/cdn/domain/list.json", "/cdn/cert/list.json"})
        self.assert_works("cdn.example.com", "img.example.com")
        check = harness.certferry("check", "--config", self.config)
        self.assertEqual(check.status, 0, check.text)

    def test_tells_programs_what_it_did(self):
        result = self.init("--output", "json", "--domains", "img.example.com")
        self.assertEqual((result.status, result.err), (0, ""), result.text)
        out = result.json
        self.assertTrue(out["written"])
        self.assertFalse(out["enabled"])
        self.assertEqual(out["config"], str(self.config))
        self.assertEqual(out["text"], self.config.read_text())
        self.assertEqual(out["found"][0]["from"]["1panel"]["site"], SITE)
        taken = {one["name"]: one["certificates"] for one in out["domains"]}
        self.assertEqual(
            taken, {"cdn.example.com": [], "img.example.com": [SITE], "cdn.other.org": []}
        )
        self.assert_works("img.example.com")

    def test_secrets_come_from_the_environment_and_from_standard_input(self):
        secret = self.sandbox.secret_key
        base = self.arguments("--yes", "--provider", "dogecloud")
        variables = {"DOGECLOUD_ACCESS_KEY": "sandbox", "DOGECLOUD_SECRET_KEY": secret}
        result = harness.certferry(*base, "--print", environment=variables)
        self.assertEqual(result.status, 0, result.text)
        self.assertNotIn(secret, result.text)
        self.assertFalse(self.config.exists())
        more = ["--field", "access_key=sandbox", "--secret-file", "secret_key=-"]
        done = subprocess.run(
            [harness.BINARY, *map(str, base), *more],
            input=secret.encode() + b"\n",
            capture_output=True,
            timeout=60,
            env=harness.clean_environment(),
        )
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual((self.config.parent / KEY).read_text(), secret + "\n")

    def test_what_is_missing_is_named(self):
        key = self.sandbox.folder / "secret_key"
        given = ["--provider", "dogecloud", "--field", "access_key=sandbox"]
        cases = (
            ([], "--provider: dogecloud"),
            (given[:2], "--field access_key=VALUE, or set DOGECLOUD_ACCESS_KEY"),
            (given, "--secret-file secret_key=PATH, or set DOGECLOUD_SECRET_KEY"),
            ([*given, "--field", "secret_key=hunter2"], "--secret-file secret_key=PATH"),
            ([*given, "--secret-file", f"key={key}"], "it has: access_key, secret_key"),
            ([*given, "--secret-file", "secret_key=/nowhere"], "/nowhere does not exist"),
            ([*given, "--account", "a/b"], "mend --account"),
            (["--provider", "dogecluod"], "there are: dogecloud"),
            (["--certificate", "nope.org"], "take one of: 1panel:example.com"),
            (["--folder", self.folder / "nowhere"], "--provider"),
        )
        for more, said in cases:
            with self.subTest(more=more):
                # With --yes it asks nothing, and without a terminal neither.
                for flag in (["--yes"], []):
                    result = harness.certferry(*self.arguments(*flag, *more))
                    self.assertEqual((result.status, result.out), (2, ""), result.text)
                    self.assertIn(said, result.err)
                    self.assertNotIn("hunter2", result.text)
        self.assert_nothing_is_left()
        self.assertEqual(self.sandbox.state()["calls"]["by_endpoint"], {})

    def test_domains_that_cannot_be(self):
        for domains, said in (
            ("cdn.other.org", "no domain cdn.other.org that the certificate covers"),
            ("cdn.example.com,nope.example.com", "no domain nope.example.com"),
        ):
            with self.subTest(domains=domains):
                result = self.init("--domains", domains)
                self.assertEqual(result.status, 2, result.text)
                self.assertIn(said, result.err)
        self.assert_nothing_is_left()

    def test_wrong_key(self):
        wrong = {"DOGECLOUD_ACCESS_KEY": "sandbox", "DOGECLOUD_SECRET_KEY": "not-it"}
        result = harness.certferry(
            *self.arguments("--yes", "--provider", "dogecloud"), environment=wrong
        )
        self.assertEqual(result.status, 1, result.text)
        self.assertIn("refused the account's keys", result.err)
        self.assertNotIn("not-it", result.text)
        self.assert_nothing_is_left()

    def test_keys_are_never_sent_in_clear_over_a_network(self):
        result = self.init(endpoint="http://api.example.com")
        self.assertEqual(result.status, 2, result.text)
        self.assertIn("would send credentials unencrypted", result.err)

    def test_what_is_there_is_never_written_over(self):
        self.config.parent.mkdir()
        self.config.write_text("mine\n")
        result = self.init()
        self.assertEqual(result.status, 2, result.text)
        self.assertIn("is there already, and is never overwritten", result.err)
        self.assertEqual(self.config.read_text(), "mine\n")
        self.assertEqual(self.init("--print").status, 0)
        self.config.unlink()
        secret = self.config.parent / KEY
        secret.write_text("another\n")
        secret.chmod(0o600)
        result = self.init()
        self.assertEqual(result.status, 2, result.text)
        self.assertIn("holds something else", result.err)
        self.assertEqual(secret.read_text(), "another\n")
        self.assertEqual([path.name for path in self.config.parent.iterdir()], [KEY])
        secret.write_text(self.sandbox.secret_key)
        self.assertEqual(self.init().status, 0)

    def test_no_certificate(self):
        empty = self.folder / "empty"
        empty.mkdir()
        result = self.init(root=empty)
        self.assertEqual(result.status, 2, result.text)
        self.assertIn("no certificate was found at the usual places", result.err)
        self.assertIn("--folder", result.err)
        self.assert_nothing_is_left()

    def test_folder_that_cannot_be_written(self):
        self.config.parent.mkdir()
        self.config.parent.chmod(0o500)
        within = ()
        if os.geteuid() == 0:
            # Root may write anywhere but where nobody may.
            within = ("unshare", "--mount", "sh", "-c")
            mount = f"mount -t tmpfs -o ro none {self.config.parent} && exec \"$@\""
            within = (*within, mount, "sh")
        result = harness.certferry(*self.flags(), within=within)
        self.assertEqual(result.status, 2, result.text)
        self.assertIn("certferry.yaml cannot be written", result.err)
        self.assertEqual(self.sandbox.state()["calls"]["by_endpoint"], {})

    def test_enabling_needs_the_service_that_reads_the_file(self):
        result = self.init("--enable")
        self.assertEqual(result.status, 2, result.text)
        self.assertIn("leave --enable out", result.err)


class ProductsTest(InitCase):
    """Accounts of several products, of which some cannot be had."""

    def account(self, product):
        """The sandbox anew, as an account of this vendor."""
        self.sandbox.stop()
        self.sandbox = harness.Sandbox(self.folder / "other/opt", self.domains, product=product)
        self.addCleanup(self.sandbox.stop)
        self.root = self.folder / "other"

    def init_of(self, provider, fields, secret, *more):
        key = self.sandbox.folder / "secret_key"
        pairs = [part for field in fields for part in ("--field", field)]
        return harness.certferry(
            *self.arguments(
                "--yes", "--provider", provider, *pairs, "--secret-file", f"{secret}={key}", *more
            )
        )  # fmt: skip

    def test_one_that_these_settings_cannot_have_is_left_out(self):
        self.account("aws/elb")
        fields = ("access_key_id=sandbox", "store=iam", "iam_path=/balancers/")
        result = self.init_of("aws", fields, "secret_access_key")
        self.assertEqual(result.status, 0, result.text)
        self.assertIn("cloudfront is left out: CloudFront takes certificates of IAM", result.err)
        text = self.config.read_text()
        self.assertIn("product: elb", text)
        self.assertNotIn("product: cloudfront", text)
        self.assert_works("cdn.example.com", "img.example.com")


class LayoutsTest(InitCase):
    """Every kind of source at its usual place, below one root."""

    def setUp(self):
        super().setUp()
        self.authority = harness.Authority(self.folder / "authority")

    def pair(self, name):
        """A chain and a key for the name, as texts."""
        into = self.folder / "pair"
        self.authority.issue(into, [name])
        return tuple((into / file).read_text() for file in ("fullchain.pem", "privkey.pem"))

    def put(self, name, chain, key):
        """A pair at these paths below the root."""
        for path, text in zip((chain, key), self.pair(name), strict=True):
            whole = self.root / path
            whole.parent.mkdir(parents=True, exist_ok=True)
            harness.write_settled(whole, text)

    def put_certbot(self, name):
        self.put(
            f"{name}", f"etc/letsencrypt/archive/{name}/fullchain1.pem",
            f"etc/letsencrypt/archive/{name}/privkey1.pem",
        )  # fmt: skip
        live = self.root / "etc/letsencrypt/live" / name
        live.mkdir(parents=True)
        for file in ("fullchain", "privkey"):
            (live / f"{file}.pem").symlink_to(f"../../archive/{name}/{file}1.pem")
        (live.parent / "README").write_text("certbot's\n")

    def put_traefik(self, name):
        chain, key = (base64.b64encode(text.encode()).decode() for text in self.pair(name))
        one = {"domain": {"main": name}, "certificate": chain, "key": key}
        path = self.root / "etc/traefik/acme.json"
        path.parent.mkdir(parents=True)
        harness.write_settled(path, json.dumps({"le": {"Account": {}, "Certificates": [one]}}))

    def put_all(self):
        caddy = "var/lib/caddy/.local/share/caddy/certificates/acme-v02.api.letsencrypt.org-directory"
        folders = {
            "bt.org": "www/server/panel/vhost/cert/bt.org",
            "dehydrated.org": "var/lib/dehydrated/certs/dehydrated.org",
            "npm.org": "opt/npm/data/custom_ssl/npm-7",
            "pushed.org": "etc/ssl/pushed.org",
        }
        for name, folder in folders.items():
            self.put(name, f"{folder}/fullchain.pem", f"{folder}/privkey.pem")
        files = {
            "acme.org": ("root/.acme.sh/acme.org_ecc/fullchain.cer", "acme.org.key"),
            "user.org": ("home/ops/.acme.sh/user.org/fullchain.cer", "user.org.key"),
            "*.lego.org": ("var/lib/lego/certificates/_.lego.org.crt", "_.lego.org.key"),
            "caddy.org": (f"{caddy}/caddy.org/caddy.org.crt", "caddy.org.key"),
        }
        for name, (chain, key) in files.items():
            self.put(name, chain, f"{os.path.dirname(chain)}/{key}")
        self.put_certbot("certbot.org")
        self.put_traefik("traefik.org")

    def found(self, *more):
        out = self.init("--certificate", "1panel:example.com", "--print", "--output", "json", *more)
        self.assertEqual(out.status, 0, out.text)
        return out.json["found"]

    def test_each_is_found_once_and_can_be_used(self):
        self.put_all()
        root = str(self.root)
        found = self.found()
        self.assertEqual([one.get("error") for one in found], [None] * len(found))
        self.assertCountEqual(
            [one["from"] for one in found],
            [
                {"1panel": {"site": SITE, "base": root + "/opt"}},
                {"1panel": {"directory": root + "/etc/ssl/pushed.org"}},
                {"baota": {"site": "bt.org", "base": root + "/www/server/panel"}},
                {"certbot": {"name": "certbot.org", "base": root + "/etc/letsencrypt"}},
                {"acme.sh": {"name": "acme.org", "base": root + "/root/.acme.sh"}},
                {"acme.sh": {"name": "user.org", "base": root + "/home" + "/ops/.acme.sh"}},
                {"lego": {"name": "*.lego.org", "base": root + "/var/lib/lego"}},
                {"dehydrated": {"name": "dehydrated.org", "base": root + "/var/lib/dehydrated"}},
                {
                    "caddy": {
                        "name": "caddy.org",
                        "base": root + "/var/lib/caddy/.local/share/caddy",
                    }
                },
                {"traefik": {"file": root + "/etc/traefik/acme.json", "domain": "traefik.org"}},
                {"nginx-proxy-manager": {"id": "7", "base": root + "/opt/npm"}},
            ],
        )
        names = {name for one in found for name in one["certificate"]["dns_names"]}
        self.assertLess({"bt.org", "user.org", "*.lego.org", "npm.org", "traefik.org"}, names)

    def test_what_cannot_be_used_says_why(self):
        self.put_certbot("mixed.org")
        _, key = self.pair("mixed.org")
        harness.write_settled(self.root / "etc/letsencrypt/archive/mixed.org/privkey1.pem", key)
        self.put_certbot("gone.org")
        (self.root / "etc/letsencrypt/archive/gone.org/privkey1.pem").unlink()
        path = self.root / "etc/traefik/acme.json"
        path.parent.mkdir(parents=True)
        harness.write_settled(path, "{")
        found = self.found()
        codes = {one["path"].split("/")[-2]: one["error"]["code"] for one in found[1:]}
        self.assertEqual(
            codes,
            {"mixed.org": "cert.mismatch", "gone.org": "source.missing", "traefik": "traefik.format"},
        )
        result = self.init("--print")
        self.assertEqual(result.status, 0, "the only one that can be used is taken")
        self.assertEqual(result.err.count("not usable"), 3)

    def test_several_certificates_and_which(self):
        self.put_certbot("cdn.other.org")
        result = self.init()
        self.assertEqual(result.status, 2, result.text)
        self.assertIn("2 certificates were found; say which by --certificate", result.err)
        result = self.init("--certificate", SITE, "--certificate", "certbot:cdn.other.org")
        # The sandbox's authority alone is trusted, so that one stands back; that is told.
        self.assertEqual(result.status, 0, result.text)
        self.assertIn("mind     dogecloud/cdn/cdn.other.org", result.out)

    def test_a_folder_that_a_person_names(self):
        certificates = self.folder / "mine"
        chain, key = self.pair("cdn.other.org")
        certificates.mkdir()
        harness.write_settled(certificates / "other.crt", chain)
        harness.write_settled(certificates / "other.key", key)
        named = self.found("--folder", certificates)[-1]
        self.assertEqual(
            named["from"],
            {"files": {"chain": f"{certificates}/other.crt", "key": f"{certificates}/other.key"}},
        )

    @unittest.skipUnless(os.geteuid() == 0, "needs root to be somebody else")
    def test_places_that_are_closed(self):
        self.put_certbot("cdn.other.org")
        os.chmod(self.root / "etc/letsencrypt/live", 0o700)
        self.folder.chmod(0o755)
        for path in (self.root, *self.root.glob("opt"), *self.root.glob("opt/**/*")):
            path.chmod(0o755 if path.is_dir() else 0o644)
        as_nobody = ("setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups")
        result = harness.certferry(
            *self.arguments("--yes", "--provider", "dogecloud", "--print"), within=as_nobody
        )
        self.assertIn("not looked at, for this user may not", result.err)
        self.assertIn("etc/letsencrypt/live", result.err)


class TerminalTest(InitCase):
    """As a person meets it."""

    def test_a_wrong_key_first_and_then_all_the_way(self):
        person = Terminal(*self.arguments())
        person.expect(r"1  example\.com \*\.example\.com .* 89 days  1Panel site example\.com")
        person.expect("Vendors: dogecloud, aliyun, ")
        person.expect("Vendor of the account: ")
        person.answer("dogecluod")
        person.expect("there is no provider 'dogecluod'")
        person.expect("Vendor of the account")
        person.answer("dogecloud")
        person.expect(r"Name of the account, as you like \[dogecloud\]: ")
        person.answer("my doge")
        person.expect("letters, digits")
        person.answer("doge")
        for key in ("not-it", self.sandbox.secret_key):
            person.expect(r"access_key: ")
            person.answer("sandbox")
            person.expect(r"secret_key \(not shown\): ")
            self.assertFalse(person.echoes())
            person.answer(key)
            if key == "not-it":
                person.expect("refused the account's keys")
        person.expect("The keys work: 3 domains")
        person.expect(r"Domains that get example\.com .*\[covered\]: ")
        person.answer("cdn.other.org")
        person.expect("the account has no domain cdn.other.org that the certificate covers")
        person.answer()
        person.expect(r"Write this to .*certferry\.yaml\? \[yes\]: ")
        self.assert_nothing_is_left()
        person.answer()
        person.expect("2 targets can be deployed")
        self.assertEqual(person.end(), 0, person.seen)
        self.assertNotIn(self.sandbox.secret_key, person.seen)
        self.assertNotIn("not-it", person.seen)
        self.assertEqual(self.mode("doge.secret_key"), 0o600)
        self.assert_works("cdn.example.com", "img.example.com")

    def test_ctrl_c_at_any_question_leaves_nothing(self):
        for question in ("access_key: ", r"secret_key \(not shown\): ", "Write this to"):
            with self.subTest(question=question):
                person = self.person_at(question)
                person.send(b"\x03")
                person.expect("interrupted; nothing was changed")
                self.assertTrue(person.echoes())
                self.assertEqual(person.end(), -2)
                self.assert_nothing_is_left()

    def test_ctrl_c_while_files_are_written_takes_them_away(self):
        person = self.person_at("Write this to")
        # From now on the account does not answer: the check of what was written waits for it.
        self.sandbox.fault("slow", endpoint="/cdn/domain/list.json", delay="60s")
        person.answer()
        written = self.config.parent / "doge.secret_key"
        harness.wait_until(written.exists, "the secret to be written")
        person.send(b"\x03")
        person.expect("interrupted; nothing was changed")
        self.assertEqual(person.end(), -2)
        self.assertFalse(self.config.parent.exists(), "the folder was made for it")

    def test_no_is_an_answer_and_so_is_the_end(self):
        person = self.person_at("Write this to")
        person.answer("nein")
        person.expect("yes or no?")
        person.answer("no")
        person.expect("Nothing was written")
        self.assertEqual(person.end(), 1)
        person = self.person_at("access_key: ")
        person.send(b"\x04")
        person.expect("the answers ended; nothing was written")
        self.assertEqual(person.end(), 1)
        self.assert_nothing_is_left()


class ServiceTest(InitCase):
    """Where the package has brought its service and a systemd runs, as far as the program can see.

    /run and /etc are that in a mount namespace alone, and systemctl writes down what it is told.
    """

    INSTALLED = """
        mount -t tmpfs none /run
        mkdir -p /run/systemd/system /run/etc /run/work
        mount -t overlay -o lowerdir=/etc,upperdir=/run/etc,workdir=/run/work none /etc
        mkdir -p /etc/certferry /etc/systemd/system
        mount --bind "$0" /etc/certferry
        mount -t tmpfs none /etc/systemd/system
        touch /etc/systemd/system/certferry.service
        exec "$@"
    """

    def setUp(self):
        super().setUp()
        self.config = "/etc/certferry/certferry.yaml"
        self.written = self.folder / "etc"
        self.written.mkdir(mode=0o755)
        self.told = self.folder / "told"
        unshare = ("unshare", "--map-root-user", "--mount")
        self.within = (*unshare, "sh", "-ec", self.INSTALLED, self.written)
        if subprocess.run([*self.within, "true"], capture_output=True).returncode != 0:
            self.skipTest(f"nobody may mount an /etc here: {' '.join(unshare)}")

    def asked_to_start(self, status=0):
        """A person who is asked whether to start the service, where systemctl ends like that."""
        systemctl = self.folder / "bin/systemctl"
        systemctl.parent.mkdir()
        systemctl.write_text(f"""#!/bin/sh
            {{ echo "$@"; ls {self.written}; }} >> {self.told}
            exit {status}
        """)
        systemctl.chmod(0o755)
        path = f"{systemctl.parent}:{os.environ['PATH']}"
        person = self.person_at(within=self.within, environment={"PATH": path})
        person.expect(r"Start the service .*at each boot\? \[yes\]: ")
        self.assertFalse(self.told.exists(), "nobody has agreed")
        return person

    def assert_systemctl_enabled_it(self):
        """Once, when all that the service reads was there."""
        self.assertEqual(
            self.told.read_text().splitlines(),
            ["enable --now certferry.service", "certferry.yaml", "doge.secret_key"],
        )

    def test_yes_starts_it(self):
        person = self.asked_to_start()
        person.answer("yes")
        person.expect("the service is at work")
        self.assertEqual(person.end(), 0, person.seen)
        self.assert_systemctl_enabled_it()

    def test_no_says_how_to_do_it_later(self):
        person = self.asked_to_start()
        person.answer("no")
        person.expect("systemctl enable --now certferry.service +stay")
        self.assertEqual(person.end(), 0, person.seen)
        self.assertFalse(self.told.exists(), "it was a no")

    def test_ctrl_c_leaves_nothing(self):
        person = self.asked_to_start()
        person.send(b"\x03")
        person.expect("interrupted; nothing was changed")
        self.assertEqual(person.end(), -2)
        self.assertEqual(list(self.written.iterdir()), [])
        self.assertFalse(self.told.exists())

    def test_what_systemctl_cannot_start_is_written_all_the_same(self):
        person = self.asked_to_start(status=1)
        person.answer()
        person.expect(r"written +/etc/certferry/certferry\.yaml")
        person.expect(r"enabling certferry\.service.*\s.*the configuration is written")
        self.assertEqual(person.end(), 1, person.seen)
        self.assert_systemctl_enabled_it()


if __name__ == "__main__":
    unittest.main()
