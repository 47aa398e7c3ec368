"""What a document says about money: the budget by month and year, what a customer brings and costs, the sales cycle."""

import re
from decimal import Decimal

from gtm.playbook.intake.entries import Entry, Row, Statements
from gtm.playbook.intake.notebook import Notebook
from gtm.playbook.intake.pieces import Piece, clauses
from gtm.playbook.intake.values import ASSUMED, FOREIGN, amounts, number, period

_FIGURES = {
    "pricing.annual_contract_value": r"\bACV\b|\b(?:annual|average) contract value\b",
    "pricing.lifetime_value": r"\bC?LTV\b|\b(?:customer )?life-?time value\b",
    "pricing.target_cac": r"\btarget (?:CAC|acquisition cost)\b|\bCAC target\b",
}
_FIGURE = re.compile("|".join(_FIGURES.values()), re.I)
_BUDGET = re.compile(r"\b(?:budget|marketing spend)\b", re.I)
_CYCLE = re.compile(r"sales cycle\D{0,40}?(\d{1,4})\s*(day|week|month)s?", re.I)
_DAYS = {"day": 1, "week": 7, "month": 30}
_BY_MONTH = re.compile(r"\bmonth by month\b|\bby month\b|\bper month from\b|\bmonthly:", re.I)
_COUNTS = {
    w: n
    for n, w in enumerate(
        ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"], 1
    )
}
_AGAIN = re.compile(
    rf"(\d[\d,]*) for (?:each of )?(?:the )?(?:next |last |remaining )?({'|'.join(_COUNTS)}|\d{{1,2}}) months", re.I
)
_BARE = re.compile(r"(?<![\w.,-])\$?(\d{1,3}(?:,\d{3})+|\d+)(?![\w%]|,\d{3}|\.\d)")
LONGEST_YEAR = 24


def read_money(notes: Notebook, said: Statements) -> None:
    """Take figures and budget; amounts in other currencies are told and not converted.

    Args:
        notes: takes what is found.
        said: the document taken apart.
    """
    for entry in said.entries:
        _figures(notes, entry)
        _cycle(notes, entry)
        if entry.topic == "budget" or (_BUDGET.search(entry.label) and amounts(entry.piece.text)):
            _budget(notes, entry)
        if FOREIGN.search(entry.piece.text) and entry.topic in ("budget", "pricing", "price", "figure", "targets"):
            notes.find("not_read", "an amount that is not in US dollars; nothing is converted", entry.piece)
    for table in said.tables:
        _table(notes, table)


def _figures(notes: Notebook, entry: Entry) -> None:
    if labelled := _FIGURE.search(entry.label):
        _figure(notes, labelled.group(), entry.piece, assumed=ASSUMED.search(entry.block.text) is not None)
        return
    marks = list(_FIGURE.finditer(entry.piece.text))
    ends = [*(mark.start() for mark in marks[1:]), len(entry.piece.text)]
    for mark, end in zip(marks, ends, strict=False):
        window = entry.piece.part(mark.start(), end)
        stop = re.search(r";|\.\s", window.text)
        _figure(notes, mark.group(), window.part(0, stop.start() if stop else None))


def _figure(notes: Notebook, name: str, piece: Piece, *, assumed: bool = False) -> None:
    found = amounts(piece.text)
    if not found or found[0].start > 60:
        return
    field = next(key for key, pattern in _FIGURES.items() if re.fullmatch(pattern, name, re.I))
    notes.put(f"{field}.value", found[0].value, piece)
    if assumed or ASSUMED.search(piece.text):
        notes.put(f"{field}.assumed", True, piece)
    rest = piece.part(found[0].end).trimmed(" ,;.()")
    if rest.text and not ASSUMED.fullmatch(rest.text):
        notes.put(f"{field}.note", rest.text, rest)


def _cycle(notes: Notebook, entry: Entry) -> None:
    text = f"{entry.label} {entry.piece.text}" if "sales cycle" in entry.label else entry.piece.text
    if found := _CYCLE.search(text):
        notes.put("pricing.sales_cycle_days", int(found[1]) * _DAYS[found[2].lower()], entry.piece)
        if ASSUMED.search(text):
            notes.put("pricing.sales_cycle_assumed", True, entry.piece)


def _budget(notes: Notebook, entry: Entry) -> None:
    for clause in clauses(entry.piece):
        if _BY_MONTH.search(clause.text) and (months := _months(clause.text)):
            for amount in months[:LONGEST_YEAR]:
                notes.put(f"financial_model.by_month[{notes.next('financial_model.by_month')}]", amount, clause)
            continue
        for money in amounts(clause.text):
            span = money.period or period(entry.label + " ", len(entry.label) + 1, len(entry.label) + 1)
            where = clause if len(clause.text) <= 200 else clause.part(money.start, money.end)
            if span is None:
                notes.find("not_read", "a budget without a month or a year", clause)
            elif span == "year":
                notes.put("financial_model.annual_total", money.value, where)
            else:
                notes.put("financial_model.monthly.value", money.value, where)
                if ASSUMED.search(clause.text) or ASSUMED.search(entry.label):
                    notes.put("financial_model.monthly.assumed", True, where)


def _months(text: str) -> list[Decimal]:
    """`500, 1,500, then 2,500 for each of six months` as eight amounts."""
    found: list[Decimal] = []
    again = _AGAIN.search(text)
    for match in _BARE.finditer(text):
        if again and match.start() > again.start(1):
            break
        if again and match.start() == again.start(1):
            times = _COUNTS.get(again[2].lower()) or int(again[2])
            found += [number(match[1])] * times
            break
        found.append(number(match[1]))
    return found if len(found) > 1 else []


def _table(notes: Notebook, table: tuple[Row, ...]) -> None:
    """A table of months and what each may cost."""
    for row in table:
        spend = row.cells.get("budget")
        if "month" not in row.cells or spend is None:
            return
        found = [m.value for m in amounts(spend.text)] or [number(m[1]) for m in _BARE.finditer(spend.text)]
        if re.search(r"\b(?:total|year|sum)\b", row.cells["month"].text, re.I):
            if found:
                notes.put("financial_model.annual_total", found[0], spend)
        elif found:
            notes.put(f"financial_model.by_month[{notes.next('financial_model.by_month')}]", found[0], spend)
