"""Copy piece by piece: variants side by side, score, findings, what was decided."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from rich.console import Group, RenderableType

from app.cli.panels.parts import heading, plain, section, table

if TYPE_CHECKING:
    from crews.content_review import ContentShown, PieceShown

STYLES = {"approved": "green", "rejected": "bold red", "open": "yellow"}


def pieces_part(shown: "ContentShown", *, full: bool) -> RenderableType:
    """Every piece; unless `full`, the first segment of each campaign, and whatever is rejected or has a finding."""
    chosen = shown.pieces if full else tuple(_worth_a_look(shown))
    counts = ", ".join(f"{shown.count(state)} {state}" for state in STYLES)
    lines: list[RenderableType] = [plain(f"{len(shown.pieces)} pieces: {counts}"), ""]
    for silent in shown.not_checked:
        lines += [plain(f"{silent.sentence()}; gtm doctor says what answers", "yellow"), ""]
    for one in chosen:
        lines += [piece_panel(one), ""]
    if len(chosen) < len(shown.pieces):
        lines.append(plain(f"{len(shown.pieces) - len(chosen)} pieces are not shown here: --full shows all.", "yellow"))
    if shown.record is not None and shown.record.status == "pending":
        ref, role = shown.dossier.run_id, shown.record.role
        lines += [
            plain(f"approve: gtm approve {ref} --as {role} --piece ID (or --rest for all that are open)", "dim"),
            plain(f"reject:  gtm reject {ref} --as {role} --piece ID --comment TEXT", "dim"),
            plain(f"page:    gtm content review {ref}", "dim"),
        ]
    return section("2.2 Content", *lines)


def _worth_a_look(shown: "ContentShown") -> "Iterator[PieceShown]":
    first: dict[str, str] = {}
    for one in shown.pieces:
        first.setdefault(one.piece.campaign_id, one.piece.segment_id)
        found = one.report is not None and one.report.faults
        if first[one.piece.campaign_id] == one.piece.segment_id or found or one.state == "rejected":
            yield one


def piece_panel(one: "PieceShown") -> RenderableType:
    """One piece: its variants beside each other, and below them everything that helps to decide."""
    rows = table("Element", *one.labels)
    for column in rows.columns[1:]:
        column.ratio = 1
    rows.expand = True
    for element in one.piece.elements:
        texts = {variant.label: variant.text for variant in element.variants}
        rows.add_row(plain(element.variable, "cyan"), *(plain(texts.get(label, "")) for label in one.labels))
    return Group(heading(one.piece.piece_id), plain(_line(one), STYLES[one.state]), rows, *_below(one))


def _line(one: "PieceShown") -> str:
    score = "" if one.score is None else f" · lowest score {one.score:.2f} by {one.weakest}"
    who = ""
    if one.decision is not None:
        who = f" by {one.decision.decided_by.removeprefix('person:')} in round {one.decision.round}"
    return f"{one.state}{who} · {one.segment}{score}"


def _below(one: "PieceShown") -> Iterator[RenderableType]:
    for fault in one.report.faults if one.report else ():
        yield plain(f"{fault.severity}: {fault.check}: {fault.sentence()}", "red" if fault.severity == "block" else "")
    for comment in one.asked:
        yield plain(f"asked: {comment}", "yellow")
    for shot, path in one.previews:
        yield plain(f"picture of {shot.key[-1]} at {shot.width} px: {path}", "dim")
    claims = ", ".join(dict.fromkeys(claim.fact_id for claim in one.piece.claims)) or "no claims"
    yield plain(f"{one.piece.cta} → {one.piece.cta_url}   facts: {claims}   {one.piece.generated_by}", "dim")
