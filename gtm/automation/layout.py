"""Layered layout of a workflow graph: ranks from the entry downwards, few crossings, no line through a box.

Edges that span several ranks get a place of their own in each rank between (a dummy node), so lines only ever run in
the free bands between ranks and through those places.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from gtm.domain.workflow import WorkflowDefinition
from gtm.domain.workflow_graph import edges

SWEEPS = 12


@dataclass(frozen=True)
class Edge:
    """A way from step to step; `flipped` when it runs upwards (a loop) and is laid out the other way round."""

    origin: str
    label: str
    target: str
    flipped: bool = False

    @property
    def upper(self) -> str:
        """The end that is laid out higher."""
        return self.target if self.flipped else self.origin

    @property
    def lower(self) -> str:
        """The end that is laid out lower."""
        return self.origin if self.flipped else self.target


@dataclass
class Layout:
    """Where everything stands: rank and x centre of every place, and each edge's places from top to bottom."""

    ranks: list[list[str]]
    x: dict[str, float]
    routes: list[tuple[Edge, list[str]]] = field(default_factory=list)
    steps: frozenset[str] = frozenset()

    def rank_of(self, place: str) -> int:
        """The rank of a place, from 0 at the top."""
        return next(number for number, rank in enumerate(self.ranks) if place in rank)


def lay_out(definition: WorkflowDefinition, *, box_width: float, lane_width: float, gap: float) -> Layout:
    """Place every step of a workflow.

    Args:
        definition: the workflow.
        box_width: width of a step's box.
        lane_width: width that a passing line takes.
        gap: space between neighbours in a rank.
    """
    order = [step.id for step in definition.steps]
    found = _directed(definition, order)
    rank = _ranks(order, found)
    ranks: list[list[str]] = [[] for _ in range(max(rank.values()) + 1)]
    for step_id in order:
        ranks[rank[step_id]].append(step_id)
    routes: list[tuple[Edge, list[str]]] = []
    for number, edge in enumerate(found):
        route = [edge.upper]
        for between in range(rank[edge.upper] + 1, rank[edge.lower]):
            lane = f"\x00{number}:{between}"
            ranks[between].append(lane)
            route.append(lane)
        routes.append((edge, [*route, edge.lower]))
    links = [pair for _, route in routes for pair in pairwise(route)]
    _reduce_crossings(ranks, links)
    widths = {place: lane_width if place.startswith("\x00") else box_width for row in ranks for place in row}
    return Layout(ranks=ranks, x=_coordinates(ranks, links, widths, gap), routes=routes, steps=frozenset(order))


def _directed(definition: WorkflowDefinition, order: Sequence[str]) -> list[Edge]:
    """All edges, those that close a loop flipped (depth first from the entry)."""
    onward: dict[str, list[tuple[str, str]]] = {step_id: [] for step_id in order}
    for origin, label, target in edges(definition):
        onward[origin].append((label, target))
    state: dict[str, int] = {}
    found: list[Edge] = []
    for root in [definition.entry, *order]:
        if root in state or root not in onward:
            continue
        state[root] = 1
        work = [(root, iter(onward[root]))]
        while work:
            node, following = work[-1]
            step = next(following, None)
            if step is None:
                state[node] = 2
                work.pop()
                continue
            label, target = step
            found.append(Edge(node, label, target, flipped=state.get(target) == 1))
            if target not in state:
                state[target] = 1
                work.append((target, iter(onward[target])))
    return [edge for edge in found if edge.origin != edge.target]


def _ranks(order: Sequence[str], found: Sequence[Edge]) -> dict[str, int]:
    """Longest way from the top; edges are free of cycles by now."""
    above: dict[str, list[str]] = {step_id: [] for step_id in order}
    for edge in found:
        above[edge.lower].append(edge.upper)
    rank = dict.fromkeys(order, 0)
    for _ in order:
        changed = False
        for step_id in order:
            wanted = max((rank[one] + 1 for one in above[step_id]), default=0)
            if wanted != rank[step_id]:
                rank[step_id], changed = wanted, True
        if not changed:
            break
    return rank


def _reduce_crossings(ranks: list[list[str]], links: Sequence[tuple[str, str]]) -> None:
    up, down = _neighbours(links)
    for sweep in range(SWEEPS):
        downwards = sweep % 2 == 0
        numbers = range(1, len(ranks)) if downwards else range(len(ranks) - 2, -1, -1)
        for number in numbers:
            fixed = {place: i for i, place in enumerate(ranks[number - 1 if downwards else number + 1])}
            near = up if downwards else down
            position = {place: float(i) for i, place in enumerate(ranks[number])}
            for place in ranks[number]:
                seen = [fixed[one] for one in near.get(place, ()) if one in fixed]
                if seen:
                    position[place] = sum(seen) / len(seen)
            ranks[number].sort(key=lambda place: position[place])


def _coordinates(
    ranks: Sequence[Sequence[str]], links: Sequence[tuple[str, str]], widths: Mapping[str, float], gap: float
) -> dict[str, float]:
    up, down = _neighbours(links)
    x: dict[str, float] = {}
    for row in ranks:
        edge = 0.0
        for place in row:
            x[place] = edge + widths[place] / 2
            edge += widths[place] + gap
    for sweep in range(SWEEPS * 2):
        rows = ranks if sweep % 2 == 0 else list(reversed(ranks))
        for row in rows:
            wish = {}
            for place in row:
                near = [x[one] for one in (*up.get(place, ()), *down.get(place, ()))]
                wish[place] = sum(near) / len(near) if near else x[place]
            _settle(row, wish, widths, gap, x)
    left = min(x[place] - widths[place] / 2 for row in ranks for place in row)
    return {place: value - left for place, value in x.items()}


def _settle(
    row: Sequence[str], wish: Mapping[str, float], widths: Mapping[str, float], gap: float, x: dict[str, float]
) -> None:
    """Give a rank's places their wishes as far as order and gaps allow: mean of a left and a right packing."""

    def packed(places: Sequence[str], sign: float) -> dict[str, float]:
        out: dict[str, float] = {}
        last: str | None = None
        for place in places:
            value = sign * wish[place]
            if last is not None:
                value = max(value, out[last] + (widths[last] + widths[place]) / 2 + gap)
            out[place] = value
            last = place
        return {place: sign * value for place, value in out.items()}

    left, right = packed(row, 1.0), packed(list(reversed(row)), -1.0)
    for place in row:
        x[place] = (left[place] + right[place]) / 2


def _neighbours(links: Sequence[tuple[str, str]]) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    up: dict[str, list[str]] = {}
    down: dict[str, list[str]] = {}
    for upper, lower in links:
        up.setdefault(lower, []).append(upper)
        down.setdefault(upper, []).append(lower)
    return up, down
