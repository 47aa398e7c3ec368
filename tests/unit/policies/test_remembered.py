"""Judgements of the very same facts are kept, and never outlive them."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

from gtm.domain.proofing import Slip, SpamReport
from gtm.policies.content import content_faults
from gtm.policies.facts import ContentFacts
from gtm.policies.remembered import Remembered, digest_of
from tests.unit.policies.support import brief, common, drafts

GOOD, TEMPLATES = drafts().content, drafts().templates


def facts() -> ContentFacts:
    return ContentFacts(**common(), brief=brief(), templates=TEMPLATES, channels=drafts().channels, artifact=GOOD)


def test_the_same_key_is_judged_once_and_another_anew() -> None:
    kept: Remembered[int] = Remembered(2)
    judged: list[str] = []

    def ask(key: str) -> int:
        return kept.found(key, lambda: (judged.append(key), len(judged))[1])

    assert [ask("a"), ask("a"), ask("b"), ask("a"), ask("c"), ask("b")] == [1, 1, 2, 1, 3, 4]
    assert judged == ["a", "b", "c", "b"], "the one asked for longest ago went first"


def test_every_field_of_the_facts_changes_their_digest() -> None:
    given = facts()
    slip = Slip(0, 1, "why", "repair")
    spam = SpamReport(score=Decimal(1), threshold=Decimal(5), rules=())
    others: dict[str, Any] = {
        "brief": given.brief.model_copy(update={"product": "another"}),
        "policies": given.policies.model_copy(update={"brand_voice_minimum": Decimal("0.1")}),
        "stage": given.stage.model_copy(update={"name": "another"}),
        "templates": None,
        "channels": None,
        "artifact": None,
        "allowed_hosts": ("other.example",),
        "slips": {"text": (slip,)},
        "spam": {"piece": spam},
        "mails": {"piece": {"A": "<p>"}},
        "not_checked": ("one",),
    }
    assert set(others) == set(ContentFacts.__dataclass_fields__), "a new field is to be seen by the digest too"
    digests = {digest_of(replace(given, **{name: value})) for name, value in others.items()}
    assert len(digests | {digest_of(given)}) == len(others) + 1
    assert digest_of(facts()) == digest_of(given)


def test_copy_that_changes_after_it_was_judged_is_judged_anew() -> None:
    given = facts()
    assert not [f for f in content_faults(GOOD, TEMPLATES, given) if f.severity == "block"]
    piece = GOOD.pieces[0]
    element = piece.elements[0]
    wrong = element.variants[0].model_copy(update={"text": "The best in the world, guaranteed."})
    element = element.model_copy(update={"variants": (wrong, *element.variants[1:])})
    piece = piece.model_copy(update={"elements": (element, *piece.elements[1:])})
    content = GOOD.model_copy(update={"pieces": (piece, *GOOD.pieces[1:])})
    checks = {f.check for f in content_faults(content, TEMPLATES, given) if f.severity == "block"}
    assert "content.claims_traced" in checks
    assert not [f for f in content_faults(GOOD, TEMPLATES, given) if f.severity == "block"]
