from datetime import date
from decimal import Decimal
from typing import get_args

import pytest

from gtm.domain.budget import parse_trigger
from gtm.domain.names import day, in_text, joined, name_of, network
from gtm.domain.vocabulary import CampaignType, Channel, Cta, Objective, SegmentType


@pytest.mark.parametrize("word", [w for v in (Channel, CampaignType, Cta, Objective, SegmentType) for w in get_args(v)])
def test_no_word_of_the_vocabularies_reaches_a_reader_as_it_is_stored(word: str) -> None:
    for text in (name_of(word), in_text(word), network(word)):
        assert "_" not in text and text.strip()
    assert name_of(word)[0].isupper()


def test_names_inside_a_sentence_and_places_of_unpaid_posts() -> None:
    assert joined(["linkedin", "content_marketing", "twitter_ads"]) == "LinkedIn, content marketing and X (Twitter) Ads"
    assert joined([]) == "" and joined(["email"]) == "email"
    assert network("twitter_ads") == "X (Twitter)" and network("linkedin") == "LinkedIn"
    assert day(date(2026, 1, 5)) == "5 January 2026"


@pytest.mark.parametrize(
    ("condition", "told"),
    [("CAC > $50000", "CAC above $50,000"), ("CPL >= $12.50", "CPL at or above $12.50"),
     ("ROAS < 2.0", "ROAS below 2.0"), ("CTR <= 0.01", "CTR at or below 0.01")],
)  # fmt: skip
def test_a_reallocation_rule_is_told_in_words(condition: str, told: str) -> None:
    rule = parse_trigger(
        condition, "reduce spend by 20%", minimum_sample=10, window_days=14, cooldown_days=7, precedence=1
    )
    assert rule.told == told and rule.action_told == "reduce spend by 20%"
    assert rule.reduce_percent == Decimal(20)
