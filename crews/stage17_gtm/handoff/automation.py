"""workflows/: each workflow in the SOP's shape, with its triggers, diagrams and a page that explains it."""

from crews.stage17_gtm.handoff.configuration import json_bytes
from crews.stage17_gtm.handoff.context import Context
from crews.stage17_gtm.handoff.rendering import Verbatim, markdown
from gtm.automation.diagram import mermaid, svg
from gtm.domain.workflow import TriggerDefinition
from gtm.domain.workflow_words import diagram_labels, step_lines, trigger_words


def workflow_files(context: Context) -> dict[str, bytes]:
    """workflow.yaml, trigger.json, diagram.mmd, diagram.svg and README.md of each workflow."""
    files: dict[str, bytes] = {}
    for workflow in context.dossier.workflows.workflows if context.dossier.workflows else ():
        folder = f"workflows/{workflow.workflow_id}"
        triggers = context.triggers_of(workflow.workflow_id)
        if triggers:
            files[f"{folder}/workflow.yaml"] = workflow.as_sop_yaml(triggers[0], paths=True).encode()
        for number, trigger in enumerate(triggers, start=1):
            files[f"{folder}/trigger{f'-{number}' if number > 1 else ''}.json"] = json_bytes(trigger_json(trigger))
        files[f"{folder}/definition.json"] = json_bytes(workflow.model_dump(mode="json"))
        labels = diagram_labels(context.called, workflow)
        files[f"{folder}/diagram.mmd"] = (mermaid(workflow, labels).rstrip("\n") + "\n").encode()
        files[f"{folder}/diagram.svg"] = (svg(workflow, labels).rstrip("\n") + "\n").encode()
        page = markdown(
            "workflow.md.j2",
            workflow=workflow,
            venture=context.brief.name,
            campaign=context.campaign_name(workflow.campaign_id),
            triggers=[(t, trigger_words(context.called, t)) for t in triggers],
            steps=step_lines(context.called, workflow),
            mermaid=Verbatim(mermaid(workflow, labels).strip()),
            tested=context.report_of(workflow.workflow_id),
        )
        files[f"{folder}/README.md"] = page.encode()
    return files


def trigger_json(trigger: TriggerDefinition) -> dict[str, object]:
    """A trigger in the SOP's template (step 3.2), with its filters and schedule."""
    schedule = {"schedule": trigger.schedule.model_dump(mode="json")} if trigger.schedule else {}
    return {**trigger.as_sop(), "filters": trigger.filters.model_dump(mode="json"), **schedule}
