"""MJML of the house's mails: what may stand in one, and what the compiler makes of it."""

import re
from pathlib import Path

import pytest

from gtm.connectors.mjml.schemas import LAYOUT_PARTS, MAX_SOURCE
from gtm.connectors.mjml.service import compile_mjml
from gtm.connectors.mjml.source import check_mjml
from gtm.domain.errors import TemplateRefused
from gtm.domain.rendering import placeholders, render

LAYOUT = (Path(__file__).resolve().parents[3] / "config/mjml/email.mjml").read_text(encoding="utf-8")
HOST = re.compile(r"(?:https?:)?//([a-z0-9.-]+)", re.IGNORECASE)


def mail(inside: str, link: str = "{{ cta_url }}") -> str:
    parts = dict.fromkeys(LAYOUT_PARTS, "") | {"lang": "en", "dir": "ltr", "align": "left", "link": link}
    return render(LAYOUT, parts | {"body": inside, "button": "Book a demo"})


def test_the_layout_names_its_parts_and_nothing_else() -> None:
    assert placeholders(LAYOUT) == LAYOUT_PARTS


def test_it_becomes_responsive_html_that_reaches_for_no_foreign_host() -> None:
    made = compile_mjml(mail("<p>Hi {{ first_name }}, a &amp; b</p>"))
    assert made.startswith("<!doctype html>") and 'lang="en" dir="ltr"' in made
    assert "@media only screen" in made and "Hi {{ first_name }}, a &amp; b" in made and 'href="{{ cta_url }}"' in made
    assert set(HOST.findall(made)) == {"www.w3.org"} and "font" in made and "googleapis" not in made


@pytest.mark.parametrize(
    ("inside", "said"),
    [
        ("<script>alert(1)</script>", "the tag <script>"),
        ("<mj-foo>x</mj-foo>", "the tag <mj-foo>"),
        ("</mj-text><mj-raw><script>1</script></mj-raw><mj-text>", "the tag <mj-raw>"),
        ('</mj-text><mj-include path="/etc/passwd" /><mj-text>', "the tag <mj-include>"),
        ("<img src='https://evil.test/pixel.gif'/>", "the tag <img>"),
        ("<p onclick='x()'>a</p>", "onclick on <p>"),
        ("<a href='javascript:alert(1)'>a</a>", "a link to 'javascript:alert(1)'"),
        ("<a href='data:text/html,x'>a</a>", "a link to 'data:text/html,x'"),
        ("<a href='{{ first_name }}'>a</a>", "a link to '{{ first_name }}'"),
        ("<p style='background:url(https://evil.test/x)'>a</p>", "the style"),
        ("<!--[if mso]><script>1</script><![endif]-->", "a comment"),
        ("<?php 1 ?>", "an instruction"),
        ("<p>never closed", "not well-formed"),
        ("&nope;", "not well-formed"),
    ],
)
def test_what_a_mail_may_not_hold_is_refused_by_name(inside: str, said: str) -> None:
    with pytest.raises(TemplateRefused) as error:
        compile_mjml(mail(inside))
    assert said in error.value.detail


def test_a_doctype_with_entities_is_refused_before_any_of_it_grows() -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><mjml>&b;</mjml>'
    with pytest.raises(TemplateRefused, match="doctype"):
        check_mjml(bomb)


def test_two_megabytes_are_refused_by_their_length() -> None:
    with pytest.raises(TemplateRefused, match=f"longer than {MAX_SOURCE} characters"):
        compile_mjml("<mjml><mj-body>" + "<p>x</p>" * 250_000 + "</mj-body></mjml>")
    with pytest.raises(TemplateRefused, match="longer than 200000 characters"):
        mail("<p>" + "x" * 2_000_000 + "</p>")
