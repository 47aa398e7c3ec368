"""A workflow as a picture (SOP, Workflow Checklist: documented with diagram): Mermaid text, and SVG drawn here."""

from collections import defaultdict
from html import escape
from textwrap import wrap

from gtm.automation.layout import Edge, Layout, lay_out
from gtm.domain.workflow import Condition, Exit, Goal, SendEmail, Split, Step, Wait, WorkflowDefinition
from gtm.domain.workflow_graph import Labels, mermaid, step_label

__all__ = ["mermaid", "svg"]

BOX_WIDTH, BOX_HEIGHT = 250.0, 84.0
LANE_WIDTH, GAP, BAND = 18.0, 28.0, 84.0
MARGIN, HEAD = 28.0, 56.0
LABEL_STEP = 17.0
ROWS, ROW = 4, 18
"""Rows of text in a box, and the pixels from one to the next."""
BOLD, PLAIN = 29, 38
"""Characters that a row of a box holds: of what the step does at 14 px bold, of the rest at 12 px."""
FONT = "Inter, 'Helvetica Neue', Arial, 'Liberation Sans', 'DejaVu Sans', sans-serif"
LINE = {"failure": "#b3261e", "fallback": "#b3261e", "false": "#8a5a00", "true": "#1f6f43", "success": "#1f6f43"}
DASHED = frozenset({"failure", "fallback"})


def svg(definition: WorkflowDefinition, labels: Labels | None = None) -> str:
    """The workflow as a self-contained SVG on white: boxes by rank, every way labelled at its start.

    Args:
        definition: the workflow.
        labels: what stands in the boxes; `step_label` where a step has none.
    """
    layout = lay_out(definition, box_width=BOX_WIDTH, lane_width=LANE_WIDTH, gap=GAP)
    leaving, arriving = _ports(layout)
    lines = [
        _edge(layout, edge, route, leaving[(edge, route[0])], arriving[(edge, route[-1])])
        for edge, route in layout.routes
    ]
    boxes = [
        _box(number, step, _said(labels, step), layout.x[step.id] + MARGIN, _top(layout.rank_of(step.id)))
        for number, step in enumerate(definition.steps, start=1)
    ]
    right = max(x + (BOX_WIDTH if place in layout.steps else LANE_WIDTH) / 2 for place, x in layout.x.items())
    title = f"{definition.name} (version {definition.version})"
    width = max(right + 2 * MARGIN, 9.5 * len(title) + 2 * MARGIN)
    height = _top(len(layout.ranks) - 1) + BOX_HEIGHT + MARGIN
    ways = [label for _, label in lines]
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}" '
            f'height="{height:.0f}" role="img" aria-label="{escape(title)}" font-family="{escape(FONT)}">',
            f"<title>{escape(title)}</title>",
            "<defs>",
            *(_marker(colour) for colour in sorted({*LINE.values(), "#44546a"})),
            "</defs>",
            '<rect width="100%" height="100%" fill="#ffffff"/>',
            f'<text x="{MARGIN:.0f}" y="34" font-size="18" font-weight="600" fill="#1b2733">{escape(title)}</text>',
            *(line for line, _ in lines),
            *boxes,
            *ways,
            "</svg>",
            "",
        ]
    )


def _said(labels: Labels | None, step: Step) -> tuple[str, str]:
    return (labels or {}).get(step.id) or step_label(step)


Ports = dict[tuple[Edge, str], tuple[float, float]]


def _ports(layout: Layout) -> tuple[Ports, Ports]:
    """Where each edge leaves the upper box and reaches the lower one: spread out, in the order of the other end."""
    below: dict[str, list[tuple[Edge, str]]] = defaultdict(list)
    above: dict[str, list[tuple[Edge, str]]] = defaultdict(list)
    for edge, route in layout.routes:
        below[route[0]].append((edge, route[1]))
        above[route[-1]].append((edge, route[-2]))
    leaving: Ports = {}
    arriving: Ports = {}
    for side, ports, height in ((below, leaving, BOX_HEIGHT), (above, arriving, 0.0)):
        for step_id, ends in side.items():
            ends.sort(key=lambda end: layout.x[end[1]])
            y = _top(layout.rank_of(step_id)) + height
            for number, (edge, _) in enumerate(ends, start=1):
                offset = BOX_WIDTH * (number / (len(ends) + 1) - 0.5)
                ports[(edge, step_id)] = (layout.x[step_id] + MARGIN + offset, y)
    return leaving, arriving


def _top(rank: int) -> float:
    return HEAD + rank * (BOX_HEIGHT + BAND)


