"""A brief is read whole or refused with every error at once."""

import re
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from gtm.domain.brief import VentureBrief
from gtm.domain.config_loading import load_config
from gtm.domain.errors import ConfigError, InvalidInput
from gtm.domain.intake import brief_json_schema, read_brief
from gtm.domain.spec import Presets
from gtm.domain.yaml_reading import YamlFault, read_yaml
from gtm.domain.zones import is_zone

ROOT = Path(__file__).resolve().parents[3]
FLEET = (ROOT / "examples/ventures/fleet.yaml").read_bytes()
LIMIT = 2_000_000


def read(data: bytes, limit: int = LIMIT) -> VentureBrief:
    return read_brief(data, name="brief.yaml", limit_bytes=limit)


def refused(data: bytes, limit: int = LIMIT) -> InvalidInput:
    with pytest.raises(InvalidInput) as caught:
        read(data, limit)
    error = caught.value
    assert error.findings
    assert "brief.yaml" in error.detail
    assert error.hint
    return error


def edited(edit: Callable[[Any], None]) -> bytes:
    document = yaml.safe_load(FLEET)
    edit(document)
    return yaml.safe_dump(document, sort_keys=False, allow_unicode=True).encode()


def put(path: str, value: object) -> bytes:
    def edit(document: Any) -> None:
        *parents, last = [int(part) if part.isdigit() else part for part in path.split(".")]
        place = document
        for part in parents:
            place = place[part]
        place[last] = value

    return edited(edit)


def test_a_real_brief_is_read() -> None:
    brief = read(FLEET)
    assert brief.id == "fleet"
    assert brief.financial_model.monthly.value == Decimal("50000.00")
    assert brief.market_strategy.objectives[0].weight == Decimal("0.35")


def test_a_brief_survives_a_byte_order_mark() -> None:
    assert read(b"\xef\xbb\xbf" + FLEET) == read(FLEET)


UNREADABLE = [
    ("empty", b"", "the file is empty"),
    ("blank", b" \n\n", "the file is empty"),
    ("only a comment", b"# nothing\n", "the file is empty"),
    ("null", b"~", "the file is empty"),
    ("a list", b"- a\n- b\n", "holds a list"),
    ("a word", b"fleet", "holds nothing but text"),
    ("a number", b"17", "holds nothing but a number"),
    ("a truth", b"true", "holds nothing but true or false"),
    ("not UTF-8", FLEET.replace(b"Fleet", b"Fl\xe9et", 1), "is not UTF-8"),
    ("UTF-16", FLEET.decode().encode("utf-16"), "is not UTF-8"),
    ("a tab", b"id: fleet\nbrand:\n\tvoice: technical\n", "line 3: indented by a tab"),
    ("a key twice", b"id: fleet\nname: a\nid: life\n", "line 3: the key 'id' is given twice"),
    ("a nested key twice", b"brand: {voice: friendly, voice: playful}\n", "the key 'voice' is given twice"),
    ("no YAML", b"id: [fleet\n", "line 2"),
    ("an object", b"id: !!python/object/apply:os.system ['true']\n", "python/object"),
    ("two documents", b"id: a\n---\nid: b\n", "a second document"),
    ("an endless number", b"id: " + b"9" * 5000, "is no figure"),
    ("an endless exponent", b"id: 1e999999999\n", "is no figure"),
    ("a deep nest", b"id: " + b"[" * 2000 + b"]" * 2000, "nested deeper"),
    (
        "a control character",
        b"name: \xc3\xa4\nid: a\x01b\n",
        "line 2: the control character #x0001 may not stand in it",
    ),
    ("a tag", b"id: !secret x\n", "line 1: the tag !secret asks for more than plain data"),
]


@pytest.mark.parametrize(("data", "word"), [row[1:] for row in UNREADABLE], ids=[row[0] for row in UNREADABLE])
def test_what_is_no_brief_at_all_is_refused(data: bytes, word: str) -> None:
    error = refused(data)
    assert any(word in finding for finding in error.findings), error.findings


def test_a_file_of_ten_megabytes_is_refused_before_it_is_parsed() -> None:
    assert "10,000,000 bytes; at most 2,000,000" in refused(b"#" * 10_000_000).findings[0]


def test_a_bomb_of_aliases_is_refused_before_it_goes_off() -> None:
    levels = [b"l0: &l0 [x, x, x, x, x, x, x, x, x]"]
    levels += [b"l%d: &l%d [%s]" % (n, n, b", ".join([b"*l%d" % (n - 1)] * 9)) for n in range(1, 10)]
    assert "aliases" in refused(b"\n".join(levels)).findings[0]


@pytest.mark.parametrize("text", [b"id: &a [fleet, *a]\n", b"id: fleet\nfacts: &a\n  - {text: *a}\n", b"&a {id: *a}\n"])
def test_an_alias_within_what_it_names_is_refused(text: bytes) -> None:
    found = refused(text).findings[0]
    assert "the alias *a stands within what it names; write the value out" in found


