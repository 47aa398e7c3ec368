"""Writes the copy of a run: the playbook drafts it, a live model writes on from the draft, many pieces at a time.

A piece that the model does not deliver in its attempts keeps the playbook's draft and says so in `generated_by`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from agents.budget import RunBudget
from agents.models import ModelSettings
from agents.prompting import fill, one_line
from agents.usage import PLAYBOOK, Try, UsageLedger
from agents.wire import Wire
from gtm.domain.base import Model, Slug, Text, canonical_json, sha256_of
from gtm.domain.brief import Fact, Segment, VentureBrief
from gtm.domain.campaign import (
    CampaignContent,
    CampaignTemplate,
    Claim,
    ContentElement,
    ContentPiece,
    Making,
    TemplateSet,
    Variable,
    Variant,
)
from gtm.domain.dossier import Dossier
from gtm.domain.drafting import stand_in_label
from gtm.domain.errors import StepFailed
from gtm.domain.names import counted
from gtm.domain.playbook_data import PlaybookData
from gtm.domain.proofing import Proofreader
from gtm.domain.spec import Policies
from gtm.domain.statements import is_thin, statements
from gtm.domain.winners import Winner
from gtm.playbook.copy import draft_content
from gtm.playbook.directives import Directives
from gtm.playbook.winners import leads, told_elsewhere, winners_for, with_winner
from gtm.policies.content import piece_faults

if TYPE_CHECKING:
    from agents.writer import WriteRequest, WriteResult

LABELS = "ABCDE"
PROMPTS = ("copy_system.md", "copy_piece.md")
UNMADE = Making(model=PLAYBOOK, cost=Decimal(0))
"""How the playbook's drafts came about: no model was asked."""


class ElementCopy(Model):
    """One element as a model returns it: the variable and its versions, A first; one unless it is under test."""

    variable: Text
    variants: Annotated[tuple[Text, ...], Field(min_length=1, max_length=5)]


class ClaimCopy(Model):
    """A statement and the id of the fact that carries it."""

    text: Text
    fact_id: Slug


class PieceCopy(Model):
    """What a model returns for one piece."""

    elements: tuple[ElementCopy, ...]
    claims: tuple[ClaimCopy, ...]


@dataclass(frozen=True)
class CopyJob:
    """What stays the same for all pieces of a run.

    Attributes:
        prompts: `copy_system.md` and `copy_piece.md`.
        comments: what rejections of step 2.2 asked.
        starts: first day of the plan; campaign names carry its month.
        budget: the run's allowance.
        wire: the run's connection, for a live model.
        attempted: told of a live model's attempts: the revision, and piece id → its attempts.
        proofreader: reads a piece for slips before it is taken, where one is installed.
    """

    policies: Policies
    playbook: PlaybookData
    prompts: Mapping[str, str]
    settings: ModelSettings
    ledger: UsageLedger
    comments: tuple[str, ...]
    directives: Directives
    starts: date
    budget: RunBudget | None = None
    wire: Wire | None = None
    stand_in: Callable[[], bool] = lambda: False
    attempted: Callable[[int, Mapping[str, Sequence[Try]]], None] = lambda _revision, _tries: None
    proofreader: Proofreader | None = None


