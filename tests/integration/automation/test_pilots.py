"""A pilot: the chosen share enters and everybody else waits, until LEAD lets the rest follow or stops it."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlmodel import select

from gtm.automation.maintenance.pilots import keep_pilots
from gtm.automation.pilots import judging, starting
from gtm.automation.pilots.launching import enrol_rest
from gtm.automation.pilots.measuring import measure, rules_for
from gtm.automation.tracking import Mark
from gtm.automation.tracking_events import record, unsubscribe
from gtm.automation.triggers.bulk import enrol_all
from gtm.automation.triggers.schedule import run_schedules
from gtm.connectors.base import OutgoingEmail
from gtm.domain.base import sha256_of
from gtm.domain.delivery import NO_LIMITS
from gtm.domain.errors import ArtifactChanged, Conflict, Forbidden, InvalidInput, MailboxGone, NotFound
from gtm.domain.pilot import PilotResults
from gtm.domain.workflow import CronSchedule, TriggerDefinition, TriggerFilters
from gtm.store.models.automation import AutomationWorkflow
from gtm.store.models.enrolments import Enrolment
from gtm.store.models.logs import AuditEntry
from gtm.store.models.runs import Approval
from gtm.store.repositories import approvals, automation, email_sends, leads, pilots
from tests.integration.automation.piloted import (
    CAMPAIGN,
    DRIP,
    arrive,
    begin,
    by,
    change,
    close,
    crowd,
    inside,
    launch,
    policies,
    ready,
    results,
    row_of,
    sends,
    verdict,
)
from tests.integration.automation.surroundings import Scripted, Stage, drip, signup


def workflow(stage: Stage) -> AutomationWorkflow:
    (row,) = stage.rows(AutomationWorkflow)
    assert isinstance(row, AutomationWorkflow)
    return row


def test_the_share_enters_and_everybody_else_waits(stage: Stage) -> None:
    ready(stage)
    crowd(stage, 200)
    done = begin(stage)
    assert (done.audience, done.chosen, done.enrolled, done.counts) == (200, 16, 16, False)
    assert len(set(inside(stage))) == 16
    assert arrive(stage, 1) == f"waits for the verdict on {done.pilot_id}"
    bulk = enrol_all(stage.database, "acme-drip-signup", stage.clock.now(), pause_seconds=0)
    assert (bulk.enrolled, bulk.stopped) == (0, f"everybody waits for the verdict on {done.pilot_id}")
    stage.worker().run_until_idle()
    assert len(stage.sink.received) == 16
    assert [entry.action for entry in stage.rows(AuditEntry)] == ["pilot.held", "pilot.started"]


def test_the_same_people_are_chosen_whoever_asks_and_however_often(stage: Stage) -> None:
    ready(stage)
    crowd(stage, 300)
    begin(stage)
    first = inside(stage)
    with stage.database.write() as session:
        for row in session.exec(select(Enrolment)):
            session.delete(row)
        pilot = pilots.get(session, row_of(stage).pilot_id)
        assert pilot is not None
        session.delete(pilot)
    begin(stage)
    assert inside(stage) == first


def test_a_start_that_broke_off_is_gone_on_with(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    ready(stage)
    crowd(stage, 200)
    monkeypatch.setattr(starting, "BATCH", 5)
    real = starting.fire
    calls = 0

    def dies(*arguments: Any, **options: Any) -> object:
        nonlocal calls
        calls += 1
        if calls == 8:
            raise KeyboardInterrupt
        return real(*arguments, **options)

    monkeypatch.setattr(starting, "fire", dies)
    with pytest.raises(KeyboardInterrupt):
        begin(stage)
    assert row_of(stage).status == "planned" and len(inside(stage)) == 5
    # Somebody leaves and many more come meanwhile: the pilot stays as large as it was to be.
    with stage.database.write() as session:
        leads.suppress(session, "acme", "p1@example.test", "unsubscribed", stage.clock.now())
    crowd(stage, 100, begin=200)
    done = begin(stage)
    assert (done.chosen, done.enrolled) == (16, 16) and len(set(inside(stage))) == len(inside(stage)) == 16
    assert row_of(stage).status == "running"


def test_nobody_is_chosen_who_would_get_no_mail(stage: Stage) -> None:
    ready(stage)
    crowd(stage, 100)
    crowd(stage, 100, begin=100, consent="withdrawn")
    crowd(stage, 100, begin=200, lead_source="fair")
    crowd(stage, 100, begin=300, is_test=True)
    for number in range(20):
        stage.suppress(f"p{number}@example.test")
    policy = replace(NO_LIMITS, holdout_percent=Decimal(25))
    held = [n for n in range(20, 100) if policy.held_out("acme", f"lead-{n:04}")]
    done = begin(stage, delivery=policy)
    assert done.audience == 80 - len(held) and 0 < len(held) < 40
    reached = set(inside(stage))
    assert len(reached) == done.chosen and reached <= {f"lead-{n:04}" for n in range(20, 100) if n not in held}
    assert policies().pilot.share.minimum <= Decimal(done.chosen) / done.audience <= policies().pilot.share.maximum


def test_after_the_go_everybody_else_enters_once_and_newcomers_too(stage: Stage) -> None:
    ready(stage)
    crowd(stage, 200)
    begin(stage)
    assert arrive(stage, 1) != ""
    stage.worker().run_until_idle()
    close(stage)
    assert arrive(stage, 2) != "" and len(inside(stage)) == 16
    record = verdict(stage)
    assert (record.status, record.decided_by) == ("approved", "person:bea")
    assert arrive(stage, 3) == ""
    assert launch(stage).enrolled == 186
    assert len(inside(stage)) == len(set(inside(stage))) == 203
    assert launch(stage).enrolled == 0 and row_of(stage).launched_at == stage.clock.now()
    stage.worker().run_until_idle()
    first = [send for send in sends(stage) if send.email_number == 1]
    assert len(first) == len({send.lead_id for send in first}) == 203


def test_a_worker_goes_on_with_a_launch_that_broke_off(stage: Stage) -> None:
    ready(stage)
    crowd(stage, 60)
    begin(stage)
    close(stage)
    verdict(stage)
    report = keep_pilots(stage.database, policies(), stage.clock.now())
    assert report.figures["enrolled"] == 60 - 4 and row_of(stage).launched_at is not None
    assert keep_pilots(stage.database, policies(), stage.clock.now()).done == 0


def test_a_schedule_that_fired_meanwhile_doubles_nobody(stage: Stage) -> None:
    letter = TriggerDefinition(
        trigger_id="letter", type="schedule", workflow_id=DRIP, rate_limit=None,
        filters=TriggerFilters(exclude_duplicates=False), schedule=CronSchedule(cron="0 12 * * *"),
    )  # fmt: skip
    ready(stage, letter)
    crowd(stage, 50)
    begin(stage)
    stage.advance(hours=5)
    assert run_schedules(stage.database, stage.clock.now()).enrolled == 0
    close(stage)
    verdict(stage)
    launch(stage)
    assert run_schedules(stage.database, stage.clock.now()).enrolled == 0
    assert len(inside(stage)) == len(set(inside(stage))) == 50
    # The next issue is for everybody again.
    stage.advance(hours=24)
    assert run_schedules(stage.database, stage.clock.now()).enrolled == 50


def test_a_limit_an_hour_is_kept_by_the_launch_until_everybody_is_in(stage: Stage) -> None:
    ready(stage, signup().model_copy(update={"rate_limit": "20 per hour"}))
    crowd(stage, 50)
    begin(stage)
    close(stage)
    verdict(stage)
    assert (launch(stage).enrolled, launch(stage).enrolled) == (16, 0)
    assert row_of(stage).launched_at is None
    for _ in range(2):
        stage.advance(minutes=61)
        launch(stage)
    assert len(set(inside(stage))) == 50
    assert row_of(stage).launched_at is not None


def test_figures_leave_out_machines_and_say_what_is_undefined(stage: Stage) -> None:
    ready(stage)
    crowd(stage, 200)
    begin(stage)
    nothing = results(stage)
    assert nothing.arms == () and nothing.rate("opened") is None and nothing.rate("converted") is None
    stage.worker().run_until_idle()
    ids = [send.send_id for send in sends(stage)]
    later = stage.clock.now() + timedelta(minutes=10)
    browser = "Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Firefox/140.0"
    with stage.database.write() as session:
        record(session, "open", Mark(ids[0], 0), method="GET", user_agent=browser, now=later)
        record(session, "open", Mark(ids[1], 0), method="GET", user_agent="Mozilla/5.0", now=later)
        record(session, "click", Mark(ids[2], 1), method="GET", user_agent=browser, now=later)
        unsubscribe(session, Mark(ids[3], 0), user_agent=browser, now=later)
        for name, number in (("complained", 4), ("bounced", 5)):
            send = email_sends.get_send(session, ids[number])
            send.delivery_status = name
            if name == "bounced":
                send.delivered_at = None
            session.add(send)
        lead = leads.get_lead(session, sends(stage)[6].lead_id)
        leads.save_lead(session, lead.model_copy(update={"status": "customer"}))
    found = results(stage)
    assert {what: found.total(what) for what in ("sent", "delivered", "opened", "clicked")} == {
        "sent": 16, "delivered": 15, "opened": 2, "clicked": 1,
    }  # fmt: skip
    assert [found.total(what) for what in ("converted", "unsubscribed", "complained", "bounced")] == [1, 1, 1, 1]
    assert found.rate("opened") == Decimal("0.1333") and found.rate("bounced") == Decimal("0.0625")
    assert found.rate("converted") == Decimal("0.0625") and found.mailed == 16
    assert {arm.variant for arm in found.arms} == {"A", "B"} and {arm.step for arm in found.arms} == {"send_email_1"}


def test_complaints_stop_it_and_the_store_says_why(stage: Stage) -> None:
    ready(stage)
    crowd(stage, 700)
    begin(stage)
    stage.worker().run_until_idle()
    assert len(stage.sink.received) == 56
    change(stage, 1, delivery_status="complained")
    # One person alone stops nobody.
    assert keep_pilots(stage.database, policies(), stage.clock.now()).done == 0
    change(stage, 2, delivery_status="complained")
    report = keep_pilots(stage.database, policies(), stage.clock.now())
    assert "complaints: 2 of 56 (3.57 %), the line is 0.3 %" in report.warning
    row, flow = row_of(stage), workflow(stage)
    assert row.status == flow.status == "paused" and row.stopped_for in (flow.paused_reason or "")
    assert stage.rows(AuditEntry)[-1].actor == "upkeep:pilots"
    stage.advance(hours=49)
    stage.worker().run_until_idle()
    assert len(stage.sink.received) == 56
    assert keep_pilots(stage.database, policies(), stage.clock.now()).done == 0
    close(stage)
    (asked,) = stage.rows(Approval)
    assert asked.review["recommendation"] == "reject" and "complaints" in asked.review["reason"]


def test_lead_may_let_it_go_all_the_same(stage: Stage) -> None:
    ready(stage)
    crowd(stage, 700)
    begin(stage)
    stage.worker().run_until_idle()
    change(stage, 2, delivery_status="complained")
    keep_pilots(stage.database, policies(), stage.clock.now())
    close(stage)
    verdict(stage)
    assert workflow(stage).status == "active" and launch(stage).enrolled == 700 - 56


def test_conversion_counts_when_its_window_is_over(stage: Stage) -> None:
    ready(stage)
    crowd(stage, 700)
    begin(stage)
    stage.worker().run_until_idle()
    stage.advance(days=29)
    with stage.database.write() as session:
        assert judging.watch(session, row_of(stage).pilot_id, policies(), stage.clock.now()) == ()
    stage.advance(days=1)
    with stage.database.write() as session:
        (why,) = judging.watch(session, row_of(stage).pilot_id, policies(), stage.clock.now())
    assert why == "conversion: 0 of 56 within 30 days (0 %), the alert line is 3 %"


def test_it_closes_by_itself_when_its_days_are_over(stage: Stage) -> None:
    ready(stage)
    crowd(stage, 200)
    begin(stage)
    stage.advance(days=7, minutes=-1)
    assert keep_pilots(stage.database, policies(), stage.clock.now()).done == 0
    stage.advance(minutes=1)
    assert keep_pilots(stage.database, policies(), stage.clock.now()).figures["closed"] == 1
    row = row_of(stage)
    (asked,) = stage.rows(Approval)
    assert row.status == "ended" and asked.approval_id == row.approval_id and asked.role == "LEAD"
    assert asked.artifact_sha256 == row.results_sha256 == sha256_of(PilotResults.model_validate(row.results))
    with stage.database.read() as session:
        assert approvals.of_run(session, "run-1") == [] and len(approvals.pending(session)) == 1


@pytest.mark.parametrize(
    ("changes", "error", "told"),
    [
        ({"role": "PLAN"}, Forbidden, "decided by LEAD, not by PLAN"),
        ({"actor_kind": "agent"}, Forbidden, "is decided by a person"),
        ({"shown_sha256": "0" * 64}, ArtifactChanged, "nothing is decided"),
        ({"steps": ("1.1",)}, InvalidInput, "does not cover step 1.1"),
        ({"approve": False, "comment": ""}, InvalidInput, "a rejection says what must change"),
    ],
)
def test_a_verdict_is_leads_and_bound_to_the_results(
    sqlite_stage: Stage, changes: dict[str, object], error: type[Exception], told: str
) -> None:
    ready(sqlite_stage)
    crowd(sqlite_stage, 50)
    begin(sqlite_stage)
    close(sqlite_stage)
    asked = dict(changes)
    go = bool(asked.pop("approve", True))
    with pytest.raises(error, match=told):
        verdict(sqlite_stage, go=go, **asked)
    assert row_of(sqlite_stage).status == "ended"
    (waiting,) = sqlite_stage.rows(Approval)
    assert waiting.status == "pending"


def test_a_no_go_stops_the_campaign(stage: Stage) -> None:
    ready(stage)
    crowd(stage, 50)
    begin(stage)
    close(stage)
    record = verdict(stage, go=False)
    assert (record.status, record.comment) == ("rejected", "Too loud.")
    assert row_of(stage).status == "stopped" and workflow(stage).status == "paused"
    assert launch(stage).enrolled == 0 and arrive(stage, 1) == "the workflow is paused"


def test_another_version_is_not_launched_by_the_verdict(stage: Stage) -> None:
    ready(stage)
    crowd(stage, 50)
    begin(stage)
    close(stage)
    changed = drip().model_copy(update={"name": "Another drip"})
    with stage.database.write() as session:
        automation.save_workflow(session, changed, run_id="run-1", revision=2, now=stage.clock.now())
        automation.activate_workflow(session, DRIP, stage.clock.now())
    with pytest.raises(ArtifactChanged, match="was piloted in version 1, and is another one now"):
        verdict(stage)
    (asked,) = stage.rows(Approval)
    assert asked.status == "void" and row_of(stage).status == "ended" and len(inside(stage)) == 4


def test_a_rule_that_breaks_after_the_close_voids_the_approval(stage: Stage) -> None:
    ready(stage)
    crowd(stage, 700)
    begin(stage)
    stage.worker().run_until_idle()
    close(stage)
    change(stage, 3, opened_at=stage.clock.now())
    change(stage, 2, delivery_status="complained")
    with pytest.raises(ArtifactChanged, match="a rule broke since the results were shown: complaints"):
        verdict(stage)
    # Asked anew, LEAD sees it and may still decide.
    close(stage)
    assert [row.status for row in sorted(stage.rows(Approval), key=lambda one: one.round)] == ["void", "pending"]
    assert verdict(stage).status == "approved"


def test_while_it_waits_for_a_verdict_a_broken_rule_stops_its_mails(stage: Stage) -> None:
    ready(stage)
    crowd(stage, 700)
    begin(stage)
    stage.worker().run_until_idle()
    close(stage)
    change(stage, 2, delivery_status="complained")
    assert keep_pilots(stage.database, policies(), stage.clock.now()).figures["paused"] == 1
    assert row_of(stage).status == "ended" and workflow(stage).status == "paused"


def test_after_a_no_go_the_next_version_is_piloted_on_others(stage: Stage) -> None:
    ready(stage)
    crowd(stage, 100)
    begin(stage)
    stage.worker().run_until_idle()
    first = set(inside(stage))
    close(stage)
    verdict(stage, go=False)
    better = drip().model_copy(update={"name": "A better drip"})
    with stage.database.write() as session:
        automation.save_workflow(session, better, run_id="run-1", revision=2, now=stage.clock.now())
        automation.activate_workflow(session, DRIP, stage.clock.now())
    done = begin(stage)
    assert (done.parts[0].version, done.audience, done.enrolled) == (2, 92, 7)
    second = set(inside(stage)) - first
    assert len(second) == 7
    stage.worker().run_until_idle()
    with stage.database.read() as session:
        running, stopped = pilots.of_venture(session, "acme")
        found = measure(session, running, rules_for(session, policies(), "acme"), stage.clock.now())
    assert (running.round, stopped.round) == (2, 1) and (found.enrolled, found.mailed) == (7, 7)
    with stage.database.write() as session:
        judging.close(session, running.pilot_id, policies(), "ada", stage.clock.now())
    verdict(stage, ref=str(approval(stage)))
    enrol_rest(stage.database, running.pilot_id, stage.clock.now())
    assert sorted(inside(stage)) == sorted(f"lead-{n:04}" for n in range(100))


def approval(stage: Stage) -> str:
    (asked,) = [row for row in stage.rows(Approval) if row.status == "pending"]
    return str(asked.approval_id)


def test_a_mailbox_that_is_gone_at_once_counts_as_bounced(stage: Stage) -> None:
    ready(stage)
    crowd(stage, 100)
    begin(stage)
    gone = inside(stage)[0]
    with stage.database.read() as session:
        address = leads.get_lead(session, gone).email

    def refuses(email: OutgoingEmail) -> None:
        if email.to == address:
            raise MailboxGone("550 5.1.1 nobody here")

    stage.worker(mailer=Scripted(stage.mailer, before=refuses)).run_until_idle()
    found = results(stage)
    assert (found.total("sent"), found.total("delivered"), found.total("bounced")) == (8, 7, 1)
    assert found.rate("bounced") == Decimal("0.1250") and found.mailed == 7


def test_a_campaign_that_has_begun_takes_no_pilot(stage: Stage) -> None:
    ready(stage)
    stage.lead(1)
    with pytest.raises(Conflict, match="has begun already: 1 in acme-drip"):
        begin(stage)


def test_a_hold_keeps_an_import_back_until_the_start(stage: Stage) -> None:
    ready(stage)
    with pytest.raises(Conflict, match="is nobody within the policy's range"):
        begin(stage)
    held = row_of(stage)
    assert held.status == "planned"
    for number in range(20):
        assert arrive(stage, number) == f"waits for the verdict on {held.pilot_id}"
    done = begin(stage, Decimal("0.1"))
    assert (done.pilot_id, done.audience, done.enrolled) == (held.pilot_id, 20, 2)
    assert row_of(stage).share == Decimal("0.1")
    with pytest.raises(Conflict, match="is running"):
        begin(stage)


def test_a_hold_that_is_taken_back_lets_people_in(stage: Stage) -> None:
    ready(stage)
    row = starting.hold(by(stage), "acme", Decimal("0.05"))
    assert arrive(stage, 1) != ""
    with stage.database.write() as session:
        judging.take_back(session, row.pilot_id, "ada", stage.clock.now())
    assert arrive(stage, 2) == "" and row_of(stage).decided_by == "person:ada"
    crowd(stage, 40)
    with pytest.raises(Conflict, match="has begun already"):
        begin(stage)


@pytest.mark.parametrize("share", ["0.04", "0.11", "0", "-0.05", "1", "NaN", "Infinity"])
def test_a_share_outside_the_policy_is_refused(sqlite_stage: Stage, share: str) -> None:
    ready(sqlite_stage)
    with pytest.raises(InvalidInput, match="a pilot reaches 5 % to 10 %"):
        begin(sqlite_stage, Decimal(share))


def test_what_cannot_be_piloted_is_told(sqlite_stage: Stage) -> None:
    with pytest.raises(NotFound, match="there is no venture"):
        starting.start(by(sqlite_stage), "nobody")
    ready(sqlite_stage)
    with pytest.raises(NotFound, match="no such campaign that sends mail") as caught:
        starting.start(by(sqlite_stage), "acme", campaign_id="x")
    assert caught.value.allowed == CAMPAIGN
    with sqlite_stage.database.write() as session:
        automation.pause_active(session, "acme", "a look")
    with pytest.raises(Conflict, match="acme-drip is paused"):
        begin(sqlite_stage)
