"""What `gtm show` draws: names where a person reads, and nothing that is told elsewhere and shown nowhere."""

import io

from rich.console import Console, RenderableType

from app.cli.panels import PARTS
from app.cli.panels.brief import brief_panel
from gtm.domain.verdict import Finding
from gtm.policies.entry import assumptions
from tests.unit.crews import dossiers


def drawn(content: RenderableType, width: int = 200) -> str:
    """The text of a panel, as it comes out of a pipe."""
    console = Console(file=io.StringIO(), width=width, force_terminal=False)
    console.print(content)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def shown(part: str, *, full: bool = False, width: int = 200) -> str:
    """One part of the hand-made run, with what stands below it."""
    made, dossier = PARTS[part], dossiers.dossier()
    text = drawn(made.draw(dossier, dossiers.stage(), full), width)
    return text + (drawn(made.below(dossier, dossiers.stage(), full), width) if made.below else "")


def test_a_brief_is_shown_with_what_it_assumes() -> None:
    brief = dossiers.brief()
    stated = tuple(assumptions(brief))
    contradiction = Finding(code="x", kind="contradiction", field="name", detail="Two names.")
    text = drawn(brief_panel(brief, (contradiction, *stated)))
    assert f"Findings ({len(stated) + 1})" in text
    assert text.index("Two names.") < text.index("assumption")
    assert f"Findings ({len(stated)})" in drawn(brief_panel(brief, ()))
