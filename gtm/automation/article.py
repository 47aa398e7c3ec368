"""A post or any other copy that is neither mail, ad nor page, as a reader's page, for review."""

import re
from collections.abc import Iterator
from itertools import groupby

from markupsafe import Markup

from gtm.automation.layouts import HtmlLayout
from gtm.domain.brief import VentureBrief
from gtm.domain.campaign import CampaignTemplate, ContentPiece, TemplateStep
from gtm.domain.mail_text import direction, language
from gtm.domain.names import name_of
from gtm.domain.rendering import placeholders, render

PARTS = frozenset((
    "lang", "dir", "title", "style", "brand", "headline", "description", "body", "button", "more",
))  # fmt: skip
"""What a layout may name."""
NEEDED = frozenset(("style", "headline", "body", "more"))
"""What it must name."""

_BODY = ("article", "outline", "text")
_HEADS = ("headline", "description", "cta")


def article(
    brief: VentureBrief, template: CampaignTemplate, step: TemplateStep, piece: ContentPiece, label: str,
    layout: HtmlLayout, leave_out: frozenset[str] = frozenset(),
) -> str:  # fmt: skip
    """The piece as HTML: title, summary, text; every other slot in a box of its own.

    Args:
        brief: the venture.
        template: the piece's template.
        step: the step of the piece.
        piece: the copy.
        label: the variant, A to E.
        layout: config/pages/article.html.
        leave_out: slots that are shown elsewhere, such as those of the mail that goes with a post.

    Raises:
        UnknownVariable, TemplateRefused: a slot of the template cannot be filled.
    """
    texts = _texts(template, step, piece, label, leave_out)
    body = "\n\n".join(texts[name] for name in _BODY if name in texts)
    headline = texts.get("headline") or name_of(step.name.replace("-", "_"))
    longest = max(headline, body, key=len)
    return render(
        layout.html,
        {
            "lang": language(longest),
            "dir": direction(longest),
            "title": headline,
            "style": layout.style,
            "brand": brief.name,
            "headline": headline,
            "description": texts.get("description", ""),
            "body": Markup("\n").join(_blocks(body)),
            "button": piece.composed(label).get("cta_text", "") if "cta" in texts else "",
            "more": Markup("\n").join(
                Markup('<section class="extra"><h2>{}</h2><p dir="auto">{}</p></section>').format(name_of(name), text)
                for name, text in texts.items()
                if name not in (*_BODY, *_HEADS)
            ),
        },
        html=True,
    )


def _texts(
    template: CampaignTemplate, step: TemplateStep, piece: ContentPiece, label: str, leave_out: frozenset[str]
) -> dict[str, str]:
    """The text of each slot; what each recipient's own data fills stays a name in angle quotes."""
    known: dict[str, str] = {v.name: f"‹{v.name.replace('_', ' ')}›" for v in template.variables}
    known |= {"cta_url": piece.cta_url} | dict(piece.composed(label))
    return {
        slot.name: render(slot.text, {name: known.get(name, "") for name in placeholders(slot.text)}).strip()
        for slot in step.slots
        if slot.name not in leave_out
    }


def _blocks(text: str) -> Iterator[Markup]:
    """Paragraphs, lists and headings of a text; headings as Markdown marks them."""
    for block in re.split(r"\n\s*\n", text.strip()):
        lines = [line.strip() for line in block.split("\n") if line.strip()]
        if not lines:
            continue
        if heading := re.match(r"^#{1,6}\s+(.+)$", lines[0]):
            yield Markup('<h2 dir="auto">{}</h2>').format(heading[1])
            lines = lines[1:]
        # A line that says what a list is of stands right above its points.
        for listed, group in groupby(lines, key=lambda line: line.startswith(("- ", "* "))):
            if listed:
                items = Markup("").join(Markup('<li dir="auto">{}</li>').format(line[2:]) for line in group)
                yield Markup("<ul>{}</ul>").format(items)
            else:
                yield Markup('<p dir="auto">{}</p>').format(Markup("<br>").join(group))
