"""Numbers of config/policies.yaml for campaigns in depth: how texts read, what fits an ad, pilots, pacing, intake."""

from decimal import Decimal
from typing import Annotated, Self

from pydantic import Field, model_validator

from gtm.domain.base import Model, Share
from gtm.domain.vocabulary import BrandVoice, Channel

Grade = Annotated[Decimal, Field(ge=0, le=20)]
Characters = Annotated[int, Field(ge=1, le=20_000)]


class ReadabilityTarget(Model):
    """The school grades (Flesch-Kincaid) between which copy in a voice should read."""

    voice: BrandVoice
    minimum: Grade
    maximum: Grade

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.minimum > self.maximum:
            raise ValueError("the lowest grade is above the highest")
        return self


class AdLimits(Model):
    """The most characters that a network takes in each part of an ad; None where it has no such part.

    Attributes:
        buttons: the only values that its button takes; empty where it takes any words, or has no button.
    """

    channel: Channel
    headline: Characters
    text: Characters | None = None
    description: Characters | None = None
    buttons: tuple[Annotated[str, Field(min_length=2, max_length=30)], ...] = ()


class PilotShare(Model):
    """The part of an audience that a pilot may reach."""

    minimum: Share
    maximum: Share
    default: Share

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if not self.minimum <= self.default <= self.maximum:
            raise ValueError("the default lies outside the range")
        return self


class PilotStop(Model):
    """Rates above which a pilot stops: of delivered mail, bounces of sent mail; `minimum_count` people behind it."""

    complaint_rate: Share
    unsubscribe_rate: Share
    bounce_rate: Share
    minimum_count: Annotated[int, Field(ge=1)]


class PilotNumbers(Model):
    """A pilot before the full launch: how many of the audience, and how many of them make its figures count.

    Attributes:
        significance: the largest p at which one version beats another.
    """

    share: PilotShare
    minimum_sample: Annotated[int, Field(ge=1)]
    days: Annotated[int, Field(ge=1, le=90)]
    significance: Annotated[Share, Field(gt=0, lt=1)]
    stop: PilotStop


class PacingNumbers(Model):
    """How a paid budget is spread over the eligible days that remain: a day takes at most so many times their mean."""

    day_over_mean: Annotated[Decimal, Field(ge=1, le=10)]


class IntakeNumbers(Model):
    """The largest document that `gtm venture import` reads, in bytes."""

    max_bytes: Annotated[int, Field(ge=1)]
