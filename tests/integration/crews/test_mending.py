"""Copy that the checks refuse: those pieces alone go back, the playbook tries other words, then a person is asked."""

import email
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from decimal import Decimal
from email.policy import SMTP
from functools import partial
from typing import Any

import pytest

from agents.redrafting import REDRAFTS, ROUND
from agents.testing import OpenAIServer
from agents.testing_brain import HouseBrain
from app.web.reviewing import review_page
from crews.content_review import content_shown
from crews.editing import Edited, edit_piece, texts_of
from gtm.domain.campaign import ContentPiece
from gtm.domain.dossier import Dossier
from gtm.domain.errors import (
    AlreadyDecided,
    Forbidden,
    GateFailed,
    InvalidInput,
    NotFound,
    NotWaiting,
    TransientFailure,
)
from gtm.domain.proofing import Slip, SpamReport
from gtm.playbook.copy import draft_piece
from gtm.store.models.campaigns import CampaignContentRow
from gtm.store.models.logs import AuditEntry
from gtm.store.models.runs import Approval, RunStep
from tests.integration.crews.scenes import Scene
from tests.integration.crews.test_copywriter import STARTS
from tests.integration.crews.test_guardrails import live

At = Callable[[str], Scene]
PIECE = "fleet-email-drip/it-platform/1-problem"
BODY = "email_body"


class Stubborn:
    """A proofreader that finds a slip in the texts it is given, and in no other."""

    def __init__(self, texts: Collection[str]) -> None:
        self.texts = frozenset(texts)

    def read(self, texts: Sequence[str], names: Collection[str]) -> Mapping[str, tuple[Slip, ...]]:
        """The slips."""
        slip = (Slip(0, 4, "this is wrong", "write it right"),)
        return {text: slip if text in self.texts else () for text in texts}


def body_of(piece: ContentPiece, label: str = "A") -> str:
    element = piece.element(BODY)
    assert element is not None
    return element.text(label)


def wordings(scene: Scene, revisions: Iterable[int]) -> list[str]:
    """What the playbook says in the body of the piece, revision by revision."""
    dossier, services = scene.dossier(), scene.services
    assert dossier.templates is not None and dossier.channels is not None
    found = []
    for revision in revisions:
        piece = draft_piece(
            dossier.brief, dossier.templates, dossier.channels, services.policies, services.playbook,
            template_id="fleet-email-drip", segment_id="it-platform", step=1, starts=STARTS, revision=revision,
        )  # fmt: skip
        found.append(body_of(piece))
    return found


_KNOWN: dict[str, list[str]] = {}


def every_wording(scene: Scene) -> list[str]:
    """All that the playbook comes to in four turns; made once."""
    if not _KNOWN:
        _KNOWN[PIECE] = wordings(scene, range(1, 1 + 4 * REDRAFTS * ROUND, ROUND))
    return _KNOWN[PIECE]


def piece_in(dossier: Dossier, piece_id: str = PIECE) -> ContentPiece:
    assert dossier.content is not None
    return next(piece for piece in dossier.content.pieces if piece.piece_id == piece_id)


def others(dossier: Dossier, piece_id: str = PIECE) -> list[ContentPiece]:
    assert dossier.content is not None
    return [piece for piece in dossier.content.pieces if piece.piece_id != piece_id]


def revisions(scene: Scene) -> list[tuple[int, str]]:
    return [(row.revision, row.status) for row in scene.rows(RunStep, step="2.2")]


def edit(scene: Scene, text: str, **changes: Any) -> Edited:
    asked: dict[str, Any] = {"ref": scene.run_id, "piece_id": PIECE, "by": "bea", "texts": {BODY: {"A": text}}}
    return edit_piece(scene.services, **asked | changes)


