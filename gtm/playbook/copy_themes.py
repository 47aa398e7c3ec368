"""What each step of a mail sequence is about: the moves by which its subject, opening, turns and close are phrased."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from gtm.domain.playbook_data import Move
from gtm.domain.vocabulary import CampaignType
from gtm.playbook.frameworks import Framework


@dataclass(frozen=True, kw_only=True)
class Theme:
    """The moves of one sort of message; None where it has no such part.

    Attributes:
        subject: of a subject line that is no fact's short form.
        notice: what the message begins with whatever its pattern, such as that the session is tomorrow.
        lead: opens AIDA and feature-advantage-benefit.
        question: the attention of AIDA, where it is a question.
        agitate: follows the problem of PAS; without one, another observation does.
        turn: leads from the problem to the facts.
        flip: leads from the outcome to the facts.
        listed: opens a list of short forms; without one, facts are told in full.
        close: what is said of the facts told.
        promise: what comes next, said before the call to action.
        value: tells what the segment gets.
        valued: whether every pattern tells that; before-after-bridge always does.
        post: what a post on a network says of it, where that is not a fact.
        ask: the call to action; None for a reader who has answered already.
        named: whether subjects name the event: whoever has a seat looks for the session, not for a feature.
        proven: opens on evidence, and says so where a brief has none.
        greets: what the message begins with leaves room for the reader's situation.
        recaps: its list repeats the points of earlier messages.
        facts: the most facts that it tells in full.
        frames: the patterns that its parts can fill.
    """

    subject: Move = "subject_how"
    notice: Move | None = None
    lead: Move | None = None
    question: Move | None = None
    agitate: Move | None = None
    turn: Move | None = None
    flip: Move | None = None
    listed: Move | None = None
    close: Move | None = None
    promise: Move | None = None
    value: Move = "value_lead"
    valued: bool = False
    post: Move | None = None
    ask: Move | None = "ask"
    named: bool = False
    proven: bool = False
    greets: bool = False
    recaps: bool = False
    facts: int = 3
    frames: frozenset[Framework] = frozenset({"AIDA", "PAS", "BAB", "FAB"})


_PROBLEM = Theme(
    subject="subject_problem", turn="problem_bridge", flip="problem_flip", listed="how_list", valued=True
)  # fmt: skip
_HOW = Theme(
    lead="how_lead", turn="problem_bridge", flip="problem_flip", listed="how_list", close="how_close"
)  # fmt: skip
_PROOF = Theme(
    subject="subject_proof", lead="proof_lead", question="proof_question", turn="proof_lead", flip="problem_flip",
    close="proof_close", proven=True,
)  # fmt: skip
_ALTERNATIVE = Theme(
    subject="subject_alternative", lead="alternative_lead", agitate="alternative_plain", close="alternative_close"
)  # fmt: skip
_INVITATION = Theme(
    subject="subject_invitation", notice="invitation_lead", value="invitation_recap", valued=True,
    frames=frozenset({"AIDA", "BAB"}),
)  # fmt: skip
_BELIEF = Theme(subject="subject_alternative", lead="alternative_plain", close="alternative_close")

_BY_STEP: Mapping[str, Theme] = {
    "problem": _PROBLEM, "question": _PROBLEM, "how-it-works": _HOW, "depth": _HOW, "recap": _HOW, "proof": _PROOF,
    "alternative": _ALTERNATIVE, "belief": _BELIEF, "pricing": _ALTERNATIVE, "invitation": _INVITATION,
    "invite": Theme(
        subject="subject_webinar", notice="webinar_lead", listed="webinar_agenda", ask="webinar_ask", valued=True,
        named=True, greets=True, frames=frozenset({"AIDA", "PAS", "BAB"}),
    ),
    "reminder-7-day": Theme(
        subject="subject_reminder", notice="webinar_week", close="how_close", ask=None, named=True,
        frames=frozenset({"FAB", "BAB"}),
    ),
    "reminder-1-day": Theme(
        subject="subject_reminder", notice="webinar_day", close="proof_close", ask=None, named=True,
        frames=frozenset({"FAB", "BAB"}),
    ),
    "follow-up": Theme(
        subject="subject_after", notice="webinar_after", valued=True, named=True, frames=frozenset({"AIDA"})
    ),
}  # fmt: skip

_ISSUE = Theme(
    subject="subject_news", notice="news_lead", turn="problem_bridge", ask=None, facts=1,
    frames=frozenset({"PAS", "BAB", "FAB"}),
)  # fmt: skip
_POST = Theme(subject="post_title", flip="problem_flip", value="value_lead", ask="ask")

_BY_TYPE: Mapping[tuple[CampaignType, str], Theme] = {
    ("email_newsletter", "how-it-works"): replace(_ISSUE, valued=True),
    ("email_newsletter", "proof"): replace(_ISSUE, turn="proof_lead", proven=True),
    ("email_newsletter", "depth"): _ISSUE,
    # What the house believes answers no problem of the reader's, so it is told by itself.
    ("email_newsletter", "belief"): replace(_ISSUE, valued=True, frames=frozenset({"FAB"})),
    ("content_series", "problem"): _POST,
    ("content_series", "how-it-works"): _POST,
    ("content_series", "proof"): _POST,
    ("content_series", "depth"): _POST,
    ("event_promotion", "invite"): Theme(
        subject="subject_event", notice="event_lead", listed="webinar_agenda", ask="event_ask", post="event_post",
        valued=True, named=True, greets=True, frames=frozenset({"AIDA", "PAS", "BAB"}),
    ),
    ("event_promotion", "reminder-7-day"): Theme(
        subject="subject_reminder", notice="event_week", close="how_close", ask=None, named=True,
        frames=frozenset({"FAB", "BAB"}),
    ),
    ("event_promotion", "reminder-1-day"): Theme(
        subject="subject_reminder", notice="event_day", close="proof_close", ask=None, named=True,
        frames=frozenset({"FAB", "BAB"}),
    ),
    ("event_promotion", "follow-up"): Theme(
        subject="subject_after", notice="event_after", valued=True, named=True, frames=frozenset({"AIDA"})
    ),
    ("product_launch", "problem"): Theme(
        subject="subject_tease", turn="problem_bridge", flip="problem_flip", promise="launch_tease", valued=True,
        facts=1, frames=frozenset({"PAS", "BAB", "FAB"}),
    ),
    ("product_launch", "invitation"): Theme(
        subject="subject_launch", notice="launch_news", valued=True, named=True, frames=frozenset({"AIDA", "BAB"})
    ),
    ("product_launch", "recap"): Theme(
        subject="subject_recap", notice="launch_recap", listed="how_list", valued=True, recaps=True,
        frames=frozenset({"AIDA"}),
    ),
}  # fmt: skip
"""What a step of one type is about, where it is not what a step of that name is about elsewhere."""


def theme_of(kind: CampaignType, step: str) -> Theme:
    """What a step is about; a step of an unknown name explains how the venture works."""
    return _BY_TYPE.get((kind, step)) or _BY_STEP.get(step, _HOW)
