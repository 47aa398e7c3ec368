"""Mails of hostile or unusual words: refused by a named finding, or shown as the text they are."""

import re
from typing import Any

import pytest
from pydantic import ValidationError

from gtm.automation.campaign_email import CampaignEmails
from gtm.automation.ports import RenderedEmail
from gtm.domain.brief import Sourced
from gtm.domain.campaign import ContentPiece, Slot, TemplateSet
from gtm.domain.errors import InvalidInput, NotFound, TemplateRefused, UnknownVariable
from gtm.playbook.templates import check_template
from tests.unit.automation.test_campaign_email import LAYOUT, LEAD, emails, mailed, sessions, venture
from tests.unit.playbook.conftest import NAMES

ARABIC = "مرحبا بكم في منصتنا الجديدة لإدارة الأجهزة، كل شيء في مكان واحد"


def saying(piece: ContentPiece, text: str, name: str = "email_body") -> ContentPiece:
    """The piece with other words in every variant of an element."""
    elements = tuple(
        e.model_copy(update={"variants": tuple(v.model_copy(update={"text": text}) for v in e.variants)})
        if e.variable == name
        else e
        for e in piece.elements
    )
    return piece.model_copy(update={"elements": elements})


def shown(text: str, name: str = "email_body", **brief: Any) -> RenderedEmail:
    _, piece = next(mailed("fleet"))
    return emails("fleet", **brief).preview(saying(piece, text, name), "A")


def with_slot(text: str) -> TemplateSet:
    drafts, _ = venture("fleet")
    first = drafts.templates.templates[0]
    slots = (*first.steps[0].slots[:2], Slot(name="body", text=text), *first.steps[0].slots[3:])
    changed = first.model_copy(update={"steps": (first.steps[0].model_copy(update={"slots": slots}), *first.steps[1:])})
    return drafts.templates.model_copy(update={"templates": (changed, *drafts.templates.templates[1:])})


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{% for x in y %}{{ x }}{% endfor %}", "may not use for"),
        ("{% for x in range(10**9) %}x{% endfor %}", "may not use for"),
        ("{{ email_body.__class__.__mro__ }}", "may not use getattr"),
        ("{{ email_body['__class__'] }}", "may not use getitem"),
        ("{{ email_body|attr('__class__') }}", "may not use the filter 'attr'"),
        ("{{ cycler() }}", "may not use call"),
        ("{{ email_body * 9999999 }}", "may not use mul"),
        ("{{ __builtins__ }}", "may not name '__builtins__'"),
        ("{{ email_body", "does not parse"),
    ],
)
def test_a_template_that_asks_for_more_than_text_is_refused_by_name(text: str, said: str) -> None:
    drafts, content = venture("fleet")
    templates = with_slot(text)
    piece = next(p for p in content.pieces if p.template_id == templates.templates[0].template_id and p.step == 1)
    with pytest.raises(TemplateRefused) as error:
        CampaignEmails(drafts.brief, templates, content, LAYOUT).preview(piece, "A")
    assert said in error.value.detail
    with pytest.raises(TemplateRefused) as named:
        check_template(templates.templates[0])
    assert "the slot body of fleet-email-drip" in named.value.detail and said in named.value.detail


def test_an_unknown_variable_is_named() -> None:
    drafts, content = venture("fleet")
    templates = with_slot("{{ email_body }} {{ shoe_size }}")
    piece = next(p for p in content.pieces if p.template_id == templates.templates[0].template_id and p.step == 1)
    with pytest.raises(UnknownVariable) as error:
        CampaignEmails(drafts.brief, templates, content, LAYOUT).preview(piece, "A")
    assert error.value.field == "shoe_size"
    with pytest.raises(InvalidInput) as undeclared:
        check_template(templates.templates[0])
    assert "shoe_size is used and not declared" in undeclared.value.findings


@pytest.mark.parametrize(
    "text",
    ["<script>alert(1)</script>", "</mj-text><mj-raw><script>x</script></mj-raw>", "<img src=x onerror=alert(1)>"],
)
def test_markup_in_copy_is_shown_as_the_text_it_is(text: str) -> None:
    for name in ("email_body", "cta_text", "email_subject", "email_preheader"):
        mail = shown(text, name)
        assert "<script" not in (mail.html or "") and "<img" not in (mail.html or "") and "mj-raw>" not in mail.html
        assert text in mail.text + mail.subject + mail.preheader


