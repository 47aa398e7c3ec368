"""From MJML to HTML that mail clients show alike, on phones and on desktops."""

import re

import mjml

from gtm.connectors.mjml.source import check_mjml
from gtm.domain.errors import TemplateRefused

_SEAM = re.compile(r"</td>|</tr>|</div>|</p>|</li>|<tbody>|<tr>|-->|\">(?=<)")
"""Where a line may end without a reader seeing it: mail servers take lines of at most 998 characters."""


def compile_mjml(source: str) -> str:
    """HTML of a mail; Jinja placeholders such as `{{ first_name }}` stay where they are.

    Args:
        source: MJML, every value in it escaped.

    Raises:
        TemplateRefused: it is too long, is not well-formed, or holds what a mail may not hold.
    """
    check_mjml(source)
    try:
        return _SEAM.sub(r"\g<0>\n", str(mjml.mjml2html(source)))
    except ValueError as error:
        raise TemplateRefused(f"the mail cannot be compiled: {error}", field="mjml") from error
