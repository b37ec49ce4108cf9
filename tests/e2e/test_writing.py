"""Completion scripts in their shells, and manual pages; both are written by the program itself."""

import json
import os
import re
import shutil
import subprocess
import unittest

import harness

# Bash as it completes a line: the words, the cursor behind the last, and what is put up.
BASH = """
source "$1"; shift
complete -p certferry > /dev/null || exit 1
compopt() { :; }
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMPREPLY=()
_certferry
[[ ${#COMPREPLY[@]} -eq 0 ]] || printf '%s\\n' "${COMPREPLY[@]}"
"""

# Zsh completes only in a line editor: one in a terminal of its own types the line and a tab. Each
# match is printed between marks, for the terminal's own characters stand around them.
ZSH = """
zmodload zsh/zpty
zpty shell zsh -f -i
zpty -w shell 'PROMPT=; fpath=('$1' $fpath); autoload -Uz compinit; compinit -u -D'
zpty -w shell 'zstyle ":completion:*" list-colors "no=<" "ec=>"; LISTMAX=1000'
zpty -w shell 'report() { compadd() { if [[ ${@[(I)-[OAD]*]} -gt 0 ]]; then builtin compadd "$@"; return; fi
  local -a found; builtin compadd -O found "$@"; local one; for one in $found; do print -r -- "<$one>" >> '$2'; done
  builtin compadd "$@"; }; _main_complete; print done >> '$2'; }'
zpty -w shell 'zle -C report complete-word report; bindkey "^I" report; print ready >> '$2
zpty -w -n shell $3$'\\t'
for i in {1..800}; do
  grep -q done $2 2> /dev/null && break
  zpty -r -t shell chunk > /dev/null 2>&1
  sleep 0.05
done
zpty -d shell
"""


def write_script(folder, name, shell):
    path = folder / name
    path.write_text(harness.certferry("completion", shell).out)
    return path


def shell_environment(folder):
    """The program under its own name, in a home that has no settings of its own."""
    (folder / "bin").mkdir()
    (folder / "bin/certferry").symlink_to(os.path.abspath(harness.BINARY))
    return harness.clean_environment(
        PATH=f"{folder}/bin:{os.environ['PATH']}", HOME=str(folder), TERM="dumb", LC_ALL="C.UTF-8"
    )


class ShellCase(harness.SandboxCase):
    """One sandbox account with two targets that were deployed, so that there is something to name."""

    TARGETS = {"doge/cdn/cdn.example.com", "doge/cdn/img.example.com"}

    def setUp(self):
        super().setUp()
        self.assert_applied()
        self.environment = shell_environment(self.folder)

    def run_shell(self, *command):
        done = subprocess.run(
            list(map(str, command)),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
            env=self.environment,
            cwd=self.folder,
        )
        self.assertEqual(done.stderr, "")
        return done.stdout

    def check_common(self, complete):
        """What every shell has to put up for the same lines."""
        config = ["--config", str(self.config_path)]
        self.assertEqual(complete("pl"), {"plan"})
        self.assertLessEqual({"apply", "check", "sandbox"}, complete(""))
        self.assertNotIn("completion", complete(""))
        self.assertEqual(complete("apply", "--d"), {"--due"})
        self.assertEqual(complete("plan", "--output", ""), {"text", "json"})
        self.assertEqual(complete("notify", ""), {"test"})
        self.assertEqual(complete("providers", "doge"), {"dogecloud"})
        self.assertEqual(complete(*config, "why", ""), self.TARGETS)
        self.assertEqual(complete(*config, "apply", "doge/cdn/c"), {"doge/cdn/cdn.example.com"})
        # Without a state, without a word.
        self.assertEqual(complete("--config", "/nonexistent", "why", "d"), set())
        # A number is not guessed, least of all as a target.
        self.assertEqual(complete(*config, "history", "--limit", ""), set())


