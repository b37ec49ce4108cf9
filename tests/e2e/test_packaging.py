"""What is installed beside the program: units, the first configuration, the package's life, the image's recipe."""

import functools
import gzip
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import unittest

import harness

TREE = pathlib.Path(__file__).resolve().parents[2]
SYSTEMD = TREE / "packaging/systemd"
UNITS = ("certferry.service", "certferry-apply.service", "certferry-apply.timer")
SERVICES = UNITS[:2]


def package():
    """The package that scripts/package made; None where it did not."""
    return next(iter(sorted((TREE / "build/package").glob("certferry_*.deb"))), None)


def may_be_root():
    if os.geteuid() == 0:
        return True
    return shutil.which("sudo") and subprocess.run(["sudo", "-n", "true"], capture_output=True).returncode == 0


def check_call(case, words):
    """The program has this command, and it takes these options."""
    # Help comes before anything is done, but also before a wrong option is told.
    result = harness.certferry(words[0], "--help")
    case.assertEqual((result.status, result.err), (0, ""))
    case.assertIn(f"\nUsage: certferry {words[0]} ", result.out)
    for option in (word for word in words if word.startswith("-")):
        case.assertRegex(result.out, rf"(?m)^  {option}\b")


class UnitTest(unittest.TestCase):
    """The units as they are installed, but with this build's program in them."""

    def setUp(self):
        self.folder = harness.temporary_folder(self)
        hardening = (SYSTEMD / "hardening.conf").read_text()
        for unit in SERVICES:
            text = (SYSTEMD / f"{unit}.in").read_text()
            text = text.replace("@CERTFERRY_HARDENING@", hardening)
            text = text.replace("@CMAKE_INSTALL_FULL_BINDIR@", str(self.folder))
            self.assertNotRegex(text, r"@\w+@")
            (self.folder / unit).write_text(text)
        shutil.copy(SYSTEMD / UNITS[2], self.folder)
        # systemd-analyze wants to see the program that a unit names.
        (self.folder / "certferry").symlink_to(pathlib.Path(harness.BINARY).resolve())

    def analyze(self, *arguments):
        return subprocess.run(
            ["systemd-analyze", "--no-pager", *map(str, arguments)],
            stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, cwd=self.folder,
        )  # fmt: skip

    def grant_reading(self):
        for unit in SERVICES:
            (self.folder / f"{unit}.d").mkdir()
            shutil.copy(SYSTEMD / "read-files.conf", self.folder / f"{unit}.d")

    def commands(self, unit):
        text = (self.folder / unit).read_text()
        return [shlex.split(one)[1:] for one in re.findall(rf"(?m)^ExecStart={self.folder}/(certferry .*)$", text)]

    def test_systemd_finds_nothing_to_say_about_the_units(self):
        self.grant_reading()
        done = self.analyze("verify", "--man=no", *(f"./{unit}" for unit in UNITS))
        self.assertEqual((done.returncode, done.stdout + done.stderr), (0, ""))

    def test_exposure_stays_at_what_the_documents_say(self):
        for threshold, granted in ((12, False), (16, True)):
            if granted:
                self.grant_reading()
            for unit in SERVICES:
                done = self.analyze("security", "--offline=true", f"--threshold={threshold}", f"./{unit}")
                said = re.search(r"exposure level for \S+: ([0-9.]+)", done.stdout)
                self.assertEqual(done.returncode, 0, f"{unit}: {said and said[0]}{done.stderr}")
                # Less would be good news, and then the document is to say so.
                self.assertIn(f"{said[1]} with" if not granted else f"and {said[1]} with it",
                              (TREE / "docs/INSTALL.md").read_text())  # fmt: skip

    def test_the_services_run_calls_that_the_program_takes(self):
        for unit, command in (("certferry-apply.service", "apply"), ("certferry.service", "run")):
            with self.subTest(unit=unit):
                (words,) = self.commands(unit)
                self.assertEqual(words[0], command)
                check_call(self, words)


