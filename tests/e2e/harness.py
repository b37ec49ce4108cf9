"""What the black-box tests share: the program, a sandbox to run it against, certificates.

Everything lives below one temporary folder per test class and goes with it. The program's path
comes from the environment, CERTFERRY_BINARY.
"""

import base64
import concurrent.futures
import contextlib
import dataclasses
import hashlib
import hmac
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import sqlite3
import ssl
import subprocess
import tempfile
import time
import unittest
import urllib.parse
import urllib.request

BINARY = os.environ.get("CERTFERRY_BINARY", "certferry")

# Longer than anything the program may take in these tests; a hang then fails the test that saw it.
RUN_SECONDS = 120
START_SECONDS = 30


@dataclasses.dataclass
class Result:
    """What a run of the program left behind."""

    status: int
    out: str
    err: str

    @property
    def text(self):
        return self.out + self.err

    @property
    def json(self):
        return json.loads(self.out)

    def target(self, name):
        """The report of one target, from JSON output."""
        return next(one for one in self.json["targets"] if one["name"] == name)


def clean_environment(**extra):
    """The environment without what would change output or send calls elsewhere."""
    kept = {
        key: value
        for key, value in os.environ.items()
        if key != "NO_COLOR" and not key.lower().endswith("_proxy")
    }
    return kept | extra


def certferry(*arguments, environment=None, seconds=RUN_SECONDS, within=(), **options):
    """Runs the program to its end, without a terminal; `within` is a command that runs it."""
    done = subprocess.run(
        [*within, BINARY, *map(str, arguments)],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=seconds,
        env=clean_environment(**(environment or {})),
        **options,
    )
    return Result(done.returncode, done.stdout.decode(), done.stderr.decode())


class Sandbox:
    """A running `certferry sandbox`: an account, two edges, and a panel that renews on SIGHUP."""

    def __init__(self, folder, domains=(), latency="1ms", propagation="1ms", **options):
        self.folder = pathlib.Path(folder)
        arguments = [BINARY, "sandbox", "--dir", str(folder), "--output", "json"]
        arguments += ["--latency", latency, "--propagation", propagation]
        for domain in domains:
            arguments += ["--domain", domain]
        for name, value in options.items():
            arguments += ["--" + name.replace("_", "-"), str(value)]
        self.process = subprocess.Popen(
            arguments,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=clean_environment(),
        )
        self.announcement = self._read_announcement()
        self.domains = self.announcement["domains"]
        self.secret_key = (self.folder / "secret_key").read_text().strip()

    def _read_announcement(self):
        text = ""
        while not text.endswith("\n}\n"):
            line = self.process.stdout.readline().decode()
            if not line:
                raise RuntimeError(f"the sandbox ended with {self.process.wait()}: {text}")
            text += line
        return json.loads(text)

    @property
    def site_folder(self):
        return self.folder / "1panel/www/sites/example.com/ssl"

    @property
    def addresses(self):
        return [tuple(edge.rsplit(":", 1)) for edge in self.announcement["edges"]]

    def renew(self):
        """Lets the panel write the next generation and waits until it has."""
        self.process.send_signal(signal.SIGHUP)
        line = self.process.stdout.readline().decode()
        if json.loads(line or "{}") != {"renewed": True}:
            raise RuntimeError(f"the sandbox said {line!r}")

    def control(self, method, path, **body):
        request = urllib.request.Request(
            self.announcement["control"] + path,
            method=method,
            data=json.dumps(body).encode() if body else None,
            headers={"Content-Type": "application/json"},
        )
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(request, timeout=10) as reply:
            return json.load(reply)

    def call_api(self, path, **body):
        """A call as somebody else's tool makes it; gives the data of the answer."""
        text = json.dumps(body)
        message = f"{path}\n{text}".encode()
        signature = hmac.new(self.secret_key.encode(), message, hashlib.sha1).hexdigest()
        request = urllib.request.Request(
            self.announcement["api"] + path,
            data=text.encode(),
            headers={
                "Authorization": f"TOKEN sandbox:{signature}",
                "Content-Type": "application/json",
            },
        )
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(request, timeout=10) as reply:
            answer = json.load(reply)
        if answer["code"] != 200:
            raise RuntimeError(f"{path}: {answer}")
        return answer.get("data")

    def upload_by_hand(self, folder, note="by hand"):
        """Stores the pair of a folder as a person would; gives its id."""
        chain, key = (folder / name for name in ("fullchain.pem", "privkey.pem"))
        pair = {"cert": chain.read_text(), "private": key.read_text()}
        return self.call_api("/cdn/cert/upload.json", note=note, **pair)["id"]

    def bind_by_hand(self, certificate, *names):
        for name in names:
            self.call_api("/cdn/cert/bind.json", id=certificate, domain=name)

    def state(self):
        return self.control("GET", "/state")

    def fault(self, kind, **fields):
        self.control("POST", "/fault", kind=kind, **fields)

    def clear_faults(self):
        self.control("DELETE", "/faults")

    def domain(self, name):
        return next(one for one in self.state()["domains"] if one["name"] == name)

    def served(self, name):
        """The fingerprints that the edge addresses serve for the name, by our own handshakes."""
        return {served_fingerprint(host, int(port), name) for host, port in self.addresses}

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.stdout.close()
        return self.process.wait(timeout=10)