@pytest.fixture
def stuck(at: At) -> Scene:
    """A run whose one piece neither the playbook's first text nor its others mend."""
    scene = at("started:2.2")
    scene = scene.with_services(proofreader=Stubborn(every_wording(scene)))
    outcome = scene.advance()
    assert (outcome.status, outcome.checkpoint) == ("waiting_approval", "content")
    assert outcome.detail.startswith(f"Campaign content waits for LEAD: {PIECE} fails {PIECE}/{BODY}/A[0:4]")
    return scene


def test_only_the_refused_piece_is_said_in_other_words(sqlite_at: At) -> None:
    plain = sqlite_at("waiting:content").dossier()
    scene = sqlite_at("started:2.2")
    scene = scene.with_services(proofreader=Stubborn([body_of(piece_in(plain))]))
    outcome = scene.advance()
    review = scene.waiting().review
    assert review is not None
    assert (outcome.checkpoint, review.recommendation) == ("content", "approve")
    dossier = scene.dossier()
    assert others(dossier) == others(plain)
    assert body_of(piece_in(dossier)) != body_of(piece_in(plain))
    assert revisions(scene) == [(1, "superseded"), (2, "done")]


def test_when_no_wording_passes_a_person_is_asked_with_piece_and_finding(stuck: Scene) -> None:
    waiting = stuck.waiting()
    assert waiting.review is not None
    (item,) = waiting.review.checked
    assert item.subject.endswith(PIECE) and "this is wrong; write it right" in item.finding
    assert waiting.review.grounds == ("checks",)
    assert revisions(stuck) == [(1, "superseded"), (2, "superseded"), (3, "superseded"), (4, "started")]
    (entry,) = stuck.rows(AuditEntry, action="content.escalated")
    assert list(entry.data["pieces"]) == [PIECE]
    assert stuck.advance().approval_id == waiting.approval_id  # asked once


def test_what_fails_its_checks_cannot_be_approved(stuck: Scene) -> None:
    with pytest.raises(GateFailed, match=f"piece {PIECE} of Campaign content cannot be approved") as error:
        stuck.approve()
    assert "this is wrong" in error.value.findings[0] and "gtm content edit" in error.value.hint
    assert stuck.waiting().status == "pending"


def test_a_person_edits_the_text_and_somebody_else_approves_it(stuck: Scene) -> None:
    before = stuck.dossier()
    text = f"{body_of(piece_in(before))}\n\nOr write to us with a question."
    edited = edit(stuck, text)
    assert (edited.revision, edited.piece.generated_by) == (5, "person:bea")
    assert stuck.rows(Approval, checkpoint="content")[0].status == "void"
    outcome = stuck.advance()
    assert (outcome.status, outcome.checkpoint, stuck.waiting().round) == ("waiting_approval", "content", 2)
    after = stuck.dossier()
    assert body_of(piece_in(after)) == text
    assert others(after) == others(before)
    assert revisions(stuck)[-2:] == [(4, "superseded"), (5, "done")]
    stored = stuck.rows(CampaignContentRow, piece_id=PIECE, variable=BODY, variant="A")
    assert [row.text for row in stored] == [text]
    with pytest.raises(Forbidden, match="nobody approves their own work"):
        stuck.approve(by="bea")
    stuck.approve(by="ann")
    assert stuck.advance().checkpoint == "campaigns"


def test_a_person_rejects_it_and_the_playbook_tries_again_with_the_comment(stuck: Scene) -> None:
    before = stuck.dossier()
    stuck = stuck.with_services(proofreader=Stubborn([body_of(piece_in(before))]))
    from crews.piece_approvals import decide_pieces

    services = stuck.services
    write = partial(
        decide_pieces, services.database, services.clock, services.stage, ref=stuck.run_id, role="LEAD", by="ann"
    )
    with pytest.raises(GateFailed):
        write(approve=True, pieces=[PIECE])
    write(approve=False, pieces=[PIECE], comment="Shorter, please.")
    assert write(approve=True, rest=True).record.status == "rejected"
    assert stuck.advance().checkpoint == "content"
    after = stuck.dossier()
    assert others(after) == others(before)
    assert body_of(piece_in(after)) != body_of(piece_in(before))


