"""The real world's classic faults as properties, each under the name of its public report.

Whatever order failures, kills, pauses, new versions, returning people and overlapping workers come in, none of the
faults happens. Few examples on SQLite in the default suite, many on both databases in the slow one.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from unittest import mock

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gtm.automation.fake import RecordingHttp
from gtm.automation.tracking import Kind, Mark
from gtm.automation.tracking_events import record, unsubscribe
from gtm.automation.triggers import schedule
from gtm.automation.triggers.schedule import run_schedules
from gtm.connectors.smtp.fake import SmtpSink
from gtm.domain.clock import VirtualClock
from gtm.domain.conditions import Predicate
from gtm.domain.reentry import Reentry
from gtm.domain.workflow import CronSchedule, Exit, SendEmail, TriggerDefinition, Wait, WorkflowDefinition
from gtm.store.database import Database
from gtm.store.models.automation import LeadRow, Suppression
from gtm.store.models.enrolments import FAILED, FINISHED
from tests.integration.automation.classic_faults import FATES, PASSING, Play, bad_luck, events, fates
from tests.integration.automation.surroundings import KilledHere, Stage, drip, signup, smtp
from tests.integration.automation.test_tracking_events import TRACKING, Linked

SLOW = pytest.mark.slow


@dataclass(frozen=True)
class Theatre:
    """A stage, and how many examples are played on it."""

    stage: Stage
    examples: int

    def play(self, check: Callable[..., None], **drawn: st.SearchStrategy[Any]) -> None:
        """Hold a property against examples."""

        @settings(max_examples=self.examples, deadline=None, suppress_health_check=[HealthCheck.too_slow])
        @given(st.fixed_dictionaries(drawn))
        def one(values: dict[str, Any]) -> None:
            check(self.stage, **values)

        one()


@pytest.fixture(
    params=[
        ("sqlite", 10),
        pytest.param(("sqlite", 60), marks=SLOW),
        pytest.param(("postgres", 25), marks=[SLOW, pytest.mark.postgres]),
    ],
    ids=lambda one: f"{one[0]}-{one[1]}",
)
def theatre(request: pytest.FixtureRequest, clock: VirtualClock) -> Iterator[Theatre]:
    """A store and a mail server that all examples of a property share."""
    kind, examples = request.param
    database = Database(request.getfixturevalue(f"{kind}_store"), clock)
    with SmtpSink(clock) as sink:
        mailer = smtp(sink)
        yield Theatre(Stage(database, clock, sink, mailer, RecordingHttp()), examples)
        mailer.close()
    database.close()


def one_mail(**values: Any) -> WorkflowDefinition:
    """One mail, and out."""
    steps = (
        SendEmail(id="mail", content_ref="acme/it/1", on_success="done", on_failure="gave_up"),
        Exit(id="done"),
        Exit(id="gave_up", outcome="failed"),
    )
    return drip().model_copy(update={"entry": "mail", "steps": steps, **values})


def version(number: int) -> WorkflowDefinition:
    """Two mails of this version's own; every second one begins with a wait, so that positions move."""
    ways = {"on_failure": "gave_up"}
    steps = (
        *((Wait(id="breath", hours=1, next="mail_1"),) if number % 2 else ()),
        SendEmail(id="mail_1", content_ref=f"v{number}/it/1", on_success="wait", **ways),
        Wait(id="wait", hours=24 + number, next="mail_2"),
        SendEmail(id="mail_2", content_ref=f"v{number}/it/2", on_success="done", **ways),
        Exit(id="done"),
        Exit(id="gave_up", outcome="failed"),
    )
    return drip().model_copy(update={"entry": "breath" if number % 2 else "mail_1", "steps": steps})


def crossing(limit: str) -> TriggerDefinition:
    """Starts whoever's score passes 80."""
    warm = Predicate(field="score", operator="greater_than", value=80)
    return TriggerDefinition(trigger_id="t", type="conditional", conditions=(warm,), workflow_id="w", rate_limit=limit)


