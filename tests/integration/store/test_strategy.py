"""GTM configurations with their versions, channels and budgets."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from gtm.domain.clock import VirtualClock
from gtm.domain.errors import NotFound
from gtm.store.database import Database
from gtm.store.models.gtm import GtmConfig
from gtm.store.repositories import strategy

from .conftest import budget_plan, channel_plan


def save(database: Database, clock: VirtualClock, config: dict[str, Any], **changes: Any) -> GtmConfig:
    words = {"changed_by": "agent:LEAD", "reason": "step 1.1", "run_id": "run-1"} | changes
    with database.write() as session:
        return strategy.save_gtm_config(session, venture_id="acme", config=config, **words, now=clock.now())


def test_every_version_stays_with_who_and_why(
    database: Database, clock: VirtualClock, open_run: Callable[..., str]
) -> None:
    open_run()
    for number in range(1, 13):
        row = save(database, clock, {"n": number})
        clock.advance(timedelta(days=1))
    assert (row.version, row.config, row.status) == (12, {"n": 12}, "draft")
    with database.read() as session:
        versions = strategy.config_versions(session, "acme")
        assert strategy.count_configs(session, "acme") == 1
        assert strategy.count_configs(session, "other") == 0
    assert [version.version for version in versions] == list(range(12, 0, -1))
    assert (versions[-1].changed_by, versions[-1].reason, versions[-1].config) == ("agent:LEAD", "step 1.1", {"n": 1})


def test_an_earlier_version_is_restored_as_a_new_one(
    database: Database, clock: VirtualClock, open_run: Callable[..., str]
) -> None:
    open_run()
    save(database, clock, {"n": 1})
    save(database, clock, {"n": 2})
    with database.write() as session:
        row = strategy.restore(session, "acme", 1, changed_by="person:ann", reason="metrics fell", now=clock.now())
        assert (row.version, row.config, row.run_id) == (3, {"n": 1}, None)
        newest = strategy.config_versions(session, "acme")[0]
        assert newest.reason == "version 1 restored: metrics fell"
        with pytest.raises(NotFound) as missing:
            strategy.restore(session, "acme", 9, changed_by="ann", reason="x", now=clock.now())
    assert missing.value.allowed == "3, 2, 1"


def test_the_configuration_is_approved(database: Database, clock: VirtualClock, open_run: Callable[..., str]) -> None:
    open_run()
    save(database, clock, {})
    with database.write() as session:
        assert strategy.set_config_status(session, "acme", "approved", clock.now())
        assert not strategy.set_config_status(session, "other", "approved", clock.now())
        row = strategy.get_config(session, "acme")
        assert row is not None and row.status == "approved"


def test_channels_replace_earlier_ones_and_keep_their_budget(
    database: Database, clock: VirtualClock, open_run: Callable[..., str]
) -> None:
    open_run()
    origin: dict[str, Any] = {"run_id": "run-1", "now": clock.now()}
    with database.write() as session:
        strategy.save_channels(session, channel_plan(), revision=1, **origin)
        strategy.set_budgets(session, budget_plan(), revision=1, **origin)
    with database.write() as session:
        rows = {row.channel: row for row in strategy.channels(session, "acme")}
        assert {name: row.budget for name, row in rows.items()} == {
            "email": Decimal("7000.00"),
            "linkedin": Decimal("3000.00"),
        }
        assert rows["email"].credential_ref == "vault://acme/email/token"
        strategy.save_channels(session, channel_plan(names=("email", "webinars")), revision=2, **origin)
        again = {row.channel: row for row in strategy.channels(session, "acme")}
        assert {name: (row.budget, row.revision) for name, row in again.items()} == {
            "email": (Decimal("7000.00"), 2),
            "webinars": (None, 2),
        }
        with pytest.raises(NotFound, match="linkedin is not a channel of acme"):
            strategy.set_budgets(session, budget_plan(), revision=2, **origin)
