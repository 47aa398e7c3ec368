"""An ad as its network shows it, for review: copy in place, the picture as a described box, its limits beside it."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple
from urllib.parse import urlsplit

from markupsafe import Markup

from gtm.automation.layouts import HtmlLayout
from gtm.domain.brief import VentureBrief
from gtm.domain.campaign import CampaignTemplate, ContentPiece, TemplateStep
from gtm.domain.errors import shorten
from gtm.domain.mail_text import direction, language
from gtm.domain.names import name_of
from gtm.domain.rendering import placeholders, render

PARTS = frozenset((
    "lang", "dir", "title", "style", "network", "place", "search", "mark", "initial", "brand", "host", "text",
    "caption", "picture", "image", "alt", "headline", "button", "limits", "notes", "notes_title",
))  # fmt: skip
"""What a layout may name."""
NEEDED = frozenset(("style", "brand", "text", "headline", "button", "limits", "image"))
"""What it must name."""

TITLE = 70
"""Characters of a post's own words in the title of its preview."""

_TEXT = ("primary_text", "caption")
_NOTES = ("brief",)
_MARKS: Mapping[str, str] = {"linkedin": "Promoted", "twitter-ads": "Promoted", "influencer-partnerships": "Paid"}
_OURS = ("image_brief", "brief")
"""Parts that tell people what to make; the network takes none of them."""
_BUTTONLESS = frozenset(("twitter-ads",))
"""Networks that draw no button: X took it off its website cards, whose title and picture lead on (X Ads API, cards)."""
_NO_COPY = frozenset(("cta_text", "cta_url"))


class _Part(NamedTuple):
    """A part of an ad: the slot's name, its text, and the most characters that it may have; 0 for no limit."""

    name: str
    text: str
    most: int


def ad_card(
    brief: VentureBrief, template: CampaignTemplate, step: TemplateStep, piece: ContentPiece, label: str,
    layout: HtmlLayout,
) -> str:  # fmt: skip
    """The ad as HTML.

    Args:
        brief: the venture.
        template: the ads' template, which declares what each part may hold.
        step: the step of the piece; its name is the network.
        piece: the copy.
        label: the variant, A to E.
        layout: config/pages/ad.html.

    Raises:
        UnknownVariable, TemplateRefused: a slot of the template cannot be filled.
    """
    parts = {part.name: part for part in _parts(template, step, piece, label)}
    texts = {name: part.text for name, part in parts.items()}
    headline = texts.get("headline") or _joined(texts, "headline_", " | ")
    text = next((texts[name] for name in _TEXT if name in texts), "") or _joined(texts, "description_", " ")
    longest = max(text, headline, key=len)
    segment = next((s.name for s in brief.segments if s.id == piece.segment_id), piece.segment_id)
    place = name_of(step.name.replace("-", "_"))
    return render(
        layout.html,
        {
            "lang": language(longest),
            "dir": direction(longest),
            # A creator's post has no headline: what it says first stands in its place.
            "title": f"{place}: {headline or shorten(text, TITLE) or brief.name}",
            "style": layout.style,
            "network": step.name,
            "place": f"{place}, for {segment}, version {label}",
            "search": any(name.startswith("headline_") for name in texts),
            "caption": step.name == "instagram-ads",
            "mark": _MARKS.get(step.name, "Sponsored"),
            "initial": brief.name[:1].upper(),
            "brand": brief.name,
            "host": urlsplit(piece.cta_url).hostname or "",
            "text": text,
            "headline": headline,
            "picture": "Picture, to be made" if "image_brief" in texts else "The creator's own picture or film",
            "image": texts.get("image_brief", ""),
            "alt": texts.get("alt_text", ""),
            "button": "" if step.name in _BUTTONLESS else piece.composed(label).get("cta_text", ""),
            "limits": Markup("\n").join(_row(part) for part in parts.values() if part.most),
            "notes": "\n".join(texts[name] for name in _NOTES if name in texts),
            "notes_title": "What the creator is told",
        },
        html=True,
    )


def _parts(template: CampaignTemplate, step: TemplateStep, piece: ContentPiece, label: str) -> Iterator[_Part]:
    copy = piece.composed(label)
    for slot in step.slots:
        names = placeholders(slot.text)
        if names & _NO_COPY:
            continue
        declared = [v for v in template.variables if v.name in names]
        most = declared[0].max_characters if len(declared) == 1 and slot.name not in _OURS else 0
        yield _Part(slot.name, render(slot.text, {**template.fallbacks, **copy}).strip(), most)
    button = template.variable("cta_text")
    # An ad in a search has no button: its headline leads on.
    bare = step.name in _BUTTONLESS or any(slot.name.startswith("headline_") for slot in step.slots)
    if button is not None and not bare:
        yield _Part("button", copy.get("cta_text", ""), button.max_characters)


def _joined(texts: Mapping[str, str], prefix: str, between: str) -> str:
    """`headline_1`, `headline_2`… as one line, as a search engine shows them."""
    return between.join(text for name, text in texts.items() if name.startswith(prefix))


def _row(part: _Part) -> Markup:
    over = len(part.text) > part.most
    row = Markup("<tr><th scope='row'>{}</th><td{}>{}{}</td><td>{}</td></tr>")
    mark = Markup(" class='over'") if over else Markup("")
    return row.format(name_of(part.name), mark, len(part.text), ", too long" if over else "", part.most)
