"""The plain fields of a brief: name, product, positioning, pricing, voice, markets, goals, and the strategy itself."""

import re
from collections.abc import Callable, Mapping

from gtm.domain.document import Document
from gtm.domain.instructions import is_instruction
from gtm.playbook.intake.entries import Entry, Statements
from gtm.playbook.intake.notebook import Notebook, sentence
from gtm.playbook.intake.pieces import Piece, clauses, listed
from gtm.playbook.intake.segments import read_channels
from gtm.playbook.intake.values import ASSUMED, OBJECTIVES, VOICES, amounts, countries, day, segment_type, word, zones

_TITLE = re.compile(r"([^(:–—|]{1,80}?)\s*(?:\(([^)]{1,60})\))?\s*(?:(?::|\s[–—|-]\s)\s*(.+))?$")
_GENERIC = re.compile(
    r"\b(?:go[- ]to[- ]market|gtm|market(?:ing)?|strateg(?:y|ic)|business|"
    r"launch|plan|brief|document|deck|overview|draft|v\d|20\d\d)\b",
    re.I,
)
_URL = re.compile(
    r"https?://[^\s<>()\"'|]+|(?<![\w@.])(?:www\.)?[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,}(?:/[^\s<>()\"'|]*)?", re.I
)
_RIVALS = re.compile(
    r"(?:alternatives? to|unlike|instead of|compared (?:to|with)|versus|vs\.?) "
    r"((?:[A-Z][\w.+-]*(?: [A-Z][\w.+-]*)*)(?:(?:, (?:and )?| and | or )[A-Z][\w.+-]*(?: [A-Z][\w.+-]*)*)*)"
)
_LEAD_IN = re.compile(r"^(?:pricing|price)\b(?:\s+is\b)?\s*:?\s*", re.I)
_UNIT_PRICE = re.compile(r"^\W*(?:an?|per|each)\s+\w+|^\W*/\s?\w+", re.I)
LONGEST_DOCUMENT = 4000
Rule = Callable[[Notebook, Entry], None]


def read_scalars(notes: Notebook, said: Statements, document: Document) -> None:
    """Take every plain field that the document states.

    Args:
        notes: takes what is found.
        said: the document taken apart.
        document: what is read.
    """
    _name(notes, said, document)
    for entry in said.entries:
        if (rule := _RULES.get(entry.topic or "")) is not None:
            rule(notes, entry)
    _status(notes, said)
    _document(notes, document)
    if not notes.has("source"):
        notes.put("source", document.name, Piece(document.blocks[0].text, 0), "the file itself")


def _name(notes: Notebook, said: Statements, document: Document) -> None:
    named = next((e for e in said.entries if e.topic == "name" and e.own), None)
    title = next((b for b in document.blocks if b.kind == "heading"), None)
    found = _TITLE.match(title.text) if title and not is_instruction(title.text) else None
    piece = named.piece.trimmed() if named else None
    if title is not None and found is not None:
        whole = Piece(title.text, title.start)
        parts = [whole.part(found.start(n), found.end(n)) for n in (1, 3) if found[n]]
        if piece is None:
            piece = next((kept for part in parts if (kept := _proper(part)).text), None)
        if len(parts) == 2 and not _GENERIC.search(parts[1].text) and not notes.has("category"):
            notes.put("category", parts[1].text, parts[1], "after the title's colon")
        if found[2] and (kind := segment_type(found[2])):
            notes.put("segment_type", kind, whole.part(found.start(2), found.end(2)))
    if piece is not None and len(piece.text) <= 60 and "\n" not in piece.text:
        notes.put("id", notes.slug(piece.text), piece, "made of the name")
        notes.put("name", piece.text, piece)


def _proper(part: Piece) -> Piece:
    """A title without its general words, such as `marketing plan 2026`."""
    generic = _GENERIC.search(part.text)
    return part.part(0, generic.start() if generic else None).trimmed(" ,:;-–—'’")


def _text(field: str, limit: int = 4000) -> Rule:
    def take(notes: Notebook, entry: Entry) -> None:
        if len(entry.piece.text) <= limit:
            notes.put(field, sentence(entry.piece.text) if limit > 200 else entry.piece.trimmed().text, entry.piece)
        else:
            notes.find("not_read", f"longer than the {limit} characters that {field} may have", entry.piece)

    return take


