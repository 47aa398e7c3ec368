"""A campaign's e-mail for one person: every word in place, one variant a key, its own link."""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime
from functools import cache
from urllib.parse import parse_qs, urlsplit

import pytest

from gtm.automation.campaign_email import NO_ADDRESS, CampaignEmails, variant_for
from gtm.domain.brief import Sourced, VentureBrief
from gtm.domain.campaign import CampaignContent, CampaignTemplate, ContentElement, ContentPiece, TemplateSet, Variant
from gtm.domain.enrolment import Lead
from gtm.domain.errors import NotFound, UnknownVariable
from gtm.domain.playbook_data import PlaybookCommon, PlaybookData, VoicePhrases
from gtm.domain.sessions import HeldSession
from gtm.domain.spec import Policies, Presets
from gtm.playbook.copy import draft_content
from gtm.playbook.directives import Directives
from tests.unit.playbook.conftest import NAMES, ROOT, Drafts, drafted, read

LAYOUT = (ROOT / "config/mjml/email.mjml").read_text(encoding="utf-8")
HELD = HeldSession(at=datetime(2026, 2, 5, 16, 0, tzinfo=UTC), join_url="https://a.test/join")
LEAD = Lead(lead_id="lead-1", venture_id="fleet", email="ann@ann.test", first_name="Ann", company="Ann & Sons")
PLACEHOLDER = re.compile(r"\{\{|\}\}|\{%|%\}")


@cache
def venture(name: str) -> tuple[Drafts, CampaignContent]:
    """A venture with the house's own copy."""
    policies = Policies.model_validate(read("config/policies.yaml"))
    brief = VentureBrief.model_validate(read(f"examples/ventures/{name}.yaml"))
    preset = Presets.model_validate(read(f"config/presets/{brief.preset}.yaml")) if brief.preset else None
    drafts = drafted(brief, preset, policies, Directives())
    voices = sorted((ROOT / "config/playbook/voices").glob("*.yaml"))
    playbook = PlaybookData(
        common=PlaybookCommon.model_validate(read("config/playbook/common.yaml")),
        voices=tuple(VoicePhrases.model_validate(read(f"config/playbook/voices/{path.name}")) for path in voices),
    )
    content = draft_content(
        brief, drafts.templates, drafts.channels, policies, playbook, starts=date(2026, 1, 12), revision=1,
        directives=Directives(),
    )  # fmt: skip
    return drafts, content


def sessions(drafts: Drafts) -> dict[str, HeldSession]:
    return {c.campaign_id: HELD for c in drafts.templates.campaigns if c.kind.session}


def emails(name: str = "fleet", **changes: object) -> CampaignEmails:
    drafts, content = venture(name)
    return CampaignEmails(drafts.brief.model_copy(update=changes), drafts.templates, content, LAYOUT, sessions(drafts))


def mailed(name: str) -> Iterator[tuple[str, ContentPiece]]:
    """Every piece that is a mail, with its reference."""
    drafts, content = venture(name)
    for piece in content.pieces:
        template = drafts.templates.template(piece.template_id)
        assert template is not None
        step = next(s for s in template.steps if s.step == piece.step)
        if {"subject", "body"} <= {slot.name for slot in step.slots}:
            yield f"{piece.campaign_id}/{piece.segment_id}/{piece.step}", piece


def keys_of(piece: ContentPiece) -> dict[str, str]:
    """An assignment key for each variant."""
    return {variant_for(piece, f"key-{n}"): f"key-{n}" for n in range(64)}


@pytest.mark.parametrize("name", NAMES)
def test_no_mail_of_any_venture_leaves_a_placeholder_open(name: str) -> None:
    source, found = emails(name), 0
    for ref, piece in mailed(name):
        for variant, key in keys_of(piece).items():
            for lead in (LEAD, LEAD.model_copy(update={"first_name": "", "company": ""})):
                mail = source.email_for(ref, lead, key)
                for text in (mail.subject, mail.preheader, mail.text, mail.html or ""):
                    assert not PLACEHOLDER.search(text), (ref, variant, text)
                assert mail.subject and mail.text and "\n" not in mail.subject
                found += 1
    assert found > 20


