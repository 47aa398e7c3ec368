"""The house's own workflows for an example venture go through the SOP's tests."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from gtm.automation.fake import FakeEmailSource
from gtm.automation.testing import run_sop_tests
from gtm.domain.brief import VentureBrief
from gtm.domain.spec import Policies, Presets
from gtm.playbook.directives import Directives
from tests.integration.automation.surroundings import Stage
from tests.unit.playbook.conftest import drafted, read


@pytest.mark.parametrize("venture", ["fleet", "posthog"])
def test_every_house_workflow_passes_and_the_drip_passes_all_six(
    sqlite_stage: Stage, tmp_path: Path, venture: str
) -> None:
    stage = sqlite_stage
    brief = VentureBrief.model_validate(read(f"examples/ventures/{venture}.yaml"))
    preset = Presets.model_validate(read(f"config/presets/{brief.preset}.yaml")) if brief.preset else None
    drafts = drafted(brief, preset, Policies.model_validate(read("config/policies.yaml")), Directives())
    complete = []
    for workflow in drafts.workflows:
        triggers = [t for t in drafts.triggers if t.workflow_id == workflow.workflow_id]
        stage.configure(workflow, *triggers, active=False)
        report = run_sop_tests(
            database=stage.database,
            definition=workflow,
            trigger=triggers[0],
            email_source=FakeEmailSource(),
            start=datetime(2026, 1, 6, 15, tzinfo=UTC),
            evidence_dir=tmp_path,
            run_id="run-1",
            revision=1,
        )
        assert report.passed, [c for c in report.cases if c.status == "failed"]
        complete.append(report.complete)
        if "webinar" in workflow.workflow_id:
            # Every other test lead is registered, so the reminders are walked too.
            paths = (tmp_path / report.evidence_dir / "paths.json").read_text()
            assert '"outcome": "true"' in paths and '"outcome": "false"' in paths
    assert any(complete)
