"""Issues of a newsletter: each begins with the reader's own day, tells several facts, and says nothing twice."""

from functools import cache

import pytest

from gtm.domain.brief import CampaignWish
from gtm.domain.campaign import ContentPiece
from gtm.domain.check import CopyFault
from gtm.playbook.copy_words import normal, sentences
from gtm.policies.content import copy_faults, shared_sentences
from tests.unit.playbook.test_copy import BRIEFS, POLICIES, VENTURES, drafted

PARTS = ("email_body", "story_title", "story_text", "tip_title", "tip_text")
TYPES = ("email_drip", "social_ads", "landing_page", "email_newsletter")


@cache
def issues(name: str) -> tuple[list[ContentPiece], list[CopyFault]]:
    """All issues of a venture, and what its checks find in them."""
    brief = BRIEFS[name].model_copy(update={"campaigns": tuple(CampaignWish(type=t) for t in TYPES)})
    _, templates, content = drafted(name, brief=brief)
    template = templates.template(f"{name}-email-newsletter")
    assert template is not None
    pieces = [p for p in content.pieces if p.template_id == template.template_id]
    found = [fault for piece in pieces for fault in copy_faults(piece, template, brief, POLICIES)]
    for segment in brief.segments:
        found += shared_sentences([p for p in pieces if p.segment_id == segment.id])
    return pieces, found


def words(piece: ContentPiece) -> int:
    return sum(len(text.split()) for name, text in piece.composed("A").items() if name in PARTS)


@pytest.mark.parametrize(("name", "least", "mean"), [("posthog", 110, 130), ("fleet", 110, 130), ("life", 90, 115)])
def test_an_issue_is_worth_opening(name: str, least: int, mean: int) -> None:
    counts = [words(piece) for piece in issues(name)[0]]
    assert len(counts) == 12
    assert min(counts) >= least and sum(counts) / len(counts) >= mean


@pytest.mark.parametrize("name", VENTURES)
def test_issues_meet_the_reader_where_they_are(name: str) -> None:
    for segment in BRIEFS[name].segments:
        own = {normal(one) for one in sentences(segment.situation.value if segment.situation else "")}
        met = [
            piece.step
            for piece in issues(name)[0]
            if piece.segment_id == segment.id
            and own & {normal(one) for text in piece.composed("A").values() for one in sentences(text)}
        ]
        # A segment has five or six such sentences, and some of them are the tips of issues.
        assert met[:3] == [1, 2, 3], (segment.id, met)


@pytest.mark.parametrize("name", VENTURES)
def test_an_issue_tells_several_facts_and_its_preview_another_line_than_its_titles(name: str) -> None:
    for piece in issues(name)[0]:
        shown = piece.composed("A")
        told = {c.fact_id for c in piece.claims if normal(c.text) in normal(" ".join(shown.values()))}
        assert len(told) >= 3, piece.piece_id
        assert shown["email_preheader"] not in (shown["email_subject"], shown["story_title"]), piece.piece_id


@pytest.mark.parametrize("name", VENTURES)
def test_issues_pass_their_checks(name: str) -> None:
    assert [f.sentence() for f in issues(name)[1] if f.severity == "block"] == []