class BashTest(ShellCase):
    """The completion script in bash."""

    def complete(self, *words):
        out = self.run_shell("bash", "--norc", "-c", BASH, "bash", self.script, "certferry", *words)
        return set(out.splitlines())

    def test_bash_completes_commands_options_values_and_targets(self):
        self.script = write_script(self.folder, "certferry", "bash")
        self.check_common(self.complete)
        self.assertIn("certferry.yaml", self.complete("--config", "certf"))
        self.assertEqual(self.complete("sandbox", "--dir", "sand"), {"sandbox"})
        # Bash makes three words of --output=j.
        self.assertEqual(self.complete("plan", "--output", "=", "j"), {"json"})
        named = ["--config", "=", str(self.config_path), "why", "doge/cdn/i"]
        self.assertEqual(self.complete(*named), {"doge/cdn/img.example.com"})


@unittest.skipUnless(shutil.which("fish"), "fish is not installed")
class FishTest(ShellCase):
    """The completion script in fish."""

    def complete(self, *words):
        line = " ".join(["certferry", *words])
        # What follows a tab is the description.
        text = self.run_shell("fish", "--no-config", "-c", f"source {self.script}; complete -C '{line}'")
        return {one.split("\t")[0] for one in text.splitlines()}

    def test_fish_completes_commands_options_values_and_targets(self):
        self.script = write_script(self.folder, "certferry.fish", "fish")
        self.check_common(self.complete)
        self.assertIn("certferry.yaml", self.complete("--config", "certf"))


@unittest.skipUnless(shutil.which("zsh"), "zsh is not installed")
class ZshTest(ShellCase):
    """The completion script in zsh."""

    def complete(self, *words):
        found = self.folder / "found"
        found.unlink(missing_ok=True)
        line = " ".join(["certferry", *words])
        subprocess.run(
            ["zsh", "-f", "-c", ZSH, "zsh", self.folder / "zsh", found, line],
            stdin=subprocess.DEVNULL, capture_output=True, timeout=60, env=self.environment, cwd=self.folder,
        )  # fmt: skip
        text = found.read_text()
        self.assertIn("done", text, line)
        return set(re.findall(r"^<(.*)>$", text, re.MULTILINE))

    def test_zsh_completes_commands_options_values_and_targets(self):
        (self.folder / "zsh").mkdir()
        write_script(self.folder / "zsh", "_certferry", "zsh")
        self.check_common(self.complete)


class ManualTest(unittest.TestCase):
    """The pages themselves, and that mandoc has nothing to say of them."""

    PAGES = ("certferry", "certferry.yaml")

    def page(self, name):
        result = harness.certferry("manual", name)
        self.assertEqual((result.status, result.err), (0, ""))
        return result.out

    @unittest.skipUnless(shutil.which("mandoc"), "mandoc is not installed")
    def test_mandoc_warns_of_nothing(self):
        for name in self.PAGES:
            done = subprocess.run(
                ["mandoc", "-T", "lint", "-W", "warning"],
                input=self.page(name), capture_output=True, text=True, timeout=60,
            )  # fmt: skip
            self.assertEqual((done.returncode, done.stdout + done.stderr), (0, ""), name)

    def test_every_command_and_option_of_the_help_is_in_the_page(self):
        text = self.page("certferry").replace("\\-", "-")
        commands = re.findall(r"(?m)^  ([a-z]+) {2,}", harness.certferry("--help").out)
        self.assertIn("apply", commands)
        for command in commands:
            self.assertRegex(text, rf"\n\.SS {command}[ \n]")
            options = re.findall(r"(?m)^  (--[a-z-]+)", harness.certferry(command, "--help").out)
            for option in options:
                self.assertIn(f"\\fB{option}\\fR", text, command)

    def test_every_key_of_the_schema_is_in_the_page(self):
        text = self.page("certferry.yaml")
        keys = set()

        def collect(schema):
            if isinstance(schema, list):
                for one in schema:
                    collect(one)
            elif isinstance(schema, dict):
                keys.update(schema.get("properties", {}))
                for one in schema.values():
                    collect(one)

        collect(json.loads(harness.certferry("schema").out))
        self.assertIn("retire_after", keys)
        for key in keys:
            self.assertIn(f"\\fB{key}:\\fR", text.replace("\\-", "-"))