def _edge(
    layout: Layout, edge: Edge, route: list[str], start: tuple[float, float], end: tuple[float, float]
) -> tuple[str, str]:
    """The line through its places, and its label at the end where the way begins."""
    path = f"M{start[0]:.1f},{start[1]:.1f}"
    x, y = start
    for lane in route[1:-1]:
        top = _top(layout.rank_of(lane))
        lane_x = layout.x[lane] + MARGIN
        path += f" {_curve(x, y, lane_x, top)} L{lane_x:.1f},{top + BOX_HEIGHT:.1f}"
        x, y = lane_x, top + BOX_HEIGHT
    path += f" {_curve(x, y, *end)}"
    colour = LINE.get(edge.label, "#44546a")
    marker = f"url(#arrow{colour[1:]})"
    arrow = f'marker-start="{marker}"' if edge.flipped else f'marker-end="{marker}"'
    dash = ' stroke-dasharray="6 4"' if edge.label in DASHED else ""
    line = f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="1.6"{dash} {arrow}/>'
    near = (end[0], end[1] - LABEL_STEP) if edge.flipped else (start[0], start[1] + LABEL_STEP)
    return line, _label(edge.label, near[0], near[1], colour)


def _curve(x1: float, y1: float, x2: float, y2: float) -> str:
    bend = (y2 - y1) * 0.5
    return f"C{x1:.1f},{y1 + bend:.1f} {x2:.1f},{y2 - bend:.1f} {x2:.1f},{y2:.1f}"


def _label(text: str, x: float, y: float, colour: str) -> str:
    width = 7.0 * len(text) + 8
    return (
        f'<g><rect x="{x - width / 2:.1f}" y="{y - 9:.1f}" width="{width:.1f}" height="17" rx="3" fill="#ffffff"/>'
        f'<text x="{x:.1f}" y="{y + 4:.1f}" font-size="12" text-anchor="middle" fill="{colour}">'
        f"{escape(text)}</text></g>"
    )


def _box(number: int, step: Step, label: tuple[str, str], centre: float, top: float) -> str:
    fill, stroke = _colours(step)
    left = centre - BOX_WIDTH / 2
    radius = BOX_HEIGHT / 2 if isinstance(step, Goal | Exit) else 8
    rows = _rows(number, label)
    first = top + BOX_HEIGHT / 2 + 5 - ROW * (len(rows) - 1) / 2
    texts = [
        f'<text x="{centre:.1f}" y="{first + ROW * row:.1f}" font-size="{size}" font-weight="{weight}" '
        f'text-anchor="middle" fill="#1b2733">{escape(text)}</text>'
        for row, (text, size, weight) in enumerate(rows)
    ]
    return (
        f"<g><title>{escape(step.id)}</title>"
        f'<rect x="{left:.1f}" y="{top:.1f}" width="{BOX_WIDTH:.0f}" height="{BOX_HEIGHT:.0f}" rx="{radius:.0f}" '
        f'fill="{fill}" stroke="{stroke}" stroke-width="1.4"/>{"".join(texts)}</g>'
    )


def _colours(step: Step) -> tuple[str, str]:
    match step:
        case SendEmail():
            return "#e8f0fc", "#2f5fa8"
        case Wait():
            return "#f4f1e6", "#8a7a3f"
        case Condition() | Split():
            return "#fdf3e2", "#8a5a00"
        case Goal():
            return "#e6f4ec", "#1f6f43"
        case Exit():
            return ("#e6f4ec", "#1f6f43") if step.outcome == "completed" else ("#fbeae9", "#b3261e")
        case _:
            return "#f1ecf8", "#5f4391"


def _marker(colour: str) -> str:
    return (
        f'<marker id="arrow{colour[1:]}" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="8" markerHeight="8" '
        f'orient="auto-start-reverse"><path d="M0,0 L10,5 L0,10 z" fill="{colour}"/></marker>'
    )


def _rows(number: int, label: tuple[str, str]) -> list[tuple[str, int, str]]:
    """The rows of a box as (text, size, weight): the step's place and what it does, then with what."""
    first = [(text, 14, "600") for text in _wrapped(f"{number} · {label[0]}", BOLD, 2)]
    second = _wrapped(label[1], PLAIN, ROWS - len(first)) if label[1] else []
    return [*first, *((text, 12, "400") for text in second)]


def _wrapped(text: str, width: int, most: int) -> list[str]:
    lines = wrap(text, width)
    return lines if len(lines) <= most else [*lines[: most - 1], f"{lines[most - 1][: width - 2].rstrip()} …"]
