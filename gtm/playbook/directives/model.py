"""What a rejection comment asks for, typed."""

from datetime import date, time
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from gtm.domain.base import Model, Share, Text
from gtm.domain.budget import Split
from gtm.domain.names import WEEKDAYS, in_text, name_of
from gtm.domain.schedule import Weekday
from gtm.domain.vocabulary import Channel, Cta, Objective


class ShareAsked(Model):
    """What a channel's share of the budget should become.

    Attributes:
        kind: `to` sets it to `percent` of the whole budget, `by` changes it by that percentage of itself, `points`
            adds percentage points.
        percent: negative for a cut.
    """

    channel: Channel
    kind: Literal["to", "by", "points"]
    percent: Annotated[Decimal, Field(ge=-100, le=1000)]

    @property
    def told(self) -> str:
        """`LinkedIn to 40 %`, `LinkedIn by -20 %`."""
        unit = "points" if self.kind == "points" else "%"
        sign = "+" if self.kind != "to" and self.percent > 0 else ""
        return (
            f"{name_of(self.channel)} {'to' if self.kind == 'to' else 'by'} {sign}{self.percent.normalize():f} {unit}"
        )


class WeightAsked(Model):
    """The weight an objective should have, 0-1."""

    objective: Objective
    weight: Share


class Refused(Model):
    """Something that was understood and cannot be done, with the reason."""

    asked: Text
    why: Text


class Directives(Model):
    """What the comments of a rejection ask for.

    Attributes:
        avoid_words: words or phrases that may not occur, lower case.
        shorter: whether copy is to be shortened.
        cta: the call to action that was asked for.
        split: proven/growth/experimental in percent, summing to 100.
        shares: what single channels should get, in the order in which it was asked.
        drop_channels, add_channels: channels to leave out and to take in.
        tone_shift: what is added to the voice's formality, -1 to 1.
        email_count: e-mails in a sequence, 3-10.
        starts: first day of the plan.
        lead_objective: the objective that is to come first.
        weights: weights that objectives should have.
        drop_objectives: objectives to leave out.
        delay_hours: hours between the mails of a sequence, 1-720.
        rate_limit: how often a trigger may start its workflow, as the trigger writes it (`2 per week`).
        rate_asked: the same as it was asked for.
        send_days, avoid_days: weekdays on which mail should or should not go out, Monday is 0.
        send_from, send_until: local wall times between which mail should go out.
        refused: what was understood and cannot be done for anybody.
        unhandled: sentences and parts of sentences that no rule covers, as they were written.
    """

    avoid_words: tuple[str, ...] = ()
    shorter: bool = False
    cta: Cta | None = None
    split: Split | None = None
    shares: tuple[ShareAsked, ...] = ()
    drop_channels: tuple[Channel, ...] = ()
    add_channels: tuple[Channel, ...] = ()
    tone_shift: Annotated[Decimal, Field(ge=-1, le=1)] = Decimal(0)
    email_count: Annotated[int, Field(ge=3, le=10)] | None = None
    starts: date | None = None
    lead_objective: Objective | None = None
    weights: tuple[WeightAsked, ...] = ()
    drop_objectives: tuple[Objective, ...] = ()
    delay_hours: Annotated[int, Field(ge=1, le=720)] | None = None
    rate_limit: str | None = None
    rate_asked: str = ""
    send_days: tuple[Weekday, ...] = ()
    avoid_days: tuple[Weekday, ...] = ()
    send_from: time | None = None
    send_until: time | None = None
    refused: tuple[Refused, ...] = ()
    unhandled: tuple[Text, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether nothing at all was asked for."""
        return self == Directives()

    def notes(self) -> tuple[str, ...]:
        """One sentence a directive: what was asked for, and what could not be taken up."""
        return (
            *_of_copy(self),
            *_of_plan(self),
            *_of_time(self),
            *(f"Not possible: {r.asked} ({r.why})." for r in self.refused),
            *(f"Not acted on (no rule of the playbook covers it): {text}" for text in self.unhandled),
        )


def _of_copy(asked: Directives) -> list[str]:
    said: list[str] = []
    if asked.avoid_words:
        said.append("Avoided as asked: " + ", ".join(f"“{word}”" for word in asked.avoid_words) + ".")
    if asked.shorter:
        said.append("Copy was shortened as asked.")
    if asked.cta:
        said.append(f"Asked for the call to action {asked.cta}.")
    if asked.tone_shift:
        said.append(f"Asked for a voice that is {'more' if asked.tone_shift > 0 else 'less'} formal.")
    if asked.email_count:
        said.append(f"Asked for a sequence of {asked.email_count} e-mails.")
    return said


def _of_plan(asked: Directives) -> list[str]:
    said: list[str] = []
    if asked.split:
        parts = (asked.split.proven, asked.split.growth, asked.split.experimental)
        said.append("The split asked for is " + "/".join(str(part) for part in parts) + ".")
    if asked.shares:
        said.append("Asked to change the budget: " + ", ".join(share.told for share in asked.shares) + ".")
    if asked.drop_channels:
        said.append("Asked to leave out: " + ", ".join(asked.drop_channels) + ".")
    if asked.add_channels:
        said.append("Asked to take in: " + ", ".join(asked.add_channels) + ".")
    if asked.lead_objective:
        said.append(f"Asked to put {in_text(asked.lead_objective)} first.")
    if asked.weights:
        said.append(
            "Asked for weights: " + ", ".join(f"{in_text(w.objective)} {w.weight}" for w in asked.weights) + "."
        )
    if asked.drop_objectives:
        said.append("Asked to leave out the objectives " + ", ".join(in_text(n) for n in asked.drop_objectives) + ".")
    return said


def _of_time(asked: Directives) -> list[str]:
    said: list[str] = []
    if asked.starts:
        said.append(f"Asked to start on {asked.starts.isoformat()}.")
    if asked.delay_hours:
        said.append(f"Asked for {asked.delay_hours} hours between the mails of a sequence.")
    if asked.rate_limit:
        said.append(f"Asked to limit the triggers to {asked.rate_asked or asked.rate_limit}.")
    if asked.send_days:
        said.append("Asked to send on " + ", ".join(WEEKDAYS[d] for d in asked.send_days) + ".")
    if asked.avoid_days:
        said.append("Asked not to send on " + ", ".join(WEEKDAYS[d] for d in asked.avoid_days) + ".")
    if asked.send_from:
        until = f" and before {asked.send_until:%H:%M}" if asked.send_until else ""
        said.append(f"Asked to send from {asked.send_from:%H:%M}{until}.")
    return said
