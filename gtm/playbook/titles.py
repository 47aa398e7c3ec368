"""Titles for posts and articles, drawn from what the venture may claim; no two alike, none that another could use."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from gtm.domain.brief import Fact, FactKind, Segment, VentureBrief
from gtm.domain.names import small_start
from gtm.domain.schedule import AGAIN
from gtm.playbook.channel_details import said
from gtm.playbook.copy_words import with_article

PUBLIC_KINDS: tuple[FactKind, ...] = ("proof", "feature", "privacy", "offer", "pricing")
"""Facts that a post may be about; targets, beliefs and milestones are the venture's own affair."""

_SOCIAL: dict[str, tuple[str, ...]] = {
    "proof": ("{Fact}", "Seen in practice: {fact}", "Proof for {who}: {fact}"),
    "feature": ("{Fact}", "For {who}: {Fact}", "On screen: {fact}", "In one picture: {fact}"),
    "privacy": ("{Fact}", "For {who}: {Fact}", "In plain words: {fact}"),
    "offer": ("{Fact}", "Next step for {who}: {fact}", "This week: {fact}"),
    "pricing": ("{Fact}", "What it costs: {fact}", "The sums for {who}: {fact}"),
}
_BLOG: dict[str, tuple[str, ...]] = {
    "proof": ("{Fact}: the case for {who}", "Behind the figure: {fact}"),
    "feature": ("{Fact}: a walk-through for {who}", "How it works: {fact}"),
    "privacy": ("{Fact}: how it works", "Questions and answers: {fact}"),
    "offer": ("{Fact}: what to expect", "Before you begin: {fact}"),
    "pricing": ("{Fact}: the sums for {who}", "When it pays and when not: {fact}"),
}
_SHAPES: dict[str, dict[str, tuple[str, ...]]] = {"social": _SOCIAL, "blog": _BLOG}
_LONGEST = 140
_CALENDAR_WORDS = {
    "theme",
    "content",
    "pillar",
    "for",
    "and",
    "the",
    "week",
    "weekly",
    "twice",
    "once",
    "month",
    "monthly",
}


@dataclass
class Titles:
    """A supply of titles for one plan; it never gives the same one twice.

    Args:
        brief: the venture's facts.
        reached: ids of the segments that are reached where the titles appear; empty means all.
    """

    brief: VentureBrief
    reached: frozenset[str] = frozenset()
    _used: set[str] = field(default_factory=set)

    def take(self, kind: Literal["social", "blog"], theme: Fact | None = None) -> tuple[str, str | None]:
        """The next title and the segment it speaks to, None when to all; facts on the theme come first."""
        prefix = f"{said(theme)} · " if theme is not None and kind == "blog" else ""
        for part in itertools.count(1):
            for title, segment_id in self._candidates(kind, theme, part):
                if title not in self._used:
                    self._used.add(title)
                    return f"{prefix}{title}", segment_id
        raise AssertionError("the parts of a title never end")

    def _candidates(self, kind: str, theme: Fact | None, part: int) -> Iterator[tuple[str, str | None]]:
        """Titles in order: every fact in its first shape, then every fact in its second, and so on."""
        shapes, facts = _SHAPES[kind], self._facts(theme)
        for index in range(max(len(forms) for forms in shapes.values())):
            for at, fact in enumerate(facts):
                if index < len(forms := shapes[fact.kind]):
                    segment = self._segment(fact, at + index)
                    own = bool(fact.segments) or "{who}" in forms[index]
                    text = forms[index].format(Fact=_capital(said(fact)), fact=said(fact), who=_who(segment))
                    if kind == "social" and (index or part > 1):
                        text = f"{AGAIN}{small_start(text)}"
                    yield _fit(text, part), segment.id if segment and own else None
        for segment in self._segments:
            text = f"For {_who(segment)}: {_capital(segment.value_proposition or self.brief.product)}"
            if kind == "social" and part > 1:
                text = f"{AGAIN}{small_start(text)}"
            yield _fit(text, part), segment.id

    @property
    def _segments(self) -> list[Segment]:
        return [s for s in self.brief.ranked_segments if not self.reached or s.id in self.reached]

    def _facts(self, theme: Fact | None) -> list[Fact]:
        ids = {s.id for s in self._segments}
        facts = [
            f
            for f in self.brief.facts
            if f.claimable and f.kind in PUBLIC_KINDS and (not f.segments or ids & set(f.segments))
        ]
        if theme is None:
            return facts
        words = _theme_words(theme)
        return sorted(facts, key=lambda f: not (words & _words(f.text)))

    def _segment(self, fact: Fact, turn: int) -> Segment | None:
        ranked = [s for s in self._segments if not fact.segments or s.id in fact.segments]
        return ranked[turn % len(ranked)] if ranked else None


def themes(brief: VentureBrief) -> tuple[Fact, ...]:
    """The venture's own themes, in the order of the brief; the weeks of a plan take them in turn."""
    return tuple(f for f in brief.facts if f.kind == "theme" and f.claimable)


def by_post(theme: Fact) -> bool:
    """Whether a theme is a pillar that returns every week, and not the theme of a week or month."""
    return "week" in theme.text.lower()


def _theme_words(theme: Fact) -> set[str]:
    return _words(f"{theme.text} {theme.short}") - _CALENDAR_WORDS


def _words(text: str) -> set[str]:
    return {word for raw in text.lower().split() if len(word := raw.strip(".,:;()'\"“”")) > 2}


def _capital(text: str) -> str:
    # A name such as iOS keeps its small letter.
    return text[:1].upper() + text[1:] if text[:2].islower() or len(text) < 2 else text


def _who(segment: Segment | None) -> str:
    """Whom a title names: the segment's first role with its article, else the segment."""
    if segment is None:
        return "everybody"
    words = segment.roles[0] if segment.roles else segment.name
    first = words.split()[0]
    # A word with further capitals is an abbreviation (CISO) and keeps its first one.
    text = words if not first[1:].islower() else words[:1].lower() + words[1:]
    return with_article(text) if segment.roles else text


def _fit(text: str, part: int) -> str:
    tail = f" (part {part})" if part > 1 else ""
    room = _LONGEST - len(tail)
    return (text if len(text) <= room else text[: room - 1].rsplit(" ", 1)[0] + "…") + tail
