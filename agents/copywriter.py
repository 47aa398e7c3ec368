"""Writes the copy of a run: the playbook drafts it, a live model writes on from the draft, many pieces at a time.

A piece that the model does not deliver in its attempts keeps the playbook's draft and says so in `generated_by`.
"""

import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from agents.budget import RunBudget
from agents.copy_answer import PieceCopy, assembled
from agents.copy_order import Order, as_shown, limits, tellable, texts_of
from agents.models import ModelSettings
from agents.prompting import fill, one_line
from agents.redrafting import redrafted
from agents.usage import PLAYBOOK, Try, UsageLedger
from agents.wire import Wire
from gtm.domain.base import canonical_json, sha256_of
from gtm.domain.brief import Segment, VentureBrief
from gtm.domain.campaign import (
    CampaignContent,
    CampaignTemplate,
    ContentPiece,
    Making,
    TemplateSet,
)
from gtm.domain.channels import ChannelPlan
from gtm.domain.dossier import Dossier
from gtm.domain.drafting import stand_in_label
from gtm.domain.errors import ConnectorError, StepFailed
from gtm.domain.page_address import served_pages
from gtm.domain.playbook_data import PlaybookData
from gtm.domain.proofing import Proofreader
from gtm.domain.rework import WHOLE, Rework
from gtm.domain.spec import Policies
from gtm.domain.winners import Winner
from gtm.playbook.copy import draft_content, draft_piece
from gtm.playbook.directives import Directives, read_comments
from gtm.playbook.winners import leads, told_elsewhere, winners_for, with_winner
from gtm.policies.claims import known_names
from gtm.policies.content import piece_faults
from gtm.policies.piece_checks import BUTTON, buttons_of

if TYPE_CHECKING:
    from agents.writer import WriteRequest, WriteResult

_LOG = logging.getLogger(__name__)
PROMPTS = ("copy_system.md", "copy_piece.md")
UNMADE = Making(model=PLAYBOOK, cost=Decimal(0))
"""How the playbook's drafts came about: no model was asked."""


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
        rework: a revision → which of its pieces are made anew.
        public_url: where the run's pages are served to everybody; None where they are not.
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
    rework: Callable[[int], Rework] = lambda _revision: WHOLE
    public_url: str | None = None