class ExampleTest(harness.SandboxCase):
    """The configuration that a person begins with."""

    def test_the_example_is_a_right_configuration_but_for_secrets_and_files(self):
        text = (TREE / "packaging/examples/certferry.yaml").read_text()
        # Its own state, so that this machine's is not looked at.
        text += f"settings: {{ state: {self.state_path} }}\n"
        self.config_path.write_text(text)
        status = harness.certferry("--config", self.config_path, "status", "--output", "json")
        self.assertEqual((status.status, status.err), (0, ""))
        self.assertEqual(status.json["targets"], [])
        check = harness.certferry("--config", self.config_path, "check")
        self.assertIn("CREDENTIALS_DIRECTORY is not set", check.text)


class RootCase(unittest.TestCase):
    """What takes the package and a root of its own to try it in; this machine's is not changed."""

    def check_package(self, *options):
        if package() is None:
            self.skipTest("there is no package: scripts/package makes it")
        if not may_be_root():
            self.skipTest("a root of its own takes root")
        done = subprocess.run(
            [TREE / "scripts/test-package", *options, package()],
            stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=280,
        )  # fmt: skip
        if done.returncode == 77:
            self.skipTest(done.stderr)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)


class PackageTest(RootCase):
    """The life of the package: packaging/debian/lifecycle."""

    def extracted(self):
        if package() is None:
            self.skipTest("there is no package: scripts/package makes it")
        root = harness.temporary_folder(self)
        subprocess.run(["dpkg-deb", "--extract", package(), root], check=True, timeout=60)
        return root

    def test_each_file_is_where_it_is_looked_for_and_says_what_it_should(self):
        root = self.extracted()
        written = {
            "bash-completion/completions/certferry": ("completion", "bash"),
            "zsh/vendor-completions/_certferry": ("completion", "zsh"),
            "fish/vendor_completions.d/certferry.fish": ("completion", "fish"),
            "man/man1/certferry.1.gz": ("manual", "certferry"),
            "man/man5/certferry.yaml.5.gz": ("manual", "certferry.yaml"),
        }
        copied = {
            "lib/systemd/system/certferry-apply.timer": "packaging/systemd/certferry-apply.timer",
            "share/doc/certferry/copyright": "LICENSE",
            "share/doc/certferry/examples/certferry.yaml": "packaging/examples/certferry.yaml",
            "share/doc/certferry/examples/alerts.yml": "packaging/monitoring/alerts.yml",
            "share/doc/certferry/examples/grafana-dashboard.json": "packaging/monitoring/grafana-dashboard.json",
        }
        expected = {f"share/{path}": harness.certferry(*command).out for path, command in written.items()}
        expected |= {path: (TREE / original).read_text() for path, original in copied.items()}
        for path, text in expected.items():
            with self.subTest(path=path):
                installed = (root / "usr" / path).read_bytes()
                if path.endswith(".gz"):
                    installed = gzip.decompress(installed)
                self.assertEqual(installed.decode(), text)
                self.assertNotEqual(text, "")

    def test_its_units_are_those_that_are_measured_here(self):
        installed = self.extracted() / "usr/lib/systemd/system"
        hardening = (SYSTEMD / "hardening.conf").read_text()
        for unit in SERVICES:
            text = (SYSTEMD / f"{unit}.in").read_text().replace("@CERTFERRY_HARDENING@", hardening)
            text = text.replace("@CMAKE_INSTALL_FULL_BINDIR@", "/usr/bin")
            self.assertEqual((installed / unit).read_text(), text)
            granted = installed / f"{unit}.d"
            self.assertEqual([one.name for one in granted.iterdir()], ["read-files.conf"])
            self.assertEqual((granted / "read-files.conf").read_text(), (SYSTEMD / "read-files.conf").read_text())

    def test_installing_upgrading_removing_and_purging(self):
        self.check_package()


class ServiceTest(RootCase):
    """The services under a systemd of their own: packaging/debian/service."""

    def test_both_services_read_what_is_closed_and_serve_what_is_renewed(self):
        self.check_package("--boot")


