"""Every number of docs/domain.md is a key of config/, with that value; and no number of that page is left over."""

import re
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[3]
PAGE = ROOT / "docs" / "domain.md"

POLICIES = "policies"
STAGE = "stage17/stage"
SAAS, SHOP, FREEMIUM = "presets/b2b_saas_enterprise", "presets/b2c_ecommerce", "presets/b2b_smb_freemium"

# What the page says → which file and key of config/ carries it → the values, in the order in which the page says them.
NUMBERS: list[tuple[str, list[tuple[str, str, Any]]]] = [
    (
        "order 5 profitability model, 11 naming/branding, 15 pricing/financial model, 16 pricing and market",
        [
            (POLICIES, "alerts.GTM-001.goes_to", [15, 5]),
            (POLICIES, "alerts.GTM-002.goes_to", [11, 15]),
            (STAGE, "entry_gates.market-strategy.failure_stage", 16),
            (STAGE, "entry_gates.segments.failure_stage", 11),
        ],
    ),
    ("**17 GTM strategist**, 18 sales", [(STAGE, "stage", 17), (STAGE, "handoff_to", 18)]),
    (
        "By hand the stage takes 7-11 days",
        [(POLICIES, "service.by_hand_days.minimum", 7), (POLICIES, "service.by_hand_days.maximum", 11)],
    ),
    ("under 100 minutes", [(POLICIES, "service.run_minutes", 100)]),
    (">95 % task success rate", [(POLICIES, "service.task_success", 0.95)]),
    ("100+ ventures at a time", [(POLICIES, "service.ventures_at_a_time", 100)]),
    ("10+ campaigns a venture", [(POLICIES, "service.campaigns_per_venture", 10)]),
    ("retries a failed external call 3 times", [(POLICIES, "run.api_retries", 3)]),
    ("after 3 consecutive failures hands over", [(POLICIES, "run.consecutive_failures_to_person", 3)]),
    ("(crew id `gtm-strategist-crew`, stage 17,", [(STAGE, "stage", 17)]),
    (
        "| 1,000-1,000,000 USD a month | 10,000 |",
        [(POLICIES, "total_budget", {"minimum": 1000, "maximum": 1000000, "default": 10000})],
    ),
    (
        "| 50-80 / 10-30 / 5-20 %, sum exactly 100 | 70/20/10 |",
        [
            (POLICIES, "split_ranges.proven", {"minimum": 50, "maximum": 80, "default": 70}),
            (POLICIES, "split_ranges.growth", {"minimum": 10, "maximum": 30, "default": 20}),
            (POLICIES, "split_ranges.experimental", {"minimum": 5, "maximum": 20, "default": 10}),
            (POLICIES, "default_split", {"proven": 70, "growth": 20, "experimental": 10}),
        ],
    ),
    (
        "50-200 characters",
        [(POLICIES, "positioning_characters.minimum", 50), (POLICIES, "positioning_characters.maximum", 200)],
    ),
    ("| 3-10 emails | 5 |", [(POLICIES, "sequence_length", {"minimum": 3, "maximum": 10, "default": 5})]),
    ("| 2-5 an element | 2 |", [(POLICIES, "variants", {"minimum": 2, "maximum": 5, "default": 2})]),
    ("| 50-2,000 words |", [(POLICIES, "content_words", {"minimum": 50, "maximum": 2000})]),
    (
        "email 300, ad 50, blog post 800",
        [(POLICIES, "email_words", 300), (POLICIES, "ad_words", 50), (POLICIES, "blog_words", 800)],
    ),
    (
        "| 0-720 h; optionally business days only | 48 h |",
        [(POLICIES, "delay_hours", {"minimum": 0, "maximum": 720, "default": 48})],
    ),
    (
        "| retry_3x, retry_5x, fail_fast, fallback, manual_intervention | retry_3x |",
        [
            (POLICIES, "error_strategies.retry_3x.delays_seconds", [60, 120, 240]),
            (POLICIES, "error_strategies.retry_5x.delays_seconds", [60, 120, 240, 480, 960]),
        ],
    ),
    (
        "| effectiveness threshold | venture | 0.30-0.90 | 0.50 |",
        [(POLICIES, "effectiveness_threshold", {"minimum": 0.3, "maximum": 0.9, "default": 0.5})],
    ),
    (
        "| weekly leads target | venture | 5-500 | B2B 10, B2C 50 |",
        [
            (POLICIES, "weekly_leads_target", {"minimum": 5, "maximum": 500}),
            (POLICIES, "b2b.weekly_leads_target", 10),
            (POLICIES, "b2c.weekly_leads_target", 50),
        ],
    ),
    (
        "| conversion target | venture | 1-10 % | B2B 2 %, B2C 1 % |",
        [
            (POLICIES, "conversion_target", {"minimum": 0.01, "maximum": 0.1}),
            (POLICIES, "b2b.conversion_target", 0.02),
            (POLICIES, "b2c.conversion_target", 0.01),
        ],
    ),
    (
        "| ROAS target | venture | 2.0-10.0 | 3.0 |",
        [(POLICIES, "roas_target", {"minimum": 2.0, "maximum": 10.0, "default": 3.0})],
    ),
    ("(50,000; 60/30/10;", [(SAAS, "total_budget", 50000), (SAAS, "split.proven", 60), (SAAS, "split.growth", 30)]),
    ("7 emails; 20 leads a", [(SAAS, "sequence_length", 7), (SAAS, "weekly_leads_target", 20)]),
    ("week; 3 %)", [(SAAS, "conversion_target", 0.03)]),
    ("(100,000; 70/20/10; facebook_ads", [(SHOP, "total_budget", 100000), (SHOP, "split.proven", 70)]),
    (
        "3 variants; 100 leads; 2 %)",
        [(SHOP, "variants", 3), (SHOP, "weekly_leads_target", 100), (SHOP, "conversion_target", 0.02)],
    ),
    ("(15,000; 70/20/10; email", [(FREEMIUM, "total_budget", 15000), (FREEMIUM, "split.growth", 20)]),
    (
        "5 emails; 50 leads; 5 %)",
        [
            (FREEMIUM, "sequence_length", 5),
            (FREEMIUM, "weekly_leads_target", 50),
            (FREEMIUM, "conversion_target", 0.05),
        ],
    ),
    (
        "the split sums to exactly 100 %",
        [(POLICIES, "default_split", {"proven": 70, "growth": 20, "experimental": 10})],
    ),
    ("the last 10 a venture", [(POLICIES, "config_versions_kept", 10)]),
    (
        "0.4 · CTR/benchmark CTR + 0.3 · engagement/benchmark engagement + 0.3 · CR/target CR",
        [(POLICIES, "effectiveness_weights", {"ctr": 0.4, "engagement": 0.3, "conversion": 0.3})],
    ),
    ("ratio capped at 1.", [(POLICIES, "effectiveness_ratio_cap", 1)]),
    ("score ≥ 70 where scoring is on", [(POLICIES, "qualified_score", 70)]),
    (
        "in a 30-day (B2B) or 7-day (B2C) window",
        [(POLICIES, "b2b.conversion_window_days", 30), (POLICIES, "b2c.conversion_window_days", 7)],
    ),
    *[
        (
            f"| {words} |",
            [
                (
                    POLICIES,
                    f"targets.{name}",
                    dict(
                        zip(
                            (
                                "segment_type",
                                "effectiveness",
                                "effectiveness_alert",
                                "leads_per_week",
                                "leads_alert",
                                "conversion",
                                "conversion_alert",
                            ),
                            (name, *values),
                            strict=True,
                        )
                    ),
                )
            ],
        )
        for words, name, values in (
            (
                "B2B Enterprise | 0.70 (<0.40) | 20 (<12) | 3.0 % (<1.8)",
                "B2B_Enterprise",
                (0.7, 0.4, 20, 12, 0.03, 0.018),
            ),
            ("B2B SMB | 0.65 (<0.35) | 50 (<30) | 5.0 % (<3.0)", "B2B_SMB", (0.65, 0.35, 50, 30, 0.05, 0.03)),
            ("B2C Mass | 0.60 (<0.35) | 200 (<120) | 2.0 % (<1.2)", "B2C_Mass", (0.6, 0.35, 200, 120, 0.02, 0.012)),
            (
                "B2C Premium | 0.65 (<0.35) | 100 (<60) | 3.5 % (<2.1)",
                "B2C_Premium",
                (0.65, 0.35, 100, 60, 0.035, 0.021),
            ),
        )
    ],
    ("effectiveness < 500 ms", [(POLICIES, "queries.effectiveness_ms", 500)]),
    ("leads < 300 ms", [(POLICIES, "queries.leads_ms", 300)]),
    ("conversion < 600 ms", [(POLICIES, "queries.conversion_ms", 600)]),
    ("on a year of data for 100 ventures", [(POLICIES, "queries.data_days", 365), (POLICIES, "queries.ventures", 100)]),
    (
        "effectiveness < 50 % of target on 14 consecutive days",
        [(POLICIES, "alerts.GTM-001.threshold", 0.5), (POLICIES, "alerts.GTM-001.periods", 14)],
    ),
    ("stage 5 when CAC > 2 × LTV", [(POLICIES, "recursion.causes.cac_to_ltv", 2)]),
    (
        "< 10 leads/week (B2B; 50 for B2C) in 2 consecutive weeks",
        [
            (POLICIES, "alerts.GTM-002.threshold", 10),
            (POLICIES, "alerts.GTM-002.threshold_b2c", 50),
            (POLICIES, "alerts.GTM-002.periods", 2),
            (POLICIES, "b2b.weekly_leads_minimum", 10),
            (POLICIES, "b2c.weekly_leads_minimum", 50),
        ],
    ),
    ("stage 11 when impressions and engagement are low", [(POLICIES, "alerts.GTM-002.goes_to", [11, 15])]),
    ("stage 15 when", [(POLICIES, "alerts.GTM-001.goes_to", [15, 5])]),
    (
        "conversion < 1 % for 30 days",
        [(POLICIES, "alerts.GTM-003.threshold", 0.01), (POLICIES, "alerts.GTM-003.periods", 30)],
    ),
    (
        "17 itself when some campaigns convert > 2 % and others < 0.5 %; 18 when",
        [
            (POLICIES, "recursion.causes.campaign_converts_above", 0.02),
            (POLICIES, "recursion.causes.campaign_converts_below", 0.005),
            (POLICIES, "alerts.GTM-003.goes_to", [17, 18, 16]),
        ],
    ),
    ("16 when it follows a price change", [(POLICIES, "alerts.GTM-003.goes_to", [17, 18, 16])]),
    (
        "ROAS < 2.0 for 21 consecutive days",
        [(POLICIES, "alerts.GTM-004.threshold", 2.0), (POLICIES, "alerts.GTM-004.periods", 21)],
    ),
    ("5 when CAC and LTV are out of balance; 15 when", [(POLICIES, "alerts.GTM-004.goes_to", [5, 15])]),
    (
        "> 5 consecutive workflow errors",
        [(POLICIES, "alerts.SOP-4.threshold", 5), (POLICIES, "alerts.SOP-4.periods", 5)],
    ),
    (
        "> 100 leads/week for 4 weeks and conversion > 3 %",
        [
            (POLICIES, "alerts.FORWARD.threshold", 100),
            (POLICIES, "alerts.FORWARD.periods", 4),
            (POLICIES, "alerts.FORWARD.conversion_above", 0.03),
        ],
    ),
    ("suggests stage 18", [(POLICIES, "alerts.FORWARD.goes_to", [18])]),
    (
        "effectiveness < 0.35 for 7 days",
        [(POLICIES, "alerts.ALERT-EFFECTIVENESS.threshold", 0.35), (POLICIES, "alerts.ALERT-EFFECTIVENESS.periods", 7)],
    ),
    (
        "conversion < 1 % for 14 days",
        [(POLICIES, "alerts.ALERT-CONVERSION.threshold", 0.01), (POLICIES, "alerts.ALERT-CONVERSION.periods", 14)],
    ),
    ("ROAS < 2 (LEAD, CFO)", [(POLICIES, "alerts.ALERT-ROAS.threshold", 2.0)]),
    (
        "5 recursions a venture in 90 days, depth 2, 14 days' cooldown",
        [
            (POLICIES, "recursion.per_venture", 5),
            (POLICIES, "recursion.days", 90),
            (POLICIES, "recursion.depth", 2),
            (POLICIES, "recursion.cooldown_days", 14),
        ],
    ),
    (
        "Detection < 24 h, start < 1 h",
        [(POLICIES, "recursion.detection_hours", 24), (POLICIES, "recursion.start_hours", 1)],
    ),
    ("done < 5 min", [(POLICIES, "recursion.rollback_minutes", 5)]),
    ("four KPI tiles", [(POLICIES, "dashboard.kpi_tiles", 4)]),
    ("effectiveness over 30 days", [(POLICIES, "dashboard.effectiveness_days", 30)]),
    ("leads over 12 weeks", [(POLICIES, "dashboard.leads_weeks", 12)]),
    ("(≥ 90, 70-89, < 70)", [(POLICIES, "dashboard.top_score", 90), (POLICIES, "qualified_score", 70)]),
    (
        "Seven parts are mandatory: executive summary, completeness report, deliverables manifest, key decisions",
        [
            (
                POLICIES,
                "handoff_parts",
                [
                    "executive summary",
                    "completeness report",
                    "deliverables manifest",
                    "key decisions",
                    "known issues",
                    "resource utilisation",
                    "action items",
                ],
            )
        ],
    ),
    ("Stage 18 picks up", [(STAGE, "handoff_to", 18)]),
]

