"""The playbook's phrase data (config/playbook): sentences that join a venture's facts, by voice.

A phrase states nothing about a venture; what is stated comes from facts. Its slots are `{venture}`, `{value}`,
`{Value}`, `{a_role}`, `{competitor}`, `{cta}`, `{Cta}`, `{offer}` and `{short}`.
"""

import string
from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Literal, Self, get_args

from pydantic import Field, field_validator, model_validator

from gtm.domain.base import Model, Slug
from gtm.domain.vocabulary import BrandVoice, Cta

Move = Literal[
    "problem_bridge", "problem_flip", "value_lead", "how_lead", "how_list", "how_close", "proof_lead", "proof_question",
    "proof_none", "proof_close", "alternative_lead", "alternative_plain", "alternative_close", "invitation_lead",
    "invitation_recap", "ask", "ask_short", "subject_problem", "subject_how", "subject_proof", "subject_alternative",
    "subject_invitation", "form_intro", "webinar_lead", "webinar_agenda", "webinar_week", "webinar_day",
    "webinar_after", "webinar_ask", "subject_webinar", "subject_reminder", "subject_after",
    "event_lead", "event_week", "event_day", "event_after", "event_ask", "event_post", "subject_event",
    "launch_tease", "launch_news", "launch_recap", "subject_tease", "subject_launch", "subject_recap",
    "news_lead", "news_close", "story_title", "tip_title", "tip_question", "tip_statement", "tip_fact", "subject_news",
    "series_title", "series_promise", "series_intro", "post_title", "post_lead", "post_turn", "post_list", "post_close",
    "post_mail",
]  # fmt: skip
SLOTS = frozenset({"venture", "value", "Value", "a_role", "competitor", "cta", "Cta", "offer", "short"})
Phrase = Annotated[str, Field(min_length=2, max_length=300)]


def slots_of(phrase: str) -> frozenset[str]:
    """The slots that a phrase uses."""
    return frozenset(name for _, name, _, _ in string.Formatter().parse(phrase) if name)


class VoicePhrases(Model):
    """config/playbook/voices/<voice>.yaml: the phrases of one brand voice, at least three a move."""

    voice: BrandVoice
    moves: Mapping[Move, Annotated[tuple[Phrase, ...], Field(min_length=3)]]

    @field_validator("moves")
    @classmethod
    def _complete(cls, moves: Mapping[Move, tuple[str, ...]]) -> Mapping[Move, tuple[str, ...]]:
        missing = [move for move in get_args(Move) if move not in moves]
        if missing:
            raise ValueError(f"no phrases for {', '.join(missing)}")
        unknown = sorted({slot for phrases in moves.values() for p in phrases for slot in slots_of(p)} - SLOTS)
        if unknown:
            raise ValueError(f"unknown slot {', '.join(unknown)}; allowed: {', '.join(sorted(SLOTS))}")
        twice = [p for phrases in moves.values() for p in phrases if phrases.count(p) > 1]
        if twice:
            raise ValueError(f"this phrase stands twice: {twice[0]}")
        return moves


class CtaLabels(Model):
    """Other button labels for a call to action, beside the offer's own; `{venture}` and `{offer}` may occur."""

    cta: Cta
    labels: Annotated[tuple[Phrase, ...], Field(min_length=1)]


class PlaybookCommon(Model):
    """config/playbook/common.yaml: what does not depend on the voice.

    Attributes:
        version: goes into `prompt_version` of each piece.
        hype_words: words that no copy uses unless a fact carries them.
        image_briefs: how an ad's image is briefed; `{short}` and `{venture}` may occur.
        alt_texts: the text alternatives, in the same order of angles.
        search_headlines: search ad headlines of at most 30 characters once filled.
        event_labels: button labels for people who are registered already.
        retold: how a fact that an earlier message told is said once more; `{short}` stands for it.
        series_parts: what each post of a series is about, by the step's name, as its outline says it.
        creator_briefs: what a creator is told, before the facts; `{venture}` may occur.
    """

    version: Slug
    hype_words: tuple[Phrase, ...]
    cta_labels: tuple[CtaLabels, ...]
    image_briefs: Annotated[tuple[Phrase, ...], Field(min_length=2)]
    alt_texts: Annotated[tuple[Phrase, ...], Field(min_length=2)]
    search_headlines: Annotated[tuple[Phrase, ...], Field(min_length=4)]
    event_labels: Annotated[tuple[Phrase, ...], Field(min_length=2)]
    retold: Annotated[tuple[Phrase, ...], Field(min_length=3)]
    series_parts: Mapping[str, Phrase]
    creator_briefs: Annotated[tuple[Phrase, ...], Field(min_length=2)]

    @model_validator(mode="after")
    def _all_ctas(self) -> Self:
        missing = sorted(set(get_args(Cta)) - {c.cta for c in self.cta_labels})
        if missing:
            raise ValueError(f"no labels for {', '.join(missing)}")
        return self


class PlaybookData(Model):
    """All phrase data."""

    common: PlaybookCommon
    voices: tuple[VoicePhrases, ...]

    @classmethod
    def assemble(cls, common: Mapping[str, Any], voices: Iterable[Mapping[str, Any]]) -> "PlaybookData":
        """Build it from the parsed `common.yaml` and the parsed files of `voices/`.

        Raises:
            pydantic.ValidationError: a key is unknown or missing, or a phrase uses an unknown slot.
        """
        return cls.model_validate({"common": common, "voices": tuple(voices)})

    @model_validator(mode="after")
    def _all_voices(self) -> Self:
        missing = sorted(set(get_args(BrandVoice)) - {v.voice for v in self.voices})
        if missing:
            raise ValueError(f"no phrases for the voice {', '.join(missing)}")
        return self

    def phrases(self, voice: BrandVoice, move: Move) -> tuple[str, ...]:
        """The phrases of a move in a voice."""
        return next(v.moves[move] for v in self.voices if v.voice == voice)

    def labels(self, cta: Cta) -> tuple[str, ...]:
        """Other button labels for a call to action."""
        return next(c.labels for c in self.common.cta_labels if c.cta == cta)
