"""How the playbook's copy reads: no speed, and no test. Figures for every example venture, with every campaign type.

Usage: python -m benchmarks.content_quality [VENTURE…]

Distinct-n (Li et al. 2016) is the number of different runs of n words over that of all runs. Overlap is the share of
sentences that two texts have in common (Jaccard). Both look at what a reader of version A gets, buttons aside. Checks
are those of step 2.2, with the language checkers where the extra `language` is installed; spam is not weighed.
"""

import itertools
import statistics
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import get_args

from app.bootstrap import read_configuration
from app.configuration import Configuration
from benchmarks.conditions import EXAMPLES, print_conditions
from gtm.connectors.proofreading.service import ProofreadingService, installed
from gtm.domain.brief import CampaignWish, VentureBrief
from gtm.domain.campaign import CONTROL, CampaignContent, ContentPiece, TemplateSet
from gtm.domain.campaign_kinds import KINDS
from gtm.domain.intake import read_brief
from gtm.domain.vocabulary import BrandVoice
from gtm.playbook.channels import draft_channels
from gtm.playbook.copy import draft_content
from gtm.playbook.copy_words import normal, sentences
from gtm.playbook.directives import Directives
from gtm.playbook.strategy import draft_strategy
from gtm.playbook.templates import draft_templates
from gtm.policies.brand_voice import score_piece
from gtm.policies.claims import known_names
from gtm.policies.content import content_faults
from gtm.policies.facts import ContentFacts
from gtm.policies.readability import grade
from gtm.policies.voice_measures import measured_complexity, measured_emotion, measured_formality

STARTS = date(2026, 1, 5)
"""First day of the plan: it only names the month in links."""


@dataclass(frozen=True)
class Told:
    """A venture's copy of every type, in one voice."""

    brief: VentureBrief
    templates: TemplateSet
    content: CampaignContent
    facts: ContentFacts

    def texts(self, segment_id: str, campaign_id: str = "") -> list[str]:
        """What a segment reads of version A, button texts aside; of all campaigns, or of one."""
        mine = (p for p in self.content.pieces if p.segment_id == segment_id and campaign_id in ("", p.campaign_id))
        return [text for piece in mine for text in _read(piece)]

    def by_place(self) -> dict[tuple[str, str, int], set[str]]:
        """The sentences of each piece, by campaign type, step, and rank of the segment."""
        kinds = {template.template_id: template.type for template in self.templates.templates}
        ranks = {segment.id: rank for rank, segment in enumerate(self.brief.ranked_segments)}
        return {
            (kinds[p.template_id], p.piece_id.rpartition("/")[2], ranks[p.segment_id]): said(_read(p))
            for p in self.content.pieces
        }


def _read(piece: ContentPiece) -> list[str]:
    return [text for name, text in piece.composed(CONTROL).items() if name != "cta_text"]


def told(configuration: Configuration, brief: VentureBrief, voice: BrandVoice | None = None) -> Told:
    """Draft a venture's copy of all eight types, in its own voice or another."""
    policies, none = configuration.policies, Directives()
    preset = configuration.presets.get(brief.preset) if brief.preset else None
    changes: dict[str, object] = {"campaigns": tuple(CampaignWish(type=kind) for kind in KINDS)}
    if voice:
        changes["brand"] = brief.brand.model_copy(update={"voice": voice})
    brief = brief.model_copy(update=changes)
    strategy = draft_strategy(brief, policies, preset, none)
    channels = draft_channels(brief, strategy, policies, preset, none)
    templates = draft_templates(brief, channels, strategy, policies, configuration.templates)
    content = draft_content(brief, templates, channels, policies, configuration.playbook, starts=STARTS)
    facts = ContentFacts(
        stage=configuration.stage,
        policies=policies,
        brief=brief,
        templates=templates,
        channels=channels,
        artifact=content,
    )
    return Told(brief, templates, content, facts)


def distinct(texts: Iterable[str], n: int) -> float:
    """Different runs of n words over all of them; runs do not cross sentences."""
    runs: Counter[tuple[str, ...]] = Counter()
    for text in texts:
        for sentence in sentences(text):
            words = normal(sentence).split()
            runs.update(tuple(words[at : at + n]) for at in range(len(words) - n + 1))
    return len(runs) / max(sum(runs.values()), 1)


def said(texts: Iterable[str]) -> set[str]:
    """The sentences of texts, as they are compared."""
    return {normal(sentence) for text in texts for sentence in sentences(text)}


def overlap(one: set[str], other: set[str]) -> float:
    """Share of their sentences that two texts have in common, 0-1."""
    return len(one & other) / max(len(one | other), 1)


def spread(values: Sequence[float]) -> str:
    """Median with the smallest and the largest."""
    return f"{statistics.median(values):.2f} ({min(values):.2f}-{max(values):.2f})"


def passed(copy: Told, proofreader: ProofreadingService | None) -> tuple[int, int]:
    """How many pieces no check objects to, and how many faults there are in all."""
    facts = copy.facts
    if proofreader is not None:
        texts = {v.text for p in copy.content.pieces for e in p.elements for v in e.variants}
        facts = ContentFacts(
            **{**facts.__dict__, "slips": proofreader.read(sorted(texts), known_names(copy.brief))}
        )  # fmt: skip
    faults = list(content_faults(copy.content, copy.templates, facts))
    struck = {fault.piece for fault in faults}
    return sum(piece.piece_id not in struck for piece in copy.content.pieces), len(faults)