class ContainerfileTest(unittest.TestCase):
    """The recipe of the image, held against the tree: nothing here can build it."""

    @functools.cached_property
    def instructions(self):
        text = (TREE / "packaging/Containerfile").read_text()
        text = re.sub(r"(?m)^#.*\n", "", text).replace("\\\n", " ")
        return [tuple(line.split(None, 1)) for line in text.splitlines() if line.strip()]

    def values(self, name):
        return [value for instruction, value in self.instructions if instruction == name]

    def test_it_knows_only_instructions_that_exist(self):
        known = {"FROM", "RUN", "COPY", "VOLUME", "USER", "ENTRYPOINT", "CMD"}
        self.assertLessEqual({name for name, _ in self.instructions}, known)
        self.assertEqual(self.instructions[0], ("FROM", "debian:bookworm-slim"))

    def test_it_copies_what_scripts_package_makes(self):
        (copied,) = self.values("COPY")
        pattern, _ = copied.split()
        self.assertIn(pattern.split("*")[0].rsplit("/", 1)[0], (TREE / "scripts/package").read_text())
        made = package()
        if made is not None:
            self.assertTrue(made.relative_to(TREE).match(pattern))

    def test_its_user_is_the_one_of_the_package(self):
        postinst = (TREE / "packaging/debian/postinst").read_text()
        options = re.search(r"useradd ([^;]*?)\n  fi", postinst)[1].replace("\\\n", " ").split()
        (made,) = [value for value in self.values("RUN") if value.startswith("useradd ")]
        self.assertEqual([one for one in made.split()[1:] if one not in ("--uid", "999")], options)
        self.assertEqual(self.values("USER"), [options[-1]])

    def test_what_it_runs_is_taken_by_the_program(self):
        (words,) = self.values("CMD")
        self.assertEqual(words, '["run"]')
        check_call(self, re.findall(r'"([^"]*)"', words))

    def test_its_paths_are_those_of_the_package_and_of_the_program(self):
        self.assertEqual(self.values("ENTRYPOINT"), ['["/usr/bin/certferry"]'])
        (volumes,) = self.values("VOLUME")
        state, configuration = re.findall(r'"([^"]*)"', volumes)
        # Nobody names them in CMD, so they have to be where the program looks by itself.
        default = re.search(r"--config FILE=(\S+)", harness.certferry("--help").out)[1]
        self.assertEqual(os.path.dirname(default), configuration)
        settings = (TREE / "src/config/settings.h").read_text()
        default = re.search(r'state_path = "([^"]*)"', settings)[1]
        self.assertEqual(os.path.dirname(default), state)
        postinst = (TREE / "packaging/debian/postinst").read_text()
        self.assertIn(f"--owner=certferry --group=certferry --mode=0700 {state}\n", postinst)
        if package() is None:
            self.skipTest("there is no package: scripts/package makes it")
        listing = subprocess.run(["dpkg-deb", "--contents", package()],
                                 check=True, capture_output=True, text=True, timeout=60).stdout  # fmt: skip
        installed = {line.split()[5][1:]: line[:10] for line in listing.splitlines()}
        self.assertEqual(installed["/usr/bin/certferry"], "-rwxr-xr-x")
        self.assertEqual(installed[configuration + "/"], "drwxr-x---")

    def test_nothing_is_written_but_the_state(self):
        (command,) = self.values("USER")
        self.assertNotIn(command, ("root", "0"))
        # What --read-only leaves is the volumes, and the second is mounted read-only, as the document says.
        text = (TREE / "docs/INSTALL.md").read_text()
        call = re.search(r"podman run --detach(?:.*\\\n)*.*", text)[0]
        for option in ("--read-only", "--cap-drop all", ":/var/lib/certferry ", ":/etc/certferry:ro"):
            self.assertIn(option, call)

    def test_its_shell_commands_are_shell(self):
        for command in self.values("RUN"):
            subprocess.run(["sh", "-n", "-c", command], check=True, timeout=10)
