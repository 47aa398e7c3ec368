"""Who drafted a run: what was asked for is told apart from what came."""

import pytest

from gtm.domain.dossier import Dossier
from gtm.domain.drafting import EMBEDDED, drafted_by, models_asked, stand_in_label, stood_in, stood_in_for
from tests.unit.crews import dossiers

HELD = stand_in_label("m:8b", "http://127.0.0.1:9/v1: no connection (3 attempts).")


def made(label: str, only: tuple[str, ...] = (), provider: str = "m:8b", rest: str = "m:8b") -> Dossier:
    """A run whose steps, or only these of them, were made by a label; the others by `rest`."""
    steps = dossiers.dossier().steps
    labelled = tuple(
        s.model_copy(update={"generated_by": label if not only or s.step in only else rest}) for s in steps
    )
    return dossiers.dossier(provider=provider, steps=labelled)


def test_a_label_names_the_model_that_was_stood_in_for() -> None:
    assert stood_in(HELD) and not stood_in("playbook") and not stood_in("m:8b")
    assert models_asked(made(HELD, provider="playbook")) == ("m:8b",)


@pytest.mark.parametrize(
    ("dossier", "said"),
    [
        (made("playbook", provider="playbook"), EMBEDDED),
        (made("m:8b"), "m:8b"),
        (made(HELD), "asked m:8b; the playbook stood in for 9 of 9 steps"),
        (made(HELD, ("1.2", "3.1")), "asked m:8b; the playbook stood in for 2 of 9 steps"),
        (made("playbook", ("1.1",), provider="playbook"), "asked m:8b; the playbook drafted 1 of 9 steps by itself"),
    ],
    ids=["no model", "all its own", "never answered", "in part", "begun without a model"],
)
def test_who_drafted_it(dossier: Dossier, said: str) -> None:
    assert drafted_by(dossier) == said


def test_pieces_and_reviews_are_counted_by_themselves() -> None:
    run = made("m:8b")
    assert run.content is not None
    pieces = run.content.pieces
    first = pieces[0].model_copy(update={"generated_by": HELD})
    content = run.content.model_copy(update={"pieces": (first, *pieces[1:])})
    reviewed = tuple(
        a.model_copy(update={"review": a.review and a.review.model_copy(update={"generated_by": HELD})})
        for a in run.approvals
    )
    run = run.model_copy(update={"content": content, "approvals": reviewed})
    rounds = len(reviewed)
    assert stood_in_for(run, reviews=False) == f"1 of {len(pieces)} pieces of copy"
    assert stood_in_for(run, reviews=True) == f"1 of {len(pieces)} pieces of copy and {rounds} of {rounds} reviews"
    assert stood_in_for(made("m:8b"), reviews=True) == ""