class Copywriter:
    """The copywriter that `generate_content` uses.

    Args:
        job: what stays the same for all pieces.
    """

    def __init__(self, job: CopyJob) -> None:
        self._job = job

    def write(
        self, dossier: Dossier, campaign_ids: tuple[str, ...], variants: int, tone: str, revision: int
    ) -> CampaignContent:
        """All pieces of the named campaigns, in the templates' order.

        Args:
            dossier: the run; its templates and channels must be stored.
            campaign_ids: which campaigns.
            variants: how many versions of the element under test, 2-5.
            tone: how it should sound, in words.
            revision: of step 2.2; another revision gives other drafts.

        Raises:
            StepFailed: templates or channels are missing.
        """
        if dossier.templates is None or dossier.channels is None:
            raise StepFailed("there are no templates to write for", hint="finish step 2.1 first")
        chosen = _only(dossier.templates, campaign_ids)
        drafted = draft_content(
            dossier.brief,
            chosen,
            dossier.channels,
            self._job.policies,
            self._job.playbook,
            starts=self._job.starts,
            revision=revision,
            directives=self._job.directives,
            variants=variants,
        )
        drafted = self._led(dossier, chosen, drafted)
        if not self._job.settings.live or self._job.stand_in():
            return drafted.model_copy(update={"pieces": tuple(_as_drafted(piece) for piece in drafted.pieces)})
        return self._with_model(dossier, chosen, drafted, variants, tone, revision)

    def _led(self, dossier: Dossier, templates: TemplateSet, drafted: CampaignContent) -> CampaignContent:
        """The drafts with what won before as variant A, wherever it passes the checks of this run."""
        if not dossier.winners:
            return drafted
        pieces = list(drafted.pieces)
        for place, piece in enumerate(pieces):
            template = templates.template(piece.template_id)
            for winner in winners_for(piece, template, dossier.winners) if template else ():
                if template and not told_elsewhere(pieces, piece, winner):
                    pieces[place] = self._if_sound(pieces[place], winner, template, dossier.brief)
        return drafted.model_copy(update={"pieces": tuple(pieces)})

    def _if_sound(
        self, piece: ContentPiece, winner: Winner, template: CampaignTemplate, brief: VentureBrief
    ) -> ContentPiece:
        led = with_winner(piece, winner)
        known = set(piece_faults(piece, template, brief, self._job.policies))
        new = set(piece_faults(led, template, brief, self._job.policies)) - known
        return piece if new else led

    def _with_model(
        self,
        dossier: Dossier,
        templates: TemplateSet,
        drafted: CampaignContent,
        variants: int,
        tone: str,
        revision: int,
    ) -> CampaignContent:
        # OpenAI's client comes with it, which costs the playbook's runs half a second.
        from agents.writer import write_all

        kept = [_kept(piece, templates, dossier.winners) for piece in drafted.pieces]
        requests = [
            self._request(dossier.brief, templates, piece, variants, tone, revision, won)
            for piece, won in zip(drafted.pieces, kept, strict=True)
        ]
        results = write_all(
            requests, self._job.settings, self._job.ledger, budget=self._job.budget, wire=self._job.wire
        )
        self._job.attempted(revision, {result.id: result.tries for result in results})
        pieces = [self._piece(draft, result) for draft, result in zip(drafted.pieces, results, strict=True)]
        # What won stays the control, whatever the model made of it.
        return self._led(dossier, templates, drafted.model_copy(update={"pieces": tuple(pieces)}))

    def _request(
        self,
        brief: VentureBrief,
        templates: TemplateSet,
        draft: ContentPiece,
        variants: int,
        tone: str,
        revision: int,
        won: Sequence[Winner],
    ) -> "WriteRequest[PieceCopy]":
        from agents.writer import WriteRequest

        template = templates.template(draft.template_id)
        segment = next(s for s in brief.segments if s.id == draft.segment_id)
        if template is None:
            raise StepFailed(f"the template {draft.template_id} is not stored")
        return WriteRequest(
            id=draft.piece_id,
            system=self._system(brief, tone),
            user=self._user(brief, template, segment, draft, variants, tone, won),
            output=PieceCopy,
            seed=int(sha256_of([draft.piece_id, revision])[:8], 16) % 2**31,
            max_tokens=2000,
            step="2.2",
            check=lambda copy: piece_faults(assembled(draft, copy, ""), template, brief, self._job.policies),
        )

    def _system(self, brief: VentureBrief, tone: str) -> str:
        brand = brief.brand
        return fill(
            self._job.prompts["copy_system.md"],
            {
                "venture_name": one_line(brief.name),
                "voice": brand.voice,
                "voice_description": one_line(brand.description),
                "tone": one_line(tone),
                "preferred": one_line(", ".join(brand.preferred_words)) or "plain words",
                "banned": one_line(", ".join(brand.banned_words)) or "none named",
            },
        )

    def _user(
        self,
        brief: VentureBrief,
        template: CampaignTemplate,
        segment: Segment,
        draft: ContentPiece,
        variants: int,
        tone: str,
        won: Sequence[Winner],
    ) -> str:
        step = next(s for s in template.steps if s.step == draft.step)
        facts = [{"id": fact.id, "text": fact.text} for fact in _tellable(brief, segment.id)]
        return fill(
            self._job.prompts["copy_piece.md"],
            {
                "venture_name": one_line(brief.name),
                "segment_name": one_line(segment.name),
                "value_proposition": one_line(segment.value_proposition),
                "voice": brief.brand.voice,
                "campaign_type": template.type,
                "content_type": f"{step.name}: {one_line(step.role)}",
                "tone": one_line(tone),
                "cta": draft.cta,
                "elements": [
                    _limits(v, variants if draft.tested in (None, v.name) else 1)
                    for e in draft.elements
                    if (v := template.variable(e.variable))
                ],
                "winners": [one_line(f"{one.variable}: {one.text} ({one.figures})") for one in won],
                "comments": [one_line(comment) for comment in self._job.comments],
                "facts": canonical_json(facts),
                "draft": canonical_json([{e.variable: [v.text for v in e.variants]} for e in draft.elements]),
            },
        )

    def _piece(self, draft: ContentPiece, result: "WriteResult[PieceCopy]") -> ContentPiece:
        model = self._job.settings.model
        if result.value is None:
            label = stand_in_label(model, str(result.failure))
            made = _making(PLAYBOOK, draft.made.seed if draft.made else None, result.tries)
            return draft.model_copy(update={"generated_by": label[:400], "made": made})
        written = assembled(draft, result.value, model)
        made = _making(model, result.tries[-1].seed, result.tries)
        return written.model_copy(update={"made": made, "prompt_version": prompt_version(self._job.prompts)})


