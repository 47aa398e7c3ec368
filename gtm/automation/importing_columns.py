"""Which column of a CSV is which field of a lead, and what a spreadsheet must not take for a formula."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gtm.domain.conditions import ATTRIBUTE
from gtm.domain.errors import InvalidInput

FIELDS = (
    "email",
    "first_name",
    "last_name",
    "company",
    "role",
    "segment_id",
    "lead_source",
    "status",
    "score",
    "time_zone",
    "country",
    "consent",
)
"""What a column may be imported as, beside `attributes.NAME`."""

_ALIASES: Mapping[str, str] = {
    "e_mail": "email",
    "mail": "email",
    "email_address": "email",
    "e_mail_address": "email",
    "firstname": "first_name",
    "given_name": "first_name",
    "lastname": "last_name",
    "surname": "last_name",
    "family_name": "last_name",
    "company_name": "company",
    "organisation": "company",
    "organization": "company",
    "job_title": "role",
    "title": "role",
    "segment": "segment_id",
    "source": "lead_source",
    "timezone": "time_zone",
    "country_code": "country",
}
_FORMULA = ("=", "+", "-", "@")
_ESCAPED = tuple("'" + sign for sign in _FORMULA)


@dataclass(frozen=True)
class Columns:
    """What a file's columns are.

    Attributes:
        header: as it stands in the file.
        fields: position → the lead's field, or `attributes.NAME`.
        ignored: columns that are not imported.
    """

    header: tuple[str, ...]
    fields: Mapping[int, str]
    ignored: tuple[str, ...]

    @property
    def address(self) -> int:
        """Position of the column with the addresses."""
        return next(position for position, field in self.fields.items() if field == "email")


def neutralised(cell: str) -> str:
    """A cell as it may stand in a CSV that a spreadsheet opens: one that begins like a formula is kept from being one
    by a leading apostrophe (OWASP, CSV injection)."""
    return "'" + cell if cell.startswith((*_FORMULA, "\t", "\r")) else cell


def plain(cell: str) -> str:
    """A cell's text, without the apostrophe that `neutralised` puts before formulas."""
    text = cell.strip()
    return text[1:] if text.startswith(_ESCAPED) else text


def columns_of(header: Sequence[str], mapping: Mapping[str, str]) -> Columns:
    """Which column is which field: by the mapping, else by its name.

    Args:
        header: the file's first row.
        mapping: column (its name, or its number from 1) → field, `attributes.NAME`, or an empty text to leave it out.

    Raises:
        InvalidInput: two columns are one field, a mapped column or field does not exist, or there is no email.
    """
    names = [cell.strip() for cell in header]
    chosen = _mapped(names, mapping)
    fields = dict(chosen)
    for position, name in enumerate(names):
        if position in chosen:
            continue
        field = _field_of(name)
        if field and field not in chosen.values():
            fields[position] = field
    fields = {position: field for position, field in sorted(fields.items()) if field}
    _refuse_doubles(names, fields)
    if "email" not in fields.values():
        raise InvalidInput(
            "no column is the email address",
            field="header",
            value=", ".join(names)[:200],
            hint="--map 'COLUMN=email' names it",
        )
    ignored = tuple(name or f"column {n + 1}" for n, name in enumerate(names) if n not in fields)
    return Columns(tuple(header), fields, ignored)


def _mapped(names: Sequence[str], mapping: Mapping[str, str]) -> dict[int, str]:
    found: dict[int, str] = {}
    for column, field in mapping.items():
        if field and field not in FIELDS and not ATTRIBUTE.match(field):
            raise InvalidInput(
                "there is no such field", field="--map", value=field, allowed=", ".join([*FIELDS, "attributes.NAME"])
            )
        places = [n for n, name in enumerate(names) if name == column]
        if not places and column.isdecimal() and 1 <= int(column) <= len(names):
            places = [int(column) - 1]
        if len(places) != 1:
            what = "there is no such column" if not places else "several columns have that name"
            raise InvalidInput(what, field="--map", value=column, allowed=f"{', '.join(names)}; or a number from 1")
        found[places[0]] = field
    return found


def _refuse_doubles(names: Sequence[str], fields: Mapping[int, str]) -> None:
    for field in fields.values():
        places = [n for n, other in fields.items() if other == field]
        if len(places) > 1:
            told = ", ".join(f"{n + 1} ({names[n]})" for n in places)
            raise InvalidInput(
                f"columns {told} would all be {field}",
                field="header",
                hint=f"choose one by its number: --map {places[0] + 1}={field}",
            )


def _field_of(name: str) -> str:
    key = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")
    if name.lower().startswith("attributes.") and ATTRIBUTE.match(name.lower()):
        return name.lower()
    return key if key in FIELDS else _ALIASES.get(key, "")