def main_text(piece: ContentPiece) -> str:
    """The longest text of a piece, which is what its readability hangs on."""
    return max(piece.composed(CONTROL).values(), key=len)


def print_venture(copy: Told, proofreader: ProofreadingService | None) -> None:
    """Print one venture's figures."""
    pieces, brand = copy.content.pieces, copy.brief.brand
    ids = [segment.id for segment in copy.brief.ranked_segments]
    words = sum(len(text.split()) for i in ids for text in copy.texts(i))
    print(f"\n## {copy.brief.name}: voice {brand.voice}, {len(copy.templates.templates)} types, {len(pieces)} pieces, "
          f"{words} words of version A")  # fmt: skip
    for n in (1, 2, 3):
        each = [distinct(copy.texts(i, c.campaign_id), n) for c in copy.templates.campaigns for i in ids]
        print(f"distinct-{n} of one campaign to a segment: {spread(each)}; of all eight: "
              f"{spread([distinct(copy.texts(i), n) for i in ids])}")  # fmt: skip
    pairs = [overlap(said(copy.texts(a)), said(copy.texts(b))) for a, b in itertools.combinations(ids, 2)]
    print(f"overlap between two segments: {spread(pairs) if pairs else 'one segment'}")
    grades = [float(g) for p in pieces if (g := grade(main_text(p))) is not None]
    target = copy.facts.policies.grades(brand.voice)
    print(
        f"school grade of the longest text: {spread(grades)}; the voice's target is {target.minimum}-{target.maximum}"
    )
    good, faults = passed(copy, proofreader)
    print(f"pieces that pass every check: {good} of {len(pieces)}, {faults} faults")
    scores = [float(score_piece(p, brand, copy.brief.name).score) for p in pieces]
    print(f"brand voice: {spread(scores)}; at least {copy.facts.policies.brand_voice_minimum} is asked")
    patterns = Counter(name for p in pieces for name in p.framework.split(", "))
    print(f"patterns: {', '.join(f'{name} {count}' for name, count in patterns.most_common())}")


def print_voices(configuration: Configuration, briefs: Mapping[str, VentureBrief]) -> None:
    """Print how each house voice measures, over all ventures, beside the profile that it is meant to have."""
    print("\n## The six voices, each over all ventures: measured, and in brackets the house's profile")
    for voice in get_args(BrandVoice):
        copies = [told(configuration, brief, voice) for brief in briefs.values()]
        text = "\n".join(t for copy in copies for s in copy.brief.segments for t in copy.texts(s.id))
        profile = configuration.policies.voice(voice)
        good = [passed(copy, None)[0] for copy in copies]
        count = sum(len(copy.content.pieces) for copy in copies)
        measures: tuple[tuple[str, Decimal, Decimal], ...] = (
            ("formality", measured_formality(text), profile.formality),
            ("emotion", measured_emotion(text), profile.emotion),
            ("complexity", measured_complexity(text), profile.complexity),
        )
        figures = ", ".join(f"{name} {measured} ({meant})" for name, measured, meant in measures)
        lines = {voice_line for copy in copies for i in copy.brief.segments for voice_line in said(copy.texts(i.id))}
        print(f"{voice}: {figures}; {sum(good)} of {count} pieces pass, {len(lines)} different sentences"
              f"{_shared(copies)}")  # fmt: skip


def _shared(copies: Sequence[Told]) -> str:
    """What two ventures' pieces of one step have in common, when they speak in one voice."""
    pairs = [(one.by_place(), other.by_place()) for one, other in itertools.combinations(copies, 2)]
    shares = [overlap(ours[key], theirs[key]) for ours, theirs in pairs for key in ours.keys() & theirs.keys()]
    return (
        f"; two ventures' pieces of a step share {statistics.mean(shares):.2f}, at most {max(shares):.2f}"
        if shares
        else ""
    )


def main(names: Sequence[str]) -> None:
    """Print all figures; `names` are of files in examples/ventures, all of them where there is none."""
    paths = [path for path in sorted(EXAMPLES.glob("*.yaml")) if not names or path.stem in names]
    if not paths:
        raise SystemExit(f"no such venture: {', '.join(names)}")
    configuration = read_configuration()
    limit = configuration.policies.run.brief_bytes
    briefs = {p.stem: read_brief(p.read_bytes(), name=p.name, limit_bytes=limit) for p in paths}
    print_conditions(
        "Content quality",
        ventures=", ".join(briefs),
        campaign_types=", ".join(KINDS),
        plan_starts=STARTS,
        playbook=configuration.playbook.common.version,
        language_checkers="read every text of the ventures' own voices" if installed() else "not installed",
    )
    proofreader = ProofreadingService() if installed() else None
    copies = {name: told(configuration, brief) for name, brief in briefs.items()}
    try:
        for copy in copies.values():
            print_venture(copy, proofreader)
    finally:
        if proofreader is not None:
            proofreader.close()
    whole = {name: said(t for s in copy.brief.segments for t in copy.texts(s.id)) for name, copy in copies.items()}
    print("\n## Overlap between ventures")
    for one, other in itertools.combinations(whole, 2):
        print(f"{one} and {other}: {overlap(whole[one], whole[other]):.3f}, {len(whole[one] & whole[other])} sentences")
    print_voices(configuration, briefs)


if __name__ == "__main__":
    main(sys.argv[1:])