def test_mautic_7226_duplicate_send_after_one_failure_in_a_batch(theatre: Theatre) -> None:
    """One that fails in a batch, in whatever way, has nobody of it written to twice, and nobody left out."""

    def check(stage: Stage, people: int, luck: list[Any], schedule: list[Any]) -> None:
        play = Play(stage, one_mail(), signup(), batch=8)
        for _ in range(people):
            play.enter()
        for one in luck:
            play.curse(one)
        play.happen(schedule, play.nothing_twice)
        play.settle(play.nothing_twice)
        play.each_transition_once()
        by_lead = {send.lead_id: send for send in play.sends()}
        for one in play.people:
            send, got = by_lead[one.lead.lead_id], play.subjects(one.lead)
            assert got == (["acme/it/1"] if send.state == "sent" else []), send
            assert send.state == "sent" or "550" in send.refusal_reason

    theatre.play(check, people=st.integers(2, 8), luck=bad_luck(*FATES), schedule=events(fate=fates(*FATES)))


def test_listmonk_2313_five_copies_after_resume(theatre: Theatre) -> None:
    """Paused and resumed in the middle of batches, with workers beside each other and killed: a copy each."""

    def check(stage: Stage, people: int, batch: int, luck: list[Any], schedule: list[Any]) -> None:
        play = Play(stage, one_mail(), signup(), batch=batch)
        for _ in range(people):
            play.enter()
        for one in luck:
            play.curse(one)
        play.happen(schedule, play.nothing_twice)
        play.settle(play.nothing_twice)
        assert [play.subjects(one.lead) for one in play.people] == [["acme/it/1"]] * people

    resumes = st.sampled_from([["pause"], ["", "pause"], ["another worker", "pause"], ["pause", "another worker"]])
    theatre.play(
        check,
        people=st.integers(3, 9),
        batch=st.integers(1, 4),
        luck=bad_luck("killed before", "killed after"),
        schedule=events(work=resumes, fate=fates("killed before", "killed after")),
    )


def test_listmonk_2278_finished_early(theatre: Theatre) -> None:
    """`finished` is said of nobody before their last step, however small the batches and whatever failed in them."""

    def check(stage: Stage, people: int, batch: int, luck: list[Any], schedule: list[Any]) -> None:
        play = Play(stage, drip(), signup(), batch=batch)
        for _ in range(people):
            play.enter()

        def nobody_too_early() -> None:
            for row in play.enrolments():
                if row.status in (FINISHED, FAILED):
                    lines = play.log(row)
                    assert lines[-1].outcome == "exited"
                    assert sum(line.outcome == "done" for line in lines) == (2 if row.status == FINISHED else 0)
                    assert row.finished_at is not None and row.due_at is None
                else:
                    assert row.finished_at is None

        for one in luck:
            play.curse(one)
        play.happen(schedule, nobody_too_early)
        play.settle(nobody_too_early)
        assert all(row.status == FINISHED for row in play.enrolments())
        assert [len(play.subjects(one.lead)) for one in play.people] == [2] * people

    theatre.play(
        check,
        people=st.integers(1, 7),
        batch=st.integers(1, 3),
        luck=bad_luck(*PASSING),
        schedule=events(fate=fates(*PASSING)),
    )


def test_mautic_7881_restart_although_told_not_to(theatre: Theatre) -> None:
    """Told once, by the workflow's rule or by `1 per lead`, nobody comes in again: after exit, republished, later."""

    def check(stage: Stage, told: tuple[Reentry | None, str], schedule: list[Any]) -> None:
        rule, limit = told
        play = Play(stage, one_mail(reentry=rule), crossing(limit))
        for _ in range(2):
            play.enter(score=10)

        def once_a_lead() -> None:
            entered = [row.lead_no for row in play.enrolments()]
            assert len(entered) == len(set(entered))
            play.nothing_twice()

        def republish(number: int) -> None:
            play.publish(one_mail(reentry=rule, name=f"Version {number}"), crossing(limit))

        play.happen(schedule, once_a_lead, crosses=play.crosses, publish=republish, again=play.comes_again)
        for who in range(2):
            play.resume()
            play.crosses(who)
        play.settle(once_a_lead)
        assert len(play.enrolments()) == 2
        for who in range(2):
            play.crosses(who)
        play.settle(once_a_lead)

    ways = [
        (None, "1 per lead"),
        (Reentry(policy="never"), "1000 per day"),
        (Reentry(policy="after_exit"), "1 per lead"),
    ]
    theatre.play(
        check,
        told=st.sampled_from(ways),
        schedule=events(crosses=st.integers(0, 1), publish=st.integers(1, 9), again=st.integers(0, 1)),
    )


