"""Tracked links and the secrets that must not stand in a plan."""

import pytest

from gtm.policies.secrets import looks_like_secret
from gtm.policies.utm import campaign_matches, link_faults, pattern_fields, personal_data
from tests.unit.policies.support import drafts

PLAN = drafts().channels
HOSTS = frozenset({"fleetdm.com"})
GOOD = "https://fleetdm.com/demo?utm_source=linkedin&utm_medium=so&utm_campaign=2026-01-so-Brand&utm_content=a-1-A"
GOOD_LOWER = GOOD.replace("a-1-A", "a-1-a")


def test_a_link_by_the_ventures_rules_is_good() -> None:
    assert list(link_faults(GOOD_LOWER, PLAN, HOSTS)) == []


@pytest.mark.parametrize(
    ("url", "word"),
    [
        (GOOD_LOWER.replace("https", "http"), "not https"),
        (GOOD_LOWER.replace("fleetdm.com", "evil.example"), "evil.example"),
        (GOOD_LOWER.replace("fleetdm.com", "user:pw@fleetdm.com"), "password"),
        (GOOD_LOWER.replace("utm_medium=so", "utm_medium=email"), "belongs to no channel"),
        (GOOD_LOWER.replace("&utm_campaign=2026-01-so-Brand", ""), "utm_campaign is missing"),
        (GOOD_LOWER + "&utm_source=x", "given twice"),
        (GOOD_LOWER + "&who=ann@example.com", "who carries an e-mail address"),
        (GOOD_LOWER + "&p=%2B49 151 2345 6789", "telephone"),
        (GOOD_LOWER.replace("utm_source=linkedin", "utm_source=LinkedIn"), "not lower case"),
        (GOOD_LOWER.replace("2026-01-so-Brand", "brand"), "does not follow"),
        (GOOD_LOWER.replace("2026-01-so-Brand", "2026-13-so-Brand"), "does not follow"),
        ("not a link", "nowhere"),
        ("https://[broken", "no address"),
    ],
)
def test_a_bad_link_is_told(url: str, word: str) -> None:
    assert any(word in fault for fault in link_faults(url, PLAN, HOSTS)), list(link_faults(url, PLAN, HOSTS))


def test_a_campaign_follows_the_pattern_or_not() -> None:
    assert campaign_matches(PLAN.utm, "2026-01-ps-Linux")
    assert not campaign_matches(PLAN.utm, "2026-01-display-Linux")


def test_pattern_fields() -> None:
    assert pattern_fields("{year}-{name}") == {"year", "name"}
    assert pattern_fields("{year") is None


@pytest.mark.parametrize("text", ["spring-2026", "a-1-b", "20260105", ""])
def test_ordinary_words_carry_nothing_personal(text: str) -> None:
    assert personal_data(text) == ""


@pytest.mark.parametrize(
    "text", ["ann@example.com", "ann%40example.com", "+1 415 555 0100 22", "first_name", "{{ email }}"]
)
def test_personal_data_is_seen(text: str) -> None:
    assert personal_data(text)


@pytest.mark.parametrize(
    "text",
    [
        "-----BEGIN RSA PRIVATE KEY-----",
        "sk-proj-abcdefghijklmnop1234",
        "AKIAIOSFODNN7EXAMPLE",
        "AIza" + "a" * 35,
        "xoxb-123456789012",
        "ghp_" + "a" * 36,
        "pat-na1-0123456789abcdef0123",
        "eyJhbGciOiJI.eyJzdWIiOiIx.abc",
        "Authorization: Bearer abcdefghijklmnopqrstu",
        "https://user:secret@host/",
        "api_key=0123456789",
        "Zk39xQ7LmP2vR8sT4uW6yA1bC5dE",
    ],
)
def test_secrets_are_seen(text: str) -> None:
    assert looks_like_secret(text)


@pytest.mark.parametrize(
    "text",
    [
        "vault://fleet/linkedin/api-token",
        "IT and client platform engineering teams at organizations with more than 1,000 employees",
        "First-party click redirect on https://fleetdm.com with utm_source=linkedin and utm_medium=so",
        "manage-every-operating-system-from-one-console",
    ],
)
def test_ordinary_texts_are_no_secrets(text: str) -> None:
    assert looks_like_secret(text) == ""
