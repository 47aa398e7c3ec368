"""A workflow in words: places instead of ids, names of what is sent and of whom it is for."""

from gtm.domain.called import Called
from gtm.domain.workflow_words import step_lines, step_named, trigger_words
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
