"""Markdown to blocks: headings, paragraphs, lists, tables, front matter; markup taken away, lines kept count of.

Covers what strategy documents use, and what markitdown writes for DOCX and HTML.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from gtm.connectors.documents.schemas import RawBlock
from gtm.domain.document import BlockKind

_HEADING = re.compile(r"^ {0,3}(#{1,6})[ \t]+(\S.*)$")
_NO_HEADING = re.compile(r"^ {0,3}#{1,6}\s*$")
_UNDERLINE = re.compile(r"^ {0,3}(=+|-{2,})\s*$")
_RULE = re.compile(r"^ {0,3}(?:(?:\*\s*){3,}|(?:-\s*){3,}|(?:_\s*){3,})$")
_ITEM = re.compile(r"^\s*(?:[-*+•▪◦‣]|\d{1,3}[.)])\s+(.*)$")
_FENCE = re.compile(r"^ {0,3}(```+|~~~+)")
_SEPARATOR = re.compile(r"^\s*\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*$")
_QUOTED = re.compile(r"^ {0,3}(?:> ?)+")
_PAIR = re.compile(r"^\W{0,4}[A-Za-z][^:.!?]{0,48}:(?:\*\*|__)?\s+\S")
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.S)

# Every stretch has an end, so that no text can make a search of it take longer than the text is long.
_CODE = re.compile(r"(?<!\\)(`{1,3})(?!`)(.{1,2000}?)(?<!`)\1(?!`)", re.S)
_IMAGE = re.compile(r"!\[([^\]\n]{0,500})\]\([^)\n]{0,2000}\)")
_LINK = re.compile(r"\[([^\]\[]{1,500})\]\((?:[^()\s]|\([^()\s]*\)){0,2000}(?:\s+\"[^\"\n]*\")?\)")
_BOLD = re.compile(r"(\*\*|__)(?=\S)(.{1,1000}?)(?<=\S)\1", re.S)
_EMPHASIS = re.compile(
    r"(?<![\w*])\*(?=[^\s*])([^*]{1,500}?)(?<=\S)\*(?![\w*])|(?<!\w)_(?=[^\s_])([^_]{1,500}?)(?<=\S)_(?!\w)"
)
_STRIKE = re.compile(r"~~(?=\S)[^~]{1,500}~~")
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
_HOLD = "\ue000"


def plain(text: str) -> str:
    """Markdown's inline markup taken away: what a reader sees; line ends stay where they are."""
    codes: list[str] = []

    def hold(shown: str) -> str:
        codes.append(shown)
        return f"{_HOLD}{len(codes) - 1}{_HOLD}"

    text = _CODE.sub(lambda found: hold(found[2].strip(" ")), text.replace(_HOLD, ""))
    text = _ESCAPED.sub(lambda found: hold(found[1]), text)
    text = _LINK.sub(r"\1", _IMAGE.sub(r"\1", text))
    text = _BOLD.sub(r"\2", _STRIKE.sub("", text))
    text = _EMPHASIS.sub(lambda found: found[1] or found[2], text)
    return re.sub(rf"{_HOLD}(\d+){_HOLD}", lambda found: codes[int(found[1])], text)


@dataclass
class _Open:
    """A block that is being read; `lines` are numbered."""

    kind: BlockKind = "paragraph"
    lines: list[tuple[int, str]] = field(default_factory=list)


def markdown_blocks(text: str, *, numbered: bool = True) -> Iterator[RawBlock]:
    """The blocks of a Markdown text.

    Args:
        text: the whole text; any line ends.
        numbered: whether the text's lines are those of the original, so that blocks may name them.
    """
    text = _COMMENT.sub(lambda found: "\n" * found.group().count("\n"), text)
    for block in _Reader(text.splitlines()).blocks():
        yield block if numbered else block.model_copy(update={"line": None, "breaks": ()})


