"""Campaign templates and content (SOP steps 2.1 and 2.2).

A template's text has two sorts of placeholder: `content` variables, which ContentGenerator fills for each segment
with at least two variants, and `recipient` variables, which are filled for each person when a message is sent.
"""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from gtm.domain.base import LongText, Model, Share, Slug, Text, VentureId
from gtm.domain.campaign_kinds import KINDS, CampaignKind
from gtm.domain.conditions import number_of
from gtm.domain.vocabulary import BrandVoice, CampaignType, Channel, Cta

VariableName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,40}$")]
VariableType = Literal["text", "line", "url", "date", "number"]
_WEB = re.compile(r"^https?://[^\s\"'<>{}\\]+$")

CONTROL = "A"
"""The variant that the others are compared with."""


class Variable(Model):
    """A declared placeholder.

    Attributes:
        type: what it may hold; a line has no break.
        filled_by: `content` by ContentGenerator per segment and variant, `recipient` at send time.
        max_characters: the longest text allowed (a network's limit where there is one).
        max_words: domain.md content length; None where characters rule.
        ab_tested: whether this element carries two or more variants.
    """

    name: VariableName
    type: VariableType = "text"
    filled_by: Literal["content", "recipient"]
    purpose: Text
    max_characters: Annotated[int, Field(ge=1, le=20000)]
    max_words: Annotated[int, Field(ge=1, le=2000)] | None = None
    required: bool = True
    fallback: str = ""
    ab_tested: bool = True

    def fault(self, text: str) -> str:
        """Why a text cannot stand in its place, as a phrase; empty when it can."""
        if not text:
            return f"{self.name} is missing" if self.required else ""
        if len(text) > self.max_characters:
            return f"{self.name} has {len(text)} characters; allowed: {self.max_characters}"
        if self.type != "text" and len(text.splitlines()) > 1:
            return f"{self.name} breaks into lines; it is a {self.type}"
        if self.type == "url" and not _WEB.match(text):
            return f"{self.name} is no web address"
        if self.type == "number" and number_of(text) is None:
            return f"{self.name} is no number"
        return ""


class Slot(Model):
    """A named part of a step, such as subject, body or headline, as a Jinja text over declared variables."""

    name: VariableName
    text: LongText


class TemplateStep(Model):
    """One message, ad or page.

    Attributes:
        delay_hours: from the step before.
        tested: the content variable that has versions; None leaves the choice to `variable_under_test`.
    """

    step: Annotated[int, Field(ge=1, le=10)]
    name: Slug
    role: Text
    delay_hours: Annotated[int, Field(ge=0, le=720)] = 0
    tested: VariableName | None = None
    slots: tuple[Slot, ...]


class CampaignTemplate(Model):
    """A template of step 2.1."""

    template_id: Slug
    type: CampaignType
    name: Text
    channel: Channel | Literal["web"]
    steps: Annotated[tuple[TemplateStep, ...], Field(min_length=1, max_length=10)]
    variables: tuple[Variable, ...]

    @property
    def kind(self) -> CampaignKind:
        """What campaigns of its type are made of."""
        return KINDS[self.type]

    def variable(self, name: str) -> Variable | None:
        """The declared variable of that name."""
        return next((v for v in self.variables if v.name == name), None)

    @property
    def fallbacks(self) -> dict[str, str]:
        """What stands where nothing is given, by variable; nothing for one that may be left out."""
        return {v.name: v.fallback for v in self.variables if v.fallback or not v.required}


class Claim(Model):
    """A statement in copy and the venture fact that carries it."""

    text: Text
    fact_id: Slug


class Variant(Model):
    """One version of an element; label A, B, C…"""

    label: Annotated[str, Field(pattern=r"^[A-E]$")]
    text: LongText


class ContentElement(Model):
    """A content variable filled, in two to five variants."""

    variable: VariableName
    variants: Annotated[tuple[Variant, ...], Field(min_length=1, max_length=5)]

    def text(self, label: str) -> str:
        """The variant's text; where an element has no such label, its first."""
        return next((v.text for v in self.variants if v.label == label), self.variants[0].text)


class Making(Model):
    """How a piece came about.

    Attributes:
        model: who wrote it, or `playbook`.
        seed: what its choices were drawn with; None where the model takes none.
        cost: US dollars over all attempts; None where no price is known.
        attempts: how often it was written, the first time included.
    """

    model: Text
    seed: Annotated[int, Field(ge=0, lt=2**63)] | None = None
    prompt_tokens: Annotated[int, Field(ge=0)] = 0
    completion_tokens: Annotated[int, Field(ge=0)] = 0
    cost: Annotated[Decimal, Field(ge=0)] | None = None
    attempts: Annotated[int, Field(ge=1)] = 1


class ContentPiece(Model):
    """The copy of one step of one template for one segment.

    Attributes:
        tested: the element whose versions are compared; None where every element has versions of its own.
        framework: the pattern that it is written by, such as `AIDA`; where the tested element's versions follow
            different ones, those of all versions, A first.
        made: how it came about, where that is known.
    """

    piece_id: Annotated[str, Field(pattern=r"^[a-z0-9-]+(/[a-z0-9-]+){2}$")]
    campaign_id: Slug
    template_id: Slug
    segment_id: Slug
    step: Annotated[int, Field(ge=1, le=10)]
    elements: tuple[ContentElement, ...]
    cta: Cta
    cta_url: Text
    claims: tuple[Claim, ...] = ()
    generated_by: Text
    prompt_version: Text
    brand_voice_score: Share | None = None
    tested: VariableName | None = None
    framework: Annotated[str, Field(max_length=80)] = ""
    made: Making | None = None

    def element(self, variable: str) -> ContentElement | None:
        """The element that fills a variable."""
        return next((e for e in self.elements if e.variable == variable), None)

    def composed(self, label: str) -> Mapping[str, str]:
        """What a reader of variant `label` gets, by variable: that variant of the tested element and A of the others.

        Without a tested element it is the variant's text of every element; where one has no such label, its first.
        """
        return {e.variable: e.text(label if self.tested in (None, e.variable) else CONTROL) for e in self.elements}


class CampaignContent(Model):
    """All pieces of a run (step 2.2)."""

    venture_id: VentureId
    voice: BrandVoice
    pieces: tuple[ContentPiece, ...]


class Campaign(Model):
    """A campaign: a template for the venture's segments on a channel, with its share of the budget."""

    campaign_id: Slug
    name: Text
    type: CampaignType
    template_id: Slug
    channels: tuple[Channel, ...]
    segments: tuple[Slug, ...]
    cta: Cta
    objective: Text

    @property
    def kind(self) -> CampaignKind:
        """What campaigns of its type are made of."""
        return KINDS[self.type]

    @property
    def advertises_session(self) -> bool:
        """Whether its ads lead to a session, so that they are of use until the session takes place."""
        return self.kind.look == "ad" and self.cta == "register_webinar"


class TemplateSet(Model):
    """What PLAN creates in step 2.1: the campaigns and the templates they use."""

    venture_id: VentureId
    campaigns: tuple[Campaign, ...]
    templates: tuple[CampaignTemplate, ...]

    def template(self, template_id: str) -> CampaignTemplate | None:
        """The template of that id."""
        return next((t for t in self.templates if t.template_id == template_id), None)
