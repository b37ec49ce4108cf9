"""kill -9 at any moment, then one apply: converged, with one stored certificate per bundle."""

import dataclasses
import os
import random
import signal
import subprocess
import time
import unittest

import harness


class KillCase(harness.SandboxCase):
    # Latency gives the calls their share of a run's time; the edge follows at once.
    sandbox_options = {"latency": "100ms", "propagation": "1ms"}

    def setUp(self):
        super().setUp()
        self.config["settings"]["confirm"] = {"rounds": 2, "spread": "200ms", "deadline": "1s"}

    def start_apply(self, *arguments):
        self.write_config()
        run = subprocess.Popen(
            [harness.BINARY, "--config", self.config_path, *(arguments or ("apply",))],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=harness.clean_environment(),
        )
        self.addCleanup(run.wait)
        self.addCleanup(run.kill)
        return run

    def kill(self, run):
        """Whether it was still at work."""
        run.kill()
        return run.wait(timeout=30) < 0

    def assert_converged(self):
        newest = harness.fingerprint_of(self.sandbox.site_folder / "fullchain.pem")
        state = self.sandbox.state()
        stored = [one["fingerprint"] for one in state["certificates"]]
        self.assertEqual(len(stored), len(set(stored)), "a bundle is stored twice")
        self.assertEqual({one["fingerprint"] for one in state["domains"]}, {newest})
        for name in self.sandbox.domains:
            self.assertEqual(self.sandbox.served(name), {newest})
        self.assert_nothing_open()
        return stored

    def assert_nothing_open(self):
        history = self.run_it("history", "--limit", "1000", "--output", "json").json
        open_entries = [one for one in history if one["outcome"] in ("pending", "unknown")]
        self.assertEqual(open_entries, [])


class RandomMomentTest(KillCase):
    KILLS = 10

    def test_ten_kills_spread_over_the_run(self):
        seed = int(os.environ.get("CERTFERRY_SEED", random.randrange(2**32)))
        print(f"seed {seed}; CERTFERRY_SEED={seed} repeats it", flush=True)
        chance = random.Random(seed)
        self.assert_applied()
        self.sandbox.renew()
        began = time.monotonic()
        self.assert_applied()
        duration = time.monotonic() - began

        hits = 0
        for number in range(self.KILLS):
            self.sandbox.renew()
            run = self.start_apply()
            time.sleep((number + chance.random()) / self.KILLS * duration)
            hits += self.kill(run)
            with self.subTest(kill=number):
                self.assert_applied()
                self.assert_converged()
        self.assertGreaterEqual(hits, self.KILLS / 2, "most kills came when all was over")

        self.assert_applied("--wait")
        self.assertEqual(len(self.assert_converged()), 1, "superseded ones are left behind")


@dataclasses.dataclass(frozen=True)
class Step:
    """Where the program is killed: at one of the run's changing calls or of its commits."""

    run: str  # "first" or "renewal"
    number: int  # of the run's calls or commits, from 0
    moment: str

    def __str__(self):
        return f"{self.run} run, {self.moment}: {self.number}"


@dataclasses.dataclass(frozen=True)
class Commit:
    """One of the state file: that in which this entry of the journal begins, or has ended."""

    calls: int  # changing ones that were sent before it
    action: str
    number: int  # of the run's entries of that action, from 1
    ended: bool = False


class TooLate(Exception):
    """On a machine with much to do the call that follows a commit may leave before the kill comes."""


def kill_and_check(world_class, step, tries=5):
    for left in reversed(range(tries)):
        try:
            with harness.world_of(world_class) as world:
                world.kill_at(step)
                world.assert_as_if_never_killed(step)
            return
        except TooLate:
            if not left:
                raise


