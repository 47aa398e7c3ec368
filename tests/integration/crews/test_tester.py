"""Step 3.3 for a run: which trigger, which content and which session the test harness is given."""

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from crews.stage17_gtm.tester import SopTester, _trigger_of, session_facts
from gtm.domain.errors import ProposalRefused
from tests.integration.crews.scenes import Scene

At = Callable[[str], Scene]


def test_without_content_there_is_nothing_to_send(sqlite_at: At) -> None:
    scene = sqlite_at("started:3.3")
    dossier = scene.dossier()
    assert dossier.workflows is not None
    tester = SopTester(scene.services, scene.run_id)
    with pytest.raises(ProposalRefused, match="there is no content to send") as error:
        tester.test(dossier.model_copy(update={"content": None}), dossier.workflows.workflows[0], 5, 1)
    assert error.value.hint == "finish step 2.2 first"


def test_a_workflow_is_started_by_its_own_trigger_an_insert_first(sqlite_at: At) -> None:
    dossier = sqlite_at("started:3.3").dossier()
    assert dossier.workflows is not None and dossier.triggers is not None
    for workflow in dossier.workflows.workflows:
        trigger = _trigger_of(dossier, workflow)
        assert trigger.workflow_id == workflow.workflow_id
        types = {t.type for t in dossier.triggers.triggers if t.workflow_id == workflow.workflow_id}
        assert trigger.type == "database_insert" or "database_insert" not in types
    with pytest.raises(ProposalRefused, match="has no trigger"):
        _trigger_of(dossier.model_copy(update={"triggers": None}), dossier.workflows.workflows[0])


def test_messages_name_the_session_and_not_a_reminder_of_it(sqlite_at: At) -> None:
    dossier = sqlite_at("started:3.3").dossier()
    assert dossier.schedule is not None and dossier.templates is not None
    (funnel,) = [c for c in dossier.templates.campaigns if c.kind.session]
    held = dossier.schedule.session_of(funnel.campaign_id)
    assert held is not None and "Reminder" not in held.title
    template = dossier.templates.template(funnel.template_id)
    assert template is not None
    reminders = {s.step for s in template.steps if s.name.startswith("reminder")}
    slots = [e for e in dossier.schedule.emails if e.campaign_id == funnel.campaign_id and e.step in reminders]
    assert {(held.on - e.on).days for e in slots} == {7, 1}
    found = session_facts(dossier)[funnel.campaign_id]
    assert found.at == datetime.combine(held.on, held.at, ZoneInfo(held.zone))
    assert found.told(held.zone).startswith(f"{held.on:%A} {held.on.day} {held.on:%B %Y}, {held.at:%H:%M} ")
    assert session_facts(dossier.model_copy(update={"schedule": None})) == {}


def test_a_sessions_address_is_the_briefs_or_none(sqlite_at: At) -> None:
    dossier = sqlite_at("started:3.3").dossier()
    (found,) = session_facts(dossier).values()
    assert found.join_url == ""
    offers = tuple(o.model_copy(update={"join_url": "https://meet.test/fleet"}) for o in dossier.brief.offers)
    told = dossier.model_copy(update={"brief": dossier.brief.model_copy(update={"offers": offers})})
    assert [s.join_url for s in session_facts(told).values()] == ["https://meet.test/fleet"]
