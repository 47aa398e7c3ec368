"""A workflow in words: places instead of ids, names of what is sent and of whom it is for."""

from gtm.domain.called import Called, step_words
from gtm.domain.conditions import Predicate
from gtm.domain.workflow_graph import dated, goal_words, mermaid
from gtm.domain.workflow_words import diagram_labels, step_lines, step_named, trigger_words
from tests.unit.crews import dossiers


def test_every_way_leads_to_the_place_of_a_step() -> None:
    dossier = dossiers.dossier()
    assert dossier.workflows is not None
    flow = dossier.workflows.workflows[0]
    lines = step_lines(Called(dossier), flow)
    assert [line.number for line in lines] == list(range(1, len(flow.steps) + 1))
    for line, step in zip(lines, flow.steps, strict=True):
        told = [int(word.rsplit(" ", 1)[1]) for word in line.ways.split(", ")] if step.targets else []
        assert [flow.steps[place - 1].id for place in told] == [target for _, target in step.targets]
    text = " ".join(f"{line.does} {line.ways}" for line in lines)
    assert not any(step.id in text.split() for step in flow.steps if "_" in step.id)
    assert not any(ref in text for ref in flow.content_refs)


def test_a_mail_that_is_not_the_campaigns_next_is_told_by_its_own_number() -> None:
    dossier = dossiers.dossier()
    assert dossier.workflows is not None
    send = next(s for s in dossier.workflows.workflows[0].steps if s.type == "send_email")
    called = Called(dossier)
    assert "of the campaign" not in called.mail(send)
    other = send.model_copy(update={"content_ref": send.content_ref.rsplit("/", 1)[0] + "/3", "email": 2})
    assert called.mail(other).endswith("email 3 of the campaign")


def test_ids_that_the_run_does_not_know_stand_for_themselves() -> None:
    called = Called(dossiers.dossier(templates=None, workflows=None))
    assert (called.campaign("fleet-x"), called.workflow("fleet-y"), called.segment("z")) == ("fleet-x", "fleet-y", "z")
    assert (called.campaign(None), called.segment(None), called.step("fleet-x", 1)) == ("", "all segments", "")


def test_a_trigger_is_told_with_its_segments_name() -> None:
    dossier = dossiers.dossier()
    assert dossier.triggers is not None
    told = trigger_words(Called(dossier), dossier.triggers.triggers[0])
    assert told.startswith("A new row in leads") and "at most" in told


def test_a_step_is_named_by_its_place_and_what_it_does() -> None:
    dossier = dossiers.dossier()
    assert dossier.workflows is not None
    flow = dossier.workflows.workflows[0]
    for number, step in enumerate(flow.steps, start=1):
        told = step_named(flow, step.id)
        assert told.startswith(f"step {number} (") and ("_" not in step.id or step.id not in told)
    assert (step_named(flow, ""), step_named(flow, "unheard_of")) == ("nowhere", "unheard_of")


def test_a_diagram_names_mails_by_what_they_say_and_carries_no_reference() -> None:
    dossier = dossiers.dossier()
    assert dossier.workflows is not None
    for flow in dossier.workflows.workflows:
        labels = diagram_labels(Called(dossier), flow)
        drawn = mermaid(flow, labels)
        sends = [step for step in flow.steps if step.type == "send_email"]
        assert all(labels[step.id][1] == Called(dossier).mail(step) != "" for step in sends)
        assert not any(ref in drawn or ref in mermaid(flow) for ref in flow.content_refs)
        assert "1 · Send email 1" in drawn and "= true" not in drawn


def test_a_goal_is_told_in_words() -> None:
    assert goal_words("book-demo-clicked") == "clicked “book a demo”"
    assert (goal_words("handed-to-sales"), goal_words("sale")) == ("handed to sales", "sale")


def test_a_trigger_by_registration_tells_no_id_of_a_campaign() -> None:
    dossier = dossiers.dossier()
    assert dossier.triggers is not None
    registered = Predicate(field="attributes.registered_for", operator="contains", value="fleet-webinar-funnel")
    trigger = dossier.triggers.triggers[0].model_copy(update={"type": "conditional", "conditions": (registered,)})
    told = trigger_words(Called(dossier), trigger)
    assert told.startswith("A row of leads changes, and from then on the registration for the session is stored;")


def test_dates_are_told_in_words() -> None:
    assert dated("until 2026-03-02 09:00 Europe/Berlin") == "until 2 March 2026, 09:00 Europe/Berlin"
    assert dated("48 h") == "48 h"


def test_the_mails_of_a_session_are_told_by_what_they_are() -> None:
    assert step_words("reminder-7-day") == "reminder, 7 days before"
    assert (step_words("how-it-works"), step_words("")) == ("how it works", "")
