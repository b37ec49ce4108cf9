"""`certferry run`: a renewal is deployed as it is written, and nothing that goes wrong ends it."""

import os
import shutil
import signal
import socket
import subprocess
import time

import harness
import leaves
import test_notify


class RunCase(harness.SandboxCase):
    """The daemon at work against a sandbox, its log in a file."""

    within = ()  # a command that runs it

    def start(self, *arguments, **environment):
        self.write_config()
        self.log_path = self.folder / "log"
        log = self.log_path.open("wb")
        self.addCleanup(log.close)
        self.daemon = subprocess.Popen(
            [*self.within, harness.BINARY, "--config", self.config_path, "run", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env=harness.clean_environment(**environment),
        )
        self.addCleanup(self.daemon.wait)
        self.addCleanup(self.daemon.kill)

    @property
    def log(self):
        return self.log_path.read_text()

    def wait_for_log(self, text, times=1, seconds=30):
        def there():
            if self.daemon.poll() is not None:
                raise AssertionError(f"it ended with {self.daemon.returncode}: {self.log}")
            return self.log.count(text) >= times

        try:
            harness.wait_until(there, repr(text), seconds=seconds)
        except TimeoutError as error:
            raise AssertionError(f"{error}; the log is: {self.log}") from error

    def newest(self):
        return harness.fingerprint_of(self.sandbox.site_folder / "fullchain.pem")

    def is_served(self, fingerprint):
        return all(self.sandbox.served(one) == {fingerprint} for one in self.sandbox.domains)

    def wait_until_served(self, fingerprint):
        harness.wait_until(lambda: self.is_served(fingerprint), "the edges to serve it")

    def start_and_serve(self, *arguments, **environment):
        self.start(*arguments, **environment)
        self.wait_until_served(self.newest())
        self.wait_for_log("2 confirmed")

    def first_call_after(self, before):
        """Seconds from now until the sandbox's API hears of a changing call."""
        begun = time.monotonic()
        harness.wait_until(lambda: self.calls()["changing"] > before, "a changing call")
        return time.monotonic() - begun


class RenewalTest(RunCase):
    """Renewals, as panels and clients write them."""

    def test_each_renewal_is_served_and_the_old_one_retired(self):
        self.start_and_serve()
        for _ in range(3):
            self.sandbox.renew()
            self.wait_until_served(self.newest())
        # Grace is two seconds here; what was superseded goes without anybody asking.
        harness.wait_until(
            lambda: len(self.sandbox.state()["certificates"]) == 1,
            "the superseded ones to go",
            seconds=60,
        )

    def test_files_are_followed_however_they_are_written(self):
        live, archive = self.folder / "live", self.folder / "archive"
        authority = harness.Authority(self.folder / "ca")
        self.trust.append(authority.root)
        archive.mkdir()
        live.mkdir()

        def issue(number):
            # Each ends later than the one before; what does not is no renewal, and is held.
            end = 90 * 86400 + number * 60
            fingerprint = authority.issue(archive / str(number), ["*.example.com"], end=end)
            return fingerprint, archive / str(number)

        def by_link(folder):
            for name in ("fullchain.pem", "privkey.pem"):
                (live / (name + ".new")).symlink_to(folder / name)
                (live / (name + ".new")).rename(live / name)

        def in_place(folder):
            for name in ("privkey.pem", "fullchain.pem"):
                text = (folder / name).read_text()
                with (live / name).open("w") as file:
                    for part in (text[:100], text[100:]):
                        file.write(part)
                        file.flush()
                        time.sleep(0.05)

        def by_rename(folder):
            for name in ("fullchain.pem", "privkey.pem"):
                shutil.copy(folder / name, live / (name + ".new"))
                (live / (name + ".new")).rename(live / name)

        def by_folder(folder):
            live.rename(self.folder / f"live.{folder.name}")
            shutil.copytree(folder, live)

        fingerprint, folder = issue(0)
        by_link(folder)
        self.config["certificates"]["example.com"]["from"] = {
            "files": {"chain": str(live / "fullchain.pem"), "key": str(live / "privkey.pem")}
        }
        self.start()
        self.wait_until_served(fingerprint)
        self.wait_for_log("2 confirmed")
        for number, write in enumerate([by_link, by_rename, in_place, by_folder], start=1):
            with self.subTest(way=write.__name__):
                fingerprint, folder = issue(number)
                if write is in_place:
                    for name in ("fullchain.pem", "privkey.pem"):
                        (live / name).unlink()
                before = self.calls()["changing"]
                write(folder)
                # A second at most where nothing else is at work and nothing is sanitized: bench/daemon.
                self.assertLess(self.first_call_after(before), 5)
                self.wait_until_served(fingerprint)

    def test_a_source_that_goes_and_comes_back(self):
        self.start_and_serve()
        before = self.newest()
        away = self.sandbox.site_folder.with_name("ssl.away")
        self.sandbox.site_folder.rename(away)
        self.wait_for_log("has no certificate in")
        self.assertTrue(self.is_served(before), "what was served stays served")
        away.rename(self.sandbox.site_folder)
        self.sandbox.renew()
        self.wait_until_served(self.newest())


class FleetCase(RunCase):
    """The `folder` source."""

    def setUp(self):
        super().setUp()
        self.authority = harness.Authority(self.folder / "ca")
        self.trust.append(self.authority.root)
        self.fleet = self.folder / "fleet"
        self.first = self.issue(self.fleet / "a", "cdn.example.com")
        # The slash at its end is how people write it.
        self.config["certificates"]["example.com"]["from"] = {"folder": {"path": f"{self.fleet}/"}}

    def issue(self, folder, name, number=0):
        folder.mkdir(parents=True, exist_ok=True)
        return self.authority.issue(folder, [name], end=90 * 86400 + number * 60)

    def wait_for(self, name, fingerprint):
        harness.wait_until(lambda: self.sandbox.served(name) == {fingerprint}, f"{name} to be served")

    def start_with_one(self):
        self.start()
        self.wait_for("cdn.example.com", self.first)
        self.wait_for_log("1 confirmed")


class FleetTest(FleetCase):
    """Certificates come and go while it runs."""

    def test_a_pair_in_a_new_folder_is_served_once_it_is_whole(self):
        self.start_with_one()
        away = self.folder / "away"
        fingerprint = self.issue(away, "img.example.com")
        new = self.fleet / "customers/b"
        new.mkdir(parents=True)
        shutil.copy(away / "fullchain.pem", new)
        time.sleep(1)
        self.assertNotIn("starting anew", self.log)
        # Into a file that is there already: nothing comes or goes by that.
        (new / "privkey.pem").write_text("")
        (new / "privkey.pem").write_text((away / "privkey.pem").read_text())
        self.wait_for("img.example.com", fingerprint)
        self.assertIn("1 new certificate (example.com/customers/b)", self.log)
        self.assertEqual(self.log.count("starting anew"), 1)
        renewed = self.issue(new, "img.example.com", 1)
        self.wait_for("img.example.com", renewed)

    def test_one_that_is_moved_in_taken_away_and_made_again(self):
        away = self.folder / "away"
        fingerprint = self.issue(away / "deep", "img.example.com")
        self.start_with_one()
        away.rename(self.fleet / "b")
        self.wait_for("img.example.com", fingerprint)
        self.wait_for_log("2 confirmed")
        shutil.rmtree(self.fleet / "b")
        self.wait_for_log("does not exist")
        self.assertEqual(self.sandbox.served("img.example.com"), {fingerprint}, "it stays served")
        renewed = self.issue(self.fleet / "b/deep", "img.example.com", 1)
        self.wait_for("img.example.com", renewed)
        self.assertEqual(self.log.count("starting anew"), 1, "it was expected back")

    def test_pairs_that_keep_coming_do_not_keep_it_from_deploying(self):
        first, second = self.folder / "first", self.folder / "second"
        fingerprint = self.issue(first, "img.example.com", 1)
        self.issue(second, "new.example.com")
        self.start_with_one()
        first.rename(self.fleet / "b")
        self.wait_for("img.example.com", fingerprint)
        self.wait_for_log("2 confirmed")
        second.rename(self.fleet / "c")
        time.sleep(2)
        self.assertEqual(self.log.count("starting anew"), 1, "at most one a minute")

    def test_the_whole_folder_goes_and_comes_back_with_more(self):
        self.start_with_one()
        away = self.fleet.rename(self.folder / "away")
        self.wait_for_log("does not exist")
        self.assertEqual(self.sandbox.served("cdn.example.com"), {self.first}, "it stays served")
        fingerprint = self.issue(away / "b", "img.example.com")
        self.fleet.symlink_to(away)
        self.wait_for("img.example.com", fingerprint)
        self.wait_for_log("2 confirmed")


class WholeFleetTest(RunCase):
    """Every pair of a fleet in one moment: thirty show as well as the ten thousand of bench/daemon whether anything
    is done for each file."""

    domains = tuple(f"d{number}.fleet.example" for number in range(30))
    sandbox_options = {"edges": 1}

    def setUp(self):
        super().setUp()
        self.authority = leaves.Authority()
        root = self.folder / "root.pem"
        root.write_text(self.authority.root_pem)
        self.trust.append(root)
        self.fleet = self.folder / "fleet"
        self.write_all()
        self.config["certificates"]["example.com"]["from"] = {"folder": {"path": str(self.fleet)}}
        self.hook = test_notify.Webhook(self)
        url = self.folder / "hook.url"
        harness.write_settled(url, self.hook.url)
        self.config["notify"] = [{"webhook": {"url": {"file": str(url)}, "timeout": "1s"}}]

    def write_all(self, number=0):
        pairs = {name: self.authority.issue([name], end=90 * 86400 + number * 60) for name in self.domains}
        for name, pair in pairs.items():
            leaves.write_pair(self.fleet / name, pair)

    def are_all_served(self):
        return all(
            self.sandbox.served(name) == {harness.fingerprint_of(self.fleet / name / "fullchain.pem")}
            for name in self.domains
        )

    def made(self, endpoint):
        return self.calls()["by_endpoint"].get(endpoint, 0)

    def assert_few(self, things):
        """One, and some more where this test stood still in the middle of its writing; not one for each pair."""
        self.assertIn(len(things), range(1, 4), things)

    def assert_told_of_all(self):
        harness.wait_until(lambda: self.hook.received, "the notice")
        told = self.hook.told()
        self.assertEqual(set(told), {("change", "info")})
        self.assert_few(told)

    def test_it_is_one_run_and_one_notice(self):
        self.start()
        self.wait_for_log("30 confirmed")
        self.assert_told_of_all()
        looks = self.made("/cdn/domain/list.json")
        for path in harness.files_below(self.fleet):
            path.touch()
            time.sleep(0.01)
        harness.wait_until(lambda: self.made("/cdn/domain/list.json") > looks, "the run")
        time.sleep(1)
        self.assert_few(range(looks, self.made("/cdn/domain/list.json")))
        self.assertEqual(self.hook.received, [])

        self.write_all(1)
        harness.wait_until(self.are_all_served, "all to be served", interval=0.5)
        self.assert_told_of_all()
        for call in ("/cdn/cert/upload.json", "/cdn/cert/bind.json"):
            self.assertEqual(self.made(call), 60)
        self.assertNotIn("starting anew", self.log)


class WatchLimitTest(FleetCase):
    """The kernel has room for three folders (in a namespace of its own), and the rest is looked at."""

    within = ("unshare", "--user", "--map-root-user", "sh", "-c",
              'echo 3 > /proc/sys/user/max_inotify_watches && exec "$0" "$@"')  # fmt: skip

    def test_it_is_told_and_nothing_ends(self):
        if subprocess.run([*self.within, "true"], capture_output=True).returncode != 0:
            self.skipTest("a user namespace is not to be had here")
        self.start_with_one()
        self.wait_for_log("cannot be watched and are looked at once a minute instead")
        self.assertIn("raise fs.inotify.max_user_watches", self.log)


class ConfigurationTest(RunCase):
    """A new configuration is taken over when it is good, and told when it is not."""

    def test_a_bad_one_is_told_and_the_one_in_force_stays(self):
        self.start_and_serve()
        good = self.config_path.read_text()
        self.config_path.write_text(good.replace('"provider"', '"provder"'))
        self.wait_for_log("the one in force stays")
        self.assertIn("provder", self.log)
        self.daemon.send_signal(signal.SIGHUP)
        self.wait_for_log("the one in force stays", times=2)
        self.sandbox.renew()
        self.wait_until_served(self.newest())

    def test_a_good_one_is_taken_over_by_the_same_process(self):
        self.config["certificates"]["example.com"]["to"][0]["except"] = ["img.example.com"]
        self.start()
        self.wait_for_log("1 confirmed")
        process = self.daemon.pid
        del self.config["certificates"]["example.com"]["to"][0]["except"]
        self.write_config()
        self.wait_for_log("starting anew")
        self.wait_until_served(self.newest())
        self.assertEqual(self.daemon.poll(), None)
        self.assertEqual(self.daemon.pid, process)

    def begin_a_slow_upload(self):
        """A renewal whose upload takes three seconds, and is under way."""
        self.start_and_serve()
        self.sandbox.fault("slow", endpoint="/cdn/cert/upload.json", delay="3s", count=1)
        self.sandbox.renew()
        harness.wait_until(self.fault_struck, "the upload")

    def stored(self):
        return [one["fingerprint"] for one in self.sandbox.state()["certificates"]]

    def test_one_that_comes_while_a_call_is_under_way_waits_for_that(self):
        self.begin_a_slow_upload()
        self.daemon.send_signal(signal.SIGHUP)
        self.wait_for_log("starting anew")
        self.wait_until_served(self.newest())
        self.assertEqual(self.stored().count(self.newest()), 1)

    def test_what_is_spoilt_before_the_new_start_is_waited_for(self):
        self.begin_a_slow_upload()
        good = self.config_path.read_text()
        self.daemon.send_signal(signal.SIGHUP)
        self.wait_for_log("starting anew")
        self.config_path.write_text(good.replace('"provider"', '"provder"'))
        self.wait_for_log("is not taken")
        self.config_path.write_text(good)
        self.wait_until_served(self.newest())
        self.assertEqual(self.log.count("is not taken"), 1)
        self.assertEqual(self.stored().count(self.newest()), 1)

    def test_a_secret_that_is_exchanged_is_used(self):
        self.start_and_serve()
        secret = self.sandbox.folder / "secret_key"
        text = secret.read_text()
        wrong = secret.with_name("wrong")
        wrong.write_text("wrong" + text)
        wrong.chmod(0o600)
        wrong.rename(secret)
        self.wait_for_log("make a key pair")
        right = secret.with_name("right")
        right.write_text(text)
        right.chmod(0o600)
        right.rename(secret)
        self.wait_for_log("starting anew", times=2)
        self.sandbox.renew()
        self.wait_until_served(self.newest())
        self.assertNotIn(text.strip(), self.log)


class NewStartTest(RunCase):
    """What happens at the worst moment of a new start: while a secret is fetched by a slow command."""

    def setUp(self):
        super().setUp()
        self.fetched = self.folder / "fetched"
        self.locked = self.folder / "locked"
        script = self.folder / "secret.sh"
        script.write_text(
            f"""#!/bin/sh
test -e {self.locked} && exit 1
echo >> {self.fetched}
sleep 0.5
cat {self.sandbox.folder / "secret_key"}
"""
        )
        script.chmod(0o700)
        self.config["accounts"]["doge"]["secret_key"] = {"command": [str(script)]}
        self.start_and_serve()  # the first time it is fetched

    def wait_for_fetch(self, number):
        harness.wait_until(lambda: len(self.fetched.read_text()) >= number, f"fetch {number}")

    def test_signals_are_heeded(self):
        self.daemon.send_signal(signal.SIGHUP)
        # Two trials of the configuration, then the program that is started anew.
        self.wait_for_fetch(4)
        self.daemon.send_signal(signal.SIGHUP)
        self.wait_for_log("starting anew", times=2)
        self.wait_for_fetch(6)
        self.daemon.send_signal(signal.SIGTERM)
        self.assertEqual(self.daemon.wait(timeout=10), 0)
        self.assertEqual(len(self.fetched.read_text()), 6, "it ended without another start")

    def test_a_configuration_that_is_spoilt_at_the_last_moment_is_waited_for(self):
        good = self.config_path.read_text()
        self.daemon.send_signal(signal.SIGHUP)
        self.wait_for_fetch(3)
        self.config_path.write_text("{")
        self.wait_for_log("certferry.yaml:")
        time.sleep(1.5)
        self.assertEqual(self.log.count("certferry.yaml:"), 1, "it is said once")
        self.config_path.write_text(good)
        self.wait_for_log("serving", times=2)
        self.daemon.send_signal(signal.SIGHUP)
        self.wait_for_fetch(6)
        self.locked.touch()
        self.wait_for_log("fetching 'secret_key'")
        self.daemon.send_signal(signal.SIGTERM)
        self.assertEqual(self.daemon.wait(timeout=10), 0)


class SlowSecretTest(RunCase):
    """A configuration is tried beside the work, however long its secrets take."""

    def setUp(self):
        super().setUp()
        self.fetched = self.folder / "fetched"
        self.slow_from = self.folder / "slow_from"  # the first fetch that does not end
        self.slow_from.write_text("1000")
        script = self.folder / "secret.sh"
        script.write_text(
            f"""#!/bin/sh
echo >> {self.fetched}
number=$(wc -l < {self.fetched})
while [ "$number" -ge "$(cat {self.slow_from})" ]; do sleep 0.1; done
cat {self.sandbox.folder / "secret_key"}
"""
        )
        script.chmod(0o700)
        self.config["accounts"]["doge"]["secret_key"] = {"command": [str(script)]}
        self.start_and_serve()  # the first fetch

    def reload_until(self, fetch):
        """Asks for a new start that hangs in the fetch of that number."""
        harness.write_settled(self.slow_from, str(fetch))
        self.daemon.send_signal(signal.SIGHUP)
        harness.wait_until(lambda: len(self.fetched.read_text()) >= fetch, f"fetch {fetch}")

    def require_prompt_end(self):
        begun = time.monotonic()
        self.daemon.send_signal(signal.SIGTERM)
        self.assertEqual(self.daemon.wait(timeout=10), 0)
        self.assertLess(time.monotonic() - begun, 3)

    def test_a_renewal_is_deployed_meanwhile(self):
        self.reload_until(2)
        self.sandbox.renew()
        self.wait_until_served(self.newest())
        self.assertNotIn("starting anew", self.log)
        harness.write_settled(self.slow_from, "1000")
        self.wait_for_log("serving", times=2)

    def test_the_end_waits_for_no_trial(self):
        self.reload_until(2)
        self.require_prompt_end()

    def test_the_end_waits_for_no_second_trial(self):
        self.reload_until(3)
        self.wait_for_log("starting anew")
        self.require_prompt_end()


class ToldTest(RunCase):
    """What keeps it from working at all, and the channels that say so."""

    def setUp(self):
        super().setUp()
        self.hook = test_notify.Webhook(self)
        self.address = self.folder / "hook.url"
        self.config["notify"] = [{"webhook": {"url": {"file": str(self.address)}, "timeout": "1s"}}]

    def allow(self):
        harness.write_settled(self.address, self.hook.url)

    def test_a_channel_whose_secret_comes_later_is_used(self):
        self.start_and_serve()
        self.assertEqual(self.hook.received, [])
        self.allow()
        self.wait_for_log("hook.url has changed: starting anew")
        harness.wait_until(lambda: self.hook.received, "the notice that was kept")

    def test_a_channel_that_hangs_holds_up_no_renewal(self):
        self.config["notify"][0]["webhook"]["timeout"] = "25s"
        self.hook.hang.clear()
        self.allow()
        self.start_and_serve()
        harness.wait_until(lambda: self.hook.received, "the first notice")
        self.sandbox.renew()
        begun = time.monotonic()
        self.wait_until_served(self.newest())
        self.assertLess(time.monotonic() - begun, 15)
        self.hook.hang.set()
        harness.wait_until(lambda: len(self.hook.received) > 1, "the second notice")

    def test_a_channel_that_hangs_does_not_hold_up_the_end(self):
        self.config["notify"][0]["webhook"]["timeout"] = "25s"
        self.hook.hang.clear()
        self.addCleanup(self.hook.hang.set)
        self.allow()
        self.start_and_serve()
        harness.wait_until(lambda: self.hook.received, "the notice")
        begun = time.monotonic()
        self.daemon.send_signal(signal.SIGTERM)
        self.assertEqual(self.daemon.wait(timeout=10), 0)
        self.assertLess(time.monotonic() - begun, 3)

    def test_a_configuration_that_is_not_taken_is_told(self):
        self.allow()
        self.start_and_serve()
        harness.wait_until(lambda: self.hook.received, "the first notice")
        self.hook.told()
        good = self.config_path.read_text()
        self.config_path.write_text(good.replace('"provider"', '"provder"'))
        harness.wait_until(lambda: self.hook.received, "the notice")
        [(_, _, notice)] = self.hook.received
        self.assertEqual((notice["topic"], notice["level"]), ("failure", "error"))
        self.assertIn("provder", notice["text"])
        self.assertIn("the one in force stays", notice["text"])
        self.daemon.send_signal(signal.SIGHUP)
        self.wait_for_log("the one in force stays", times=2)
        time.sleep(0.5)
        self.assertEqual(len(self.hook.received), 1, "the same is not told again")
        self.hook.told()
        self.config_path.write_text(good)
        harness.wait_until(lambda: self.hook.received, "the news that it is taken again")
        [(_, _, notice)] = self.hook.received
        self.assertEqual((notice["topic"], notice["level"]), ("recovery", "info"))
        self.assertIn("the configuration", notice["subject"])

    def test_ten_accounts_that_fail_at_once_are_told_together(self):
        self.allow()
        account = self.config["accounts"].pop("doge") | {"endpoint": "http://127.0.0.1:1"}
        names = [f"doge{number}" for number in range(10)]
        self.config["accounts"] = {name: account for name in names}
        self.config["certificates"]["example.com"]["to"] = [
            {"account": name, "product": "cdn", "domains": "covered"} for name in names
        ]
        self.start()
        harness.wait_until(lambda: self.hook.received, "the notice")
        for name in names:
            self.wait_for_log(f"service account {name}: 2 problems")
        time.sleep(4)
        [(_, _, notice)] = self.hook.received
        self.assertEqual((notice["topic"], notice["level"]), ("failure", "error"))
        for name in names:
            self.assertIn(f"account {name}", notice["text"])

    def test_a_state_that_makes_no_sense_is_told_once_and_when_it_is_over(self):
        self.allow()
        self.start_and_serve()
        harness.wait_until(lambda: self.hook.received, "the first notice")
        self.hook.told()
        harness.change_state(self.state_path, "UPDATE targets SET failures = 'many'")
        self.sandbox.renew()
        harness.wait_until(lambda: self.hook.received, "the alert")
        [(_, _, notice)] = self.hook.received
        self.assertEqual((notice["topic"], notice["level"]), ("failure", "critical"))
        self.assertIn('failures cannot be "many"', notice["text"])
        self.hook.told()
        harness.change_state(self.state_path, "UPDATE targets SET failures = 0")
        self.sandbox.renew()
        self.wait_until_served(self.newest())
        harness.wait_until(
            lambda: "recovery" in [notice["topic"] for _, _, notice in self.hook.received],
            "the news that it works again",
        )


class MailToldTest(RunCase):
    """A mail server that is down for a while."""

    def test_what_it_missed_is_sent_once_it_is_back(self):
        server = test_notify.MailServer(self)
        mail = {"from": "certferry@example.com", "to": "a@example.com", "security": "none", "timeout": "5s"}
        self.config["notify"] = [{"email": {"server": f"localhost:{server.port}", **mail}}]
        self.start_and_serve()
        harness.wait_until(lambda: "new certificate served" in "".join(server.texts()), "the first mail")
        server.die()
        away = self.sandbox.site_folder.with_name("ssl.away")
        self.sandbox.site_folder.rename(away)
        self.wait_for_log("sending a notice by email", times=2)  # after that it is given up until later
        again = test_notify.MailServer(self, port=server.port)
        away.rename(self.sandbox.site_folder)
        harness.wait_until(lambda: "has no certificate in" in "".join(again.texts()), "the mail of the failure")
        harness.wait_until(lambda: "works again" in "".join(again.texts()), "the mail of the recovery")
        self.assertEqual("".join(again.texts()).count("new certificate served"), 0, "that was told before")


class SourceToldTest(RunCase):
    """A source in trouble: what is served stays served, the cause is told, and nobody has to help it after."""

    # Root too is told by modes what it may read.
    within = ("setpriv", "--bounding-set", "-dac_override,-dac_read_search") if os.geteuid() == 0 else ()

    def setUp(self):
        super().setUp()
        self.hook = test_notify.Webhook(self)
        url = self.folder / "hook.url"
        harness.write_settled(url, self.hook.url)
        self.config["notify"] = [{"webhook": {"url": {"file": str(url)}, "timeout": "1s"}}]
        self.authority = harness.Authority(self.folder / "ca")
        self.trust.append(self.authority.root)
        self.pair = self.folder / "pair"
        self.served_first = self.issue(self.pair, 1)
        files = {"chain": str(self.pair / "fullchain.pem"), "key": str(self.pair / "privkey.pem")}
        self.config["certificates"]["example.com"]["from"] = {"files": files}
        self.start()
        self.wait_until_served(self.served_first)
        self.wait_for_notice("change")

    def issue(self, folder, number):
        return self.authority.issue(folder, ["*.example.com"], end=90 * 86400 + number * 3600)

    def wait_for_notice(self, topic):
        """The notice; those before it are done with."""

        def find():
            return next((one for _, _, one in self.hook.received if one["topic"] == topic), None)

        harness.wait_until(find, f"a notice of {topic}")
        found = find()
        self.hook.told()
        return found

    def assert_told_and_over(self, said, mend):
        notice = self.wait_for_notice("failure")
        self.assertIn(said, notice["text"])
        self.assertTrue(self.is_served(self.served_first), "what was served stays served")
        newest = mend()
        self.wait_until_served(newest)
        self.wait_for_notice("recovery")

    def test_a_pair_of_two_generations(self):
        next_one = self.folder / "next"
        newest = self.issue(next_one, 2)

        def move(name):
            # Settled, so that it is as if it had been so for hours.
            harness.write_settled(self.pair / name, (next_one / name).read_text())
            return newest

        move("fullchain.pem")
        self.assert_told_and_over("key", lambda: move("privkey.pem"))

    def test_an_older_certificate_than_the_one_that_is_served(self):
        self.issue(self.pair, 0)
        self.assert_told_and_over("older", lambda: self.issue(self.pair, 2))

    def test_a_key_that_may_not_be_read_until_somebody_allows_it(self):
        next_one = self.folder / "next"
        newest = self.issue(next_one, 2)
        (next_one / "privkey.pem").chmod(0)
        for name in ("privkey.pem", "fullchain.pem"):
            (next_one / name).rename(self.pair / name)

        def allow():
            (self.pair / "privkey.pem").chmod(0o600)
            return newest

        self.assert_told_and_over("privkey.pem' may not be read by user", allow)

    def test_a_folder_that_is_closed_and_opened_again(self):
        self.pair.chmod(0)

        def open_up():
            self.pair.chmod(0o755)
            return self.issue(self.pair, 2)

        self.assert_told_and_over("may not be read by user", open_up)

    def test_a_folder_that_goes_and_comes_back_as_a_link(self):
        away = self.pair.rename(self.folder / "away")

        def link():
            newest = self.issue(away, 2)
            self.pair.symlink_to(away)
            return newest

        self.assert_told_and_over("does not exist", link)


class EndTest(RunCase):
    """Beginning and ending as a service."""

    def test_it_ends_well_in_a_moment_when_nothing_is_under_way(self):
        for number in (signal.SIGTERM, signal.SIGINT):
            with self.subTest(signal=number):
                self.start_and_serve()
                begun = time.monotonic()
                self.daemon.send_signal(number)
                self.assertEqual(self.daemon.wait(timeout=10), 0)
                self.assertLess(time.monotonic() - begun, 3)

    def test_nothing_changing_is_sent_after_sigterm_and_the_next_start_goes_on(self):
        self.sandbox.fault("slow", endpoint="/cdn/cert/upload.json", delay="2s", count=1)
        self.start()
        harness.wait_until(lambda: self.calls()["by_endpoint"].get("/cdn/cert/upload.json"), "upload")
        self.daemon.send_signal(signal.SIGTERM)
        self.assertEqual(self.daemon.wait(timeout=10), 0)
        self.assertNotIn("/cdn/cert/bind.json", self.calls()["by_endpoint"])
        self.start_and_serve()
        self.assertEqual(len(self.sandbox.state()["certificates"]), 1, "and was not uploaded twice")

    def test_a_call_without_end_holds_it_up_for_less_than_ten_seconds(self):
        self.sandbox.fault("slow", endpoint="/cdn/cert/upload.json", delay="25s", count=1)
        self.start()
        harness.wait_until(lambda: self.calls()["by_endpoint"].get("/cdn/cert/upload.json"), "upload")
        self.daemon.send_signal(signal.SIGTERM)
        self.assertEqual(self.daemon.wait(timeout=10), 0)

    def test_systemd_is_told(self):
        path = self.folder / "notify"
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
            manager.bind(str(path))
            manager.settimeout(20)
            told = []

            def hear(text):
                while not any(text in one for one in told):
                    told.append(manager.recv(4096).decode())

            self.start(NOTIFY_SOCKET=str(path), WATCHDOG_USEC="400000")
            hear("READY=1")
            hear("STATUS=doge: 2 confirmed")
            hear("WATCHDOG=1")
            self.daemon.send_signal(signal.SIGHUP)
            hear("RELOADING=1")
            del told[:]
            hear("READY=1")
            self.daemon.send_signal(signal.SIGTERM)
            hear("STOPPING=1")

    def test_a_second_one_says_who_is_at_work(self):
        self.start_and_serve()
        second = harness.certferry("--config", self.config_path, "run")
        self.assertEqual(second.status, 2)
        self.assertIn(f"process {self.daemon.pid} on ", second.err)
        self.assertIn("(certferry run), since ", second.err)

    def test_wrong_configuration_is_refused_at_the_start(self):
        self.config["accounts"]["doge"]["provider"] = "dogecluod"
        self.assertEqual(self.run_it("run").status, 2)


class TroubleTest(RunCase):
    """What ends by itself needs nobody to mend it."""

    def test_an_api_that_is_down_for_a_while(self):
        self.start_and_serve()
        self.sandbox.fault("server_error", count=12)
        self.sandbox.renew()
        self.wait_for_log("failed to answer")
        self.sandbox.clear_faults()
        harness.wait_until(lambda: self.is_served(self.newest()), "the newest", seconds=100)

    def test_thousands_of_files_touched_at_once(self):
        many = self.sandbox.site_folder
        self.start_and_serve()
        for number in range(10_000):
            (many / f"other-{number}").touch()
        self.sandbox.renew()
        self.wait_until_served(self.newest())
        # Only root may look at the descriptors of a program that hides its memory.
        if os.geteuid() == 0:
            self.assertLess(len(os.listdir(f"/proc/{self.daemon.pid}/fd")), 60)
