"""Every piece as its reader would see it: one sketch a variant, whole, escaped, with the network's limits on ads."""

import re
from functools import cache
from html import unescape

import pytest

from app.bootstrap import html_layouts
from gtm.automation.campaign_email import READER, CampaignEmails
from gtm.automation.mail_head import with_head
from gtm.automation.ports import RenderedEmail
from gtm.automation.sketches import Sketch, Sketches
from gtm.domain.brief import VentureBrief
from gtm.domain.campaign import (
    Campaign,
    CampaignContent,
    CampaignTemplate,
    ContentElement,
    ContentPiece,
    TemplateSet,
    Variant,
)
from gtm.domain.errors import NotFound
from gtm.policies.accessibility import RATIO, accessibility_faults, colour_of, contrast
from tests.unit.automation.test_campaign_email import LAYOUT, sessions, venture
from tests.unit.playbook.conftest import NAMES, library

LAYOUTS = html_layouts()


@cache
def sketches(name: str) -> tuple[Sketch, ...]:
    drafts, content = venture(name)
    source = Sketches(
        drafts.brief, drafts.templates, content, mail_layout=LAYOUT, layouts=LAYOUTS, sessions=sessions(drafts)
    )
    return tuple(source.all())


def words(html: str) -> str:
    return " ".join(unescape(re.sub(r"<style>.*?</style>|<[^>]+>", " ", html, flags=re.S)).split())


@pytest.mark.parametrize("name", NAMES)
def test_every_piece_is_drawn_in_every_variant_once(name: str) -> None:
    drafts, content = venture(name)
    found = sketches(name)
    assert len({(one.key, one.kind) for one in found}) == len(found)
    looks = {c.campaign_id: c.kind.look for c in drafts.templates.campaigns}
    for piece in content.pieces:
        kinds = {one.kind for one in found if one.key.rpartition("/")[0] == piece.piece_id}
        assert looks[piece.campaign_id] in kinds
        for label in "AB":
            assert [one for one in found if one.key == f"{piece.piece_id}/{label}"]
    assert {one.kind for one in found} == {"email", "ad", "page"}


@pytest.mark.parametrize("name", NAMES)
def test_nothing_stays_open_runs_or_is_fetched(name: str) -> None:
    for one in sketches(name):
        assert not re.search(r"\{\{|\}\}|\{%", re.sub(r"<style.*?</style>", "", one.html, flags=re.S)), one.key
        assert not re.search(r"<(script|iframe|object|embed)\b|\son\w+=|@import|url\((?!#)", one.html, re.I), one.key
        assert not re.search(r"<(img|source|video)[^>]+src=[\"']?http", one.html, re.I), one.key


@pytest.mark.parametrize("name", NAMES)
def test_nothing_keeps_anybody_from_reading_it(name: str) -> None:
    for one in sketches(name):
        assert accessibility_faults(one.html) == (), one.key


@pytest.mark.parametrize("name", ["page", "ad", "article"])
def test_words_stand_out_from_every_ground_of_their_layout(name: str) -> None:
    """Dark words on each light ground, light words on each dark one: at least 4.5 to 1 (WCAG 2.1, 1.4.3)."""
    css = getattr(LAYOUTS, name).css
    words, grounds = (
        {colour for found in re.findall(rf"(?<![\w-]){part}:(#[0-9a-f]{{3,6}})", css) if (colour := colour_of(found))}
        for part in ("color", "background")
    )
    both = [(word, ground) for word in words for ground in grounds if (sum(word) < 384) != (sum(ground) < 384)]
    assert len(both) > 4
    assert min(contrast(word, ground) for word, ground in both) >= RATIO


@pytest.mark.parametrize("name", NAMES)
def test_an_ad_shows_its_copy_its_picture_and_the_limits_of_its_network(name: str) -> None:
    _, content = venture(name)
    for piece in content.pieces:
        if "social-ads" not in piece.campaign_id:
            continue
        (sketch,) = [one for one in sketches(name) if one.key == f"{piece.piece_id}/A"]
        shown = words(sketch.html)
        for variable, text in piece.composed("A").items():
            if variable == "cta_text" and piece.piece_id.endswith(("google-ads", "twitter-ads")):
                assert 'class="button"' not in sketch.html and ">Button<" not in sketch.html
                continue
            assert " ".join(text.split()) in shown, variable
        assert "Characters, and what the network takes" in shown and "too long" not in shown
        assert ("Picture, to be made" in shown) == any(v.endswith("_image_brief") for v in piece.composed("A"))


def drawn_alone(brief: VentureBrief, template: CampaignTemplate, piece: ContentPiece) -> list[Sketch]:
    campaign = Campaign(
        campaign_id=piece.campaign_id, name="C", type=template.type, template_id=template.template_id, channels=(),
        segments=(piece.segment_id,), cta="book_demo", objective="o",
    )  # fmt: skip
    templates = TemplateSet(venture_id=brief.id, campaigns=(campaign,), templates=(template,))
    content = CampaignContent(venture_id=brief.id, voice=brief.brand.voice, pieces=(piece,))
    return list(Sketches(brief, templates, content, mail_layout=LAYOUT, layouts=LAYOUTS).all())


