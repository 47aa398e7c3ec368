"""Definitions that must not run are refused before they are stored: every fault with its step, at once and quickly."""

import time as stopwatch
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from gtm.domain.errors import InvalidInput
from gtm.domain.workflow import MAX_STEPS, Arm, Split, TriggerDefinition, WorkflowDefinition
from gtm.domain.workflow_checks import check_definition, require_sound
from gtm.domain.workflow_graph import edges, instant_loops, mermaid, reachable, step_label
from gtm.domain.workflow_reading import MAX_DEFINITION_BYTES, definition_of, read_definition

EXITS: list[dict[str, Any]] = [{"type": "exit", "id": "done"}, {"type": "exit", "id": "lost", "outcome": "failed"}]
BOTH = {"on_success": "done", "on_failure": "lost"}


def flow(*steps: dict[str, Any], **values: Any) -> WorkflowDefinition:
    entry = {"entry": steps[0]["id"]} if steps else {"entry": "done"}
    return WorkflowDefinition.model_validate(
        {
            "workflow_id": "w",
            "venture_id": "acme",
            "name": "W",
            "campaign_id": "c",
            "triggers": ["t"],
            **entry,
            "steps": [*steps, *EXITS],
            **values,
        }
    )


def notify(message: str, **values: Any) -> dict[str, Any]:
    return {"type": "notify", "id": "tell", "to": "sales@acme.test", "message": message, **BOTH, **values}


def wait(**values: Any) -> dict[str, Any]:
    return {"type": "wait", "id": "rest", "next": "tell", **values}


def split(*arms: tuple[str, int, str, bool]) -> dict[str, Any]:
    made = [{"name": n, "weight": w, "next": to, "holdout": out} for n, w, to, out in arms]
    return {"type": "split", "id": "draw", "arms": made}


MAIL = {"type": "send_email", "id": "mail", "content_ref": "c/s/1", **BOTH}


def faults(definition: WorkflowDefinition) -> tuple[str, ...]:
    with pytest.raises(InvalidInput) as refused:
        require_sound(definition)
    return refused.value.findings


@pytest.mark.parametrize(
    "steps",
    [
        [notify("Hi {{ first_name | default('there') }}")],
        [wait(business_days=3), notify("x")],
        [wait(until={"kind": "weekday", "weekday": "mon", "at": "09:00"}), notify("x")],
        [wait(until={"kind": "date", "at": "2026-03-02T09:00", "zone": "Europe/Berlin"}), notify("x")],
        [split(("a", 45, "mail", False), ("b", 45, "mail", False), ("none", 10, "done", True)), MAIL],
        [{"type": "crm_sync", "id": "crm", "connector": "hub", "fields": ["email", "attributes.plan"], **BOTH}],
        [{"type": "start_run", "id": "again", "reason": "targets are out of reach", **BOTH}],
        [{"type": "update_lead", "id": "u", "field": "score", "value": 80, **BOTH}],
        [
            wait(hours=24),
            notify("x", on_success="if"),
            {
                "type": "condition",
                "id": "if",
                "when": {"field": "score", "value": 1},
                "if_true": "rest",
                "if_false": "done",
            },
        ],
    ],
)
def test_sound_definitions_pass(steps: list[dict[str, Any]]) -> None:
    require_sound(flow(*steps))