class StepWorld(KillCase):
    """A run brought to where it does one of everything, and killed at one step of it.

    In a "renewal" run the first bundle is superseded and due to be deleted, the second is served
    and the third stands in the panel, so it uploads, binds twice and deletes.
    """

    sandbox_options = {"latency": "1ms", "propagation": "1ms"}
    CALLS = {"first": ["upload", "bind", "bind"], "renewal": ["upload", "bind", "bind", "delete"]}
    # What the vendor makes of the call that the program is killed in.
    CALL_FAULTS = {
        "call never arrived": {"kind": "lost_request"},
        "call done after the death": {"kind": "apply_late", "delay": "1s"},
        "call done, its reply under way": {"kind": "slow", "delay": "10m"},
        "call done, its reply lost": {"kind": "lost_reply"},
    }
    # The upload's intent, that of the first bind, that of the other, what came of them, the delete's
    # intent, and the end.
    COMMITS = [
        Commit(0, "upload", 1),
        Commit(1, "bind", 1),
        Commit(2, "bind", 2),
        Commit(3, "bind", 2, ended=True),
        Commit(3, "retire", 1),
        Commit(4, "retire", 1, ended=True),
    ]
    GRACE_SECONDS = 4

    def setUp(self):
        super().setUp()
        self.config["settings"]["confirm"] = {"rounds": 2, "spread": "100ms", "deadline": "2s"}
        self.config["settings"]["retire_after"] = f"{self.GRACE_SECONDS}s"
        # One call after the other, so that the n-th is the same one each time.
        self.set_pace(calls_per_second=200, burst=200)
        self.bundles = []

    def set_pace(self, **pace):
        self.config["accounts"]["doge"]["pace"] = pace | {"max_in_flight": 1}

    def note_bundle(self):
        self.bundles.append(harness.fingerprint_of(self.sandbox.site_folder / "fullchain.pem"))

    def prepare(self, run):
        if run == "renewal":
            for _ in range(2):
                self.assert_applied()
                self.note_bundle()
                self.sandbox.renew()
            time.sleep(self.GRACE_SECONDS + 0.1)
        self.note_bundle()
        self.before = self.calls()

    def changing(self):
        return self.calls()["changing"] - self.before["changing"]

    def kill_in_call(self, step):
        actions = self.CALLS[step.run]
        self.sandbox.fault(
            endpoint=f"/cdn/cert/{actions[step.number]}.json",
            skip=actions[: step.number].count(actions[step.number]),
            count=1,
            **self.CALL_FAULTS[step.moment],
        )
        run = self.start_apply()
        harness.wait_until(self.fault_struck, "the call", interval=0.05)
        self.assertTrue(self.kill(run), "it had ended already")
        self.assertEqual(self.changing(), step.number + 1)

    def kill_after_commit(self, step):
        """At a call a second, each call waits a while for its turn after the commit before it."""
        self.set_pace(calls_per_second=1, burst=1)
        commit = self.COMMITS[step.number]
        with harness.open_state(self.state_path) as state:
            entries = "SELECT count(*), count(ended_at) FROM journal WHERE action = ?"
            before = state.execute(entries, (commit.action,)).fetchone()

            def is_made():
                so_far = state.execute(entries, (commit.action,)).fetchone()
                return so_far[commit.ended] - before[commit.ended] >= commit.number

            run = self.start_apply()
            harness.wait_until(is_made, str(commit), interval=0.005)
        # After the last one there is nothing left to wait for.
        last = step.number + 1 == len(self.COMMITS)
        if not (self.kill(run) or last) or self.changing() > commit.calls:
            raise TooLate(f"{step}: the next call had left")
        self.assertEqual(self.changing(), commit.calls)
        self.set_pace(calls_per_second=200, burst=200)

    def kill_when_there(self, step):
        name = ["state.db.lock", "state.db", "state.db-wal"][step.number]
        run = self.start_apply()
        harness.wait_until((self.state_path.parent / name).exists, name, interval=0.001)
        self.kill(run)

    def kill_at(self, step):
        self.prepare(step.run)
        if step.moment == "commit":
            self.kill_after_commit(step)
        elif step.moment == "new file":
            self.kill_when_there(step)
        else:
            self.kill_in_call(step)

    def assert_as_if_never_killed(self, step):
        self.assert_applied()
        # The bundle before the last may still be in its grace period, the one before that is not.
        self.assertLessEqual(set(self.assert_converged()), set(self.bundles[-2:]))
        self.assert_applied("--wait")
        self.assertEqual(self.assert_converged(), self.bundles[-1:])
        deletes = len(self.bundles) - 1
        self.assertEqual(self.calls()["applied"] - self.before["applied"], 3 + deletes)


class EveryStepTest(unittest.TestCase):
    """Killed before, in and after each changing call, and after each commit of the state file."""

    def steps(self):
        for run, calls in StepWorld.CALLS.items():
            for number in range(len(calls)):
                for moment in StepWorld.CALL_FAULTS:
                    # A run's first bind is not another case because the run is the first one.
                    if run == "renewal" or number == 0 or "under way" in moment:
                        yield Step(run, number, moment)
        for number in range(len(StepWorld.COMMITS)):
            yield Step("renewal", number, "commit")
        for number in range(3):
            yield Step("first", number, "new file")

    def check(self, step):
        kill_and_check(StepWorld, step)

    def test_every_step_of_a_first_run_and_of_a_renewal(self):
        for step, failure in harness.side_by_side(self.check, self.steps()):
            with self.subTest(str(step)):
                if failure:
                    raise failure


