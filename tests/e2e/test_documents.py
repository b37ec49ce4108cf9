"""What the documents show as configuration: the program takes it, and so does its schema."""

import json
import pathlib
import re
import tempfile
import unittest

import harness
import jsonschema
import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]

# What an example leaves out because the reader has it already.
ACCOUNTS = """
accounts:
  doge: { provider: dogecloud, access_key: { env: DOGECLOUD_ACCESS_KEY }, secret_key: { env: DOGECLOUD_SECRET_KEY } }
"""
CERTIFICATE = """
certificates:
  example.com:
    from: { 1panel: { site: example.com } }
    to: [{ account: doge, product: cdn, domains: covered }]
"""
# Of other programs.
FOREIGN = {"scrape_configs"}


def blocks(document):
    """The YAML blocks of a document: (line, text)."""
    text = document.read_text()
    for found in re.finditer(r"(?ms)^```yaml\n(.*?)^```$", text):
        yield text.count("\n", 0, found.start()) + 1, found[1]


def alternatives(block):
    """A block that says `from:` more than once shows so many ways to write one thing."""
    if block.startswith("from:"):
        return ["from:" + one for one in re.split(r"(?m)^from:", block)[1:]]
    return [block]


def completed(text):
    """The whole file that an example is a part of."""
    if text.startswith("from:"):
        indented = re.sub(r"(?m)^", "    ", text)
        target = "    to: [{ account: doge, product: cdn, domains: covered }]\n"
        return f"{ACCOUNTS}certificates:\n  example.com:\n{indented.rstrip()}\n{target}"
    keys = yaml.safe_load(text).keys()
    return "".join(
        part for key, part in (("accounts", ACCOUNTS), ("certificates", CERTIFICATE)) if key not in keys
    ) + text  # fmt: skip


def examples():
    """Every configuration shown: (where, whole file)."""
    documents = [*ROOT.glob("README*.md"), *sorted((ROOT / "docs").glob("*.md"))]
    for document in documents:
        for line, block in blocks(document):
            for text in alternatives(block):
                if not FOREIGN & yaml.safe_load(text).keys():
                    yield f"{document.relative_to(ROOT)}:{line}", completed(text)
    for packaged in sorted((ROOT / "packaging/examples").glob("*.yaml")):
        yield str(packaged.relative_to(ROOT)), packaged.read_text()


class ExamplesTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        schema = json.loads(harness.certferry("schema").out)
        kind = jsonschema.validators.validator_for(schema)
        kind.check_schema(schema)
        self.schema = kind(schema)

    def read(self, text):
        """The program's answer to a file, from the command that needs nothing but the file."""
        path = self.folder / "certferry.yaml"
        path.write_text(text.replace("/var/lib/certferry", str(self.folder / "state")))
        return harness.certferry("history", "--config", path)

    def complaints(self, text):
        return [error.message for error in self.schema.iter_errors(yaml.safe_load(text))]

    def test_the_program_and_the_schema_take_them(self):
        count = 0
        for where, text in examples():
            with self.subTest(where):
                result = self.read(text)
                self.assertEqual((result.status, result.err), (0, ""), text)
                self.assertEqual(self.complaints(text), [], text)
            count += 1
        self.assertGreater(count, 20)

    def test_both_refuse_the_same_mistakes(self):
        good = ACCOUNTS + CERTIFICATE
        self.assertEqual((self.read(good).status, self.complaints(good)), (0, []))
        for right, wrong in (
            ("domains: covered", "domains: covred"),
            ("domains: covered", "domaines: covered"),
            ("domains: covered", "domains: []"),
            ("product: cdn, ", ""),
            ("provider: dogecloud", "provider: dogcloud"),
            ("{ env: DOGECLOUD_SECRET_KEY }", "written-here"),
            ("{ env: DOGECLOUD_SECRET_KEY }", "{ env: A, file: /b }"),
            ("1panel: { site: example.com }", "1panel: { sight: example.com }"),
            ("1panel: { site: example.com }", "2panel: { site: example.com }"),
            ("certificates:", "settings: { retire_after: 24 }\ncertificates:"),
            ("certificates:", "settings: { confirm: { rounds: many } }\ncertificates:"),
            ("certificates:", "notify: [{ telegram: { chat: a } }]\ncertificates:"),
            ("certificates:", "certificate:"),
        ):
            with self.subTest(wrong):
                text = good.replace(right, wrong)
                self.assertNotEqual(text, good)
                result = self.read(text)
                self.assertEqual(result.status, 2, result.text)
                self.assertIn("certferry.yaml:", result.err)
                self.assertNotEqual(self.complaints(text), [])


if __name__ == "__main__":
    unittest.main()
