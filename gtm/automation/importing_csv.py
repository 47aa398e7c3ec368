"""Reading a CSV of people row by row, whatever state it is in: nothing of it is trusted, and no row takes others along.

Byte order marks, other delimiters, NUL, bytes that are not of the encoding, a quote that is never closed, a line of a
gigabyte: each is one rejected row with its number and reason. Memory does not grow with the file.
"""

import csv
import re
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import TextIOWrapper
from typing import IO

from gtm.domain.conditions import ATTRIBUTE
from gtm.domain.errors import InvalidInput

LONGEST_LINE = 65_536
"""Characters of one line of a file; a longer one is rejected and skipped."""
LONGEST_ROW = 50
"""Lines that a quoted cell may reach over."""
DELIMITERS = ",;\t|"
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
class Row:
    """One row: its number as a spreadsheet counts (the header is 1), its cells, and why it cannot be read, if so."""

    number: int
    cells: tuple[str, ...]
    fault: str = ""


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


def neutralised(cell: str) -> str:
    """A cell as it may stand in a CSV that a spreadsheet opens: one that begins like a formula is kept from being one
    by a leading apostrophe (OWASP, CSV injection)."""
    return "'" + cell if cell.startswith((*_FORMULA, "\t", "\r")) else cell


def plain(cell: str) -> str:
    """A cell's text, without the apostrophe that `neutralised` puts before formulas."""
    text = cell.strip()
    return text[1:] if text.startswith(_ESCAPED) else text


class LeadFile:
    """The rows of an opened file.

    Args:
        raw: the file, opened for bytes, at its beginning.
        encoding: the encoding's name; None for UTF-8, or UTF-16 where the file begins with its mark.

    Raises:
        InvalidInput: there is no header, or no such encoding.
    """

    def __init__(self, raw: IO[bytes], encoding: str | None = None) -> None:
        self._text = _opened(raw, encoding)
        self.encoding = self._text.encoding
        self._waiting: deque[str] = deque()
        first = next(self._lines(), "")
        if not first.strip() or first.startswith(_TOO_LONG):
            raise InvalidInput("the file has no header", field="FILE", allowed="a first line that names the columns")
        self.delimiter = max(DELIMITERS, key=first.count)
        self.header = tuple(self._parse(first))

    def rows(self) -> Iterator[Row]:
        """Every row below the header; empty lines count and are left out."""
        number = 1
        for line in self._lines():
            number += 1
            if not line.strip():
                continue
            yield self._row(number, line)

    def _row(self, number: int, line: str) -> Row:
        if line.startswith(_TOO_LONG):
            return Row(number, (), f"the line is longer than {LONGEST_LINE} characters")
        joined = self._closed(line)
        if joined is None:
            return Row(number, (line.rstrip("\r\n"),), "a quote is opened and never closed")
        try:
            cells = tuple(self._parse(joined))
        except csv.Error as error:
            return Row(number, (line.rstrip("\r\n"),), f"not CSV: {error}")
        return Row(number, cells, self._fault(cells))

    def _fault(self, cells: tuple[str, ...]) -> str:
        text = self.delimiter.join(cells)
        if "\0" in text:
            return "there is a NUL character in it"
        broken = next((character for character in text if "\udc80" <= character <= "\udcff"), None)
        if broken is not None:
            return f"not {self.encoding}: byte 0x{ord(broken) - 0xDC00:02X} (see --encoding)"
        if len(cells) > len(self.header) and any(cell.strip() for cell in cells[len(self.header) :]):
            return f"{len(cells)} cells under {len(self.header)} columns"
        return ""

    def _closed(self, line: str) -> str | None:
        """A line with those that its open quote reaches over; None, and nothing taken, when it is never closed."""
        quotes = line.count('"')
        if quotes % 2 == 0:
            return line
        taken: list[str] = []
        lines = self._lines()
        for _ in range(LONGEST_ROW):
            following = next(lines, None)
            if following is None:
                break
            taken.append(following)
            quotes += following.count('"')
            if quotes % 2 == 0:
                return line + "".join(taken)
        self._waiting.extendleft(reversed(taken))
        return None

    def _lines(self) -> Iterator[str]:
        while True:
            line = self._waiting.popleft() if self._waiting else self._read()
            if not line:
                return
            yield line

    def _read(self) -> str:
        """The next line, or a mark in place of one that is too long."""
        line = self._text.readline(LONGEST_LINE)
        if len(line) < LONGEST_LINE or line.endswith(("\n", "\r")):
            return line
        while len(rest := self._text.readline(LONGEST_LINE)) == LONGEST_LINE and not rest.endswith(("\n", "\r")):
            pass
        return _TOO_LONG

    def _parse(self, line: str) -> list[str]:
        return next(csv.reader([line], delimiter=self.delimiter), [])


_TOO_LONG = "\0too long\0"


def _opened(raw: IO[bytes], encoding: str | None) -> TextIOWrapper:
    mark = raw.read(4)
    raw.seek(0)
    if encoding is None:
        encoding = "utf-16" if mark[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        text = TextIOWrapper(raw, encoding=encoding, errors="surrogateescape", newline="")
    except LookupError as error:
        raise InvalidInput(
            "there is no such encoding", field="--encoding", value=encoding, allowed="utf-8, latin-1, cp1252 and so on"
        ) from error
    return text


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
