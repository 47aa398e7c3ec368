from datetime import date
from decimal import Decimal
from urllib.parse import parse_qs, urlsplit

from hypothesis import given
from hypothesis import strategies as st

from gtm.domain.channels import ChannelChoice, UtmSchema, campaign_name, segment_overlap, tracked_link

names = st.sampled_from(["email", "linkedin", "google_ads", "webinars"])
preferences = st.lists(st.tuples(st.integers(1, 12), st.lists(names, max_size=4)), max_size=8)


def _choice() -> ChannelChoice:
    return ChannelChoice(
        channel="google_ads", role="primary", tier="proven", overlap=Decimal(1), segments=("it",), parameters=(),
        utm_source="google", utm_medium="ps", tracking="redirect", integration="none", rationale="asked for",
    )  # fmt: skip


def test_first_priority_counts_most() -> None:
    known = [(1, ["linkedin"]), (2, ["email"]), (3, ["email"])]
    assert segment_overlap("linkedin", known) == Decimal("0.5455")
    assert segment_overlap("email", known) == Decimal("0.4545")
    assert segment_overlap("webinars", known) == 0


@given(names, preferences)
def test_overlap_is_a_share_and_whole_when_everybody_prefers_it(
    channel: str, known: list[tuple[int, list[str]]]
) -> None:
    overlap = segment_overlap(channel, known)
    assert 0 <= overlap <= 1
    if known and all(channel in wanted for _, wanted in known):
        assert overlap == 1


def test_campaign_names_follow_the_ventures_own_pattern_and_case() -> None:
    own = UtmSchema(sources=("google",), mediums=("ps",), campaign_pattern="{year}-{month}-{medium}-{name}",
                    lower_case_campaign=False)  # fmt: skip
    assert campaign_name(own, date(2026, 1, 5), "ps", "Brand") == "2026-01-ps-Brand"
    house = own.model_copy(update={"lower_case_campaign": True})
    assert campaign_name(house, date(2026, 1, 5), "ps", "Brand") == "2026-01-ps-brand"


def test_a_tracked_link_keeps_what_the_page_asks_for_already() -> None:
    link = tracked_link("https://a.example/demo?lang=en#form", _choice(), "2026-01-ps-Brand", "email-drip-1-A")
    query = parse_qs(urlsplit(link).query)
    assert query["lang"] == ["en"] and query["utm_source"] == ["google"] and query["utm_medium"] == ["ps"]
    assert urlsplit(link).fragment == "form"