def wait_until(condition, what, seconds=30, interval=0.01):
    """Waits for something that only looking shows."""
    give_up = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > give_up:
            raise TimeoutError(f"waited {seconds} s in vain for {what}")
        time.sleep(interval)


def side_by_side(work, cases, workers=16):
    """Does the work for each case in threads; gives (case, what went wrong or None) as each ends.

    What takes long here is waiting, for a vendor's lists to catch up and for grace periods to pass.
    """
    with concurrent.futures.ThreadPoolExecutor(workers) as pool:
        running = {pool.submit(work, case): case for case in cases}
        for done in concurrent.futures.as_completed(running):
            yield running[done], done.exception()


@contextlib.contextmanager
def world_of(kind):
    """A world of its own for one thread: an instance of a test's class, set up and cleaned up."""
    world = kind()
    try:
        world.setUp()
        yield world
    finally:
        world.doCleanups()


def open_state(path):
    """A state file to read from, also while the program writes to it."""
    return contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=10))


def read_state(path, query):
    with open_state(path) as state:
        return state.execute(query).fetchall()


def change_state(path, statement):
    """Behind the back of whoever holds the state: SQLite's own locks keep that in order."""
    with contextlib.closing(sqlite3.connect(path, timeout=10)) as state, state:
        state.execute(statement)


def served_fingerprint(host, port, name):
    """SHA-256 of the leaf at an address; "none" when the handshake does not give one."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    try:
        with socket.create_connection((host, port), timeout=10) as plain:
            with context.wrap_socket(plain, server_hostname=name) as wrapped:
                return hashlib.sha256(wrapped.getpeercert(binary_form=True)).hexdigest()
    except (ssl.SSLError, ConnectionError):
        return "none"


def fingerprint_of(pem_path):
    """SHA-256 of the first certificate in a PEM file."""
    text = pathlib.Path(pem_path).read_text()
    end = "-----END CERTIFICATE-----"
    return hashlib.sha256(ssl.PEM_cert_to_DER_cert(text[: text.index(end) + len(end)])).hexdigest()


class Authority:
    """A root and an intermediate by the openssl command, for leaves that no panel would write."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir()
        (self.folder / "ca.cnf").write_text(
            "[ca]\ndefault_ca = own\n[own]\nnew_certs_dir = .\ndatabase = index.txt\n"
            "rand_serial = yes\ndefault_md = sha256\npolicy = any\nunique_subject = no\n"
            "[any]\ncommonName = supplied\n"
            "[req]\ndistinguished_name = name\n[name]\n"
            "[authority]\nbasicConstraints = critical,CA:true\nsubjectKeyIdentifier = hash\n"
            "keyUsage = critical,keyCertSign,cRLSign\n"
        )
        (self.folder / "index.txt").touch()
        self._sign("root", "/CN=End-to-end root", "authority", issuer=None)
        self._sign("middle", "/CN=End-to-end intermediate", "authority", issuer="root")

    @property
    def root(self):
        return self.folder / "root.pem"

    def _openssl(self, *arguments):
        subprocess.run(
            ["openssl", *arguments], cwd=self.folder, check=True, capture_output=True, timeout=60
        )

    def _sign(self, name, subject, section, issuer, begin=-3600, end=400 * 86400, config="ca.cnf"):
        self._openssl(
            "req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
            "-config", "ca.cnf", "-subj", subject, "-keyout", f"{name}.key", "-out", f"{name}.csr",
        )  # fmt: skip
        signer = ["-cert", f"{issuer}.pem", "-keyfile", f"{issuer}.key"]
        if issuer is None:
            signer = ["-selfsign", "-keyfile", f"{name}.key"]
        self._openssl(
            "ca", "-batch", "-notext", "-config", config, "-extensions", section, *signer,
            "-startdate", _openssl_date(begin), "-enddate", _openssl_date(end),
            "-in", f"{name}.csr", "-out", f"{name}.pem",
        )  # fmt: skip

    def issue(self, into, names, begin=-3600, end=90 * 86400, chain=True):
        """Writes fullchain.pem and privkey.pem into a folder; times are seconds from now."""
        section = "[leaf]\nbasicConstraints = critical,CA:false\nsubjectAltName = "
        section += ",".join("DNS:" + name for name in names) + "\n"
        (self.folder / "leaf.cnf").write_text((self.folder / "ca.cnf").read_text() + section)
        self._sign("leaf", f"/CN={names[0]}", "leaf", "middle", begin, end, config="leaf.cnf")
        parts = ["leaf.pem", "middle.pem"] if chain else ["leaf.pem"]
        into.mkdir(exist_ok=True)
        write_settled(into / "fullchain.pem", "".join((self.folder / p).read_text() for p in parts))
        write_settled(into / "privkey.pem", (self.folder / "leaf.key").read_text())
        return fingerprint_of(into / "fullchain.pem")


