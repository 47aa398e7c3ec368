"""Every campaign type has its kind, and what kinds say of themselves fits together."""

from typing import get_args

import pytest

from gtm.domain.campaign_kinds import KINDS, CampaignKind
from gtm.domain.vocabulary import CampaignType, Channel

EACH = pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)


def test_every_type_of_the_vocabulary_has_a_kind() -> None:
    assert tuple(KINDS) == get_args(CampaignType)
    assert all(kind.type == name for name, kind in KINDS.items())


def test_links_tell_the_types_apart() -> None:
    assert len({kind.utm for kind in KINDS.values()}) == len(KINDS)


@EACH
def test_what_is_mailed_looks_like_a_mail_and_runs_on_mail(kind: CampaignKind) -> None:
    assert (kind.look == "email") == kind.mailed == (kind.words == "email_words")
    assert not kind.mailed or (kind.sequence and "email" in kind.needs and kind.carried_by == {"email"})


@EACH
def test_a_session_is_invited_to_in_a_sequence_and_a_page_looks_like_one(kind: CampaignKind) -> None:
    assert kind.sequence or not kind.session
    assert kind.page == (kind.look == "page")


@EACH
def test_needs_are_channels_and_objectives_are_told_once(kind: CampaignKind) -> None:
    assert kind.needs <= set(get_args(Channel))
    assert kind.objectives and len(set(kind.objectives)) == len(kind.objectives)


def test_the_rules_of_the_page_on_domain() -> None:
    assert KINDS["email_drip"].needs == {"email"}
    assert KINDS["webinar_funnel"].needs == {"email", "linkedin", "content_marketing"}
    assert "google_ads" not in KINDS["social_ads"].needs and "linkedin" in KINDS["social_ads"].needs