class FullStoreWorld(StepWorld):
    """The store takes two: the third bundle is refused until the first has made room for it."""

    CALLS = {"renewal": ["upload", "delete", "upload", "bind", "bind"]}
    # The upload's intent, the delete's, and as ever from the first bind's on.
    COMMITS = [Commit(0, "upload", 1), Commit(1, "retire", 1), Commit(3, "bind", 1)]

    def prepare(self, run):
        super().prepare(run)
        self.sandbox.control("POST", "/quota", quota=2)


class EveryStepInAFullStoreTest(unittest.TestCase):
    """Killed where room is made: in the refused upload, the delete, and the upload once more."""

    def check(self, step):
        kill_and_check(FullStoreWorld, step)

    def test_every_step(self):
        steps = [
            Step("renewal", number, moment)
            for number in range(3)  # the binds are as ever
            for moment in (*FullStoreWorld.CALL_FAULTS, "commit")
        ]
        for step, failure in harness.side_by_side(self.check, steps):
            with self.subTest(str(step)):
                if failure:
                    raise failure


class SurplusWorld(StepWorld):
    """An upload without an answer was sent again and came twice; the second copy is due to go."""

    CALLS = {"surplus": ["delete"]}
    COMMITS = [Commit(0, "retire", 1), Commit(1, "retire", 1, ended=True)]

    def prepare(self, run):
        # Later than the vendor's lists may lag, so that a look does not find it.
        self.sandbox.fault("apply_late", endpoint="/cdn/cert/upload.json", delay="8s", count=1)
        self.assert_applied()
        self.note_bundle()
        harness.wait_until(lambda: len(self.sandbox.state()["certificates"]) == 2, "the copy")
        self.assert_applied()
        time.sleep(self.GRACE_SECONDS + 0.1)
        self.before = self.calls()

    def assert_as_if_never_killed(self, step):
        self.assert_applied()
        self.assertEqual(self.assert_converged(), self.bundles)
        self.assertEqual(self.calls()["applied"] - self.before["applied"], 1)


class EveryStepOfClearingASurplusCopyTest(unittest.TestCase):
    """Killed in the delete, and after its intent is on the disk."""

    def check(self, step):
        kill_and_check(SurplusWorld, step)

    def test_every_step(self):
        steps = [Step("surplus", 0, moment) for moment in SurplusWorld.CALL_FAULTS]
        steps += [Step("surplus", 0, "commit")]  # with the second it is done
        for step, failure in harness.side_by_side(self.check, steps):
            with self.subTest(str(step)):
                if failure:
                    raise failure


class SettingsWorld(StepWorld):
    """An account without the call that only binds: each bind writes the name's settings."""

    CONFIG = "/cdn/domain/config.json"
    GRACE_SECONDS = 600

    def faults(self):
        return [one for one in self.sandbox.state()["faults"] if one["endpoint"] == self.CONFIG]

    def prepare(self, run):
        self.sandbox.fault(
            "error_code", endpoint="/cdn/cert/bind.json", code=404, message="接口不存在"
        )
        self.assert_applied()
        self.note_bundle()
        self.sandbox.renew()
        self.note_bundle()
        self.before = self.calls()

    def kill_in_call(self, step):
        fault = self.CALL_FAULTS[step.moment]
        self.sandbox.fault(endpoint=self.CONFIG, skip=step.number, count=1, **fault)
        run = self.start_apply()
        harness.wait_until(lambda: not self.faults(), "the call", interval=0.02)
        self.assertTrue(self.kill(run), "it had ended already")

    def assert_as_if_never_killed(self, step):
        self.assert_applied()
        self.assertEqual(self.assert_converged(), self.bundles)
        self.assertEqual(self.calls()["applied"] - self.before["applied"], 3)
        for name in self.sandbox.domains:
            self.assertEqual(self.sandbox.domain(name)["origin"], "origin." + name)


class EveryStepOfABindBySettingsTest(unittest.TestCase):
    """Killed in the call that writes a name's settings, the first name's and the other's."""

    def check(self, step):
        kill_and_check(SettingsWorld, step)

    def test_every_step(self):
        steps = [
            Step("settings", number, moment)
            for number in range(2)
            for moment in SettingsWorld.CALL_FAULTS
        ]
        for step, failure in harness.side_by_side(self.check, steps):
            with self.subTest(str(step)):
                if failure:
                    raise failure


