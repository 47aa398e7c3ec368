"""What the parts of a page, an ad or an article stand in: HTML with names in it, and its styles (config/pages)."""

import base64
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from markupsafe import Markup

from gtm.domain.errors import TemplateRefused
from gtm.domain.rendering import placeholders

Fault = tuple[str, str, str]
"""The part, what is wrong with it, what is allowed."""


@dataclass(frozen=True)
class HtmlLayout:
    """A layout: only plain names, filters and `if` stand in its HTML; its styles hold no tag."""

    html: str
    css: str

    @property
    def style(self) -> Markup:
        """The styles as they stand in a page."""
        return Markup(self.css)  # noqa: S704 (the house's own file, hashed in the policy)

    @property
    def style_source(self) -> str:
        """The one source of styles that a page may have, for its Content-Security-Policy."""
        return f"'sha256-{base64.b64encode(hashlib.sha256(self.css.encode()).digest()).decode()}'"

    def faults(self, parts: frozenset[str], needed: frozenset[str]) -> Iterator[Fault]:
        """What is wrong with it.

        Args:
            parts: the names that it may hold.
            needed: those of them that it must hold.
        """
        allowed = ", ".join(sorted(parts))
        try:
            named = placeholders(self.html)
        except TemplateRefused as error:
            yield error.field or "html", error.detail, error.allowed
            return
        for name in sorted(named - parts):
            yield name, f"{name} is no part of it", allowed
        for name in sorted(needed - named):
            yield name, f"the layout leaves out {name}", allowed
        if "</" in self.css:
            yield "css", "a tag stands in the styles", "styles alone"


@dataclass(frozen=True)
class Layouts:
    """Every layout of config/pages."""

    page: HtmlLayout
    ad: HtmlLayout
    article: HtmlLayout
