"""The tools of substage 17.1: read the market strategy, encode it, configure channels, allocate the budget."""

from decimal import Decimal
from typing import Any

from pydantic import BaseModel
from sqlmodel import Session

from gtm.domain.base import canonical_json
from gtm.domain.budget import BudgetPlan, Split, allocate, pace, parse_trigger
from gtm.domain.channels import ChannelPlan
from gtm.domain.dossier import Dossier
from gtm.domain.errors import ProposalRefused
from gtm.domain.spec import Policies, TriggerDefaults
from gtm.domain.strategy import GtmStrategy
from gtm.store.repositories import strategy as store
from tools.base import StepTool
from tools.proposals import BudgetProposal, ChannelProposal, Nothing, StrategyProposal


class ReadMarketStrategy(StepTool):
    """Gives the crew what stage 16 handed over."""

    name: str = "read_market_strategy"
    description: str = "Read the venture's market strategy, segments, pricing, brand and facts (stage 16 outputs)."
    args_schema: type[BaseModel] = Nothing

    def act(self, proposal: Nothing) -> str:
        """The brief as canonical JSON. Args: proposal: nothing is asked."""
        return canonical_json(self.dossier().brief)


class EncodeStrategy(StepTool):
    """Stores the encoded strategy (SOP step 1.1, `gtm_configs`)."""

    name: str = "encode_strategy"
    description: str = (
        "Store the GTM strategy: ranked objectives with success criteria, value propositions, positioning."
    )
    args_schema: type[BaseModel] = StrategyProposal

    def act(self, proposal: StrategyProposal) -> str:
        """Store the strategy as the next version of the venture's GTM configuration."""
        self._own_venture(proposal.strategy.venture_id)
        return self.commit("strategy", lambda: proposal.strategy, self._persist)

    def _own_venture(self, venture_id: str) -> None:
        if venture_id != self._context.venture_id:
            raise ProposalRefused(f"venture_id is {venture_id}, this run is of {self._context.venture_id}")

    def _persist(self, session: Session, strategy: GtmStrategy) -> None:
        store.save_gtm_config(
            session,
            venture_id=strategy.venture_id,
            config=strategy.as_template(),
            changed_by="agent:LEAD",
            reason=f"step 1.1, revision {self._context.revision('1.1')}",
            now=self._context.clock.now(),
            run_id=self._context.run_id,
        )


class ConfigureChannels(StepTool):
    """Stores the channel plan (SOP step 1.2, `marketing_channels`)."""

    name: str = "configure_channels"
    description: str = "Store the channel plan: primary, secondary and experimental channels, UTM schema, attribution."
    args_schema: type[BaseModel] = ChannelProposal

    def act(self, proposal: ChannelProposal) -> str:
        """Store the plan's channels; credentials are references only."""
        if proposal.plan.venture_id != self._context.venture_id:
            raise ProposalRefused(f"plan.venture_id is {proposal.plan.venture_id}", allowed=self._context.venture_id)
        return self.commit("channels", lambda: proposal.plan, self._persist)

    def _persist(self, session: Session, plan: ChannelPlan) -> None:
        store.save_channels(
            session,
            plan,
            run_id=self._context.run_id,
            revision=self._context.revision("1.2"),
            now=self._context.clock.now(),
        )


class AllocateBudget(StepTool):
    """Works out and stores the budget (SOP step 1.3): the crew names percentages, the core the cents."""

    name: str = "allocate_budget"
    description: str = "Allocate the monthly budget by tier percentages and channel weights, with pacing and triggers."
    args_schema: type[BaseModel] = BudgetProposal

    def act(self, proposal: BudgetProposal) -> str:
        """Compute the plan to the cent and store it."""
        dossier = self.dossier()
        return self.commit("budget", lambda: budget_of(proposal, dossier, self._context.policies), self._persist)

    def _persist(self, session: Session, plan: BudgetPlan) -> None:
        store.set_budgets(
            session,
            plan,
            run_id=self._context.run_id,
            revision=self._context.revision("1.3"),
            now=self._context.clock.now(),
        )


def budget_of(proposal: BudgetProposal, dossier: Dossier, policies: Policies) -> BudgetPlan:
    """The budget plan that a proposal amounts to.

    Raises:
        InvalidInput: the split does not sum to 100, a tier with money has no channel, a trigger cannot be read.
        ProposalRefused: a channel is not in the channel plan.
    """
    known = {choice.channel for choice in dossier.channels.channels} if dossier.channels else set()
    strangers = [choice.channel for choice in proposal.tiers if choice.channel not in known]
    if strangers:
        raise ProposalRefused(f"not in the channel plan: {', '.join(strangers)}", allowed=", ".join(sorted(known)))
    total = dossier.brief.financial_model.monthly.value
    split = Split(
        proven=proposal.proven_percent, growth=proposal.growth_percent, experimental=proposal.experimental_percent
    )
    guards = policies.reallocation_triggers
    return BudgetPlan(
        venture_id=dossier.venture_id,
        total=total,
        split=split,
        lines=allocate(total, split, [(c.channel, c.tier, Decimal(c.weight)) for c in proposal.tiers]),
        pacing=pace(total, proposal.pacing),
        triggers=tuple(
            parse_trigger(text.condition, text.action, **_guard(text.condition, guards, rank))
            for rank, text in enumerate(proposal.triggers, start=1)
        ),
        rests_on=proposal.rationale,
    )


def _guard(condition: str, guards: tuple[TriggerDefaults, ...], rank: int) -> dict[str, Any]:
    """Sample, window and cooldown for a rule: those of the policies' rule on the same metric, else of the first."""
    metric = condition.split()[0].upper() if condition.split() else ""
    guard = next((g for g in guards if g.condition.upper().startswith(metric)), guards[0])
    return {
        "minimum_sample": guard.minimum_sample,
        "window_days": guard.window_days,
        "cooldown_days": guard.cooldown_days,
        "precedence": rank,
    }
