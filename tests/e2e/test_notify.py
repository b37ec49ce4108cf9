"""Notices: who is told what, when nobody can be told, and that no token shows anywhere."""

import asyncio
import email
import email.policy
import http.server
import json
import logging
import ssl
import sys
import threading
import unittest

import harness

# Debian's package, also where the tests run under another Python than Debian's.
sys.path.append("/usr/lib/python3/dist-packages")
import aiosmtpd.smtp

logging.getLogger("mail.log").setLevel(logging.ERROR)

TOKEN = "canary-5a1e77c0-of-the-webhook"
PASSWORD = "canary-93bd02fe-of-the-mailbox"


class Webhook:
    """A web service on a loopback port that keeps what it is sent and answers as it is told."""

    def __init__(self, case):
        hook = self
        self.received = []
        self.status = 200
        self.headers = {}
        self.hang = threading.Event()
        self.hang.set()

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                hook.received.append((self.path, dict(self.headers), json.loads(body)))
                hook.hang.wait(30)
                self.send_response(hook.status)
                for name, value in hook.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def do_GET(self):
                hook.received.append((self.path, dict(self.headers), None))
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *arguments):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        case.addCleanup(self.server.server_close)
        case.addCleanup(self.server.shutdown)
        case.addCleanup(self.hang.set)

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server.server_port}/in/{TOKEN}"

    def told(self):
        """Topic and level of each notice since the last call."""
        received, self.received = self.received, []
        return [(body["topic"], body["level"]) for _, _, body in received]


class MailServer:
    """aiosmtpd on a loopback port."""

    def __init__(self, case, tls=None, starttls=None, login=False, refuse=None, port=0):
        self.mails = []
        self.logins = []
        self.peers = []
        mails, logins = self.mails, self.logins

        class Handler:
            async def handle_RCPT(self, server, session, envelope, address, options):
                if refuse:
                    return refuse
                envelope.rcpt_tos.append(address)
                return "250 OK"

            async def handle_DATA(self, server, session, envelope):
                mails.append((session.ssl is not None, envelope))
                return "250 OK"

        def authenticate(server, session, envelope, mechanism, data):
            logins.append((mechanism, data.login, data.password))
            good = data.password == PASSWORD.encode()
            return aiosmtpd.smtp.AuthResult(success=good, handled=False)

        def protocol():
            peer = aiosmtpd.smtp.SMTP(
                Handler(),
                hostname="localhost",
                tls_context=starttls,
                require_starttls=starttls is not None,
                authenticator=authenticate if login else None,
                auth_require_tls=False,
                loop=self.loop,
            )
            self.peers.append(peer)
            return peer

        self.loop = asyncio.new_event_loop()
        self.server = self.loop.run_until_complete(
            self.loop.create_server(protocol, "127.0.0.1", port, ssl=tls)
        )
        self.port = self.server.sockets[0].getsockname()[1]
        thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        thread.start()
        case.addCleanup(self.loop.close)
        case.addCleanup(thread.join)
        case.addCleanup(self.loop.call_soon_threadsafe, self.stop)

    def messages(self):
        return [email.message_from_bytes(one.content, policy=email.policy.default) for _, one in self.mails]

    def texts(self):
        """Subject and text of each mail."""
        return [f"{one['Subject']}\n{one.get_content()}" for one in self.messages()]

    def close(self):
        """Nobody listens on the port from here on, and who is connected is cut off."""
        self.server.close()
        for peer in self.peers:
            if peer.transport is not None:
                peer.transport.abort()

    def stop(self):
        self.close()
        self.loop.call_later(0.01, self.loop.stop)  # those who are cut off notice first

    def die(self):
        self.loop.call_soon_threadsafe(self.close)
        harness.wait_until(lambda: not self.server.is_serving(), "the mail server to close")