def _product(notes: Notebook, entry: Entry) -> None:
    if entry.block.kind != "item" or entry.own:
        _first(notes, "product", entry)
    _price(notes, entry)


def _first(notes: Notebook, field: str, entry: Entry) -> None:
    """A section's first paragraph; what is named by its own label counts also where there is one already."""
    if entry.own or not notes.has(field):
        notes.put(field, sentence(entry.piece.text), entry.piece)


def _website(notes: Notebook, entry: Entry) -> None:
    if found := _URL.search(entry.piece.text):
        address = found.group().rstrip(".,;/")
        whole = address if address.startswith("http") else f"https://{address}"
        notes.put("website.value", whole, entry.piece.part(found.start(), found.end()))


def _segment_type(notes: Notebook, entry: Entry) -> None:
    if kind := segment_type(entry.piece.text):
        notes.put("segment_type", kind, entry.piece)
    elif not notes.has("segment_type"):
        notes.find(
            "not_read", "says not enough of the segment type (B2B enterprise, B2B SMB, B2C mass, …)", entry.piece
        )


def _positioning(notes: Notebook, entry: Entry) -> None:
    if entry.label and not entry.own:
        return
    _first(notes, "market_strategy.positioning", entry)
    if found := _RIVALS.search(entry.piece.text):
        for rival in listed(entry.piece.part(found.start(1), found.end(1))):
            notes.add("market_strategy.competitors", rival.text, rival)


def _each(field: str) -> Rule:
    def take(notes: Notebook, entry: Entry) -> None:
        parts = (
            listed(entry.piece)
            if (entry.own and entry.block.kind != "item") or entry.label
            else [entry.piece.trimmed()]
        )
        for part in parts:
            if part.text:
                notes.add(field, part.text, part)

    return take


def _pricing(notes: Notebook, entry: Entry) -> None:
    if (entry.label and not entry.own) or not (entry.own or _LEAD_IN.match(entry.piece.text)):
        _price(notes, entry)
        return
    if entry.label == "" or entry.label == "pricing":
        first = next(iter(clauses(entry.piece.part(m.end() if (m := _LEAD_IN.match(entry.piece.text)) else 0))), None)
        if first is not None and not amounts(first.text):
            notes.put("pricing.model", first.trimmed().text, first)
    _price(notes, entry)


def _price(notes: Notebook, entry: Entry) -> None:
    """A clause with an amount by the unit, such as `4.99 USD a month`."""
    for clause in clauses(entry.piece):
        found = [m for m in amounts(clause.text) if _UNIT_PRICE.match(clause.text[m.end :])]
        if found and not notes.has("pricing.price"):
            notes.put("pricing.price", clause.trimmed().text, clause)


def _voice(notes: Notebook, entry: Entry) -> None:
    if entry.label and not entry.own:
        return
    if found := word(_first_of(entry.piece.text), VOICES):
        alike = found[0] in entry.piece.text.lower()
        notes.put("brand.voice", found[0], entry.piece, "" if alike else f"“{found[1].group()}” read as {found[0]}")
    if len(entry.piece.text.split()) > 1:
        notes.put("brand.description", entry.piece.trimmed().text, entry.piece)


def _first_of(text: str) -> str:
    """The voice words in the order of the text: the first one counts."""
    hits = [(m.start(), m.group()) for _, pattern in VOICES for m in re.finditer(rf"\b(?:{pattern})\b", text, re.I)]
    return min(hits)[1] if hits else ""


def _description(notes: Notebook, entry: Entry) -> None:
    if entry.section == "voice" or entry.topic == "voice_description":
        notes.put("brand.description", entry.piece.trimmed().text, entry.piece)


def _number(field: str) -> Rule:
    return lambda notes, entry: notes.number(field, entry.piece.text, entry.piece)


def _channels(notes: Notebook, entry: Entry) -> None:
    if entry.section != "segments":
        read_channels(notes, "channels", entry.piece)
        for clause in list(clauses(entry.piece))[1:]:
            _countries(notes, clause)