@pytest.mark.parametrize("text", ["{{ unsubscribe_url }}", "{% for x in y %}", "{{ 7 * 7 }}", "{# gone #} a { b }"])
def test_a_template_in_copy_is_shown_and_never_carried_out(text: str) -> None:
    for name in ("email_body", "cta_text", "email_subject", "email_preheader"):
        mail = shown(text, name)
        assert text in mail.text + mail.subject + mail.preheader and text in (mail.html or "")


def test_two_megabytes_of_html_are_refused() -> None:
    big = "<p>x</p>" * 250_000
    with pytest.raises(ValidationError, match="at most 20000 characters"):
        Slot(name="body", text=big)
    with pytest.raises(TemplateRefused, match="longer than"):
        shown(big)
    ref, _ = next((r, p) for r, p in mailed("fleet") if "webinar" in r and r.endswith("2"))
    with pytest.raises(TemplateRefused, match="longer than"):
        emails().email_for(ref, LEAD.model_copy(update={"company": "x" * 2_000_000}), "k")


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "https://a.test/{{ x }}", "//a.test", ""])
def test_a_link_that_is_no_web_address_is_refused(url: str) -> None:
    _, piece = next(mailed("fleet"))
    with pytest.raises(TemplateRefused, match="cta_url is no web address"):
        emails().preview(piece.model_copy(update={"cta_url": url}), "A")


def test_a_venture_of_emoji_signs_with_its_name() -> None:
    drafts, content = venture("fleet")
    brief = drafts.brief.model_copy(update={"name": "🚀🔥"})
    _, piece = next(mailed("fleet"))
    mail = CampaignEmails(brief, drafts.templates, content, LAYOUT).preview(piece, "A")
    assert "The 🚀🔥 team" in mail.text and "🚀🔥" in (mail.html or "") and 'dir="ltr"' in (mail.html or "")


@pytest.mark.parametrize(("text", "lang"), [(ARABIC, "ar"), ("שלום לכולם, הנה כל המכשירים במקום אחד. " * 3, "he")])
def test_text_that_runs_from_right_to_left_is_laid_out_so(text: str, lang: str) -> None:
    mail = shown(text)
    assert f'<html lang="{lang}" dir="rtl"' in (mail.html or "") and "text-align:right" in (mail.html or "")
    assert text.strip() in re.sub(r"\n(?!\n)", " ", mail.text)


@pytest.mark.parametrize("name", NAMES)
def test_every_mail_reads_well_as_plain_text_and_reaches_for_no_foreign_host(name: str) -> None:
    source = emails(name, postal_address=Sourced(value="1 Main Street, Austin TX"))
    drafts, _ = venture(name)
    own = drafts.brief.website.value.split("/")[2]
    for _, piece in mailed(name):
        mail = source.preview(piece, "A")
        lines = mail.text.split("\n")
        assert all(len(line) <= 78 or "://" in line for line in lines)
        assert not re.search(r"</?[a-z]+[ >]|\*\*|&[a-z]+;", mail.text)
        assert "1 Main Street, Austin TX" in mail.text and "1 Main Street, Austin TX" in (mail.html or "")
        for url in (mail.unsubscribe_url, mail.preferences_url):
            assert url in mail.text and f'href="{url}"' in (mail.html or "")
        hosts = set(re.findall(r"https?://([a-z0-9.-]+)", (mail.html or "")))
        assert hosts <= {"www.w3.org", "a.test", own, own.removeprefix("www.")}
        assert 'lang="en" dir="ltr"' in (mail.html or "") and len(mail.html or "") < 20_000


def test_an_ad_is_no_mail_and_a_foreign_piece_has_no_template() -> None:
    _, content = venture("fleet")
    ad = next(p for p in content.pieces if p.template_id.endswith("social-ads"))
    with pytest.raises(InvalidInput, match="the piece is no mail"):
        emails().preview(ad, "A")
    with pytest.raises(NotFound, match="no such template"):
        emails().preview(ad.model_copy(update={"template_id": "nobody"}), "A")


def test_where_a_lead_chooses_what_to_get_is_a_parameter() -> None:
    drafts, content = venture("fleet")
    ref, _ = next(mailed("fleet"))
    source = CampaignEmails(
        drafts.brief,
        drafts.templates,
        content,
        LAYOUT,
        sessions(drafts),
        lambda lead: f"https://g.test/t/p/{lead.lead_id}",
    )
    mail = source.email_for(ref, LEAD, "k")
    assert mail.preferences_url == "https://g.test/t/p/lead-1"
    assert "https://g.test/t/p/lead-1" in mail.text and "https://g.test/t/p/lead-1" in (mail.html or "")
