import pytest

from gtm.domain.base import identifier
from gtm.domain.spec import Policies
from gtm.domain.workflow import ActionStep, Condition, SendEmail, TriggerDefinition, Wait, WorkflowDefinition
from gtm.domain.workflow_checks import check_definition, check_triggers
from gtm.playbook.directives import Directives
from gtm.playbook.triggers import draft_triggers
from gtm.playbook.workflows import draft_workflows


def refs(templates) -> set[str]:
    return {
        f"{c.campaign_id}/{segment}/{step.step}"
        for c in templates.campaigns
        for segment in c.segments
        for step in templates.template(c.template_id).steps
    }


def with_emails(drafts, count: int):
    templates = []
    for template in drafts.templates.templates:
        if template.type == "email_drip":
            template = template.model_copy(update={"steps": template.steps[:count]})
        templates.append(template)
    return drafts.templates.model_copy(update={"templates": tuple(templates)})


def ways(workflow: WorkflowDefinition) -> list[list[str]]:
    """Content of every way from the entry to an end on which nothing fails."""
    found: list[list[str]] = []

    def walk(step_id: str, sent: list[str]) -> None:
        step = workflow.step(step_id)
        sent = [*sent, step.content_ref] if isinstance(step, SendEmail) else sent
        onward = [t for label, t in step.targets if label != "failure"]
        for target in onward:
            walk(target, sent)
        if not onward:
            found.append(sent)

    walk(workflow.entry, [])
    return found


def test_all_checks_of_definitions_and_triggers_hold(drafts) -> None:
    for workflow in drafts.workflows:
        checks = check_definition(workflow, refs(drafts.templates), drafts.triggers)
        assert not [c.detail for c in checks if not c.passed]
    assert not [c.detail for c in check_triggers(drafts.workflows, drafts.triggers) if not c.passed]


def test_a_drip_and_a_funnel_for_each_segment(drafts) -> None:
    ids = {w.workflow_id for w in drafts.workflows}
    for segment in drafts.brief.segments:
        assert f"{drafts.brief.id}-email-drip-{segment.id}" in ids
        assert f"{drafts.brief.id}-webinar-funnel-{segment.id}" in ids


def test_the_drip_is_the_sops_example(ventures) -> None:
    drip = ventures["fleet"].workflows[0]
    first, wait, opened = drip.steps[:3]
    assert isinstance(first, SendEmail) and first.email_number == 1 and first.delay_hours == 0
    assert isinstance(wait, Wait) and wait.hours == 48
    assert isinstance(opened, Condition) and opened.when.as_text() == "email_1_opened = true"
    assert (opened.if_true, opened.if_false) == ("send_email_2a", "send_email_2b")
    assert drip.step("send_email_2a").content_ref != drip.step("send_email_2b").content_ref


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5])
def test_sequences_of_any_length_are_sound_and_repeat_no_content_on_any_way(
    ventures, policies: Policies, count: int
) -> None:
    drafts = ventures["fleet"]
    templates = with_emails(drafts, count)
    workflows = draft_workflows(drafts.brief, templates, drafts.channels, policies, Directives())
    triggers = draft_triggers(drafts.brief, templates, workflows)
    for workflow in workflows:
        assert not [c for c in check_definition(workflow, refs(templates), triggers) if not c.passed]
        for sent in ways(workflow):
            assert len(set(sent)) == len(sent)
    longest = max(len(sent) for sent in ways(workflows[0]))
    assert longest == count


def test_actions_retry_three_times_as_the_policies_say(drafts) -> None:
    for step in (s for w in drafts.workflows for s in w.steps if isinstance(s, ActionStep)):
        assert step.error.strategy == "retry_3x" and step.error.delays == (60, 120, 240)


def test_a_segments_workflow_sends_only_its_own_content_to_its_own_leads(drafts) -> None:
    triggers = {t.trigger_id: t for t in drafts.triggers}
    for workflow in (w for w in drafts.workflows if w.content_refs):
        segments = {ref.split("/")[1] for ref in workflow.content_refs}
        assert len(segments) == 1
        for trigger_id in workflow.triggers:
            values = {p.field: p.value for p in triggers[trigger_id].conditions}
            assert {values["segment_id"]} == segments
            # Whoever registers may be known already; everybody else comes in as new.
            assert values.get("status") == "new" or values["attributes.registered_for"] == workflow.campaign_id


def test_triggers_are_limited_and_leave_out_test_and_duplicate_data(drafts) -> None:
    for trigger in drafts.triggers:
        assert trigger.rate_limit == "1 per lead"
        assert trigger.filters.exclude_test and trigger.filters.exclude_duplicates
    assert {t.type for t in drafts.triggers} >= {"database_insert", "webhook"}


def test_sales_is_told_at_the_cut_where_leads_are_scored(ventures) -> None:
    posthog = ventures["posthog"]
    (trigger,) = _scored(posthog)
    (score,) = trigger.conditions
    assert score.holds({"score": 12}) and not score.holds({"score": 11})
    (workflow,) = [w for w in posthog.workflows if w.workflow_id == trigger.workflow_id]
    assert "12 or more of 24" in workflow.name and workflow.priority == "high"
    assert not [t for name in ("fleet", "life") for t in _scored(ventures[name])]


def _scored(drafts) -> list[TriggerDefinition]:
    return [t for t in drafts.triggers if any(p.field == "score" for p in t.conditions)]


def test_a_name_with_braces_does_not_become_part_of_the_message_template(ventures, policies: Policies) -> None:
    drafts = ventures["posthog"]
    brief = drafts.brief.model_copy(update={"name": "{{ 7 * 7 }}"})
    workflow = draft_workflows(brief, drafts.templates, drafts.channels, policies, Directives())[-1]
    assert workflow.steps[0].message.startswith("(( 7 * 7 )): {{ email }} scores {{ score }} of 24")


def test_the_goal_is_the_call_to_action_a_comment_asked_for(ventures, policies: Policies) -> None:
    drafts = ventures["fleet"]
    workflows = draft_workflows(
        drafts.brief, drafts.templates, drafts.channels, policies, Directives(cta="download_resource")
    )
    assert workflows[0].step("goal").name == "download-resource-clicked"
    unknown = Directives(cta="contact_sales")
    kept = draft_workflows(drafts.brief, drafts.templates, drafts.channels, policies, unknown)
    assert kept[0].step("goal").name == "book-demo-clicked"
    assert drafts.workflows[0].step("goal").name == "book-demo-clicked"


def test_long_ids_stay_within_63_characters_and_unique() -> None:
    one, other = identifier("a" * 60, "segment-one"), identifier("a" * 60, "segment-two")
    assert len(one) <= 63 and one != other and identifier("fleet", "it") == "fleet-it"
