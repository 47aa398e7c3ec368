"""Whatever stands in a CSV is one row, one rejected row, or one clear error; never a lost neighbour."""

import csv
import io
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gtm.automation.importing_columns import columns_of, neutralised, plain
from gtm.automation.importing_csv import LONGEST_LINE, LeadFile, Row
from gtm.domain.errors import InvalidInput


def read(data: bytes, encoding: str | None = None) -> list[Row]:
    return list(LeadFile(io.BytesIO(data), encoding).rows())


def test_a_byte_order_mark_and_other_delimiters_are_seen_through() -> None:
    file = LeadFile(io.BytesIO(b"\xef\xbb\xbfemail;name\r\na@b.test;Ada\r\n"))
    assert file.header == ("email", "name") and file.delimiter == ";"
    assert [row.cells for row in file.rows()] == [("a@b.test", "Ada")]
    wide = LeadFile(io.BytesIO("email\tname\na@b.test\tZoë\n".encode("utf-16")))
    assert [row.cells for row in wide.rows()] == [("a@b.test", "Zoë")]


def test_bytes_of_another_encoding_reject_their_row_alone() -> None:
    data = b"email,name\na@b.test,Ada\nb@b.test,Zo\xeb\nc@b.test,Cy\n"
    assert [row.fault for row in read(data)] == ["", "not utf-8-sig: byte 0xEB (see --encoding)", ""]
    assert [row.cells[1] for row in read(data, "latin-1")] == ["Ada", "Zoë", "Cy"]
    with pytest.raises(InvalidInput, match="no such encoding"):
        read(data, "klingon")


def test_nul_and_too_many_cells_reject_their_row_alone() -> None:
    rows = read(b"email,name\na@b.test,A\0da\nb@b.test,B,C\nc@b.test,Cy,\n")
    assert [bool(row.fault) for row in rows] == [True, True, False]
    assert "NUL" in rows[0].fault and rows[1].fault == "3 cells under 2 columns"


def test_a_quote_that_is_never_closed_costs_one_row() -> None:
    body = b"".join(b"p%d@b.test,Ada\n" % n for n in range(200))
    rows = read(b'email,name\nq@b.test,"Ada\n' + body)
    assert len(rows) == 201 and [row.number for row in rows if row.fault] == [2]
    assert rows[1].cells == ("p0@b.test", "Ada")
    (quoted,) = read(b'email,name\nq@b.test,"Ada,\nCountess"\n')
    assert quoted.cells == ("q@b.test", "Ada,\nCountess")


def test_a_line_without_end_is_skipped_and_memory_stays_small() -> None:
    long = b"x" * (LONGEST_LINE * 5)
    rows = read(b"email,name\n" + long + b",y\nb@b.test,Ben\n")
    assert [row.fault[:18] for row in rows] == ["the line is longer", ""]
    with pytest.raises(InvalidInput, match="no header"):
        read(b"")


def test_a_quote_within_a_cell_opens_nothing() -> None:
    rows = read(b'email,company\na@b.test,5" disks\nb@b.test,"3"" disks"\nc@b.test,Co "X"\n')
    assert [row.cells for row in rows] == [("a@b.test", '5" disks'), ("b@b.test", '3" disks'), ("c@b.test", 'Co "X"')]


def test_two_stray_quotes_do_not_swallow_the_people_between_them() -> None:
    good = b"".join(b"good%d@b.test,Co\n" % n for n in range(10))
    data = b'email,company\nbad1@b.test,"5 disks\n' + good + b'bad2@b.test,"3 disks\nz@b.test,Z\n'
    rows = list(LeadFile(io.BytesIO(data)).rows(address=0))
    assert [row.cells[0] for row in rows if not row.fault] == [f"good{n}@b.test" for n in range(10)] + ["z@b.test"]
    assert [row.cells for row in rows if row.fault] == [('bad1@b.test,"5 disks',), ('bad2@b.test,"3 disks',)]


def test_a_cell_too_long_for_the_csv_module_rejects_its_first_line_alone() -> None:
    lines = b'a@b.test,"' + (b"y" * 60_000 + b"\n") * 3 + b'",z\n'
    rows = read(b"email,company,x\n" + lines + b"b@b.test,Ben,\n")
    assert rows[0].cells[0].startswith('a@b.test,"yyy') and rows[0].fault.startswith("not CSV")
    assert rows[-1] == Row(rows[-1].number, ("b@b.test", "Ben", ""))


