"""What all panels are made of."""

from collections.abc import Iterable
from decimal import Decimal

from rich import box
from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.measure import Measurement
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from gtm.domain.money import usd
from gtm.domain.names import agreed, counted

SIDE_BY_SIDE = 130
"""Columns from which a review and its artifact stand beside each other."""


class QuietTable(Table):
    """A table with a line below its head on a terminal, and without one in a file or a pipe."""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Draw it."""
        self.box = box.SIMPLE_HEAD if console.is_terminal else None
        yield from super().__rich_console__(console, options)


class Framed:
    """A panel on a terminal; its title and what is in it, one below the other, in a file or a pipe."""

    def __init__(self, title: str, content: RenderableType, style: str) -> None:
        self._title, self._content, self._style = title, content, style

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Draw it."""
        title = Text(self._title, style=f"bold {self._style}")
        if console.is_terminal:
            yield Panel(self._content, title=title, title_align="left", border_style=self._style, padding=(1, 2))
        else:
            yield Group(title, "", self._content)


def table(*columns: str, right: Iterable[int] = ()) -> Table:
    """A quiet table; `right` are the columns of figures."""
    quiet = QuietTable(show_edge=False, pad_edge=False, header_style="bold", padding=(0, 1))
    numbers = set(right)
    for index, name in enumerate(columns):
        quiet.add_column(name, justify="right" if index in numbers else "left", overflow="fold")
    return quiet


def plain(value: object, style: str = "") -> Text:
    """Text that is never read as markup: it may come from a model or a brief."""
    return Text(str(value), style=style)


def heading(text: str) -> Text:
    """The title of a part."""
    return Text(text, style="bold cyan")


def section(title: str, *content: RenderableType) -> RenderableType:
    """A titled part with air below it."""
    return Padding(Group(heading(title), *content), (0, 0, 1, 0))


def framed(title: str, content: RenderableType, style: str = "cyan") -> Framed:
    """A panel with a plain title."""
    return Framed(title, content, style)


def beside(left: RenderableType, right: RenderableType, width: int) -> RenderableType:
    """Two things side by side, or one below the other where the terminal is narrow."""
    if width < SIDE_BY_SIDE:
        return Group(right, left)
    grid = Table.grid(expand=True, padding=(0, 1, 0, 0))
    grid.add_column(ratio=2)
    grid.add_column(ratio=3)
    grid.add_row(left, right)
    return grid


class Bar:
    """A share of 0-1 as a bar on a terminal; nothing in a file or a pipe, where the figure beside it says it."""

    def __init__(self, share: Decimal, width: int = 20) -> None:
        self._filled = round(float(max(Decimal(0), min(share, Decimal(1)))) * width)
        self._width = width

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Draw it."""
        if console.is_terminal:
            rest = self._width - self._filled
            yield Text("█" * self._filled, style="green").append("░" * rest, style="dim")

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        """As wide as the bar."""
        width = self._width if console.is_terminal else 0
        return Measurement(width, width)


def money(amount: Decimal) -> Text:
    """An amount in dollars."""
    return Text(usd(amount))


def unshown(amount: int, one: str, many: str) -> str:
    """What is left out of a view, `1 later entry is not shown here.`"""
    return f"{counted(amount, one, many)} {agreed(amount, 'is', 'are')} not shown here."


def mark(passed: bool) -> Text:
    """Whether a line holds."""
    return Text("✓", style="green") if passed else Text("✗", style="bold red")


def day(moment: object) -> str:
    """A date with its weekday, such as `Tue 13 Jan 2026`."""
    return f"{moment:%a %d %b %Y}"
