"""A piece of content as its reader will see it: the template's slots filled with one variant."""

import re
from dataclasses import dataclass

from gtm.domain.campaign import CampaignTemplate, ContentPiece, TemplateStep
from gtm.domain.rendering import placeholders, render

_CONTENT_OF_A = re.compile(r"([?&]utm_content=[^&#]*)-a(?=&|#|$)")


@dataclass(frozen=True)
class FilledSlot:
    """A slot filled; what each recipient's own data fills at send time still reads `{{ first_name }}`.

    Attributes:
        differs: whether the variants give different texts here.
    """

    name: str
    texts: tuple[tuple[str, str], ...]

    @property
    def first(self) -> str:
        """The text of variant A."""
        return self.texts[0][1] if self.texts else ""

    @property
    def differs(self) -> bool:
        """Whether the variants read differently."""
        return len({text for _, text in self.texts}) > 1

    @property
    def shown(self) -> tuple[tuple[str, str], ...]:
        """What has to be shown: every variant where they differ, else the one text."""
        return self.texts if self.differs else self.texts[:1]


def labels_of(piece: ContentPiece) -> tuple[str, ...]:
    """The variant labels of a piece: A, B and on as far as any element goes."""
    return tuple(sorted({variant.label for element in piece.elements for variant in element.variants})) or ("A",)


def step_of(template: CampaignTemplate, piece: ContentPiece) -> TemplateStep | None:
    """The template's step that a piece fills."""
    return next((step for step in template.steps if step.step == piece.step), None)


def fill(template: CampaignTemplate, piece: ContentPiece) -> tuple[FilledSlot, ...]:
    """Every slot of the piece's step, in every variant.

    Raises:
        TemplateRefused: the template uses what templates may not.
        UnknownVariable: a required content variable was not filled.
    """
    step = step_of(template, piece)
    if step is None:
        return ()
    labels = labels_of(piece)
    return tuple(
        FilledSlot(slot.name, tuple((label, _fill(template, piece, slot.text, label)) for label in labels))
        for slot in step.slots
    )


def variant_url(url: str, label: str) -> str:
    """The tracked link of a variant: a piece carries that of A, whose `utm_content` ends in `-a`."""
    return _CONTENT_OF_A.sub(rf"\1-{label.lower()}", url)


def _fill(template: CampaignTemplate, piece: ContentPiece, text: str, label: str) -> str:
    values = {"cta_url": variant_url(piece.cta_url, label)} | {e.variable: e.text(label) for e in piece.elements}
    for name in placeholders(text) - values.keys():
        variable = template.variable(name)
        if variable is None or variable.filled_by == "recipient":
            values[name] = "{{ " + name + " }}"
        elif not variable.required:
            values[name] = variable.fallback
    return render(text, values)
