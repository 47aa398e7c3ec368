"""No copy says what no fact carries; Life's '10,000+ users' is the standing example."""

import pytest

from gtm.domain.brief import Fact
from gtm.domain.campaign import Claim, ContentElement, ContentPiece, Variant
from gtm.policies.claims import claim_faults, claimed_facts
from tests.unit.policies.support import brief, with_


def piece(text: str, *claims: tuple[str, str], venture: str = "fleet", segment: str = "it-platform") -> ContentPiece:
    return ContentPiece(
        piece_id=f"{venture}-x/{segment}/1",
        campaign_id=f"{venture}-x",
        template_id="t",
        segment_id=segment,
        step=1,
        elements=(ContentElement(variable="body", variants=(Variant(label="A", text=text),)),),
        cta="learn_more",
        cta_url="https://x.example",
        claims=tuple(Claim(text=t, fact_id=f) for t, f in claims),
        generated_by="test",
        prompt_version="1",
    )


def faults(text: str, *claims: tuple[str, str], venture: str = "fleet", segment: str = "it-platform") -> list[str]:
    return [
        f"{f.span}: {f.why}; {f.repair}"
        for f in claim_faults(piece(text, *claims, venture=venture, segment=segment), brief(venture))
    ]


LARGEST = ("The largest deployment is above 400,000 hosts.", "largest")
GOOD = [
    ("Manage macOS, Windows and Linux from one system.", ()),
    ("The largest deployment is above 400,000 hosts.", (LARGEST,)),
    ("One deployment has 400k hosts, the largest.", (LARGEST,)),
    ("Fleet has full Apple MDM parity, beside Jamf Pro and Intune.", ()),
    ("At best you read it at least once; best regards, and follow best practice.", ()),
    ("We do our best. The easiest way to find out is to read the code.", ()),
    ("See you on Tuesday in January. Hi there!", ()),
    ("Device Policy As A Pull Request", ()),
]
BAD = [
    ("The largest deployment is above 400,000 hosts.", (), "name fact largest by a claim"),
    ("Above 500,000 hosts.", (LARGEST,), "a number that no named fact carries"),
    ("Ten thousand users agree.", (), "a number"),
    ("Twice as fast as before.", (), "a number"),
    ("The best device management there is.", (), "a superlative"),
    ("The only system for Linux.", (), "a superlative"),
    ("The most trusted console.", (), "a superlative"),
    ("Compliance guaranteed, risk-free.", (), "a guarantee"),
    ("We run 100% secure.", (), "a guarantee"),
    ("Trusted by Globex and Initech.", (), "an endorsement"),
    ("Ask Globex how they like it, or our friends at Initech.", (), "a name that the brief does not know"),
    ("Fine.", (("Fine", "no-such-fact"),), "there is no fact no-such-fact"),
    ("A demo is a talk with someone.", (("A demo shows you Fleet", "demo"),), "is assumed"),
    ("Internal.", (("precisely above 1,000 employees", "target-precision"),), "must not be repeated"),
    ("A console.", (("one console", "value-providers"),), "speaks to it-providers"),
    ("Cats are nice.", (("Cats are nice animals", "largest"),), "does not say what fact largest says"),
]


@pytest.mark.parametrize(("text", "claims"), GOOD)
def test_traced_copy_passes(text: str, claims: tuple[tuple[str, str], ...]) -> None:
    assert faults(text, *claims) == []


@pytest.mark.parametrize(("text", "claims", "word"), BAD)
def test_an_untraced_claim_is_refused(text: str, claims: tuple[tuple[str, str], ...], word: str) -> None:
    assert any(word in fault for fault in faults(text, *claims)), faults(text, *claims)


def test_users_before_launch_are_never_repeated_with_or_without_a_claim() -> None:
    told = faults("Join 10,000+ users.", venture="life", segment="professionals")
    assert any("must not be repeated" in fault for fault in told)
    named = faults(
        "Join 10,000+ users.", ("10,000+ users", "users-before-launch"), venture="life", segment="professionals"
    )
    assert any("users-before-launch must not be repeated" in fault for fault in named)
    assert any("a number that no named fact carries" in fault for fault in named)


def test_the_first_app_is_no_claim_of_lifes_copy() -> None:
    text = "Life is the first app that connects what you do with what you spend."
    told = faults(text, venture="life", segment="professionals")
    assert any("superlative" in fault for fault in told)
    assert any("it repeats fact first-app" in fault for fault in told)


def test_numbers_of_the_offer_and_the_segment_are_the_briefs_own_words() -> None:
    text = "One subscription replaces two or three apps."
    told = faults(text, (text, "one-subscription"), venture="life", segment="professionals")
    assert told == []


HALF = with_(
    brief(),
    facts=(
        *brief().facts,
        Fact(id="half", kind="proof", text="Pilots needed 50 % less time for patching.", short="50 % less time"),
        Fact(id="iso", kind="proof", text="Fleet is certified for ISO 27001.", claimable=False, note="expired"),
    ),
)


@pytest.mark.parametrize("text", ["Patching takes half the time.", "Patching takes fifty percent less time."])
def test_a_number_is_carried_whether_in_digits_or_in_words(text: str) -> None:
    told = piece(text, ("Pilots needed 50 % less time", "half"))
    assert [fault.span for fault in claim_faults(told, HALF)] == []
    (fault,) = claim_faults(piece(text), HALF)
    assert fault.repair == "name fact half by a claim, if it is that"


def test_a_claim_in_words_has_its_place_why_and_repair() -> None:
    fault = next(claim_faults(piece("Open source. Certified for medical devices."), HALF))
    assert (fault.check, fault.severity, fault.start, fault.end) == ("content.claims_traced", "block", 13, 26)
    assert fault.span == "Certified for"
    assert fault.why == "a certificate or approval that no named fact carries"
    assert fault.repair == "leave it out, or name the fact that states the certificate"


def test_the_repair_names_the_fact_that_says_it() -> None:
    told = [f.repair for f in claim_faults(piece("We are certified for ISO 27001."), HALF) if f.span == "certified for"]
    assert told == ["leave it out: fact iso must not be repeated (expired)"]


def test_claimed_facts() -> None:
    assert claimed_facts([piece("x", LARGEST), piece("y", ("a", "osquery"))]) == {"largest", "osquery"}
