"""The part of MJML that mails of this house may use: the compiler itself takes any tag, and passes scripts on."""

from collections.abc import Mapping

_COLOURS = frozenset({"background-color", "color"})
_BOX = frozenset({"padding", "direction", "align", "width", "border-radius", "css-class"})
_TYPE = frozenset({"font-family", "font-size", "font-weight", "line-height", "color", "align"})
_STYLE = frozenset({"style"})

TAGS: Mapping[str, frozenset[str]] = {
    "mjml": frozenset({"lang", "dir"}),
    "mj-head": frozenset(),
    "mj-title": frozenset(),
    "mj-preview": frozenset(),
    "mj-attributes": frozenset(),
    "mj-all": _TYPE,
    "mj-body": frozenset({"background-color", "width"}),
    "mj-section": _BOX | _COLOURS,
    "mj-column": _BOX | _COLOURS,
    "mj-text": _BOX | _TYPE,
    "mj-button": _BOX | _TYPE | _COLOURS | {"href", "inner-padding"},
    "mj-divider": frozenset({"padding", "border-color", "border-width"}),
    "mj-spacer": frozenset({"height"}),
    "p": _STYLE | {"dir"},
    "ul": _STYLE,
    "li": _STYLE | {"dir"},
    "br": frozenset(),
    "strong": frozenset(),
    "em": frozenset(),
    "span": _STYLE | {"dir"},
    "a": _STYLE | {"href"},
}
"""Every tag that may stand in a mail, with the attributes that it may have."""

MAX_SOURCE = 100_000
"""Characters of a source; a mail of more than 102 kB of HTML is cut by Gmail."""

LAYOUT_PARTS = frozenset(
    {"lang", "dir", "align", "title", "preview", "sender", "body", "button", "link", "forward", "footer"}
)
"""What a layout (config/mjml/email.mjml) may name."""