class Copywriter:
    """The copywriter that `generate_content` uses.

    Args:
        job: what stays the same for all pieces.
    """

    def __init__(self, job: CopyJob) -> None:
        self._job = job
        self._names: dict[str, Collection[str]] = {}

    def write(
        self, dossier: Dossier, campaign_ids: tuple[str, ...], variants: int, tone: str, revision: int
    ) -> CampaignContent:
        """All pieces of the named campaigns, in the templates' order; what the rework keeps is not touched.

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
        chosen, rework = _only(dossier.templates, campaign_ids), self._job.rework(revision)
        pages = served_pages(self._job.public_url, dossier.templates)
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
            pages=pages,
        )
        drafted = self._led(dossier, chosen, drafted)
        order = Order(dossier.brief, chosen, rework, variants, tone, revision, dossier.winners, pages)
        drafts = [piece for piece in drafted.pieces if piece.piece_id not in rework.kept]
        if rework.kept:
            drafts = [self._redrafted(draft, order, dossier.channels) for draft in drafts]
        made = self._made(drafts, order)
        written = [rework.kept.get(piece.piece_id) or made[piece.piece_id] for piece in drafted.pieces]
        content = drafted.model_copy(update={"pieces": tuple(written)})
        if self._job.settings.live:
            # What won stays the control, whatever the model made of it; what is kept is not touched.
            content = self._led(dossier, chosen, content)
        pieces = (rework.kept.get(piece.piece_id, piece) for piece in content.pieces)
        return content.model_copy(update={"pieces": tuple(pieces)})

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

    def _redrafted(self, draft: ContentPiece, order: Order, plan: ChannelPlan) -> ContentPiece:
        """The playbook's text for a piece that is made anew, in words that pass its checks if it has any."""
        job, rework, piece_id = self._job, order.rework, draft.piece_id
        template, asked = order.templates.template(draft.template_id), rework.comments.get(piece_id)
        directives = read_comments((*job.comments, *asked)) if asked else job.directives

        def wording(number: int) -> ContentPiece:
            return draft_piece(
                order.brief,
                order.templates,
                plan,
                job.policies,
                job.playbook,
                template_id=draft.template_id,
                segment_id=draft.segment_id,
                step=draft.step,
                starts=job.starts,
                revision=number,
                directives=directives,
                variants=order.variants,
                pages=order.pages,
            )

        def faults(piece: ContentPiece) -> Sequence[str]:
            return self._faults(piece, template, order.brief) if template else ()

        # Only the steps of a sequence reach the same reader one after the other.
        beside = rework.kept.values() if template and template.kind.sequence else ()
        return redrafted(
            wording, order.revision, rework.before.get(piece_id), beside, faults, shorter=directives.shorter
        )

    def _made(self, drafts: Sequence[ContentPiece], order: Order) -> dict[str, ContentPiece]:
        """The pieces by id: the model's where it may be asked and passes, else the playbook's."""
        if not self._job.settings.live or self._job.stand_in():
            return {draft.piece_id: _as_drafted(draft) for draft in drafts}
        # OpenAI's client comes with it, which costs the playbook's runs half a second.
        from agents.writer import REPAIRS, write_all

        left = {draft.piece_id: REPAIRS - order.sent_back(draft.piece_id) for draft in drafts}
        asked = [draft for draft in drafts if left[draft.piece_id] >= 0]
        results = write_all(
            [self._request(draft, order, left[draft.piece_id]) for draft in asked],
            self._job.settings,
            self._job.ledger,
            budget=self._job.budget,
            wire=self._job.wire,
        )
        self._job.attempted(order.revision, {result.id: result.tries for result in results})
        made = {draft.piece_id: self._piece(draft, r, order) for draft, r in zip(asked, results, strict=True)}
        return made | {draft.piece_id: self._given_up(draft, order) for draft in drafts if draft not in asked}

    def _given_up(self, draft: ContentPiece, order: Order) -> ContentPiece:
        """The playbook's piece for one that went back as often as it may."""
        why = "; ".join(order.rework.findings.get(draft.piece_id, ()))
        before = order.rework.before[draft.piece_id]
        return draft.model_copy(
            update={
                "generated_by": stand_in_label(self._job.settings.model, f"refused each time: {why}")[:400],
                "made": before.made,
            }
        )

    def _faults(self, piece: ContentPiece, template: CampaignTemplate, brief: VentureBrief) -> Sequence[str]:
        """What stops a piece by itself; a proofreader reads what passes everything else."""
        policies, reader = self._job.policies, self._job.proofreader
        found = piece_faults(piece, template, brief, policies)
        if found or reader is None:
            return found
        try:
            read = reader.read(texts_of(piece), self._names_of(brief))
        except ConnectorError as error:
            # The step's verdict asks it again, and says so when it is silent there, too.
            _LOG.warning("%s was not read, as the language checkers did not answer: %s", piece.piece_id, error)
            return found
        return piece_faults(piece, template, brief, policies, read)

    def _names_of(self, brief: VentureBrief) -> Collection[str]:
        if brief.id not in self._names:
            self._names[brief.id] = known_names(brief)
        return self._names[brief.id]

    def _request(self, draft: ContentPiece, order: Order, repairs: int) -> "WriteRequest[PieceCopy]":
        from agents.writer import WriteRequest

        brief, template = order.brief, order.templates.template(draft.template_id)
        segment = next(s for s in brief.segments if s.id == draft.segment_id)
        if template is None:
            raise StepFailed(f"the template {draft.template_id} is not stored")
        won = _kept(draft, order.templates, order.winners)
        return WriteRequest(
            id=draft.piece_id,
            system=self._system(brief, order.tone),
            user=self._user(template, segment, draft, order, won),
            output=PieceCopy,
            seed=int(sha256_of([draft.piece_id, order.revision])[:8], 16) % 2**31,
            max_tokens=2000,
            step="2.2",
            check=lambda copy: self._faults(assembled(draft, copy, ""), template, brief),
            repairs=repairs,
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
        template: CampaignTemplate,
        segment: Segment,
        draft: ContentPiece,
        order: Order,
        won: Sequence[Winner],
    ) -> str:
        brief, before = order.brief, order.rework.before.get(draft.piece_id)
        comments = (*self._job.comments, *order.rework.comments.get(draft.piece_id, ()))
        step = next(s for s in template.steps if s.step == draft.step)
        facts = [{"id": fact.id, "text": fact.text} for fact in tellable(brief, segment.id)]
        taken = buttons_of(draft, template, self._job.policies)
        return fill(
            self._job.prompts["copy_piece.md"],
            {
                "venture_name": one_line(brief.name),
                "segment_name": one_line(segment.name),
                "value_proposition": one_line(segment.value_proposition),
                "voice": brief.brand.voice,
                "campaign_type": template.type,
                "content_type": f"{step.name}: {one_line(step.role)}",
                "tone": one_line(order.tone),
                "cta": draft.cta,
                "elements": [
                    limits(
                        v, order.variants if draft.tested in (None, v.name) else 1, taken if v.name == BUTTON else ()
                    )
                    for e in draft.elements
                    if (v := template.variable(e.variable))
                ],
                "winners": [one_line(f"{one.variable}: {one.text} ({one.figures})") for one in won],
                "comments": [one_line(comment) for comment in comments],
                "findings": [one_line(found) for found in order.rework.findings.get(draft.piece_id, ())],
                "before": as_shown(before) if before else "",
                "facts": canonical_json(facts),
                "draft": as_shown(draft),
            },
        )

    def _piece(self, draft: ContentPiece, result: "WriteResult[PieceCopy]", order: Order) -> ContentPiece:
        model, earlier = self._job.settings.model, order.earlier(draft.piece_id)
        if result.value is None:
            label = stand_in_label(model, str(result.failure))
            made = _making(PLAYBOOK, draft.made.seed if draft.made else None, result.tries, earlier)
            return draft.model_copy(update={"generated_by": label[:400], "made": made})
        written = assembled(draft, result.value, model)
        made = _making(model, result.tries[-1].seed, result.tries, earlier)
        return written.model_copy(update={"made": made, "prompt_version": prompt_version(self._job.prompts)})