@pytest.mark.parametrize(
    ("changes", "error", "words"),
    [
        ({"texts": {BODY: {"A": "We recieve it."}}}, InvalidInput, "the checks refuse the text"),
        ({"texts": {"poem": {"A": "Roses"}}}, InvalidInput, "no such element"),
        ({"texts": {BODY: {"E": "Roses"}}}, InvalidInput, "no such variant"),
        ({"texts": {BODY: {"A": ""}}}, InvalidInput, "at least 1 character"),
        ({"texts": {}}, InvalidInput, "what stands already"),
        ({"by": " "}, InvalidInput, "somebody who makes it"),
        ({"piece_id": "a/b/1-c"}, NotFound, "no piece"),
        ({"ref": "nothing"}, NotFound, "no approval, run or venture"),
    ],
)
def test_an_edit_that_cannot_be_changes_nothing(
    stuck: Scene, changes: dict[str, Any], error: type[Exception], words: str
) -> None:
    before = stuck.dossier()
    with pytest.raises(error, match=words):
        edit(stuck, "Some text.", **changes)
    after = stuck.dossier()
    assert (after.content, after.approvals) == (before.content, before.approvals)


def test_an_edit_names_what_the_checks_found(stuck: Scene) -> None:
    text = f"{body_of(piece_in(stuck.dossier()))}\n\nGlobex is a customer. See javascript:alert(1)."
    with pytest.raises(InvalidInput) as error:
        edit(stuck, text)
    told = " ".join(error.value.findings)
    assert "Globex" in told and "javascript" in told


def test_nothing_is_edited_where_no_copy_waits(sqlite_at: At) -> None:
    with pytest.raises(NotWaiting, match="waits, and no copy"):
        edit(sqlite_at("waiting:campaigns"), "Some text.")


def test_an_edit_at_the_regular_checkpoint_asks_anew(sqlite_at: At) -> None:
    scene = sqlite_at("waiting:content")
    text = f"{body_of(piece_in(scene.dossier()))}\n\nOr write to us with a question."
    edit(scene, text, texts={BODY: {"A": text}, "email_subject": texts_of(piece_in(scene.dossier()))["email_subject"]})
    assert scene.advance().checkpoint == "content"
    rounds = {row.round: row.status for row in scene.rows(Approval, checkpoint="content")}
    assert rounds == {1: "void", 2: "pending"}
    assert body_of(piece_in(scene.dossier())) == text


def test_a_models_piece_goes_back_three_times_over_all_then_the_playbooks_stands_in(sqlite_at: At) -> None:
    """The model says the same wrong thing each time, and so does the playbook's first text."""
    scene = sqlite_at("started:2.2")
    wrong = wordings(scene, [1])
    with OpenAIServer(HouseBrain()) as server:
        scene = scene.with_services(models=live(server), proofreader=Stubborn(wrong))
        assert scene.advance().checkpoint == "content"
        asked = [str(one.request["messages"]) for one in server.log if "response_format" in one.request]
    piece = piece_in(scene.dossier())
    assert piece.generated_by.startswith("playbook (stands in for m: refused each time: ")
    assert piece.made is not None and (piece.made.model, piece.made.attempts) == ("playbook", 4)
    assert body_of(piece) not in wrong
    assert {p.generated_by for p in others(scene.dossier())} == {"m"}
    assert sum("this is wrong; write it right" in prompt for prompt in asked) == 3
    assert len(asked) == 3 + len(others(scene.dossier())) + 1


def test_the_first_decision_on_an_edited_piece_stands(stuck: Scene) -> None:
    edit(stuck, f"{body_of(piece_in(stuck.dossier()))}\n\nOr write to us with a question.")
    stuck.advance()
    waiting = stuck.waiting()
    stuck.approve(by="ann")
    with pytest.raises(AlreadyDecided):
        stuck.approve(by="carl", ref=waiting.approval_id, role="LEAD")


