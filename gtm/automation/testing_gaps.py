"""The time between two emails of a test run: as the definition plans it, and as it was seen."""

from collections import defaultdict, deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from gtm.automation.testing_run import Journey, TestRun
from gtm.domain.workflow import SendEmail, Wait
from gtm.store.models.automation import EmailSend


@dataclass(frozen=True)
class Gap:
    """The time between two emails to one lead: planned by the waits between, and seen."""

    email: str
    first: str
    second: str
    first_sent_at: datetime
    planned_at: datetime
    sent_at: datetime
    received_at: datetime | None
    is_48h: bool
    is_dated: bool = False

    @property
    def deviation_ms(self) -> float:
        """How much later than planned the second email was sent, in milliseconds."""
        return (self.sent_at - self.planned_at) / timedelta(milliseconds=1)


def gaps(run: TestRun) -> Iterator[Gap]:
    """Every pair of consecutive emails to one lead that were both sent, with the waits between them."""
    for journey in run.journeys:
        # A loop comes to a step again, and sends there again.
        sent: dict[str, deque[EmailSend]] = defaultdict(deque)
        for one in sorted(journey.sends, key=lambda s: s.reserved_at):
            if one.sent_at is not None:
                sent[one.step].append(one)
        previous: tuple[str, datetime] | None = None
        planned = run.started_at
        pauses: list[Wait | SendEmail] = []
        for line in journey.log:
            step = run.definition.step(line.step)
            if isinstance(step, Wait):
                planned = step.ends(planned, journey.person.lead.time_zone)
                pauses.append(step)
            elif isinstance(step, SendEmail):
                planned += timedelta(hours=step.delay_hours)
                pauses += [step] if step.delay_hours else []
                send = sent[step.id].popleft() if line.outcome == "done" and sent[step.id] else None
                if send is not None and send.sent_at is not None:
                    if previous is not None:
                        yield _gap(run, journey, previous, step, planned, send.sent_at, send.message_id, pauses)
                    previous, planned, pauses = (step.id, send.sent_at), send.sent_at, []
                else:
                    planned = line.at
            elif line.outcome == "retry":
                planned = line.at


def _gap(
    run: TestRun,
    journey: Journey,
    previous: tuple[str, datetime],
    step: SendEmail,
    planned: datetime,
    sent_at: datetime,
    message_id: str | None,
    pauses: list[Wait | SendEmail],
) -> Gap:
    received = [m.received_at for m in run.sink.received_by(journey.person.email) if m.message_id == message_id]
    hours = [p.hours if isinstance(p, Wait) else p.delay_hours for p in pauses]
    return Gap(
        email=journey.person.email,
        first=previous[0],
        second=step.id,
        first_sent_at=previous[1],
        planned_at=planned,
        sent_at=sent_at,
        received_at=received[0] if received else None,
        is_48h=sum(hours) == 48,
        is_dated=any(isinstance(p, Wait) and p.until is not None for p in pauses),
    )