LINES = st.sampled_from(
    ["good%d@b.test,Co,x", 'stray%d@b.test,5" disks,x', 'open%d@b.test,"never closed,x', 'two%d@b.test,"a\nb",x', "",
     'odd%d@b.test,"a"b,x', '"whole%d@b.test,Co,x', 'nul%d@b.test,\0,x', 'note%d@b.test,"x,\ny@b.test", z', '"', ",,"]
)  # fmt: skip


@given(st.lists(LINES, max_size=30), st.sampled_from(["\n", "\r\n"]))
def test_every_line_is_of_one_row_and_no_good_line_is_of_another(given_lines: list[str], end: str) -> None:
    lines = [one % n if "%d" in one else one for n, one in enumerate(given_lines)]
    text = "".join(line + end for line in ["email,company,note", *lines])
    rows = list(LeadFile(io.BytesIO(text.encode())).rows(0))
    blank = sum(1 for line in lines if not line)
    assert sum(row.lines for row in rows) + blank >= text.count("\n") - 1
    taken = [row.cells[0] for row in rows if not row.fault]
    assert [line.partition(",")[0] for line in lines if line.startswith("good")] == [
        cell for cell in taken if cell.startswith("good")
    ]
    told = "".join("".join(row.cells) for row in rows)
    assert all(name in told for line in lines if "@" in line for name in [line.split("@")[0].strip('"')])


@pytest.mark.parametrize("cut", [1, 2, 3])
def test_a_utf16_file_that_was_cut_off_costs_its_last_row(cut: int) -> None:
    rows = read("email,name\na@b.test,Ada\nb@b.test,Ben😀".encode("utf-16")[:-cut])
    assert rows[0] == Row(2, ("a@b.test", "Ada"))
    assert "not utf-16" in rows[1].fault and len(rows) == 2


@pytest.mark.parametrize("encoding", ["idna", "undefined", "utf-16", "utf-8\0", "base64", "punycode"])
def test_an_encoding_that_cannot_be_read_is_one_clear_error(encoding: str) -> None:
    with pytest.raises(InvalidInput):
        read(b"email,name\n\xffa@b.test,Ada\n", encoding)


@given(st.lists(st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\r\n")), min_size=2,
                         max_size=2).filter(lambda cells: any(cells)), max_size=20))  # fmt: skip
def test_what_the_csv_module_writes_is_read_back(rows: list[list[str]]) -> None:
    text = io.StringIO()
    csv.writer(text).writerows([["email", "name"], *rows])
    found = read(text.getvalue().encode())
    assert [list(row.cells) for row in found] == [r for r in rows if ",".join(r).strip() or any(c.strip() for c in r)]
    assert not any(row.fault for row in found)


@pytest.mark.parametrize("cell", ["=1+1", "+49 30 1", "-5", "@cmd", "\tx"])
def test_what_begins_like_a_formula_is_neutralised_and_comes_back(cell: str) -> None:
    assert neutralised(cell) == "'" + cell
    assert plain(neutralised(cell)) in (cell, "'\tx")
    assert neutralised("Ada") == "Ada" == plain(" Ada ")


def test_columns_are_found_by_their_names_and_by_the_mapping() -> None:
    columns = columns_of(["E-Mail", "First Name", "Job Title", "Phone"], {"Phone": "attributes.phone"})
    assert list(columns.fields.values()) == ["email", "first_name", "role", "attributes.phone"]
    assert columns_of(["email", "notes", ""], {}).ignored == ("notes", "column 3")
    assert columns_of(["email", "company", "company"], {"3": "company", "2": ""}).fields == {0: "email", 2: "company"}


@pytest.mark.parametrize(
    ("header", "mapping", "said"),
    [
        (["name"], {}, "no column is the email"),
        (["email", "e-mail"], {"2": "email", "1": "email"}, "would all be email"),
        (["email"], {"phone": "attributes.phone"}, "no such column"),
        (["email", "x", "x"], {"x": "company"}, "several columns"),
        (["email"], {"email": "password"}, "no such field"),
    ],
)
def test_a_header_that_cannot_be_used_is_one_clear_error(
    header: list[str], mapping: Mapping[str, str], said: str
) -> None:
    with pytest.raises(InvalidInput, match=said):
        columns_of(header, mapping)
