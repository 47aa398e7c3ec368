"""Templates fill, and nothing else happens."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gtm.domain import rendering
from gtm.domain.errors import TemplateRefused, UnknownVariable
from gtm.domain.rendering import placeholders, render


def test_placeholders_and_filling() -> None:
    text = "Hi {{ first_name }}, {{ intro | trim }}{% if company %} at {{ company }}{% endif %}"
    assert placeholders(text) == {"first_name", "intro", "company"}
    assert render(text, {"first_name": "Ada", "intro": " hello ", "company": "Fleet"}) == "Hi Ada, hello at Fleet"


def test_an_unknown_variable_is_named() -> None:
    with pytest.raises(UnknownVariable) as caught:
        render("Hi {{ first_nam }}", {"first_name": "Ada"})
    assert caught.value.field == "first_nam"
    assert caught.value.allowed == "first_name"


def test_a_default_stands_in_for_a_missing_value() -> None:
    assert render("Hi {{ first_name | default('there') }}", {}) == "Hi there"
    with pytest.raises(UnknownVariable):
        render("{{ first_name | default('there') }} {{ first_name }}", {})


def test_html_is_escaped_and_text_is_not() -> None:
    assert render("{{ x }}", {"x": "<b>&"}, html=True) == "&lt;b&gt;&amp;"
    assert render("{{ x }}", {"x": "<b>&"}) == "<b>&"


def test_values_are_never_templates() -> None:
    assert render("{{ x }}", {"x": "{{ y }}{{ ().__class__ }}"}) == "{{ y }}{{ ().__class__ }}"


@pytest.mark.parametrize(
    "text",
    [
        "{{ ().__class__ }}",
        "{{ x.__class__ }}",
        "{{ x['__class__'] }}",
        "{{ x | attr('__class__') }}",
        "{{ __builtins__ }}",
        "{{ self }}{{ _secret }}",
        "{{ range(10) }}",
        "{{ cycler() }}",
        "{{ 'a' * 1000000000 }}",
        "{{ 9 ** 99999999 }}",
        "{% for a in x %}{% endfor %}",
        "{% set a = 1 %}",
        "{% import 'os' as os %}",
        "{% include 'x' %}",
        "{% macro m() %}{% endmacro %}",
        "{{ x | map('upper') }}",
        "{{ x | format(1) }}",
        "{{ x",
        "{% if %}",
    ],
)
def test_everything_else_is_refused(text: str) -> None:
    with pytest.raises((TemplateRefused, UnknownVariable)):
        render(text, {"x": "1"})


def test_sizes_are_limited() -> None:
    with pytest.raises(TemplateRefused, match="longer than 10"):
        render("{{ x }}", {"x": "y" * 11}, limit=10)
    with pytest.raises(TemplateRefused):
        render("x" * 100_001, {})
    with pytest.raises(TemplateRefused):
        render("{{ " + "(" * 20_000 + "x" + ")" * 20_000 + " }}", {"x": "1"})


WORDS = st.sampled_from(
    ["{{ x }}", "{{y}}", "{{ '{' }}", "{{ true }}", "{{ x | upper }}", "{% if y %}a{% endif %}", "{{- x }}", "{# no #}"]
)
TEXTS = st.text(alphabet="ab {}%#-&<\"'\r\n\x00é", max_size=6)
VALUES = st.one_of(st.text(alphabet="a{}<&\"'\n", max_size=6), st.integers(), st.booleans(), st.floats(allow_nan=False))


@given(parts=st.lists(st.one_of(WORDS, TEXTS), max_size=8), x=VALUES, y=VALUES, html=st.booleans())
@example(parts=["{{ x }}\n"], x="<", y="", html=True)
@example(parts=["{", "{{ x }}", "}"], x="a", y="", html=False)
@example(parts=["a\r\n{{ x }}"], x="a", y="", html=False)
def test_a_template_that_is_filled_without_its_language_reads_as_with_it(
    parts: list[str], x: object, y: object, html: bool
) -> None:
    text, values = "".join(parts), {"x": x, "y": y}
    try:
        known = placeholders(text) <= {"x", "y"}
    except TemplateRefused:
        return
    if known:
        assert render(text, values, html=html) == rendering._compiled(text, html).render(**values)


def test_what_a_mail_is_made_of_is_filled_without_its_language() -> None:
    assert rendering._plain_pieces("Hi {{ first_name }}, {{ '{' }}it{{ x }}") == ("Hi ", "first_name", ", {it", "x", "")
    sheet = "a { margin: 0 } @media x { b { c: d; }  }"
    assert rendering._plain_pieces(f"{sheet}{{{{ x }}}}") == (sheet, "x", "")
    for text in ("{{ x | upper }}", "{% if x %}a{% endif %}", "{{ true }}", "a\r\n{{ x }}", "a {# b #}{{ x }}"):
        assert rendering._plain_pieces(text) is None


def test_a_text_without_conditions_has_its_limit_too() -> None:
    assert render("{{ x }}b", {"x": "a" * 9}, limit=10) == "a" * 9 + "b"
    with pytest.raises(TemplateRefused, match="longer than 10"):
        render("{{ x }}b", {"x": "a" * 10}, limit=10)
