"""Signed links: what can be read was written here, and mails lead where they led before."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gtm.automation.ports import RenderedEmail
from gtm.automation.tracking import Mark, SignedTracking, secret_from, targets_of
from gtm.domain.enrolment import Lead

TRACKING = SignedTracking("https://mail.acme.test", b"0123456789abcdef")
LEAD = Lead(lead_id="lead-0a1b", venture_id="acme", email="ada@example.test")
SEND = "send-0123456789abcdef0123"
LEAVE = "https://acme.test/email/unsubscribe/lead-0a1b"
HTML = (
    "<html><body><p>Hi</p>"
    '<a href="https://acme.test/demo?utm_source=mail&amp;utm_campaign=x" style="color:red">Book</a>'
    "<A class='b' HREF='http://acme.test/docs'>Docs</A>"
    f'<a href="{LEAVE}">Unsubscribe</a>'
    '<a href="https://acme.test/email/preferences/lead-0a1b">Preferences</a>'
    '<a href="mailto:team@acme.test">Write</a><a href="javascript:alert(1)">x</a><a href="#top">up</a>'
    "</body></html>"
)
EMAIL = RenderedEmail(
    subject="Hi", text=f"Book: https://acme.test/demo\nUnsubscribe: {LEAVE}", html=HTML, unsubscribe_url=LEAVE
)
DEMO, DOCS = "https://acme.test/demo?utm_source=mail&utm_campaign=x", "http://acme.test/docs"


def token(url: str) -> str:
    return url.rpartition("/")[2]


def test_only_web_addresses_that_are_the_same_for_everybody_are_counted() -> None:
    assert targets_of(EMAIL, LEAD) == {DEMO, DOCS}


def test_links_are_put_in_place_and_nothing_else_changes() -> None:
    tracked = TRACKING.tracked(EMAIL, LEAD, SEND, {DEMO: 7, DOCS: 8})
    html = tracked.html or ""
    for url in (TRACKING.url("click", SEND, 7), TRACKING.url("click", SEND, 8), TRACKING.unsubscribe_url(SEND)):
        assert f"{url}" in html
    assert DEMO not in html and DOCS not in html and LEAVE not in html
    for kept in ("/email/preferences/lead-0a1b", "mailto:team@acme.test", "javascript:alert(1)", "#top", ">Book</a>"):
        assert kept in html
    assert html.endswith("</body></html>") and html.count("<img ") == 1 and TRACKING.url("open", SEND) in html
    assert tracked.text == f"Book: https://acme.test/demo\nUnsubscribe: {TRACKING.unsubscribe_url(SEND)}"


def test_a_mail_without_html_gets_a_way_to_unsubscribe_and_no_pixel() -> None:
    tracked = TRACKING.tracked(EMAIL.model_copy(update={"html": None}), LEAD, SEND, {})
    assert tracked.html is None and TRACKING.unsubscribe_url(SEND) in tracked.text


def test_what_was_written_is_read_and_only_for_what_it_was_written() -> None:
    url = TRACKING.url("click", SEND, 7)
    assert TRACKING.read("click", token(url)) == Mark(SEND, 7)
    assert TRACKING.read("open", token(url)) is None
    assert TRACKING.read("unsubscribe", token(url)) is None
    assert SignedTracking("https://mail.acme.test", b"another secret..").read("click", token(url)) is None


@pytest.mark.parametrize(
    "change", [(".7.", ".8."), (SEND, "send-0123456789abcdef0124"), (".7.", ".07."), (".7.", ".7.A")]
)
def test_a_token_cannot_be_turned_into_another(change: tuple[str, str]) -> None:
    given_out = token(TRACKING.url("click", SEND, 7))
    forged = given_out.replace(*change, 1)
    assert forged != given_out
    assert TRACKING.read("click", forged) is None


@given(st.text(max_size=90))
def test_no_text_breaks_the_reader(text: str) -> None:
    assert TRACKING.read("click", text) is None


@given(st.text(max_size=200))
def test_no_html_breaks_the_rewriting(text: str) -> None:
    email = EMAIL.model_copy(update={"html": f'<a href="{text}">x</a>{text}'})
    numbers = dict.fromkeys(targets_of(email, LEAD), 1)
    assert TRACKING.url("open", SEND) in (TRACKING.tracked(email, LEAD, SEND, numbers).html or "")


def test_a_short_secret_is_refused_and_the_vaults_key_itself_is_not_used() -> None:
    with pytest.raises(ValueError, match="16 bytes"):
        SignedTracking("https://a.test", b"short")
    assert secret_from(b"key") != b"key" and len(secret_from(b"key")) == 32