@pytest.mark.parametrize(
    ("steps", "fault"),
    [
        ([notify("{{ ().__class__ }}")], "tell: a template may not use"),
        ([notify("{{ email.__class__ }}")], "tell: a template may not use"),
        ([notify("{{ lead.first_name }}")], "a name with a dot: a value is named alone, as in {{ first_name }}"),
        ([notify("{% for x in y %}{% endfor %}")], "tell: a template may not use"),
        ([notify("{{ first_name ")], "tell: the template does not parse"),
        ([notify("Hi {{ shoe_size }}")], "tell: there is no variable 'shoe_size'"),
        ([notify("x", to="a@b.test\r\nBcc: c@d.test")], "is no address"),
        ([notify("x", to="sales")], "'sales' is no address"),
        ([wait(hours=5, business_days=2), notify("x")], "rest names more than one of"),
        ([wait(business_days=31), notify("x")], "rest waits 31 business days"),
        ([wait(business_days=-1), notify("x")], "rest waits -1 business days"),
        ([wait(business_days=2, business_days_only=True), notify("x")], "rest: business_days_only belongs to hours"),
        ([wait(hours=2, holidays_of="DE"), notify("x")], "rest: holidays_of belongs to business days"),
        ([wait(business_days=2, holidays_of="XX"), notify("x")], "rest: no public holidays are known for 'XX'"),
        (
            [wait(until={"kind": "date", "at": "2026-03-02T09:00", "zone": "Mars/X"}), notify("x")],
            "rest: 'Mars/X' is not an IANA time zone",
        ),
        ([split(("a", 60, "mail", False), ("b", 30, "mail", False)), MAIL], "draw: the weights sum to 90"),
        ([split(("a", 50, "mail", False), ("a", 50, "mail", False)), MAIL], "draw: two arms are called 'a'"),
        ([split(("a", 50, "done", True), ("b", 50, "done", True))], "draw: every arm is a holdout"),
        (
            [split(("a", 90, "mail", False), ("none", 10, "tell", True)), notify("x", on_success="mail"), MAIL],
            "draw: the holdout none comes to mail",
        ),
        ([split(("a", 50, "mail", False), ("b", 50, "ghost", False)), MAIL], "draw leads to 'ghost' on b"),
        (
            [{"type": "crm_sync", "id": "crm", "connector": "hub", "fields": ["email", "shoe_size"], **BOTH}],
            "crm: a lead has no field 'shoe_size'",
        ),
        (
            [{"type": "crm_sync", "id": "crm", "connector": "hub", "fields": ["email_1_opened"], **BOTH}],
            "crm: a lead has no field 'email_1_opened'",
        ),
        ([{"type": "update_lead", "id": "u", "field": "score", "value": "high", **BOTH}], "u: score is number"),
        ([{"type": "update_lead", "id": "u", "field": "company", "value": 3, **BOTH}], "u: company is text"),
        ([{"type": "start_run", "id": "r", "reason": "x", "on_success": "done"}], "r has no failure path"),
        (
            [{"type": "condition", "id": "if", "when": {"field": "score", "value": 1}, "if_true": "done"}],
            "if leads nowhere on false",
        ),
        ([notify("x", on_failure="tell")], "tell loops without a wait"),
        (
            [
                wait(until={"kind": "date", "at": "2026-03-02T09:00"}),
                notify("x", on_failure="rest"),
            ],
            "loops without a wait",
        ),
    ],
)
def test_a_fault_is_named_with_its_step(steps: list[dict[str, Any]], fault: str) -> None:
    assert any(fault in one for one in faults(flow(*steps))), faults(flow(*steps))


def test_all_faults_are_told_at_once() -> None:
    found = faults(
        flow(
            wait(hours=900, next="ghost"),
            notify("{{ shoe_size }}", on_failure=None),
            split(("a", 60, "done", False), ("b", 30, "done", False)),
        )
    )
    for part in ("rest delays 900 h", "rest leads to 'ghost'", "tell has no failure", "shoe_size", "sum to 90"):
        assert any(part in one for one in found), (part, found)
    assert any("tell is never reached" in one for one in found)


@given(st.text(alphabet="abcdef0123456789-", min_size=1, max_size=40), st.text(max_size=10))
def test_a_lead_always_gets_the_same_arm(lead: str, salt: str) -> None:
    arms = (Arm(name="a", weight=50, next="x"), Arm(name="b", weight=40, next="y"), Arm(name="c", weight=10))
    step = Split(id="draw", arms=arms, salt=salt)
    assert step.arm_of("w", lead) == step.arm_of("w", lead)
    assert step.arm_of("w", lead) == Split(id="draw", arms=arms, salt=salt).arm_of("w", lead)


