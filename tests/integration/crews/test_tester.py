"""Step 3.3 for a run: which trigger, which content and which session the test harness is given."""

from collections.abc import Callable

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


def test_messages_name_the_session_of_the_calendar(sqlite_at: At) -> None:
    dossier = sqlite_at("started:3.3").dossier()
    assert dossier.schedule is not None
    session = next(entry for entry in dossier.schedule.calendar if entry.kind == "webinar")
    facts = session_facts(dossier)
    assert f"{session.on:%d %B %Y}" in facts["webinar_date"] and session.zone in facts["webinar_date"]
    assert facts["join_url"] == "https://fleetdm.com/webinars/join"
    assert session_facts(dossier.model_copy(update={"schedule": None}))["webinar_date"] == "to be announced"
