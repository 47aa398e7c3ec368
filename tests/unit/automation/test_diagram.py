"""The drawing: everything is on it, nothing lies on anything else."""

import xml.etree.ElementTree as ET
from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from gtm.automation.diagram import BOX_WIDTH, GAP, LANE_WIDTH, svg
from gtm.automation.layout import lay_out
from gtm.domain.conditions import Predicate
from gtm.domain.workflow import Condition, Exit, SendEmail, Wait, WorkflowDefinition

SVG = "{http://www.w3.org/2000/svg}"


def flow(*steps: object, entry: str = "a") -> WorkflowDefinition:
    return WorkflowDefinition.model_validate(
        {
            "workflow_id": "w",
            "venture_id": "v",
            "name": "Fleet <drip> & more",
            "campaign_id": "c",
            "entry": entry,
            "steps": steps,
        }
    )


def drawn(definition: WorkflowDefinition) -> ET.Element:
    return ET.fromstring(svg(definition))


LOOP = flow(
    SendEmail(id="a", content_ref="c/s/1", on_success="b", on_failure="z"),
    Wait(id="b", hours=48, next="c"),
    Condition(id="c", when=Predicate(field="email_1_opened", value=True), if_true="y", if_false="a"),
    Exit(id="y"),
    Exit(id="z", outcome="failed", reason="mail failed"),
)


def test_every_step_and_every_way_is_on_it_in_legible_type() -> None:
    picture = drawn(LOOP)
    texts = [t.text or "" for t in picture.iter(f"{SVG}text")]
    boxes = {"1 · Send email 1", "2 · Wait 48 h", "3 · If", "email 1 was opened", "4 · Exit", "5 · Exit as failed"}
    assert boxes <= set(texts) and not any("c/s/1" in text for text in texts)
    assert sorted(t for t in texts if t in ("success", "failure", "then", "true", "false")) == [
        "failure",
        "false",
        "success",
        "then",
        "true",
    ]
    assert len(list(picture.iter(f"{SVG}path"))) == 5 + len(list(picture.iter(f"{SVG}marker")))
    assert min(int(t.attrib["font-size"]) for t in picture.iter(f"{SVG}text")) >= 11
    assert picture.find(f"{SVG}title").text == "Fleet <drip> & more (version 1)"  # type: ignore[union-attr]


def test_a_way_back_is_drawn_with_its_arrow_at_the_upper_end() -> None:
    paths = [p for p in drawn(LOOP).iter(f"{SVG}path") if p.attrib.get("fill") == "none"]
    assert sum("marker-start" in p.attrib for p in paths) == 1
    assert sum("marker-end" in p.attrib for p in paths) == 4


@settings(max_examples=40, deadline=None)
@given(st.integers(2, 12), st.data())
def test_no_two_places_overlap_in_any_graph(size: int, data: st.DataObject) -> None:
    names = [f"s{n}" for n in range(size)]
    targets = st.sampled_from(names)
    steps = [
        SendEmail(id=name, content_ref="c/s/1", on_success=data.draw(targets), on_failure=data.draw(targets))
        for name in names
    ]
    definition = flow(*steps, entry="s0")
    layout = lay_out(definition, box_width=BOX_WIDTH, lane_width=LANE_WIDTH, gap=GAP)
    assert sorted(p for rank in layout.ranks for p in rank if p in layout.steps) == sorted(names)
    for rank in layout.ranks:
        for left, right in combinations(rank, 2):
            widths = [BOX_WIDTH if p in layout.steps else LANE_WIDTH for p in (left, right)]
            assert abs(layout.x[left] - layout.x[right]) >= sum(widths) / 2 - 0.001
    for edge, route in layout.routes:
        ranks = [layout.rank_of(place) for place in route]
        assert ranks == list(range(ranks[0], ranks[-1] + 1)), edge
    ET.fromstring(svg(definition))


def test_splits_waits_and_outside_steps_are_drawn_with_what_they_do() -> None:
    both = {"on_success": "y", "on_failure": "z"}
    picture = drawn(
        flow(
            {
                "type": "split",
                "id": "a",
                "arms": [
                    {"name": "mail", "weight": 90, "next": "b"},
                    {"name": "control", "weight": 10, "next": "y", "holdout": True},
                ],
            },
            {"type": "wait", "id": "b", "next": "c", "until": {"kind": "weekday", "weekday": "mon", "at": "09:00"}},
            {"type": "crm_sync", "id": "c", "connector": "hub", **both, "on_success": "d"},
            {"type": "start_run", "id": "d", "reason": "targets are out of reach", **both},
            Exit(id="y"),
            Exit(id="z", outcome="failed", reason="mail failed"),
        )
    )
    texts = {t.text or "" for t in picture.iter(f"{SVG}text")}
    assert {"1 · Split", "mail 90 %, control 10 %", "mail", "control", "2 · Wait until Mon 09:00"} <= texts
    assert {"3 · CRM upsert_contact", "hub", "4 · Ask for a crew run", "targets are out of reach"} <= texts


def test_long_labels_go_over_rows_within_the_box_and_the_ids_stay_out_of_sight() -> None:
    long = "the sequence for IT and client platform engineering ended without a click"
    picture = drawn(flow(Wait(id="a", hours=48, next="zz_end"), Exit(id="zz_end", reason=long)))
    seen = [t.text or "" for t in picture.iter(f"{SVG}text")]
    assert " ".join(seen[seen.index("2 · Exit") + 1 :][:3]) == long
    assert not any("zz_end" in text or "…" in text for text in seen)
    assert "zz_end" in [t.text for t in picture.iter(f"{SVG}title")]
    endless = {"a": ("Wait", "word " * 60)}
    rows = [t.text or "" for t in ET.fromstring(svg(LOOP, endless)).iter(f"{SVG}text")]
    assert max(len(row) for row in rows[1:]) <= 38 and sum(row.endswith(" …") for row in rows) == 1