class NotifyCase(harness.SandboxCase):
    domains = ("cdn.example.com",)

    def setUp(self):
        super().setUp()
        self.hook = Webhook(self)
        self.use(self.channel())

    def channel(self, hook=None, **options):
        path = harness.temporary_folder(self) / "url"
        harness.write_settled(path, (hook or self.hook).url)
        return {"webhook": {"url": {"file": str(path)}, "timeout": "1s", **options}}

    def use(self, *channels):
        self.config["notify"] = list(channels)

    def notify(self, *arguments, **options):
        return self.run_it("notify", "test", *arguments, **options)

    def waiting(self):
        rows = harness.read_state(self.state_path, "SELECT topic FROM notices WHERE ended_at IS NULL")
        return [topic for (topic,) in rows]


class NotifiedTest(NotifyCase):
    def test_change_failure_and_recovery_are_told_once_and_idle_runs_tell_nothing(self):
        self.assert_applied()
        path, headers, body = self.hook.received[0]
        self.assertEqual(path, f"/in/{TOKEN}")
        self.assertEqual(headers["Content-Type"], "application/json; charset=utf-8")
        self.assertEqual(body["target"], "doge/cdn/cdn.example.com")
        self.assertEqual(body["certificate"], "example.com")
        self.assertEqual(self.hook.told(), [("change", "info")])
        self.assert_applied()
        self.assertEqual(self.hook.told(), [])

        self.sandbox.fault("auth_refused")
        self.assertEqual(self.apply().status, 1)
        self.assertIn("account doge", self.hook.received[0][2]["text"])
        self.assertNotEqual(self.hook.received[0][2]["action"], "")
        self.assertEqual(self.hook.told(), [("failure", "error")])
        self.assertEqual(self.apply().status, 1)
        self.assertEqual(self.apply("--due").status, 1)
        self.assertEqual(self.hook.told(), [])

        self.sandbox.clear_faults()
        self.assert_applied()
        self.assertEqual(self.hook.told(), [("recovery", "info")])
        self.assert_applied()
        self.assertEqual(self.hook.told(), [])

    def test_template_is_filled_and_filters_keep_notices_back(self):
        body = '{"topic": "{{topic}}", "level": "{{level}}", "note": "<{{subject}}>"}'
        critical = Webhook(self)
        self.use(
            self.channel(body=body, on=["change"]),
            self.channel(critical, name="critical", levels=["critical"]),
        )
        self.assert_applied()
        note = self.hook.received[0][2]["note"]
        self.assertEqual(note, "<[certferry] new certificate served: doge/cdn/cdn.example.com>")
        self.assertEqual(self.hook.told(), [("change", "info")])
        self.assertEqual(critical.told(), [])
        self.assertEqual(self.waiting(), [])


class UndeliveredTest(NotifyCase):
    def test_what_a_failing_webhook_did_not_take_is_sent_by_the_next_run(self):
        self.hook.status = 500
        result = self.assert_applied()
        self.assertIn("sending a notice by webhook: answered with HTTP 500", result.err)
        self.assertEqual(len(self.hook.told()), 2)
        self.assertEqual(self.waiting(), ["change"])
        self.hook.status = 200
        self.assert_applied()
        self.assertEqual(self.hook.told(), [("change", "info")])
        self.assertEqual(self.waiting(), [])

    def test_one_that_hangs_is_given_up_in_time_and_the_fallback_is_asked(self):
        spare = Webhook(self)
        self.use(self.channel(), self.channel(spare, name="spare", fallback=True))
        self.assert_applied()
        self.assertEqual((len(self.hook.told()), spare.told()), (1, []))
        self.hook.hang.clear()
        self.sandbox.fault("auth_refused")
        result = self.apply()
        self.assertEqual(result.status, 1)
        self.assertIn("sending a notice by webhook: no complete reply within 1 s", result.err)
        self.assertEqual(spare.told(), [("failure", "error")])
        self.assertEqual(self.waiting(), [])

    def test_redirect_is_not_followed_to_whatever_listens_here(self):
        inside = Webhook(self)
        for status in (301, 302, 303, 307, 308):
            self.hook.status, self.hook.headers = status, {"Location": inside.url}
            result = self.notify("--output", "json")
            self.assertEqual(result.status, 1, status)
            error = result.json["channels"][0]["error"]
            self.assertIn("a redirect, which is not followed", error["message"])
        self.assertEqual(len(self.hook.received), 5)
        self.assertEqual(inside.received, [])

    def test_channel_that_cannot_be_set_up_stops_no_deployment(self):
        self.use({"telegram": {"token": {"env": "NO_SUCH_TOKEN"}, "chat": "1"}}, self.channel())
        self.assertEqual(self.run_it("check").status, 1)
        self.assertIn("BAD  channel telegram: ", self.run_it("check").out)
        result = self.assert_applied()
        self.assertIn("NO_SUCH_TOKEN", result.err)
        self.assertEqual(self.hook.told(), [("change", "info")])


