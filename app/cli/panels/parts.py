"""What all panels are made of."""

from collections.abc import Iterable
from decimal import Decimal

from rich import box
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from gtm.domain.money import usd

SIDE_BY_SIDE = 130
"""Columns from which a review and its artifact stand beside each other."""


def table(*columns: str, right: Iterable[int] = ()) -> Table:
    """A quiet table; `right` are the columns of figures."""
    quiet = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, header_style="bold", padding=(0, 1))
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


def framed(title: str, content: RenderableType, style: str = "cyan") -> Panel:
    """A panel with a plain title."""
    return Panel(
        content, title=Text(title, style=f"bold {style}"), title_align="left", border_style=style, padding=(1, 2)
    )


def beside(left: RenderableType, right: RenderableType, width: int) -> RenderableType:
    """Two things side by side, or one below the other where the terminal is narrow."""
    if width < SIDE_BY_SIDE:
        return Group(right, left)
    grid = Table.grid(expand=True, padding=(0, 1, 0, 0))
    grid.add_column(ratio=2)
    grid.add_column(ratio=3)
    grid.add_row(left, right)
    return grid


def bar(share: Decimal, width: int = 20) -> Text:
    """A share of 0-1 as a bar."""
    filled = round(float(max(Decimal(0), min(share, Decimal(1)))) * width)
    return Text("█" * filled, style="green").append("░" * (width - filled), style="dim")


def money(amount: Decimal) -> Text:
    """An amount in dollars."""
    return Text(usd(amount))


def mark(passed: bool) -> Text:
    """Whether a line holds."""
    return Text("✓", style="green") if passed else Text("✗", style="bold red")


def day(moment: object) -> str:
    """A date with its weekday, such as `Tue 13 Jan 2026`."""
    return f"{moment:%a %d %b %Y}"