def test_arms_get_their_weights_and_splits_draw_independently() -> None:
    arms = (Arm(name="a", weight=50), Arm(name="b", weight=40), Arm(name="c", weight=10, holdout=True))
    leads = [f"lead-{n}" for n in range(20_000)]
    first = [Split(id="one", arms=arms).arm_of("w", lead).name for lead in leads]
    second = [Split(id="two", arms=arms).arm_of("w", lead).name for lead in leads]
    salted = [Split(id="one", arms=arms, salt="2").arm_of("w", lead).name for lead in leads]
    other = [Split(id="one", arms=arms).arm_of("v", lead).name for lead in leads]
    for drawn in (first, second, salted, other):
        for arm in arms:
            # Four standard deviations of 20,000 draws are below 1.5 %.
            assert abs(drawn.count(arm.name) / len(leads) - arm.weight / 100) < 0.015
    for drawn in (second, salted, other):
        both = sum(x == y for x, y in zip(first, drawn, strict=True)) / len(leads)
        assert abs(both - (0.5**2 + 0.4**2 + 0.1**2)) < 0.02


def test_every_kind_of_step_is_drawn() -> None:
    steps = [
        split(("a", 90, "rest", False), ("none", 10, "done", True)),
        {**wait(until={"kind": "weekday", "weekday": "mon", "at": "09:00"}), "next": "crm"},
        {"type": "crm_sync", "id": "crm", "connector": "hub", **BOTH, "on_success": "again"},
        {"type": "start_run", "id": "again", "reason": "targets are out of reach", **BOTH},
    ]
    definition = flow(*steps)
    drawn = mermaid(definition)
    for words in ("Split", "a 90 %, none 10 %", "Wait until Mon 09:00", "CRM upsert_contact", "Ask for a crew run"):
        assert words in drawn
    assert "-->|none| s_done" in drawn
    assert all(step_label(step)[0] for step in definition.steps)


def text_of(steps: int) -> bytes:
    lines = ["workflow_id: w", "venture_id: acme", "name: W", "campaign_id: c", "entry: w0", "steps:"]
    lines += [f"  - {{type: wait, id: w{n}, hours: 1, next: w{n + 1}}}" for n in range(steps - 1)]
    lines.append(f"  - {{type: exit, id: w{steps - 1}}}")
    return "\n".join(lines).encode()


def test_a_definition_is_read_from_text() -> None:
    assert len(read_definition(text_of(MAX_STEPS)).steps) == MAX_STEPS


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"x" * 5_000_000, "5,000,000 bytes"),
        (b"name: " + b"x" * (MAX_DEFINITION_BYTES + 1), "at most 1,000,000"),
        (text_of(10_000), "10,000 steps"),
        (text_of(MAX_STEPS + 1), f"{MAX_STEPS + 1} steps"),
        (b"\x00\xff", "UTF-8"),
        (b"", "empty"),
        (b"[" * 50_000, "nested deeper"),
        (
            b"a: &a [x]\nb: [*a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a]",
            "alias",
        ),
        (b"!!python/object/apply:os.system [ls]", "tag"),
        (b"just words", "no workflow"),
        (b"{}", "no workflow"),
    ],
)
def test_bad_text_is_refused_with_one_clear_error_and_quickly(data: bytes, words: str) -> None:
    began = stopwatch.process_time()
    with pytest.raises(InvalidInput) as refused:
        read_definition(data)
    assert stopwatch.process_time() - began < 5
    assert words in " ".join([refused.value.detail, *refused.value.findings])
    assert len(str(refused.value)) < 500


def test_a_fault_of_form_is_told_by_the_steps_name() -> None:
    document = {
        "workflow_id": "w",
        "venture_id": "acme",
        "name": "W",
        "campaign_id": "c",
        "entry": "rest",
        "steps": [{"type": "wait", "id": "rest", "hours": "long", "next": "done"}, {"type": "exit", "id": "done"}],
    }
    with pytest.raises(InvalidInput, match=r"steps\.rest\.hours"):
        definition_of(document)


@pytest.mark.parametrize(
    ("step", "path", "said", "allowed"),
    [
        ({"type": "wait", "id": "rest", "until": {"at": "09:00"}}, "steps.rest.until", "which one", "a key 'kind'"),
        ({"type": "wait", "id": "rest", "until": {"kind": "month"}}, "steps.rest.until", "another 'kind'", "'weekday'"),
        ({"type": "sleep", "id": "rest"}, "steps.rest", "another 'type'", "'http_request'"),
        ({"id": "rest"}, "steps.rest", "which one", "a key 'type'"),
    ],
)
def test_a_kind_that_is_missing_or_unknown_is_told_in_words(
    step: dict[str, object], path: str, said: str, allowed: str
) -> None:
    document = {"workflow_id": "w", "venture_id": "acme", "name": "W", "campaign_id": "c", "entry": "rest"}
    with pytest.raises(InvalidInput, match=said) as refused:
        definition_of({**document, "steps": [step]})
    assert refused.value.field == path and allowed in str(refused.value.allowed)