def test_an_ad_that_is_too_long_is_marked() -> None:
    drafts, content = venture("fleet")
    piece = next(p for p in content.pieces if p.piece_id.endswith("-linkedin"))
    template = drafts.templates.template(piece.template_id)
    assert template is not None
    long = ContentElement(variable="linkedin_headline", variants=(Variant(label="A", text="x" * 71),))
    elements = tuple(long if e.variable == long.variable else e for e in piece.elements)
    shown = drawn_alone(drafts.brief, template, piece.model_copy(update={"elements": elements}))[0].html
    assert "<td class='over'>71, too long</td><td>70</td>" in shown
    assert shown.count("too long") == 1


def written(template: CampaignTemplate, step: int, text: str) -> ContentPiece:
    """A piece of any template, every variable of which holds one text."""
    elements = tuple(
        ContentElement(variable=v.name, variants=(Variant(label="A", text=text),))
        for v in template.variables
        if v.filled_by == "content"
    )
    return ContentPiece(
        piece_id=f"c/it-platform/{step}-s", campaign_id="c", template_id=template.template_id,
        segment_id="it-platform", step=step, elements=elements, cta="book_demo", cta_url="https://fleetdm.com/x",
        generated_by="test", prompt_version="1",
    )  # fmt: skip


HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "🚀 {{ 7*7 }} {% raw %}",
    "مرحبا بالعالم",
    "a & b < c",
)


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("template", library(), ids=lambda template: template.type)
def test_every_step_of_every_template_is_drawn_and_shows_text_as_text(template: CampaignTemplate, text: str) -> None:
    brief = venture("fleet")[0].brief.model_copy(update={"name": "🚀 <b>" if "script" in text else "Fleet"})
    for step in template.steps:
        found = drawn_alone(brief, template, written(template, step.step, text))
        assert found, step.name
        for one in found:
            assert not re.search(r"<script|<img[^>]*onerror|<b>", one.html), (step.name, one.kind)
            assert " ".join(text.split()) in words(one.html), (step.name, one.kind)
            if text.startswith("م"):
                assert 'dir="rtl"' in one.html


def test_a_post_is_drawn_beside_the_mail_that_points_to_it() -> None:
    (series,) = [template for template in library() if template.type == "content_series"]
    brief = venture("fleet")[0].brief
    text = "## First\n\n- one\n- two\n\nA closing line."
    found = drawn_alone(brief, series, written(series, 2, text))
    assert [one.kind for one in found] == ["email", "message"]
    assert "<h2" in found[1].html and "<li" in found[1].html and "‹" not in found[1].html
    assert [one.kind for one in drawn_alone(brief, series, written(series, 1, text))] == ["message"]


def test_the_points_right_below_the_line_that_announces_them_are_a_list() -> None:
    (series,) = [template for template in library() if template.type == "content_series"]
    (outline,) = drawn_alone(venture("fleet")[0].brief, series, written(series, 1, "The posts:\n- one\n- two"))
    assert '<p dir="auto">The posts:</p>\n<ul><li dir="auto">one</li><li dir="auto">two</li></ul>' in outline.html


@pytest.mark.parametrize("name", NAMES)
def test_the_title_of_a_preview_tells_which_piece_it_is_and_not_only_whose(name: str) -> None:
    """The subject of a mail, the headline of a page or an ad; of a creator's post, which has none, its first words."""
    drafts, _ = venture(name)
    titles = {one: re.findall(r"<title>(.*?)</title>", one.html, re.S) for one in sketches(name)}
    assert all(len(found) == 1 and found[0].strip() for found in titles.values())
    for one, (title,) in titles.items():
        own = title.partition(": ")[2] if one.kind == "ad" else title
        assert own.strip() not in ("", drafts.brief.name), one.key


def test_a_piece_without_its_template_is_refused() -> None:
    drafts, content = venture("fleet")
    piece = content.pieces[0].model_copy(update={"template_id": "other"})
    source = Sketches(drafts.brief, drafts.templates, content, mail_layout=LAYOUT, layouts=LAYOUTS)
    with pytest.raises(NotFound, match="no such step"):
        list(source.of(piece))


@pytest.mark.parametrize("name", NAMES)
def test_above_a_mail_stand_its_subject_its_preview_text_and_who_writes(name: str) -> None:
    drafts, content = venture(name)
    source = CampaignEmails(drafts.brief, drafts.templates, content, LAYOUT, sessions(drafts))
    mails = [one for one in sketches(name) if one.kind == "email"]
    assert mails
    for one in mails:
        piece = next(p for p in content.pieces if p.piece_id == one.key.rpartition("/")[0])
        mail = source.preview(piece, one.key[-1])
        _, body = re.split(r"<body[^>]*>", one.html, maxsplit=1)
        assert words(body).startswith(f"{mail.subject} {mail.preheader} {drafts.brief.name} to {READER}"), one.key
        # Nothing of it goes out.
        assert mail.html is not None and f"to <bdi>{READER}" not in mail.html


def test_the_head_of_a_mail_is_words_whatever_stands_in_it() -> None:
    odd = "<script>alert(1)</script> & {{ name }} \\1"
    mail = RenderedEmail(
        subject=odd, preheader=odd, text="", html="<html><body class='x'><p>Hi</p></body></html>", variant="A",
        unsubscribe_url="https://a.test/u", preferences_url="https://a.test/p", addressed=True,
    )  # fmt: skip
    drawn = with_head(mail, odd, "Alex")
    assert "<script" not in drawn and unescape(drawn).count(odd) == 3
    assert drawn.startswith("<html><body class='x'><div") and drawn.endswith("<p>Hi</p></body></html>")