@pytest.mark.parametrize("name", NAMES)
def test_the_link_is_that_of_the_variant_that_is_sent(name: str) -> None:
    source = emails(name)
    for ref, piece in mailed(name):
        assert set(keys_of(piece)) == {"A", "B"}
        for variant, key in keys_of(piece).items():
            mail = source.email_for(ref, LEAD, key)
            links = re.findall(r"https?://\S*utm_\S*", mail.text)
            assert links and mail.variant == variant
            query = parse_qs(urlsplit(links[0]).query)
            assert query["utm_content"] == [f"{piece.template_id}-{piece.segment_id}-{piece.step}-{variant.lower()}"]
            assert links[0].replace("&", "&amp;") in (mail.html or "")


def test_a_key_keeps_its_variant_and_many_keys_spread_evenly() -> None:
    _, piece = next(mailed("fleet"))
    assert {variant_for(piece, "execution-7") for _ in range(5)} == {variant_for(piece, "execution-7")}
    counts = Counter(variant_for(piece, f"execution-{n}") for n in range(2000))
    assert set(counts) == {"A", "B"}
    assert all(880 < count < 1120 for count in counts.values())


def test_pieces_are_assigned_apart_from_each_other() -> None:
    """Whoever got variant A of one mail does not get A of all."""
    (_, first), (_, second), *_ = mailed("fleet")
    same = sum(variant_for(first, f"k{n}") == variant_for(second, f"k{n}") for n in range(1000))
    assert 420 < same < 580


def test_three_variants_spread_over_three() -> None:
    _, piece = next(mailed("fleet"))
    three = tuple(Variant(label=label, text=f"Subject {label}") for label in "ABC")
    subject = ContentElement(variable="email_subject", variants=three)
    wide = piece.model_copy(update={"elements": (subject, *piece.elements[1:])})
    counts = Counter(variant_for(wide, f"k{n}") for n in range(3000))
    assert set(counts) == set("ABC") and min(counts.values()) > 850


def test_an_element_without_the_variant_keeps_its_first() -> None:
    drafts, content = venture("fleet")
    ref, piece = next(mailed("fleet"))
    two = piece.elements[0].model_copy(update={"variants": (Variant(label="A", text="Only one subject"),)})
    changed = piece.model_copy(update={"elements": (two, *piece.elements[1:])})
    pieces = tuple(changed if p.piece_id == piece.piece_id else p for p in content.pieces)
    source = CampaignEmails(
        drafts.brief, drafts.templates, content.model_copy(update={"pieces": pieces}), LAYOUT, sessions(drafts)
    )
    for key in keys_of(changed).values():
        assert source.email_for(ref, LEAD, key).subject == "Only one subject"


def test_a_lead_without_a_name_is_greeted_by_the_fallback() -> None:
    ref, _ = next(mailed("fleet"))
    assert "Hi Ann," in emails().email_for(ref, LEAD, "k").text
    assert "Hi there," in emails().email_for(ref, LEAD.model_copy(update={"first_name": ""}), "k").text


def test_a_name_is_text_and_neither_html_nor_a_template() -> None:
    ref, _ = next(mailed("fleet"))
    lead = LEAD.model_copy(update={"first_name": "<b>{{ cta_url }}</b>"})
    mail = emails().email_for(ref, lead, "k")
    assert "Hi <b>{{ cta_url }}</b>," in mail.text
    assert "Hi &lt;b&gt;{{ cta_url }}&lt;/b&gt;," in (mail.html or "") and "<b>" not in (mail.html or "")


