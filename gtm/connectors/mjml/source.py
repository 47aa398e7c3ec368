"""What a mail's MJML may hold: allowed tags and attributes, and links to web addresses only."""

import re
from xml.parsers import expat

from gtm.connectors.mjml.schemas import MAX_SOURCE, TAGS
from gtm.domain.errors import TemplateRefused, shorten

_PLACEHOLDER = re.compile(r"^\{\{\s*[a-z][a-z0-9_]*_url\s*\}\}$")
_WEB = re.compile(r"^https?://[^\s\"'<>\\]+$")
_STYLE = re.compile(r"^[a-z0-9 #%.,:;-]*$", re.IGNORECASE)


def check_mjml(source: str) -> None:
    """Refuse whatever the house's mails have no use for; the compiler would pass it on to the reader.

    Raises:
        TemplateRefused: names the tag or attribute, with its line.
    """
    if len(source) > MAX_SOURCE:
        raise TemplateRefused(
            f"the mail is longer than {MAX_SOURCE} characters", field="mjml", value=f"{len(source)} characters"
        )
    parser = expat.ParserCreate()

    def refused(what: str, value: str = "", allowed: str = "") -> TemplateRefused:
        line = parser.CurrentLineNumber
        return TemplateRefused(
            f"a mail may not hold {what} (line {line})", field="mjml", value=shorten(value), allowed=allowed
        )

    def opened(tag: str, attributes: dict[str, str]) -> None:
        if tag not in TAGS:
            raise refused(f"the tag <{tag}>", allowed=", ".join(TAGS))
        for name, value in attributes.items():
            if name not in TAGS[tag]:
                raise refused(f"{name} on <{tag}>", value, ", ".join(sorted(TAGS[tag])) or "no attribute")
            if name == "href" and not (_PLACEHOLDER.match(value) or _WEB.match(value)):
                raise refused(f"a link to {shorten(value, 60)!r}", value, "a web address, or a placeholder for one")
            if name == "style" and not _STYLE.match(value):
                raise refused(f"the style {shorten(value, 60)!r}", value, "plain properties without addresses")

    def never(*_: object) -> None:
        raise refused("a comment, a doctype or an instruction")

    parser.StartElementHandler = opened
    parser.CommentHandler = never
    parser.StartDoctypeDeclHandler = never
    parser.ProcessingInstructionHandler = never
    try:
        parser.Parse(source, True)
    except expat.ExpatError as error:
        raise TemplateRefused(f"the mail is not well-formed: {error}", field="mjml") from error
