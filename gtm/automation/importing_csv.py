"""Reading a CSV of people row by row, whatever state it is in: nothing of it is trusted, and no row takes others along.

Byte order marks, other delimiters, NUL, bytes that are not of the encoding, a quote that is never closed, a line of a
gigabyte: each is one rejected row with its number and reason. Memory does not grow with the file.
"""

import codecs
import csv
import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from io import TextIOWrapper
from typing import IO

from gtm.domain.errors import InvalidInput

LONGEST_LINE = 65_536
"""Characters of one line of a file; a longer one is rejected and skipped."""
LONGEST_ROW = 50
"""Lines that a quoted cell may reach over."""
DELIMITERS = ",;\t|"
UNCLOSED = "a quote is opened and never closed"

_TOO_LONG = "\0too long\0"
_ADDRESS = re.compile(r"^\s*'?[^\s@\"]+@[^\s@\"]+\s*$")
_QUOTED = r'(?:[^"]++|"")*+"'
"""The rest of a quoted cell, once its quote is open."""


@dataclass(frozen=True)
class Row:
    """One row: its number as a spreadsheet counts (the header is 1), its cells, and why it cannot be read, if so.

    Attributes:
        lines: how many lines of the file it is.
    """

    number: int
    cells: tuple[str, ...]
    fault: str = ""
    lines: int = 1


class LeadFile:
    """The rows of an opened file.

    Args:
        raw: the file, opened for bytes, at its beginning.
        encoding: the encoding's name; None for UTF-8, or UTF-16 where the file begins with its mark.

    Raises:
        InvalidInput: there is no header, no such encoding, or the file is of another.
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
        if fault := self._fault(self.header):
            raise InvalidInput(
                f"the file's header cannot be read: {fault}", field="FILE", hint="--encoding names another"
            )
        rest = rf"[^{re.escape(self.delimiter)}]*+(?:{re.escape(self.delimiter)}|\Z)"
        # A quote opens only at the start of a cell, as the csv module has it.
        self._cells = re.compile(rf'(?:(?:"{_QUOTED}|(?!")){rest})*+')
        self._closing = re.compile(_QUOTED + rest)

    def rows(self, address: int | None = None) -> Iterator[Row]:
        """Every row below the header; empty lines count and are left out.

        Args:
            address: position of the column with addresses; by it a line is known for a row of its own when an open
                quote would take it in.
        """
        number = 1
        for line in self._lines():
            number += 1
            if line.strip():
                yield self._row(number, line, address)

    def _row(self, number: int, line: str, address: int | None) -> Row:
        if line.startswith(_TOO_LONG):
            return Row(number, (), f"the line is longer than {LONGEST_LINE} characters")
        taken = self._taken(line, address)
        if taken is None:
            return Row(number, (line.rstrip("\r\n"),), UNCLOSED)
        try:
            cells = tuple(self._parse(line + "".join(taken)))
        except csv.Error as error:
            self._give_back(taken)
            return Row(number, (line.rstrip("\r\n"),), f"not CSV: {error}")
        fault = self._fault(cells) or self._too_many(cells)
        if fault and taken:
            # What spoils it may be of lines that are no part of it.
            self._give_back(taken)
            return Row(number, (line.rstrip("\r\n"),), f"{UNCLOSED}, or: {fault}")
        return Row(number, cells, fault, 1 + len(taken))

    def _fault(self, cells: tuple[str, ...]) -> str:
        text = self.delimiter.join(cells)
        if "\0" in text:
            return "there is a NUL character in it"
        broken = next((character for character in text if "\udc00" <= character <= "\udcff"), None)
        if broken is not None:
            return f"not {self.encoding}: byte 0x{ord(broken) - 0xDC00:02X} (see --encoding)"
        return ""

    def _too_many(self, cells: tuple[str, ...]) -> str:
        if len(cells) > len(self.header) and any(cell.strip() for cell in cells[len(self.header) :]):
            return f"{len(cells)} cells under {len(self.header)} columns"
        return ""

    def _taken(self, line: str, address: int | None) -> list[str] | None:
        """The lines that an open quote of this one reaches over; None, and none taken, when it is not to be closed."""
        if '"' not in line or not self._ends_open(line):
            return []
        taken: list[str] = []
        for following in self._lines():
            taken.append(following)
            if following.startswith(_TOO_LONG) or self._is_row(following, address) or len(taken) > LONGEST_ROW:
                break
            closed = self._closing.match(following) if '"' in following else None
            if closed is not None and not self._ends_open(following, closed.end()):
                return taken
        self._give_back(taken)
        return None

    def _ends_open(self, text: str, start: int = 0) -> bool:
        """Whether a quoted cell is open at the end of a line, read from the start of a cell."""
        end = self._cells.match(text, start)
        return end is not None and end.end() < len(text)

    def _is_row(self, line: str, address: int | None) -> bool:
        """Whether a line is a row by itself: as many cells as columns, and an address where addresses stand."""
        if address is None:
            return False
        try:
            cells = self._parse(line)
        except csv.Error:
            return False
        return len(cells) == len(self.header) and _ADDRESS.match(cells[address]) is not None

    def _give_back(self, taken: list[str]) -> None:
        self._waiting.extendleft(reversed(taken))

    def _lines(self) -> Iterator[str]:
        while True:
            line = self._waiting.popleft() if self._waiting else self._read()
            if not line:
                return
            yield line

    def _read(self) -> str:
        """The next line, or a mark in place of one that is too long."""
        try:
            line = self._text.readline(LONGEST_LINE)
            if len(line) < LONGEST_LINE or line.endswith(("\n", "\r")):
                return line
            while len(rest := self._text.readline(LONGEST_LINE)) == LONGEST_LINE and not rest.endswith(("\n", "\r")):
                pass
        except UnicodeError as error:
            raise _unreadable(self.encoding, str(error)) from error
        return _TOO_LONG

    def _parse(self, line: str) -> list[str]:
        return next(csv.reader([line], delimiter=self.delimiter), [])


def _marked(error: UnicodeError) -> tuple[str, int]:
    """Bytes that are no characters of the encoding, as halves of surrogate pairs, which no file can hold."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return "".join(chr(0xDC00 + byte) for byte in error.object[error.start : error.end]), error.end


codecs.register_error("gtm-marked", _marked)


def _opened(raw: IO[bytes], encoding: str | None) -> TextIOWrapper:
    mark = raw.read(4)
    raw.seek(0)
    if encoding is None:
        encoding = "utf-16" if mark[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        return TextIOWrapper(raw, encoding=encoding, errors="gtm-marked", newline="")
    except (LookupError, ValueError) as error:
        raise _unreadable(encoding, "there is no such encoding") from error


def _unreadable(encoding: str, why: str) -> InvalidInput:
    return InvalidInput(
        f"the file cannot be read: {why}",
        field="--encoding",
        value=encoding,
        allowed="utf-8, latin-1, cp1252 and so on",
    )
