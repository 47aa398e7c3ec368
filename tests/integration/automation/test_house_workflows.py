"""The house's own workflows for an example venture go through the SOP's tests."""

from pathlib import Path

import pytest

from gtm.domain.brief import VentureBrief
from gtm.domain.spec import Policies, Presets
from gtm.playbook.directives import Directives
from tests.integration.automation.surroundings import Examine, Stage
from tests.unit.playbook.conftest import drafted, read


@pytest.mark.parametrize("venture", ["fleet", "posthog"])
def test_every_house_workflow_passes_and_the_drip_passes_all_six(
    sqlite_stage: Stage, tmp_path: Path, venture: str, examine: Examine
) -> None:
    stage = sqlite_stage
    brief = VentureBrief.model_validate(read(f"examples/ventures/{venture}.yaml"))
    preset = Presets.model_validate(read(f"config/presets/{brief.preset}.yaml")) if brief.preset else None
    drafts = drafted(brief, preset, Policies.model_validate(read("config/policies.yaml")), Directives())
    complete = []
    for workflow in drafts.workflows:
        triggers = [t for t in drafts.triggers if t.workflow_id == workflow.workflow_id]
        stage.configure(workflow, *triggers, active=False)
        report = examine(stage, tmp_path, workflow, triggers[0])
        assert report.passed, [c for c in report.cases if c.status == "failed"]
        complete.append(report.complete)
        if "webinar" in workflow.workflow_id:
            # Every other test lead is registered, so the reminders are walked too.
            paths = (tmp_path / report.evidence_dir / "paths.json").read_text()
            assert '"outcome": "true"' in paths and '"outcome": "false"' in paths
            assert triggers[1].trigger_id.endswith("-registered")
            by_form = examine(stage, tmp_path, workflow, triggers[1], run_id="run-registered", every_branch=True)
            assert by_form.passed, [c for c in by_form.cases if c.status == "failed"]
            started = next(c for c in by_form.cases if c.test_case == "Trigger fires on lead signup")
            assert f"{by_form.lead_count + 1} of {by_form.lead_count + 1} test leads started" in started.observed
            # Nobody who has registered is invited: the invitation is all that these leads do not walk to.
            assert "step send_invitation" in by_form.coverage.uncovered
            reached = (tmp_path / by_form.evidence_dir / "paths.json").read_text()
            assert '"step": "send_reminder_7_day"' in reached and '"step": "send_follow_up"' in reached
    assert any(complete)