class RollbackWorld(StepWorld):
    """A person's rollback of one name, killed at one step of it; said once more it is done."""

    CALLS = {"rollback": ["bind"]}
    # The intent, which holds the other bundle back as well, and what came of the call.
    COMMITS = [Commit(0, "rollback", 1), Commit(1, "rollback", 1, ended=True)]
    GRACE_SECONDS = 600
    NAME = "cdn.example.com"

    def start_apply(self):
        return super().start_apply("rollback", self.NAME)

    def prepare(self, run):
        for _ in range(2):
            self.sandbox.renew()
            self.assert_applied()
            self.note_bundle()
        self.before = self.calls()

    def assert_as_if_never_killed(self, step):
        old, new = self.bundles
        back = self.run_it("rollback", self.NAME)
        self.assertEqual(back.status, 0, back.text)
        self.assert_served(self.NAME, old)
        self.assert_served("img.example.com", new)
        self.assert_nothing_open()
        # Nobody sends the other bundle again by itself, and nothing was sent twice.
        self.assertEqual(self.apply().status, 1)
        self.assert_served(self.NAME, old)
        self.assertEqual(self.calls()["applied"] - self.before["applied"], 1)
        self.assert_applied("--now", self.NAME)
        self.assertEqual(set(self.assert_converged()), {old, new})


class EveryStepOfARollbackTest(unittest.TestCase):
    """Killed in its call, and after its intent is on the disk."""

    def check(self, step):
        kill_and_check(RollbackWorld, step)

    def test_every_step(self):
        steps = [Step("rollback", 0, moment) for moment in RollbackWorld.CALL_FAULTS]
        steps += [Step("rollback", 0, "commit")]  # with the second it is done
        for step, failure in harness.side_by_side(self.check, steps):
            with self.subTest(str(step)):
                if failure:
                    raise failure


class GoingBackWorld(StepWorld):
    """An edge turns bad by a bind, and the program is killed in the call that goes back by itself."""

    BIND = "/cdn/cert/bind.json"

    def bind_faults(self):
        return [one for one in self.sandbox.state()["faults"] if one.get("endpoint") == self.BIND]

    def kill_going_back(self, moment):
        self.assert_applied()
        self.note_bundle()
        self.sandbox.renew()
        self.note_bundle()
        self.before = self.calls()
        # Before the bind all was well, and by the time of its answer the edge is not.
        self.sandbox.fault("slow", endpoint=self.BIND, delay="1s", count=1)
        self.sandbox.fault(endpoint=self.BIND, count=1, **self.CALL_FAULTS[moment])
        run = self.start_apply()
        harness.wait_until(lambda: len(self.bind_faults()) == 1, "the bind", interval=0.02)
        self.sandbox.fault("self_signed", edge=":".join(self.sandbox.addresses[0]))
        harness.wait_until(lambda: not self.bind_faults(), "the way back", interval=0.02)
        self.assertTrue(self.kill(run), "it had ended already")
        self.assertEqual(self.changing(), 3, "an upload, a bind, and the way back")

    def assert_goes_on(self):
        """The edge is well again: the new bundle gets its turn."""
        self.sandbox.clear_faults()
        self.assert_applied()
        self.assertEqual(set(self.assert_converged()), set(self.bundles))

    def assert_says_so(self):
        """The edge stays bad: that is told, nothing hangs in the air, and it is mended with the edge."""
        run = self.apply()
        self.assertEqual(run.status, 1, run.text)
        self.assertRegex(run.text, "127.0.0.2:.* serves [0-9a-f]{12}")
        self.assert_nothing_open()
        stored = {one["fingerprint"] for one in self.sandbox.state()["certificates"]}
        self.assertEqual(stored, set(self.bundles), "one of each, and none deleted")
        self.sandbox.clear_faults()
        self.assert_applied("--now")
        self.assertEqual(set(self.assert_converged()), set(self.bundles))


class EveryStepOfGoingBackTest(unittest.TestCase):
    """Whatever became of the call: with the edge well again, and with it bad still."""

    def check(self, case):
        moment, afterwards = case
        with harness.world_of(GoingBackWorld) as world:
            world.kill_going_back(moment)
            afterwards(world)

    def test_every_step(self):
        cases = [
            (moment, afterwards)
            for moment in GoingBackWorld.CALL_FAULTS
            for afterwards in (GoingBackWorld.assert_goes_on, GoingBackWorld.assert_says_so)
        ]
        for (moment, afterwards), failure in harness.side_by_side(self.check, cases):
            with self.subTest(f"{moment}, {afterwards.__name__}"):
                if failure:
                    raise failure