def test_the_postal_address_is_there_or_its_absence_is_said() -> None:
    ref, _ = next(mailed("fleet"))
    assert NO_ADDRESS in emails().email_for(ref, LEAD, "k").text
    assert "test message" in NO_ADDRESS
    mail = emails(postal_address=Sourced(value="1 Main Street, Austin TX")).email_for(ref, LEAD, "k")
    assert "1 Main Street, Austin TX" in mail.text and "1 Main Street" in (mail.html or "")
    assert NO_ADDRESS not in mail.text


def test_the_way_out_is_the_recipients_own() -> None:
    ref, _ = next(mailed("fleet"))
    mail = emails().email_for(ref, LEAD, "k")
    assert "https://fleetdm.com/email/unsubscribe/lead-1" in mail.text
    assert "https://fleetdm.com/email/preferences/lead-1" in mail.text


@pytest.mark.parametrize(
    ("zone", "told"),
    [
        ("America/New_York", "Thursday 5 February 2026, 11:00 New York time"),
        ("Asia/Tokyo", "Friday 6 February 2026, 01:00 Tokyo time"),
        ("UTC", "Thursday 5 February 2026, 16:00 UTC"),
        ("Etc/GMT+5", "Thursday 5 February 2026, 11:00 Etc/GMT+5"),
    ],
)
def test_a_session_is_told_on_the_recipients_own_clock(zone: str, told: str) -> None:
    ref = next(r for r, _ in mailed("fleet") if "webinar" in r)
    mail = emails().email_for(ref, LEAD.model_copy(update={"time_zone": zone}), "k")
    assert f"When: {told}" in mail.text


def test_a_missing_variable_is_an_error_that_names_it() -> None:
    drafts, content = venture("fleet")
    ref, piece = next((r, p) for r, p in mailed("fleet") if "webinar" in r)
    without = CampaignEmails(drafts.brief, drafts.templates, content, LAYOUT)
    refs = [r for r, _ in mailed("fleet") if "webinar" in r]
    missing = set()
    for one in refs:
        try:
            without.email_for(one, LEAD, "k")
        except UnknownVariable as error:
            missing.add(error.field)
    assert missing & {"webinar_date", "join_url"}, (ref, piece.piece_id)


def test_a_slot_that_names_what_nobody_gives_is_an_error() -> None:
    drafts, content = venture("fleet")
    ref, piece = next(mailed("fleet"))
    template = drafts.templates.template(piece.template_id)
    assert template is not None
    source = CampaignEmails(drafts.brief, _with_slot(drafts.templates, template, "{{ shoe_size }}"), content, LAYOUT)
    with pytest.raises(UnknownVariable, match="shoe_size"):
        source.email_for(ref, LEAD, "k")


def _with_slot(templates: TemplateSet, template: CampaignTemplate, text: str) -> TemplateSet:
    first, *others = template.steps
    slots = tuple(s.model_copy(update={"text": text}) if s.name == "preheader" else s for s in first.slots)
    changed = template.model_copy(update={"steps": (first.model_copy(update={"slots": slots}), *others)})
    rest = tuple(t for t in templates.templates if t.template_id != template.template_id)
    return templates.model_copy(update={"templates": (changed, *rest)})


@pytest.mark.parametrize("ref", ["fleet-email-drip/it-platform/9", "fleet-email-drip/nobody/1", "x/y/1"])
def test_content_that_is_not_there_is_not_found(ref: str) -> None:
    with pytest.raises(NotFound) as error:
        emails().email_for(ref, LEAD, "k")
    assert error.value.value == ref


@pytest.mark.parametrize("name", NAMES)
def test_unsubscribe_and_preferences_are_links_in_the_html_part(name: str) -> None:
    ref, piece = next(mailed(name))
    mail = emails(name).email_for(ref, LEAD, keys_of(piece)["A"])
    shown = dict(re.findall(r'<a href="([^"]+)" style="color:#57606a">([^<]+)</a>', mail.html or ""))
    assert set(shown.values()) == {"Unsubscribe", "Choose what you get"}
    assert all(address.startswith("https://") and address in mail.text for address in shown)
