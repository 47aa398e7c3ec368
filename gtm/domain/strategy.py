"""The encoded GTM strategy (SOP step 1.1)."""

from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import Field

from gtm.domain.base import Model, Share, Slug, Text, VentureId
from gtm.domain.vocabulary import Metric, Objective


class SuccessCriterion(Model):
    """When an objective counts as reached.

    Attributes:
        target: in the metric's own unit: a count a week, dollars, a ratio, or a share in 0-1 for rates.
        rests_on: a fact id of the brief (`fact:…`) or a number of the policies (`policy:…`).
    """

    metric: Metric
    operator: Literal[">=", "<="]
    target: Decimal
    unit: Text
    window_days: Annotated[int, Field(ge=1, le=366)]
    rests_on: Text


class StrategyObjective(Model):
    """A ranked objective with its success criteria."""

    name: Objective
    weight: Share
    aligned_with: Text
    success_criteria: tuple[SuccessCriterion, ...]


class SegmentValue(Model):
    """A target segment with the value proposition it is told."""

    segment_id: Slug
    value_proposition: Text


class GtmStrategy(Model):
    """What LEAD encodes; `as_template` is the SOP's configuration template."""

    venture_id: VentureId
    objectives: tuple[StrategyObjective, ...]
    target_segments: tuple[SegmentValue, ...]
    competitive_positioning: Annotated[str, Field(min_length=50, max_length=200)]
    rationale: Text
    assumptions: tuple[Text, ...] = ()

    def as_template(self) -> dict[str, Any]:
        """The strategy in the SOP's JSON form (step 1.1, configuration template)."""
        return {
            "venture_id": self.venture_id,
            "gtm_strategy": {
                "objectives": [o.name for o in self.objectives],
                "target_segments": [s.segment_id for s in self.target_segments],
                "value_propositions": {s.segment_id: s.value_proposition for s in self.target_segments},
                "competitive_positioning": self.competitive_positioning,
            },
        }