def test_ten_thousand_steps_are_one_fault() -> None:
    with pytest.raises(ValueError, match="at most 200 steps, this one has 10000") as refused:
        WorkflowDefinition.model_validate({"steps": [{}] * 10_000})
    assert str(refused.value).count("\n") < 6


@pytest.mark.parametrize("shape", ["chain", "ring", "dense"])
def test_graphs_of_ten_thousand_steps_are_walked_without_recursion(shape: str) -> None:
    count = 10_000
    following = {
        "chain": lambda n: f"w{min(n + 1, count - 1)}",
        "ring": lambda n: f"w{(n + 1) % count}",
        "dense": lambda n: f"w{(n * 7919 + 1) % count}",
    }[shape]
    step = {"type": "condition", "when": {"field": "score", "value": 1}}
    steps = [{**step, "id": f"w{n}", "if_true": following(n), "if_false": f"w{(n * 31) % count}"} for n in range(count)]
    kind = WorkflowDefinition.model_fields["steps"].annotation
    parsed = flow().model_copy(update={"entry": "w0", "steps": TypeAdapter(kind).validate_python(steps)})
    began = stopwatch.process_time()
    assert len(reachable(parsed)) <= count and len(list(edges(parsed))) == 2 * count
    assert instant_loops(parsed)
    assert stopwatch.process_time() - began < 5


def test_the_checks_of_a_full_definition_take_no_time() -> None:
    chain = read_definition(text_of(MAX_STEPS))
    mails = chain.model_copy(
        update={
            "steps": (
                *(
                    flow({**MAIL, "id": f"w{n}", "on_success": f"w{n + 1}", "on_failure": f"w{n + 1}"}).steps[0]
                    for n in range(MAX_STEPS - 1)
                ),
                chain.steps[-1],
            )
        }
    )
    began = stopwatch.process_time()
    names = {check.name for check in check_definition(mails, ()) if not check.passed}
    assert "workflow.delays_and_pacing_configured" in names
    assert stopwatch.process_time() - began < 2


def test_a_rate_limit_and_a_rule_of_reentry_that_contradict_each_other_are_named() -> None:
    definition = flow(notify("x"), reentry={"policy": "after_exit"})
    door = {"trigger_id": "t", "workflow_id": "w", "conditions": [{"field": "score", "value": 1}]}
    once, often = (
        TriggerDefinition.model_validate({**door, "rate_limit": rate}) for rate in ("1 per lead", "9 per day")
    )
    (told,) = [one for one in check_definition(definition, (), [once]) if not one.passed]
    assert told.detail == "t lets a lead in once, but the workflow lets leads come back."
    assert all(one.passed for one in check_definition(definition, (), [often]))
    never = flow(notify("x"), reentry={"policy": "never"})
    assert all(one.passed for one in check_definition(never, (), [once]))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("status", "x" * 41),
        ("status", ""),
        ("status", "a\r\nb"),
        ("score", 3_000_000_000),
        ("role", "x" * 201),
        ("attributes.note", "x" * 1001),
        ("attributes.note", float("inf")),
    ],
)
def test_an_update_that_no_column_takes_is_a_fault_of_its_step(field: str, value: Any) -> None:
    step = {"type": "update_lead", "id": "mark", "field": field, "value": value, **BOTH}
    (fault,) = faults(flow(step))
    assert fault.startswith(f"mark: {field} ")


def test_an_update_that_fits_is_none() -> None:
    for field, value in (("status", "Won back"), ("score", -5), ("attributes.note", "x" * 1000), ("attributes.n", 1.5)):
        require_sound(flow({"type": "update_lead", "id": "mark", "field": field, "value": value, **BOTH}))