def test_a_few_aliases_are_fine() -> None:
    assert read_yaml(b"a: &x [1, 2]\nb: *x\n", limit_bytes=100) == {"a": [1, 2], "b": [1, 2]}


FAULTY = [
    ("id", "../etc", "id: has not the form allowed ('../etc'); allowed: letters, digits"),
    ("id", "a/b", "id: has not the form allowed"),
    ("id", 17, "id: is not accepted (17)"),
    ("financial_model.monthly.value", -1, "financial_model.monthly.value: is out of range (-1)"),
    ("financial_model.monthly.value", float("nan"), "financial_model.monthly.value: is not finite"),
    ("financial_model.monthly.value", float("inf"), "financial_model.monthly.value: is not finite"),
    ("financial_model.monthly.value", 10.001, "at most two decimals"),
    ("financial_model.monthly.value", "1e20", "below 1,000,000,000,000,000"),
    ("financial_model.monthly.value", "a lot", "financial_model.monthly.value: is not accepted ('a lot')"),
    ("financial_model.monthly.value", True, "financial_model.monthly.value"),
    ("financial_model.monthly.value", float("nan"), "is not finite (.nan); allowed: a finite number"),
    ("financial_model.monthly", 50000, "has the wrong type (50000); allowed: a mapping; write {value: 50000}"),
    ("financial_model.monthly", -5, "write {value: …}; -5 itself is out of range, allowed: greater than or equal to 0"),
    ("website", "https://x.test", "allowed: a mapping; write {value: 'https://x.test'}"),
    ("pricing.sales_cycle_days", "ninety", "('ninety'); allowed: a whole number"),
    ("brand.formality", "high", "('high'); allowed: a number"),
    ("name", None, "name: is not accepted (nothing); allowed: text"),
    ("segment_type", "B2B", "allowed: 'B2B_Enterprise', 'B2B_SMB'"),
    ("segments.0.channels", ["fax"], "segments[0].channels[0]: is none of the words allowed ('fax'); allowed: 'email'"),
    ("segments.0.channels", "email", "segments[0].channels: has the wrong type ('email'); allowed: a list"),
    ("segments.1.id", "it-platform", "segments[1].id: is listed twice, first at segments[0]"),
    ("facts.3.id", "value-it", "facts[3].id: is listed twice, first at facts[0]"),
    ("offers.1.id", "demo", "offers[1].id: is listed twice"),
    ("geography.time_zones", ["Mars/Olympus"], "geography.time_zones[0]: is an unknown time zone ('Mars/Olympus')"),
    ("geography.time_zones", ["../../etc/passwd"], "is an unknown time zone"),
    ("geography.countries", ["Germany"], "allowed: two capital letters"),
    ("launch", [{"name": "Launch", "zone": "Nowhere"}], "launch[0].zone: is an unknown time zone"),
    ("colour", "blue", "colour: unknown key; allowed: brand, campaigns"),
    ("brand.voices", "loud", "brand.voices: unknown key, did you mean voice?"),
    ("brand.formality", 1.5, "brand.formality: is out of range"),
    ("pricing", "cheap", "pricing: has the wrong type ('cheap'); allowed: a mapping"),
    ("name", "x" * 61, "name: is too long"),
    ("segments.0.priority", 0, "segments[0].priority: is out of range (0)"),
    ("market_strategy.last_updated", "2026-13-01", "market_strategy.last_updated"),
]


@pytest.mark.parametrize(("path", "value", "word"), FAULTY)
def test_a_fault_names_field_value_and_what_is_allowed(path: str, value: object, word: str) -> None:
    error = refused(put(path, value))
    assert any(word in finding for finding in error.findings), error.findings


def test_every_error_is_told_at_once() -> None:
    def edit(document: Any) -> None:
        document["id"] = "../fleet"
        document["colour"] = "blue"
        del document["brand"]
        document["segments"][1]["id"] = document["segments"][0]["id"]
        document["facts"][1]["id"] = document["facts"][0]["id"]
        document["geography"]["time_zones"] = ["Mars/Olympus"]
        document["financial_model"]["monthly"]["value"] = -5

    error = refused(edited(edit))
    assert len(error.findings) == 7
    for word in ("id: has", "colour", "brand: is missing", "segments[1].id", "facts[1].id", "Mars", "-5"):
        assert any(word in finding for finding in error.findings), word
    assert "7 faults" in error.detail
    assert error.as_problem()["status"] == 422


@pytest.mark.parametrize(("path", "value", "_word"), FAULTY)
def test_no_fault_speaks_python(path: str, value: object, _word: str) -> None:
    told = " ".join(refused(put(path, value)).findings)
    for word in (
        "Decimal(",
        "None",
        "True",
        "str ",
        "dict",
        "tuple",
        "parse string",
        "valid decimal",
        "unicode string",
    ):
        assert word not in told