def _kept(piece: ContentPiece, templates: TemplateSet, winners: Sequence[Winner]) -> tuple[Winner, ...]:
    """What won at a draft's place and leads it."""
    template = templates.template(piece.template_id)
    found = winners_for(piece, template, winners) if template else ()
    return tuple(winner for winner in found if leads(piece, winner))


def prompt_version(prompts: Mapping[str, str]) -> str:
    """The hash of both prompts of a piece: any change of their text is another version."""
    return f"copy-{sha256_of([prompts[name] for name in PROMPTS])[:16]}"


def _making(writer: str, seed: int | None, tries: Sequence[Try]) -> Making:
    """How a piece came about; what its refused attempts took counts, also where the playbook stands in."""
    costs = [one.cost for one in tries if one.cost is not None]
    return Making(
        model=writer,
        seed=seed,
        prompt_tokens=sum(one.prompt_tokens for one in tries),
        completion_tokens=sum(one.completion_tokens for one in tries),
        cost=sum(costs, Decimal(0)) if len(costs) == len(tries) else None,
        attempts=max(len(tries), 1),
    )


def _as_drafted(draft: ContentPiece) -> ContentPiece:
    return draft if draft.made else draft.model_copy(update={"made": UNMADE})


def assembled(draft: ContentPiece, copy: PieceCopy, model: str) -> ContentPiece:
    """The piece with a model's texts; links, ids and the call to action stay the core's."""
    return draft.model_copy(
        update={
            "elements": tuple(
                ContentElement(
                    variable=element.variable,
                    variants=tuple(
                        Variant(label=label, text=text) for label, text in zip(LABELS, element.variants, strict=False)
                    ),
                )
                for element in copy.elements
            ),
            "claims": tuple(Claim(text=claim.text, fact_id=claim.fact_id) for claim in copy.claims),
            "generated_by": model or draft.generated_by,
        }
    )


def _only(templates: TemplateSet, campaign_ids: Sequence[str]) -> TemplateSet:
    campaigns = tuple(c for c in templates.campaigns if c.campaign_id in campaign_ids)
    return templates.model_copy(update={"campaigns": campaigns})


def _limits(variable: Variable, versions: int) -> str:
    words = f", at most {variable.max_words} words" if variable.max_words else ""
    count = counted(versions, "version")
    return f"{variable.name}, {count}: {variable.purpose} (at most {variable.max_characters} characters{words})"


def _tellable(brief: VentureBrief, segment_id: str) -> tuple[Fact, ...]:
    """What copy for a segment may rest on, as a model is told it."""
    facts = (fact for fact in brief.facts_for(segment_id) if not fact.assumed)
    return (*facts, *(statements(brief, segment_id) if is_thin(brief, segment_id) else ()))
