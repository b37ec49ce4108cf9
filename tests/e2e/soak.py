"""A real `certferry run` for minutes or hours, with everything around it going wrong, and then the reckoning.

usage: soak.py [MINUTES [CERTIFICATES]] [--accounts A] [--seed N] [--to FILE]

One sandbox for each account, one tree of pairs, one daemon. Until the time is over certificates are
renewed at random moments and in every way that pairs are written, the vendors and their edges
misbehave, and the daemon is ended by SIGTERM, by kill -9, and told to load its configuration anew.
Then faults cease, and what is served is asked of the edges by handshakes of our own. What counts as
wrong is in `Soak.verdict`.
"""

import argparse
import collections
import contextlib
import dataclasses
import datetime
import json
import os
import pathlib
import random
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time

import harness
import leaves

# What loses an answer to a call that was done, so that nothing but a second look tells.
LOST = ("cut_reply", "lost_reply", "apply_late", "error_yet_done")
# The others: nothing was done, or the answer says all. Left out is what by its nature needs a person:
# answers without sense park a target the third time, and refused credentials are a person's to mend.
REFUSED = ("throttle", "throttle_body", "server_error", "html", "empty_body", "cut_before", "lost_request", "slow",
           "error_code")  # fmt: skip
CHANGES = ("/cdn/cert/upload.json", "/cdn/cert/bind.json", "/cdn/cert/delete.json")
LISTS = ("/cdn/cert/list.json", "/cdn/domain/list.json")
EDGE_FAULTS = ("stuck", "refuse", "silent", "not_tls", "expired")

LOG_LINE = re.compile(r"^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ) (\w+) +(.*)$")


@dataclasses.dataclass
class Options:
    minutes: float = 30
    certificates: int = 200
    accounts: int = 4
    seed: int = 0
    drain_seconds: float = 1200
    # Faults that a run sits out by its own retries, for a soak too short for the waits between runs.
    brief: bool = False


@dataclasses.dataclass
class Renewal:
    fingerprint: str
    written: float  # monotonic; none of its bytes came later


class Site:
    """One certificate: where its pair is, how it is written, what it should serve."""

    def __init__(self, domain, account, folder, linked):
        self.domain, self.account, self.folder, self.linked = domain, account, folder, linked
        self.number = 0
        self.newest = None
        self.served = False


class Account:
    """One sandbox, and what was done to it."""

    def __init__(self, name, folder, domains):
        self.name = name
        self.sandbox = harness.Sandbox(folder, domains, latency="5ms", propagation="300ms")
        self.ids = collections.defaultdict(set)  # of stored certificates, by fingerprint
        self.allowed = 0  # second uploads that lost answers account for
        self.blind = False  # its edges are in trouble, and looking at them tells nothing

    def look(self):
        state = self.sandbox.state()
        for one in state["certificates"]:
            self.ids[one["fingerprint"]].add(one["id"])
        return state


class Daemon:
    """The program under test: started, ended and watched."""

    def __init__(self, config, log):
        self.config, self.log_path = config, log
        self.process = None
        self.started = 0.0
        self.starts = 0
        self.ending = False  # by us

    def start(self):
        with self.log_path.open("ab") as log:
            self.process = subprocess.Popen(
                [harness.BINARY, "--config", str(self.config), "run"],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=harness.clean_environment(),
            )
        self.started, self.starts, self.ending = time.monotonic(), self.starts + 1, False

    def end(self, number):
        """None, or what was wrong with the end."""
        self.ending = True
        self.process.send_signal(number)
        status = self.process.wait(timeout=30)
        if status != (0 if number == signal.SIGTERM else -signal.SIGKILL):
            return f"it ended with {status} after signal {number}"
        return None

    def figures(self):
        """Resident KiB, open sockets and other descriptors; only root may see those of a program that hides its memory."""
        base = pathlib.Path(f"/proc/{self.process.pid}")
        try:
            rss = re.search(r"VmRSS:\s+(\d+)", (base / "status").read_text())
            kinds = [os.readlink(one).startswith("socket:") for one in (base / "fd").iterdir()]
            return int(rss.group(1)) if rss else None, sum(kinds), len(kinds) - sum(kinds)
        except (PermissionError, FileNotFoundError, ProcessLookupError):
            return None, None, None