class NotifyCommandTest(NotifyCase):
    def test_each_channel_is_tried_and_told_of(self):
        broken = Webhook(self)
        broken.status = 403
        self.use(self.channel(levels=["critical"]), self.channel(broken, name="second"))
        result = self.notify()
        self.assertEqual(result.status, 1)
        self.assertRegex(result.out, r"webhook +webhook +sent\n")
        self.assertRegex(result.out, r"second +webhook +failed\n")
        self.assertIn("second: sending a notice by second: answered with HTTP 403", result.out)
        self.assertEqual(self.hook.told(), [("test", "info")])

        result = self.notify("webhook", "--output", "json")
        self.assertEqual(result.status, 0, result.text)
        self.assertEqual(
            result.json, {"channels": [{"kind": "webhook", "name": "webhook", "sent": True}]}
        )
        self.assertFalse(self.state_path.exists())

    def test_wrong_calls(self):
        for arguments, words in (
            (["notify"], "notify"),
            (["notify", "tst"], "there is no command 'tst'; did you mean 'test'?"),
            (["notify", "send"], "'certferry notify --help' lists them"),
            (["notify", "test", "webhok"], "did you mean 'webhook'?"),
            (["notify", "test", ""], "the name is empty"),
        ):
            with self.subTest(arguments=arguments):
                result = self.run_it(*arguments)
                self.assertEqual(result.status, 2)
                self.assertIn(words, result.err)
        del self.config["notify"]
        result = self.notify("--output", "json")
        self.assertEqual(result.status, 2)
        self.assertEqual(result.json["error"]["code"], "config.missing")
        self.assertEqual(self.hook.received, [])

    def test_template_that_cannot_be_filled(self):
        self.use(self.channel(body='{"a": "{{subjekt}}"}'))
        result = self.notify()
        self.assertEqual(result.status, 1)
        self.assertIn("did you mean {{subject}}?", result.out)
        self.assertEqual(self.hook.received, [])


class NotifyCanaryTest(NotifyCase):
    def test_no_token_is_in_any_output_or_file(self):
        sinks = []
        for status, form in ((200, "text"), (302, "json"), (401, "text"), (500, "json")):
            self.hook.status = status
            common = ("--log-level", "debug", "--output", form)
            self.sandbox.fault("auth_refused")
            for command in (["check"], ["apply"], ["notify", "test"]):
                sinks.append(self.run_it(*command, *common).text.encode())
            self.sandbox.clear_faults()
            sinks.append(self.run_it("apply", *common).text.encode())
        self.hook.server.shutdown()
        self.hook.server.server_close()
        sinks.append(self.notify("--log-level", "debug").text.encode())
        for path in harness.files_below(self.state_path.parent):
            sinks.append(path.read_bytes())
        self.assertTrue(any(b"HTTP 401" in sink for sink in sinks))
        for sink in sinks:
            for form in harness.spellings(TOKEN):
                self.assertNotIn(form, sink)


