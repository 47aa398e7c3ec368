"""Statements about the venture, each in the document's words, of the kind that its heading or label gives it."""

import re

from gtm.playbook.intake.entries import Entry, Statements
from gtm.playbook.intake.notebook import Notebook
from gtm.playbook.intake.pieces import Piece, clauses, listed, quoted, sentences
from gtm.playbook.intake.scalars import put_goal
from gtm.playbook.intake.values import ASSUMED, CHANNELS, CTAS, OBJECTIVES, day, word

_KINDS = {
    "product": "feature", "features": "feature", "proof": "proof", "beliefs": "belief", "privacy": "privacy",
    "targets": "target", "launch": "milestone", "themes": "theme",
}  # fmt: skip
_INNER = {"target": "a target of the house, no promise", "milestone": "a plan of the house"}
_PRICED = re.compile(r"\bfree\b|\bUSD\b|\$\d|\bsubscription\b", re.I)
_BARRED = re.compile(
    r"\b(?:no copy may|must not|may not|must never|should not|do not|don't) (?:be )?(?:repeat|claim|advertis|say|use)",
    re.I,
)
_MEDIUM = re.compile(r"utm_medium\s*=\s*([a-z0-9][a-z0-9_-]{0,29})\s*(?:is|=|:|for|means)\s*([^,;.]{3,60})", re.I)
_PATTERN = re.compile(r"campaign names? (?:are|is|follow)\s+(\S*(?:YYYY|<\w+>|\{\w+\})\S*)", re.I)
_SCORE_MAX = re.compile(r"(?:score of|maximum(?: of)?|max\.?|out of)\s*:?\s*(\d+)", re.I)
_SCORE_CUT = re.compile(r"(?:cut|threshold|qualified)(?: at| of| from)?\s*:?\s*(\d+)", re.I)
_RULE = re.compile(r"(.+?)\s*=\s*([+-]?\d+)$")
_WORTH = re.compile(r"(?:says?|say that)?\s*([\w ,]{2,60}?) (?:is|are) worth ([+-]?\d+)", re.I)
_ATTRIBUTES = frozenset(
    [
        "employees",
        "revenue",
        "role",
        "founded",
        "country",
        "company",
        "industry",
        "title",
        "size",
        "age",
        "source",
        "region",
    ]
)


def read_facts(notes: Notebook, said: Statements) -> None:
    """Take statements, offers, naming rules for links, and the lead score.

    Args:
        notes: takes what is found.
        said: the document taken apart.
    """
    for entry in said.entries:
        if (kind := _KINDS.get(entry.topic or "")) is not None:
            _statements(notes, entry, kind)
        elif entry.topic == "cta":
            _offers(notes, entry)
        elif entry.topic == "scoring":
            _scoring(notes, entry)
        _links(notes, entry)
        _barred(notes, entry)
    for table in said.tables:
        for row in table:
            if "goals" in row.cells and "weight" in row.cells and (goal := word(row.cells["goals"].text, OBJECTIVES)):
                put_goal(notes, goal[0], row.cells["weight"].text, row.cells["goals"], row.cells["weight"])
            elif row.section == "cta" or "offer_name" in row.cells:
                _offer_row(notes, row.cells)
            elif "fact" in row.cells:
                _fact_row(notes, row.cells)


def _statements(notes: Notebook, entry: Entry, kind: str) -> None:
    parts = listed(entry.piece) if kind in ("theme", "milestone") else clauses(entry.piece)
    for clause in parts:
        for part in [clause] if kind in ("theme", "milestone", "target") else list(sentences(clause)):
            if kind != "theme" and len(part.text.split()) < 2:
                continue
            told = "pricing" if kind == "feature" and _PRICED.search(part.text) else kind
            note = _INNER.get(kind, "")
            notes.fact(told, part, claimable=not note, note=note, assumed=ASSUMED.search(part.text) is not None)
        if kind == "milestone" and (found := day(clause)):
            base = f"launch[{notes.next('launch')}]"
            notes.put(f"{base}.name", clause.trimmed().text, clause)
            notes.put(f"{base}.on", found[0].isoformat(), found[1])


def _barred(notes: Notebook, entry: Entry) -> None:
    """A claim that the document itself says must not be repeated."""
    for part in sentences(entry.piece):
        if _BARRED.search(part.text) and (claim := quoted(part)):
            notes.fact("proof", claim, claimable=False, note=part.text.rstrip(" ."))


def _fact_row(notes: Notebook, cells: dict[str, Piece]) -> None:
    known = ("feature", "proof", "offer", "belief", "pricing", "target", "milestone", "theme", "privacy")
    kind = cells["kind"].text.lower() if "kind" in cells else "feature"
    if kind in known:
        notes.fact(kind, cells["fact"], claimable=kind not in _INNER, note=_INNER.get(kind, ""))
    else:
        notes.find("not_read", f"“{kind}” is no kind of fact", cells["kind"])