def _kept(piece: ContentPiece, templates: TemplateSet, winners: Sequence[Winner]) -> tuple[Winner, ...]:
    """What won at a draft's place and leads it."""
    template = templates.template(piece.template_id)
    found = winners_for(piece, template, winners) if template else ()
    return tuple(winner for winner in found if leads(piece, winner))


def prompt_version(prompts: Mapping[str, str]) -> str:
    """The hash of both prompts of a piece: any change of their text is another version."""
    return f"copy-{sha256_of([prompts[name] for name in PROMPTS])[:16]}"


def _making(writer: str, seed: int | None, tries: Sequence[Try], earlier: Making | None) -> Making:
    """How a piece came about; what its refused attempts took counts, also where the playbook stands in."""
    costs = [one.cost for one in tries] + ([earlier.cost] if earlier else [])
    known = [cost for cost in costs if cost is not None]
    return Making(
        model=writer,
        seed=seed,
        prompt_tokens=sum(one.prompt_tokens for one in tries) + (earlier.prompt_tokens if earlier else 0),
        completion_tokens=sum(one.completion_tokens for one in tries) + (earlier.completion_tokens if earlier else 0),
        cost=sum(known, Decimal(0)) if len(known) == len(costs) else None,
        attempts=max(len(tries), 1) + (earlier.attempts if earlier else 0),
    )


def _as_drafted(draft: ContentPiece) -> ContentPiece:
    return draft if draft.made else draft.model_copy(update={"made": UNMADE})


def _only(templates: TemplateSet, campaign_ids: Sequence[str]) -> TemplateSet:
    campaigns = tuple(c for c in templates.campaigns if c.campaign_id in campaign_ids)
    return templates.model_copy(update={"campaigns": campaigns})