class MailTest(NotifyCase):
    def setUp(self):
        super().setUp()
        authority = harness.Authority(self.folder / "ca")
        authority.issue(self.folder / "pair", ["localhost"])
        self.trust.append(authority.root)
        self.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.tls.load_cert_chain(
            self.folder / "pair/fullchain.pem", self.folder / "pair/privkey.pem"
        )

    def mail(self, mailer, security, **options):
        self.use(
            {
                "email": {
                    "server": f"localhost:{mailer.port}",
                    "security": security,
                    "from": "certferry@example.com",
                    "to": "a@example.com, b@example.org",
                    "timeout": "5s",
                    **options,
                }
            }
        )

    def login(self, password=PASSWORD):
        path = self.folder / "password"
        harness.write_settled(path, password)
        return {"user": "me", "password": {"file": str(path)}}

    def test_message_that_people_can_read(self):
        server = MailServer(self)
        self.mail(server, "none")
        self.assert_applied()
        ((encrypted, envelope),) = server.mails
        self.assertFalse(encrypted)
        self.assertEqual(envelope.mail_from, "certferry@example.com")
        self.assertEqual(envelope.rcpt_tos, ["a@example.com", "b@example.org"])
        (message,) = server.messages()
        self.assertEqual(
            message["Subject"], "[certferry] new certificate served: doge/cdn/cdn.example.com"
        )
        self.assertEqual(message["To"], "a@example.com, b@example.org")
        self.assertIsNotNone(message["Date"].datetime)
        self.assertRegex(message["Message-ID"], r"^<certferry\.[0-9a-f]{16}@example\.com>$")
        self.assertIn("serves the new certificate example.com", message.get_content())
        self.assertEqual(message.defects, [])

    def test_tls_from_the_first_byte_and_starttls_both_with_a_login(self):
        for security, options in (("tls", {"tls": self.tls}), ("starttls", {"starttls": self.tls})):
            with self.subTest(security=security):
                server = MailServer(self, login=True, **options)
                self.mail(server, security, **self.login())
                result = self.notify()
                self.assertEqual(result.status, 0, result.text)
                self.assertEqual(len(server.mails), 1)
                self.assertTrue(server.mails[0][0] or security == "tls")
                self.assertEqual(server.logins[-1][1:], (b"me", PASSWORD.encode()))

    def test_failures_are_told_apart_and_show_no_password(self):
        refusing = MailServer(self, refuse="550 5.1.1 no such mailbox")
        busy = MailServer(self, refuse="451 4.3.0 try again later")
        strict = MailServer(self, login=True)
        bare = MailServer(self)
        secure = MailServer(self, tls=self.tls)
        wrong = "canary-wrong-password"
        dead = MailServer(self)
        dead.die()
        cases = (
            (refusing, "none", {}, "rejected", "550 5.1.1 no such mailbox"),
            (busy, "none", {}, "unavailable", "451 4.3.0 try again later"),
            (strict, "none", self.login(wrong), "unauthorized", "the login was refused"),
            (bare, "starttls", {}, "rejected", "offers no STARTTLS"),
            (dead, "none", {}, "unavailable", "connect"),
        )
        for server, security, options, kind, words in cases:
            with self.subTest(words=words):
                self.mail(server, security, **options)
                result = self.notify("--output", "json", "--log-level", "debug")
                self.assertEqual(result.status, 1)
                error = result.json["channels"][0]["error"]
                self.assertEqual(error["kind"], kind)
                self.assertIn(words, json.dumps(error))
                self.assertEqual(server.mails, [])
                for form in harness.spellings(wrong):
                    self.assertNotIn(form, result.text.encode())
        # A certificate that nobody vouches for.
        self.trust.pop()
        self.mail(secure, "tls", **self.login())
        result = self.notify()
        self.assertEqual(result.status, 1)
        self.assertIn("[mail.tls]", result.out)
        self.assertEqual((secure.mails, secure.logins), ([], []))

    def test_plain_mail_goes_to_this_machine_only(self):
        self.mail(MailServer(self), "none", server="192.0.2.1:25")
        result = self.notify()
        self.assertEqual(result.status, 1)
        self.assertIn("is allowed to this machine only", result.out)

    def test_mail_server_that_is_down_is_told_by_the_second_channel(self):
        dead = MailServer(self)
        dead.die()
        self.mail(dead, "none")
        self.config["notify"].append(self.channel(fallback=True))
        result = self.assert_applied()
        self.assertIn("sending a notice by email", result.err)
        self.assertEqual(self.hook.told(), [("change", "info")])


if __name__ == "__main__":
    unittest.main()