def test_a_list_whose_only_entry_is_refused_is_not_called_too_short() -> None:
    error = refused(put("offers", [{"id": "demo", "name": "a demo", "cta": "book_demo", "path": {"value": "/demo"}}]))
    assert [told for told in error.findings if "path" in told] and not [t for t in error.findings if "too short" in t]
    assert any("too short" in told for told in refused(put("offers", [])).findings)


def test_a_single_fault_is_told_in_the_sentence_itself() -> None:
    error = refused(put("colour", "blue"))
    assert len(error.findings) == 1 and error.findings[0] in error.detail


def test_thousands_of_faults_are_not_all_told() -> None:
    error = refused(put("channels", ["fax"] * 5000))
    assert len(error.findings) == 201
    assert error.findings[-1] == "and 4800 more"


def test_words_and_times_are_what_they_look_like() -> None:
    data = put("geography.countries", ["US"]).replace(b"- US", b"- NO")
    assert read(data).geography.countries == ("NO",)
    launch = b"launch:\n- {name: Launch, on: 2026-01-13, at: 10:30, zone: UTC}\n"
    milestone = read(FLEET + launch).launch[0]
    assert f"{milestone.on} {milestone.at}" == "2026-01-13 10:30:00"


def test_zones() -> None:
    assert is_zone("Europe/Berlin")
    assert not is_zone("Europe/Atlantis")
    assert not is_zone("")


def test_the_published_schema_describes_a_brief() -> None:
    schema = brief_json_schema()
    assert schema["additionalProperties"] is False
    assert {"id", "segments", "facts", "brand"} <= set(schema["required"])


@given(st.binary(max_size=200))
def test_any_bytes_are_a_brief_or_refused(data: bytes) -> None:
    with pytest.raises(InvalidInput):
        read(data)


@given(st.text(alphabet="abc:{}[]&*!|>-#'\"\n ,~%@`?0.e", max_size=120))
def test_any_text_is_yaml_or_refused(text: str) -> None:
    try:
        read_yaml(text.encode(), limit_bytes=1000)
    except YamlFault as fault:
        assert fault.faults


PRESET = (ROOT / "config/presets/b2b_saas_enterprise.yaml").read_bytes()


def test_a_configuration_file_is_read() -> None:
    assert load_config(PRESET, Presets, "config/presets/x.yaml").split.total == 100


@pytest.mark.parametrize(
    ("data", "field", "allowed"),
    [
        (PRESET + b"extra: 1\n", "extra", "brand_voice"),
        (PRESET.replace(b"professional", b"loud"), "brand_voice", "'friendly'"),
        (PRESET.replace(b"sequence_length: 7", b"sequence_length: 12"), "sequence_length", "less than or equal to 10"),
        (PRESET.replace(b"name:", b"name:\n\t"), "config/p.yaml", "UTF-8"),
        (b"", "config/p.yaml", "UTF-8"),
        (b"- a\n", "(top level)", "a mapping"),
    ],
)
def test_a_broken_configuration_names_file_key_and_what_is_allowed(data: bytes, field: str, allowed: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load_config(data, Presets, "config/p.yaml")
    assert "config/p.yaml" in caught.value.detail
    assert field in caught.value.field
    assert allowed in caught.value.allowed
    assert caught.value.findings


MARKED = (
    ("facts.0.text", "Fleet is fast.<script>alert(1)</script>", "<script>"),
    ("product", "One <b>system</b> for all devices.", "<b>"),
    ("offers.0.cta_text", "Book <img src=x onerror=alert(1)>", "<img"),
    ("brand.description", "plain <!-- a remark -->", "<!--"),
    ("market_strategy.document", "See [the plan](javascript:alert(1)) for more. " * 40, "javascript:"),
    ("segments.0.profile", "R&amp;D teams of large companies.", "&amp;"),
    ("market_strategy.positioning", "Open <SVG/ONLOAD=alert(1)> and free", "<SVG"),
    ("facts.1.note", "data:text/html,<b>x</b>", "data:text/html"),
    ("postal_address", {"value": "1 Main Street<br/>Springfield"}, "<br/>"),
)


@pytest.mark.parametrize(("path", "value", "mark"), MARKED)
def test_markup_is_refused_with_its_field_and_what_is_allowed(path: str, value: Any, mark: str) -> None:
    (told,) = refused(put(path, value)).findings
    field = re.sub(r"\.(\d+)", r"[\1]", path)
    assert told.startswith(field) and mark in told
    assert "allowed: plain words" in told and len(told) < 320


@pytest.mark.parametrize(
    "text",
    [
        "CAC < $100 and LTV > $300.",
        "Campaign names are YYYY-MM-<medium>-<Name>.",
        "JavaScript: one snippet, next to your code.",
        "a<b, b>c and R&D",
        "Turn it on = done; <3 from all of us",
    ],
)
def test_signs_that_are_no_markup_stay(text: str) -> None:
    assert read(put("market_strategy.document", text)).market_strategy.document == text