def _markets(notes: Notebook, entry: Entry) -> None:
    _countries(notes, entry.piece)


def _countries(notes: Notebook, piece: Piece) -> None:
    for code, start, end in countries(piece.text):
        notes.add("geography.countries", code, piece.part(start, end))


def _zones(notes: Notebook, entry: Entry) -> None:
    named = list(zones(entry.piece.text))
    for zone, start, end in named:
        notes.add("geography.time_zones", zone, entry.piece.part(start, end))
    if not named:
        _countries(notes, entry.piece)
        notes.find("not_read", "names no time zone by its IANA name", entry.piece)


def _updated(notes: Notebook, entry: Entry) -> None:
    if found := day(entry.piece):
        notes.put("market_strategy.last_updated", found[0].isoformat(), found[1])
    else:
        notes.find("not_read", "is no date that can be read one way only", entry.piece)


def _source(notes: Notebook, entry: Entry) -> None:
    first = next(iter(re.finditer(r".+?(?:[.](?=\s+[A-Z])|$)", entry.piece.text)), None)
    if first is not None:
        piece = entry.piece.part(first.start(), first.end())
        notes.put("source", piece.trimmed(" .").text, piece)


def _goals(notes: Notebook, entry: Entry) -> None:
    """Goals with their weights; goals without weights are told, as a strategy cannot weigh them."""
    parts = list(listed(entry.piece))
    weighed = [
        (p, f, w)
        for p in parts
        if (f := word(p.text, OBJECTIVES)) and (w := re.search(r"(\d+(?:\.\d+)?) ?%|\b(0?\.\d+)\b", p.text))
    ]
    if not weighed:
        notes.find("not_read", "goals without weights; say what share each has", entry.piece)
    for part, found, weight in weighed:
        put_goal(notes, found[0], weight.group(), part, part)


def put_goal(notes: Notebook, name: str, weight: str, piece: Piece, weighed: Piece) -> None:
    """One goal with its weight."""
    base = f"market_strategy.objectives[{notes.next('market_strategy.objectives')}]"
    notes.put(f"{base}.name", name, piece)
    notes.number(f"{base}.weight", weight, weighed)
    notes.put(f"{base}.in_their_words", piece.text, piece)


def _status(notes: Notebook, said: Statements) -> None:
    for entry in said.entries:
        text = entry.piece.text.strip(" .").lower()
        if entry.topic == "status" and text in ("approved", "draft"):
            notes.put("market_strategy.status", text, entry.piece)
        if entry.topic == "pricing_status" and text in ("aligned", "draft"):
            notes.put("pricing.status", text, entry.piece)


def _document(notes: Notebook, document: Document) -> None:
    """The strategy in its own words: blocks from the start, as many as a brief holds, up to an order to a machine."""
    end = 0
    for block in document.blocks:
        if block.end > LONGEST_DOCUMENT or is_instruction(block.text):
            break
        end = block.end
    if len(document.text[:end].split()) > 20:
        notes.put(
            "market_strategy.document", document.text[:end], Piece(document.text[:end], 0), "the document's own words"
        )


def _address(notes: Notebook, entry: Entry) -> None:
    notes.put("postal_address.value", entry.piece.text, entry.piece)
    if ASSUMED.search(entry.piece.text):
        notes.put("postal_address.assumed", True, entry.piece)


_RULES: Mapping[str, Rule] = {
    "website": _website, "segment_type": _segment_type, "category": _text("category", 200), "product": _product,
    "positioning": _positioning, "competitors": _each("market_strategy.competitors"),
    "differentiators": _each("market_strategy.differentiators"), "pricing": _pricing,
    "pricing_model": _text("pricing.model", 200), "price": _text("pricing.price", 200), "voice": _voice,
    "voice_description": _description, "profile": _description, "formality": _number("brand.formality"),
    "emotion": _number("brand.emotion"), "complexity": _number("brand.complexity"),
    "preferred": _each("brand.preferred_words"), "banned": _each("brand.banned_words"), "channels": _channels,
    "countries": _markets, "time_zones": _zones, "last_updated": _updated, "source": _source, "goals": _goals,
    "address": _address,
}  # fmt: skip