def slope(points):
    """Least squares: how much the second grows while the first grows by one."""
    if len(points) < 3:
        return 0.0
    mean_x, mean_y = (statistics.fmean(one[at] for one in points) for at in (0, 1))
    below = sum((x - mean_x) ** 2 for x, _ in points)
    return sum((x - mean_x) * (y - mean_y) for x, y in points) / below if below else 0.0


class Soak:
    """The world, its troubles and the reckoning."""

    def __init__(self, options, say=print):
        self.options, self.say = options, say
        self.seed = options.seed or random.SystemRandom().randrange(1, 1 << 31)
        self.chance = random.Random(self.seed)
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="certferry-soak-"))
        self.authority = leaves.Authority()
        self.lock = threading.Lock()
        self.stopping, self.ended = threading.Event(), threading.Event()
        # A try that failed is repeated, and a confirmation waited for, before it is told.
        self.patience = 20 if options.brief else 60
        self.told = time.monotonic()
        self.broken = []  # rules that did not hold, as sentences
        self.lags, self.renewals, self.overtaken = [], 0, 0
        self.troubles = collections.Counter()
        self.trouble_spans = []  # wall clock, from and until when which errors are explained
        self.samples = []  # (generation, seconds since its start, KiB, sockets, other descriptors)
        self.accounts, self.sites = [], []
        self._build()

    # The world.

    def _build(self):
        for at in range(self.options.accounts):
            name = f"a{at}"
            own = range(at, self.options.certificates, self.options.accounts)
            domains = [f"d{number}.{name}.example.com" for number in own]
            account = Account(name, self.folder / f"sandbox-{name}", domains)
            self.accounts.append(account)
            for number, domain in enumerate(domains):
                site = Site(domain, account, self.folder / "pairs" / name / domain, number % 4 == 3)
                site.folder.parent.mkdir(parents=True, exist_ok=True)
                self.sites.append(site)
                self.renew(site)
        (self.folder / "root.pem").write_text(self.authority.root_pem)
        self.config = self.folder / "certferry.json"
        self.config.write_text(json.dumps(self._settings(), indent=1))
        self.daemon = Daemon(self.config, self.folder / "log")

    def _settings(self):
        deadline, grace = ("3s", "6s") if self.options.brief else ("20s", "40s")
        pace = {"calls_per_second": 100, "burst": 100, "max_in_flight": 8}
        return {
            "accounts": {
                one.name: {
                    "provider": "dogecloud",
                    "endpoint": one.sandbox.announcement["api"],
                    "access_key": "sandbox",
                    "secret_key": {"file": str(one.sandbox.folder / "secret_key")},
                    "pace": pace,
                }
                for one in self.accounts
            },
            "certificates": {
                one.name: {
                    "from": {"folder": {"path": str(self.folder / "pairs" / one.name)}},
                    "to": [{"account": one.name, "product": "cdn", "domains": "covered"}],
                }
                for one in self.accounts
            },
            "settings": {
                "state": str(self.folder / "state/state.db"),
                "trust": str(self.folder / "root.pem"),
                "confirm": {"rounds": 2, "spread": "200ms", "deadline": deadline},
                # As short as it may be: twice the deadline.
                "retire_after": grace,
                "resolve": {
                    domain: one.sandbox.announcement["edges"]
                    for one in self.accounts
                    for domain in one.sandbox.domains
                },
            },
        }

    # Renewals, in every way that pairs are written.

    def renew(self, site):
        site.number += 1
        pair = self.authority.issue([site.domain], end=90 * 86400 + 60 * site.number)
        if site.linked:
            self._by_link(site, pair)
        elif not site.folder.exists():
            leaves.write_pair(site.folder, pair)
        else:
            self.chance.choice((self._by_rename, self._in_place, self._by_folder))(site, pair)
        with self.lock:
            if site.newest and not site.served:
                self.overtaken += 1
            site.newest, site.served = Renewal(pair.fingerprint, time.monotonic()), False

    def _texts(self, pair):
        texts = [("privkey.pem", pair.key_pem), ("fullchain.pem", pair.chain_pem)]
        self.chance.shuffle(texts)
        return texts

    def _pause(self):
        """Between the two files, long enough now and then to be read in the middle."""
        time.sleep(self.chance.choice((0, 0, 0.01, 0.5)))

    def _by_rename(self, site, pair):
        for name, text in self._texts(pair):
            (site.folder / (name + ".new")).write_text(text)
            (site.folder / (name + ".new")).rename(site.folder / name)
            self._pause()

    def _in_place(self, site, pair):
        for name, text in self._texts(pair):
            with (site.folder / name).open("w") as file:
                file.write(text[:200])
                file.flush()
                self._pause()
                file.write(text[200:])

    def _by_folder(self, site, pair):
        fresh, old = (self.folder / kind / site.domain for kind in ("fresh", "old"))
        leaves.write_pair(fresh, pair)
        shutil.rmtree(old, ignore_errors=True)
        old.parent.mkdir(exist_ok=True)
        site.folder.rename(old)
        self._pause()
        fresh.rename(site.folder)

    def _by_link(self, site, pair):
        there = self.folder / "archive" / site.domain / str(site.number)
        leaves.write_pair(there, pair)
        link = self.folder / "archive" / site.domain / "link"
        link.symlink_to(there)
        link.rename(site.folder)

    # Troubles.

    def explain(self, seconds, name=None):
        """Errors from now on, for so long, have a reason: those that name the account or the domain, or any."""
        now = time.time()
        self.trouble_spans.append((now, now + seconds, name))

    def trouble_api(self, account):
        lost = self.chance.random() < 0.4
        kind = self.chance.choice(LOST if lost else REFUSED)
        endpoint = self.chance.choice(CHANGES if lost else CHANGES + LISTS)
        count = self.chance.randrange(1, 3 if self.options.brief else 8)
        fields = {"delay": f"{self.chance.randrange(1, 3)}s"} if kind in ("slow", "apply_late") else {}
        account.sandbox.fault(kind, endpoint=endpoint, count=count, **fields)
        self.troubles[kind] += count
        # Whoever waits for a slow answer may be killed meanwhile; what is done late may be done twice.
        if endpoint == CHANGES[0] and (lost or kind == "slow"):
            account.allowed += count

    def trouble_edge(self, account):
        kind = self.chance.choice(("stuck", "refuse") if self.options.brief else EDGE_FAULTS)
        host, port = self.chance.choice(account.sandbox.addresses)
        account.blind = True
        account.sandbox.fault(kind, edge=f"{host}:{port}")
        self.troubles["edge " + kind] += 1
        # Below half a minute: an edge that turns bad for longer is put back, which is for others to test.
        self.sleep(self.chance.uniform(0.5, 1.5) if self.options.brief else self.chance.uniform(1, 10))
        account.sandbox.clear_faults()
        account.blind = False

    def trouble_daemon(self, kind):
        self.troubles[kind.name] += 1
        self.explain(30)
        if kind == signal.SIGHUP:
            self.daemon.process.send_signal(kind)
            self.daemon.started, self.daemon.starts = time.monotonic(), self.daemon.starts + 1
            return
        wrong = self.daemon.end(kind)
        if wrong:
            self.broken.append(wrong)
        for account in self.accounts:
            # A process may die over as many uploads as it has on the wire, once each for SIGKILL alone.
            account.allowed += 8 if kind == signal.SIGKILL else 0
        self.sleep(self.chance.uniform(0, 2))
        self.daemon.start()

    def sleep(self, seconds):
        self.stopping.wait(seconds)

    # What goes on side by side.

    def _renewing(self):
        # Each certificate every two and a half minutes or so, at most two in a second.
        mean = 1.0 if self.options.brief else max(150 / len(self.sites), 0.5)
        while not self.stopping.is_set():
            self.sleep(self.chance.expovariate(1 / mean))
            if self.stopping.is_set():
                return
            site = self.chance.choice(self.sites)
            self.explain(10, site.domain)  # read in the middle, it is torn
            self.renew(site)
            self.renewals += 1

    def _misbehaving(self):
        while not self.stopping.is_set():
            self.sleep(self.chance.uniform(0.5, 2) if self.options.brief else self.chance.uniform(5, 25))
            if self.stopping.is_set():
                return
            account = self.chance.choice(self.accounts)
            self.explain(self.patience, account.name)
            if self.chance.random() < 0.3:
                self.trouble_edge(account)
            else:
                self.trouble_api(account)

    def _ending(self, until):
        """Until half of the time is over: the last process is to live long enough to show what grows.

        In the brief one each way once, however slow the machine is."""
        mean = 3 if self.options.brief else 60
        ways = (signal.SIGTERM, signal.SIGKILL, signal.SIGHUP)
        kinds = self.chance.sample(ways, len(ways))
        while self.options.brief or time.monotonic() < until:
            self.sleep(self.chance.uniform(mean / 2, mean * 1.5))
            if self.stopping.is_set():
                return
            self.trouble_daemon(kinds.pop())
            if not kinds:
                if self.options.brief:
                    return
                kinds = self.chance.sample(ways, len(ways))

    def _looking(self):
        """Which of the newest are served, by our own eyes."""
        while not self.ended.is_set():
            with self.lock:
                waiting = [(site, site.newest) for site in self.sites if not site.served]
            for site, newest in waiting:
                if not site.account.blind and self.serves(site, newest.fingerprint):
                    self._note_served(site, newest)
            self.ended.wait(0.1)

    @staticmethod
    def serves(site, fingerprint):
        try:
            return site.account.sandbox.served(site.domain) == {fingerprint}
        except OSError:  # a fault that began just now
            return False

    def _note_served(self, site, newest):
        with self.lock:
            if site.newest is newest and not site.served:
                site.served = True
                self.lags.append(time.monotonic() - newest.written)

    def _sampling(self):
        while not self.ended.wait(1):
            for account in self.accounts:
                account.look()
            rss, sockets, others = self.daemon.figures()
            if rss:
                age = time.monotonic() - self.daemon.started
                self.samples.append((self.daemon.starts, age, rss, sockets, others))
            if self.is_gone() and not self.daemon.ending:
                self.broken.append(f"the daemon ended by itself with {self.daemon.process.returncode}")
                self.daemon.start()
            self._progress()

    def _progress(self):
        now = time.monotonic()
        if now - self.told < 60:
            return
        self.told = now
        lags = sorted(self.lags)
        with self.lock:
            waiting = sum(not site.served for site in self.sites)
        rss, sockets, others = self.daemon.figures()
        self.say(f"{datetime.datetime.now():%H:%M:%S} {self.renewals} renewals, {len(lags)} seen served, {waiting} on the way, "
                 f"lag median {percentile(lags, 50):.1f} s, p99 {percentile(lags, 99):.1f} s, "
                 f"{(rss or 0) / 1024:.0f} MiB, {(sockets or 0) + (others or 0)} descriptors, {sum(self.troubles.values())} troubles")  # fmt: skip

    # The run.

    def run(self):
        begun = time.monotonic()
        with contextlib.ExitStack() as stack:
            stack.callback(self._clean_up)
            self.say(f"seed {self.seed}: {len(self.sites)} certificates at {len(self.accounts)} accounts, "
                     f"{self.options.minutes:g} minutes")  # fmt: skip
            self.explain(30)
            self.daemon.start()
            threads = [threading.Thread(target=work, daemon=True) for work in (self._looking, self._sampling)]
            for thread in threads:
                thread.start()
            if not self._wait_for(lambda: all(site.served for site in self.sites), 300, "the first deployment"):
                raise RuntimeError(f"nothing was served: {self.daemon.log_path.read_text()[-2000:]}")
            first = len(self.lags)
            del self.lags[:first]
            seconds = self.options.minutes * 60
            half = time.monotonic() + seconds / 2
            busy = [threading.Thread(target=self._guard, args=work, daemon=True)
                    for work in ((self._renewing,), (self._misbehaving,), (self._ending, half))]  # fmt: skip
            for thread in busy:
                thread.start()
            time.sleep(seconds)
            if self.options.brief:
                busy[-1].join(60)  # it has been ended each way then
            self.stopping.set()
            for thread in busy:
                thread.join(60)
            for account in self.accounts:
                account.sandbox.clear_faults()
            self.explain(self.patience)
            drained = self._drain()
            self.ended.set()
            for thread in threads:
                thread.join(30)
            self._check_end()
            result = self._result(time.monotonic() - begun, drained)
        return result

    def _guard(self, work, *arguments):
        try:
            work(*arguments)
        except Exception as error:  # a soak that stops troubling anybody proves nothing
            self.broken.append(f"the soak itself failed in {work.__name__}: {error!r}")
            raise

    def _wait_for(self, condition, seconds, what):
        try:
            harness.wait_until(lambda: condition() or self.is_gone(), what, seconds=seconds, interval=0.2)
            return not self.is_gone()
        except TimeoutError as error:
            self.broken.append(str(error))
            return False

    def is_gone(self):
        return self.daemon.process.poll() is not None

    def _drain(self):
        """Seconds until all is well without anybody's help."""
        begun, most = time.monotonic(), self.options.drain_seconds
        self._wait_for(lambda: all(site.served for site in self.sites), most, "the newest to be served everywhere")
        wanted = {account.name: len(account.sandbox.domains) for account in self.accounts}

        def alone():
            return all(len(account.look()["certificates"]) == wanted[account.name] for account in self.accounts)

        self._wait_for(alone, most, "superseded and surplus certificates to go")
        return time.monotonic() - begun

    # The reckoning.

    def _check_end(self):
        if self.daemon.process.poll() is not None:
            self.broken.append(f"the daemon was gone at the end: {self.daemon.process.returncode}")
        for site in self.sites:
            if not self.serves(site, site.newest.fingerprint):
                self.broken.append(f"{site.domain} is not served with {site.newest.fingerprint} everywhere")
        for account in self.accounts:
            newest = collections.Counter(s.newest.fingerprint for s in self.sites if s.account is account)
            stored = collections.Counter(one["fingerprint"] for one in account.look()["certificates"])
            if stored != newest:
                self.broken.append(f"{account.name} stores {stored - newest} beyond and lacks {newest - stored}")
            if self.duplicates(account) > account.allowed:
                self.broken.append(f"{account.name}: {self.duplicates(account)} second uploads, {account.allowed} lost answers")
        self.check_growth()
        self.check_log()
        if self.daemon.process.poll() is None:
            wrong = self.daemon.end(signal.SIGTERM)
            if wrong:
                self.broken.append(wrong)

    @staticmethod
    def duplicates(account):
        return sum(len(ids) - 1 for ids in account.ids.values())

    def check_growth(self):
        """The last process, without its first third: what grows with work is not what grows with time."""
        last = [seen[1:] for seen in self.samples if seen[0] == self.daemon.starts]
        warm = [one for one in last if one[0] >= last[-1][0] / 3]
        if len(warm) < 10:
            self.growth = None
            if not self.options.brief:
                self.broken.append("what the daemon holds was not seen: only root may look at it")
            return
        # The least that it held: what work takes for a moment comes and goes, what is lost stays.
        tenth = max(len(warm) // 10, 3)
        rss = [min(one[1] for one in part) / 1024 for part in (warm[:tenth], warm[-tenth:])]
        sockets, others = ([min(one[at] for one in part) for part in (warm[:tenth], warm[-tenth:])] for at in (2, 3))
        per_hour = slope([(one[0] / 3600, one[1] / 1024) for one in warm])
        self.growth = {
            "seconds": round(warm[-1][0] - warm[0][0]),
            "rss_mib": [round(one, 1) for one in rss],
            "rss_mib_per_hour": round(per_hour, 1),
            "descriptors": [sockets[0] + others[0], sockets[1] + others[1]],
        }
        # A quarter of a minute shows nothing, and a program with sanitizers keeps what it frees.
        if not self.options.brief and rss[1] > rss[0] * 1.05 + 2:
            self.broken.append(f"resident memory grew from {rss[0]:.0f} to {rss[1]:.0f} MiB")
        # Connections are kept as long as they may be of use, of which an account has eight; files are not.
        if sockets[1] > sockets[0] + 8 * len(self.accounts):
            self.broken.append(f"open sockets grew from {sockets[0]} to {sockets[1]}")
        if others[1] > others[0] + 2:
            self.broken.append(f"open descriptors grew from {others[0]} to {others[1]}")

    def check_log(self):
        """Each error has a trouble that explains it."""
        lines = self.daemon.log_path.read_text(errors="replace").splitlines()
        known = [match for match in map(LOG_LINE.match, lines) if match]
        self.errors = [match for match in known if match[2] == "error"]
        foreign = [line for line in lines if not LOG_LINE.match(line)]
        if not known or foreign:
            self.broken.append(f"the log has lines of another kind: {foreign[:3]}")
        for match in self.errors:
            at = datetime.datetime.fromisoformat(match[1].replace("Z", "+00:00")).timestamp()
            if not any(begin - 1 <= at <= end + 1 and speaks_of(match[3], name) for begin, end, name in self.trouble_spans):
                self.broken.append(f"an error that nothing explains: {match[0]}")

    def _result(self, seconds, drained):
        lags = sorted(self.lags)
        return {
            "seed": self.seed,
            "seconds": round(seconds, 1),
            "certificates": len(self.sites),
            "accounts": len(self.accounts),
            "renewals": self.renewals,
            "served": len(lags),
            "overtaken": self.overtaken,
            "lag_seconds": {"median": percentile(lags, 50), "p99": percentile(lags, 99), "worst": percentile(lags, 100)},
            "drained_seconds": round(drained, 1),
            "starts": self.daemon.starts,
            "troubles": dict(sorted(self.troubles.items())),
            "second_uploads": sum(self.duplicates(account) for account in self.accounts),
            "second_uploads_allowed": sum(account.allowed for account in self.accounts),
            "errors_logged": len(self.errors),
            "growth": self.growth,
            "broken": self.broken,
        }

    def _clean_up(self):
        self.stopping.set()
        self.ended.set()
        if self.daemon.process and self.daemon.process.poll() is None:
            self.daemon.process.kill()
            self.daemon.process.wait()
        for account in self.accounts:
            account.sandbox.stop()
        if self.broken:
            kept = pathlib.Path(tempfile.gettempdir()) / f"certferry-soak-{self.seed}.log"
            shutil.copy(self.daemon.log_path, kept)
            self.say(f"the daemon's log is kept: {kept}")
        shutil.rmtree(self.folder, ignore_errors=True)


def speaks_of(text, name):
    """Whether it names the account or the domain; without a name, or when it names no account at all, it does."""
    if name is None or not re.search(r"\ba\d+\b", text):
        return True
    return re.search(rf"\b{re.escape(name)}\b", text) is not None


def percentile(ordered, percent):
    if not ordered:
        return 0.0
    return round(ordered[min(len(ordered) * percent // 100, len(ordered) - 1)], 2)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("minutes", type=float, nargs="?", default=30)
    parser.add_argument("certificates", type=int, nargs="?", default=200)
    parser.add_argument("--accounts", type=int, default=4)
    parser.add_argument("--seed", type=int, default=0, help="of what is drawn by chance; 0: another one each time")
    parser.add_argument("--to", type=pathlib.Path, help="where the figures go, as JSON")
    given = parser.parse_args()
    options = Options(given.minutes, given.certificates, given.accounts, given.seed)
    result = Soak(options, lambda text: print(text, flush=True)).run()
    text = json.dumps(result, indent=2)
    if given.to:
        given.to.parent.mkdir(parents=True, exist_ok=True)
        given.to.write_text(text + "\n")
    print(text)
    return 1 if result["broken"] else 0


if __name__ == "__main__":
    sys.exit(main())