class _Reader:
    def __init__(self, lines: list[str]) -> None:
        self._lines = [_QUOTED.sub("", line) for line in lines]
        self._at = 0
        self._tables = 0
        self._open = _Open()

    def blocks(self) -> Iterator[RawBlock]:
        if self._lines and self._lines[0].strip() == "---":
            yield from self._front_matter()
        while self._at < len(self._lines):
            yield from self._line(self._lines[self._at])
        yield from self._close()

    def _line(self, line: str) -> Iterator[RawBlock]:
        if _FENCE.match(line):
            yield from self._close()
            yield from self._code(line)
        elif found := _HEADING.match(line):
            yield from self._close()
            title = re.sub(r"(?:^|[ \t])#+$", "", found[2].rstrip())
            yield self._block("heading", [(self._at + 1, title)], level=len(found[1]))
            self._at += 1
        elif self._is_table():
            yield from self._close()
            yield from self._table()
        elif (under := _UNDERLINE.match(line)) and self._open.lines and self._open.kind == "paragraph":
            yield self._block("heading", self._open.lines, level=1 if under[1][0] == "=" else 2)
            self._open = _Open()
            self._at += 1
        elif not line.strip() or _RULE.match(line) or _NO_HEADING.match(line):
            yield from self._close()
            self._at += 1
        else:
            yield from self._words(line)

    def _words(self, line: str) -> Iterator[RawBlock]:
        if found := _ITEM.match(line):
            yield from self._close()
            self._open = _Open("item", [(self._at + 1, found[1])])
        else:
            # Lines of `Key: value` are one paragraph to Markdown and several statements to whoever wrote them.
            pairs = self._open.kind == "paragraph" and self._open.lines and _PAIR.match(self._open.lines[0][1])
            if pairs and _PAIR.match(line):
                yield from self._close()
            self._open.lines.append((self._at + 1, line.strip()))
        self._at += 1

    def _close(self) -> Iterator[RawBlock]:
        opened, self._open = self._open, _Open()
        if opened.lines:
            yield self._block(opened.kind, opened.lines)

    def _block(self, kind: BlockKind, lines: list[tuple[int, str]], level: int = 0) -> RawBlock:
        shown = [" ".join(one.split()) for one in plain("\n".join(line for _, line in lines)).split("\n")]
        breaks, text = [], ""
        for index, one in enumerate(shown):
            if index:
                text += " " if text and one else ""
                breaks.append(len(text))
            text += one
        return RawBlock(kind=kind, text=text, level=level, line=lines[0][0], breaks=tuple(breaks))

    def _front_matter(self) -> Iterator[RawBlock]:
        end = next((n for n, line in enumerate(self._lines[1:200], 1) if line.strip() in ("---", "...")), None)
        if end is None or not all(":" in line or not line.strip() for line in self._lines[1:end]):
            return
        for number, line in enumerate(self._lines[1:end], 2):
            yield RawBlock(kind="paragraph", text=" ".join(line.split()), line=number)
        self._at = end + 1

    def _code(self, opening: str) -> Iterator[RawBlock]:
        fence, first = opening.strip()[:3], self._at + 1
        self._at += 1
        lines = []
        while self._at < len(self._lines) and not self._lines[self._at].strip().startswith(fence):
            lines.append(self._lines[self._at])
            self._at += 1
        self._at += 1
        yield RawBlock(kind="code", text=" ".join(" ".join(lines).split()), line=first)

    def _is_table(self) -> bool:
        after = self._lines[self._at + 1] if self._at + 1 < len(self._lines) else ""
        here = self._lines[self._at]
        return "|" in here and "|" in after and "-" in after and _SEPARATOR.match(after) is not None

    def _table(self) -> Iterator[RawBlock]:
        self._tables += 1
        columns = _cells(self._lines[self._at])
        self._at += 2
        while self._at < len(self._lines) and "|" in self._lines[self._at]:
            cells = _cells(self._lines[self._at])
            yield RawBlock(
                kind="row", text=" | ".join(cells), line=self._at + 1, columns=columns, cells=cells, table=self._tables
            )
            self._at += 1


def _cells(line: str) -> tuple[str, ...]:
    line = line.strip()
    inner = line.removeprefix("|")
    inner = inner[:-1] if inner.endswith("|") and not inner.endswith("\\|") else inner
    parts = re.split(r"(?<!\\)\|", inner)
    return tuple(" ".join(plain(part).split()) for part in parts)