def test_mautic_2004_scheduled_events_lost_by_overlapping_runs(theatre: Theatre) -> None:
    """However runs overlap, are late or die on their way: everybody enters for every firing, once."""

    def check(stage: Stage, people: int, window: int, runs: list[tuple[int, int, int]]) -> None:
        hourly = CronSchedule(cron="0 * * * *", zone="UTC", missed="all")
        starts = TriggerDefinition(trigger_id="t", type="schedule", workflow_id="w", rate_limit=None, schedule=hourly)
        play = Play(stage, one_mail(), starts)
        for _ in range(people):
            play.enter()
        began = stage.clock.now()
        for minutes, together, dies_at in runs:
            now = stage.advance(minutes=minutes)
            with suppress(KilledHere), dying(dies_at):
                run_schedules(stage.database, now, window=window)
            with ThreadPoolExecutor(together) as pool:
                list(pool.map(lambda now: run_schedules(stage.database, now, window=window), [now] * together))
            firings = int((now - hour_of(began)) / timedelta(hours=1))
            entered = [(row.lead_no, row.entry) for row in play.enrolments()]
            assert len(set(entered)) == len(entered) == people * firings
        play.forget_triggers()

    run = st.tuples(st.sampled_from((7, 60, 61, 150)), st.integers(1, 3), st.integers(0, 4))
    theatre.play(check, people=st.integers(1, 5), window=st.integers(1, 3), runs=st.lists(run, max_size=4))


def hour_of(moment: Any) -> Any:
    """The full hour that a moment is in."""
    return moment.replace(minute=0, second=0, microsecond=0)


def dying(at: int) -> Any:
    """A run dies in its so manieth window; 0 for one that lives."""
    whole, windows = schedule.enrol_window, iter(range(1, 1000))

    def enrol_window(*arguments: Any, **options: Any) -> Any:
        done = whole(*arguments, **options)
        if next(windows) == at:
            raise KilledHere
        return done

    return mock.patch.object(schedule, "enrol_window", enrol_window)


def test_n8n_30607_old_and_new_version_both_firing(theatre: Theatre) -> None:
    """Whoever is on their way gets each mail from one version: the one they entered, or the one they were moved to."""

    def check(stage: Stage, luck: list[Any], schedule: list[Any]) -> None:
        play = Play(stage, version(1), signup())
        entered: dict[str, int] = {}
        moved = False

        def enter(_: Any) -> None:
            one = play.enter()
            if any(fired.enrolment_no for fired in one.fired):
                entered[one.lead.lead_id] = play.version

        def move(_: Any) -> None:
            nonlocal moved
            moved = True
            play.migrate()

        def one_version_fires() -> None:
            play.nothing_twice()
            assert len(play.enrolments()) == len(entered)
            for one in play.people:
                got = play.subjects(one.lead)
                assert len({name.partition("/")[2] for name in got}) == len(got), f"both versions sent: {got}"
                if not moved:
                    assert {name.partition("/")[0] for name in got} <= {f"v{entered.get(one.lead.lead_id)}"}

        enter(None)
        for one in luck:
            play.curse(one)
        play.happen(
            schedule,
            one_version_fires,
            enter=enter,
            again=play.comes_again,
            publish=lambda _: play.publish(version(play.version + 1), signup()),
            migrate=move,
        )
        play.settle(one_version_fires)
        assert [len(play.subjects(one.lead)) for one in play.people] == [
            2 if one.lead.lead_id in entered else 0 for one in play.people
        ]

    nobody = st.none()
    theatre.play(
        check,
        luck=bad_luck(*PASSING),
        schedule=events(enter=nobody, publish=nobody, migrate=nobody, again=st.integers(0, 7), fate=fates(*PASSING)),
    )