def _openssl_date(seconds_from_now):
    return time.strftime("%Y%m%d%H%M%SZ", time.gmtime(time.time() + seconds_from_now))


def write_settled(path, text):
    """Writes a file as if an hour ago: one written just now may count as half-written."""
    path.write_text(text)
    path.chmod(0o600)
    hour_ago = time.time() - 3600
    os.utime(path, (hour_ago, hour_ago))


def key_lines(path):
    """The base64 lines of a PEM key, of which none may be seen anywhere."""
    lines = pathlib.Path(path).read_text().splitlines()
    return [line for line in lines if line and not line.startswith("-----")]


def private_bytes(path):
    """The secret number of an elliptic-curve key, as it stands in the file's DER."""
    der = base64.b64decode("".join(key_lines(path)))
    begin = der.index(b"\x04\x20") + 2  # an octet string of 32 bytes (RFC 5915)
    return der[begin : begin + 32]


def spellings(secret):
    """A secret as it is and as it might slip out: hexadecimal, base64, escaped for URL or JSON."""
    raw = secret if isinstance(secret, bytes) else secret.encode()
    forms = {raw, raw.hex().encode(), raw.hex().upper().encode()}
    for offset in range(3):
        # What stands before shifts the base64; the first and last characters depend on neighbours.
        encoded = base64.b64encode(b"x" * offset + raw)
        middle = encoded[4 if offset else 0 : -4]
        forms |= {middle, middle.translate(bytes.maketrans(b"+/", b"-_"))}
    escaped = {
        quote(secret, safe=safe)
        for quote in (urllib.parse.quote, urllib.parse.quote_plus)
        for safe in ("", "/")
    }
    for form in escaped:
        lower = re.sub("%[0-9A-F]{2}", lambda found: found[0].lower(), form)
        forms |= {form.encode(), lower.encode()}
    if isinstance(secret, str):
        for ascii_only in (True, False):
            forms.add(json.dumps(secret, ensure_ascii=ascii_only)[1:-1].encode())
    return forms


def files_below(folder):
    return [path for path in pathlib.Path(folder).rglob("*") if path.is_file()]


def temporary_folder(case):
    """A folder that goes when the test has ended."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="certferry-e2e-"))
    case.addCleanup(shutil.rmtree, folder, ignore_errors=True)
    return folder


class SandboxCase(unittest.TestCase):
    """Tests against one sandbox of their own; each test starts from an empty account."""

    domains = ("cdn.example.com", "img.example.com")
    sandbox_options: dict = {}

    def setUp(self):
        self.folder = temporary_folder(self)
        self.sandbox = Sandbox(self.folder / "sandbox", self.domains, **self.sandbox_options)
        self.addCleanup(self.sandbox.stop)
        self.state_path = self.folder / "state/state.db"
        self.config_path = self.folder / "certferry.yaml"
        self.trust = [self.sandbox.folder / "ca.pem"]
        self.config = {
            "accounts": {
                "doge": {
                    "provider": "dogecloud",
                    "endpoint": self.sandbox.announcement["api"],
                    "access_key": "sandbox",
                    "secret_key": {"file": str(self.sandbox.folder / "secret_key")},
                    "pace": {"calls_per_second": 200, "burst": 200, "max_in_flight": 8},
                }
            },
            "certificates": {
                "example.com": {
                    "from": {"1panel": {"site": "example.com", "base": str(self.sandbox.folder)}},
                    "to": [{"account": "doge", "product": "cdn", "domains": "covered"}],
                }
            },
            "settings": {
                "state": str(self.state_path),
                "trust": str(self.folder / "roots.pem"),
                "confirm": {"rounds": 2, "spread": "100ms", "deadline": "1s"},
                "retire_after": "2s",
                "resolve": {
                    name: self.sandbox.announcement["edges"] for name in self.sandbox.domains
                },
            },
        }

    def write_config(self):
        (self.folder / "roots.pem").write_text("".join(p.read_text() for p in self.trust))
        # Every JSON document is a YAML document.
        self.config_path.write_text(json.dumps(self.config, indent=2))

    def run_it(self, *arguments, **options):
        """Runs the program with the test's configuration."""
        self.write_config()
        return certferry("--config", self.config_path, *arguments, **options)

    def apply(self, *arguments, **options):
        return self.run_it("apply", *arguments, "--output", "json", **options)

    def assert_applied(self, *arguments):
        result = self.apply(*arguments)
        self.assertEqual(result.status, 0, result.text)
        return result

    def assert_served(self, name, fingerprint):
        self.assertEqual(self.sandbox.served(name), {fingerprint})

    def calls(self):
        return self.sandbox.state()["calls"]

    def fault_struck(self):
        """Whether the faults that strike a counted number of calls have all done so."""
        return not self.sandbox.state()["faults"]
