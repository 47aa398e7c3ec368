"""The segments of a document, from a table, a counted list, a list or headings, and what each of them is offered."""

import re
from dataclasses import dataclass, field

from gtm.domain.instructions import is_instruction
from gtm.playbook.intake.entries import Entry, Statements
from gtm.playbook.intake.notebook import Notebook, sentence
from gtm.playbook.intake.pieces import Piece, clauses, listed, numbered, quoted
from gtm.playbook.intake.topics import topic_of
from gtm.playbook.intake.values import CHANNELS, CTAS, segment_type, word

MOST = 12
_NAME_ENDS = re.compile(r"[,;(:]|\s(?:at|who|whom|with|that|which|of|in|from|there|whose|-)\s|\sthere\b|\.$")
_GENERIC = frozenset(
    {"people", "users", "customers", "teams", "companies", "those", "everyone", "anyone", "organisations"}
)
_TEXTS = {
    "profile": "profile",
    "value": "value_proposition",
    "size": "characteristics.size.value",
    "growth": "characteristics.growth.value",
    "accessibility": "characteristics.accessibility.value",
}
_WHO = re.compile(r"([^,:'‘“\"]{2,60}?)\s*[,:–—-]\s+")


@dataclass
class _Segment:
    name: Piece
    told: dict[str, Piece] = field(default_factory=dict)


def read_segments(notes: Notebook, said: Statements) -> None:
    """Take the segments in their order, and their value propositions as facts of their own.

    Args:
        notes: takes what is found.
        said: the document taken apart.
    """
    found = _from_table(said) or _from_headings(said) or _from_list(said)
    if len(found) > MOST:
        notes.find("not_read", f"{len(found)} segments; the first {MOST} are proposed", found[MOST].name)
    segments = found[:MOST]
    _values(notes, said, segments)
    kind = str(notes.value("segment_type") or "")
    for index, segment in enumerate(segments):
        _put(notes, index, segment, kind)


def _from_table(said: Statements) -> list[_Segment]:
    for table in said.tables:
        if all("segments" in row.cells for row in table):
            made = [
                _Segment(row.cells["segments"], {k: v for k, v in row.cells.items() if k != "segments"})
                for row in table
            ]
            return sorted(made, key=_rank)
    return []


def _rank(segment: _Segment) -> int:
    rank = segment.told.get("priority")
    found = re.search(r"\d+", rank.text) if rank else None
    return int(found.group()) if found else 99


def _from_headings(said: Statements) -> list[_Segment]:
    """A heading each, below one that says that these are the segments."""
    made: dict[str, _Segment] = {}
    for entry in said.entries:
        path = entry.block.path
        above = next((n for n, title in enumerate(path) if topic_of(title) == "segments"), None)
        if above is None or above + 1 >= len(path):
            continue
        title = path[above + 1]
        if is_instruction(title):
            continue
        segment = made.setdefault(title, _Segment(Piece("", entry.piece.start)))
        topic = entry.topic if entry.own else "profile"
        if topic is not None:
            segment.told.setdefault(topic, entry.piece)
        segment.name = Piece(re.sub(r"^(?:segment )?\d+[.):]?\s*", "", title, flags=re.I), entry.piece.start)
    return list(made.values())


def _from_list(said: Statements) -> list[_Segment]:
    entries = [e for e in said.entries if e.topic == "segments" or (e.section == "segments" and not e.own)]
    for entry in entries:
        if counted := numbered(entry.piece):
            return [_Segment(_name(piece), {"profile": piece}) for piece in counted]
    items = [e for e in entries if e.block.kind == "item"]
    if len(items) > 1:
        return [_of_item(entry) for entry in items]
    if len(entries) == 1 and len(parts := list(clauses(entries[0].piece))) > 1:
        return [_Segment(_name(piece), {"profile": piece.trimmed()}) for piece in parts]
    return []


def _of_item(entry: Entry) -> _Segment:
    if entry.label and entry.topic == entry.section:
        start = entry.block.start + entry.block.text.lower().index(entry.label)
        name = Piece(entry.block.text[start - entry.block.start :][: len(entry.label)], start)
        return _Segment(name, {"profile": entry.piece.trimmed()})
    return _Segment(_name(entry.piece), {"profile": entry.piece.trimmed()})


def _name(piece: Piece) -> Piece:
    end = _NAME_ENDS.search(piece.text)
    name = piece.part(0, end.start() if end else None).trimmed()
    if name.text.lower() in _GENERIC or len(name.text) < 3:
        whole = piece.part(0, m.start() if (m := re.search(r"[,;(]", piece.text)) else None)
        name = whole if len(whole.text) <= 80 else name
    return name