def test_activepieces_13311_cursor_reset_on_republish(theatre: Theatre) -> None:
    """Publishing, the same or another one, moves nobody who is on their way, and sends nobody back to a start."""

    def check(stage: Stage, people: int, luck: list[Any], schedule: list[Any]) -> None:
        play = Play(stage, version(1), signup())
        for _ in range(people):
            play.enter()

        def publish(same: bool) -> None:
            before = [row.model_dump() for row in play.enrolments()]
            play.publish(version(play.version if same else play.version + 1), signup())
            assert [row.model_dump() for row in play.enrolments()] == before

        def nobody_went_back() -> None:
            for row in play.enrolments():
                steps = [line.step for line in play.log(row)]
                assert steps == sorted(steps)
            play.nothing_twice()

        for one in luck:
            play.curse(one)
        play.happen(schedule, nobody_went_back, publish=publish, again=play.comes_again)
        play.settle(nobody_went_back)
        assert [play.subjects(one.lead) for one in play.people] == [["v1/it/1", "v1/it/2"]] * people

    theatre.play(
        check,
        people=st.integers(1, 4),
        luck=bad_luck(*PASSING),
        schedule=events(publish=st.booleans(), again=st.integers(0, 7), fate=fates(*PASSING)),
    )


AGENTS = ("", "curl/8", "Mozilla/5.0 (Windows NT 10.0) scanner", "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0")
LOOKS = st.tuples(
    st.integers(0, 3),
    st.sampled_from(("open", "click", "unsubscribe")),
    st.integers(0, 3),
    st.sampled_from(("GET", "HEAD")),
    st.sampled_from(AGENTS),
    st.sampled_from((0, 1, 30, 3600)),
)


def test_mautic_9798_scanner_unsubscribes_the_list(theatre: Theatre) -> None:
    """Whatever looks at whichever links: suppressed are those who pressed the button, and nobody else."""

    def check(stage: Stage, looks: list[Any], leave: set[int]) -> None:
        play = Play(stage, drip(), signup())
        for _ in range(4):
            play.enter(consent="granted")
        services = replace(stage.services(), email_source=Linked(), tracking=TRACKING)
        with mock.patch.object(stage, "services", lambda _mailer: services):
            play.work()
        send_ids = {send.lead_id: send.send_id for send in play.sends()}
        marks = [send_ids[one.lead.lead_id] for one in play.people]
        for who, kind, link, method, agent, seconds in looks:
            now = stage.advance(seconds=seconds)
            with stage.database.write() as session:
                record(session, _kind(kind), Mark(marks[who], link), method=method, user_agent=agent, now=now)
        for who in leave:
            with stage.database.write() as session:
                assert unsubscribe(session, Mark(marks[who], 0), user_agent=AGENTS[3], now=stage.clock.now())
        gone = {play.people[who].lead.email for who in leave}
        mine = {one.lead.email for one in play.people}
        assert {row.email for row in stage.rows(Suppression)} & mine == gone
        assert {row.email for row in stage.rows(LeadRow) if row.consent == "withdrawn"} & mine == gone
        play.settle(lambda: None)
        assert {one.lead.email for one in play.people if len(stage.sink.received_by(one.lead.email)) == 1} == gone

    theatre.play(check, looks=st.lists(LOOKS, max_size=25), leave=st.sets(st.integers(0, 3), max_size=2))


def _kind(name: str) -> Kind:
    kinds: dict[str, Kind] = {"open": "open", "click": "click", "unsubscribe": "unsubscribe"}
    return kinds[name]