class LostReplyTest(KillCase):
    """The vendor does it and drops the reply, and then the program dies too."""

    def lose_reply_and_kill(self, endpoint):
        self.sandbox.fault("lost_reply", endpoint=endpoint, count=1)
        run = self.start_apply()
        harness.wait_until(self.fault_struck, "the reply to get lost")
        return self.kill(run)

    def setUp(self):
        super().setUp()
        self.assert_applied()
        self.sandbox.renew()

    def test_upload(self):
        self.assertTrue(self.lose_reply_and_kill("/cdn/cert/upload.json"))
        self.assert_applied()
        self.assertEqual(len(self.assert_converged()), 2)

    def test_bind(self):
        self.assertTrue(self.lose_reply_and_kill("/cdn/cert/bind.json"))
        self.assert_applied()
        self.assertEqual(len(self.assert_converged()), 2)

    def test_delete(self):
        self.assert_applied()
        # Past the grace period the next run deletes the superseded one.
        harness.wait_until(
            lambda: any(
                one["due"] for one in self.run_it("plan", "--output", "json").json["retirements"]
            ),
            "the grace period to pass",
        )
        self.lose_reply_and_kill("/cdn/cert/delete.json")
        self.assert_applied()
        self.assertEqual(len(self.assert_converged()), 1)


class InterruptTest(KillCase):
    """Ctrl-C and systemd's stop: one closing line, nothing sent after it, the next run goes on."""

    def interrupt(self, number, *arguments, moment):
        """Sends the signal at the moment; gives the result, and the changing calls until then."""
        self.write_config()
        run = subprocess.Popen(
            [harness.BINARY, "--config", self.config_path, *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=harness.clean_environment(),
        )
        self.addCleanup(run.kill)
        harness.wait_until(moment, "the moment to interrupt")
        changing = self.calls()["changing"]
        run.send_signal(number)
        out, err = run.communicate(timeout=20)
        self.assertEqual(self.calls()["changing"], changing, "sent after the signal")
        return harness.Result(run.returncode, out.decode(), err.decode())

    def test_while_a_call_is_under_way(self):
        for number, form in ((signal.SIGINT, "text"), (signal.SIGTERM, "json")):
            with self.subTest(number=number):
                self.sandbox.control("POST", "/reset")
                self.sandbox.renew()
                self.sandbox.fault("slow", endpoint="/cdn/cert/upload.json", delay="2s", count=1)
                newest = harness.fingerprint_of(self.sandbox.site_folder / "fullchain.pem")
                result = self.interrupt(
                    number, "apply", "--output", form, moment=self.fault_struck
                )
                self.assertEqual(result.status, -number, result.text)
                said = f"interrupted; under way: upload of bundle {newest[:12]} (account doge)"
                last = result.err.splitlines()[-1]
                self.assertIn(f"error: {said}; the next 'certferry apply' reads", last)
                if form == "json":
                    self.assertEqual(result.json["error"]["code"], "run.interrupted")
                status = self.run_it("status")
                self.assertIn(f"open: upload of bundle {newest[:12]} (account doge)", status.out)
                [entry] = self.run_it("status", "--output", "json").json["open"]
                self.assertEqual((entry["action"], entry["outcome"]), ("upload", "pending"))
                self.assert_applied()
                self.assert_converged()
                self.assertNotIn("open:", self.run_it("status").out)

    def test_while_looking_at_the_edge(self):
        self.config["settings"]["confirm"] = {"rounds": 2, "spread": "20s", "deadline": "60s"}
        self.config["settings"]["retire_after"] = "120s"
        result = self.interrupt(
            signal.SIGINT,
            "apply",
            moment=lambda: all(one["cert_id"] for one in self.sandbox.state()["domains"]),
        )
        self.assertEqual(result.status, -signal.SIGINT, result.text)
        self.assertIn("interrupted; ", result.err.splitlines()[-1])

    def test_while_planning(self):
        self.sandbox.fault("slow", endpoint="/cdn/cert/list.json", delay="5s", count=1)
        result = self.interrupt(signal.SIGINT, "plan", moment=self.fault_struck)
        self.assertEqual((result.status, result.out), (-signal.SIGINT, ""), result.text)
        self.assertIn("interrupted; nothing was changed", result.err)
        self.assertFalse(self.state_path.exists())


if __name__ == "__main__":
    unittest.main()