def _values(notes: Notebook, said: Statements, segments: list[_Segment]) -> None:
    """`IT, 'one system'; security, 'prove compliance'`: each to the segment that it names."""
    waiting: list[tuple[str, Piece, Piece]] = []
    for entry in (e for e in said.entries if e.topic == "value" and e.section != "segments"):
        parts = list(clauses(entry.piece))
        for clause in parts:
            who = _WHO.match(clause.text)
            named = who[1] if who else entry.label if topic_of(entry.label) is None else ""
            value = ((who and quoted(clause)) or (clause.part(who.end()) if who else clause)).trimmed()
            if (target := _match(named, segments)) is not None:
                target.told["value"] = value
            elif len(parts) == 1:
                notes.put("market_strategy.value_proposition", sentence(clause.text), clause)
            else:
                waiting.append((named, value, clause))
    for named, value, clause in waiting:
        # `IT` may name two segments of which the other has its value by now.
        rest = [segment for segment in segments if "value" not in segment.told]
        if (target := _match(named, rest)) is not None:
            target.told["value"] = value
        else:
            notes.find("not_read", "a value proposition for a segment that is not clear", clause)


def _match(who: str, segments: list[_Segment]) -> _Segment | None:
    """The one segment whose name, or else whose profile, holds most of these words."""
    wanted = _words(who)
    for texts in (
        lambda s: s.name.text,
        lambda s: f"{s.name.text} {s.told['profile'].text if 'profile' in s.told else ''}",
    ):
        scores = [len(wanted & _words(texts(segment))) for segment in segments]
        best = max(scores, default=0)
        if best and scores.count(best) == 1:
            return segments[scores.index(best)]
    return None


def _words(text: str) -> set[str]:
    return {w.removesuffix("s") for w in re.findall(r"[a-z0-9]+", text.lower()) if len(w) > 1} - {
        "and",
        "the",
        "for",
        "team",
    }


def _put(notes: Notebook, index: int, segment: _Segment, kind: str) -> None:
    base, name = f"segments[{notes.next('segments')}]", segment.name
    shown = sentence(name.text).rstrip(".")[:200]
    made = notes.slug(shown)
    # A heading is not within the statement, so its own place is what is quoted.
    place = name if notes.document.text[name.start : name.end] == name.text else _heading(notes, name)
    notes.put(f"{base}.id", made, place)
    notes.put(f"{base}.name", shown, place)
    notes.put(f"{base}.priority", index + 1, place, "by its order")
    told = segment.told.get("audience")
    audience = _audience(told.text if told else kind)
    if audience:
        notes.put(f"{base}.audience", audience, told or place, "by the segment type")
    for topic, target in _TEXTS.items():
        if (piece := segment.told.get(topic)) is not None:
            text = sentence(piece.text)[:600] if topic == "profile" else piece.text
            notes.put(f"{base}.{target}", text, piece)
    if (roles := segment.told.get("roles")) is not None:
        for role in listed(roles):
            notes.add(f"{base}.roles", role.text[:1].upper() + role.text[1:], role)
    if (channels := segment.told.get("channels")) is not None:
        read_channels(notes, f"{base}.channels", channels)
    if (cta := segment.told.get("cta")) is not None and (found := word(cta.text, CTAS)):
        notes.put(f"{base}.cta", found[0], cta)
    if (value := segment.told.get("value")) is not None:
        notes.fact("feature", value, segment=made)


def _heading(notes: Notebook, name: Piece) -> Piece:
    found = next(
        (b for b in notes.document.blocks if b.kind == "heading" and name.text in b.text and b.start < name.start), None
    )
    if found is None:
        return Piece(notes.document.block_at(name.start).text, notes.document.block_at(name.start).start)
    return Piece(name.text, found.start + found.text.index(name.text))


def _audience(text: str) -> str:
    if text.startswith("B2C"):
        return "b2c"
    if text.startswith("B2B"):
        return "b2b"
    told = segment_type(text) or text.lower()
    return "b2c" if "b2c" in told.lower() else "b2b" if "b2b" in told.lower() else ""


def read_channels(notes: Notebook, field_: str, piece: Piece) -> None:
    """Take the channels that a list names, in its order; what is none of ours is told."""
    for part in (p for clause in list(clauses(piece))[:1] for p in listed(clause)):
        if found := word(part.text, CHANNELS):
            same = found[0].replace("_", " ") in part.text.lower()
            notes.add(field_, found[0], part, "" if same else f"read as {found[0]}")
        elif len(part.text) < 60:
            notes.find("not_read", f"“{part.text}” is no channel that the house knows", part)
