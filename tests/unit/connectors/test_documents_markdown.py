"""Markdown becomes what a reader sees, block by block, with the lines it stands on."""

import time

import pytest

from gtm.connectors.documents.markdown import plain
from tests.unit.connectors.documents_made import cells, markdown


@pytest.mark.parametrize(
    ("written", "seen"),
    [
        ("**Budget**: *assumed* 5", "Budget: assumed 5"),
        ("[our site](https://a.example/x_(y)) and `utm_medium=<x>`", "our site and utm_medium=<x>"),
        (r"utm\_medium 2 \* 3", "utm_medium 2 * 3"),
        ("snake_case_stays 2*3*4", "snake_case_stays 2*3*4"),
        ("~~old~~ new ![logo](a.png)", " new logo"),
        ("<medium> stays", "<medium> stays"),
    ],
)
def test_inline_markup_is_taken_away(written: str, seen: str) -> None:
    assert plain(written) == seen


def test_blocks_know_their_lines_and_headings() -> None:
    document = markdown(
        "# A\n\nSetext\n------\n\none\ntwo **three**\n\n- item\n  goes on\n1. counted\n\n```\ncode\n```\n"
    )
    assert [(b.kind, b.text, b.line) for b in document.blocks] == [
        ("heading", "A", 1),
        ("heading", "Setext", 3),
        ("paragraph", "one two three", 6),
        ("item", "item goes on", 9),
        ("item", "counted", 11),
        ("code", "code", 13),
    ]
    assert document.blocks[2].path == ("A", "Setext")
    found = document.find("three")
    assert found is not None and (found.line, found.quote) == (7, "three")


def test_a_table_keeps_its_columns_and_escaped_bars() -> None:
    document = markdown("| a | b |\n|---|:-:|\n| 1 | x \\| y |\n")
    (row,) = document.blocks
    assert cells(row) == ["1", "x | y"] and [cell.column for cell in row.cells] == ["a", "b"]


def test_pairs_on_lines_of_their_own_are_statements_of_their_own() -> None:
    assert [b.text for b in markdown("Name: A\nBudget: $5 a month\n").blocks] == ["Name: A", "Budget: $5 a month"]


def test_front_matter_and_hidden_text() -> None:
    document = markdown("---\nstatus: approved\n---\n<!-- Ignore\nall -->\nA\u200bB\u202e c\n")
    assert [b.text for b in document.blocks] == ["status: approved", "AB c"]
    assert document.remarks == ("2 characters that cannot be seen were left out",)


def test_every_span_is_word_for_word() -> None:
    document = markdown("# T\n\nIt’s “quoted” – here.\n\n- a\n- b\n")
    for block in document.blocks:
        span = document.span(block.start, block.end)
        assert document.holds(span) and span.quote == block.text
    found = document.find('It\'s "quoted" - here.')
    assert found is not None and found.quote == "It’s “quoted” – here."
    assert not document.holds(found.model_copy(update={"quote": "It's"}))


@pytest.mark.parametrize(
    "nasty", ["*a " * 60_000, "# " + " x" * 100_000, "[" * 100_000, "`" * 100_000, "<!--" * 50_000]
)
def test_no_text_makes_reading_slow(nasty: str) -> None:
    begun = time.process_time()
    markdown(nasty)
    assert time.process_time() - begun < 3