# Digits that are part of a name, a range of shares in 0-1 (the type `Share` holds it), or the page's own subject.
NAMES = re.compile(
    r"B2[BC]|[Bb]2[bc]_|SHA-256|GTM-00[1-4]|SOP-4|17\.[123]|ISO 8601|from stage 16|complexity in 0-1|weights sum to 1\)"
    r"|^# Stage 17 in numbers|## Where stage 17 stands|`config/stage17/stage.yaml`"
)


@cache
def document(name: str) -> Any:
    return yaml.safe_load((ROOT / "config" / f"{name}.yaml").read_text())


def value(name: str, key: str) -> Any:
    """The value of a dotted key; an entry of a list is named by its id, name or segment type."""
    found = document(name)
    for part in key.split("."):
        if isinstance(found, list):
            found = next(one for one in found if part in (one.get("id"), one.get("name"), one.get("segment_type")))
        else:
            found = found[part]
    return found


def exact(found: Any) -> Any:
    """Numbers as decimals, so that 0.70 and 0.7 are one and 0.1 is not nearly so."""
    if isinstance(found, dict):
        return {key: exact(one) for key, one in found.items()}
    if isinstance(found, list):
        return [exact(one) for one in found]
    return found if isinstance(found, str) else Decimal(str(found))


@pytest.mark.parametrize(("words", "keys"), NUMBERS, ids=[words[:50] for words, _ in NUMBERS])
def test_a_number_of_the_page_stands_under_its_key(words: str, keys: list[tuple[str, str, Any]]) -> None:
    assert words in PAGE.read_text(), "docs/domain.md says it otherwise"
    for name, key, expected in keys:
        assert exact(value(name, key)) == exact(expected), key


def test_no_number_of_the_page_is_left_over() -> None:
    text = PAGE.read_text()
    for words, _ in sorted(NUMBERS, key=lambda pair: -len(pair[0])):
        text = text.replace(words, " ")
    left = [line for line in NAMES.sub(" ", text).splitlines() if re.search(r"\d", line)]
    assert left == []
