"""The workflow on the page on operating: sound, with a step of most kinds, and tested as it stands there."""

import re
from pathlib import Path
from typing import get_args

from gtm.automation.fake import RecordingHttp
from gtm.domain.workflow import Step
from gtm.domain.workflow_checks import require_sound
from gtm.domain.workflow_reading import read_definition, read_triggers
from gtm.store.models.enrolments import Enrolment
from tests.integration.automation.surroundings import Examine, Stage

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "how-to" / "operate-workflows.md").read_text()
TRIGGERS, DEFINITION = (block.encode() for block in re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL))


def test_it_is_sound_and_calls_an_endpoint() -> None:
    definition, triggers = read_definition(DEFINITION), read_triggers(TRIGGERS)
    require_sound(definition)
    assert [trigger.workflow_id for trigger in triggers] == [definition.workflow_id]
    assert "http_request" in {step.type for step in definition.steps}


def test_the_page_names_every_kind_of_step() -> None:
    union, *_ = get_args(Step)
    for kind in (one.model_fields["type"].default for one in get_args(union)):
        assert re.search(rf"^\| .*`{kind}`.* \|", PAGE, re.MULTILINE), kind


def test_it_passes_its_tests_and_every_way_that_can_be_walked_is(
    stage: Stage, tmp_path: Path, examine: Examine
) -> None:
    definition, (trigger,) = read_definition(DEFINITION), read_triggers(TRIGGERS)
    stage.configure(definition, trigger, active=False)
    report = examine(stage, tmp_path, definition, trigger, every_branch=True)
    assert report.passed, [case for case in report.cases if case.status == "failed"]
    assert report.coverage is not None and report.coverage.uncovered == ("mark → failure",)


def test_an_endpoint_is_called_once_under_a_key_and_the_lead_is_marked(stage: Stage) -> None:
    definition, (trigger,) = read_definition(DEFINITION), read_triggers(TRIGGERS)
    stage.configure(definition, trigger)
    from gtm.automation.triggers.conditional import change_lead

    person = stage.lead(1, venture_id="fleet", country="US", score=10)
    with stage.database.write() as session:
        change_lead(session, person.lead.lead_id, {"score": 90}, stage.clock.now())
    stage.worker().run_until_idle()
    assert isinstance(stage.http, RecordingHttp)
    (call,) = stage.http.calls
    assert (call["connector"], call["method"], call["body"]["lead_id"]) == ("crm", "POST", person.lead.lead_id)
    assert person.lead.email not in str(call)
    (row,) = stage.rows(Enrolment)
    assert row.due_at is not None and row.due_at.isoweekday() == 1
