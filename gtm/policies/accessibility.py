"""What keeps somebody from reading a page: pictures and fields without words, colours too close, headings out of order.

Rules of WCAG 2.1, level AA, that can be decided on the HTML alone; colours are those of inline styles.
"""

import re
from decimal import Decimal
from html.parser import HTMLParser
from typing import NamedTuple

from gtm.domain.check import CopyCheck


class HtmlFault(NamedTuple):
    """A fault of rendered HTML: the check, the span, why and what mends it."""

    check: CopyCheck
    span: str
    why: str
    repair: str


RATIO = Decimal("4.5")
LARGE_RATIO = Decimal(3)
LARGE_PIXELS = 24
_NAMED = {"white": (255, 255, 255), "black": (0, 0, 0), "red": (255, 0, 0), "gray": (128, 128, 128)}
_HEX = re.compile(r"^#([0-9a-f]{3}|[0-9a-f]{6})$", re.I)
_RGB = re.compile(r"^rgb\(\s*(\d{1,3})\s*,\s*(\d{1,3})\s*,\s*(\d{1,3})\s*\)$", re.I)
_NO_WORDS = re.compile(
    r"^(?:image|img|picture|photo|logo|graphic|untitled|placeholder|.*\.(?:png|jpe?g|gif|svg|webp))$", re.I
)
_VOID = frozenset({"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"})
_UNLABELLED = frozenset({"hidden", "submit", "button", "reset", "image"})
Colour = tuple[int, int, int]


def says_nothing(alternative: str) -> bool:
    """Whether a picture's alternative text is empty or a mere word for a picture, such as `image` or a file's name."""
    return not alternative.strip() or bool(_NO_WORDS.match(alternative.strip()))


def colour_of(text: str) -> Colour | None:
    """The colour that a CSS value names; None for one that is not told by the value itself."""
    text = text.strip().lower()
    if text in _NAMED:
        red, green, blue = _NAMED[text]
        return red, green, blue
    if match := _HEX.match(text):
        digits = match.group(1)
        pairs = [d * 2 for d in digits] if len(digits) == 3 else [digits[i : i + 2] for i in (0, 2, 4)]
        return int(pairs[0], 16), int(pairs[1], 16), int(pairs[2], 16)
    if match := _RGB.match(text):
        return int(match.group(1)), int(match.group(2)), int(match.group(3))
    return None


def contrast(one: Colour, other: Colour) -> Decimal:
    """The contrast ratio of two colours, 1 to 21 (WCAG 2.1)."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return Decimal(str((lighter + 0.05) / (darker + 0.05))).quantize(Decimal("0.01"))


def _luminance(colour: Colour) -> float:
    parts = [value / 255 for value in colour]
    red, green, blue = (p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def accessibility_faults(html: str) -> tuple[HtmlFault, ...]:
    """What is wrong with a page, in its order."""
    reader = _Page(html)
    reader.feed(html)
    reader.close()
    return tuple(reader.faults)


class _Open:
    """An element that is open: what its words look like, and which words it has."""

    def __init__(self, tag: str, text: Colour, ground: Colour, hidden: bool, pixels: float) -> None:
        self.tag, self.text, self.ground, self.hidden, self.pixels = tag, text, ground, hidden, pixels
        self.words = ""


class _Page(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.faults: list[HtmlFault] = []
        self._stack = [_Open("", (0, 0, 0), (255, 255, 255), False, 16.0)]
        self._level = self._firsts = 0
        self._labelled = frozenset(re.findall(r"<label[^>]*\bfor=[\"']([^\"']+)", html, re.I))

    def _fault(self, span: str, why: str, repair: str) -> None:
        self.faults.append(HtmlFault("content.accessibility", span, why, repair))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: (value or "").strip() for name, value in attrs}
        shown = self.get_starttag_text() or tag
        if tag == "html" and not values.get("lang"):
            self._fault(shown, "the page does not say its language", 'write <html lang="en">')
        if tag == "img":
            self._picture(shown, values, "alt" in values)
        if tag in ("input", "select", "textarea"):
            self._field(shown, values)
        if re.fullmatch(r"h[1-6]", tag):
            self._heading(shown, int(tag[1]))
        if tag not in _VOID:
            self._stack.append(self._opened(tag, values.get("style", "")))
            self._stack[-1].words = values.get("aria-label", "")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        depth = next((n for n in range(len(self._stack) - 1, 0, -1) if self._stack[n].tag == tag), 0)
        if not depth:
            return
        closed = self._stack[depth]
        del self._stack[depth:]
        self._stack[-1].words += closed.words
        wordless = not closed.words.strip() and not closed.hidden
        if wordless and (tag in ("a", "button") or re.fullmatch(r"h[1-6]", tag)):
            self._fault(f"<{tag}>", "it has no words, so nobody hears what it is", "write some, or leave it out")

    def handle_data(self, data: str) -> None:
        here = self._stack[-1]
        if not data.strip() or here.tag in ("style", "script", "title"):
            return
        here.words += data
        needed = LARGE_RATIO if here.pixels >= LARGE_PIXELS else RATIO
        ratio = contrast(here.text, here.ground)
        if ratio < needed and not here.hidden:
            why = f"its contrast is {ratio}, at least {needed} is asked"
            self._fault(data.strip(), why, "take a darker or lighter colour")

    def _opened(self, tag: str, style: str) -> _Open:
        outer = self._stack[-1]
        rules = {name.strip().lower(): value.strip() for name, _, value in (r.partition(":") for r in style.split(";"))}
        ground = colour_of(rules.get("background-color", "")) or colour_of(rules.get("background", "").split(" ")[0])
        size = re.match(r"(\d+(?:\.\d+)?)px", rules.get("font-size", ""))
        hidden = outer.hidden or rules.get("display", "") == "none" or tag in ("style", "script", "head")
        return _Open(
            tag,
            colour_of(rules.get("color", "")) or outer.text,
            ground or outer.ground,
            hidden,
            float(size.group(1)) if size else outer.pixels,
        )

    def _picture(self, shown: str, values: dict[str, str], told: bool) -> None:
        words = values.get("alt", "")
        if not told:
            self._fault(shown, "the picture has no alternative text", 'add alt="…", empty for mere decoration')
        elif words and _NO_WORDS.match(words):
            self._fault(shown, f"“{words}” does not say what the picture shows", "say what it shows")
        self._stack[-1].words += words

    def _field(self, shown: str, values: dict[str, str]) -> None:
        if values.get("type", "text").lower() in _UNLABELLED:
            return
        inside = any(element.tag == "label" for element in self._stack)
        if not (inside or values.get("aria-label") or values.get("id") in self._labelled):
            self._fault(shown, "the field has no label", "put a <label> beside it")

    def _heading(self, shown: str, level: int) -> None:
        self._firsts += level == 1
        if level == 1 and self._firsts > 1:
            self._fault(shown, "a second heading of the first level", "make it an h2")
        elif level > self._level + 1:
            why = f"a heading of level {level} after level {self._level}"
            self._fault(shown, why, f"make it an h{self._level + 1}")
        self._level = level