def _offers(notes: Notebook, entry: Entry) -> None:
    """What a person is asked to do, one offer each."""
    for part in [entry.piece.trimmed()] if entry.block.kind == "item" and not entry.own else list(listed(entry.piece)):
        if (found := word(part.text, CTAS)) and notes.room("offers", part):
            bare = part.part(0, m.start() if (m := re.search(r"\s*\(", part.text)) else None)
            shown = bare.text[:1].upper() + bare.text[1:]
            _offer(notes, part, shown, found[0], part if len(shown) <= 40 else None, part)


def _offer_row(notes: Notebook, cells: dict[str, Piece]) -> None:
    name = cells.get("offer_name")
    asks = cells.get("cta") or name
    if name is None or asks is None or (found := word(asks.text, CTAS)) is None or not notes.room("offers", name):
        return
    base = _offer(notes, name, name.text, found[0], cells.get("button"), asks)
    page = cells.get("page")
    if page is not None and re.fullmatch(r"/[a-z0-9/_-]*", page.text):
        notes.put(f"{base}.path", page.text, page)
        notes.put(f"{base}.assumed_path", False, page)
    elif page is not None:
        notes.find("not_read", "is no path such as /demo", page)


def _offer(notes: Notebook, piece: Piece, name: str, cta: str, button: Piece | None, asks: Piece) -> str:
    base = f"offers[{notes.next('offers')}]"
    notes.put(f"{base}.id", notes.slug(f"offer {name}").removeprefix("offer-"), piece)
    notes.put(f"{base}.name", name, piece)
    notes.put(f"{base}.cta", cta, asks)
    if button is not None:
        notes.put(f"{base}.cta_text", name if button is piece else button.text, button)
    return base


def _links(notes: Notebook, entry: Entry) -> None:
    for medium in _MEDIUM.finditer(entry.piece.text):
        piece = entry.piece.part(medium.start(), medium.end())
        paid_social = re.search(r"paid social", medium[2], re.I)
        channel = ("linkedin", None) if paid_social else word(medium[2], CHANNELS)
        if paid_social or channel is None:
            notes.find("not_read", f"utm_medium {medium[1]} ({medium[2].strip()}) names no one channel of ours", piece)
            continue
        base = f"utm.mediums[{notes.next('utm.mediums')}]"
        notes.put(f"{base}.medium", medium[1].lower(), piece)
        notes.put(f"{base}.channel", channel[0], piece, f"“{medium[2].strip()}” read as {channel[0]}")
        notes.put(f"{base}.meaning", medium[2].strip(), piece)
    if found := _PATTERN.search(entry.piece.text):
        notes.put("utm.campaign_pattern", found[1].rstrip(".,;"), entry.piece.part(found.start(1), found.end(1)))


def _scoring(notes: Notebook, entry: Entry) -> None:
    """`employees 15-500 = 6, 500-1000 = 3; role engineering = 6`, with a maximum and a cut."""
    whole = Piece(entry.block.text, entry.block.start)
    for key, pattern in (("maximum", _SCORE_MAX), ("cut", _SCORE_CUT)):
        if found := pattern.search(whole.text):
            notes.put(f"lead_scoring.{key}", int(found[1]), whole.part(found.start(), found.end()))
    rules: list[tuple[str, int, Piece]] = []
    for clause in clauses(entry.piece):
        attribute = ""
        for part in listed(clause):
            # A remark in brackets may follow the last rule.
            part = part.part(0, m.start() if (m := re.search(r"[.\s]*\(", part.text)) else None).trimmed()
            if (found := _RULE.match(part.text)) is None or not notes.room("lead_scoring.rules", part):
                continue
            head, _, rest = found[1].partition(" ")
            if head.lower() in _ATTRIBUTES and rest:
                attribute, value = head.lower(), rest
            else:
                value = found[1]
            base = f"lead_scoring.rules[{notes.next('lead_scoring.rules')}]"
            notes.put(f"{base}.attribute", attribute or notes.slug(f"score {value}").removeprefix("score-"), part)
            notes.put(f"{base}.value", value, part)
            notes.put(f"{base}.points", int(found[2]), part)
            rules.append((value, int(found[2]), part))
    _two_numbers(notes, whole, rules)


def _two_numbers(notes: Notebook, whole: Piece, rules: list[tuple[str, int, Piece]]) -> None:
    """`leadership and product are worth 3` where a rule gives them 6."""
    for found in _WORTH.finditer(whole.text):
        said = re.sub(r"^.*\bsays?\s+", "", found[1])
        for name in re.split(r",\s*|\s+and\s+", said):
            against = [r for r in rules if re.search(rf"\b{re.escape(name.strip())}\b", r[0], re.I)]
            if name.strip() and against and all(points != int(found[2]) for _, points, _ in against[:1]):
                value, points, piece = against[0]
                notes.contradict(
                    "lead_scoring.rules",
                    f"“{value}” is worth {points} in the rules and {found[2]} in the text.",
                    "Which number holds?",
                    piece, whole.part(found.start(1), found.end()),
                )  # fmt: skip