def test_a_checker_that_is_silent_is_a_line_of_the_verdict_and_of_the_review(sqlite_at: At) -> None:
    class Silent:
        def read(self, _texts: Sequence[str], _names: Collection[str]) -> Mapping[str, tuple[Slip, ...]]:
            raise TransientFailure("the language checkers ended")

    scene = sqlite_at("started:2.2").with_services(proofreader=Silent(), spam_judge=Weigher("nothing says this"))
    assert scene.advance().checkpoint == "content"
    verdict = next(v for v in scene.dossier().verdicts if v.policy == "content.generated")
    (line,) = [check for check in verdict.checks if check.name == "content.not_checked"]
    assert verdict.passed and not line.passed
    assert line.detail == "content.grammar was not checked by the language checkers: the language checkers ended."
    review = scene.waiting().review
    assert review is not None and review.recommendation == "approve"
    assert any("was not checked by the language checkers" in item.finding for item in review.checked)
    shown = content_shown(scene.services, scene.run_id)
    told = "content.grammar was not checked by the language checkers: the language checkers ended"
    assert [one.sentence() for one in shown.not_checked] == [told] and told in review_page(shown)
    edited = edit(scene, f"{body_of(piece_in(scene.dossier()))}\n\nOr write to us with a question.")
    assert [one.sentence() for one in edited.not_checked] == [told]


def test_a_checker_that_is_not_there_is_told_once_and_stops_nothing(sqlite_at: At) -> None:
    """A reviewer has no other way to know that no language checker and no spam filter has seen the copy."""
    scene = sqlite_at("started:2.2").with_services(proofreader=None, spam_judge=None)
    assert scene.advance().checkpoint == "content"
    verdict = next(v for v in scene.dossier().verdicts if v.policy == "content.generated")
    (line,) = [check for check in verdict.checks if check.name == "content.not_checked"]
    assert verdict.passed and (line.passed, line.severity) == (False, "note")
    told = [
        "content.grammar was not checked by the language checkers: none is installed, or GTM_PROOFREADING is off; "
        "the house's own rules read the copy alone",
        "content.spam was not checked by a spam filter: GTM_SPAMD names none; no mail was weighed",
    ]
    assert all(line.detail.count(sentence) == 1 for sentence in told)
    review = scene.waiting().review
    assert review is not None and review.recommendation == "approve"
    shown = content_shown(scene.services, scene.run_id)
    assert [one.sentence() for one in shown.not_checked] == told
    assert all(review_page(shown).count(sentence.replace("'", "&#39;")) == 1 for sentence in told)


class Weigher:
    """A spam filter that objects to mails which say something."""

    def __init__(self, said: str) -> None:
        self.said = said

    def judge(self, message: bytes) -> SpamReport:
        """Heavy where it is said."""
        part = email.message_from_bytes(message, policy=SMTP).get_body(("plain",))
        heavy = part is not None and self.said in " ".join(part.get_content().split())
        return SpamReport(score=Decimal("7.5" if heavy else "0"), threshold=Decimal(5), rules=("SAID",))


def test_what_only_the_whole_shows_goes_back_with_its_finding_too(sqlite_at: At) -> None:
    """A spam filter sees whole mails, which one piece by itself is not; the others stay as they are."""
    plain = sqlite_at("waiting:content").dossier()
    said = " ".join(body_of(piece_in(plain)).split())
    scene = sqlite_at("started:2.2").with_services(spam_judge=Weigher(said))
    assert scene.advance().checkpoint == "content"
    assert " ".join(body_of(piece_in(scene.dossier())).split()) != said
    assert others(scene.dossier()) == others(plain)
    verdict = next(v for v in scene.dossier().verdicts if v.policy == "content.generated")
    assert any(check.name == "content.spam" and check.passed for check in verdict.checks)
